"""Silence in the files' arrivals is raised once, told as a suspicion to whoever has to rule, and counted nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jobs import project, silence, tell, urgent
from jobs import reading as reading_
from jobs.demo.dossiers import HEADINGS
from monitor.core.interruption import Interruption
from monitor.core.look import Cause
from monitor.core.period import ICT, Span, at, ict
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.reports.suspected import between
from monitor.store import interruptions, reading, suspicions, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row

Office = Any
CODE = "2.001474"
NOW = moment("25/11/2026 14:00")
FIRST, LAST = date(2026, 9, 1), "20/11/2026 00:00"


def filings(until: str, times: int = 3) -> list[datetime]:
    """So many a weekday from September on, up to a moment."""
    found = []
    day = FIRST
    while at(day) < moment(until):
        if day.isoweekday() < 6:
            found += [datetime(day.year, day.month, day.day, 8 + 3 * n, 15, tzinfo=ICT) for n in range(times)]
        day += timedelta(days=1)
    return [one for one in found if one < moment(until)]


def export(moments: Iterable[datetime], prefix: str = "A") -> list[tuple[str, ...]]:
    """Rows of an export of the watched procedure."""
    rows = []
    for number, one in enumerate(moments):
        cells = list(row(f"H56.01-{prefix}{number:05}", filed=f"{ict(one):%d/%m/%Y %H:%M:%S}", received=""))
        cells[3], cells[4] = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại", CODE
        rows.append(tuple(cells))
    return rows


def taken(office: Office, moments: Iterable[datetime], prefix: str = "A", at_: datetime = NOW) -> None:
    dropped(office, export(moments, prefix), at_)


def dropped(office: Office, rows: Sequence[tuple[str, ...]], at_: datetime) -> None:
    """Take in an export that was saved at that moment, which its figures stand for."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in (HEADINGS, *rows))
    path = office.app.settings.var_dir / f"ho-so-{ict(at_):%d%H}.xls"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>', "utf-8")
    os.utime(path, (at_.timestamp(), at_.timestamp()))
    if office.clock.moment < at_:
        office.clock.turn_to(at_)
    assert not reading_.take_in(office.app, path, "mot-cua", at_).failed
    project.catch_up(office.app, at_)


def known(office: Office) -> list[Suspicion]:
    with reading(office.app.engine) as db:
        return suspicions.between(db, CODE, Span(start=moment("01/01/2026 00:00"), end=moment("31/12/2026 00:00")))


def pass_hours(office: Office, hours: int) -> None:
    for _ in range(hours):
        silence.run(office.app, office.turn(hours=1))


def test_two_days_without_a_dossier_are_raised_once_and_end_with_the_next(office: Office) -> None:
    taken(office, filings(LAST))
    pass_hours(office, 3)
    (one,) = known(office)
    assert (one.kind, one.starts, one.ends) == (SuspicionKind.SILENCE, moment("19/11/2026 14:15"), None)
    assert "không có hồ sơ nào. 12 tuần trước đó có 174 hồ sơ" in one.text
    assert one.by == ""
    # A later file still shows none; then one that fell into the silence: it ended there, whenever we came to know.
    later = moment("26/11/2026 09:00")
    taken(office, filings(LAST), at_=later)
    pass_hours(office, 2)
    assert [known_.number for known_ in known(office)] == [one.number]
    taken(office, [moment("25/11/2026 16:00")], "B", at_=moment("26/11/2026 14:00"))
    with reading(office.app.engine) as db:
        service = office.app.register.services[CODE]
        (told,) = between(db, office.app.law, service, Span(start=one.starts, end=office.clock.now()))
    assert (told.lasting, told.span.end) == (False, moment("25/11/2026 16:00"))


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("25/11/2026 14:00", "dossiers go on arriving"),
        ("24/11/2026 00:00", "on Tuesday the 24th no office worked"),
        ("01/09/2026 23:00", "too few to know what is usual"),
    ],
)
def test_what_is_usual_or_unknown_is_not_raised(sqlite_office: Office, until: str, why: str) -> None:
    taken(sqlite_office, filings(until))
    pass_hours(sqlite_office, 1)
    assert known(sqlite_office) == [], why


def test_no_file_is_no_silence(sqlite_office: Office) -> None:
    """What is known ends with the newest file's own moment, however much later it is asked."""
    taken(sqlite_office, filings(LAST), at_=moment("20/11/2026 11:00"))
    sqlite_office.clock.turn_to(moment("25/11/2026 15:00"))
    pass_hours(sqlite_office, 1)
    assert known(sqlite_office) == []


def test_an_old_file_is_believed_no_more(sqlite_office: Office) -> None:
    taken(sqlite_office, filings(LAST), at_=moment("24/11/2026 17:00"))
    sqlite_office.clock.turn_to(moment("15/12/2026 09:00"))
    pass_hours(sqlite_office, 1)
    assert known(sqlite_office) == []


