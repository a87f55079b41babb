"""Who was told: of all that letters tell only what reached its person or is on its way."""

from __future__ import annotations

from sqlalchemy import Engine

from monitor.core.ladder import SubjectKind
from monitor.store import LetterState, heard, letters, tellings, writing
from tests.monitor.store.given import MONDAY, message, telling


def test_only_a_letter_that_goes_or_went_told_anybody(engine: Engine) -> None:
    with writing(engine) as db:
        tellings.add_once(db, [telling(person="không thư")])
        for state in LetterState:
            (made,) = tellings.add_once(db, [telling(person=state)])
            number = letters.add_once(
                db, message=message(key=state), kind="digest", slot=MONDAY, live=True, state=state, now=MONDAY
            )
            assert number is not None
            tellings.attach(db, [made], number)
        rows = heard.of(db, SubjectKind.RESULT, [telling().key], live=True)
        assert heard.of(db, SubjectKind.RESULT, [telling().key], live=False) == []
    assert [row.telling.person for row in rows] == ["waiting", "sending", "uncertain", "accepted"]
