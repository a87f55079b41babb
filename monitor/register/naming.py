"""Which agencies the units that a dossier prints stand for and a list groups them under, and what its procedure is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial

from monitor.core.agency import AgencyKind
from monitor.core.dossier import Dossier, Placing
from monitor.core.period import day_of
from monitor.core.phase import Phase, phase_by, phase_of
from monitor.register.register import Register

Resolve = Callable[[str, date], str]
"""From a printed unit and a day to the agency's key."""


def with_agencies(dossier: Dossier, register: Register, now: datetime, resolve: Resolve | None = None) -> Dossier:
    """The dossier with the agencies its units stand for: today while it is open, as its figures were once it ended.

    `resolve` may be one that remembers (`remembering`), for thousands of dossiers.
    """
    resolve = resolve or partial(agency_of, register)
    on = _day(phase_of(dossier), dossier.as_of, now)
    agencies = resolve(dossier.receiving_unit, on), resolve(dossier.handling_unit, on)
    return dossier if agencies == (dossier.receiving_agency, dossier.handling_agency) else dossier.placed(*agencies)


def placing(register: Register, now: datetime | None = None) -> Placing:
    """The same rule for thousands of dossiers that are only being read; without a moment, all as their figures were.

    What it needs of them repeats from one to the next, and is remembered.
    """
    resolve = remembering(register)

    def place(status: str, has_end: bool, as_of: datetime, receiving: str, handling: str) -> tuple[str, str]:  # noqa: FBT001 - part of a key
        on = _day(phase_by(status, has_end=has_end), as_of, now or as_of)
        return resolve(receiving, on), resolve(handling, on)

    return lru_cache(maxsize=20_000)(place)


def _day(phase: Phase, as_of: datetime, now: datetime) -> date:
    return day_of(as_of if phase is Phase.ENDED else now)


def remembering(register: Register) -> Resolve:
    """The same few hundred units come again and again."""
    return lru_cache(maxsize=20_000)(partial(agency_of, register))


def procedure_name(register: Register, dossier: Dossier) -> str:
    """What a dossier's procedure is called: as its source says, else as the register does, else its code."""
    service = register.service(dossier.procedure)
    return dossier.procedure_name or (service.name if service else "") or dossier.procedure


def grouped_under(register: Register, agency: str) -> str:
    """The topmost agency above one, short of the province; itself where nothing stands between.

    The Centre is an agency of its own, whatever office it belongs to.
    """
    line = (agency, *register.ancestors(agency)) if agency else ()
    if register.centre and register.centre in line:
        return register.centre
    below = [key for key in line if key in register.agencies and register.agencies[key].kind is not AgencyKind.PROVINCE]
    return below[-1] if below else agency


def agency_of(register: Register, unit: str, on: date) -> str:
    """The agency that a printed unit stands for on a day; empty where it matches none."""
    if not unit:
        return ""
    return register.resolve(unit, on) or (register.resolve(unit.partition(" (")[0], on) if " (" in unit else "")
