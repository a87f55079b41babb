"""People are asked for a two-minute look: twice each working day while coverage is low, once a half day, no burst."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from jobs import asking, schedule, send
from jobs.record import record, record_manual
from jobs.schedule import TIMETABLE
from monitor.core.look import Cause, Look, Verdict
from monitor.store import LetterState
from tests.jobs.conftest import moment
from tests.jobs.test_tell import look

Office = Any
ENTRY = next(entry for entry in TIMETABLE if entry.name == "asking")
DUTY, FOCAL = "so-cong-thuong/duty", "so-cong-thuong/focal_point"


def seen(office: Office, at: str, verdict: Verdict, cause: Cause = Cause.NONE, *, hours: float = 240.0) -> None:
    """One look that speaks for so many hours."""
    one: Look = look(at, verdict)
    changed = {"cause": cause, "valid_for_ms": int(hours * 3_600_000)}
    office.clock.turn_to(max(office.clock.now(), moment(at)))
    record(office.app, [replace(one, **changed)], office.clock.now())  # type: ignore[arg-type]


@pytest.fixture
def blind(sqlite_office: Office) -> Office:
    """An office that went live; since Wednesday 25/11/2026 08:00 every look meets the bot shield."""
    sqlite_office.go_live()
    seen(sqlite_office, "25/11/2026 08:00", Verdict.UNKNOWN, Cause.CHALLENGED)
    return sqlite_office


def serve(office: Office, at: str) -> list[Any]:
    """Ask the timetable at a moment; the letters that were put down."""
    before = {row.id for row in office.letters()}
    office.clock.turn_to(moment(at))
    schedule.perform(office.app, ENTRY, office.clock.now())
    return [row for row in office.letters() if row.id not in before]


def kinds(rows: Iterable[Any]) -> set[str]:
    return {row.kind for row in rows}


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("25/11/2026 08:29", "25/11/2026 08:30"),
        ("25/11/2026 08:30", "25/11/2026 14:30"),
        ("25/11/2026 14:30", "26/11/2026 08:30"),
        ("27/11/2026 15:00", "30/11/2026 08:30"),
        ("23/11/2026 15:00", "25/11/2026 08:30"),  # 24/11 is a day off
        ("21/08/2026 15:00", "22/08/2026 08:30"),  # a Saturday made up
        ("13/02/2026 15:00", "23/02/2026 08:30"),  # Tết
        ("30/12/2031 15:00", "31/12/2031 08:30"),  # beyond the calendar: a weekday
    ],
)
def test_the_slots_are_those_of_the_official_calendar(sqlite_office: Office, after: str, due: str) -> None:
    assert asking.next_due(sqlite_office.app, moment(after)) == moment(due)


def test_duty_and_focal_point_are_asked_twice_a_working_day(blind: Office) -> None:
    assert serve(blind, "26/11/2026 08:29") == []
    morning = serve(blind, "26/11/2026 08:30")
    assert serve(blind, "26/11/2026 08:31") == []
    afternoon = serve(blind, "26/11/2026 14:30")
    for rows in (morning, afternoon):
        assert {row.to_address for row in rows} == {
            blind.app.register.posts[key].address for key in (DUTY, FOCAL) if key in blind.app.register.posts
        }
    assert kinds(morning + afternoon) == {"asking"}
    assert "sáng 26/11/2026" in morning[0].subject
    assert "chiều 26/11/2026" in afternoon[0].subject


def test_the_letter_says_what_to_open_what_to_look_for_and_how_to_record_it(blind: Office) -> None:
    blind.configured(public_url="https://giamsat.thanhhoa.gov.vn")
    text = serve(blind, "26/11/2026 08:30")[0].message.text
    service = blind.app.register.services["2.001474"]
    assert service.required_targets()[0].steps[0].url in text
    assert "có chức năng “Nộp trực tuyến” và bấm được (chỉ mở, không nộp hồ sơ)" in text
    assert "có dòng chữ “2.001474”" in text
    assert "https://giamsat.thanhhoa.gov.vn/kiem-tra" in text
    assert "tthc look record khong-ro --service 2.001474" in text
    assert "0,00 %" in text
    assert "không làm đổi tỷ lệ nào" in text


def test_nobody_is_asked_while_the_looks_cover_half(blind: Office) -> None:
    seen(blind, "25/11/2026 18:00", Verdict.UP)
    assert serve(blind, "26/11/2026 08:30") == []


@pytest.mark.parametrize(("hours", "asked"), [(12.24, True), (12.26, False)])
def test_half_is_the_line(sqlite_office: Office, hours: float, asked: bool) -> None:
    sqlite_office.go_live()
    seen(sqlite_office, "25/11/2026 08:00", Verdict.UP, hours=hours)
    assert bool(serve(sqlite_office, "26/11/2026 08:30")) is asked


def test_nothing_is_asked_before_a_day_has_passed(blind: Office) -> None:
    assert serve(blind, "25/11/2026 14:30") == []


def test_nothing_is_asked_of_what_was_never_watched(sqlite_office: Office) -> None:
    assert serve(sqlite_office, "26/11/2026 08:30") == []


@pytest.mark.parametrize(
    ("looked", "asked"), [("26/11/2026 08:05", ["14:30"]), ("26/11/2026 13:00", ["08:30"]), (None, ["08:30", "14:30"])]
)
def test_a_half_day_in_which_somebody_looked_is_not_asked_for(
    blind: Office, looked: str | None, asked: list[str]
) -> None:
    found = []
    for slot in ("08:30", "14:30"):
        if looked is not None and moment(looked) < moment(f"26/11/2026 {slot}"):
            blind.clock.turn_to(max(blind.clock.now(), moment(looked)))
            record_manual(
                blind.app, service="2.001474", at=moment(looked), verdict=Verdict.UP, by="Người xem", now=moment(looked)
            )
        if serve(blind, f"26/11/2026 {slot}"):
            found.append(slot)
    assert found == asked


@pytest.mark.parametrize(("at", "asked"), [("26/11/2026 09:29", 2), ("26/11/2026 09:31", 0), ("30/11/2026 08:00", 0)])
def test_a_missed_slot_is_not_made_up(blind: Office, at: str, asked: int) -> None:
    assert len(serve(blind, at)) == asked


def test_a_manual_look_fills_no_hour_and_the_next_half_day_asks_again(blind: Office) -> None:
    blind.clock.turn_to(moment("26/11/2026 08:40"))
    record_manual(
        blind.app,
        service="2.001474",
        at=blind.clock.now(),
        verdict=Verdict.UP,
        by="Người xem",
        now=blind.clock.now(),
    )
    assert "0,00 %" in serve(blind, "26/11/2026 14:30")[0].message.text


def test_the_trial_holds_what_it_asks_and_going_live_asks_anew(sqlite_office: Office) -> None:
    seen(sqlite_office, "25/11/2026 08:00", Verdict.UNKNOWN, Cause.CHALLENGED)
    assert {row.state for row in serve(sqlite_office, "26/11/2026 08:30")} == {LetterState.HELD}
    sqlite_office.go_live()
    assert {row.state for row in serve(sqlite_office, "26/11/2026 14:30")} == {LetterState.WAITING}


def test_no_burst_when_the_mail_server_is_back(blind: Office) -> None:
    stale = [row for day in (26, 27) for row in serve(blind, f"{day}/11/2026 08:30")]
    fresh = serve(blind, "27/11/2026 14:30")
    assert {blind.letter(row.id).state for row in stale} == {LetterState.REPLACED}
    assert {blind.letter(row.id).state for row in fresh} == {LetterState.WAITING}
    send.run(blind.app, blind.clock.now())
    assert len(blind.server.mails) == len(fresh)


def test_what_arrived_is_not_taken_back(blind: Office) -> None:
    rows = serve(blind, "26/11/2026 08:30")
    send.run(blind.app, blind.clock.now())
    serve(blind, "26/11/2026 14:30")
    assert {blind.letter(row.id).state for row in rows} == {LetterState.ACCEPTED}


def test_the_allow_listing_draft_goes_once_and_then_monthly(blind: Office) -> None:
    def attached(at: str) -> set[tuple[str, ...]]:
        return {tuple(one.name.rpartition(".")[2] for one in row.message.attachments) for row in serve(blind, at)}

    assert attached("26/11/2026 08:30") == {("docx", "pdf")}
    assert attached("26/11/2026 14:30") == {()}
    seen(blind, "22/12/2026 09:00", Verdict.UNKNOWN, Cause.CHALLENGED)
    assert attached("25/12/2026 08:30") == {()}
    assert attached("28/12/2026 08:30") == {("docx", "pdf")}
    first = blind.letters()[0].message
    assert "dự thảo" in first.text
    assert "dichvucong.gov.vn" in first.attachments[0].name or "127.0.0.1" in first.attachments[0].name


@pytest.mark.parametrize("cause", [Cause.OWN_NETWORK, Cause.RATE_LIMITED, Cause.PROBE_FAILED])
def test_no_draft_goes_where_no_shield_is_to_blame(sqlite_office: Office, cause: Cause) -> None:
    sqlite_office.go_live()
    seen(sqlite_office, "25/11/2026 08:00", Verdict.UNKNOWN, cause)
    rows = serve(sqlite_office, "26/11/2026 08:30")
    assert rows
    assert all(row.message.attachments == () for row in rows)


def test_an_ask_is_put_down_once_whoever_begins_it_again(blind: Office) -> None:
    due = moment("26/11/2026 08:30")
    blind.clock.turn_to(due)
    for _ in range(2):
        asking.run(blind.app, due, due)
    assert len(blind.letters()) == len({row.to_address for row in blind.letters()})
