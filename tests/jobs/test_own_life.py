"""The monitor's own life, from its beats to what is printed of it; what hangs is missed, what gets on is not."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jobs import beat, status, watchdog
from jobs.bell import Bell
from jobs.hearts import LOOKING, RECORDING, Hearts
from jobs.pulse import Pulse
from monitor.core.drill import Drill, Outcome
from monitor.core.life import Absence
from monitor.core.period import Span
from monitor.reports import own_life
from monitor.store import EventKind, beats, drills, events, reading, writing
from tests.jobs.conftest import Office, moment

T0 = moment("23/11/2026 08:00")


def felt(pulse: Pulse, wall_s: float, monotonic: float, *, slept: float = 0, silence: float = 0) -> None:
    pulse.feel(T0 + timedelta(seconds=wall_s), monotonic, slept, silence)


def told(pulse: Pulse) -> list[tuple[float, float, str]]:
    second = timedelta(seconds=1)
    return [((s.began - T0) / second, (s.last - T0) / second, s.ended) for s in pulse.stretches()]


def test_a_pulse_moves_on_while_everything_gets_on() -> None:
    pulse = Pulse()
    for s in range(0, 100, 5):
        felt(pulse, s, s)
    assert told(pulse) == [(0, 95, "")]


def test_a_clock_set_forward_is_a_gap_and_one_set_back_begins_anew() -> None:
    pulse = Pulse()
    felt(pulse, 0, 0)
    felt(pulse, 5, 5)
    felt(pulse, 3610, 10)
    felt(pulse, 15, 15)
    assert told(pulse) == [(0, 5, "clock_set"), (3610, 3610, "clock_set"), (15, 15, "")]


def test_a_machine_that_slept_is_known_by_its_clock_that_counts_sleep() -> None:
    pulse = Pulse()
    felt(pulse, 0, 0)
    felt(pulse, 3605, 5, slept=3600)
    assert told(pulse) == [(0, 0, "asleep"), (3605, 3605, "")]


def test_a_process_that_stood_still_did_not_live() -> None:
    pulse = Pulse()
    felt(pulse, 0, 0)
    felt(pulse, 600, 600)
    assert told(pulse) == [(0, 0, "hung"), (600, 600, "")]


def test_hearts_that_are_silent_hold_the_pulse_where_they_beat_last() -> None:
    pulse = Pulse()
    felt(pulse, 0, 0)
    for s in range(5, 300, 5):
        felt(pulse, s, s, silence=max(0, s - 20))
    assert told(pulse) == [(0, 20, "")]
    felt(pulse, 300, 300)
    assert told(pulse) == [(0, 20, "hung"), (300, 300, "")]


def test_what_was_cut_is_forgotten_once_it_is_written_down() -> None:
    pulse = Pulse()
    felt(pulse, 0, 0)
    felt(pulse, 600, 600)
    pulse.written(pulse.stretches())
    assert told(pulse) == [(600, 600, "")]


class Ticking:
    """A monotonic clock turned by hand."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def test_a_heart_is_missed_once_it_was_silent_for_longer_than_it_may() -> None:
    clock = Ticking()
    hearts = Hearts({LOOKING: 10}, clock)
    hearts.beat(LOOKING)
    clock.s = 10
    assert hearts.overdue() == {}
    clock.s = 11
    assert hearts.overdue() == {LOOKING: 11}
    hearts.beat(LOOKING)
    assert hearts.overdue() == {}


def test_work_is_watched_from_its_beginning_to_its_end_and_may_say_that_it_gets_on() -> None:
    clock = Ticking()
    hearts = Hearts({"reading": 10}, clock)
    with hearts.work("reading"):
        for clock.s in range(0, 100, 8):
            hearts.on()
        assert hearts.overdue() == {}
        clock.s += 11
        assert hearts.overdue() == {"reading": 11}
    assert hearts.overdue() == {}
    hearts.on("reading")
    clock.s += 1000
    assert hearts.overdue() == {}


