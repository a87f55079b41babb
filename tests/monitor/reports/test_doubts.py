"""What is measured, reckoned and said of others, held against an explanation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.core.agency import Agency, AgencyKind
from monitor.core.dossier import Dossier
from monitor.core.doubt import Doubt
from monitor.core.explanation import Delay, DelayCause, Explanation, Road
from monitor.core.finding import FindingKind
from monitor.core.interruption import Interruption
from monitor.core.limit import due_by, limit_of
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import ICT
from monitor.core.service import Service, Step, Target
from monitor.law import load_law
from monitor.register import Register
from monitor.register.register import register_of
from monitor.reports.doubts import MANY, Doubts
from monitor.store import explanations, interruptions, looks, writing

START = datetime(2026, 11, 16, 8, 0, tzinfo=ICT)
DUE = datetime(2026, 11, 16, 12, 0, tzinfo=ICT)
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=ICT)
LAW = load_law({})
SAID = Explanation(
    delay=Delay(matter=1, kind=FindingKind.RESULT, episode="x"),
    agency="sct",
    at=NOW,
    cause=DelayCause.SYSTEM_FAILURE,
    text="",
    road=Road.PAGE,
    given_by="A",
    entered_by="A",
)
DOSSIER = Dossier(
    source="s", code="c", procedure="2.001474", status="4", filed=START, received=START, appointment=DUE, as_of=NOW,
    first_seen=START,
)  # fmt: skip


@pytest.fixture(scope="module")
def register() -> Register:
    target = Target(key="a", name="Trang a", steps=(Step(url="http://x"),), public=False)
    service = Service(code="2.001474", name="Khuyến mại", owner="sct", targets=(target,))
    return register_of(
        agencies=[Agency(key="sct", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT)],
        services=[service],
        centre="sct",
    )


def seen(minute: int, verdict: Verdict = Verdict.UP) -> Look:
    at = START + timedelta(minutes=minute)
    return Look(
        service="2.001474", target="a", vantage="v", kind=Kind.HTTP, at=at, received_at=at, verdict=verdict,
        cause=Cause.NONE if verdict is Verdict.UP else Cause.TIMEOUT, valid_for_ms=600_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "cut_off", "found"),
    [
        (range(0, 240, 5), False, (Doubt.WAS_UP,)),
        (range(0, 240, 30), False, (Doubt.UNMEASURED,)),  # each look vouches for ten minutes
        (range(0, 200, 5), False, (Doubt.UNMEASURED,)),
        ((), False, (Doubt.UNMEASURED,)),
        (range(0, 240, 5), True, ()),
    ],
    ids=["up", "gaps", "cut-short", "never", "interrupted"],
)
def test_a_failure_is_held_against_what_was_measured(
    engine: Engine, register: Register, minutes: range, cut_off: bool, found: tuple[Doubt, ...]
) -> None:
    with writing(engine) as db:
        looks.add(db, [seen(-30), *(seen(minute) for minute in minutes), seen(400)])
        if cut_off:
            bad = START + timedelta(minutes=7)
            told = Interruption(
                service="2.001474", target="a", last_good=START, first_bad=bad, last_bad=bad, first_good=None,
                cause=Cause.TIMEOUT, failed_looks=2,
            )  # fmt: skip
            interruptions.open_(db, told, bad)
        assert Doubts(db, register, LAW, NOW).of(SAID, DOSSIER) == found
        elsewhere = replace(DOSSIER, procedure="1.000001")
        assert Doubts(db, register, LAW, NOW).of(SAID, elsewhere) == (Doubt.NOT_WATCHED,)


def test_a_wrong_appointment_is_held_against_the_rules(sqlite_engine: Engine, register: Register) -> None:
    procedure = next(key.partition(".")[2] for key in LAW.rules if key.startswith("resolution_days."))
    limit = limit_of(LAW, procedure, START.date())
    assert limit is not None
    right = due_by(limit, START, LAW.calendar_of("sct"))
    said = replace(SAID, cause=DelayCause.WRONG_APPOINTMENT)
    with writing(sqlite_engine) as db:
        for appointment, found in ((right, (Doubt.AGREES,)), (datetime(2026, 12, 30, tzinfo=ICT), ())):
            one = replace(DOSSIER, procedure=procedure, appointment=appointment)
            assert Doubts(db, register, LAW, NOW).of(said, one) == found


def test_the_same_words_for_many_are_said_and_a_letters_are_not(sqlite_engine: Engine, register: Register) -> None:
    said = replace(SAID, cause=DelayCause.STAFF, text="Nghỉ ốm")
    with writing(sqlite_engine) as db:
        some = [replace(said, delay=replace(said.delay, matter=matter)) for matter in range(1, MANY + 1)]
        explanations.add(db, [*some, *some])  # said twice of one dossier is of one dossier
        assert Doubts(db, register, LAW, NOW).of(said, DOSSIER) == ()
        explanations.add(db, [replace(said, delay=replace(said.delay, matter=99))])
        assert Doubts(db, register, LAW, NOW).of(said, DOSSIER) == (Doubt.SAME_WORDS,)
        assert Doubts(db, register, LAW, NOW).of(replace(said, incoming=1), DOSSIER) == ()
