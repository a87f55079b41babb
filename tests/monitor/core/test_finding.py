"""Findings: what the law says of a dossier, by every status and time, against a slow oracle, and when it changes."""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.dossier import Channel, Dossier, Status, Supplement
from monitor.core.finding import Finding, FindingKind, Standing, findings
from monitor.core.law import Law
from monitor.core.period import ICT, NaiveMoment, Stamp, at
from monitor.core.workdays import Hours
from monitor.law import load_law

LAW = load_law()
MS = timedelta(milliseconds=1)
DAY = timedelta(days=1)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


def online(**changed: Any) -> Dossier:
    """Filed online on Monday 23/11/2026 at 16:00, waiting; due 25/11 at 16:00, for 24/11 is a day off."""
    known: dict[str, Any] = {
        "source": "mot-cua",
        "code": "H56.02-261123-0007",
        "channel": Channel.ONLINE,
        "status": "1",
        "filed": moment("23/11/2026 16:00"),
        "receiving_unit": "Bộ phận Một cửa",
        "handling_unit": "Phòng Quản lý thương mại",
        "receiving_agency": "trung-tam",
        "handling_agency": "so-cong-thuong",
        "as_of": moment("23/11/2026 16:05"),
        "first_seen": moment("23/11/2026 16:05"),
    }
    return Dossier(**known | changed)


def handled(**changed: Any) -> Dossier:
    """Filed at the counter on 16/11/2026, promised for Wednesday 25/11 at 17:00; the cut-off is 23/11."""
    known: dict[str, Any] = {
        "channel": Channel.COUNTER,
        "status": "4",
        "filed": moment("16/11/2026 08:00"),
        "received": moment("16/11/2026 08:00"),
        "appointment": moment("25/11/2026 17:00"),
    }
    return online(**known | changed)


def said(dossier: Dossier, now: datetime | str, law: Law = LAW) -> dict[str, str]:
    now = moment(now) if isinstance(now, str) else now
    found = findings(dossier, now, law)
    assert len({one.kind for one in found}) == len(found)
    return {one.kind.value: one.standing.value for one in found}


def only(kind: FindingKind, dossier: Dossier, now: str, law: Law = LAW) -> Finding:
    (found,) = (one for one in findings(dossier, moment(now), law) if one.kind is kind)
    return found


# Reception


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("22/11/2026 16:00", "running"),
        ("23/11/2026 16:00", "running"),
        ("24/11/2026 12:00", "running"),
        ("25/11/2026 09:59", "running"),
        ("25/11/2026 10:00", "near"),
        ("25/11/2026 14:59", "near"),
        ("25/11/2026 15:00", "due"),
        ("25/11/2026 16:00", "due"),
        ("25/11/2026 16:01", "late"),
        ("25/12/2026 16:00", "late"),
    ],
)
def test_a_dossier_filed_online_waits_until_its_eighth_working_hour(now: str, standing: str) -> None:
    assert said(online(), now) == {"reception": standing}


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.REGISTERED])
def test_only_a_registered_dossier_waits(status: Status) -> None:
    assert "reception" not in said(online(status=status), "26/11/2026 08:00")


@pytest.mark.parametrize("status", ["1", "2", "4", "5", "6", "7", "8", "9", "10", "11"])
@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("25/11/2026 16:00", None),
        ("25/11/2026 16:01", "late_done"),
        ("23/11/2026 16:30", None),
        ("22/11/2026 16:30", None),
    ],
)
def test_what_was_received_is_late_or_not_by_its_timestamp(status: str, received: str, expected: str | None) -> None:
    dossier = online(status=status, received=moment(received))
    assert said(dossier, "27/11/2026 08:00").get("reception") == expected


def test_a_refusal_ends_the_wait_whatever_its_dates_say() -> None:
    assert said(online(status="3"), "30/11/2026 08:00") == {}
    assert said(online(status="3", received=moment("27/11/2026 08:00")), "30/11/2026 08:00") == {}


