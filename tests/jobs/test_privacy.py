"""One dossier erased, handed over, and let go when its time is over: nothing of it stays, nothing of others is lost."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import func, select, text, update

from jobs import erasing, expiry, inbox, project, reading
from jobs.cli.main import tthc
from jobs.cli.seen import account
from monitor.core.explanation import Delay, DelayCause, Explanation, Road
from monitor.core.finding import FindingKind
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.message import Attachment, Urgency
from monitor.reports.handed_over import label
from monitor.store import (
    EventKind,
    LetterState,
    access,
    erasures,
    events,
    explanations,
    ledger_tables,
    matters,
    polls,
    tellings,
    writing,
)
from monitor.store import reading as reading_from
from monitor.store.dossier_tables import dossiers, imports
from monitor.store.dossier_tables import now as dossier_now
from monitor.store.everything import everything
from monitor.store.ledger_tables import dossier_totals
from monitor.store.ledger_tables import explanations as explanations_table
from monitor.store.schema import metadata
from monitor.store.tables import letters
from monitor.web.app import create_app
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import SOURCE, row, take_in
from tests.monitor.web.site import served

CODE, OTHER, LONGER = "H56.02-261116-0001", "H56.02-261116-0002", "H56.02-261116-00012"
WHY = ("--reason", "Đơn ngày 24/11/2026", "--by", "Lê Thị Thử, Trung tâm")


def commanded(office: Office, *words: str) -> str:
    """What a command says, on a program that is put together already."""
    group, *rest = words
    found = tthc.commands[group]
    result = CliRunner().invoke(found, rest, obj=office.app, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def everywhere(office: Office) -> str:
    """Every value of every table, as text."""
    with reading_from(office.app.engine) as db:
        rows = [tuple(row) for table in metadata.sorted_tables for row in db.execute(select(table))]
    return "\n".join(cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for row in rows for cell in row)


def page_of(office: Office) -> int:
    """The status of the dossier's page."""
    app = office.app
    with served(create_app(app.engine, app.settings, app.register, lambda: app.law, office.clock.now)) as url:
        return requests.get(f"{url}/ho-so/{SOURCE}/{CODE}", timeout=30).status_code


@pytest.fixture
def told(office: Office) -> Office:
    """Two dossiers, one of them explained, told of in a letter that was sent and in one that waits."""
    app, now = office.app, office.clock.now()
    folder = app.settings.var_dir / "inbox"
    take_in(app, [row(CODE), row(OTHER), row(LONGER)], now)
    folder.mkdir(parents=True, exist_ok=True)
    path = app.settings.var_dir / "ho-so.xls"
    with reading_from(app.engine) as db:
        number = matters.find(db, CODE)[0].matter
    inbox.put_away(path, reading.take_in(app, path, SOURCE, now), folder)
    delay = Delay(matter=number, kind=FindingKind.RESULT, episode="2026-11-27T17:00")
    said = Explanation(
        delay=delay, agency="so-cong-thuong", at=now, cause=DelayCause.OTHER, text="Chờ ý kiến", road=Road.LETTER,
        given_by="Giám đốc", entered_by="Văn thư",
    )  # fmt: skip
    beside = replace(said, delay=replace(delay, matter=number + 1), text=f"Chờ kết quả của {CODE}, không phải {LONGER}")
    sent = office.put("da-gui", state=LetterState.ACCEPTED, text=f"Quá hạn: {CODE}, {LONGER}", attachments=(
        Attachment(name="ds.csv", media_type="text/csv", content=f"{CODE};{OTHER}".encode()),))  # fmt: skip
    waits = office.put("cho-gui", text=f"Quá hạn: {CODE}\n{OTHER}")
    telling = Telling(
        subject=SubjectKind.RESULT, key=f"{SOURCE}\x1f{CODE}", episode="e", stage="late", nth=1, person="giam-doc",
        live=True, made_at=now, urgency=Urgency.SLOT,
    )  # fmt: skip
    with writing(app.engine) as db:
        explanations.add(db, [said, beside])
        mine, others = tellings.add_once(db, [telling, replace(telling, key=f"{SOURCE}\x1f{OTHER}")])
        tellings.attach(db, [mine, others], waits)
        events.add(db, now, EventKind.ALIAS, f"{CODE} là 000-26.15-261116-0001")
    assert sent < waits
    return office


