"""Was it them or us? A look to which nothing answered counts as DOWN only when a control target did answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.core.look import Cause, Verdict
from monitor.core.service import Target
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress
from monitor.probes.pace import Pace

SAME_TIME_S = 30.0
"""A control look speaks for failures this close to it."""
LATELY_S = 300.0
"""Where no control may be looked at again yet, its last answer speaks, if it is not older than this."""

_ANSWERED = frozenset({Cause.NONE, Cause.CHALLENGED, Cause.RATE_LIMITED})
_GATEWAY = frozenset({407, 502, 503, 504})


def answered(finished: Finished) -> bool:
    """Whether a control look shows that our own network works: the control itself gave an answer."""
    outcome = finished.outcome
    if outcome.cause is Cause.STATUS:
        return outcome.status not in _GATEWAY
    return outcome.cause in _ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a control target last showed, and when (monotonic seconds)."""

    at: float
    answered: bool


class Crosscheck:
    """Keeps doubtful looks until the controls have spoken; `start` has a target looked at."""

    def __init__(self, controls: Sequence[Target], egress: Egress, pace: Pace, start: Callable[[Target], None]) -> None:
        self._controls, self._egress, self._pace, self._start = tuple(controls), egress, pace, start
        self._seen: dict[str, Sighting] = {}
        self._under_way: set[str] = set()
        self._suspects: list[tuple[float, Finished]] = []

    @property
    def busy(self) -> bool:
        """Whether a look still waits for its verdict."""
        return bool(self._suspects)

    def began(self, target: Target) -> None:
        """A look at this target has been started, by us or in its turn."""
        if target.control:
            self._under_way.add(target.key)

    def take(self, finished: Finished, now: float) -> None:
        """Take a finished look, of a target or of a control."""
        if finished.target.control:
            self._under_way.discard(finished.target.key)
            self._seen[finished.target.key] = Sighting(at=now, answered=answered(finished))
        self._suspects.append((now, finished))

    def settled(self, now: float) -> list[Finished]:
        """The looks whose verdict is final now; asks a control where one is needed."""
        done, waiting = [], []
        for since, finished in self._suspects:
            final = self._decided(finished, since, now)
            if final is None:
                waiting.append((since, finished))
            else:
                done.append(final)
        self._suspects = waiting
        return done

    def _decided(self, finished: Finished, since: float, now: float) -> Finished | None:
        outcome = finished.outcome
        if not outcome.doubtful or outcome.verdict is not Verdict.DOWN or finished.target.control:
            return finished
        controls = self._same_way(finished.target)
        if not controls:
            return _ours(finished) if outcome.proxied else finished
        seen = [self._seen[c.key] for c in controls if c.key in self._seen]
        if any(s.answered and s.at >= since - SAME_TIME_S for s in seen):
            return finished
        if any(c.key in self._under_way for c in controls):
            return None
        if self._ask(controls, since, now):
            return None
        lately = [s for s in seen if s.at >= since - LATELY_S]
        newest = max(lately, key=lambda s: s.at, default=None)
        return finished if newest is not None and newest.answered else _ours(finished)

    def _same_way(self, target: Target) -> list[Target]:
        """The controls that are reached the way the target is: through the same proxy, or through none."""
        way = self._egress.proxy_for(target, target.steps[0].url)
        return [c for c in self._controls if self._egress.proxy_for(c, c.steps[0].url) == way]

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


def _ours(finished: Finished) -> Finished:
    """The same look, put down to our own network."""
    outcome = finished.outcome
    detail = f"{outcome.cause.value}; không nơi đối chứng nào trả lời: {outcome.detail}"
    return replace(
        finished,
        outcome=replace(outcome, verdict=Verdict.UNKNOWN, cause=Cause.OWN_NETWORK, doubtful=False, detail=detail[:240]),
    )
