"""Which files of evidence stay: those of interruptions whose record is kept, of young looks, and what people gave."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from jobs import evidence
from jobs.app import App
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import MILLISECOND, Span, day_of, from_ms
from monitor.reports.handle import shared_with
from monitor.store import evidence_rows, interruptions, reading
from monitor.store.evidence_rows import Named

RECORD_YEARS = "interruption_record_years"
"""The rule that says how long the record of an interruption is kept."""
UNCONFIRMED = timedelta(days=90)
"""How long what never became an interruption is kept. No law says: a quarter's report is out, and questioned, by then;
and a page a minute of a portal that shields itself would fill the disk within the years of a record."""

_DAY_MS, _WEEK_MS = 86_400_000, 7 * 86_400_000
_MARGIN = timedelta(days=90)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Kept:
    """The files that stay, by the first 64 bits of their digest: who shares these with one that stays, stays too.

    `known` are the lists that any exhibit names, kept or not. `lost` is when the first look was whose list is not as it
    was kept: which pages it named is not known.
    """

    digests: array[int] = field(default_factory=lambda: array("Q"))
    known: array[int] = field(default_factory=lambda: array("Q"))
    lost: datetime = _NEVER
    lists_lost: int = 0

    def add(self, digest: str) -> None:
        """Keep a file."""
        with suppress(ValueError):
            self.digests.append(int(digest[:16], 16))

    def settle(self) -> None:
        """Make ready to be asked; nothing is added after that."""
        self.digests, self.known = (array("Q", sorted(some)) for some in (self.digests, self.known))

    def has(self, digest: str) -> bool:
        """Whether a file stays."""
        return _among(self.digests, digest)

    def names(self, digest: str) -> bool:
        """Whether a list is an exhibit's at all."""
        return _among(self.known, digest)


def _among(some: array[int], digest: str) -> bool:
    short = int(digest[:16], 16)
    place = bisect_left(some, short)
    return place < len(some) and some[place] == short


def kept_of(app: App, now: datetime) -> Kept:
    """What stays as of a night; every kept exhibit's list is read, for the files it names."""
    kept = Kept()
    with reading(app.engine) as db:
        for digest in evidence_rows.of_people(db):
            kept.add(digest)
        names = evidence_rows.targets(db)
    for name in names:
        with reading(app.engine) as db:
            spans = _joined(_records(db, app, name, now))
            some = [one for one in _known(kept, evidence_rows.of_target(db, name)) if _stays(one, spans, now)]
        for one in some:
            _keep(app, kept, one)
    kept.settle()
    return kept


def _known(kept: Kept, some: Iterable[Named]) -> Iterator[Named]:
    for one in some:
        with suppress(ValueError):  # altered by hand: its link tells
            kept.known.append(int(one.digest[:16], 16))
        yield one


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
