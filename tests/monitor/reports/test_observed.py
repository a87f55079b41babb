"""What looks brought is counted also where it proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitor.core.look import Cause, Verdict

Watch = Callable[..., Any]


def test_each_target_has_its_line_those_that_count_first_references_none(watch: Watch) -> None:
    lines = watch().log("2026-W47", "23/11/2026 07:30").seen
    assert [line.required for line in lines] == [True, False, False, False]
    assert not [line for line in lines if line.key.startswith("doi-chieu")]
    assert [line.looks for line in lines] == [0, 0, 0, 0]
    assert lines[0].median_ms is None


def test_answers_causes_and_times_are_counted_within_the_week_only(watch: Watch) -> None:
    seen = watch(minutes=60)
    seen.finds("17/11/2026 00:00", "18/11/2026 00:00", Cause.CHALLENGED)
    seen.finds("19/11/2026 00:00", "19/11/2026 12:00", Cause.CONNECT)
    seen.looks("14/11/2026 00:00", "24/11/2026 00:00")
    line = seen.log("2026-W47", "24/11/2026 07:30").seen[0]
    assert line.looks == 7 * 24
    assert line.answered == 7 * 24 - 12
    assert line.by_verdict == {Verdict.UP: 168 - 36, Verdict.UNKNOWN: 24, Verdict.DOWN: 12}
    assert line.conclusive == 168 - 24
    assert line.by_cause == {Cause.CHALLENGED: 24, Cause.CONNECT: 12}
    assert line.by_status == {200: 168 - 12}
    assert line.median_ms == 420
