"""A draft of a letter's duties as the file that a clerk corrects, every doubt a line of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from json import dumps

from monitor.core.agency import Agency
from monitor.core.law import Law, RuleUnknown
from monitor.core.obligation import DueKind, Listed, Obligation, last_day, last_working_day
from monitor.core.order import Doubt, DoubtKind, DraftDuty, DraftOrder
from monitor.core.order_dates import DayOff, days_off
from monitor.core.order_names import KIND_OF, Group, Known, group_of
from monitor.core.order_text import tidy
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.register.names import parts, plain, spelled
from monitor.reports.render import render, term

CLOSING_DAY = "report_closing_day"
"""The rule that says on which day of a month the periods of reports close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """What a deadline comes to: its last calendar day, the last working day, and why these differ."""

    last: date
    working: date | None
    off: tuple[DayOff, ...] = ()
    projected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name in a list, and of a group how many agencies the register has of it that day."""

    name: str
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One duty as the file shows it."""

    draft: DraftDuty
    doubts: tuple[str, ...]
    leads: tuple[Named, ...]
    partners: tuple[Named, ...]
    until: LastDay | None


def known_on(register: Register) -> Callable[[date], Known]:
    """The register's names on a day. A list of names is none, though a unit's path ("Sở … - Phòng …") would be."""

    def on(day: date) -> Known:
        def known(name: str) -> str:
            key = register.resolve(name, day)
            if not key:
                return ""
            agency = register.agencies[key]
            whole = ":" not in name and not parts(name)
            return agency.name if whole or _is_called(agency, name) else ""

        return known

    return on


def _is_called(agency: Agency, name: str) -> bool:
    names = (agency.name, *(alias.name for alias in agency.aliases))
    return plain(spelled(name)) in {plain(spelled(one)) for one in names}


def members(register: Register, group: Group, day: date) -> tuple[str, ...]:
    """The keys of a group's agencies on a day, in the register's order."""
    return tuple(
        agency.key
        for agency in register.agencies.values()
        if agency.kind is KIND_OF[group]
        and (agency.start is None or agency.start <= day)
        and (agency.end is None or day <= agency.end)
    )


def closing_day_of(law: Law) -> Callable[[date], int]:
    """On which day the periods of reports close, by the rule in force; 31, the month's end, where there is none."""

    def on(day: date) -> int:
        try:
            return law.rule(CLOSING_DAY, day).value
        except RuleUnknown:
            return 31

    return on


def last_day_of(due: date | None, kind: DueKind, calendar: WorkCalendar) -> LastDay | None:
    """What a day as printed comes to; without a working day where the calendar does not know the year."""
    duty = Obligation(key="", letter="", title="", agencies=(), due=due, due_kind=kind)
    last = last_day(duty)
    if last is None:
        return None
    try:
        working = last_working_day(duty, calendar) or last
        off, projected = days_off(last, working, calendar), calendar.is_projected(working, last)
        return LastDay(last=last, working=working, off=off, projected=projected)
    except CalendarUnknown:
        return LastDay(last=last, working=None)


def with_dossiers(draft: DraftOrder, dossiers: Sequence[Listed], odd: Iterable[str], place: str = "") -> DraftOrder:
    """The same with a list of dossiers at the duty that names an appendix, or the one at a place.

    A doubt says where that is not clear, and of each of the `odd` codes that its form is unusual.
    """
    if not dossiers or not draft.duties:
        return draft
    at, clear = _whose_list(draft.duties, place)
    doubts = [] if clear else [Doubt(kind=DoubtKind.LIST_UNCLEAR, about=f"{len(dossiers)}")]
    doubts += [Doubt(kind=DoubtKind.CODE_ODD, about=code) for code in odd]
    duty = draft.duties[at]
    given = replace(duty, dossiers=tuple(dossiers), doubts=(*duty.doubts, *doubts))
    return replace(draft, duties=(*draft.duties[:at], given, *draft.duties[at + 1 :]))


