"""`tthc obligations draft` and `confirm`: an official letter becomes duties, once, by a named person."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from jobs.app import App
from jobs.cli.main import tthc
from jobs.clock import HandClock
from jobs.letter_apart import LetterRefused, text_of
from jobs.order_file import checked
from jobs.orders import NotConfirmed, confirm
from monitor.config import Settings, load_settings
from monitor.law import load_law
from monitor.register import load_register
from monitor.store import erasing, evidence_rows, orders, reading, writing
from monitor.store.duty_tables import duties, duty_dossiers
from monitor.store.keeping import find
from monitor.store.states import EventKind
from monitor.store.tables import events
from tests.jobs.conftest import moment
from tests.letters.made import FOUNDING, made, scan

REGISTER = load_register(load_settings(Path("khong-co.env")).register)
LAW = load_law(REGISTER.hours_of())
BY = ("--by", "Lê Thị Ghi, chuyên viên")
DRAFTED: list[str] = []
"""The draft without any option, made once: to read a letter takes a process of its own."""
MONTHLY = "han_dinh_ky = { thang = 1, chot_so_lieu = 14, nop = 17 }"


def app_on(engine: Engine, folder: Path) -> App:
    """The shipped register on the day of the founding letter."""
    clock = HandClock(moment("05/03/2024 08:00"))
    return App(settings=Settings(var_dir=folder / "var"), clock=clock, engine=engine, register=REGISTER, law=LAW)


def run(app: App, *words: str, typed: str = "") -> tuple[int, str, str]:
    """Exit code, what was printed, and in what one line it was refused."""
    done = CliRunner().invoke(tthc.commands["obligations"], words, obj=app, input=typed, standalone_mode=False)
    code = done.return_value if done.exception is None else 2
    return int(code or 0), done.stdout if "--json" in words else done.output, str(done.exception or "")


@pytest.fixture
def app(sqlite_engine: Engine, tmp_path: Path) -> App:
    return app_on(sqlite_engine, tmp_path)


def drafted(app: App, folder: Path, *options: str) -> Path:
    """The founding letter's draft, beside a copy of the letter."""
    letter, file = folder / "cong-van.md", folder / "nhiem-vu.toml"
    shutil.copy(FOUNDING, letter)
    if options or not DRAFTED:
        code, _, refused = run(app, "draft", str(letter), "--to", str(file), *options)
        assert (code, refused) == (0, "")
        if not options:
            DRAFTED.append(file.read_text("utf-8"))
    else:
        file.write_text(DRAFTED[0], "utf-8")
    return file


def mended(file: Path, *changes: tuple[str, str]) -> Path:
    """The file as a clerk corrects it: number and day are filled in, a group that the register lacks is gone."""
    text = file.read_text("utf-8")
    usual = (('so = "/UBND', 'so = "3200/UBND'), ('\nngay = ""', '\nngay = "05/3/2024"'))
    for old, new in (*usual, *changes):
        assert old in text, old
        text = text.replace(old, new)
    lines = [line for line in text.splitlines() if not line.startswith('  "UBND các xã, phường"')]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def written_at(file: Path, mistake: str) -> str:
    """The line of a file that a mistake names."""
    number = int(mistake.partition("dòng ")[2].partition(",")[0])
    return file.read_text("utf-8").splitlines()[number - 1]


