"""One query that only reads: what is refused before a database hears of it."""

from __future__ import annotations

import pytest

from monitor.core import select_only


def said(query: str) -> str:
    return "; ".join(what for what, _ in select_only.faults(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ma AS code FROM ho_so",
        "  -- danh sách hồ sơ\n select 1;\n",
        "WITH moi AS (SELECT * FROM hs) SELECT * FROM moi WHERE sua > :since",
        "SELECT 'DELETE; :x' AS a, \"update\" FROM t /* INSERT INTO */ ;;",
        "SELECT $$a; DROP$$, $t$:b$t$, E'l\\'; DELETE', now()::date, 'a''b; c'",
        "SELECT updated_at, ngay_tao FROM t WHERE gio = '07:30:00'",
    ],
)
def test_one_query_that_only_reads_is_sound(query: str) -> None:
    assert said(query) == ""


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "không bắt đầu bằng SELECT"),
        ("-- chỉ có ghi chú", "không bắt đầu bằng SELECT"),
        ("DELETE FROM t", "không bắt đầu bằng SELECT hoặc WITH; có DELETE"),
        ("SET x = 1; SELECT 1", "không bắt đầu bằng SELECT hoặc WITH; có nhiều câu lệnh"),
        ("SELECT 1; SELECT 2", "có nhiều câu lệnh"),
        ("SELECT 1;;drop table t", "có nhiều câu lệnh (dấu ;); có DROP"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "có DELETE"),
        ("SELECT * INTO moi FROM t", "có INTO"),
        ("SELECT * FROM t FOR UPDATE", "có UPDATE"),
        ("SELECT E'a\\\\'; DELETE FROM t --'", "có nhiều câu lệnh (dấu ;); có DELETE"),
        ("SELECT 'chưa đóng", "có dấu nháy chưa đóng"),
        ("SELECT * FROM t WHERE a > :tu_ngay AND b > :since", "không có giá trị nào cho :tu_ngay"),
        ("PRAGMA writable_schema = 1", "không bắt đầu bằng SELECT hoặc WITH; có PRAGMA"),
    ],
)
def test_anything_else_is_refused_and_named(query: str, told: str) -> None:
    assert told in said(query)
    assert all(mend for _, mend in select_only.faults(query))


def test_only_a_value_outside_of_quotes_is_one() -> None:
    query = "SELECT ':since', now()::date FROM t -- :since\nWHERE sua > :since;"
    assert select_only.asks_since(query)
    assert not select_only.asks_since("SELECT ':since'")
    assert select_only.as_text(query) == "SELECT '\\:since', now()::date FROM t -- \\:since\nWHERE sua > :since"
