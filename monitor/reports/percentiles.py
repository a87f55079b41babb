"""How fast a target answered, phase by phase: percentiles of the looks that found it usable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.look import Kind, Look, Phases, Verdict
from monitor.core.period import Span
from monitor.core.service import Target

RANKS = (50, 90, 95, 99)
"""Which percentiles are printed."""
_TIMED = frozenset({Kind.HTTP, Kind.BROWSER})


class Phase(StrEnum):
    """A stretch of a look, from the end of the one before it; `total` is all of it."""

    NAME = "name"
    CONNECT = "connect"
    TLS = "tls"
    FIRST_BYTE = "first_byte"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One phase at one target: over how many looks, and by each rank the milliseconds that so many percent needed."""

    target: str
    target_name: str
    phase: Phase
    looks: int
    ms: Mapping[int, int]


def spreads(targets: Iterable[Target], looks: Iterable[Look], window: Span) -> tuple[Spread, ...]:
    """Of every target but references, in the register's order, the phases that were passed at least once."""
    of_target: dict[str, list[Phases]] = {}
    for look in looks:
        if look.at in window and look.verdict is Verdict.UP and look.kind in _TIMED:
            of_target.setdefault(look.target, []).append(look.phases)
    return tuple(
        Spread(
            target=target.key,
            target_name=target.name,
            phase=phase,
            looks=len(took),
            ms={rank: ranked(took, rank) for rank in RANKS},
        )
        for target in targets
        if not target.control
        for phase, took in _by_phase(of_target.get(target.key, [])).items()
        if took
    )


def ranked(ordered: Sequence[int], rank: int) -> int:
    """The nearest-rank percentile: the least observed value that at least `rank` percent of all do not exceed."""
    return ordered[max(0, -(-rank * len(ordered) // 100) - 1)]


def _by_phase(passed: Iterable[Phases]) -> dict[Phase, list[int]]:
    found: dict[Phase, list[int]] = {phase: [] for phase in Phase}
    for phases in passed:
        for phase, took in _lengths(phases).items():
            found[phase].append(took)
    return {phase: sorted(took) for phase, took in found.items()}


def _lengths(phases: Phases) -> dict[Phase, int]:
    """How long each phase took; one that was not passed (no TLS, a connection used again) is left out."""
    marks = (
        (Phase.NAME, phases.name),
        (Phase.CONNECT, phases.connect),
        (Phase.TLS, phases.tls),
        (Phase.FIRST_BYTE, phases.first_byte),
    )
    lengths, before = {Phase.TOTAL: phases.total}, 0
    for phase, over in marks:
        if over is not None:
            lengths[phase] = max(0, over - before)
            before = over
    return lengths
