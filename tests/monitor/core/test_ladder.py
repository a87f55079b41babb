from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ladder import BACKLOG, Anchor, Ladder, Stage, Subject, SubjectKind, Telling, owed
from monitor.core.message import Urgency
from monitor.core.period import ICT, Stamp
from monitor.law import official_calendar

CALENDAR = official_calendar()

RECEPTION = Ladder(
    subject=SubjectKind.RECEPTION,
    stages=(
        Stage(name="half", anchor=Anchor.START, fraction_percent=50, audience=("desk",)),
        Stage(name="last_hour", anchor=Anchor.DUE, working_seconds=-3600, audience=("desk", "deputy")),
        Stage(name="late", anchor=Anchor.DUE, audience=("desk", "deputy", "head"), repeat_working_days=3, late=True),
    ),
)
RESULT = Ladder(
    subject=SubjectKind.RESULT,
    stages=(
        Stage(name="three_days", anchor=Anchor.DUE, working_days=-3, audience=("desk",)),
        Stage(name="before_cut_off", anchor=Anchor.CUT_OFF, working_days=-1, audience=("desk", "deputy")),
        Stage(name="cut_off", anchor=Anchor.CUT_OFF, audience=("desk", "deputy", "head")),
        Stage(name="due", anchor=Anchor.DUE, audience=("desk", "deputy", "head")),
        Stage(
            name="late",
            anchor=Anchor.DUE,
            working_days=1,
            audience=("desk", "deputy", "head"),
            repeat_working_days=3,
            at_most=4,
            late=True,
        ),
    ),
)
INTERRUPTION = Ladder(
    subject=SubjectKind.INTERRUPTION,
    stages=(
        Stage(name="opened", anchor=Anchor.START, audience=("duty",), urgency=Urgency.NOW),
        Stage(name="opened_heads", anchor=Anchor.START, audience=("head",), urgency=Urgency.WAKING),
        Stage(name="ended", anchor=Anchor.END, audience=("duty",), urgency=Urgency.NOW),
        Stage(name="ended_heads", anchor=Anchor.END, audience=("head",), urgency=Urgency.WAKING),
    ),
)
PEOPLE = {"desk": ("desk",), "deputy": ("deputy",), "head": ("head",), "duty": ("duty", "centre")}


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


def subject(
    ladder: Ladder, marks: Mapping[Anchor, Stamp], known: str = "01/11/2026 08:00", *, live: bool = True
) -> Subject:
    return Subject(
        kind=ladder.subject,
        key="mot-cua\x1fH56-261123-0001",
        episode="1",
        milestones=marks,
        calendar=CALENDAR,
        known_since=moment(known),
        people=PEOPLE,
        live=live,
    )


def online(filed: str = "23/11/2026 16:00", due: str = "25/11/2026 16:00", known: str = "23/11/2026 16:05") -> Subject:
    return subject(RECEPTION, {Anchor.START: moment(filed), Anchor.DUE: moment(due)}, known)


def appointed(due: Stamp, cut_off: date, known: str = "01/11/2026 08:00") -> Subject:
    return subject(RESULT, {Anchor.START: moment("01/11/2026 08:00"), Anchor.DUE: due, Anchor.CUT_OFF: cut_off}, known)


def said(tellings: Iterable[Telling]) -> dict[str, str]:
    return {t.person: t.stage if t.nth == 1 else f"{t.stage} {t.nth}" for t in tellings}


ON_TIME = appointed(date(2026, 12, 4), date(2026, 12, 3))


