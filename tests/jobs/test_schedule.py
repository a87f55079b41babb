"""The timetable: what runs when, once, and late after a sleep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from jobs import schedule
from jobs.app import App
from jobs.clock import HandClock
from jobs.schedule import TIMETABLE, Appointed, Every, Lane
from monitor.config import Settings
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.register import load_register

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=ICT)


@pytest.fixture
def app(sqlite_engine: Engine) -> App:
    register = load_register("thanh-hoa")
    return App(
        settings=Settings(),
        clock=HandClock(MONDAY),
        engine=sqlite_engine,
        register=register,
        law=load_law(register.hours_of()),
    )


@dataclass
class Served:
    """A job that only remembers for which moments it ran."""

    moments: list[datetime] = field(default_factory=list)

    def run(self, _app: App, due: datetime, _now: datetime) -> None:
        self.moments.append(due)


def daily_at_eight(served: Served, tolerance: timedelta = timedelta(days=3)) -> Appointed:
    def next_due(_app: App, moment: datetime) -> datetime:
        day = moment.astimezone(ICT).replace(hour=8, minute=0, second=0, microsecond=0)
        return day if day > moment else day + timedelta(days=1)

    return Appointed(name="eight", lane=Lane.REPORTING, next_due=next_due, run=served.run, tolerance=tolerance)


def test_a_moment_is_served_once_however_often_it_is_asked_for(app: App) -> None:
    served = Served()
    entry = daily_at_eight(served)
    for minutes in (60, 61, 62, 300):
        schedule.perform(app, entry, MONDAY + timedelta(minutes=minutes))
    assert served.moments == [MONDAY + timedelta(hours=1)]


def test_after_a_sleep_only_the_latest_missed_moment_is_served(app: App) -> None:
    served = Served()
    schedule.perform(app, daily_at_eight(served), MONDAY + timedelta(days=2, hours=5))
    assert served.moments == [MONDAY + timedelta(days=2, hours=1)]


def test_a_moment_beyond_its_tolerance_is_let_go(app: App) -> None:
    served = Served()
    schedule.perform(app, daily_at_eight(served, timedelta(minutes=30)), MONDAY + timedelta(hours=5))
    assert served.moments == []


def test_a_moment_whose_job_failed_is_tried_again_within_a_minute(app: App) -> None:
    assert daily_at_eight(Served()).next_after(app, MONDAY) == MONDAY + timedelta(minutes=1)


def test_a_claim_that_died_is_served_by_the_next_process(app: App) -> None:
    def dies(_app: App, _due: datetime, _now: datetime) -> None:
        raise KeyboardInterrupt

    served = Served()
    entry = daily_at_eight(served)
    dying = Appointed(name="eight", lane=Lane.REPORTING, next_due=entry.next_due, run=dies, tolerance=entry.tolerance)
    with pytest.raises(KeyboardInterrupt):
        schedule.perform(app, dying, MONDAY + timedelta(hours=1))
    schedule.perform(app, entry, MONDAY + timedelta(hours=3))
    assert served.moments == [MONDAY + timedelta(hours=1)]


@pytest.mark.parametrize(
    ("moment", "next_beat"), [("07:00:00", "07:01:00"), ("07:00:59", "07:01:00"), ("07:01:00", "07:02:00")]
)
def test_a_beat_falls_on_the_full_minute(app: App, moment: str, next_beat: str) -> None:
    def clock(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-23T{text}+07:00")

    tick = next(entry for entry in TIMETABLE if entry.name == "tick")
    assert isinstance(tick, Every)
    assert tick.next_after(app, clock(moment)) == clock(next_beat)


def test_the_slots_of_a_day_off_fall_on_the_next_working_day(app: App) -> None:
    slot = next(entry for entry in TIMETABLE if entry.name == "slot")
    assert isinstance(slot, Appointed)
    moments = [MONDAY]
    for _ in range(4):
        moments.append(slot.next_due(app, moments[-1]))
    assert [f"{m.astimezone(ICT):%d/%m %H:%M}" for m in moments[1:]] == [
        "23/11 07:30",
        "23/11 13:30",
        "25/11 07:30",
        "25/11 13:30",
    ]


def test_no_two_entries_share_a_name() -> None:
    assert len({entry.name for entry in TIMETABLE}) == len(TIMETABLE)
