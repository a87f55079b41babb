"""Who was told, in time or not, by what the mail server said; and why somebody was told, and somebody else not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from jobs import letters, send
from jobs.cli.main import tthc
from monitor.core.life import Stretch
from monitor.store import LetterState, beats, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.test_again import mend

Office = Any
LATE, SOON, DONE = "H56-261116-0001", "H56-261116-0002", "H56-261116-0003"
HEAD, DEPUTY, FOCAL = (f"so-cong-thuong/{role}" for role in ("head", "deputy", "focal_point"))
TITLES = {HEAD: "Giám đốc Sở Công Thương", DEPUTY: "Phó Giám đốc phụ trách, Sở Công Thương"}


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """Known since Wednesday: one dossier is due on that day, one a week later, one was finished in time."""
    sqlite_office.go_live()
    take_in(
        sqlite_office.app,
        [
            row(LATE, appointment="25/11/2026 17:00:00"),
            row(SOON, appointment="02/12/2026 17:00:00"),
            row(DONE, status="Đã xử lý xong", finished="20/11/2026 10:00:00"),
        ],
        sqlite_office.clock.now(),
    )
    return sqlite_office


def lived(office: Office, began: str, last: str) -> None:
    with writing(office.app.engine) as db:
        beats.keep(db, Stretch(began=moment(began), last=moment(last)))


def slot(office: Office, at: str, *, begun: str = "") -> None:
    office.clock.turn_to(moment(begun or at))
    letters.slot(office.app, moment(at), office.clock.now())
    send.run(office.app, office.clock.now())


def told(office: Office, *words: str, code: int = 0) -> str:
    group, *rest = words
    result = CliRunner().invoke(tthc.commands[group], rest, obj=office.app, standalone_mode=False)
    assert result.exception is None, result.output
    assert (result.return_value or 0) == code, result.output
    return result.output


def figures(office: Office, *, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(office, "report", "notified", "--week", "2026-W48", "--json", code=code))
    return found


def test_what_the_server_took_within_the_hour_of_its_slot_was_told_in_time(office: Office) -> None:
    lived(office, "23/11/2026 00:00", "26/11/2026 08:00")
    slot(office, "26/11/2026 07:30")
    found = figures(office)
    assert (found["share"], found["in_time"], found["judged"], found["exceptions"]) == ("1.000000", 5, 5, [])
    words = told(office, "report", "notified", "--week", "2026-W48")
    assert words.startswith("Đã thông báo đúng người nhận, đúng thời điểm: 100,00 % (5/5 việc phải báo)")
    assert "Chưa đạt" not in words


def test_who_was_not_reached_or_reached_late_is_an_exception_by_name(office: Office) -> None:
    lived(office, "23/11/2026 00:00", "26/11/2026 12:00")
    office.server.answers = ["rcpt 550 5.1.1 khong co nguoi nay", "rcpt 450 4.2.0 thu lai sau"]
    slot(office, "26/11/2026 07:30")
    office.clock.turn_to(moment("26/11/2026 09:00"))
    send.run(office.app, office.clock.now())
    found = figures(office, code=1)
    dead, late = found["exceptions"]
    assert (found["judged"], found["in_time"], found["late"], found["not_reached"]) == (5, 1, 2, 2)
    assert (dead["outcome"], dead["state"], dead["by"]) == ("not_reached", "dead", "2026-11-26T08:30:00.000+07:00")
    assert (late["outcome"], late["accepted_at"]) == ("late", "2026-11-26T09:00:00.000+07:00")
    words = told(office, "report", "notified", "--week", "2026-W48", code=1)
    assert "20,00 % (1/5 việc phải báo)" in words
    assert f"- {dead['title']}: 2 việc, thư số {dead['letter']}; không gửi được" in words
    assert "muộn, phải xong trước 08:30 26/11/2026, máy chủ nhận lúc 09:00 26/11/2026" in words


def test_what_is_under_way_and_what_had_nothing_left_to_say_are_not_judged(office: Office) -> None:
    lived(office, "23/11/2026 00:00", "26/11/2026 08:00")
    office.server.answers = ["421 4.3.2 dong"] * 9
    slot(office, "26/11/2026 07:30")
    found = figures(office)
    assert (found["judged"], found["share"], found["under_way"]) == (0, None, 5)
    assert "không có việc nào phải báo" in told(office, "report", "notified", "--week", "2026-W48")


@pytest.mark.parametrize(("gap", "late"), [(True, 3), (False, 0)], ids=["it was off", "it was on"])
def test_what_our_own_absence_made_late_is_late(office: Office, gap: bool, late: int) -> None:
    lived(office, "23/11/2026 00:00", "25/11/2026 12:00" if gap else "26/11/2026 15:00")
    lived(office, "26/11/2026 14:00", "26/11/2026 15:00")
    slot(office, "26/11/2026 13:30", begun="26/11/2026 14:00")
    found = figures(office, code=1 if late else 0)
    # Two of the five come only on the day after: the slot's letter tells them ahead.
    assert (found["judged"], found["late"]) == (5, late)
    assert [one["while_away"] for one in found["exceptions"]] == [True] * late


def test_what_was_written_anew_days_later_was_still_to_be_told_at_its_first_slot(office: Office) -> None:
    lived(office, "23/11/2026 00:00", "30/11/2026 15:00")
    address = office.app.register.posts[HEAD].address
    mend(office, HEAD, address="")
    slot(office, "26/11/2026 07:30")
    mend(office, HEAD, address=address)
    slot(office, "30/11/2026 07:30")
    late = [one for one in figures(office, code=1)["exceptions"] if one["post"] == HEAD]
    assert [(one["outcome"], one["by"]) for one in late] == [("late", "2026-11-26T08:30:00.000+07:00")]


def test_a_trial_is_in_no_figure(sqlite_office: Office) -> None:
    take_in(sqlite_office.app, [row(LATE, appointment="25/11/2026 17:00:00")], sqlite_office.clock.now())
    slot(sqlite_office, "26/11/2026 07:30")
    assert {line.state for line in sqlite_office.letters()} == {LetterState.HELD}
    assert figures(sqlite_office)["judged"] == 0


def test_a_letter_says_of_each_thing_it_tells_which_stage_and_audience_it_is_for(office: Office) -> None:
    slot(office, "26/11/2026 07:30")
    number = next(one.id for one in office.letters() if one.to_names == TITLES[HEAD])
    words = told(office, "outbox", "why", str(number))
    assert f"Thư số {number} gửi {TITLES[HEAD]}" in words
    assert LATE in words
    assert "handling:head" in words
    assert "không báo việc nào" not in words


def test_a_dossier_says_who_was_told_what_and_who_is_still_to_be(office: Office) -> None:
    slot(office, "26/11/2026 07:30")
    late = told(office, "outbox", "why", LATE, "--post", HEAD)
    assert "đã báo: thư số" in late
    assert "máy chủ thư đã nhận lúc" in late
    assert "không báo riêng: đã báo ở bậc cao hơn" in late
    soon = told(office, "outbox", "why", SOON, "--post", HEAD)
    assert "chưa đến lúc" in soon
    assert "đã báo" not in soon
    other = told(office, "outbox", "why", LATE, "--post", "so-y-te/head")
    assert "không thuộc người được báo ở bậc nào của hồ sơ này" in other
    assert TITLES[HEAD] in other
    assert "không còn gì phải báo" in told(office, "outbox", "why", DONE)


def test_what_is_not_told_since_the_source_is_old_says_so(office: Office) -> None:
    source = office.app.register.sources["mot-cua"]
    sources = {**office.app.register.sources, "mot-cua": replace(source, fresh_days=1)}
    office.app = replace(office.app, register=replace(office.app.register, sources=sources))
    office.clock.turn_to(moment("30/11/2026 07:30"))
    assert "không báo: nguồn dữ liệu không cập nhật" in told(office, "outbox", "why", LATE)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("outbox", "why", "999"), "Không có thư số 999"),
        (("outbox", "why", LATE, "--post", "khong/co"), "Danh mục không có chức danh khong/co"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(office: Office, words: tuple[str, ...], why: str) -> None:
    group, *rest = words
    result = CliRunner().invoke(tthc.commands[group], rest, obj=office.app)
    assert why in str(result.exception)


def test_outbox_show_prints_the_ledger_of_a_letter_and_list_can_be_of_one_state(office: Office) -> None:
    office.clock.turn_to(moment("25/11/2026 07:30"))
    office.server.answers = ["rcpt 450 4.2.0 thu lai sau"]
    number = office.put("mot")
    send.run(office.app, office.clock.now())
    office.turn(minutes=2)
    send.run(office.app, office.clock.now())
    shown = told(office, "outbox", "show", str(number))
    steps = [line.split("  ", 2)[-1] for line in shown.splitlines() if line.startswith("  ")]
    assert [step.split()[0] for step in steps] == ["soạn", "chờ", "máy"]
    assert str(number) in told(office, "outbox", "list", "--state", "accepted")
    assert "Chưa có thư nào" in told(office, "outbox", "list", "--state", "dead")
