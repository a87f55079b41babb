"""Whatever held a letter up, nobody is written to by night, and nothing of a slot comes on a day off."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jobs import letters, send, tell
from monitor.core.absence import Absence, AbsenceReason
from monitor.core.look import Verdict
from monitor.core.message import Urgency
from monitor.core.period import ict
from monitor.store import LetterState, absences, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.test_again import mend
from tests.jobs.test_people import DEPUTY, HEAD
from tests.jobs.test_tell import look, record, seen

Office = Any
BACK = "421 4.3.2 dang bao tri"


def beats(office: Office, end: str, minutes: int = 15) -> None:
    """Let the sender beat until a moment."""
    while office.clock.now() < moment(end):
        office.turn(minutes=minutes)
        tell.tick(office.app, office.clock.now())
        send.run(office.app, office.clock.now())


def arrived(office: Office) -> dict[str, datetime]:
    """When each letter was taken, by its urgency."""
    return {row.message.urgency.value: ict(row.accepted_at) for row in office.letters() if row.accepted_at}


def test_a_server_that_is_back_by_night_gets_what_is_urgent_and_the_rest_in_the_morning(sqlite_office: Office) -> None:
    office = sqlite_office
    office.clock.turn_to(moment("26/11/2026 13:30"))
    office.server.refuses = BACK
    for urgency in Urgency:
        office.put(urgency.value, urgency=urgency)
    beats(office, "27/11/2026 02:00")
    office.server.refuses = ""
    beats(office, "27/11/2026 09:00")
    gone = arrived(office)
    assert moment("27/11/2026 02:00") < gone["now"] < moment("27/11/2026 03:30")
    assert moment("27/11/2026 07:00") <= gone["waking"] <= gone["slot"] < moment("27/11/2026 07:30")


def test_what_a_slot_wrote_waits_out_a_weekend_that_a_server_took_to_come_back(sqlite_office: Office) -> None:
    office = sqlite_office
    office.clock.turn_to(moment("27/11/2026 13:30"))
    office.server.refuses = BACK
    for urgency in Urgency:
        office.put(urgency.value, urgency=urgency)
    beats(office, "28/11/2026 10:00", minutes=60)
    office.server.refuses = ""
    beats(office, "30/11/2026 09:00", minutes=60)
    gone = arrived(office)
    assert moment("28/11/2026 10:00") < gone["now"] <= gone["waking"] < moment("28/11/2026 13:00")
    assert moment("30/11/2026 07:00") <= gone["slot"] <= moment("30/11/2026 08:00")


def test_a_server_that_is_shut_for_a_day_gets_each_letter_once_at_its_own_pace(sqlite_office: Office) -> None:
    office = sqlite_office
    office.configured(smtp_per_minute=6)
    office.clock.turn_to(moment("26/11/2026 07:30"))
    office.server.refuses = BACK
    for number in range(20):
        office.put(f"thu-{number}", to=f"nguoi-{number}@sct.invalid")
    beats(office, "27/11/2026 09:00", minutes=30)
    assert office.server.tried <= 51, "one question a beat, whatever waits"
    office.server.refuses = ""
    beats(office, "27/11/2026 10:10", minutes=1)
    assert sorted(office.server.to) == sorted(f"nguoi-{number}@sct.invalid" for number in range(20))
    minutes = Counter(f"{ict(row.accepted_at):%H:%M}" for row in office.letters())
    assert max(minutes.values()) <= 6
    assert {mail["Date"].datetime for mail in office.server.mails} == {moment("26/11/2026 07:30")}


def test_a_letter_that_a_leave_overtook_goes_to_whoever_stands_in(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    take_in(office.app, [row("H56.01", appointment="26/11/2026 11:00:00")], office.clock.now())
    office.clock.turn_to(moment("26/11/2026 13:30"))
    office.server.refuses = BACK
    letters.slot(office.app, office.clock.now(), office.clock.now())
    away = Absence(
        post=HEAD, reason=AbsenceReason.LEAVE, since=date(2026, 11, 27), until=date(2026, 11, 30), substitute=DEPUTY,
        at=office.clock.now(), by="Lê Thị Thử",
    )  # fmt: skip
    with writing(office.app.engine) as db:
        absences.add(db, away)
    beats(office, "27/11/2026 03:00", minutes=60)
    office.server.refuses = ""
    beats(office, "27/11/2026 07:30", minutes=30)
    letters.slot(office.app, office.clock.now(), office.clock.now())
    beats(office, "27/11/2026 09:00", minutes=30)
    assert "so-cong-thuong.head@demo.invalid" not in office.server.to
    mine = [mail for mail in office.server.mails if "deputy" in str(mail["To"])]
    assert [mail["Date"].datetime for mail in mine] == [moment("26/11/2026 13:30"), moment("27/11/2026 07:30")]
    body = mine[-1].get_body(("plain",))
    assert body is not None
    assert "vì thay Giám đốc Sở Công Thương" in body.get_content()
    assert "H56.01" in body.get_content()
    assert sorted(office.server.to) == 2 * ["so-cong-thuong.deputy@demo.invalid"] + 2 * [
        "so-cong-thuong.focal_point@demo.invalid"  # who is asked in the second why it is late
    ]


def test_a_letter_that_a_new_address_overtook_goes_to_nobody_at_the_old_one(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    take_in(office.app, [row("H56.01", appointment="26/11/2026 11:00:00")], office.clock.now())
    office.clock.turn_to(moment("26/11/2026 13:30"))
    office.server.refuses = BACK
    letters.slot(office.app, office.clock.now(), office.clock.now())
    beats(office, "27/11/2026 03:00", minutes=60)
    mend(office, HEAD, address="giam-doc-moi@sct.invalid")
    office.server.refuses = ""
    beats(office, "27/11/2026 07:30", minutes=30)
    letters.slot(office.app, office.clock.now(), office.clock.now())
    beats(office, "27/11/2026 09:00", minutes=30)
    assert "so-cong-thuong.head@demo.invalid" not in office.server.to
    assert "giam-doc-moi@sct.invalid" in office.server.to


@pytest.mark.parametrize(
    ("at", "leave"),
    [("25/11/2026 20:59", "now slot waking"), ("25/11/2026 21:00", "now"), ("28/11/2026 06:59", "now"),
     ("28/11/2026 07:00", "now waking"), ("22/08/2026 10:00", "now slot waking"), ("17/02/2026 10:00", "now waking")],
    ids=["evening", "night", "morning", "saturday", "made-up-saturday", "tet"],
)  # fmt: skip
def test_the_hours_at_which_letters_leave(sqlite_office: Office, at: str, leave: str) -> None:
    sqlite_office.clock.moment = moment(at)
    for urgency in Urgency:
        sqlite_office.put(urgency.value, urgency=urgency)
    send.drain(sqlite_office.app)
    gone = sorted(row.message.urgency for row in sqlite_office.letters() if row.state is LetterState.ACCEPTED)
    assert gone == leave.split()


def test_what_a_daemon_missed_in_the_evening_wakes_no_head_when_it_is_back_by_night(sqlite_office: Office) -> None:
    """Owed at 20:50, found at 3 o'clock: heads are written to at seven, once, of how it stands then."""
    office = sqlite_office
    office.go_live()
    seen(office, ("28/11/2026 20:00", "u"))
    for at in ("28/11/2026 20:49", "28/11/2026 20:50"):
        office.clock.turn_to(moment(at))
        record(office.app, [look(at, Verdict.DOWN)], office.clock.now())
    office.clock.turn_to(moment("29/11/2026 03:00"))
    beats(office, "29/11/2026 05:00")
    assert {str(mail["To"]).partition("@")[0].rpartition(".")[2] for mail in office.server.mails} == {"duty"}
    office.clock.turn_to(moment("29/11/2026 05:10"))
    record(office.app, [look("29/11/2026 05:10", Verdict.UP)], office.clock.now())
    before = len(office.server.mails)
    beats(office, "29/11/2026 08:00")
    heads = [mail for mail in office.server.mails[before:] if ".head@" in str(mail["To"])]
    assert len(heads) == 2, "one letter each, of both"
    assert all(str(mail["Subject"]).startswith("Đã hoạt động lại") for mail in heads)
    assert min(row.message.date for row in office.letters() if ".head@" in row.to_address) >= moment("29/11/2026 07:00")
    assert office.clock.now() - moment("29/11/2026 08:00") < timedelta(hours=1)
