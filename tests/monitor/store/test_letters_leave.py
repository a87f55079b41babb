"""Letters that are kept no longer leave with all that hangs on them, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Engine, select

from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.core.bounce import Bounce, BounceAction
from monitor.store import LetterState, acknowledgements, bounces, expiry, letters, reading, writing
from monitor.store.duty_tables import bounces as notices
from tests.monitor.store.given import MONDAY, message

LATER = MONDAY + timedelta(days=1)


def test_an_acknowledged_letter_one_that_came_back_and_one_in_its_place_all_leave(engine: Engine) -> None:
    with writing(engine) as db:
        first = _put(db, "mot")
        letters.accepted(db, first, "250 ok", MONDAY)
        acknowledgements.add(
            db, Acknowledgement(letter=first, person="so/head", road=Known.LINK, at=MONDAY, by="so/head")
        )
        bounce = Bounce(message_id="<mot@thu.invalid>", recipient="a@b.invalid", action=BounceAction.FAILED)
        row = bounces.add(db, bounce, "a" * 64, MONDAY)
        assert row is not None
        assert row.letter == first
        second = _put(db, "hai", instead_of=first)
        letters.accepted(db, second, "250 ok", MONDAY)
    with writing(engine) as db:
        assert [one.id for one in expiry.forget_letters(db, LATER, most=1)] == [first]
        assert [one.id for one in expiry.forget_letters(db, LATER, most=1)] == [second]
        assert expiry.forget_letters(db, LATER, most=1) == ()
    with reading(engine) as db:
        assert db.scalars(select(notices.c.letter)).all() == [None], "the notice stays: it is not taken in anew"


def _put(db: Connection, key: str, instead_of: int | None = None) -> int:
    one = message(key=key, message_id=f"<{key}@thu.invalid>")
    number = letters.add_once(
        db,
        message=one,
        kind="digest",
        slot=None,
        live=True,
        state=LetterState.WAITING,
        now=MONDAY,
        instead_of=instead_of,
    )
    assert number is not None
    return number
