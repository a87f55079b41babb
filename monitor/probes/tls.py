"""Looking at a server's certificate: DOWN where it has expired, is of another name or leads to no authority."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from monitor.core.look import Cause, Evidence
from monitor.core.service import Target
from monitor.probes.certificate import Certificate, shown
from monitor.probes.connection import Deadline, NotConnected
from monitor.probes.http import Finished
from monitor.probes.judge import Judgement
from monitor.probes.outcome import Egress
from monitor.probes.single import Found, over, route_of


def probe(target: Target, egress: Egress, now: Callable[[], datetime], stopping: threading.Event) -> Finished:
    """Look at one target's certificate; where it is good, the detail says how many days are left of it."""
    at, deadline = now(), Deadline(target.deadline_s)
    try:
        seen = shown(route_of(target, egress, stopping), egress.ca_for(target))
    except NotConnected as error:
        return over(target, egress, at, deadline, Found(judgement=error.judgement, phases=error.phases))
    evidence = Evidence(address=seen.address, certificate=seen.certificate)
    found = Found(judgement=judged(seen.certificate, at), phases=seen.phases, evidence=evidence)
    return over(target, egress, at, deadline, found)


def judged(certificate: Certificate, at: datetime) -> Judgement:
    """What a certificate means. Who shows one that is not to be trusted may be somebody else, between us and them."""
    if certificate.problem:
        return Judgement(cause=Cause.TLS, detail=certificate.problem, doubtful=True)
    return Judgement(detail=f"chứng thư còn {certificate.days_left(at)} ngày, đến {certificate.not_after:%d/%m/%Y}")
