"""What must be explained: the delays that units were asked of, have not explained, and that still stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from monitor.core.agency import Role
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, Explanation, ExplanationRequest, delay_of, episodes_alike
from monitor.core.finding import Finding, FindingKind, Standing, findings
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import day_of
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.circumstances import circumstances
from monitor.store import explanations
from monitor.store.matters import find, testimonies
from monitor.store.statements import chunks

WITHIN = "explanation_working_days"
"""The rule that says by when a unit explains."""
LATE = frozenset({Standing.LATE, Standing.LATE_DONE})
_KINDS = (FindingKind.RECEPTION, FindingKind.RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """One delay that stands: whose dossier it is, and the finding that says so; `agency` is whose duty it was."""

    delay: Delay
    dossier: Dossier
    finding: Finding

    @property
    def agency(self) -> str:
        """The key of the agency whose duty it was; empty where nobody knows."""
        return self.finding.agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """A delay that a unit was asked of and has not explained."""

    request: ExplanationRequest
    late: Lateness

    def is_over(self, today: date) -> bool:
        """Whether it was to be explained by a day that has passed."""
        return self.request.due is not None and self.request.due < today


def latenesses(dossier: Dossier, now: datetime, law: Law, known: Circumstances = NOTHING_KNOWN) -> tuple[Lateness, ...]:
    """How a dossier is, or was, late: its reception, its result, both or neither."""
    return tuple(
        Lateness(delay=delay_of(dossier, finding.kind), dossier=dossier, finding=finding)
        for finding in findings(dossier, now, law, known)
        if finding.kind in _KINDS and finding.standing in LATE
    )


def of_code(db: Connection, code: str, source: str, *, law: Law, now: datetime) -> tuple[Lateness, ...] | None:
    """How the dossier that goes by a code is late, by the testimony that counts; None where no code is so."""
    told = find(db, code, source)
    if not told:
        return None
    return latenesses(told[0], now, law, circumstances(db, told[:1]).get(told[0].matter, NOTHING_KNOWN))


def of_matters(db: Connection, matters: Iterable[int], *, law: Law, now: datetime) -> dict[Delay, Lateness]:
    """Every delay of some dossiers that stands now, each by the testimony that counts, under the number asked by.

    Where several systems tell of a dossier it stands under what each of them prints: it may have been asked of so.
    """
    found: dict[Delay, Lateness] = {}
    for numbers in chunks(sorted(set(matters))):
        told = {number: some for number, some in testimonies(db, numbers).items() if some}
        known = circumstances(db, tuple(some[0] for some in told.values()))
        for number, some in told.items():
            for late in latenesses(some[0], now, law, known.get(some[0].matter, NOTHING_KNOWN)):
                for episode in episodes_alike(late.delay, some):
                    found[Delay(matter=number, kind=late.delay.kind, episode=episode)] = late
    return found


def owing(
    db: Connection, law: Law, now: datetime, agencies: Collection[str] = (), numbers: Collection[int] = ()
) -> tuple[Owing, ...]:
    """What is unexplained and stands still, of some agencies or all, of some requests or all; the earliest due first.

    Of a dossier whose appointment was moved meanwhile, or that is late no more by what is known now, nothing is owed.
    """
    asked = [one for one in explanations.unanswered(db, agencies) if not numbers or one.number in numbers]
    standing = of_matters(db, {one.delay.matter for one in asked}, law=law, now=now)
    found = {
        (late.delay.matter, late.delay.kind, late.delay.episode): Owing(request=one, late=late)
        for one in reversed(asked)
        if (late := standing.get(one.delay)) is not None
    }
    return tuple(sorted(found.values(), key=_order))


def _order(one: Owing) -> tuple[date, datetime, str]:
    since = one.late.finding.since
    return one.request.due or date.max, since or one.request.asked_at, one.late.dossier.code


def due_by(law: Law, agency: str, today: date) -> date | None:
    """By when an agency that is asked today explains; None where the calendar or the rule does not reach."""
    try:
        return law.calendar_of(agency).add_days(today, law.rule(WITHIN, today).value)
    except (CalendarUnknown, RuleUnknown):
        return None


def asked_now(
    some: Iterable[Lateness], law: Law, now: datetime, *, dispatch: int | None = None, backlog: Collection[Delay] = ()
) -> Iterator[ExplanationRequest]:
    """What to ask of delays now; of a `backlog` without a due day. Nobody is asked of one that is nobody's duty."""
    today = day_of(now)
    for one in some:
        if one.agency:
            due = None if one.delay in backlog else due_by(law, one.agency, today)
            yield ExplanationRequest(delay=one.delay, agency=one.agency, asked_at=now, due=due, dispatch=dispatch)


def answering(register: Register, agency: str) -> str:
    """The agency whose posts answer for another: a division without posts is answered for above."""
    posts = register.posts_of(agency, frozenset(Role))
    return posts[0].agency if posts else agency


def answered_for(register: Register, agency: str) -> frozenset[str]:
    """The agencies that one answers for, itself among them."""
    return frozenset({agency, *(key for key in register.agencies if answering(register, key) == agency)})


def in_words(explanation: Explanation, cause: str) -> str:
    """An explanation on one line: its cause and what was said beside it."""
    return f"{cause}: {explanation.text}" if explanation.text else cause