@pytest.mark.parametrize(
    ("channel", "portal", "waits", "was_late"),
    [
        ("2", None, True, True),
        ("2", False, True, True),
        ("1", True, False, False),
        ("3", None, False, False),
        ("", True, True, True),
        ("", False, True, False),
        ("", None, True, False),
    ],
)
def test_the_clock_of_eight_hours_is_for_dossiers_filed_online(
    channel: str, portal: bool | None, waits: bool, was_late: bool
) -> None:
    waiting = online(channel=channel, from_national_portal=portal)
    received = replace(waiting, status="2", received=moment("27/11/2026 08:00"), appointment=moment("31/12/2026 08:00"))
    assert ("reception" in said(waiting, "26/11/2026 08:00")) is waits
    assert ("reception" in said(received, "27/11/2026 09:00")) is was_late


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        ("25/11/2026 10:59", "running"),
        ("25/11/2026 11:00", "near"),
        ("25/11/2026 16:00", "due"),
        ("25/11/2026 23:59", "due"),
        ("26/11/2026 00:00", "late"),
    ],
)
def test_a_filing_without_an_hour_accuses_nobody_before_its_day_is_over(now: str, standing: str) -> None:
    dossier = online(filed=date(2026, 11, 23))
    assert said(dossier, now) == {"reception": standing}
    assert only(FindingKind.RECEPTION, dossier, now).due == date(2026, 11, 25)


def test_without_a_filing_there_is_no_clock_of_reception() -> None:
    assert said(online(filed=None), "30/11/2026 08:00") == {}


def test_a_reception_says_by_when_since_when_whose_and_by_which_rule() -> None:
    found = only(FindingKind.RECEPTION, online(), "26/11/2026 08:00")
    assert found.due == moment("25/11/2026 16:00")
    assert found.since == moment("25/11/2026 16:00") + MS
    assert found.agency == "trung-tam"
    assert found.rules == ("reception_hours",)
    assert found.counted == "working_hours"
    assert not found.projected
    assert found.next_change_at is None


def test_a_count_over_days_not_announced_is_projected() -> None:
    assert only(FindingKind.RECEPTION, online(filed=moment("31/12/2026 16:00")), "31/12/2026 16:30").projected


# Result and apology


@pytest.mark.parametrize("status", ["2", "4", "99"])
@pytest.mark.parametrize(
    ("now", "result", "apology"),
    [
        ("17/11/2026 23:59", "running", "running"),
        ("18/11/2026 00:00", "running", "near"),
        ("19/11/2026 00:00", "near", "near"),
        ("22/11/2026 23:59", "near", "near"),
        ("23/11/2026 00:00", "near", "due"),
        ("24/11/2026 00:00", "near", "late"),
        ("25/11/2026 00:00", "due", "late"),
        ("25/11/2026 17:00", "due", "late"),
        ("25/11/2026 17:01", "late", None),
        ("25/12/2026 17:01", "late", None),
    ],
)
def test_a_result_nears_its_appointment_and_the_apology_its_cut_off(
    status: str, now: str, result: str, apology: str | None
) -> None:
    expected = {"result": result, "apology": apology, "unknown_status": "noted" if status == "99" else None}
    assert said(handled(status=status), now) == {kind: says for kind, says in expected.items() if says}


@pytest.mark.parametrize("now", ["25/11/2026 00:00", "25/11/2026 12:00", "25/11/2026 17:00"])
@pytest.mark.parametrize("appointment", [moment("25/11/2026 17:00"), date(2026, 11, 25)])
def test_a_dossier_due_today_is_not_both_due_and_late(appointment: Stamp, now: str) -> None:
    assert said(handled(appointment=appointment), now)["result"] == "due"


def test_an_appointment_that_is_a_day_is_kept_until_its_end() -> None:
    dossier = handled(appointment=date(2026, 11, 25))
    assert said(dossier, "25/11/2026 23:59")["result"] == "due"
    assert said(dossier, "26/11/2026 00:00") == {"result": "late"}
    assert only(FindingKind.RESULT, dossier, "26/11/2026 00:00").since == moment("26/11/2026 00:00")


@pytest.mark.parametrize("status", ["5", "6"])
@pytest.mark.parametrize("appointment", [moment("25/11/2026 17:00"), None])
def test_a_dossier_that_waits_for_the_citizen_is_paused_and_never_late(
    status: str, appointment: datetime | None
) -> None:
    for now in ("17/11/2026 08:00", "25/11/2026 08:00", "25/12/2026 08:00"):
        assert said(handled(status=status, appointment=appointment), now) == {"result": "paused"}


