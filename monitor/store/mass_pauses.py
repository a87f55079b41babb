"""Dossiers paused on the day they were due, counted by unit and day; read from the projection."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select, true

from monitor.core.mass_pause import MassPause
from monitor.core.period import day_of, from_ms, to_ms
from monitor.store.dossier_tables import now, versions

_printed = case((versions.c.handling_unit != "", versions.c.handling_unit), else_=versions.c.receiving_unit)


def counted(db: Connection, *, since: datetime) -> tuple[MassPause, ...]:
    """How many dossiers each unit paused on their due day, a day at a time, from a moment on; also a single one."""
    query = (
        select(now.c.agency, _printed, now.c.paused_on, func.count())
        .join(versions, versions.c.id == now.c.version_id)
        .where(now.c.paused_on >= to_ms(since), now.c.lead == true())
        .group_by(now.c.agency, _printed, now.c.paused_on)
    )
    return tuple(
        MassPause(agency=agency, unit=unit, day=day_of(from_ms(day)), count=count)
        for agency, unit, day, count in db.execute(query)
    )
