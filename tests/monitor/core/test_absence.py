"""Who stands in: somebody who is there and can be reached, whoever is away and however they stand in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.absence import Absence, AbsenceReason, stand_in
from monitor.core.agency import Post, Role
from monitor.core.ladder import Anchor, Ladder, Stage, Subject, SubjectKind, Telling, owed
from monitor.law import official_calendar

DAY = date(2026, 11, 26)
KEYS = ("head", "deputy", "focal", "other")


def away(post: str, substitute: str = "", **changes: date) -> Absence:
    days = {"since": DAY, "until": DAY} | changes
    return Absence(
        post=post,
        reason=AbsenceReason.LEAVE,
        substitute=substitute,
        at=datetime(2026, 11, 1, tzinfo=UTC),
        by="A",
        **days,
    )


def posts(without: Iterable[str] = ()) -> dict[str, Post]:
    bare = set(without)
    return {
        key: Post(key=key, agency="a", role=Role.HEAD, title=key, address="" if key in bare else f"{key}@x.vn")
        for key in KEYS
    }


def reads(post: str, absences: dict[str, Absence], without: Iterable[str] = ()) -> tuple[str, int, bool] | None:
    """Who reads for a post, through how many absences, and whether nobody was found."""
    known = posts(without)
    found = stand_in(known[post], absences, known, lambda _: (known["deputy"], known["head"]))
    return None if found is None else (found.by.key, len(found.absences), found.alone)


@pytest.mark.parametrize(
    ("absent", "without", "expected"),
    [
        ({}, (), None),
        ({"head": "focal"}, (), ("focal", 1, False)),
        ({"head": ""}, (), ("deputy", 1, False)),
        ({"head": "", "deputy": ""}, (), ("head", 1, True)),
        ({"head": "focal", "focal": "other"}, (), ("other", 2, False)),
        ({"head": "focal", "focal": "head"}, (), ("deputy", 2, False)),
        ({"head": "deputy", "deputy": "head"}, (), ("head", 1, True)),
        ({"head": "focal"}, ("focal",), ("deputy", 1, False)),
        ({"head": "gone"}, (), ("deputy", 1, False)),
        ({"head": "head"}, ("deputy",), ("head", 1, True)),
    ],
    ids=["there", "named", "usual", "both", "followed", "circle", "pair", "no-address", "left", "nobody"],
)
def test_who_reads_for_the_head(
    absent: dict[str, str], without: tuple[str, ...], expected: tuple[str, int, bool] | None
) -> None:
    assert reads("head", {key: away(key, by) for key, by in absent.items()}, without) == expected


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from((*KEYS, "")), max_size=4), st.sampled_from(KEYS))
def test_nobody_who_is_away_reads_unless_nobody_is_there(absent: dict[str, str], post: str) -> None:
    found = reads(post, {key: away(key, by) for key, by in absent.items()})
    if post not in absent:
        assert found is None
    else:
        assert found is not None
        by, _, alone = found
        assert (by == post) is alone
        assert alone or by not in absent
        assert not alone or {"head", "deputy"} <= {*absent}, "the usual ones would have been there"


def test_an_absence_ends_sooner_and_one_that_never_was_covers_no_day() -> None:
    long = away("head", since=date(2026, 11, 26), until=date(2026, 12, 1))
    assert [long.covers(date(2026, 11, day)) for day in (25, 26, 30)] == [False, True, True]
    ended = Absence(
        **{name: getattr(long, name) for name in Absence.__dataclass_fields__} | {"ended": date(2026, 11, 27)}
    )
    assert (ended.covers(date(2026, 11, 27)), ended.covers(date(2026, 11, 28))) == (True, False)
    never = Absence(
        **{name: getattr(long, name) for name in Absence.__dataclass_fields__} | {"ended": date(2026, 11, 25)}
    )
    assert not any(never.covers(date(2026, 11, day)) for day in range(20, 31))
    assert long.overlaps(away("head", since=date(2026, 12, 1), until=date(2026, 12, 2)))
    assert not ended.overlaps(away("head", since=date(2026, 11, 28), until=date(2026, 12, 2)))


LADDER = Ladder(
    subject=SubjectKind.RESULT,
    stages=(
        Stage(name="late", anchor=Anchor.DUE, audience=("unit:head",), repeat_working_days=1, late=True),
        Stage(name="higher", anchor=Anchor.DUE, working_days=3, audience=("unit:head",)),
    ),
)


@pytest.mark.parametrize(
    ("known", "readers", "at", "expected"),
    [
        ((), {}, "26", [("head", "late", 2), ("other", "late", 2)]),
        (("head",), {}, "26", [("other", "late", 2)]),
        (("deputy",), {}, "26", [("head", "late", 2), ("other", "late", 2)]),
        (("deputy",), {"head": "deputy"}, "26", [("other", "late", 2)]),
        (("head",), {"head": "deputy"}, "26", [("head", "late", 2), ("other", "late", 2)]),
        (("head",), {}, "30", [("head", "higher", 1), ("other", "higher", 1)]),
    ],
    ids=["nobody", "the-head", "somebody-else", "substitute", "back-to-another", "higher"],
)
def test_what_a_person_acknowledged_is_not_repeated_to_them_and_higher_stages_are_told(
    known: tuple[str, ...], readers: dict[str, str], at: str, expected: list[tuple[str, str, int]]
) -> None:
    due, now = datetime(2026, 11, 25, 10, tzinfo=UTC), datetime(2026, 11, int(at), 2, tzinfo=UTC)
    subject = Subject(
        kind=SubjectKind.RESULT, key="k", episode="", milestones={Anchor.DUE: due}, calendar=official_calendar(),
        known_since=datetime(2026, 11, 1, tzinfo=UTC), people={"unit:head": ("head", "other")}, live=True,
    )  # fmt: skip
    told = [
        Telling(
            subject=SubjectKind.RESULT, key="k", episode="", stage="late", nth=1, person=person, live=True,
            made_at=due, acknowledged=known if person == "head" else (),
        )
        for person in ("head", "other")
    ]  # fmt: skip
    found = owed(subject, now, told, LADDER, readers=readers)
    assert [(one.person, one.stage, one.nth) for one in found] == expected