@pytest.mark.parametrize("status", ["3", "7", "8", "9", "10", "11"])
@pytest.mark.parametrize(
    ("finished", "returned", "late"),
    [
        (moment("25/11/2026 17:00"), None, False),
        (moment("25/11/2026 17:01"), None, True),
        (None, moment("25/11/2026 17:00"), False),
        (None, moment("25/11/2026 17:01"), True),
        (moment("25/11/2026 17:00"), moment("30/11/2026 08:00"), False),
        (date(2026, 11, 25), None, False),
        (date(2026, 11, 26), None, True),
    ],
)
def test_an_ended_dossier_was_late_when_its_end_lies_after_its_appointment(
    status: str, finished: Stamp | None, returned: Stamp | None, late: bool
) -> None:
    dossier = handled(status=status, finished=finished, returned=returned)
    assert said(dossier, "01/12/2026 08:00").get("result") == ("late_done" if late else None)
    assert "apology" not in said(dossier, "17/11/2026 08:00")


@pytest.mark.parametrize("status", ["3", "7", "8", "9", "10"])
def test_of_an_end_without_a_moment_nothing_is_said(status: str) -> None:
    assert said(handled(status=status), "01/12/2026 08:00") == {}


@pytest.mark.parametrize(("status", "noted"), [("2", True), ("4", True), ("5", False), ("1", False), ("9", False)])
def test_a_dossier_being_handled_must_have_an_appointment(status: str, noted: bool) -> None:
    assert (said(handled(status=status, appointment=None), "17/11/2026 08:00") == {"no_appointment": "noted"}) is noted


def test_a_dossier_not_received_yet_has_no_clock_of_a_result() -> None:
    assert said(handled(status="1", received=None), "01/12/2026 08:00") == {}


def test_a_result_says_by_when_since_when_and_whose() -> None:
    late = only(FindingKind.RESULT, handled(), "26/11/2026 08:00")
    assert (late.due, late.since) == (moment("25/11/2026 17:00"), moment("25/11/2026 17:00") + MS)
    assert (late.agency, late.rules, late.counted) == ("so-cong-thuong", (), "appointment")
    apology = only(FindingKind.APOLOGY, handled(), "20/11/2026 08:00")
    assert apology.due == date(2026, 11, 23)
    assert (apology.agency, apology.rules) == ("so-cong-thuong", ("apology_working_days_before",))
    assert apology.counted == "working_days_before"


def test_what_was_promised_too_soon_for_an_apology_asks_for_none() -> None:
    promised = handled(received=moment("25/11/2026 07:00"), filed=moment("25/11/2026 07:00"))
    assert said(promised, "25/11/2026 08:00") == {"result": "due"}
    assert "apology" in said(replace(promised, received=moment("23/11/2026 16:59")), "23/11/2026 17:00")


def test_an_apology_is_silent_with_the_appointment_even_under_a_rule_of_no_days_before() -> None:
    (rule, *_) = LAW.rules["apology_working_days_before"]
    same_day = replace(LAW, rules={rule.key: (replace(rule, value=0, start=None, end=None),)})
    found = only(FindingKind.APOLOGY, handled(), "25/11/2026 08:00", same_day)
    assert (found.due, found.standing) == (date(2026, 11, 25), Standing.DUE)
    assert found.next_change_at == moment("25/11/2026 17:00") + MS


# What a person must look at


@pytest.mark.parametrize("status", ["11", "", "Chờ phê duyệt", "0"])
def test_a_code_nobody_knows_is_reported_and_stops_no_clock(status: str) -> None:
    assert said(handled(status=status), "26/11/2026 08:00") == {"result": "late", "unknown_status": "noted"}
    assert said(online(status=status), "26/11/2026 08:00") == {"unknown_status": "noted"}
    ended = handled(status=status, finished=moment("24/11/2026 08:00"))
    assert said(ended, "26/11/2026 08:00") == {"unknown_status": "noted"}


@pytest.mark.parametrize(
    ("changed", "agency"),
    [
        ({}, "so-cong-thuong"),
        ({"handling_agency": "", "handling_unit": ""}, "trung-tam"),
        ({"handling_agency": "", "handling_unit": "Phòng lạ"}, ""),
        ({"handling_agency": "", "handling_unit": "", "receiving_agency": "", "receiving_unit": ""}, ""),
    ],
)
def test_the_result_is_the_handling_units_and_a_unit_nobody_knows_is_nobody_elses(
    changed: dict[str, str], agency: str
) -> None:
    dossier = handled(**changed)
    assert only(FindingKind.RESULT, dossier, "20/11/2026 08:00").agency == agency
    assert ("unknown_unit" in said(dossier, "20/11/2026 08:00")) is not agency