def test_nights_and_weekends_are_not_asked_about(sqlite_office: Office) -> None:
    taken(sqlite_office, filings(LAST), at_=moment("25/11/2026 19:00"))
    pass_hours(sqlite_office, 8)
    assert known(sqlite_office) == []
    sqlite_office.clock.turn_to(moment("26/11/2026 08:00"))
    pass_hours(sqlite_office, 1)
    assert len(known(sqlite_office)) == 1


def test_an_outage_that_was_seen_explains_the_silence(sqlite_office: Office) -> None:
    app = sqlite_office.app
    (target, *_) = app.register.services[CODE].required_targets()
    down = Interruption(
        service=CODE,
        target=target.key,
        last_good=None,
        first_bad=moment("20/11/2026 07:30"),
        last_bad=moment("20/11/2026 15:00"),
        first_good=None,
        cause=Cause.TIMEOUT,
        failed_looks=3,
    )
    with writing(app.engine) as db:
        interruptions.open_(db, down, NOW)
    taken(sqlite_office, filings(LAST))
    pass_hours(sqlite_office, 1)
    assert known(sqlite_office) == []


def test_a_version_that_a_later_file_took_back_ends_no_silence(sqlite_office: Office) -> None:
    taken(sqlite_office, [*filings(LAST), moment("25/11/2026 10:00")])
    pass_hours(sqlite_office, 1)
    assert known(sqlite_office) == []
    # The last dossier was filed for another procedure after all.
    last = export([*filings(LAST), moment("25/11/2026 10:00")])[-1]
    other = (*last[:4], "2.000033", *last[5:])
    dropped(sqlite_office, [other], moment("25/11/2026 16:00"))
    pass_hours(sqlite_office, 1)
    assert len(known(sqlite_office)) == 1


def beat(office: Office, **by: float) -> None:
    now = office.turn(**by)
    tell.tick(office.app, now)
    urgent.compose(office.app, now)


def complaint(office: Office, entered: datetime) -> int:
    told = Suspicion(
        service=CODE,
        kind=SuspicionKind.COMPLAINT,
        starts=entered - timedelta(hours=2),
        ends=None,
        entered_at=entered,
        text="Không bấm được <b>nút nộp</b>",
        by="Nguyễn Văn Thử",
    )
    with writing(office.app.engine) as db:
        number = suspicions.add(db, told)
    assert number is not None
    return number


def test_whoever_is_on_duty_is_told_once_as_of_a_suspicion(office: Office) -> None:
    office.go_live()
    number = complaint(office, office.clock.now())
    for _ in range(3):
        beat(office, minutes=1)
    posts = {p.address for p in office.app.register.posts.values() if p.role == "duty"}
    letters = office.letters()
    assert letters
    assert {letter.message.to_address for letter in letters} <= posts
    assert len({letter.message.to_address for letter in letters}) == len(letters)
    message = letters[0].message
    assert message.subject.startswith(f"NGHI gián đoạn, cần kết luận: dịch vụ công trực tuyến {CODE}")
    assert f"tthc suspicion rule {number}" in message.text
    assert "Đây mới là nghi ngờ, chưa phải gián đoạn" in message.text
    assert "Không bấm được &lt;b&gt;nút nộp&lt;/b&gt;" in message.html
    for twin in (message.text, message.html):
        assert "không chứa thông tin của người nộp hồ sơ" not in twin
        assert "có lời phản ánh do người trực ghi lại" in twin


def test_at_night_it_waits_for_the_morning_and_what_was_ruled_on_meanwhile_is_not_told(office: Office) -> None:
    office.go_live()
    office.clock.turn_to(moment("25/11/2026 22:00"))
    number = complaint(office, office.clock.now())
    other = complaint(office, office.clock.now())
    beat(office, minutes=1)
    assert office.letters() == []
    with writing(office.app.engine) as db:
        suspicions.rule(db, other, Finding.REJECTED, at=office.clock.now(), by="Lê Văn Thử", reason="nhầm")
    beat(office, hours=9)
    assert {f"tthc suspicion rule {number}" in letter.message.text for letter in office.letters()} == {True}


def test_what_was_ruled_on_between_telling_and_letter_is_settled_without_one(sqlite_office: Office) -> None:
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 09:00"))
    number = complaint(sqlite_office, sqlite_office.clock.now())
    now = sqlite_office.turn(minutes=1)
    tell.tick(sqlite_office.app, now)
    with writing(sqlite_office.app.engine) as db:
        suspicions.rule(db, number, Finding.CONFIRMED, at=now, by="Lê Văn Thử", reason="đã gọi")
    urgent.compose(sqlite_office.app, now)
    beat(sqlite_office, minutes=5)
    assert sqlite_office.letters() == []


def test_a_suspicion_of_long_ago_is_told_of_no_more(sqlite_office: Office) -> None:
    sqlite_office.go_live()
    complaint(sqlite_office, moment("25/10/2026 09:00"))
    sqlite_office.clock.turn_to(moment("25/11/2026 09:00"))
    beat(sqlite_office, minutes=1)
    assert sqlite_office.letters() == []
