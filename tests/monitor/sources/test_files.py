"""Lists of dossiers out of files of every kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.core.period import ICT, day_of, from_ms, to_ms
from monitor.core.source import STAMPS, BadRow, DossierRow
from monitor.reports.render import terms
from monitor.sources import SOURCES, Notes
from monitor.sources.files import read, rows
from monitor.sources.layout import LayoutError, load_layouts
from monitor.sources.notes import CONTRADICTIONS
from monitor.sources.sheet import FileRefused
from monitor.sources.title import as_of, said
from tests.monitor.sources import made
from tests.monitor.sources.made import HEADINGS, KINDS, LIST, ROW, TITLE

LAYOUTS = load_layouts()


def found(path: Path) -> list[DossierRow | BadRow]:
    return list(rows(path, LAYOUTS))


def good(path: Path) -> list[DossierRow]:
    return [row for row in found(path) if isinstance(row, DossierRow)]


def bad(path: Path) -> list[BadRow]:
    return [row for row in found(path) if isinstance(row, BadRow)]


def row(**cells: object) -> tuple[object, ...]:
    """ROW with other cells, by heading."""
    changed = {HEADINGS[at]: cell for at, cell in enumerate(ROW)} | cells
    return tuple(changed[heading] for heading in HEADINGS)


def table(tmp_path: Path, *listed: Sequence[object], headings: Sequence[object] = HEADINGS) -> Path:
    return made.html(tmp_path / "t.xls", (headings, *listed))


def ms(text: str) -> int:
    return to_ms(datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=ICT))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_tells_the_same(kind: str, tmp_path: Path) -> None:
    (only,) = found(KINDS[kind](tmp_path / "ho-so"))
    assert isinstance(only, DossierRow)
    assert only._replace(raw=b"") == DossierRow(
        code="H56.02-261116-0001",
        raw=b"",
        procedure="2.000033",
        procedure_name="Thông báo hoạt động khuyến mại",
        channel="2",
        from_national_portal=None,
        status="4",
        filed=ms("16/11/2026 08:05:00"),
        received=ms("16/11/2026 09:00:00"),
        appointment=ms("27/11/2026 00:00:00"),
        finished=None,
        returned=None,
        days_only=1 << STAMPS.index("appointment"),
        receiving_unit="Bộ phận Một cửa xã Nga Sơn",
        handling_unit="Sở CT",
        supplements="",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_who_filed_and_where_they_live_is_left_at_the_door(kind: str, tmp_path: Path) -> None:
    told = repr(found(KINDS[kind](tmp_path / "ho-so")))
    assert "NGUYỄN" not in told
    assert "Lê Lợi" not in told


def test_the_national_message_is_read_with_its_supplements(tmp_path: Path) -> None:
    asked = {"NgayBoSung": "20240227080000", "NgayTiepNhanBoSung": ""}
    (only,) = good(made.message(tmp_path / "m.json", {"DanhSachHoSoBoSung": [asked], "TaiLieuNop": [{"x": [1]}]}))
    assert only.from_national_portal == 1
    assert (only.status, only.channel, only.handling_unit) == ("1", "2", "Sở Công Thương")
    assert only.filed == ms("26/02/2024 16:30:00")
    assert only.supplements == f"[[{ms('27/02/2024 08:00:00')},null]]"
    assert "0912345678" not in repr(only)


def test_another_service_of_the_national_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text('{"service":"LayDanhSachTTHC","data":[{"MaHoSo":"H56.02-240226-0007"}]}', "utf-8")
    with pytest.raises(FileRefused, match="DongBoHoSoMC"):
        found(path)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("change", [str, str.upper, lambda text: f"  {text.replace(' ', '  ')} ", lambda t: f"{t} (*)"])
def test_headings_are_known_without_regard_to_marks_case_and_spaces(
    change: Callable[[str], str], form: str, tmp_path: Path
) -> None:
    headings = [unicodedata.normalize(form, change(heading)) for heading in HEADINGS]  # type: ignore[arg-type]
    assert [one.code for one in good(table(tmp_path, ROW, headings=headings))] == ["H56.02-261116-0001"]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("1.00331", "1.003310"),
        (1.00331, "1.003310"),
        ("1.0033", "1.003300"),
        ("2.000033", "2.000033"),
        ("1,00331", "1.003310"),
        ("1.003310.000.00.00.H56", "1.003310"),
        ("", ""),
    ],
)
def test_a_procedures_code_gets_its_last_zeros_back(cell: object, kept: str, tmp_path: Path) -> None:
    (only,) = good(made.xlsx(tmp_path / "t.xlsx", (HEADINGS, row(**{"Mã TTHC": cell}))))
    assert only.procedure == kept


def test_what_was_restored_and_what_is_strange_is_said(tmp_path: Path) -> None:
    notes = Notes()
    path = table(tmp_path, row(**{"Mã TTHC": "1.00331", "Trạng thái": "Chờ trời mưa", "Mã hồ sơ": "SO-7"}))
    (only,) = (line.read() for listed in read(path, LAYOUTS, notes) for line in listed.lines())
    assert isinstance(only, DossierRow)
    assert only.status == "Chờ trời mưa"
    assert only.code == "SO-7"
    told = "\n".join(notes.lines())
    assert all(words in told for words in ("1.00331 → 1.003310", "Chờ trời mưa", "SO-7"))


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({}, None),
        ({"Ngày hẹn trả": "16/11/2026"}, None),
        ({"Ngày nhận": "16/11/2026 08:00"}, None),
        ({"Ngày hẹn trả": "10/11/2026"}, "ngày hẹn trả trước ngày nộp (1 dòng)"),
        ({"Ngày nhận": "15/11/2026 09:00"}, "ngày tiếp nhận trước ngày nộp (1 dòng)"),
        ({"Ngày nhận": "11/12/2026 09:00"}, "ngày tiếp nhận sau ngày có số liệu (1 dòng)"),
        ({"Ngày nộp hồ sơ": "25/11/2026 08:00", "Ngày nhận": ""}, "ngày nộp sau ngày có số liệu (1 dòng)"),
        ({"Ngày nộp hồ sơ": "", "Ngày nhận": "", "Ngày kết thúc xử lý": "25/11/2026"}, "ngày xong sau"),
        ({"Ngày kết thúc xử lý": "15/11/2026"}, "ngày xong trước ngày nộp (1 dòng)"),
    ],
)
def test_a_row_whose_dates_cannot_be_goes_in_and_is_named(
    cells: dict[str, str], wrong: str | None, tmp_path: Path
) -> None:
    notes = Notes(told=to_ms(datetime(2026, 11, 24, 9, tzinfo=ICT)))
    (only,) = (line.read() for listed in read(table(tmp_path, row(**cells)), LAYOUTS, notes) for line in listed.lines())
    assert isinstance(only, DossierRow)
    told = "\n".join(notes.lines())
    assert (wrong in told and "H56.02-261116-0001" in told) if wrong else "cần xem lại" not in told


def test_of_many_such_rows_the_first_are_named(tmp_path: Path) -> None:
    notes = Notes()
    many = [row(**{"Mã hồ sơ": f"H56.02-261116-{n:04}", "Ngày hẹn trả": "10/11/2026"}) for n in range(9)]
    for listed in read(table(tmp_path, *many), LAYOUTS, notes):
        assert len([line.read() for line in listed.lines()]) == 9
    (said_, _left_out) = notes.lines()
    assert "(9 dòng): H56.02-261116-0000" in said_
    assert said_.endswith("H56.02-261116-0004, ….")


def test_json_without_known_names_is_not_told_of_headings(tmp_path: Path) -> None:
    path = tmp_path / "la.json"
    path.write_text('[{"MaHoSo": "H56.02-261116-0001", "Khac": 1}]', "utf-8")
    with pytest.raises(FileRefused, match=r"bản ghi JSON không có các mục.*DongBoHoSoMC"):
        found(path)


def test_contradictions_are_called_what_the_glossary_calls_them() -> None:
    assert terms()["Contradiction"] == {one.value: words for one, words in CONTRADICTIONS.items()}


@pytest.mark.parametrize(
    ("cell", "status"),
    [("4", "4"), (4, "4"), ("ĐANG XỬ LÝ", "4"), ("Đã trả kết quả", "10"), ("Chờ bổ sung", "5"), ("11", "11")],
)
def test_a_status_is_known_by_name_or_code_and_kept_where_it_is_not(cell: object, status: str, tmp_path: Path) -> None:
    (only,) = good(made.xlsx(tmp_path / "t.xlsx", (HEADINGS, row(**{"Trạng thái": cell}))))
    assert only.status == status


def test_a_bad_row_is_set_aside_with_its_number_and_the_others_go_on(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        ROW,
        row(**{"Mã hồ sơ": ""}),
        row(**{"Mã hồ sơ": "H56.02-261116-0003", "Ngày hẹn trả": "31/02/2026"}),
        row(**{"Mã hồ sơ": "H56.02-261116-0004", "Ngày nhận": "ngày mai"}),
        row(**{"Mã hồ sơ": "H56.02-261116-0005"}),
    )
    assert [one.code for one in good(path)] == ["H56.02-261116-0001", "H56.02-261116-0005"]
    assert [(one.row, one.code) for one in bad(path)] == [
        (3, ""),
        (4, "H56.02-261116-0003"),
        (5, "H56.02-261116-0004"),
    ]
    reasons = [one.reason for one in bad(path)]
    assert "Mã hồ sơ" in reasons[0]
    assert "Ngày hẹn trả" in reasons[1]
    assert "31/02/2026" in reasons[1]
    assert "Ngày nhận" in reasons[2]


APPENDIX = ("STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị giải quyết", "Cán bộ đang xử lý", "Ghi chú")


def listed(number: int, unit: str = "") -> tuple[object, ...]:
    return (number, f"H56.02-261116-{number:04}", "16/11/2026", "20/11/2026", unit, "Trần Văn Thử", "")


def test_a_row_with_only_a_units_name_speaks_for_those_below(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"),
        ("I", "SỞ CÔNG THƯƠNG (2 hồ sơ)", "", "", "", "", ""),
        listed(1, "Phòng Quản lý thương mại"),
        listed(2),
        APPENDIX,
        ("II. UBND xã Nga Sơn", "", "", "", "", "", ""),
        listed(3),
        ("", "Tổng cộng", "3", "", "", "", ""),
        ("", "", "", "", "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG", ""),
        headings=APPENDIX,
    )
    assert bad(path) == []
    assert [(one.code[-4:], one.status, one.handling_unit) for one in good(path)] == [
        ("0001", "4", "Phòng Quản lý thương mại (SỞ CÔNG THƯƠNG)"),
        ("0002", "4", "SỞ CÔNG THƯƠNG"),
        ("0003", "4", "UBND xã Nga Sơn"),
    ]


def test_the_first_appendix_concludes_the_status_from_its_dates(tmp_path: Path) -> None:
    headings = ("STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả", "Đơn vị giải quyết", "Ghi chú")
    path = table(
        tmp_path,
        (1, "H56.02-261116-0001", "16/11/2026", "20/11/2026", "23/11/2026", "Sở CT", ""),
        (2, "H56.02-261116-0002", "16/11/2026", "20/11/2026", "", "Sở CT", ""),
        headings=headings,
    )
    assert [one.status for one in good(path)] == ["9", "4"]


def test_the_reception_list_and_the_overdue_screen_are_read(tmp_path: Path) -> None:
    reception = (
        "STT", "Đơn vị tiếp nhận", "Người tiếp nhận", "Tên thủ tục hành chính", "Mã hồ sơ", "Trạng thái", "Địa chỉ",
        "Chủ hồ sơ", "Ngày nộp hồ sơ", "Ngày nhận",
    )  # fmt: skip
    path = table(
        tmp_path,
        (1, "Sở CT", "A", "T", "H56.02-261116-0001", "Mới đăng ký", "x", "y", "16/11/2026 08:00", ""),
        headings=reception,
    )
    assert [(one.status, one.receiving_unit) for one in good(path)] == [("1", "Sở CT")]
    screen = ("STT", "Thông tin hồ sơ", "Chủ hồ sơ", "Số ngày quá hạn", "Người xử lý (Đơn vị)")
    about = "Mã: H56.02-261116-0009 - 1.003310 - Ngày tiếp nhận: 16/11/2026 08:00 - Hẹn trả: 20/11/2026"
    (only,) = good(table(tmp_path, (1, about, "Bà B", "3", "Trần Thử (Sở Công Thương)"), headings=screen))
    assert (only.code, only.procedure, only.handling_unit) == ("H56.02-261116-0009", "1.003310", "Sở Công Thương")
    assert only.appointment == ms("20/11/2026 00:00:00")
    assert "Thử" not in repr(only)


def test_headings_of_two_levels_and_merged_cells_are_read(tmp_path: Path) -> None:
    page = """<table>
      <tr><td colspan="6">DANH SÁCH</td></tr>
      <tr><th rowspan="2">STT</th><th rowspan="2">Mã hồ sơ</th><th rowspan="2">Trạng thái</th>
          <th colspan="2">Ngày</th><th rowspan="2">Đơn vị xử lý</th></tr>
      <tr><th>tiếp nhận</th><th>hẹn trả</th></tr>
      <tr><td>1</td><td>H56.02-261116-0001</td><td>Đang xử lý</td><td>16/11/2026</td><td>20/11/2026</td>
          <td rowspan="2">Sở CT</td></tr>
      <tr><td>2</td><td>H56.02-261116-0002</td><td>Đang xử lý</td><td>17/11/2026</td><td>23/11/2026</td></tr>
    </table>"""
    path = tmp_path / "t.xls"
    path.write_text(page, "utf-8")
    assert [(one.code[-1], day_of(from_ms(one.appointment or 0)), one.handling_unit) for one in good(path)] == [
        ("1", date(2026, 11, 20), "Sở CT"),
        ("2", date(2026, 11, 23), "Sở CT"),
    ]


def test_cells_merged_downwards_in_a_workbook_speak_for_each_row(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ROW[:-1])
        sheet.write_row(2, 0, row(**{"Mã hồ sơ": "H56.02-261116-0002"})[:-1])
        sheet.merge_range(1, 13, 2, 13, "Sở CT")
    assert [one.handling_unit for one in good(path)] == ["Sở CT", "Sở CT"]


def test_two_lists_in_one_workbook_are_both_read_and_a_summary_is_passed_over(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Tổng hợp").write_row(0, 0, ("Đơn vị", "Đã xử lý", "Đang xử lý"))
        for name, code in (("Sở", "H56.02-261116-0001"), ("Xã", "H56.02-261116-0002")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, row(**{"Mã hồ sơ": code}))
    assert [one.code[-1] for one in good(path)] == ["1", "2"]


def test_a_summary_alone_is_refused_and_says_what_to_export(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="xuất danh sách hồ sơ"):
        found(table(tmp_path, ("Sở CT", "3", "4"), headings=("Đơn vị", "Đã xử lý", "Đang xử lý")))


def test_a_table_of_no_known_layout_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="Mã hồ sơ"):
        found(table(tmp_path, ("a", "b"), headings=("Họ tên", "Điểm")))


def test_a_column_of_real_and_written_dates_that_may_be_swapped_sets_the_file_aside(tmp_path: Path) -> None:
    path = made.xlsx(
        tmp_path / "t.xlsx",
        (
            HEADINGS,
            row(**{"Ngày nhận": datetime(2026, 4, 3, 8)}),  # noqa: DTZ001 - as Excel holds it: 03/04 or 04/03
            row(**{"Mã hồ sơ": "H56.02-261116-0002", "Ngày nhận": "25/03/2026 08:00"}),
        ),
    )
    with pytest.raises(FileRefused, match="Ngày nhận"):
        found(path)


def test_a_column_of_real_dates_alone_is_taken(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "t.xlsx", (HEADINGS, row(**{"Ngày nhận": datetime(2026, 4, 3, 8)})))  # noqa: DTZ001
    assert [one.received for one in good(path)] == [ms("03/04/2026 08:00:00")]


def test_free_text_is_masked(tmp_path: Path) -> None:
    (only,) = good(table(tmp_path, row(**{"Tên thủ tục hành chính": "Gọi 0912 345 678, a@b.vn, 038123456789"})))
    assert only.procedure_name == "Gọi ***, ***, ***"


def test_the_same_cells_have_the_same_digest_and_others_another(tmp_path: Path) -> None:
    first = [one.raw for one in good(table(tmp_path, ROW))]
    assert [one.raw for one in good(table(tmp_path, row(**{"Chủ hồ sơ": "Người khác", "STT": "9"})))] == first
    assert [one.raw for one in good(table(tmp_path, row(**{"Ngày hẹn trả": "30/11/2026"})))] != first


@pytest.mark.parametrize(
    ("title", "moment"),
    [
        ("(Số liệu tính đến 15:30 ngày 23/11/2026)", datetime(2026, 11, 23, 15, 30, tzinfo=ICT)),
        ("Tính đến ngày 23/11/2026", date(2026, 11, 23)),
        ("Từ ngày 01/11/2026 đến ngày 23/11/2026", date(2026, 11, 23)),
        ("Từ 01/11/2026 đến 20/11/2026. Ngày xuất: 23/11/2026 10:15", datetime(2026, 11, 23, 10, 15, tzinfo=ICT)),
        ("đến ngày 23 tháng 11 năm 2026", date(2026, 11, 23)),
        ("DANH SÁCH HỒ SƠ", None),
    ],
)  # fmt: skip
def test_a_title_says_what_moment_its_figures_stand_for(title: str, moment: date | None) -> None:
    assert said([("",), (title, None)]) == moment


MORNING = datetime(2026, 11, 24, 8, tzinfo=ICT)


@pytest.mark.parametrize(
    ("saying", "modified", "stands_for"),
    [
        (None, MORNING.replace(hour=7), MORNING.replace(hour=7)),
        (None, MORNING.replace(hour=9), MORNING),
        (MORNING.replace(hour=6), MORNING.replace(hour=7), MORNING.replace(hour=6)),
        (MORNING.replace(hour=9), MORNING.replace(hour=7), MORNING.replace(hour=7)),
        (date(2026, 11, 24), MORNING.replace(hour=7), MORNING.replace(hour=7)),
        (date(2026, 11, 23), MORNING.replace(hour=7), MORNING.replace(hour=0)),
        (date(2026, 11, 30), MORNING.replace(hour=7), MORNING.replace(hour=7)),
    ],
)
def test_figures_never_stand_for_a_later_moment_than_can_be_known(
    saying: date | None, modified: datetime, stands_for: datetime
) -> None:
    assert as_of(saying, modified, MORNING) == stands_for


def test_the_title_block_is_handed_on(tmp_path: Path) -> None:
    (only,) = SOURCES["files"](made.xlsx(tmp_path / "t.xlsx", LIST), LAYOUTS, Notes())
    assert said(only.title) == datetime(2026, 11, 23, 15, 30, tzinfo=ICT)
    assert len(only.title) == len(TITLE)


def test_an_offices_own_layout_is_a_few_lines(tmp_path: Path) -> None:
    (tmp_path / "rieng.toml").write_text(
        'name = "Sổ tay của xã"\nrequires = ["code", "filed"]\norder = "mdy"\nstatus = "1"\n'
        '[columns]\ncode = ["Số sổ"]\nfiled = ["Hôm nộp"]\nhandling_unit = ["Ai làm"]\n',
        "utf-8",
    )
    path = made.html(tmp_path / "t.xls", (("Số sổ", "Hôm nộp", "Ai làm"), ("S-0001", "11/16/2026", "Xã Nga Sơn")))
    (only,) = rows(path, load_layouts(tmp_path))
    assert isinstance(only, DossierRow)
    assert (only.code, only.status, only.handling_unit) == ("S-0001", "1", "Xã Nga Sơn")
    assert only.filed == ms("16/11/2026 00:00:00")


def test_all_mistakes_of_the_offices_layouts_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "A"\nrequires = ["so"]\norder = "ymd"\n', "utf-8")
    (tmp_path / "b.toml").write_text('name = "B"\nrequires = ["code"]\n[patterns]\ncode = "("\n', "utf-8")
    (tmp_path / "c.toml").write_text("name = ", "utf-8")
    with pytest.raises(LayoutError) as raised:
        load_layouts(tmp_path)
    told = str(raised.value)
    assert all(words in told for words in ("a.toml", "so", "order", "patterns.code", "c.toml"))
