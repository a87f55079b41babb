"""The account of a window: five parts that add up, and others' failures, by their numbers in the list of peers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.core.interruption import Policy, fold
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span, at, from_ms, to_ms
from monitor.core.reporting import parse_period
from monitor.core.uptime import (
    Account,
    Gap,
    Judgement,
    Notice,
    Segment,
    ServiceHours,
    State,
    figures,
    judge,
    measure,
    timeline,
)

POLICY = Policy()
ZERO = datetime(2026, 11, 16, tzinfo=UTC)
SIGNS = {
    "u": (Verdict.UP, Cause.NONE),
    "d": (Verdict.DOWN, Cause.CONNECT),
    "?": (Verdict.UNKNOWN, Cause.CHALLENGED),
    "n": (Verdict.UNKNOWN, Cause.OWN_NETWORK),
    "r": (Verdict.UNKNOWN, Cause.RATE_LIMITED),
    "p": (Verdict.UNKNOWN, Cause.PROBE_FAILED),
}
MINUTE = 60_000


def look(
    sign: str, ms: int, *, target: str = "portal", valid_for_ms: int = 10 * MINUTE, vantage: str = "office"
) -> Look:
    verdict, cause = SIGNS[sign]
    moment = ZERO + timedelta(milliseconds=ms)
    return Look(
        service="2.001474",
        target=target,
        vantage=vantage,
        kind=Kind.HTTP,
        at=moment,
        received_at=moment,
        verdict=verdict,
        cause=cause,
        valid_for_ms=valid_for_ms,
    )


def looks(story: str, *, every_ms: int = 5 * MINUTE, start: int = 0, target: str = "portal") -> list[Look]:
    """One look every five minutes; a dot is none."""
    valid = 2 * every_ms
    return [
        look(sign, start + place * every_ms, target=target, valid_for_ms=valid)
        for place, sign in enumerate(story)
        if sign != "."
    ]


def span(start: int, end: int) -> Span:
    return Span(start=ZERO + timedelta(milliseconds=start), end=ZERO + timedelta(milliseconds=end))


def minutes(start: float, end: float) -> Span:
    return span(int(start * MINUTE), int(end * MINUTE))


def account(story: str, length: float | None = None, **more: object) -> Account:
    """The account of a story, over its own length unless told otherwise, in minutes."""
    window = minutes(0, length if length is not None else 5 * len(story))
    return measure(window, looks(story), POLICY, **more)  # type: ignore[arg-type]


def parts(found: Account) -> dict[State, float]:
    """The parts that are not nothing, in minutes."""
    exact = {
        State.UP: found.up_ms,
        State.DOWN: found.down_ms,
        State.MAINTENANCE: found.maintenance_ms,
        State.EXCLUDED: found.excluded_ms,
        State.UNKNOWN: found.unknown_ms,
    }
    return {state: ms / MINUTE for state, ms in exact.items() if ms}


def gaps(found: Account) -> dict[Gap, float]:
    return {gap: ms / MINUTE for gap, ms in found.unknown_by.items()}


def drawn(segments: Iterable[Segment]) -> str:
    """A timeline in one line: "up 10, down 5, not_looked 3", in minutes."""
    return ", ".join(f"{one.gap or one.state} {one.span.ms / MINUTE:g}" for one in segments)


# What a look says, and for how long.


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ("", "not_looked 40"),
        ("uuuuuuuu", "up 40"),
        ("u", "up 10, not_looked 30"),
        ("....u", "not_looked 20, up 10, not_looked 10"),
        ("dd", "down 15, not_looked 25"),
        ("dduuuuuu", "down 10, up 30"),
        ("uududuuu", "up 10, unconfirmed 5, up 5, unconfirmed 5, up 15"),
        ("uudduuuu", "up 10, down 10, up 20"),
        ("d", "unconfirmed 10, not_looked 30"),
        ("ud?duuuu", "up 5, down 15, up 20"),
        ("udd....u", "up 5, down 15, not_looked 15, up 5"),
        ("ud....du", "up 5, down 10, not_looked 15, down 5, up 5"),
        ("ud????du", "up 5, down 10, challenged 15, down 5, up 5"),
        ("u???nnr?", "up 10, challenged 10, own_network 10, rate_limited 5, challenged 5"),
        ("u..?....", "up 10, not_looked 5, challenged 10, not_looked 15"),
        ("p.......", "probe_failed 10, not_looked 30"),
        ("??u?????", "challenged 10, up 10, challenged 20"),
    ],
)
def test_a_timeline_tells_what_was_seen_and_why_the_rest_was_not(story: str, told: str) -> None:
    assert drawn(timeline(looks(story), POLICY, minutes(0, 40))) == told


def test_a_timeline_of_no_time_is_empty_and_of_two_targets_refused() -> None:
    assert timeline(looks("uu"), POLICY, minutes(3, 3)) == ()
    with pytest.raises(ValueError, match="of one target"):
        timeline([*looks("u"), *looks("u", target="ministry")], POLICY, minutes(0, 5))


def test_looks_from_before_the_window_speak_into_it_for_as_long_as_they_may() -> None:
    assert drawn(timeline(looks("uu"), POLICY, minutes(7, 20))) == "up 8, not_looked 5"


def test_a_failure_before_the_window_is_confirmed_by_one_in_it_and_one_in_it_by_one_after() -> None:
    story = looks("ud?du")
    assert drawn(timeline(story, POLICY, minutes(12, 20))) == "down 8"
    assert drawn(timeline(story, POLICY, minutes(0, 10))) == "up 5, down 5"


def test_each_look_speaks_by_the_interval_in_force_when_it_was_made() -> None:
    """22: at noon the interval went from five minutes to one; after the last dense look two minutes are known."""
    before = looks("uu")
    after = looks("uuuuu", every_ms=MINUTE, start=10 * MINUTE)
    assert drawn(timeline([*before, *after], POLICY, minutes(0, 40))) == "up 16, not_looked 24"
    sparse_again = looks("uu", start=40 * MINUTE)
    whole = measure(minutes(0, 50), [*before, *after, *sparse_again], POLICY)
    assert parts(whole) == {State.UP: 26, State.UNKNOWN: 24}


# Failures of others, by number.


def test_01_a_clock_that_jumps_back_never_makes_more_than_the_whole() -> None:
    before = looks("uuuuuuuuuuuu")
    again = [look(sign, 30 * MINUTE + 1 + n * 5 * MINUTE) for n, sign in enumerate("uudduuuu")]
    found = measure(minutes(0, 70), [*before, *again], POLICY)
    assert sum(parts(found).values()) == 70
    assert found.measured is not None
    assert found.measured <= 1


def test_02_the_monitor_off_for_five_hours_is_a_gap_and_not_the_last_state() -> None:
    story = "u" * 12 + "." * 60 + "u" * 12
    found = account(story)
    assert gaps(found) == {Gap.NOT_LOOKED: 5 * 60 - 5}
    assert found.measured == 1
    assert found.coverage == Fraction(12 + 1 + 12, 84)
    assert found.lower == Fraction(11 + 12, 84)  # it may have begun right after the last look before the gap


@pytest.mark.parametrize("every_s", [300, 60, 20, 5])
def test_03_denser_looks_while_failing_do_not_change_the_figure(every_s: int) -> None:
    steady = looks("uuuudddddduuuu")
    dense = looks("d" * (1500 // every_s), every_ms=every_s * 1000, start=20 * MINUTE + 1)
    found, plain = measure(minutes(0, 70), [*steady, *dense], POLICY), account("uuuudddddduuuu")
    assert parts(found) == parts(plain) == {State.UP: 40, State.DOWN: 30}
    assert found.measured == plain.measured


def test_04_an_outage_that_comes_and_goes_while_the_monitor_is_off_is_unknown_and_within_the_bounds() -> None:
    found = account("u" * 12 + "." * 36 + "u" * 12)
    assert found.down_ms == 0
    truth = Fraction(24 * 5 + 60, 60 * 5)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= truth <= found.upper


def test_05_an_interruption_open_for_months_counts_in_each_window_it_lasts_through() -> None:
    story = looks("u" + "d" * (70 * 24), every_ms=60 * MINUTE)
    day = 24 * 60
    found = measure(minutes(63 * day, 70 * day), story, POLICY)
    assert parts(found) == {State.DOWN: 7 * day}
    assert found.measured == found.lower == 0
    (one,) = found.interruptions
    assert one.open
    assert one.first_bad == ZERO + timedelta(hours=1)


def test_06_overlapping_interruptions_count_once_and_lose_no_time() -> None:
    story = [*looks("uudddduuuu"), *looks("uuuudddduu", target="ministry")]
    found = measure(minutes(0, 50), story, POLICY)
    assert parts(found) == {State.UP: 20, State.DOWN: 30}
    assert [(one.target, one.failed_looks) for one in found.interruptions] == [("portal", 4), ("ministry", 4)]


def test_07_the_hundred_and_first_interruption_counts_like_the_first() -> None:
    found = account("uddu" * 120)
    assert len(found.interruptions) == 120
    assert found.measured == Fraction(1, 2)


def test_08_a_service_created_in_mid_window_is_unknown_before() -> None:
    found = account("." * 500 + "u" * 100)
    assert parts(found) == {State.UNKNOWN: 2500, State.UP: 500}
    assert found.measured == 1
    assert found.coverage == Fraction(1, 6)


@pytest.mark.parametrize("story", ["", "????", "nnnn", "d", "...p"])
def test_09_no_data_is_no_figure(story: str) -> None:
    found = account(story, 20)
    assert found.measured is found.lower is found.upper is None
    assert found.coverage == 0
    assert parts(found) == {State.UNKNOWN: 20}
    assert judge(found, Fraction(1, 2)) is Judgement.INSUFFICIENT


@pytest.mark.parametrize("week", ["2025-W01", "2026-W01", "2026-W09", "2026-W53", "2027-W01"])
def test_10_a_week_over_the_end_of_a_month_or_year_has_seven_days(week: str) -> None:
    window = parse_period(week).span
    assert window.ms == 7 * 24 * 60 * MINUTE
    assert sum(parts(measure(window, (), POLICY)).values()) == 7 * 24 * 60


def test_11_no_row_is_shifted_by_a_period() -> None:
    """An outage of Sunday 23:00–24:00 ICT belongs to that week and to no other."""
    monday = at(datetime(2026, 11, 16).date())  # noqa: DTZ001 - only its day counts
    offset = to_ms(monday) - to_ms(ZERO)
    week = 7 * 24 * 12
    story = looks("u" * (week - 12) + "d" * 12 + "u" * week, start=offset)
    this, following = (
        measure(parse_period("2026-W47").span, story, POLICY),
        measure(parse_period("2026-W48").span, story, POLICY),
    )
    assert (this.down_ms, following.down_ms) == (60 * MINUTE, 0)
    assert len(this.interruptions) == 1
    assert following.interruptions == ()
    assert this.segments[-1].span == Span(
        start=parse_period("2026-W47").span.end - timedelta(hours=1), end=this.window.end
    )


def test_12_twenty_seconds_down_in_a_week_never_reads_as_all() -> None:
    week = 7 * 24 * 60 * MINUTE
    story = looks("u" * (7 * 24 * 12))
    story += [look("d", MINUTE, valid_for_ms=MINUTE), look("d", MINUTE + 10_000), look("u", MINUTE + 20_000)]
    found = measure(span(0, week), story, POLICY)
    assert found.down_ms == 20_000
    told = figures(found)
    assert told["measured"] == "0.999966"
    assert float(told["lower"]) <= float(told["measured"]) <= float(told["upper"]) < 1


def test_12_not_even_a_millisecond_in_a_year_reads_as_all() -> None:
    year = 365 * 24 * 60 * MINUTE
    story = [look("u", 0, valid_for_ms=year), look("d", 10), look("d", 11), look("u", 12, valid_for_ms=year)]
    told = figures(measure(span(0, year), story, POLICY))
    assert told["down_ms"] == 2
    assert told["measured"] == told["lower"] == "0.999999"
    assert told["upper"] == "0.99999999997"


def test_13_a_maintenance_to_come_does_not_hide_today() -> None:
    notice = Notice(service="2.001474", span=minutes(1000, 1100), entered_at=ZERO)
    assert parts(account("uudduu", notices=(notice,))) == {State.UP: 20, State.DOWN: 10}


def test_13_what_was_down_before_a_maintenance_stays_one_interruption() -> None:
    notice = Notice(service="2.001474", span=minutes(20, 40), entered_at=ZERO)
    found = account("uuddddddddduu", notices=(notice,))
    assert drawn(found.segments) == "up 10, down 10, maintenance 20, down 15, up 10"
    assert len(found.interruptions) == 1


def test_15_looks_that_wait_for_a_locked_database_count_by_when_they_were_made() -> None:
    story = looks("uuuuuu")
    assert parts(measure(minutes(0, 30), reversed(story), POLICY)) == {State.UP: 30}


def test_21_a_look_that_hung_leaves_a_gap() -> None:
    assert gaps(account("u" * 6 + "." * 156 + "u" * 6)) == {Gap.NOT_LOOKED: 13 * 60 - 5}


# Maintenance, hours and several targets.


def test_notices_that_overlap_count_once_and_reach_no_further_than_the_window() -> None:
    notices = [Notice(service="2.001474", span=one, entered_at=ZERO) for one in (minutes(10, 30), minutes(20, 90))]
    found = account("u" * 12, notices=notices)
    assert parts(found) == {State.UP: 10, State.MAINTENANCE: 50}
    assert found.measured == found.coverage == 1


def test_outside_its_hours_a_service_is_neither_up_nor_down_nor_announced() -> None:
    hours = ServiceHours(spans=(minutes(0, 15), minutes(45, 60)))
    notice = Notice(service="2.001474", span=minutes(10, 30), entered_at=ZERO)
    found = account("uuuudddduuuu", notices=(notice,), hours=hours)
    assert drawn(found.segments) == "up 10, maintenance 5, excluded 30, up 15"
    assert found.measured == 1


def test_a_window_that_promised_nothing_has_no_figures_at_all() -> None:
    found = account("uuuu", hours=ServiceHours(spans=()))
    assert parts(found) == {State.EXCLUDED: 20}
    assert found.coverage is found.measured is None


def test_a_window_of_no_length_is_an_account_of_nothing() -> None:
    found = measure(minutes(5, 5), looks("uuu"), POLICY)
    assert (parts(found), found.segments, found.interruptions, found.coverage) == ({}, (), (), None)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("uuuu", "uuuu", "up 20"),
        ("dddd", "uuuu", "down 20"),
        ("dddd", "????", "down 20"),
        ("uuuu", "????", "challenged 20"),
        ("uuuu", "....", "not_looked 20"),
        ("nnnn", "....", "own_network 20"),
        ("nnnn", "????", "own_network 20"),
        ("uduu", "????", "challenged 5, unconfirmed 5, challenged 10"),
    ],
)
def test_a_service_is_down_while_one_required_target_is_and_up_while_all_are(one: str, other: str, told: str) -> None:
    required = frozenset({"portal", "ministry"})
    story = [*looks(one), *looks(other, target="ministry")]
    assert drawn(measure(minutes(0, 20), story, POLICY, required=required).segments) == told


def test_targets_that_are_not_required_do_not_count() -> None:
    story = [*looks("uuuu"), *looks("dddd", target="mirror")]
    found = measure(minutes(0, 20), story, POLICY, required=frozenset({"portal"}))
    assert parts(found) == {State.UP: 20}
    assert found.interruptions == ()
    assert parts(measure(minutes(0, 20), story, POLICY, required=frozenset())) == {State.UNKNOWN: 20}


# The bounds.


def test_the_bounds_take_an_interruption_at_its_longest_and_at_its_shortest() -> None:
    """Down between the looks of minutes 5 and 20, good again at 25 for sure, and by estimate from 10 to 25."""
    found = account("uudddu" + "u" * 6)
    assert found.measured == Fraction(45, 60)
    assert found.lower == Fraction(60 - 20, 60)
    assert found.upper == Fraction(60 - 10, 60)


def test_the_bounds_take_what_is_unknown_as_down_and_as_up() -> None:
    found = account("uuuu????uuuu")
    assert found.measured == 1
    assert found.coverage == Fraction(45, 60)
    assert found.lower == Fraction(45 - 10, 60)
    assert found.upper == 1


def test_what_a_look_speaks_for_is_not_sure_where_nobody_looked_again_in_that_time() -> None:
    """A power cut takes the service and the monitor: down from minute 61 to 179, and nobody looked from 60 to 180."""
    looked = [look("u", minute * MINUTE) for minute in (*range(0, 65, 5), *range(180, 240, 5))]
    found = measure(minutes(0, 240), looked, POLICY)
    assert found.lower is not None
    assert found.lower <= 1 - Fraction(118, 240)
    failing = [look("d", minute * MINUTE) for minute in (0, 5, 120, 125)]
    shortest = measure(minutes(0, 125), failing, POLICY).upper
    assert shortest == 1 - Fraction(10, 125)  # proved from each failed look to the next, where they come in time


def test_a_failure_nobody_confirmed_may_have_been_an_interruption_at_its_longest() -> None:
    found = account("uuduuu")
    assert parts(found) == {State.UP: 25, State.UNKNOWN: 5}
    assert found.measured == found.upper == 1
    assert found.lower == Fraction(20, 30)


def test_an_interruption_still_open_at_the_end_is_proved_only_to_its_last_failed_look() -> None:
    found = account("uuuudd", 40)
    assert drawn(found.segments) == "up 20, down 15, not_looked 5"
    assert found.lower == Fraction(15, 40)
    assert found.upper == Fraction(35, 40)


def test_a_service_is_surely_up_while_all_targets_are_and_surely_down_while_one_is() -> None:
    """Surely down from 10 to 15, or earlier from 5 on; the other target surely from 15 to 30."""
    story = [*looks("uudduuuu"), *looks("uuuddddu", target="ministry")]
    found = measure(minutes(0, 40), story, POLICY)
    assert parts(found) == {State.UP: 15, State.DOWN: 25}
    assert found.lower == Fraction(5 + 5, 40)
    assert found.upper == 1 - Fraction(20, 40)


def test_the_modelled_week_lies_within_its_bounds() -> None:
    """37 min outage; 6 h monitor off, hiding a real 2 h outage; 45 min own network lost; 2 h maintenance."""
    day = 24 * 60
    outage, hidden = minutes(day + 3, day + 40), minutes(3 * day + 120, 3 * day + 240)
    off, lost, planned = (
        minutes(3 * day, 3 * day + 360),
        minutes(4 * day, 4 * day + 45),
        minutes(5 * day, 5 * day + 120),
    )
    story = []
    for ms in range(0, 7 * day * MINUTE, MINUTE):
        moment = ZERO + timedelta(milliseconds=ms)
        sign = "n" if moment in lost else "d" if moment in outage or moment in planned else "u"
        if moment not in off:
            story.append(look(sign, ms, valid_for_ms=2 * MINUTE))
    notice = Notice(service="2.001474", span=planned, entered_at=ZERO)
    found = measure(minutes(0, 7 * day), story, POLICY, (notice,))
    truth = 1 - Fraction(outage.ms + hidden.ms, 7 * day * MINUTE - planned.ms)
    assert f"{float(truth):.3%}" == "98.424%"
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= truth <= found.upper
    assert gaps(found) == {Gap.NOT_LOOKED: 359, Gap.OWN_NETWORK: 44}


def test_judging_needs_the_bound_and_not_the_estimate() -> None:
    found = account("uudddu" + "u" * 6)
    assert judge(found, Fraction(40, 60)) is Judgement.MET
    assert judge(found, Fraction(45, 60)) is Judgement.INSUFFICIENT
    assert judge(found, Fraction(50, 60)) is Judgement.INSUFFICIENT
    assert judge(found, Fraction(51, 60)) is Judgement.NOT_MET


def test_figures_for_programs() -> None:
    assert figures(account("uuddu????", 45)) == {
        "window_ms": 2_700_000,
        "up_ms": 1_200_000,
        "down_ms": 600_000,
        "maintenance_ms": 0,
        "excluded_ms": 0,
        "unknown_ms": 900_000,
        "measured": "0.666666",
        "lower": "0.111111",
        "upper": "0.888889",
        "coverage": "0.666666",
        "unknown_by": {"challenged": 900_000},
        "interruptions": [
            {
                "target": "portal",
                "cause": "connect",
                "start": "2026-11-16T07:10:00.000+07:00",
                "end": "2026-11-16T07:20:00.000+07:00",
                "last_good": "2026-11-16T07:05:00.000+07:00",
                "first_bad": "2026-11-16T07:10:00.000+07:00",
                "last_bad": "2026-11-16T07:15:00.000+07:00",
                "first_good": "2026-11-16T07:20:00.000+07:00",
                "failed_looks": 2,
            }
        ],
    }
    nothing = figures(account("", 10))
    assert (nothing["measured"], nothing["lower"], nothing["upper"]) == (None, None, None)
    assert nothing["coverage"] == "0.000000"


# Properties, and an independent slow oracle.

signs = st.sampled_from("uuudddd?npr")
moments = st.integers(0, 400)


@st.composite
def some_looks(draw: st.DrawFn) -> list[Look]:
    """Looks at up to three targets from two places, with a target, place and moment at most once, as in the store."""
    keys = draw(st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y"]), moments), max_size=40))
    return [
        look(draw(signs), ms, target=target, vantage=vantage, valid_for_ms=draw(st.integers(0, 80)))
        for target, vantage, ms in sorted(keys)
    ]


windows = st.tuples(moments, moments).map(lambda ends: span(min(ends), max(ends)))
spans = st.lists(windows, max_size=4)
policies = st.builds(Policy, confirmations=st.integers(1, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything an account is made of."""

    window: Span
    story: list[Look]
    policy: Policy
    notices: list[Notice]
    hours: ServiceHours | None
    required: frozenset[str] | None

    def account(self, window: Span | None = None) -> Account:
        return measure(window or self.window, self.story, self.policy, self.notices, self.hours, required=self.required)


