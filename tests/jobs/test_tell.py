"""Interruptions are told at once, to heads when they wake, to one address once; what a trial held is owed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from jobs import send, tell, urgent
from jobs.record import Batch, record, write
from monitor.core.attribution import Fault, Panel
from monitor.core.look import Cause, Kind, Look, Phases, Verdict
from monitor.core.period import ict
from monitor.store import LetterState, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.test_letters import sharing

Office = Any
TARGET = "2.001474-cong"


def look(at: str, verdict: Verdict, target: str = TARGET) -> Look:
    return Look(
        service="2.001474",
        target=target,
        vantage="trung-tam",
        kind=Kind.HTTP,
        at=moment(at),
        received_at=moment(at),
        verdict=verdict,
        cause=Cause.ACTION_MISSING if verdict is Verdict.DOWN else Cause.NONE,
        phases=Phases(total=100),
        valid_for_ms=600_000,
    )


def seen(office: Office, *story: tuple[str, str]) -> None:
    """Looks as they come: "u" or "d" at a moment, each followed by a minute's beat."""
    for at, mark in story:
        office.clock.turn_to(moment(at))
        record(office.app, [look(at, Verdict.UP if mark == "u" else Verdict.DOWN)], office.clock.now())
        beat(office)


def beat(office: Office, at: str = "") -> None:
    if at:
        office.clock.turn_to(moment(at))
    tell.tick(office.app, office.clock.now())
    send.run(office.app, office.clock.now())


def heard(office: Office) -> list[tuple[str, str, str]]:
    """When, who, and whether of a beginning or an end."""
    return [
        (
            f"{ict(mail['Date'].datetime):%d %H:%M}",
            mail["To"].addresses[0].username,
            "open" if mail["Subject"].startswith("ĐANG GIÁN ĐOẠN") else "over",
        )
        for mail in office.server.mails
    ]


@pytest.fixture
def watching(sqlite_office: Office) -> Office:
    sqlite_office.go_live()
    seen(sqlite_office, ("28/11/2026 10:00", "u"))
    return sqlite_office


def both(at: str, role: str, what: str) -> set[tuple[str, str, str]]:
    return {(at, f"{agency}.{role}", what) for agency in ("so-cong-thuong", "trung-tam-pvhcc")}


def test_one_failed_look_is_told_to_nobody(watching: Office) -> None:
    seen(watching, ("28/11/2026 10:05", "d"), ("28/11/2026 10:06", "u"))
    assert heard(watching) == []


def test_by_day_duty_and_heads_hear_of_the_beginning_and_of_the_end_at_once(watching: Office) -> None:
    seen(watching, ("28/11/2026 10:05", "d"), ("28/11/2026 10:06", "d"), ("28/11/2026 10:40", "u"))
    assert set(heard(watching)) == (
        both("28 10:06", "duty", "open")
        | both("28 10:06", "head", "open")
        | both("28 10:40", "duty", "over")
        | both("28 10:40", "head", "over")
    )
    assert len(heard(watching)) == 8


def test_by_night_heads_are_left_to_sleep_and_hear_of_both_in_one_letter(watching: Office) -> None:
    seen(watching, ("28/11/2026 21:10", "d"), ("28/11/2026 21:11", "d"), ("28/11/2026 22:40", "u"))
    beat(watching, "29/11/2026 06:59")
    assert set(heard(watching)) == both("28 21:11", "duty", "open") | both("28 22:40", "duty", "over")
    beat(watching, "29/11/2026 07:00")
    beat(watching, "29/11/2026 07:01")
    assert heard(watching)[4:] == sorted(both("29 07:00", "head", "over"))
    body = watching.server.mails[-1].get_body(("plain",))
    assert body is not None
    assert "sau khi gián đoạn 1 giờ 30 phút (từ 21:10 28/11/2026)" in body.get_content()


def test_heads_told_in_the_evening_hear_of_the_nights_end_in_the_morning(watching: Office) -> None:
    seen(watching, ("28/11/2026 20:50", "d"), ("28/11/2026 20:51", "d"), ("28/11/2026 22:40", "u"))
    beat(watching, "29/11/2026 07:00")
    mine = [(at, what) for at, who, what in heard(watching) if who == "so-cong-thuong.head"]
    assert mine == [("28 20:51", "open"), ("29 07:00", "over")]