@pytest.mark.parametrize(
    ("changed", "agency"),
    [
        ({}, "trung-tam"),
        ({"receiving_agency": "", "receiving_unit": ""}, "so-cong-thuong"),
        ({"receiving_agency": ""}, ""),
    ],
)
def test_reception_is_the_receiving_units(changed: dict[str, str], agency: str) -> None:
    dossier = online(**changed)
    assert only(FindingKind.RECEPTION, dossier, "24/11/2026 08:00").agency == agency
    assert ("unknown_unit" in said(dossier, "24/11/2026 08:00")) is (agency == "")


@pytest.mark.parametrize("status", ["3", "7", "8", "9", "10"])
def test_whose_an_ended_dossier_was_is_nobodys_work_any_more(status: str) -> None:
    assert "unknown_unit" not in said(handled(status=status, handling_agency=""), "30/11/2026 08:00")


def test_a_second_request_for_papers_is_one_more_than_the_law_allows() -> None:
    one = (Supplement(asked=moment("17/11/2026 08:00"), answered=moment("18/11/2026 08:00")),)
    two = (*one, Supplement(asked=date(2026, 11, 19)))
    assert "second_supplement" not in said(handled(supplements=one), "20/11/2026 08:00")
    assert only(FindingKind.SECOND_SUPPLEMENT, handled(supplements=two), "20/11/2026 08:00").rules == (
        "supplement_requests",
    )
    nameless = replace(LAW, rules={key: rules for key, rules in LAW.rules.items() if key != "supplement_requests"})
    assert "second_supplement" in said(handled(supplements=two), "20/11/2026 08:00", nameless)
    (rule, *_) = LAW.rules["supplement_requests"]
    generous = replace(nameless, rules={"supplement_requests": (replace(rule, value=2, start=None, end=None),)})
    assert "second_supplement" not in said(handled(supplements=two, status="9"), "20/11/2026 08:00", generous)


# Where the law's tables end


def test_outside_the_calendar_the_other_clocks_go_on() -> None:
    far = handled(appointment=moment("25/11/2029 17:00"))
    assert said(far, "20/11/2026 08:00") == {"result": "running", "no_calendar": "noted"}
    assert said(far, "25/11/2029 17:01") == {"result": "late"}
    assert only(FindingKind.NO_CALENDAR, far, "20/11/2026 08:00").counted == "no_calendar"
    old = online(filed=moment("04/03/2019 08:00"), status="4", appointment=moment("25/11/2026 17:00"))
    old = replace(old, received=moment("10/03/2019 08:00"))
    assert said(old, "26/11/2026 08:00") == {"result": "late", "no_calendar": "noted"}


def test_outside_the_calendar_a_clock_without_a_date_of_its_own_says_so() -> None:
    assert said(online(filed=moment("04/03/2019 08:00")), "26/11/2026 08:00") == {"no_calendar": "noted"}
    assert said(online(filed=moment("31/12/2027 16:00")), "31/12/2027 17:00") == {"no_calendar": "noted"}


def test_a_calendar_missing_twice_is_said_once() -> None:
    both = online(
        filed=moment("04/03/2019 08:00"),
        received=moment("10/03/2019 08:00"),
        status="4",
        appointment=moment("25/11/2029 17:00"),
    )
    assert said(both, "26/11/2026 08:00") == {"no_calendar": "noted", "result": "running"}


def test_without_a_rule_in_force_nothing_is_guessed() -> None:
    lawless = replace(LAW, rules={})
    found = only(FindingKind.NO_CALENDAR, online(), "26/11/2026 08:00", lawless)
    assert (found.counted, found.rules) == ("no_rule", ("reception_hours",))
    assert said(handled(), "20/11/2026 08:00", lawless) == {"result": "near", "no_calendar": "noted"}


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(NaiveMoment):
        findings(online(), datetime(2026, 11, 24), LAW)  # noqa: DTZ001 - what is refused


def test_an_agency_keeps_its_own_hours() -> None:
    default = LAW.calendars["default"]
    hours = Hours(weekdays=default.hours[-1].weekdays, saturday=((time(7, 30), time(11, 30)),))
    calendars = {**LAW.calendars, "thu-bay": replace(default, hours=(hours,))}
    own = replace(LAW, calendars=calendars, hours_of={"cong-an": "thu-bay"})
    friday = online(filed=moment("20/11/2026 16:00"))
    assert said(friday, "23/11/2026 10:01", own) == {"reception": "near"}
    assert said(replace(friday, receiving_agency="cong-an"), "23/11/2026 10:01", own) == {"reception": "late"}


