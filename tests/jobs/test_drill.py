"""The weekly drill: a page of our own fails, is seen, told, sent, works again; whatever breaks in between is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jobs import beat, drill, send
from jobs.drill_page import DrillPage
from jobs.look import Looking
from jobs.schedule import SEND, Attended, Every, Lane
from jobs.walk import Walk
from monitor.core.drill import TARGET, Drill, Outcome, last_due, next_due
from monitor.core.look import Verdict
from monitor.core.period import Span
from monitor.store import LetterState, drills, interruptions, journal, looks, reading, writing
from tests.jobs.conftest import Office, moment

DUE = moment("30/11/2026 08:00")
BEAT = Every(name="beat", lane=Lane.LIFE, seconds=30, run=beat.run)
DRILL = Attended(name="drill", lane=Lane.LIFE, wanted=drill.wanted, run=drill.run)
SENDING = Every(name=SEND, lane=Lane.SENDING, seconds=5, run=send.run)


def walk(office: Office, end: datetime, *entries: Every | Attended) -> None:
    """Walk a part of the office's timetable to a moment, looking at nothing but the drill's page."""
    looking = Looking(office.app)
    try:
        Walk(office.app, office.clock, looking, entries=entries or (BEAT, DRILL, SENDING), beat_s=5).until(end)
    finally:
        looking.stop()


def held(office: Office) -> list[Drill]:
    with reading(office.app.engine) as db:
        return drills.since(db, DUE - timedelta(days=30))


@pytest.fixture
def alone(office: Office) -> Iterator[Office]:
    """An office that watches nothing of its own, since a Wednesday."""
    office.app = replace(office.app, register=replace(office.app.register, services={}))
    beat.run(office.app, office.clock.now())
    office.clock.turn_to(DUE - timedelta(minutes=1))
    yield office
    office.app.drill_page.close()


def test_a_failure_is_seen_told_sent_and_its_end_as_well(alone: Office) -> None:
    alone.go_live()
    walk(alone, DUE + timedelta(minutes=20))
    (one,) = held(alone)
    assert one.outcome is Outcome.PASSED
    assert one.began >= DUE
    for step in (one.detected_at, one.told_at, one.accepted_at):
        assert timedelta() < one.since_failure(step) <= timedelta(seconds=75)  # type: ignore[operator]
    for step in (one.recovered_at, one.recovery_told_at, one.recovery_accepted_at):
        assert timedelta() < one.since_recovery(step) <= timedelta(seconds=75)  # type: ignore[operator]
    assert alone.app.drill_page.target is None
    letters = alone.letters()
    assert [row.state for row in letters] == [LetterState.ACCEPTED] * 2
    assert all("DIỄN TẬP" in row.subject for row in letters)
    assert all("DIỄN TẬP" in row.message.text and "DIỄN TẬP" in row.message.html for row in letters)
    assert "Không phải làm gì" in letters[0].message.text


def test_its_looks_are_sealed_with_all_others_and_belong_to_no_service(alone: Office) -> None:
    walk(alone, DUE + timedelta(minutes=20))
    with reading(alone.app.engine) as db:
        seen = looks.between(db, [TARGET], Span(start=DUE, end=DUE + timedelta(hours=1)))
        assert all(chain.intact for chain in journal.verify_all(db))
    assert [look.verdict for look in seen if look.verdict is Verdict.DOWN] == [Verdict.DOWN] * 2
    assert {look.service for look in seen} == {"dien-tap"}
    assert alone.app.register.service_of(TARGET) is None


def test_in_a_trial_its_letters_are_held_and_it_says_so(alone: Office) -> None:
    walk(alone, DUE + timedelta(minutes=20))
    (one,) = held(alone)
    assert one.outcome is Outcome.HELD
    assert one.told_at is not None
    assert one.accepted_at is None
    assert [row.state for row in alone.letters()] == [LetterState.HELD] * 2


def test_without_a_mail_server_it_ends_at_the_mailbox(alone: Office) -> None:
    alone.go_live()
    alone.configured(smtp_url="")
    walk(alone, DUE + timedelta(minutes=20))
    (one,) = held(alone)
    assert one.outcome is Outcome.HELD
    assert len(list((alone.app.settings.var_dir / "mailbox").glob("*.eml"))) == 2


def test_a_week_has_one_drill_however_often_it_is_asked(alone: Office) -> None:
    walk(alone, DUE + timedelta(hours=1))
    alone.clock.turn_to(DUE + timedelta(hours=6))
    walk(alone, DUE + timedelta(hours=6, minutes=20))
    assert len(held(alone)) == 1


def test_after_weeks_of_absence_there_is_one_and_only_by_day(alone: Office) -> None:
    alone.clock.turn_to(moment("16/12/2026 02:00"))
    walk(alone, moment("16/12/2026 02:20"))
    alone.clock.turn_to(moment("16/12/2026 06:30"))
    walk(alone, moment("16/12/2026 06:50"))
    assert held(alone) == []
    alone.clock.turn_to(moment("16/12/2026 09:00"))
    walk(alone, moment("16/12/2026 09:20"))
    (one,) = held(alone)
    assert one.outcome is Outcome.HELD


def test_a_new_installation_waits_for_its_first_monday(office: Office) -> None:
    office.app = replace(office.app, register=replace(office.app.register, services={}))
    walk(office, office.clock.now() + timedelta(hours=1))
    assert held(office) == []


def test_turned_off_there_is_none(alone: Office) -> None:
    alone.configured(drill="off")
    walk(alone, DUE + timedelta(hours=1))
    assert held(alone) == []


def test_no_sender_is_a_failure_that_the_centre_is_told(alone: Office) -> None:
    alone.go_live()
    walk(alone, DUE + timedelta(minutes=30), BEAT, DRILL)
    (one,) = held(alone)
    assert one.outcome is Outcome.UNTOLD
    assert one.ended_at is not None
    assert one.ended_at - one.began <= timedelta(minutes=11)
    (letter,) = [row for row in alone.letters() if row.kind == "drill"]
    assert "DIỄN TẬP THẤT BẠI" in letter.subject
    assert "Phát hiện: sau" in letter.message.text
    assert "Soạn thư: chưa" in letter.message.text


def test_a_failed_one_leaves_no_open_interruption_behind(alone: Office) -> None:
    walk(alone, DUE + timedelta(minutes=30), BEAT, DRILL)
    with reading(alone.app.engine) as db:
        assert interruptions.still_open(db) == []
    assert alone.app.drill_page.target is None


def test_nobody_with_an_address_is_a_failure(alone: Office) -> None:
    bare = {key: replace(post, address="") for key, post in alone.app.register.posts.items()}
    by_agency = {a: tuple(bare[p.key] for p in posts) for a, posts in alone.app.register._posts_of.items()}
    register = replace(alone.app.register, posts=bare)
    object.__setattr__(register, "_posts_of", by_agency)
    alone.app = replace(alone.app, register=register)
    alone.go_live()
    walk(alone, DUE + timedelta(minutes=20))
    (one,) = held(alone)
    assert one.outcome is Outcome.NO_ADDRESS


@pytest.mark.parametrize("seconds", [30, 70, 130, 200])
def test_killed_at_any_moment_it_heals_and_is_held_again(alone: Office, seconds: int) -> None:
    alone.go_live()
    walk(alone, DUE + timedelta(seconds=seconds))
    alone.app.drill_page.close()  # as the end of the process does
    alone.app = replace(alone.app, drill_page=DrillPage())
    walk(alone, DUE + timedelta(minutes=30))
    *cut, last = held(alone)
    assert last.outcome is Outcome.PASSED
    assert all(one.outcome is Outcome.CUT for one in cut)
    with reading(alone.app.engine) as db:
        assert interruptions.still_open(db) == []
        assert drills.running(db) is None


def test_cut_three_times_it_is_left_for_the_week(alone: Office) -> None:
    with writing(alone.app.engine) as db:
        for minute in range(3):
            drills.save(db, Drill(began=DUE + timedelta(minutes=minute), ended_at=DUE, outcome=Outcome.CUT))
    walk(alone, DUE + timedelta(hours=1))
    assert len(held(alone)) == 3


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("30/11/2026 07:59", "23/11/2026 08:00"),
        ("30/11/2026 08:00", "30/11/2026 08:00"),
        ("06/12/2026 23:59", "30/11/2026 08:00"),
    ],
)
def test_it_is_due_on_mondays_at_eight(now: str, due: str) -> None:
    at: datetime = moment(now)
    assert last_due(at) == moment(due)
    assert next_due(at) == moment(due) + timedelta(weeks=1)
