"""What came back within thirty days of an end is a recurrence; what overlaps is one failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interruption import Interruption
from monitor.core.look import Cause
from monitor.core.recurrence import RECURRENCE_DAYS, earlier, failures

ZERO = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 24


def outage(start: float, end: float | None, target: str = "trang") -> Interruption:
    """From so many hours after ZERO to so many; still open without an end."""
    return Interruption(
        service="2.001474",
        target=target,
        last_good=None,
        first_bad=ZERO + start * HOUR,
        last_bad=ZERO + start * HOUR,
        first_good=None if end is None else ZERO + end * HOUR,
        cause=Cause.TIMEOUT,
        failed_looks=2,
    )


@pytest.mark.parametrize(
    ("one", "others", "recurring"),
    [
        ((0, 1), [], False),
        ((5, 6), [(0, 1)], True),
        ((0, 1), [(5, 6)], False),
        ((30 * DAYS + 1, 800), [(0, 1)], True),  # the last moment of the thirty days
        ((30 * DAYS + 1.001, 800), [(0, 1)], False),
        ((5, 6), [(0, None)], False),  # the other never ended: one failure
        ((5, 6), [(0, 5)], False),  # one ended as the other began: the service never worked between
        ((5, 6), [(0, 5.5)], False),
        ((5, 6), [(0, 5.5), (-9, -8)], True),  # the failure began at 0, and repeats what ended before
        ((5, 6), [(0, 5.5), (1, 2)], False),  # a short one within the long one came before nothing
        ((5, 6), [(5, 7)], False),
        ((5, None), [(0, 1)], True),
        ((5, 6), [(5, 6)], False),  # itself
    ],
)
def test_a_failure_recurs_where_the_service_worked_in_between(
    one: tuple[float, float | None], others: list[tuple[float, float | None]], recurring: bool
) -> None:
    before = earlier(outage(*one), [outage(*other, target=f"{i}") for i, other in enumerate(others)])
    assert (before is not None) is recurring


def test_the_latest_end_is_named() -> None:
    found = earlier(outage(50, 51), [outage(0, 1), outage(10, 12), outage(11, 11.5)])
    assert found == outage(10, 12)


SPANS = st.lists(
    st.tuples(st.integers(0, 2000), st.one_of(st.none(), st.integers(1, 300))).map(
        lambda pair: outage(pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    max_size=12,
)


def by_the_hour(one: Interruption, others: list[Interruption]) -> bool:
    """The same, hour by hour: back through the failure to an hour in which all worked, then to one in which not."""
    down = {
        hour
        for other in others
        if other.first_bad < one.first_bad
        for hour in range(int((other.first_bad - ZERO) / HOUR) * 2, _end(other, one) * 2 + 1)
    }
    hour = int((one.first_bad - ZERO) / HOUR) * 2
    while hour in down:
        hour -= 1
    began = hour + 1 if hour + 1 in down else hour
    return any(began - RECURRENCE_DAYS * DAYS * 2 <= past < began for past in down)


def _end(other: Interruption, one: Interruption) -> int:
    return int(((other.first_good or one.first_bad) - ZERO) / HOUR)


@given(one=st.integers(0, 2000), others=SPANS)
def test_an_oracle_that_counts_hours_agrees(one: int, others: list[Interruption]) -> None:
    assert (earlier(outage(one, one + 1), others) is not None) is by_the_hour(outage(one, one + 1), others)


@given(one=st.integers(0, 2000), others=SPANS, random=st.randoms())
def test_the_order_of_the_others_does_not_matter(one: int, others: list[Interruption], random) -> None:
    shuffled = random.sample(others, len(others))
    assert earlier(outage(one, None), shuffled) == earlier(outage(one, None), others)


@pytest.mark.parametrize(
    ("some", "sizes"),
    [
        ([], []),
        ([(0, 1)], [1]),
        ([(0, 1), (0, 1)], [2]),
        ([(0, 2), (1, 3), (2.5, 4)], [3]),  # each meets the one before, the first and the last do not
        ([(0, 1), (1, 2)], [2]),  # the service never worked between them
        ([(0, 1), (1.001, 2)], [1, 1]),
        ([(0, 9), (1, 2), (3, 4), (10, 11)], [3, 1]),
        ([(0, None), (5, 6), (900, 901)], [3]),
        ([(0, 1), (5, None), (6, 7)], [1, 2]),
    ],
)
def test_what_overlaps_is_one_failure_of_the_service(some: list[tuple[float, float | None]], sizes: list[int]) -> None:
    every = [outage(*one, target=f"{place}") for place, one in enumerate(some)]
    assert [len(one) for one in failures(reversed(every))] == sizes
    assert [one for several in failures(every) for one in several] == every


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=9))
def test_nothing_recurs_within_one_failure_and_every_later_failure_does(spans: list[tuple[int, int]]) -> None:
    every = [outage(start, start + length, target=f"{place}") for place, (start, length) in enumerate(spans)]
    for number, several in enumerate(failures(every)):
        assert [earlier(one, every) is not None for one in several] == [number > 0] * len(several)
