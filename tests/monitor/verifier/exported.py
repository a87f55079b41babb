"""A journal with facts of every kind, exported; and the lines of an export altered, as somebody might."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, Engine, update

from monitor.core.attribution import Exhibit, Fault, Panel, Part, Showing, Shown
from monitor.core.interruption import POLICY
from monitor.core.journal import GENESIS, seal, statement
from monitor.core.look import Cause, Look, Verdict
from monitor.core.period import Span
from monitor.core.publication import METHOD, Publication, canonical_text
from monitor.core.remark import Remark, RemarkKind
from monitor.core.reporting import Period, PeriodKind
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.core.uptime import Notice, figures, measure
from monitor.store import (
    EventKind,
    events,
    interruptions,
    journal,
    looks,
    notices,
    publications,
    reading,
    remarks,
    signatures,
    suspicions,
    withdrawals,
    writing,
)
from monitor.store.exporting import Exported, lines
from monitor.store.sealing import OWN
from monitor.store.signatures import Signature, heads_of
from monitor.store.tables import manual_checks
from monitor.store.withdrawals import Withdrawal
from monitor.verifier import tthc_verify
from tests.monitor.store.given import BEGUN, CHECK, ENDED, MINUTE, MONDAY, SERVICE, TARGET, look, looks_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LOOKS, AWAY = "trung-tâm", "viễn-thông"
WINDOW = Span(start=MONDAY, end=MONDAY + 120 * MINUTE)
SECRET = "Nguyễn Văn Thử"
IN_TIME = Notice(
    service=SERVICE,
    span=Span(start=MONDAY + 60 * MINUTE, end=MONDAY + 70 * MINUTE),
    entered_at=MONDAY - timedelta(days=20),
    document="Công văn số 1",
)
TOO_LATE = replace(IN_TIME, entered_at=MONDAY - timedelta(days=3), document="Công văn số 2")
BASIS = {
    "required": [TARGET],
    "formerly": {"cổng-cũ": TARGET},
    "confirmations": POLICY.confirmations,
    "hours": None,
    "notice_days": 7,
    "working_days": [(date(2026, 9, 20) + timedelta(days=n)).isoformat() for n in range(70)],
    "quorum": 1,
}


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def fill(engine: Engine) -> None:
    """Two hours of looks from two places, and one or more of every other fact; published, and signed on two days."""
    with writing(engine) as db:
        _looks(db)
        looks.add_manual(db, replace(CHECK, by=SECRET))
        looks.add_manual(db, replace(CHECK, by="Trần Thị Thử"))
        notices.add(db, IN_TIME, by=SECRET)
        notices.add(db, TOO_LATE)
        wrong = notices.add(db, replace(IN_TIME, span=Span(start=MONDAY, end=MONDAY + 9 * MINUTE)))
        withdrawals.add(db, wrong, Withdrawal(at=MONDAY, by=SECRET, reason="ghi nhầm ngày"))
        interruptions.open_(db, BEGUN, MONDAY + 6 * MINUTE)
        interruptions.close(db, TARGET, BEGUN.first_bad, ENDED, MONDAY + 25 * MINUTE)
        events.add(db, MONDAY, EventKind.GO_LIVE, SECRET)
        remarks.add(
            db,
            Remark(service=SERVICE, target=TARGET, first_bad=BEGUN.first_bad, at=MONDAY + 60 * MINUTE,
                   kind=RemarkKind.CAUSE, text="mất điện", by=SECRET),
        )  # fmt: skip
        number = suspicions.add(
            db,
            Suspicion(service=SERVICE, kind=SuspicionKind.COMPLAINT, starts=MONDAY, ends=None, entered_at=MONDAY,
                      text="không nộp được", by=SECRET),
        )  # fmt: skip
        assert number is not None
        suspicions.rule(db, number, Finding.CONFIRMED, at=MONDAY, by=SECRET, reason="đã gọi lại")
    sign(engine, "2026-11-22")
    publish(engine)
    with writing(engine) as db:
        looks.add(db, [look(118.5, Verdict.DOWN)])  # too late for what was published
    sign(engine, "2026-11-23")


def _looks(db: Connection) -> None:
    failed = look(31, Verdict.DOWN, cause=Cause.CONTENT)
    shown = (Showing(part=Part.GATEWAY, shown=Shown.WORKS, took_ms=2, detail="cổng"),)
    panel = Panel(target=TARGET, vantage=LOOKS, at=failed.at, showings=shown, fault=Fault.UNCLEAR, rule="khác")
    for some in (looks_of("uudddu?"), [replace(one, target="cổng-cũ") for one in looks_of("uu", first=-20)]):
        for one in some:
            looks.add(db, [one])
    looks.add(
        db,
        [failed, look(31.5, Verdict.DOWN)],
        [panel, Exhibit(target=TARGET, vantage=LOOKS, at=failed.at, digest="ab" * 32)],
    )
    looks.add(db, [look(40), look(44), look(36, target="khác")])
    looks.add(db, looks_of("uuuduu?uuuuu", first=50))
    looks.add(db, [look(33, Verdict.DOWN, vantage=AWAY), look(46, vantage=AWAY)])


def known(db: Connection) -> list[Look]:
    window = Span(start=MONDAY - 600 * MINUTE, end=MONDAY + 600 * MINUTE)
    found = looks.between(db, [TARGET, "cổng-cũ"], window)
    return [replace(one, target=TARGET) for one in found]


def publish(engine: Engine, edition: int = 1) -> dict[str, Any]:
    """What the program publishes of two hours."""
    with reading(engine) as db:
        account = measure(WINDOW, known(db), POLICY, [IN_TIME], required=frozenset([TARGET]))
        heads = canonical_text([list(head) for head in heads_of(journal.heads(db))])
    made = Publication(
        service=SERVICE,
        period=Period(kind=PeriodKind.WINDOW, name="hai giờ", span=WINDOW),
        edition=edition,
        published_at=MONDAY + 180 * MINUTE,
        method=METHOD,
        method_sha256="cd" * 32,
        basis=canonical_text(BASIS),
        figures=canonical_text(figures(account)),
        heads=heads,
        documents={"bao-cao.pdf": "ef" * 32},
        by=SECRET,
    )
    with writing(engine) as db:
        assert publications.add_once(db, made)
    return figures(account)


def sign(engine: Engine, day: str, key: Ed25519PrivateKey = KEY) -> None:
    with writing(engine) as db:
        heads = heads_of(journal.heads(db))
        signature = key.sign(statement(day, heads)).hex()
        signatures.add(db, Signature(day=day, key=public(key), made_at=MONDAY, heads=heads, signature=signature))


def erase(engine: Engine) -> None:
    """The first manual check's name and words erased, as the law lets a person ask."""
    with writing(engine) as db:
        gone = {"by": None, "note": None, "evidence_name": None, "salt": None}
        first = manual_checks.c.by == SECRET
        assert db.execute(update(manual_checks).where(first).values(gone)).rowcount == 1


