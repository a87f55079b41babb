"""Looking at a port: UP where it takes a connection and, where words are wanted, greets with them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.look import Cause, Evidence
from monitor.core.service import Assertion, Target
from monitor.probes.connection import Deadline, NotConnected, connect
from monitor.probes.http import Finished
from monitor.probes.judge import USABLE, Judgement
from monitor.probes.outcome import Egress
from monitor.probes.page import fold
from monitor.probes.single import Found, over, route_of

MOST_GREETING = 4096


def probe(target: Target, egress: Egress, now: Callable[[], datetime], stopping: threading.Event) -> Finished:
    """Look at one port; nothing is said to it."""
    at, deadline = now(), Deadline(target.deadline_s)
    try:
        connected = connect(route_of(target, egress, stopping), deadline)
    except NotConnected as error:
        return over(target, egress, at, deadline, Found(judgement=error.judgement, phases=error.phases))
    found = Found(judgement=USABLE, phases=connected.phases, evidence=Evidence(address=connected.address))
    with connected.socket as line:
        wanted = target.steps[0].assertions
        return over(target, egress, at, deadline, _greeted(line, wanted, deadline, found) if wanted else found)


def _greeted(line: socket.socket, wanted: Sequence[Assertion], deadline: Deadline, found: Found) -> Found:
    """Read until every wanted word was said, the line is closed, or the time is up."""
    said, end = b"", Judgement(cause=Cause.BROKEN, detail="đóng kết nối mà không chào", doubtful=True)
    try:
        while missing := _missing(said, wanted):
            line.settimeout(deadline.left())
            more = line.recv(MOST_GREETING)
            if more and not said:
                found = replace(found, phases=replace(found.phases, first_byte=deadline.elapsed_ms()))
            said += more
            if not more or len(said) >= MOST_GREETING:
                break
    except TimeoutError:
        end = deadline.passed()
    except OSError as error:
        end = Judgement(cause=Cause.BROKEN, detail=str(error), doubtful=True)
    missing = _missing(said, wanted)
    if missing and said:
        end = Judgement(cause=missing[0].cause, detail=f"thiếu lời chào: {missing[0].value[:120]}")
    evidence = replace(found.evidence, body=said[:MOST_GREETING])
    return replace(found, judgement=end if missing else USABLE, evidence=evidence)


def _missing(said: bytes, wanted: Sequence[Assertion]) -> list[Assertion]:
    text = fold(said.decode("utf-8", "replace"))
    return [assertion for assertion in wanted if fold(assertion.value) not in text]