@pytest.mark.parametrize(
    ("now", "desk"),
    [
        ("23/11/2026 16:30", None),
        ("25/11/2026 09:59", None),
        ("25/11/2026 10:00", "half"),
        ("25/11/2026 14:59", "half"),
        ("25/11/2026 15:00", "last_hour"),
        ("25/11/2026 16:00", "last_hour"),
        ("25/11/2026 16:01", "late"),
        ("30/11/2026 08:00", "late 2"),
    ],
)
def test_reception_is_told_at_half_time_at_one_hour_left_and_when_late(now: str, desk: str | None) -> None:
    assert said(owed(online(), moment(now), (), RECEPTION)).get("desk") == desk


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("30/11/2026 07:30", {}),
        ("01/12/2026 07:30", {"desk": "three_days"}),
        ("02/12/2026 07:30", {"desk": "before_cut_off", "deputy": "before_cut_off"}),
        ("03/12/2026 07:30", {"desk": "cut_off", "deputy": "cut_off", "head": "cut_off"}),
        ("04/12/2026 07:30", {"desk": "due", "deputy": "due", "head": "due"}),
        ("06/12/2026 12:00", {"desk": "due", "deputy": "due", "head": "due"}),
        ("07/12/2026 07:30", {"desk": "late", "deputy": "late", "head": "late"}),
        ("10/12/2026 07:30", {"desk": "late 2", "deputy": "late 2", "head": "late 2"}),
        ("30/12/2026 07:30", {"desk": "late 4", "deputy": "late 4", "head": "late 4"}),
    ],
)
def test_an_appointment_is_climbed_by_days_and_each_person_by_their_own_stages(
    now: str, expected: dict[str, str]
) -> None:
    assert said(owed(ON_TIME, moment(now), (), RESULT)) == expected


@pytest.mark.parametrize(
    ("due", "now", "head"),
    [
        (date(2026, 12, 4), "07/12/2026 07:30", "late"),
        (date(2026, 12, 4), "08/12/2026 07:30", "late"),
        (date(2026, 12, 4), "09/12/2026 07:30", "late 2"),
        (date(2026, 12, 3), "08/12/2026 07:30", "late 2"),
    ],
)
def test_lateness_that_begins_on_a_day_off_is_repeated_from_its_first_working_day(
    due: date, now: str, head: str
) -> None:
    (stage,) = (replace(one, repeat_working_days=2) for one in RECEPTION.stages if one.late)
    ladder = replace(RECEPTION, stages=(stage,))
    assert said(owed(subject(ladder, {Anchor.DUE: due}), moment(now), (), ladder))["head"] == head


@pytest.mark.parametrize(("now", "desk"), [("25/11/2026 00:00", "half"), ("25/11/2026 07:00", "last_hour")])
def test_one_hour_left_of_a_deadline_an_hour_after_opening_begins_with_the_opening(now: str, desk: str) -> None:
    due_at_eight = online(filed="23/11/2026 08:00", due="25/11/2026 08:00")
    assert said(owed(due_at_eight, moment(now), (), RECEPTION)).get("desk") == desk


def test_a_slot_lists_what_falls_due_before_the_next_and_never_calls_it_late() -> None:
    morning, noon, next_day = moment("25/11/2026 07:30"), moment("25/11/2026 13:30"), moment("26/11/2026 07:30")
    first = owed(online(), morning, (), RECEPTION, until=noon)
    assert said(first) == {"desk": "half"}
    second = owed(online(), noon, first, RECEPTION, until=next_day)
    assert said(second) == {"desk": "last_hour", "deputy": "last_hour"}
    third = owed(online(), next_day, (*first, *second), RECEPTION, until=moment("26/11/2026 13:30"))
    assert said(third) == {"desk": "late", "deputy": "late", "head": "late"}


def test_nothing_is_told_on_the_holiday_before() -> None:
    assert owed(online(), moment("24/11/2026 23:59"), (), RECEPTION) == ()


def test_an_appointment_early_tomorrow_is_told_this_afternoon() -> None:
    due = appointed(moment("04/12/2026 07:15"), date(2026, 12, 3))
    told = owed(due, moment("03/12/2026 13:30"), (), RESULT, until=moment("04/12/2026 07:30"))
    assert said(told)["head"] == "due"


def test_after_downtime_the_highest_stage_is_told_once_and_the_missed_ones_named() -> None:
    late = owed(ON_TIME, moment("07/12/2026 09:00"), (), RESULT)
    assert said(late)["desk"] == "late"
    by_person = {t.person: t.skipped for t in late}
    assert by_person["desk"] == ("three_days", "before_cut_off", "cut_off", "due")
    assert by_person["head"] == ("cut_off", "due")
    assert owed(ON_TIME, moment("07/12/2026 09:01"), late, RESULT) == ()


