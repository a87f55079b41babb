"""What is known beside the latest word on dossiers, gathered from all that keep something of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.step import Step
from monitor.store import apologies, matters, pauses, steps
from monitor.store.dossiers import histories


def circumstances(db: Connection, dossiers: Sequence[Dossier]) -> dict[int, Circumstances]:
    """The circumstances of some dossiers, by matter, in a few queries for each five hundred; each matter is there.

    `history` is of the testimony that was handed over. Steps are those of all its testimonies, each once; the agency of
    a step's unit is not resolved here.
    """
    known = {dossier.matter: dossier for dossier in dossiers}
    members = matters.ids_of(db, known)
    numbers = sorted({number for some in members.values() for number in some})
    told, ways = histories(db, numbers), steps.of(db, numbers)
    apologised, paused = apologies.of(db, known), pauses.of(db, known)
    return {
        matter: Circumstances(
            history=_before(dossier, (told.get(number, ()) for number in members[matter])),
            others=tuple(
                some[-1]
                for number in sorted(members[matter])
                if (some := told.get(number)) and not _same(some[-1], dossier)
            ),
            steps=_way(ways.get(number, ()) for number in sorted(members[matter])),
            apologies=apologised.get(matter, ()),
            pauses=paused.get(matter, ()),
        )
        for matter, dossier in known.items()
    }


def _before(dossier: Dossier, told: Iterable[Sequence[Dossier]]) -> tuple[Dossier, ...]:
    return next((tuple(some[:-1]) for some in told if some and _same(some[-1], dossier)), ())


def _same(one: Dossier, other: Dossier) -> bool:
    return (one.source, one.code) == (other.source, other.code)


def _way(ways: Iterable[Iterable[Step]]) -> tuple[Step, ...]:
    """The steps of several testimonies as one way: two systems may tell of the same."""
    return tuple(sorted(dict.fromkeys(step for way in ways for step in way), key=lambda step: step.at))
