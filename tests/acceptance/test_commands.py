"""The command line as a person meets it: real processes in a folder, exit codes, one line for each mistake."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import NAMES
from monitor.core.period import ICT
from tests.acceptance.test_dossiers import page, row
from tests.servers.commands import commands

CODE = "H56.02-261116-0001"
WRONG, STRANGE = "H56.02-261116-0002", "H56.02-261116-0003"
WEEK_SUM = ("up_ms", "down_ms", "maintenance_ms", "excluded_ms", "unknown_ms")
CLEAN = {name: value for name, value in os.environ.items() if name.upper() not in NAMES}


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def tthc(folder: Path, *words: str, **settings: str) -> Said:
    """One command in a folder."""
    return Said(*commands().run(words, folder, CLEAN | settings))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a file was imported on a fresh installation."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "ho-so.xls").write_bytes(page([row(CODE), row("", filed="x")]))
    return folder


@pytest.fixture(scope="module")
def imported(office: Path) -> Said:
    """What that import answered."""
    return tthc(office, "dossiers", "import", "ho-so.xls", "--json")


def test_a_file_is_taken_in_and_again_changes_nothing(office: Path, imported: Said) -> None:
    assert (imported.code, imported.err) == (0, "")
    first = imported.json
    assert {"read", "new", "changed", "unchanged", "set_aside", "reasons"} <= set(first)
    assert (first["read"], first["new"], first["set_aside"], len(first["reasons"])) == (2, 1, 1, 1)
    again = tthc(office, "dossiers", "import", "ho-so.xls")
    assert again.code == 0
    assert again.err == ""
    assert tthc(office, "dossiers", "import", "ho-so.xls", "--json").json["new"] == 0


def test_a_database_that_somebody_holds_is_said_in_one_line(office: Path, imported: Said) -> None:
    assert imported.code == 0
    holder = sqlite3.connect(office / "var" / "tthc.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        said = tthc(office, "look", "record", "duoc", "--by", "Nguyễn Văn Thử")
    finally:
        holder.close()
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "thử lại" in said.err


def test_a_dossier_is_listed_shown_and_explained(office: Path, imported: Said) -> None:
    (listed,) = tthc(office, "dossiers", "list", "--json").json
    assert listed["code"] == CODE
    shown = tthc(office, "dossiers", "list", COLUMNS="200").out
    assert CODE in shown
    assert "Số liệu tính đến" in shown
    assert "Đúng hạn, quá hạn so theo thời điểm" in shown
    assert CODE in tthc(office, "dossiers", "show", CODE).out
    told = tthc(office, "dossiers", "explain", CODE)
    assert told.code == 0
    assert "27/11/2026" in told.out
    assert tthc(office, "dossiers", "explain", CODE, "--json").json


def test_who_stops_reading_is_told_no_failure(office: Path) -> None:
    words = [sys.executable, "-c", "from jobs.cli.main import main; main()", "calendar", "show", "2026"]
    with subprocess.Popen(words, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asked:
        assert asked.stdout
        assert asked.stderr
        asked.stdout.close()
        assert (asked.stderr.read(), asked.wait()) == ("", 0)


def test_a_certificate_is_written_the_same_again_and_no_moment_to_come_is_taken(office: Path, imported: Said) -> None:
    assert imported.code == 0
    when = "20/11/2026 08:00"
    assert tthc(office, "dossiers", "explain", CODE, "--at", when, "--to", "a").code == 0
    assert tthc(office, "dossiers", "explain", CODE, "--at", when, "--to", "b").code == 0
    written = {path.name: path.read_bytes() for path in (office / "a").iterdir()}
    assert {name.rpartition(".")[2] for name in written} == {"txt", "pdf", "docx"}
    assert written == {path.name: path.read_bytes() for path in (office / "b").iterdir()}
    unread = tthc(office, "dossiers", "explain", CODE, "--at", when, "--known-at", when)
    assert (unread.code, unread.err.count("\n")) == (2, 1)
    assert "chưa đọc số liệu nào" in unread.err
    assert "TRẢ KẾT QUẢ" in tthc(office, "dossiers", "explain", CODE).out
    for text in ("01/01/2100 08:00", "mai"):
        refused = tthc(office, "dossiers", "explain", CODE, "--at", text)
        assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
        assert "--at" in refused.err


def test_printed_appointments_are_held_against_the_rules(office: Path, imported: Said) -> None:
    assert imported.code == 0
    assert tthc(office, "dossiers", "audit", "--json").json["rows"] == []
    said = tthc(office, "dossiers", "audit", "--to", "c")
    assert said.code == 0
    assert (office / said.out.strip()).read_bytes().startswith(b"PK")
    assert "khóa của cơ quan" in tthc(office, "dossiers", "audit", "--agency", "la").err


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose source is complete for Sở Công Thương, and whose newest list lacks a dossier of it."""
    folder = tmp_path_factory.mktemp("odd")
    assert tthc(folder, "init", "danh-muc").code == 0
    sources = folder / "danh-muc" / "sources.toml"
    text = sources.read_text("utf-8").replace('key = "mot-cua"', 'key = "mot-cua"\nscope = "so-cong-thuong"', 1)
    sources.write_text(text, "utf-8")
    (folder / ".env").write_text("REGISTER=danh-muc\n", "utf-8")
    first = [row(CODE), row(WRONG, appointment="10/11/2026"), row(STRANGE, unit="Phòng Lạ", status="Chờ trời mưa")]
    for name, rows in (("1.xls", first), ("2.xls", first[1:2])):
        (folder / name).write_bytes(page(rows))
        assert tthc(folder, "dossiers", "import", name).err == ""
    return folder


