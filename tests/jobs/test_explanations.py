"""Asking units why their dossiers are late, and what comes back: official letters and workbooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet

from jobs import letters, project
from jobs.cli import explanations as commands
from jobs.cli.ground import Refused
from monitor.core.explanation import DelayCause, ExplanationRequest, Road
from monitor.core.finding import FindingKind
from monitor.core.ladder import SubjectKind
from monitor.core.official_letter import DispatchKind
from monitor.reports.explaining import asked_now, of_matters, owing
from monitor.reports.explanation_sheet import FILLED, HEADINGS_AT, words
from monitor.store import dispatches, explanations, matters, reading, tellings, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in, waiting

Office = Any
LETTER = ("--document", "123/SCT-VP", "--dated", "02/12/2026", "--signer", "Giám đốc", "--by", "Nguyễn Thị B")


def tthc(office: Office, *said: str) -> Result:
    """One of the commands, on the office's own clock."""
    return CliRunner().invoke(commands.group, said, obj=office.app, catch_exceptions=False, standalone_mode=False)


def refused(office: Office, *said: str) -> str:
    with pytest.raises(Refused) as told:
        tthc(office, *said)
    return str(told.value)


def slot(office: Office, at: str) -> None:
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    project.refresh(office.app, now)
    letters.slot(office.app, now, now)


def requests(office: Office) -> dict[tuple[str, FindingKind], ExplanationRequest]:
    """What was asked, by code and kind."""
    with reading(office.app.engine) as db:
        some = explanations.unanswered(db)
        told = matters.testimonies(db, {one.delay.matter for one in some})
    return {(told[one.delay.matter][0].code, one.delay.kind): one for one in some}


@pytest.fixture
def live(sqlite_office: Office) -> Office:
    """An office in earnest, in which a first export told of one open dossier."""
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("30/11/2026 07:00"))
    open_ = [row(code, appointment="09/12/2026 16:00:00") for code in ("H56.01", "H56.02")]
    take_in(sqlite_office.app, open_, sqlite_office.clock.now())
    slot(sqlite_office, "30/11/2026 07:30")
    return sqlite_office


@pytest.fixture
def late(live: Office) -> Office:
    """The same on Wednesday: three dossiers of one agency late, one of another, all asked of."""
    live.clock.turn_to(moment("01/12/2026 07:00"))
    rows = [row(f"H56.{n:02}", appointment="01/12/2026 16:00:00") for n in (1, 2, 3)]
    take_in(live.app, [*rows, row("H56.90", unit="Sở Nội vụ", appointment="01/12/2026 16:00:00")], live.clock.now())
    slot(live, "02/12/2026 07:30")
    return live


def test_a_trial_asks_nobody(sqlite_office: Office) -> None:
    sqlite_office.clock.turn_to(moment("30/11/2026 07:00"))
    take_in(sqlite_office.app, [row("H56.01", appointment="01/12/2026 16:00:00")], sqlite_office.clock.now())
    slot(sqlite_office, "02/12/2026 07:30")
    assert requests(sqlite_office) == {}
    sqlite_office.go_live()
    slot(sqlite_office, "02/12/2026 13:30")
    assert [one.due for one in requests(sqlite_office).values()] == [moment("03/12/2026 00:00").date()]


def test_a_late_reception_and_a_late_result_are_asked_of_with_what_tells_of_them(live: Office) -> None:
    live.clock.turn_to(moment("01/12/2026 07:00"))
    rows = [row("H56.01", appointment="01/12/2026 16:00:00"), waiting("H56.05", "30/11/2026 08:00:00")]
    take_in(live.app, rows, live.clock.now())
    slot(live, "02/12/2026 07:30")
    asked = requests(live)
    assert {key: one.due and one.due.isoformat() for key, one in asked.items()} == {
        ("H56.01", FindingKind.RESULT): "2026-12-03",
        ("H56.05", FindingKind.RECEPTION): "2026-12-03",
    }
    slot(live, "02/12/2026 13:30")
    assert requests(live) == asked


def test_what_ended_late_between_two_exports_is_asked_of_once(live: Office) -> None:
    live.clock.turn_to(moment("02/12/2026 08:00"))
    done = {"status": "Đã trả kết quả", "appointment": "01/12/2026 16:00:00"}
    take_in(
        live.app,
        [
            row("H56.01", **done, finished="02/12/2026 07:30:00"),  # it was open in the last export
            row(
                "H56.02", status="Đã trả kết quả", appointment="09/12/2026 16:00:00", finished="01/12/2026 08:00:00"
            ),  # in time
            row("H56.06", **done, finished="02/12/2026 07:40:00"),  # first seen ended, since the last export
            row("H56.07", **done | {"appointment": "17/11/2026 16:00:00"}, finished="18/11/2026 08:00:00"),  # before it
        ],
        live.clock.now(),
    )
    slot(live, "02/12/2026 13:30")
    assert {code for code, _ in requests(live)} == {"H56.01", "H56.06"}
    live.clock.turn_to(moment("03/12/2026 08:00"))
    take_in(live.app, [row("H56.07", **done | {"appointment": "17/11/2026 16:00:00"}, finished="18/11/2026 09:00:00")],
            live.clock.now())  # fmt: skip
    slot(live, "03/12/2026 13:30")
    assert {code for code, _ in requests(live)} == {"H56.01", "H56.06"}


