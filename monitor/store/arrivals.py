"""When dossiers of a procedure were filed, as each source last told it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.core.period import Stamp, to_ms
from monitor.store.dossier_tables import VISIBLE, ImportState, dossiers, imports, versions
from monitor.store.dossiers import stamp_of

_DAY_ONLY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRow:
    """One dossier by a source's last word: when it was filed, a day alone where the source names no hour."""

    source: str
    code: str
    filed: Stamp


def since(db: Connection, procedure: str, moment: datetime) -> Iterator[ArrivalRow]:
    """The dossiers of a procedure filed from a moment on, one a source that told of it, in no order.

    What a source took back, or tells otherwise since, is not among them. Read from the facts, not from `dossier_now`:
    that lags behind the file that was taken in last, and a silence would be seen that is none.
    """
    later, their_imports = versions.alias(), imports.alias()
    corrected = (
        select(later.c.id)
        .join(their_imports, their_imports.c.id == later.c.import_id)
        .where(later.c.dossier_id == versions.c.dossier_id, later.c.id > versions.c.id)
        .where(their_imports.c.state.in_((ImportState.TAKEN, ImportState.PROJECTED)))
    )
    query = (
        select(dossiers.c.source, dossiers.c.code, versions.c.filed, versions.c.days_only)
        .select_from(versions)
        .join(dossiers, dossiers.c.id == versions.c.dossier_id)
        .join(imports, imports.c.id == versions.c.import_id)
        .where(VISIBLE, versions.c.procedure == procedure, versions.c.filed >= to_ms(moment), ~corrected.exists())
    )
    for source, code, filed, days_only in db.execute(query):
        stamp = stamp_of(filed, days_only & _DAY_ONLY)
        if stamp is not None:
            yield ArrivalRow(source=source, code=code, filed=stamp)
