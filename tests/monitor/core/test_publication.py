"""What differs between two editions is told figure by figure; the journal's cut is read back as it was stated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.core.publication import METHOD, Difference, Publication, canonical_text, differences
from monitor.core.reporting import parse_period

OUTAGE = {"target": "cổng", "first_bad": "2026-11-21T21:10:00.000+07:00", "failed_looks": 2, "end": None}
FIGURES: dict[str, Any] = {
    "up_ms": 90,
    "measured": "0.900000",
    "unknown_by": {"challenged": 5},
    "interruptions": [OUTAGE],
}


def test_equal_figures_differ_in_nothing() -> None:
    assert differences(FIGURES, {**FIGURES, "interruptions": [dict(OUTAGE)]}) == ()


def test_each_figure_that_differs_is_told_with_both_values() -> None:
    after = {**FIGURES, "up_ms": 91, "unknown_by": {"challenged": 4, "own_network": 1}}
    assert differences(FIGURES, after) == (
        Difference(figure="up_ms", before=90, after=91),
        Difference(figure="unknown_by", of="challenged", before=5, after=4),
        Difference(figure="unknown_by", of="own_network", before=None, after=1),
    )


def test_an_interruption_that_ended_differs_in_its_end_only() -> None:
    ended = {**OUTAGE, "end": "2026-11-21T22:40:00.000+07:00"}
    (one,) = differences(FIGURES, {**FIGURES, "interruptions": [ended]})
    assert (one.figure, one.of) == ("end", f"cổng, {OUTAGE['first_bad']}")
    assert (one.before, one.after) == (None, ended["end"])


def test_an_interruption_that_is_new_is_counted_and_told_whole() -> None:
    found = differences({**FIGURES, "interruptions": []}, FIGURES)
    assert found[0] == Difference(figure="interruptions", before=0, after=1)
    assert {one.figure for one in found[1:]} == {"target", "first_bad", "failed_looks"}


def test_figures_written_as_text_are_the_same_in_any_order() -> None:
    assert canonical_text({"b": 1, "a": "ằ"}) == canonical_text({"a": "ằ", "b": 1}) == '{"a":"ằ","b":1}'


def test_the_cut_names_the_last_link_of_each_chain() -> None:
    made = Publication(
        service="2.001474",
        period=parse_period("2026-W47"),
        edition=1,
        published_at=datetime(2026, 11, 23, tzinfo=UTC),
        method=METHOD,
        method_sha256="00" * 32,
        basis="{}",
        figures="{}",
        heads=canonical_text([["so-chung", 3, "ab" * 32], ["thanh-hoa", 7, "cd" * 32]]),
        documents={},
        by="Người thử",
    )
    assert made.cut == {"so-chung": 3, "thanh-hoa": 7}
