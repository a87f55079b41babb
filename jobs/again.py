"""A letter sent again because a person asks: as it is while it waits, written anew where it stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.presence import presence
from jobs.readers import Reader, for_whom, message_id_of, readers_of
from monitor.store import LetterRow, LetterState, letters, tellings, writing
from monitor.store.letters import MAIL

log = structlog.get_logger()


class NotAgain(Exception):
    """The letter cannot be sent again; the text, for the person who asked, says why and names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A letter that replaces one that stopped, and where it goes."""

    number: int
    address: str


def again(app: App, number: int, now: datetime, to: str = "") -> tuple[Newer, ...]:
    """Have a letter sent again; the newer letters that replace it, none where it goes out as it is.

    A letter is frozen, its address with it. One that merely waits is tried at once, the same to the byte. One that the
    server refused, or that had no address, is replaced by a letter with the same words to where its readers are
    reached today, or the way it went where that is none of mail; `to` says which address instead. Raises NotAgain.
    """
    with writing(app.engine) as db:
        row = letters.get(db, number)
        if row is None:
            raise NotAgain(f"Không có thư số {number}; xem `tthc outbox list`.")
        in_doubt = row.channel != MAIL and row.state is LetterState.UNCERTAIN
        if not to and not in_doubt and letters.again(db, number, now):
            return ()
        if row.state not in letters.STOPPED:
            raise NotAgain(f"Thư số {number} không ở tình trạng gửi lại được; xem `tthc outbox list`.")
        if row.channel != MAIL and not to:
            newer: tuple[Newer, ...] = (_same_way(db, row, now),)
        else:
            newer = tuple(_newer(db, row, reader, now) for reader in _readers(db, app, row, now, to))
        words = "; ".join(f"thư số {one.number}, gửi tới {one.address}" for one in newer)
        if not letters.replaced(db, number, words, now):
            raise NotAgain(f"Thư số {number} vừa được gửi đi; xem `tthc outbox list`.")
    log.info("letter.replaced", letter=number, by=[one.number for one in newer])
    return newer


def _readers(db: Connection, app: App, row: LetterRow, now: datetime, to: str) -> list[Reader]:
    """Who is to get it, and where; raise NotAgain where nobody can."""
    here = presence(db, app, now)
    posts = for_whom(db, here.register, row)
    if not row.live:
        if to or not app.settings.pilot_address:
            raise NotAgain("Thư chạy thử chỉ gửi tới PILOT_ADDRESS: đặt PILOT_ADDRESS trong .env, không dùng --to.")
        to = app.settings.pilot_address
    if to:
        return [Reader(address=to, posts=tuple(posts))]
    reached = [reader for reader in readers_of(posts, here) if reader.address]
    if not reached:
        names = "; ".join(row.message.to_names)
        raise NotAgain(
            f"Danh bạ chưa có địa chỉ của {names}: điền danh bạ (`tthc contacts export danh-ba.xlsx`), "
            "hoặc thêm --to ĐỊA-CHỈ vào lệnh này."
        )
    return reached


def _same_way(db: Connection, row: LetterRow, now: datetime) -> Newer:
    """A short message once more to where it went; raise NotAgain where that was asked before."""
    key = f"{row.key}/again/{row.id}"
    domain = row.message.sender.rpartition("<")[2].rstrip(">")
    message = replace(row.message, key=key, message_id=message_id_of(key, domain), date=now)
    number = letters.add_once(
        db,
        message=message,
        kind=row.kind,
        slot=row.slot,
        live=row.live,
        state=LetterState.WAITING,
        now=now,
        instead_of=row.instead_of,
        channel=row.channel,
    )
    if number is None:
        raise NotAgain(f"Thư số {row.id} đã được thay bằng một thư khác; xem `tthc outbox list`.")
    tellings.hand_on(db, row.id, tellings.people(db, row.id), number)
    return Newer(number=number, address=f"{row.channel}:{row.to_address}")


def _newer(db: Connection, row: LetterRow, reader: Reader, now: datetime) -> Newer:
    """The same words in a letter of its own, which a receiver does not take for a copy of the one that stopped."""
    key = f"{row.key}/again/{row.id}/{reader.key}"
    sent_by = row.message.sender.rpartition("<")[2].rstrip(">")
    message = replace(row.message, key=key, message_id=message_id_of(key, sent_by), date=now, to_address=reader.address)
    number = letters.add_once(
        db, message=message, kind=row.kind, slot=row.slot, live=row.live, state=LetterState.WAITING, now=now
    )
    if number is None:
        raise NotAgain(f"Thư số {row.id} đã được thay bằng một thư khác; xem `tthc outbox list`.")
    tellings.hand_on(db, row.id, (post.key for post in reader.whom), number)
    return Newer(number=number, address=reader.address)
