"""Planned stops and the alert: what was down before a maintenance is not new when it begins (failure 13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from jobs import tell
from jobs.record import record
from monitor.core.look import Verdict
from monitor.core.period import Span
from monitor.core.uptime import Notice
from monitor.store import interruptions, notices, reading, writing
from tests.jobs.conftest import moment
from tests.jobs.test_tell import look

Office = Any


def told(office: Office) -> list[tuple[str, str, int]]:
    """Every telling of an interruption: to whom, at which stage, for which time."""
    wanted = text("SELECT person, stage, nth FROM tellings WHERE subject = 'interruption' ORDER BY person, stage, nth")
    with reading(office.app.engine) as db:
        return [(row.person, row.stage, row.nth) for row in db.execute(wanted)]


def see(office: Office, at: str, verdict: Verdict) -> None:
    office.clock.turn_to(moment(at))
    record(office.app, [look(at, verdict)], office.clock.now())
    tell.tick(office.app, office.clock.now())


def test_failure_13_already_down_before_a_maintenance_does_not_alert_as_new(sqlite_office: Office) -> None:
    sqlite_office.go_live()
    start = moment("16/12/2026 22:00")
    stop = Notice(
        service="2.001474",
        span=Span(start=start, end=start + timedelta(hours=2)),
        entered_at=sqlite_office.clock.now(),
        document="TB 12",
    )
    with writing(sqlite_office.app.engine) as db:
        notices.add(db, stop)
    see(sqlite_office, "16/12/2026 21:30", Verdict.UP)
    for at in ("21:40", "21:41", "21:50"):
        see(sqlite_office, f"16/12/2026 {at}", Verdict.DOWN)
    before = told(sqlite_office)
    assert before
    for at in ("22:00", "22:01", "22:30", "23:30", "23:59"):
        see(sqlite_office, f"16/12/2026 {at}", Verdict.DOWN)
    assert told(sqlite_office) == before
    with reading(sqlite_office.app.engine) as db:
        assert len(interruptions.recent(db, 10)) == 1


def test_failure_13_a_future_maintenance_does_not_keep_todays_alert_back(sqlite_office: Office) -> None:
    sqlite_office.go_live()
    start = moment("16/12/2026 22:00")
    span = Span(start=start, end=start + timedelta(hours=2))
    with writing(sqlite_office.app.engine) as db:
        notices.add(db, Notice(service="2.001474", span=span, entered_at=sqlite_office.clock.now(), document="TB 12"))
    see(sqlite_office, "25/11/2026 09:00", Verdict.UP)
    see(sqlite_office, "25/11/2026 09:10", Verdict.DOWN)
    assert told(sqlite_office) == []
    see(sqlite_office, "25/11/2026 09:11", Verdict.DOWN)
    assert told(sqlite_office)