cases = st.builds(
    Case,
    window=windows,
    story=some_looks(),
    policy=policies,
    notices=spans.map(lambda found: [Notice(service="2.001474", span=one, entered_at=ZERO) for one in found]),
    hours=st.none() | spans.map(lambda found: ServiceHours(spans=tuple(found))),
    required=st.none() | st.frozensets(st.sampled_from("abcd")),
)


def five(found: Account) -> Counter[str]:
    parts_of = dict(
        up=found.up_ms,
        down=found.down_ms,
        maintenance=found.maintenance_ms,
        excluded=found.excluded_ms,
        **{gap.value: ms for gap, ms in found.unknown_by.items()},
    )
    return Counter({name: ms for name, ms in parts_of.items() if ms})


@given(cases)
def test_the_parts_add_up_to_the_window_and_the_reasons_to_the_unknown(case: Case) -> None:
    found, window = case.account(), case.window
    assert five(found).total() == window.ms
    assert sum(found.unknown_by.values()) == found.unknown_ms
    edges = [one.span.start for one in found.segments] + [window.end]
    assert edges[0] == window.start
    assert all(one.span.end == after for one, after in zip(found.segments, edges[1:], strict=True))
    assert all((one.state, one.gap) != (two.state, two.gap) for one, two in pairwise(found.segments))
    if found.measured is not None:
        assert found.lower is not None
        assert found.upper is not None
        assert 0 <= found.lower <= found.measured <= found.upper <= 1


