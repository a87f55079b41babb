"""The dossiers that a superior's appendix lists under a duty: each found among our sources, and followed to its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, Explanation
from monitor.core.finding import FindingKind
from monitor.core.law import Law
from monitor.core.obligation import Listed, Obligation
from monitor.core.period import Stamp
from monitor.core.phase import Phase, ended, handling_agency, handling_unit, phase_of
from monitor.register import Register
from monitor.reports.explaining import Lateness, of_matters
from monitor.store import explanations
from monitor.store.matters import by_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One dossier of a list. `dossier` is the testimony that counts, None where no source knows the code.

    `late` is how it is, or was, late: its result before its reception; `explanation` what its unit said of that.
    """

    listed: Listed
    dossier: Dossier | None = None
    agency: str = ""
    late: Lateness | None = None
    explanation: Explanation | None = None

    @property
    def done(self) -> bool:
        """Whether it came to its end."""
        return self.dossier is not None and phase_of(self.dossier) is Phase.ENDED

    @property
    def ended(self) -> Stamp | None:
        """When, as far as the source tells."""
        return ended(self.dossier) if self.dossier is not None and self.done else None

    @property
    def unit(self) -> str:
        """The unit it lies at by our sources, else as the appendix prints it."""
        return (handling_unit(self.dossier) if self.dossier else "") or self.agency or self.listed.unit

    @property
    def other_code(self) -> str:
        """The code our source knows it by, where the appendix prints another of the same dossier."""
        own = self.dossier.code if self.dossier else ""
        return own if own.casefold() != self.listed.code.strip().casefold() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far a list has come."""

    total: int
    done: int
    unknown: int

    @property
    def open(self) -> int:
        """Found, and not at its end."""
        return self.total - self.done - self.unknown


def followed(db: Connection, register: Register, law: Law, duty: Obligation, now: datetime) -> tuple[Followed, ...]:
    """Every dossier of a duty's list, in its order, by what is known now."""
    found = by_codes(db, [one.code for one in duty.dossiers])
    late = _late(db, law, list(found.values()), now)
    said = explanations.latest(db, [one.delay for one in late.values()])
    return tuple(_one(listed, found.get(listed.code), register, late, said) for listed in duty.dossiers)


def _one(
    listed: Listed,
    dossier: Dossier | None,
    register: Register,
    late: dict[int, Lateness],
    said: dict[Delay, Explanation],
) -> Followed:
    if dossier is None:
        return Followed(listed=listed)
    lateness = late.get(dossier.matter)
    return Followed(
        listed=listed,
        dossier=dossier,
        agency=register.agency_name(handling_agency(dossier)) if handling_agency(dossier) else "",
        late=lateness,
        explanation=said.get(lateness.delay) if lateness else None,
    )


def _late(db: Connection, law: Law, some: Sequence[Dossier], now: datetime) -> dict[int, Lateness]:
    """By matter how it is late: of its result, if it is, or else of its reception."""
    found: dict[int, Lateness] = {}
    for delay, late in of_matters(db, {one.matter for one in some}, law=law, now=now).items():
        if delay.matter not in found or delay.kind is FindingKind.RESULT:
            found[delay.matter] = late
    return found


def tally(some: Iterable[Followed]) -> Tally:
    """How far a list has come."""
    listed = tuple(some)
    return Tally(
        total=len(listed),
        done=sum(one.done for one in listed),
        unknown=sum(one.dossier is None for one in listed),
    )


__all__ = ["Followed", "Tally", "followed", "tally"]
