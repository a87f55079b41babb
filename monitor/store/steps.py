"""Steps of dossiers' ways through the units, each kept once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select

from monitor.core.period import from_ms
from monitor.core.step import Step
from monitor.store.dossier_tables import VISIBLE, imports, steps
from monitor.store.dossiers import stamp_of
from monitor.store.statements import chunks

_CELLS = (steps.c.dossier_id, steps.c.at, steps.c.due, steps.c.status, steps.c.unit, steps.c.role, steps.c.officer)


def of(db: Connection, numbers: Iterable[int]) -> dict[int, tuple[Step, ...]]:
    """The steps of some dossiers, by number, in the order of their moments; those without any are left out."""
    found: defaultdict[int, list[Step]] = defaultdict(list)
    told = select(*_CELLS).join(imports, imports.c.id == steps.c.import_id).where(VISIBLE)
    for some in chunks(list(numbers)):
        query = told.where(steps.c.dossier_id.in_(some)).order_by(steps.c.at, steps.c.id)
        for number, at, due, status, unit, role, officer in db.execute(query):
            found[number].append(
                Step(at=from_ms(at), unit=unit, status=status, due=stamp_of(due, 0), role=role, officer=officer)
            )
    return {number: tuple(some) for number, some in found.items()}
