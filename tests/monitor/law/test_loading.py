"""The law's loader: names of hours, versions, and every mistake at once in a line that says the mend."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.core.mistake import Mistakes
from monitor.core.period import ICT
from monitor.law import LawError, load_law
from monitor.law.loading import SHIPPED

FILES = ("calendar.toml", "hours.toml", "rules.toml")
Write = Callable[..., Path]

SECOND_HOURS = """
[[hours]]
name = "mot-cua-cong-an"
document = "Báo Dân trí 11/9/2025"

[[hours.period]]
end = 2025-09-14
weekdays = ["07:00-11:30", "13:30-17:00"]

[[hours.period]]
start = 2025-09-15
weekdays = ["07:30–12:00", "13:00–16:30"]
saturday = ["08:00-11:30", "14:00-17:00"]
"""


@pytest.fixture(name="law_with")
def _law_with(tmp_path: Path) -> Write:
    """Copy the shipped law, with text added to a file of it or put in its place."""

    def write(*, instead: bool = False, **texts: str) -> Path:
        for name in FILES:
            shutil.copy(SHIPPED / name, tmp_path / name)
        for stem, text in texts.items():
            path = tmp_path / f"{stem}.toml"
            path.write_text(text if instead else path.read_text("utf-8") + text, "utf-8")
        return tmp_path

    return write


def lines(folder: Path, **hours_of: str) -> list[str]:
    with pytest.raises(LawError) as refused:
        load_law(hours_of, folder=folder)
    return str(refused.value).splitlines()


def test_without_a_register_there_are_the_default_hours() -> None:
    assert set(load_law().calendars) == {"default"}
    assert load_law().calendar_of("so-cong-thuong") == load_law().calendars["default"]


def test_an_agency_keeps_the_hours_it_names(law_with: Write) -> None:
    folder = law_with(hours=SECOND_HOURS)
    law = load_law({"cong-an": "mot-cua-cong-an", "so-cong-thuong": "default"}, folder=folder)
    saturday = date(2025, 9, 20)
    assert law.calendar_of("cong-an").is_working_day(saturday)
    assert not law.calendar_of("so-cong-thuong").is_working_day(saturday)
    start = datetime(2025, 9, 12, 16, tzinfo=ICT)
    assert law.calendar_of("cong-an").add_seconds(start, 2 * 3600) == datetime(2025, 9, 15, 8, 30, tzinfo=ICT)
    assert law.calendar_of("so-cong-thuong").add_seconds(start, 2 * 3600) == datetime(2025, 9, 15, 8, tzinfo=ICT)


def test_hours_that_do_not_exist_are_named_with_who_keeps_them() -> None:
    with pytest.raises(LawError) as refused:
        load_law({"so-noi-vu": "dem", "so-y-te": "dem", "so-cong-thuong": "default"})
    assert str(refused.value) == (
        "hours.toml: không có giờ làm việc “dem” (cơ quan: so-noi-vu, so-y-te) – "
        "thêm [[hours]] tên ấy, hoặc chọn: default"
    )
    assert isinstance(refused.value, Mistakes)


def test_the_version_moves_with_rules_days_hours_and_who_keeps_which(law_with: Write) -> None:
    storm = '\n[[off]]\nday = 2026-09-28\ntitle = "Đóng cửa vì bão"\ndocument = "Công điện"\n'
    rule = '\n[[rule]]\nkey = "khac"\nvalue = 1\nunit = "lần"\ncitation = "x"\n'
    shipped = load_law().version
    assert load_law({"so-y-te": "default"}).version == shipped
    changed = {
        load_law(folder=law_with(calendar=storm)).version,
        load_law(folder=law_with(rules=rule)).version,
        load_law(folder=law_with(hours=SECOND_HOURS)).version,
        load_law({"so-y-te": "mot-cua-cong-an"}, folder=law_with(hours=SECOND_HOURS)).version,
    }
    assert len(changed | {shipped}) == 5


def test_a_storm_that_closes_offices_is_a_few_lines_at_the_end_of_the_file(law_with: Write) -> None:
    storm = '\n[[off]]\nday = 2027-09-28\ntitle = "Đóng cửa vì bão"\ndocument = "Công điện"\nprojected = false\n'
    calendar = load_law(folder=law_with(calendar=storm)).calendars["default"]
    (note,) = calendar.explain(date(2027, 9, 28), date(2027, 9, 28))
    assert not calendar.is_working_day(date(2027, 9, 28))
    assert not note.projected
    assert calendar.is_projected(date(2027, 9, 28), date(2027, 9, 28)), "the year itself is not announced yet"


def test_another_year_is_a_block_and_its_days(law_with: Write) -> None:
    year = '\n[[year]]\nyear = 2028\nprojected = true\n[[off]]\nday = 2028-01-01\ntitle = "Tết"\ndocument = "x"\n'
    calendar = load_law(folder=law_with(calendar=year)).calendars["default"]
    assert calendar.last == date(2028, 12, 31)
    assert calendar.add_days(date(2027, 12, 31), 1) == date(2028, 1, 3)


def test_every_mistake_of_every_file_comes_at_once(law_with: Write) -> None:
    folder = law_with(
        calendar='\n[[off]]\nday = 2030-01-01\ntitle = "x"\ndocument = "x"\n'
        '[[made_up]]\nday = 2026-12-01\ntitle = "x"\ndocument = "x"\n',
        hours='\n[[hours]]\nname = "default"\ndocument = "x"\n[[hours.period]]\nweekdays = ["07:00-11:30"]\n',
        rules='\n[[rule]]\nkey = "reception_hours"\nvalue = 4\nunit = "giờ"\nstart = 2026-01-01\ncitation = "x"\n',
    )
    told = lines(folder, a="dem", b="trua")
    assert [line.split(":")[0] for line in told] == ["calendar.toml"] * 2 + ["hours.toml"] + ["rules.toml"] + [
        "hours.toml"
    ] * 2
    assert all(" – " in line for line in told), "each line says the mend"


HEADER = "[[year]]\nyear = 2026\nprojected = false\n"
OFF = '[[off]]\ntitle = "x"\ndocument = "x"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "calendar.toml: dòng 1, mục year: thiếu – thêm mục này"),
        (HEADER + OFF, "dòng 4, off thứ 1: phải có day, hoặc cả start và end"),
        (HEADER + OFF + "start = 2026-01-01\n", "dòng 4, off thứ 1: phải có day, hoặc cả start và end"),
        (
            HEADER + OFF + "start = 2026-01-02\nend = 2026-01-01\n",
            "dòng 8, off thứ 1, mục end: ngày cuối trước ngày đầu",
        ),
        (HEADER + OFF + 'day = "2026-01-01"\n', "dòng 7, off thứ 1, mục day: phải là ngày"),
        (HEADER + OFF + "day = 2026-01-01T07:00:00\n", "dòng 7, off thứ 1, mục day: phải là ngày"),
        (
            HEADER + OFF + "day = 2027-01-01\n",
            "ngày 01/01/2027 thuộc năm không có trong lịch – thêm [[year]] year = 2027",
        ),
        (HEADER + (OFF + "day = 2026-01-01\n") * 2, "dòng 8, off thứ 2: ngày 01/01/2026 được ghi hai lần"),
        (HEADER + OFF + "day = 2026-01-01\nghi_chu = 1\n", "mục ghi_chu: không có mục nào tên như vậy"),
        (HEADER + '[[off]]\nday = 2026-01-01\ntitle = "x"\ndocument = ""\n', "mục document: để trống"),
        (HEADER + '[[off]]\nday = 2026-01-01\ntitle = "x"\n', "dòng 4, off thứ 1, mục document: thiếu"),
        (
            HEADER + '[[made_up]]\nday = 2026-01-07\ntitle = "x"\ndocument = "x"\n',
            "dòng 5, made_up thứ 1, mục day: ngày 07/01/2026 không phải thứ Bảy, Chủ nhật",
        ),
        (
            HEADER + '[[made_up]]\nday = 2026-01-10\ninstead_of = 2026-01-02\ntitle = "x"\ndocument = "x"\n',
            "mục instead_of: ngày hoán đổi 02/01/2026 không phải ngày nghỉ trong lịch",
        ),
        (HEADER + HEADER, "dòng 5, year thứ 2, mục year: năm 2026 không liền sau năm 2026"),
        (HEADER + "[[year]]\nyear = 2028\nprojected = true\n", "năm 2028 không liền sau năm 2026"),
        ("[[year]]\nyear = 2026\n", "year thứ 1, mục projected: thiếu"),
        ("[[year]\nyear = 2026\n", "calendar.toml: dòng 1, cột 7: không đúng cách viết TOML"),
    ],
)
def test_a_mistake_in_the_calendar(law_with: Write, text: str, told: str) -> None:
    assert told in "\n".join(lines(law_with(instead=True, calendar=text)))


HOURS = '[[hours]]\nname = "default"\ndocument = "x"\n'
PERIOD = '[[hours.period]]\nweekdays = ["07:00-11:30"]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HOURS, "hours thứ 1, mục period: thiếu"),
        (HOURS + "[[hours.period]]\nweekdays = []\n", "danh sách để trống"),
        (HOURS + '[[hours.period]]\nweekdays = ["7h-11h30"]\n', "“7h-11h30” không phải giờ mở cửa – ghi dạng"),
        (HOURS + '[[hours.period]]\nweekdays = ["11:30-07:00"]\n', "“11:30-07:00” không phải giờ mở cửa"),
        (HOURS + '[[hours.period]]\nweekdays = ["07:00-25:00"]\n', "“07:00-25:00” không phải giờ mở cửa"),
        (HOURS + '[[hours.period]]\nweekdays = ["13:30-17:00", "07:00-11:30"]\n', "các buổi chồng nhau"),
        (HOURS + '[[hours.period]]\nweekdays = ["07:00-11:30", "11:00-17:00"]\n', "các buổi chồng nhau"),
        (
            HOURS + PERIOD + "start = 2022-01-01\n",
            "giờ “default” để trống hoặc chồng ngày – bắt đầu từ ngày 01/01/2021",
        ),
        (
            HOURS + PERIOD + "end = 2026-06-30\n",
            "giờ “default” không đến hết lịch (31/12/2027) – thêm khoảng từ 01/07/2026",
        ),
        (HOURS + PERIOD + "end = 2026-06-30\n" + PERIOD + "start = 2026-07-02\n", "bắt đầu từ ngày 01/07/2026"),
        (HOURS + PERIOD + "end = 2026-06-30\n" + PERIOD + "start = 2026-06-30\n", "bắt đầu từ ngày 01/07/2026"),
        (HOURS + PERIOD + PERIOD, "dòng 6, hours thứ 1, period thứ 2, mục start"),
        (HOURS.replace("default", "khac") + PERIOD, "thiếu bảng giờ “default”"),
    ],
)
def test_a_mistake_in_the_hours(law_with: Write, text: str, told: str) -> None:
    assert told in "\n".join(lines(law_with(instead=True, hours=text)))


RULE = '[[rule]]\nkey = "x"\nvalue = 1\nunit = "lần"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULE, "dòng 1, rule thứ 1, mục citation: thiếu"),
        (RULE + 'citation = ""\n', "mục citation: để trống"),
        (RULE.replace("1", '"1"') + 'citation = "x"\n', "dòng 3, rule thứ 1, mục value: phải là số nguyên"),
        (RULE.replace("1", "1.5") + 'citation = "x"\n', "mục value: phải là số nguyên"),
        (
            RULE + 'citation = "x"\nstart = 2026-01-02\nend = 2026-01-01\n',
            "dòng 7, rule thứ 1, mục end: ngày cuối trước",
        ),
        ((RULE + 'citation = "x"\n') * 2, "dòng 6, rule thứ 2: “x” có hai giá trị trong cùng một ngày"),
        (
            RULE + 'citation = "x"\nstart = 2026-01-01\n' + RULE + 'citation = "x"\nend = 2026-01-01\n',
            "dòng 7, rule thứ 2: “x” có hai giá trị trong cùng một ngày",
        ),
        (
            RULE + 'citation = "x"\nend = 2026-01-01\n' + RULE + 'citation = "x"\nstart = 2026-01-01\n',
            "“x” có hai giá trị trong cùng một ngày – ghi end cho giá trị cũ là ngày trước start của giá trị mới",
        ),
        (
            "".join(RULE.replace('"x"', f'"resolution_{u}.1"') + 'citation = "x"\n' for u in ("days", "hours")),
            "hai thời hạn giải quyết trong cùng một ngày: “resolution_days.1” và “resolution_hours.1” – giữ một",
        ),
    ],
)
def test_a_mistake_in_the_rules(law_with: Write, text: str, told: str) -> None:
    assert told in "\n".join(lines(law_with(instead=True, rules=text)))


def test_values_of_one_rule_that_follow_each_other_are_taken_in_any_order(law_with: Write) -> None:
    text = RULE + 'citation = "sau"\nstart = 2026-01-02\n' + RULE + 'citation = "trước"\nend = 2026-01-01\n'
    law = load_law(folder=law_with(instead=True, rules=text))
    assert [rule.citation for rule in law.rules["x"]] == ["trước", "sau"]
    assert law.rule("x", date(2026, 1, 1)).citation == "trước"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(law_with: Write, name: str) -> None:
    folder = law_with()
    (folder / name).unlink()
    assert any(line.startswith(f"{name}: không đọc được") for line in lines(folder))


def test_a_file_in_another_encoding_is_named(law_with: Write) -> None:
    folder = law_with()
    (folder / "rules.toml").write_bytes('[[rule]]\nkey = "ngày"\n'.encode("utf-16"))
    assert any(line.startswith("rules.toml: không phải UTF-8") for line in lines(folder))