def test_one_that_lasts_into_the_morning_says_up_to_when_it_was_seen(watching: Office) -> None:
    seen(watching, ("28/11/2026 23:10", "d"), ("28/11/2026 23:11", "d"), ("29/11/2026 06:58", "d"))
    beat(watching, "29/11/2026 07:00")
    assert {one for one in heard(watching) if one[0] == "29 07:00"} == both("29 07:00", "head", "open")
    body = watching.server.mails[-1].get_body(("plain",))
    assert body is not None
    assert "Số liệu tính đến lượt kiểm tra lúc 06:58:00 29/11/2026" in body.get_content()
    assert "ít nhất 7 giờ 48 phút" in body.get_content()


def test_a_letter_on_an_outage_names_it_and_says_whose_fault_the_panel_finds(watching: Office) -> None:
    failed = look("28/11/2026 10:05", Verdict.DOWN)
    panel = Panel(
        target=TARGET, vantage=failed.vantage, at=failed.at, showings=(), fault=Fault.THIS_PROCEDURE, rule="this_alone"
    )
    watching.clock.turn_to(failed.at)
    write(watching.app, Batch(looks=(failed,), beside=(panel,)), {}, watching.clock.now())
    seen(watching, ("28/11/2026 10:06", "d"))
    body = watching.server.mails[0].get_body(("plain",))
    assert body is not None
    assert "Nguyên nhân theo bảng đối chứng: Chỉ riêng thủ tục này" in body.get_content()
    assert f"Mã: 2026-11-28T10:05:00/{TARGET}" in body.get_content()
    assert f"tthc interruption show 2026-11-28T10:05:00/{TARGET}" in body.get_content()


def test_a_letter_on_an_outage_says_on_what_ground_it_must_be_mended(watching: Office) -> None:
    seen(watching, ("28/11/2026 10:05", "d"), ("28/11/2026 10:06", "d"))
    body = watching.server.mails[0].get_body(("plain",))
    assert body is not None
    assert "Căn cứ: Nghị định 224/2026/NĐ-CP, Điều 13" in body.get_content()


OTHER = "2.001474-may"


@pytest.fixture
def two(watching: Office) -> Office:
    """An office whose service needs two targets; each is seen with `tells`."""
    register = watching.app.register
    service = register.services["2.001474"]
    second = replace(service.required_targets()[0], key=OTHER, name="Hệ thống của bộ", formerly=())
    changed = replace(service, targets=(*service.targets, second))
    known = {target.key: (changed, target) for target in changed.targets}
    services = {**register.services, service.code: changed}
    watching.app = replace(watching.app, register=replace(register, services=services, _target=known))
    return watching


def tells(office: Office, *story: tuple[str, str, str]) -> list[str]:
    """Looks at either target as they come; the subjects of the letters to one address that this brings."""
    before = len(office.server.mails)
    for at, mark, target in story:
        office.clock.turn_to(moment(at))
        verdict = Verdict.UP if mark == "u" else Verdict.DOWN
        record(office.app, [look(at, verdict, target)], office.clock.now())
        beat(office)
    return [
        m["Subject"] for m in office.server.mails[before:] if m["To"].addresses[0].username == "so-cong-thuong.duty"
    ]


def newest(office: Office) -> str:
    body = office.server.mails[-1].get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_letters_on_two_targets_that_fail_together_tell_them_apart_and_tell_of_one_outage(two: Office) -> None:
    tells(two, ("28/11/2026 10:04", "u", OTHER))
    (first,) = tells(two, ("28/11/2026 10:05", "d", TARGET), ("28/11/2026 10:06", "d", TARGET))
    (second,) = tells(two, ("28/11/2026 10:07", "d", OTHER), ("28/11/2026 10:08", "d", OTHER))
    assert first.startswith("ĐANG GIÁN ĐOẠN: dịch vụ công trực tuyến 2.001474 (")
    assert second == "GIÁN ĐOẠN THÊM MỘT NƠI: dịch vụ công trực tuyến 2.001474 (Hệ thống của bộ), từ 10:07 28/11/2026"
    assert "đang gián đoạn từ 10:05 28/11/2026; từ 10:07 28/11/2026 gián đoạn thêm ở nơi kiểm tra “Hệ thống" in newest(
        two
    )
    (one_back,) = tells(two, ("28/11/2026 10:30", "u", TARGET))
    assert one_back.startswith("VẪN GIÁN ĐOẠN, đã hoạt động lại một nơi: ")
    assert "chưa hoạt động lại ở “Hệ thống của bộ” (từ 10:07 28/11/2026)" in newest(two)
    (both_back,) = tells(two, ("28/11/2026 10:40", "u", OTHER))
    assert both_back.startswith(
        "Đã hoạt động lại: dịch vụ công trực tuyến 2.001474 (Hệ thống của bộ), gián đoạn 35 phút,"
    )
    assert "sau khi gián đoạn 35 phút (từ 10:05 28/11/2026)" in newest(two)
    (alone,) = tells(two, ("28/11/2026 11:05", "d", OTHER), ("28/11/2026 11:06", "d", OTHER))
    assert alone == "ĐANG GIÁN ĐOẠN: dịch vụ công trực tuyến 2.001474 (Hệ thống của bộ), từ 11:05 28/11/2026"


