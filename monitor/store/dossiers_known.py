"""Dossiers as they were known by a moment: what the files taken in by then had said of each, one word a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, true

from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind
from monitor.core.period import to_ms
from monitor.core.step import LAYOUT
from monitor.store.dossier_tables import VISIBLE, ImportState, dossiers, imports, now, versions
from monitor.store.dossiers import FACTS, dossier_of
from monitor.store.statements import chunks

_DAY = timedelta(days=1)
_ENDED = func.coalesce(versions.c.finished, versions.c.returned, versions.c.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which dossiers: begun before one moment, and not known to have ended before another.

    A day alone may have been any moment of it, so what ended on the day of `not_ended_before` is among them. So is what
    was told of before the first moment and yet says that it began after it: its dates are wrong. Of one that several
    systems tell of, it is enough that one says it was filed on the national portal. `noted`: only those of which
    standings note this now.
    """

    begun_before: datetime
    not_ended_before: datetime
    national_portal_only: bool = False
    noted: FindingKind | None = None


def latest_known(db: Connection, sought: Sought) -> Iterator[Dossier]:
    """By all that is known now, of each dossier the testimony that counts; agencies as the projection has them."""
    query = (
        select(*FACTS, now.c.receiving_agency, now.c.handling_agency, now.c.as_of)
        .select_from(now)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .join(versions, versions.c.id == now.c.version_id)
        .join(imports, imports.c.id == versions.c.import_id)
        .where(now.c.lead == true(), *_wanted(sought))
        .order_by(now.c.dossier_id)
    )
    for *facts, receiving, handling, as_of in db.execute(query.execution_options(yield_per=1000)):
        dossier = dossier_of(facts, receiving, handling)
        yield replace(dossier, as_of=as_of) if as_of > dossier.as_of else dossier


def known_by(db: Connection, moment: datetime, sought: Sought) -> Iterator[Dossier]:
    """By what the files taken in up to a moment said, with no agencies; every testimony, `lead` as it is now.

    A file that told again what was known stands in no version: `as_of` may be earlier than it was.
    """
    newest = (
        select(func.max(versions.c.id).label("version"))
        .join(imports, imports.c.id == versions.c.import_id)
        .where(VISIBLE, imports.c.at <= moment)
        .group_by(versions.c.dossier_id)
        .subquery()
    )
    query = (
        select(*FACTS, now.c.lead)
        .select_from(newest)
        .join(versions, versions.c.id == newest.c.version)
        .join(dossiers, dossiers.c.id == versions.c.dossier_id)
        .join(imports, imports.c.id == versions.c.import_id)
        .outerjoin(now, now.c.dossier_id == dossiers.c.id)
        .where(*_wanted(sought))
        .order_by(versions.c.dossier_id)
    )
    for *facts, lead in db.execute(query.execution_options(yield_per=1000)):
        yield dossier_of(facts, lead=lead is not False)


def led_by(db: Connection, matters: Iterable[int], moment: datetime) -> frozenset[int]:
    """The matters whose testimony that counts now was known by a moment already."""
    found: set[int] = set()
    for some in chunks(sorted(set(matters))):
        query = (
            select(dossiers.c.matter)
            .join(now, now.c.dossier_id == dossiers.c.id)
            .where(dossiers.c.matter.in_(some), now.c.lead == true(), dossiers.c.first_seen <= moment)
        )
        found.update(db.execute(query).scalars())
    return frozenset(found)


def figures_by(db: Connection, moment: datetime) -> dict[str, datetime]:
    """Of each source the latest moment that its figures stood for, by the files taken in up to a moment."""
    query = select(imports.c.source, func.max(imports.c.as_of)).where(VISIBLE, imports.c.at <= moment)
    query = query.where(imports.c.layout != LAYOUT)  # steps alone are no figures
    return dict(iter(db.execute(query.group_by(imports.c.source))))


def _wanted(sought: Sought) -> list[Any]:
    begun = func.coalesce(versions.c.filed, versions.c.received)
    since = to_ms(sought.not_ended_before - _DAY)
    wanted: list[Any] = [
        or_(begun.is_(None), begun < to_ms(sought.begun_before), imports.c.at < sought.begun_before),
        or_(
            _ENDED.is_(None),
            since <= _ENDED,
            # Received within the time, and so perhaps late then, whenever it ended.
            and_(versions.c.received.is_not(None), since <= versions.c.received),
        ),
    ]
    if sought.national_portal_only:
        wanted.append(or_(versions.c.from_national_portal == 1, dossiers.c.matter.in_(_of_portal())))
    if sought.noted is not None:
        wanted.append(dossiers.c.matter.in_(_of_kind(sought.noted)))
    return wanted


def _of_kind(kind: FindingKind) -> Select[Any]:
    """The matters of which standings note something that a person has to look at."""
    told, standing = dossiers.alias(), now.alias()
    noted = (literal(" ") + standing.c.noted + " ").contains(f" {kind.value} ", autoescape=True)
    return select(told.c.matter).join(standing, standing.c.dossier_id == told.c.id).where(standing.c.noted != "", noted)


def _of_portal() -> Select[Any]:
    """The matters of which one of several systems says so; the others may not know."""
    told, said, taken = dossiers.alias(), versions.alias(), imports.alias()
    shared = dossiers.alias()
    several = select(shared.c.matter).where(shared.c.matter != shared.c.id)
    return (
        select(told.c.matter)
        .join(said, said.c.dossier_id == told.c.id)
        .join(taken, taken.c.id == said.c.import_id)
        .where(
            told.c.matter.in_(several),
            said.c.from_national_portal == 1,
            taken.c.state.in_((ImportState.TAKEN, ImportState.PROJECTED)),
        )
    )


__all__ = ["Sought", "figures_by", "known_by", "latest_known", "led_by"]
