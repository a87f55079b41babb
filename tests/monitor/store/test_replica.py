"""A vantage's chain in another database: the same links with the same seals, each once, and none that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from monitor.core.attribution import Exhibit, Fault, Panel, Part, Showing, Shown
from monitor.core.journal import Row, link
from monitor.core.look import Verdict
from monitor.core.period import Span, to_ms
from monitor.store import beside, journal, looks, reading, replica, writing
from monitor.store.replica import Link, NotTaken
from monitor.store.tables import looks as look_rows
from tests.monitor.store.given import MINUTE, MONDAY, TARGET, look
from tests.servers.sqlite import new_store

AWAY = "sở-công-thương"
WINDOW = Span(start=MONDAY, end=MONDAY + 600 * MINUTE)


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Engine]:
    """The other machine's database: ten links, some with two looks of one moment, one with what stands beside."""
    engine = new_store(tmp_path / "away.db")
    for minute in range(10):
        pair = [look(minute, vantage=AWAY, target=key) for key in ("b", "a")]
        with writing(engine) as db:
            looks.add(db, pair if minute % 2 else pair[:1])
    failed = look(20, Verdict.DOWN, vantage=AWAY)
    shown = (Showing(part=Part.GATEWAY, shown=Shown.WORKS, took_ms=2, detail="cổng"),)
    panel = Panel(target=TARGET, vantage=AWAY, at=failed.at, showings=shown, fault=Fault.UNCLEAR, rule="khác")
    with writing(engine) as db:
        looks.add(db, [failed], [panel, Exhibit(target=TARGET, vantage=AWAY, at=failed.at, digest="ab" * 32)])
    yield engine
    engine.dispose()


def links(away: Engine, seq: int = 0, most: int = 100) -> list[Link]:
    with reading(away) as db:
        return replica.after(db, AWAY, seq, most)


def taken(engine: Engine, some: list[Link]) -> int:
    with writing(engine) as db:
        return replica.take(db, AWAY, some)


def test_the_chain_arrives_as_it_is_whatever_names_were_known_before(engine: Engine, away: Engine) -> None:
    with writing(engine) as db:
        looks.add(db, [look(0, target="a"), look(1, target="b")])  # so that the names have other numbers here
    assert taken(engine, links(away)) == 11
    with reading(engine) as db, reading(away) as there:
        assert [one.intact for one in journal.verify_all(db)] == [True, True]
        assert {e.digest for e in journal.heads(there)} <= {e.digest for e in journal.heads(db)}
        for read in (
            lambda d: looks.between(d, ["a", "b", TARGET], WINDOW),
            lambda d: beside.panels_between(d, [TARGET], WINDOW),
        ):
            assert [one for one in read(db) if one.vantage == AWAY] == read(there)
        assert beside.exhibits_between(db, [TARGET], WINDOW) == beside.exhibits_between(there, [TARGET], WINDOW)


def test_links_come_in_pieces_late_and_twice_and_each_counts_once(engine: Engine, away: Engine) -> None:
    every = links(away)
    assert links(away, 0, 4) + links(away, 4, 4) + links(away, 8, 4) == every
    assert taken(engine, every[:4]) == 4
    assert taken(engine, every[2:7]) == 7
    assert taken(engine, every[:3]) == 7
    assert taken(engine, every) == 11
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(look_rows)).scalar_one() == 16
        assert all(one.intact for one in journal.verify_all(db))
        assert replica.head(db, AWAY) == (11, every[-1].entry.digest)
        assert replica.head(db, "ai đó") == (0, bytes(32))


def test_what_began_lately_is_found_without_reading_all(away: Engine) -> None:
    since = to_ms(MONDAY + 7 * MINUTE)
    with reading(away) as db:
        assert replica.after(db, AWAY, 7, 100, since) == links(away, 7)
        assert replica.after(db, AWAY, 5, 100, since) == []  # a look of the sixth link began earlier: it is asked again


def resealed(one: Link, *rows: Row) -> Link:
    before = replace(one.entry, seq=one.entry.seq - 1, digest=one.entry.previous)
    return Link(entry=link(before, AWAY, rows), rows=rows)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"verdict": "perhaps"}, "verdict = 'perhaps'"),
        ({"cause": "strange"}, "cause = 'strange'"),
        ({"at": 2**60}, "at = "),
        ({"at": 2**52}, "at = "),
        ({"received_after": -1}, "received_after = "),
        ({"status": 2**40}, "status = "),
        ({"detail": "a\0b"}, "detail = "),
        ({"target": None}, "target = "),
        ({"more": "x"}, "more"),
        ({"fact": "event"}, "event"),
    ],
    ids=["verdict", "cause", "at", "at no clock can show", "received", "status", "detail", "target", "more", "fact"],
)
def test_a_row_that_this_program_would_not_write_is_refused(
    engine: Engine, away: Engine, changed: dict[str, str | int | None], why: str
) -> None:
    first = links(away)[0]
    entry = link(None, AWAY, [{**first.rows[0], **changed}])
    with pytest.raises(NotTaken, match=why):
        taken(engine, [Link(entry=entry, rows=({**first.rows[0], **changed},))])
    with reading(engine) as db:
        assert replica.head(db, AWAY)[0] == 0


def test_a_panel_that_cannot_be_read_is_refused(engine: Engine, away: Engine) -> None:
    every = links(away)
    looked, panel = (row for row in every[-1].rows if row["fact"] != "exhibit")
    deep = resealed(every[-1], looked, {**panel, "showings": "[" * 10_000})
    with pytest.raises(NotTaken, match="showings = "):
        taken(engine, [*every[:-1], deep])


def test_a_look_sealed_twice_is_refused(engine: Engine, away: Engine) -> None:
    first, second = links(away)[:2]
    with pytest.raises(NotTaken, match="có trong một mục trước"):
        taken(engine, [first, resealed(second, *first.rows)])


def test_a_link_that_does_not_follow_or_hold_is_refused_and_nothing_of_its_batch_is_kept(
    engine: Engine, away: Engine
) -> None:
    every = links(away)
    forged = replace(every[2], rows=({**every[2].rows[0], "verdict": "down"},))
    other = resealed(every[1], {**every[1].rows[0], "total_ms": 1})
    foreign = replace(every[0], entry=replace(every[0].entry, chain="trung-tâm"))
    for batch, why in (
        ([every[0], every[2]], "không nối tiếp mục 1"),
        ([*every[:2], forged], "mục 3 không khớp mã niêm phong"),
        ([every[0], every[1], other], "mục 2 khác mục đã nhận"),
        ([foreign], "không phải"),
    ):
        with pytest.raises(NotTaken, match=why):
            taken(engine, batch)
        with reading(engine) as db:
            assert replica.head(db, AWAY) == (0, bytes(32))
            assert db.execute(select(func.count()).select_from(look_rows)).scalar_one() == 0
