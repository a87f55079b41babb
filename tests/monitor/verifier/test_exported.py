"""What leaves the house: the same from both databases, nothing personal in it, verified with nothing else at hand."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from monitor.core.period import ict
from monitor.store import journal, reading, writing
from monitor.store.exporting import NotSigned
from monitor.store.schema import metadata
from monitor.verifier import tthc_verify
from tests.monitor.verifier.exported import (
    AWAY,
    KEY,
    LOOKS,
    OWN,
    SECRET,
    SERVICE,
    WINDOW,
    erase,
    export,
    fill,
    found,
    public,
    publish,
    verified,
)
from tests.servers.sqlite import new_store

VERIFIER = Path(tthc_verify.__file__)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine)
    return engine


def test_what_was_exported_holds_and_every_link_is_in_it(filled: Engine) -> None:
    lines = export(filled)
    with reading(filled) as db:
        heads = [[one.chain, one.seq, one.digest.hex()] for one in journal.heads(db)]
    assert found(lines) == []
    assert json.loads(lines[-1])["end"]["heads"] == heads
    assert sum(b'"chain"' in line for line in lines) == sum(seq for _, seq, _ in heads if isinstance(seq, int))
    assert {chain for chain, _, _ in heads} == {LOOKS, AWAY, OWN}


def test_nothing_personal_leaves(filled: Engine) -> None:
    content = b"".join(export(filled)).decode()
    for words in (SECRET, "mất điện", "không nộp được", "ghi nhầm ngày", "đã gọi lại", "anh.png", "không thấy nút"):
        assert words not in content


@pytest.mark.postgres
def test_both_databases_give_the_same_bytes(sqlite_engine: Engine, postgres_engine: Engine) -> None:
    fill(sqlite_engine)
    erase(sqlite_engine)
    with reading(sqlite_engine) as old, writing(postgres_engine) as new:
        for table in metadata.sorted_tables:
            rows = [dict(row._mapping) for row in old.execute(select(table))]
            if rows:
                new.execute(table.insert(), rows)
    assert export(postgres_engine) == export(sqlite_engine)


def test_up_to_a_day_means_up_to_the_heads_signed_for_it(filled: Engine) -> None:
    lines = export(filled, until=date(2026, 11, 22))
    assert found(lines) == []
    assert not any(b'"publication"' in line for line in lines)
    assert sum(line.startswith(b'{"signature"') for line in lines) == 1
    with pytest.raises(NotSigned) as error:
        export(filled, until=date(2026, 11, 24))
    assert error.value.near == ("2026-11-23",)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE looks SET verdict = 'up', cause = '' WHERE verdict = 'down'", "rows_changed"),
        ("DELETE FROM looks WHERE verdict = 'down'", "rows_changed"),
        ("UPDATE looks SET seq = 99 WHERE verdict = 'down'", "rows_changed"),
        ("UPDATE looks SET seq = 0 WHERE seq = 3", "stray"),
        ("DELETE FROM journal WHERE seq = 4", "stray"),
        ("UPDATE chains SET seq = 1", "cut"),
        ("DELETE FROM chains", "cut"),
        ("UPDATE signatures SET day = '2026-11-21' WHERE day = '2026-11-22'", "bad_signature"),
        ("UPDATE signatures SET heads = 'x'", "bad_signature"),
        ("UPDATE publications SET figures = '{}'", "rows_changed"),
        ("UPDATE publications SET basis = '['", "rows_changed"),
    ],
)
def test_an_altered_database_is_exported_as_it_is_and_found_out(filled: Engine, statement: str, code: str) -> None:
    with writing(filled) as db:
        assert db.execute(text(statement)).rowcount
    assert code in {one[0] for one in found(export(filled))}


def test_a_report_is_held_against_the_journal(filled: Engine) -> None:
    figures = publish(filled, edition=2)
    report = {
        "service": SERVICE,
        "from": ict(WINDOW.start).isoformat(),
        "to": ict(WINDOW.end).isoformat(),
        "journal": [],
        **figures,
    }
    lines = export(filled)
    assert found(lines, reports=[("bao-cao.json", report)]) == []
    (off,) = verified(lines, reports=[("bao-cao.json", report | {"down_ms": report["down_ms"] + 1})]).findings
    assert (off.code, off.facts["name"]) == ("figures", "down_ms")
    forged = report | {"journal": [{"chain": LOOKS, "seq": 2, "digest": "0" * 64}]}
    assert found(lines, reports=[("bao-cao.json", forged)]) == [("replaced", LOOKS, 2)]
    other = report | {"from": "2026-11-01T00:00:00+07:00"}
    assert found(lines, reports=[("bao-cao.json", other)]) == [("report_unknown", "", None)]


# On somebody else's machine: one file, an empty folder, a bare interpreter.


@dataclass(frozen=True)
class Bare:
    """A folder with nothing in it but an export and the verifier."""

    folder: Path

    def run(self, *words: str, bare: bool = False) -> subprocess.CompletedProcess[str]:
        """`bare`: without any library but the standard one."""
        command = [sys.executable, "-I", *(["-S"] if bare else []), "tthc_verify.py", *words]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        return subprocess.run(
            command, check=False, cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Bare:
    folder = tmp_path_factory.mktemp("máy khác")
    engine = new_store(tmp_path_factory.mktemp("so") / "tthc.db")
    fill(engine)
    (folder / "so.jsonl").write_bytes(b"".join(export(engine)))
    engine.dispose()
    shutil.copy(VERIFIER, folder)
    return Bare(folder)


def test_it_runs_alone_and_says_that_all_holds(machine: Bare) -> None:
    said = machine.run("so.jsonl", "--key", public(KEY))
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[-1] == "Tất cả đều khớp."
    assert "khớp đến từng mili giây: 1/1" in said.stdout
    assert "chữ ký" not in said.stdout.lower()


def test_without_the_library_it_says_what_it_did_not_check(machine: Bare) -> None:
    said = machine.run("so.jsonl", bare=True)
    assert (said.returncode, said.stderr) == (0, "")
    assert "CHƯA kiểm mã niêm phong ngày" in said.stdout
    asked = machine.run("so.jsonl", "--key", public(KEY), bare=True)
    assert asked.returncode == 1
    assert "cryptography" in asked.stdout


def test_it_speaks_english_and_json_when_asked(machine: Bare) -> None:
    assert machine.run("so.jsonl", "--lang", "en").stdout.splitlines()[-1] == "All holds."
    told: dict[str, Any] = json.loads(machine.run("so.jsonl", "--json").stdout)
    assert told["holds"]
    assert {one["chain"]: one["entries"] for one in told["chains"]}[OWN] == 13
    assert told["signatures"]["checked"]
    assert [one["equal"] for one in told["publications"]] == [True]


def test_what_does_not_hold_is_named_in_both_languages(machine: Bare) -> None:
    content = (machine.folder / "so.jsonl").read_text("utf-8").replace('"verdict":"unknown"', '"verdict":"up"', 1)
    (machine.folder / "sua.jsonl").write_text(content, "utf-8")
    said = machine.run("sua.jsonl")
    assert said.returncode == 1
    assert f"KHÔNG ĐÚNG – chuỗi {LOOKS}, mục " in said.stdout
    assert "DOES NOT HOLD: chain" in machine.run("sua.jsonl", "--lang", "en").stdout
    (finding,) = [one for one in json.loads(machine.run("sua.jsonl", "--json").stdout)["findings"] if one["line"]]
    assert (finding["code"], finding["chain"]) == ("rows_changed", LOOKS)


def test_a_head_is_taken_as_it_is_printed(machine: Bare) -> None:
    told = json.loads(machine.run("so.jsonl", "--json").stdout)
    chain = next(one for one in told["chains"] if one["chain"] == LOOKS)
    printed = f"{LOOKS}:{chain['seq']}:{chain['digest'][:16]}…"
    assert machine.run("so.jsonl", "--head", printed).returncode == 0
    assert machine.run("so.jsonl", "--head", f"{LOOKS}:{chain['seq']}:{'0' * 16}").returncode == 1
    assert machine.run("so.jsonl", "--head", f"{LOOKS}:{chain['seq'] + 1}:{'0' * 16}").returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ["khong-co.jsonl"],
        ["tthc_verify.py"],
        ["so.jsonl", "--head", "x:1:zz"],
        ["so.jsonl", "--report", "nope.json"],
        [],
    ],
    ids=["no file", "another file", "no head", "no report", "nothing"],
)
def test_what_cannot_be_read_is_exit_2_without_a_traceback(machine: Bare, words: list[str]) -> None:
    said = machine.run(*words)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr


def test_it_is_one_file_for_python_3_9_that_shares_nothing_with_the_house() -> None:
    tree = ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 9))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in modules}
    assert roots - set(sys.stdlib_module_names) == {"cryptography"}
