"""One paragraph of an official letter as duties: who leads, who helps, what is asked, whom to tell, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from monitor.core.obligation import DueKind
from monitor.core.order import Doubt, DoubtKind, DraftDuty
from monitor.core.order_dates import deadlines, in_cell
from monitor.core.order_deadline import Deadline, Reckoning
from monitor.core.order_names import STARTS, Known, begins, group_of, is_vague, listed, name_of, reach

_COUNCIL = r"(?:UBND|[UỦ][yỷ] ban [Nn]hân dân)"
_ASKS = r"(?:[Yy]êu cầu|[Gg]iao|[Đđ]ề nghị|[Pp]hân công|[Cc]hỉ đạo)(?:\s+cho)?(?:\s*:)?"
_DIRECTIVE = re.compile(
    rf"^(?:(?:(?:Chủ tịch\s+)?{_COUNCIL}[^,;:.]{{0,40}}?\s+)?{_ASKS}|Đối với|Về phía|(?:Trách nhiệm|Nhiệm vụ) của)"
    rf"\s+(?={STARTS})"
)
_WITHIN = re.compile(rf"(?<![^\W_]){_ASKS}\s+(?={STARTS})")
_FROM_ABOVE = re.compile(
    rf"(?:(?:Chủ tịch|[Vv]ăn phòng)\s+)?{_COUNCIL}\s+tỉnh[^,;:.]{{0,30}}\s+(?:nhận được|có ý kiến)"
)
_WITH = re.compile(
    rf"(?:[Cc]hủ động\s+)?[Pp]hối hợp(?:\s+chặt chẽ)?(?:\s*,?\s*(?:với|cùng))?\s+(?={STARTS})", re.UNICODE
)
_LEADS = re.compile(
    r"^[\s,:;-]*(?:có trách nhiệm\s*:?\s*)?(?:(?:\(?[Cc]hủ trì\)?|làm đầu mối|"
    r"là (?:cơ quan|đơn vị) (?:chủ trì|đầu mối|thường trực))(?:\s*thực hiện)?\s*[,:]?\s*)?(?:và\s+)?"
)
_SAID = {
    "leads": re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị)\s+(?:chủ trì|thực hiện)(?:\s+thực hiện)?\s*:\s*"),
    "partners": re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị)\s+phối hợp(?:\s+thực hiện)?\s*:\s*"),
}
_IN_BRACKETS = re.compile(rf"\(\s*(?=(?:Giao\s+)?{STARTS})(?:Giao\s+)?(?P<who>[^()]+?)\s+chủ trì(?P<rest>[^()]*)\)")
_TELLS = re.compile(
    r"(?:[Bb]áo cáo(?!\s+(?:của|số))|[Gg]ửi|(?<![^\W_])(?<!quy )(?<!quá )(?<!chương )(?<!tờ )(?<!tiến )(?<!lộ )"
    r"(?<!công )(?<!giải )[Tt]rình)(?P<between>[^.;:]{0,140}?)\s+(?P<who>(?:Chủ tịch\s+)?"
    r"(?:UBND|[UỦ][yỷ] ban [Nn]hân dân|Sở|Văn phòng|Trung tâm|Thanh tra|Ban|Bộ|Thường trực|Tỉnh ủy|Công an)\b)"
)
_THROUGH = re.compile(rf"^[\s,]*\(?\s*(?:thông\s+)?qua\s+(?={STARTS})")
_FOR = re.compile(r"\b(?:để|nhằm)\b[^.;]*$")
_END_OF_CLAUSE = re.compile(r"[;.](?=\s)")
_COMMA = re.compile(r",(?=\s)")
_NEXT_ORDER = re.compile(rf"(?<=[.;])\s+(?=(?:{_ASKS}|{_COUNCIL} tỉnh {_ASKS})\s+{STARTS})")
_SHORTEST_TITLE, _LONGEST_TITLE = 12, 160
_NEAR, _MOST_PIECES = 400, 20
_THEN_TOLD = re.compile(r",\s*(?:báo cáo|gửi)\b")
_TRIMMED = re.compile(
    r"(?:\s*[,;:(-]\s*|\s+)"
    r"(?:và|để|nhằm|báo cáo|gửi|với|của|về|trong|tại|(?<!kèm )theo|hoàn thành(?: việc)?|xong)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked, and what remains of a paragraph once they are named."""

    leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a paragraph is read by; `addressees` answer where nobody is named."""

    by: Reckoning
    known: Known
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What the headings over a paragraph say: where it stands, and who is asked."""

    place: str = ""
    leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    leads: tuple[str, ...]
    partners: tuple[str, ...]
    report_to: str = ""
    doubts: list[Doubt] = field(default_factory=list)


