"""What is kept no longer goes by night: raw files, dossiers that ended long ago, ledgers of those that have gone."""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection

from jobs import reading
from jobs.app import App
from monitor.core.law import RuleUnknown
from monitor.core.period import at, day_of
from monitor.store import EventKind, events, expiry, watches, writing
from monitor.store import reading as reading_from
from monitor.store.expiry import Ended
from notifiers.mailbox import file_name

log = structlog.get_logger()

RAW_DAYS, EVENT_MONTHS, LEDGER_YEARS = "raw_import_days", "dossier_event_months", "ledger_years"
LISTED = timedelta(days=90)
"""A dossier whose source has listed it within so long stays: gone, it would come back with the next list."""
AIM_S = 0.1
"""How long one transaction may hold the database; lots grow and shrink towards it."""
SMALLEST, LARGEST = 10, 1_000
_GONE = "expiry/gone"
_COPIES = "expiry/copies"
"""Marks: how many went since it was last told; copies in the mailbox whose letters have gone."""
_BESIDE = frozenset({"lock", "state.json"})

Lot = Callable[[Connection, int], int]
"""Removes at most so many; how many went."""


def run(app: App, _due: datetime, now: datetime) -> None:
    """Remove what the rules let go, in short transactions; an event says how much. Without a rule nothing goes.

    Each lot is whole by itself, with its share of the count: a night that is broken off is gone on with by the next.
    """
    day = day_of(now)
    if (days := _rule(app, RAW_DAYS, day)) is not None:
        _files(app, now - timedelta(days=days))
        _lots(app, "mã ở dòng để riêng", lambda db, most: expiry.forget_codes(db, now - timedelta(days=days), most))
    if (months := _rule(app, EVENT_MONTHS, day)) is not None:
        before = at(_months_before(day, months))
        with contextlib.suppress(BlockingIOError), reading.alone(app, wait=False):
            _dossiers(app, before, now)
        _lots(app, "dòng để riêng", lambda db, most: expiry.forget_rows(db, before, most))
        _lots(app, "lần lấy dữ liệu", lambda db, most: expiry.forget_polls(db, before, most))
    if (years := _rule(app, LEDGER_YEARS, day)) is not None:
        old = at(_months_before(day, 12 * years))
        _lots(app, "dòng sổ", lambda db, most: expiry.forget_ledgers(db, old, most))
        _letters(app, old)
    _told(app, now)


def _rule(app: App, key: str, day: date) -> int | None:
    try:
        return app.law.rule(key, day).value
    except RuleUnknown:
        return None


def _months_before(day: date, months: int) -> date:
    """The same day so many months before; the first of the next one where that month has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def _files(app: App, before: datetime) -> None:
    """Files that were taken in or refused, with their reports, and what polls left behind."""
    gone = 0
    for path in _raw(app.settings.var_dir):
        with contextlib.suppress(FileNotFoundError):
            report = path.with_name(path.name + ".txt")
            # A report is as old as the taking in; the file itself keeps the time at which it was exported.
            since = report if report.exists() else path
            if since.stat().st_mtime < before.timestamp():
                path.unlink()
                report.unlink(missing_ok=True)
                gone += 1
    if gone:
        with writing(app.engine) as db:
            _count(db, "tệp nguồn", gone)


def _raw(var_dir: Path) -> Iterator[Path]:
    for pattern in ("inbox/done/*", "inbox/failed/*", "inbox/*/done/*", "inbox/*/failed/*", "polls/*/*", "polls/*/*/*"):
        for path in sorted(var_dir.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.name not in _BESIDE:
                yield path


def _dossiers(app: App, before: datetime, now: datetime) -> None:
    after, most = 0, SMALLEST
    kept = now - before
    while True:
        app.hearts.on()
        with reading_from(app.engine) as db:
            some = expiry.ended(db, before, now - LISTED, after=after, most=most)
        if not some:
            return
        after = some[-1].number
        begun = time.monotonic()
        with writing(app.engine) as db:
            _let_go(db, some, kept)
        most = _adapted(most, time.monotonic() - begun)


def _let_go(db: Connection, some: tuple[Ended, ...], kept: timedelta) -> None:
    expiry.let_go(db, some, kept)
    _count(db, "hồ sơ", len(some))


def _lots(app: App, what: str, lot: Lot, *, after: Callable[[], None] = lambda: None) -> None:
    most = SMALLEST
    while True:
        app.hearts.on()
        begun = time.monotonic()
        with writing(app.engine) as db:
            gone = lot(db, most)
            if gone:
                _count(db, what, gone)
        if not gone:
            return
        most = _adapted(most, time.monotonic() - begun)
        after()


def _letters(app: App, before: datetime) -> None:
    """Letters, and after each lot their copies: without its letter nobody would know a copy's name, so it is marked."""

    def lot(db: Connection, most: int) -> int:
        gone = expiry.forget_letters(db, before, min(most, 20))
        if gone:
            _mark_copies(db, [*_copies(db), *(file_name(row.message) for row in gone)])
        return len(gone)

    _unlink(app)
    _lots(app, "thư", lot, after=lambda: _unlink(app))


def _unlink(app: App) -> None:
    """Remove the copies of letters that have gone for good; one that cannot be removed is tried again next time."""
    with reading_from(app.engine) as db:
        marked = _copies(db)
    left = [name for name in marked if not _removed(app.settings.var_dir / "mailbox" / name)]
    if left != marked:
        with writing(app.engine) as db:
            _mark_copies(db, left)


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("expiry.copy_stays", file=path.name, why=error.strerror)
        return False
    return True


def _copies(db: Connection) -> list[str]:
    names: list[str] = json.loads(watches.get_mark(db, _COPIES) or "[]")
    return names


def _mark_copies(db: Connection, names: list[str]) -> None:
    watches.set_mark(db, _COPIES, json.dumps(names))


def _adapted(most: int, took_s: float) -> int:
    return min(LARGEST, max(SMALLEST, int(most * min(2.0, AIM_S / max(took_s, 0.001)))))


def _count(db: Connection, what: str, gone: int) -> None:
    """Keep the count in the transaction that removes, so that no crash parts them."""
    known = Counter[str](json.loads(watches.get_mark(db, _GONE) or "{}"))
    known[what] += gone
    watches.set_mark(db, _GONE, json.dumps(known, ensure_ascii=False))


def _told(app: App, now: datetime) -> None:
    with writing(app.engine) as db:
        known = json.loads(watches.get_mark(db, _GONE) or "{}")
        if known:
            events.add(db, now, EventKind.EXPIRED, "; ".join(f"{count} {what}" for what, count in known.items()))
            watches.set_mark(db, _GONE, "{}")
    log.info("expiry.removed", rows=sum(known.values()))
