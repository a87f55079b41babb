"""What is known held against what a unit explained; said beside it, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Connection

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.doubt import Doubt, agrees, doubts_in
from monitor.core.explanation import DelayCause, Explanation
from monitor.core.finding import FindingKind
from monitor.core.law import Law
from monitor.core.period import Span, at, day_of, end_of
from monitor.core.phase import begun
from monitor.core.reckoning import reckoned
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.store import explanations
from monitor.store.looked import Looked, looked

MEASURED = Fraction(9, 10)
"""So much of a stretch must be vouched for before it is said that the service was up in it."""
MANY = 5
"""For more dossiers than that of one agency the same words are worth a mention."""


class Doubts:
    """Doubts of many explanations; what repeats from one to the next is asked once."""

    def __init__(self, db: Connection, register: Register, law: Law, now: datetime) -> None:
        self.db, self.register, self.law, self.now = db, register, law, now
        self._looked: dict[tuple[str, Span], Looked] = {}
        self._alike: dict[tuple[str, str], int] = {}

    def of(self, explanation: Explanation, dossier: Dossier, known: Circumstances = NOTHING_KNOWN) -> tuple[Doubt, ...]:
        """What speaks against an explanation of a delay of this dossier, each once, in a fixed order."""
        found = {
            *doubts_in(explanation, dossier, known, day_of(self.now)),
            *self._against(explanation, dossier, known),
            *self._said_often(explanation),
        }
        return tuple(doubt for doubt in Doubt if doubt in found)

    def _against(self, explanation: Explanation, dossier: Dossier, known: Circumstances) -> Iterator[Doubt]:
        if explanation.cause is DelayCause.SYSTEM_FAILURE:
            yield from self._of_failure(explanation, dossier)
        elif explanation.cause is DelayCause.WRONG_APPOINTMENT and explanation.delay.kind is FindingKind.RESULT:
            yield from self._of_appointment(dossier, known)

    def _of_failure(self, explanation: Explanation, dossier: Dossier) -> Iterator[Doubt]:
        service = self.register.service(dossier.procedure)
        if service is None or not service.required_targets():
            yield Doubt.NOT_WATCHED
            return
        window = self._concerned(explanation, dossier)
        if window is None:
            yield Doubt.UNMEASURED
            return
        asked = (service.code, window)
        if asked not in self._looked:
            targets = [key for one in service.required_targets() for key in (one.key, *one.formerly)]
            self._looked[asked] = looked(self.db, targets, window)
        seen = self._looked[asked]
        if not seen.interrupted:
            yield Doubt.WAS_UP if seen.up >= MEASURED else Doubt.UNMEASURED

    def _concerned(self, explanation: Explanation, dossier: Dossier) -> Span | None:
        """In which time a failure can have made it late: from its filing or reception to when it was due."""
        if explanation.delay.kind is FindingKind.RECEPTION:
            start, due = dossier.filed, dossier.received
        else:
            start, due = begun(dossier), dossier.appointment
        if start is None:
            return None
        first = start if isinstance(start, datetime) else at(start)
        last = min(end_of(due) if due is not None else explanation.at, explanation.at)
        return Span(start=first, end=last) if first < last else None

    def _of_appointment(self, dossier: Dossier, known: Circumstances) -> Iterator[Doubt]:
        if dossier.appointment is None:
            return
        try:
            made = reckoned(dossier, self.now, self.law, known)
        except CalendarUnknown:
            return
        if made is not None and made.due is not None and agrees(dossier.appointment, made.due):
            yield Doubt.AGREES

    def _said_often(self, explanation: Explanation) -> Iterator[Doubt]:
        if not explanation.text or explanation.incoming is not None:
            return
        asked = (explanation.agency, explanation.text)
        if asked not in self._alike:
            self._alike[asked] = explanations.in_these_words(self.db, *asked)
        if self._alike[asked] > MANY:
            yield Doubt.SAME_WORDS