def _whose_list(duties: Sequence[DraftDuty], place: str) -> tuple[int, bool]:
    """The place of the duty that a list belongs to, and whether that is certain."""
    if place:
        return next((at for at, duty in enumerate(duties) if duty.place == place), 0), True
    for words in (("phụ lục",), ("danh sách kèm theo", "danh sách gửi kèm", "danh sách hồ sơ")):
        naming = [at for at, duty in enumerate(duties) if any(word in duty.text.casefold() for word in words)]
        if naming:
            return naming[0], len(naming) == 1
    dated = [at for at, duty in enumerate(duties) if duty.due and "hồ sơ" in duty.text]
    return (dated[0] if dated else 0), len(duties) == 1


def file_of(
    draft: DraftOrder, register: Register, law: Law, *, file: str, sha256: str, today: date, scanned: bool = False
) -> str:
    """The draft as a TOML file; without duties it is the form to be filled in by hand."""
    text = render(
        "orders/draft.toml",
        draft=draft,
        doubts=[said(doubt) for doubt in draft.doubts],
        duties=[view(duty, draft.reckoned_on, register, law) for duty in draft.duties],
        file=file,
        shown=tidy(file),
        sha256=sha256,
        today=today,
        scanned=scanned,
        quoted=quoted,
        why=why_earlier,
    )
    return text.rstrip() + "\n"


def view(duty: DraftDuty, day: date, register: Register, law: Law) -> DutyView:
    """One duty with its doubts in words and its groups counted."""
    leads, partners = (tuple(_counted(name, register, day) for name in some) for some in (duty.leads, duty.partners))
    empty = [Doubt(kind=DoubtKind.GROUP_EMPTY, about=one.name) for one in (*leads, *partners) if one.count == 0]
    return DutyView(
        draft=duty,
        doubts=tuple(said(doubt) for doubt in (*duty.doubts, *empty)),
        leads=leads,
        partners=partners,
        until=last_day_of(duty.due, duty.due_kind, law.calendars["default"]),
    )


def _counted(name: str, register: Register, day: date) -> Named:
    group = group_of(name)
    return Named(name=name, count=None if group is None else len(members(register, group, day)))


def said(doubt: Doubt) -> str:
    """A doubt in one line."""
    return " ".join(term(doubt.kind).replace("{about}", doubt.about).split())


def quoted(text: str) -> str:
    """A text as TOML writes one."""
    return dumps(text, ensure_ascii=False).replace("\x7f", "")


def as_facts(draft: DraftOrder, register: Register, law: Law) -> dict[str, object]:
    """The draft for programs, with what each deadline comes to and every doubt by name and in words."""
    facts = asdict(draft)
    facts["doubts"] = [_doubt_facts(doubt) for doubt in draft.doubts]
    facts["duties"] = []
    for duty in draft.duties:
        seen = view(duty, draft.reckoned_on, register, law)
        until = seen.until
        facts["duties"].append(
            {
                **asdict(duty),
                "doubts": [_doubt_facts(doubt) for doubt in duty.doubts],
                "groups": {one.name: one.count for one in (*seen.leads, *seen.partners) if one.count is not None},
                "last_day": until.last if until else None,
                "last_working_day": until.working if until else None,
            }
        )
    return facts


def _doubt_facts(doubt: Doubt) -> dict[str, str]:
    return {"kind": doubt.kind.value, "about": doubt.about, "said": said(doubt)}


def why_earlier(until: LastDay) -> str:
    """Why the last working day is not the last day: each day between, with its document."""
    return render("orders/why.txt", until=until).strip()


__all__ = [
    "CLOSING_DAY",
    "LastDay",
    "as_facts",
    "closing_day_of",
    "file_of",
    "known_on",
    "last_day_of",
    "members",
    "said",
    "why_earlier",
    "with_dossiers",
]
