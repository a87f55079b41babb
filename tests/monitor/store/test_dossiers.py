"""Dossiers as their sources told them, and the projection of how they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.core.finding import FindingKind, Standing
from monitor.core.period import from_ms, to_ms
from monitor.core.source import DossierRow
from monitor.store import dossier_list, dossiers, projection, reading, writing
from monitor.store.projection import NowRow
from tests.monitor.store.test_imports import NOW, begin, take

DAY = date(2026, 11, 27)
MIDNIGHT = to_ms(datetime(2026, 11, 26, 17, tzinfo=UTC))
FULL = DossierRow(
    "A", b"12345678", "2.000033", "Thông báo", "2", 1, "4", 1000, 2000, MIDNIGHT, None, None, 4, "Một cửa", "Sở CT",
    f"[[3000,4000],[{MIDNIGHT},null]]",
)  # fmt: skip


def told(engine: Engine, digest: bytes, *rows: DossierRow, source: str = "mot-cua") -> dict[str, int]:
    """Rows of new dossiers, taken in."""
    from monitor.store import dossier_loading

    number = begin(engine, digest, source)
    with writing(engine) as db:
        first = dossier_loading.next_number(db)
        numbers = {row.code: first + at for at, row in enumerate(rows)}
        dossier_loading.add(
            db, number, source=source, at=NOW, new=[(n, c) for c, n in numbers.items()],
            said=[(numbers[row.code], row) for row in rows],
        )  # fmt: skip
    take(engine, number)
    return numbers


def shown(number: int, version: int = 1, **changed: Any) -> NowRow:
    made = NowRow(
        dossier_id=number, version_id=version, basis="b", lead=True, as_of=to_ms(NOW), open=True,
        receiving_agency="mot-cua-xa", handling_agency="so-ct", agency="so-ct", standing="near", due=MIDNIGHT,
        reception_agency="", reception_standing="", reception_due=None, result_agency="so-ct", result_standing="near",
        result_due=MIDNIGHT, due_days_only=2, noted="", owing_from=MIDNIGHT, next_change_at=MIDNIGHT + 10,
    )  # fmt: skip
    return made._replace(**changed)


def placed(_status: str, _has_end: bool, _as_of: datetime, receiving: str, handling: str) -> tuple[str, str]:
    """Agencies as the register would name them."""
    return f"of {receiving}", f"of {handling}"


def write(engine: Engine, *rows: NowRow) -> None:
    with writing(engine) as db:
        projection.write(db, rows)


def test_a_dossier_comes_back_as_it_was_told(engine: Engine) -> None:
    told(engine, b"d", FULL)
    with reading(engine) as db:
        one = dossiers.load(db, "mot-cua", "A")
        assert dossiers.load(db, "mot-cua", "B") is None
        assert dossiers.load(db, "khac", "A") is None
    assert one is not None
    assert (one.filed, one.received, one.appointment) == (from_ms(1000), from_ms(2000), DAY)
    assert one.from_national_portal is True
    assert [(s.asked, s.answered) for s in one.supplements] == [
        (from_ms(3000), from_ms(4000)),
        (from_ms(MIDNIGHT), None),
    ]
    assert (one.as_of, one.first_seen) == (NOW, NOW)
    assert (one.receiving_agency, one.handling_agency) == ("", "")


def test_the_last_visible_version_counts_and_history_has_them_all(engine: Engine) -> None:
    from monitor.store import dossier_loading

    numbers = told(engine, b"d", FULL)
    for digest, status, seen in ((b"e", "9", True), (b"f", "10", False)):
        number = begin(engine, digest)
        with writing(engine) as db:
            said = [(numbers["A"], FULL._replace(status=status))]
            dossier_loading.add(db, number, source="mot-cua", at=NOW, new=(), said=said)
        if seen:
            take(engine, number, as_of=NOW + timedelta(hours=1))
    with reading(engine) as db:
        assert [one.status for one in dossiers.history(db, "mot-cua", "a")] == ["4", "9"]
        (one,) = dossiers.search(db, "A")
        assert (one.status, one.as_of) == ("9", NOW + timedelta(hours=1))
        assert dossiers.figures(db) == {"mot-cua": NOW + timedelta(hours=1)}


def test_a_code_may_be_known_to_several_sources(engine: Engine) -> None:
    told(engine, b"d", FULL)
    told(engine, b"d", FULL, source="cong-dvcqg")
    with reading(engine) as db:
        assert {one.source for one in dossiers.search(db, "A")} == {"mot-cua", "cong-dvcqg"}


def test_open_dossiers_before_a_moment_come_earliest_first_with_their_agencies(engine: Engine) -> None:
    numbers = told(engine, b"d", *(FULL._replace(code=code) for code in "ABCDE"))
    write(
        engine,
        shown(numbers["A"], 1, owing_from=MIDNIGHT),
        shown(numbers["B"], 2, owing_from=MIDNIGHT - 1000),
        shown(numbers["C"], 3, owing_from=0),
        shown(numbers["D"], 4, owing_from=None),
        shown(numbers["E"], 5, owing_from=MIDNIGHT + 1),
    )
    with reading(engine) as db:
        found = list(dossiers.open_before(db, from_ms(MIDNIGHT + 1)))
    assert [one.code for one in found] == ["C", "B", "A"]
    assert found[0].handling_agency == "so-ct"


def test_counts_are_by_agency_clock_and_standing_of_open_dossiers(engine: Engine) -> None:
    numbers = told(engine, b"d", *(FULL._replace(code=code) for code in "ABCD"))
    write(
        engine,
        shown(numbers["A"], 1),
        shown(numbers["B"], 2, noted="unknown_status no_appointment"),
        shown(numbers["C"], 3, open=False),
        shown(numbers["D"], 4, reception_agency="xa", reception_standing="late", result_agency="", result_standing=""),
    )
    with reading(engine) as db:
        found = {(row.agency, row.kind, row.standing): row.count for row in dossiers.counts(db)}
    assert found == {
        ("so-ct", FindingKind.RESULT, Standing.NEAR): 2,
        ("xa", FindingKind.RECEPTION, Standing.LATE): 1,
        ("so-ct", FindingKind.UNKNOWN_STATUS, Standing.NOTED): 1,
        ("so-ct", FindingKind.NO_APPOINTMENT, Standing.NOTED): 1,
    }


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["B", "A", "D"]),
        ({"limit": 1}, ["B"]),
        ({"standing": Standing.LATE}, ["B"]),
        ({"agency": "xa"}, ["D"]),
        ({"agency": "xa", "standing": Standing.LATE}, []),
        ({"kind": FindingKind.UNKNOWN_UNIT}, ["D"]),
        ({"kind": FindingKind.NO_CALENDAR}, ["A", "D"]),
        ({"kind": FindingKind.UNKNOWN_STATUS}, []),
    ],
)
def test_a_list_is_of_open_dossiers_the_nearest_due_first(asked: Any, codes: list[str], engine: Engine) -> None:
    numbers = told(engine, b"d", *(FULL._replace(code=code) for code in "ABCD"))
    write(
        engine,
        shown(numbers["A"], 1, noted="no_calendar"),
        shown(numbers["B"], 2, due=MIDNIGHT - 1, standing="late"),
        shown(numbers["C"], 3, open=False, noted="no_calendar"),
        shown(numbers["D"], 4, due=None, agency="xa", noted="unknown_unit no_calendar"),
    )
    with reading(engine) as db:
        rows = dossier_list.listed(db, **asked)
    assert [row.code for row in rows] == codes
    assert all(row.result_due == DAY for row in rows)
    assert all(row.as_json()["result_due"] == "2026-11-27" for row in rows)


def test_the_moment_figures_stand_for_never_goes_back(engine: Engine) -> None:
    numbers = told(engine, b"d", FULL)
    write(engine, shown(numbers["A"], as_of=to_ms(NOW) + 5_000))
    write(engine, shown(numbers["A"], as_of=to_ms(NOW), standing="late"))
    with reading(engine) as db:
        (row,) = dossier_list.listed(db)
        assert (row.as_of, row.standing) == (NOW + timedelta(seconds=5), Standing.LATE)
    with writing(engine) as db:
        projection.confirm(db, [(numbers["A"], numbers["A"])], NOW + timedelta(seconds=3))
        projection.confirm(db, [(numbers["A"], numbers["A"])], NOW + timedelta(seconds=9))
    with reading(engine) as db:
        assert dossiers.search(db, "A")[0].as_of == NOW + timedelta(seconds=9)


def test_what_was_worked_out_from_an_earlier_word_does_not_replace_a_later_one(engine: Engine) -> None:
    number = told(engine, b"d", FULL)["A"]
    write(engine, shown(number, 2, standing="late"))
    write(engine, shown(number, 1, standing="near"))
    write(engine, shown(number, 2, standing="due"))
    with reading(engine) as db:
        ((_, kept),) = projection.samples(db, 1, placed)
    assert (kept.version_id, kept.standing) == (2, "due")


def test_what_is_due_and_what_is_stale_is_found(engine: Engine) -> None:
    numbers = told(engine, b"d", *(FULL._replace(code=code) for code in "ABC"))
    write(
        engine,
        shown(numbers["A"], 1, next_change_at=10),
        shown(numbers["B"], 2, next_change_at=None, basis="a"),
        shown(numbers["C"], 3, next_change_at=20, basis="c"),
    )
    with reading(engine) as db:
        assert [known.dossier.code for known in projection.due(db, from_ms(15), 9, placed)] == ["A"]
        assert [known.dossier.code for known in projection.stale(db, "b", 9, placed)] == ["B"]
        assert projection.stale(db, "a", 9, placed)
        assert projection.missing(db) == 0


def test_only_the_last_word_on_a_dossier_is_projected(engine: Engine) -> None:
    from monitor.store import dossier_loading

    numbers = told(engine, b"d", FULL, FULL._replace(code="B"))
    later = begin(engine, b"e")
    with writing(engine) as db:
        said = [(numbers["A"], FULL._replace(status="9"))]
        dossier_loading.add(db, later, source="mot-cua", at=NOW, new=(), said=said)
    with reading(engine) as db:
        assert projection.page_end(db, 1, 0, 9) == 2
        assert [k.dossier.code for k in projection.still_told(db, 1, 0, 2, placed)] == ["A", "B"]
    take(engine, later)
    with reading(engine) as db:
        (alone,) = projection.still_told(db, 1, 0, 2, placed)
        assert (alone.dossier.code, alone.dossier.receiving_agency) == ("B", f"of {FULL.receiving_unit}")
        assert [k.dossier.status for k in projection.still_told(db, later, 0, 3, placed)] == ["9"]
        assert [projection.page_end(db, 1, after, 1) for after in (0, 1, 2)] == [1, 2, None]
