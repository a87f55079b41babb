"""What a letter comes to in a short message: read from what it tells, as that stands now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.letters import Dossiers
from jobs.subjects import TOLD_OF_DOSSIERS, interruption_of
from monitor.core import drill
from monitor.core.ladder import SubjectKind
from monitor.reports.brief_words import Brief, Stop
from monitor.store import TellingRow, interruptions


def brief(db: Connection, app: App, told: Sequence[TellingRow], now: datetime, *, lost: bool = False) -> Brief | None:
    """The short of what is told; None for a drill, of which nobody is told but by mail."""
    dossiers = {row.telling.key: row for row in told if row.telling.subject in TOLD_OF_DOSSIERS}
    stops = [row.telling.key for row in told if row.telling.subject is SubjectKind.INTERRUPTION]
    if any(interruption_of(key)[0] == drill.TARGET for key in stops):
        return None
    rest = {(row.telling.subject, row.telling.key) for row in told if row.telling.subject not in TOLD_OF_DOSSIERS}
    others: Counter[SubjectKind] = Counter(kind for kind, _ in sorted(rest) if kind is not SubjectKind.INTERRUPTION)
    return Brief(
        stop=_stop(db, app, stops[-1]) if stops else None,
        items=tuple(Dossiers(app, now).items(db, dossiers.values())) if dossiers else (),
        others=dict(others),
        link=app.settings.public_url,
        lost=lost,
    )


def _stop(db: Connection, app: App, key: str) -> Stop | None:
    row = interruptions.get(db, *interruption_of(key))
    service = app.register.service_of(row.target) if row else None
    if row is None or service is None:
        return None
    return Stop(service=service.code, procedure=service.name, since=row.first_bad, back=row.first_good)
