"""The panel beside failed looks: when it is asked, and the verdict that follows; one at a time.

It is asked at a first failure, at the one that confirms it, then every quarter of an hour while the target fails.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

import structlog

from jobs.app import App
from jobs.crosscheck import Crosscheck, put_down_to
from jobs.panel_questions import Asking, Questions, silences
from monitor.core.attribution import Panel
from monitor.core.fault_table import Attribution, Saw, attribute, cause_of, saw_of
from monitor.core.look import Verdict
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress
from monitor.probes.panel import Findings, Inquiry, inquire
from monitor.probes.resolve import Lookup, system_lookup

log = structlog.get_logger()

EVERY_S = 900.0
_A_LITTLE_S = 30.0
"""Looks take now more, now less time; a panel is not put off by a whole interval for that."""
_BEYOND_REFERENCES = frozenset({"blocked", "own_resolver"})
"""Lines that rest on more than a cross-check asks: they hold until the next panel for looks that meet the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A look whose verdict is final: when it was over (monotonic seconds), its panel where it has one.

    `silences`: seconds for which hosts that the panel asked want to be left alone.
    """

    finished: Finished
    since: float
    panel: Panel | None = None
    silences: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The last panel of a target that has not been up since.

    `since`: when the look it stood beside was over; `over`: when itself was; `failures`: how many panels in a row left
    the look DOWN. The rest is not known of one from before a restart.
    """

    since: float
    over: float
    failures: int
    met: Saw | None = None
    said: Attribution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A failed look whose panel is being asked."""

    since: float
    questions: Questions


class Panels:
    """Keeps failed looks until their panel has spoken. All but the asking itself belongs to one thread."""

    def __init__(
        self,
        app: App,
        egress: Egress,
        asking: Asking,
        crosscheck: Crosscheck,
        wake: Callable[[], None],
        *,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._app, self._egress, self._asking, self._crosscheck = app, egress, asking, crosscheck
        self._wake, self._lookup = wake, lookup
        self._past: dict[str, Past] = {}
        self._waiting: deque[tuple[float, Finished]] = deque()
        self._case: _Case | None = None
        self._answers: SimpleQueue[Findings] = SimpleQueue()

    @property
    def busy(self) -> bool:
        """Whether a look still waits for its panel."""
        return bool(self._waiting) or self._case is not None

    def waits_for(self, target: str) -> bool:
        """Whether a look at this target still waits for its panel."""
        if not self.busy:
            return False
        asking = self._case is not None and self._case.questions.finished.target.key == target
        return asking or any(finished.target.key == target for _, finished in self._waiting)

    def resume(self, target: str, past: Past) -> None:
        """Take over what the store knows of a target that failed before this process began."""
        self._past[target] = past

    def wants(self, finished: Finished, moment: float) -> bool:
        """Whether a finished look is to have a panel; a good one ends the row of failures."""
        target, verdict = finished.target, finished.outcome.verdict
        if verdict is Verdict.UP:
            self._past.pop(target.key, None)
        if verdict is not Verdict.DOWN or target.control:
            return False
        past = self._past.get(target.key)
        return past is None or past.failures == 1 or moment - past.since >= EVERY_S - _A_LITTLE_S

    def inherited(self, finished: Finished) -> Finished:
        """A failed look between panels as the last one said, where it met the same and references alone cannot tell."""
        past = self._past.get(finished.target.key)
        if past is None or past.said is None or past.said.rule not in _BEYOND_REFERENCES:
            return finished
        cause = cause_of(past.said.fault)
        again = finished.outcome.verdict is Verdict.DOWN and _met(finished) is past.met
        return put_down_to(finished, cause, past.said.rule) if again and cause else finished

    def take(self, finished: Finished, moment: float) -> None:
        """Keep a look until its panel has spoken."""
        self._waiting.append((moment, finished))

    def settled(self, moment: float) -> list[Settled]:
        """The looks whose panel has spoken; begins the next panel where none is under way."""
        done: list[Settled] = []
        if self._case is not None and not self._answers.empty():
            case, self._case = self._case, None
            done.append(self._decided(case, self._answers.get(), moment))
        while self._case is None and self._waiting:
            since, finished = self._waiting[0]
            if self._crosscheck.under_way(self._crosscheck.same_way(finished.target)):
                break  # a reference is being looked at already: its answer will do
            self._waiting.popleft()
            if (settled := self._begin(since, finished, moment)) is not None:
                done.append(settled)
        return done

    def _begin(self, since: float, finished: Finished, moment: float) -> Settled | None:
        """Have a panel asked; its look as settled where nothing is left to ask."""
        past = self._past.get(finished.target.key)
        questions = Questions(finished=finished, before=past.over if past else None, moment=moment)
        inquiry = self._asking.inquiry(questions)
        case = _Case(since=since, questions=questions)
        if inquiry == Inquiry():
            return self._decided(case, Findings(), moment)
        self._case = case
        threading.Thread(target=self._ask, args=(inquiry,), name="panel", daemon=True).start()
        return None

    def _ask(self, inquiry: Inquiry) -> None:
        try:
            findings = inquire(inquiry, self._egress, self._app.clock.now, self._lookup)
        except Exception:
            log.exception("panel.failed")
            findings = Findings()
        self._answers.put(findings)
        self._wake()

    def _decided(self, case: _Case, findings: Findings, moment: float) -> Settled:
        finished = case.questions.finished
        showings = self._asking.heard(case.questions, findings, moment)
        met = _met(finished)
        said = attribute(met, showings)
        cause, target = cause_of(said.fault), finished.target.key
        failures = 0 if cause else 1 + (past.failures if (past := self._past.get(target)) else 0)
        self._past[target] = Past(since=case.since, over=moment, failures=failures, met=met, said=said)
        log.info("panel.done", target=target, fault=said.fault.value, rule=said.rule)
        return Settled(
            finished=_with_certificate(put_down_to(finished, cause, said.rule) if cause else finished, findings),
            since=case.since,
            silences=silences(findings),
            panel=Panel(
                target=target,
                vantage=self._app.settings.vantage,
                at=finished.at,
                showings=showings,
                fault=said.fault,
                rule=said.rule,
                clock_offset_ms=self._asking.clock_offset_ms(case.questions),
            ),
        )


def _met(finished: Finished) -> Saw:
    outcome = finished.outcome
    return saw_of(outcome.cause, outcome.status, doubtful=outcome.doubtful)


def _with_certificate(finished: Finished, findings: Findings) -> Finished:
    if findings.certificate is None:
        return finished
    evidence = replace(finished.outcome.evidence, certificate=findings.certificate)
    return replace(finished, outcome=replace(finished.outcome, evidence=evidence))