def export(engine: Engine, until: date | None = None) -> list[bytes]:
    with reading(engine) as db:
        return list(lines(db, Exported(), program="0.1.0", now=MONDAY, until=until))


def verified(exported: Iterable[bytes], **elsewhere: Any) -> tthc_verify.Answer:
    return tthc_verify.verify(io.BytesIO(b"".join(exported)), **elsewhere)


def found(exported: Iterable[bytes], **elsewhere: Any) -> list[tuple[str, str, int | None]]:
    """What does not hold: code, chain, number."""
    return [(one.code, one.chain, one.number) for one in verified(exported, **elsewhere).findings]


def altered(line: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A line whose JSON somebody changed, with all else as it was."""
    read = json.loads(line)
    change(read)
    return json.dumps(read, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def resealed(exported: Iterable[bytes], chain: str, change: Callable[[list[dict[str, Any]]], object]) -> list[bytes]:
    """A chain whose rows somebody changed and who worked out every digest anew, and the last line too."""
    made: list[bytes] = []
    previous, heads = GENESIS, {}
    for line in exported:
        read = json.loads(line)
        if read.get("chain") == chain:
            change(read["rows"])
            entry = seal(chain, read["seq"], previous, read["rows"])
            read |= {"previous": previous.hex(), "digest": entry.digest.hex()}
            previous, heads = entry.digest, {chain: entry.digest.hex()}
        elif "end" in read:
            told: list[list[Any]] = read["end"]["heads"]
            read["end"]["heads"] = [[name, seq, heads.get(name, digest)] for name, seq, digest in told]
        made.append(json.dumps(read, ensure_ascii=False, separators=(",", ":"), sort_keys=False).encode() + b"\n")
    return made


def links_of(exported: Iterable[bytes], chain: str = LOOKS) -> list[int]:
    """The places of a chain's lines."""
    return [place for place, line in enumerate(exported) if json.loads(line).get("chain") == chain]


def row_of(exported: Iterable[bytes], fact: str) -> Mapping[str, Any]:
    """The last row of a kind."""
    return [row for line in exported for row in json.loads(line).get("rows", ()) if row["fact"] == fact][-1]


__all__ = ["AWAY", "KEY", "LOOKS", "OTHER_KEY", "OWN", "SECRET"]