def test_an_erased_dossier_is_nowhere_and_does_not_come_back(told: Office) -> None:
    app, var = told.app, told.app.settings.var_dir
    assert (var / "inbox" / "done" / "ho-so.xls").exists()
    shown = commanded(told, "privacy", "erase", CODE, *WHY, "--yes")
    assert "1 giải trình" in shown
    assert "ho-so.xls" in shown
    assert "Bản sao lưu cũ" in shown
    kept = everywhere(told)
    assert CODE not in kept.replace(LONGER, "")
    assert OTHER in kept
    assert "không phải " + LONGER in kept
    assert not list((var / "inbox" / "done").glob("*.xls"))
    if app.engine.dialect.name == "sqlite":
        file = Path(str(app.engine.url.database))
        held = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
        assert CODE.encode() not in held.replace(LONGER.encode(), b"")
    sent, waits = told.letters()
    assert sent.message.text == f"Quá hạn: (đã xóa), {LONGER}"
    assert sent.state is LetterState.ACCEPTED
    (buried,) = sent.message.attachments
    assert "SHA-256" in buried.content.decode()
    assert waits.state is LetterState.REPLACED
    with reading_from(app.engine) as db:
        (again,) = tellings.waiting(db, SubjectKind.RESULT, [f"{SOURCE}\x1f{OTHER}"], live=True)
        assert again.telling.person == "giam-doc"
        assert CODE in erasures.erased(db, SOURCE)
        assert OTHER not in erasures.erased(db, SOURCE)
    take_in(app, [row(CODE), row(OTHER), row("H56.02-261116-0009")], told.turn(hours=1), "lan-hai.xls")
    with reading_from(app.engine) as db:
        codes = set(db.execute(select(dossiers.c.code)).scalars())
        reason = db.execute(text("SELECT reason, code FROM bad_rows")).one()
    assert codes == {OTHER, LONGER, "H56.02-261116-0009"}
    assert tuple(reason) == (erasures.REASON, "")


def test_a_number_is_never_given_again(told: Office) -> None:
    with reading_from(told.app.engine) as db:
        last = db.execute(select(func.max(dossiers.c.id))).scalar_one()
    commanded(told, "privacy", "erase", LONGER, *WHY, "--yes")
    take_in(told.app, [row("H56.02-261116-0009")], told.turn(hours=1), "lan-hai.xls")
    with reading_from(told.app.engine) as db:
        assert db.execute(select(func.max(dossiers.c.id))).scalar_one() == last + 1


def test_nothing_is_erased_without_a_yes(told: Office) -> None:
    before = everywhere(told)
    result = CliRunner().invoke(
        tthc.commands["privacy"], ["erase", CODE, *WHY], obj=told.app, input="n\n", standalone_mode=False
    )
    assert result.return_value == 1
    assert "Tiếp tục? [c/K]" in result.stdout
    assert "tạm dừng" not in result.output
    assert everywhere(told) == before


def test_all_of_one_dossier_is_handed_over_and_that_is_noted(told: Office, tmp_path: Path) -> None:
    commanded(told, "privacy", "export", CODE, "--to", str(tmp_path / "ra"), "--by", "Lê Thị Thử")
    facts = json.loads((tmp_path / "ra" / f"ho-so-{CODE}.json").read_text("utf-8"))
    counted = {name: len(rows) for name, rows in facts["tables"].items() if rows}
    assert counted["dossier_versions"] == counted["explanations"] == counted["tellings"] == 1
    assert counted["letters"] == 2
    assert any(name.endswith("ho-so.xls") for name in facts["files"])
    readable = (tmp_path / "ra" / f"ho-so-{CODE}.txt").read_text("utf-8")
    for words in (
        "Nội dung: Chờ ý kiến",
        "Nguyên nhân: nguyên nhân khác",
        "Ngày hẹn trả: 17:00 ",
        "HỒ SƠ: 1",
        "Tình trạng: ",
    ):
        assert words in readable
    assert not re.search(r"\b1[67]\d{11}\b|days_only|dossier_versions|\d{4}-\d\d-\d\dT", readable)
    with reading_from(told.app.engine) as db:
        (noted,) = access.latest(db, most=5, code=CODE)
        assert not access.latest(db, most=5, code=OTHER)
    assert (noted.by, noted.road, noted.deed) == ("Lê Thị Thử", access.COMMAND, access.Deed.EXPORT)
    assert CODE in commanded(told, "privacy", "log", "--since", "24/11/2026")


