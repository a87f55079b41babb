"""The exported journal: verifying it against reading and hashing the same bytes, and how fast it goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cost import cost
from monitor.core.interruption import POLICY
from monitor.core.journal import Entry, canonical, link
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span, from_ms, to_ms
from monitor.core.uptime import figures, measure
from monitor.store import looks, open_store, reading, writing
from monitor.store.exporting import Exported, lines
from monitor.verifier import tthc_verify

CODE = "2.001474"
BEGAN = to_ms(datetime(2026, 1, 4, 17, tzinfo=UTC))
TARGETS, EVERY_MS = 5, 300_000
ENTRIES = 1_000_000
KEPT = 100_000
WEEK_MS = 7 * 86_400_000


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """A million links of one look each, with a publication for every week of them; at a smaller scale, fewer."""
    entries = max(11_000, round(ENTRIES * scale))
    with TemporaryDirectory() as place:
        file = Path(place) / "so.jsonl"
        weeks = _written(file, entries)
        with cost() as plain, file.open("rb") as content:
            for line in content:
                json.loads(line)
                hashlib.sha256(line).digest()
        with cost() as spent, file.open("rb") as content:
            answer = tthc_verify.verify(content)
        assert answer.findings == []
        assert len(answer.publications) == weeks
        yield (
            f"verifying {entries:,} entries with {weeks} weeks' figures / json.loads + SHA-256",
            spent.s / plain.s,
            5.0,
            "×",
        )
        yield (
            "exporting an entry, from SQLite to lines",
            _exported(Path(place), max(2_000, round(KEPT * scale))),
            40.0,
            "µs",
        )


def _written(file: Path, entries: int) -> int:
    """An export made by hand; how many weeks it publishes."""
    head: Entry | None = None
    own: Entry | None = None
    weeks = entries * EVERY_MS // TARGETS // WEEK_MS
    with file.open("wb") as out:
        out.write(json.dumps({"format": tthc_verify.FORMAT}).encode() + b"\n")
        for number in range(entries):
            rows = [_row(number)]
            head = link(head, "trung-tam", rows)
            out.write(_line(head, rows))
        assert head is not None
        heads: list[list[str | int]] = [["trung-tam", head.seq, head.digest.hex()]]
        for week in range(weeks):
            rows = [_publication(week, heads, entries)]
            own = link(own, "so-chung", rows)
            out.write(_line(own, rows))
        if own is not None:
            heads.append(["so-chung", own.seq, own.digest.hex()])
        out.write(json.dumps({"end": {"heads": heads, "signatures": 0}}).encode() + b"\n")
    return weeks


def _line(entry: Entry, rows: list[dict[str, str | int | None]]) -> bytes:
    return b'{"chain":"%b","seq":%d,"previous":"%b","digest":"%b","rows":%b}\n' % (
        entry.chain.encode(), entry.seq, entry.previous.hex().encode(), entry.digest.hex().encode(), canonical(rows),
    )  # fmt: skip


def _look(number: int) -> Look:
    """The looks go round the targets; now and then one is down for a while, or cannot tell."""
    turn, target = divmod(number, TARGETS)
    hour = turn // 12 + target * 7
    said = (Verdict.DOWN, Cause.TIMEOUT) if hour % 97 == 0 else (Verdict.UP, Cause.NONE)
    said = (Verdict.UNKNOWN, Cause.CHALLENGED) if hour % 61 == 0 else said
    at = from_ms(BEGAN + turn * EVERY_MS + target)
    return Look(
        service=CODE, target=f"{CODE}-{target}", vantage="trung-tam", kind=Kind.HTTP, at=at,
        received_at=at + timedelta(milliseconds=240), verdict=said[0], cause=said[1], valid_for_ms=2 * EVERY_MS,
        status=200, size=20_480,
    )  # fmt: skip


def _row(number: int) -> dict[str, str | int | None]:
    look = _look(number)
    return {
        "fact": "look", "target": look.target, "at": to_ms(look.at), "service": CODE, "kind": "http",
        "received_after": 240, "verdict": look.verdict.value, "cause": look.cause.value, "name_ms": 3, "connect_ms": 20,
        "tls_ms": 60, "first_byte_ms": 120, "total_ms": 240, "valid_for_ms": look.valid_for_ms, "status": 200,
        "size": 20_480, "detail": "",
    }  # fmt: skip


def _publication(week: int, heads: list[list[str | int]], entries: int) -> dict[str, str | int | None]:
    starts = BEGAN + week * WEEK_MS
    window = Span(start=from_ms(starts), end=from_ms(starts + WEEK_MS))
    per_week = WEEK_MS // EVERY_MS * TARGETS
    reach = 2_000  # looks before and after, far more than an hour's failure
    near = (
        _look(number) for number in range(max(0, week * per_week - reach), min(entries, (week + 1) * per_week + reach))
    )
    required = frozenset(f"{CODE}-{target}" for target in range(TARGETS))
    basis = {
        "required": sorted(required), "formerly": {}, "confirmations": POLICY.confirmations, "hours": None,
        "notice_days": 7, "working_days": [], "quorum": 1,
    }  # fmt: skip
    return {
        "fact": "publication", "service": CODE, "kind": "week", "period": f"W{week}", "edition": 1, "starts": starts,
        "ends": starts + WEEK_MS, "published_at": 0, "method": tthc_verify.METHOD, "method_sha256": "",
        "basis": json.dumps(basis), "figures": json.dumps(figures(measure(window, near, POLICY, required=required))),
        "heads": json.dumps(heads), "documents": "{}", "personal": "",
    }  # fmt: skip


def _exported(place: Path, entries: int) -> float:
    """CPU microseconds a link."""
    engine = open_store(f"sqlite:///{place / 'tthc.db'}")
    try:
        for first in range(0, entries, 1000):
            with writing(engine) as db:
                for number in range(first, min(first + 1000, entries)):
                    looks.add(db, [_look(number)])
        exported = Exported()
        with cost() as spent, reading(engine) as db, (place / "ra.jsonl").open("wb") as out:
            out.writelines(lines(db, exported, program="bench", now=from_ms(BEGAN)))
        assert exported.links == entries
        return spent.s / entries * 1e6
    finally:
        engine.dispose()
