"""A look that asks one plain question of one host: its route out, and its judgement made an outcome."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.address import place_of
from monitor.core.look import Evidence, Phases
from monitor.core.service import Target
from monitor.probes.connection import Deadline, Route
from monitor.probes.http import Finished
from monitor.probes.judge import Judgement, verdict_of
from monitor.probes.outcome import Egress, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the question was answered with; `evidence` without the address that was asked."""

    judgement: Judgement
    phases: Phases = field(default_factory=Phases)
    evidence: Evidence = field(default_factory=Evidence)


def route_of(target: Target, egress: Egress, stopping: threading.Event) -> Route:
    """How a connection to the target's only step goes; raise ValueError for an address that is none."""
    url = target.steps[0].url
    host, port = place_of(url)
    return Route(
        host=host,
        port=port,
        deadline_s=target.deadline_s,
        proxy=egress.proxy_for(target, url),
        user_agent=egress.user_agent,
        stopped=stopping.is_set,
    )


def over(target: Target, egress: Egress, at: datetime, deadline: Deadline, found: Found) -> Finished:
    """The look that this makes."""
    url = target.steps[0].url
    outcome = Outcome(
        verdict=verdict_of(found.judgement.cause),
        cause=found.judgement.cause,
        detail=found.judgement.detail[:1000],
        doubtful=found.judgement.doubtful,
        proxied=bool(egress.proxy_for(target, url)),
        phases=replace(found.phases, total=deadline.elapsed_ms()),
        size=len(found.evidence.body) or None,
        evidence=replace(found.evidence, url=url),
        certificate=found.evidence.certificate,
    )
    return Finished(target=target, at=at, outcome=outcome)