def test_a_service_of_one_target_needs_no_name_of_it_in_the_subject(watching: Office) -> None:
    (said,) = tells(watching, ("28/11/2026 10:05", "d", TARGET), ("28/11/2026 10:06", "d", TARGET))
    assert said == "ĐANG GIÁN ĐOẠN: dịch vụ công trực tuyến 2.001474, từ 10:05 28/11/2026"


def test_a_beat_with_nothing_to_tell_takes_no_turn_at_writing(watching: Office) -> None:
    """However many interruptions it goes through: looks are written meanwhile."""
    seen(watching, ("28/11/2026 10:05", "d"), ("28/11/2026 10:06", "d"), ("28/11/2026 10:40", "u"))
    with writing(watching.app.engine) as db:
        db.execute(text("UPDATE marks SET value = value"))
        tell.tick(watching.app, watching.turn(minutes=1))
    assert len(heard(watching)) == 8


@pytest.mark.parametrize("begins", ["28/11/2026 10:05", "28/11/2026 22:05"])
def test_duty_and_head_on_one_address_get_one_letter_of_the_beginning(watching: Office, begins: str) -> None:
    shared = sharing(watching.app.register, "chung@sct.invalid", "so-cong-thuong/head", "so-cong-thuong/duty")
    watching.app = replace(watching.app, register=shared)
    seen(watching, (begins, "d"), (begins.replace(":05", ":06"), "d"))
    beat(watching, "29/11/2026 07:00")
    seen(watching, ("29/11/2026 08:00", "u"))
    beat(watching, "29/11/2026 08:01")
    assert [what for _, who, what in heard(watching) if who == "chung"] == ["open", "over"]


def test_told_after_it_was_over_it_is_told_as_over_and_once(watching: Office) -> None:
    def unsent(story: Iterable[tuple[str, Verdict]]) -> None:
        for at, verdict in story:
            watching.clock.turn_to(moment(at))
            record(watching.app, [look(at, verdict)], watching.clock.now())

    unsent(
        [
            ("28/11/2026 10:05", Verdict.DOWN),
            ("28/11/2026 10:06", Verdict.DOWN),
            ("28/11/2026 10:40", Verdict.UP),
        ]
    )
    beat(watching, "28/11/2026 11:00")
    assert {what for *_, what in heard(watching)} == {"over"}
    assert len(heard(watching)) == 4


def test_the_telling_is_there_with_the_fact_even_if_no_beat_ever_comes(watching: Office) -> None:
    for at in ("28/11/2026 10:05", "28/11/2026 10:06"):
        watching.clock.turn_to(moment(at))
        record(watching.app, [look(at, Verdict.DOWN)], watching.clock.now())
    urgent.compose(watching.app, watching.clock.now())
    assert len(watching.letters()) == 4


def test_what_was_over_in_the_trial_is_told_to_nobody_and_what_lasts_is_told_then(sqlite_office: Office) -> None:
    office = sqlite_office
    seen(
        office,
        ("28/11/2026 09:00", "u"),
        ("28/11/2026 10:05", "d"),
        ("28/11/2026 10:06", "d"),
        ("28/11/2026 10:40", "u"),
        ("28/11/2026 11:05", "d"),
        ("28/11/2026 11:06", "d"),
    )
    assert heard(office) == []
    assert {letter.state for letter in office.letters()} == {LetterState.HELD}
    office.clock.turn_to(moment("28/11/2026 11:30"))
    office.go_live()
    beat(office)
    assert {what for *_, what in heard(office)} == {"open"}
    assert len(heard(office)) == 4


def test_the_trial_ends_once_and_by_somebody(sqlite_office: Office) -> None:
    office = sqlite_office
    first = tell.go_live(office.app, "Người thứ nhất", office.clock.now())
    assert tell.go_live(office.app, "Người thứ hai", office.turn(hours=1)) == first


def test_a_minutes_beat_reads_no_dossier_while_none_can_wait_for_no_slot(watching: Office) -> None:
    take_in(watching.app, [row("H56.01", appointment="27/11/2026 17:00:00")], watching.clock.now())
    tell.tick(watching.app, watching.clock.now() + timedelta(days=30))
    assert watching.letters() == []