def codes(said: Said) -> list[str]:
    return [one["code"] for one in said.json]


def test_dossiers_to_look_at_are_found_by_words(odd: Path) -> None:
    for kind in ("chua-ro-don-vi", "chưa rõ đơn vị", "unknown_unit", "trang-thai-la"):
        assert codes(tthc(odd, "dossiers", "list", "--kind", kind, "--json")) == [STRANGE]
    assert codes(tthc(odd, "dossiers", "list", "--kind", "ngay-khong-dung", "--json")) == [WRONG]
    assert codes(tthc(odd, "dossiers", "list", "--standing", "can-xem", "--json")) == [WRONG]
    refused = tthc(odd, "dossiers", "list", "--standing", "sap-toi")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "qua-han" in refused.err


def test_a_list_prints_names_and_what_the_newest_list_lacks(odd: Path) -> None:
    listed = tthc(odd, "dossiers", "list").out
    assert "chưa xác định đơn vị: Phòng Lạ" in listed
    assert "Sở Công Thương" in listed
    assert "so-cong-thuong" not in listed
    assert "1 hồ sơ đang mở không còn trong danh sách mới nhất" in listed
    shown = tthc(odd, "dossiers", "show", CODE).out
    assert "Đang xử lý" in shown
    assert "Không còn trong danh sách tính đến" in shown
    assert "Không còn" not in tthc(odd, "dossiers", "show", WRONG).out
    assert "Không còn" not in tthc(odd, "dossiers", "show", STRANGE).out
    assert "ngày hẹn trả trước ngày nộp" in tthc(odd, "dossiers", "show", WRONG).out


def test_a_dossier_is_shown_to_programs_on_a_vietnamese_clock(odd: Path) -> None:
    shown = tthc(odd, "dossiers", "show", CODE, "--json").json
    assert shown["history"][0]["filed"] == "2026-11-16T08:00:00+07:00"
    assert shown["absent_from_list_of"].endswith("+07:00")
    (listed, *_) = tthc(odd, "dossiers", "list", "--json").json
    assert listed["as_of"].endswith("+07:00")
    unknown = tthc(odd, "dossiers", "show", "H56.02-261116-9999")
    assert (unknown.code, unknown.err.count("\n")) == (2, 1)
    assert "dossiers import" in unknown.err


def test_a_stop_announced_too_late_is_said_to_be_no_maintenance(tmp_path: Path) -> None:
    def announce(days: int) -> Said:
        start = datetime.now(ICT) + timedelta(days=days)
        first, last = (f"{start + timedelta(hours=hours):%d/%m/%Y %H:%M}" for hours in (0, 2))
        return tthc(tmp_path, "notice", "add", "--from", first, "--to", last, "--document", f"TB {days}")

    late, early = announce(1), announce(30)
    assert (late.code, early.code) == (0, 0)
    assert "KHÔNG được tính là bảo trì" in late.out
    assert "sớm nhất được tính" in late.out
    assert "KHÔNG" not in early.out
    listed = tthc(tmp_path, "notice", "list", "--json").json
    assert [(one["document"], one["counts_as_maintenance"]) for one in listed] == [("TB 1", False), ("TB 30", True)]
    assert "TB 30" in tthc(tmp_path, "notice", "list").out


