"""What is kept no longer: dossiers that ended long ago leave as totals, ledgers of those that have gone years later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from monitor.core.found import Standing
from monitor.core.period import from_ms, ict, to_ms
from monitor.store import duty_tables, leaving
from monitor.store import ledger_tables as ledgers
from monitor.store import tables as ground
from monitor.store.dossier_tables import bad_rows, dossiers, imports, now, versions
from monitor.store.ledger_tables import dossier_totals
from monitor.store.letter_rows import LetterRow, rows_of
from monitor.store.matters import ids_of
from monitor.store.statements import insert
from monitor.store.states import LetterState

_LATE = {Standing.LATE.value, Standing.LATE_DONE.value}
_FINAL = (
    LetterState.ACCEPTED,
    LetterState.HELD,
    LetterState.REPLACED,
    LetterState.DEAD,
    LetterState.BOUNCED,
    LetterState.NO_ADDRESS,
)
_SEPARATOR = "\x1f"
COUNTED = ("received", "finished", "on_time", "late", "received_late", "apologised", "explained")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One testimony of a dossier that ended, as far as it is counted."""

    number: int
    matter: int
    lead: bool
    ended: datetime
    first_seen: datetime
    month: str
    agency: str
    procedure: str
    late: bool
    received_late: bool


def ended(db: Connection, before: datetime, listed_before: datetime, *, after: int, most: int) -> tuple[Ended, ...]:
    """Dossiers that ended before a moment and that no source listed since another, by number, after one.

    Those alone of which every testimony has, and that owe no explanation.
    """
    finish = func.coalesce(versions.c.returned, versions.c.finished, versions.c.refused)
    other = dossiers.alias()
    # Apart, so that each is found by an index: the first testimony of its matter by number, the others by their matter.
    first, others = (
        _staying(other, which, listed_before)
        for which in (
            other.c.id == dossiers.c.matter,
            and_(other.c.matter == dossiers.c.matter, other.c.matter != other.c.id),
        )
    )
    asked, said = ledgers.explanation_requests, ledgers.explanations
    owes = select(asked.c.id).where(
        asked.c.matter.in_((dossiers.c.id, dossiers.c.matter)),
        ~select(said.c.id).where(said.c.matter.in_((dossiers.c.id, dossiers.c.matter))).exists(),
    )
    wanted = (
        select(
            dossiers.c.id, dossiers.c.matter, now.c.lead, finish.label("finish"), dossiers.c.first_seen,
            func.coalesce(versions.c.received, versions.c.filed, finish).label("begun"),
            now.c.handling_agency, now.c.receiving_agency, versions.c.procedure, now.c.result_standing,
            now.c.reception_standing,
        )
        .select_from(now)
        .join(dossiers, dossiers.c.id == now.c.dossier_id)
        .join(versions, versions.c.id == now.c.version_id)
        .where(dossiers.c.id > after, now.c.open != true(), finish < to_ms(before), now.c.as_of < listed_before)
        .where(~first.exists(), ~others.exists(), ~owes.exists())
        .order_by(dossiers.c.id)
        .limit(most)
    )  # fmt: skip
    return tuple(_ended(row) for row in db.execute(wanted))


def _staying(other: FromClause, which: ColumnElement[bool], listed_before: datetime) -> Select[tuple[int]]:
    """Testimonies that are open, not reckoned yet, or listed since."""
    other_now = now.alias()
    return (
        select(other.c.id)
        .outerjoin(other_now, other_now.c.dossier_id == other.c.id)
        .where(which, or_(other_now.c.open.is_(None), other_now.c.open == true(), other_now.c.as_of >= listed_before))
    )


def _ended(row: Any) -> Ended:
    return Ended(
        number=row.id,
        matter=row.matter,
        lead=bool(row.lead),
        ended=from_ms(row.finish),
        first_seen=row.first_seen,
        month=f"{ict(from_ms(row.begun)):%Y-%m}",
        agency=row.handling_agency or row.receiving_agency,
        procedure=row.procedure,
        late=row.result_standing in _LATE,
        received_late=row.reception_standing in _LATE,
    )


def let_go(db: Connection, some: Sequence[Ended], kept: timedelta) -> int:
    """Count dossiers and remove them, in one transaction; how many rows went.

    One that came to be known only after its time was over (`kept` since its end) is not counted: it was counted before,
    and its source listed it anew, or nobody here ever watched it.
    """
    ids = ids_of(db, {one.matter for one in some})
    apologised = _with_fact(db, ledgers.apologies, ids)
    explained = _with_fact(db, ledgers.explanations, ids)
    totals: dict[tuple[str, str, str], Counter[str]] = {}
    for one in some:
        if not one.lead or one.first_seen - one.ended > kept:
            continue
        counts = totals.setdefault((one.month, one.agency, one.procedure), Counter())
        counts.update(received=1, finished=1, late=one.late, on_time=not one.late, received_late=one.received_late)
        counts.update(apologised=one.matter in apologised, explained=one.matter in explained)
    _add(db, totals)
    return leaving.remove(db, [one.number for one in some])


def _with_fact(db: Connection, table: Table, ids: dict[int, frozenset[int]]) -> set[int]:
    under = {number for numbers in ids.values() for number in numbers}
    found = set(db.execute(select(table.c.matter).where(table.c.matter.in_(under)).distinct()).scalars())
    return {matter for matter, numbers in ids.items() if not found.isdisjoint(numbers)}


def _add(db: Connection, totals: dict[tuple[str, str, str], Counter[str]]) -> None:
    for (month, agency, procedure), counts in sorted(totals.items()):
        key = {"month": month, "agency": agency, "procedure": procedure}
        row = insert(db, dossier_totals).values(key | {name: counts[name] for name in COUNTED})
        more = {name: dossier_totals.c[name] + row.excluded[name] for name in COUNTED}
        db.execute(row.on_conflict_do_update(index_elements=list(key), set_=more))


