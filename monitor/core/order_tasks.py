"""One paragraph of an official letter as duties: who leads, who helps, what is asked, whom to tell, by when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from monitor.core.obligation import DueKind
from monitor.core.order import Doubt, DoubtKind, DraftDuty
from monitor.core.order_dates import Deadline, Reckoning, deadlines, in_cell
from monitor.core.order_names import STARTS, Known, begins, group_of, is_vague, listed, name_of, reach

_COUNCIL = r"(?:UBND|[UỦ][yỷ] ban [Nn]hân dân)"
_ASKS = r"(?:[Yy]êu cầu|[Gg]iao|[Đđ]ề nghị|[Pp]hân công|[Cc]hỉ đạo)(?:\s+cho)?(?:\s*:)?"
_DIRECTIVE = re.compile(rf"^(?:(?:Chủ tịch\s+)?{_COUNCIL}[^,;:.]{{0,40}}?\s+)?{_ASKS}\s+(?={STARTS})")
_WITHIN = re.compile(rf"(?<![^\W_]){_ASKS}\s+(?={STARTS})")
_FROM_ABOVE = re.compile(
    rf"(?:(?:Chủ tịch|[Vv]ăn phòng)\s+)?{_COUNCIL}\s+tỉnh[^,;:.]{{0,30}}\s+(?:nhận được|có ý kiến)"
)
_WITH = re.compile(
    rf"(?:[Cc]hủ động\s+)?[Pp]hối hợp(?:\s+chặt chẽ)?(?:\s*,?\s*(?:với|cùng))?\s+(?={STARTS})", re.UNICODE
)
_LEADS = re.compile(
    r"^[\s,:;-]*(?:có trách nhiệm\s*:?\s*)?(?:(?:[Cc]hủ trì|làm đầu mối|"
    r"là (?:cơ quan|đơn vị) (?:chủ trì|đầu mối|thường trực))(?:\s*thực hiện)?\s*[,:]?\s*)?(?:và\s+)?"
)
_SAID = {
    "leads": re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị)\s+(?:chủ trì|thực hiện)(?:\s+thực hiện)?\s*:\s*"),
    "partners": re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị)\s+phối hợp(?:\s+thực hiện)?\s*:\s*"),
}
_IN_BRACKETS = re.compile(rf"\(\s*(?=(?:Giao\s+)?{STARTS})(?:Giao\s+)?(?P<who>[^()]+?)\s+chủ trì(?P<rest>[^()]*)\)")
_TELLS = re.compile(
    r"(?P<what>[Bb]áo cáo|[Gg]ửi|[Tt]rình)(?!\s+(?:của|số))(?P<between>[^.;:]{0,80}?)\s+(?P<who>(?:Chủ tịch\s+)?"
    r"(?:UBND|[UỦ][yỷ] ban [Nn]hân dân|Sở|Văn phòng|Trung tâm|Thanh tra|Ban|Bộ|Thường trực|Tỉnh ủy|Công an)\b)"
)
_THROUGH = re.compile(rf"^[\s,]*\(?\s*(?:thông\s+)?qua\s+(?={STARTS})")
_FOR = re.compile(r"\b(?:để|nhằm)\b[^.;]*$")
_END_OF_CLAUSE = re.compile(r"[;.](?=\s)")
_NEXT_ORDER = re.compile(rf"(?<=[.;])\s+(?=(?:{_ASKS}|{_COUNCIL} tỉnh {_ASKS})\s+{STARTS})")
_LONGEST_TITLE = 160
_TRIMMED = re.compile(
    r"(?:\s*[,;:(-]\s*|\s+)(?:và|để|nhằm|báo cáo|gửi|với|của|về|trong|tại|theo|hoàn thành(?: việc)?|xong)?\s*$",
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
    days = [one for one in deadlines(text, reader.by) if one.taken]
    pieces = _divided(text, days)
    for number, piece in enumerate(pieces):
        core = said.rest if number == 0 else piece
        yield _duty(piece, core, above.place, found, reader, divided=len(pieces) > 1)


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


def _divided(text: str, days: Sequence[Deadline]) -> list[str]:
    """The text in pieces with one deadline each, cut at the last end of a clause between two of them."""
    pieces, at = [], 0
    for before, after in pairwise(days):
        if (before.due, before.due_kind, before.every) == (after.due, after.due_kind, after.every):
            continue
        ends = [match.end() for match in _END_OF_CLAUSE.finditer(text, before.end, after.start)]
        if not ends:
            ends = [
                match.end()
                for match in re.finditer(r",(?=\s)|\)(?=,)", text[: after.start])
                if match.end() > before.end
            ]
        if ends:
            pieces.append(text[at : ends[-1]].strip())
            at = ends[-1]
    return [*pieces, text[at:].strip()]


def _duty(piece: str, core: str, place: str, found: _Found, reader: Reader, *, divided: bool) -> DraftDuty:
    days = deadlines(piece, reader.by)
    taken = [one for one in days if one.taken]
    doubts = list(found.doubts)
    if divided or len({(one.due, one.due_kind, one.every) for one in taken}) > 1:
        doubts.append(Doubt(kind=DoubtKind.SEVERAL_DAYS, about="; ".join(one.words for one in taken)))
    first = min(taken, key=lambda one: (one.due is None, one.due or reader.by.dated), default=None)
    told, through = _told(piece, first, reader.known)
    if through:
        doubts.append(Doubt(kind=DoubtKind.REPORT_THROUGH, about=through))
    if first and not told:
        doubts.append(Doubt(kind=DoubtKind.REPORT_BLANK))
    doubts += first.doubts if first else [doubt for one in days for doubt in one.doubts]
    names = (*found.leads, *found.partners, *filter(None, (told, through)))
    doubts += [Doubt(kind=DoubtKind.AGENCY_UNKNOWN, about=name) for name in names if not is_known(name, reader.known)]
    return DraftDuty(
        place=place,
        title=title_of(core, reader.by),
        text=piece,
        leads=found.leads,
        partners=tuple(name for name in found.partners if name != told),
        report_to=told,
        due=first.due if first else None,
        due_kind=first.due_kind if first else DueKind.BEFORE,
        due_words=first.words if first else "",
        every=first.every if first else None,
        doubts=tuple(dict.fromkeys(doubts)),
    )


def is_known(name: str, known: Known) -> bool:
    """Whether a name is one the register has that day, or says no agency at all."""
    return bool(group_of(name) or is_vague(name) or name_of(name, known))


def _told(text: str, by: Deadline | None, known: Known) -> tuple[str, str]:
    """To whom it is reported, and through whom; what is done "để … báo cáo …" afterwards is not this duty's."""
    tells = [match for match in _TELLS.finditer(text) if not _FOR.search(text[: match.start()])]
    if not tells:
        return "", ""
    before = [match for match in tells if by and match.start() < by.end]
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
    first = deadlines(text, by)[:1]
    stop = re.search(r"[;(]|:\s|\.(?=\s|$)", text)
    ends = [stop.start() if stop else len(text)]
    ends += [one.start for one in first if one.start > 20]
    words = text[: min(ends)].strip(" ,;:.-")
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
