"""The daily signing, and the commands of the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from jobs import schedule, seals
from jobs.app import App
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.clock import HandClock
from jobs.schedule import TIMETABLE, Appointed
from monitor.config import Settings
from monitor.core.period import ICT, Span
from monitor.law import load_law
from monitor.register import load_register
from monitor.store import EventKind, events, journal, looks, open_store, reading, signatures, writing
from tests.monitor.store.given import MINUTE, MONDAY, look

MIDNIGHT = datetime(2026, 11, 24, 0, 5, tzinfo=ICT)
DAY = timedelta(days=1)


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> App:
    register = load_register("thanh-hoa")
    with writing(engine) as db:
        looks.add(db, [look(0), look(5)])
    return App(
        settings=Settings(var_dir=tmp_path),
        clock=HandClock(MIDNIGHT),
        engine=engine,
        register=register,
        law=load_law(register.hours_of()),
    )


def entry() -> Appointed:
    return next(one for one in TIMETABLE if isinstance(one, Appointed) and one.name == "seals")


def signed(app: App) -> list[tuple[str, bool]]:
    with reading(app.engine) as db:
        return [(one.day, one.valid) for one in signatures.every(db)]


def told(app: App) -> list[str]:
    with reading(app.engine) as db:
        return [one.kind for one in events.between(db, Span(start=MONDAY - 9 * DAY, end=MIDNIGHT + 99 * DAY))]


def test_each_day_is_signed_once_it_is_over(app: App) -> None:
    for now in (MIDNIGHT, MIDNIGHT + MINUTE, MIDNIGHT + DAY):
        schedule.perform(app, entry(), now)
    assert signed(app) == [("2026-11-23", True), ("2026-11-24", True)]
    with reading(app.engine) as db:
        heads = [(one.chain, one.seq, one.digest.hex()) for one in journal.heads(db)]
        assert [list(one.heads) for one in signatures.every(db)] == [heads, heads]


def test_days_missed_are_not_made_up_and_the_gap_is_seen(app: App) -> None:
    schedule.perform(app, entry(), MIDNIGHT)
    schedule.perform(app, entry(), MIDNIGHT + 4 * DAY + timedelta(hours=9))
    assert signed(app) == [("2026-11-23", True), ("2026-11-27", True)]


def test_nothing_is_signed_where_there_is_nothing(app: App, tmp_path: Path) -> None:
    with writing(app.engine) as db:
        for table in ("looks", "journal", "chains"):
            db.execute(text(f"DELETE FROM {table}"))
    seals.sign(app, MIDNIGHT, MIDNIGHT)
    assert signed(app) == []


def test_no_day_is_signed_before_the_monitor_was_there(app: App) -> None:
    first = MIDNIGHT + timedelta(hours=10)
    with writing(app.engine) as db:
        events.add(db, first, EventKind.STARTED, "")
    with capture_logs() as lines:
        schedule.perform(app, entry(), first)
    assert (signed(app), lines) == ([], [])
    schedule.perform(app, entry(), MIDNIGHT + DAY)
    assert signed(app) == [("2026-11-24", True)]


def test_another_key_signs_on_and_is_an_event(app: App) -> None:
    seals.sign(app, MIDNIGHT, MIDNIGHT)
    assert told(app) == []
    app.settings.seal_key.unlink()
    seals.sign(app, MIDNIGHT + DAY, MIDNIGHT + DAY)
    seals.sign(app, MIDNIGHT + 2 * DAY, MIDNIGHT + 2 * DAY)
    assert told(app) == [EventKind.SEAL_KEY]
    assert [valid for _, valid in signed(app)] == [True, True, True]
    with reading(app.engine) as db:
        assert len({one.key for one in signatures.every(db)}) == 2


def test_a_key_that_cannot_be_read_is_one_line_and_nothing_stops(app: App) -> None:
    app.settings.seal_key.write_text("hỏng")
    with capture_logs() as lines:
        seals.sign(app, MIDNIGHT, MIDNIGHT)
    assert [line["event"] for line in lines] == ["seals.no_key"]
    assert signed(app) == []


# The commands.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with some looks, signed for a day."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"VAR_DIR={tmp_path / 'var'}\n")
    engine = open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}")
    register = load_register("thanh-hoa")
    with writing(engine) as db:
        looks.add(db, [look(0), look(5)])
    settings = Settings(var_dir=tmp_path / "var")
    app = App(settings=settings, clock=HandClock(MIDNIGHT), engine=engine, register=register, law=load_law())
    seals.sign(app, MIDNIGHT, MIDNIGHT)
    engine.dispose()
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    ran = CliRunner().invoke(tthc, ["--env", ".env", "journal", *words], standalone_mode=False)
    if isinstance(ran.exception, Refused):
        return 2, str(ran.exception)
    assert ran.exception is None, ran.exception
    return ran.return_value or 0, ran.output


def tamper(folder: Path, statement: str) -> None:
    engine = open_store(f"sqlite:///{folder / 'var' / 'tthc.db'}")
    with writing(engine) as db:
        assert db.execute(text(statement)).rowcount
    engine.dispose()


def test_an_export_lies_there_with_its_verifier(folder: Path) -> None:
    code, said = run("export", "so.jsonl")
    assert code == 0
    assert "tthc_verify.py so.jsonl" in said
    assert {file.name for file in folder.iterdir()} == {".env", "var", "so.jsonl", "tthc_verify.py"}
    assert json.loads((folder / "so.jsonl").read_text("utf-8").splitlines()[-1])["end"]["signatures"] == 1


def test_an_older_verifier_beside_it_gives_way(folder: Path) -> None:
    (folder / "tthc_verify.py").write_text("cũ")
    assert run("export", "so.jsonl")[0] == 0
    assert "tthc-journal/1" in (folder / "tthc_verify.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["co-roi.jsonl"], "đã có"),
        (["khong/co/so.jsonl"], "mkdir -p"),
        (["so.jsonl", "--until", "25/11/2026"], "gần nhất: 2026-11-23"),
    ],
)
def test_an_export_that_cannot_be_is_refused_in_one_line(folder: Path, words: Sequence[str], mend: str) -> None:
    (folder / "co-roi.jsonl").write_text("giữ nguyên")
    code, said = run("export", *words)
    assert (code, "\n" in said) == (2, False)
    assert mend in said
    assert (folder / "co-roi.jsonl").read_text() == "giữ nguyên"
    assert not (folder / "so.jsonl").exists()


def test_the_key_is_printed_whole_and_short(folder: Path) -> None:
    known: dict[str, Any] = json.loads(run("key", "--json")[1])
    said = run("key")[1]
    assert known["key"] in said
    assert known["fingerprint"] in said
    assert "PRIVATE" not in said


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE signatures SET signature = replace(signature, substr(signature, 1, 4), 'abcd')", "không đúng"),
        ("UPDATE signatures SET heads = '[]'", "không đúng"),
        ("UPDATE journal SET digest = zeroblob(32)", "HỎNG"),
    ],
)
def test_the_database_is_held_against_what_was_signed(folder: Path, statement: str, words: str) -> None:
    assert run("verify")[0] == 0
    tamper(folder, statement)
    code, said = run("verify")
    assert code == 1
    assert words in said
    assert not all(one["intact"] for one in json.loads(run("verify", "--json")[1]))


def test_a_chain_sealed_anew_in_the_database_is_known_by_the_signature(folder: Path) -> None:
    tamper(folder, "DELETE FROM looks")
    tamper(folder, "DELETE FROM journal")
    tamper(folder, "DELETE FROM chains")
    engine = open_store(f"sqlite:///{folder / 'var' / 'tthc.db'}")
    with writing(engine) as db:
        looks.add(db, [look(0), look(6)])
    engine.dispose()
    code, said = run("verify")
    assert code == 1
    assert "khác mã niêm phong đã công bố" in said
