"""Reads the certificate of every server that services are reached at over TLS, once a day each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from jobs.app import App
from jobs.chronicle import silences, watched
from jobs.crew import egress_of
from monitor.core.address import tls_places
from monitor.core.service import Target
from monitor.probes.certificate import Certificate, NotConnected, certificate_of
from monitor.probes.outcome import Egress
from monitor.store import certificates, reading, watches, writing
from monitor.store.certificates import Kept

log = structlog.get_logger()

SECONDS = 300
DAILY = timedelta(days=1)
RETRY = timedelta(hours=6)
"""How soon a server that showed nothing is asked again; the looks themselves tell that it is down."""
AT_ONCE = 8
MOST = 16
"""Servers asked at one beat, so that those who wait for the lane wait seconds, not minutes."""
DEADLINE_S = 10.0

Place = tuple[str, int]


def run(app: App, now: datetime) -> None:
    """Ask the servers whose day is over; what one that does not answer showed before stays known."""
    places = _places(app)
    with reading(app.engine) as db:
        known = {(kept.host, kept.port): kept for kept in certificates.all_(db)}
    due = [place for place in places if _due(known.get(place), now) and not silences(app, places[place])][:MOST]
    if not due:
        return
    egress = egress_of(app)
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="certificate") as pool:
        shown = list(pool.map(lambda place: _read(place, places[place], egress), due))
    with writing(app.engine) as db:
        for place, certificate in zip(due, shown, strict=True):
            watches.set_mark(db, *certificates.mark(_kept(place, certificate, known.get(place), now)))


def _places(app: App) -> dict[Place, Target]:
    """Each server with a target by whose way it is reached; controls are no part of any service."""
    found: dict[Place, Target] = {}
    for seen in watched(app).values():
        if not seen.target.control:
            for place in tls_places(seen.target):
                found.setdefault(place, seen.target)
    return found


def _due(kept: Kept | None, now: datetime) -> bool:
    if kept is None or kept.asked_at > now:  # asked in the future: the clock was set back since
        return True
    return now - kept.asked_at >= (RETRY if kept.certificate is None else DAILY)


def _read(place: Place, target: Target, egress: Egress) -> Certificate | None:
    host, port = place
    bracketed = f"[{host}]" if ":" in host else host
    try:
        return certificate_of(
            host,
            port,
            proxy=egress.proxy_for(target, f"https://{bracketed}:{port}/"),
            ca_file=egress.ca_for(target),
            user_agent=egress.user_agent,
            deadline_s=DEADLINE_S,
        )
    except NotConnected as error:
        log.info("certificate.not_read", host=host, port=port, why=error.judgement.detail)
        return None


def _kept(place: Place, shown: Certificate | None, before: Kept | None, now: datetime) -> Kept:
    host, port = place
    return Kept(
        host=host, port=port, asked_at=now, certificate=shown or (before.certificate if before is not None else None)
    )
