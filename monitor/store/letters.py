"""Letters on their way: put down once and frozen, claimed under a lease, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, literal, or_, select

from monitor.core.message import Message, Urgency
from monitor.store.letter_rows import LINE, MAIL, LetterLine, LetterRow, line, rows_of, written
from monitor.store.statements import chunks, insert
from monitor.store.states import LetterState
from monitor.store.tables import letter_attachments, letter_attempts, letters

__all__ = [
    "MAIL",
    "LetterLine",
    "LetterRow",
    "LetterState",
    "abandoned",
    "accepted",
    "add_once",
    "again",
    "came_back",
    "claim",
    "counts",
    "dead",
    "filed",
    "get",
    "known_as",
    "lines",
    "list_",
    "release",
    "replaced",
    "retry",
    "stopped",
    "unfiled",
]

LONGEST_WAIT = timedelta(hours=2)
"""No letter waits so long between two attempts: one that seems to was written by a clock that ran ahead."""
_UNSURE = LetterState.UNCERTAIN
_TRIED = (LetterState.WAITING, LetterState.UNCERTAIN)
STOPPED = (LetterState.DEAD, LetterState.BOUNCED, LetterState.NO_ADDRESS, *_TRIED)
"""What a newer letter may replace: it has not arrived for all we know, and nobody is sending it."""
_SOONEST = case({Urgency.NOW.value: 0, Urgency.WAKING.value: 1}, value=letters.c.urgency, else_=2)


def add_once(
    db: Connection,
    *,
    message: Message,
    kind: str,
    slot: datetime | None,
    live: bool,
    state: LetterState,
    now: datetime,
    instead_of: int | None = None,
    channel: str = MAIL,
) -> int | None:
    """Put a letter down as it will be sent, for ever; its number, or None where its key is taken already.

    `instead_of` is the letter that did not arrive, in whose place it goes; `channel` the way it goes.
    """
    row = written(message) | {
        "kind": kind,
        "channel": channel,
        "instead_of": instead_of,
        "slot": slot,
        "live": live,
        "state": state,
        "made_at": now,
        "next_at": now,
        "maybe_sent": False,
        "attempts": 0,
        "last_why": "",
    }
    once = insert(db, letters).values(row).on_conflict_do_nothing().returning(letters.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    if number is not None and message.attachments:
        attached = [
            {
                "letter": number,
                "place": place,
                "name": one.name,
                "media_type": one.media_type,
                "cid": one.cid,
                "content": one.content,
            }
            for place, one in enumerate(message.attachments)
        ]
        db.execute(letter_attachments.insert(), attached)
    return number


def claim(
    db: Connection,
    now: datetime,
    limit: int,
    lease_s: int,
    channel: str = MAIL,
    *,
    resend: bool = True,
    urgencies: Collection[Urgency] = tuple(Urgency),
) -> list[LetterRow]:
    """Take letters of a channel that are due, the urgent ones first, for so many seconds; nobody else gets them then.

    One whose lease ran out is taken again, since its sender died with it: it may have arrived, and goes out the same.
    Without `resend` what may have arrived is not taken: it stays uncertain until a person wants it sent again.
    What is of none of the `urgencies` waits on.
    """
    time_has_come = or_(letters.c.next_at <= now, letters.c.next_at > now + LONGEST_WAIT)
    lost = and_(letters.c.state == LetterState.SENDING, time_has_come)
    due = or_(and_(letters.c.state.in_(_TRIED if resend else (LetterState.WAITING,)), time_has_come), lost)
    wanted = select(letters.c.id, lost.label("lost")).where(
        due, letters.c.channel == channel, letters.c.urgency.in_(list(urgencies))
    )
    wanted = wanted.order_by(_SOONEST, letters.c.id).limit(limit).with_for_update(skip_locked=True)
    taken = {row.id: row.lost for row in db.execute(wanted)}
    again = [number for number, was_lost in taken.items() if was_lost]
    if again:
        doubt: dict[str, object] = {"maybe_sent": True} if resend else {"maybe_sent": True, "state": _UNSURE}
        db.execute(letters.update().where(letters.c.id.in_(again)).values(doubt))
        _note(db, again, LetterState.UNCERTAIN, "", now)
    if not resend:
        taken = {number: was_lost for number, was_lost in taken.items() if not was_lost}
    if not taken:
        return []
    lease = {"state": LetterState.SENDING, "claimed_at": now, "next_at": now + timedelta(seconds=lease_s)}
    db.execute(letters.update().where(letters.c.id.in_(list(taken))).values(lease))
    found = {row.id: row for row in rows_of(db, letters.c.id.in_(list(taken)))}
    return [found[number] for number in taken]


def accepted(db: Connection, letter: int, words: str, now: datetime) -> None:
    """The server has it, in whatever state it was meanwhile: what the server said is final."""
    db.execute(
        letters.update()
        .where(letters.c.id == letter)
        .values(state=LetterState.ACCEPTED, attempts=letters.c.attempts + 1, last_why=words, accepted_at=now)
    )
    _note(db, [letter], LetterState.ACCEPTED, words, now)


def retry(db: Connection, letter: int, why: str, next_at: datetime, *, uncertain: bool) -> None:
    """It was not taken this time, or (`uncertain`) it is not known whether; try again at `next_at`."""
    maybe = or_(letters.c.maybe_sent, literal(uncertain))
    after = {
        "state": case((maybe, LetterState.UNCERTAIN.value), else_=LetterState.WAITING.value),
        "maybe_sent": maybe,
        "next_at": next_at,
    }
    _ended(db, letter, after, LetterState.UNCERTAIN if uncertain else LetterState.WAITING, why)


def dead(db: Connection, letter: int, why: str) -> None:
    """The server will never take it."""
    _ended(db, letter, {"state": LetterState.DEAD}, LetterState.DEAD, why)


def came_back(db: Connection, letter: int, words: str, now: datetime) -> None:
    """A server had it, and says now that it did not arrive."""
    taken = (letters.c.id == letter) & (letters.c.state == LetterState.ACCEPTED)
    gone = letters.update().where(taken).values(state=LetterState.BOUNCED, last_why=words).returning(letters.c.id)
    if db.execute(gone).one_or_none() is not None:
        _note(db, [letter], LetterState.BOUNCED, words, now)


def _ended(db: Connection, letter: int, after: dict[str, object], what: LetterState, why: str) -> None:
    """An attempt that failed; it cannot undo what another sender reached after this one's lease ran out."""
    mine = (letters.c.id == letter) & (letters.c.state == LetterState.SENDING)
    values = {**after, "attempts": letters.c.attempts + 1, "last_why": why}
    tried = letters.update().where(mine).values(values).returning(letters.c.claimed_at)
    claimed_at = db.execute(tried).scalar_one_or_none()
    if claimed_at is not None:
        _note(db, [letter], what, why, claimed_at)