def test_a_weeks_log_adds_up_and_is_written_as_files(office: Path, imported: Said) -> None:
    log = tthc(office, "report", "uptime", "--week", "2026-W47", "--json").json
    assert sum(log[part] for part in WEEK_SUM) == log["window_ms"] == 7 * 86_400_000
    assert log["measured"] is None
    assert log["coverage"] == "0.000000"
    for line in tthc(office, "report", "uptime", "--week", "2026-W47", "--to", "bao-cao").out.splitlines():
        assert (office / line).stat().st_size > 0
    assert {path.suffix for path in (office / "bao-cao").iterdir()} >= {".html", ".xlsx"}


def test_a_backup_is_checked_and_can_be_put_back(office: Path, imported: Said) -> None:
    copied = tthc(office, "backup", "ban-sao.db")
    assert copied.code == 0
    for beside in (".env", "danh bạ", "published/", "evidence/", "mailbox/", "khoa-niem-phong.pem"):
        assert beside in copied.out
    back = tthc(office, "restore", "ban-sao.db", "--yes")
    assert (back.code, back.err) == (0, "")
    (listed,) = tthc(office, "dossiers", "list", "--json").json
    assert listed["code"] == CODE
    assert tthc(office, "journal", "verify").code == 0


def test_a_restore_says_first_what_is_put_back_and_what_is_lost(tmp_path: Path) -> None:
    from monitor.reports.mode import LIVE
    from monitor.store import open_store, watches, writing

    assert tthc(tmp_path, "outbox", "list").code == 0
    assert "MB)" in tthc(tmp_path, "backup", "thu.db").out
    engine = open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}")
    with writing(engine) as db:
        watches.set_mark(db, LIVE, '{"at": "2026-11-23T00:00:00+00:00", "by": "A"}')
    engine.dispose()
    _put_letter(tmp_path)
    asked = tthc(tmp_path, "restore", "thu.db")  # nobody answers
    assert asked.code == 130
    assert "chế độ CHẠY THỬ" in asked.out
    assert "Đang có: số liệu đến 07:30 24/11/2026, chế độ CHÍNH THỨC" in asked.out
    assert "KHÔNG thư nào gửi ra ngoài nữa" in asked.out
    done = tthc(tmp_path, "restore", "thu.db", "--yes")
    assert (done.code, done.err) == (0, "")
    kept = next((tmp_path / "var").glob("tthc.db.truoc-khoi-phuc-*[0-9]"))
    assert f"Bản cũ còn ở var/{kept.name}." in done.out
    assert "chế độ bây giờ: CHẠY THỬ" in done.out


def test_a_register_of_ones_own_is_copied_filled_in_and_checked(tmp_path: Path) -> None:
    assert tthc(tmp_path, "init", "danh-muc").code == 0
    again = tthc(tmp_path, "init", "danh-muc")
    assert (again.code, again.out, len(again.err.splitlines())) == (2, "", 1)
    (tmp_path / ".env").write_text("REGISTER=danh-muc\n", "utf-8")
    assert tthc(tmp_path, "contacts", "export").code == 0
    _fill_in(tmp_path / "danh-ba.xlsx", "giamdoc@")
    bad = tthc(tmp_path, "contacts", "import", "danh-ba.xlsx", "--apply")
    assert (bad.code, len(bad.err.splitlines())) == (2, 1)
    assert "--skip-bad" in bad.out
    _fill_in(tmp_path / "danh-ba.xlsx", "giamdoc@sct.invalid")
    over = tthc(tmp_path, "contacts", "export")
    assert (over.code, "--replace" in over.err) == (2, True)
    preview = tthc(tmp_path, "contacts", "import", "danh-ba.xlsx", COLUMNS="200")
    assert "giamdoc@sct.invalid" in preview.out
    assert "--apply" in preview.out
    assert tthc(tmp_path, "contacts", "import", "danh-ba.xlsx", "--apply").code == 0
    assert "Không có gì thay đổi" in tthc(tmp_path, "contacts", "import", "danh-ba.xlsx").out
    assert tthc(tmp_path, "check").code == 0


def test_going_live_says_what_it_brings_about_and_happens_once(tmp_path: Path) -> None:
    mail = {"SMTP_URL": "smtp://127.0.0.1:9", "SMTP_FROM": "a@b.vn"}
    asked = tthc(tmp_path, "go-live", "--by", "Lê A", **mail)  # nobody answers
    assert asked.code == 130
    assert "không có gì thay đổi" in asked.err
    assert "Sẽ nhận thư: 0 chức danh; chưa có địa chỉ: 715 chức danh." in asked.out
    assert "Đang quá hạn: 0 hồ sơ" in asked.out
    assert "chưa được người có thẩm quyền xác nhận" in asked.out
    first = tthc(tmp_path, "go-live", "--by", "Lê A", "--yes", **mail)
    assert "người quyết định: Lê A" in first.out
    again = tthc(tmp_path, "go-live", "--by", "Bùi B", "--yes", **mail)
    assert again.out.startswith("Đã chính thức từ ")
    assert ("Lê A" in again.out, "Bùi B" in again.out) == (True, False)


