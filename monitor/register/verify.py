"""What is wrong between the entries of a register: references, circles, clashing names, nobody to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from monitor.core.agency import Role
from monitor.core.ladder import SubjectKind
from monitor.core.message import Urgency
from monitor.core.mistake import Mistake
from monitor.document import E
from monitor.register import entries
from monitor.register.fetched import fetched_mistakes
from monitor.register.index import Index, ancestors
from monitor.register.names import plain, spelled
from monitor.register.panels import panel_mistakes
from monitor.register.parts import Parts, Placed, holder_of
from monitor.register.polled import source_mistakes
from monitor.register.targets import service_mistakes

_SIDES: Mapping[SubjectKind, frozenset[str]] = {
    SubjectKind.RECEPTION: frozenset({"receiving", "handling", "centre"}),
    SubjectKind.RESULT: frozenset({"receiving", "handling", "centre"}),
    SubjectKind.INTERRUPTION: frozenset({"told", "centre"}),
    SubjectKind.UNKNOWN_UNIT: frozenset({"centre"}),
    SubjectKind.VANTAGE: frozenset({"centre"}),
    SubjectKind.CERTIFICATE: frozenset({"owner", "centre"}),
    SubjectKind.SUSPICION: frozenset({"told", "centre"}),
    SubjectKind.EXPLANATION: frozenset({"unit", "centre"}),
    SubjectKind.REAPPOINTMENT: frozenset({"handling", "centre"}),
    SubjectKind.REPEAT: frozenset({"unit"}),
    SubjectKind.SOURCE: frozenset({"centre"}),
    SubjectKind.DUTY: frozenset({"lead", "partner", "report", "centre"}),
    SubjectKind.ADDRESS: frozenset({"centre"}),
}

_NO_DIGEST = frozenset(
    {
        SubjectKind.INTERRUPTION,
        SubjectKind.VANTAGE,
        SubjectKind.CERTIFICATE,
        SubjectKind.SUSPICION,
        SubjectKind.REPEAT,
        SubjectKind.SOURCE,
        SubjectKind.ADDRESS,
    }
)
"""What a slot's digest has no place for: its letters are written one by one."""


def verify(parts: Parts, hours: Collection[str] | None) -> Iterator[Mistake]:
    """Every mistake that no single entry shows; what needs all files only where none was left out for its mistakes."""
    yield from _twice(parts)
    yield from service_mistakes(parts)
    yield from panel_mistakes(parts)
    yield from source_mistakes(parts)
    yield from fetched_mistakes(parts)
    yield from _dates(parts)
    yield from _duties(parts)
    yield from _holders(parts)
    if not parts.whole:
        return
    yield from _agencies(parts, hours)
    yield from _posts(parts)
    yield from _clashes(parts)
    for subject, stages in parts.ladders.items():
        yield from _ladder(parts, subject, stages)


def _twice(parts: Parts) -> Iterator[Mistake]:
    yield from _repeated(((p.entry.key, p) for p in parts.agencies), "mã cơ quan")
    yield from _repeated(((p.entry.key, p) for p in parts.sources), "mã nguồn")
    yield from _repeated(((p.entry.key, p) for p in parts.duties), "mã nhiệm vụ")
    yield from _repeated(((p.entry.code, p) for p in parts.services), "mã thủ tục")
    yield from _repeated(((f"{p.entry.agency}/{p.entry.role}-{p.entry.suffix}", p) for p in parts.posts), "chức danh")
    for stages in parts.ladders.values():
        yield from _repeated(((p.entry.name, p) for p in stages), "bậc")


def _repeated(keyed: Iterable[tuple[str, Placed[E]]], noun: str) -> Iterator[Mistake]:
    first: dict[str, Placed[E]] = {}
    for key, placed in keyed:
        if key in first:
            where = f"{first[key].document.name} {first[key].where()}"
            yield placed.mistake(
                f"{noun} “{key.rstrip('-')}” đã có ở {where}", "mỗi mã chỉ một mục: đổi mã hoặc bỏ một mục"
            )
        first.setdefault(key, placed)


def _dates(parts: Parts) -> Iterator[Mistake]:
    for placed in parts.agencies:
        entry = placed.entry
        if entry.start and entry.end and entry.end < entry.start:
            yield placed.mistake("end trước start", "sửa lại hai ngày", "end")
        for number, alias in enumerate(entry.aliases):
            if isinstance(alias, entries.AliasEntry) and alias.start and alias.end and alias.end < alias.start:
                yield placed.mistake(f"tên gọi khác thứ {number + 1} có end trước start", "sửa lại hai ngày", "aliases")
    for source in parts.sources:
        scope = source.entry.scope
        if scope and scope.since and scope.until and scope.until < scope.since:
            yield source.mistake("scope có until trước since", "sửa lại hai ngày", "scope")


def _holders(parts: Parts) -> Iterator[Mistake]:
    """One post, one holder a day: who takes an office and who leaves it are told apart by days."""
    known: dict[str, list[Placed[entries.ContactEntry]]] = {}
    for placed in parts.contacts:
        entry, before = placed.entry, known.setdefault(placed.entry.post, [])
        if entry.since and entry.until and entry.until < entry.since:
            yield placed.mistake("until trước since", "sửa lại hai ngày", "until")
        met = next((one for one in before if holder_of(one.entry).meets(holder_of(entry))), None)
        if met is not None:
            what = f"chức danh “{entry.post}” đã có ở {met.document.name} {met.where()}"
            mend = "mỗi ngày chỉ một người giữ chức danh: bỏ một mục, hoặc ghi since, until cho khỏi trùng ngày"
            yield placed.mistake(what, mend)
        before.append(placed)


