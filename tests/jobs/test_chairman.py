"""The Chairman's page: once a week, and when something is beyond the authority of those below; one page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs import chairman, letters, project, send
from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.core.ladder import SubjectKind, Telling
from monitor.store import acknowledgements, tellings, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in

Office = Any
POST = "ubnd-tinh/chairman"


@pytest.fixture
def province(sqlite_office: Office) -> Office:
    """An office in earnest whose register has the Chairman's address, and sixty late dossiers of three agencies."""
    register = sqlite_office.app.register
    post = replace(register.posts[POST], address="chutich@tinh.invalid")
    sqlite_office.app = replace(sqlite_office.app, register=replace(register, posts={**register.posts, POST: post}))
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 08:00"))
    units = ("Sở Công Thương", "Sở Nội vụ", "Sở Tài chính")
    rows = [row(f"H56.{n:03}", unit=units[n % 3], appointment=f"25/11/2026 16:{n % 60:02}:00") for n in range(60)]
    take_in(sqlite_office.app, rows, sqlite_office.clock.now())
    return sqlite_office


def slot(office: Office, at: str) -> str:
    """Serve a slot as the timetable does; what lies in the Chairman's mailbox of it, empty for nothing."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    project.refresh(office.app, now)
    letters.slot(office.app, now, now)
    chairman.run(office.app, now, now)
    send.run(office.app, now)
    send.run(office.app, now)
    mine = [m for m in office.server.mails[before:] if m["To"].addresses[0].addr_spec == "chutich@tinh.invalid"]
    assert len(mine) <= 1
    parts = [mail.get_body(("plain",)) for mail in mine]
    return "".join(f"{mail['Subject']}\n{part.get_content()}" for mail, part in zip(mine, parts, strict=True) if part)


def test_one_page_on_the_weeks_first_slot_and_whenever_something_new_is_beyond_their_authority(
    province: Office,
) -> None:
    office = province
    thursday = slot(office, "26/11/2026 07:30")
    assert "60 hồ sơ đang chậm" in thursday, "this week's page, late because the monitor began on Wednesday"
    assert "Không có việc vượt thẩm quyền" in thursday
    assert thursday.count("quá hạn 1 ngày làm việc") == 5, "five cases and no list"
    assert "Sở Công Thương: 20 quá hạn" in thursday
    assert slot(office, "26/11/2026 13:30") == ""
    assert slot(office, "27/11/2026 07:30") == ""
    with writing(office.app.engine) as db:
        key = "mot-cua\x1fH56.000"
        told = [one for one in tellings.rows_of(db, SubjectKind.RESULT, [key], live=True) if one.letter]
        head = next(one for one in told if one.telling.person == "so-cong-thuong/head")
        said = Acknowledgement(
            letter=head.letter or 0, person="so-cong-thuong/head", road=Known.LINK, at=office.clock.now(), by="GĐ"
        )
        acknowledgements.add_all(db, said)
        raised = Telling(
            subject=SubjectKind.REAPPOINTMENT, key=key, episode="breach", stage="seen", nth=1,
            person="so-cong-thuong/head", live=True, made_at=office.clock.now(),
        )  # fmt: skip
        tellings.add_once(db, [raised])
    afternoon = slot(office, "27/11/2026 13:30")
    assert "H56.000" in afternoon
    assert "Đã báo: 3 chức danh, từ 26/11/2026. Đã nhận: Giám đốc Sở Công Thương. Giải trình: chưa." in afternoon
    assert slot(office, "30/11/2026 07:30") != "", "Monday"
    assert slot(office, "30/11/2026 13:30") == ""


def test_a_trial_and_a_chairman_without_an_address_get_nothing_and_a_holiday_moves_the_page(province: Office) -> None:
    office = province
    register = office.app.register
    office.app = replace(
        office.app,
        register=replace(register, posts={**register.posts, POST: replace(register.posts[POST], address="")}),
    )
    assert slot(office, "26/11/2026 07:30") == ""
    assert not [one for one in office.letters() if one.kind == "chairman"]
    new_year = moment("01/01/2026 09:00")
    assert chairman.first_slot(office.app, moment("16/02/2026 09:00")) > moment("16/02/2026 09:00"), "Tết"
    assert chairman.first_slot(office.app, new_year) == moment("29/12/2025 07:30")
