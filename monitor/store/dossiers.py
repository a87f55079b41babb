"""Dossiers as their sources told them, and how many stand how."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Row, Select, func, select, true, type_coerce

from monitor.core.dossier import Dossier, Placing, Supplement
from monitor.core.finding import FindingKind, Standing
from monitor.core.period import Stamp, day_of, from_ms, to_ms
from monitor.core.step import LAYOUT
from monitor.store.dossier_tables import VISIBLE, dossiers, imports, now, versions
from monitor.store.schema import moment_of
from monitor.store.statements import among, chunks

FACTS = (
    dossiers.c.source, dossiers.c.code, versions.c.procedure, versions.c.procedure_name, versions.c.channel,
    versions.c.from_national_portal, versions.c.status, versions.c.days_only, versions.c.filed, versions.c.received,
    versions.c.appointment, versions.c.finished, versions.c.returned, versions.c.receiving_unit,
    versions.c.handling_unit, versions.c.supplements, versions.c.refused, versions.c.officer, versions.c.other_code,
    *(type_coerce(moment, BigInteger) for moment in (imports.c.as_of, dossiers.c.first_seen, imports.c.at)),
    dossiers.c.matter,
)  # fmt: skip
"""The columns that `dossier_of` takes, in its order; moments are numbers, since it makes them quicker itself."""


AFTER_THE_END = frozenset(
    {
        FindingKind.EXACT_RESULT, FindingKind.MIDNIGHT_RESULT, FindingKind.MOVED_UNAPOLOGISED, FindingKind.MOVED_BACK,
        FindingKind.DIFFERING, FindingKind.SECOND_REAPPOINTMENT, FindingKind.REFUSED_LATE,
    }
)  # fmt: skip
"""What a person must look at also where the dossier has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many open dossiers of an agency stand so by one clock; `agency` is empty where nobody is known."""

    agency: str
    kind: FindingKind
    standing: Standing
    count: int


def load(db: Connection, source: str, code: str) -> Dossier | None:
    """What was last said of one dossier; None for one that is not known."""
    return next(iter(_latest(db, dossiers.c.source == source, dossiers.c.code == code)), None)


def load_all(db: Connection, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Dossier]:
    """What was last said of some dossiers, by source and code; those that are not known are left out."""
    wanted, numbers = set(names), dict[int, tuple[str, str]]()
    for some in chunks(sorted({code for _, code in wanted})):
        query = select(dossiers.c.id, dossiers.c.source, dossiers.c.code).where(dossiers.c.code.in_(some))
        numbers.update((number, (source, code)) for number, source, code in db.execute(query))
    mine = [number for number, name in numbers.items() if name in wanted]
    return {numbers[number]: dossier for number, dossier in latest(db, mine).items()}


def search(db: Connection, code: str) -> list[Dossier]:
    """The dossiers of a code, one a source that told of it; spaces around and small letters do not matter."""
    return list(_latest(db, dossiers.c.code == code.strip().upper()))


def latest(db: Connection, numbers: Iterable[int]) -> dict[int, Dossier]:
    """What was last said of some dossiers, by number; one that nobody visibly spoke of is left out."""
    last = select(versions.c.dossier_id, func.max(versions.c.id).label("version")).join(
        imports, imports.c.id == versions.c.import_id
    )
    found: dict[int, Dossier] = {}
    newest = last.where(VISIBLE, among(db, versions.c.dossier_id, numbers)).group_by(versions.c.dossier_id).subquery()
    query = (
        _told()
        .join(newest, newest.c.version == versions.c.id)
        .outerjoin(now, now.c.dossier_id == versions.c.dossier_id)
        .add_columns(now.c.receiving_agency, now.c.handling_agency, now.c.as_of, now.c.lead, versions.c.dossier_id)
    )
    for *row, number in db.execute(query).all():
        found[number] = _current_of(row)
    return found


def histories(db: Connection, numbers: Iterable[int], place: Placing | None = None) -> dict[int, tuple[Dossier, ...]]:
    """Everything that was ever said of some dossiers, by number, the latest last; with agencies by `place`."""
    found: defaultdict[int, list[Dossier]] = defaultdict(list)
    query = _told().add_columns(versions.c.dossier_id).where(among(db, versions.c.dossier_id, numbers))
    # By number first: in the order of versions alone, SQLite reads them all.
    for row in db.execute(query.order_by(versions.c.dossier_id, versions.c.id)).all():
        found[row[-1]].append(dossier_of(row[:-1], place=place))
    return {number: tuple(told) for number, told in found.items()}


def history(db: Connection, source: str, code: str) -> list[Dossier]:
    """Everything a source ever said of a dossier, in the order it was told."""
    query = _told().where(dossiers.c.source == source, dossiers.c.code == code.strip().upper()).order_by(versions.c.id)
    return [dossier_of(row) for row in db.execute(query)]


def words_before(db: Connection, told: Iterable[int]) -> dict[int, Dossier]:
    """By version, what its source said of the dossier right before; first words are left out."""
    found: dict[int, Dossier] = {}
    earlier = versions.alias()
    for some in chunks(list(told)):
        last = (
            select(versions.c.id.label("of"), func.max(earlier.c.id).label("version"))
            .join(earlier, (earlier.c.dossier_id == versions.c.dossier_id) & (earlier.c.id < versions.c.id))
            .join(imports, imports.c.id == earlier.c.import_id)
            .where(VISIBLE, versions.c.id.in_(some))
            .group_by(versions.c.id)
            .subquery()
        )
        query = _told().join(last, last.c.version == versions.c.id).add_columns(last.c.of)
        for *facts, version in db.execute(query):
            found[version] = dossier_of(facts)
    return found


def open_before(db: Connection, moment: datetime, agencies: Collection[str] = ()) -> Iterator[Dossier]:
    """Open dossiers with something due before a moment, or with nobody known to answer for them; the earliest first.

    With `agencies`, only those whose result is the duty of one of them.
    """
    query = (
        _current()
        .where(now.c.owing_from < to_ms(moment), now.c.lead == true())
        .order_by(now.c.owing_from, now.c.dossier_id)
    )
    if agencies:
        query = query.where(now.c.result_agency.in_(sorted(agencies)))
    for row in db.execute(query.execution_options(yield_per=500)):
        yield _current_of(row)


def appointed(db: Connection, procedures: Collection[str]) -> Iterator[Dossier]:
    """Dossiers of some procedures that print an appointment, open or ended, each by the testimony that leads."""
    query = _current().where(
        now.c.lead == true(), versions.c.procedure.in_(sorted(procedures)), versions.c.appointment.is_not(None)
    )
    for row in db.execute(query.order_by(now.c.dossier_id).execution_options(yield_per=500)):
        yield _current_of(row)


def counts(db: Connection) -> list[Count]:
    """Open dossiers by agency, clock and standing; what is no clock stands as NOTED.

    Of one that several systems tell of, the lead counts alone. What only shows once a dossier ended (an end that is too
    exact, two systems that differ) is counted of those as well.
    """
    clocks = (
        (FindingKind.RECEPTION, now.c.reception_agency, now.c.reception_standing),
        (FindingKind.RESULT, now.c.result_agency, now.c.result_standing),
    )
    found = [
        Count(agency=key, kind=kind, standing=Standing(value), count=count)
        for kind, agency, standing in clocks
        for key, value, count in _counted(db, agency, standing)
    ]
    noted = Counter[tuple[str, FindingKind]]()
    for key, kinds, is_open, count in _noted(db):
        for kind in map(FindingKind, kinds.split()):
            if is_open or kind in AFTER_THE_END:
                noted[key, kind] += count
    found += [
        Count(agency=key, kind=kind, standing=Standing.NOTED, count=count) for (key, kind), count in noted.items()
    ]
    return found


def _counted(db: Connection, agency: Column[Any], what: Column[Any]) -> Sequence[Row[str, str, int]]:
    open_ = (now.c.open == true(), now.c.lead == true())
    return db.execute(select(agency, what, func.count()).where(*open_, what != "").group_by(agency, what)).all()


def _noted(db: Connection) -> Sequence[Row[str, str, bool, int]]:
    which = (now.c.agency, now.c.noted, now.c.open)
    query = select(*which, func.count()).where(now.c.noted != "", now.c.lead == true()).group_by(*which)
    return db.execute(query).all()


def figures(db: Connection) -> dict[str, datetime]:
    """Of each source the latest moment its figures stand for: "Số liệu tính đến …". Steps alone are no figures."""
    query = select(imports.c.source, func.max(imports.c.as_of)).where(VISIBLE, imports.c.layout != LAYOUT)
    query = query.group_by(imports.c.source)
    return dict(iter(db.execute(query)))


def dossier_of(
    facts: Iterable[Any],
    receiving_agency: str = "",
    handling_agency: str = "",
    *,
    lead: bool = True,
    place: Placing | None = None,
) -> Dossier:
    """A dossier from the columns of FACTS and, where they are known, the agencies its units stand for.

    `place` names the agencies where nobody has yet.
    """
    (
        source, code, procedure, procedure_name, channel, from_national_portal, status, days_only,
        filed, received, appointment, finished, returned, receiving_unit, handling_unit, supplements, refused, officer,
        other_code, as_of_ms, first_seen, told, matter,
    ) = facts  # fmt: skip
    as_of = moment_of(as_of_ms)
    if place is not None:
        has_end = finished is not None or returned is not None
        receiving_agency, handling_agency = place(status, has_end, as_of, receiving_unit, handling_unit)
    return Dossier(
        source=source,
        code=code,
        procedure=procedure,
        procedure_name=procedure_name,
        channel=channel,
        from_national_portal=None if from_national_portal is None else bool(from_national_portal),
        status=status,
        filed=None if filed is None else stamp_of(filed, days_only & 1),
        received=None if received is None else stamp_of(received, days_only & 2),
        appointment=None if appointment is None else stamp_of(appointment, days_only & 4),
        finished=None if finished is None else stamp_of(finished, days_only & 8),
        returned=None if returned is None else stamp_of(returned, days_only & 16),
        refused=None if refused is None else stamp_of(refused, days_only & 32),
        receiving_unit=receiving_unit,
        handling_unit=handling_unit,
        receiving_agency=receiving_agency,
        handling_agency=handling_agency,
        supplements=_supplements(supplements) if supplements else (),
        officer=officer,
        other_code=other_code,
        matter=matter,
        lead=lead,
        as_of=as_of,
        first_seen=moment_of(first_seen),
        told=moment_of(told),
    )


def stamp_of(ms: int | None, day_only: int) -> Stamp | None:
    """A stamp as it is kept: milliseconds, of which a day alone is its Vietnamese midnight."""
    if ms is None:
        return None
    moment = from_ms(ms)
    return day_of(moment) if day_only else moment


def _supplements(text: str) -> tuple[Supplement, ...]:
    return tuple(
        Supplement(asked=from_ms(asked), answered=None if answered is None else from_ms(answered))
        for asked, answered in json.loads(text)
    )


def _told() -> Select[Any]:
    return (
        select(*FACTS)
        .select_from(versions)
        .join(dossiers, dossiers.c.id == versions.c.dossier_id)
        .join(imports, imports.c.id == versions.c.import_id)
        .where(VISIBLE)
    )


def _latest(db: Connection, *which: ColumnElement[bool]) -> Iterable[Dossier]:
    """The last visible version of some dossiers, with the agencies and the figures' moment of the projection."""
    query = (
        _told()
        .outerjoin(now, now.c.dossier_id == dossiers.c.id)
        .add_columns(now.c.receiving_agency, now.c.handling_agency, now.c.as_of, now.c.lead)
        .where(*which)
        .order_by(dossiers.c.id, versions.c.id.desc())
    )
    found: dict[tuple[str, str], Dossier] = {}
    for row in db.execute(query):
        if (row.source, row.code) not in found:
            found[row.source, row.code] = _current_of(row)
    return found.values()


def _current() -> Select[Any]:
    return (
        select(*FACTS, now.c.receiving_agency, now.c.handling_agency, now.c.as_of, now.c.lead)
        .select_from(now)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .join(versions, versions.c.id == now.c.version_id)
        .join(imports, imports.c.id == versions.c.import_id)
    )


def _current_of(row: Iterable[Any]) -> Dossier:
    *facts, receiving, handling, confirmed, lead = row
    dossier = dossier_of(facts, receiving or "", handling or "", lead=lead is not False)
    return replace(dossier, as_of=confirmed) if confirmed and confirmed > dossier.as_of else dossier


__all__ = [
    "Count",
    "appointed",
    "counts",
    "figures",
    "histories",
    "history",
    "latest",
    "load",
    "load_all",
    "open_before",
    "search",
]
