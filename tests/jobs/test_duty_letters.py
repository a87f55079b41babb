"""Duties of official letters told by the ladder: the founding letter's two, day by day, with a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from jobs import letters, send
from jobs.letters import next_slot
from monitor.core.obligation import Obligation
from monitor.core.progress import Progress, ProgressKind
from monitor.register import Register
from monitor.store import duties as stored
from monitor.store import writing
from tests.jobs.conftest import Office, moment, opened

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


def slots(office: Office, end: str) -> Iterator[tuple[str, list[Any]]]:
    """Walk from slot to slot: the day, and the mails that went."""
    while (due := next_slot(office.app, office.clock.now())) < moment(end):
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
            "12/03": CT | TT,
            "13/03": {"vp-ubnd-tinh.head"},
        }
        (first, *_) = told["05/03"]
        assert first["Subject"] == "1 nhiệm vụ đến hạn 08/03/2024 – Sở Công Thương, 07:30 05/03/2024"
        assert "còn 3 ngày làm việc; hạn trước 11/03/2024, ngày làm việc cuối thứ Sáu 08/03/2024" in text(first)
        assert "Xử lý dứt điểm" not in text(first)
        (to_centre,) = (mail for mail in told["11/03"] if "trung-tam-pvhcc.head" in readers([mail]))
        assert to_centre["Subject"].startswith("2 nhiệm vụ quá hạn – ")
        assert "Sở Công Thương: quá hạn 1 ngày làm việc" in text(to_centre)
        (above,) = told["13/03"]
        assert above["Subject"].startswith("2 nhiệm vụ quá hạn ở 2 cơ quan, vượt thẩm quyền đôn đốc – ")
        assert "Đã nhắc Giám đốc: 07/03/2024, 08/03/2024, 11/03/2024, 12/03/2024" in text(above)
        for key, agency in ((LIST, "trung-tam-pvhcc"), (PROMOTION, "so-cong-thuong")):
            enter(office, key, agency, ProgressKind.REPORTED, document="45/BC", dated=date(2024, 3, 13))
        assert by_day(slots(office, "19/03/2024 00:00")) == {}
        enter(office, PROMOTION, "so-cong-thuong", ProgressKind.RETURNED, text="thiếu số liệu, gọi 0912 345 678")
        told = by_day(slots(office, "20/03/2024 00:00"))
        assert readers(told["19/03"]) >= CT
        (back,) = (mail for mail in told["19/03"] if "so-cong-thuong.head" in readers([mail]))
        assert "báo cáo đã bị trả lại, phải làm lại" in text(back)
        assert "chưa báo ở mốc" not in text(back)
        enter(office, PROMOTION, "so-cong-thuong", ProgressKind.ACCEPTED)
        assert by_day(slots(office, "29/03/2024 00:00")) == {}
