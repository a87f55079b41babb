"""What a person records while standings are being worked out is in them when that is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from jobs import letters, notify, project, tell
from jobs.subjects import key_of
from monitor.core.apology import Apology
from monitor.core.explanation import Delay
from monitor.core.finding import FindingKind
from monitor.core.ladder import SubjectKind
from monitor.core.official_letter import DispatchKind
from monitor.store import apologies, dispatches, dossiers, matters, projection, reading, tellings, writing
from monitor.store.dossier_tables import now as standings
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in


def test_an_apology_recorded_between_reading_and_writing_is_not_lost(office: Office) -> None:
    """The writer of standings begins just after somebody else's commit, which it has not read."""
    app, engine = office.app, office.app.engine
    late = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "20/11/2026 17:00:00"}
    take_in(app, [row("H56-261110-0001", **late)], moment("18/11/2026 08:00"))
    with reading(engine) as db:
        (one,) = dossiers.search(db, "H56-261110-0001")
    sent = Apology(
        matter=one.matter, agency="so-cong-thuong", document="7/PXL", dated=date(2026, 11, 19),
        old=moment("20/11/2026 17:00"), new=moment("30/11/2026 17:00"), at=moment("21/11/2026 08:00"), by="Lê Thị C",
    )  # fmt: skip
    recorded: list[bool] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_rest: object) -> None:
        if not recorded and (statement == "BEGIN IMMEDIATE" or statement.endswith("FOR SHARE")):
            recorded.append(True)
            with writing(engine) as db:
                apologies.add_once(db, sent)
                projection.reckon_anew(db, [one.matter], sent.at)

    event.listen(engine, "before_cursor_execute", meanwhile)
    project.refresh(app, moment("21/11/2026 09:00"))
    assert recorded
    with reading(engine) as db:
        assert db.execute(select(standings.c.result_standing)).scalar_one() == "running"


SENT = notify.Numbered(document="5/UBND-KSTTHC", dated=date(2026, 11, 25), signer="Chánh Văn phòng", by="Văn thư")


@pytest.fixture
def two_drafts(office: Office) -> tuple[int, int]:
    """Two results that are late since this morning, in a draft each, nobody told of them yet."""
    app = office.app
    office.go_live()
    office.clock.turn_to(moment("25/11/2026 11:00"))
    codes = ("H56.01", "H56.02")
    take_in(app, [row(code, appointment="25/11/2026 10:00:00") for code in codes], moment("25/11/2026 07:00"))
    project.refresh(app, office.clock.now())
    numbers = []
    with writing(app.engine) as db:
        for code in codes:
            (one,) = matters.find(db, code)
            assert one.appointment is not None
            delay = Delay(matter=one.matter, kind=FindingKind.RESULT, episode=one.appointment.isoformat())
            numbers.append(dispatches.draft(db, DispatchKind.URGE, "so-cong-thuong", [delay], at=office.clock.now()))
    return numbers[0], numbers[1]


def just_before_writing(office: Office, deed: Callable[[], object]) -> None:
    """Have somebody else do a deed between what the next recorder reads and what it writes."""
    done: list[bool] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_rest: object) -> None:
        if not done and (statement == "BEGIN IMMEDIATE" or statement.rstrip().endswith("FOR UPDATE")):
            done.append(True)
            deed()

    event.listen(office.app.engine, "before_cursor_execute", meanwhile)


def test_a_draft_or_a_number_that_somebody_else_recorded_meanwhile_is_not_taken_twice(
    office: Office, two_drafts: tuple[int, int]
) -> None:
    mine, other = two_drafts
    now = office.clock.now()
    just_before_writing(office, lambda: notify.record(office.app, mine, SENT, now))
    with pytest.raises(notify.NotNotified, match="đã ghi là văn bản 5/UBND-KSTTHC"):
        notify.record(office.app, mine, SENT, now)
    with reading(office.app.engine) as db:
        (sent,) = dispatches.recorded(db, dispatches.load(db, mine).delays).values()  # type: ignore[union-attr]
    assert len(sent) == 1
    with pytest.raises(notify.NotNotified, match="đã ghi cho một dự thảo khác"):
        notify.record(office.app, other, SENT, now)


def test_a_number_taken_by_another_draft_meanwhile_is_seen(office: Office, two_drafts: tuple[int, int]) -> None:
    mine, other = two_drafts
    now = office.clock.now()
    just_before_writing(office, lambda: notify.record(office.app, other, SENT, now))
    with pytest.raises(notify.NotNotified, match="đã ghi cho một dự thảo khác"):
        notify.record(office.app, mine, SENT, now)


def test_what_a_slots_letters_told_meanwhile_is_not_counted_as_told_by_paper(
    office: Office, two_drafts: tuple[int, int]
) -> None:
    app, now = office.app, office.clock.now()
    tell.plan(app, now, moment("25/11/2026 13:30"))
    just_before_writing(office, lambda: letters.compose(app, now, now))
    done = notify.record(app, two_drafts[0], SENT, now)
    assert done.told == 0
    with reading(app.engine) as db:
        rows = list(tellings.rows_of(db, SubjectKind.RESULT, [key_of("mot-cua", "H56.01")], live=True))
    assert rows
    assert all(one.letter is not None and not one.settled for one in rows)
