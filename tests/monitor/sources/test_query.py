"""Databases that are only read, as they really are: PostgreSQL and SQLite."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.core.period import ICT
from monitor.core.place import SqlPlace
from monitor.sources import query
from monitor.sources.polling import Asked, NotFetched, Page
from monitor.sources.refusals import in_words
from tests.servers.postgres import Postgres

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
TABLE = "CREATE TABLE ho_so (ma text, trang_thai int, hen_tra timestamp, nguoi_nop text, don_vi text, sua timestamp)"
ROWS = [
    ("H56.01", 4, "2026-11-27 17:00:00", "Nguyễn Văn A", "Sở Công Thương", "2026-11-20 08:00:00"),
    ("H56.02", 1, None, "Trần Thị B", "Sở Công Thương (0912345678)", "2026-11-21 09:00:00.5"),
    ("H56.03", 9, "2026-11-27 00:00:00", "Lê C", "UBND xã Nga Sơn", "2099-01-01 00:00:00"),
]
EVERYTHING = (
    'SELECT ma AS code, trang_thai AS "Trạng thái", hen_tra AS "NgayHenTra", nguoi_nop, don_vi AS handling_unit '
    "FROM ho_so ORDER BY ma"
)
CHANGED = "SELECT ma AS code, trang_thai AS status, sua FROM ho_so WHERE sua > :since ORDER BY ma"


@pytest.fixture(scope="module")
def postgres_url(postgres: Postgres) -> str:
    url = postgres.new_database()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as db:
        db.exec_driver_sql(TABLE)
        for ma, trang_thai, hen_tra, nguoi, don_vi, sua in ROWS:
            db.execute(
                text("INSERT INTO ho_so VALUES (:a, :b, cast(:c AS timestamp), :d, :e, cast(:f AS timestamp))"),
                {"a": ma, "b": trang_thai, "c": hen_tra, "d": nguoi, "e": don_vi, "f": sua},
            )
        db.exec_driver_sql(
            "CREATE FUNCTION ghi() RETURNS int LANGUAGE sql AS 'INSERT INTO ho_so(ma) VALUES (''x'') RETURNING 1'"
        )
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("nguon") / "kho hồ sơ.db"
    with sqlite3.connect(path) as db:
        db.execute(TABLE)
        db.executemany("INSERT INTO ho_so VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    db.close()
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def asked(url: str, sql: str, folder: Path = Path(), **changed: Any) -> Asked:
    place = {name: changed.pop(name) for name in ("batch", "since_field", "since_first") if name in changed}
    secrets = {"url": url} if url else {}
    facts: dict[str, Any] = {
        "source": "kho",
        "now": NOW,
        "folder": folder,
        "secrets": secrets,
        "until": time.monotonic() + 20,
    }
    return Asked(place=SqlPlace(query=sql, **place), **facts | changed)


def pages(one: Asked) -> list[Page]:
    return [page for page in query.fetch(one) if isinstance(page, Page)]


def refusal(one: Asked) -> str:
    with pytest.raises(NotFetched) as caught:
        pages(one)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def count(url: str) -> int:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as db:
        found = db.exec_driver_sql("SELECT count(*) FROM ho_so").scalar_one()
    engine.dispose()
    return int(found)


def test_columns_named_as_ours_or_as_headings_are_kept_and_nothing_else(url: str) -> None:
    first, last = pages(asked(url, EVERYTHING, batch=2))
    assert [len(first.records), len(last.records)] == [2, 1]
    assert {name for record in (*first.records, *last.records) for name in record} == {
        "MaHoSo", "TrangThaiHoSo", "NgayHenTra", "DonViXuLy",
    }  # fmt: skip
    one, two = first.records
    assert (one["MaHoSo"], one["TrangThaiHoSo"], one["NgayHenTra"]) == ("H56.01", 4, "2026-11-27 17:00:00")
    assert two["NgayHenTra"] is None
    assert "0912345678" not in str(two)
    assert first.whole
    assert last.whole
    assert "Nguyễn" not in repr((first, last))


def test_truth_lists_and_days_come_as_the_national_format_writes_them(url: str) -> None:
    asked_for = """SELECT 'H56.1' AS code, 4 AS status, (1 = 1) AS from_national_portal, NULL AS officer,
        '[{"NgayBoSung": "20261101080000", "NguoiYeuCauBoSung": "A"}, 7]' AS supplements, 2.0 AS channel
        UNION ALL SELECT 'H56.2', 9, (1 = 0), 'Nguyễn A', 'hỏng', 1.0"""
    one, two = pages(asked(url, asked_for))[0].records
    assert (one["NoiNopHoSo"], two["NoiNopHoSo"]) == (1 if url.startswith("sqlite") else "1", "2")
    assert one["DanhSachHoSoBoSung"] == [{"NgayBoSung": "20261101080000"}]
    assert two["DanhSachHoSoBoSung"] == []
    assert "NguoiXuLy" not in two
    assert pages(asked(url, asked_for, officers=True))[0].records[1]["NguoiXuLy"] == "Nguyễn A"


def test_only_what_changed_is_asked_for_and_a_slip_of_the_pen_moves_nothing(url: str) -> None:
    since = {"since_field": "sua", "since_first": "2026-01-01"}
    (page,) = pages(asked(url, CHANGED, **since))
    assert [record["MaHoSo"] for record in page.records] == ["H56.01", "H56.02", "H56.03"]
    assert not page.whole
    (again,) = pages(asked(url, CHANGED, since=page.since, **since))
    assert [record["MaHoSo"] for record in again.records] == ["H56.03"]  # of the year 2099; told again each time
    assert again.since == ""


def test_a_value_later_than_the_asking_moves_nothing_either(url: str) -> None:
    soon = datetime(2026, 11, 21, 8, 59, tzinfo=ICT)  # a minute before the value of a row
    (page,) = pages(asked(url, CHANGED, now=soon, since_field="sua", since_first="2026-01-01"))
    assert len(page.records) == 3
    assert not page.since.startswith("2026-11-21 09:00")


def test_how_far_it_came_stands_on_the_last_page_alone(url: str) -> None:
    told = pages(asked(url, CHANGED, batch=1, since_field="sua", since_first="2026-01-01"))
    assert [page.since for page in told[:-1]] == ["", ""]
    assert told[-1].since.startswith("2026-11-21 09:00:00.5")


def test_nothing_that_came_is_a_list_of_nothing(url: str) -> None:
    assert pages(asked(url, f"{EVERYTHING.partition(' ORDER')[0]} WHERE 1 = 0")) == [Page(records=[])]


@pytest.mark.parametrize(
    "writing",
    [
        "DELETE FROM ho_so",
        "SELECT 1 AS code, 2 AS status; DELETE FROM ho_so",
        "WITH x AS (DELETE FROM ho_so RETURNING ma) SELECT ma AS code, 1 AS status FROM x",
    ],
    ids=["delete", "two", "with"],
)
def test_a_query_that_writes_is_never_asked(writing: str, url: str) -> None:
    assert "(query của nguồn kho)" in refusal(asked(url, writing))
    assert count(url) == len(ROWS)


def test_a_database_refuses_what_writes_behind_a_select(postgres_url: str) -> None:
    told = refusal(asked(postgres_url, "SELECT ghi() AS code, 1 AS status"))
    assert "định ghi vào cơ sở dữ liệu nên bị chặn" in told
    assert count(postgres_url) == len(ROWS)


@pytest.mark.parametrize("statement", ["DELETE FROM ho_so", "CREATE TABLE moi (a int)", "PRAGMA user_version = 7"])
def test_either_database_is_opened_so_that_it_refuses_to_write(statement: str, url: str) -> None:
    if statement.startswith("PRAGMA") and not url.startswith("sqlite"):
        statement = "UPDATE ho_so SET ma = 'x'"
    one = asked(url, EVERYTHING)
    engine = query._engine(one)
    with engine.connect() as db:
        query._read_only(db)
        with pytest.raises(SQLAlchemyError) as caught:
            db.exec_driver_sql(statement)
    engine.dispose()
    assert "định ghi vào cơ sở dữ liệu" in in_words(caught.value, "kho")
    assert count(url) == len(ROWS)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    told = refusal(asked(f"sqlite:///{tmp_path / 'khong-co.db'}", EVERYTHING))
    assert "không mở được tệp cơ sở dữ liệu" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url_", "told"),
    [
        ("", "thiếu url ở [kho]"),
        ("khong phai url", "url của nguồn kho viết sai"),
        ("mysql://a:b@127.0.0.1/x", "chưa đọc được cơ sở dữ liệu mysql"),
        ("postgresql://a:bimat@127.0.0.1:9/x", "không vào được cơ sở dữ liệu"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(url_: str, told: str) -> None:
    said = refusal(asked(url_, EVERYTHING))
    assert told in said
    assert "bimat" not in said


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT khong_co AS code, 1 AS status FROM ho_so", "truy vấn sai (", ),
        ("SELECT ma, don_vi FROM ho_so", "truy vấn không có cột code, status (đang có: ma, don_vi)"),
        ("SELECT ma AS code FROM ho_so", "truy vấn không có cột status"),
    ],
)  # fmt: skip
def test_a_query_that_does_not_fit_says_what_to_change(sql: str, told: str, url: str) -> None:
    assert told in refusal(asked(url, sql))


def test_a_since_column_must_be_among_the_columns(url: str) -> None:
    assert "không có cột since_field = “sua”" in refusal(
        asked(
            url,
            "SELECT ma AS code, 1 AS status FROM ho_so WHERE sua > :since",
            since_field="sua",
            since_first="2026-01-01",
        )
    )


@pytest.mark.parametrize("slow", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_query_is_ended_in_time(slow: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(f"{slow}_url")
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) "
        "SELECT max(i) AS code, 1 AS status FROM n"
    )
    begun = time.monotonic()
    assert "chạy quá thời gian cho phép" in refusal(asked(url, sql, until=begun + 0.4))


@pytest.mark.postgres
def test_rows_that_drip_are_ended_in_time_though_no_single_one_is_slow(postgres_url: str) -> None:
    sql = "SELECT 'H56.' || i AS code, pg_sleep(0.3)::text AS status FROM generate_series(1, 100) i"
    begun = time.monotonic()
    found = query.fetch(asked(postgres_url, sql, batch=1, until=begun + 1.5))
    assert next(found).records[0]["MaHoSo"] == "H56.1"
    with pytest.raises(NotFetched, match="chạy quá thời gian cho phép"):
        list(found)


def test_out_of_time_between_batches_keeps_what_came(sqlite_url: str) -> None:
    clock = [0.0]
    one = asked(sqlite_url, EVERYTHING, batch=1, until=50.0, monotonic=lambda: clock[0])
    found: Iterator[Any] = query.fetch(one)
    assert next(found).records[0]["MaHoSo"] == "H56.01"
    clock[0] = 50.0
    with pytest.raises(NotFetched, match="chạy quá thời gian cho phép"):
        list(found)
