"""Handing letters over: nothing lost, nothing twice, and a bad server holds up nobody else."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from typing import Any

import pytest

from jobs import send
from monitor.core.message import Urgency
from monitor.store import LetterState, letters, writing
from tests.servers.mail import DROP, HANG

Office = Any


def states(office: Office) -> list[LetterState]:
    return [row.state for row in office.letters()]


def test_what_waits_is_handed_over_as_it_was_frozen(office: Office) -> None:
    office.put("mot")
    office.put("hai")
    send.drain(office.app)
    assert [mail["Message-ID"] for mail in office.server.mails] == ["<mot@sct.invalid>", "<hai@sct.invalid>"]
    assert {mail["Date"] for mail in office.server.mails} == {"Wed, 25 Nov 2026 07:30:00 +0700"}
    assert states(office) == [LetterState.ACCEPTED, LetterState.ACCEPTED]
    send.drain(office.app)
    assert len(office.server.kept) == 2


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.NO_ADDRESS, LetterState.ACCEPTED, LetterState.DEAD])
def test_nothing_else_leaves(office: Office, state: LetterState) -> None:
    office.put("mot", state=state)
    send.drain(office.app)
    assert office.server.tried == 0


def test_what_is_urgent_goes_first(office: Office) -> None:
    for number in range(7):
        office.put(f"thuong-{number}")
    office.put("gap", urgency=Urgency.NOW)
    send.drain(office.app)
    assert office.server.mails[0]["Message-ID"] == "<gap@sct.invalid>"
    assert len(office.server.kept) == 8


def test_a_refusal_for_good_is_dead_at_once_and_says_why(office: Office) -> None:
    office.server.answers = ["rcpt 550 5.1.1 khong co nguoi nay"]
    number = office.put("mot")
    office.put("hai")
    send.drain(office.app)
    assert states(office) == [LetterState.DEAD, LetterState.ACCEPTED]
    assert "550 5.1.1" in office.letter(number).last_why


def test_an_address_that_is_none_is_dead_and_nobody_elses_trouble(office: Office) -> None:
    office.put("mot", to="a b@c")
    office.put("hai")
    send.drain(office.app)
    assert states(office) == [LetterState.DEAD, LetterState.ACCEPTED]


@pytest.mark.parametrize(
    "answer", ["rcpt 450 4.2.0 greylisted", "451 4.3.0 thu lai sau", "452 4.2.2 hop thu day", "rcpt 421 4.3.2 dong"]
)
def test_not_now_is_tried_again_after_a_minute_and_then_the_same_bytes_arrive(office: Office, answer: str) -> None:
    office.server.answers = [answer]
    number = office.put("mot")
    send.drain(office.app)
    assert office.letter(number).state is LetterState.WAITING
    office.turn(seconds=59)
    send.drain(office.app)
    assert office.server.kept == []
    office.turn(seconds=8)
    send.drain(office.app)
    assert states(office) == [LetterState.ACCEPTED]
    assert office.server.mails[0]["Date"] == "Wed, 25 Nov 2026 07:30:00 +0700"


@pytest.mark.parametrize("refused", ["530 5.7.0 phai dang nhap", "550 5.7.1 khong nhan nguoi gui nay"])
def test_a_sender_that_is_refused_costs_no_letter(office: Office, refused: str) -> None:
    office.server.answers = [f"mail {refused}", f"mail {refused}"]
    for key in ("mot", "hai"):
        office.put(key)
    send.drain(office.app)
    assert states(office) == [LetterState.WAITING, LetterState.WAITING]
    office.server.answers = []
    office.turn(minutes=2)
    send.drain(office.app)
    assert states(office) == [LetterState.ACCEPTED, LetterState.ACCEPTED]


@pytest.mark.parametrize(
    "refused",
    ["rcpt 554 5.7.1 Relay access denied", "rcpt 550 5.7.1 Client host rejected", "550 5.4.5 Daily sending quota"],
)
def test_a_refusal_of_us_that_answers_to_a_recipient_costs_no_letter_either(office: Office, refused: str) -> None:
    office.server.answers = [refused, refused]
    for key in ("mot", "hai"):
        office.put(key)
    send.drain(office.app)
    assert states(office) == [LetterState.WAITING, LetterState.WAITING]
    office.server.answers = []
    office.turn(minutes=2)
    send.drain(office.app)
    assert states(office) == [LetterState.ACCEPTED, LetterState.ACCEPTED]


def test_a_letter_too_large_for_the_server_is_dead_and_the_next_one_goes(office: Office) -> None:
    office.server.answers = ["mail 552 5.3.4 thu qua lon"]
    for key in ("mot", "hai"):
        office.put(key)
    send.drain(office.app)
    assert states(office) == [LetterState.DEAD, LetterState.ACCEPTED]


def test_greylisting_of_one_holds_up_no_other(office: Office) -> None:
    office.server.answers = ["rcpt 450 4.2.0 greylisted"]
    for key in ("mot", "hai", "ba"):
        office.put(key)
    send.drain(office.app)
    assert states(office) == [LetterState.WAITING, LetterState.ACCEPTED, LetterState.ACCEPTED]


def test_the_waits_are_one_five_fifteen_and_sixty_minutes_and_then_an_hour_each(office: Office) -> None:
    office.put("mot")
    waits = []
    for _ in range(7):
        office.server.answers = ["rcpt 450 4.2.0 sau"]
        send.drain(office.app)
        (row,) = office.letters()
        waits.append((row.next_at - office.clock.now()) / timedelta(minutes=1))
        office.clock.turn_to(row.next_at)
    for wait, minutes in zip(waits, [1, 5, 15, 60, 60, 60, 60], strict=True):
        assert minutes <= wait <= minutes * 1.1


def test_letters_do_not_all_come_back_in_one_moment(office: Office) -> None:
    office.server.answers = ["rcpt 450 4.2.0 sau"] * 20
    for number in range(20):
        office.put(str(number))
    send.drain(office.app)
    assert len({row.next_at for row in office.letters()}) > 10


def test_a_connection_lost_after_the_message_is_uncertain_and_goes_out_the_same(office: Office) -> None:
    office.server.answers = [DROP]
    number = office.put("mot")
    office.put("hai")
    send.drain(office.app)
    assert office.letter(number).state is LetterState.UNCERTAIN
    office.turn(minutes=2)
    send.drain(office.app)
    assert states(office) == [LetterState.ACCEPTED, LetterState.ACCEPTED]
    first, *others = office.server.kept
    assert [one for one in others if one == first] == [first]


def test_a_server_that_hangs_takes_its_deadline_once_a_beat_and_the_others_wait_for_the_next(office: Office) -> None:
    office.server.answers = [HANG]
    for key in ("mot", "hai", "ba"):
        office.put(key)
    begun = time.monotonic()
    send.drain(office.app, deadline_s=0.4)
    assert time.monotonic() - begun < 4
    assert states(office) == [LetterState.UNCERTAIN, LetterState.WAITING, LetterState.WAITING]
    send.drain(office.app)
    assert [mail["Message-ID"] for mail in office.server.mails] == ["<hai@sct.invalid>", "<ba@sct.invalid>"]


def test_ten_minutes_of_a_hanging_server_lose_nothing_and_double_nothing(office: Office) -> None:
    office.server.answers = [HANG] * 5
    for number in range(12):
        office.put(str(number))
    for _ in range(5):
        send.drain(office.app, deadline_s=0.3)
        office.turn(minutes=2)
    for _ in range(3):
        send.drain(office.app)
        office.turn(minutes=70)
    ids = [mail["Message-ID"] for mail in office.server.mails]
    assert sorted(ids) == sorted(f"<{number}@sct.invalid>" for number in range(12))
    assert set(states(office)) == {LetterState.ACCEPTED}


def test_a_server_that_is_not_there_costs_one_attempt_a_beat(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reachable = office.app.settings.smtp_url
    office.configured(smtp_url=f"smtp://127.0.0.1:{port}")
    for number in range(4):
        office.put(str(number))
    send.drain(office.app)
    assert [row.attempts for row in office.letters()] == [1, 0, 0, 0]
    assert set(states(office)) == {LetterState.WAITING}
    office.configured(smtp_url=reachable)
    office.turn(seconds=70)
    send.drain(office.app)
    assert set(states(office)) == {LetterState.ACCEPTED}


def test_what_a_dead_sender_took_is_sent_when_its_lease_ends_or_the_daemon_begins_anew(office: Office) -> None:
    office.put("mot")
    with writing(office.app.engine) as db:
        assert letters.claim(db, office.clock.now(), 5, 300)
    send.drain(office.app)
    assert office.server.kept == []
    with writing(office.app.engine) as db:
        letters.abandoned(db, office.clock.now())
    send.drain(office.app)
    assert len(office.server.kept) == 1


def test_without_a_server_everything_waits(office: Office) -> None:
    office.configured(smtp_url="")
    office.put("mot")
    send.run(office.app, office.clock.now())
    assert states(office) == [LetterState.WAITING]


def test_every_letter_has_a_copy_in_the_mailbox_once(office: Office) -> None:
    for number in range(12):
        office.put(str(number), state=LetterState.HELD)
    send.run(office.app, office.clock.now())
    send.run(office.app, office.clock.now())
    assert len(list((office.app.settings.var_dir / "mailbox").glob("*.eml"))) == 12


def test_a_mailbox_that_cannot_be_written_keeps_no_letter_from_leaving(office: Office) -> None:
    office.app.settings.var_dir.mkdir(parents=True)
    blocked = office.app.settings.var_dir / "mailbox"
    blocked.write_text("")
    office.put("mot")
    send.run(office.app, office.clock.now())
    assert len(office.server.kept) == 1
    blocked.unlink()
    send.run(office.app, office.clock.now())
    assert len(list(blocked.glob("*.eml"))) == 1
