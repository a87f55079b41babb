"""`tthc interruption affected` and `pause`: the dossiers an interruption met, and time left out by a person's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from jobs import project
from jobs.app import build
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.clock import HandClock
from monitor.config import NAMES, Settings
from monitor.core.look import Cause, Look, Phases, Verdict
from monitor.core.period import Span
from monitor.core.service import Target
from monitor.register import load_register
from monitor.reports.affected import NoPause, reached
from monitor.reports.circumstances import circumstances
from monitor.reports.handle import find
from monitor.reports.record import record_of
from monitor.store import dossier_list, dossiers, looks, reading, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in, waiting

SERVICE = load_register("thanh-hoa").services["2.001474"]
TARGET = next(iter(SERVICE.required_targets()))
BEGAN = "2024-03-11T08:30"
HANDLE = f"{BEGAN}:00/{TARGET.key}"
BY = ("--document", "12/SCT-VP ngày 12/3/2024", "--by", "Trần Thị Thử, Giám đốc")
STORY = (("08:20", "u"), ("08:30", "d"), ("08:31", "d"), ("09:00", "d"), ("09:30", "d"), ("10:00", "u"))

Run = Callable[..., str]


def look(at: str, mark: str, target: Target = TARGET) -> Look:
    when, up = moment(f"11/03/2024 {at}"), mark == "u"
    return Look(
        service="2.001474",
        target=target.key,
        vantage="trung-tam",
        kind=target.kind,
        at=when,
        received_at=when,
        verdict=Verdict.UP if up else Verdict.DOWN,
        cause=Cause.NONE if up else Cause.TIMEOUT,
        phases=Phases(total=100),
        valid_for_ms=3_600_000,
    )


def of_service(one: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("2.001474" if cell == "2.000033" else cell for cell in one)


ROWS = (
    waiting("H-1", "08/03/2024 09:15:00"),
    waiting("H-2", "11/03/2024 08:45:00"),
    row("H-3", filed="04/03/2024 08:00:00", received="04/03/2024 09:00:00", appointment="11/03/2024 09:45:00"),
    row("H-4", filed="04/03/2024 08:00:00", received="04/03/2024 09:00:00", appointment="12/03/2024 09:45:00"),
)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database in which the service was cut off for a Monday's morning, and dossiers around it."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path / 'tthc.db'}"
    (tmp_path / ".env").write_text(f"DATABASE_URL={url}\nVAR_DIR={tmp_path / 'var'}\n")
    made = build(Settings(database_url=url, var_dir=tmp_path / "var"), HandClock(moment("11/03/2024 18:00")))
    with writing(made.engine) as db:
        looks.add(db, [look(at, mark) for at, mark in STORY])
    other = waiting("K-9", "11/03/2024 08:45:00")
    take_in(made, [*map(of_service, ROWS), other], made.clock.now())
    yield made
    made.engine.dispose()


@pytest.fixture
def run(app: Any, tmp_path: Path) -> Run:
    def command(*words: str) -> str:
        asked = ["--env", str(tmp_path / ".env"), "interruption", *words]
        return CliRunner().invoke(tthc, asked, catch_exceptions=False, standalone_mode=False).stdout

    return command


def told(run: Run) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in json.loads(run("affected", BEGAN, "--json"))["dossiers"]}


def test_the_list_has_what_fell_into_it_and_the_minutes_of_each_clock(run: Run, tmp_path: Path) -> None:
    found = told(run)
    assert set(found) == {"H-1", "H-2", "H-3"}
    assert {code: one["met"] for code, one in found.items()} == {
        "H-1": ["reception_due"],
        "H-2": ["filed"],
        "H-3": ["result_due"],
    }
    lost = {code: (one["lost"][0]["seconds"] // 60, one["lost"][0]["last_lawful_time"]) for code, one in found.items()}
    assert lost == {"H-1": (90, True), "H-2": (75, False), "H-3": (90, True)}
    text = run("affected", HANDLE)
    assert "3 hồ sơ; 2 hồ sơ có giờ, ngày làm việc cuối rơi vào gián đoạn." in text
    assert "1 hồ sơ nộp trong thời gian ấy. Ngày nộp là ngày hệ thống ghi nhận" in text
    assert "hạn tiếp nhận 09:15 11/03/2024: mất 90 phút làm việc (ít nhất 60 phút, nhiều nhất 100 phút)" in text
    assert "đề nghị trừ thời gian: 08:45:00 11/03/2024 – 10:00:00 11/03/2024" in text
    assert "tthc interruption affected" in run("show", HANDLE)
    run("affected", HANDLE, "--to", str(tmp_path / "ra"))
    (book,) = (tmp_path / "ra").glob("*.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(book.read_bytes()))["Hồ sơ"]
    headings = [cell.value for cell in sheet[3]]
    lines = {line[0]: dict(zip(headings, line, strict=True)) for line in sheet.iter_rows(min_row=4, values_only=True)}
    assert lines["H-1"]["Phút làm việc mất, tiếp nhận"] == 90
    assert lines["H-1"]["Mất giờ làm việc cuối"] == "có"


def test_a_pause_is_written_once_by_a_person_and_is_known_of_the_dossier(run: Run, app: Any) -> None:
    assert "1 hồ sơ, theo 12/SCT-VP ngày 12/3/2024" in run(
        "pause", BEGAN, "--dossier", "h-1", *BY, "--reason", "mất mạng, gọi 0912345678"
    )
    paused = told(run)["H-1"]
    assert paused["candidate_pause"] is None
    assert paused["approved_pause"]["by"] == "Trần Thị Thử, Giám đốc"
    with reading(app.engine) as db:
        (dossier,) = dossiers.search(db, "H-1")
        (pause,) = circumstances(db, [dossier])[dossier.matter].pauses
    assert pause.span == Span(start=moment("11/03/2024 08:30"), end=moment("11/03/2024 10:00"))
    assert "0912345678" not in pause.reason
    assert "mất mạng" in pause.reason
    project.refresh(app, moment("25/11/2026 18:00") + timedelta(days=3650))
    with reading(app.engine) as db:
        (shown,) = (one for one in dossier_list.listed(db) if one.code == "H-1")
    assert shown.reception_due == moment("11/03/2024 10:45")
    with pytest.raises(Refused, match="đã được trừ thời gian theo 12/SCT-VP"):
        run("pause", BEGAN, "--dossier", "H-1", *BY)
    assert "2 hồ sơ, theo" in run("pause", BEGAN, "--all", "--yes", *BY)
    assert all(one["approved_pause"] for one in told(run).values())
    assert "đã trừ 08:45:00 11/03/2024 – 10:00:00 11/03/2024 theo 12/SCT-VP" in run("affected", BEGAN)
    with pytest.raises(Refused, match="Không còn hồ sơ nào"):
        run("pause", BEGAN, "--all", "--yes", *BY)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((BEGAN, *BY), "--dossier MÃ"),
        ((BEGAN, "--dossier", "H-4", *BY), "không gặp gián đoạn ấy"),
        ((BEGAN, "--dossier", "K-9", *BY), "không gặp gián đoạn ấy"),
        ((BEGAN, "--all", "--document", " ", "--by", "Trần Thị Thử"), "Thiếu văn bản"),
        (("2024-03-11T07:00", "--all", *BY), "Không có gián đoạn nào"),
    ],
)
def test_what_cannot_be_left_out_is_refused_in_one_line(run: Run, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(Refused, match=why):
        run("pause", *words)


def test_time_that_nobody_saw_or_that_goes_on_or_decides_nothing_is_never_left_out(app: Any) -> None:
    with reading(app.engine) as db:
        service, one = find(db, app.register, app.law, BEGAN)
        record = record_of(db, app.register, app.law, service, one, now=app.clock.now())
        going_on = replace(record, told=replace(record.told, interruption=replace(one, first_good=None)))
        unseen = replace(record, told=replace(record.told, observed_ms=0))
        noted = replace(record, target=replace(record.target, required=False))
        refused = [reached(db, app.register, app.law, each) for each in (record, going_on, unseen, noted)]
    assert [each.refused for each in refused] == [None, NoPause.OPEN, NoPause.UNKNOWN, NoPause.NOTED_ONLY]
    assert [len(each.candidates) for each in refused] == [3, 0, 0, 0]