def test_a_letter_becomes_duties_once(engine: Engine, tmp_path: Path) -> None:
    app = app_on(engine, tmp_path)
    file = mended(drafted(app, tmp_path))

    code, told, _ = run(app, "confirm", str(file), *BY, typed="n\n")
    assert code == 1
    assert "Chưa đồng ý: không có gì thay đổi." in told
    with reading(engine) as db:
        assert orders.orders(db) == ()

    code, told, _ = run(app, "confirm", str(file), *BY, typed="có\n")
    assert code == 0
    words = " ".join(told.split())
    assert "Ngày làm việc cuối: thứ Sáu 08/03/2024 (10/03/2024 là Chủ nhật, 09/03/2024 là thứ Bảy)." in words
    assert "05/03/2024 (trước 3 ngày làm việc): đầu mối kiểm soát TTHC, cấp phó phụ trách của cơ quan chủ trì." in words
    assert "07/03/2024 (trước 1 ngày làm việc)" in words
    assert "Chủ trì (48 cơ quan): Văn phòng UBND tỉnh, " in words

    with reading(engine) as db:
        (order,) = orders.orders(db)
        rows = db.execute(select(duties).order_by(duties.c.id)).all()
        (said,) = db.execute(select(events.c.detail).where(events.c.kind == EventKind.ORDER.value)).scalars()
        assert list(evidence_rows.of_people(db)) == [order.file_sha256]
    assert order.cited == "Công văn số 3200/UBND-KSTTHCNC ngày 05/3/2024 của UBND tỉnh Thanh Hóa"
    assert (order.file_name, order.by, order.at) == ("cong-van.md", BY[1], app.clock.now())
    kept = find(app.settings.var_dir, order.file_sha256)
    assert kept is not None
    assert kept.read_bytes() == FOUNDING.read_bytes()
    assert said == f"{order.cited}; 4 nhiệm vụ; {BY[1]}"
    assert [row.key for row in rows] == [f"2024-03-05-ubnd-tinh-{number}" for number in (1, 2, 3, 4)]
    assert [row.due for row in rows] == ["", "", "2024-03-11", "2024-03-11"]
    assert json.loads(rows[3].agencies) == ["so-cong-thuong"]
    assert json.loads(rows[3].partners) == ["trung-tam-pvhcc"]
    assert [len(json.loads(row.agencies)) for row in rows[:3]] == [
        48,
        48,
        1,
    ]  # 20 departments, 27 districts, the Centre
    assert rows[2].report_to == "ubnd-tinh"

    code, _, refused = run(app, "confirm", str(file), *BY, "--yes")
    assert code == 2
    assert refused == (
        f"{order.cited} đã được {BY[1]} xác nhận lúc 08:00 05/03/2024: không ghi lại. Xem: tthc obligations list."
    )
    (tmp_path / "khac").mkdir()
    other = mended(drafted(app, tmp_path / "khac"))
    other.write_text(other.read_text("utf-8").replace("3200/", "3201/"), "utf-8")
    assert "Lưu ý: Công văn số 3200/" in run(app, "draft", str(FOUNDING))[1]
    assert "không ghi lại" in run(app, "confirm", str(other), *BY, "--yes")[2]  # the very same file, by another number


def test_another_letter_of_the_same_day_goes_on_counting(app: App, tmp_path: Path) -> None:
    file = mended(drafted(app, tmp_path))
    found = checked(file, REGISTER, date(2024, 3, 5))
    confirm(app, found, app.clock.now(), BY[1])
    second = replace(found, order=replace(found.order, document="3201/UBND-TH"), file=None, duties=found.duties[2:])
    order, given = confirm(app, second, app.clock.now(), BY[1])
    assert order.number == 2
    assert [duty.key for duty in given] == ["2024-03-05-ubnd-tinh-5", "2024-03-05-ubnd-tinh-6"]
    with pytest.raises(NotConfirmed, match="đã được Lê Thị Ghi"):
        confirm(app, second, app.clock.now(), "Người khác")


def test_nobody_of_a_group_reports_to_itself(app: App, tmp_path: Path) -> None:
    told = ('bao_cao = "UBND tỉnh Thanh Hóa"\n# Thường', 'bao_cao = "Sở Nội vụ"\n# Thường')
    found = checked(mended(drafted(app, tmp_path), told), REGISTER, date(2024, 3, 5))
    assert [len(duty.agencies) for duty in found.duties] == [48, 47, 1, 1]
    assert "so-noi-vu" not in found.duties[1].agencies