@given(windows, some_looks(), policies, st.randoms(use_true_random=False))
def test_shuffled_and_doubled_looks_change_nothing(
    window: Span, story: list[Look], policy: Policy, chance: Random
) -> None:
    shuffled = [one for one in story for _ in range(chance.randint(1, 3))]
    chance.shuffle(shuffled)
    assert measure(window, shuffled, policy) == measure(window, story, policy)


@given(cases, moments)
def test_windows_split_anywhere_add_up(case: Case, ms: int) -> None:
    cut = ZERO + timedelta(milliseconds=ms)
    assume(case.window.start <= cut <= case.window.end)
    left = case.account(Span(start=case.window.start, end=cut))
    right = case.account(Span(start=cut, end=case.window.end))
    whole = case.account()
    assert five(left) + five(right) == five(whole)


@given(windows, some_looks(), policies)
def test_the_interruptions_are_those_that_folding_finds_and_the_window_touches(
    window: Span, story: list[Look], policy: Policy
) -> None:
    touched = tuple(
        one
        for one in fold(story, policy)
        if one.first_bad < window.end and (one.first_good is None or window.start < one.first_good)
    )
    assert measure(window, story, policy).interruptions == touched


def in_words(moment: datetime, mine: Sequence[Look], policy: Policy, end: datetime) -> tuple[str, bool]:
    """What one target is at one moment, straight from the sentences of the design, and whether the bounds agree."""
    told = sorted((one for one in mine if one.verdict is not Verdict.UNKNOWN), key=lambda one: (one.at, one.vantage))
    told = [one for place, one in enumerate(told) if not place or told[place - 1].at < one.at]
    before, after = [one for one in told if one.at <= moment], [one for one in told if one.at > moment]
    if before and moment < (until := before[-1].at + timedelta(milliseconds=before[-1].valid_for_ms)):
        failing_next = bool(after) and after[0].verdict is Verdict.DOWN
        silence = until < (after[0].at if after else end)
        if before[-1].verdict is Verdict.UP:
            return "up", not failing_next and not silence
        run = 0
        for one in [*reversed(before)]:
            if one.verdict is Verdict.UP:
                break
            run += 1
        for one in after:
            if one.verdict is Verdict.UP:
                break
            run += 1
        return ("down", failing_next and not silence) if run >= policy.confirmations else ("unconfirmed", True)
    every = sorted((one for one in mine if one.at <= moment), key=lambda one: (one.at, one.vantage))
    if every and every[-1].verdict is Verdict.UNKNOWN:
        last = every[-1]
        if moment < last.at + timedelta(milliseconds=last.valid_for_ms):
            return last.cause.value, True
    return "not_looked", True


