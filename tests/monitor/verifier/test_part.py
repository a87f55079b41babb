"""A part of the journal, as an evidence pack carries it, holds by itself and tells what was altered in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from monitor.core.look import Verdict
from monitor.core.period import Span
from monitor.store import looks, reading, writing
from monitor.store.journal_part import Reach, Sent, lines, reach_of, seals_of_looks, seals_of_words
from monitor.store.sealing import OWN
from monitor.store.tables import looks as look_rows
from monitor.verifier import tthc_verify
from tests.monitor.store.given import MINUTE, MONDAY, SERVICE, TARGET, look, looks_of
from tests.monitor.verifier.exported import AWAY, KEY, LOOKS, altered, fill, found, public, sign, verified

WINDOW = Span(start=MONDAY + 30 * MINUTE, end=MONDAY + 47 * MINUTE)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A journal with facts of every kind, signed on two days."""
    fill(engine)
    return engine


def parts_of(engine: Engine, window: Span = WINDOW) -> list[Reach]:
    with reading(engine) as db:
        chains: dict[str, list[int]] = {}
        for (_, _, vantage), seq in seals_of_looks(db, [TARGET], window).items():
            chains.setdefault(vantage, []).append(seq)
        if own := seals_of_words(db, SERVICE, [TARGET], window):
            chains[OWN] = own
        return [reach_of(db, chain, min(some), max(some)) for chain, some in sorted(chains.items())]


def part(engine: Engine, window: Span = WINDOW, parts: list[Reach] | None = None) -> list[bytes]:
    wanted = parts_of(engine, window) if parts is None else parts
    with reading(engine) as db:
        return list(lines(db, wanted, Sent(), program="0.1.0", made_at=MONDAY, window=window))


def later(engine: Engine) -> Span:
    """A second day of looks after two signed heads, signed in its turn; when these looks were made."""
    with writing(engine) as db:
        for one in looks_of("uudddduu", first=24 * 60):
            looks.add(db, [one.__class__(**{**_fields(one), "vantage": LOOKS})])
    sign(engine, "2026-11-24")
    return Span(start=MONDAY + timedelta(hours=24), end=MONDAY + timedelta(hours=25))


def _fields(one: object) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]


def test_a_part_holds_and_names_the_places_it_covers(filled: Engine) -> None:
    answer = verified(part(filled), keys=[public(KEY)])
    assert answer.findings == []
    assert {chain.name for chain in answer.export.chains.values()} >= {"trung-tâm", AWAY}
    assert answer.publications == []
    assert any("trung-tâm" in note for note in answer.notes("vi"))
    assert answer.as_json("vi")["part"] is True


def test_it_goes_on_after_the_signed_head_before_and_ends_with_the_one_after(filled: Engine) -> None:
    window = later(filled)
    (one,) = [one for one in parts_of(filled, window) if one.chain == LOOKS]
    assert one.before is not None
    assert one.signed is not None
    assert (one.before.day, one.signed.day) == ("2026-11-23", "2026-11-24")
    assert 0 < one.after < one.first <= one.last == one.until
    exported = part(filled, window)
    assert verified(exported).findings == []
    links = [line for line in exported if line.startswith(b'{"chain":"%b"' % LOOKS.encode())]
    assert len(links) == one.until - one.after


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_start_that_was_not_signed_is_found(filled: Engine, place: int) -> None:
    exported = part(filled, later(filled))
    changed = altered(exported[0], lambda read: read["after"][0].__setitem__(2, "ab" * 32))
    assert ("replaced", LOOKS, None) in [(code, chain, None) for code, chain, _ in found([changed, *exported[1:]])]
    lines = [n for n, line in enumerate(exported) if line.startswith(b'{"chain":"%b"' % LOOKS.encode())]
    del exported[lines[place]]
    assert {code for code, *_ in found(exported)} & {"missing", "cut"}


@pytest.mark.parametrize("after", [7, "x", [["a"]], [["a", -1, "ab" * 32]], [["a", 1, "ab"]], [[1, 1, "ab" * 32]]])
def test_a_first_line_that_cannot_be_read_is_refused(filled: Engine, after: object) -> None:
    exported = part(filled)
    with pytest.raises(tthc_verify.Unreadable):
        verified([altered(exported[0], lambda read: read.update(after=after)), *exported[1:]])


def test_a_row_altered_in_the_database_goes_out_as_it_is_and_is_told(filled: Engine) -> None:
    window = later(filled)
    changed = update(look_rows).where(
        look_rows.c.verdict == "down", look_rows.c.seq >= parts_of(filled, window)[0].first
    )
    with writing(filled) as db:
        assert db.execute(changed.values(verdict="up")).rowcount == 4
    sent = Sent()
    with reading(filled) as db:
        wanted = parts_of(filled, window)
        exported = list(lines(db, wanted, sent, program="0.1.0", made_at=MONDAY, window=window))
    assert sent.broken is not None
    assert ("rows_changed", *sent.broken) in found(exported)


def test_a_look_that_was_sealed_long_after_it_was_made_is_in_its_link(filled: Engine) -> None:
    window = later(filled)
    with writing(filled) as db:
        looks.add(db, [look(-60 * 24 * 30, Verdict.DOWN, vantage=LOOKS)])
        looks.add(db, [look(24 * 60 + 50, vantage=LOOKS)])
    assert verified(part(filled, window)).findings == []


def test_a_head_kept_elsewhere_that_is_outside_the_part_is_said_and_is_no_finding(filled: Engine) -> None:
    exported = part(filled, later(filled))
    away = tthc_verify.Head(LOOKS, 1, "ab" * 8, "--head")
    answer = verified(exported, heads=[away])
    assert answer.findings == []
    assert any(f"{LOOKS}:1" in note for note in answer.notes("vi"))


def test_figures_cannot_be_worked_out_of_a_part(filled: Engine) -> None:
    report = {"service": SERVICE, "from": "2026-11-23T00:00:00+07:00", "to": "2026-11-24T00:00:00+07:00"}
    assert [code for code, *_ in found(part(filled), reports=[("bao-cao.json", report)])] == ["report_unknown"]
