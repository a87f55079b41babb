"""From the office's choices and a person's words to the rows that pages and letters are made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from jobs import project
from jobs.app import App, build
from jobs.clock import HandClock
from monitor.config import Settings
from monitor.core.finding import Standing
from monitor.core.law import Law
from monitor.core.period import ICT
from monitor.store import apologies, dossier_list, matters, projection, reading, writing
from monitor.store.dossier_list import ListRow
from tests.jobs.conftest import Office
from tests.jobs.dossiers import row, take_in
from tests.monitor.core.deadline_facts import apology

CODE = "H56.02-261116-0001"


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


def listed(app: App) -> ListRow:
    with reading(app.engine) as db:
        (one,) = dossier_list.listed(db, limit=9)
    return one


def test_whether_the_hour_counts_is_the_offices_choice_and_all_is_reckoned_anew(tmp_path: Path) -> None:
    clock = HandClock(moment("25/11/2026 17:30"))
    url = f"sqlite:///{tmp_path / 'tthc.db'}"
    settings = Settings(var_dir=tmp_path / "var", database_url=url)
    by_moment = build(settings, clock)
    take_in(by_moment, [row(CODE, appointment="25/11/2026 17:00:00")], clock.now())
    assert listed(by_moment).standing is Standing.LATE
    by_moment.engine.dispose()
    by_day = build(settings.model_copy(update={"on_time_by": "date"}), clock)
    assert by_day.law.by_date
    project.catch_up(by_day, clock.now())
    one = listed(by_day)
    assert (one.standing, one.result_due) == (Standing.DUE, date(2026, 11, 25))
    by_day.engine.dispose()


def confirmed(law: Law) -> Law:
    """The same law, the limit of 2.000033 (which has none) five working days and ticked by a person."""
    rule = replace(
        law.rules["resolution_days.2.000004"][-1], key="resolution_days.2.000033", confirmed_by="Nguyễn Văn A"
    )
    return replace(law, rules={**law.rules, rule.key: (rule,)}, version="x")


def test_a_confirmed_limit_runs_where_nothing_is_printed_and_an_unconfirmed_one_does_not(
    sqlite_office: Office,
) -> None:
    app, now = sqlite_office.app, sqlite_office.clock.now()
    take_in(app, [row(CODE, appointment="")], now)
    assert (listed(app).standing, listed(app).result_due) == (Standing.NOTED, None)
    ticked = replace(app, law=confirmed(app.law))
    project.catch_up(ticked, now)
    one = listed(ticked)
    assert (one.standing, one.result_due) == (Standing.LATE, date(2026, 11, 23))


def test_a_recorded_apology_moves_the_clock_to_its_one_new_appointment(sqlite_office: Office) -> None:
    app, now = sqlite_office.app, sqlite_office.clock.now()
    take_in(app, [row(CODE, appointment="24/11/2026 17:00:00")], now)
    assert listed(app).standing is Standing.LATE
    with writing(app.engine) as db:
        (one,) = matters.find(db, CODE)
        sent = replace(apology("20/11/2026", "24/11/2026 17:00", "30/11/2026 17:00"), matter=one.matter)
        apologies.add_once(db, sent)
        projection.reckon_anew(db, [one.matter], now)
    project.refresh(app, now)
    assert (listed(app).standing, listed(app).result_due) == (Standing.NEAR, moment("30/11/2026 17:00"))