def test_every_mistake_is_said_at_once_with_its_line_and_mend(app: App, tmp_path: Path) -> None:
    file = mended(
        drafted(app, tmp_path),
        ('chu_tri = ["Sở Công Thương"]', 'chu_tri = ["Sở Không Có", "các đơn vị có liên quan"]'),
        ('so = "3200/UBND-KSTTHCNC"', 'so = "/UBND-KSTTHCNC"'),
        ('trich_yeu = "đơn đốc', 'trich_yeu = ""  # "'),
        ('tep = "cong-van.md"', 'tep = "mat.docx"'),
        ('bao_cao = "UBND tỉnh Thanh Hóa"\n# Văn', 'bao_cao = "Tổng cục Nào Đó"\n# Văn'),
        ("han = 2024-03-11\n", "han = 2024-03-05\n"),
    )
    text = file.read_text("utf-8")
    file.write_text(
        f'{text}\n[[nhiem_vu]]\nten = ""\nchu_tri = ["xa-nga-son"]\nhan = "31/02/2024"\n'
        f'ho_so = [\n  {{ ma = "H56-240101-0001" }},\n  {{ ma = "h56-240101-0001" }},\n]\n',
        "utf-8",
    )
    code, _, refused = run(app, "confirm", str(file), *BY, "--yes")
    assert code == 2
    (line, _) = refused.splitlines()
    assert "nhiem_vu thứ 5, mục han: không hiểu ngày này – ghi như 2024-03-11" in line
    assert written_at(file, line) == 'han = "31/02/2024"'
    file.write_text(file.read_text("utf-8").replace('han = "31/02/2024"\n', ""), "utf-8")
    *lines, last = run(app, "confirm", str(file), *BY, "--yes")[2].splitlines()
    assert last == "Chưa ghi gì: sửa các dòng trên rồi chạy lại."
    told = "\n".join(lines)
    for what in (
        "mục so: chưa có số văn bản",
        "mục trich_yeu: để trống",
        "mục tep: không thấy tệp mat.docx",
        "nhiem_vu thứ 3, mục bao_cao: danh mục không có cơ quan “Tổng cục Nào Đó” vào ngày 05/03/2024",
        "nhiem_vu thứ 3, mục han: trước cả ngày của văn bản",
        "nhiem_vu thứ 4, mục chu_tri: danh mục không có cơ quan “Sở Không Có” vào ngày 05/03/2024",
        "nhiem_vu thứ 4, mục chu_tri: “các đơn vị có liên quan” không nêu đích danh cơ quan nào",
        "nhiem_vu thứ 5, mục ten: để trống",
        "nhiem_vu thứ 5, mục chu_tri: UBND xã Nga Sơn không hoạt động vào ngày 05/03/2024",
        "mục ma: mã H56-240101-0001 ghi hai lần",
    ):
        assert what in told, told
    assert all(line.startswith("nhiem-vu.toml: dòng ") and " – " in line for line in lines)
    numbers = [int(line.partition("dòng ")[2].partition(",")[0]) for line in lines]
    assert numbers == sorted(numbers)
    (line,) = [line for line in lines if "mục trich_yeu" in line]
    assert written_at(file, line).startswith("trich_yeu")
    with reading(app.engine) as db:
        assert orders.orders(db) == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("sha256 = \"", "sha256 = \"0", "đã khác từ khi lập dự thảo"),
        ('cach_ghi_han = "truoc"', 'cach_ghi_han = "sau"', "chọn một trong: truoc, den_het"),
        ("han = 2024-03-11", f"han = 2024-03-11\n{MONTHLY}", "để một trong hai"),
        ("\nngay = ", "\nngay = 05/3/2024  #", "không đúng cách viết TOML"),
        ('ngay = "05/3/2024"', 'ngay = ""', "chưa có ngày văn bản"),
        ('ngay = "05/3/2024"', "ngay = 2024-03-06", "còn ở tương lai"),
        ("phoi_hop = []", "phoi_hop = []\nphối_hợp = []", "không đúng cách viết TOML"),
        ("phoi_hop = []", "phoi_hop = []\nchu_tri_2 = []", "không có mục nào tên như vậy"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(app: App, tmp_path: Path, old: str, new: str, what: str) -> None:
    file = mended(drafted(app, tmp_path), (old, new))
    code, _, refused = run(app, "confirm", str(file), *BY, "--yes")
    assert code == 2
    assert what in refused


def test_a_draft_says_what_must_be_looked_at_and_is_never_written_over(app: App, tmp_path: Path) -> None:
    file = drafted(app, tmp_path, "--dated", "05/3/2024")
    text = file.read_text("utf-8")
    assert "# CẦN XEM: văn bản để trống số" in text
    assert "ngay = 2024-03-05\n" in text
    assert "# CẦN XEM: danh mục không có cơ quan nào thuộc nhóm “UBND các xã, phường” vào ngày của văn bản" in text
    assert '"UBND các huyện, thị xã, thành phố",  # nhóm: 27 cơ quan trong danh mục ngày 05/03/2024' in text
    assert text.count("# Thường xuyên / chưa ghi hạn.") == 2
    assert (
        "# Văn bản ghi “trước ngày 11/3/2024”: trong hạn đến hết ngày 10/03/2024.\n"
        "# Ngày làm việc cuối để hoàn thành: thứ Sáu 08/03/2024 (10/03/2024 là Chủ nhật, 09/03/2024 là thứ Bảy).\n"
        "han = 2024-03-11\n" in text
    )
    code, _, refused = run(app, "draft", str(tmp_path / "cong-van.md"), "--to", str(file))
    assert code == 2
    assert "đã có, có thể đã được sửa" in refused
    assert file.read_text("utf-8") == text


def test_programs_get_the_draft_with_its_doubts(app: App) -> None:
    code, told, _ = run(app, "draft", str(FOUNDING), "--json")
    facts = json.loads(told)
    assert code == 0
    assert [doubt["kind"] for doubt in facts["doubts"]] == ["date_blank", "number_blank"]
    third = facts["duties"][2]
    assert (third["due"], third["last_day"], third["last_working_day"]) == ("2024-03-11", "2024-03-10", "2024-03-08")
    assert third["groups"] == {"Các sở, ban, ngành cấp tỉnh": 20, "UBND các huyện, thị xã, thành phố": 27}


def test_a_scan_is_said_in_one_line_and_leaves_a_form_to_fill_in(app: App, tmp_path: Path) -> None:
    picture, form, same = scan(tmp_path), tmp_path / "mau.toml", tmp_path / "mau-2.toml"
    code, told, _ = run(app, "draft", str(picture), "--to", str(form))
    assert code == 0
    assert f"{picture.name} là bản chụp, không có lớp chữ" in told
    assert f"Đã ghi mẫu để điền tay vào {form}." in told
    code, _, refused = run(app, "confirm", str(form), *BY, "--yes")
    assert code == 2
    assert "mục so: chưa có số văn bản" in refused
    run(app, "draft", str(picture), "--to", str(same), "--manual")
    fields = [line.partition(" = ")[0] for line in form.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [one for one in same.read_text("utf-8").splitlines() if not one.startswith("#")][:3] == [
        "",
        "[van_ban]",
        'so = ""',
    ]
    assert {"so", "ngay", "trich_yeu", "ten", "chu_tri", "han"} <= set(fields)
    filled = form.read_text("utf-8")
    for old, new in (
        ('so = ""', 'so = "07/CT-UBND"'),
        ('ngay = ""', "ngay = 2024-03-01"),
        ('co_quan = ""', 'co_quan = "Chủ tịch UBND tỉnh"'),
        ('trich_yeu = ""', 'trich_yeu = "tăng cường kỷ luật"'),
        ('ten = ""', 'ten = "Báo cáo 0912345678"'),
        ("chu_tri = []", 'chu_tri = ["so-cong-thuong", "Sở Công Thương"]'),
        ('han = ""', 'han = ""\n' + MONTHLY),
    ):
        assert old in filled
        filled = filled.replace(old, new)
    form.write_text(filled, "utf-8")
    code, told, _ = run(app, "confirm", str(form), *BY, "--yes", "--json")
    (duty,) = json.loads(told)["duties"]
    assert code == 0
    assert duty["letter"] == "Chỉ thị số 07/CT-UBND ngày 01/3/2024 của UBND tỉnh Thanh Hóa"
    assert (duty["key"], duty["agencies"]) == ("2024-03-01-ubnd-tinh-1", ["so-cong-thuong"])
    assert duty["title"] == "Báo cáo ***"
    assert duty["every"] == {"months": 1, "closing_day": 14, "due_day": 17}
    assert (duty["next_due"], duty["last_working_day"]) == ("2024-03-17", "2024-03-15")  # "trước": Saturday 16/3
    assert [one["day"] for one in duty["reminders"][:3]] == ["2024-03-12", "2024-03-14", "2024-03-15"]


def test_a_list_of_dossiers_goes_to_the_duty_that_names_the_appendix(app: App, tmp_path: Path) -> None:
    import xlsxwriter

    listed = tmp_path / "phu-luc-ii.xlsx"
    with xlsxwriter.Workbook(str(listed)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Phụ lục II"])
        sheet.write_row(2, 0, ["STT", "Mã hồ sơ", "Chủ hồ sơ", "Đơn vị xử lý"])
        sheet.write_row(3, 0, [1, "H56.02-240226-0007", "Người Nộp Một", "Sở Công Thương"])
        sheet.write_row(4, 0, [2, "000.00.06.H56-240229-0001", "Người Nộp Hai", "UBND huyện Nga Sơn"])
    file = drafted(app, tmp_path, "--dossiers", str(listed))
    text = file.read_text("utf-8")
    assert "Người Nộp" not in text
    assert "ho_so = [  # 2 hồ sơ\n" in text
    found = checked(mended(file), REGISTER, date(2024, 3, 5))
    assert [[(one.code, one.unit) for one in duty.dossiers] for duty in found.duties] == [
        [],
        [],
        [("H56.02-240226-0007", "Sở Công Thương"), ("000.00.06.H56-240229-0001", "UBND huyện Nga Sơn")],
        [],
    ]
    code = "H56.02-240226-0007"
    order, _ = confirm(app, found, app.clock.now(), BY[1])
    with writing(app.engine) as db:
        erasing.erase(db, erasing.find(db, code), source="", reason="theo đơn", at=app.clock.now(), by=BY[1])
        left = db.execute(select(duty_dossiers.c.code).order_by(duty_dossiers.c.place)).scalars().all()
    assert (order.number, left) == (1, ["(đã xóa)", "000.00.06.H56-240229-0001"])
    for words, what in (
        (
            ("--dossiers", str(listed), "--dossiers-for", "mục 9"),
            "Không có nhiệm vụ ở “mục 9”; dự thảo có: “mục 1, ý 1”",
        ),
        (("--dossiers", str(FOUNDING)), "không thấy mã hồ sơ nào"),
        (("--dossiers", str(scan(tmp_path))), "là bản chụp"),
    ):
        assert what in run(app, "draft", str(FOUNDING), *words)[2]
    _, told, _ = run(app, "draft", str(FOUNDING), "--dossiers", str(listed), "--dossiers-for", "mục 3", "--json")
    assert [len(duty["dossiers"]) for duty in json.loads(told)["duties"]] == [0, 0, 0, 2]


def test_a_file_is_read_in_a_process_that_may_die_of_it(tmp_path: Path) -> None:
    letter = made("01-ra-soat-dich-vu", tmp_path)
    assert any("Kính gửi" in line for line in text_of(letter).lines)
    with pytest.raises(LetterRefused, match="không đọc an toàn được"):
        text_of(letter, memory=24 * 1024**2)
    with pytest.raises(LetterRefused, match="kiểm tra tên tệp"):
        text_of(tmp_path / "khong-co.docx")
