"""What a person and a program read first in an evidence pack: index.html, index.json and looks.csv."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from io import StringIO
from typing import Any, TypeVar

from monitor.core.attribution import Panel
from monitor.core.journal import fingerprint
from monitor.core.look import Look
from monitor.core.period import iso
from monitor.core.suspicion import Suspicion
from monitor.reports.exhibited import Exhibited, Lying, Piece
from monitor.reports.pack import Pack
from monitor.reports.record_facts import record_facts, suspicion_facts
from monitor.reports.render import render, term, terms
from monitor.reports.tables_csv import FORMULA
from monitor.store.journal_part import Reach

_T = TypeVar("_T")
JOURNAL, VERIFIER = "journal/so-niem-phong.jsonl", "journal/tthc_verify.py"
MOST_LOOKS, MOST_PANELS = 500, 30
"""So many rows are on the page; looks.csv and index.json have all."""


def looks_csv(pack: Pack) -> Iterator[bytes]:
    """Every look from the last good one before to the first good one after, with the link that seals it."""
    of_look = {(one.exhibit.at, one.exhibit.vantage): one for one in pack.exhibits}
    yield "\ufeff".encode() + _line(terms()["pack_looks"].values())
    for look in pack.record.looks:
        yield _line(_cells(pack, look, of_look.get((look.at, look.vantage))))


def _line(cells: Any) -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerow(
        [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]
    )
    return out.getvalue().encode()


def _cells(pack: Pack, look: Look, exhibit: Exhibited | None) -> Iterator[str | int | None]:
    yield iso(look.at)
    yield iso(look.received_at)
    yield from (look.target, look.vantage, term(look.kind), term(look.verdict))
    yield term(look.cause) if look.cause.value else ""
    yield from (look.status, look.size)
    phases = look.phases
    yield from (phases.name, phases.connect, phases.tls, phases.first_byte, phases.total)
    yield look.detail
    yield term(exhibit.panel.fault) if exhibit and exhibit.panel else ""
    yield exhibit.listing.name if exhibit and exhibit.listing.whole else ""
    yield from pack.seal_of(look)


def _suspected(one: Suspicion) -> dict[str, Any]:
    """A suspicion without what anybody wrote: a pack goes to others, and a complaint was made to the office."""
    written = {"text", "by", "reason", "found_by"}
    return {name: told for name, told in suspicion_facts(one).items() if name not in written}


def index_json(pack: Pack) -> bytes:
    """The record for programs, with every panel, exhibit and link."""
    record = pack.record
    told: dict[str, Any] = {
        "format": "tthc-evidence-pack/1",
        "program": pack.program,
        "interruption": record_facts(record) | {"suspected": [_suspected(one) for one in record.suspected]},
        "looks": {"file": "looks.csv", "count": len(record.looks)},
        "panels": [_panel(one) for one in record.panels],
        "exhibits": [_exhibit(one) for one in pack.exhibits],
        "files_of_people": [_piece(piece) for piece in pack.of_people.values()],
        "notices": [
            {"from": iso(stop.span.start), "to": iso(stop.span.end), "document": stop.document,
             "entered_at": iso(stop.entered_at), "in_time": stop in record.announced}
            for stop in (*record.announced, *record.too_late)
        ],
        "journal": {"file": JOURNAL, "broken_at": pack.sent.broken, "chains": [_reach(one) for one in pack.reaches]},
        "lacking": [_piece(piece) for piece in pack.lacking],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _panel(one: Panel) -> dict[str, Any]:
    return {
        "at": iso(one.at),
        "vantage": one.vantage,
        "fault": one.fault.value,
        "rule": one.rule,
        "clock_offset_ms": one.clock_offset_ms,
        "showings": [asdict(showing) for showing in one.showings],
    }


def _exhibit(one: Exhibited) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": iso(one.exhibit.at),
        "vantage": one.exhibit.vantage,
        "list": _piece(one.listing),
        "page": _piece(one.page),
        "picture": _piece(one.picture),
    }


def _piece(piece: Piece | None) -> dict[str, Any] | None:
    if piece is None:
        return None
    return {"sha256": piece.digest, "file": piece.name if piece.whole else None, "state": piece.lying.value}


def _reach(one: Reach) -> dict[str, Any]:
    signed = one.signed
    return {
        "chain": one.chain,
        "sealing": [one.first, one.last],
        "enclosed": [one.after + 1, one.until],
        "signed_before": one.before.day if one.before else None,
        "signed_after": signed.day if signed else None,
        "key": signed.key if signed else None,
        "signature": signed.signature if signed else None,
    }


def index_html(pack: Pack) -> bytes:
    """The page a person opens first: by itself, without network or script; what came from outside is text alone."""
    record = pack.record
    by_look = {(one.exhibit.at, one.exhibit.vantage): one for one in pack.exhibits}
    rows = [(look, by_look.get((look.at, look.vantage))) for look in record.looks]
    return render(
        "pack/index.html",
        pack=pack,
        record=record,
        in_full=pack.in_full,
        rows=_ends(rows, MOST_LOOKS),
        left_rows=max(len(rows) - MOST_LOOKS, 0),
        panels=_ends(list(record.panels), MOST_PANELS),
        left_panels=max(len(record.panels) - MOST_PANELS, 0),
        lacking=[(piece, _where(pack, piece)) for piece in pack.lacking],
        elsewhere=sum(piece.lying is Lying.ELSEWHERE for piece in pack.pieces),
        keys=_keys(pack),
        journal_file=JOURNAL,
        verifier_file=VERIFIER,
        shown={one.number for one in pack.in_full},
    ).encode()


def _ends(some: list[_T], most: int) -> list[_T]:
    """The first and the last of many."""
    half = most // 2
    return some if len(some) <= most else some[: most - half] + some[-half:]


def _where(pack: Pack, piece: Piece) -> list[int]:
    """The numbers of the exhibits that name a file; none where it came with what a person said."""
    return [one.number for one in pack.exhibits if piece.digest in {other.digest for other in one.pieces}]


def _keys(pack: Pack) -> Mapping[str, str]:
    """The keys that signed, each with its fingerprint."""
    signed = (one for reach in pack.reaches for one in (reach.before, reach.signed) if one)
    return {one.key: fingerprint(one.key) for one in signed}
