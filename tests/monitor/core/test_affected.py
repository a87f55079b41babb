"""Where an interruption meets deadlines: what fell into it, what working time each clock lost, what may be left out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from monitor.core.affected import Affected, Met, affected, outage_of
from monitor.core.dossier import Channel, Dossier, Status
from monitor.core.finding import FindingKind
from monitor.core.interruption import Interruption
from monitor.core.look import Cause
from monitor.core.period import ICT, Span
from monitor.law import load_law

LAW = load_law()


def at(text: str) -> datetime:
    """ "11 08:30": a moment of March 2024."""
    return datetime.strptime(f"2024-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ICT)


DOWN = Interruption(
    service="2.001474",
    target="cong",
    last_good=at("11 08:20"),
    first_bad=at("11 08:30"),
    last_bad=at("11 09:30"),
    first_good=at("11 10:00"),
    cause=Cause.TIMEOUT,
    failed_looks=3,
)
NOW = at("12 10:00")


def dossier(**said: Any) -> Dossier:
    facts: dict[str, Any] = {
        "source": "mot-cua",
        "code": "H-1",
        "procedure": "2.001474",
        "channel": Channel.ONLINE,
        "status": Status.PROCESSING,
        "handling_agency": "so-cong-thuong",
        "receiving_agency": "so-cong-thuong",
        "as_of": NOW,
        "first_seen": NOW,
    }
    return Dossier(**facts | said)


def met(one: Interruption = DOWN, **said: Any) -> Affected | None:
    return affected(dossier(**said), outage_of(one, NOW), LAW)


def waiting(filed: Any, **said: Any) -> Affected | None:
    return met(status=Status.REGISTERED, filed=filed, **said)


def lost(one: Affected | None, kind: FindingKind) -> tuple[int, int, int, bool]:
    """Minutes, at least, at most; and whether the last lawful time was among them."""
    assert one is not None
    (found,) = (each for each in one.lost if each.kind is kind)
    return found.seconds // 60, found.least // 60, found.most // 60, found.last


def test_one_filed_meanwhile_loses_what_was_left_of_the_interruption() -> None:
    found = waiting(at("11 08:45"))
    assert found is not None
    assert (found.met, found.possible) == ((Met.FILED,), ())
    assert lost(found, FindingKind.RECEPTION) == (75, 45, 75, False)
    assert found.pause == Span(start=at("11 08:45"), end=at("11 10:00"))


def test_one_whose_last_hour_of_reception_fell_into_it_is_said_to_have_lost_that() -> None:
    found = waiting(at("08 09:15"))
    assert found is not None
    assert found.met == (Met.RECEPTION_DUE,)
    assert found.last
    assert lost(found, FindingKind.RECEPTION) == (90, 60, 100, True)


@pytest.mark.parametrize(
    ("appointment", "kinds", "last"),
    [
        (at("11 09:45"), (Met.RESULT_DUE,), True),
        (at("11 10:00"), None, False),
        (at("11 08:25"), (), True),
        (at("12 09:45"), None, False),
        (date(2024, 3, 11), (), True),
    ],
    ids=["during", "at its end", "perhaps", "a day later", "only the day is known"],
)
def test_an_appointment_in_it_is_met_surely_perhaps_or_not(
    appointment: Any, kinds: tuple[Met, ...] | None, last: bool
) -> None:
    found = met(filed=at("04 08:00"), received=at("04 09:00"), appointment=appointment)
    if kinds is None:
        assert found is None
    else:
        assert found is not None
        assert found.met == kinds
        assert found.possible == (() if kinds else (Met.RESULT_DUE,))
        assert (found.last, found.pause is not None) == (last and appointment != at("11 08:25"),) * 2


def test_a_clock_that_stood_still_loses_nothing() -> None:
    """Received before it began, and at night: no working time is lost, and there is nothing to leave out."""
    night = Interruption(
        service="2.001474",
        target="cong",
        last_good=None,
        first_bad=at("11 18:00"),
        last_bad=at("11 19:00"),
        first_good=at("11 20:00"),
        cause=Cause.TIMEOUT,
        failed_looks=2,
    )
    found = met(night, status=Status.REGISTERED, filed=at("11 18:30"))
    assert found is not None
    assert (found.met, found.pause, lost(found, FindingKind.RECEPTION)) == ((Met.FILED,), None, (0, 0, 0, False))
    received = met(filed=at("08 16:00"), received=at("11 08:35"), appointment=at("15 17:00"))
    assert received is not None
    assert received.met == (Met.RECEIVED,)
    assert lost(received, FindingKind.RECEPTION) == (5, 5, 15, False)
    assert lost(received, FindingKind.RESULT) == (85, 55, 85, False)


def test_what_was_late_before_it_began_lost_nothing_by_it() -> None:
    found = met(filed=at("04 08:00"), received=at("11 08:40"), appointment=at("15 17:00"))
    assert found is not None
    assert [one.kind for one in found.lost] == [FindingKind.RESULT]


@pytest.mark.parametrize(
    "said",
    [
        {"filed": at("11 07:00"), "received": at("11 07:30"), "appointment": at("15 17:00")},
        {"filed": at("11 10:00")},
        {"filed": None},
        {"filed": at("11 07:00"), "channel": Channel.COUNTER, "status": Status.REGISTERED},
    ],
    ids=["before", "just after", "no dates", "at a counter"],
)
def test_what_nothing_happened_to_meanwhile_is_not_met(said: dict[str, Any]) -> None:
    assert met(**said) is None


def test_an_interruption_that_goes_on_lasts_until_now() -> None:
    going_on = Interruption(
        service="2.001474",
        target="cong",
        last_good=None,
        first_bad=at("11 08:30"),
        last_bad=at("12 09:59"),
        first_good=None,
        cause=Cause.TIMEOUT,
        failed_looks=9,
    )
    found = affected(dossier(status=Status.REGISTERED, filed=at("12 09:00")), outage_of(going_on, NOW), LAW)
    assert lost(found, FindingKind.RECEPTION) == (60, 59, 60, False)


def test_a_year_without_calendar_leaves_its_clock_out() -> None:
    far = met(filed=at("04 08:00"), received=at("11 08:40"), appointment=datetime(2031, 1, 2, tzinfo=ICT))
    assert far is not None
    assert (far.met, far.lost) == ((Met.RECEIVED,), ())
