"""Duties of official letters told by the ladder: the founding letter's two, day by day, with a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs import duties, letters, send
from jobs.duty_letter import Duties
from jobs.letters import next_slot
from monitor.core.agency import AgencyKind
from monitor.core.duty import SEPARATOR
from monitor.core.ladder import SubjectKind
from monitor.core.obligation import DueKind, Obligation, Recurrence
from monitor.core.period import ict
from monitor.core.progress import Progress, ProgressKind
from monitor.core.workdays import DayNote
from monitor.register import Register
from monitor.store import duties as stored
from monitor.store import reading, tellings, writing
from tests.jobs.conftest import Office, moment, opened
from tests.jobs.dossiers import row, take_in

LIST = "2024-1297-trung-tam"
PROMOTION = "2024-1297-khuyen-mai"


@contextmanager
def following(
    engine: Engine, register: Register, folder: Path, some: tuple[Obligation, ...], start: str
) -> Iterator[Office]:
    """An office in earnest from a day on, that follows these duties and nothing else."""
    with opened(engine, replace(register, duties=some), folder) as office:
        office.clock.moment = moment(start)
        office.go_live()
        yield office


def slots(office: Office, end: str, *, mornings: bool = False) -> Iterator[tuple[str, list[Any]]]:
    """Walk from slot to slot, or from morning to morning: the day, and the mails that went."""
    while (due := next_slot(office.app, office.clock.now())) < moment(end):
        if mornings and f"{ict(due):%H:%M}" != "07:30":
            office.clock.turn_to(due)
            continue
        office.clock.turn_to(due)
        before = len(office.server.kept)
        letters.slot(office.app, due, due)
        send.run(office.app, due)
        yield f"{due:%d/%m}", office.server.mails[before:]


def readers(mails: list[Any]) -> set[str]:
    return {mail["To"].addresses[0].username for mail in mails}


def text(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def enter(office: Office, duty: str, agency: str, kind: ProgressKind, **facts: Any) -> None:
    one = Progress(duty=duty, agency=agency, kind=kind, at=office.clock.now(), by="Lê Thị Thử", **facts)
    with writing(office.app.engine) as db:
        stored.add(db, one)


def by_day(walked: Iterator[tuple[str, list[Any]]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for day, mails in walked:
        if mails:
            found.setdefault(day, []).extend(mails)
    return found


CT = {f"so-cong-thuong.{role}" for role in ("focal_point", "deputy", "head")}
TT = {f"trung-tam-pvhcc.{role}" for role in ("focal_point", "deputy", "head")}


def test_the_founding_letter_is_told_day_by_day_until_it_is_reported(
    engine: Engine, register: Register, tmp_path: Path
) -> None:
    some = tuple(replace(duty, closed=None) for duty in register.duties)
    assert {duty.key for duty in some} == {LIST, PROMOTION}
    with following(engine, register, tmp_path, some, "01/03/2024 06:00") as office:
        told = by_day(slots(office, "13/03/2024 13:30"))
        below = {name for name in CT | TT if not name.endswith("head")}
        assert {day: readers(mails) for day, mails in told.items()} == {
            "05/03": below,
            "07/03": CT | TT,
            "08/03": CT | TT,
            "11/03": CT | TT,
            "13/03": CT | TT | {"vp-ubnd-tinh.head"},
        }
        (first, *_) = told["05/03"]
        assert first["Subject"] == "1 nhiệm vụ đến hạn 08/03/2024 – Sở Công Thương, 07:30 05/03/2024"
        assert "còn 3 ngày làm việc; hạn trước 11/03/2024, ngày làm việc cuối thứ Sáu 08/03/2024" in text(first)
        assert "Xử lý dứt điểm" not in text(first)
        (to_centre,) = (mail for mail in told["11/03"] if "trung-tam-pvhcc.head" in readers([mail]))
        assert to_centre["Subject"].startswith("2 nhiệm vụ quá hạn – ")
        assert "Sở Công Thương: quá hạn 1 ngày làm việc" in text(to_centre)
        (above,) = (mail for mail in told["13/03"] if "vp-ubnd-tinh.head" in readers([mail]))
        assert above["Subject"].startswith("2 nhiệm vụ quá hạn ở 2 cơ quan, vượt thẩm quyền đôn đốc – ")
        assert "Đã nhắc Giám đốc: 07/03/2024, 08/03/2024, 11/03/2024" in text(above)
        for key, agency in ((LIST, "trung-tam-pvhcc"), (PROMOTION, "so-cong-thuong")):
            enter(office, key, agency, ProgressKind.REPORTED, document="45/BC", dated=date(2024, 3, 13))
        assert by_day(slots(office, "19/03/2024 00:00", mornings=True)) == {}
        enter(office, PROMOTION, "so-cong-thuong", ProgressKind.RETURNED, text="thiếu số liệu, gọi 0912 345 678")
        told = by_day(slots(office, "20/03/2024 00:00"))
        assert readers(told["19/03"]) >= CT
        (back,) = (mail for mail in told["19/03"] if "so-cong-thuong.head" in readers([mail]))
        assert "báo cáo đã bị trả lại, phải làm lại" in text(back)
        assert "chưa báo ở mốc" not in text(back)
        enter(office, PROMOTION, "so-cong-thuong", ProgressKind.ACCEPTED)
        assert by_day(slots(office, "29/03/2024 00:00", mornings=True)) == {}


MONTHLY = Obligation(
    key="bao-cao-thang",
    letter="Công văn 100/UBND-KSTTHCNC",
    title="Báo cáo tháng",
    agencies=("so-cong-thuong",),
    report_to="ubnd-tinh",
    due_kind=DueKind.BY,
    every=Recurrence(months=1, closing_day=14, due_day=20),
)


def test_no_period_is_lost_while_the_daemon_is_off_for_weeks_and_none_before_it_was_known_is_owed(
    sqlite_engine: Engine, register: Register, tmp_path: Path
) -> None:
    with following(sqlite_engine, register, tmp_path, (MONTHLY,), "02/02/2026 06:00") as office:
        told = by_day(slots(office, "26/02/2026 00:00", mornings=True))
        assert list(told) == ["10/02", "12/02", "13/02", "23/02", "25/02"]  # Tết is from 14 to 22 February
        assert "kỳ từ 15/01/2026 đến 14/02/2026: còn 3 ngày làm việc" in text(told["10/02"][0])
        enter(office, "bao-cao-thang", "so-cong-thuong", ProgressKind.ACCEPTED, occasion=date(2026, 2, 14))
        office.clock.turn_to(moment("25/06/2026 06:00"))  # four months later
        told = by_day(slots(office, "26/06/2026 00:00", mornings=True))
        assert list(told) == ["25/06"]
        (head,) = (mail for mail in told["25/06"] if "so-cong-thuong.head" in readers([mail]))
        periods = re.findall(r"đến (14/\d\d)/2026: quá hạn \d+ ngày", text(head))
        assert periods == ["14/03", "14/04", "14/05", "14/06"]
        assert {"trung-tam-pvhcc.head", "vp-ubnd-tinh.head"} <= readers(told["25/06"])
        for month in (3, 4, 5, 6):
            enter(office, "bao-cao-thang", "so-cong-thuong", ProgressKind.ACCEPTED, occasion=date(2026, month, 14))
        told = by_day(slots(office, "21/07/2026 00:00", mornings=True))
        assert {day: len(readers(mails)) for day, mails in told.items()} == {"15/07": 2, "17/07": 3, "20/07": 3}


def test_what_was_late_before_the_duty_was_known_is_told_once(
    sqlite_engine: Engine, register: Register, tmp_path: Path
) -> None:
    old = replace(MONTHLY, every=None, due=date(2026, 1, 30))
    with following(sqlite_engine, register, tmp_path, (old,), "02/02/2026 06:00") as office:
        assert list(by_day(slots(office, "12/02/2026 00:00", mornings=True))) == ["02/02"]


def test_an_obstacle_goes_to_the_chairmans_office_at_the_next_slot_until_it_is_resolved(
    sqlite_engine: Engine, register: Register, tmp_path: Path
) -> None:
    duty = replace(MONTHLY, every=None, due=date(2026, 12, 31))
    with following(sqlite_engine, register, tmp_path, (duty,), "25/11/2026 06:00") as office:
        assert by_day(slots(office, "25/11/2026 10:00")) == {}
        enter(office, duty.key, "so-cong-thuong", ProgressKind.OBSTACLE, text="Cổng không nhận tệp lớn")
        told = by_day(slots(office, "28/11/2026 00:00"))
        office_of = {"vp-ubnd-tinh.head", "vp-ubnd-tinh.focal_point"}
        assert {day: readers(mails) for day, mails in told.items()} == {"25/11": office_of, "27/11": office_of}
        (first, _) = told["25/11"]
        assert first["Subject"].startswith("1 vướng mắc, bất cập – Sở Công Thương")
        assert "Vướng mắc, bất cập: Cổng không nhận tệp lớn (ghi 25/11/2026)" in text(first)
        assert "còn" not in text(first).partition("Việc cần làm")[0]
        enter(office, duty.key, "so-cong-thuong", ProgressKind.RESOLVED)
        assert by_day(slots(office, "05/12/2026 00:00", mornings=True)) == {}


@pytest.mark.parametrize("kind", [ProgressKind.ACCEPTED, ProgressKind.WITHDRAWN])
def test_nobody_is_told_of_what_stood_in_the_way_of_a_part_that_is_done(
    sqlite_engine: Engine, register: Register, tmp_path: Path, kind: ProgressKind
) -> None:
    duty = replace(MONTHLY, every=None, due=date(2026, 12, 31))
    with following(sqlite_engine, register, tmp_path, (duty,), "25/11/2026 06:00") as office:
        duties.meet(office.app, office.clock.now())
        enter(office, duty.key, "so-cong-thuong", ProgressKind.OBSTACLE, text="Cổng không nhận tệp lớn")
        assert list(by_day(slots(office, "25/11/2026 10:00"))) == ["25/11"]
        enter(office, duty.key, "so-cong-thuong", kind)
        with reading(office.app.engine) as db:
            key = SEPARATOR.join((duty.key, "", "so-cong-thuong", "1"))
            told = tuple(tellings.rows_of(db, SubjectKind.DUTY, [key], live=True))
            assert told
            assert Duties(office.app, office.clock.now()).part(db, told) is None, "nor where its letter is written late"
        assert by_day(slots(office, "01/12/2026 00:00", mornings=True)) == {}
        with reading(office.app.engine) as db:
            assert tuple(tellings.rows_of(db, SubjectKind.DUTY, [key], live=True)) == told


def test_dossiers_and_duties_of_a_slot_are_one_letter_and_twenty_agencies_one_list(
    sqlite_engine: Engine, register: Register, tmp_path: Path
) -> None:
    communes = tuple(key for key, one in register.agencies.items() if one.kind is AgencyKind.COMMUNE)[:29]
    due = date(2026, 11, 24)
    many = replace(MONTHLY, every=None, due=due, key="nhieu", agencies=(*communes, "so-cong-thuong"))
    with following(sqlite_engine, register, tmp_path, (many,), "23/11/2026 06:00") as office:
        duties.meet(office.app, office.clock.now())
        office.clock.turn_to(moment("25/11/2026 07:00"))
        enter(office, "nhieu", communes[0], ProgressKind.REPORTED, document="1/BC", dated=date(2026, 11, 23))
        take_in(office.app, [row("H56.01", appointment="25/11/2026 17:00:00")], office.clock.now())
        told = by_day(slots(office, "25/11/2026 13:00"))["25/11"]
        (both,) = (mail for mail in told if "so-cong-thuong.head" in readers([mail]))
        assert both["Subject"].startswith("1 hồ sơ đến hạn trả kết quả hôm nay; 1 nhiệm vụ quá hạn – Sở Công Thương")
        assert text(both).index("H56.01") < text(both).index("Nhiệm vụ văn bản giao")
        (centre,) = (mail for mail in told if "trung-tam-pvhcc.head" in readers([mail]))
        assert "1 nhiệm vụ quá hạn ở 29 cơ quan" in centre["Subject"]
        assert "còn 4 cơ quan nữa" in text(centre)
        assert text(centre).count("Báo cáo tháng") == 1
        assert office.app.register.agency_name(communes[0]) not in text(centre)


def test_an_extension_begins_again_and_a_changed_calendar_tells_nobody_anew(
    sqlite_engine: Engine, register: Register, tmp_path: Path
) -> None:
    duty = replace(MONTHLY, every=None, due=date(2026, 12, 4))
    with following(sqlite_engine, register, tmp_path, (duty,), "30/11/2026 06:00") as office:
        assert list(by_day(slots(office, "02/12/2026 00:00", mornings=True))) == ["01/12"]
        law = office.app.law
        calendar = law.calendars["default"]
        off = DayNote(day=date(2026, 12, 4), working=False, title="Nghỉ bù", document="Công văn thử")
        moved = replace(calendar, notes=(*calendar.notes, off))
        office.app = replace(office.app, law=replace(law, calendars=dict.fromkeys(law.calendars, moved)))
        told = by_day(slots(office, "04/12/2026 00:00", mornings=True))
        assert {day: mails[0]["Subject"].split(" –")[0] for day, mails in told.items()} == {
            "02/12": "1 nhiệm vụ đến hạn 03/12/2026",
            "03/12": "1 nhiệm vụ đến hạn 03/12/2026",
        }
        longer = {"document": "9/UBND", "dated": date(2026, 12, 3), "due": date(2026, 12, 11)}
        enter(office, duty.key, "so-cong-thuong", ProgressKind.EXTENDED, **longer)
        told = by_day(slots(office, "12/12/2026 00:00", mornings=True))
        assert list(told) == ["08/12", "10/12", "11/12"]
        assert "được gia hạn đến hết 11/12/2026 (văn bản ghi 04/12/2026)" in text(told["08/12"][0])
