from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email import charset
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.message import Attachment, Message
from notifiers.mime import BadAddress, bare_address, sender_of, to_bytes


def letter(**changes: object) -> Message:
    facts: dict[str, object] = {
        "key": "slot/1",
        "message_id": "<1@thanhhoa.gov.vn>",
        "date": datetime(2026, 11, 25, 0, 30, tzinfo=UTC),
        "sender": "Giám sát TTHC <giamsat@thanhhoa.gov.vn>",
        "to_address": "giamdoc@thanhhoa.gov.vn",
        "to_names": ("Giám đốc Sở Công Thương", "Phó Giám đốc phụ trách, Sở Công Thương"),
        "subject": "12 hồ sơ quá hạn",
        "text": "Kính gửi",
        "html": "<p>Kính gửi <img src='cid:dai'></p>",
        "attachments": (
            Attachment(name="dải tuần.png", media_type="image/png", content=b"\x89PNG", cid="dai"),
            Attachment(name="nhật ký tuần.xlsx", media_type="application/octet-stream", content=bytes(range(256))),
        ),
    }
    return Message(**(facts | changes))  # type: ignore[arg-type]


def read(message: Message) -> EmailMessage:
    return email.message_from_bytes(to_bytes(message), _class=EmailMessage, policy=email.policy.default)


def test_the_same_letter_is_the_same_bytes_and_all_ascii() -> None:
    assert to_bytes(letter()) == to_bytes(letter())
    assert to_bytes(letter()).isascii()
    assert b"\n" not in to_bytes(letter()).replace(b"\r\n", b"")


def test_everything_can_be_read_again() -> None:
    mail = read(letter())
    assert mail["Subject"] == "12 hồ sơ quá hạn"
    assert mail["Date"] == "Wed, 25 Nov 2026 07:30:00 +0700"
    assert mail["Message-ID"] == "<1@thanhhoa.gov.vn>"
    (to,) = mail["To"].addresses
    assert to.addr_spec == "giamdoc@thanhhoa.gov.vn"
    name = email.message_from_bytes(to_bytes(letter()))["To"].rpartition(" <")[0]
    assert str(make_header(decode_header(name))) == "Giám đốc Sở Công Thương; Phó Giám đốc phụ trách, Sở Công Thương"
    picture, file = (part for part in mail.walk() if part.get_filename())
    assert (picture["Content-ID"], picture.get_filename(), picture.get_content()) == (
        "<dai>",
        "dải tuần.png",
        b"\x89PNG",
    )
    assert (file.get_filename(), file.get_content()) == ("nhật ký tuần.xlsx", bytes(range(256)))


@settings(deadline=None)
@given(
    subject=st.text("ồ quá hạn 1", min_size=1, max_size=200), name=st.text("Sở Công Thương", min_size=1, max_size=200)
)
def test_no_header_line_is_empty_or_too_long(subject: str, name: str) -> None:
    head = to_bytes(letter(subject=subject, to_names=(name,))).split(b"\r\n\r\n", 1)[0]
    assert not re.search(rb"(?m)^[A-Za-z-]+:[ \t]*\r\n[ \t]", head)
    assert max(len(line) for line in head.split(b"\r\n")) <= 78
    assert str(read(letter(subject=subject))["Subject"]).replace(" ", "") == subject.replace(" ", "")


def test_a_picture_is_beside_the_words_and_a_file_beside_both() -> None:
    kinds = [part.get_content_type() for part in read(letter()).walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "application/octet-stream",
    ]


def test_without_html_it_is_plain() -> None:
    assert read(letter(html="", attachments=())).get_content_type() == "text/plain"


def test_a_post_without_an_address_is_a_group_without_members() -> None:
    mail = read(letter(to_address=""))
    assert mail["To"].addresses == ()
    assert mail["To"].groups[0].display_name.startswith("Giám đốc Sở Công Thương")


@settings(deadline=None)
@given(
    subject=st.text(max_size=300),
    name=st.text(max_size=200),
    file=st.text(min_size=1, max_size=80),
    smuggled=st.sampled_from(["", "\r\nBcc: x@y.vn", "\nX: 1", "\r\n\r\nbody", "\x0bBcc: x@y.vn", "\u2028Bcc: x@y.vn"]),
)
def test_no_text_can_add_a_header(subject: str, name: str, file: str, smuggled: str) -> None:
    attachment = Attachment(name=file + smuggled, media_type="image/png", content=b"", cid="a" + smuggled)
    plain = re.sub(r"[<>\x00-\x1f]", "", name)
    message = letter(
        subject=subject + smuggled,
        to_names=(name + smuggled,),
        sender=f"{plain} <giamsat@thanhhoa.gov.vn>",
        message_id="<1@a>" + smuggled,
        attachments=(attachment,),
    )
    head = to_bytes(message).split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(
        {
            b"Content-Type",
            b"MIME-Version",
            b"From",
            b"To",
            b"Subject",
            b"Date",
            b"Message-ID",
            b"Content-Language",
            b"Auto-Submitted",
            b"X-Auto-Response-Suppress",
        }
    )


@pytest.mark.parametrize("text", ["", "a", "a@", "a b@c", "a@b\n", "<a@b>", "a@b@c"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        bare_address(text)


@pytest.mark.parametrize("text", ["Tên <a@b>\nBcc: c@d", "Tên\r\nBcc: <a@b>", "Tên <a@b", "Tên <a@b> <c@d>"])
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        sender_of(text)


def test_a_library_that_changes_how_all_mails_are_written_changes_none_of_ours() -> None:
    """Apprise has UTF-8 written as quoted-printable by the whole process once it is loaded."""
    before, was = to_bytes(letter()), charset.CHARSETS["utf-8"]
    charset.add_charset("utf-8", charset.QP, charset.QP, "utf-8")
    try:
        assert to_bytes(letter()) == before
    finally:
        charset.CHARSETS["utf-8"] = was
