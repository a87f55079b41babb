"""What a unit answers, before it is written down; and what its dossier says against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.core.answer import Answer, AnswerRefused, checked, explanations, says_again
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier, Status, Supplement
from monitor.core.doubt import Doubt, doubts_in
from monitor.core.explanation import Delay, DelayCause, Explanation, Road
from monitor.core.finding import FindingKind
from monitor.core.step import Step

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ANSWER = Answer(cause=DelayCause.STAFF, text="Nghỉ ốm", road=Road.PAGE, given_by="A", entered_by="B")
DELAY = Delay(matter=1, kind=FindingKind.RESULT, episode="x")


def test_texts_are_composed_on_one_line_and_masked() -> None:
    typed = replace(ANSWER, text=" Ngh\u0069\u0309 \n ốm,\tgọi 0912 345 678 ", remedy="a@b.vn", given_by="A 0912345678")
    found = checked(typed, NOW)
    assert (found.text, found.remedy, found.given_by) == ("Nghỉ ốm, gọi ***", "***", "A ***")
    assert checked(found, NOW) == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cause": DelayCause.OTHER, "text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"remedy": "x" * 2001}, "remedy"),
        ({"given_by": ""}, "given_by"),
        ({"given_by": "x" * 301}, "given_by"),
        ({"entered_by": "\n"}, "entered_by"),
        ({"expected": date(2036, 11, 30)}, "expected"),
    ],
    ids=["other", "text", "remedy", "nobody", "long-name", "no-clerk", "far"],
)
def test_what_lacks_something_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(AnswerRefused) as told:
        checked(replace(ANSWER, **changes), NOW)
    assert told.value.field == field


def test_one_answer_is_a_fact_of_each_delay_and_known_again_by_its_words() -> None:
    made = explanations(ANSWER, [(DELAY, "sct"), (replace(DELAY, matter=2), "snv")], NOW)
    assert [(one.delay.matter, one.agency, one.at) for one in made] == [(1, "sct", NOW), (2, "snv", NOW)]
    assert says_again(made[0], replace(ANSWER, entered_by="C", road=Road.SHEET))
    assert not says_again(made[0], replace(ANSWER, text="Nghỉ phép"))
    assert not says_again(made[0], replace(ANSWER, incoming=7))


def dossier(status: str = Status.PROCESSING, **said: Any) -> Dossier:
    return Dossier(**({"source": "s", "code": "c", "status": status, "as_of": NOW, "first_seen": NOW} | said))


ASKED = (Supplement(asked=NOW),)
STEPPED = Circumstances(steps=(Step(at=NOW, unit="u", status="6"),))


@pytest.mark.parametrize(
    ("cause", "one", "known", "doubt"),
    [
        (DelayCause.SUPPLEMENT, dossier(), NOTHING_KNOWN, Doubt.NO_SUPPLEMENT),
        (DelayCause.SUPPLEMENT, dossier(supplements=ASKED), NOTHING_KNOWN, None),
        (DelayCause.SUPPLEMENT, dossier(), Circumstances(history=(dossier(Status.SUPPLEMENT),)), None),
        (DelayCause.SUPPLEMENT, dossier(), Circumstances(others=(dossier(supplements=ASKED),)), None),
        (DelayCause.FINANCIAL_DUTY, dossier(), NOTHING_KNOWN, Doubt.NO_DUTY),
        (DelayCause.FINANCIAL_DUTY, dossier(Status.FINANCIAL_DUTY), NOTHING_KNOWN, None),
        (DelayCause.FINANCIAL_DUTY, dossier(), STEPPED, None),
        (DelayCause.NOT_UPDATED, dossier(), NOTHING_KNOWN, None),  # its figures are as old as the explanation
        (DelayCause.NOT_UPDATED, dossier(as_of=NOW + timedelta(days=1)), NOTHING_KNOWN, Doubt.STILL_OPEN),
        (DelayCause.NOT_UPDATED, dossier(Status.DONE, as_of=NOW + timedelta(days=1)), NOTHING_KNOWN, None),
        (DelayCause.STAFF, dossier(), NOTHING_KNOWN, None),
    ],
    ids=[
        "no-papers", "papers", "papers-before", "papers-elsewhere", "no-duty", "duty", "duty-step", "not-yet", "open",
        "done", "staff",
    ],
)  # fmt: skip
def test_a_cause_is_doubted_where_the_data_have_nothing_of_it(
    cause: DelayCause, one: Dossier, known: Circumstances, doubt: Doubt | None
) -> None:
    (said,) = explanations(replace(ANSWER, cause=cause), [(DELAY, "sct")], NOW)
    assert list(doubts_in(said, one, known, NOW.date())) == [doubt] * (doubt is not None)


@pytest.mark.parametrize(
    ("expected", "days_on", "status", "doubts"),
    [
        (date(2026, 11, 24), 0, Status.PROCESSING, [Doubt.EXPECTED_BEFORE]),
        (date(2026, 11, 25), 0, Status.PROCESSING, []),
        (date(2026, 11, 27), 2, Status.PROCESSING, []),
        (date(2026, 11, 27), 3, Status.PROCESSING, [Doubt.EXPECTED_OVER]),
        (date(2026, 11, 27), 3, Status.DONE, []),
    ],
    ids=["before", "today", "its-day", "over", "done"],
)
def test_a_day_expected_is_held_against_the_days(
    expected: date, days_on: int, status: Status, doubts: list[Doubt]
) -> None:
    said: Explanation = explanations(replace(ANSWER, expected=expected), [(DELAY, "sct")], NOW)[0]
    later = NOW + timedelta(days=days_on)
    assert list(doubts_in(said, dossier(status, as_of=later), NOTHING_KNOWN, later.date())) == doubts