def asked(text: str, known: Known, *, within: bool = False) -> Asked:
    """Who is asked at a paragraph's beginning; `within`: a sentence of reasons may stand before it."""
    directive = _DIRECTIVE.match(text) or (_WITHIN.search(text) if within else None)
    rest = text[directive.end() :] if directive else text
    if not begins(rest) or (directive is None and _FROM_ABOVE.match(text)):
        return _helped(Asked(rest=rest), known)
    end = reach(rest)
    return _helped(Asked(leads=listed(rest[:end], known), rest=rest[end:]), known)


def _helped(so_far: Asked, known: Known) -> Asked:
    """The same with those who help, where they are named next: "chủ trì, phối hợp với …"."""
    rest = _LEADS.sub("", so_far.rest, count=1)
    with_whom = _WITH.match(rest)
    if not with_whom:
        return replace(so_far, rest=rest)
    end = reach(rest, with_whom.end())
    partners = tuple(one for one in listed(rest[with_whom.end() : end], known) if not is_vague(one))
    return replace(so_far, partners=partners, rest=rest[end:].lstrip(" ,:"))


def orders_in(text: str) -> tuple[str, ...]:
    """A paragraph cut where it turns to somebody else: "… . Giao Sở Nội vụ …"."""
    return tuple(_NEXT_ORDER.split(text))


def duties_of(text: str, above: Above, reader: Reader) -> Iterator[DraftDuty]:
    """The duties of a paragraph: one, or one for each of its deadlines."""
    said = asked(text, reader.known, within=True)
    found = _Found(leads=said.leads or above.leads, partners=(*said.partners, *above.partners))
    _say_leads(text, found, reader)
    days = deadlines(text, reader.by)
    pieces = _divided(text, [one for one in days if one.taken])
    whole = title_of(said.rest, reader.by)
    around = _told(_around(text, pieces), "", reader.known) if len(pieces) > 1 else ("", "")
    for number, (piece, first) in enumerate(pieces):
        title = whole if number == 0 else title_of(piece, reader.by)
        told = _told(piece, first.words if first else "", reader.known)
        told = told if told[0] else around
        duty = _duty(piece, first, found, told, reader)
        doubts = [*duty.doubts]
        if len(pieces) > 1:
            doubts.insert(0, Doubt(kind=DoubtKind.SEVERAL_DAYS, about="; ".join(one.words for _, one in pieces if one)))
        elif first is None:
            doubts += [doubt for one in days for doubt in one.doubts]
        title = title if len(title) > _SHORTEST_TITLE else whole or title_of(text, reader.by)
        yield replace(duty, place=above.place, title=title, doubts=tuple(dict.fromkeys(doubts)))


def _around(text: str, pieces: Sequence[tuple[str, Deadline | None]]) -> str:
    """What stands before the first and after the last of several deadlines: it is said of them all."""
    days = [one for _, one in pieces if one]
    return f"{text[: days[0].start]} {text[days[-1].end :]}"


def _say_leads(text: str, found: _Found, reader: Reader) -> None:
    """Who leads and helps by other words: "Cơ quan chủ trì: …", "(Sở Nội vụ chủ trì …)", "phối hợp với …"."""
    bracket = _IN_BRACKETS.search(text)
    if bracket:
        found.leads = listed(bracket["who"], reader.known) or found.leads
    for name, pattern in _SAID.items():
        for match in pattern.finditer(text):
            names = listed(re.split(r"[.;](?=\s|$)", text[match.end() :])[0], reader.known)
            if name == "leads":
                found.leads = names or found.leads
            else:
                found.partners += names
    for match in _WITH.finditer(text):
        found.partners += listed(text[match.end() : reach(text, match.end())], reader.known)
    if any(map(is_vague, found.leads)) and reader.addressees:
        vague = next(filter(is_vague, found.leads))
        found.doubts.append(Doubt(kind=DoubtKind.GROUP_VAGUE, about=vague))
        found.leads = tuple(dict.fromkeys((*(n for n in found.leads if not is_vague(n)), *reader.addressees)))
    if not found.leads:
        found.leads = reader.addressees
    if not found.leads:
        found.doubts.append(Doubt(kind=DoubtKind.LEAD_BLANK))
    own = set(found.leads)
    found.partners = tuple(dict.fromkeys(n for n in found.partners if n not in own and not is_vague(n)))


