"""The dual clock: how long the citizen has waited, and whose working time that was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.law import Law
from monitor.core.pauses import PauseKind, ended_within, pauses_of
from monitor.core.period import MILLISECOND, at, end_of
from monitor.core.phase import Phase, ended, handling_agency, handling_unit, phase_of, receiving_agency, receiving_unit


class Holder(StrEnum):
    """Who had it."""

    UNIT = "unit"
    CITIZEN = "citizen"  # papers, a financial duty
    INTERRUPTION = "interruption"  # the service was interrupted: an approved pause


class Stretch(NamedTuple):
    """Who had it from one moment to the next; `unit` and `agency` are empty where it was no unit, or none is known."""

    start: datetime
    end: datetime
    holder: Holder
    unit: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """All the time one holder had it: by the clock on the wall, and official working time."""

    holder: Holder
    unit: str
    agency: str
    calendar_ms: int
    working_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DualClock:
    """The citizen's clock from filing (or reception, where no filing is told) to the end or to now; the shares add up
    to it exactly.

    One calendar measures all of it, that of the handling agency, whatever hours another unit keeps. `by_steps` tells
    whether the dossier's own steps say who had it; otherwise it is as the source named the unit when it was read.
    """

    start: datetime
    end: datetime
    running: bool
    calendar_ms: int
    working_s: int
    shares: tuple[Share, ...]
    stretches: tuple[Stretch, ...]
    by_steps: bool


def dual_clock(dossier: Dossier, now: datetime, law: Law, known: Circumstances = NOTHING_KNOWN) -> DualClock | None:
    """Both clocks of a dossier; None where its beginning is not known or lies ahead, or it ended nobody says when.

    Raise CalendarUnknown.

    A beginning of which only the day is known counts from midnight, an end from the day's end.
    """
    begun = dossier.filed if dossier.filed is not None else dossier.received
    if begun is None:
        return None
    is_over = phase_of(dossier) is Phase.ENDED
    over = ended(dossier) or dossier.refused if is_over else None
    if is_over and over is None:
        return None
    start = begun if isinstance(begun, datetime) else at(begun)
    end = min(now, end_of(over)) if over is not None else now
    if end < start:
        return None
    calendar = law.calendar_of(handling_agency(dossier))
    stretches = tuple(_stretches(dossier, known, start, end))
    marks = [calendar.working_seconds(start, one.end) for one in stretches]
    worked = [after - before for before, after in pairwise((0, *marks))]
    return DualClock(
        start=start,
        end=end,
        running=over is None,
        calendar_ms=(end - start) // MILLISECOND,
        working_s=sum(worked),
        shares=tuple(_shares(start, stretches, worked)),
        stretches=stretches,
        by_steps=bool(known.steps),
    )


def in_minutes(told: DualClock) -> DualClock:
    """The same in whole minutes, the parts still the whole: each is rounded where it ends, and begins where that is."""
    shares, before, after = list[Share](), (0, 0), (0, 0)
    for one in told.shares:
        after = after[0] + one.calendar_ms, after[1] + one.working_s
        ms, seconds = (
            _whole(after[0], 60_000) - _whole(before[0], 60_000),
            _whole(after[1], 60) - _whole(before[1], 60),
        )
        shares.append(replace(one, calendar_ms=ms, working_s=seconds))
        before = after
    return replace(
        told,
        calendar_ms=_whole(told.calendar_ms, 60_000),
        working_s=_whole(told.working_s, 60),
        shares=tuple(shares),
    )


def _whole(length: int, unit: int) -> int:
    return length - length % unit


def _shares(start: datetime, stretches: Sequence[Stretch], worked: Iterable[int]) -> Iterator[Share]:
    """Stretches of one holder added up, in the order in which each first had it."""
    sums: dict[tuple[Holder, str, str], list[int]] = {}
    for one, seconds in zip(stretches, worked, strict=True):
        held = sums.setdefault((one.holder, one.unit, one.agency), [0, 0])
        # Differences of whole milliseconds since one beginning, so that the parts are the whole.
        held[0] += (one.end - start) // MILLISECOND - (one.start - start) // MILLISECOND
        held[1] += seconds
    for (holder, unit, agency), (calendar_ms, working_s) in sums.items():
        yield Share(holder=holder, unit=unit, agency=agency, calendar_ms=calendar_ms, working_s=working_s)


def _stretches(dossier: Dossier, known: Circumstances, start: datetime, end: datetime) -> Iterator[Stretch]:
    """The whole, cut wherever it passed to somebody else."""
    pauses = pauses_of(dossier, known)
    by_citizen = ended_within((one for one in pauses if one.kind is not PauseKind.APPROVED), start, end)
    stopped = ended_within((one for one in pauses if one.kind is PauseKind.APPROVED), start, end)
    passed = tuple(_passed(dossier, known, start, end))
    cuts = {start, end, *(moment for moment, _, _ in passed)}
    cuts.update(moment for pair in (*by_citizen, *stopped) for moment in pair)
    last: Stretch | None = None
    for one in (_held(pair, passed, by_citizen, stopped) for pair in pairwise(sorted(cuts))):
        if last is not None and one[2:] == last[2:]:
            last = last._replace(end=one.end)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


Passing = tuple[datetime, str, str]
"""From when on it lay at a unit: moment, name printed, agency."""


def _held(
    pair: tuple[datetime, datetime],
    passed: Sequence[Passing],
    by_citizen: Sequence[tuple[datetime, datetime]],
    stopped: Sequence[tuple[datetime, datetime]],
) -> Stretch:
    start, end = pair
    if any(first <= start < last for first, last in by_citizen):
        return Stretch(start, end, Holder.CITIZEN)
    if any(first <= start < last for first, last in stopped):
        return Stretch(start, end, Holder.INTERRUPTION)
    _, unit, agency = next(one for one in reversed(passed) if one[0] <= start)
    return Stretch(start, end, Holder.UNIT, unit, agency)


def _passed(dossier: Dossier, known: Circumstances, start: datetime, end: datetime) -> Iterator[Passing]:
    """Which unit it lay at from when on, in order, the first from the beginning: by its steps, else as it was read.

    Until it was received it lies at the unit that receives.
    """
    receiver = receiving_unit(dossier), receiving_agency(dossier)
    yield start, *receiver
    if known.steps:
        named = dict(((handling_unit(dossier), handling_agency(dossier)), receiver))
        for step in known.steps:
            if start < step.at < end:
                yield step.at, step.unit, step.agency or named.get(step.unit, "")
        return
    received = dossier.received
    if received is None:
        return
    taken = received if isinstance(received, datetime) else at(received)
    for one in (*known.history, dossier):
        unit = handling_unit(one), handling_agency(one)
        since = taken if one is (known.history[0] if known.history else dossier) else max(one.as_of, taken)
        if since < end:
            yield max(since, start), *unit
