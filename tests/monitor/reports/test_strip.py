"""The week's strip: each stretch on its day, nothing too short to be seen, the picture really drawn."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from monitor.core.period import Span
from monitor.core.reporting import parse_period
from monitor.core.uptime import Gap, Segment, State
from monitor.reports import strip

WEEK = parse_period("2026-W47").span
SVG = "{http://www.w3.org/2000/svg}"


def segment(start_h: float, end_h: float, state: State, gap: Gap | None = None) -> Segment:
    span = Span(start=WEEK.start + timedelta(hours=start_h), end=WEEK.start + timedelta(hours=end_h))
    return Segment(span=span, state=state, gap=gap)


def test_a_week_has_seven_rows_monday_first() -> None:
    rows = strip.days(WEEK)
    assert [f"{row.day:%d/%m}" for row in rows] == [f"{day}/11" for day in range(16, 23)]
    assert [row.weekend for row in rows] == [False] * 5 + [True] * 2


def test_a_stretch_over_midnight_stands_on_both_days() -> None:
    found = strip.bars(WEEK, [segment(23, 26, State.DOWN)])
    hour = strip.HOURS / 24
    first, second = strip.days(WEEK)[:2]
    assert [(bar.x, bar.y, bar.width) for bar in found] == [
        (pytest.approx(strip.LEFT + 23 * hour, abs=0.01), first.y, pytest.approx(hour, abs=0.01)),
        (strip.LEFT, second.y, pytest.approx(2 * hour, abs=0.01)),
    ]


def test_a_second_of_downtime_can_be_seen_also_at_the_end_of_a_day() -> None:
    (bar,) = strip.bars(WEEK, [segment(24 - 1 / 3600, 24, State.DOWN)])
    assert bar.width == strip.LEAST[State.DOWN]
    assert bar.x + bar.width <= strip.LEFT + strip.HOURS


def test_what_matters_most_is_drawn_last() -> None:
    made = [segment(0, 1, State.DOWN), segment(1, 2, State.UP), segment(2, 3, State.MAINTENANCE)]
    assert [bar.state for bar in strip.bars(WEEK, made)] == [State.UP, State.MAINTENANCE, State.DOWN]


def test_reasons_of_the_unknown_do_not_cut_it_up() -> None:
    made = [segment(0, 1, State.UNKNOWN, Gap.CHALLENGED), segment(1, 2, State.UNKNOWN, Gap.NOT_LOOKED)]
    assert len(strip.bars(WEEK, made)) == 1


def test_time_that_is_still_to_come_is_left_empty() -> None:
    assert {bar.y for bar in strip.bars(WEEK, [segment(0, 48, State.UP)])} == {row.y for row in strip.days(WEEK)[:2]}


def test_the_drawing_is_well_formed_explains_its_patterns_and_escapes_its_words() -> None:
    drawn = strip.svg(WEEK, [segment(0, 168, State.UP)], 'Tuần <47> & "48"')
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == 'Tuần <47> & "48"'
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert {"Hoạt động", "Gián đoạn", "Bảo trì có thông báo trước", "Không xác định"} <= set(said)
    assert "T2 16/11" in said
    assert "CN 22/11" in said
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", 0)) + float(rect.get("width", 0)) <= width
        assert float(rect.get("y", 0)) + float(rect.get("height", 0)) <= height


def test_the_same_week_is_the_same_drawing() -> None:
    made = [segment(0, 100, State.UP), segment(100, 168, State.UNKNOWN, Gap.NOT_LOOKED)]
    assert strip.svg(WEEK, made, "Tuần") == strip.svg(WEEK, reversed(made), "Tuần")


def test_the_picture_is_twice_as_fine_as_the_drawing() -> None:
    picture = strip.png(strip.svg(WEEK, [segment(0, 168, State.UP)], "Tuần"))
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * strip.WIDTH


@pytest.mark.parametrize("drawing", ["", "<svg", "không phải hình"])
def test_what_is_no_drawing_gives_no_picture(drawing: str) -> None:
    with pytest.raises(strip.NotDrawn):
        strip.png(drawing)


def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(strip.NotDrawn, match=r"0\.01 s"):
        strip.png(strip.svg(WEEK, [], "Tuần"), timeout=0.01)
