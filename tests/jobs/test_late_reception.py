"""The list of dossiers says with what a dossier is late, as the page and the letters do."""

from __future__ import annotations

from click.testing import CliRunner

from jobs.cli.dossier_words import stands
from jobs.cli.dossiers import dossiers
from monitor.core.finding import Standing
from monitor.store import dossier_list, reading
from tests.jobs.conftest import Office
from tests.jobs.dossiers import row, take_in, waiting


def test_what_nobody_received_in_time_is_late_in_reception_and_no_result(sqlite_office: Office) -> None:
    app = sqlite_office.app
    take_in(
        app, [waiting("A-1", "02/11/2026 08:00:00"), row("B-2", appointment="20/11/2026 17:00:00")], app.clock.now()
    )
    with reading(app.engine) as db:
        shown = {one.code: one for one in dossier_list.listed(db)}
    assert {one.standing for one in shown.values()} == {Standing.LATE}
    assert stands(shown["A-1"]).startswith("chậm tiếp nhận")
    assert stands(shown["B-2"]).startswith("quá hạn")
    assert [shown[code].as_json()["late_reception"] for code in ("A-1", "B-2")] == [True, False]

    asked = CliRunner().invoke(dossiers, ["list", "--standing", "cham-tiep-nhan"], obj=app, catch_exceptions=False)
    assert ("A-1" in asked.output, "B-2" in asked.output) == (True, False)
    asked = CliRunner().invoke(dossiers, ["list", "--standing", "quá hạn"], obj=app, catch_exceptions=False)
    assert ("A-1" in asked.output, "B-2" in asked.output) == (True, True)
