"""Everything known of one interruption is found by its name, and what people say of it alters no figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from monitor.core.interruption import Interruption
from monitor.core.look import Cause, Verdict
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.suspicion import Suspicion, SuspicionKind
from monitor.register.register import register_of
from monitor.reports.handle import HandleUnknown, find, handle
from monitor.reports.known import all_of
from monitor.reports.record import Nature, Record, record_of, records_of
from monitor.store import reading, remarks, suspicions, writing
from tests.monitor.reports.conftest import CODE, Watch, Watched, moment

NOW = "25/11/2026 12:00"


@pytest.fixture
def watched(watch: Watch) -> Watched:
    """A page that was down on Monday morning, every required target at once."""
    told: Watched = watch()
    told.finds("23/11/2026 08:30", "23/11/2026 09:10", Cause.STATUS)
    told.looks("23/11/2026 06:00", "23/11/2026 12:00", told.service.required_targets())
    return told


def named(watched: Watched, text: str) -> Interruption:
    with reading(watched.engine) as db:
        return find(db, watched.register, watched.law, text)[1]


def record(watched: Watched, text: str, now: str = NOW) -> Record:
    with reading(watched.engine) as db:
        service, one = find(db, watched.register, watched.law, text)
        return record_of(db, watched.register, watched.law, service, one, now=moment(now))


def key(watched: Watched) -> str:
    return watched.service.required_targets()[0].key


def first(watched: Watched) -> str:
    return f"2026-11-23T08:31/{key(watched)}"


def say(watched: Watched, one: Interruption, kind: RemarkKind, text: str, **more: Any) -> int:
    said = Remark(
        service=CODE,
        target=one.target,
        first_bad=one.first_bad,
        at=more.pop("at", moment("23/11/2026 10:00")),
        kind=kind,
        text=text,
        by="Nguyễn Văn Thử",
        **more,
    )
    with writing(watched.engine) as db:
        return remarks.add(db, said)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T08:31",
        "2026-11-23T08:31:00",
        " 2026-11-23 08:31 ",
        "23/11/2026 08:31",
        "23/11/2026 8:31:00",
        "08:31 23/11/2026",
        "08:31:00 23/11/2026",
    ],
)
def test_an_interruption_is_found_by_when_it_began(watch: Watch, text: str) -> None:
    told = watch()
    told.finds("23/11/2026 08:30", "23/11/2026 09:10", Cause.STATUS)
    told.looks("23/11/2026 06:00", "23/11/2026 12:00", told.service.required_targets()[:1])
    one = named(told, text)
    assert handle(one) == f"2026-11-23T08:31:00/{key(told)}"
    assert named(told, handle(one)) == one


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-11-23T08:30", "Không có gián đoạn nào bắt đầu lúc 2026-11-23T08:30"),
        ("2026-11-23T08:31/nơi-khác", "Không có gián đoạn nào"),
        ("2026-11-23T09:01", "Không có gián đoạn nào"),
        ("hôm qua", "Không hiểu 'hôm qua'"),
        ("", "Không hiểu ''"),
        ("2026-02-30T08:31", "Không có thời điểm"),
        ("2026-11-23T25:31", "Không có thời điểm"),
        ("0000-11-23T05:31", "Không có thời điểm"),
        ("0001-01-01T05:31", "Không có thời điểm"),
    ],
)
def test_what_is_called_otherwise_is_answered_with_the_mend(watched: Watched, text: str, why: str) -> None:
    with pytest.raises(HandleUnknown, match=why) as refused:
        named(watched, text)
    assert "tthc interruption list" in str(refused.value)


def test_a_moment_at_which_two_began_is_answered_with_both_names(watched: Watched) -> None:
    noted = [one for one in watched.service.targets if not one.required and not one.control]
    watched.looks("23/11/2026 06:00", "23/11/2026 12:00", noted)
    both = [f"2026-11-23T08:31:00/{one}" for one in (key(watched), noted[0].key)]
    with pytest.raises(HandleUnknown, match="ghi rõ một trong") as refused:
        named(watched, "2026-11-23T08:31")
    assert all(name in str(refused.value) for name in both)


def test_a_target_that_was_renamed_is_found_by_the_name_it_had(watched: Watched) -> None:
    service = watched.service
    before = key(watched)
    renamed = [replace(t, key="ten-moi", formerly=(t.key,)) if t.key == before else t for t in service.targets]
    services = {CODE: replace(service, targets=tuple(renamed))}
    watched.register = register_of(agencies=watched.register.agencies.values(), services=services.values())
    one = named(watched, f"2026-11-23T08:31/{before}")
    assert handle(one) == "2026-11-23T08:31:00/ten-moi"
    say(watched, replace(one, target=before), RemarkKind.CAUSE, "Đứt cáp")
    assert record(watched, handle(one)).cause is not None


def test_a_record_has_the_bounds_and_what_the_looks_saw(watched: Watched) -> None:
    told = record(watched, first(watched))
    assert told.interruption == named(watched, first(watched))
    assert told.interruption.last_good == moment("23/11/2026 08:26")
    assert told.by_cause == {(Cause.STATUS, 200): 8}
    assert [look.verdict for look in told.looks] == [Verdict.UP, *[Verdict.DOWN] * 8, Verdict.UP]
    assert (told.nature, told.fault, told.recurring) == (Nature.FAILURE, None, False)
    assert (told.told.observed_ms, told.told.unobserved_ms) == (40 * 60_000, 0)


def test_the_newest_word_stands_and_all_are_kept(watched: Watched) -> None:
    one = named(watched, first(watched))
    say(watched, one, RemarkKind.CAUSE, "Chưa rõ")
    say(watched, one, RemarkKind.CAUSE, "Đứt cáp", at=moment("23/11/2026 11:00"))
    say(watched, one, RemarkKind.OWNER, "Cục A")
    say(watched, one, RemarkKind.REMEDY, "Nối lại cáp")
    say(watched, one, RemarkKind.FALLBACK, "Nhận trực tiếp")
    say(watched, one, RemarkKind.ASKED, "Cục A", document="1/SCT", dated=date(2026, 11, 24))
    told = record(watched, first(watched))
    words = [one.text for one in (told.cause, told.owner, told.remedy, told.fallback) if one]
    assert words == ["Đứt cáp", "Cục A", "Nối lại cáp", "Nhận trực tiếp"]
    assert [one.document for one in told.asked] == ["1/SCT"]
    assert len(told.remarks) == 6


def test_a_reply_has_every_ruling_and_the_newest_stands(watched: Watched) -> None:
    one = named(watched, first(watched))
    reply = say(watched, one, RemarkKind.REPLY, "Không có sự cố")
    other = say(watched, one, RemarkKind.REPLY, "Có sự cố")
    for ruling, at in ((Ruling.CONTESTED, "23/11/2026 11:00"), (Ruling.UPHELD, "23/11/2026 11:30")):
        say(watched, one, RemarkKind.RULING, "vì", ruling=ruling, answers=reply, at=moment(at))
    (first_reply, second) = record(watched, first(watched)).replies
    assert [ruling.ruling for ruling in first_reply.rulings] == [Ruling.CONTESTED, Ruling.UPHELD]
    assert first_reply.standing is not None
    assert first_reply.standing.ruling is Ruling.UPHELD
    assert (second.remark.number, second.standing) == (other, None)


def test_force_majeure_is_a_label_until_it_is_rejected_and_changes_no_figure(watched: Watched) -> None:
    one = named(watched, first(watched))
    before = watched.log("2026-W48", NOW).account
    claim = say(watched, one, RemarkKind.FORCE_MAJEURE, "Bão số 9", document="3/UBND", dated=date(2026, 11, 23))
    told = record(watched, first(watched))
    assert told.nature is Nature.FORCE_MAJEURE
    assert told.force_majeure is not None
    assert watched.log("2026-W48", NOW).account == before
    say(watched, one, RemarkKind.RULING, "không có bão", ruling=Ruling.REJECTED, answers=claim)
    told = record(watched, first(watched))
    assert (told.nature, told.force_majeure) == (Nature.FAILURE, None)
    assert "Bão số 9 [kết luận: không chấp nhận, không có bão]" in dict(all_of(told.told, told))["Bất khả kháng"]


@pytest.mark.parametrize(
    ("start", "end", "entered", "nature"),
    [
        ("23/11/2026 08:00", "23/11/2026 10:00", "01/11/2026 08:00", Nature.ANNOUNCED),
        ("23/11/2026 08:00", "23/11/2026 09:00", "01/11/2026 08:00", Nature.OVERRUN),
        ("23/11/2026 08:00", "23/11/2026 10:00", "20/11/2026 08:00", Nature.ANNOUNCED_LATE),
        ("23/11/2026 08:45", "23/11/2026 10:00", "01/11/2026 08:00", Nature.FAILURE),
    ],
)
def test_its_class_is_that_of_the_law(watched: Watched, start: str, end: str, entered: str, nature: Nature) -> None:
    watched.announce(start, end, entered)
    assert record(watched, first(watched)).nature is nature


def test_what_came_back_within_thirty_days_says_what_it_repeats(watched: Watched) -> None:
    watched.finds("23/11/2026 14:00", "23/11/2026 14:30", Cause.TIMEOUT)
    watched.looks("23/11/2026 12:00", "23/11/2026 16:00", watched.service.required_targets())
    again = record(watched, f"2026-11-23T14:01/{key(watched)}")
    assert again.recurring
    assert again.repeats is not None
    assert again.repeats.first_bad == moment("23/11/2026 08:31")
    assert not record(watched, first(watched)).recurring


def test_what_comes_after_announced_maintenance_is_no_recurrence(watched: Watched) -> None:
    watched.announce("23/11/2026 08:00", "23/11/2026 10:00", "01/11/2026 08:00")
    watched.finds("23/11/2026 14:00", "23/11/2026 14:30", Cause.TIMEOUT)
    watched.looks("23/11/2026 12:00", "23/11/2026 16:00", watched.service.required_targets())
    assert not record(watched, f"2026-11-23T14:01/{key(watched)}").recurring


def test_a_place_that_decides_nothing_repeats_only_itself_and_the_service_never_it(watched: Watched) -> None:
    (noted, *_) = (one for one in watched.service.targets if not one.required and not one.control)
    watched.finds("23/11/2026 07:00", "23/11/2026 07:40", Cause.TIMEOUT)
    watched.looks("23/11/2026 06:00", "23/11/2026 12:00", [noted])
    assert not record(watched, first(watched)).recurring
    again = record(watched, f"2026-11-23T08:31/{noted.key}")
    assert again.repeats is not None
    assert (again.repeats.target, again.repeats.first_bad) == (noted.key, moment("23/11/2026 07:01"))


def test_a_record_of_many_is_that_of_each(watched: Watched) -> None:
    watched.finds("23/11/2026 14:00", "23/11/2026 14:30", Cause.TIMEOUT)
    watched.looks("23/11/2026 12:00", "23/11/2026 16:00", watched.service.required_targets())
    names = [f"2026-11-23T{at}/{key(watched)}" for at in ("08:31", "14:01")]
    some = [named(watched, name) for name in names]
    with reading(watched.engine) as db:
        many = records_of(db, watched.register, watched.law, watched.service, some, now=moment(NOW))
        none = records_of(db, watched.register, watched.law, watched.service, [], now=moment(NOW))
    assert list(many) == [record(watched, name) for name in names]
    assert none == ()


def test_what_people_saw_and_what_was_suspected_meanwhile_stand_beside_it(watched: Watched) -> None:
    watched.person_saw("23/11/2026 08:50", Verdict.DOWN)
    watched.person_saw("23/11/2026 09:30", Verdict.UP)
    complaint = Suspicion(
        service=CODE,
        kind=SuspicionKind.COMPLAINT,
        starts=moment("23/11/2026 09:00"),
        ends=None,
        entered_at=moment("23/11/2026 10:00"),
        text="không nộp được",
    )
    with writing(watched.engine) as db:
        suspicions.add(db, complaint)
        suspicions.add(db, replace(complaint, starts=moment("23/11/2026 11:00")))
    told = record(watched, first(watched))
    assert [check.verdict for check in told.manual] == [Verdict.DOWN]
    assert [one.starts for one in told.suspected] == [complaint.starts]


def test_an_open_interruption_is_told_up_to_now(watch: Watch) -> None:
    told = watch()
    told.finds("23/11/2026 08:30", "23/11/2026 23:00", Cause.CONNECT)
    told.looks("23/11/2026 06:00", "23/11/2026 12:00", told.service.required_targets()[:1])
    one = record(told, "2026-11-23T08:31", now="23/11/2026 12:00")
    assert one.interruption.open
    assert one.told.within == Span(start=moment("23/11/2026 08:31"), end=moment("23/11/2026 12:00"))
    assert one.as_of - one.interruption.last_bad < timedelta(minutes=5)
    assert isinstance(one.as_of, datetime)
