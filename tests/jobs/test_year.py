"""Weeks of telling lived through, every letter held against a plain oracle that shares nothing with the program."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from bench.plain_telling import Away, Facts, Outage, State, awake, expected, of_outages
from bench.telling_year import walked
from monitor.law import load_law
from tests.servers.sqlite import new_store

NOTED = {note.day: note.working for note in load_law().calendars["default"].notes}


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026 on a Vietnamese clock, bare."""
    return datetime.combine(date(2026, month, day), time(hour, minute))


def facts(**more: object) -> Facts:
    """One week in December during which the daemon runs."""
    posts = frozenset(f"so/{role}" for role in ("head", "deputy", "focal_point", "service_centre"))
    week = [(on(12, 7, 6), on(12, 12, 6))]
    return Facts(worked=NOTED, running=week, posts=posts, **more)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "seed"), [(date(2026, 1, 28), 7)], ids=["tet"])
def test_weeks_with_holidays_absences_downtime_and_failing_mail_tell_what_the_oracle_says(
    tmp_path: Path, first: date, seed: int
) -> None:
    year = walked(tmp_path, new_store(tmp_path / "tthc.db"), days=30, seed=seed, beat_s=7200, first=first)
    assert len(year.facts.running) > 1, "no downtime"
    assert year.troubles.shut
    assert {what: some[:5] for what, some in year.differences().items() if some} == {}
    assert len(year.rows) > 100
    year.app.engine.dispose()


def test_the_oracle_tells_a_dossier_as_the_register_words_it() -> None:
    state = State("open", on(11, 16, 8), on(11, 16, 9), on(12, 10, 17))
    one = facts(told={"H56": [(on(12, 7, 7), state)]}, agency={"H56": "so"})
    told = {(told.at, told.stage, told.post) for told in expected(one)}
    assert told == {
        *((on(12, 7, 7, 30), "three_days", f"so/{role}") for role in ("focal_point", "service_centre")),
        *((on(12, 8, 7, 30), "before_cut_off", f"so/{role}") for role in ("focal_point", "service_centre", "deputy")),
        *(
            (on(12, day, 7, 30), stage, post)
            for day, stage in ((9, "cut_off"), (10, "due"), (11, "late"))
            for post in one.posts
        ),
    }


def test_the_oracle_knows_who_reads_when_the_substitute_is_away_too() -> None:
    one = facts(away=[
        Away("so/focal_point", date(2026, 11, 24), date(2026, 11, 25), "so/head"),
        Away("so/head", date(2026, 11, 25), date(2026, 11, 25)),
        Away("so/deputy", date(2026, 11, 25), date(2026, 11, 25), "so/focal_point"),
    ])  # fmt: skip
    days = [date(2026, 11, day) for day in (23, 24, 25)]
    assert [one.reads("so/focal_point", day) for day in days] == ["so/focal_point", "so/head", "so/focal_point"]


def test_the_oracle_lets_heads_sleep_and_reads_a_slot_late_for_five_hours() -> None:
    assert awake(on(12, 7, 21)) == on(12, 8, 7)
    night = Outage(on(12, 7, 22), on(12, 7, 22, 1), on(12, 8, 5))
    assert {(stage, post.rpartition("/")[2]) for _, stage, post in of_outages(facts(outages=[night]))} == {
        ("opened", "duty"), ("ended", "duty"), ("ended_heads", "head"),
    }  # fmt: skip
    runs = [(on(12, 7, 6), on(12, 7, 13)), (on(12, 7, 18), on(12, 8, 13))]
    one = Facts(worked=NOTED, running=runs)
    assert [at for at, _ in one.slots()] == [
        on(12, 7, 7, 30), on(12, 7, 18), on(12, 8, 7, 30),
    ]  # fmt: skip
    assert one.after(on(12, 5, 3), 60) == on(12, 7, 8), "Saturday's hours are none"
