"""A letter sent again: as it is while it waits, and in a letter of its own where it stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs import letters, project, send
from jobs.again import NotAgain, again
from monitor.register import Register, register_of
from monitor.store import LetterState
from tests.jobs.conftest import MORNING
from tests.jobs.dossiers import row, take_in

Office = Any
HEAD = "so-cong-thuong/head"


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    sqlite_office.go_live()
    return sqlite_office


def changed(register: Register, key: str, **changes: Any) -> Register:
    """The register after its contacts were mended."""
    return register_of(
        agencies=register.agencies.values(),
        posts=[replace(post, **changes) if post.key == key else post for post in register.posts.values()],
        services=register.services.values(),
        sources=register.sources.values(),
        ladders=register.ladders.values(),
        centre=register.centre,
        province=register.province,
    )


def mend(office: Office, key: str = HEAD, **changes: Any) -> None:
    office.app = replace(office.app, register=changed(office.app.register, key, **changes))


def test_a_refused_letter_is_written_anew_to_the_address_the_register_has_now(office: Office) -> None:
    number = office.put("slot/1", state=LetterState.DEAD, to="cu@sct.invalid")
    mend(office, address="moi@sct.invalid", person="Nguyễn Văn A")
    office.clock.turn_to(MORNING)
    (newer,) = again(office.app, number, office.clock.now())
    old, new = office.letter(number), office.letter(newer.number)
    assert (old.state, old.to_address) == (LetterState.REPLACED, "cu@sct.invalid")
    assert old.last_why == f"thư số {newer.number}, gửi tới moi@sct.invalid"
    assert (new.state, new.to_address) == (LetterState.WAITING, "moi@sct.invalid")
    assert (new.subject, new.message.text, new.message.html) == (old.subject, old.message.text, old.message.html)
    assert new.message.message_id != old.message.message_id
    send.run(office.app, office.clock.now())
    assert [mail["To"].addresses[0].addr_spec for mail in office.server.mails] == ["moi@sct.invalid"]


def test_a_waiting_letter_goes_out_as_it_is(office: Office) -> None:
    number = office.put("slot/1", to="cu@sct.invalid")
    mend(office, address="moi@sct.invalid")
    assert again(office.app, number, office.clock.now()) == ()
    assert (office.letter(number).state, office.letter(number).to_address) == (LetterState.WAITING, "cu@sct.invalid")


@pytest.mark.parametrize("state", [LetterState.DEAD, LetterState.NO_ADDRESS, LetterState.WAITING])
def test_an_address_given_goes_before_the_registers(office: Office, state: LetterState) -> None:
    number = office.put("slot/1", state=state, to="")
    (newer,) = again(office.app, number, office.clock.now(), "tay@sct.invalid")
    assert office.letter(newer.number).to_address == newer.address == "tay@sct.invalid"


def test_a_letter_that_was_shared_goes_to_each_of_its_readers(office: Office) -> None:
    both = ("Giám đốc Sở Công Thương", "Phó Giám đốc phụ trách, Sở Công Thương Trần Văn B")
    number = office.put("slot/1", state=LetterState.DEAD, to_names=both)
    newer = again(office.app, number, office.clock.now())
    assert [one.address.split("@")[0] for one in newer] == ["so-cong-thuong.head", "so-cong-thuong.deputy"]


def test_what_a_replaced_letter_told_is_told_by_the_newer_one_and_not_by_the_next_slot(office: Office) -> None:
    mend(office, address="")
    take_in(office.app, [row("H56.1", appointment="20/11/2026 17:00:00")], office.clock.now())
    office.clock.turn_to(MORNING)
    project.refresh(office.app, MORNING)
    letters.slot(office.app, MORNING, MORNING)
    (lost,) = [one for one in office.letters() if one.state is LetterState.NO_ADDRESS]
    mend(office, address="moi@sct.invalid")
    (newer,) = again(office.app, lost.id, MORNING)
    noon = office.turn(hours=6)
    letters.slot(office.app, noon, noon)
    assert [one.id for one in office.letters() if one.to_address == "moi@sct.invalid"] == [newer.number]


@pytest.mark.parametrize(
    ("state", "names", "mended"),
    [
        (LetterState.NO_ADDRESS, ("Giám đốc Sở Công Thương",), "điền danh bạ"),
        (LetterState.DEAD, ("Chức danh không còn",), "--to"),
        (LetterState.ACCEPTED, ("Giám đốc Sở Công Thương",), "tthc outbox list"),
        (LetterState.HELD, ("Giám đốc Sở Công Thương",), "tthc outbox list"),
        (LetterState.REPLACED, ("Giám đốc Sở Công Thương",), "tthc outbox list"),
    ],
)
def test_what_cannot_be_sent_again_says_why_and_stays(
    office: Office, state: LetterState, names: tuple[str, ...], mended: str
) -> None:
    mend(office, address="")
    number = office.put("slot/1", state=state, to_names=names)
    with pytest.raises(NotAgain, match=mended):
        again(office.app, number, office.clock.now())
    assert [one.state for one in office.letters()] == [state]


def test_a_letter_that_is_not_there_is_said_not_to_be(office: Office) -> None:
    with pytest.raises(NotAgain, match="Không có thư số 7"):
        again(office.app, 7, office.clock.now())


def test_a_letter_of_a_pilot_goes_to_the_pilot_address_and_nowhere_else(sqlite_office: Office) -> None:
    sqlite_office.configured(pilot_address="thu@sct.invalid")
    take_in(sqlite_office.app, [row("H56.1", appointment="20/11/2026 17:00:00")], sqlite_office.clock.now())
    sqlite_office.clock.turn_to(MORNING)
    project.refresh(sqlite_office.app, MORNING)
    letters.slot(sqlite_office.app, MORNING, MORNING)
    sqlite_office.server.answers[:] = ["rcpt 550 5.1.1 no such user"] * len(sqlite_office.letters())
    send.run(sqlite_office.app, MORNING)
    first = sqlite_office.letters()[0]
    assert first.state is LetterState.DEAD
    with pytest.raises(NotAgain, match="PILOT_ADDRESS"):
        again(sqlite_office.app, first.id, MORNING, "khac@sct.invalid")
    sqlite_office.configured(pilot_address="khac@sct.invalid")
    (newer,) = again(sqlite_office.app, first.id, MORNING)
    assert (newer.address, sqlite_office.letter(newer.number).live) == ("khac@sct.invalid", False)