def release(db: Connection, ids: Sequence[int], next_at: datetime) -> None:
    """Give back letters that were claimed and not tried."""
    mine = letters.c.id.in_(list(ids)) & (letters.c.state == LetterState.SENDING)
    state = case((letters.c.maybe_sent, LetterState.UNCERTAIN.value), else_=LetterState.WAITING.value)
    db.execute(letters.update().where(mine).values(state=state, next_at=next_at))


def abandoned(db: Connection, now: datetime) -> None:
    """Free what a dead sender took, before its lease ends: for a daemon that begins, since there is no other one."""
    db.execute(letters.update().where(letters.c.state == LetterState.SENDING).values(next_at=now))


def again(db: Connection, letter: int, now: datetime) -> bool:
    """Have a letter that waits tried at the next beat, as it is; False for one in any other state."""
    mine = letters.c.state.in_(_TRIED) & (letters.c.id == letter)
    tried = letters.update().where(mine).values(next_at=now).returning(letters.c.id)
    return db.execute(tried).one_or_none() is not None


def replaced(db: Connection, letter: int, words: str, now: datetime) -> bool:
    """Take a letter off its way for good, since a newer one says the same; False for one that is not on it.

    One that a sender has just then is left to it.
    """
    mine = letters.c.state.in_(STOPPED) & (letters.c.id == letter)
    gone = letters.update().where(mine).values(state=LetterState.REPLACED, last_why=words)
    if db.execute(gone.returning(letters.c.id)).one_or_none() is None:
        return False
    _note(db, [letter], LetterState.REPLACED, words, now)
    return True


def stopped(db: Connection, kind: str, before: datetime) -> list[int]:
    """Letters of a kind, of slots before a moment, that may still be sent though nobody is sending them."""
    mine = letters.c.state.in_(STOPPED) & (letters.c.kind == kind) & (letters.c.slot < before)
    return list(db.scalars(select(letters.c.id).where(mine).order_by(letters.c.id)))


def unfiled(db: Connection, limit: int) -> list[LetterRow]:
    """Letters of which the mailbox folder has no copy yet, the oldest first."""
    first = select(letters.c.id).where(letters.c.filed_at.is_(None), letters.c.channel == MAIL)
    first = first.order_by(letters.c.id).limit(limit)
    numbers = list(db.scalars(first))
    return rows_of(db, letters.c.id.in_(numbers)) if numbers else []


def filed(db: Connection, letter: int, now: datetime) -> None:
    """The mailbox folder has a copy."""
    db.execute(letters.update().where(letters.c.id == letter).values(filed_at=now))


def get(db: Connection, letter: int) -> LetterRow | None:
    """One letter with everything in it."""
    return next(iter(rows_of(db, letters.c.id == letter)), None)


def known_as(db: Connection, message_id: str) -> int | None:
    """The number of the letter with a Message-ID; None where there is none."""
    wanted = select(letters.c.id).where(letters.c.message_id == message_id).order_by(letters.c.id).limit(1)
    number: int | None = db.execute(wanted).scalar_one_or_none()
    return number


def list_(db: Connection, limit: int, *, skip: int = 0, state: LetterState | None = None) -> list[LetterLine]:
    """The newest letters without their words, the newest first; of one state alone, or after the newest so many."""
    wanted = select(*LINE).order_by(letters.c.id.desc()).offset(skip).limit(limit)
    return [line(row) for row in db.execute(wanted if state is None else wanted.where(letters.c.state == state))]


def lines(db: Connection, numbers: Collection[int]) -> dict[int, LetterLine]:
    """Letters without their words, by number."""
    found: dict[int, LetterLine] = {}
    for some in chunks(sorted(numbers)):
        found.update((row.id, line(row)) for row in db.execute(select(*LINE).where(letters.c.id.in_(some))))
    return found


def counts(db: Connection) -> dict[LetterState, int]:
    """How many letters are in each state; a state without any is left out."""
    counted = select(letters.c.state, func.count().label("many")).group_by(letters.c.state)
    return {row.state: row.many for row in db.execute(counted)}


def _note(db: Connection, ids: Iterable[int], what: LetterState, words: str, at: datetime) -> None:
    db.execute(letter_attempts.insert(), [{"letter": one, "at": at, "what": what, "words": words} for one in ids])
