"""The weekly log goes out on the first working day at 07:30, once, and is marked late only where the daemon was."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import schedule, send, weekly
from jobs.record import record
from jobs.schedule import TIMETABLE
from monitor.core.look import Verdict
from monitor.store import LetterState
from tests.jobs.conftest import moment
from tests.jobs.test_tell import look

Office = Any
ENTRY = next(entry for entry in TIMETABLE if entry.name == "weekly")


@pytest.fixture
def watched(sqlite_office: Office) -> Office:
    """A service looked at since Wednesday 25/11/2026 10:00."""
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 10:00"))
    record(sqlite_office.app, [look("25/11/2026 10:00", Verdict.UP)], sqlite_office.clock.now())
    return sqlite_office


def serve(office: Office, at: str) -> list[Any]:
    """Ask the timetable at a moment, send, and give the mails that went then."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(at))
    schedule.perform(office.app, ENTRY, office.clock.now())
    send.run(office.app, office.clock.now())
    return office.server.mails[before:]  # type: ignore[no-any-return]


def late(mail: Any) -> bool:
    body = mail.get_body(("html",)).get_content()
    return "Gửi muộn" in body


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("20/11/2026 12:00", "23/11/2026 07:30"),
        ("23/11/2026 07:30", "30/11/2026 07:30"),
        ("29/08/2026 12:00", "03/09/2026 07:30"),  # Monday and Tuesday are swapped and off, so is Wednesday 2/9
        ("10/02/2026 12:00", "23/02/2026 07:30"),  # the week of Tết has no working day
        ("26/04/2026 12:00", "28/04/2026 07:30"),
    ],
)
def test_it_is_due_on_the_first_working_day_after_its_week(sqlite_office: Office, after: str, due: str) -> None:
    assert weekly.next_due(sqlite_office.app, moment(after)) == moment(due)


def test_it_goes_to_head_and_focal_point_of_owner_and_centre_once(watched: Office) -> None:
    assert serve(watched, "30/11/2026 07:29") == []
    mails = serve(watched, "30/11/2026 07:30")
    assert sorted(mail["To"].addresses[0].username for mail in mails) == [
        "so-cong-thuong.focal_point",
        "so-cong-thuong.head",
        "trung-tam-pvhcc.focal_point",
        "trung-tam-pvhcc.head",
    ]
    assert not any(late(mail) for mail in mails)
    assert {part.get_filename() for part in mails[0].walk() if part.get_filename()} >= {
        "bao-cao-tuan-2.001474-2026-W48.xlsx"
    }
    for at in ("30/11/2026 07:31", "30/11/2026 12:00", "01/12/2026 07:30"):
        assert serve(watched, at) == []


def test_a_daemon_that_was_away_sends_it_once_and_says_late(watched: Office) -> None:
    mails = serve(watched, "30/11/2026 09:00")
    assert len(mails) == 4
    assert all(late(mail) for mail in mails)
    assert serve(watched, "30/11/2026 09:01") == []


def test_two_weeks_missed_are_two_logs_each_late(watched: Office) -> None:
    mails = serve(watched, "08/12/2026 07:30")
    assert len({mail["Subject"] for mail in mails}) == 2
    assert len(mails) == 8
    assert all(late(mail) for mail in mails)


def test_mail_down_at_its_hour_makes_it_arrive_late_and_not_marked_so(watched: Office) -> None:
    watched.server.answers = ["rcpt 421 4.3.2 dong"]
    assert serve(watched, "30/11/2026 07:30") == []
    mails = serve(watched, "30/11/2026 10:00")
    assert len(mails) == 4
    assert {mail["Date"] for mail in mails} == {"Mon, 30 Nov 2026 07:30:00 +0700"}
    assert not any(late(mail) for mail in mails)


def test_a_process_that_died_in_the_middle_is_followed_by_one_that_sends_each_once(watched: Office) -> None:
    from monitor.store import runs, writing

    watched.clock.turn_to(moment("30/11/2026 07:30"))
    with writing(watched.app.engine) as db:
        assert runs.claim(db, "weekly", watched.clock.now(), watched.clock.now())
    mails = serve(watched, "30/11/2026 07:40")
    assert len(mails) == 4
    assert not any(late(mail) for mail in mails)
    assert serve(watched, "30/11/2026 07:41") == []


def test_before_the_monitor_was_there_no_week_is_reported(watched: Office) -> None:
    serve(watched, "30/11/2026 07:30")
    assert {letter.subject for letter in watched.letters() if "W47" in letter.key} == set()


def test_a_trial_holds_it(sqlite_office: Office) -> None:
    record(sqlite_office.app, [look("25/11/2026 06:00", Verdict.UP)], sqlite_office.clock.now())
    assert serve(sqlite_office, "30/11/2026 07:30") == []
    assert {letter.state for letter in sqlite_office.letters()} == {LetterState.HELD}
    assert len(sqlite_office.letters()) == 4
