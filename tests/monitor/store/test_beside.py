"""What stands beside a look is written with it, sealed by its link, and given back as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from monitor.core.attribution import Exhibit, Fault, Panel, Part, Showing, Shown
from monitor.core.look import Verdict
from monitor.core.period import Span
from monitor.store import beside, journal, looks, reading, writing
from tests.monitor.store.given import MINUTE, MONDAY, TARGET, look

WINDOW = Span(start=MONDAY, end=MONDAY + 60 * MINUTE)
PANEL = Panel(
    target=TARGET,
    vantage="trung-tâm",
    at=MONDAY + MINUTE,
    showings=(
        Showing(part=Part.GATEWAY, shown=Shown.WORKS, took_ms=1, detail="192.0.2.1"),
        Showing(part=Part.RESOLVER, shown=Shown.UNJUDGED, detail="đi qua proxy"),
    ),
    fault=Fault.WHOLE_PORTAL,
    rule="trang chủ cũng không mở được",
    clock_offset_ms=-12,
)
EXHIBIT = Exhibit(target=TARGET, vantage="trung-tâm", at=MONDAY + MINUTE, digest="ab" * 32)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as db:
        looks.add(db, [look(0), look(1, Verdict.DOWN)], [EXHIBIT, PANEL])
    with writing(engine) as db:
        looks.add(db, [look(1, Verdict.DOWN), look(5)], [PANEL])  # the look is known: nothing stands beside it anew
    return engine


def test_what_stands_beside_a_look_comes_back_as_it_was(filled: Engine) -> None:
    with reading(filled) as db:
        assert beside.panels_between(db, [TARGET], WINDOW) == [PANEL]
        assert beside.exhibits_between(db, [TARGET], WINDOW) == [EXHIBIT]
        assert beside.panels_between(db, ["khác"], WINDOW) == []
    assert PANEL.unjudged == (Part.RESOLVER,)


def test_it_is_sealed_with_its_look(filled: Engine) -> None:
    with reading(filled) as db:
        assert [one.intact for one in journal.verify_all(db)] == [True]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE panels SET fault = 'own_network'",
        "UPDATE panels SET showings = '[]'",
        "UPDATE panels SET clock_offset_ms = NULL",
        "UPDATE panels SET at = at + 1",
        "DELETE FROM panels",
        "UPDATE exhibits SET digest = 'cd'",
        "DELETE FROM exhibits",
    ],
)
def test_no_change_goes_unseen(filled: Engine, statement: str) -> None:
    with writing(filled) as db:
        assert db.execute(text(statement)).rowcount == 1
    with reading(filled) as db:
        assert [one.broken_at for one in journal.verify_all(db)] == [1]
