"""The dual clock: the citizen's, and whose working time it was; the parts are the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier, Supplement
from monitor.core.owned import DualClock, Holder, dual_clock, in_minutes
from monitor.core.period import ICT, Span
from monitor.core.step import Step
from tests.monitor.core.deadline_facts import LAW, approved, asked, handled, moment, step

HOUR = 3600


def clock(now: str = "04/11/2026 08:00", known: Circumstances | None = None, **changed: Any) -> DualClock:
    found = dual_clock(handled(**changed), moment(now), LAW, known or Circumstances())
    assert found is not None
    return found


def hours(found: DualClock) -> dict[str, float]:
    return {one.unit or one.holder.value: one.working_s / HOUR for one in found.shares}


def test_each_unit_owns_the_working_time_from_its_step_to_the_next() -> None:
    way = (
        step("02/11/2026 08:00", "Bộ phận Một cửa"),
        step("02/11/2026 10:00", "Phòng A"),
        step("03/11/2026 14:30", "Phòng B"),
    )
    found = clock(known=Circumstances(steps=way))
    assert hours(found) == {"Bộ phận Một cửa": 2.5, "Phòng A": 10.5, "Phòng B": 3.5}
    assert (found.working_s, found.by_steps, found.running) == (16.5 * HOUR, True, True)
    assert found.calendar_ms == 48.5 * HOUR * 1000


def test_waiting_for_papers_or_a_fee_is_the_citizens_whoever_holds_the_dossier() -> None:
    way = (
        step("02/11/2026 10:00", "Phòng A"),
        step("03/11/2026 07:00", "Phòng A", "6"),
        step("03/11/2026 11:30", "Phòng A", "4"),
    )
    found = clock(known=Circumstances(steps=way), supplements=asked("02/11/2026 14:00 – 02/11/2026 16:00"))
    assert hours(found)["citizen"] == 2 + 4.5
    assert sum(one.working_s for one in found.shares) == found.working_s


def test_an_approved_pause_is_nobodys() -> None:
    found = clock(known=Circumstances(pauses=(approved("03/11/2026 08:00 – 03/11/2026 09:00"),)))
    assert {one.holder for one in found.shares} == {Holder.UNIT, Holder.INTERRUPTION}
    assert hours(found)["interruption"] == 1


def test_without_steps_it_is_as_the_source_named_the_unit_when_it_was_read() -> None:
    before = handled(handling_unit="Phòng A", as_of=moment("02/11/2026 09:00"))
    found = clock(known=Circumstances(history=(before,)), handling_unit="Phòng B", as_of=moment("03/11/2026 07:00"))
    assert hours(found) == {"Bộ phận Một cửa": 0.5, "Phòng A": 7.0, "Phòng B": 9.0}
    assert not found.by_steps


def test_the_clock_stops_at_the_end_and_never_runs_ahead_of_now() -> None:
    done = clock("20/11/2026 08:00", status="9", finished=moment("03/11/2026 17:00"))
    assert (done.end, done.running) == (moment("03/11/2026 17:00"), False)
    assert dual_clock(handled(), moment("01/11/2026 08:00"), LAW) is None
    assert dual_clock(handled(filed=None, received=None), moment("03/11/2026 08:00"), LAW) is None


def test_a_night_is_the_citizens_waiting_and_nobodys_working_time() -> None:
    found = clock("03/11/2026 06:00", filed=moment("02/11/2026 18:00"), received=moment("02/11/2026 18:00"))
    assert (found.working_s, found.calendar_ms) == (0, 12 * HOUR * 1000)


MINUTES = st.integers(0, 60 * 24 * 60)
APPROVED = approved("03/11/2026 08:00 – 03/11/2026 09:00")
FIRST = datetime(2026, 1, 20, tzinfo=ICT)


def at(minutes: int, ms: int = 0) -> datetime:
    return FIRST + timedelta(minutes=minutes, milliseconds=ms)


WAY = st.tuples(MINUTES, st.sampled_from(("A", "B", "")), st.sampled_from(("4", "5", "6")), st.integers(0, 999))


@st.composite
def stories(draw: st.DrawFn) -> tuple[Dossier, Circumstances, datetime]:
    """A dossier with its way, its pauses of each kind, and a moment."""
    way = sorted(draw(st.lists(WAY, max_size=6)))
    papers = draw(st.lists(st.tuples(MINUTES, st.none() | st.integers(0, 9000)), max_size=3))
    outages = draw(st.lists(st.tuples(MINUTES, st.integers(1, 3000)), max_size=2))
    filed = draw(MINUTES)
    spans = [Span(start=at(first), end=at(first + length)) for first, length in outages]
    known = Circumstances(
        steps=tuple(sorted((Step(at=at(m, ms), unit=u, status=s) for m, u, s, ms in way), key=lambda one: one.at)),
        pauses=tuple(replace(APPROVED, span=span) for span in spans),
    )
    dossier = handled(
        filed=at(filed),
        received=at(filed + draw(st.integers(0, 3000))),
        supplements=tuple(Supplement(asked=at(m), answered=None if n is None else at(m + n)) for m, n in papers),
    )
    return dossier, known, at(filed + draw(MINUTES), 250)


@settings(max_examples=60)
@given(story=stories())
def test_the_shares_add_up_to_the_whole_exactly(story: tuple[Dossier, Circumstances, datetime]) -> None:
    one, known, now = story
    found = dual_clock(one, now, LAW, known)
    assert found is not None
    assert sum(share.working_s for share in found.shares) == found.working_s
    assert sum(share.calendar_ms for share in found.shares) == found.calendar_ms
    read = in_minutes(found)
    assert sum(share.working_s for share in read.shares) == read.working_s == found.working_s // 60 * 60
    assert sum(share.calendar_ms for share in read.shares) == read.calendar_ms == found.calendar_ms // 60_000 * 60_000
    assert all(share.working_s % 60 == share.calendar_ms % 60_000 == 0 for share in read.shares)
    assert found.working_s == LAW.calendar_of("").working_seconds(found.start, found.end)
    assert (found.stretches[0].start, found.stretches[-1].end) == (found.start, found.end)
    assert all(before.end == after.start for before, after in pairwise(found.stretches))


def test_a_day_alone_begins_at_midnight() -> None:
    found = clock(filed=moment("02/11/2026 00:00").date(), received=None)
    assert found.start == moment("02/11/2026 00:00")
