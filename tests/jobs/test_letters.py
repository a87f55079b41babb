"""From dossiers in the store to what lies in people's mailboxes, slot by slot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs import letters, project, send
from jobs.presence import Presence
from jobs.readers import readers_of
from monitor.core.agency import Post, Role
from monitor.register import Register, register_of
from monitor.store import LetterState
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in, waiting

Office = Any


def slot(office: Office, at: str) -> list[str]:
    """Serve a slot at its moment, send, and say to whom something went then."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    project.refresh(office.app, now)
    letters.slot(office.app, now, now)
    send.run(office.app, now)
    return sorted(str(mail["To"].addresses[0].username) for mail in office.server.mails[before:])


def last(office: Office, who: str) -> str:
    """What lies on top in somebody's mailbox."""
    mine = [mail for mail in office.server.mails if mail["To"].addresses[0].username == who]
    part = mine[-1].get_body(("plain",))
    assert part is not None
    return f"{mine[-1]['Subject']}\n{part.get_content()}"


@pytest.fixture
def sct(sqlite_office: Office) -> Office:
    sqlite_office.go_live()
    return sqlite_office


def test_an_appointment_climbs_its_ladder_to_the_right_people_and_then_every_third_day(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.01", appointment="03/12/2026 17:00:00")], sct.clock.now())
    heard = {
        at: [who.removeprefix("so-cong-thuong.") for who in slot(sct, f"{at} 07:30")]
        for at in (
            "27/11/2026", "30/11/2026", "01/12/2026", "02/12/2026", "03/12/2026", "04/12/2026", "07/12/2026",
            "08/12/2026", "09/12/2026", "11/12/2026",
        )
    }  # fmt: skip
    deputies, heads = ["deputy", "focal_point"], ["deputy", "focal_point", "head"]
    assert heard == {
        "27/11/2026": [],
        "30/11/2026": ["focal_point"],  # three working days before
        "01/12/2026": deputies,  # the working day before the apology's cut-off
        "02/12/2026": heads,  # the cut-off
        "03/12/2026": heads,  # the day itself
        "04/12/2026": heads,  # late
        "07/12/2026": deputies,  # the day by which it is to be explained
        "08/12/2026": heads,  # unexplained; and late, three working days on
        "09/12/2026": [],
        "11/12/2026": [*heads, "trung-tam-pvhcc.focal_point", "trung-tam-pvhcc.head"],  # the Centre hears of it
    }
    assert "Quá hạn 6 ngày làm việc".casefold() in last(sct, "so-cong-thuong.head").casefold()


def test_a_reception_is_told_before_half_time_and_again_before_the_last_hour(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:10"))
    take_in(sct.app, [waiting("H56.02", "25/11/2026 07:05:00")], sct.clock.now())
    assert slot(sct, "25/11/2026 07:30") == ["so-cong-thuong.focal_point"]  # half time is 11:05
    assert slot(sct, "25/11/2026 13:30") == ["so-cong-thuong.deputy", "so-cong-thuong.focal_point"]
    assert "1 hồ sơ đến hạn tiếp nhận trước phiên 07:30 26/11/2026" in last(sct, "so-cong-thuong.deputy")
    assert "so-cong-thuong.head" in slot(sct, "26/11/2026 07:30")


def test_what_was_done_before_the_letter_is_written_is_left_out(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.03", appointment="25/11/2026 17:00:00")], sct.clock.now())
    from jobs import tell

    tell.plan(sct.app, sct.clock.now(), moment("25/11/2026 13:30"))
    done = row("H56.03", appointment="25/11/2026 17:00:00", status="Đã trả kết quả", finished="25/11/2026 07:10:00")
    take_in(sct.app, [done], sct.turn(minutes=20), "xong.xls")
    assert slot(sct, "25/11/2026 07:30") == []
    assert slot(sct, "25/11/2026 13:30") == []


def test_a_backlog_is_one_letter_a_person_and_never_again(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    before = {"filed": "15/09/2026 08:00:00", "received": "15/09/2026 09:00:00"}
    rows = [
        row(f"H56.{number:03}", **before, appointment=f"{number % 27 + 1:02}/10/2026 17:00:00") for number in range(120)
    ]
    take_in(sct.app, rows, sct.clock.now())
    assert slot(sct, "25/11/2026 07:30") == [f"so-cong-thuong.{who}" for who in ("deputy", "focal_point", "head")]
    assert last(sct, "so-cong-thuong.head").startswith("120 hồ sơ tồn đọng")
    files = {
        str(mail["To"].addresses[0].username): [file.get_filename() for file in mail.iter_attachments()]
        for mail in sct.server.mails
    }
    assert files["so-cong-thuong.head"] == ["danh-sach-ho-so-20261125-0730.xlsx"]
    # A backlog is asked of once, of those who can answer, and without a day.
    assert files["so-cong-thuong.deputy"][1:] == ["giai-trinh-20261125-0730.xlsx"]
    assert "120 hồ sơ phải giải trình nguyên nhân chậm" in last(sct, "so-cong-thuong.deputy").splitlines()[0]
    for at in ("25/11/2026 13:30", "30/11/2026 07:30", "30/12/2026 07:30"):
        assert slot(sct, at) == []


def test_after_downtime_each_hears_the_highest_stage_once_and_the_missed_ones_named(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.05", appointment="03/12/2026 17:00:00")], sct.clock.now())
    assert len(slot(sct, "07/12/2026 07:30")) == 3
    assert "chưa báo ở mốc: hạn gửi văn bản xin lỗi, ngày hẹn trả" in last(sct, "so-cong-thuong.head")
    assert slot(sct, "07/12/2026 13:30") == []


def test_a_unit_that_matches_nothing_is_told_to_the_centre(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.06", unit="Tổ công tác số 7")], sct.clock.now())
    assert slot(sct, "25/11/2026 07:30") == ["trung-tam-pvhcc.focal_point"]
    assert "Tổ công tác số 7" in last(sct, "trung-tam-pvhcc.focal_point")


def test_a_slot_served_again_after_a_crash_doubles_nothing(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.07", appointment="25/11/2026 17:00:00")], sct.clock.now())
    assert len(slot(sct, "25/11/2026 07:30")) == 3
    assert slot(sct, "25/11/2026 07:30") == []


def sharing(register: Register, address: str, *posts: str) -> Register:
    """The register where some posts share an address, or have none."""
    return register_of(
        agencies=register.agencies.values(),
        posts=[replace(post, address=address) if post.key in posts else post for post in register.posts.values()],
        services=register.services.values(),
        sources=register.sources.values(),
        ladders=register.ladders.values(),
        centre=register.centre,
        province=register.province,
    )


def test_head_and_deputy_on_one_address_get_one_copy_that_names_both(sct: Office) -> None:
    shared = sharing(sct.app.register, "vanthu@sct.invalid", "so-cong-thuong/head", "so-cong-thuong/deputy")
    sct.app = replace(sct.app, register=shared)
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.08", appointment="25/11/2026 17:00:00")], sct.clock.now())
    assert slot(sct, "25/11/2026 07:30") == ["so-cong-thuong.focal_point", "vanthu"]
    assert "Giám đốc Sở Công Thương; Phó Giám đốc" in last(sct, "vanthu")


def test_an_address_differs_not_by_its_capitals(register: Register) -> None:
    posts = [
        Post(key=key, agency="a", role=Role.HEAD, title=key, address=address)
        for key, address in (("a", "Ai@x.vn"), ("b", "ai@X.vn"), ("c", ""), ("d", ""))
    ]
    here = Presence(register=register, away={})
    assert [[post.key for post in reader.posts] for reader in readers_of(posts, here)] == [["a", "b"], ["c"], ["d"]]


def test_who_had_no_address_is_told_once_there_is_one(sct: Office) -> None:
    complete = sct.app.register
    sct.app = replace(sct.app, register=sharing(complete, "", "so-cong-thuong/head"))
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.09", appointment="25/11/2026 17:00:00")], sct.clock.now())
    assert slot(sct, "25/11/2026 07:30") == ["so-cong-thuong.deputy", "so-cong-thuong.focal_point"]
    assert [r.to_names for r in sct.letters() if r.state is LetterState.NO_ADDRESS] == ["Giám đốc Sở Công Thương"]
    sct.app = replace(sct.app, register=complete)
    assert slot(sct, "25/11/2026 13:30") == ["so-cong-thuong.head"]
    assert "ngày hẹn trả" in last(sct, "so-cong-thuong.head")
    assert slot(sct, "25/11/2026 13:30") == []


def test_a_trial_holds_everything_and_nothing_held_counts_as_told(sqlite_office: Office) -> None:
    office = sqlite_office
    office.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(office.app, [row("H56.10", appointment="25/11/2026 17:00:00")], office.clock.now())
    assert slot(office, "25/11/2026 07:30") == []
    assert {letter.state for letter in office.letters()} == {LetterState.HELD}
    assert all(letter.subject.startswith("[Chạy thử] ") for letter in office.letters())
    assert len(list((office.app.settings.var_dir / "mailbox").glob("*.eml"))) == 3
    office.go_live()
    assert len(slot(office, "25/11/2026 13:30")) == 3
    assert not any("Chạy thử" in mail["Subject"] for mail in office.server.mails)


def test_a_pilot_reads_every_letter_and_whom_it_is_meant_for(sqlite_office: Office) -> None:
    office = sqlite_office
    office.configured(pilot_address="thu-diem@vp.invalid")
    office.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(office.app, [row("H56.11", appointment="25/11/2026 17:00:00")], office.clock.now())
    assert slot(office, "25/11/2026 07:30") == ["thu-diem"] * 3
    assert "khi chính thức, thư này gửi tới so-cong-thuong." in last(office, "thu-diem")
    office.go_live()
    assert len(slot(office, "25/11/2026 13:30")) == 3


def test_no_letter_has_a_link_while_there_is_nowhere_to_go(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.12", appointment="25/11/2026 17:00:00")], sct.clock.now())
    slot(sct, "25/11/2026 07:30")
    assert "://" not in last(sct, "so-cong-thuong.head")
    sct.configured(public_url="https://giamsat.invalid")
    take_in(sct.app, [row("H56.13", appointment="26/11/2026 17:00:00")], sct.clock.now(), "b.xls")
    slot(sct, "25/11/2026 13:30")
    assert "https://giamsat.invalid" in last(sct, "so-cong-thuong.head")


def test_a_letter_keeps_its_key_date_and_automatic_marks(sct: Office) -> None:
    sct.clock.turn_to(moment("25/11/2026 07:00"))
    take_in(sct.app, [row("H56.14", appointment="25/11/2026 17:00:00")], sct.clock.now())
    slot(sct, "25/11/2026 07:30")
    mail = sct.server.mails[0]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Wed, 25 Nov 2026 07:30:00 +0700"
    assert mail["Message-ID"].endswith("@demo.invalid>")


def test_the_next_slot_is_never_on_a_day_off(sqlite_engine: Engine, sqlite_office: Office) -> None:
    assert letters.next_slot(sqlite_office.app, moment("23/11/2026 13:30")) == moment("25/11/2026 07:30")
    assert letters.next_slot(sqlite_office.app, moment("21/08/2026 13:30")) == moment("22/08/2026 07:30")