def test_what_was_told_is_not_named_as_missed() -> None:
    told = owed(ON_TIME, moment("01/12/2026 07:30"), (), RESULT)
    late = owed(ON_TIME, moment("07/12/2026 09:00"), told, RESULT)
    assert {t.person: t.skipped for t in late}["desk"] == ("before_cut_off", "cut_off", "due")


def test_what_was_late_at_first_sight_is_told_once_and_never_escalated() -> None:
    seen = appointed(date(2026, 3, 2), date(2026, 2, 27), known="23/11/2026 09:00")
    told = owed(seen, moment("23/11/2026 13:30"), (), RESULT)
    assert said(told) == {"desk": BACKLOG, "deputy": BACKLOG, "head": BACKLOG}
    assert {t.skipped for t in told} == {()}
    assert owed(seen, moment("30/06/2027 13:30"), told, RESULT) == ()


def test_first_seen_on_the_weekend_after_its_day_is_backlog_at_once() -> None:
    seen = appointed(date(2026, 12, 4), date(2026, 12, 3), known="05/12/2026 09:00")
    assert said(owed(seen, moment("05/12/2026 09:00"), (), RESULT))["head"] == BACKLOG


def test_a_new_appointment_is_a_new_episode() -> None:
    seen = appointed(date(2026, 3, 2), date(2026, 2, 27), known="23/11/2026 09:00")
    told = owed(seen, moment("23/11/2026 13:30"), (), RESULT)
    again = replace(appointed(date(2026, 12, 4), date(2026, 12, 3), known="23/11/2026 09:00"), episode="2")
    assert said(owed(again, moment("04/12/2026 07:30"), told, RESULT))["head"] == "due"


def test_a_person_first_named_later_hears_where_it_stands_now() -> None:
    told = owed(ON_TIME, moment("07/12/2026 09:00"), (), RESULT)
    renamed = replace(ON_TIME, people={**PEOPLE, "head": ("new head",)})
    assert said(owed(renamed, moment("08/12/2026 09:00"), told, RESULT)) == {"new head": "late"}


def test_one_person_on_two_posts_of_an_audience_is_told_once() -> None:
    shared = replace(ON_TIME, people=dict.fromkeys(PEOPLE, ("one",)))
    assert said(owed(shared, moment("03/12/2026 07:30"), (), RESULT)) == {"one": "cut_off"}


def test_what_a_trial_held_counts_for_nobody() -> None:
    trial = replace(ON_TIME, live=False)
    held = owed(trial, moment("07/12/2026 09:00"), (), RESULT)
    assert owed(trial, moment("07/12/2026 09:30"), held, RESULT) == ()
    assert len(owed(ON_TIME, moment("07/12/2026 09:30"), held, RESULT)) == 3


def test_when_it_is_over_nothing_is_owed() -> None:
    assert owed(replace(ON_TIME, over=True), moment("30/12/2026 09:30"), (), RESULT) == ()


def test_beyond_the_calendar_what_can_be_told_is_told() -> None:
    far = appointed(date(2035, 1, 8), date(2026, 12, 3))
    assert said(owed(far, moment("03/12/2026 09:00"), (), RESULT))["desk"] == "cut_off"


def outage(start: str, end: str | None = None) -> Subject:
    marks: dict[Anchor, Stamp] = {Anchor.START: moment(start)} | ({Anchor.END: moment(end)} if end else {})
    return subject(INTERRUPTION, marks, known=start)


def test_duty_is_told_at_any_hour_and_heads_when_they_wake() -> None:
    night = outage("28/11/2026 23:10")
    at_once = owed(night, moment("28/11/2026 23:11"), (), INTERRUPTION)
    assert said(at_once) == {"duty": "opened", "centre": "opened"}
    assert owed(night, moment("29/11/2026 06:59"), at_once, INTERRUPTION) == ()
    assert said(owed(night, moment("29/11/2026 07:00"), at_once, INTERRUPTION)) == {"head": "opened_heads"}


def test_heads_who_slept_through_it_are_told_once_in_the_morning() -> None:
    night = outage("28/11/2026 21:10", "28/11/2026 22:40")
    told = owed(outage("28/11/2026 21:10"), moment("28/11/2026 21:16"), (), INTERRUPTION)
    told += owed(night, moment("28/11/2026 22:40"), told, INTERRUPTION)
    morning = owed(night, moment("29/11/2026 07:00"), told, INTERRUPTION)
    assert said(morning) == {"head": "ended_heads"}
    assert morning[0].skipped == ("opened_heads",)
    assert owed(night, moment("30/11/2026 12:00"), (*told, *morning), INTERRUPTION) == ()


