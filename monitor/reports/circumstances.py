"""What is known beside the latest word on dossiers, gathered from all that keep something of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.period import day_of
from monitor.core.step import Step
from monitor.register import Register
from monitor.register.naming import agency_of, placing, remembering, with_agencies
from monitor.store import apologies, matters, pauses, steps
from monitor.store.beside_dossiers import anything, of_interest
from monitor.store.dossiers import histories
from monitor.store.projection import Known


def circumstances(
    db: Connection, dossiers: Sequence[Dossier], register: Register | None = None
) -> dict[int, Circumstances]:
    """The circumstances of some dossiers, by matter, in a few queries for each five hundred; each matter is there.

    `history` is of the testimony that was handed over. Steps are those of all its testimonies, each once. With a
    register, what is known has the agencies that its units stood for when it was said.
    """
    found = of_each(db, dossiers, register)
    return {dossier.matter: known for dossier, known in zip(dossiers, found, strict=True)}


def of_each(
    db: Connection,
    dossiers: Sequence[Dossier],
    register: Register | None = None,
    single: Mapping[int, Dossier] | None = None,
) -> tuple[Circumstances, ...]:
    """The same for each of some dossiers in their order, of which several may be testimonies of one matter.

    `single` are those, by number, that are at hand with the only word their source ever said of them.
    """
    matters_ = sorted({dossier.matter for dossier in dossiers})
    members = matters.ids_of(db, matters_)
    numbers = sorted({number for some in members.values() for number in some})
    there = anything(db)
    single = single or {}
    told: dict[int, tuple[Dossier, ...]] = {number: (single[number],) for number in numbers if number in single}
    if register is not None:
        resolve = remembering(register)
        told = {n: tuple(with_agencies(one, register, one.as_of, resolve) for one in some) for n, some in told.items()}
    place = placing(register) if register is not None else None
    told |= histories(db, [number for number in numbers if number not in single], place)
    ways = steps.of(db, numbers) if there.steps else {}
    apologised = apologies.of(db, matters_) if there.apologies else {}
    paused = pauses.of(db, matters_) if there.pauses else {}
    if register is not None:
        ways = {number: tuple(_placed(step, register) for step in some) for number, some in ways.items()}
    return tuple(
        Circumstances(
            history=_before(dossier, (told.get(number, ()) for number in members[dossier.matter])),
            others=tuple(
                some[-1]
                for number in sorted(members[dossier.matter])
                if (some := told.get(number)) and not _same(some[-1], dossier)
            ),
            steps=_way(ways.get(number, ()) for number in sorted(members[dossier.matter])),
            apologies=apologised.get(dossier.matter, ()),
            pauses=paused.get(dossier.matter, ()),
        )
        for dossier in dossiers
    )


def known_beside(db: Connection, known: Sequence[Known], register: Register) -> dict[int, Circumstances]:
    """The circumstances of those dossiers, by number, that have any; nearly all have none, and that is quickly seen."""
    told_before = [one.number for one in known if not one.first]
    some = of_interest(db, [one.number for one in known], told_before)
    wanted = [one for one in known if one.number in some]
    single = {one.number: one.dossier for one in wanted if one.first}
    found = of_each(db, [one.dossier for one in wanted], register, single) if wanted else ()
    return {one.number: beside for one, beside in zip(wanted, found, strict=True)}


def _placed(step: Step, register: Register) -> Step:
    return replace(step, agency=agency_of(register, step.unit, day_of(step.at)))


def _before(dossier: Dossier, told: Iterable[Sequence[Dossier]]) -> tuple[Dossier, ...]:
    return next((tuple(some[:-1]) for some in told if some and _same(some[-1], dossier)), ())


def _same(one: Dossier, other: Dossier) -> bool:
    return (one.source, one.code) == (other.source, other.code)


def _way(ways: Iterable[Iterable[Step]]) -> tuple[Step, ...]:
    """The steps of several testimonies as one way: two systems may tell of the same."""
    return tuple(sorted(dict.fromkeys(step for way in ways for step in way), key=lambda step: step.at))