def _fill_in(book: Path, address: str) -> None:
    from openpyxl import load_workbook

    workbook = load_workbook(book)
    sheet = workbook.active
    assert sheet is not None
    heading = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "E-mail")
    sheet.cell(heading.row + 1, heading.column, address)
    workbook.save(book)


def test_status_says_that_this_is_a_trial(office: Path, imported: Said) -> None:
    said = tthc(office, "status")
    assert "CHẠY THỬ" in said.out
    assert tthc(office, "status", "--json").json["mode"] == "trial"


def test_a_letter_is_listed_and_read(office: Path, imported: Said) -> None:
    number = _put_letter(office)
    (letter,) = tthc(office, "outbox", "list", "--json").json
    assert letter["id"] == number
    read = tthc(office, "outbox", "show", str(number))
    assert "1 hồ sơ quá hạn" in read.out
    assert "Kính gửi" in read.out


def _put_letter(folder: Path) -> int:
    from monitor.core.message import Message
    from monitor.store import LetterState, letters, open_store, writing
    from tests.acceptance.conftest import moment

    at = moment("24/11/2026 07:30")
    engine = open_store(f"sqlite:///{folder / 'var' / 'tthc.db'}")
    message = Message(
        key="slot/1", message_id="<1@demo.invalid>", date=at, sender="Giám sát <giam-sat@demo.invalid>",
        to_address="giamdoc@sct.invalid", to_names=("Giám đốc Sở Công Thương",), subject="1 hồ sơ quá hạn",
        text="Kính gửi: Giám đốc", html="<p>Kính gửi</p>",
    )  # fmt: skip
    with writing(engine) as db:
        number = letters.add_once(
            db, message=message, kind="digest", slot=at, live=False, state=LetterState.HELD, now=at
        )
    engine.dispose()
    assert number is not None
    return number


def _days(said: Said) -> bool:
    days = {day["day"]: day["working"] for day in said.json}
    return days["2026-11-24"] is False and all(day["document"] for day in said.json)


def _closed_duties(said: Said) -> bool:
    return bool(said.json) and all(duty["due"] is None or duty["due"] <= "2024-12-31" for duty in said.json)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("calendar show 2026 --json", _days),
        ("obligations list --all --json", _closed_duties),
        ("outbox list --json", lambda said: said.json == []),
        ("check --json", lambda said: said.json["mistakes"] == []),
        ("calendar show 2026", lambda said: "24/11/2026" in said.out),
        ("obligations list --all", lambda said: "đã hoàn thành" in said.out),
        ("obligations list", lambda said: "--all" in said.out),
        ("report uptime --week 2026-W47", lambda said: "chưa đủ căn cứ" in said.out.lower()),
        ("dossiers list", lambda said: said.out.splitlines()[0] == "Không có hồ sơ nào."),
        ("outbox list", lambda said: said.out.strip() == "Chưa có thư nào."),
        ("journal verify", lambda said: said.out.strip() != ""),
        ("journal verify --json", lambda said: said.json == []),
    ],
)
def test_in_an_empty_folder_it_answers(words: str, right: Callable[[Said], bool], tmp_path: Path) -> None:
    said = tthc(tmp_path, *words.split())
    assert (said.code, said.err) == (0, "")
    assert right(said), said.out


def test_no_word_of_a_table_is_cut_however_narrow_the_screen(office: Path, imported: Said) -> None:
    whole = tthc(office, "dossiers", "list", COLUMNS="20").out
    assert CODE in whole
    assert "…" not in whole
    assert len({line.count(CODE) for line in whole.splitlines() if CODE in line}) == 1


def test_what_it_keeps_is_for_its_own_account(office: Path, imported: Said) -> None:
    kept = [office / "var", *(office / "var").rglob("*")]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def test_a_hint_names_the_command_as_it_was_called(tmp_path: Path) -> None:
    called = Path(sys.executable).with_name("tthc")
    words = [called, "outbox", "show", "7"]
    said = subprocess.run(words, check=False, cwd=tmp_path, env=CLEAN, capture_output=True, text=True)
    assert f"xem `{called} outbox list`" in said.stderr


NOTHING: Mapping[str, str] = {}


