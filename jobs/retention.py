"""How long evidence is kept: each night the files go that no interruption, person or publication needs any more."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection

from jobs import evidence
from jobs.app import App
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import MILLISECOND, Span, day_of, from_ms, to_ms
from monitor.reports.handle import shared_with
from monitor.store import EventKind, events, evidence_rows, interruptions, reading, watches, writing
from monitor.store.evidence_rows import Named

log = structlog.get_logger()

RECORD_YEARS = "interruption_record_years"
"""The rule that says how long the record of an interruption is kept."""
UNCONFIRMED = timedelta(days=90)
"""How long what never became an interruption is kept. No law says: a quarter's report is out, and questioned, by then;
and a page a minute of a portal that shields itself would fill the disk within the years of a record."""
LEFTOVER = timedelta(days=1)
"""A file is written before the row that names it; one that no row names after a day, none ever will."""

_DAY_MS, _WEEK_MS = 86_400_000, 7 * 86_400_000
_MARGIN = timedelta(days=90)
_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}")
_SEALED = "retention/sealed"
_GOING = ".going-"
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Kept:
    """The files that stay, by the first 64 bits of their digest: who shares these with one that stays, stays too.

    `lost` is when the first look was whose list is not as it was kept: which pages it named is not known.
    """

    digests: array[int] = field(default_factory=lambda: array("Q"))
    lost: datetime = _NEVER
    lists_lost: int = 0

    def add(self, digest: str) -> None:
        """Keep a file."""
        with suppress(ValueError):
            self.digests.append(int(digest[:16], 16))

    def settle(self) -> None:
        """Make ready to be asked; nothing is added after that."""
        self.digests = array("Q", sorted(self.digests))

    def has(self, digest: str) -> bool:
        """Whether a file stays."""
        short = int(digest[:16], 16)
        place = bisect_left(self.digests, short)
        return place < len(self.digests) and self.digests[place] == short


def run(app: App, _due: datetime, now: datetime) -> None:
    """Remove what is kept no longer. Its rows stay, sealed as they are: only the files go, and an event says how many.

    They are moved aside first, then counted and sealed, then deleted: a night that is broken off is ended by the next.
    """
    folder = app.settings.var_dir / "evidence"
    if not folder.is_dir():
        return
    going = _going(app, folder, now)
    kept = _kept(app, now)
    spared = _move_aside(folder, kept, going, now)
    count, size = _counted(going)
    if count:
        with writing(app.engine) as db:
            events.add(db, now, EventKind.EVIDENCE_REMOVED, f"{count} tệp, {size} byte")
            watches.set_mark(db, _SEALED, going.name)
    _delete(going)
    log.info("retention.removed", files=count, bytes=size, spared=spared)
    if kept.lists_lost:
        log.warning("retention.lists_lost", lists=kept.lists_lost, since=kept.lost.isoformat(), spared=spared)


def _going(app: App, folder: Path, now: datetime) -> Path:
    """Where to move what goes: into what a broken-off night left, unless that was sealed and has only to be deleted."""
    with reading(app.engine) as db:
        sealed = watches.get_mark(db, _SEALED)
    left = [place for place in sorted(folder.glob(f"{_GOING}*")) if place.is_dir()]
    for place in left:
        if place.name == sealed:
            _delete(place)
    unsealed = [place for place in left if place.name != sealed]
    return unsealed[0] if unsealed else folder / f"{_GOING}{to_ms(now)}"


def _kept(app: App, now: datetime) -> Kept:
    kept = Kept()
    with reading(app.engine) as db:
        for digest in evidence_rows.of_people(db):
            kept.add(digest)
        names = evidence_rows.targets(db)
    for name in names:
        with reading(app.engine) as db:
            spans = _joined(_records(db, app, name, now))
            some = [one for one in evidence_rows.of_target(db, name) if _stays(one, spans, now)]
        for one in some:
            _keep(app, kept, one)
    kept.settle()
    return kept


def _stays(one: Named, spans: Sequence[Span], now: datetime) -> bool:
    at = from_ms(one.at)
    return at >= now - UNCONFIRMED or _within(spans, at)


def _within(spans: Sequence[Span], at: datetime) -> bool:
    """Whether a moment is in one of some spans, which are in order and do not meet."""
    place = bisect_right(spans, at, key=_start)
    return place > 0 and at in spans[place - 1]


def _start(span: Span) -> datetime:
    return span.start


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that meet as one."""
    made: list[Span] = []
    for span in sorted(spans, key=_start):
        if made and span.start <= made[-1].end:
            made[-1] = Span(start=made[-1].start, end=max(made[-1].end, span.end))
        else:
            made.append(span)
    return made


