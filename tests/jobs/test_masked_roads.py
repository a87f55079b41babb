"""What leads to a person is masked on every road by which words come in: typed, dropped, told by a server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from jobs.cli.main import tthc
from monitor.store import reading
from monitor.store.schema import metadata
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.polled import Played, migrated, pages, played, record, speak
from tests.servers.api import Say

__all__ = ["migrated", "played", "speak"]

CODE, BY = "H56.02-261116-0001", ("--by", "Nguyễn Thị B")
HOSTILE = ("0912345678", "+84 912 345 678", "038199012345", "CMND171234567", "171.234.567", "chu@nha.example")
WORDS = "gọi " + ", ".join(HOSTILE)


def typed(office: Office, *words: str) -> None:
    """A command, on a program that is put together already."""
    group, *rest = words
    result = CliRunner().invoke(tthc.commands[group], rest, obj=office.app, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def everything(office: Office) -> dict[str, str]:
    """All that the database holds, by table."""
    with reading(office.app.engine) as db:
        return {
            table.name: "\n".join(
                cell.decode("latin-1") if isinstance(cell, bytes) else str(cell)
                for found in db.execute(select(table))
                for cell in found
            )
            for table in metadata.sorted_tables
        }


@pytest.fixture
def told(played: Played) -> Office:
    """An office to which the same hostile words came by six roads."""
    office = played.office
    office.clock.turn_to(moment("25/11/2026 07:30"))
    late = row(CODE, appointment="20/11/2026 17:00:00")
    take_in(office.app, [late], office.clock.now(), "cccd_038199012345 0912345678.xls")
    dated = ("--document", "12/SCT-VP", "--dated", "24/11/2026")
    typed(
        office,
        "explanations",
        "record",
        CODE,
        *dated,
        "--signer",
        "Giám đốc",
        "--cause",
        "nguyên-nhân-khác",
        "--text",
        WORDS,
        *BY,
    )
    typed(office, "apology", "record", CODE, *dated, "--new-date", "04/12/2026", "--reason", WORDS, *BY)
    typed(
        office, "measure", "add", "--agency", "so-cong-thuong", *dated, "--kind", "chan-chinh", "--text", WORDS, *BY
    )  # fmt: skip
    played.ask(pages([record(1, thuTuc={"ma": "2.001474", "ten": WORDS})]))
    failed = played.ask(lambda _got: Say(content={"detail": WORDS[:60]}, status=404))
    assert "404" in failed.why
    return office


def test_no_road_lets_in_what_leads_to_a_person(told: Office) -> None:
    held = everything(told)
    for name in ("explanations", "apologies", "measures", "polls", "imports"):
        assert "***" in held[name], name
    for name, text in held.items():
        assert [one for one in HOSTILE if one in text] == [], name
    kept = [path for path in told.app.settings.var_dir.rglob("*") if path.is_file() and "polls" in path.parts]
    assert [path for path in kept if b"0912345678" in path.read_bytes()] == []