@pytest.mark.parametrize(("at", "told"), [("07:00", True), ("20:59", True), ("21:00", False), ("06:59", False)])
def test_waking_hours_are_seven_to_twenty_one(at: str, told: bool) -> None:
    now = moment(f"28/11/2026 {at}")
    people = said(owed(outage(f"28/11/2026 {at}"), now, (), INTERRUPTION))
    assert ("head" in people) is told


LADDERS = {ladder.subject: ladder for ladder in (RECEPTION, RESULT, INTERRUPTION)}
HOURS = st.integers(0, 24 * 40).map(lambda hours: moment("01/11/2026 00:00") + timedelta(hours=hours))


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    ladder = draw(st.sampled_from(list(LADDERS.values())))
    start, length = draw(HOURS), timedelta(hours=draw(st.integers(0, 24 * 12)))
    due: Stamp = start + length
    if draw(st.booleans()):
        due = due.astimezone(ICT).date()
    cut_off = CALENDAR.working_day_before((start + length).astimezone(ICT).date())
    marks: dict[Anchor, Stamp] = {Anchor.START: start, Anchor.DUE: due, Anchor.CUT_OFF: cut_off}
    if ladder is INTERRUPTION:
        marks = {Anchor.START: start} | ({Anchor.END: start + length} if draw(st.booleans()) else {})
    return replace(subject(ladder, marks), known_since=draw(HOURS))


@settings(deadline=None)
@given(subjects(), HOURS, st.one_of(st.none(), st.integers(1, 72)))
def test_telling_what_is_owed_leaves_nothing_owed(subject: Subject, now: datetime, ahead: int | None) -> None:
    ladder, until = LADDERS[subject.kind], None if ahead is None else now + timedelta(hours=ahead)
    told = owed(subject, now, (), ladder, until=until)
    assert owed(subject, now, told, ladder, until=until) == ()
    assert owed(subject, now, told, ladder) == ()
    assert len({t.person for t in told}) == len(told)


@settings(max_examples=40, deadline=None)
@given(subjects(), st.lists(st.integers(1, 150), min_size=1, max_size=8), st.booleans())
def test_however_late_one_wakes_nothing_is_doubled_and_the_last_word_is_the_same(
    subject: Subject, naps: list[int], look_ahead: bool
) -> None:
    ladder, begin = LADDERS[subject.kind], moment("01/11/2026 00:00")
    end = begin + timedelta(hours=sum(naps))
    often: list[Telling] = []
    for hour in range(0, sum(naps) + 1, 1):
        now = begin + timedelta(hours=hour)
        often += owed(subject, now, often, ladder, until=now + timedelta(hours=1) if look_ahead and now < end else None)
    rarely: list[Telling] = []
    now = begin
    for nap in naps:
        now += timedelta(hours=nap)
        rarely += owed(subject, now, rarely, ladder)
    for told in (often, rarely):
        keys = [(t.subject, t.key, t.episode, t.stage, t.nth, t.person, t.live) for t in told]
        assert len(keys) == len(set(keys))
    assert {t.person: (t.stage, t.nth) for t in rarely} == {t.person: (t.stage, t.nth) for t in often}
    assert len(rarely) <= len(often)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("29/11/2026 23:59", None),
        ("30/11/2026 00:00", "days_30"),
        ("16/12/2026 00:00", "days_14"),
        ("23/12/2026 00:00", "days_7"),
    ],
)
def test_days_of_the_calendar_are_counted_over_sundays_and_holidays(now: str, told: str | None) -> None:
    stages = tuple(
        Stage(name=f"days_{days}", anchor=Anchor.DUE, calendar_days=-days, audience=("duty",)) for days in (30, 14, 7)
    )
    ladder = Ladder(subject=SubjectKind.CERTIFICATE, stages=stages)
    ending = subject(ladder, {Anchor.DUE: moment("30/12/2026 15:00")})
    assert said(owed(ending, moment(now), (), ladder)).get("duty") == told