def test_what_ended_late_is_asked_of_though_another_export_came_before_the_slot(live: Office) -> None:
    done = {"appointment": "01/12/2026 16:00:00", "finished": "02/12/2026 07:30:00"}
    for clock, status in (("08:00", "Đã xử lý xong"), ("10:00", "Đã trả kết quả")):
        live.clock.turn_to(moment(f"02/12/2026 {clock}"))
        take_in(live.app, [row("H56.01", **done, status=status)], live.clock.now())
    slot(live, "02/12/2026 13:30")
    assert {code for code, _ in requests(live)} == {"H56.01"}


def test_a_backlog_climbs_only_once_a_letter_asks(live: Office) -> None:
    live.clock.turn_to(moment("02/12/2026 07:00"))
    take_in(live.app, [row("H56.08", appointment="20/10/2026 16:00:00", filed="01/10/2026 08:00:00",
                           received="01/10/2026 09:00:00")], live.clock.now())  # fmt: skip
    slot(live, "02/12/2026 07:30")
    (one,) = requests(live).values()
    assert one.due is None
    with writing(live.app.engine) as db:
        number = dispatches.draft(db, DispatchKind.EXPLAIN, one.agency, [one.delay], at=live.clock.now())
        late = of_matters(db, [one.delay.matter], law=live.app.law, now=live.clock.now())
        explanations.ask(db, asked_now(late.values(), live.app.law, live.clock.now(), dispatch=number))
    (again,) = requests(live).values()
    assert (again.dispatch, str(again.due)) == (number, "2026-12-03")
    before = len(live.letters())
    slot(live, "04/12/2026 07:30")
    told = [one.message for one in live.letters()[before:] if one.to_address.startswith("so-cong-thuong.head")]
    assert ["1 hồ sơ đã quá hạn giải trình" in message.text for message in told] == [True]


def test_the_centre_is_reminded_of_its_own_delays_as_any_unit_is(live: Office) -> None:
    centre = live.app.register.centre
    live.clock.turn_to(moment("01/12/2026 07:00"))
    name = live.app.register.agency_name(centre)
    take_in(live.app, [row("H56.01", unit=name, appointment="01/12/2026 16:00:00")], live.clock.now())
    slot(live, "02/12/2026 07:30")
    ((number, agency),) = ((str(one.number), one.agency) for one in requests(live).values())
    assert agency == centre
    for day in ("04", "08", "10"):
        slot(live, f"{day}/12/2026 07:30")
    with reading(live.app.engine) as db:
        told = [row.telling for row in tellings.rows_of(db, SubjectKind.EXPLANATION, [number], live=True)]
    mine = [(one.stage, one.nth) for one in told if one.person == f"{centre}/head"]
    assert mine == [("late", 1), ("late", 2), ("late", 3)]


def test_of_what_is_late_no_more_nothing_is_owed(late: Office) -> None:
    late.clock.turn_to(moment("02/12/2026 09:00"))
    take_in(late.app, [row("H56.01", appointment="09/12/2026 16:00:00")], late.clock.now())
    with reading(late.app.engine) as db:
        codes = {one.late.dossier.code for one in owing(db, late.app.law, late.clock.now(), {"so-cong-thuong"})}
    assert codes == {"H56.02", "H56.03"}