# Against a slow oracle that knows the days of 2026 by heart

_OFF = {(1, 1), (2, 1), (27, 4), (30, 4), (1, 5), (31, 8), (1, 9), (2, 9), (24, 11), *((n, 2) for n in range(16, 21))}
_MADE_UP = {(10, 1), (22, 8)}
_YEAR = [date(2026, 1, 1) + n * DAY for n in range(365)]
_DAYS = [
    day
    for day in _YEAR
    if ((day.weekday() < 5 and (day.day, day.month) not in _OFF) or (day.day, day.month) in _MADE_UP)
]
_MINUTES = [
    at(day) + timedelta(minutes=n)
    for day in _DAYS
    for n in (*range(7 * 60, 11 * 60 + 30), *range(13 * 60 + 30, 17 * 60))
]


def worked(start: datetime, minutes: int) -> datetime:
    """The end of so many working minutes from a whole minute on."""
    return _MINUTES[bisect_left(_MINUTES, start) + minutes - 1] + timedelta(minutes=1)


def local(stamp: Stamp) -> date:
    return stamp.astimezone(ICT).date() if isinstance(stamp, datetime) else stamp


def lies_after(one: Stamp, other: Stamp) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one > other
    return local(one) > local(other)


def nth_before(day: date, count: int) -> date:
    return [one for one in _DAYS if one < day][-count]


def stands(now: datetime, due: Stamp, *steps: bool) -> str:
    near, last = steps
    return "late" if lies_after(now, due) else "due" if last else "near" if near else "running"


def oracle(dossier: Dossier, now: datetime) -> dict[str, str]:
    wrong = wrong_dates(dossier)
    reception = {} if wrong & {"filed", "received"} else _oracle_reception(dossier, now)
    silent = bool(wrong & {"appointment", "end"}) and dossier.status not in {"5", "6"}
    result = {} if silent else _oracle_result(dossier, now)
    noted = {"impossible_dates": "noted"} if wrong else {}
    return {**reception, **result, **noted, **_oracle_notes(dossier)}


def wrong_dates(dossier: Dossier) -> set[str]:
    """Dates on a day before the dossier began, or after the day it was told of."""
    end = dossier.finished or dossier.returned
    stamps = {"filed": dossier.filed, "received": dossier.received, "appointment": dossier.appointment, "end": end}
    days = {name: local(stamp) for name, stamp in stamps.items() if stamp is not None}
    begun = days.get("filed") or days.get("received") or date.min
    told = local(dossier.told) if dossier.told else date.max
    return {name for name, day in days.items() if day < begun or (day > told and name != "appointment")}


def _oracle_reception(dossier: Dossier, now: datetime) -> dict[str, str]:
    waits = dossier.status == "1" and dossier.received is None
    filed_online = dossier.channel == "2" or (dossier.channel == "" and (waits or dossier.from_national_portal is True))
    if dossier.filed is None or not filed_online or dossier.status == "3":
        return {}
    exact = isinstance(dossier.filed, datetime)
    start = dossier.filed if isinstance(dossier.filed, datetime) else at(dossier.filed + DAY)
    near, last, end = (worked(start, minutes) for minutes in (240, 420, 480))
    due: Stamp = end if exact else local(end)
    if waits:
        return {"reception": stands(now, due, now >= near, now >= last)}
    return {"reception": "late_done"} if dossier.received is not None and lies_after(dossier.received, due) else {}


def _oracle_ended(dossier: Dossier) -> bool:
    known = dossier.status in set(Status)
    return dossier.status in {"3", "7", "8", "9", "10"} or (
        not known and (dossier.finished is not None or dossier.returned is not None)
    )


def _oracle_result(dossier: Dossier, now: datetime) -> dict[str, str]:
    appointment = dossier.appointment
    if dossier.status in {"5", "6"}:
        return {"result": "paused"}
    if dossier.status == "1":
        return {}
    if appointment is None:
        return {"no_appointment": "noted"} if dossier.status in {"2", "4"} else {}
    if _oracle_ended(dossier):
        end = dossier.finished or dossier.returned
        if dossier.status == "7" and dossier.received is None and (dossier.channel or "2") == "2":
            online = dossier.channel == "2" or dossier.from_national_portal is True
            end = None if online else end  # taken back before anybody received it
        return {"result": "late_done"} if end is not None and lies_after(end, appointment) else {}
    return _oracle_running(dossier, appointment, now)


