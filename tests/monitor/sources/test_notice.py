"""Notices of non-delivery: whose letter, which address, why; and what is no notice."""

from __future__ import annotations

import pytest

from monitor.core.bounce import Bounce, BounceAction
from monitor.sources.notice import LONGEST, bounces_of
from tests.servers import notices
from tests.servers.notices import NO_NOTICE, Notice

OURS = "demo.invalid"
ID = "<5f2b7c9d1e3a4f60@demo.invalid>"
TO = "giamdoc@so.invalid"


@pytest.mark.parametrize(
    ("notice", "action", "status", "permanent", "words"),
    [
        (notices.postfix, BounceAction.FAILED, "5.1.1", True, f"550 5.1.1 <{TO}>: Recipient address rejected: unknown"),
        (notices.exchange, BounceAction.FAILED, "5.2.2", True, "554 5.2.2 mailbox full"),
        (notices.delayed, BounceAction.DELAYED, "4.4.1", False, None),
        (notices.success, BounceAction.OTHER, "2.0.0", False, None),
    ],
    ids=["postfix", "exchange", "delayed", "success"],
)  # fmt: skip
def test_a_report_in_the_standard_form_names_letter_recipient_and_reason(
    notice: Notice, action: BounceAction, status: str, permanent: bool, words: str | None
) -> None:
    (found,) = bounces_of(notice(ID, TO), OURS)
    assert (found.message_id, found.recipient, found.action, found.status) == (ID, TO, action, status)
    assert found.permanent is permanent
    assert words is None or found.words == words


def test_a_report_of_several_recipients_is_one_bounce_each() -> None:
    end = b"\r\n--b1\r\nContent-Description: Undelivered"
    second = b"\r\nFinal-Recipient: rfc822; hai@so.invalid\r\nAction: failed\r\nStatus: 5.2.1\r\n"
    found = bounces_of(notices.postfix(ID, TO).replace(end, second + end), OURS)
    assert [(one.recipient, one.status) for one in found] == [(TO, "5.1.1"), ("hai@so.invalid", "5.2.1")]


def test_a_server_that_writes_no_report_is_understood_by_the_message_that_it_quotes() -> None:
    (found,) = bounces_of(notices.qmail(ID, TO), OURS)
    assert (found.message_id, found.recipient, found.status) == (ID, TO, "5.7.1")
    assert found.permanent
    assert "***" in found.words  # what it quotes may lead to anybody
    assert TO not in found.words


@pytest.mark.parametrize("notice", [notices.out_of_office, notices.answer], ids=["out-of-office", "answer"])
def test_an_answer_is_no_notice_whatever_it_quotes(notice: Notice) -> None:
    assert bounces_of(notice(ID, TO), OURS) == ()


def test_a_notice_about_a_message_of_others_is_none_of_ours_where_it_has_no_standard_form() -> None:
    assert bounces_of(notices.qmail("<abcdefgh@khac.invalid>", TO), OURS) == ()


@pytest.mark.parametrize("content", NO_NOTICE.values(), ids=NO_NOTICE.keys())
def test_what_cannot_be_read_says_nothing_and_breaks_nothing(content: bytes) -> None:
    assert bounces_of(content, OURS) == ()


def test_of_a_notice_only_so_much_is_read() -> None:
    large = notices.postfix(ID, TO).replace(b"Subject: =?", b"X: " + b"x" * (2 * LONGEST) + b"\r\nSubject: =?")
    assert [one.status for one in bounces_of(large, OURS)] == ["5.1.1"]


def test_what_a_server_gave_up_is_lost_whatever_its_code_says() -> None:
    """Days of a mailbox that was full end with "failed" and 4.2.2 (RFC 3464: who goes on trying says "delayed")."""
    given_up = notices.postfix(ID, TO).replace(b"Status: 5.1.1", b"Status: 4.2.2")
    assert [(one.status, one.permanent) for one in bounces_of(given_up, OURS)] == [("4.2.2", True)]
    assert not Bounce(message_id=ID, recipient=TO, action=BounceAction.DELAYED, status="4.2.2").permanent


def test_the_number_of_a_machine_is_no_status() -> None:
    named = notices.qmail(ID, TO).replace(b"192.0.2.1 does", b"mx[10.4.20.30] does")
    (found,) = bounces_of(named, OURS)
    assert (found.status, found.permanent) == ("5.7.1", True)


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "x\0y"], ids=["undefined", "idna", "puny", "nul"])
def test_an_encoding_that_is_none_breaks_nothing(charset: str) -> None:
    odd = notices.qmail(ID, TO).replace(b"iso-8859-1", charset.encode())
    assert all("\0" not in one.words for one in bounces_of(odd, OURS))


def test_what_no_database_takes_is_left_out_of_the_words() -> None:
    (found,) = bounces_of(notices.postfix(ID, TO).replace(b"Recipient address", b"Recipient\0 address"), OURS)
    assert "\0" not in found.words
