"""Words on one dossier that do not fit together; each case with one that fits beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.discrepancy import Difference, discrepancies
from monitor.core.dossier import Dossier, Status, Supplement
from monitor.core.lead import lead_of
from monitor.core.mass_pause import MassPause, mass_pauses, paused_when_due
from monitor.core.period import ICT
from monitor.core.step import Step
from monitor.law import load_law

LAW, BY_DATE = load_law(), load_law(by_date=True)
NOON = datetime(2026, 11, 20, 12, tzinfo=ICT)
DUE = datetime(2026, 11, 27, 17, tzinfo=ICT)
DAY = timedelta(days=1)


def told(**facts: Any) -> Dossier:
    first: dict[str, Any] = {
        "source": "mot-cua", "code": "A", "status": Status.PROCESSING, "filed": NOON - 4 * DAY,
        "received": NOON - 4 * DAY, "appointment": DUE, "handling_unit": "Sở CT", "as_of": NOON, "first_seen": NOON,
        "told": NOON,
    }  # fmt: skip
    return Dossier(**first | facts)


def seen(dossier: Dossier, law: Any = LAW, **known: Any) -> list[tuple[str, str]]:
    return [(one.kind.value, one.counted) for one in discrepancies(dossier, law, Circumstances(**known))]


PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any], list[Difference]]] = {
    "the same": ({}, {}, []),
    "done there": ({}, {"status": "9", "finished": NOON}, [Difference.DONE_THERE]),
    "done here": ({"status": "10", "finished": NOON}, {}, [Difference.DONE_HERE]),
    "papers here, done there": ({"status": "5"}, {"status": "9"}, [Difference.PAUSE_AS_DONE]),
    "stopped here, done there": ({"status": "8"}, {"status": "9"}, [Difference.PAUSE_AS_DONE]),
    "a duty there, done here": ({"status": "10"}, {"status": "6"}, [Difference.PAUSE_AS_DONE]),
    "received there alone": ({"status": "1", "appointment": None}, {}, [Difference.RECEIVED_THERE]),
    "received here alone": ({}, {"status": "1", "appointment": None}, [Difference.RECEIVED_HERE]),
    "another day": ({}, {"appointment": DUE + DAY}, [Difference.APPOINTMENT]),
    "the same day without an hour": ({}, {"appointment": date(2026, 11, 27)}, []),
    "no appointment there": ({}, {"appointment": None}, []),
    "a status nobody knows there": ({"status": "9", "finished": NOON}, {"status": "11"}, []),
    "both done": ({"status": "9", "finished": NOON}, {"status": "10", "returned": NOON}, []),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_systems_differ_in_what_a_person_must_look_at_and_in_nothing_else(name: str) -> None:
    here, there, wanted = PAIRS[name]
    other = told(source="cong-dvcqg", **there)
    assert seen(told(**here), others=(other,)) == [("differing", one) for one in wanted]
    assert seen(told(**here), others=(other, other)) == [("differing", one) for one in wanted], "each once"


def test_an_hour_is_no_difference_where_the_office_compares_by_day() -> None:
    other = told(source="cong-dvcqg", appointment=DUE - timedelta(hours=1))
    assert seen(told(), others=(other,)) == [("differing", "appointment")]
    assert seen(told(), BY_DATE, others=(other,)) == []


@pytest.mark.parametrize(
    ("finished", "appointment", "kinds"),
    [
        (DUE, DUE, ["exact_result"]),
        (DUE - timedelta(seconds=1), DUE, []),
        (date(2026, 11, 27), date(2026, 11, 27), []),
        (DUE, date(2026, 11, 27), []),
        (DUE.replace(hour=23, minute=59), DUE, ["midnight_result"]),
        (DUE.replace(hour=23, minute=59), DUE.replace(hour=23, minute=59), ["exact_result", "midnight_result"]),
        (DUE.replace(hour=23, minute=58, second=59), DUE, []),
    ],
)
def test_a_result_can_be_too_exact(finished: Any, appointment: Any, kinds: list[str]) -> None:
    done = told(status="9", finished=finished, appointment=appointment)
    assert [kind for kind, _ in seen(done)] == kinds


def test_an_end_that_was_another_before_it_met_the_appointment_was_rewritten() -> None:
    before = told(status="9", finished=DUE + DAY)
    assert ("exact_result", "rewritten") in seen(told(status="9", finished=DUE), history=(before,))
    assert ("exact_result", "") in seen(told(status="9", finished=DUE), history=(told(),))


def apology(new: datetime) -> Apology:
    return Apology(matter=1, agency="so-ct", document="1/PXL", dated=NOON.date(), old=DUE, new=new, at=NOON, by="A")


def test_an_appointment_that_moves_needs_an_apology_or_papers() -> None:
    later, history = told(appointment=DUE + DAY), (told(),)
    assert seen(later, history=history) == [("moved_unapologised", "")]
    assert seen(later, history=history, apologies=(apology(DUE + DAY),)) == []
    assert seen(later, history=history, apologies=(apology(DUE + 3 * DAY),)) == [("moved_unapologised", "")]
    asked = (Supplement(asked=NOON, answered=NOON + DAY),)
    assert seen(replace(later, supplements=asked), history=history) == []
    assert seen(later, history=(told(status="5"),)) == []
    assert seen(told(appointment=DUE - DAY), history=history) == [("moved_back", "")]


def test_what_ended_and_runs_again_was_reopened() -> None:
    assert seen(told(), history=(told(status="9", finished=NOON),)) == [("reopened", "")]
    assert seen(told(status="10", finished=NOON), history=(told(status="9", finished=NOON),)) == []


def test_a_step_that_says_done_where_nothing_is_promised_was_invented() -> None:
    steps = (Step(at=NOON, unit="Một cửa", status="9"),)
    assert seen(told(appointment=None), steps=steps) == [("differing", "invented_progress")]
    assert seen(told(), steps=steps) == []
    assert seen(told(appointment=None, status="9", finished=NOON), steps=steps) == []


def test_the_source_declared_first_leads_unless_it_is_stale_or_lacks_what_another_tells() -> None:
    order = {"mot-cua": 0, "cong-dvcqg": 1}
    mine, theirs = told(), told(source="cong-dvcqg")
    assert lead_of((theirs, mine), order, ()) is mine
    assert lead_of((theirs, mine), order, {"mot-cua"}) is theirs
    assert lead_of((theirs, mine), order, {"mot-cua", "cong-dvcqg"}) is mine
    for lacking in (told(status=""), told(appointment=None)):
        assert lead_of((lacking, theirs), order, ()) is theirs
        assert lead_of((lacking, theirs), order, {"cong-dvcqg"}) is lacking
    strange = told(source="nơi khác")
    assert lead_of((strange, theirs), order, ()) is theirs


def test_many_paused_on_the_day_they_were_due_are_looked_at_together() -> None:
    on_the_day = datetime(2026, 11, 27, 16, tzinfo=ICT)
    history = Circumstances(history=(told(),))
    paused = told(status="6", as_of=on_the_day)
    assert paused_when_due(paused, history) == date(2026, 11, 27)
    assert paused_when_due(paused, Circumstances()) is None, "never seen otherwise"
    assert paused_when_due(told(status="6", as_of=on_the_day - DAY), history) is None
    asked = told(status="5", supplements=(Supplement(asked=on_the_day),), as_of=on_the_day + 9 * DAY)
    assert paused_when_due(asked, Circumstances()) == date(2026, 11, 27)
    again = told(status="8", as_of=on_the_day + DAY)
    assert paused_when_due(again, Circumstances(history=(told(), paused))) == date(2026, 11, 27)

    one = MassPause(agency="so-ct", unit="Sở CT", day=date(2026, 11, 27), count=3)
    assert mass_pauses([one], LAW) == ()
    some = [one, replace(one, count=2), replace(one, unit="Khác", count=4)]
    assert mass_pauses(some, LAW) == (replace(one, count=5),)