def _duties(parts: Parts) -> Iterator[Mistake]:
    for placed in parts.duties:
        entry = placed.entry
        days = ("closing_day", entry.closing_day), ("due_day", entry.due_day)
        if not entry.every_months and entry.closing_day + entry.due_day:
            yield placed.mistake("có closing_day, due_day mà không có every_months", "ghi every_months", "closing_day")
        for name, day in days if entry.every_months else ():
            if not day:
                mend = "ghi ngày trong tháng, từ 1 đến 31"
                yield placed.mistake(f"nhiệm vụ định kỳ thiếu {name}", mend, "every_months")
        if entry.every_months and entry.due:
            mend = "bỏ due (ngày nộp từng kỳ ghi ở due_day), hoặc bỏ every_months"
            yield placed.mistake("vừa định kỳ vừa có một ngày", mend, "due")


def _agencies(parts: Parts, hours: Collection[str] | None) -> Iterator[Mistake]:
    for placed in parts.agencies:
        entry = placed.entry
        if entry.successor and entry.end is None:
            yield placed.mistake("có successor mà không có end", "ghi ngày cuối cùng hoạt động ở end", "successor")
        if hours is not None and entry.hours not in hours:
            known = ", ".join(sorted(hours))
            yield placed.mistake(f"không có giờ làm việc “{entry.hours}”", f"chọn một trong: {known}", "hours")
        if entry.key == entry.parent or entry.key in _above_again(parts, entry.key):
            mend = "sửa parent để cây cơ quan không quay vòng"
            yield placed.mistake(f"“{entry.key}” là cấp trên của chính nó", mend, "parent")


def _above_again(parts: Parts, key: str) -> set[str]:
    """The parents of all that is above an agency: the agency itself is among them only in a circle."""
    agencies = parts.agency_map
    return {agencies[above].parent for above in ancestors(agencies, key) if above in agencies}


def _posts(parts: Parts) -> Iterator[Mistake]:
    posts = {post.key for post in parts.post_list}
    for contact in parts.contacts:
        if contact.entry.post not in posts:
            mend = "xuất lại danh-ba.xlsx (tthc contacts export), hoặc thêm chức danh ở posts.toml"
            yield contact.mistake(f"không có chức danh “{contact.entry.post}”", mend, "post")


def _clashes(parts: Parts) -> Iterator[Mistake]:
    placed = {p.entry.key: p for p in parts.agencies}
    if max(Counter(p.entry.key for p in parts.agencies).values(), default=0) > 1:
        return
    province = parts.register.entry.province if parts.register else ""
    for clash in Index(parts.agency_map, plain(spelled(province))).clashes():
        what = f"tên “{clash.name}” chỉ cả “{clash.first}” và “{clash.second}” từ ngày {clash.day:%d/%m/%Y}"
        yield placed[clash.second].mistake(what, "bỏ tên ở một cơ quan, hoặc ghi start, end cho khỏi trùng ngày")


def _ladder(parts: Parts, subject: SubjectKind, stages: Iterable[Placed[entries.StageEntry]]) -> Iterator[Mistake]:
    for placed in stages:
        for audience in placed.entry.audience:
            yield from _audience(parts, subject, placed, audience)
        added = placed.entry.working_days or placed.entry.working_seconds
        if placed.entry.calendar_days and added:
            mend = "bỏ working_days và working_seconds, hoặc bỏ calendar_days"
            yield placed.mistake("vừa theo ngày làm việc vừa theo ngày lịch", mend, "calendar_days")
        if placed.entry.fraction_percent and (added or placed.entry.calendar_days):
            mend = "bỏ working_days, working_seconds, calendar_days, hoặc bỏ fraction_percent"
            yield placed.mistake("vừa theo phần trăm vừa cộng thời gian", mend, "fraction_percent")
        if subject in _NO_DIGEST and placed.entry.urgency is Urgency.SLOT:
            mend = 'ghi urgency = "now" hoặc "waking"'
            yield placed.mistake("thư theo phiên chỉ nói về hồ sơ, nên bậc này không ai nhận", mend, "urgency")
        if subject is SubjectKind.DUTY and placed.entry.urgency is not Urgency.SLOT:
            mend = 'ghi urgency = "slot", hoặc bỏ dòng ấy'
            yield placed.mistake("nhiệm vụ chỉ báo theo phiên, nên bậc này không ai nhận", mend, "urgency")
        if placed.entry.at_most and not placed.entry.repeat_working_days:
            yield placed.mistake("có at_most mà không nhắc lại", "ghi repeat_working_days, hoặc bỏ at_most", "at_most")


def _audience(
    parts: Parts, subject: SubjectKind, placed: Placed[entries.StageEntry], audience: str
) -> Iterator[Mistake]:
    side, _, role = audience.partition(":")
    if side not in _SIDES[subject] or role not in set(Role):
        sides = ", ".join(sorted(_SIDES[subject]))
        mend = f"ghi bên:vai; bên ở đây là {sides}; vai là {', '.join(Role)}"
        yield placed.mistake(f"không hiểu “{audience}”", mend, "audience")
        return
    if not _satisfied(parts, side, role):
        mend = "thêm chức danh với vai đó ở posts.toml, hoặc bỏ dòng này khỏi audience"
        yield placed.mistake(f"không có chức danh nào nhận “{audience}”", mend, "audience")


def _satisfied(parts: Parts, side: str, role: str) -> bool:
    holders = {post.agency for post in parts.post_list if post.role == role}
    match side:
        case "centre":
            return parts.register is not None and parts.register.entry.centre in holders
        case "told":
            return all(holders & set(p.entry.told) for p in parts.services if p.entry.told)
        case _:
            return bool(holders)
