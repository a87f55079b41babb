"""Open dossiers in a list, as the projection shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, func, literal, or_, select, true

from monitor.core.finding import FindingKind, Standing
from monitor.core.period import Stamp, at, end_of, ict, to_ms
from monitor.core.scope import Extent
from monitor.core.step import LAYOUT
from monitor.store.dossier_tables import VISIBLE, bad_rows, dossiers, imports, now, versions
from monitor.store.dossiers import AFTER_THE_END, stamp_of

_ALSO_ENDED = AFTER_THE_END | {FindingKind.PAUSED_WHEN_DUE}
_CELLS = (
    dossiers.c.source, dossiers.c.code, versions.c.procedure, versions.c.receiving_unit, versions.c.handling_unit,
    now.c.agency, now.c.standing, now.c.reception_standing, now.c.reception_due, now.c.result_due, now.c.due_days_only,
    now.c.noted, now.c.as_of,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One open dossier: whose turn it is, how the clock that runs for it stands, and what a person has to look at.

    `unit` is the unit as its source prints it, whether an `agency` of the register was found for it or not.
    """

    source: str
    code: str
    procedure: str
    agency: str
    unit: str
    standing: Standing
    reception_due: Stamp | None
    result_due: Stamp | None
    noted: tuple[FindingKind, ...]
    as_of: datetime
    late_reception: bool = False
    """Whether it is late because nobody received it yet; its result is not owed then."""

    def as_json(self) -> dict[str, object]:
        """The same as plain values, for programs; moments on a Vietnamese clock."""
        return {
            "source": self.source,
            "code": self.code,
            "procedure": self.procedure,
            "agency": self.agency,
            "unit": self.unit,
            "standing": self.standing.value,
            "late_reception": self.late_reception,
            "reception_due": plain(self.reception_due),
            "result_due": plain(self.result_due),
            "noted": [kind.value for kind in self.noted],
            "as_of": plain(self.as_of),
        }


def plain(stamp: Stamp | None) -> str | None:
    """A stamp as programs read it, on a Vietnamese clock."""
    if stamp is None:
        return None
    return (ict(stamp) if isinstance(stamp, datetime) else stamp).isoformat()


def listed(
    db: Connection,
    *,
    standing: Standing | None = None,
    late_reception: bool = False,
    kind: FindingKind | None = None,
    agency: str = "",
    limit: int = 50,
) -> tuple[ListRow, ...]:
    """Open dossiers, the nearest due first; by standing, by what has to be looked at, by agency where asked; with
    `late_reception` those alone that nobody received in time.

    Asked for a kind that also shows once a dossier has ended, those that ended are among them, and with
    PAUSED_WHEN_DUE each that was paused on the day it was due, however many its unit paused. Of one that several
    systems tell of, the lead stands for all.
    """
    query = _leading(*_CELLS).join(versions, versions.c.id == now.c.version_id)
    if kind is None or kind not in _ALSO_ENDED:
        query = query.where(now.c.open == true())
    query = query.order_by(now.c.due.is_(None), now.c.due, now.c.dossier_id).limit(limit)
    if standing is not None:
        query = query.where(now.c.standing == standing.value)
    if late_reception:
        query = query.where(now.c.reception_standing == Standing.LATE.value)
    if kind is FindingKind.PAUSED_WHEN_DUE:
        query = query.where(now.c.paused_on.is_not(None))
    elif kind is not None:
        query = query.where(
            now.c.noted != "", (literal(" ") + now.c.noted + " ").contains(f" {kind.value} ", autoescape=True)
        )
    if agency:
        query = query.where(now.c.agency == agency)
    return tuple(_row(**row._mapping) for row in db.execute(query))


def complete(db: Connection, by: datetime | None = None) -> dict[str, datetime]:
    """Of each source the moment that its newest complete list stands for; a poll cut short, or of changes, is none.

    With `by`, of those that had come by then.
    """
    query = _newest_complete()
    return dict(iter(db.execute(query if by is None else query.where(imports.c.at <= by))))


