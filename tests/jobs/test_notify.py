"""A letter on paper is a notification: who was told by it is not told again by mail, and the cause is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from jobs import letters, notify, send, tell
from jobs.app import build
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.cli.usage import in_one_line
from jobs.clock import HandClock
from monitor.config import NAMES, load_settings
from monitor.core.explanation import Delay
from monitor.core.finding import FindingKind
from monitor.core.official_letter import DispatchKind
from monitor.core.period import ICT
from monitor.reports.official.word import FOLDER
from monitor.store import dispatches, explanations, matters, open_store, reading, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in

Office = Any
Run = Callable[..., str]
SENT = notify.Numbered(document="5/UBND-KSTTHC", dated=date(2026, 11, 25), signer="Chánh Văn phòng", by="Văn thư")


def slot(office: Office, when: str) -> dict[str, EmailMessage]:
    """Serve a slot; what lies in each mailbox of Sở Công Thương, by role."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(when))
    now = office.clock.now()
    tell.tick(office.app, now)
    letters.slot(office.app, now, now)
    send.run(office.app, now)
    users = {str(mail["To"].addresses[0].username): mail for mail in office.server.mails[before:]}
    mine = "so-cong-thuong."
    return {who.removeprefix(mine): mail for who, mail in users.items() if who.startswith(mine)}


def subjects(told: dict[str, EmailMessage]) -> dict[str, str]:
    return {who: str(mail["Subject"]) for who, mail in told.items()}


def drafted(office: Office, *codes: str, kind: DispatchKind = DispatchKind.URGE) -> int:
    """The draft of a letter about the results of these dossiers."""
    with writing(office.app.engine) as db:
        found = [matters.find(db, code)[0] for code in codes]
        delays = [
            Delay(matter=one.matter, kind=FindingKind.RESULT, episode=one.appointment.isoformat())
            for one in found
            if one.appointment is not None
        ]
        return dispatches.draft(db, kind, "so-cong-thuong", delays, at=office.clock.now())


@pytest.fixture
def sct(sqlite_office: Office) -> Office:
    """Two results that will be late at noon, one of them not written of."""
    sqlite_office.go_live()
    rows = [row("H56.01", appointment="25/11/2026 10:00:00"), row("H56.02", appointment="25/11/2026 10:00:00")]
    take_in(sqlite_office.app, rows, sqlite_office.clock.now())
    slot(sqlite_office, "25/11/2026 07:30")
    return sqlite_office


