"""What a source's newest list no longer has, and where that means something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.core.period import at, to_ms
from monitor.core.scope import Extent
from monitor.core.source import BadRow, DossierRow, Scope
from monitor.core.step import LAYOUT
from monitor.store import dossier_list, dossiers, dossiers_known, imports, reading, writing
from tests.monitor.store.test_dossiers import FULL, shown, told, write
from tests.monitor.store.test_imports import NOW, begin, take

LATER = NOW + timedelta(days=1)
BELOW = frozenset({"so-ct", "phong-xtnn"})
FILED = date(2026, 3, 10)
WHOLE = Extent(scope=Scope(agency="so-ct"), agencies=BELOW)


def extent(**claimed: Any) -> dict[str, Extent]:
    return {"mot-cua": Extent(scope=Scope(agency="so-ct", **claimed), agencies=BELOW)}


def list_of(engine: Engine, as_of: datetime, *, complete: bool = True, unread: Iterable[BadRow] = ()) -> None:
    """A list that tells none of the dossiers again."""
    number = begin(engine, f"{as_of}{complete}".encode())
    with writing(engine) as db:
        imports.add_bad_rows(db, number, 0, tuple(unread))
        db.exec_driver_sql(f"UPDATE imports SET complete = {'true' if complete else 'false'} WHERE id = {number}")
    take(engine, number, as_of=as_of)


def every_kind() -> list[DossierRow]:
    """A dossier for each way of being inside or outside of some scope."""
    days = {
        "first": to_ms(at(FILED)),
        "last": to_ms(at(FILED + timedelta(days=1))) - 1,
        "next": to_ms(at(FILED + timedelta(days=1))),
        "untold": None,
    }
    cells = product(days.items(), (None, 0, 1), ("2.000033", "1.003310"), (None, to_ms(at(FILED))))
    return [
        FULL._replace(
            code=f"{name}/{national}/{procedure}/{received}",
            filed=filed, received=received, days_only=0, from_national_portal=national, procedure=procedure,
        )
        for (name, filed), national, procedure, received in cells
    ]  # fmt: skip


@pytest.mark.parametrize(
    "claimed",
    [
        {},
        {"since": FILED},
        {"until": FILED},
        {"since": FILED, "until": FILED},
        {"since": FILED + timedelta(days=1)},
        {"until": FILED - timedelta(days=1)},
        {"procedures": ("1.003310",)},
        {"national_portal_only": True},
        {"until": FILED, "procedures": ("1.003310", "2.000033"), "national_portal_only": True},
    ],
    ids=lambda claimed: "+".join(claimed) or "all",
)
def test_the_database_and_the_core_agree_on_what_lies_within_a_scope(
    claimed: dict[str, Any], sqlite_engine: Engine
) -> None:
    rows = every_kind()
    numbers = told(sqlite_engine, b"d", *rows)
    write(sqlite_engine, *(shown(number, place) for place, number in enumerate(numbers.values(), 1)))
    list_of(sqlite_engine, LATER)
    (one,) = extent(**claimed).values()
    with reading(sqlite_engine) as db:
        inside = [row.code for row in rows if (d := dossiers.load(db, "mot-cua", row.code)) and one.holds(d)]
        assert dossier_list.left_out(db, extent(**claimed)).get("mot-cua", 0) == len(inside)
    assert 0 < len(inside) <= len(rows) or claimed.get("until") == FILED - timedelta(days=1)


def test_a_gap_counts_within_the_agency_and_all_below_it_only(engine: Engine) -> None:
    numbers = told(engine, b"d", *(FULL._replace(code=code) for code in "ABCDEF"))
    list_of(engine, LATER, unread=[BadRow(7, "F", "ngày hẹn trả không đọc được")])
    write(
        engine,
        shown(numbers["A"], 1),
        shown(numbers["B"], 2, as_of=to_ms(LATER)),
        shown(numbers["C"], 3, open=False),
        shown(numbers["D"], 4, handling_agency="khac", receiving_agency="khac"),
        shown(numbers["E"], 5, handling_agency="khac", receiving_agency="phong-xtnn"),
        shown(numbers["F"], 6),
    )
    with reading(engine) as db:
        assert dossier_list.left_out(db, extent()) == {"mot-cua": 2}  # A and E; the row of F was there, and not read
        assert dossier_list.left_out(db, {"nguon-khac": WHOLE}) == {}
        assert dossier_list.left_out(db, {}) == {}
        assert dossier_list.unread(db, "mot-cua", "F", LATER)
        assert not dossier_list.unread(db, "mot-cua", "A", LATER)


def test_only_a_complete_list_has_gaps(engine: Engine) -> None:
    numbers = told(engine, b"d", FULL)
    write(engine, shown(numbers["A"]))
    list_of(engine, LATER, complete=False)
    with reading(engine) as db:
        assert dossier_list.left_out(db, extent()) == {}
        assert dossier_list.complete(db) == {"mot-cua": NOW}
    list_of(engine, LATER + timedelta(minutes=30))
    with writing(engine) as db:
        db.exec_driver_sql(f"UPDATE imports SET layout = '{LAYOUT}' WHERE complete AND as_of > {to_ms(LATER)}")
    with reading(engine) as db:
        assert dossier_list.left_out(db, extent()) == {}  # steps alone
        assert dossiers_known.figures_by(db, LATER + timedelta(days=9))["mot-cua"] == LATER
    list_of(engine, LATER + timedelta(hours=1))
    list_of(engine, LATER + timedelta(hours=2), complete=False)
    with reading(engine) as db:
        assert dossier_list.left_out(db, extent()) == {"mot-cua": 1}
        assert dossier_list.complete(db) == {"mot-cua": LATER + timedelta(hours=1)}
