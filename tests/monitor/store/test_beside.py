"""What stands beside a look is written with it, sealed by its link, and given back as it was."""

from __future__ import annotations

from dataclasses import replace

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


def test_many_beside_looks_of_one_link_and_of_several_are_read_back_in_the_order_they_were_sealed(
    engine: Engine,
) -> None:
    names = ("c", "a", "b")
    for minute in (7, 3):
        seen = [look(minute + 0.1 * n, Verdict.DOWN, target=t) for n in range(2) for t in names]
        stands = [replace(PANEL, target=one.target, at=one.at) for one in seen]
        stands_too = [replace(EXHIBIT, target=one.target, at=one.at) for one in seen]
        with writing(engine) as db:
            looks.add(db, seen, [*stands_too, *stands])
    with reading(engine) as db:
        assert [(one.intact, one.entries) for one in journal.verify_all(db)] == [(True, 2)]
        told = [(seq, row["fact"], row["at"], row["target"]) for seq, row in beside.sealed(db, "trung-tâm")]
        first = list(beside.sealed(db, "trung-tâm", until=1))
        last = list(beside.sealed(db, "trung-tâm", after=1))
    assert [(seq, fact) for seq, fact, _, _ in told] == [
        (seq, fact) for seq in (1, 2) for fact in ("panel", "exhibit") for _ in range(6)
    ]
    assert [target for *_, target in told] == ["a", "b", "c"] * 8
    assert [seq for seq, _ in first] == [1] * 12
    assert [seq for seq, _ in last] == [2] * 12