def test_head_and_focal_point_are_told_by_the_letter_the_others_by_mail(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 11:00"))
    number = drafted(sct, "H56.01", "H56.02")
    done = notify.record(sct.app, number, SENT, sct.clock.now())
    assert (done.told, done.asked, done.dispatch.document) == (4, 2, "5/UBND-KSTTHC")
    told = slot(sct, "25/11/2026 13:30")
    assert "2 hồ sơ quá hạn" in subjects(told)["deputy"]
    assert not any("2 hồ sơ quá hạn" in subject for who, subject in subjects(told).items() if who != "deputy")
    later = slot(sct, "30/11/2026 07:30")  # three working days on it is late still, and told again
    assert "2 hồ sơ quá hạn" in subjects(later)["head"]
    with reading(sct.app.engine) as db:
        requests = explanations.requests(db, done.dispatch.delays)
        assert {one.dispatch for one in requests.values()} == {number}
        assert {one.due for one in requests.values()} == {date(2026, 11, 26)}
        assert {len(some) for some in dispatches.recorded(db, done.dispatch.delays).values()} == {1}


def test_what_was_owed_already_and_not_yet_written_is_settled_too(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 11:00"))
    tell.plan(sct.app, sct.clock.now(), moment("25/11/2026 13:30"))
    done = notify.record(sct.app, drafted(sct, "H56.01"), SENT, sct.clock.now())
    assert done.told == 2
    told = subjects(slot(sct, "25/11/2026 13:30"))
    assert "2 hồ sơ quá hạn" in told["deputy"]
    assert "1 hồ sơ quá hạn" in told["head"]
    assert "1 hồ sơ quá hạn" in told["focal_point"]


def test_whom_paper_told_is_not_told_again_once_an_address_is_filled_in(sct: Office) -> None:
    head = sct.app.register.posts["so-cong-thuong/head"]
    without = replace(sct.app.register, posts=sct.app.register.posts | {head.key: replace(head, address="")})
    sct.app, with_address = replace(sct.app, register=without), sct.app
    slot(sct, "25/11/2026 13:30")  # late by then; the head's letter has nowhere to go
    sct.clock.turn_to(moment("25/11/2026 14:00"))
    assert notify.record(sct.app, drafted(sct, "H56.01", "H56.02"), SENT, sct.clock.now()).told == 2
    sct.app = with_address
    told = subjects(slot(sct, "25/11/2026 16:00"))
    assert not any("hồ sơ quá hạn" in said for said in told.values()), told


def test_paper_tells_in_a_trial_too(sqlite_office: Office) -> None:
    take_in(sqlite_office.app, [row("H56.01", appointment="25/11/2026 10:00:00")], sqlite_office.clock.now())
    sqlite_office.clock.turn_to(moment("25/11/2026 11:00"))
    notify.record(sqlite_office.app, drafted(sqlite_office, "H56.01"), SENT, sqlite_office.clock.now())
    sqlite_office.go_live()
    told = subjects(slot(sqlite_office, "25/11/2026 13:30"))
    assert "1 hồ sơ quá hạn" in told["deputy"]
    assert not any("1 hồ sơ quá hạn" in subject for who, subject in told.items() if who != "deputy")


def test_what_was_finished_or_put_off_since_the_draft_is_not_told_and_not_asked(sct: Office) -> None:
    number = drafted(sct, "H56.01", "H56.02")
    sct.clock.turn_to(moment("25/11/2026 11:00"))
    done = [
        row("H56.01", appointment="25/11/2026 10:00:00", status="Đã xử lý xong", finished="25/11/2026 09:00:00"),
        row("H56.02", appointment="04/12/2026 17:00:00"),
    ]
    take_in(sct.app, done, sct.clock.now(), "sau.xls")
    nothing = notify.record(sct.app, number, SENT, sct.clock.now())
    assert (nothing.told, nothing.asked) == (0, 0)


def test_a_number_is_recorded_once_for_one_draft_by_a_day_that_can_be(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 11:00"))
    number, other = drafted(sct, "H56.01"), drafted(sct, "H56.02")
    now = sct.clock.now()

    def refused(draft: int, **changes: Any) -> str:
        given = {"document": "5/UBND-KSTTHC", "dated": date(2026, 11, 25), "signer": "Ô", "by": "A"} | changes
        with pytest.raises(notify.NotNotified) as why:
            notify.record(sct.app, draft, notify.Numbered(**given), now)
        return str(why.value)

    assert "từ ngày soạn 25/11/2026 đến hôm nay" in refused(number, dated=date(2026, 11, 24))
    assert "đến hôm nay" in refused(number, dated=date(2026, 11, 26))
    assert "Không có dự thảo DT99" in refused(99)
    notify.record(sct.app, number, SENT, now)
    assert "đã ghi là văn bản 5/UBND-KSTTHC ngày 25/11/2026" in refused(number, document="6/UBND")
    assert "đã ghi cho một dự thảo khác" in refused(other)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on an installation with late dossiers; what it says, and its exit code first where it is refused."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    env = tmp_path / ".env"
    env.write_text(f"VAR_DIR={tmp_path / 'var'}\nREGISTER=thanh-hoa\n", "utf-8")
    now = datetime.now(ICT)
    open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}").dispose()
    app = build(load_settings(env), HandClock(now))

    def day(days: int) -> str:
        return f"{now + timedelta(days=days):%d/%m/%Y} 17:00:00"

    old = {"filed": day(-40), "received": day(-40)}
    rows = [row(f"H56.{n:02d}", appointment=day(-n), **old) for n in range(1, 4)]
    take_in(app, [*rows, row("H56.50", appointment=day(9), **old), row("H56.51", appointment="")], now)
    app.engine.dispose()

    def command(*words: str) -> str:
        done = CliRunner().invoke(tthc, ["--env", str(env), *words], standalone_mode=False)
        if isinstance(done.exception, Refused):
            return f"2: {done.exception}"
        if isinstance(done.exception, click.ClickException):
            return f"2: {in_one_line(done.exception)}"
        assert done.exception is None, done.exception
        return done.output

    return command


def test_the_commands_from_a_draft_to_what_is_kept_of_it(run: Run, tmp_path: Path) -> None:
    today = f"{datetime.now(ICT):%d/%m/%Y}"
    later = f"{datetime.now(ICT) + timedelta(days=30):%d/%m/%Y}"
    to, by = ("--to", str(tmp_path / "ra")), ("--by", "Nguyễn Văn Thử")
    numbered = ("--document", "5/UBND", "--dated", today, "--signer", "Ô", *by)

    assert "Chưa soạn công văn nào" in run("dispatch", "list")
    assert "--agency KHÓA, hoặc --all" in run("draft", "urge")
    assert "không có cơ quan" in run("draft", "urge", "--agency", "khong-co")
    assert "Không có hồ sơ quá hạn ở Sở Y tế" in run("draft", "urge", "--agency", "so-y-te")
    said = run("draft", "urge", "--all", *to)
    assert "Dự thảo DT1, đôn đốc: Sở Công Thương, 3 hồ sơ." in said
    assert re.findall(r"du-thao\S+", said) == [
        f"du-thao-don-doc-so-cong-thuong-DT1.{suffix}" for suffix in ("docx", "pdf")
    ]
    assert "Dự thảo DT1, đôn đốc" in run("draft", "urge", "--agency", "so-cong-thuong", *to)
    assert "Dự thảo DT2, yêu cầu giải trình" in run("draft", "explain", "--agency", "Sở Công Thương", *to)
    assert "3 hồ sơ được hỏi nguyên nhân" in run("dispatch", "record", "dt1", *numbered)
    assert "ví dụ DT5" in run("dispatch", "record", "DT0", *numbered)
    assert "DT2 " in run("dispatch", "list")
    assert run("dispatch", "record", "1", *numbered).startswith("2: Dự thảo DT1 đã ghi")
    assert run("dispatch", "record", "2", *numbered[:-2], "--by", " ").startswith("2: Người ghi (--by) để trống")
    assert '"document": "5/UBND"' in run("dispatch", "list", "--json")
    own = tmp_path / "var" / "templates"
    own.mkdir()
    (own / "cong-van.docx").write_bytes((FOLDER / "xin-loi-gia-han.docx").read_bytes())
    assert "cong-van.docx thiếu trường {{ body }}" in run("draft", "urge", "--all", *to)
    assert "cong-van.docx thiếu trường {{ body }}" in run("check")
    (own / "cong-van.docx").write_bytes((FOLDER / "cong-van.docx").read_bytes())
    assert "Dự thảo DT3" in run("draft", "urge", "--all", *to)

    assert "du-thao-xin-loi-H56.50.pdf" in run("apology", "draft", "H56.50", "--reason", "Chờ", *to)
    assert "không có ngày hẹn trả" in run("apology", "draft", "H56.51", *to)
    assert "không sau ngày hẹn cũ" in run("apology", "draft", "H56.50", "--new-date", today, *to)
    assert "Không có hồ sơ H56.99" in run("apology", "draft", "H56.99", *to)
    assert "Không hiểu ngày" in run("apology", "draft", "H56.50", "--new-date", "mai", *to)
    scan = tmp_path / "quet.pdf"
    scan.write_bytes(b"%PDF-1.7 quet")
    sent = ("--document", "12/PXL-SCT", "--dated", today, "--new-date", later, "--file", str(scan), *by)
    assert "sau hạn chót" in run("apology", "record", "H56.01", "H56.50", *sent)
    assert "đã ghi từ trước" in run("apology", "record", "H56.01", *sent)
    second = ("--document", "13/PXL-SCT", *sent[2:])
    assert run("apology", "record", "H56.01", *second).startswith("2: Hồ sơ H56.01 đã được hẹn lại")
    assert run("apology", "draft", "H56.01", *to).startswith("2: Hồ sơ H56.01 đã hẹn lại bằng văn bản 12/PXL-SCT")
    assert "SAI QUY ĐỊNH" in run("apology", "record", "H56.01", *second, "--breach")
    assert run("apology", "list", "--json").count('"code": "H56.') == 3
    assert "quá số lần được hẹn lại" in run("apology", "list", "--agency", "so-cong-thuong")

    measure = ("--agency", "so-cong-thuong", "--document", "45/KL-SCT", "--dated", today, *by)
    assert "chan-chinh" in run("measure", "add", *measure, "--kind", "phat")
    for kind in ("chan-chinh", "xu-ly-trach-nhiem"):
        run("measure", "add", *measure, "--kind", kind, "--unit", kind, "--text", "gọi 0912345678")
    said = run("measure", "add", *measure, "--kind", "khac", "--unit", "chan-chinh")
    assert "đã ghi là chấn chỉnh, nội dung: gọi ***. Điều đã ghi không sửa" in said
    same = ("--kind", "chan-chinh", "--unit", "chan-chinh", "--text", "gọi 0912345678")
    said = run("measure", "add", *measure, *same)
    assert "đã ghi từ trước" in said
    assert "Đã che số điện thoại, số giấy tờ hoặc địa chỉ thư ở nội dung" in said
    assert "sau hôm nay" in run("measure", "add", *measure[:4], "--dated", later, *by, "--kind", "khac")
    listed = run("measure", "list", "--json")
    assert (listed.count("45/KL-SCT"), "0912345678" in listed) == (2, False)
    assert "xử lý trách nhiệm" in run("measure", "list", "--agency", "Sở Công Thương")


def test_the_scan_of_an_apology_is_kept_as_long_as_its_row(run: Run, tmp_path: Path) -> None:
    from monitor.store.evidence_rows import of_people

    scan = tmp_path / "quet.pdf"
    scan.write_bytes(b"%PDF-1.7 quet")
    later = f"{datetime.now(ICT) + timedelta(days=30):%d/%m/%Y}"
    today = f"{datetime.now(ICT):%d/%m/%Y}"
    run(
        "apology", "record", "H56.50", "--document", "12/PXL-SCT", "--dated", today, "--new-date", later, "--file",
        str(scan), "--by", "A",
    )  # fmt: skip
    engine: Engine = open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}")
    with reading(engine) as db:
        (digest,) = of_people(db)
    engine.dispose()
    assert (tmp_path / "var" / "evidence" / digest[:2] / f"{digest}.pdf").read_bytes() == scan.read_bytes()


def test_letters_that_no_database_holds_are_dropped_from_what_is_typed(run: Run) -> None:
    typed = ("--kind", "khac", "--document", "1/QĐ\udcff", "--dated", "24/11/2026", "--by", "Văn\x0b thư\udcff")
    assert "văn bản 1/QĐ." in run("measure", "add", "--agency", "so-cong-thuong", *typed, "--text", "a\udcffb\x00")
    assert "1/QĐ" in run("measure", "list")
