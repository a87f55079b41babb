"""How everything stands, for the command line: the same facts as the status page, as lines and as JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from jobs.app import App
from monitor.config import Settings
from monitor.core.interruption import Interruption
from monitor.core.period import iso
from monitor.core.uptime import figures
from monitor.reports import calendar_watch, own_life
from monitor.reports.certificates import InUse
from monitor.reports.letters import tidy
from monitor.reports.present import ServiceNow, TargetNow
from monitor.reports.render import render
from monitor.reports.standing import StatusNow, standing
from monitor.store import held, reading
from monitor.store.engine import file_of, url_of


def now(app: App) -> StatusNow:
    """How everything stands at this moment."""
    with reading(app.engine) as db:
        return standing(db, app.settings, app.register, app.law, app.clock.now(), running=held(app.engine))


@contextmanager
def untouched(settings: Settings) -> Iterator[Settings]:
    """Settings to ask with; where nothing ran yet, on an empty database elsewhere, so that asking makes none."""
    url = url_of(settings.database_url)
    if url.get_backend_name() != "sqlite" or file_of(url).exists():
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="tthc-") as folder:
        yield settings.model_copy(update={"database_url": f"sqlite:///{folder}/tthc.db"})


def as_text(status: StatusNow) -> str:
    """For people."""
    return tidy(render("status.txt", status=status)).rstrip("\n")


def as_json(status: StatusNow) -> dict[str, Any]:
    """For programs; moments in Vietnamese time."""
    return {
        "at": iso(status.at),
        "mode": status.mode.value,
        "running": status.running,
        "healthy": status.healthy,
        "concerns": [concern.value for concern in status.concerns],
        "held": [one.as_json() for one in status.held],
        "unset": [one.lack.value for one in status.lacking],
        "services": {one.service.code: _service(one) for one in status.services},
        "certificates": [_certificate(one, status.at) for one in status.certificates],
        "dossiers": dict(status.lateness),
        "duties": {state.value: count for state, count in status.duties.items()},
        "noted_dossiers": {kind.value: count for kind, count in status.noted.items()},
        "mass_pauses": [
            {"agency": one.agency, "unit": one.unit, "day": one.day.isoformat(), "count": one.count}
            for one in status.paused
        ],
        "figures_as_of": {source: iso(moment) for source, moment in status.figures},
        "letters": {state.value: count for state, count in status.letters.items()},
        "stale_sources": [one.source.key for one in status.stale],
        "unfetched_sources": {row.source: row.why for row in status.unfetched},
        "unread_folders": list(status.strays),
        "unsent_since": iso(status.unsent_since),
        "own_life": own_life.as_json(status.own) if status.own else None,
        "calendar": {
            "doubtful_years": [{"year": one.year, "state": one.state.value} for one in status.calendar.years],
            "differences": calendar_watch.as_json(status.calendar.differences),
        },
        "rows_set_aside": status.imports[0].set_aside if status.imports else 0,
    }


def _service(one: ServiceNow) -> dict[str, Any]:
    return {
        "state": one.state.value,
        "why": one.gap.value if one.gap else None,
        "targets": {place.target.key: _target(place) for place in one.targets},
        "open_interruptions": [_open(broken.interruption) for broken in one.open],
        "week": figures(one.account),
    }


def _certificate(one: InUse, at: datetime) -> dict[str, Any]:
    return {
        "servers": list(one.servers),
        "services": [service.code for service in one.services],
        "not_after": iso(one.certificate.not_after),
        "days_left": one.days_left(at),
        "sha256": one.certificate.sha256,
    }


def _target(place: TargetNow) -> dict[str, Any]:
    last = place.last
    return {
        "state": place.state.value,
        "why": place.gap.value if place.gap else None,
        "watched": place.watched,
        "last_look": None
        if last is None
        else {"at": iso(last.at), "verdict": last.verdict.value, "cause": last.cause.value},
    }


def _open(broken: Interruption) -> dict[str, Any]:
    return {
        "target": broken.target,
        "cause": broken.cause.value,
        "last_good": iso(broken.last_good),
        "first_bad": iso(broken.first_bad),
        "last_bad": iso(broken.last_bad),
    }
