"""What commands say where nothing is to be explained yet, although dossiers are late: nobody was asked so far."""

from __future__ import annotations

from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from jobs.letters import next_slot
from monitor.register.naming import grouped_under
from monitor.reports.explaining import answered_for
from monitor.reports.lists.overdue import overdue
from monitor.reports.render import gio, so
from monitor.store import explanations


def not_asked(db: Connection, app: App, agency: str) -> str:
    """How many late dossiers of an agency, or of all, nobody was asked of, and how they are; empty where there is none.

    What rests on figures that are too old is not among them.
    """
    now = app.clock.now()
    whose = answered_for(app.register, agency) if agency else frozenset[str]()
    rows = overdue(db, app.register, app.law, now, now, agency=agency).rows
    late = [row.delay for row in rows if row.explanation is None and (not whose or row.agency in whose)]
    asked = explanations.requests(db, late)
    count = len({delay.matter for delay in late if delay not in asked})
    if not count:
        return ""
    whom = f"--agency {grouped_under(app.register, agency)}" if agency else "--all"
    slot = f"hỏi ở kỳ thư {gio(next_slot(app, now))}" if tell.mode(db) else "đang chạy thử nên kỳ thư chưa hỏi ai"
    return (
        f"{app.register.agency_name(agency) if agency else 'Các cơ quan'}: {so(count)} hồ sơ chậm, chưa hỏi; {slot}, "
        f"hoặc hỏi bằng công văn: tthc draft explain {whom}, rồi tthc dispatch record."
    )