def of_service(moment: datetime, case: Case) -> tuple[str, bool]:
    if case.hours is not None and not any(moment in one for one in case.hours.spans):
        return "excluded", True
    if any(moment in notice.span for notice in case.notices):
        return "maintenance", True
    keys = {one.target for one in case.story} if case.required is None else case.required
    said = [
        in_words(moment, [one for one in case.story if one.target == key], case.policy, case.window.end) for key in keys
    ]
    if any(what == "down" for what, _ in said):
        return "down", any(sure for what, sure in said if what == "down")
    if said and all(what == "up" for what, _ in said):
        return "up", all(sure for _, sure in said)
    for gap in Gap:
        if any(what == gap.value for what, _ in said):
            return gap.value, True
    return "not_looked", True


@settings(max_examples=60, deadline=None)
@given(cases)
def test_a_walk_over_every_millisecond_agrees(case: Case) -> None:
    found = case.account()
    walked = [of_service(from_ms(ms), case) for ms in range(to_ms(case.window.start), to_ms(case.window.end))]
    assert five(found) == Counter(what for what, _ in walked)
    looked = sum(what in {"up", "down"} for what, _ in walked)
    asked = sum(what not in {"excluded", "maintenance"} for what, _ in walked)
    if looked:
        assert found.measured == Fraction(sum(what == "up" for what, _ in walked), looked)
        assert found.lower == Fraction(walked.count(("up", True)), asked)
        assert found.upper == 1 - Fraction(walked.count(("down", True)), asked)
    else:
        assert found.measured is found.lower is found.upper is None
    assert found.coverage == (Fraction(looked, asked) if asked else None)


