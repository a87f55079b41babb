"""By when a result is due by the rules themselves, whatever appointment the source prints."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.law import Law
from monitor.core.limit import Limit, due_by, limit_of
from monitor.core.pauses import Pause, pauses_of, restarted, subtracted
from monitor.core.period import Stamp, day_of, end_of
from monitor.core.phase import Phase, handling_agency, phase_of
from monitor.core.workdays import WorkCalendar


class Reckoning(NamedTuple):
    """A limit from reception on: `plain` as if nothing had paused it, and both ways to take supplements into account.

    `subtracted` leaves the citizen's time out (QĐ 766); `restarted` begins anew with the last papers (NĐ 61/2018, Điều
    19.4), None while they are awaited. While a pause lasts (`paused`), `subtracted` is as of the moment asked for.
    """

    limit: Limit
    start: Stamp
    plain: Stamp
    subtracted: Stamp
    restarted: Stamp | None
    pauses: tuple[Pause, ...]
    paused: bool
    calendar: WorkCalendar

    @property
    def due(self) -> Stamp | None:
        """The later of both, so that nobody is late by one way of counting who is in time by the other.

        None while a pause lasts.
        """
        if self.paused or self.restarted is None:
            return None
        return max(self.subtracted, self.restarted, key=end_of)


def reckoned(dossier: Dossier, until: datetime, law: Law, known: Circumstances = NOTHING_KNOWN) -> Reckoning | None:
    """The limit of a dossier; None where it was not received, or no rule sets one. Raise CalendarUnknown."""
    start = dossier.received
    if start is None:
        return None
    limit = limit_of(law, dossier.procedure, day_of(start))
    if limit is None:
        return None
    calendar, pauses = law.calendar_of(handling_agency(dossier)), pauses_of(dossier, known)
    lasting = phase_of(dossier) is not Phase.ENDED and any(one.end is None for one in pauses)
    return Reckoning(
        limit=limit,
        start=start,
        plain=due_by(limit, start, calendar),
        subtracted=subtracted(limit, start, pauses, calendar, until),
        restarted=restarted(limit, start, pauses, calendar, until),
        pauses=pauses,
        paused=lasting,
        calendar=calendar,
    )
