"""What people write loses what leads to a person, and keeps when it was."""

from __future__ import annotations

import pytest

from monitor.core.mask import mask


@pytest.mark.parametrize(
    "text",
    [
        "03-11-2026 08:30",
        "ngày 03.11.2026 08:30 không nộp được",
        "từ 08:30 03-11-2026 đến 09:00 04-11-2026",
        "từ 03-11-2026 08:30 đến 04-11-2026 17:05.",
        "(3.1.2026), 03/11/2026 08:30",
        "hồ sơ H56.01-261123-0012 ngày 03-11-2026",
    ],
)
def test_days_and_hours_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0912-345-678 ngày 03-11-2026 08:30", "gọi *** ngày 03-11-2026 08:30"),
        ("03-11-2026 0912345678", "03-11-2026 ***"),
        ("03-11-2026, 0912.345.678", "03-11-2026, ***"),
        ("09-12-2034-567", "***"),
        ("09.12.2034.567", "***"),
        ("09.12.2034 567", "***"),
        ("0912 2034 567", "***"),
        ("cccd 038201001234 lúc 03-11-2026 08:30", "cccd *** lúc 03-11-2026 08:30"),
        ("a.b@c.vn 03-11-2026 08:30", "*** 03-11-2026 08:30"),
    ],
)
def test_what_leads_to_a_person_goes_beside_a_day_too(text: str, masked: str) -> None:
    assert mask(text) == masked
