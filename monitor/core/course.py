"""How a target fared through a window: stretches of one state each, in integer milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from monitor.core.interruption import Policy, conclusive, failures
from monitor.core.look import Cause, Look, Verdict
from monitor.core.period import Span, from_ms, to_ms


class State(StrEnum):
    """The five parts every window is made of."""

    UP = "up"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


class Gap(StrEnum):
    """Why a stretch is UNKNOWN; where several targets differ, the reason named first here is told."""

    UNCONFIRMED = "unconfirmed"  # one failed look that no second one confirmed
    OWN_NETWORK = "own_network"  # "mạng nội bộ"
    CHALLENGED = "challenged"  # a bot shield answered
    RATE_LIMITED = "rate_limited"
    PROBE_FAILED = "probe_failed"
    NOT_LOOKED = "not_looked"  # nothing conclusive and nothing tried: the monitor was off, or not begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one state; `gap` tells why where it is UNKNOWN."""

    span: Span
    state: State
    gap: Gap | None = None


class Said(NamedTuple):
    """What is said of a stretch; `sure` is False where an interruption at its longest or shortest would say otherwise.

    UP is sure up to a good look that no failed one follows, DOWN up to the last failed look of an interruption; neither
    is where nobody looked again for as long as the look may speak.
    """

    state: State
    gap: Gap | None = None
    sure: bool = True


UP, DOWN = Said(State.UP), Said(State.DOWN)
MAYBE_BEGUN, MAYBE_OVER = Said(State.UP, sure=False), Said(State.DOWN, sure=False)
EXCLUDED, MAINTENANCE = Said(State.EXCLUDED), Said(State.MAINTENANCE)
OPEN = Said(State.UNKNOWN, Gap.NOT_LOOKED)
UNKNOWN = {gap: Said(State.UNKNOWN, gap) for gap in Gap}
_WHY = {
    Cause.CHALLENGED: Gap.CHALLENGED,
    Cause.OWN_NETWORK: Gap.OWN_NETWORK,
    Cause.RATE_LIMITED: Gap.RATE_LIMITED,
}
_RANK = {gap: rank for rank, gap in enumerate(Gap)}


@dataclass(slots=True)
class Course:
    """Stretches one after the other from `at` to `end`: until when, and what is said of it."""

    at: int
    end: int
    stretches: list[tuple[int, Said]] = field(default_factory=list)

    def go(self, until: int, said: Said) -> None:
        """Go on to a moment; never back, never past the end. Neighbours of which the same is said become one."""
        until = min(until, self.end)
        if until <= self.at:
            return
        if self.stretches and self.stretches[-1][1] == said:
            self.stretches.pop()
        self.stretches.append((until, said))
        self.at = until


def course(mine: Sequence[Look], policy: Policy, window: Span) -> Course:
    """One target's course, from its looks in order; from several places' courses where the policy names places."""
    if not policy.vantages:
        return _row(mine, policy, window)
    apart = [_row([look for look in mine if one in policy.rows_of(look)], policy, window) for one in policy.vantages]
    return _side_by_side(window, apart, lambda said: _agreed(said, policy.quorum))


def _row(mine: Sequence[Look], policy: Policy, window: Span) -> Course:
    """The course that one row of looks tells.

    A conclusive look speaks from its moment to the next conclusive one, for at most `valid_for_ms`. What no such look
    speaks for is UNKNOWN, for the reason an inconclusive look gives, as long as that is the newest and for as long.
    """
    made = Course(to_ms(window.start), to_ms(window.end))
    starts = [to_ms(look.at) for look in mine]
    said = _said(conclusive(mine), policy)
    coming = next(said, None)
    what, speaks = OPEN, 0
    made.go(starts[0] if starts else made.end, OPEN)
    for look, start, after in zip(mine, starts, [*starts, made.end][1:], strict=True):
        if coming is not None and look is coming[0]:
            what, speaks = coming[1], start + look.valid_for_ms
            coming = next(said, None)
            if speaks < (made.end if coming is None else to_ms(coming[0].at)):
                what = what._replace(sure=what.state is State.UNKNOWN)
        made.go(min(speaks, after), what)
        if after <= speaks:
            continue
        if look.verdict is Verdict.UNKNOWN:
            made.go(min(start + look.valid_for_ms, after), UNKNOWN[_WHY.get(look.cause, Gap.PROBE_FAILED)])
        made.go(after, OPEN)
    return made