def test_a_letter_is_entered_whole_or_not_at_all(late: Office, tmp_path: Path) -> None:
    cause = ("--cause", "thieu-nguoi-nguoi-xu-ly-vang-mat")
    result = CliRunner().invoke(commands.group, ["record", "H56.01", "H56.99", "H56.90", *LETTER, *cause],
                                obj=late.app)  # fmt: skip
    assert isinstance(result.exception, Refused)
    assert "không cùng một cơ quan" in str(result.exception)
    unusable = CliRunner().invoke(
        commands.group, ["record", "H56.01", "H56.99", "H56.90", "--agency", "so-cong-thuong", *LETTER, *cause],
        obj=late.app,
    )  # fmt: skip
    assert "Chưa ghi gì vì 2 mã trên" in str(unusable.exception)
    assert "Không có hồ sơ H56.99: xem lại mã" in unusable.stderr
    assert "H56.90: trách nhiệm của Sở Nội vụ, không phải Sở Công Thương" in unusable.stderr
    assert len(requests(late)) == 4

    codes = tmp_path / "ma.txt"
    codes.write_text("# công văn 123\nh56.01\nH56.02; ghi chú\nH56.99\n", "utf-8")
    done = tthc(
        late, "record", "--codes", str(codes), "--skip-bad", *LETTER, *cause, "--text", "Nghỉ ốm, CCCD 038088001234"
    )
    assert "giải trình 2 hồ sơ (2 lần chậm)" in done.stdout
    assert "Nguyễn Thị B nhập thay" in done.stdout
    assert {code for code, _ in requests(late)} == {"H56.03", "H56.90"}
    (one, *_) = json.loads(tthc(late, "show", "H56.02", "--json").stdout)["explanations"]
    assert (one["text"], one["given_by"], one["entered_by"]) == ("Nghỉ ốm, CCCD ***", "Giám đốc", "Nguyễn Thị B")
    assert one["incoming"]["document"] == "123/SCT-VP"

    assert "đã ghi với người ký" in refused(
        late, "record", "H56.03", *LETTER[:4], "--signer", "Ai đó", "--by", "B", *cause
    )
    assert "còn ở tương lai" in refused(
        late, "record", "H56.03", "--document", "9/X", "--dated", "09/12/2026", "--signer", "X", "--by", "B", *cause
    )
    assert "ghi rõ nguyên nhân gì" in refused(late, "record", "H56.03", *LETTER, "--cause", "other")
    assert len(json.loads(tthc(late, "list", "--json").stdout)) == 2
    assert "H56.90" in tthc(late, "list", "--open").stdout
    assert "chưa giải trình" in tthc(late, "show", "H56.03").stdout


def sheet_of(path: Path) -> tuple[Any, Worksheet, dict[str, int]]:
    book = openpyxl.load_workbook(path)
    sheet = book[words()["sheet"]]
    return book, sheet, {column["name"]: place for place, column in enumerate(words()["column"], 1)}


@pytest.fixture
def exported(late: Office, tmp_path: Path) -> Path:
    """The workbook of Sở Công Thương, its three rows to be filled in."""
    done = tthc(late, "export", "--agency", "Sở Công Thương", "--to", str(tmp_path))
    return Path(done.stdout.splitlines()[0])


FIRST = HEADINGS_AT + 2


def test_a_workbook_goes_out_locked_and_comes_back_filled_in(late: Office, exported: Path) -> None:
    book, sheet, columns = sheet_of(exported)
    assert sheet.protection.sheet
    assert [sheet.cell(FIRST, columns[name]).protection.locked for name in ("code", *FILLED)] == [True] + [False] * 5
    assert {one.type for one in sheet.data_validations.dataValidation} == {"list", "date"}
    assert book.sheetnames == ["Giải trình", "Hướng dẫn", "Nguyên nhân"]
    assert sheet.column_dimensions["M"].hidden
    for place, (cause, day) in enumerate((("công chức, bộ phận xử lý chậm", "30/11/2026"), ("Bất khả kháng", None))):
        sheet.cell(FIRST + place, columns["cause"], cause)
        sheet.cell(FIRST + place, columns["expected"], day)
    sheet.cell(FIRST, columns["given_by"], "Phó Giám đốc C")
    book.save(exported)

    seen = tthc(late, "import", str(exported), "--by", "Nguyễn Thị B")
    assert "Chưa ghi gì" in seen.stdout
    assert len(requests(late)) == 4
    done = json.loads(tthc(late, "import", str(exported), "--by", "Nguyễn Thị B", "--apply", "--json").stdout)
    assert done == {"rows": 2, "known": 0, "blank": 1, "written": 2, "wrong": []}
    again = json.loads(tthc(late, "import", str(exported), "--by", "Nguyễn Thị B", "--apply", "--json").stdout)
    assert (again["rows"], again["known"], again["written"]) == (0, 2, 0)
    with reading(late.app.engine) as db:
        given = explanations.newest(db, most=9)
    assert {(one.cause, one.road, one.given_by) for one in given} == {
        (DelayCause.FAULT, Road.SHEET, "Phó Giám đốc C"),
        (DelayCause.FORCE_MAJEURE, Road.SHEET, "Phó Giám đốc C"),
    }


SPOILT: dict[str, tuple[str, object]] = {
    "code": ("code", "H56.90"),
    "kind": ("kind", "Tiếp nhận"),
    "cause": ("cause", "mưa bão"),
    "day": ("expected", "cuối tháng"),
    "formula": ("cause", '="bất khả "&"kháng"'),
    "other": ("cause", "nguyên nhân khác"),
}


