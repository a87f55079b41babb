"""`tthc obligations record`, `done`, `obstacle`, `show`, `report`: who did what, and the list of an appendix."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from jobs import duties, status
from jobs.cli.duties import obligations
from jobs.cli.ground import Refused
from jobs.clock import HandClock
from monitor.core.answer import Answer, explanations
from monitor.core.explanation import DelayCause, Road, delay_of
from monitor.core.finding import FindingKind
from monitor.core.obligation import DueKind, Listed, Obligation, Recurrence
from monitor.core.order import Order
from monitor.core.progress import ProgressKind
from monitor.reports.lists.briefing import briefing
from monitor.reports.lists.briefing_page import page
from monitor.store import duties as stored
from monitor.store import evidence_rows, joining, matters, orders, reading, writing
from monitor.store import explanations as explained
from monitor.store.keeping import find
from monitor.store.states import EventKind
from monitor.store.tables import events
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import SOURCE, row, take_in

BY = ("--by", "Lê Thị Thử, chuyên viên")
CT, NV = "so-cong-thuong", "so-noi-vu"
LISTED = tuple(f"H56.02-261116-{number:04}" for number in range(1, 8))
ELSEWHERE = tuple(f"G09.20-20261116-{number:07}" for number in range(8, 11))
UNKNOWN = ("H56.99-261116-0011", "H56.99-261116-0012")
ORDER = Order(document="4510/UBND-KSTTHCNC", dated=date(2026, 11, 20), issuer="UBND tỉnh", subject="V/v", signer="A")
DUTY = Obligation(
    key="2026-11-20-ubnd-tinh-1",
    letter="",
    place="mục 2",
    title="Xử lý dứt điểm hồ sơ quá hạn",
    text="Rà soát, xử lý dứt điểm các hồ sơ tại Phụ lục II.",
    agencies=(CT, NV),
    report_to="ubnd-tinh",
    due=date(2026, 12, 1),
    due_kind=DueKind.BY,
    dossiers=tuple(
        Listed(code=code, unit="Sở Công Thương") for code in (*LISTED, *(c.lower() for c in ELSEWHERE), *UNKNOWN)
    ),
)


def run(office: Office, *words: str) -> str:
    return CliRunner().invoke(obligations, words, obj=office.app, standalone_mode=False, catch_exceptions=False).output


def asked(office: Office, *words: str) -> Any:
    return json.loads(run(office, *words, "--json"))


def refused(office: Office, *words: str) -> str:
    with pytest.raises(Refused) as caught:
        run(office, *words)
    return str(caught.value)


@pytest.fixture
def given(office: Office) -> Office:
    """An office to which a letter gave two agencies a duty with a list, on the morning of 25/11/2026."""
    with writing(office.app.engine) as db:
        orders.confirm(db, ORDER, [DUTY], moment("20/11/2026 08:00"), "Người thử")
    office.app = replace(office.app, register=replace(office.app.register, duties=()))
    return office


def test_each_agencys_part_is_entered_by_a_named_person_and_stands_by_itself(given: Office, tmp_path: Path) -> None:
    with reading(given.app.engine) as db:
        assert stored.confirmed(db) == (replace(DUTY, letter=ORDER.cited),)
    assert "2 cơ quan chủ trì" in refused(given, "record", DUTY.key, "acknowledged", *BY)
    assert "không chủ trì" in refused(given, "record", DUTY.key, "acknowledged", "--agency", "Sở Xây dựng", *BY)
    assert "Không có nhiệm vụ" in refused(given, "show", "khong-co")
    assert "chưa có báo cáo" in refused(given, "record", DUTY.key, "returned", "--agency", CT, "--text", "thiếu", *BY)
    assert "cần số và ngày" in refused(given, "record", DUTY.key, "reported", "--agency", CT, *BY)
    assert "không có vướng mắc" in refused(given, "record", DUTY.key, "resolved", "--agency", CT, *BY)
    run(given, "record", DUTY.key, "assigned", "--agency", CT, "--text", "Phòng QLTM, gọi 0912 345 678", *BY)
    file = tmp_path / "bao-cao.pdf"
    file.write_bytes(b"%PDF-1.7 bao cao")
    sent = ("--agency", "Sở Công Thương", "--document", "45/BC-SCT", "--dated", "24/11/2026", "--file", str(file))
    assert "đã báo cáo, chờ ý kiến" in run(given, "record", DUTY.key, "reported", *sent, *BY)
    assert "không ghi lại" in refused(given, "record", DUTY.key, "reported", *sent, *BY)
    later = ("--due", "04/12/2026", "--document", "4600/UBND", "--dated", "25/11/2026")
    assert run(given, "record", DUTY.key, "extended", *later, *BY).count("ngày làm việc cuối 04/12/2026") == 2
    assert "không sau hạn đang có" in refused(given, "record", DUTY.key, "extended", *later, *BY)
    (told,) = asked(given, "list")
    assert [(part["agency"], part["state"], part["due"]) for part in told["parts"]] == [
        (CT, "reported", "2026-12-04"),
        (NV, "open", "2026-12-04"),
    ]
    assert [one["key"] for one in asked(given, "list", "--agency", NV)] == [DUTY.key]
    (mine, _) = asked(given, "show", DUTY.key)["parts"]
    facts = {fact["kind"]: fact for fact in mine["facts"]}
    assert "0912" not in facts["assigned"]["text"]
    kept = facts["reported"]["sha256"]
    assert find(given.app.settings.var_dir, kept) is not None
    with reading(given.app.engine) as db:
        assert kept in set(evidence_rows.of_people(db))
        said = list(db.execute(select(events.c.detail).where(events.c.kind == EventKind.DUTY.value)).scalars())
    assert len(said) == 4
    assert all("Lê Thị Thử" in one and "0912" not in one for one in said)
    assert "đã hoàn thành" in run(given, "done", DUTY.key, "--agency", CT, *BY)
    run(given, "record", DUTY.key, "withdrawn", "--agency", NV, *BY)
    assert "thêm --all" in run(given, "list")
    assert asked(given, "list", "--all")[0]["state"] == "closed"
    assert "0912" not in run(given, "show", DUTY.key)


def test_an_appendix_is_followed_to_its_end_with_unit_and_cause_and_what_nobody_knows_is_named(
    given: Office, tmp_path: Path
) -> None:
    codes = [*LISTED, *(f"H56.02-261116-{number:04}" for number in range(8, 11))]
    appointed = {"appointment": "20/11/2026 17:00:00"}
    rows = [row(code, **appointed) for code in codes]
    rows[0] = row(codes[0], **appointed, status="Đã trả kết quả", finished="23/11/2026 10:00:00")
    rows[1] = row(codes[1], **appointed, status="Đã trả kết quả", finished="19/11/2026 10:00:00")
    take_in(given.app, rows, given.clock.now())
    with writing(given.app.engine) as db:
        for ours, theirs in zip(codes[7:], ELSEWHERE, strict=True):
            joining.add_alias(db, SOURCE, ours, theirs, at=given.clock.now(), by="Người thử")
        late = matters.find(db, codes[2])[0]
        answer = Answer(
            cause=DelayCause.COORDINATION, text="chờ Sở Xây dựng", road=Road.LETTER, given_by="B", entered_by="C"
        )
        explained.add(db, explanations(answer, [(delay_of(late, FindingKind.RESULT), CT)], given.clock.now()))
    told = asked(given, "show", DUTY.key)
    assert told["list"] == {"total": 12, "done": 2, "open": 8, "unknown": 2}
    by_code = {one["code"]: one for one in told["dossiers"]}
    assert [code for code, one in by_code.items() if not one["known"]] == list(UNKNOWN)
    assert [one["our_code"] for one in told["dossiers"] if one["our_code"]] == codes[7:]
    assert by_code[codes[2]]["cause"] == "chờ ý kiến của cơ quan phối hợp"
    shown = run(given, "show", DUTY.key)
    assert "2/12 đã xong, 8 chưa xong, 2 mã không thấy" in shown
    assert all(code in shown for code in (*LISTED, *UNKNOWN))
    printed = run(given, "report", DUTY.key, "--agency", CT, "--to", str(tmp_path / "ra")).splitlines()
    by_suffix = {Path(line).suffix: Path(line) for line in printed if line.startswith(str(tmp_path))}
    assert set(by_suffix) == {".docx", ".pdf", ".xlsx"}
    cells = [[cell.value for cell in line] for line in load_workbook(by_suffix[".xlsx"]).active.iter_rows(min_row=4)]
    assert [line[1].split()[0].upper() for line in cells] == [one.code.upper() for one in DUTY.dossiers]
    assert cells[2][3:] == [
        "Sở Công Thương", "Chưa xong: Đang xử lý", "17:00 20/11/2026", None, "quá hạn 2 ngày làm việc",
        "Chờ ý kiến của cơ quan phối hợp: chờ Sở Xây dựng",
    ]  # fmt: skip
    assert cells[0][6:] == ["10:00 23/11/2026", "quá hạn 1 ngày làm việc", "chưa giải trình"]
    assert cells[1][7] == "không chậm"
    assert cells[11][3:5] == [None, "Không thấy trong số liệu"]
    word = Document(str(by_suffix[".docx"]))
    text = "\n".join(p.text for p in word.paragraphs) + "\n".join(c.text for t in word.tables for c in t._cells)
    assert "2 hồ sơ đã xong, 8 hồ sơ chưa xong, 2 mã không thấy" in text
    assert ", ".join(UNKNOWN) in text
    assert "UBND tỉnh Thanh Hóa" in text
    assert "/BC-SCT" in text


def test_a_recurring_duty_is_entered_period_by_period(given: Office) -> None:
    monthly = replace(
        DUTY, key="thang", agencies=(CT,), due=None, dossiers=(), every=Recurrence(months=1, closing_day=14, due_day=20)
    )
    given.app = replace(given.app, register=replace(given.app.register, duties=(monthly,)))
    given.clock = HandClock(moment("10/12/2025 08:00"))
    given.app = replace(given.app, clock=given.clock)
    sent = ("--document", "1/BC", "--dated", "10/12/2025")
    assert "kỳ hết 14/12/2025 – đã báo cáo" in run(given, "record", "thang", "reported", *sent, *BY)
    given.clock.turn_to(moment("25/03/2026 08:00"))
    assert "kỳ hết 14/12/2025 – đã hoàn thành" in run(given, "record", "thang", "accepted", *BY)
    assert "kỳ hết 14/01/2026 – đã hoàn thành" in run(given, "done", "thang", "--dated", "20/01/2026", *BY)
    assert "Không có kỳ hết ngày 15/01/2026" in refused(given, "done", "thang", "--period", "15/01/2026", *BY)
    assert "kỳ hết 14/03/2026" in run(given, "done", "thang", "--period", "14/03/2026", *BY)
    (told,) = (one for one in asked(given, "list") if one["key"] == "thang")
    assert [(part["period_end"], part["state"]) for part in told["parts"]] == [
        ("2025-12-14", "closed"), ("2026-01-14", "closed"), ("2026-02-14", "late"), ("2026-03-14", "closed_late"),
        ("2026-04-14", "open"),
    ]  # fmt: skip
    run(given, "record", "thang", "withdrawn", *BY)
    given.clock.turn_to(moment("25/12/2026 08:00"))
    (told,) = (one for one in asked(given, "list", "--all") if one["key"] == "thang")
    assert [part["state"] for part in told["parts"]] == ["closed", "closed", "withdrawn", "closed_late", "withdrawn"]
    assert told["key"] not in {one["key"] for one in asked(given, "list")}


def test_without_a_period_what_comes_before_a_report_is_about_one_not_reported_yet(given: Office) -> None:
    every = Recurrence(months=1, closing_day=14, due_day=20)
    monthly = replace(DUTY, key="thang", agencies=(CT, NV), due=None, dossiers=(), every=every)
    given.app = replace(given.app, register=replace(given.app.register, duties=(monthly,)))
    given.clock = HandClock(moment("10/12/2025 08:00"))
    given.app = replace(given.app, clock=given.clock)
    first = ("--agency", CT, "--document", "1/BC", "--dated", "10/12/2025")
    run(given, "record", "thang", "reported", *first, *BY)
    given.clock.turn_to(moment("10/02/2026 08:00"))
    assert "không ghi lại" in refused(given, "record", "thang", "reported", *first, *BY)
    second = ("--agency", CT, "--document", "2/BC", "--dated", "09/02/2026")
    for words in (("acknowledged", "--agency", CT), ("reported", *second)):
        assert "kỳ hết 14/01/2026" in run(given, "record", "thang", *words, *BY)
    allowed = ("--due", "27/02/2026", "--document", "9/UBND", "--dated", "10/02/2026")
    assert run(given, "record", "thang", "extended", *allowed, *BY).count("kỳ hết 14/12/2025") == 2
    assert "kỳ hết 14/12/2025 – đã hoàn thành" in run(given, "record", "thang", "accepted", "--agency", CT, *BY)
    assert "kỳ hết 14/02/2026" in run(given, "obstacle", "thang", "--agency", CT, "--text", "Phần mềm lỗi", *BY)
    assert "kỳ hết 14/02/2026" in run(given, "record", "thang", "resolved", "--agency", CT, *BY)


def test_an_obstacle_needs_words_and_ends_when_it_is_resolved(given: Office) -> None:
    one = ("--agency", NV)
    run(given, "obstacle", DUTY.key, *one, "--text", "Phần mềm lỗi, hỏi an@vidu.vn", *BY)
    (_, part) = asked(given, "show", DUTY.key)["parts"]
    assert part["obstacles"] == ["Phần mềm lỗi, hỏi ***"]
    assert "1 vướng mắc" in run(given, "list")
    run(given, "record", DUTY.key, ProgressKind.RESOLVED.value, *one, "--text", "đã sửa", *BY)
    assert asked(given, "show", DUTY.key)["parts"][1]["obstacles"] == []


def test_status_and_briefing_name_late_duties_by_what_was_known_then(given: Office) -> None:
    with reading(given.app.engine) as db:
        before = stored.known_since(db)
    own = replace(DUTY, key="trong-danh-muc", dossiers=(), agencies=(NV,), due=date(2026, 11, 27))
    edited = replace(DUTY, title="Sửa ở danh mục", agencies=(NV,))
    given.app = replace(given.app, register=replace(given.app.register, duties=(own, edited)))
    for at in ("25/11/2026 08:00", "26/11/2026 08:00"):
        duties.meet(given.app, moment(at))
    with reading(given.app.engine) as db:
        assert stored.known_since(db) == before | {own.key: moment("25/11/2026 08:00")}
    given.clock.turn_to(moment("02/12/2026 08:00"))
    now = given.clock.now()
    run(
        given,
        "record",
        own.key,
        "extended",
        "--due",
        "09/12/2026",
        "--document",
        "5/UBND",
        "--dated",
        "02/12/2026",
        *BY,
    )
    assert status.as_json(status.now(given.app))["duties"] == {"late": 1, "open": 1}
    assert "Nhiệm vụ: 1 quá hạn; 1 đang thực hiện\n" in status.as_text(status.now(given.app))
    with reading(given.app.engine) as db:
        told = [briefing(db, given.app.register, given.app.law, at, now) for at in (now, moment("01/12/2026 08:00"))]
    late = [[(one.duty.key, one.parts[0].days) for one in some.duties] for some in told]
    assert late == [[(edited.key, 1)], [(own.key, 2)]]  # the day before, the extension was not known
    (line,) = (one for one in page(told[0], given.app.register, given.app.law).sections if "Nhiệm vụ" in one.heading)
    assert line.lines == ("Sửa ở danh mục (Sở Nội vụ), quá hạn 1 ngày làm việc.",)
