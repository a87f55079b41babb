"""Over store, publication and export: looks late, shuffled or doubled change no figure, and the verifier agrees."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.core.look import Cause, Look, Verdict
from monitor.store import looks, notices, writing
from tests.monitor.store.given import MONDAY, look
from tests.monitor.verifier.exported import AWAY, IN_TIME, LOOKS, export, found, publish, verified
from tests.servers.sqlite import new_store

SAID = ((Verdict.UP, 6), (Verdict.DOWN, 3), (Verdict.UNKNOWN, 1))


def story(chance: random.Random) -> list[Look]:
    """Two hours and a little more, looked at from two places; states last a while."""
    seen: list[Look] = []
    for vantage in (LOOKS, AWAY):
        minute, verdict = -20.0, Verdict.UP
        while minute < 150:
            if chance.random() < 0.3:
                verdict = chance.choices([said for said, _ in SAID], [share for _, share in SAID])[0]
            cause = {Verdict.UP: Cause.NONE, Verdict.DOWN: Cause.TIMEOUT, Verdict.UNKNOWN: Cause.CHALLENGED}[verdict]
            seen.append(look(minute, verdict, cause=cause, vantage=vantage))
            minute += chance.choice((0.3, 5.0, 5.0, 5.2, 25.0))
    return sorted(seen, key=lambda one: (one.at, one.vantage))


def written(engine: Engine, seen: list[Look], chance: random.Random | None = None) -> None:
    """In order, each in a link of its own; or in whatever batches chance makes of them."""
    place = 0
    while place < len(seen):
        size = chance.randrange(1, 9) if chance else 1
        with writing(engine) as db:
            looks.add(db, seen[place : place + size])
        place += size


def of(folder: Path, name: str) -> Engine:
    engine = new_store(folder / name)
    with writing(engine) as db:
        notices.add(db, IN_TIME)
    return engine


def all_equal(engine: Engine, editions: int) -> None:
    """The exported journal holds, and every edition follows from it to the millisecond."""
    lines = export(engine)
    assert found(lines) == []
    assert [one.equal for one in verified(lines).publications] == [True] * editions


@pytest.mark.parametrize("seed", range(12))
def test_late_shuffled_and_doubled_looks_lead_to_the_same_figures_and_the_verifier_to_each_edition(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    seen = story(chance)
    orderly, messy = of(tmp_path, "in-order.db"), of(tmp_path, "any-order.db")
    written(orderly, seen)
    expected = publish(orderly)
    late = set(chance.sample(range(len(seen)), len(seen) // 3))
    soon = [one for place, one in enumerate(seen) if place not in late]
    again = [*soon, *chance.choices(soon, k=10)]
    chance.shuffle(again)
    written(messy, again, chance)
    publish(messy)
    then = [*(seen[place] for place in late), *chance.choices(seen, k=10)]
    chance.shuffle(then)
    written(messy, then, chance)
    all_equal(messy, editions=1)
    assert publish(messy, edition=2) == expected
    all_equal(messy, editions=2)
    all_equal(orderly, editions=1)
    for engine in (orderly, messy):
        engine.dispose()


def test_the_late_looks_of_these_stories_do_change_what_was_known_without_them(tmp_path: Path) -> None:
    changed = 0
    for seed in range(6):
        chance = random.Random(seed)
        seen = story(chance)
        figures: list[dict[str, Any]] = []
        for name, some in (("all", seen), ("some", seen[::2])):
            engine = of(tmp_path, f"{seed}-{name}.db")
            written(engine, some, chance)
            figures.append(publish(engine))
            engine.dispose()
        changed += figures[0] != figures[1]
    assert changed >= 4


def test_a_look_told_twice_with_another_word_is_the_first_one(tmp_path: Path) -> None:
    engine = of(tmp_path, "twice.db")
    first = look(30, Verdict.UP)
    written(engine, [first, look(35, Verdict.UP)])
    before = publish(engine)
    written(engine, [replace(first, verdict=Verdict.DOWN, cause=Cause.TIMEOUT), replace(first, at=first.at)])
    assert publish(engine, edition=2) == before
    assert first.at > MONDAY
    all_equal(engine, editions=2)
    engine.dispose()
