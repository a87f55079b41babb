"""What a person records while standings are being worked out is in them when that is done."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event, select

from jobs import project
from monitor.core.apology import Apology
from monitor.store import apologies, dossiers, projection, reading, writing
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