def test_every_field_that_is_handed_over_has_a_name(told: Office) -> None:
    planned = erasing.plan(told.app, CODE)
    with reading_from(told.app.engine) as db:
        tables = everything(db, planned.found)
    for name in tables:
        for column in metadata.tables[name].columns:
            label(name, column.name)


def test_a_file_of_erased_dossiers_alone_is_no_failure(told: Office) -> None:
    commanded(told, "privacy", "erase", CODE, *WHY, "--yes")
    take_in(told.app, [row(CODE)], told.turn(hours=1), "mot-dong.xls")
    project.catch_up(told.app, told.turn(hours=1))


def test_the_map_names_terms_sources_and_what_is_never_kept(sqlite_office: Office, tmp_path: Path) -> None:
    shown = commanded(sqlite_office, "privacy", "map")
    for words in ("24 tháng", "30 ngày", "5 năm", "chưa xác nhận", "Không bao giờ lưu", "224/2026"):
        assert words in shown
    commanded(sqlite_office, "privacy", "map", "--docx", str(tmp_path / "ban-do.docx"))
    assert (tmp_path / "ban-do.docx").read_bytes()[:2] == b"PK"


def test_whoever_looks_is_noted_and_a_list_once(told: Office) -> None:
    commanded(told, "dossiers", "show", CODE)
    commanded(told, "dossiers", "explain", CODE)
    commanded(told, "dossiers", "list", "--agency", "so-cong-thuong")
    assert page_of(told) == 200
    with reading_from(told.app.engine) as db:
        looks = access.latest(db, most=10)
    assert [(one.road, one.deed, one.by == account()) for one in looks] == [
        (access.PAGE, access.Deed.SHOW, False),
        (access.COMMAND, access.Deed.LIST, True),
        (access.COMMAND, access.Deed.SHOW, True),
        (access.COMMAND, access.Deed.SHOW, True),
    ]
    assert looks[0].by == "127.0.0.1"
    assert looks[1].what == "hồ sơ đang mở (so-cong-thuong): 3"
    rename(told, "access_log", "access_log_away")
    try:
        shown = CliRunner().invoke(tthc.commands["dossiers"], ["show", CODE], obj=told.app, catch_exceptions=False)
        assert (shown.exit_code, CODE in shown.output) == (0, True)
        assert shown.output.count("Nhật ký tra cứu không ghi được") == 1
        assert page_of(told) == 200
    finally:
        rename(told, "access_log_away", "access_log")


def test_lists_that_print_codes_and_letters_on_a_page_are_noted(sqlite_office: Office) -> None:
    app = sqlite_office.app
    number = sqlite_office.put("mot", text=f"Quá hạn: {CODE}", attachments=(
        Attachment(name="a.csv", media_type="text/csv", content=b"x"),))  # fmt: skip
    commanded(sqlite_office, "apology", "list")
    commanded(sqlite_office, "report", "briefing")
    with served(create_app(app.engine, app.settings, app.register, lambda: app.law, sqlite_office.clock.now)) as url:
        for path in ("", "/body", "/attachments/0"):
            assert requests.get(f"{url}/letters/{number}{path}", timeout=30).status_code == 200
    with reading_from(app.engine) as db:
        looks = access.latest(db, most=10)
    assert [(one.road, one.what) for one in reversed(looks)] == [
        (access.COMMAND, "văn bản xin lỗi (mọi cơ quan): 0"),
        (access.COMMAND, "tóm tắt giao ban: 0 hồ sơ nêu mã"),
        (access.PAGE, f"thư {number}"),
        (access.PAGE, f"thư {number}, tệp kèm 1"),
    ]


def rename(office: Office, table: str, name: str) -> None:
    """Have a table away for a while; databases are shared by tests."""
    with writing(office.app.engine) as db:
        db.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


LONG_AGO, THEN = "H56.02-240310-0001", moment("25/03/2024 09:00")


def ended(code: str, appointment: str = "20/03/2024 17:00:00") -> tuple[str, ...]:
    """One that ended in March 2024."""
    return row(
        code, status="Đã xử lý xong", filed="10/03/2024 08:00:00", received="11/03/2024 09:00:00",
        appointment=appointment, finished="21/03/2024 10:00:00",
    )  # fmt: skip


