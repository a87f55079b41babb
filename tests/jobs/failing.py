"""A service that fails in many ways, with evidence of each, in a database and a folder of its own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine

from jobs import evidence
from monitor.core.attribution import Exhibit, Fault, Panel, Part, Showing, Shown
from monitor.core.certificate import Certificate
from monitor.core.journal import statement
from monitor.core.look import Cause, Evidence, Look, ManualCheck, Phases, Verdict
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.suspicion import Suspicion, SuspicionKind
from monitor.core.uptime import Notice
from monitor.register import load_register
from monitor.store import journal, keeping, looks, notices, remarks, signatures, suspicions, writing
from monitor.store.signatures import Signature, heads_of

SERVICE = load_register("thanh-hoa").services["2.001474"]
TARGET = next(iter(SERVICE.required_targets()))
VANTAGE = "trung-tam"
BEGAN = datetime(2026, 11, 23, 1, 30, 5, tzinfo=UTC)
HANDLE = f"2026-11-23T08:30:05/{TARGET.key}"
MINUTE = timedelta(minutes=1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HOSTILE = (
    "<!DOCTYPE html><html><head><title>Bảo trì</title><script>document.title='HỎNG'</script></head>"
    "<body onload=alert(1)><h1>Hệ thống đang bảo trì</h1><img src=x onerror=alert(2)><style>*{display:none}</style>"
    "</pre></section></table><script>fetch('http://127.0.0.1:9/')</script>" + "Nội dung dài. " * 3000 + "</body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look, and what it brought home."""

    look: Look
    evidence: Evidence | None = None
    panel: Panel | None = None


