"""Files taken in: seen only when all of it is there, and removed without a trace when it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from monitor.core.source import BadRow, DossierRow
from monitor.store import ImportState, dossier_loading, dossiers, imports, packed, reading, writing
from monitor.store.dossier_tables import bad_rows, versions
from monitor.store.dossier_tables import dossiers as known_dossiers
from monitor.store.imports import Counts

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
BLANK = DossierRow("", b"12345678", "", "", "", None, "4", 1000, None, 5000, None, None, 0, "", "Sở CT", "")


def begin(engine: Engine, digest: bytes = b"d", source: str = "mot-cua") -> int:
    with writing(engine) as db:
        return imports.begin(db, source=source, name="a.xls", size=9, digest=digest, manner=b"m", at=NOW)


def put(engine: Engine, number: int, codes: Iterable[str], source: str = "mot-cua") -> list[int]:
    with writing(engine) as db:
        first = dossier_loading.next_number(db)
        new = [(first + at, code) for at, code in enumerate(codes)]
        said = [(at, BLANK._replace(code=code)) for at, code in new]
        dossier_loading.add(db, number, source=source, at=NOW, new=new, said=said)
    return [at for at, _ in new]


def take(engine: Engine, number: int, confirmed: Iterable[int] = (), as_of: datetime = NOW, **counts: int) -> None:
    with writing(engine) as db:
        values = asdict(Counts(**counts))
        imports.take(
            db,
            number,
            as_of=as_of,
            layout="Mẫu",
            counts=values,
            notes=["một", "hai"],
            confirmed=packed.pack(confirmed),
        )


def test_a_file_is_seen_from_its_last_commit_on(engine: Engine) -> None:
    number = begin(engine)
    put(engine, number, ["A"])
    with reading(engine) as db:
        assert imports.recent(db, 5) == ()
        assert imports.known(db, "mot-cua", b"d", b"m") is None
        assert imports.unfinished(db) == (number,)
        assert dossiers.search(db, "A") == []
    take(engine, number, read=1, new=1)
    with reading(engine) as db:
        (row,) = imports.recent(db, 5)
        assert (row.state, row.read, row.notes) == (ImportState.TAKEN, 1, ("một", "hai"))
        assert imports.known(db, "mot-cua", b"d", b"m") == row == imports.get(db, number)
        assert imports.waiting(db) == (row,)
        assert [one.code for one in dossiers.search(db, " a ")] == ["A"]


@pytest.mark.parametrize("other", [("khac", b"d", b"m"), ("mot-cua", b"e", b"m"), ("mot-cua", b"d", b"n")])
def test_other_bytes_another_source_or_another_manner_are_not_known(
    other: tuple[str, bytes, bytes], engine: Engine
) -> None:
    take(engine, begin(engine))
    with reading(engine) as db:
        assert imports.known(db, *other) is None


def test_a_file_that_failed_is_told_of_and_may_come_again(engine: Engine) -> None:
    number = begin(engine)
    with writing(engine) as db:
        imports.fail(db, number, "tệp hỏng")
    with reading(engine) as db:
        (row,) = imports.recent(db, 5)
        assert (row.state, row.why) == (ImportState.FAILED, "tệp hỏng")
        assert imports.known(db, "mot-cua", b"d", b"m") is None


def test_an_unfinished_file_is_removed_in_small_steps_and_alone(engine: Engine) -> None:
    kept = begin(engine)
    put(engine, kept, ["A"])
    take(engine, kept)
    number = begin(engine, b"e")
    put(engine, number, [f"B{at}" for at in range(25)])
    with writing(engine) as db:
        imports.add_bad_rows(db, number, 0, [BadRow(at, "", "x") for at in range(3)])
    steps = 0
    more = True
    while more:
        with writing(engine) as db:
            more = imports.discard(db, number, 10)
            steps += 1
    assert steps > 6
    with reading(engine) as db:
        tables = (known_dossiers, versions, bad_rows)
        assert [db.execute(select(func.count()).select_from(t)).scalar_one() for t in tables] == [1, 1, 0]


def test_rows_set_aside_are_kept_with_their_reason_up_to_a_limit(engine: Engine) -> None:
    number = begin(engine)
    most = imports.REASONS_KEPT
    with writing(engine) as db:
        imports.add_bad_rows(db, number, 0, [BadRow(7, "A", "thiếu")])
        imports.add_bad_rows(db, number, most - 1, [BadRow(8, "B", "sai"), BadRow(9, "C", "thừa")])
        imports.add_bad_rows(db, number, most + 1, [BadRow(10, "D", "thừa")])
    with reading(engine) as db:
        assert imports.set_aside(db, number, 10) == (BadRow(7, "A", "thiếu"), BadRow(8, "B", "sai"))
        assert imports.set_aside(db, number, 1) == (BadRow(7, "A", "thiếu"),)


def test_the_dossiers_newer_figures_spoke_of_are_known(engine: Engine) -> None:
    first = begin(engine)
    one, two, _ = put(engine, first, ["A", "B", "C"])
    take(engine, first, as_of=NOW)
    second = begin(engine, b"e")
    (four,) = put(engine, second, ["D"])
    take(engine, second, confirmed=[two, one], as_of=NOW + timedelta(hours=2))
    with reading(engine) as db:
        assert sorted(dossier_loading.newer(db, "mot-cua", NOW + timedelta(hours=1))) == [one, two, four]
        assert list(dossier_loading.newer(db, "mot-cua", NOW + timedelta(hours=2))) == []
        assert list(dossier_loading.newer(db, "khac", NOW - timedelta(days=1))) == []
        assert list(imports.confirmed(db, second)) == [one, two]


def test_what_is_known_of_a_source_is_its_last_digest_and_newest_date(engine: Engine) -> None:
    number = begin(engine)
    (at,) = put(engine, number, ["A"])
    with writing(engine) as db:
        said = [(at, BLANK._replace(code="A", raw=b"87654321", finished=9000))]
        dossier_loading.add(db, number, source="mot-cua", at=NOW, new=(), said=said)
    put(engine, begin(engine, b"f", "khac"), ["A"], "khac")
    with reading(engine) as db:
        known = {code: (number, raw, newest) for code, number, raw, newest in dossier_loading.known(db, "mot-cua")}
    assert known == {"A": (at, b"87654321", 9000)}


@pytest.mark.postgres
def test_one_reader_at_a_time_is_let_number_dossiers_on_postgresql(postgres_engine: Engine) -> None:
    with (
        dossier_loading.alone(postgres_engine),
        pytest.raises(BlockingIOError),
        dossier_loading.alone(postgres_engine, wait=False),
    ):
        pass
    with dossier_loading.alone(postgres_engine, wait=False):
        pass


@given(st.sets(st.integers(min_value=0, max_value=2**32 - 1)))
def test_numbers_packed_are_the_same_unpacked(numbers: set[int]) -> None:
    assert list(packed.unpack(packed.pack(numbers))) == sorted(numbers)


@given(st.sets(st.integers(min_value=0, max_value=300)), st.integers(min_value=1, max_value=20))
def test_runs_cover_each_number_once_and_none_is_too_long(numbers: set[int], longest: int) -> None:
    runs = list(packed.runs(sorted(numbers), longest))
    assert [number for first, last in runs for number in range(first, last + 1)] == sorted(numbers)
    assert all(last - first < longest for first, last in runs)


def test_a_year_of_confirmed_dossiers_takes_few_bytes() -> None:
    content = packed.pack(range(1, 200_001))
    assert content is not None
    assert len(content) < 10_000


def test_a_file_that_failed_is_told_until_its_source_brings_a_good_one(engine: Engine) -> None:
    for digest, source in ((b"1", "mot-cua"), (b"2", "bo-cong-thuong")):
        number = begin(engine, digest, source)
        with writing(engine) as db:
            imports.fail(db, number, "tệp hỏng")
    begin(engine, b"3")
    with reading(engine) as db:
        assert [(row.source, row.why) for row in imports.refused(db)] == [
            ("bo-cong-thuong", "tệp hỏng"),
            ("mot-cua", "tệp hỏng"),
        ]
    take(engine, begin(engine, b"4"), read=1)
    with reading(engine) as db:
        assert [row.source for row in imports.refused(db)] == ["bo-cong-thuong"]
