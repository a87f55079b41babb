"""What came back: tied to its letter, sent elsewhere, and told to whoever can mend the address."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from jobs import bounces, fallback, send, tell, urgent
from jobs.again import again
from jobs.app import App
from monitor.core.absence import Absence, AbsenceReason
from monitor.core.bounce import BounceAction
from monitor.core.message import Urgency
from monitor.register import Register, register_of
from monitor.reports.standing import Concern, standing
from monitor.reports.unreached import unreached
from monitor.store import LetterState, absences, reading, watches, writing
from monitor.store import bounces as kept
from monitor.store.attempts import attempts
from monitor.store.duty_tables import bounces as notices_kept
from monitor.store.tables import letters as stored
from tests.jobs.conftest import moment
from tests.servers import notices
from tests.servers.imap import PASSWORD, USER, ImapServer, imap_server
from tests.servers.notices import Notice

Office = Any
HEAD, DEPUTY, FOCAL = (f"so-cong-thuong/{role}" for role in ("head", "deputy", "focal_point"))


@pytest.fixture
def office(sqlite_office: Office, tmp_path: Path) -> Office:
    """In earnest since before the week's work, with a mailbox of what comes back."""
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 07:30"))
    sqlite_office.configured(bounces_url=f"maildir://{tmp_path}/tra-ve")
    mailbox.Maildir(str(tmp_path / "tra-ve"), create=True)
    return sqlite_office


def returned(office: Office, content: bytes) -> None:
    mailbox.Maildir(office.app.settings.bounces_url.removeprefix("maildir://")).add(content)
    bounces.run(office.app, office.clock.now())


def sent(office: Office, key: str = "mot", *, to: str = "giamdoc@sct.invalid", **changes: Any) -> int:
    number: int = office.put(key, to=to, **changes)
    send.run(office.app, office.clock.now())
    assert office.letter(number).state is LetterState.ACCEPTED
    return number


def back(office: Office, number: int, notice: Notice = notices.postfix) -> None:
    row = office.letter(number)
    returned(office, notice(row.message.message_id, row.to_address))


def of_posts(app: App, changes: dict[str, dict[str, Any]]) -> App:
    """With other contacts for some posts."""
    known: Register = app.register
    posts = [replace(post, **changes.get(post.key, {})) for post in known.posts.values()]
    return replace(
        app,
        register=register_of(
            agencies=known.agencies.values(), posts=posts, services=known.services.values(),
            sources=known.sources.values(), ladders=known.ladders.values(), centre=known.centre,
            province=known.province,
        ),
    )  # fmt: skip


def test_a_letter_that_comes_back_is_no_more_delivered_and_says_why(office: Office) -> None:
    number = sent(office)
    back(office, number)
    row = office.letter(number)
    assert row.state is LetterState.BOUNCED
    assert row.last_why.startswith("5.1.1 550 5.1.1 <giamdoc@sct.invalid>: Recipient address rejected")
    with reading(office.app.engine) as db:
        assert [one.what for one in attempts(db, number)] == [LetterState.ACCEPTED, LetterState.BOUNCED]
        (one,) = kept.of(db, [number])[number]
    assert one.bounce.action is BounceAction.FAILED


@pytest.mark.parametrize("notice", [notices.delayed, notices.success, notices.out_of_office, notices.answer])
def test_what_is_only_late_arrived_or_answered_stays_delivered(office: Office, notice: Notice) -> None:
    number = sent(office)
    back(office, number, notice)
    assert office.letter(number).state is LetterState.ACCEPTED


def test_the_mailbox_is_read_again_and_nothing_is_taken_in_twice(office: Office) -> None:
    number = sent(office)
    for _ in range(3):
        back(office, number)
    with reading(office.app.engine) as db:
        assert len(kept.of(db, [number])[number]) == 1
        assert len(attempts(db, number)) == 2


def test_a_notice_about_a_letter_that_nobody_knows_is_kept_and_counted(office: Office) -> None:
    returned(office, notices.postfix("<khong-ai-biet@khac.invalid>", "ai@so.invalid"))
    with reading(office.app.engine) as db:
        assert [tuple(row) for row in db.execute(select(notices_kept.c.letter, notices_kept.c.recipient))] == [
            (None, "ai@so.invalid")
        ]


def test_what_comes_back_goes_to_the_posts_next_address_with_what_it_tells(office: Office) -> None:
    office.app = of_posts(office.app, {HEAD: {"address": "giamdoc@sct.invalid", "fallbacks": ("vanthu@sct.invalid",)}})
    number = sent(office)
    back(office, number)
    fallback.run(office.app, office.clock.now())
    fallback.run(office.app, office.clock.now())
    old, new = office.letters()
    assert (new.instead_of, new.to_address, new.state) == (old.id, "vanthu@sct.invalid", LetterState.WAITING)
    assert (new.subject, new.message.text) == (old.subject, old.message.text)
    assert new.message.message_id != old.message.message_id
    send.run(office.app, office.clock.now())
    assert [mail["To"].addresses[0].addr_spec for mail in office.server.mails][-1] == "vanthu@sct.invalid"