def left_out(db: Connection, extents: Mapping[str, Extent]) -> dict[str, int]:
    """How many open dossiers, within what each source claims, its newest complete list lacks; they stay open.

    `extents` are of the sources that claim something: of what lies outside, a gap means nothing. A row of the list
    that could not be read is no gap.
    """
    if not extents:
        return {}
    last = _newest_complete().subquery()
    query = (
        _open(dossiers.c.source, func.count())
        .join(versions, versions.c.id == now.c.version_id)
        .join(last, last.c.source == dossiers.c.source)
        .where(now.c.as_of < last.c.as_of, or_(*(_within(source, one) for source, one in extents.items())))
        .where(dossiers.c.code.not_in(_unread(last)))
        .group_by(dossiers.c.source)
    )
    return dict(iter(db.execute(query)))


def unread(db: Connection, source: str, code: str, as_of: datetime) -> bool:
    """Whether a list of that moment had a row of that dossier which could not be read."""
    query = select(bad_rows.c.code).join(imports, imports.c.id == bad_rows.c.import_id)
    mine = (imports.c.source == source, imports.c.as_of == as_of, bad_rows.c.code == code)
    return db.execute(query.where(VISIBLE, *mine).limit(1)).first() is not None


def _newest_complete() -> Select[Any]:
    newest = select(imports.c.source, func.max(imports.c.as_of).label("as_of"))
    lists = (VISIBLE, imports.c.complete == true(), imports.c.layout != LAYOUT)  # steps alone are no list
    return newest.where(*lists).group_by(imports.c.source)


def _unread(last: Subquery) -> Select[Any]:
    """Codes of rows that the newest complete lists had and that were set aside."""
    query = select(bad_rows.c.code).join(imports, imports.c.id == bad_rows.c.import_id)
    return query.join(last, (last.c.source == imports.c.source) & (last.c.as_of == imports.c.as_of)).where(VISIBLE)


def _within(source: str, extent: Extent) -> ColumnElement[bool]:
    """The same as `Extent.holds`, asked of the database."""
    scope = extent.scope
    day = func.coalesce(versions.c.filed, versions.c.received)
    wanted = [
        dossiers.c.source == source,
        or_(now.c.receiving_agency.in_(extent.agencies), now.c.handling_agency.in_(extent.agencies)),
    ]
    if scope.since is not None:
        wanted.append(day >= to_ms(at(scope.since)))
    if scope.until is not None:
        wanted.append(day < to_ms(end_of(scope.until)))
    if scope.procedures:
        wanted.append(versions.c.procedure.in_(scope.procedures))
    if scope.national_portal_only:
        wanted.append(versions.c.from_national_portal == 1)
    return and_(*wanted)


def _leading(*columns: Any) -> Select[Any]:
    query = select(*columns).select_from(now).join(dossiers, dossiers.c.id == now.c.dossier_id)
    return query.where(now.c.lead == true())


def _open(*columns: Any) -> Select[Any]:
    return _leading(*columns).where(now.c.open == true())


def _row(
    *,
    standing: str,
    reception_standing: str,
    reception_due: int | None,
    result_due: int | None,
    due_days_only: int,
    noted: str,
    receiving_unit: str,
    handling_unit: str,
    **cells: Any,
) -> ListRow:
    return ListRow(
        standing=Standing(standing),
        late_reception=standing == reception_standing == Standing.LATE.value,
        reception_due=stamp_of(reception_due, due_days_only & 1),
        result_due=stamp_of(result_due, due_days_only & 2),
        noted=tuple(FindingKind(kind) for kind in noted.split()),
        unit=handling_unit or receiving_unit,
        **cells,
    )


__all__ = ["ListRow", "complete", "left_out", "listed", "plain", "unread"]
