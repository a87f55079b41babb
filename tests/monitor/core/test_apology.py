"""An apology's form is that of its time, and gives one new appointment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.core.apology import Apology, ApologyForm, form_on, used_up
from monitor.core.law import RuleUnknown
from monitor.law import load_law

LAW = load_law()
SENT = Apology(
    matter=7,
    agency="so-cong-thuong",
    document="12/PXL-SCT",
    dated=date(2026, 11, 24),
    old=date(2026, 11, 27),
    new=date(2026, 12, 4),
    at=datetime(2026, 11, 24, 3, tzinfo=UTC),
    by="Nguyễn Văn Thử",
)


@pytest.mark.parametrize(
    ("day", "form", "circular"),
    [
        (date(2024, 3, 11), ApologyForm.REAPPOINTMENT, "Thông tư 01/2018/TT-VPCP"),
        (date(2025, 9, 14), ApologyForm.REAPPOINTMENT, "Thông tư 01/2018/TT-VPCP"),
        (date(2025, 9, 15), ApologyForm.EXTENSION, "Thông tư 03/2025/TT-VPCP"),
        (date(2026, 11, 25), ApologyForm.EXTENSION, "Thông tư 03/2025/TT-VPCP"),
    ],
)
def test_the_form_is_the_one_in_force_on_the_day_it_is_written(day: date, form: ApologyForm, circular: str) -> None:
    found, rule = form_on(LAW, day)
    assert (found, rule.value) == (form, 4)
    assert rule.citation.startswith(circular)


def test_without_a_form_in_the_law_none_is_guessed() -> None:
    bare = type(LAW)(rules={}, calendars=LAW.calendars)
    with pytest.raises(RuleUnknown):
        form_on(bare, date(2026, 11, 25))
    assert used_up([SENT], bare, date(2026, 11, 25)) is None


def test_one_new_appointment_may_be_given_and_a_letter_told_twice_is_one() -> None:
    day = date(2026, 11, 25)
    assert used_up([], LAW, day) is None
    for sent in ([SENT], [SENT, SENT]):
        rule = used_up(sent, LAW, day)
        assert rule is not None
        assert (rule.key, rule.value) == ("reappointments", 1)
