"""Was it them or us? A look to which nothing answered counts as DOWN only when a reference did answer.

For looks between panels: it asks the references alone, and reads the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.core.attribution import Part, Showing, Shown
from monitor.core.fault_table import attribute, cause_of, saw_of
from monitor.core.look import Cause, Verdict
from monitor.core.service import Target
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress, Outcome
from monitor.probes.pace import Pace
from monitor.probes.panel import answered, clock_offset_ms, reference
from monitor.reports.render import terms

__all__ = ["Crosscheck", "Sighting", "answered", "part_of", "put_down_to"]

SAME_TIME_S = 30.0
"""A look at a reference speaks for failures this close to it."""
LATELY_S = 300.0
"""Where no reference may be looked at again yet, its last answer speaks, if it is not older than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a reference last showed, when (monotonic seconds), and how far our clock was from its."""

    at: float
    showing: Showing
    clock_offset_ms: int | None = None

    @property
    def answered(self) -> bool:
        """Whether it gave an answer."""
        return self.showing.shown is Shown.WORKS


def part_of(control: Target) -> Part:
    """Which reference a control is."""
    return Part.FOREIGN if control.abroad else Part.DOMESTIC


class Crosscheck:
    """Keeps doubtful looks until the references have spoken; `start` has a target looked at."""

    def __init__(self, controls: Sequence[Target], egress: Egress, pace: Pace, start: Callable[[Target], None]) -> None:
        self._controls, self._egress, self._pace, self._start = tuple(controls), egress, pace, start
        self._seen: dict[str, Sighting] = {}
        self._under_way: set[str] = set()
        self._suspects: list[tuple[float, Finished]] = []
        self._kept: frozenset[str] = frozenset()

    @property
    def busy(self) -> bool:
        """Whether a look still waits for its verdict."""
        return bool(self._suspects)

    def waits_for(self, target: str) -> bool:
        """Whether a look at this target had to wait for its verdict when last asked for those that are final."""
        return target in self._kept

    def began(self, target: Target) -> None:
        """A look at this target has been started, by us or in its turn."""
        if target.control:
            self._under_way.add(target.key)

    def take(self, finished: Finished, now: float) -> None:
        """Take a finished look, of a target or of a control."""
        if finished.target.control:
            self._under_way.discard(finished.target.key)
            self.saw(finished, now)
        self._suspects.append((now, finished))

    def saw(self, finished: Finished, now: float) -> None:
        """Remember what a control showed, to whoever asked it."""
        showing = reference(part_of(finished.target), finished)
        self._seen[finished.target.key] = Sighting(at=now, showing=showing, clock_offset_ms=clock_offset_ms(finished))

    def sighting(self, control: Target) -> Sighting | None:
        """What a control last showed."""
        return self._seen.get(control.key)

    def under_way(self, controls: Iterable[Target]) -> bool:
        """Whether a look at one of these is under way."""
        return any(control.key in self._under_way for control in controls)

    def settled(self, now: float) -> list[tuple[float, Finished]]:
        """The looks whose verdict is final now, each with the moment it was taken; asks a control where needed."""
        done, waiting = [], []
        for since, finished in self._suspects:
            final = self._decided(finished, since, now)
            if final is None:
                waiting.append((since, finished))
            else:
                done.append((since, final))
        self._suspects = waiting
        self._kept = frozenset(finished.target.key for _, finished in waiting)
        return done

    def _decided(self, finished: Finished, since: float, now: float) -> Finished | None:
        outcome = finished.outcome
        if not outcome.doubtful or outcome.verdict is not Verdict.DOWN or finished.target.control:
            return finished
        controls = self.same_way(finished.target)
        if any(seen.at >= since - SAME_TIME_S for seen in self._answers(controls, Part.DOMESTIC)):
            return finished
        if self.under_way(controls):
            return None
        if controls and not self._foreign_will_do(controls, since) and self._ask(controls, since, now):
            return None
        return judged(finished, self._showings(controls, since, proxied=outcome.proxied))

    def same_way(self, target: Target) -> list[Target]:
        """The controls that are reached the way the target is: through the same proxy, or through none."""
        way = self._egress.proxy_for(target, target.steps[0].url)
        return [c for c in self._controls if self._egress.proxy_for(c, c.steps[0].url) == way]

    def _answers(self, controls: Iterable[Target], part: Part) -> list[Sighting]:
        seen = [self._seen[c.key] for c in controls if c.key in self._seen and part_of(c) is part]
        return [one for one in seen if one.answered]

    def _foreign_will_do(self, controls: Sequence[Target], since: float) -> bool:
        """Whether a reference abroad answered, and there is none within the country to ask."""
        if any(part_of(c) is Part.DOMESTIC for c in controls):
            return False
        return any(seen.at >= since - SAME_TIME_S for seen in self._answers(controls, Part.FOREIGN))

    def _showings(self, controls: Sequence[Target], since: float, *, proxied: bool) -> list[Showing]:
        """What the references lately showed; the best answer of a part counts."""
        found = [Showing(part=Part.GATEWAY, shown=Shown.UNJUDGED)] if proxied else []
        for control in controls:
            seen = self._seen.get(control.key)
            lately = seen is not None and seen.at >= since - LATELY_S
            found.append(seen.showing if seen and lately else Showing(part=part_of(control), shown=Shown.UNJUDGED))
        return best(found)

    def _ask(self, controls: Sequence[Target], since: float, now: float) -> bool:
        """Start a look at the control left alone longest that has not spoken since; say whether there was one."""
        unasked = [c for c in controls if not self._spoke_since(c, since) and self._pace.allows_extra(c, now)]
        if not unasked:
            return False
        control = min(unasked, key=lambda c: self._seen[c.key].at if c.key in self._seen else float("-inf"))
        self._pace.looked(control, now)
        self.began(control)
        self._start(control)
        return True

    def _spoke_since(self, control: Target, since: float) -> bool:
        seen = self._seen.get(control.key)
        return seen is not None and seen.at >= since


_BEST_FIRST = (Shown.WORKS, Shown.BLOCKED, Shown.FAILS, Shown.UNJUDGED, Shown.ABSENT)


def best(showings: Iterable[Showing]) -> list[Showing]:
    """One showing a part, in the order of the panel: of several places that stand for one, the best answer counts."""
    found: dict[Part, Showing] = {}
    for one in showings:
        other = found.get(one.part)
        if other is None or _BEST_FIRST.index(one.shown) < _BEST_FIRST.index(other.shown):
            found[one.part] = one
    return [found[part] for part in Part if part in found]


def judged(finished: Finished, showings: Iterable[Showing]) -> Finished:
    """The look with the verdict the table gives it."""
    outcome = finished.outcome
    attributed = attribute(saw_of(outcome.cause, outcome.status, doubtful=outcome.doubtful), showings)
    cause = cause_of(attributed.fault)
    return finished if cause is None else put_down_to(finished, cause, attributed.rule)


def put_down_to(finished: Finished, cause: Cause, rule: str) -> Finished:
    """The same look as UNKNOWN, with the line of the table that says why."""
    outcome = finished.outcome
    detail = f"{outcome.cause.value}; {terms()['rule'][rule]} {outcome.detail}".strip()
    unknown: Outcome = replace(outcome, verdict=Verdict.UNKNOWN, cause=cause, doubtful=False, detail=detail[:240])
    return replace(finished, outcome=unknown)