def test_without_another_address_a_colleague_gets_it_told_why_and_without_the_link(office: Office) -> None:
    addresses = {HEAD: "giamdoc@sct.invalid", FOCAL: "Dau-Moi@sct.invalid", DEPUTY: "pho@sct.invalid"}
    office.app = of_posts(office.app, {key: {"address": address} for key, address in addresses.items()})
    text = "Giải trình tại: https://giamsat.invalid/giai-trinh/abc.def\nHết\n"
    number = sent(office, text=text)
    back(office, number)
    fallback.run(office.app, office.clock.now())
    (*_, new) = office.letters()
    assert (new.instead_of, new.to_address) == (number, "Dau-Moi@sct.invalid")
    assert new.subject == "Gửi thay: Thư mot"
    assert "vì thư gửi Giám đốc Sở Công Thương (giamdoc@sct.invalid) không tới nơi" in new.message.text
    assert "giai-trinh" not in new.message.text + new.message.html
    assert "không gửi kèm" in new.message.text
    send.run(office.app, office.clock.now())
    back(office, new.id)
    fallback.run(office.app, office.clock.now())
    (*_, third) = office.letters()
    assert (third.instead_of, third.to_address) == (new.id, "pho@sct.invalid"), "no address is tried twice"


def test_one_that_nobody_else_can_be_given_stays_where_it_is_and_costs_nothing(office: Office) -> None:
    office.app = of_posts(office.app, {key: {"address": ""} for key in office.app.register.posts if key != HEAD})
    number = sent(office, to=office.app.register.posts[HEAD].address)
    back(office, number)
    fallback.run(office.app, office.clock.now())
    assert [row.id for row in office.letters()] == [number]


def test_an_address_at_which_nothing_arrives_is_told_to_the_centre_until_something_does(office: Office) -> None:
    address = office.app.register.posts[HEAD].address
    back(office, sent(office, to=address))
    told = _of_address(office)
    assert [row.to_address for row in told] == [office.app.register.posts["trung-tam-pvhcc/focal_point"].address]
    (letter,) = told
    assert letter.subject == f"Thư không tới nơi: {address}"
    for words in ("Giám đốc Sở Công Thương", "550 5.1.1", "tthc contacts export", "chưa có địa chỉ nào khác"):
        assert words in letter.message.text, words
    assert _of_address(office) == told, "once"
    office.clock.turn_to(moment("30/11/2026 08:00"))
    assert len(_of_address(office)) == 2, "and again after three working days"
    sent(office, "hai", to=address)
    office.clock.turn_to(moment("07/12/2026 08:00"))
    assert len(_of_address(office)) == 2, "a letter has arrived there since"


def _of_address(office: Office) -> list[Any]:
    now = office.clock.now()
    tell.tick(office.app, now)
    urgent.compose(office.app, now)
    return [row for row in office.letters() if row.kind == "address"]


def test_days_later_a_mended_address_gets_the_next_letter_and_no_pile_of_old_ones(office: Office) -> None:
    address = office.app.register.posts[HEAD].address
    office.app = of_posts(office.app, {key: {"address": ""} for key in office.app.register.posts if key != HEAD})
    for day in ("25", "26"):
        office.clock.turn_to(moment(f"{day}/11/2026 07:30"))
        back(office, sent(office, f"ngay-{day}", to=address))
        with writing(office.app.engine) as db:
            db.execute(stored.update().values(slot=office.clock.now()))
        fallback.run(office.app, office.clock.now())
    office.clock.turn_to(moment("30/11/2026 08:00"))
    office.app = of_posts(office.app, {HEAD: {"address": "moi@sct.invalid"}})
    fallback.run(office.app, office.clock.now())
    assert [(row.state, row.to_address) for row in office.letters()] == [(LetterState.REPLACED, address)] * 2


def test_who_stands_in_gets_no_link_of_who_is_away(office: Office) -> None:
    office.app = of_posts(office.app, {DEPUTY: {"address": "pho@sct.invalid"}})
    text = "Tại: https://gs.invalid/da-nhan/abc\n"
    number = sent(office, to=office.app.register.posts[HEAD].address, text=text)
    today = office.clock.now().date()
    with writing(office.app.engine) as db:
        absences.add(
            db,
            Absence(
                post=HEAD, reason=AbsenceReason.LEAVE, since=today, until=today, substitute=DEPUTY,
                at=office.clock.now(), by="Người ghi",
            ),
        )  # fmt: skip
    back(office, number)
    fallback.run(office.app, office.clock.now())
    (*_, new) = office.letters()
    assert (new.to_address, new.subject) == ("pho@sct.invalid", "Gửi thay: Thư mot")
    assert "da-nhan" not in new.message.text


