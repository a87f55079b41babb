"""What a letter says of explanations that are owed: which dossiers, by when, and how to answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind, Standing
from monitor.core.law import Law, RuleUnknown
from monitor.core.phase import handling_unit, receiving_unit
from monitor.register import Register
from monitor.reports.citing import cited
from monitor.reports.divisions import house_of
from monitor.reports.explaining import WITHIN, Owing

SHOWN = 25
"""So many dossiers stand in the letter itself; all are in the workbook that goes with it, and on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedItem:
    """One delay that is unexplained; `over`: the day by which it was to be explained has passed."""

    code: str
    kind: FindingKind
    procedure_name: str
    place: str
    agency: str
    due: date | None
    over: bool
    finished: bool


class Way(NamedTuple):
    """How one agency of the reader's answers: a page, empty where there is none, and the workbook that goes along."""

    agency: str
    link: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that one reader is told of explanations, the earliest due first.

    `own`: an agency of the reader's own must answer; `ways` are how, one for each such agency: a mailbox may be that of
    several. Empty where neither page nor workbook can be given.
    """

    items: tuple[AskedItem, ...]
    own: bool
    ways: tuple[Way, ...] = ()
    citations: tuple[str, ...] = ()

    @property
    def agencies(self) -> tuple[tuple[str, int], ...]:
        """Whose they are, and how many each, the most first."""
        return tuple(Counter(item.agency for item in self.items).most_common())

    @property
    def over(self) -> int:
        """For how many the day has passed."""
        return sum(item.over for item in self.items)

    @property
    def due(self) -> date | None:
        """The earliest day that has not passed; None where there is none."""
        return min((item.due for item in self.items if item.due is not None and not item.over), default=None)

    @property
    def shown(self) -> tuple[AskedItem, ...]:
        """What stands in the letter itself."""
        return self.items[:SHOWN]

    @property
    def more(self) -> int:
        """How many do not."""
        return max(0, len(self.items) - SHOWN)


def asked(
    some: Sequence[Owing], today: date, *, law: Law, register: Register, own: bool, ways: tuple[Way, ...] = ()
) -> Asked:
    """What is owed, as a letter of today tells it."""
    return Asked(
        items=tuple(item_of(one, today, register, own=own) for one in some),
        own=own,
        ways=ways,
        citations=cited(_citations(law, today)),
    )


def item_of(one: Owing, today: date, register: Register, *, own: bool) -> AskedItem:
    """One delay as it is listed; its division to its own agency alone."""
    dossier, kind = one.late.dossier, one.late.delay.kind
    return AskedItem(
        code=dossier.code,
        kind=kind,
        procedure_name=dossier.procedure_name or dossier.procedure,
        place=_unit(dossier, kind) if own else register.agency_name(house_of(register, one.request.agency)),
        agency=register.agency_name(one.request.agency if own else house_of(register, one.request.agency)),
        due=one.request.due,
        over=one.is_over(today),
        finished=one.late.finding.standing is Standing.LATE_DONE,
    )


def _unit(dossier: Dossier, kind: FindingKind) -> str:
    return receiving_unit(dossier) if kind is FindingKind.RECEPTION else handling_unit(dossier)


def _citations(law: Law, today: date) -> Iterable[str]:
    try:
        yield law.rule(WITHIN, today).citation
    except RuleUnknown:
        return
