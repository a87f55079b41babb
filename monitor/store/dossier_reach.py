"""Dossiers that something reaches: all open ones, or those of a procedure with a moment of theirs in a stretch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, or_, select, true

from monitor.core.dossier import Dossier
from monitor.core.period import Span, to_ms
from monitor.store.dossier_tables import dossiers, imports, now, versions
from monitor.store.dossiers import FACTS, dossier_of


def open_(db: Connection) -> Iterator[Dossier]:
    """Every open dossier, by the testimony whose clocks count, in the order they became known."""
    yield from _those(db, _leading().where(now.c.open == true()).order_by(now.c.dossier_id))


def of_procedure(db: Connection, procedure: str, filed: Span, moments: Span) -> Iterator[Dossier]:
    """Those of a procedure filed within one stretch, or received or due within another; by when they were filed."""
    facts = versions.c
    within = [facts.filed >= to_ms(filed.start), facts.filed < to_ms(filed.end)]
    other = (
        (column >= to_ms(moments.start)) & (column < to_ms(moments.end))
        for column in (facts.received, facts.appointment)
    )
    wanted = _leading().where(facts.procedure == procedure, or_(within[0] & within[1], *other))
    yield from _those(db, wanted.order_by(facts.filed, dossiers.c.id))


def _leading() -> Select[Any]:
    return (
        select(*FACTS, now.c.receiving_agency, now.c.handling_agency, now.c.as_of)
        .select_from(now)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .join(versions, versions.c.id == now.c.version_id)
        .join(imports, imports.c.id == versions.c.import_id)
        .where(now.c.lead == true())
    )


def _those(db: Connection, wanted: Select[Any]) -> Iterator[Dossier]:
    for *facts, receiving, handling, confirmed in db.execute(wanted.execution_options(yield_per=500)):
        dossier = dossier_of(facts, receiving, handling)
        yield replace(dossier, as_of=confirmed) if confirmed > dossier.as_of else dossier
