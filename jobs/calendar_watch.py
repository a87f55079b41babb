"""Our calendar held against an independent library's once a week, in a process of its own; what differs is remembered.

Run as a module it is that process: years as arguments, their working days as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta

import structlog

from jobs.app import App
from monitor.core.period import at, day_of, ict
from monitor.reports import calendar_watch
from monitor.reports.calendar_watch import differences, library_days, years_watched
from monitor.store import EventKind, events, reading, writing

log = structlog.get_logger()

CLOCK = time(5, 40)
TOLERANCE = timedelta(days=7)
_WALL_S = 60
_WEEK = timedelta(days=7)


def next_due(_app: App, moment: datetime) -> datetime:
    """The next Monday morning strictly after a moment, before offices open."""
    day = ict(moment).date()
    due = at(day - timedelta(days=day.weekday()), CLOCK)
    return due if due > moment else due + _WEEK


def run(app: App, _due: datetime, now: datetime) -> None:
    """Remember what differs, where it is not what was remembered last; nobody is written to for it."""
    calendar = app.law.calendars["default"]
    found = [one for year, days in _asked(day_of(now)).items() for one in differences(calendar, year, days)]
    detail = calendar_watch.written(found)
    with reading(app.engine) as db:
        newest = events.newest(db, EventKind.CALENDAR_DIFFERS)
    if detail != (newest.detail if newest else calendar_watch.written(())):
        log.warning("calendar.differs", days=len(found))
        with writing(app.engine) as db:
            events.add(db, now, EventKind.CALENDAR_DIFFERS, detail)


def _asked(today: date) -> dict[int, list[date]]:
    """The working days of the years watched, from a process that ends with the memory the library takes."""
    years = [str(year) for year in years_watched(today)]
    asked = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "jobs.calendar_watch", *years],
        capture_output=True,
        text=True,
        timeout=_WALL_S,
        check=True,
    )
    return {int(year): [date.fromisoformat(day) for day in days] for year, days in json.loads(asked.stdout).items()}


if __name__ == "__main__":
    print(json.dumps({year: sorted(day.isoformat() for day in library_days(int(year))) for year in sys.argv[1:]}))  # noqa: T201
