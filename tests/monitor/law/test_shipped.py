"""The law as shipped: every value with its citation, every day with its document, nothing ticked by a program."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from holidays import country_holidays

from monitor.core.law import Rule
from monitor.law import load_law, official_calendar

LAW = load_law()
CALENDAR = official_calendar()
RULES = [rule for rules in LAW.rules.values() for rule in rules]
DAYS = [CALENDAR.first + timedelta(days=number) for number in range((CALENDAR.last - CALENDAR.first).days + 1)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.key} {rule.start or ''}")
def test_every_rule_says_its_citation_its_unit_and_why_it_is_believed(rule: Rule) -> None:
    assert rule.citation
    assert rule.unit
    assert rule.note


@pytest.mark.parametrize("year", range(2021, 2028))
def test_every_day_off_and_made_up_day_says_its_title_and_document(year: int) -> None:
    notes = CALENDAR.explain(date(year, 1, 1), date(year, 12, 31))
    assert len(notes) >= 11
    assert all(note.title and note.document for note in notes)


def test_only_a_person_confirms() -> None:
    assert {rule.confirmed_by for rule in RULES} == {""}
    assert {note.confirmed_by for note in CALENDAR.notes} == {""}


def test_the_calendar_goes_from_2021_to_2027_and_only_2027_is_projected() -> None:
    assert (CALENDAR.first, CALENDAR.last) == (date(2021, 1, 1), date(2027, 12, 31))
    assert {day.year for day in DAYS if CALENDAR.is_projected(day, day)} == {2027}
    assert {note.day.year for note in CALENDAR.notes if note.projected} == {2027}


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2021, "1/1 10-16/2 21/4 30/4 1/5 3/5 2-3/9"),
        (2022, "1/1 3/1 31/1 1-4/2 10/4 11/4 30/4 1-3/5 1-2/9"),
        (2023, "1/1 2/1 20-26/1 29/4 30/4 1-3/5 1-2/9 4/9"),
        (2024, "1/1 8-14/2 18/4 29-30/4 1/5 2-3/9"),
        (2025, "1/1 27-31/1 7/4 30/4 1/5 2/5 1-2/9"),
        (2026, "1/1 2/1 16-20/2 26/4 27/4 30/4 1/5 31/8 1-2/9 24/11"),
        (2027, "1/1 4-10/2 16/4 30/4 1/5 3/5 2-3/9 24/11"),
    ],
)
def test_the_days_off_of_a_year(year: int, off: str) -> None:
    written = {note.day for note in CALENDAR.notes if note.day.year == year and not note.working}
    assert written == set(spelled(year, off))


def spelled(year: int, off: str) -> list[date]:
    days = []
    for piece in off.split():
        numbers, month = piece.split("/")
        first, _, last = numbers.partition("-")
        days += [date(year, int(month), number) for number in range(int(first), int(last or first) + 1)]
    return days


def test_the_made_up_days_are_four_saturdays() -> None:
    made_up = [note.day for note in CALENDAR.notes if note.working]
    assert made_up == [date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)]


def test_the_library_of_holidays_differs_where_we_know_it_to_be_wrong_and_nowhere_else() -> None:
    library = country_holidays("VN", years=range(2021, 2028))
    differing = [day for day in DAYS if library.is_working_day(day) != CALENDAR.is_working_day(day)]
    assert differing == [date(2026, 1, 2), date(2026, 1, 10)]


@pytest.mark.parametrize(
    ("key", "on", "value", "document"),
    [
        ("reception_hours", date(2024, 3, 4), 8, "45/2020"),
        ("reception_hours", date(2025, 6, 30), 8, "107/2021"),
        ("reception_hours", date(2025, 7, 1), 8, "118/2025"),
        ("apology_working_days_before", date(2025, 6, 30), 1, "61/2018/NĐ-CP, Điều 19 khoản 9"),
        ("apology_working_days_before", date(2025, 7, 1), 1, "118/2025"),
        ("supplement_notice_days", date(2024, 3, 4), 3, "61/2018/NĐ-CP, Điều 19 khoản 4"),
        ("supplement_notice_days", date(2026, 11, 24), 3, "118/2025"),
        ("supplement_requests", date(2024, 3, 4), 1, "61/2018"),
        ("supplement_requests", date(2026, 11, 24), 1, "118/2025"),
        ("reappointments", date(2024, 3, 4), 1, "61/2018"),
        ("reappointments", date(2026, 11, 24), 1, "118/2025"),
        ("handover_hour", date(2024, 3, 4), 15, "61/2018/NĐ-CP, Điều 18"),
        ("handover_hour", date(2026, 11, 24), 15, "118/2025"),
        ("planned_stop_notice", date(2024, 3, 4), 7, "64/2007"),
        ("planned_stop_notice", date(2026, 6, 30), 7, "64/2007"),
        ("planned_stop_notice", date(2026, 7, 1), 7, "224/2026/NĐ-CP, Điều 13 khoản 1 điểm a"),
        ("failure_remedy", date(2026, 7, 1), 0, "224/2026/NĐ-CP, Điều 13 khoản 1 điểm b"),
        ("resolution_days.2.000004", date(2024, 3, 4), 5, "81/2018/NĐ-CP, Điều 19"),
        ("resolution_days.2.000002", date(2025, 1, 2), 5, "128/2024"),
        ("notice_days_before.2.000033", date(2026, 11, 24), 3, "239/2026"),
        ("explanation_working_days", date(2026, 11, 24), 1, "Quy ước nội bộ"),
        ("continuous_measurement", date(2026, 7, 1), 0, "224/2026/NĐ-CP, Điều 19"),
        ("manual_check_coverage", date(2026, 11, 24), 50, "không phải quy định của pháp luật"),
        ("filing_date_recorded.2.001474", date(2024, 3, 4), 0, "81/2018/NĐ-CP, Điều 17"),
        ("filing_date_recorded.2.001474", date(2026, 6, 26), 0, "239/2026"),
    ],
)
def test_a_value_and_the_decree_that_was_valid_on_the_day(key: str, on: date, value: int, document: str) -> None:
    rule = LAW.rule(key, on)
    assert rule.value == value
    assert document in rule.citation


FORMS = {"apology_form.reappointment", "apology_form.extension"}
"""One form follows the other: together they hold on every day."""


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2025, 9, 14), date(2025, 9, 15), date(2027, 12, 31)], ids=str)
def test_one_form_of_an_apology_holds_on_every_day(day: date) -> None:
    rules = [rule for key in FORMS for rule in LAW.rules[key]]
    assert len([rule for rule in rules if (rule.start or day) <= day <= (rule.end or day)]) == 1


@pytest.mark.parametrize("key", sorted(set(LAW.rules) - {"failure_remedy", "continuous_measurement"} - FORMS))
def test_a_rule_has_one_value_on_every_day_of_the_calendar(key: str) -> None:
    for day in DAYS:
        in_force = [r for r in LAW.rules[key] if (r.start or day) <= day <= (r.end or day)]
        assert len(in_force) == 1, day


def test_what_is_not_read_in_the_decree_of_2025_says_so() -> None:
    unread = [rule for rule in RULES if "118/2025" in rule.citation]
    assert len(unread) == 6
    assert all("chưa xác nhận" in rule.citation for rule in unread)


def test_the_official_calendar_is_made_once() -> None:
    assert official_calendar() is official_calendar()
    assert LAW.calendars["default"] == official_calendar()