def _keep(app: App, kept: Kept, one: Named) -> None:
    kept.add(one.digest)
    listed = evidence.read(app.settings.var_dir, one.digest)
    if listed is not None:
        for name in ("body", "screenshot"):
            kept.add(str(listed.get(name, "")))
    elif one.vantage == app.settings.vantage:
        kept.lost = min(kept.lost, from_ms(one.at))
        kept.lists_lost += 1


def _records(db: Connection, app: App, key: str, now: datetime) -> list[Span]:
    """The interruptions of a target whose record is kept still, from the last good look before to the first good after.

    As the looks tell them and as the alerts knew them. A target that the register no longer has, keeps everything for
    as long; a reference has no interruptions.
    """
    service = next((s for s in app.register.services.values() for t in s.targets if key in {t.key, *t.formerly}), None)
    oldest = _expired(app.law, now)
    if service is None:
        return [Span(start=oldest, end=now)]
    target = next(t for t in service.targets if key in {t.key, *t.formerly})
    if target.control:
        return []
    keys = {target.key, *target.formerly}
    rows = [
        _whole(row.last_good or row.first_bad, row.first_good, now)
        for row in interruptions.between(db, Span(start=oldest, end=now))
        if row.target in keys
    ]
    known = _joined(rows)
    failed = evidence_rows.failed(db, key, oldest - _MARGIN, now - UNCONFIRMED)
    # What the alerts knew need not be folded again, and that is nearly all.
    folded = [
        _whole(one.last_good or one.first_bad, one.first_good, now)
        for window in _windows(at for at in failed if not _within(known, from_ms(at)))
        for one in shared_with(db, app.law, service, window)
        if one.target == target.key
    ]
    return [one for one in (*known, *folded) if one.end > oldest]


def _whole(start: datetime, end: datetime | None, now: datetime) -> Span:
    return Span(start=start, end=max(end or now, start) + MILLISECOND)


def _windows(failed: Iterable[int]) -> Iterator[Span]:
    """Stretches, of a week at most, in which looks failed at least once a day."""
    first = last = None
    for at in failed:
        if first is None or last is None or at - last > _DAY_MS or at - first > _WEEK_MS:
            if first is not None and last is not None:
                yield Span(start=from_ms(first), end=from_ms(last) + MILLISECOND)
            first = at
        last = at
    if first is not None and last is not None:
        yield Span(start=from_ms(first), end=from_ms(last) + MILLISECOND)


def _expired(law: Law, now: datetime) -> datetime:
    """The moment before which an interruption must have ended for its record to be kept no longer."""
    try:
        years = law.rule(RECORD_YEARS, day_of(now)).value
    except RuleUnknown:
        return from_ms(0)
    return now - timedelta(days=years * 365 + years // 4 + 1)


def _move_aside(folder: Path, kept: Kept, going: Path, now: datetime) -> int:
    """Move away what is named by nothing that stays, a file after the other; how many are spared for a lost list."""
    going.mkdir(mode=0o700, exist_ok=True)
    spared = 0
    for path in _files(folder):
        named = _NAME.fullmatch(path.name)
        if named and kept.has(named[1]):
            continue
        if named is None and not path.name.startswith("."):
            continue
        try:
            age = path.stat().st_mtime
            if age > (now - LEFTOVER).timestamp():
                continue
            if path.suffix in {".html", ".png"} and age >= (kept.lost - LEFTOVER).timestamp():
                spared += 1
                continue
            _move(path, going / path.name, now)
        except FileNotFoundError:
            continue
    return spared


def _files(folder: Path) -> Iterator[Path]:
    for place in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        with os.scandir(place) as some:
            yield from [Path(one.path) for one in some if one.is_file(follow_symlinks=False)]


def _move(path: Path, aside: Path, now: datetime) -> None:
    """Move a file away, and back if it was wanted again at that moment: `keeping.keep` makes young what it finds."""
    path.replace(aside)
    if aside.stat().st_mtime > (now - LEFTOVER).timestamp():
        aside.replace(path)


def _counted(going: Path) -> tuple[int, int]:
    with os.scandir(going) as some:
        sizes = [one.stat().st_size for one in some]
    return len(sizes), sum(sizes)


def _delete(going: Path) -> None:
    with os.scandir(going) as some:
        for one in some:
            os.unlink(one.path)
    going.rmdir()