@pytest.mark.parametrize(
    ("words", "settings", "mend"),
    [
        ("dossiers import nope.xls", NOTHING, "không có tệp nope.xls"),
        ("dossiers import", NOTHING, "Thiếu TỆP"),
        ("dossiers import . ", NOTHING, "chỉ một tệp"),
        ("dossiers import rac.txt --source nope", NOTHING, "mot-cua"),
        ("dossiers show X", NOTHING, "Không có hồ sơ X"),
        ("dossiers explain X", NOTHING, "Không có hồ sơ X"),
        ("dossiers list --agency nope", NOTHING, "agencies"),
        ("dossiers list --limit x", NOTHING, "số nguyên"),
        ("report uptime --week 2026-W99", NOTHING, "2026-W47"),
        ("report uptime --week hôm-qua", NOTHING, "2026-W47"),
        ("report uptime --week 2099-W01", NOTHING, "chưa bắt đầu"),
        ("report uptime --service 9.9", NOTHING, "2.001474"),
        ("report uptime --week 2026-W47 --to rac.txt/x", NOTHING, "chọn thư mục"),
        ("calendar show 1900", NOTHING, "calendar.toml"),
        ("calendar show 99999", NOTHING, "9999"),
        ("outbox show 7", NOTHING, "tthc outbox list"),
        ("outbox show 99999999999999999999", NOTHING, "phải là số như trong danh sách"),
        ("outbox retry 7", NOTHING, "tthc outbox list"),
        ("probe 9.9", NOTHING, "2.001474"),
        ("probe", NOTHING, "CONTACT"),
        ("look record duoc --at mai", NOTHING, "23/11/2026"),
        ("look record có", NOTHING, "duoc"),
        ("notice add --from mai --to mốt --document x", NOTHING, "23/11/2026"),
        ("notice add --service 9.9 --from 2027-01-02T00:00 --to 2027-01-03T00:00 --document x", NOTHING, "2.001474"),
        ("go-live --by A --yes", NOTHING, "SMTP_URL"),
        ("contacts import rac.txt", NOTHING, "rac.txt"),
        ("backup /không/có.db", NOTHING, "mkdir -p"),
        ("backup rac.txt", NOTHING, "chọn tên khác"),
        ("restore rac.txt --yes", NOTHING, "dùng tệp khác"),
        ("restore nope.db --yes", NOTHING, "không có tệp nope.db"),
        ("nonsense", NOTHING, "tthc --help"),
        ("status --jsn", NOTHING, "--json"),
        ("status thừa", NOTHING, "tthc status --help"),
        ("status", {"REGISTER": "/không/có"}, "tthc init"),
        ("outbox list", {"VAR_DIR": "rac.txt/var"}, "VAR_DIR"),
        ("status", {"DATABASE_URL": "vớ vẩn"}, "DATABASE_URL"),
        ("status", {"DATABASE_URL": "sqlite:///rac.txt"}, "tthc restore"),
        ("status", {"DATABASE_URL": "postgresql://u:mat-khau@127.0.0.1:1/x"}, "DATABASE_URL"),
        ("status", {"WEB_BIND": "cổng 80"}, "127.0.0.1:8080"),
        ("--env rac.txt status", NOTHING, "rac.txt"),
        ("--env nhầm.env status", NOTHING, "Không có tệp cấu hình nhầm.env"),
        ("run", {"WEB_BIND": "0.0.0.0:8080"}, "chỉ dùng 127.0.0.1"),
    ],
)
def test_wrong_input_is_one_line_that_names_the_mend(
    words: str, settings: Mapping[str, str], mend: str, tmp_path: Path
) -> None:
    (tmp_path / "rac.txt").write_bytes(b"\xff\x00 khong phai gi ca" * 40)
    said = tthc(tmp_path, *words.split(), **settings)
    assert said.code == 2, said
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1, said.err
    assert mend in said.err
    assert "mat-khau" not in said.err


def test_a_damaged_env_file_names_every_mistake_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_URL=x\nWEB_BIND=y\nCONTATC=a@b.vn\n", "utf-8")
    said = tthc(tmp_path, "check")
    assert said.code == 1
    lines = said.err.splitlines()
    assert [any(f"dòng {n}:" in line for line in lines) for n in (1, 2, 3)] == [True] * 3
    assert "CONTACT" in said.err
    assert tthc(tmp_path, "status").code == 2


def test_a_file_that_is_no_export_is_a_bad_state_told_once(tmp_path: Path) -> None:
    (tmp_path / "danh-ba.csv").write_text("a,b\n1,2\n", "utf-8")
    said = tthc(tmp_path, "dossiers", "import", "danh-ba.csv")
    assert said.code == 1
    assert "không nhập được" in said.out
    assert said.err == ""
