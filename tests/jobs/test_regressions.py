"""Twenty-two failures of other monitors, each by its number in docs/regressions.md, where it would happen in ours.

Looks go the daemon's way into the store, letters to a real mail server, figures out of the log that is published.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from jobs import schedule, send, tell, weekly
from jobs.look import Looking
from jobs.record import Batch, Ledger, record
from jobs.schedule import TIMETABLE
from monitor.core.interruption import Interruption
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.message import Urgency
from monitor.core.period import Span, ict
from monitor.core.reporting import parse_period, window_of
from monitor.core.uptime import Gap, Notice, State
from monitor.probes.pace import valid_for_ms
from monitor.reports import uptime_report
from monitor.reports.uptime_log import UptimeLog
from monitor.store import interruptions, letters, looks, notices, open_store, reading, writing
from tests.jobs.conftest import Office, moment
from tests.servers.mail import HANG
from tests.servers.web import reply, serving

CODE, TARGET = "2.001474", "2.001474-cong"
START = moment("23/11/2026 08:00")
SAID = {"u": (Verdict.UP, Cause.NONE), "d": (Verdict.DOWN, Cause.TIMEOUT), "n": (Verdict.UNKNOWN, Cause.OWN_NETWORK)}
MINUTE = timedelta(minutes=1)
FIVE = 5 * MINUTE
DUTY = {"so-cong-thuong.duty", "trung-tam-pvhcc.duty"}
ROOT = Path(__file__).parents[2]
GOOD = reply(
    "<h1>Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại</h1> 2.001474 "
    '<a class="nop-truc-tuyen">Nộp trực tuyến</a>'
)


def look(sign: str, at: datetime, *, every: timedelta = FIVE, target: str = TARGET) -> Look:
    verdict, cause = SAID[sign]
    valid = round(2 * every / timedelta(milliseconds=1))
    return Look(
        service=CODE, target=target, vantage="trung-tam", kind=Kind.HTTP, at=at, received_at=at, verdict=verdict,
        cause=cause, valid_for_ms=valid,
    )  # fmt: skip


def see(office: Office, story: str, start: datetime = START, *, every: timedelta = FIVE, target: str = TARGET) -> None:
    """One look after the other, each with its own commit, told of as it comes; a dot is none."""
    for place, sign in enumerate(story):
        at = start + place * every
        office.clock.moment = at  # also back, where a clock was set
        if sign != ".":
            record(office.app, [look(sign, at, every=every, target=target)], at)


def log(office: Office, minutes: float, start: datetime = START) -> UptimeLog:
    """The log of a window of so many minutes, as the report makes it, some time after it."""
    window = window_of(Span(start=start, end=start + minutes * MINUTE))
    app = office.app
    with reading(app.engine) as db:
        return uptime_report.log_of(db, app.register, app.law, CODE, window, window.span.end + timedelta(days=30))


def parts(log: UptimeLog) -> dict[State, float]:
    """The parts that are not nothing, in minutes."""
    exact = {
        State.UP: log.account.up_ms, State.DOWN: log.account.down_ms, State.MAINTENANCE: log.account.maintenance_ms,
        State.EXCLUDED: log.account.excluded_ms, State.UNKNOWN: log.account.unknown_ms,
    }  # fmt: skip
    return {state: ms / 60_000 for state, ms in exact.items() if ms}


def found(log: UptimeLog) -> tuple[Interruption, ...]:
    return log.account.interruptions


def printed(log: UptimeLog) -> str:
    """Everything the letter says."""
    words = uptime_report.mail(log)
    return f"{words.subject}\n{words.text}"


def alerts(office: Office) -> list[tuple[str, str]]:
    """Whom on duty the mail server was given a letter for, and its subject."""
    told = [(mail["To"].addresses[0].username, mail["Subject"]) for mail in office.server.mails]
    return [(to, subject) for to, subject in told if to in DUTY]


def beat(office: Office, at: datetime) -> None:
    office.clock.moment = at
    tell.tick(office.app, at)
    send.run(office.app, at)


@pytest.fixture
def live(sqlite_office: Office) -> Office:
    sqlite_office.go_live()
    return sqlite_office


# How time is counted.


def test_01_a_clock_that_jumps_back_never_makes_more_than_the_whole(live: Office) -> None:
    see(live, "u" * 12)
    see(live, "uudduuuuuuuu", START + 30 * MINUTE + timedelta(milliseconds=7))
    told = log(live, 90)
    assert sum(parts(told).values()) == 90
    assert told.account.measured is not None
    assert told.account.measured <= 1
    assert parts(told)[State.UP] > 45
    with reading(live.app.engine) as db:
        assert len(looks.between(db, [TARGET], told.account.window)) == 24


def test_02_five_hours_off_are_a_gap_and_not_the_last_state(live: Office) -> None:
    see(live, "u" * 12 + "." * 60 + "u" * 12)
    told = log(live, 7 * 60)
    assert told.account.unknown_by == {Gap.NOT_LOOKED: 295 * 60_000}
    assert told.account.coverage == Fraction(25, 84)
    assert told.account.lower == Fraction(23, 84)  # it may have begun right after the last look before the gap


def test_03_denser_looks_while_failing_change_no_figure(live: Office) -> None:
    see(live, "uuuudddddduuuuuu")
    plain = log(live, 70)
    see(live, "d" * 75, START + 20 * MINUTE + timedelta(milliseconds=1), every=timedelta(seconds=20))
    dense = log(live, 70)
    assert parts(dense) == parts(plain) == {State.UP: 40, State.DOWN: 30}
    assert dense.account.measured == plain.account.measured
    assert dense.account.interruptions[0].failed_looks > plain.account.interruptions[0].failed_looks


def test_04_an_outage_within_an_absence_is_not_hidden_and_lies_within_the_bounds(live: Office) -> None:
    see(live, "u" * 12 + "." * 36 + "u" * 12)
    account = log(live, 300).account
    truth = Fraction(240, 300)  # an hour of it was an outage that nobody saw
    assert account.down_ms == 0
    assert account.lower is not None
    assert account.upper is not None
    assert account.lower <= truth <= account.upper


def test_05_an_interruption_open_for_months_is_one_and_counts_in_each_week(live: Office) -> None:
    see(live, "u" + "d" * 140, every=timedelta(hours=12))
    for week in ("2026-W50", "2027-W01", "2027-W03"):
        span = parse_period(week).span
        told = log(live, span.ms / 60_000, span.start)
        assert (parts(told), told.account.measured) == ({State.DOWN: 7 * 24 * 60}, 0)
        (one,) = found(told)
        assert one.first_bad == START + timedelta(hours=12)
    with reading(live.app.engine) as db:
        assert len(interruptions.recent(db, 10)) == 1
    beat(live, live.clock.moment)
    assert {to for to, _ in alerts(live)} == DUTY
    assert len(alerts(live)) == len(DUTY)


def test_06_overlapping_interruptions_count_once_and_lose_no_time(live: Office) -> None:
    service = live.app.register.services[CODE]
    first = next(one for one in service.targets if one.key == TARGET)
    both = replace(service, targets=(first, replace(first, key="bo")))
    live.app = replace(live.app, register=replace(live.app.register, services={CODE: both}))
    see(live, "uudddduuuuuu")
    see(live, "uuuudddduuuu", target="bo")
    told = log(live, 50)
    assert parts(told) == {State.UP: 20, State.DOWN: 30}
    assert [one.target for one in found(told)] == [TARGET, "bo"]


def test_07_the_hundred_and_first_interruption_counts_and_is_printed_like_the_first(live: Office) -> None:
    see(live, "uddu" * 110)
    told = log(live, 5 * 440)
    assert len(found(told)) == len(told.interruptions) == 110
    assert told.account.measured == Fraction(1, 2)
    words = printed(told)
    assert all(f"{ict(one.first_bad):%H:%M}" in words for one in found(told)[100:])


def test_08_a_service_created_in_mid_window_is_unknown_before(live: Office) -> None:
    see(live, "u" * 20, START + 400 * MINUTE)
    told = log(live, 500)
    assert parts(told) == {State.UP: 100, State.UNKNOWN: 400}
    assert told.unwatched_ms == 400 * 60_000
    assert (told.account.measured, told.account.coverage) == (1, Fraction(1, 5))


def test_09_no_data_says_no_data(live: Office) -> None:
    told = log(live, 24 * 60)
    assert told.account.measured is told.account.lower is told.account.upper is None
    words = printed(told).casefold()
    assert "không có dữ liệu" in words
    assert "100%" not in words.replace(" ", "")


def test_10_every_week_is_reported_once_over_month_and_year_ends(live: Office) -> None:
    due, dues = moment("01/12/2025 08:00"), []
    while due < moment("01/02/2027 08:00"):
        due = weekly.next_due(live.app, due)
        dues.append(ict(due))
    assert {f"{one:%H:%M}" for one in dues} == {"07:30"}
    assert dues == sorted(set(dues))
    monday = date(2025, 12, 8)
    while monday < date(2027, 2, 1):
        first = next(one.date() for one in dues if one.date() >= monday)
        assert (first - monday).days <= 9, monday
        monday += timedelta(weeks=1)


def test_11_no_row_of_the_comparison_is_shifted_by_a_period(live: Office) -> None:
    week = parse_period("2026-W47").span
    see(live, "u" * 24 + "d" * 12 + "u" * 24, week.end - timedelta(hours=3))
    with reading(live.app.engine) as db:
        app = live.app
        told = uptime_report.log_of(
            db, app.register, app.law, CODE, parse_period("2026-W48"), week.end + timedelta(days=8)
        )
    down = {line.period.name: line.account.down_ms // 60_000 for line in told.compared if line.account}
    assert {name: ms for name, ms in down.items() if ms} == {"2026-W47": 60}


def test_12_twenty_seconds_down_in_a_week_never_print_100_percent(live: Office) -> None:
    week = parse_period("2026-W48").span
    hour = timedelta(hours=1)
    see(live, "u" * 169, week.start, every=hour)
    for sign, second in (("d", 0), ("d", 10), ("u", 20)):
        record(live.app, [look(sign, week.start + 5 * hour + timedelta(seconds=second + 1), every=hour)], week.end)
    told = log(live, 7 * 24 * 60, week.start)
    assert told.account.down_ms == 20_000
    shares = [line for line in printed(told).splitlines() if "động đo được" in line or line.startswith("Cận ")]
    assert len(shares) >= 2
    assert [line for line in shares if "99,99" not in line or "100" in line] == []


def test_13_a_maintenance_to_come_hides_no_outage_of_today_and_its_alert(live: Office) -> None:
    planned = Span(start=START + timedelta(days=20), end=START + timedelta(days=20, hours=2))
    with writing(live.app.engine) as db:
        notices.add(db, Notice(service=CODE, span=planned, entered_at=START - timedelta(days=1), document="TB 12"))
    see(live, "uudduuuu")
    beat(live, live.clock.moment)
    assert parts(log(live, 40)) == {State.UP: 30, State.DOWN: 10}
    assert {to for to, _ in alerts(live)} == DUTY
    see(live, "u" + "d" * 40, planned.start - 20 * MINUTE)
    beat(live, live.clock.moment)
    assert len({subject for _, subject in alerts(live)}) == 2, "one for today, one for what began before the stop"


# What fails beside the target: the store, the mail, ourselves.


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Somebody else holds the database; a write is not waited for long."""

    @event.listens_for(office.app.engine, "checkout")
    def _impatient(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    other = sqlite3.connect(str(office.app.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        event.remove(office.app.engine, "checkout", _impatient)


def written(office: Office, ledger: Ledger, story: str, start: datetime) -> list[bool]:
    """Looks given to the ledger one by one, and whether the store took what waits."""
    took = []
    for place, sign in enumerate(story):
        office.clock.moment = start + place * FIVE
        ledger.put(Batch(looks=(look(sign, office.clock.moment),)))
        took.append(ledger.flush(office.clock.moment))
    return took


def test_14_storage_that_fails_between_down_and_up_leaves_no_interruption_open(live: Office) -> None:
    ledger = Ledger(live.app)
    assert all(written(live, ledger, "uudd", START))
    with locked(live):
        assert not any(written(live, ledger, "duu", START + 4 * FIVE))
    assert ledger.flush(live.clock.moment)
    with reading(live.app.engine) as db:
        (row,) = interruptions.recent(db, 10)
    assert (row.first_bad, row.first_good) == (START + 2 * FIVE, START + 5 * FIVE)
    assert row.closed_at is not None
    assert parts(log(live, 35)) == {State.UP: 20, State.DOWN: 15}


def test_15_a_database_locked_during_a_look_is_no_outage(live: Office) -> None:
    ledger = Ledger(live.app)
    assert all(written(live, ledger, "uu", START))
    with locked(live):
        assert not any(written(live, ledger, "uuuu", START + 2 * FIVE))
        assert ledger.waiting == 4
    assert ledger.flush(live.clock.moment)
    told = log(live, 30)
    assert (parts(told), found(told)) == ({State.UP: 30}, ())


def test_16_while_a_mail_server_hangs_looking_goes_on(live: Office) -> None:
    live.server.answers = [HANG]
    live.put("thư", urgency=Urgency.NOW)
    sending = threading.Thread(target=send.drain, args=(live.app, 3.0))
    with serving() as serve:
        server = serve(GOOD)
        watch_over(live, server.url, interval_s=300.0)
        looking = Looking(live.app)
        sending.start()
        looked = 0
        while sending.is_alive():
            looked += len([one for one in looking.run_due() if one.target == TARGET])
            live.turn(minutes=5)
            time.sleep(0.02)
        sending.join()
        looking.stop()
    assert looked >= 3
    assert live.letters()[0].attempts == 1


REPORTS = """
import sys, time
from datetime import datetime
from pathlib import Path
from jobs import schedule, send
from jobs.app import build
from jobs.clock import HandClock
from jobs.schedule import TIMETABLE
from monitor.config import Settings

folder, url, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
settings = Settings(var_dir=folder / "var", register=str(folder / "register"), smtp_url=url,
                    smtp_from="giam-sat@demo.invalid", database_url=f"sqlite:///{folder / 'tthc.db'}")
app = build(settings, HandClock(now))
schedule.perform(app, next(entry for entry in TIMETABLE if entry.name == "weekly"), now)
send.run(app, now)
print("refused", flush=True)
time.sleep(600)
"""


def test_17_mail_down_at_report_time_then_kill_9_is_one_report_that_shows_it_is_late(
    live: Office, tmp_path: Path
) -> None:
    from jobs.demo.stage import stage

    stage(tmp_path, "http://127.0.0.1:9/")
    see(live, "u" * 12, moment("25/11/2026 10:00"))
    live.server.refuses = "421 4.3.2 dang bao tri"
    words = [sys.executable, "-c", REPORTS, str(tmp_path), live.server.url, moment("30/11/2026 07:30").isoformat()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert [line for line in process.stdout if line == "refused\n" and not process.kill()]
    assert live.server.tried
    assert live.server.mails == []
    live.server.refuses = ""
    for at in ("30/11/2026 10:00", "30/11/2026 10:05", "01/12/2026 07:30"):
        live.clock.turn_to(moment(at))
        with writing(live.app.engine) as db:
            letters.abandoned(db, live.clock.now())
        schedule.perform(live.app, next(e for e in TIMETABLE if e.name == "weekly"), live.clock.now())
        send.run(live.app, live.clock.now())
    mails = live.server.mails
    assert len(mails) == len({mail["To"] for mail in mails}) == 4
    assert {str(mail["Date"]) for mail in mails} == {"Mon, 30 Nov 2026 07:30:00 +0700"}, "its own hour"
    assert {letter.state.value for letter in live.letters()} == {"accepted"}


def test_17_a_report_whose_hour_the_dead_monitor_missed_is_one_and_marked_late(live: Office) -> None:
    see(live, "u" * 12, moment("25/11/2026 10:00"))
    live.server.refuses = "421 4.3.2 dang bao tri"
    for at in ("30/11/2026 09:00", "30/11/2026 09:30", "30/11/2026 11:00"):
        live.clock.turn_to(moment(at))
        schedule.perform(live.app, next(e for e in TIMETABLE if e.name == "weekly"), live.clock.now())
        send.run(live.app, live.clock.now())
        live.server.refuses = live.server.refuses if at.endswith("09:00") else ""
    mails = live.server.mails
    assert len(mails) == len({mail["To"] for mail in mails}) == 4
    assert all("Gửi muộn" in mail.get_body(("html",)).get_content() for mail in mails)


def test_18_a_channel_down_at_the_moment_of_the_event_gets_it_later(live: Office) -> None:
    see(live, "uu")
    live.server.refuses = "451 4.3.0 tam thoi"
    see(live, "dd", START + 2 * FIVE)
    beat(live, live.clock.moment)
    assert live.server.mails == []
    live.server.refuses = ""
    for minute in range(1, 8):
        beat(live, START + 4 * FIVE + minute * MINUTE)
    assert len(alerts(live)) == len({to for to, _ in alerts(live)}) == len(DUTY)


def test_19_a_restart_amid_retries_loses_none_and_begins_none_anew(live: Office) -> None:
    live.server.refuses = "451 4.3.0 tam thoi"
    number = live.put("thư", urgency=Urgency.NOW)
    for _ in range(3):
        send.run(live.app, live.turn(minutes=16))
    tried = live.letter(number).attempts
    assert tried == 3
    before = live.letter(number).message
    restarted = replace(live.app, engine=open_store(f"sqlite:///{live.app.engine.url.database}"))
    with writing(restarted.engine) as db:
        letters.abandoned(db, live.clock.now())
    live.server.refuses = ""
    live.app, first = restarted, live.app
    send.run(live.app, live.turn(minutes=1))
    assert live.letter(number).attempts == tried, "it waits for its turn as before"
    for _ in range(2):
        send.run(live.app, live.turn(minutes=70))
    assert len(live.server.kept) == 1
    assert (live.letter(number).attempts, live.letter(number).message) == (tried + 1, before)
    first.engine.dispose()
    restarted.engine.dispose()


# What a person changes.


def watch_over(office: Office, url: str, **changes: Any) -> None:
    """Have the service's target be at an address of ours, changed, as after a restart with a new register."""
    service = office.app.register.services[CODE]
    target = next(one for one in service.targets if one.key == TARGET or TARGET in one.formerly)
    step = replace(target.steps[0], url=url)
    changed = replace(service, targets=(replace(target, steps=(step,), **changes),))
    office.app = replace(office.app, register=replace(office.app.register, services={CODE: changed}))


def test_20_a_renamed_target_keeps_its_history(live: Office) -> None:
    see(live, "uudduuuu")
    watch_over(live, "http://127.0.0.1:9/", key="cong-moi", formerly=(TARGET,))
    see(live, "uuuddu", START + 8 * FIVE, target="cong-moi")
    told = log(live, 70)
    assert parts(told) == {State.UP: 50, State.DOWN: 20}
    assert [one.target for one in found(told)] == ["cong-moi", "cong-moi"]


def test_21_a_look_that_hangs_for_ever_ends_by_its_deadline_and_leaves_no_state_going_on(live: Office) -> None:
    with serving() as serve:
        server = serve(GOOD)
        watch_over(live, server.url, interval_s=300.0, deadline_s=0.5)
        looking = Looking(live.app, machine=None)
        live.clock.moment = START
        assert [one.verdict for one in looking.run_due()] == [Verdict.UP]
        server.answer = server.hang
        live.turn(minutes=5)
        (hung,) = looking.run_due()
        looking.stop()
    assert hung.verdict is not Verdict.UP
    assert (hung.phases.total or 0) < 30_000
    see(live, "u", START + 13 * 60 * MINUTE)
    told = log(live, 14 * 60)
    assert parts(told)[State.UP] <= 5 + 10
    assert parts(told)[State.UNKNOWN] >= 12 * 60


def test_22_an_interval_changed_in_mid_week_keeps_each_look_as_it_was_made(live: Office) -> None:
    with serving() as serve:
        server = serve(GOOD)
        live.clock.moment = START
        for interval_s, rounds in ((300.0, 2), (60.0, 5), (300.0, 1)):
            watch_over(live, server.url, interval_s=interval_s, jitter=0.0)
            target = live.app.register.services[CODE].targets[0]
            looking = Looking(live.app)
            for _ in range(rounds):
                (made,) = looking.run_due()
                assert made.valid_for_ms == valid_for_ms(target) == interval_s * 2000
                live.turn(seconds=interval_s)
            looking.stop()
            if interval_s == 60.0:
                live.turn(minutes=25)
    told = log(live, 50)
    assert parts(told) == {State.UP: 26, State.UNKNOWN: 24}