def _oracle_running(dossier: Dossier, appointment: Stamp, now: datetime) -> dict[str, str]:
    day, today = local(appointment), local(now)
    result = stands(now, appointment, today >= nth_before(day, 3), today >= nth_before(day + DAY, 1))
    if result == "late":
        return {"result": "late"}
    cut_off, start = nth_before(day, 1), dossier.received or dossier.filed
    if start is not None and local(start) > cut_off:
        return {"result": result}
    return {"result": result, "apology": stands(now, cut_off, today >= nth_before(cut_off, 3), today >= cut_off)}


def _oracle_notes(dossier: Dossier) -> dict[str, str]:
    sides = [(dossier.receiving_agency, dossier.receiving_unit), (dossier.handling_agency, dossier.handling_unit)]
    (agency, unit), (other, _) = sides if dossier.status == "1" else reversed(sides)
    notes = {
        "unknown_status": dossier.status not in set(Status),
        "second_supplement": len(dossier.supplements) > 1,
        "unknown_unit": not _oracle_ended(dossier) and not agency and (bool(unit) or not other),
    }
    return {note: "noted" for note, holds in notes.items() if holds}


def made_up(dice: random.Random) -> Dossier:
    def stamp(first: datetime, days: float) -> Stamp | None:
        if dice.random() < 0.2:
            return None
        found = first + timedelta(minutes=dice.randint(0, int(days * 1440)))
        return local(found) if dice.random() < 0.2 else found

    filed = moment("01/03/2026 00:00") + timedelta(minutes=dice.randint(0, 240 * 1440))
    unit = dice.choice(["", "Bộ phận Một cửa"])
    status = dice.choice([*Status, *Status, *"11114444", "11", ""])
    return online(
        channel=dice.choice(["1", "2", "2", "2", "3", ""]),
        from_national_portal=dice.choice([None, True, False]),
        status=status,
        filed=dice.choice([filed, filed, filed, local(filed), None]),
        received=stamp(filed, 4) if status != "1" or dice.random() < 0.2 else None,
        appointment=stamp(filed, 20),
        finished=stamp(filed, 25),
        returned=stamp(filed, 30),
        supplements=tuple(Supplement(asked=filed) for _ in range(dice.choice([0, 0, 0, 1, 2]))),
        receiving_unit=unit,
        handling_unit=dice.choice(["", "Phòng chuyên môn"]),
        receiving_agency=dice.choice(["trung-tam", ""]) if unit else "",
        handling_agency=dice.choice(["so-cong-thuong", ""]),
        told=dice.choice([None, filed + timedelta(days=dice.randint(-1, 30))]),
    )


def test_two_thousand_dossiers_stand_as_a_slow_oracle_says() -> None:
    dice = random.Random(2026)
    seen: set[tuple[str, str]] = set()
    for _ in range(2000):
        dossier = made_up(dice)
        now = moment("01/03/2026 00:00") + timedelta(minutes=dice.randint(0, 270 * 1440))
        if dossier.filed is not None and dice.random() < 0.7:
            now = at(local(dossier.filed)) + timedelta(minutes=dice.randint(0, dice.choice([4, 25]) * 1440))
        expected = oracle(dossier, now)
        assert said(dossier, now) == expected, (dossier, now)
        seen |= set(expected.items())
    clocks = {("reception", one) for one in ("running", "near", "due", "late", "late_done")}
    clocks |= {("result", one) for one in ("running", "near", "due", "late", "late_done", "paused")}
    clocks |= {("apology", one) for one in ("running", "near", "due", "late")}
    assert clocks <= seen


# Dates that cannot be


