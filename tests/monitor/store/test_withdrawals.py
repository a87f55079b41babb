"""A notice taken back counts no more, stays as it was entered, and is sealed; a form handed in twice writes once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import NoResultFound

from monitor.store import journal, notices, reading, submissions, withdrawals, writing
from monitor.store.withdrawals import Withdrawal
from tests.monitor.store.given import MINUTE, MONDAY, NOTICE, SERVICE

TAKEN_BACK = Withdrawal(at=MONDAY + MINUTE, by="Nguyễn Văn Thử", reason="ghi nhầm ngày, gọi 0912345678")


def test_a_notice_taken_back_counts_no_more_and_is_still_told(engine: Engine) -> None:
    with writing(engine) as db:
        wrong, right = notices.add(db, NOTICE), notices.add(db, NOTICE)
        assert withdrawals.add(db, wrong, TAKEN_BACK)
    with reading(engine) as db:
        assert notices.overlapping(db, SERVICE, NOTICE.span) == [NOTICE]
        told = {one.number: one.withdrawn for one in notices.announced(db, SERVICE, NOTICE.span)}
    assert told[right] is None
    assert told[wrong] == Withdrawal(at=MONDAY + MINUTE, by="Nguyễn Văn Thử", reason="ghi nhầm ngày, gọi ***")


def test_a_notice_is_taken_back_once(engine: Engine) -> None:
    with writing(engine) as db:
        number = notices.add(db, NOTICE)
        assert withdrawals.add(db, number, TAKEN_BACK)
        assert not withdrawals.add(db, number, TAKEN_BACK)
        (chain,) = journal.verify_all(db)
    assert (chain.entries, chain.intact) == (2, True)


def test_what_no_notice_has_cannot_be_taken_back(engine: Engine) -> None:
    with pytest.raises(NoResultFound), writing(engine) as db:
        withdrawals.add(db, 77, TAKEN_BACK)


@pytest.mark.parametrize("change", ["at = at + 1", "reason = 'khác'", "\"by\" = 'khác'", "notice = notice - 1"])
def test_a_withdrawal_that_was_altered_is_found(engine: Engine, change: str) -> None:
    with writing(engine) as db:
        notices.add(db, NOTICE)
        withdrawals.add(db, notices.add(db, NOTICE), TAKEN_BACK)
        db.execute(text(f"UPDATE notice_withdrawals SET {change}"))
        (chain,) = journal.verify_all(db)
    assert chain.broken_at == 3


def test_name_and_reason_can_be_erased_and_the_seal_holds(engine: Engine) -> None:
    with writing(engine) as db:
        number = notices.add(db, NOTICE)
        withdrawals.add(db, number, TAKEN_BACK)
        db.execute(text('UPDATE notice_withdrawals SET salt = NULL, reason = NULL, "by" = NULL'))
        (chain,) = journal.verify_all(db)
        told = notices.get(db, number)
    assert chain.intact
    assert told is not None
    assert told.withdrawn == Withdrawal(at=MONDAY + MINUTE, by="(đã xóa)", reason="(đã xóa)")


def test_who_entered_a_notice_is_told_sealed_and_can_be_erased(engine: Engine) -> None:
    with writing(engine) as db:
        number = notices.add(db, NOTICE, "Nguyễn Văn Thử")
        named = notices.get(db, number)
        db.execute(text('UPDATE notices SET salt = NULL, "by" = NULL'))
        erased = notices.get(db, number)
        (chain,) = journal.verify_all(db)
        assert chain.intact
        db.execute(text("UPDATE notices SET personal = 'khác'"))
        assert [one.broken_at for one in journal.verify_all(db)] == [1]
    assert named is not None
    assert erased is not None
    assert (named.by, erased.by) == ("Nguyễn Văn Thử", "(đã xóa)")


def test_a_form_is_handed_in_once(engine: Engine) -> None:
    with writing(engine) as db:
        assert submissions.once(db, "a", MONDAY)
    with writing(engine) as db:
        assert not submissions.once(db, "a", MONDAY + timedelta(days=1))
        assert submissions.once(db, "b", MONDAY + timedelta(days=1))


def test_old_forms_are_forgotten(engine: Engine) -> None:
    with writing(engine) as db:
        submissions.once(db, "a", MONDAY)
        submissions.once(db, "b", MONDAY + submissions.KEPT + timedelta(days=1))
        assert db.execute(text("SELECT token FROM submissions")).scalars().all() == ["b"]