def _divided(text: str, days: Sequence[Deadline]) -> list[tuple[str, Deadline | None]]:
    """The text in pieces with one deadline each, cut at the last end of a clause between two of them."""
    pieces: list[tuple[str, Deadline | None]] = []
    at = 0
    for before, after in pairwise(days):
        if (before.due, before.due_kind, before.every) == (after.due, after.due_kind, after.every):
            continue
        between = text[before.end : after.start]
        ends = list(_END_OF_CLAUSE.finditer(between)) or list(_COMMA.finditer(between))
        if ends and len(pieces) < _MOST_PIECES:
            cut = before.end + ends[-1].end()
            pieces.append((text[at:cut].strip(), before))
            at = cut
    return [*pieces, (text[at:].strip(), days[-1] if days else None)]


def _duty(piece: str, first: Deadline | None, found: _Found, told: tuple[str, str], reader: Reader) -> DraftDuty:
    doubts = list(found.doubts)
    if told[1]:
        doubts.append(Doubt(kind=DoubtKind.REPORT_THROUGH, about=told[1]))
    if first and not told[0]:
        doubts.append(Doubt(kind=DoubtKind.REPORT_BLANK))
    doubts += first.doubts if first else ()
    names = (*found.leads, *found.partners, *filter(None, told))
    doubts += [Doubt(kind=DoubtKind.AGENCY_UNKNOWN, about=name) for name in names if not is_known(name, reader.known)]
    return DraftDuty(
        place="",
        title="",
        text=piece,
        leads=found.leads,
        partners=tuple(name for name in found.partners if name != told[0]),
        report_to=told[0],
        due=first.due if first else None,
        due_kind=first.due_kind if first else DueKind.BEFORE,
        due_words=first.words if first else "",
        every=first.every if first else None,
        doubts=tuple(doubts),
    )


def is_known(name: str, known: Known) -> bool:
    """Whether a name is one the register has that day, or says no agency at all."""
    return bool(group_of(name) or is_vague(name) or name_of(name, known))


def _told(text: str, by: str, known: Known) -> tuple[str, str]:
    """To whom it is reported `by` a deadline, and through whom; what is done "để … báo cáo …" then, others do."""
    tells = [
        match for match in _TELLS.finditer(text) if not _FOR.search(text[max(0, match.start() - _NEAR) : match.start()])
    ]
    if not tells:
        return "", ""
    before = [match for match in tells if by and match.start() < text.find(by) + len(by)]
    chosen = before[-1] if before else tells[0]
    start = chosen.start("who")
    end = min(
        reach(text, start), *(at for at in (text.find(",", start), text.find(" qua ", start)) if at > 0), len(text)
    )
    who = next(iter(listed(text[start:end], known)), "")
    through = _THROUGH.match(text[end:])
    if not through:
        return who, ""
    at = end + through.end()
    return who, next(iter(listed(text[at : reach(text, at)], known)), "")


def title_of(text: str, by: Reckoning) -> str:
    """A short name: what is asked first, without its deadline, at most 160 letters."""
    text = re.split(r"(?:[Cc]ơ quan|[Đđ]ơn vị) (?:chủ trì|thực hiện|phối hợp)\s*:", text)[0]
    first = [one for one in deadlines(text, by) if one.taken][:1]
    stop = re.search(r"[;(]|:\s|\.(?=\s|$)", text)
    ends = [stop.start() if stop else len(text)]
    ends += [one.start for one in first if one.start > _SHORTEST_TITLE]
    ends += [match.start() for match in _THEN_TOLD.finditer(text) if match.start() > _SHORTEST_TITLE]
    words = text[: min(ends)].strip(" ,;:./-")
    if len(words) > _LONGEST_TITLE:
        cut = words[: _LONGEST_TITLE + 1]
        comma = cut.rfind(",")
        whole = comma > _LONGEST_TITLE // 2 and cut[:comma].count("“") == cut[:comma].count("”")
        words = cut[:comma] if whole else f"{cut[: cut.rfind(' ')].rstrip(' ,;')} …"
    while (shorter := _TRIMMED.sub("", words)) != words and len(shorter) > 10:
        words = shorter
    return words[:1].upper() + words[1:]


def deadline_of_cell(text: str, by: Reckoning) -> Deadline | None:
    """The deadline of a table's cell, also one that cannot be followed as worded."""
    days = in_cell(text, by)
    return next((one for one in days if one.taken), days[0] if days else None)
