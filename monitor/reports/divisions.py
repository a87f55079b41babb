"""Divisions are named to their own agency alone: elsewhere the agency stands for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from monitor.core.agency import AgencyKind
from monitor.core.finding import FindingKind
from monitor.core.mass_pause import MassPause
from monitor.core.owned import DualClock, Holder, Share
from monitor.register import Register
from monitor.reports.counted import Clock
from monitor.reports.explain import Explanation
from monitor.reports.item import Item
from monitor.reports.render import term
from monitor.reports.standing import AgencyNow, Column, StatusNow

_UNNAMED = "không nêu tên"


def house_of(register: Register, agency: str) -> str:
    """The agency a division belongs to; any other agency is its own, and empty stays empty."""
    for key in (agency, *register.ancestors(agency)):
        if key in register.agencies and register.agencies[key].kind is not AgencyKind.DIVISION:
            return key
    return agency


def to_reader(items: Iterable[Item], agencies: Collection[str], register: Register) -> list[Item]:
    """Items as one reader with posts at these agencies may have them.

    A unit that no agency was found for stays: whoever is told of it is to say whose it is.
    """
    houses = {house_of(register, key) for key in agencies}
    named = {register.agency_name(key): house_of(register, key) for key in register.agencies}
    found = []
    for one in items:
        house = named.get(one.agency, "")
        mine = not house or house in houses
        found.append(one if mine else replace(one, unit="", agency=register.agency_name(house)))
    return found


def without_divisions(told: Explanation, register: Register) -> Explanation:
    """A certificate for a page that anybody in the network may open: neither divisions nor officers."""
    return replace(
        told,
        clocks=tuple(_clock(one, register) for one in told.clocks),
        dual=_dual(told.dual, register) if told.dual else None,
        agencies={key: register.agency_name(key) for key in register.agencies},
    )


def at_large(facts: StatusNow, register: Register) -> StatusNow:
    """How everything stands, with what divisions have counted to their agencies."""
    agencies: dict[str, Counter[Column]] = {}
    for one in facts.agencies:
        agencies.setdefault(house_of(register, one.key), Counter()).update(one.counts)
    paused = Counter[tuple[str, date]]()
    for pause in facts.paused:
        paused[house_of(register, pause.agency), pause.day] += pause.count
    lines = [
        AgencyNow(key=key, name=register.agency_name(key), counts=dict(counts)) for key, counts in agencies.items()
    ]
    return replace(
        facts,
        agencies=tuple(sorted(lines, key=lambda one: (*(-number for number in one.shown), one.name))),
        paused=tuple(
            MassPause(
                agency=key, unit=register.agency_name(key) or term(FindingKind.UNKNOWN_UNIT), day=day, count=count
            )
            for (key, day), count in paused.items()
        ),
    )


def _clock(clock: Clock, register: Register) -> Clock:
    house = house_of(register, clock.agency)
    name = register.agency_name(house)
    return replace(clock, unit=name or _UNNAMED, agency=house, agency_name=name)


def _dual(both: DualClock, register: Register) -> DualClock:
    held: dict[tuple[Holder, str], Share] = {}
    for one in both.shares:
        house = house_of(register, one.agency)
        unit = (register.agency_name(house) or f"Đơn vị {_UNNAMED}") if one.holder is Holder.UNIT else one.unit
        before = held.get((one.holder, unit))
        held[one.holder, unit] = replace(
            one,
            unit=unit,
            agency=house,
            calendar_ms=one.calendar_ms + (before.calendar_ms if before else 0),
            working_s=one.working_s + (before.working_s if before else 0),
        )
    return replace(both, shares=tuple(held.values()))