def _said(said: Sequence[Look], policy: Policy) -> Iterator[tuple[Look, Said]]:
    """What each conclusive look says, knowing those around it."""
    found = [UP] * len(said)
    for first, after in failures(said):
        if first:
            found[first - 1] = MAYBE_BEGUN
        if after - first < policy.confirmations:
            found[first:after] = [UNKNOWN[Gap.UNCONFIRMED]] * (after - first)
        else:
            found[first:after] = [*[DOWN] * (after - first - 1), MAYBE_OVER]
    return zip(said, found, strict=True)


def covering(window: Span, spans: Iterable[Span], inside: Said, outside: Said) -> Course:
    """A window cut where spans begin and end; they may overlap and come in any order."""
    made = Course(to_ms(window.start), to_ms(window.end))
    for span in sorted(spans, key=lambda span: span.start):
        made.go(to_ms(span.start), outside)
        made.go(to_ms(span.end), inside)
    made.go(made.end, outside)
    return made


def joined(window: Span, targets: Sequence[Course], *above: Course) -> Course:
    """The course of a service from those of its targets; what the courses `above` say goes before, the first one first.

    A course above says OPEN where it leaves the word to those below it.
    """

    def of_all(said: Sequence[Said]) -> Said:
        stop = next((what for what in said[: len(above)] if what != OPEN), None)
        return stop or _of_service(said[len(above) :])

    return _side_by_side(window, (*above, *targets), of_all)


def _side_by_side(window: Span, some: Sequence[Course], of_all: Callable[[Sequence[Said]], Said]) -> Course:
    """One course of several: wherever one of them changes, `of_all` tells what they say together."""
    made = Course(to_ms(window.start), to_ms(window.end))
    courses = [one.stretches for one in some]
    places = [0] * len(courses)
    while made.at < made.end:
        now = [stretches[place] for stretches, place in zip(courses, places, strict=True)]
        until = min((until for until, _ in now), default=made.end)
        made.go(until, of_all([what for _, what in now]))
        places = [place + (end <= until) for place, (end, _) in zip(places, now, strict=True)]
    return made


def _agreed(said: Sequence[Said], quorum: int) -> Said:
    """What several places say of one target: DOWN where a quorum says so, UP where too few are left to make one.

    Either is sure only where so many are sure of it. Otherwise one place at least could not tell: its reason counts.
    """
    for state, wanted in ((State.DOWN, quorum), (State.UP, len(said) - quorum + 1)):
        same = [what for what in said if what.state is state]
        if len(same) >= wanted:
            return Said(state, sure=sum(what.sure for what in same) >= wanted)
    return _reason(said)


def _of_service(said: Sequence[Said]) -> Said:
    """DOWN while one target is, UP while all are, else UNKNOWN."""
    down = [what for what in said if what.state is State.DOWN]
    if down:
        return max(down)
    if said and all(what.state is State.UP for what in said):
        return min(said)
    return _reason(said)


def _reason(said: Sequence[Said]) -> Said:
    """UNKNOWN for the first reason that one of them gives."""
    gaps = (what.gap for what in said if what.gap is not None)
    return UNKNOWN[min(gaps, key=_RANK.__getitem__, default=Gap.NOT_LOOKED)]


def segments(window: Span, made: Course) -> tuple[Segment, ...]:
    """A course with moments instead of milliseconds; how sure it is makes no difference here."""
    plain = Course(to_ms(window.start), to_ms(window.end))
    for until, what in made.stretches:
        plain.go(until, what._replace(sure=True))
    start, found = window.start, []
    for until, what in plain.stretches:
        end = from_ms(until)
        found.append(Segment(span=Span(start=start, end=end), state=what.state, gap=what.gap))
        start = end
    return tuple(found)