def forget_codes(db: Connection, before: datetime, most: int) -> int:
    """Take the codes out of rows set aside from files taken in before a moment; how many."""
    old = select(imports.c.id).where(imports.c.at < before)
    rows = db.execute(
        select(bad_rows.c.import_id, bad_rows.c.place)
        .where(bad_rows.c.code != "", bad_rows.c.import_id.in_(old))
        .limit(most)
    ).all()
    for number, place in rows:
        same = and_(bad_rows.c.import_id == number, bad_rows.c.place == place)
        db.execute(update(bad_rows).where(same).values(code=""))
    # Which dossiers those rows were of is not known any more: what the list lacks may be one of them.
    numbers = {number for number, _ in rows}
    db.execute(update(imports).where(imports.c.id.in_(numbers)).values(complete=False))
    return len(rows)


def forget_rows(db: Connection, before: datetime, most: int) -> int:
    """Remove rows set aside from files taken in before a moment; how many."""
    old = select(imports.c.id).where(imports.c.at < before)
    number = db.execute(select(func.min(bad_rows.c.import_id)).where(bad_rows.c.import_id.in_(old))).scalar_one()
    places = select(bad_rows.c.place).where(bad_rows.c.import_id == number).limit(most)
    return db.execute(delete(bad_rows).where(bad_rows.c.import_id == number, bad_rows.c.place.in_(places))).rowcount


def forget_polls(db: Connection, before: datetime, most: int) -> int:
    """Remove polls begun before a moment; how many.

    The last of each source stays, and its last good one: how old its figures are hangs on that.
    """
    polls = ledgers.polls
    last = select(func.max(polls.c.id)).group_by(polls.c.source)
    good = select(func.max(polls.c.id)).where(polls.c.state == ledgers.PollState.DONE).group_by(polls.c.source)
    which = and_(polls.c.begun_at < before, polls.c.id.not_in(last), polls.c.id.not_in(good))
    return _some(db, polls, which, most)


def _facts() -> Iterable[tuple[Table, Any]]:
    """Ledgers of dossiers, each with when it was written; those first that name others."""
    return (
        (ledgers.explanations, ledgers.explanations.c.at),
        (ledgers.explanation_requests, ledgers.explanation_requests.c.asked_at),
        (ledgers.apologies, ledgers.apologies.c.at),
        (ledgers.refused_apologies, ledgers.refused_apologies.c.at),
        (ledgers.pauses, ledgers.pauses.c.at),
    )


def forget_ledgers(db: Connection, before: datetime, most: int) -> int:
    """Remove at most so many rows of ledgers older than a moment, of dossiers that have gone; how many."""
    known = select(dossiers.c.matter)
    for table, at in _facts():
        which = and_(at < before, table.c.matter.not_in(known), table.c.matter.not_in(select(dossiers.c.id)))
        if gone := _some(db, table, which, most):
            return gone
    d, i = ledgers.dispatches, ledgers.dispatch_items
    asked = select(ledgers.explanation_requests.c.dispatch).where(ledgers.explanation_requests.c.dispatch.is_not(None))
    old = select(d.c.id).where(d.c.drafted_at < before, d.c.id.not_in(asked))
    first = db.execute(select(func.min(d.c.id)).where(d.c.id.in_(old))).scalar_one()
    if first is not None:
        places = select(i.c.place).where(i.c.dispatch == first).limit(most)
        gone = db.execute(delete(i).where(i.c.dispatch == first, i.c.place.in_(places))).rowcount
        return gone or db.execute(delete(d).where(d.c.id == first)).rowcount
    rests = select(ledgers.explanations.c.incoming).where(ledgers.explanations.c.incoming.is_not(None))
    came, log = ledgers.incoming_letters, ledgers.access_log
    return _some(db, came, and_(came.c.at < before, came.c.id.not_in(rests)), most) or _some(
        db, log, log.c.at < before, most
    )


def forget_letters(db: Connection, before: datetime, most: int) -> tuple[LetterRow, ...]:
    """Remove at most so many letters older than a moment that are on no way any more, with all that hangs on them.

    The letters as they were, for their copies in the mailbox; none once there are none.
    """
    t, letter = ground.tellings, ground.letters
    of_known = select(dossiers.c.id).where(t.c.key == dossiers.c.source + _SEPARATOR + dossiers.c.code).exists()
    waiting = select(t.c.letter).where(t.c.letter.is_not(None), or_(t.c.made_at >= before, of_known))
    which = and_(letter.c.made_at < before, letter.c.state.in_(_FINAL), letter.c.id.not_in(waiting))
    numbers = list(db.execute(select(letter.c.id).where(which).order_by(letter.c.id).limit(most)).scalars())
    rows = rows_of(db, letter.c.id.in_(numbers)) if numbers else []
    for table in (t, ground.letter_attachments, ground.letter_attempts, duty_tables.acknowledgements):
        db.execute(delete(table).where(table.c.letter.in_(numbers)))
    # A notice stays without its letter: it would be taken in anew out of a mailbox that is read whole.
    db.execute(update(duty_tables.bounces).where(duty_tables.bounces.c.letter.in_(numbers)).values(letter=None))
    db.execute(update(letter).where(letter.c.instead_of.in_(numbers)).values(instead_of=None))
    db.execute(delete(letter).where(letter.c.id.in_(numbers)))
    return tuple(rows)


def _some(db: Connection, table: Table, which: Any, most: int) -> int:
    some = select(table.c.id).where(which).limit(most)
    return db.execute(delete(table).where(table.c.id.in_(some))).rowcount
