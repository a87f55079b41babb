"""Tellings: each is owed once, whoever asks and how often."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from monitor.core.ladder import SubjectKind
from monitor.core.message import Urgency
from monitor.store import LetterState, letters, reading, tellings, writing
from tests.monitor.store.given import MONDAY, message, telling


def test_a_telling_is_made_once_and_comes_back_as_it_was(engine: Engine) -> None:
    with writing(engine) as db:
        (made,) = tellings.add_once(db, [telling(), telling()])
        assert tellings.add_once(db, [telling(urgency=Urgency.NOW)]) == []
        told = tellings.of(db, SubjectKind.RESULT, [telling().key, "khác"], live=True)
        (row,) = tellings.rows_of(db, SubjectKind.RESULT, [telling().key], live=True)
    assert (row.id, row.telling, row.letter) == (made, telling(), None)
    assert told == {telling().key: [telling()]}


@pytest.mark.parametrize(
    "other",
    [
        {"subject": SubjectKind.RECEPTION},
        {"key": "mot-cua\x1fH56.02"},
        {"episode": "2026-11-27"},
        {"stage": "due"},
        {"nth": 2},
        {"person": "so-cong-thuong.deputy"},
        {"live": False},
    ],
)
def test_what_differs_in_one_of_these_is_another_telling(engine: Engine, other: dict[str, object]) -> None:
    with writing(engine) as db:
        assert len(tellings.add_once(db, [telling()])) == 1
        assert len(tellings.add_once(db, [telling(), telling(**other)])) == 1


def test_a_trial_and_earnest_are_told_apart(engine: Engine) -> None:
    with writing(engine) as db:
        tellings.add_once(db, [telling(live=False), telling(nth=2)])
        of_trial = tellings.of(db, SubjectKind.RESULT, [telling().key], live=False)
        waiting = tellings.unlettered(db, False, [Urgency.SLOT])
    assert [one.nth for one in of_trial[telling().key]] == [1]
    assert [row.telling.live for row in waiting] == [False]


def test_what_a_letter_tells_or_nothing_is_left_of_waits_no_more(engine: Engine) -> None:
    with writing(engine) as db:
        first, second, third = tellings.add_once(db, [telling(nth=n) for n in (1, 2, 3)])
        tellings.add_once(db, [telling(urgency=Urgency.NOW, nth=9)])
        letter = letters.add_once(
            db, message=message(), kind="digest", slot=MONDAY, live=True, state=LetterState.WAITING, now=MONDAY
        )
        assert letter is not None
        tellings.attach(db, [first], letter)
        tellings.settle(db, [second])
        assert tellings.unlettered(db, True, [Urgency.SLOT])[0].id == third
        assert len(tellings.unlettered(db, True, list(Urgency))) == 2
        assert len(tellings.of(db, SubjectKind.RESULT, [telling().key], live=True)[telling().key]) == 4


def test_forty_thousand_keys_are_asked_for_at_once(engine: Engine) -> None:
    keys = [f"mot-cua\x1fH56.{number}" for number in range(40_000)]
    with writing(engine) as db:
        made = tellings.add_once(db, [telling(key=key) for key in keys[::400]])
        assert tellings.add_once(db, [telling(key=key) for key in keys[::200]]) != []
        tellings.settle(db, made)
    with reading(engine) as db:
        assert len(tellings.of(db, SubjectKind.RESULT, keys, live=True)) == 200
        assert len(tellings.unlettered(db, True, [Urgency.SLOT])) == 100
