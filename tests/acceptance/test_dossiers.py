"""A buyer's checks 2, 3, 4 and 8: a trial stays inside, a crooked file, a day off in the count, a backlog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from jobs import project, reading, status
from jobs.demo.dossiers import HEADINGS
from jobs.demo.sink import Delivered
from monitor.core.period import ICT
from monitor.law import official_calendar
from monitor.store import dossier_list, dossiers
from monitor.store import letters as kept
from monitor.store import reading as reading_from

Open = Callable[..., Any]
NAME = "Thông báo hoạt động khuyến mại"


def page(rows: Iterable[tuple[str, ...]]) -> bytes:
    """An export as the one-stop system saves it: an HTML table called `.xls`."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (HEADINGS, *rows))
    return f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>'.encode()


def row(
    code: str,
    *,
    unit: str = "Sở Công Thương",
    procedure: str = "2.000033",
    status: str = "Đang xử lý",
    filed: str = "16/11/2026 08:00:00",
    received: str = "16/11/2026 09:00:00",
    appointment: str = "27/11/2026 17:00:00",
    finished: str = "",
) -> tuple[str, ...]:
    return (
        "1", unit, "", NAME, procedure, code, status, "", "",
        "Trực tuyến", filed, received, appointment, finished, unit,
    )  # fmt: skip


def text_of(mail: Delivered) -> str:
    """What a mail says to those who read no HTML."""
    body = message_from_bytes(mail.content, _class=EmailMessage, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def known(office: Any) -> dict[str, str]:
    with reading_from(office.app.engine) as db:
        return {row.code: row.procedure for row in dossier_list.listed(db, limit=1000)}


def test_the_shipped_trial_lets_no_letter_out(open_office: Open) -> None:
    office = open_office("20/11/2026 06:00", live=False, beat_s=300)
    office.drop("a.xls", page([row("H56.01", appointment="19/11/2026 17:00:00")]))
    office.until("23/11/2026 14:00")
    assert office.mails == []
    letters = list((office.var / "mailbox").glob("*.eml"))
    assert letters
    with reading_from(office.app.engine) as db:
        assert kept.counts(db) == {kept.LetterState.HELD: len(letters)}
    assert "CHẠY THỬ" in status.as_text(status.now(office.app))


def test_a_crooked_html_file_loses_only_its_bad_rows(open_office: Open) -> None:
    office = open_office("23/11/2026 08:00")
    rows = [
        row("H56.01", procedure="1.00331"),
        row("H56.02"),
        row("", filed="23/11/2026 08:00:00"),
        row("H56.04", filed="31/02/2026 08:00:00"),
        row("H56.05", appointment="ngày mai"),
    ]
    path = office.var / "ho-so.xls"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page(rows))
    first = reading.take_in(office.app, path, "mot-cua", office.clock.now()).as_json()
    assert (first["read"], first["new"], first["set_aside"], len(first["reasons"])) == (5, 2, 3, 3)
    project.catch_up(office.app, office.clock.now())
    assert known(office) == {"H56.01": "1.003310", "H56.02": "2.000033"}

    again = reading.take_in(office.app, path, "mot-cua", office.clock.now()).as_json()
    assert (again["new"], again["changed"]) == (0, 0)
    assert known(office) == {"H56.01": "1.003310", "H56.02": "2.000033"}


def test_a_file_of_one_agency_leaves_the_others_untouched(open_office: Open) -> None:
    office = open_office("23/11/2026 08:00")
    office.drop("tat-ca.xls", page([row("H56.01"), row("H56.02", unit="Sở Nội vụ")]))
    office.until("23/11/2026 08:05")
    office.drop("mot-so.xls", page([row("H56.01", status="Đã trả kết quả", finished="23/11/2026 08:00:00")]))
    office.until("23/11/2026 08:10")
    with reading_from(office.app.engine) as db:
        (other,) = dossiers.search(db, "H56.02")
    assert other.status == "4"
    assert other.finished is None


def test_eight_hours_from_monday_afternoon_pass_over_the_day_off(open_office: Open) -> None:
    office = open_office("23/11/2026 16:00", beat_s=300)
    office.drop(
        "moi.xls",
        page([row("H56.16", status="Mới đăng ký", filed="23/11/2026 16:00:00", received="", appointment="")]),
    )
    office.until("23/11/2026 23:59")
    with reading_from(office.app.engine) as db:
        (only,) = dossier_list.listed(db, limit=5)
    assert only.reception_due == datetime(2026, 11, 25, 16, tzinfo=ICT)
    office.until("25/11/2026 07:00")
    assert office.mails == []
    office.until("25/11/2026 07:45")
    morning = [mail for mail in office.mails if mail.to[0].startswith("so-cong-thuong.")]
    assert morning
    for mail in morning:
        said = text_of(mail)
        assert "H56.16" in said
        assert "16:00 25/11/2026" in said


def digests(office: Any) -> list[Any]:
    """The mails on dossiers: not those of the weekly drill."""
    return [mail for mail in office.mails if "DIỄN TẬP" not in mail.subject]


def test_a_years_backlog_is_one_letter_a_person_without_escalation(open_office: Open) -> None:
    calendar, rows = official_calendar(), []
    units = ("Sở Công Thương", "Sở Nội vụ", "UBND xã Nga Sơn")
    for number in range(600):
        due = calendar.add_days(date(2025, 11, 20) + timedelta(days=number * 360 // 600), 0 if number % 2 else 1)
        at = datetime.combine(due, time(17)).strftime("%d/%m/%Y %H:%M:%S")
        filed = datetime.combine(due - timedelta(days=20), time(8)).strftime("%d/%m/%Y %H:%M:%S")
        rows.append(row(f"H56.{number:04}", unit=units[number % 3], filed=filed, received=filed, appointment=at))
    office = open_office("23/11/2026 06:00", beat_s=300)
    office.drop("nam.xls", page(rows))
    office.until("23/11/2026 14:00")
    addresses = [mail.to[0] for mail in digests(office)]
    assert addresses
    assert len(addresses) == len(set(addresses))
    assert all("tồn đọng" in mail.subject.lower() for mail in digests(office))
    before = len(digests(office))
    office.until("27/11/2026 14:00")
    assert len(digests(office)) == before