def picture(width: int = 640, height: int = 360) -> bytes:
    """A small PNG with stripes."""
    rows = b"".join(b"\0" + bytes((y * 255 // height, 96, 160)) * width for y in range(height))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def a_look(minute: float, verdict: Verdict, cause: Cause = Cause.NONE, **more: object) -> Look:
    at = BEGAN + minute * MINUTE
    made = Look(
        service=SERVICE.code,
        target=TARGET.key,
        vantage=VANTAGE,
        kind=TARGET.kind,
        at=at,
        received_at=at + timedelta(milliseconds=900),
        verdict=verdict,
        cause=cause,
        phases=Phases(name=12, connect=40, tls=95, first_byte=700, total=900),
        valid_for_ms=600_000,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def panel_of(look: Look, fault: Fault, rule: str) -> Panel:
    details = {Part.FRONT_PAGE: ("<b>HTTP 500</b> " + "rất dài " * 20), Part.GATEWAY: "192.0.2.1 trả lời"}
    shown = {Part.FRONT_PAGE: Shown.FAILS, Part.SIBLING: Shown.ABSENT, Part.FOREIGN: Shown.UNJUDGED}
    return Panel(
        target=look.target,
        vantage=look.vantage,
        at=look.at,
        fault=fault,
        rule=rule,
        clock_offset_ms=-312,
        showings=tuple(
            Showing(part=part, shown=shown.get(part, Shown.WORKS), took_ms=7, detail=details.get(part, ""))
            for part in Part
        ),
    )


def certificate() -> Certificate:
    return Certificate(
        subject="CN=dichvucong.example, O=Tên rất dài " + "đơn vị " * 20,
        issuer="CN=CA <script>alert(3)</script>",
        names=tuple(f"ten-mien-{n}.example" for n in range(12)),
        not_before=datetime(2025, 11, 1, tzinfo=UTC),
        not_after=datetime(2026, 11, 22, tzinfo=UTC),
        sha256="cd" * 32,
        problem="đã hết hạn",
    )


def story(many: int = 0) -> Iterator[Seen]:
    """Up, timeouts without an answer, a certificate that ran out, a wrong page `many` times, and up again."""
    yield Seen(look=a_look(-1, Verdict.UP, status=200, size=20_480))
    nothing = Phases(name=12, connect=40, total=15_000)
    first = a_look(0, Verdict.DOWN, Cause.TIMEOUT, phases=nothing, detail="hết 15 giây")
    sent = Evidence(url="https://dichvucong.example/", request={"user-agent": "tthc-monitor"}, addresses=("192.0.2.7",),
                    address="192.0.2.7", taken=("GET https://dichvucong.example/ → hết giờ",))  # fmt: skip
    yield Seen(look=first, evidence=sent, panel=panel_of(first, Fault.WHOLE_PORTAL, "portal_fails"))
    yield Seen(look=a_look(1, Verdict.DOWN, Cause.TIMEOUT, phases=nothing), evidence=sent)
    expired = a_look(2, Verdict.DOWN, Cause.TLS, phases=Phases(name=12, connect=40, total=80))
    yield Seen(
        look=expired,
        evidence=replace(sent, certificate=certificate()),
        panel=panel_of(expired, Fault.TLS, "no_tls"),
    )
    page = replace(
        sent,
        headers={"server": "nginx <script>alert(4)</script>", "x-dai": "x" * 400, "=cmd": "=1+1"},
        body=HOSTILE.encode(),
        screenshot=picture(),
        taken=("GET https://dichvucong.example/ → 302", "GET https://dichvucong.example/bao-tri → 200"),
        url="https://dichvucong.example/bao-tri?" + "q=" + "a" * 300,
    )
    for number in range(3, 4 + many):
        seen = a_look(number, Verdict.DOWN, Cause.BANNER, status=200, size=len(HOSTILE), detail="=HYPERLINK(1)")
        yield Seen(look=seen, evidence=page)
    unknown = a_look(4.5 + many, Verdict.UNKNOWN, Cause.CHALLENGED, status=403)
    yield Seen(look=unknown, evidence=replace(page, body=b"<html>captcha</html>", screenshot=b""))
    yield Seen(look=a_look(5 + many, Verdict.DOWN, Cause.STATUS, status=503), evidence=replace(page, screenshot=b""))
    yield Seen(look=a_look(6 + many, Verdict.UP, status=200), evidence=replace(page, body=b"<html>2.001474</html>"))


def fill(engine: Engine, var_dir: Path, some: list[Seen] | None = None) -> None:
    """Write looks down, each sealed by a link of its own, and keep their evidence."""
    for seen in list(story()) if some is None else some:
        beside: list[Exhibit | Panel] = []
        if seen.panel:
            beside.append(seen.panel)
        if seen.evidence:
            digest = evidence.keep(var_dir, seen.look, seen.evidence, seen.panel)
            look = seen.look
            beside.append(Exhibit(target=look.target, vantage=look.vantage, at=look.at, digest=digest))
        with writing(engine) as db:
            looks.add(db, [seen.look], beside)


def speak(engine: Engine, var_dir: Path) -> None:
    """People's words of it: a letter, a reply with a file, a ruling, a manual check, a complaint, a planned stop."""
    digest = keeping.keep(var_dir, b"%PDF-1.4 tra loi", "pdf")
    page = keeping.keep(var_dir, b"<script>alert(5)</script>", "html")
    said = Remark(service=SERVICE.code, target=TARGET.key, first_bad=BEGAN, at=BEGAN + 60 * MINUTE,
                  kind=RemarkKind.ASKED, text="Cục <i>A</i>", by="Nguyễn Văn Thử", document="1/SCT",
                  dated=date(2026, 11, 23))  # fmt: skip
    with writing(engine) as db:
        notices.add(db, Notice(service=SERVICE.code, span=Span(start=BEGAN, end=BEGAN + MINUTE), entered_at=BEGAN,
                               document="9/TB"))  # fmt: skip
        remarks.add(db, said)
        reply = replace(said, kind=RemarkKind.REPLY, text="Do nhà mạng", document="", dated=None,
                        file_name="tra-loi <b>.pdf", file_sha256=digest)  # fmt: skip
        number = remarks.add(db, reply)
        remarks.add(db, replace(reply, kind=RemarkKind.RULING, text="không có sự cố", ruling=Ruling.REJECTED,
                                answers=number, file_name="", file_sha256=""))  # fmt: skip
        looks.add_manual(db, ManualCheck(service=SERVICE.code, target=TARGET.key, at=BEGAN + 2 * MINUTE,
                                         received_at=BEGAN + 3 * MINUTE, verdict=Verdict.DOWN, by="Trần Thị Thử",
                                         note="không thấy nút", evidence_name="trang.html",
                                         evidence_sha256=page))  # fmt: skip
        suspicions.add(db, Suspicion(service=SERVICE.code, kind=SuspicionKind.COMPLAINT, starts=BEGAN + MINUTE,
                                     ends=None, entered_at=BEGAN + 9 * MINUTE, text="không bấm được nút",
                                     by="Lê Thử"))  # fmt: skip


def sign(engine: Engine, day: str, made_at: datetime) -> None:
    """The day's heads, signed."""
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    with writing(engine) as db:
        heads = heads_of(journal.heads(db))
        signature = KEY.sign(statement(day, heads)).hex()
        signatures.add(db, Signature(day=day, key=public, made_at=made_at, heads=heads, signature=signature))