def test_only_looking_and_recording_are_life() -> None:
    clock = Ticking()
    hearts = Hearts(clock=clock)
    hearts.beat("sending")
    clock.s = 500
    assert hearts.silence_s() == 0
    hearts.beat(LOOKING)
    hearts.beat(RECORDING)
    clock.s = 530
    hearts.beat(LOOKING)
    assert hearts.silence_s() == 30


def test_a_bell_wakes_whoever_waits_and_is_not_missed_by_who_comes_late() -> None:
    bell = Bell()
    heard: list[int] = []
    waiting = threading.Thread(target=lambda: heard.append(bell.wait(0, 30)))
    waiting.start()
    bell.ring()
    waiting.join(30)
    assert heard == [1]
    begun = time.monotonic()
    assert bell.wait(0, 30) == 1
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("abstract", [False, True], ids=["file", "abstract"])
def test_systemd_is_told(tmp_path: Path, abstract: bool) -> None:
    name = f"@tthc-{tmp_path.name}-{id(tmp_path)}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(30)
        assert watchdog.notify("READY=1\nSTATUS=Đang chạy", {"NOTIFY_SOCKET": name})
        assert manager.recv(1000).decode() == "READY=1\nSTATUS=Đang chạy"


def test_without_systemd_nothing_is_told() -> None:
    assert not watchdog.notify("READY=1", {})
    assert not watchdog.notify("READY=1", {"NOTIFY_SOCKET": "/nowhere/there"})


def through(office: Office, start: datetime) -> own_life.OwnLife:
    with reading(office.app.engine) as db:
        return own_life.own_life(db, Span(start=start, end=office.clock.now()), office.clock.now())


def test_beats_become_life_and_what_is_missing_a_gap_that_says_why(office: Office) -> None:
    start = office.clock.now()
    for _ in range(20):
        beat.run(office.app, office.turn(seconds=30))
    stopped = office.clock.now()
    with writing(office.app.engine) as db:
        events.add(db, stopped, EventKind.STOPPED, "")
        beat.end(db, office.app, stopped)
    office.turn(hours=5)
    office.app = replace(office.app, pulse=Pulse())  # another process
    with writing(office.app.engine) as db:
        events.add(db, office.clock.now(), EventKind.STARTED, "")
    beat.run(office.app, office.clock.now())
    beat.run(office.app, office.turn(seconds=30))
    found = through(office, start)
    assert [gap.why for gap in found.life.gaps] == [Absence.BEFORE, Absence.STOPPED]
    assert found.life.absences[0].span == Span(start=stopped, end=stopped + timedelta(hours=5))
    said = own_life.as_json(found)
    assert said["alive_ms"] + sum(gap["ms"] for gap in said["gaps"]) == said["window_ms"]
    assert "có người dừng chương trình" in own_life.as_text(found)


def test_a_hang_is_sealed_when_it_is_over(office: Office) -> None:
    start = office.clock.now()
    beat.run(office.app, start)
    office.turn(minutes=30)
    beat.run(office.app, office.clock.now())
    found = through(office, start)
    assert [gap.why for gap in found.life.gaps] == [Absence.HUNG]
    with reading(office.app.engine) as db:
        kinds = [row.kind for row in events.between(db, Span(start=start, end=office.turn(seconds=1)))]
    assert kinds == [EventKind.HUNG]


def test_a_failed_drill_is_a_concern_until_one_passes(office: Office) -> None:
    began = office.clock.now()
    with writing(office.app.engine) as db:
        drills.save(db, Drill(began=began, ended_at=began, outcome=Outcome.UNSENT))
        beats.keep(db, beats.Stretch(began=began, last=began))
    now = status.now(office.app)
    assert "drill_failed" in status.as_json(now)["concerns"]
    assert "đã soạn thư mà máy chủ thư không nhận" in status.as_text(now)
    with writing(office.app.engine) as db:
        drills.save(db, Drill(began=began + timedelta(weeks=1), ended_at=began, outcome=Outcome.PASSED))
    assert "drill_failed" not in status.as_json(status.now(office.app))["concerns"]
