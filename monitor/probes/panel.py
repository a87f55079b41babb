"""The panel beside a failed look: everything it asks, asked at once and within a bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.core.attribution import Part, Showing, Shown
from monitor.core.certificate import Certificate
from monitor.core.fault_table import REFUSALS
from monitor.core.look import Cause
from monitor.core.period import MILLISECOND
from monitor.core.service import Target
from monitor.probes import dns, gateway
from monitor.probes.certificate import certificate_of
from monitor.probes.connection import Deadline, NotConnected
from monitor.probes.http import Finished, Prober
from monitor.probes.outcome import Egress
from monitor.probes.resolve import Lookup, system_lookup

LIMIT_S = 15.0
"""No panel takes longer; what has not answered by then is put down as silent."""
PAGE_S = 8.0
NAME_S = 4.0
GATEWAY_S = 2.0

_ANSWERED = frozenset({Cause.NONE, Cause.CHALLENGED, Cause.RATE_LIMITED})
_NOT_THEIRS = frozenset({407, 502, 503, 504})
"""Statuses that are as likely a proxy's as the page's own."""
_HALF_A_SECOND = timedelta(milliseconds=500)
_LONGEST_MS = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Secure:
    """Where the certificate is to be read: host and port of the page that failed, and how it is reached."""

    host: str
    port: int
    proxy: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What one panel asks. Empty fields are not asked; any one gateway, or resolver of a part, that answers will do.

    `pages`: references and pages of the portal, looked at like targets over HTTP.
    """

    gateways: tuple[str, ...] = ()
    resolvers: Mapping[Part, tuple[str, ...]] = field(default_factory=dict)
    host: str = ""
    pages: tuple[Target, ...] = ()
    secure: Secure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came of an inquiry: showings of gateway and resolvers, looks by the key of their page, a certificate."""

    showings: tuple[Showing, ...] = ()
    pages: Mapping[str, Finished] = field(default_factory=dict)
    certificate: Certificate | None = None


def inquire(
    inquiry: Inquiry,
    egress: Egress,
    now: Callable[[], datetime],
    lookup: Lookup = system_lookup,
    limit_s: float = LIMIT_S,
) -> Findings:
    """Ask everything side by side; return within the limit whatever hangs."""
    end = time.monotonic() + limit_s
    showings: dict[Part, Showing] = {}
    certificates: list[Certificate] = []
    errands: list[Callable[[], None]] = [
        lambda part=part, which=which: showings.update({part: _names(part, which, inquiry.host)})  # type: ignore[misc]
        for part, which in inquiry.resolvers.items()
    ]
    if inquiry.gateways:
        errands.append(lambda: showings.update({Part.GATEWAY: _gateway(inquiry.gateways)}))
    if (secure := inquiry.secure) is not None:
        errands.append(lambda: certificates.extend(_certificate(secure, egress, lookup)))
    threads = [threading.Thread(target=errand, name="panel", daemon=True) for errand in errands]
    for thread in threads:
        thread.start()
    pages = _pages(inquiry.pages, egress, now, lookup, end)
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    asked = [Part.GATEWAY] * bool(inquiry.gateways) + list(inquiry.resolvers)
    said = dict(showings)
    return Findings(
        showings=tuple(said.get(part) or _late(part, limit_s) for part in asked),
        pages=pages,
        certificate=next(iter(certificates), None),
    )


def _late(part: Part, limit_s: float) -> Showing:
    detail = f"không trả lời trong {limit_s:g} giây"
    return Showing(part=part, shown=Shown.FAILS, took_ms=round(limit_s * 1000), detail=detail)


def _gateway(addresses: Sequence[str]) -> Showing:
    deadline, said = Deadline(GATEWAY_S * len(addresses)), []
    shown = Shown.FAILS
    for address in addresses:
        answers, words = gateway.alive(address, GATEWAY_S)
        said.append(words)
        if answers:
            shown, said = Shown.WORKS, [words]
            break
    return Showing(part=Part.GATEWAY, shown=shown, took_ms=deadline.elapsed_ms(), detail="; ".join(said)[:300])


def _names(part: Part, resolvers: Sequence[str], host: str) -> Showing:
    deadline = Deadline(NAME_S)
    shown, said = Shown.FAILS, []
    for resolver in resolvers:
        reply = _asked(resolver, host, deadline)
        said.append(reply.words)
        if reply.addresses:
            shown, said = Shown.WORKS, [reply.words]
            break
    return Showing(part=part, shown=shown, took_ms=deadline.elapsed_ms(), detail="; ".join(said)[:300])


def _asked(resolver: str, host: str, deadline: Deadline) -> dns.Reply:
    """What a resolver says of a host, which may have an address of either kind."""
    try:
        reply = dns.ask(resolver, host, "A", deadline)
        if reply.addresses or reply.silent:
            return reply
        return found if (found := dns.ask(resolver, host, "AAAA", deadline)).addresses else reply
    except dns.NoResolver as error:
        return dns.Reply(resolver=resolver, why=str(error))


def _certificate(secure: Secure, egress: Egress, lookup: Lookup) -> list[Certificate]:
    try:
        return [
            certificate_of(
                secure.host,
                secure.port,
                proxy=secure.proxy,
                ca_file=secure.ca_file,
                user_agent=egress.user_agent,
                deadline_s=PAGE_S,
                lookup=lookup,
            )
        ]
    except NotConnected:
        return []  # the look itself says what is wrong with the connection


def _pages(
    pages: Sequence[Target], egress: Egress, now: Callable[[], datetime], lookup: Lookup, end: float
) -> dict[str, Finished]:
    """Look at each page once; one that is still under way at the end is left out."""
    found: dict[str, Finished] = {}
    if not pages:
        return found
    prober = Prober(egress, now, lookup)
    try:
        for page in pages:
            prober.start(replace(page, deadline_s=min(page.deadline_s, PAGE_S)))
        while prober.busy and (left := end - time.monotonic()) > 0:
            found |= {one.target.key: one for one in prober.finished(min(left, 1.0))}
    finally:
        prober.close()
    return found


def answered(finished: Finished) -> bool:
    """Whether a look at a reference shows that our own network works: the reference itself gave an answer."""
    outcome = finished.outcome
    if outcome.cause is Cause.STATUS:
        return outcome.status not in _NOT_THEIRS
    return outcome.cause in _ANSWERED


def reference(part: Part, finished: Finished) -> Showing:
    """What a reference showed: it need only answer."""
    shown = Shown.WORKS if answered(finished) else Shown.FAILS
    return _showing(part, shown, finished)


def page(part: Part, finished: Finished) -> Showing:
    """What a page of the portal showed: it must be usable, or else it says how it is not."""
    outcome = finished.outcome
    match outcome.cause:
        case Cause.NONE:
            shown = Shown.WORKS
        case Cause.CHALLENGED | Cause.RATE_LIMITED:
            shown = Shown.BLOCKED
        case Cause.OWN_NETWORK | Cause.PROBE_FAILED:
            shown = Shown.UNJUDGED
        case Cause.STATUS if outcome.status in REFUSALS:
            shown = Shown.BLOCKED
        case _:
            shown = Shown.FAILS
    return _showing(part, shown, finished)


def _showing(part: Part, shown: Shown, finished: Finished) -> Showing:
    outcome = finished.outcome
    said = [finished.target.name, f"HTTP {outcome.status}" if outcome.status else "", outcome.detail]
    detail = ": ".join(filter(None, said))[:200]
    return Showing(part=part, shown=shown, took_ms=outcome.phases.total, detail=detail)


def clock_offset_ms(finished: Finished) -> int | None:
    """Our clock minus the server's when its answer began; None where it told no time.

    A Date header is cut to whole seconds: half a second is added to it, so that the answer is right to half a second
    and the time the answer took to come.
    """
    outcome = finished.outcome
    try:
        said = parsedate_to_datetime(outcome.evidence.headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    if said.tzinfo is None:
        return None
    heard = finished.at + timedelta(milliseconds=outcome.phases.first_byte or outcome.phases.total)
    offset = round((heard - said - _HALF_A_SECOND) / MILLISECOND)
    return max(-_LONGEST_MS, min(offset, _LONGEST_MS))
