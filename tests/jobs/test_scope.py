"""A dossier that its source's newest list lacks: said where that means something, and open all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from jobs import status
from jobs.cli.dossiers import dossiers as commands
from jobs.cli.ground import Refused
from monitor.core.source import Scope
from monitor.reports.standing import Concern
from monitor.store import imports, reading
from tests.jobs.dossiers import row
from tests.jobs.test_freshness import export

Office = Any


def said(office: Office, *words: str) -> str:
    done = CliRunner().invoke(commands, words, obj=office.app, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def claiming(office: Office, **scope: Any) -> None:
    source = replace(office.app.register.sources["mot-cua"], scope=Scope(**scope), fresh_days=2)
    sources = {**office.app.register.sources, "mot-cua": source}
    office.app = replace(office.app, register=replace(office.app.register, sources=sources))


def test_from_a_list_with_rows_of_nobody_or_of_none_nothing_is_concluded(sqlite_office: Office) -> None:
    claiming(sqlite_office, agency="ubnd-tinh")
    export(sqlite_office, "25/11/2026 07:00", [row("H56.01"), row("H56.02")])
    export(sqlite_office, "26/11/2026 07:00", [row("H56.01"), row("")])
    assert "không còn" not in said(sqlite_office, "list")  # the row without a code may be that of H56.02

    sources = sqlite_office.app.register.sources
    with pytest.raises(AssertionError, match="nào là đã xong hay không còn trong danh sách; xuất lại"):
        export(sqlite_office, "27/11/2026 07:00", [])
    assert "Số liệu tính đến 07:00 26/11/2026" in said(sqlite_office, "list")
    assert Concern.FAILED_FILES in status.now(sqlite_office.app).concerns  # so the Centre is told

    partial = replace(sources["mot-cua"], scope=None)  # such a list may well be one of those that are late
    sqlite_office.app = replace(
        sqlite_office.app, register=replace(sqlite_office.app.register, sources={**sources, "mot-cua": partial})
    )
    export(sqlite_office, "27/11/2026 07:01", [])
    with reading(sqlite_office.app.engine) as db:
        taken = imports.recent(db, 1)[0]
    assert taken.notes[-1] == "Danh sách không có hồ sơ nào: không kết luận hồ sơ nào không còn trong danh sách."
    claiming(sqlite_office, agency="ubnd-tinh")
    assert "không còn" not in said(sqlite_office, "list")


def test_a_gap_is_said_within_the_scope_and_closes_nothing(sqlite_office: Office) -> None:
    export(
        sqlite_office, "25/11/2026 07:00", [row("H56.01"), row("H56.02", filed="02/11/2026 08:00:00"), row("H56.03")]
    )
    export(sqlite_office, "26/11/2026 07:00", [row("H56.01"), row("H56.03", appointment="không rõ")])
    gone = "hồ sơ đang mở không còn trong danh sách mới nhất"
    assert gone not in said(sqlite_office, "list")  # nothing is claimed

    claiming(sqlite_office, agency="ubnd-tinh")
    told = said(sqlite_office, "list")
    assert f"1 {gone}" in told  # the row of H56.03 was there, and could not be read
    assert "Không có nghĩa là đã xong" in told
    assert told.count("H56.0") == 3
    assert "Không còn trong danh sách tính đến 07:00 26/11/2026" in said(sqlite_office, "show", "H56.02")
    assert "Không còn" not in said(sqlite_office, "show", "H56.03")
    assert json.loads(said(sqlite_office, "show", "H56.02", "--json"))["absent_from_list_of"].startswith(
        "2026-11-26T07"
    )

    assert "H56.02" in said(sqlite_office, "explain", "H56.02", "--known-at", "07:30 25/11/2026")
    with pytest.raises(Refused, match="ghi --known-at muộn hơn"):
        said(sqlite_office, "explain", "H56.02", "--known-at", "07:30 24/11/2026")

    for outside in ({"agency": "so-tai-chinh"}, {"agency": "ubnd-tinh", "national_portal_only": True}):
        claiming(sqlite_office, **outside)
        assert gone not in said(sqlite_office, "list")
        assert "Không còn" not in said(sqlite_office, "show", "H56.02")

    sqlite_office.clock.turn_to(sqlite_office.clock.now().replace(month=12, day=2))
    assert ": nguồn dữ liệu không cập nhật, đã 4 ngày làm việc; không báo ai từ nguồn này" in said(
        sqlite_office, "list"
    )
