"""The law put together from its three files; all mistakes at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from monitor.core.calendar_change import CalendarChange
from monitor.core.law import Law, Rule
from monitor.core.mistake import Mistake, Mistakes
from monitor.core.workdays import Hours, WorkCalendar
from monitor.document import read
from monitor.law.calendar import Days, days_of
from monitor.law.hours import DEFAULT, hours_in
from monitor.law.in_force import in_force
from monitor.law.rules import rules_in

SHIPPED = Path(__file__).parent

_NOBODY: Mapping[str, str] = MappingProxyType({})


class LawError(Mistakes):
    """The law's files cannot be used, or a name of working hours is not in them; `mistakes` names every reason."""


def load_law(
    hours_of: Mapping[str, str] = _NOBODY,
    *,
    folder: Path = SHIPPED,
    changes: Sequence[CalendarChange] = (),
    by_date: bool = False,
) -> Law:
    """Rules and calendars of a folder, and which hours each agency keeps (agency's key → name of hours).

    The calendar `changes` that people confirmed are laid over. `by_date`: what is in time is judged by the day. Raise
    LawError with all that is wrong, an agency's hours that do not exist among it; HoursUnknown where a year was added
    and no hours hold in it.
    """
    mistakes: list[Mistake] = []
    calendar_file = read(folder / "calendar.toml", "calendar.toml", mistakes)
    days = days_of(calendar_file) if calendar_file else None
    hours_file = read(folder / "hours.toml", "hours.toml", mistakes)
    named = hours_in(hours_file, days) if hours_file else {}
    rules_file = read(folder / "rules.toml", "rules.toml", mistakes)
    rules = rules_in(rules_file) if rules_file else {}
    if named:
        mistakes.extend(_no_such_hours(hours_of, named))
    if mistakes or days is None:
        raise LawError(mistakes)
    calendars = {name: _calendar(days, hours) for name, hours in named.items()}
    version = _version(rules, calendars, hours_of, by_date=by_date)
    law = Law(rules=rules, calendars=calendars, hours_of=dict(hours_of), version=version, by_date=by_date)
    return in_force(law, changes)


@cache
def official_calendar() -> WorkCalendar:
    """The working calendar of the default hours, as shipped."""
    return load_law().calendars[DEFAULT]


def _calendar(days: Days, hours: tuple[Hours, ...]) -> WorkCalendar:
    return WorkCalendar(
        first=days.first, last=days.last, hours=hours, notes=days.notes, projected_years=days.projected_years
    )


def _no_such_hours(hours_of: Mapping[str, str], named: Iterable[str]) -> Iterator[Mistake]:
    known = sorted(named)
    for name in sorted(set(hours_of.values()) - set(known)):
        agencies = ", ".join(sorted(agency for agency, hours in hours_of.items() if hours == name))
        what = f"không có giờ làm việc “{name}” (cơ quan: {agencies})"
        yield Mistake(
            file="hours.toml", place="", what=what, mend=f"thêm [[hours]] tên ấy, hoặc chọn: {', '.join(known)}"
        )


def _version(
    rules: Mapping[str, tuple[Rule, ...]],
    calendars: Mapping[str, WorkCalendar],
    hours_of: Mapping[str, str],
    *,
    by_date: bool,
) -> str:
    """A digest of all that a conclusion can hang on; agencies with the default hours do not move it."""
    written = [
        *(f"{name} {calendars[name].version}" for name in sorted(calendars)),
        *(repr(rule) for key in sorted(rules) for rule in rules[key]),
        *(f"{agency} {name}" for agency, name in sorted(hours_of.items()) if name != DEFAULT),
        *(("by date",) if by_date else ()),
    ]
    return hashlib.sha256("\n".join(written).encode()).hexdigest()