WRONG = {
    "code": "đã bị sửa, hoặc chép từ dòng khác",
    "kind": "đã bị sửa, hoặc chép từ dòng khác",
    "copied": "đã bị sửa, hoặc chép từ dòng khác",
    "lost": "mất khóa của dòng",
    "cause": "“mưa bão” không có trong danh sách",
    "day": "“cuối tháng” không hiểu được",
    "formula": "công thức chưa có kết quả",
    "no-cause": "chưa chọn nguyên nhân",
    "other": "ghi rõ nguyên nhân gì",
}


def spoil(sheet: Worksheet, columns: dict[str, int], at: int, how: str) -> None:
    """Do to a row what people and spreadsheets do."""
    mark = len(columns) + 1
    if how == "copied":
        sheet.cell(at, mark).value = sheet.cell(at + 1, mark).value
    elif how == "lost":
        sheet.cell(at, mark).value = None
    elif how == "no-cause":
        sheet.cell(at, columns["cause"]).value = None
        sheet.cell(at, columns["text"]).value = "vì bận"
    else:
        column, value = SPOILT[how]
        sheet.cell(at, columns[column]).value = value  # type: ignore[assignment]


def test_rows_that_are_no_use_are_named_with_their_mend_and_the_others_count(late: Office, tmp_path: Path) -> None:
    late.clock.turn_to(moment("02/12/2026 08:00"))
    take_in(late.app, [row(f"H56.{n}", appointment="02/12/2026 09:00:00") for n in range(20, 30)], late.clock.now())
    slot(late, "02/12/2026 13:30")
    path = Path(tthc(late, "export", "--agency", "so-cong-thuong", "--to", str(tmp_path)).stdout.splitlines()[0])
    book, sheet, columns = sheet_of(path)
    for place in range(13):
        sheet.cell(FIRST + place, columns["cause"]).value = "Bất khả kháng"
    spoilt = dict(enumerate(WRONG, FIRST + 1))
    for at, how in spoilt.items():
        spoil(sheet, columns, at, how)
    book.save(path)
    nobody = json.loads(tthc(late, "import", str(path), "--by", "B", "--json").stdout)
    assert nobody["wrong"][0]["why"] == "Thiếu tên, chức danh người giải trình."
    sheet.cell(FIRST, columns["given_by"]).value = "Phó Giám đốc C"
    book.save(path)
    done = tthc(late, "import", str(path), "--by", "B", "--apply", "--json")
    said = json.loads(done.stdout)
    assert done.return_value == 1
    assert [one["row"] for one in said["wrong"]] == list(spoilt)
    for one in said["wrong"]:
        assert WRONG[spoilt[one["row"]]] in one["why"]
    assert said["written"] == 13 - len(WRONG)


def test_merged_cells_serial_days_and_another_programs_file_are_taken(
    late: Office, exported: Path, tmp_path: Path
) -> None:
    _, sheet, columns = sheet_of(exported)
    other = openpyxl.Workbook()  # as LibreOffice writes it anew: no validation, no protection, no hidden column
    copy = other.active
    assert copy is not None
    copy.title = words()["sheet"]
    for cells in sheet.iter_rows():
        for cell in cells:
            copy.cell(cell.row or 1, cell.column or 1, cell.value)
    copy.cell(FIRST, columns["cause"], "  bất khả kháng ")
    copy.cell(FIRST, columns["given_by"], "C")
    copy.cell(FIRST, columns["expected"], 46356)  # 30/11/2026, its format lost
    copy.merge_cells(start_row=FIRST, end_row=FIRST + 2, start_column=columns["cause"], end_column=columns["cause"])
    other.save(tmp_path / "khac.xlsx")
    done = json.loads(tthc(late, "import", str(tmp_path / "khac.xlsx"), "--by", "B", "--apply", "--json").stdout)
    assert (done["written"], done["wrong"]) == (3, [])
    with reading(late.app.engine) as db:
        given = explanations.newest(db, most=9)
    assert sorted(str(one.expected) for one in given) == ["2026-11-30", "None", "None"]


def test_a_file_that_is_no_such_workbook_is_one_line(sqlite_office: Office, tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04half", b"<html></html>"):
        (tmp_path / "x.xlsx").write_bytes(content)
        assert "không đọc được tệp" in refused(sqlite_office, "import", str(tmp_path / "x.xlsx"), "--by", "B")
    openpyxl.Workbook().save(tmp_path / "y.xlsx")
    assert "không thấy dòng tiêu đề" in refused(sqlite_office, "import", str(tmp_path / "y.xlsx"), "--by", "B")
