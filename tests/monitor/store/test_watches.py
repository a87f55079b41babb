"""What is remembered between looks, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from monitor.core.interruption import Watch
from monitor.core.look import Cause
from monitor.store import reading, watches, writing

NOON = datetime(2026, 11, 24, 5, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "watch",
    [
        Watch(target="cong/2.001474"),
        Watch(target="cong/2.001474", last_good=NOON),
        Watch(
            target="cong/2.001474",
            last_good=NOON,
            first_bad=NOON,
            last_bad=NOON,
            failed_looks=3,
            cause=Cause.TIMEOUT,
            confirmed=True,
        ),
    ],
)
def test_a_watch_comes_back_as_it_was_saved(engine: Engine, watch: Watch) -> None:
    with writing(engine) as db:
        watches.save(db, Watch(target=watch.target, last_good=NOON, failed_looks=9))
        watches.save(db, watch)
    with reading(engine) as db:
        assert watches.load(db, watch.target) == watch


def test_nothing_is_remembered_of_a_target_never_looked_at(engine: Engine) -> None:
    with reading(engine) as db:
        assert watches.load(db, "moi") == Watch(target="moi")
        assert watches.get_mark(db, "live") is None


def test_a_mark_takes_the_place_of_the_one_before(engine: Engine) -> None:
    with writing(engine) as db:
        watches.set_mark(db, "live", "hôm qua")
        watches.set_mark(db, "live", "hôm nay")
    with reading(engine) as db:
        assert watches.get_mark(db, "live") == "hôm nay"


def test_what_fails_midway_leaves_nothing_behind(engine: Engine) -> None:
    def fails() -> None:
        with writing(engine) as db:
            watches.set_mark(db, "live", "nửa chừng")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    with reading(engine) as db:
        assert watches.get_mark(db, "live") is None