_WRONG = {"impossible_dates": "noted"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"appointment": moment("15/11/2026 17:00")}, _WRONG),
        ({"appointment": date(2026, 11, 15)}, _WRONG),
        ({"appointment": moment("16/11/2026 07:30")}, {"result": "late"}),
        ({"filed": None, "appointment": date(2026, 11, 15)}, _WRONG),
        ({"received": moment("12/12/2026 08:00")}, _WRONG | {"result": "late"}),
        ({"filed": moment("12/12/2026 08:00")}, _WRONG),
        ({"status": "9", "finished": moment("12/12/2026 08:00")}, _WRONG),
        ({"status": "9", "finished": moment("15/11/2026 08:00")}, _WRONG),
        ({"status": "10", "returned": moment("12/12/2026 08:00")}, _WRONG),
        ({"status": "5", "appointment": date(2026, 11, 15)}, _WRONG | {"result": "paused"}),
    ],
)
def test_a_date_that_cannot_be_is_noted_and_accuses_nobody(changed: dict[str, Any], expected: dict[str, str]) -> None:
    dossier = handled(channel=Channel.ONLINE, told=moment("26/11/2026 08:00"))
    assert said(replace(dossier, **changed), "30/11/2026 08:00") == expected


def test_a_filing_told_before_its_day_starts_no_clock_even_when_the_day_is_past() -> None:
    typed_wrong = online(filed=moment("11/12/2026 08:00"), told=moment("24/11/2026 08:00"))
    for now in ("24/11/2026 08:00", "11/12/2026 09:00", "30/12/2026 08:00"):
        assert said(typed_wrong, now) == {"impossible_dates": "noted"}
    assert only(FindingKind.IMPOSSIBLE_DATES, typed_wrong, "24/11/2026 08:00").counted == "filed_later"


def test_clocks_of_two_systems_may_differ_within_a_day() -> None:
    assert said(
        online(received=moment("23/11/2026 15:58"), status="2", appointment=date(2026, 12, 30)), "24/11/2026 08:00"
    ) == {
        "result": "running",
        "apology": "running",
    }
    assert "impossible_dates" not in said(online(told=moment("23/11/2026 15:58")), "24/11/2026 08:00")


# When it changes


def seeded(seed: int, share: float) -> tuple[Dossier, datetime]:
    """A made-up dossier and a moment from shortly before its filing to a month after, in milliseconds."""
    dossier = made_up(random.Random(seed))
    first = at(local(dossier.filed or date(2026, 6, 1))) - DAY
    return dossier, first + int(share * 30 * 86_400_000) * MS


_SEEDED = st.builds(seeded, st.integers(0, 2**32), st.floats(0, 1))


@settings(max_examples=400)
@given(_SEEDED)
def test_what_is_said_stays_until_its_next_change_and_is_another_then(known: tuple[Dossier, datetime]) -> None:
    dossier, now = known
    found = findings(dossier, now, LAW)
    before = said(dossier, now)
    for one in found:
        if one.next_change_at is None:
            continue
        assert one.next_change_at > now
        just, then = said(dossier, one.next_change_at - MS), said(dossier, one.next_change_at)
        assert just[one.kind] == one.standing != then.get(one.kind)
    first = min((one.next_change_at for one in found if one.next_change_at), default=now + timedelta(days=300))
    for share in (0.25, 0.5, 0.75):
        assert said(dossier, now + (first - now) * share) == before
    assert said(dossier, first - MS) == before
    then = said(dossier, first)
    assert all(one.next_change_at == first for one in found if then.get(one.kind) != one.standing)


@settings(max_examples=50)
@given(_SEEDED)
def test_walked_from_change_to_change_a_clock_only_goes_forward_and_comes_to_rest(
    known: tuple[Dossier, datetime],
) -> None:
    dossier, now = known[0], moment("01/01/2026 00:00")
    order = [Standing.RUNNING, Standing.NEAR, Standing.DUE, Standing.LATE]
    walked: dict[FindingKind, list[Standing]] = {}
    for _ in range(12):
        found = findings(dossier, now, LAW)
        for one in found:
            walked.setdefault(one.kind, []).append(one.standing)
        changes = [one.next_change_at for one in found if one.next_change_at]
        if not changes:
            break
        now = min(changes)
    else:
        pytest.fail("it never came to rest")
    for standings in walked.values():
        assert all(
            one is other or order.index(one) < order.index(other) for one, other in pairwise(standings) if one in order
        )


@given(_SEEDED)
def test_the_zone_in_which_now_is_given_does_not_matter(known: tuple[Dossier, datetime]) -> None:
    dossier, now = known
    assert findings(dossier, now, LAW) == findings(dossier, now.astimezone(ICT), LAW)


@given(_SEEDED)
def test_a_dossier_is_said_the_same_however_many_were_before_it(known: tuple[Dossier, datetime]) -> None:
    dossier, now = known
    assert findings(dossier, now, LAW) == findings(dossier, now, replace(LAW))
