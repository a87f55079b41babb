"""What pages say of reminders: who got one, and of what still stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jobs import chairman, duties
from monitor.core.ladder import SubjectKind
from monitor.core.obligation import DueKind, Obligation
from monitor.core.progress import Progress, ProgressKind
from monitor.reports.duties import duties_now
from monitor.reports.duty_sheet import sheet
from monitor.store import LetterState, TellingRow, letters, reading, tellings, writing
from monitor.store import duties as stored
from tests.jobs.conftest import moment
from tests.monitor.store.given import message, telling

Office = Any
CT, ABOVE = "so-cong-thuong", "vp-ubnd-tinh/head"
DUTY = Obligation(
    key="bao-cao",
    letter="Công văn 100/UBND-KSTTHCNC",
    title="Báo cáo",
    agencies=(CT,),
    report_to="ubnd-tinh",
    due_kind=DueKind.BY,
    due=date(2026, 11, 20),
)
PART = f"{DUTY.key}\x1f\x1f{CT}"


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """An office in earnest that follows one duty, three working days late."""
    sqlite_office.app = replace(sqlite_office.app, register=replace(sqlite_office.app.register, duties=(DUTY,)))
    sqlite_office.clock.turn_to(moment("25/11/2026 07:00"))
    sqlite_office.go_live()
    duties.meet(sqlite_office.app, sqlite_office.clock.now())
    return sqlite_office


def tell(office: Office, person: str, state: LetterState = LetterState.ACCEPTED, **facts: Any) -> TellingRow:
    """Have a person told in a letter that is in a state."""
    told = telling(**{"subject": SubjectKind.DUTY, "key": PART, "stage": "late", "person": person} | facts)
    with writing(office.app.engine) as db:
        (made,) = tellings.add_once(db, [told])
        number = letters.add_once(
            db, message=message(key=str(made)), kind="digest", slot=None, live=True, state=state, now=told.made_at
        )
        assert number is not None
        tellings.attach(db, [made], number)
    return TellingRow(id=made, telling=told, letter=number)


def enter(office: Office, kind: ProgressKind, **facts: Any) -> None:
    with writing(office.app.engine) as db:
        stored.add(db, Progress(duty=DUTY.key, agency=CT, kind=kind, at=office.clock.now(), by="Lê Thị Thử", **facts))


def beyond(office: Office) -> list[tuple[str, ...]]:
    """The lines of the Chairman's page beyond the authority of those below: who was reminded, by line."""
    with reading(office.app.engine) as db:
        page = chairman.page(db, office.app, office.clock.now(), live=True)
    return [tuple(one.title for one in line.history) for task in page.tasks for line in task.lines]


def test_who_got_no_letter_was_not_reminded(office: Office) -> None:
    tell(office, f"{CT}/head")
    tell(office, f"{CT}/deputy", LetterState.DEAD)
    tell(office, f"{CT}/focal_point", LetterState.NO_ADDRESS)
    tell(office, ABOVE, LetterState.BOUNCED, stage=chairman.SUPERIOR)
    assert beyond(office) == [("Giám đốc",)]
    with reading(office.app.engine) as db:
        (one,) = duties_now(db, office.app.register, office.app.law, office.clock.now())
        shown = sheet(db, office.app.register, office.app.law, one, office.clock.now(), live=True)
    assert [told.title for told in shown.told(one.parts[0])] == [office.app.register.posts[f"{CT}/head"].title]


def test_what_was_told_of_a_day_since_extended_or_a_report_since_returned_is_beyond_nobody(office: Office) -> None:
    gone = tell(office, "so-cu/head", stage=chairman.SUPERIOR)
    assert gone.telling.person not in office.app.register.posts
    assert beyond(office) == [()], "told to a post that has left the register"
    enter(office, ProgressKind.REPORTED, document="45/BC", dated=date(2026, 11, 24))
    enter(office, ProgressKind.RETURNED, text="thiếu số liệu")
    assert beyond(office) == []
    tell(office, ABOVE, stage=chairman.SUPERIOR, episode="2026-11-20/1")
    assert beyond(office) == [("Chánh Văn phòng UBND tỉnh",)]
    enter(office, ProgressKind.EXTENDED, document="9/UBND", dated=date(2026, 11, 24), due=date(2026, 12, 31))
    assert beyond(office) == []