def test_a_letter_that_came_back_can_be_sent_again_by_a_person(office: Office) -> None:
    number = sent(office)
    back(office, number)
    (newer,) = again(office.app, number, office.clock.now(), "giamdoc@sct.invalid")
    assert office.letter(newer.number).state is LetterState.WAITING


def test_an_address_that_stays_broken_is_one_episode_however_long(office: Office) -> None:
    address = office.app.register.posts[HEAD].address
    found = []
    for day in range(0, 90, 30):
        office.clock.turn_to(moment("25/11/2026 07:30") + timedelta(days=day))
        back(office, sent(office, f"ngay-{day}", to=address, urgency=Urgency.NOW))
        with reading(office.app.engine) as db:
            found += [one.failing.since for one in unreached(db, office.app.register, office.clock.now())]
    assert found == [moment("25/11/2026 07:30")] * 3


def test_a_clock_that_ran_ahead_keeps_no_letter_back(office: Office) -> None:
    office.configured(smtp_per_minute=1)
    sent(office)
    with writing(office.app.engine) as db:
        db.exec_driver_sql("UPDATE letter_attempts SET at = at + 25200000")
    office.put("hai")
    send.run(office.app, office.clock.now())
    assert len(office.server.kept) == 2


def test_in_a_trial_nobody_else_is_written_to(sqlite_office: Office) -> None:
    number = sqlite_office.put("mot", state=LetterState.DEAD, to="giamdoc@sct.invalid")
    with sqlite_office.app.engine.begin() as db:
        db.exec_driver_sql("UPDATE letters SET live = 0")
    fallback.run(sqlite_office.app, sqlite_office.clock.now())
    assert [row.id for row in sqlite_office.letters()] == [number]


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


def test_a_mailbox_on_a_server_is_read_on_from_where_it_was_and_left_as_it_is(office: Office, imap: ImapServer) -> None:
    imap.empty()
    number = sent(office)
    row = office.letter(number)
    account = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
    office.configured(bounces_url=f"imaps://{account}@127.0.0.1:{imap.tls_port}/INBOX", ca_file=str(imap.ca_file))
    imap.put_raw(notices.answer(row.message.message_id, row.to_address))
    bounces.run(office.app, office.clock.now())
    assert office.letter(number).state is LetterState.ACCEPTED
    with reading(office.app.engine) as db:
        mark = watches.get_mark(db, bounces.MARK)
    imap.put_raw(notices.exchange(row.message.message_id, row.to_address))
    bounces.run(office.app, office.clock.now())
    assert office.letter(number).state is LetterState.BOUNCED
    with reading(office.app.engine) as db:
        assert watches.get_mark(db, bounces.MARK) != mark
    assert set(imap.flags()) == {""}, "nothing is marked as read"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("imaps://a:b@127.0.0.1:9/INBOX", "127.0.0.1:9"),
        ("maildir:///khong/co", "không có hộp thư /khong/co; sửa BOUNCES_URL trong .env"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_so_until_it_can(office: Office, url: str, why: str) -> None:
    good = office.app.settings.bounces_url
    office.configured(bounces_url=url)
    bounces.run(office.app, office.clock.now())
    assert why in _trouble(office)
    assert Concern.UNREAD_RETURNS in _concerns(office)
    office.configured(bounces_url=good)
    bounces.run(office.app, office.clock.now())
    assert _trouble(office) == ""
    assert Concern.UNREAD_RETURNS not in _concerns(office)


def test_a_letter_that_is_lost_is_a_concern_until_it_goes_elsewhere(office: Office) -> None:
    office.app = of_posts(office.app, {HEAD: {"address": "giamdoc@sct.invalid", "fallbacks": ("vanthu@sct.invalid",)}})
    back(office, sent(office))
    assert Concern.DEAD_LETTERS in _concerns(office)
    fallback.run(office.app, office.clock.now())
    assert Concern.DEAD_LETTERS not in _concerns(office)


def _concerns(office: Office) -> tuple[Concern, ...]:
    app = office.app
    with reading(app.engine) as db:
        return standing(db, app.settings, app.register, app.law, office.clock.now()).concerns


def _trouble(office: Office) -> str:
    with reading(office.app.engine) as db:
        return watches.get_mark(db, kept.RETURNS_TROUBLE) or ""


def test_no_more_letters_a_minute_leave_than_the_server_is_to_get(office: Office) -> None:
    office.configured(smtp_per_minute=7)
    for number in range(20):
        office.put(f"thu-{number}")
    after = []
    for _ in range(4):
        for _ in range(3):
            send.run(office.app, office.clock.now())
        after.append(len(office.server.kept))
        office.turn(seconds=61)
    assert after == [7, 14, 20, 20]
