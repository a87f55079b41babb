"""Letters: frozen when put down, sent by one sender at a time, and nothing lost with a sender that died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from monitor.core.message import Urgency
from monitor.store import LetterState, letters, reading, writing
from monitor.store.tables import letter_attempts
from tests.monitor.store.given import MINUTE, MONDAY, message

LEASE_S = 60


def put(
    engine: Engine, key: str = "a", state: LetterState = LetterState.WAITING, *, live: bool = True, **changed: object
) -> int:
    with writing(engine) as db:
        made = letters.add_once(
            db, message=message(key, **changed), kind="digest", slot=None, live=live, state=state, now=MONDAY
        )
    assert made is not None
    return made


def claim(engine: Engine, minute: float = 0, limit: int = 5) -> list[int]:
    with writing(engine) as db:
        return [row.id for row in letters.claim(db, MONDAY + minute * MINUTE, limit, LEASE_S)]


def state(engine: Engine, letter: int) -> LetterState:
    with reading(engine) as db:
        row = letters.get(db, letter)
    assert row is not None
    return row.state


def ledger(engine: Engine, letter: int) -> list[tuple[LetterState, str]]:
    wanted = select(letter_attempts).where(letter_attempts.c.letter == letter).order_by(letter_attempts.c.id)
    with reading(engine) as db:
        return [(row.what, row.words) for row in db.execute(wanted)]


def test_a_letter_is_kept_byte_for_byte(engine: Engine) -> None:
    with writing(engine) as db:
        number = letters.add_once(
            db, message=message(), kind="weekly", slot=MONDAY, live=False, state=LetterState.HELD, now=MONDAY
        )
        assert number is not None
        row = letters.get(db, number)
    assert row is not None
    assert row.message == message()
    assert (row.kind, row.slot, row.live, row.state) == ("weekly", MONDAY, False, LetterState.HELD)
    assert row.to_names == 'Giám đốc Sở Công Thương; Ông "Thử"; Phó Giám đốc'


def test_a_key_that_is_taken_is_not_taken_again(engine: Engine) -> None:
    first = put(engine, "a")
    with writing(engine) as db:
        again = letters.add_once(
            db,
            message=message("a", text="khác"),
            kind="digest",
            slot=None,
            live=True,
            state=LetterState.HELD,
            now=MONDAY,
        )
        assert again is None
        (only,) = letters.list_(db, 10)
    assert (only.id, only.state) == (first, LetterState.WAITING)


def test_a_list_shows_the_newest_first_without_their_words(engine: Engine) -> None:
    numbers = [put(engine, key) for key in "abc"]
    with reading(engine) as db:
        lines = letters.list_(db, 2)
    assert [line.id for line in lines] == [numbers[2], numbers[1]]
    assert not any(hasattr(line, "message") for line in lines)


@pytest.mark.parametrize("kept", [LetterState.HELD, LetterState.NO_ADDRESS, LetterState.DEAD, LetterState.ACCEPTED])
def test_what_does_not_wait_is_never_claimed(engine: Engine, kept: LetterState) -> None:
    put(engine, state=kept)
    assert claim(engine, minute=10_000) == []


def test_urgent_letters_are_claimed_first_and_none_twice(engine: Engine) -> None:
    slot, waking, now = (put(engine, urgency.value, urgency=urgency) for urgency in reversed(Urgency))
    assert claim(engine, limit=2) == [now, waking]
    assert claim(engine, limit=2) == [slot]
    assert claim(engine) == []


def test_a_letter_whose_sender_died_is_sent_again_the_same(engine: Engine) -> None:
    letter = put(engine)
    assert claim(engine) == [letter]
    assert claim(engine, minute=0.9) == []
    with writing(engine) as db:
        (again,) = letters.claim(db, MONDAY + MINUTE, 5, LEASE_S)
        assert again.message == message("a")
        letters.release(db, [letter], MONDAY + 2 * MINUTE)
    assert state(engine, letter) is LetterState.UNCERTAIN
    assert ledger(engine, letter) == [(LetterState.UNCERTAIN, "")]


def test_a_letter_written_by_a_clock_that_ran_ahead_does_not_wait_until_then(engine: Engine) -> None:
    letter = put(engine)
    assert claim(engine, minute=-119) == []
    assert claim(engine, minute=-24 * 60) == [letter]


def test_the_daemon_that_begins_frees_what_a_dead_one_took(engine: Engine) -> None:
    letter = put(engine)
    claim(engine)
    with writing(engine) as db:
        letters.abandoned(db, MONDAY + 0.1 * MINUTE)
    assert claim(engine, minute=0.1) == [letter]


@pytest.mark.parametrize(
    ("uncertain", "then", "after"),
    [
        ([False], LetterState.WAITING, LetterState.WAITING),
        ([True], LetterState.UNCERTAIN, LetterState.UNCERTAIN),
        ([True, False], LetterState.WAITING, LetterState.UNCERTAIN),
    ],
)
def test_what_may_have_arrived_stays_uncertain(
    engine: Engine, uncertain: list[bool], then: LetterState, after: LetterState
) -> None:
    letter = put(engine)
    for attempt, maybe in enumerate(uncertain):
        assert claim(engine, minute=attempt) == [letter]
        with writing(engine) as db:
            letters.retry(db, letter, "450 thử lại", MONDAY + (attempt + 1) * MINUTE, uncertain=maybe)
        assert claim(engine, minute=attempt + 0.9) == []
    with reading(engine) as db:
        row = letters.get(db, letter)
    assert row is not None
    assert (row.state, row.attempts, row.last_why) == (after, len(uncertain), "450 thử lại")
    assert ledger(engine, letter)[-1] == (then, "450 thử lại")


def test_an_acceptance_is_final_even_after_the_lease(engine: Engine) -> None:
    letter = put(engine)
    claim(engine)
    claim(engine, minute=2)
    with writing(engine) as db:
        letters.accepted(db, letter, "250 OK", MONDAY + 2 * MINUTE)
        letters.retry(db, letter, "421", MONDAY + 3 * MINUTE, uncertain=True)
        letters.dead(db, letter, "550")
        letters.release(db, [letter], MONDAY)
    assert state(engine, letter) is LetterState.ACCEPTED
    assert ledger(engine, letter)[-1] == (LetterState.ACCEPTED, "250 OK")
    assert claim(engine, minute=100) == []


def test_what_was_not_tried_is_given_back_as_it_was(engine: Engine) -> None:
    letter = put(engine)
    claim(engine)
    with writing(engine) as db:
        letters.release(db, [letter], MONDAY + 5 * MINUTE)
    assert state(engine, letter) is LetterState.WAITING
    assert claim(engine, minute=4) == []
    assert claim(engine, minute=5) == [letter]


@pytest.mark.parametrize(
    ("kept", "can"),
    [
        (LetterState.DEAD, False),
        (LetterState.WAITING, True),
        (LetterState.UNCERTAIN, True),
        (LetterState.HELD, False),
        (LetterState.ACCEPTED, False),
        (LetterState.SENDING, False),
        (LetterState.NO_ADDRESS, False),
    ],
)
def test_a_person_can_have_a_waiting_letter_tried_at_once(engine: Engine, kept: LetterState, can: bool) -> None:
    letter = put(engine, state=kept)
    with writing(engine) as db:
        assert letters.again(db, letter, MONDAY - MINUTE) is can
        assert not letters.again(db, 999, MONDAY)
        row = letters.get(db, letter)
    assert row is not None
    assert (row.state, row.next_at) == (kept, MONDAY - MINUTE if can else MONDAY)


@pytest.mark.parametrize("kept", LetterState)
def test_only_what_stopped_or_waits_can_be_replaced(engine: Engine, kept: LetterState) -> None:
    letter = put(engine, state=kept)
    can = kept in {
        LetterState.DEAD, LetterState.BOUNCED, LetterState.NO_ADDRESS, LetterState.WAITING, LetterState.UNCERTAIN,
    }  # fmt: skip
    with writing(engine) as db:
        assert letters.replaced(db, letter, "thư số 2", MONDAY) is can
    assert (state(engine, letter) is LetterState.REPLACED) is (can or kept is LetterState.REPLACED)
    assert ledger(engine, letter) == ([(LetterState.REPLACED, "thư số 2")] if can else [])


def test_every_letter_is_filed_once(engine: Engine) -> None:
    numbers = [put(engine, key, LetterState.HELD) for key in "abc"]
    with writing(engine) as db:
        assert [row.id for row in letters.unfiled(db, 2)] == numbers[:2]
        letters.filed(db, numbers[0], MONDAY)
        assert [row.id for row in letters.unfiled(db, 5)] == numbers[1:]
        assert letters.unfiled(db, 5)[0].message == message("b")


def test_letters_are_counted_by_state(engine: Engine) -> None:
    for key, kept in (("a", LetterState.HELD), ("b", LetterState.HELD), ("c", LetterState.DEAD)):
        put(engine, key, kept)
    with reading(engine) as db:
        assert letters.counts(db) == {LetterState.HELD: 2, LetterState.DEAD: 1}


@pytest.mark.postgres
def test_two_senders_on_postgresql_share_what_waits(postgres_engine: Engine) -> None:
    numbers = [put(postgres_engine, key) for key in "abcd"]
    with writing(postgres_engine) as one, writing(postgres_engine) as other:
        first = [row.id for row in letters.claim(one, MONDAY, 2, LEASE_S)]
        second = [row.id for row in letters.claim(other, MONDAY, 2, LEASE_S)]
    assert (first, second) == (numbers[:2], numbers[2:])
    assert timedelta(seconds=LEASE_S) == MINUTE
