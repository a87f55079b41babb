"""Every command that takes a code refuses one that is nobody's, and one that several dossiers go by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from jobs.cli.apologies import apology
from jobs.cli.dossiers import dossiers
from jobs.cli.explanations import group
from jobs.cli.ground import Refused
from jobs.clock import HandClock
from tests.jobs.conftest import Office, moment
from tests.jobs.test_matters import ONE_STOP, Desk, record

SHARED = "G09.20-20261116-0000002"
SENT = ("--document", "12/PXL", "--dated", "25/11/2026", "--new-date", "04/12/2026", "--by", "A")
LETTER = ("--document", "1/SCT", "--dated", "25/11/2026", "--signer", "A", "--by", "B", "--cause", "staff")
COMMANDS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (dossiers, "show", ()),
    (dossiers, "explain", ()),
    (apology, "draft", ("--to", "unwritten")),
    (apology, "record", SENT),
    (group, "show", ()),
    (group, "record", LETTER),
)


@pytest.fixture
def desk(sqlite_office: Office) -> Desk:
    """Two dossiers of one system that say they go by one code elsewhere."""
    sqlite_office.clock = HandClock(moment("25/11/2026 07:00"))
    sqlite_office.app = replace(sqlite_office.app, clock=sqlite_office.clock)
    made = Desk(sqlite_office)
    made.tell(ONE_STOP, *(record(f"H56.0{n}", MaHoSoKhac=SHARED) for n in (1, 2)))
    return made


@pytest.mark.parametrize(("of", "name", "more"), COMMANDS, ids=[f"{of.name}-{name}" for of, name, _ in COMMANDS])
def test_a_code_of_nobody_or_of_several_is_refused(desk: Desk, of: Any, name: str, more: tuple[str, ...]) -> None:
    for code, why in (("H56.99", "Không có hồ sơ H56.99"), (SHARED, f"Mã {SHARED} là của nhiều hồ sơ")):
        said = CliRunner().invoke(of, (name, code, *more), obj=desk.office.app, standalone_mode=False)
        assert isinstance(said.exception, Refused)
        assert why in f"{said.exception}{said.output}"
