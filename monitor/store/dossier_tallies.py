"""How many results that fell due in a stretch of time were late, by agency and procedure; from the projection."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, select, true

from monitor.core.dossier import Status
from monitor.core.finding import FindingKind, Standing
from monitor.core.period import Span, to_ms
from monitor.store.dossier_tables import dossiers, now, versions

_LATE = (Standing.LATE.value, Standing.LATE_DONE.value)


class Tallied(NamedTuple):
    """Of one agency and procedure; `agency` is empty where nobody is known."""

    agency: str
    procedure: str
    late: int
    total: int


def tallied(db: Connection, span: Span, without: Collection[str] = ()) -> tuple[Tallied, ...]:
    """Results whose printed appointment lies within a span, each dossier once, sources `without` left out.

    Not among them: what waits for the citizen, what nobody has received, and what has dates that cannot be true.
    """
    agency = case(
        (now.c.handling_agency != "", now.c.handling_agency),
        (versions.c.handling_unit == "", now.c.receiving_agency),
        else_="",
    )
    late = func.sum(case((now.c.result_standing.in_(_LATE), 1), else_=0))
    query = (
        select(agency, versions.c.procedure, late, func.count())
        .select_from(now)
        .join(versions, versions.c.id == now.c.version_id)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .where(
            now.c.lead == true(),
            versions.c.appointment >= to_ms(span.start),
            versions.c.appointment < to_ms(span.end),
            versions.c.status != Status.REGISTERED.value,
            now.c.result_standing != Standing.PAUSED.value,
            ~now.c.noted.contains(FindingKind.IMPOSSIBLE_DATES.value),
            *([dossiers.c.source.not_in(list(without))] if without else []),
        )
        .group_by(agency, versions.c.procedure)
    )
    return tuple(Tallied(*row) for row in db.execute(query))


def falling(db: Connection, span: Span, without: Collection[str] = ()) -> Iterator[tuple[str, str, int]]:
    """Agency, procedure and due (in ms) of the open results that fall due within a span and are not late."""
    query = (
        select(now.c.result_agency, versions.c.procedure, now.c.result_due)
        .select_from(now)
        .join(versions, versions.c.id == now.c.version_id)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .where(
            and_(now.c.open == true(), now.c.lead == true(), now.c.result_agency != ""),
            now.c.result_due >= to_ms(span.start),
            now.c.result_due < to_ms(span.end),
            now.c.result_standing.in_([Standing.RUNNING.value, Standing.NEAR.value, Standing.DUE.value]),
            *([dossiers.c.source.not_in(list(without))] if without else []),
        )
    )
    for row in db.execute(query):
        yield row.result_agency, row.procedure, row.result_due
