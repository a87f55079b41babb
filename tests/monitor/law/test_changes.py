"""Changes of the calendar: what may be proposed, how it is laid over the calendar that ships, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.calendar_change import CalendarChange
from monitor.core.law import Law
from monitor.core.period import ICT
from monitor.core.workdays import CalendarUnknown, Hours
from monitor.law import HoursUnknown, in_force, load_law, official_calendar
from monitor.law.acceptance import checked, days_changed
from monitor.law.proposal import ChangeRefused, FileRefused, Proposal

LAW = load_law()
AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
ASKED = Proposal(at=AT, by="Nguyễn Văn Thử, Phó Giám đốc", document="1/UBND-VX")
SWAP = "hoán đổi ngày làm việc 02/12/2026 sang 12/12/2026"


def day(text: str) -> date:
    return date.fromisoformat(text)


def working(law: Law, *days: str) -> list[bool]:
    return [law.calendars["default"].is_working_day(day(one)) for one in days]


def changed(proposal: Proposal, law: Law = LAW) -> Law:
    return in_force(law, checked(law, proposal))


def test_without_a_change_the_law_in_force_is_the_one_that_ships() -> None:
    assert in_force(LAW, ()) is LAW
    assert load_law(changes=()).version == LAW.version


def test_a_swap_makes_one_day_off_and_the_other_worked_and_the_shipped_calendar_stays() -> None:
    after = changed(ASKED.worded(SWAP))
    assert working(LAW, "2026-12-02", "2026-12-12") == [True, False]
    assert working(after, "2026-12-02", "2026-12-12") == [False, True]
    assert working(load_law(changes=checked(LAW, ASKED.worded(SWAP))), "2026-12-02", "2026-12-12") == [False, True]
    assert official_calendar().is_working_day(day("2026-12-02"))
    assert after.version != LAW.version
    (off,) = after.calendars["default"].explain(day("2026-12-02"), day("2026-12-02"))
    assert off.confirmed_by == "Nguyễn Văn Thử, Phó Giám đốc, 25/11/2026"
    assert (off.title, off.document) == ("Nghỉ hoán đổi, làm bù ngày 12/12/2026", "1/UBND-VX")
    friday = datetime(2026, 12, 1, 16, tzinfo=ICT)
    assert after.calendars["default"].add_seconds(friday, 8 * 3600) == datetime(2026, 12, 3, 16, tzinfo=ICT)


@pytest.mark.parametrize(
    "text",
    [
        SWAP,
        "Hoán đổi ngày làm việc từ thứ Tư (02/12/2026) sang thứ Bảy (12/12/2026)",
        "hoán đổi 2/12/2026 sang ngày làm việc khác: 12/12/2026",
    ],
)
def test_the_wording_of_a_notice_is_understood(text: str) -> None:
    assert [(one.day, one.working) for one in checked(LAW, ASKED.worded(text))] == [
        (day("2026-12-02"), False),
        (day("2026-12-12"), True),
    ]


def test_of_several_changes_for_a_day_the_last_confirmed_holds() -> None:
    off = checked(LAW, ASKED.off(day("2026-12-01")))
    taken_back = checked(in_force(LAW, off), ASKED.made_up(day("2026-12-01")))
    both = (replace(taken_back[0], number=9), replace(off[0], number=3))
    assert working(in_force(LAW, both), "2026-12-01") == [True]
    assert working(in_force(LAW, both[1:]), "2026-12-01") == [False]


def test_a_day_that_ships_unconfirmed_may_be_confirmed_and_only_once() -> None:
    """The first thing a person is asked to confirm: 02/01/2026 swapped with 10/01/2026."""
    wanted = ASKED.worded("hoán đổi ngày làm việc 02/01/2026 sang 10/01/2026")
    after = changed(wanted)
    assert working(after, "2026-01-02", "2026-01-10") == working(LAW, "2026-01-02", "2026-01-10") == [False, True]
    with pytest.raises(ChangeRefused, match="đã như vậy trong lịch, Nguyễn Văn Thử"):
        checked(after, wanted)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param(lambda p: p, "Chưa nói thay đổi nào", id="nothing"),
        pytest.param(lambda p: p.worded("nghỉ hết"), "Không hiểu", id="no swap in the words"),
        pytest.param(lambda p: p.worded("hoán đổi 31/02/2026 sang 01/03/2026"), "Không có ngày", id="no such day"),
        pytest.param(lambda p: p.made_up(day("2026-11-27")), "không thể làm bù", id="worked already"),
        pytest.param(lambda p: p.off(day("2026-11-28")), "ngày nghỉ hằng tuần", id="a Saturday off"),
        pytest.param(lambda p: p.off(day("2028-01-03")), "bằng tệp có", id="a year not there"),
        pytest.param(lambda p: p.off(day("2026-12-01")).off(day("2026-12-01")), "hai lần", id="twice"),
        pytest.param(lambda p: p.worded(SWAP).off(day("2026-12-02")), "hai lần", id="twice by words"),
        pytest.param(
            lambda p: p.made_up(day("2026-12-12"), instead_of=day("2026-12-03")), "không phải ngày nghỉ", id="no swap"
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(asked: Callable[[Proposal], Proposal], why: str) -> None:
    with pytest.raises(ChangeRefused, match=why) as refused:
        checked(LAW, asked(ASKED))
    assert "\n" not in str(refused.value)


YEAR = """
[[year]]
year = {year}
projected = {projected}