def totals(office: Office) -> list[tuple[object, ...]]:
    with reading_from(office.app.engine) as db:
        return [tuple(row) for row in db.execute(select(dossier_totals))]


def known(office: Office) -> set[str]:
    with reading_from(office.app.engine) as db:
        return set(db.execute(select(dossiers.c.code)).scalars())


def night(office: Office) -> None:
    """A night's retention."""
    expiry.run(office.app, office.clock.now(), office.clock.now())


def test_dossiers_that_ended_long_ago_leave_as_totals_once_and_open_ones_never(office: Office) -> None:
    app = office.app
    old_open = row("H56.02-240310-0003", filed="10/03/2024 08:00:00", received="11/03/2024 09:00:00")
    stood = [ended(LONG_AGO), ended("H56.02-240310-0002", "29/03/2024 17:00:00"), old_open]
    take_in(app, stood, THEN, "cu.xls")
    with writing(app.engine) as db:
        db.execute(update(imports).values(as_of=THEN))
        db.execute(update(dossier_now).values(as_of=THEN))
    night(office)
    assert known(office) == {"H56.02-240310-0003"}
    (counted,) = totals(office)
    assert counted[:3] == ("2024-03", "so-cong-thuong", "2.000033")
    assert counted[3:7] == (2, 2, 1, 1)
    night(office)
    assert totals(office) == [counted]
    take_in(app, [ended(LONG_AGO)], office.turn(hours=1), "lai.xls")
    with writing(app.engine) as db:
        db.execute(update(imports).values(as_of=THEN))
        db.execute(update(dossier_now).values(as_of=THEN))
    night(office)
    assert LONG_AGO not in known(office)
    assert totals(office) == [counted]
    with reading_from(app.engine) as db:
        told = events.newest(db, EventKind.EXPIRED)
    assert told is not None
    assert "1 hồ sơ" in told.detail


def test_old_polls_go_but_the_last_and_the_last_good_one_of_each_source_stay(sqlite_office: Office) -> None:
    app, made = sqlite_office.app, list[int]()
    stories = (("a", "done done failed failed"), ("b", "done"))
    with writing(app.engine) as db:
        for source, states in stories:
            for state in states.split():
                number = polls.begin(db, source, THEN).id
                polls.end(db, number, THEN, polls.PollState(state), pages=1, records=1, since="", why="")
                made.append(number)
        made.append(polls.begin(db, "b", app.clock.now()).id)
    night(sqlite_office)
    night(sqlite_office)
    with reading_from(app.engine) as db:
        assert db.execute(select(ledger_tables.polls.c.id)).scalars().all() == [made[1], *made[3:]]
        told = events.newest(db, EventKind.EXPIRED)
    assert told is not None
    assert told.detail == "2 lần lấy dữ liệu"


def test_raw_files_go_after_a_month_with_their_reports(sqlite_office: Office) -> None:
    done = sqlite_office.app.settings.var_dir / "inbox" / SOURCE / "done"
    done.mkdir(parents=True)
    for name, days in (("cu.xls", 31), ("moi.xls", 29)):
        for path in (done / name, done / f"{name}.txt"):
            path.write_text("x")
            taken = (sqlite_office.clock.now() - timedelta(days=days)).timestamp()
            os.utime(path, (taken, taken))
    night(sqlite_office)
    assert sorted(path.name for path in done.iterdir()) == ["moi.xls", "moi.xls.txt"]


def test_ledgers_of_dossiers_that_have_gone_go_after_years(told: Office) -> None:
    gone = told.put("cu", state=LetterState.ACCEPTED, attachments=(
        Attachment(name="a.csv", media_type="text/csv", content=b"x"),))  # fmt: skip
    long_ago = told.clock.now() - timedelta(days=6 * 365)
    with writing(told.app.engine) as db:
        db.execute(update(letters).values(made_at=long_ago))
        db.execute(update(explanations_table).values(at=long_ago))
        db.execute(explanations_table.update().where(explanations_table.c.id == 1).values(matter=999))
        access.note(db, long_ago, "ai", access.COMMAND, access.Deed.SHOW, "hồ sơ")
    night(told)
    assert gone not in {row.id for row in told.letters()}
    with reading_from(told.app.engine) as db:
        assert list(db.execute(select(explanations_table.c.matter)).scalars()) == [2]
        assert not access.latest(db, most=9)
    assert len(told.letters()) == 1
