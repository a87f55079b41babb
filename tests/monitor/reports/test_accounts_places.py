"""A window read from the store gives the account that all looks ever made would give, for one place and for several."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span, day_of
from monitor.core.service import Service, Step, Target
from monitor.core.uptime import figures, measure
from monitor.law import load_law
from monitor.reports import accounts
from monitor.store import looks, writing
from tests.monitor.store.given import MONDAY

HOUR = timedelta(hours=1)
LONG = 12
"""Half a day of looks, drawn out so far, lasts longer than the day before a window that is read whatever is in it."""
PLACES = ("một", "hai", "ba")
TARGETS = ("a", "b")
SERVICE = Service(
    code="2.001474",
    name="Dịch vụ",
    owner="sct",
    targets=tuple(Target(key=key, name=key, steps=(Step(url="http://x"),)) for key in TARGETS),
)
_CAUSES = {Verdict.UP: Cause.NONE, Verdict.DOWN: Cause.TIMEOUT, Verdict.UNKNOWN: Cause.CHALLENGED}


def story(chance: random.Random) -> list[Look]:
    """Six days of looks from each place at each target, long silences and long failures among them."""
    made: list[Look] = []
    for place in PLACES:
        for target in TARGETS:
            at, verdict = MONDAY + chance.random() * LONG * HOUR, Verdict.UP
            while at < MONDAY + 12 * LONG * HOUR:
                if chance.random() < 0.2:
                    verdict = chance.choice(tuple(Verdict))
                at = at.replace(microsecond=at.microsecond // 1000 * 1000)
                made.append(
                    Look(
                        service=SERVICE.code,
                        target=target,
                        vantage=place,
                        kind=Kind.HTTP,
                        at=at,
                        received_at=at,
                        verdict=verdict,
                        cause=_CAUSES[verdict],
                        valid_for_ms=chance.choice((LONG * 600_000, LONG * 3_600_000)),
                    )
                )
                at += LONG * timedelta(minutes=chance.choice((3, 7, 20, 200)) * (0.5 + chance.random()))
    return made


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("quorum", [0, 1, 2, 3])
@pytest.mark.parametrize("dated", [False, True], ids=["always", "dated"])
def test_what_is_read_for_a_window_tells_as_much_as_everything(
    sqlite_engine: Engine, seed: int, quorum: int, dated: bool
) -> None:
    chance = random.Random(seed)
    since = day_of(MONDAY + chance.randrange(4) * timedelta(days=1)) if dated else None
    service = replace(SERVICE, vantages=PLACES if quorum else (), quorum=quorum or 1, vantages_from=since)
    every = story(chance)
    with writing(sqlite_engine) as db:
        looks.add(db, every)
        for _ in range(8):
            start = MONDAY + chance.random() * 11 * LONG * HOUR
            window = Span(start=start, end=start + chance.random() * 3 * LONG * HOUR)
            found = accounts.kept(db, load_law(), service, window, service.required_targets())
            read = accounts.account(service, found, window)
            assert figures(read) == figures(measure(window, every, service.policy, required=frozenset(TARGETS))), (
                seed,
                window,
            )


def seen(place: str, verdict: Verdict, hour: float) -> Look:
    at = MONDAY + hour * HOUR
    return Look(
        service=SERVICE.code,
        target="a",
        vantage=place,
        kind=Kind.HTTP,
        at=at,
        received_at=at,
        verdict=verdict,
        cause=_CAUSES[verdict],
        valid_for_ms=7_200_000,
    )


TURNS = [(30, 60), (90, 120)], [(59, 91), (119, 150)]


@pytest.mark.parametrize("turns", [TURNS, TURNS[::-1]], ids=["first", "second"])
def test_places_that_take_turns_make_one_interruption_from_its_beginning_to_its_end(
    sqlite_engine: Engine, turns: tuple[list[tuple[int, int]], ...]
) -> None:
    with writing(sqlite_engine) as db:
        for place, times in zip(("một", "hai"), turns, strict=True):
            down = {hour for start, end in times for hour in range(start, end)}
            looks.add(db, [seen(place, Verdict.DOWN if hour in down else Verdict.UP, hour) for hour in range(170)])
        service = replace(SERVICE, targets=SERVICE.targets[:1], vantages=("một", "hai"), quorum=1)
        for start in range(25, 160, 5):
            window = Span(start=MONDAY + start * HOUR, end=MONDAY + (start + 1) * HOUR)
            found = accounts.kept(db, load_law(), service, window, service.required_targets())
            told = accounts.account(service, found, window).interruptions
            within = 30 <= start < 150
            assert [(one.first_bad, one.first_good) for one in told] == [
                (MONDAY + 30 * HOUR, MONDAY + 150 * HOUR)
            ] * within, start