[[off]]
day = {year}-01-03
title = "Tết Dương lịch"
document = "Thông báo 1/TB-BNV"

[[off]]
start = {year}-01-26
end = {year}-02-01
title = "Tết Nguyên đán"
document = "Thông báo 1/TB-BNV"

[[made_up]]
day = {year}-01-08
title = "Làm bù"
document = "Thông báo 1/TB-BNV"
instead_of = {year}-01-26
"""


def filed(folder: Path, text: str) -> Proposal:
    path = folder / "lich.toml"
    path.write_text(text, "utf-8")
    return ASKED.filed(path)


def test_a_file_adds_the_next_year_and_counts_reach_into_it(tmp_path: Path) -> None:
    with pytest.raises(CalendarUnknown):
        working(LAW, "2028-01-03")
    after = changed(filed(tmp_path, YEAR.format(year=2028, projected="false")))
    assert working(after, "2028-01-03", "2028-01-04", "2028-01-08", "2028-01-26") == [False, True, True, False]
    assert not after.calendars["default"].is_projected(day("2028-01-03"), day("2028-12-31"))
    later = changed(ASKED.off(day("2028-12-01")), after)
    assert working(later, "2028-12-01", "2028-01-26") == [False, False]
    estimate = changed(filed(tmp_path, YEAR.format(year=2028, projected="true")))
    assert estimate.calendars["default"].is_projected(day("2028-01-03"), day("2028-01-03"))


def test_a_year_that_is_told_anew_leaves_nothing_of_what_was_known_of_it(tmp_path: Path) -> None:
    before = changed(ASKED.off(day("2027-12-01")))
    proposal = filed(tmp_path, YEAR.format(year=2027, projected="false").replace("-01-08", "-01-09"))
    after = changed(proposal, before)
    assert working(before, "2027-12-01", "2027-02-04", "2027-11-24") == [False, False, False]
    assert working(after, "2027-12-01", "2027-02-04", "2027-11-24") == [True, True, True]
    assert not after.calendars["default"].is_projected(day("2027-01-01"), day("2027-12-31"))
    assert working(after, "2026-11-24") == working(LAW, "2026-11-24") == [False]
    assert len(days_changed(checked(before, proposal), after)) == 365


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "không có ngày nào"),
        ("[[off]]\nday = 2026-12-01\n", "title"),
        ("[[off]]\ntitle = 'a'\ndocument = 'b'\n", "phải có day"),
        ("[[off]]\nday = 'mai'\ntitle = 'a'\ndocument = 'b'\n", "day"),
        ("[[nghi]]\nday = 2026-12-01\n", "nghi"),
        ("không phải TOML", "lich.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why) as refused:
        filed(tmp_path, text)
    assert str(refused.value).startswith("lich.toml")


@pytest.mark.parametrize(("year", "why"), [(2029, "bổ sung năm 2028 trước"), (2020, "không liền với lịch")])
def test_a_year_follows_those_that_are_known(tmp_path: Path, year: int, why: str) -> None:
    with pytest.raises(ChangeRefused, match=why):
        checked(LAW, filed(tmp_path, f"[[year]]\nyear = {year}\nprojected = false\n"))


def test_hours_that_end_before_an_added_year_are_named(tmp_path: Path) -> None:
    calendar = LAW.calendars["default"]
    hours = tuple(replace(one, end=date(2027, 12, 31)) for one in calendar.hours)
    short = replace(LAW, calendars={"default": replace(calendar, hours=hours)})
    with pytest.raises(ChangeRefused, match=r"hours\.toml"):
        checked(short, filed(tmp_path, YEAR.format(year=2028, projected="false")))
    with pytest.raises(HoursUnknown):
        in_force(short, [CalendarChange(number=1, year=2028, day=None, title="", document="", at=AT, by="")])


def test_a_saturday_off_is_a_change_for_an_agency_that_works_on_it() -> None:
    calendar = LAW.calendars["default"]
    open_hours = calendar.hours[0].weekdays
    saturdays = replace(calendar, hours=(Hours(weekdays=open_hours, saturday=open_hours),))
    law = replace(LAW, calendars={"default": calendar, "thu-bay": saturdays})
    after = changed(ASKED.off(day("2026-11-28")), law)
    assert not after.calendars["thu-bay"].is_working_day(day("2026-11-28"))
    assert after.calendars["thu-bay"].is_working_day(day("2026-11-28") + timedelta(days=7))
