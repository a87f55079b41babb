"""What cannot be judged, and what was put off twice: one count in lists, on the meeting's page, on the status page."""

from __future__ import annotations

from datetime import date, timedelta

from click.testing import CliRunner

from jobs import project
from jobs.apologise import Given, record
from jobs.cli.dossiers import dossiers as commands
from monitor.core.finding import FindingKind
from monitor.reports.lists.briefing import Ground, briefing
from monitor.reports.lists.briefing_page import page
from monitor.reports.lists.overdue import Why, overdue
from monitor.store import dossiers, reading
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in


def noted(office: Office, kind: FindingKind) -> int:
    """How many the status page counts."""
    with reading(office.app.engine) as db:
        return sum(one.count for one in dossiers.counts(db) if one.kind is kind)


def test_what_cannot_be_judged_is_one_count_everywhere(office: Office) -> None:
    app, now = office.app, office.clock.now()
    ahead = {"filed": "30/11/2026 08:00:00", "received": "30/11/2026 09:00:00"}
    done = {"status": "Đã trả kết quả", "filed": "20/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    take_in(
        app,
        [
            row("H56.01", appointment="04/12/2026 17:00:00", **ahead),
            row("H56.02", filed="20/11/2026 08:00:00", received="10/11/2026 09:00:00"),
            row("H56.03", unit="Tổ công tác số 7"),  # nobody's, and in time
            row("H56.04", finished="24/11/2026 09:00:00", **done),  # done: nobody waits for its figures
            row("H56.05"),
        ],
        moment("24/11/2026 18:00"),
    )  # fmt: skip
    with reading(app.engine) as db:
        now_listed = overdue(db, app.register, app.law, now, now)
        before = overdue(db, app.register, app.law, now - timedelta(hours=1), now)
        october = overdue(db, app.register, app.law, moment("01/11/2026 00:00"), now, known_at=now)
        told = briefing(db, app.register, app.law, now, now)
    for listed in (now_listed, before):
        assert [(one.dossier.code, one.why) for one in listed.unjudged] == [
            ("H56.01", Why.IMPOSSIBLE_DATES),
            ("H56.02", Why.IMPOSSIBLE_DATES),
            ("H56.03", Why.UNKNOWN_UNIT),
        ]
    assert october.unjudged == ()  # what was told of later is not of that time
    assert told.uncounted == {"impossible_dates": 2, "unknown_unit": 1}
    assert noted(office, FindingKind.IMPOSSIBLE_DATES) == 2
    assert noted(office, FindingKind.UNKNOWN_UNIT) == 1
    text = str(page(told, app.register, app.law))
    assert "2 hồ sơ ngày ghi không thể đúng" in text
    assert "1 hồ sơ chưa xác định đơn vị" in text
    listed_by = CliRunner().invoke(commands, ["list", "--kind", "ngay-khong-dung"], obj=app)
    assert listed_by.stdout.count("ngày ghi không thể đúng") == 2
    assert "đang trong hạn" not in listed_by.stdout


def test_what_was_put_off_twice_is_put_before_the_meeting_first_though_it_is_not_late_yet(office: Office) -> None:
    app, now = office.app, office.clock.now()
    late = {"filed": "02/11/2026 08:00:00", "received": "02/11/2026 09:00:00"}
    rows = [row(f"H56.{n:02}", appointment=f"{n + 2:02}/11/2026 17:00:00", **late) for n in range(1, 8)]
    take_in(app, [*rows, row("H56.90", appointment="27/11/2026 17:00:00")], moment("24/11/2026 18:00"))
    for document, new, breach in (("1/PXL", date(2026, 12, 4), False), ("2/PXL", date(2026, 12, 9), True)):
        given = Given(document=document, dated=date(2026, 11, 25), new=new, by="Lê Thị C", breach=breach)
        record(app, ["H56.90"], given, now)
    project.refresh(app, now)
    later = now + timedelta(minutes=1)
    with reading(app.engine) as db:
        told = briefing(db, app.register, app.law, later, later)
        before = briefing(db, app.register, app.law, now - timedelta(hours=1), later)
    first, *others = told.cases
    assert (first.dossier.code, first.ground, first.late, first.due) == (
        "H56.90",
        Ground.SECOND,
        False,
        date(2026, 12, 4),
    )
    assert len({one.dossier.code for one in others}) == 4
    assert all(one.late for one in others)
    text = str(page(told, app.register, app.law))
    assert "1. H56.90, Sở Công Thương: Thông báo hoạt động khuyến mại; hẹn trả 04/12/2026. Hẹn lại quá một lần" in text
    assert "H56.90" not in {one.dossier.code for one in before.cases}  # nobody knew of it then