EVERY = 60


@st.composite
def truths(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Outages, each longer than one interval, as is the time between them."""
    found, ms = [], 0
    for good, bad in draw(st.lists(st.tuples(st.integers(EVERY + 1, 900), st.integers(EVERY + 1, 400)), max_size=8)):
        found.append((ms + good, ms + good + bad))
        ms += good + bad
    return found


@given(truths(), st.data())
def test_the_bounds_contain_the_truth_of_outages_longer_than_an_interval(
    outages: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Looks come up to an interval apart and speak for two; now and then the monitor itself is off for a while."""
    end = (outages[-1][1] if outages else 0) + 1000
    off = data.draw(st.lists(st.tuples(st.integers(0, end), st.integers(0, 600)), max_size=2))
    moments_, ms = [], -EVERY
    while ms < end + 2 * EVERY:
        if not any(start <= ms < start + length for start, length in off):
            moments_.append(ms)
        ms += data.draw(st.integers(EVERY // 2, EVERY))
    story = []
    for ms in moments_:
        bad = any(start <= ms < stop for start, stop in outages)
        story.append(look("d" if bad else "u", ms, valid_for_ms=2 * EVERY))
    start = data.draw(st.integers(0, end - 1))
    stop = data.draw(st.integers(start + 1, end))
    found = measure(span(start, stop), story, POLICY)
    down = sum(max(0, min(stop, after) - max(start, before)) for before, after in outages)
    truth = 1 - Fraction(down, stop - start)
    if found.measured is not None:
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower <= truth <= found.upper
