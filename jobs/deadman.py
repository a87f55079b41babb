"""The dead-man ping: an outside address is called while this program does its work, and alarms once it no longer is."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import requests
import structlog

from jobs.app import App
from jobs.outside import PATIENCE_S, proxies_for, session_of
from monitor.reports.standing import Concern, StatusNow, standing
from monitor.store import reading

log = structlog.get_logger()

SECONDS = 300
_NOT_WORKING = frozenset({Concern.SILENT, Concern.LATE_LETTERS})
"""With these the program runs and yet does not do what it is for: nobody looks, or no letter gets out."""
_FIRST_LOOKS = timedelta(seconds=SECONDS)
"""Who started so short a time ago may not have looked yet: nothing is amiss, and nothing is shown to work either."""


class NotCalled(Exception):
    """The outside address did not answer, or not with success."""


def run(app: App, now: datetime) -> None:
    """Call the address, unless the program looks at nothing or its letters do not get out; what fails is logged."""
    if not app.settings.deadman_url:
        return
    with reading(app.engine) as db:
        status = standing(db, app.settings, app.register, app.law, now)
    amiss = _NOT_WORKING.intersection(status.concerns)
    if amiss == {Concern.SILENT} and _just_started(status):
        return
    if amiss:
        log.warning("deadman.withheld", why=",".join(sorted(amiss)))
        return
    try:
        call(app)
    except NotCalled as error:
        log.warning("deadman.failed", why=str(error))


def _just_started(status: StatusNow) -> bool:
    started = status.health.started
    return started is not None and status.at - started < _FIRST_LOOKS


def call(app: App) -> None:
    """Call the address; raise NotCalled, which names its host only: the rest of it is a secret."""
    host = urlsplit(app.settings.deadman_url).hostname or ""
    try:
        answer = session_of(app.settings.ca_file).get(
            app.settings.deadman_url,
            proxies=proxies_for(app.settings, host),
            timeout=PATIENCE_S,
            allow_redirects=False,
            stream=True,
        )
        answer.close()
        answer.raise_for_status()
    except requests.RequestException as error:
        raise NotCalled(f"{host}: {type(error).__name__}") from None
