"""What people say of interruptions, and what is suspected: appended, sealed, erasable, read back as it was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.store import journal, reading, remarks, suspicions, writing
from tests.monitor.store.given import BEGUN, ENDED, MINUTE, MONDAY, SERVICE, TARGET

CAUSE = Remark(
    service=SERVICE,
    target=TARGET,
    first_bad=BEGUN.first_bad,
    at=MONDAY + 30 * MINUTE,
    kind=RemarkKind.CAUSE,
    text="Nâng cấp phần mềm",
    by="Nguyễn Văn Thử",
)
REPLY = replace(
    CAUSE,
    at=MONDAY + 40 * MINUTE,
    kind=RemarkKind.REPLY,
    text="Do đường truyền",
    document="12/CNTT-VH",
    dated=date(2026, 11, 24),
    file_name="tra-loi.pdf",
    file_sha256="ab" * 32,
)
SILENCE = Suspicion(
    service=SERVICE,
    kind=SuspicionKind.SILENCE,
    starts=MONDAY,
    ends=None,
    entered_at=MONDAY + 600 * MINUTE,
    text="",
    key="silence/2.001474/1",
)
COMPLAINT = Suspicion(
    service=SERVICE,
    kind=SuspicionKind.COMPLAINT,
    starts=MONDAY + 60 * MINUTE,
    ends=None,
    entered_at=MONDAY + 90 * MINUTE,
    text="Không bấm được nút nộp",
    by="Trần Thị Thử",
)


def whole(engine: Engine) -> bool:
    with reading(engine) as db:
        return all(one.intact for one in journal.verify_all(db))


@pytest.fixture
def said(engine: Engine) -> Engine:
    """A cause, a reply and its ruling; a silence, a complaint and a ruling on it."""
    with writing(engine) as db:
        remarks.add(db, CAUSE)
        reply = remarks.add(db, REPLY)
        ruling = replace(CAUSE, at=MONDAY + 50 * MINUTE, kind=RemarkKind.RULING, text="Không có số liệu")
        remarks.add(db, replace(ruling, ruling=Ruling.REJECTED, answers=reply))
        suspicions.add(db, SILENCE)
        number = suspicions.add(db, COMPLAINT)
        assert number is not None
        suspicions.rule(db, number, Finding.CONFIRMED, at=MONDAY + 99 * MINUTE, by="Lê Văn Thử", reason="đã gọi lại")
    return engine


def test_remarks_come_back_as_they_were_said_and_in_that_order(said: Engine) -> None:
    with reading(said) as db:
        found = remarks.of(db, TARGET, BEGUN.first_bad)
    assert [replace(one, number=None) for one in found[:2]] == [CAUSE, REPLY]
    assert (found[2].kind, found[2].ruling, found[2].answers) == (RemarkKind.RULING, Ruling.REJECTED, found[1].number)
    assert whole(said)


def test_remarks_of_another_interruption_are_left_out(said: Engine) -> None:
    with reading(said) as db:
        assert remarks.of(db, TARGET, BEGUN.first_bad + MINUTE) == []
        assert remarks.of(db, "nơi khác", BEGUN.first_bad) == []
        assert remarks.of_failure(db, (TARGET,), BEGUN.first_bad, None) == []
        assert remarks.of_failure(db, (TARGET,), None, BEGUN.first_bad) == []
        assert remarks.between(db, "2.000004", Span(start=MONDAY, end=MONDAY + 60 * MINUTE)) == []
        assert remarks.between(db, SERVICE, Span(start=BEGUN.first_bad + MINUTE, end=MONDAY + 60 * MINUTE)) == []


def test_a_beginning_that_late_looks_moved_keeps_what_was_said_of_it(said: Engine) -> None:
    with reading(said) as db:
        assert len(remarks.of_failure(db, ("tên khác", TARGET), ENDED.last_good, ENDED.first_good)) == 3
        assert len(remarks.between(db, SERVICE, Span(start=MONDAY, end=MONDAY + 60 * MINUTE))) == 3


def test_a_ruling_of_a_reply_that_is_not_there_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as db:
        remarks.add(db, replace(CAUSE, kind=RemarkKind.RULING, ruling=Ruling.UPHELD, answers=7))


def test_the_same_silence_is_raised_once_and_a_complaint_as_often_as_it_comes(said: Engine) -> None:
    with writing(said) as db:
        assert suspicions.add(db, replace(SILENCE, starts=MONDAY + MINUTE)) is None
        assert suspicions.add(db, COMPLAINT) is not None
    with reading(said) as db:
        found = suspicions.between(db, SERVICE, Span(start=MONDAY, end=MONDAY + 600 * MINUTE))
    assert [one.kind for one in found] == ["silence", "complaint", "complaint"]
    assert whole(said)


def test_the_newest_ruling_stands_and_the_older_ones_are_kept(said: Engine) -> None:
    with reading(said) as db:
        before = suspicions.between(db, SERVICE, Span(start=MONDAY, end=MONDAY + 600 * MINUTE))[1]
        assert before.number is not None
        assert [one.kind for one in suspicions.open_(db)] == ["silence"]
    with writing(said) as db:
        suspicions.rule(db, before.number, Finding.REJECTED, at=MONDAY, by="Lê Văn Thử", reason="nhầm thủ tục")
    with reading(said) as db:
        now = suspicions.get(db, before.number)
        assert [one.found for one in suspicions.history(db, before.number)] == ["confirmed", "rejected"]
    assert now is not None
    assert (before.found, before.reason, before.found_by) == (Finding.CONFIRMED, "đã gọi lại", "Lê Văn Thử")
    assert (now.found, now.reason, now.found_at) == (Finding.REJECTED, "nhầm thủ tục", MONDAY)
    assert whole(said)


@pytest.mark.parametrize(
    ("first", "last", "kinds"),
    [
        (-10, 0, []),
        (-10, 1, ["silence"]),
        (60, 61, ["silence", "complaint"]),
        (61, 600, ["silence"]),
        (600, 700, ["silence"]),
        (601, 700, []),
    ],
)
def test_a_silence_reaches_to_where_it_was_raised_and_a_complaint_is_a_moment(
    said: Engine, first: int, last: int, kinds: list[str]
) -> None:
    with reading(said) as db:
        window = Span(start=MONDAY + first * MINUTE, end=MONDAY + last * MINUTE)
        assert [one.kind.value for one in suspicions.between(db, SERVICE, window)] == kinds


def test_nobody_rules_on_what_is_not_there(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as db:
        suspicions.rule(db, 9, Finding.CONFIRMED, at=MONDAY, by="Lê Văn Thử", reason="")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE remarks SET text = 'khác' WHERE kind = 'cause'",
        "UPDATE remarks SET document = '' WHERE kind = 'reply'",
        "UPDATE remarks SET file_sha256 = '' WHERE kind = 'reply'",
        "UPDATE remarks SET ruling = 'upheld' WHERE kind = 'ruling'",
        "UPDATE remarks SET answers = (SELECT min(id) FROM remarks) WHERE kind = 'ruling'",
        "DELETE FROM remarks WHERE kind = 'ruling'",
        "UPDATE suspicions SET starts = starts - 1 WHERE kind = 'silence'",
        "UPDATE suspicions SET key = NULL WHERE kind = 'silence'",
        "UPDATE suspicions SET text = 'khác' WHERE kind = 'complaint'",
        "UPDATE suspicion_rulings SET found = 'rejected'",
        "UPDATE suspicion_rulings SET suspicion = (SELECT min(id) FROM suspicions)",
        "DELETE FROM suspicion_rulings",
    ],
)
def test_what_was_said_cannot_be_changed_unseen(said: Engine, change: str) -> None:
    with writing(said) as db:
        assert db.execute(text(change)).rowcount
    assert not whole(said)


@pytest.mark.parametrize(
    "erased",
    [
        "UPDATE remarks SET text = NULL, by = NULL, file_name = NULL, salt = NULL",
        "UPDATE suspicions SET text = NULL, by = NULL, salt = NULL",
        "UPDATE suspicion_rulings SET reason = NULL, by = NULL, salt = NULL",
    ],
)
def test_words_and_names_can_be_erased_and_the_chain_still_holds(said: Engine, erased: str) -> None:
    with writing(said) as db:
        assert db.execute(text(erased)).rowcount
    assert whole(said)
    with reading(said) as db:
        told = remarks.of(db, TARGET, BEGUN.first_bad)
        (silence, complaint) = suspicions.between(db, SERVICE, Span(start=MONDAY, end=MONDAY + 600 * MINUTE))
    gone = {word for one in told for word in (one.text, one.by)} | {complaint.by, complaint.found_by, silence.text}
    assert "(đã xóa)" in gone
    assert told[1].document == REPLY.document
