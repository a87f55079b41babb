"""A second vantage hands in its looks: all of them, in order, once, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs import deliver
from jobs.app import App
from jobs.clock import HandClock
from jobs.deliver import NotDelivered
from monitor.config import Settings
from monitor.core.look import Look
from monitor.law import load_law
from monitor.store import journal, looks, reading, replica, watches, writing
from monitor.web import create_app
from tests.monitor.web.site import NOW, look, register, served
from tests.servers.sqlite import new_store

AWAY, KEY = "so-cong-thuong", "khoa"


@pytest.fixture
def main(engine: Engine) -> Iterator[str]:
    """The main machine's address; its database is either kind."""
    settings = Settings(vantage_keys=f"{AWAY}={sha256(KEY.encode()).hexdigest()}")
    with served(create_app(engine, settings, register(), load_law, lambda: NOW)) as url:
        yield url


@pytest.fixture
def away(tmp_path: Path, main: str) -> Iterator[App]:
    """The second machine, which reports to the main one."""
    engine = new_store(tmp_path / "away.db")
    settings = Settings(var_dir=tmp_path, vantage=AWAY, report_to=main, report_key=KEY)
    yield App(settings=settings, clock=HandClock(NOW), engine=engine, register=register(), law=load_law())
    engine.dispose()


def seen(app: App, *minutes_ago: float) -> None:
    for minutes in minutes_ago:
        made: Look = replace(look("a", timedelta(minutes=minutes)), vantage=AWAY)
        with writing(app.engine) as db:
            looks.add(db, [made])


def heads(engine: Engine) -> dict[str, tuple[int, bytes]]:
    with reading(engine) as db:
        assert all(one.intact for one in journal.verify_all(db))
        return {entry.chain: (entry.seq, entry.digest) for entry in journal.heads(db)}


def elsewhere(app: App, **said: str) -> App:
    return replace(app, settings=app.settings.model_copy(update=said))


def test_what_was_seen_is_handed_in_as_it_comes(engine: Engine, away: App) -> None:
    seen(away, 60, 55, 50)
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)
    seen(away, 45, 90)  # the last one began before all others
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)
    deliver.run(away, NOW)
    assert heads(engine)[AWAY][0] == 5


def test_a_long_silence_is_made_up_in_pieces(engine: Engine, away: App) -> None:
    seen(away, *range(deliver.AT_ONCE + 200, 0, -1))
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)


def test_a_request_carries_no_more_rows_than_are_written_without_keeping_others_waiting(
    engine: Engine, away: App
) -> None:
    def at_once(minutes_ago: float, count: int) -> None:
        one = replace(look("a", timedelta(minutes=minutes_ago)), vantage=AWAY)
        with writing(away.engine) as db:
            looks.add(db, [replace(one, target=f"{number}") for number in range(count)])

    for minutes_ago, count in ((60, deliver.ROWS_AT_ONCE + 50), (55, 20), (50, deliver.ROWS_AT_ONCE - 10), (45, 5)):
        at_once(minutes_ago, count)
    taken = []
    while not taken or taken[-1] < 4:
        with reading(away.engine) as db:
            some = replica.after(db, AWAY, taken[-1] if taken else 0, deliver.AT_ONCE)
        taken.append(deliver.piece(some)[-1].entry.seq)
    assert taken == [1, 2, 4]
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)


@pytest.mark.parametrize("minutes", [(60, 54), (60, 55, 49)], ids=["fewer", "as many"])
def test_a_second_machine_whose_older_copy_knows_less_than_the_main_one_is_told(
    engine: Engine, away: App, tmp_path: Path, minutes: tuple[float, ...]
) -> None:
    seen(away, 60, 55, 50)
    deliver.run(away, NOW)
    other = replace(away, engine=new_store(tmp_path / "older.db"))
    seen(other, *minutes)
    with pytest.raises(NotDelivered, match="máy chính có mục 3 mà sổ của máy này không có"):
        deliver.hand_over(other, NOW)
    assert heads(engine) == heads(away.engine)
    other.engine.dispose()


def test_what_was_handed_in_is_not_asked_about_again_though_its_end_was_not_remembered(away: App) -> None:
    seen(away, 60)
    deliver.run(away, NOW)
    with writing(away.engine) as db:
        watches.set_mark(db, deliver.UNTIL, "0")
    deliver.run(away, NOW)
    deliver.hand_over(elsewhere(away, report_to="http://127.0.0.1:9"), NOW)


def test_while_the_main_machine_is_away_looks_wait_and_are_not_lost(engine: Engine, away: App) -> None:
    seen(away, 60, 55)
    gone = elsewhere(away, report_to="http://127.0.0.1:9")
    with pytest.raises(NotDelivered):
        deliver.hand_over(gone, NOW)
    deliver.run(gone, NOW)
    assert heads(engine) == {}
    seen(away, 50)
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)


def test_a_wrong_key_is_told_and_nothing_is_taken(engine: Engine, away: App) -> None:
    seen(away, 60)
    with pytest.raises(NotDelivered, match="máy chính trả lời 401: sai khóa"):
        deliver.hand_over(elsewhere(away, report_key="khác"), NOW)
    assert heads(engine) == {}


def test_a_look_that_waited_for_days_before_it_was_written_is_found(engine: Engine, away: App) -> None:
    seen(away, 10)
    deliver.run(away, NOW)
    seen(away, 10 * 24 * 60)
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)


def test_an_answer_that_was_lost_makes_nothing_come_twice(engine: Engine, away: App) -> None:
    seen(away, 60, 55, 50)
    deliver.run(away, NOW)
    with writing(away.engine) as db:
        watches.set_mark(db, deliver.UNTIL, "1")
    deliver.run(away, NOW)
    assert heads(engine) == heads(away.engine)


def test_a_second_machine_that_was_restored_from_an_older_copy_is_told(
    engine: Engine, away: App, tmp_path: Path
) -> None:
    seen(away, 60, 55, 50)
    deliver.run(away, NOW)
    other = replace(away, engine=new_store(tmp_path / "older.db"))
    seen(other, 60, 54, 49, 44)
    with pytest.raises(NotDelivered, match="không nối tiếp mục 3"):
        deliver.hand_over(other, NOW)
    assert heads(engine) == heads(away.engine)
    other.engine.dispose()


def test_without_a_main_machine_nobody_is_asked(away: App) -> None:
    seen(away, 60)
    deliver.run(elsewhere(away, report_to=""), NOW)
    with reading(away.engine) as db:
        assert watches.get_mark(db, deliver.UNTIL) is None
