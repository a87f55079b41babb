"""Looks: kept as they were made, once each, and read back with all that bears on a window."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.core.look import Cause, Kind, Look, Phases, Verdict
from monitor.core.period import Span
from monitor.store import journal, looks, open_store, reading, writing
from tests.monitor.store.given import CHECK, MINUTE, MONDAY, SERVICE, TARGET, look, looks_of

DAY = Span(start=MONDAY, end=MONDAY + timedelta(days=1))


def keep(engine: Engine, some: Sequence[Look]) -> int:
    with writing(engine) as db:
        return looks.add(db, some)


@pytest.mark.parametrize(
    "seen",
    [
        look(),
        look(verdict=Verdict.DOWN, cause=Cause.DNS, status=None, size=None, phases=Phases(total=5_000)),
        look(kind=Kind.BROWSER, verdict=Verdict.UNKNOWN, cause=Cause.CHALLENGED, detail="Cloudflare · sha256 ab12"),
        look(received_at=MONDAY, size=5 * 2**32),
    ],
)
def test_a_look_comes_back_as_it_was_made(engine: Engine, seen: Look) -> None:
    assert keep(engine, [seen]) == 1
    with reading(engine) as db:
        assert looks.between(db, [TARGET], DAY) == [seen]
        assert looks.last(db, TARGET) == seen
        assert looks.first(db, [TARGET, "khác"]) == seen.at


def test_a_look_during_which_the_clock_was_set_by_years_is_kept_and_holds_up_no_other(engine: Engine) -> None:
    keep(engine, [look(received_at=MONDAY + timedelta(days=20_000)), look(5)])
    with reading(engine) as db:
        first, second = looks.between(db, [TARGET], DAY)
        assert all(chain.intact for chain in journal.verify_all(db))
    assert (first.at, second) == (MONDAY, look(5))


def test_a_look_read_back_is_as_frozen_as_any(sqlite_engine: Engine) -> None:
    keep(sqlite_engine, [look()])
    with reading(sqlite_engine) as db:
        kept = looks.last(db, TARGET)
    assert kept is not None
    assert (hash(kept), repr(kept)) == (hash(look()), repr(look()))
    with pytest.raises(AttributeError):
        kept.status = 500  # type: ignore[misc]


def test_a_look_known_already_changes_nothing_and_is_sealed_once(engine: Engine) -> None:
    keep(engine, [look(0), look(5)])
    assert keep(engine, [look(5, Verdict.DOWN), look(10), look(10, Verdict.DOWN)]) == 1
    assert keep(engine, [look(0)]) == 0
    assert keep(engine, []) == 0
    with reading(engine) as db:
        assert looks.between(db, [TARGET], DAY) == [look(0), look(5), look(10)]
        (chain,) = journal.verify_all(db)
    assert (chain.name, chain.entries, chain.intact) == ("trung-tâm", 2, True)


def test_two_vantages_have_a_chain_each(engine: Engine) -> None:
    keep(engine, [look(vantage="trung-tâm"), look(vantage="nhà-mạng")])
    with reading(engine) as db:
        assert len(looks.between(db, [TARGET], DAY)) == 2
        assert [entry.chain for entry in journal.heads(db)] == ["nhà-mạng", "trung-tâm"]


def test_words_no_database_takes_are_mended_and_not_refused(engine: Engine) -> None:
    keep(engine, [look(detail="a\0b\ud800c")])
    with reading(engine) as db:
        kept = looks.last(db, TARGET)
        assert kept is not None
        assert kept.detail == "a\ufffdb?c"
        assert all(chain.intact for chain in journal.verify_all(db))


@pytest.mark.parametrize(
    ("before", "read"),
    [
        ("", ""),
        ("uuuu", "u"),
        ("uuud", "ud"),
        ("uudd", "udd"),
        ("dddd", "dddd"),
        ("ud?d", "udd"),
        ("u??d", "ud"),
        ("ddud", "ud"),
        ("????", ""),
        ("du??", "u"),
    ],
)
def test_before_a_window_is_read_what_is_conclusive_since_the_last_good_look(
    engine: Engine, before: str, read: str
) -> None:
    long_ago = looks_of(before, first=-10_000, every=60)
    keep(engine, [*long_ago, *looks_of("uu", first=1)])
    with reading(engine) as db:
        found = looks.between(db, [TARGET], DAY)
    letters = {Verdict.UP: "u", Verdict.DOWN: "d", Verdict.UNKNOWN: "?"}
    assert "".join(letters[one.verdict] for one in found) == read + "uu"


def test_an_unknown_look_is_read_as_far_back_as_two_of_the_longest_intervals(engine: Engine) -> None:
    keep(engine, [look(-2879, Verdict.UNKNOWN), look(-2881, Verdict.UNKNOWN)])
    with reading(engine) as db:
        assert [one.at for one in looks.between(db, [TARGET], DAY)] == [MONDAY - 2879 * MINUTE]


def test_a_window_is_half_open_and_holds_only_the_targets_asked_for(engine: Engine) -> None:
    other = look(target="bộ/2.001474")
    keep(engine, [look(0), look(1439), look(1440), other])
    with reading(engine) as db:
        assert [one.at for one in looks.between(db, [TARGET, "khác"], DAY)] == [MONDAY, MONDAY + 1439 * MINUTE]
        assert looks.between(db, [], DAY) == []
        assert looks.last(db, "khác") is None
        assert looks.first(db, ["khác"]) is None


def test_what_people_saw_is_kept_apart(engine: Engine) -> None:
    with writing(engine) as db:
        looks.add_manual(db, CHECK)
    with reading(engine) as db:
        assert looks.manual_between(db, SERVICE, DAY) == [CHECK]
        assert looks.manual_between(db, "1.000001", DAY) == []
        assert looks.manual_between(db, SERVICE, Span(start=MONDAY + MINUTE, end=DAY.end)) == []
        assert looks.between(db, [TARGET], DAY) == []


def test_a_look_takes_at_most_190_bytes_with_its_seal(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'tthc.db'}")
    empty, many = _size(engine, tmp_path), 600
    for minute in range(many):
        keep(engine, [look(minute, target=f"2.001474/{minute % 2}")])
    assert (_size(engine, tmp_path) - empty) / many <= 190
    engine.dispose()


def _size(engine: Engine, folder: Path) -> int:
    with engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "tthc.db").stat().st_size


@pytest.mark.slow
def test_looks_that_waited_an_hour_are_written_in_under_250_ms_a_thousand(sqlite_engine: Engine) -> None:
    waited = [look(minute / 10, target=f"2.001474/{minute % 200}") for minute in range(1_000)]
    begun = time.perf_counter()
    assert keep(sqlite_engine, waited) == 1_000
    assert time.perf_counter() - begun < 0.25
