"""Apologies, outgoing letters and measures: once each, read back as recorded, found under every number of a matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Engine

from monitor.core.apology import Apology, Raised
from monitor.core.explanation import Delay
from monitor.core.finding import FindingKind
from monitor.core.measure import Measure, MeasureKind
from monitor.core.official_letter import DispatchKind
from monitor.core.period import Span, at
from monitor.store import apologies, dispatches, measures, reading, writing
from monitor.store.dossier_tables import dossiers, imports
from monitor.store.imports import ImportState
from tests.monitor.store.given import MINUTE, MONDAY

APOLOGY = Apology(
    matter=2,
    agency="so-cong-thuong",
    document="12/PXL-SCT",
    dated=date(2026, 11, 24),
    old=MONDAY + timedelta(days=4),
    new=date(2026, 12, 4),
    reason="Chờ ý kiến của cơ quan phối hợp",
    signer="Giám đốc",
    file_sha256="ab" * 32,
    at=MONDAY,
    by="Nguyễn Văn Thử",
)
LATE = Delay(matter=2, kind=FindingKind.RESULT, episode="2026-11-20T10:00:00+00:00")
OTHER = Delay(matter=3, kind=FindingKind.RECEPTION, episode="2026-11-18T01:00:00+00:00")


def as_one(engine: Engine, numbers: dict[int, int]) -> None:
    """Dossiers of these numbers, each under the matter beside it."""
    with writing(engine) as db:
        blank = {
            c.name: {int: 0, bool: False, bytes: b""}.get(c.type.python_type, "") for c in imports.c if not c.nullable
        }
        file = {"id": 1, "state": ImportState.PROJECTED, "at": MONDAY, "as_of": MONDAY}
        db.execute(imports.insert().values(blank | file))
        for number, matter in numbers.items():
            db.execute(
                dossiers.insert().values(
                    id=number, import_id=1, source=f"s{number}", code="H56.1", first_seen=MONDAY, matter=matter
                )
            )


def test_an_apology_is_kept_once_and_read_back_as_it_was_recorded(engine: Engine) -> None:
    with writing(engine) as db:
        number = apologies.add_once(db, APOLOGY)
        assert apologies.add_once(db, replace(APOLOGY, reason="khác")) is None
        second = apologies.add_once(
            db,
            replace(APOLOGY, document="13/PXL-SCT", breach=True, new=MONDAY + timedelta(days=20), at=MONDAY + MINUTE),
        )
        apologies.add_once(db, replace(APOLOGY, matter=9, agency="so-y-te", at=MONDAY + 2 * MINUTE))
    assert number is not None
    with reading(engine) as db:
        found = apologies.of(db, [2, 5])
        assert list(found) == [2]
        assert found[2][0] == replace(APOLOGY, number=number)
        assert (found[2][1].number, found[2][1].breach) == (second, True)
        assert [one.matter for one in apologies.latest(db, most=2)] == [9, 2]
        assert [one.matter for one in apologies.latest(db, most=9, agency="so-y-te")] == [9]


def test_facts_recorded_before_two_testimonies_were_one_are_found_under_either(engine: Engine) -> None:
    as_one(engine, {2: 2, 3: 2, 4: 4})
    with writing(engine) as db:
        apologies.add_once(db, replace(APOLOGY, matter=3))
        number = dispatches.draft(db, DispatchKind.URGE, "so-cong-thuong", [replace(LATE, matter=3)], at=MONDAY)
        dispatches.record(
            db, number, document="5/UBND", dated=date(2026, 11, 24), signer="Ô", at=MONDAY + MINUTE, by="Văn thư"
        )
    with reading(engine) as db:
        assert {matter: len(some) for matter, some in apologies.of(db, [2, 3, 4]).items()} == {2: 1, 3: 1}
        found = dispatches.recorded(db, [LATE, replace(LATE, matter=3), replace(LATE, matter=4), OTHER])
        assert {one.matter: [letter.number for letter in some] for one, some in found.items()} == {
            2: [number],
            3: [number],
        }


def test_what_was_put_off_too_often_or_was_to_be_is_raised_from_its_first_day(engine: Engine) -> None:
    with writing(engine) as db:
        apologies.add_once(db, APOLOGY)
        apologies.refuse(db, 2, at=MONDAY, by="A", new=date(2026, 12, 9))
        apologies.refuse(db, 2, at=MONDAY + MINUTE, by="A", new=MONDAY)
        apologies.add_once(db, replace(APOLOGY, matter=8, breach=True, at=MONDAY + MINUTE))
    with reading(engine) as db:
        assert apologies.raised(db, MONDAY) == (
            (2, Raised.TURNED_DOWN, MONDAY),
            (8, Raised.BREACH, MONDAY + MINUTE),
        )
        assert apologies.raised(db, MONDAY + 2 * MINUTE) == ()


def test_a_letter_tells_nobody_until_its_number_is_recorded_and_that_once(engine: Engine) -> None:
    given = {"document": "5/UBND", "dated": date(2026, 11, 24), "signer": "Ô", "at": MONDAY + MINUTE, "by": "Văn thư"}
    with writing(engine) as db:
        number = dispatches.draft(db, DispatchKind.URGE, "so-cong-thuong", [OTHER, LATE], at=MONDAY)
        assert dispatches.waiting(db, DispatchKind.URGE, "so-cong-thuong", (LATE, OTHER)) == number
        assert dispatches.waiting(db, DispatchKind.URGE, "so-cong-thuong", (LATE,)) is None
        assert dispatches.waiting(db, DispatchKind.EXPLAIN, "so-cong-thuong", (LATE, OTHER)) is None
        assert dispatches.recorded(db, [LATE]) == {}
        assert dispatches.record(db, number, **given)
        assert not dispatches.record(db, number, **{**given, "document": "6/UBND"})
        assert not dispatches.record(db, number + 1, **given)
        assert dispatches.waiting(db, DispatchKind.URGE, "so-cong-thuong", (LATE, OTHER)) is None
        newer = dispatches.draft(db, DispatchKind.EXPLAIN, "so-y-te", [LATE], at=MONDAY + 2 * MINUTE)
    with reading(engine) as db:
        sent = dispatches.load(db, number)
        assert sent is not None
        assert (sent.delays, sent.document, sent.dated) == ((OTHER, LATE), "5/UBND", date(2026, 11, 24))
        assert dispatches.recorded(db, [LATE, OTHER]) == {LATE: (sent,), OTHER: (sent,)}
        assert dispatches.named(db, "so-cong-thuong", "5/UBND", date(2026, 11, 24)) == sent
        assert dispatches.named(db, "so-y-te", "5/UBND", date(2026, 11, 24)) is None
        assert [one.number for one in dispatches.latest(db, most=5)] == [newer, number]
        assert dispatches.load(db, newer + 1) is None


def test_measures_stand_by_the_day_of_their_document(engine: Engine) -> None:
    one = Measure(
        agency="so-cong-thuong",
        unit="Phòng Quản lý thương mại",
        kind=MeasureKind.CORRECTION,
        document="45/KL-SCT",
        dated=date(2026, 11, 23),
        text="Chấn chỉnh",
        at=MONDAY,
        by="Nguyễn Văn Thử",
    )
    with writing(engine) as db:
        number = measures.add_once(db, one)
        assert measures.add_once(db, replace(one, text="khác")) is None
        measures.add_once(db, replace(one, unit="", kind=MeasureKind.RESPONSIBILITY, dated=date(2026, 11, 29)))
        measures.add_once(db, replace(one, agency="so-y-te", dated=date(2026, 11, 30)))
    week = Span(start=at(date(2026, 11, 23)), end=at(date(2026, 11, 30)))
    with reading(engine) as db:
        found = measures.between(db, week)
        assert found[0] == replace(one, number=number)
        assert [m.dated.day for m in found] == [23, 29]
        later = Span(start=week.start + MINUTE, end=week.end + MINUTE)
        assert [m.dated.day for m in measures.between(db, later)] == [29, 30]
        assert [m.agency for m in measures.between(db, later, "so-y-te")] == ["so-y-te"]
