"""Findings that hang on more than the latest word: limits, hand-over, refusal, apologies, by moment or by day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.deadline import Counting
from monitor.core.discrepancy import discrepancies
from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind, Standing, findings
from monitor.core.law import Comparison, Law
from monitor.core.limit import limit_of
from monitor.core.period import ICT
from monitor.core.workdays import CalendarUnknown
from tests.monitor.core.deadline_facts import (
    BY_DATE,
    LAW,
    apology,
    asked,
    day,
    found,
    handled,
    moment,
    stamp,
    step,
    with_limit,
)

K = FindingKind
BY = "Nguyễn Văn A, Sở Tư pháp, 02/12/2026"


# Limits


@pytest.mark.parametrize("key", ["resolution_hours.X", "resolution_days.X", "resolution_calendar_days.X"])
def test_a_limit_is_of_the_unit_its_rule_is_named_for(key: str) -> None:
    unit = {"hours": "8 hours", "days": "5 days", "calendar_days": "30 calendar"}[
        key.split(".", maxsplit=1)[0].removeprefix("resolution_")
    ]
    law = with_limit(unit)
    one = limit_of(law, "X", day("02/11/2026"))
    assert one is not None
    assert (f"{one.unit}.X", one.value, one.rule.key) == (key, int(unit.split()[0]), key)
    assert limit_of(law, "Y", day("02/11/2026")) is None
    assert limit_of(law, "", day("02/11/2026")) is None


def test_the_rule_of_the_day_of_reception_holds() -> None:
    old = limit_of(LAW, "2.000004", day("30/11/2024"))
    new = limit_of(LAW, "2.000004", day("01/12/2024"))
    assert old is not None
    assert new is not None
    assert "128/2024" not in old.rule.citation
    assert "128/2024" in new.rule.citation


def test_without_an_appointment_an_unconfirmed_limit_is_only_noted() -> None:
    said = found(handled(appointment=None), "20/11/2026 08:00", with_limit("5 days"))
    assert K.RESULT not in said
    noted = said[K.NO_APPOINTMENT]
    assert (noted.standing, noted.due, noted.counted) == (Standing.NOTED, day("09/11/2026"), Counting.LIMIT)
    assert noted.rules == ("resolution_days.X",)


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("03/11/2026 08:00", Standing.RUNNING),
        ("04/11/2026 08:00", Standing.NEAR),
        ("09/11/2026 08:00", Standing.DUE),
        ("10/11/2026 00:00", Standing.LATE),
    ],
)
def test_without_an_appointment_a_confirmed_limit_runs_and_names_itself(now: str, standing: Standing) -> None:
    said = found(handled(appointment=None), now, with_limit("5 days", BY))
    assert (said[K.RESULT].standing, said[K.RESULT].due) == (standing, day("09/11/2026"))
    assert (said[K.RESULT].counted, said[K.RESULT].rules) == (Counting.LIMIT, ("resolution_days.X",))
    assert K.NO_APPOINTMENT in said
    assert K.APOLOGY not in said


def test_a_confirmed_limit_is_late_only_by_both_ways_to_count_a_supplement() -> None:
    one = handled(appointment=None, supplements=asked("03/11/2026 09:00 – 06/11/2026 09:00"))
    law = with_limit("5 days", BY)
    result = found(one, "13/11/2026 08:00", law)[K.RESULT]
    assert (result.due, result.beside) == (day("13/11/2026"), day("12/11/2026"))  # begun anew on Friday 6/11; left out
    assert result.standing is Standing.DUE
    assert found(one, "14/11/2026 00:00", law)[K.RESULT].standing is Standing.LATE
    waiting = handled(appointment=None, supplements=asked("03/11/2026 09:00"))
    assert K.RESULT not in found(waiting, "30/11/2026 08:00", law)


def test_an_ended_dossier_without_an_appointment_was_late_by_a_confirmed_limit_only() -> None:
    done = handled(appointment=None, status="9", finished=moment("10/11/2026 07:00"))
    assert found(done, "20/11/2026 08:00", with_limit("5 days", BY))[K.RESULT].standing is Standing.LATE_DONE
    assert K.RESULT not in found(done, "20/11/2026 08:00", with_limit("5 days"))
    assert K.RESULT not in found(done, "20/11/2026 08:00", with_limit("6 days", BY))


def test_a_limit_beyond_the_calendar_is_said_to_be_uncountable() -> None:
    one = handled(appointment=None, received=moment("20/12/2027 08:00"), filed=moment("20/12/2027 08:00"))
    assert found(one, "20/12/2027 09:00", with_limit("30 days", BY))[K.NO_CALENDAR].counted == Counting.NO_CALENDAR


# Hand-over


@pytest.mark.parametrize(
    ("received", "handed", "late"),
    [
        ("02/11/2026 15:00", "02/11/2026 23:59", False),
        ("02/11/2026 15:00", "03/11/2026 00:01", True),
        ("02/11/2026 15:01", "03/11/2026 08:00", False),  # early on the next working day: within its first hour
        ("02/11/2026 15:01", "03/11/2026 08:01", True),
        ("06/11/2026 16:00", "09/11/2026 07:30", False),  # over a weekend
        ("07/11/2026 09:00", "09/11/2026 07:30", False),  # received on a Saturday
        ("02/11/2026", "03/11/2026 16:00", False),  # the hour may have been any
        ("02/11/2026", "04/11/2026 07:00", True),
    ],
)
def test_a_dossier_is_handed_over_the_same_day_or_early_on_the_next(received: str, handed: str, *, late: bool) -> None:
    way = Circumstances(steps=(step(handed, "Phòng Quản lý thương mại"),))
    one = handled(filed=stamp(received), received=stamp(received), appointment=moment("30/11/2026 17:00"))
    said = found(one, "20/11/2026 08:00", known=way)
    assert (K.HANDOVER in said) is late
    if late:
        assert (said[K.HANDOVER].standing, said[K.HANDOVER].agency) == (Standing.NOTED, "trung-tam")


def test_a_hand_over_that_is_still_to_come_tells_when_it_will_be_late() -> None:
    way = Circumstances(steps=(step("02/11/2026 08:00", "Bộ phận Một cửa"),))
    before = found(handled(), "02/11/2026 09:00", known=way)[K.HANDOVER]
    assert (before.standing, before.next_change_at) == (Standing.RUNNING, moment("03/11/2026 00:00"))
    after = found(handled(), "03/11/2026 00:00", known=way)[K.HANDOVER]
    assert (after.standing, after.since) == (Standing.NOTED, moment("03/11/2026 00:00"))


@pytest.mark.parametrize("changed", [{"receiving_unit": ""}, {"handling_unit": "Bộ phận Một cửa"}, {"received": None}])
def test_where_its_steps_cannot_tell_no_hand_over_is_late(changed: dict[str, Any]) -> None:
    way = Circumstances(steps=(step("02/11/2026 08:00", "Bộ phận Một cửa"),))
    assert K.HANDOVER not in found(handled(**changed), "20/11/2026 08:00", known=way)


# Supplements


@pytest.mark.parametrize(("when", "late"), [("05/11/2026 17:00", False), ("06/11/2026 07:00", True)])
def test_papers_are_asked_for_within_three_working_days_of_reception(when: str, *, late: bool) -> None:
    one = handled(status="5", supplements=asked(when))
    said = found(one, "20/11/2026 08:00")
    assert (K.SUPPLEMENT_NOTICE in said) is late
    if late:
        assert said[K.SUPPLEMENT_NOTICE].due == day("05/11/2026")


def test_a_financial_duty_pauses_on_ground_that_nobody_confirmed() -> None:
    paused = found(handled(status="6"), "20/11/2026 08:00")[K.RESULT]
    assert (paused.standing, paused.rules) == (Standing.PAUSED, ("financial_duty_pause",))
    rule = LAW.rule(paused.rules[0], day("20/11/2026"))
    assert not rule.confirmed_by
    assert found(handled(status="5"), "20/11/2026 08:00")[K.RESULT].rules == ()


# Refusal and withdrawal


@pytest.mark.parametrize(("refused", "late"), [("03/11/2026 07:30", False), ("03/11/2026 07:31", True)])
def test_a_refusal_ends_the_reception_of_an_online_dossier(refused: str, *, late: bool) -> None:
    said = found(handled(status="3", received=None, appointment=None, refused=moment(refused)), "20/11/2026 08:00")
    assert (K.RECEPTION in said) is late
    if late:
        assert said[K.RECEPTION].standing is Standing.LATE_DONE


def test_a_refusal_without_a_moment_accuses_nobody() -> None:
    assert found(handled(status="3", received=None, appointment=None), "20/11/2026 08:00") == {}


@pytest.mark.parametrize(("refused", "late"), [("09/11/2026 17:00", False), ("09/11/2026 17:01", True)])
def test_a_refusal_is_told_within_the_time_for_the_result(refused: str, *, late: bool) -> None:
    said = found(handled(status="8", refused=moment(refused)), "20/11/2026 08:00")
    assert (K.REFUSED_LATE in said) is late
    law = with_limit("5 days")
    by_limit = found(handled(status="8", appointment=None, refused=moment("10/11/2026 07:00")), "20/11/2026 08:00", law)
    assert by_limit[K.REFUSED_LATE].rules == ("resolution_days.X",)


def test_a_refusal_told_of_before_it_happened_accuses_nobody() -> None:
    told = moment("04/11/2026 08:00")
    one = handled(status="8", appointment=moment("03/11/2026 17:00"), refused=moment("05/11/2026 08:00"))
    assert K.REFUSED_LATE in found(one, "20/11/2026 08:00")
    assert K.REFUSED_LATE not in found(replace(one, told=told), "20/11/2026 08:00")
    waiting = replace(one, status="3", received=None, appointment=None)
    assert K.RECEPTION in found(waiting, "20/11/2026 08:00")
    assert K.RECEPTION not in found(replace(waiting, told=told), "20/11/2026 08:00")


def test_no_result_is_owed_of_what_was_taken_back_before_anybody_received_it() -> None:
    taken = handled(status="7", finished=moment("20/11/2026 08:00"))
    assert found(taken, "20/11/2026 09:00")[K.RESULT].standing is Standing.LATE_DONE
    assert K.RESULT not in found(
        handled(status="7", received=None, finished=moment("20/11/2026 08:00")), "20/11/2026 09:00"
    )


# Apologies and new appointments


def test_the_one_new_appointment_counts_while_the_source_prints_the_old() -> None:
    known = Circumstances(apologies=(apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00"),))
    said = found(handled(), "12/11/2026 08:00", known=known)
    assert (said[K.RESULT].due, said[K.RESULT].counted) == (moment("16/11/2026 17:00"), Counting.REAPPOINTED)
    assert said[K.RESULT].standing is Standing.NEAR
    assert K.APOLOGY not in said  # none may follow it
    assert found(handled(), "16/11/2026 17:01", known=known)[K.RESULT].standing is Standing.LATE


@pytest.mark.parametrize(
    "sent",
    [
        apology("10/11/2026", "09/11/2026 17:00", "16/11/2026 17:00"),  # after the appointment: it was late already
        apology("06/11/2026", "05/11/2026 17:00", "16/11/2026 17:00"),  # of another appointment
        apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00", breach=True),
        apology("06/11/2026", "09/11/2026 17:00", "06/11/2026 17:00"),  # earlier
    ],
    ids=["sent-late", "of-another", "breach", "earlier"],
)
def test_an_apology_that_gives_no_appointment_moves_none(sent: Any) -> None:
    result = found(handled(), "12/11/2026 08:00", known=Circumstances(apologies=(sent,)))[K.RESULT]
    assert (result.standing, result.due, result.counted) == (
        Standing.LATE,
        moment("09/11/2026 17:00"),
        Counting.APPOINTMENT,
    )


def test_a_second_new_appointment_is_noted_whoever_gave_it() -> None:
    first = apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00")
    second = apology("13/11/2026", "16/11/2026 17:00", "20/11/2026 17:00")
    both = Circumstances(apologies=(first, second))
    assert found(handled(), "12/11/2026 08:00", known=both)[K.SECOND_REAPPOINTMENT].rules == ("reappointments",)
    assert K.SECOND_REAPPOINTMENT not in found(handled(), "12/11/2026 08:00", known=Circumstances(apologies=(first,)))
    breach = Circumstances(apologies=(apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00", breach=True),))
    assert K.SECOND_REAPPOINTMENT in found(handled(), "12/11/2026 08:00", known=breach)
    then = handled(appointment=moment("20/11/2026 17:00"))
    moved = Circumstances(apologies=(first,), history=(handled(), handled(appointment=moment("16/11/2026 17:00"))))
    assert K.SECOND_REAPPOINTMENT in found(then, "12/11/2026 08:00", known=moved)


def test_an_appointment_moved_later_twice_is_noted_but_not_what_a_supplement_moved() -> None:
    first, second = handled(), handled(appointment=moment("16/11/2026 17:00"))
    third = handled(appointment=moment("20/11/2026 17:00"))
    assert K.SECOND_REAPPOINTMENT in found(third, "12/11/2026 08:00", known=Circumstances(history=(first, second)))
    assert K.SECOND_REAPPOINTMENT not in found(second, "12/11/2026 08:00", known=Circumstances(history=(first,)))
    papers = asked("04/11/2026 08:00 – 10/11/2026 08:00")
    supplemented = handled(appointment=moment("20/11/2026 17:00"), supplements=papers)
    known = Circumstances(history=(first, second))
    assert K.SECOND_REAPPOINTMENT not in found(supplemented, "12/11/2026 08:00", known=known)
    back = Circumstances(history=(third, first))
    assert K.SECOND_REAPPOINTMENT not in found(second, "12/11/2026 08:00", known=back)


# By moment or by day


@pytest.mark.parametrize(
    ("now", "by_moment", "by_day"),
    [
        ("09/11/2026 17:00", Standing.DUE, Standing.DUE),
        ("09/11/2026 17:01", Standing.LATE, Standing.DUE),
        ("10/11/2026 00:00", Standing.LATE, Standing.LATE),
    ],
)
def test_the_office_chooses_whether_the_hour_counts(now: str, by_moment: Standing, by_day: Standing) -> None:
    assert found(handled(), now)[K.RESULT].standing is by_moment
    assert found(handled(), now, BY_DATE)[K.RESULT].standing is by_day
    assert found(handled(), now, BY_DATE)[K.RESULT].due == day("09/11/2026")


def test_by_day_a_reception_is_in_time_to_the_end_of_its_last_day() -> None:
    late = handled(filed=moment("02/11/2026 08:00"), received=moment("03/11/2026 16:00"))
    assert K.RECEPTION in found(late, "04/11/2026 08:00")
    assert K.RECEPTION not in found(late, "04/11/2026 08:00", BY_DATE)
    over = handled(filed=moment("02/11/2026 08:00"), received=moment("04/11/2026 07:00"))
    assert found(over, "04/11/2026 08:00", BY_DATE)[K.RECEPTION].due == day("03/11/2026")


def test_by_day_a_result_of_the_last_day_is_in_time() -> None:
    done = handled(status="9", finished=moment("09/11/2026 18:30"))
    assert K.RESULT in found(done, "20/11/2026 08:00")
    assert K.RESULT not in found(done, "20/11/2026 08:00", BY_DATE)


def test_each_way_to_compare_is_a_law_of_its_own() -> None:
    assert BY_DATE.version != LAW.version
    assert (LAW.compared, BY_DATE.compared) == (Comparison.TIMESTAMP, Comparison.DATE)


# What is known changes nothing by itself


@pytest.mark.parametrize("law", [LAW, BY_DATE], ids=["by-moment", "by-day"])
@pytest.mark.parametrize("status", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "99"])
def test_knowing_nothing_is_as_good_as_an_empty_knowledge(status: str, law: Law) -> None:
    one = handled(status=status)
    now = moment("12/11/2026 08:00").astimezone(ICT)
    assert findings(one, now, law, Circumstances()) == findings(one, now, law, NOTHING_KNOWN) == findings(one, now, law)


def test_working_days_between_two_days_are_those_after_the_first() -> None:
    calendar = LAW.calendar_of("")
    assert calendar.working_days(day("23/11/2026"), day("25/11/2026")) == 1
    assert calendar.working_days(day("23/11/2026"), day("23/11/2026")) == 0
    with pytest.raises(ValueError, match="back to"):
        calendar.working_days(day("25/11/2026"), day("23/11/2026"))
    with pytest.raises(CalendarUnknown):
        calendar.working_days(day("25/11/2026"), day("01/01/2030"))


def told(on: str, status: str, **changed: Any) -> Dossier:
    """A word of the source on one without an appointment, that papers were asked for; none says when they came."""
    return handled(appointment=None, status=status, supplements=asked("04/11/2026 09:00"), as_of=moment(on), **changed)


def test_papers_without_the_stamp_of_their_coming_stop_no_clock_for_ever() -> None:
    law = with_limit("5 days", BY)
    waiting, going_on = told("05/11/2026 08:00", "5"), told("06/11/2026 08:00", "4")
    assert found(waiting, "06/11/2026 08:00", law)[K.RESULT].standing is Standing.PAUSED
    # The source told that it waits and then that it is handled: by then the papers had come, and the limit begins anew.
    said = found(going_on, "16/11/2026 08:00", law, Circumstances(history=(waiting,)))
    assert (said[K.RESULT].standing, said[K.RESULT].due) == (Standing.LATE, day("13/11/2026"))
    assert K.UNENDED_PAUSE not in said
    # Of one that it never told of as waiting nobody knows when: no clock accuses, and it is named instead.
    said = found(going_on, "16/11/2026 08:00", law)
    assert K.RESULT not in said
    named = said[K.UNENDED_PAUSE]
    assert (named.standing, named.due, named.counted) == (Standing.NOTED, day("09/11/2026"), Counting.LIMIT)
    assert (named.rules, named.next_change_at) == (("resolution_days.X",), None)


@pytest.mark.parametrize(
    ("status", "finished", "named"),
    [("9", "10/11/2026 09:00", True), ("9", "09/11/2026 16:00", False), ("7", "10/11/2026 09:00", False)],
)
def test_of_a_dossier_that_ended_a_stamp_is_missed_only_where_its_end_may_be_late(
    status: str, finished: str, *, named: bool
) -> None:
    one = told("11/11/2026 08:00", status, finished=moment(finished))
    assert (K.UNENDED_PAUSE in found(one, "16/11/2026 08:00", with_limit("5 days", BY))) is named


def test_an_appointment_moved_within_its_day_is_put_off_only_where_the_hour_counts() -> None:
    early, late = moment("09/11/2026 09:00"), moment("09/11/2026 17:00")
    history = (handled(appointment=early),)
    one, known = handled(appointment=late, as_of=moment("04/11/2026 08:00")), Circumstances(history=history)
    kinds = [{said.kind for said in discrepancies(one, law, known)} for law in (LAW, BY_DATE)]
    assert kinds == [{K.MOVED_UNAPOLOGISED}, set()]
    # An apology put it off before: by the hour this is the second time, by the day it still is the first.
    before = apology("05/11/2026", "06/11/2026 09:00", "08/11/2026 09:00")
    moved = Circumstances(history=history, apologies=(before,))
    assert K.SECOND_REAPPOINTMENT in found(one, "04/11/2026 08:00", LAW, moved)
    assert K.SECOND_REAPPOINTMENT not in found(one, "04/11/2026 08:00", BY_DATE, moved)
