"""A weekly log with its eight-week comparison, and a year computed anew: CPU seconds from the rows kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.cost import cost
from bench.office import office
from monitor.core.look import Cause, Kind, Look, Phases, Verdict
from monitor.core.period import Span
from monitor.core.reporting import parse_period, window_of
from monitor.core.service import Service, Step, Target
from monitor.reports import publishing, uptime_report
from monitor.store import looks, reading, writing

CODE = "2.001474"
WEEK = "2026-W47"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
WEEKS = 9
EVERY = timedelta(minutes=5)
TARGETS = 5
REPEATS = 5


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Five targets looked at each five minutes for nine weeks; at a smaller scale, fewer of them."""
    targets = tuple(
        Target(key=f"{CODE}-{number}", name=f"Địa chỉ {number}", steps=(Step(url="http://127.0.0.1/"),), public=False)
        for number in range(max(1, round(TARGETS * scale)))
    )
    service = Service(code=CODE, name="Khuyến mại", owner="so-cong-thuong", targets=targets, internal_target="0.99")
    with TemporaryDirectory() as place, office(Path(place), [service]) as app:
        with writing(app.engine) as db:
            kept = looks.add(db, _looks(targets))
        figures, letters = [], []
        for _ in range(REPEATS):
            with cost() as spent, reading(app.engine) as db:
                log = uptime_report.log_of(db, app.register, app.law, CODE, parse_period(WEEK), NOW)
            assert log.interruptions
            assert all(line.account for line in log.compared)
            figures.append(spent.s)
            with cost() as spent:
                uptime_report.mail(log)
            letters.append(spent.s)
    yield f"weekly log with its 8 weeks, the figures ({kept:,} looks)", median(figures), 1.0, "s"
    yield (
        "weekly log, figures, picture, workbook and letter",
        median(map(sum, zip(figures, letters, strict=True))),
        1.0,
        "s",
    )
    yield from _year(scale)


def _year(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """One target looked at each five minutes for a year (at a smaller scale less), as `--recompute` does it."""
    target = Target(key=f"{CODE}-0", name="Địa chỉ", steps=(Step(url="http://127.0.0.1/"),), public=False)
    service = Service(code=CODE, name="Khuyến mại", owner="so-cong-thuong", targets=(target,), internal_target="0.99")
    end = parse_period(WEEK).span.end
    span = Span(start=end - max(timedelta(weeks=1), timedelta(days=365) * scale), end=end)
    with TemporaryDirectory() as place, office(Path(place), [service]) as app:
        with writing(app.engine) as db:
            kept = looks.add(db, _looks((target,), span.end - span.start))
        with reading(app.engine) as db, cost() as spent:
            draft = publishing.draft(db, app.register, app.law, CODE, window_of(span), NOW)
    assert draft.log.interruptions
    yield f"a year of one target recomputed ({kept:,} looks)", spent.s, 5.0, "s"


def _looks(targets: tuple[Target, ...], length: timedelta = timedelta(weeks=WEEKS)) -> Iterator[Look]:
    """Looks to the end of the week, mostly up; outages of an hour, single failures, some that could not tell."""
    chance, end = random.Random(47), parse_period(WEEK).span.end
    for target in targets:
        at, state, left = end - length, Cause.NONE, 0
        while at < end:
            if not left:
                state = chance.choices((Cause.NONE, Cause.ACTION_MISSING, Cause.CHALLENGED), (95, 3, 2))[0]
                left = chance.choice((1, 12)) if state is not Cause.NONE else chance.randrange(1, 100)
            left -= 1
            yield _look(target, at + timedelta(seconds=chance.randrange(30)), state)
            at += EVERY


def _look(target: Target, at: datetime, cause: Cause) -> Look:
    verdict = {Cause.NONE: Verdict.UP, Cause.ACTION_MISSING: Verdict.DOWN, Cause.CHALLENGED: Verdict.UNKNOWN}[cause]
    return Look(
        service=CODE,
        target=target.key,
        vantage="trung-tam",
        kind=Kind.HTTP,
        at=at,
        received_at=at + timedelta(milliseconds=240),
        verdict=verdict,
        cause=cause,
        phases=Phases(name=3, connect=20, tls=60, first_byte=120, total=240),
        valid_for_ms=600_000,
        status=200,
        size=20_480,
        detail="" if cause is Cause.NONE else f"thiếu: Nộp trực tuyến ({cause.value})",
    )
