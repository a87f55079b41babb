"""Apologies from draft to ledger: letters carry the drafts, the sent one is recorded, a second one is raised."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from sqlalchemy import func, select

from jobs import letters, project, send, tell
from jobs.apologise import Given, NotRecorded, record
from jobs.cli.apologies import apology
from jobs.cli.dossiers import dossiers
from jobs.cli.ground import Refused
from monitor.core.apology import Raised
from monitor.core.period import at
from monitor.reports.lists.overdue import overdue
from monitor.reports.lists.overdue_tables import Edition, OverdueTable
from monitor.store import apologies, matters, reading
from monitor.store.ledger_tables import refused_apologies
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in

Office = Any
BY = "Nguyễn Văn Thử, chuyên viên"


def slot(office: Office, when: str) -> dict[str, EmailMessage]:
    """Serve a slot; what lies in each mailbox of it."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(when))
    now = office.clock.now()
    tell.tick(office.app, now)
    letters.slot(office.app, now, now)
    send.run(office.app, now)
    return {str(mail["To"].addresses[0].username): mail for mail in office.server.mails[before:]}


def said(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def drafts(mail: EmailMessage) -> dict[str, bytes]:
    names = {str(part.get_filename()): part.get_content() for part in mail.iter_attachments()}
    return {name: content for name, content in names.items() if name.endswith(".docx")}


def given(document: str = "12/PXL-SCT", new: date = date(2026, 12, 4), **more: Any) -> Given:
    return Given(document=document, dated=more.pop("dated", date(2026, 11, 25)), new=new, by=BY, **more)


def said_by(office: Office, *words: str, under: Any = apology) -> str:
    """What a command prints; why it is refused."""
    done = CliRunner().invoke(under, words, obj=office.app)
    if isinstance(done.exception, Refused):
        return f"2: {done.exception}"
    assert done.exception is None, done.exception
    return done.stdout


@pytest.fixture
def sct(sqlite_office: Office) -> Office:
    sqlite_office.go_live()
    return sqlite_office


def test_the_cut_offs_letter_carries_a_draft_to_the_focal_point_alone(sct: Office) -> None:
    take_in(sct.app, [row("H56.01", appointment="27/11/2026 17:00:00")], sct.clock.now())
    first = slot(sct, "25/11/2026 07:30")  # the working day before the last one for an apology
    files = drafts(first["so-cong-thuong.focal_point"])
    assert list(files) == ["du-thao-xin-loi-H56.01.docx"]
    text = "\n".join(one.text for one in Document(BytesIO(files["du-thao-xin-loi-H56.01.docx"])).paragraphs)
    assert "H56.01" in text
    assert "Kính gửi: ……" in text
    assert "Đính kèm 1 dự thảo văn bản xin lỗi (Word)" in said(first["so-cong-thuong.focal_point"])
    assert not drafts(first["so-cong-thuong.deputy"])
    record(sct.app, ["H56.01"], given(), sct.clock.now())
    project.refresh(sct.app, sct.clock.now())
    assert not any(map(drafts, slot(sct, "26/11/2026 07:30").values()))


def test_more_than_ten_drafts_are_ten_files_and_a_broken_template_stops_no_letter(sct: Office) -> None:
    codes = [f"H56.{n:02d}" for n in range(12)]
    take_in(sct.app, [row(code, appointment="27/11/2026 17:00:00") for code in codes], sct.clock.now())
    mail = slot(sct, "25/11/2026 07:30")["so-cong-thuong.focal_point"]
    assert list(drafts(mail)) == [f"du-thao-xin-loi-{code}.docx" for code in codes[:10]]
    assert "2 hồ sơ nữa có thể phải xin lỗi: Trung tâm soạn bằng lệnh tthc apology draft H56.10 H56.11." in said(mail)
    own = sct.app.settings.var_dir / "templates" / "xin-loi-gia-han.docx"
    own.parent.mkdir()
    own.write_bytes(b"not a Word file")
    mail = slot(sct, "26/11/2026 07:30")["so-cong-thuong.focal_point"]
    assert not drafts(mail)
    assert "12 hồ sơ có thể phải xin lỗi: Trung tâm soạn bằng lệnh tthc apology draft H56.00 H56.01 H56.02 …" in said(
        mail
    )


def test_one_document_for_several_dossiers_is_recorded_for_all_of_them_or_none(sct: Office) -> None:
    take_in(
        sct.app,
        [
            row("H56.01", appointment="27/11/2026 17:00:00"),
            row("H56.02", appointment="25/11/2026 17:00:00"),
            row("H56.03", appointment=""),
        ],
        sct.clock.now(),
    )
    now = sct.clock.now()
    wrong = given(dated=date(2026, 11, 26), new=date(2026, 11, 25))
    with pytest.raises(NotRecorded) as why:
        record(sct.app, ["H56.01", "H56.03", "H56.99"], wrong, now)
    for line, words in zip(
        why.value.mistakes,
        ("--dated", "--new-date, --dated", "ngày hẹn mới 25/11/2026 không sau", "--old-date", "Không có hồ sơ H56.99"),
        strict=True,
    ):
        assert words in line
    done = record(sct.app, ["h56.01 ", "H56.02"], given(reason="Chờ ý kiến, gọi 0912 345 678"), now)
    assert [(one.dossier.code, one.cut_off) for one in done] == [("H56.01", None), ("H56.02", date(2026, 11, 23))]
    assert {one.apology.reason for one in done} == {"Chờ ý kiến, gọi ***"}
    again = record(sct.app, ["H56.01", "H56.02"], given(), now)
    assert [one.new for one in again] == [False, False]
    with reading(sct.app.engine) as db:
        assert len(apologies.latest(db, most=9)) == 2
        assert apologies.raised(db, at(date(2026, 1, 1))) == ()


def test_an_appointment_that_the_source_moved_already_is_known_by_what_it_printed_before(sct: Office) -> None:
    take_in(sct.app, [row("H56.01", appointment="27/11/2026 17:00:00")], sct.clock.now())
    take_in(sct.app, [row("H56.01", appointment="04/12/2026 17:00:00")], sct.turn(minutes=5), "sau.xls")
    (done,) = record(sct.app, ["H56.01"], given(), sct.clock.now())
    assert (done.apology.old, done.apology.new) == (moment("27/11/2026 17:00"), date(2026, 12, 4))


def test_a_second_new_day_is_turned_down_and_both_heads_are_told_once(sct: Office) -> None:
    take_in(sct.app, [row("H56.01", appointment="27/11/2026 17:00:00")], sct.clock.now())
    record(sct.app, ["H56.01"], given(), sct.clock.now())
    with pytest.raises(NotRecorded) as why:
        record(sct.app, ["H56.01"], given("13/PXL-SCT", date(2026, 12, 9)), sct.clock.now())
    assert why.value.second
    assert "chỉ được hẹn lại 1 lần, theo Nghị định 118/2025/NĐ-CP" in why.value.mistakes[0]
    told = slot(sct, "25/11/2026 07:30")
    for who in ("so-cong-thuong.head", "trung-tam-pvhcc.head"):
        assert "1 hồ sơ hẹn lại quá số lần cho phép" in said(told[who])
        assert "định hẹn lại thêm lần nữa, chưa ghi nhận" in said(told[who])
        assert "Nghị định 118/2025/NĐ-CP" in said(told[who])
    assert not any("quá số lần" in said(mail) for mail in slot(sct, "25/11/2026 13:30").values())
    (breach,) = record(sct.app, ["H56.01"], given("13/PXL-SCT", date(2026, 12, 9), breach=True), sct.clock.now())
    assert breach.apology.breach
    told = slot(sct, "26/11/2026 07:30")
    assert "đã hẹn lại quá số lần cho phép" in said(told["trung-tam-pvhcc.head"])
    assert not any("quá số lần" in said(mail) for mail in slot(sct, "27/11/2026 07:30").values())
    with reading(sct.app.engine) as db:
        (matter,) = {one.matter for one in matters.find(db, "H56.01")}
        raised = [(m, kind) for m, kind, _ in apologies.raised(db, at(date(2026, 1, 1)))]
        assert raised == [(matter, Raised.TURNED_DOWN), (matter, Raised.BREACH)]
        assert db.execute(select(func.count()).select_from(refused_apologies)).scalar_one() == 1


def test_a_second_one_is_not_raised_while_something_else_is_wrong_with_it(sct: Office) -> None:
    """Whoever mistyped the day types it anew: nothing was asked for yet."""
    take_in(sct.app, [row("H56.01", appointment="27/11/2026 17:00:00")], sct.clock.now())
    record(sct.app, ["H56.01"], given(), sct.clock.now())
    mistyped = given("13/PXL-SCT", date(2026, 12, 9), dated=date(2026, 12, 5))
    with pytest.raises(NotRecorded) as why:
        record(sct.app, ["H56.01"], mistyped, sct.clock.now())
    assert not why.value.second
    assert "xem lại --dated" in why.value.mistakes[0]
    assert "báo lên" not in why.value.mistakes[1]
    with reading(sct.app.engine) as db:
        assert apologies.raised(db, at(date(2026, 1, 1))) == ()
    with pytest.raises(NotRecorded) as why:
        record(sct.app, ["H56.01"], given("13/PXL-SCT", date(2026, 12, 9)), sct.clock.now())
    assert "Không ghi, và báo lên lãnh đạo." in why.value.mistakes[0]


def test_the_same_document_with_another_new_day_is_not_taken_for_recorded(sct: Office) -> None:
    take_in(sct.app, [row("H56.01", appointment="27/11/2026 17:00:00")], sct.clock.now())
    record(sct.app, ["H56.01"], given(), sct.clock.now())
    with pytest.raises(NotRecorded, match="đã ghi hẹn lại đến 04/12/2026, không phải 09/12/2026"):
        record(sct.app, ["H56.01"], given(new=date(2026, 12, 9)), sct.clock.now())


def test_no_apology_is_drafted_of_what_is_done_nor_for_a_day_off(sct: Office, tmp_path: Any) -> None:
    done = {"status": "Đã trả kết quả", "finished": "24/11/2026 09:00:00"}
    take_in(sct.app, [row("H56.01"), row("H56.02", **done)], sct.clock.now())
    to = ("--to", str(tmp_path))
    assert said_by(sct, "draft", "H56.02", *to).startswith("2: Hồ sơ H56.02 đã kết thúc ngày 24/11/2026 (")
    saturday = said_by(sct, "draft", "H56.01", "--new-date", "28/11/2026", *to)
    assert "28/11/2026 (thứ Bảy) là ngày nghỉ: ngày làm việc tiếp theo là 30/11/2026 (thứ Hai)" in saturday
    assert not list(tmp_path.glob("du-thao*"))
    assert "H56.01" in said_by(sct, "draft", "H56.01", "--new-date", "30/11/2026", *to)
    sent = ("--document", "1/PXL", "--dated", "22/11/2026", "--new-date", "05/12/2026", "--by", BY)
    told = said_by(sct, "record", "H56.01", *sent)
    assert "đã ghi văn bản 1/PXL" in told  # it was sent so: a fact
    assert "22/11/2026 (Chủ nhật) là ngày nghỉ" in told
    assert "05/12/2026 (thứ Bảy) là ngày nghỉ" in told


def test_an_apology_after_the_appointments_day_moves_no_clock_and_every_view_says_why(sct: Office) -> None:
    app = sct.app
    late = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "20/11/2026 17:00:00"}
    take_in(app, [row("H56.01", **late), row("H56.02", **late)], moment("18/11/2026 08:00"))
    sent = ("--new-date", "04/12/2026", "--by", BY, "--document")
    why = "đề ngày sau ngày hẹn cũ nên không dời hạn"
    told = said_by(sct, "record", "H56.01", *sent, "7/PXL", "--dated", "23/11/2026")
    assert f"sau hạn chót 19/11/2026; {why}" in told
    assert "sau hạn chót" in said_by(sct, "record", "H56.02", *sent, "8/PXL", "--dated", "20/11/2026")
    listed = said_by(sct, "list").splitlines()
    said_of = [(why in line, "sau hạn chót 19/11/2026" in line) for line in listed if "PXL" in line]
    assert said_of == [(False, True), (True, True)]
    sheet = said_by(sct, "explain", "H56.01", under=dossiers)
    assert "văn bản xin lỗi 7/PXL ngày 23/11/2026 không dời hạn (xem mục Văn bản xin lỗi)" in sheet
    assert f"hẹn lại 04/12/2026 – {why}" in sheet
    moved = said_by(sct, "explain", "H56.02", under=dossiers)
    assert "hẹn lại 04/12/2026 – hạn tính theo ngày hẹn lại này" in moved
    assert "không dời hạn" not in moved
    with reading(app.engine) as db:
        told_of = overdue(db, app.register, app.law, app.clock.now(), app.clock.now())
    (one,) = told_of.rows
    table = OverdueTable(told_of, app.register, app.law, Edition.INTERNAL)
    notes = dict(zip(table.columns, table.cells(1, one), strict=True))["notes"]
    assert notes == f"Văn bản xin lỗi 7/PXL ngày 23/11/2026 {why}"
