"""Facts that the store's tests write down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.interruption import Interruption
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.look import Cause, Kind, Look, ManualCheck, Phases, Verdict
from monitor.core.message import Attachment, Message, Urgency
from monitor.core.period import Span
from monitor.core.uptime import Notice

MONDAY = datetime(2026, 11, 23, 0, 30, 0, 123_000, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVICE, TARGET = "2.001474", "cổng/2.001474"

_UP = Look(
    service=SERVICE,
    target=TARGET,
    vantage="trung-tâm",
    kind=Kind.HTTP,
    at=MONDAY,
    received_at=MONDAY + timedelta(milliseconds=412),
    verdict=Verdict.UP,
    phases=Phases(name=3, connect=21, tls=64, first_byte=398, total=411),
    valid_for_ms=600_000,
    status=200,
    size=20_480,
)
_CAUSES = {Verdict.UP: Cause.NONE, Verdict.DOWN: Cause.TIMEOUT, Verdict.UNKNOWN: Cause.CHALLENGED}


def look(minute: float = 0, verdict: Verdict = Verdict.UP, **changed: object) -> Look:
    """A look so many minutes after MONDAY."""
    at = MONDAY + minute * MINUTE
    seen = replace(_UP, at=at, received_at=at + timedelta(milliseconds=412), verdict=verdict, cause=_CAUSES[verdict])
    return replace(seen, **changed)  # type: ignore[arg-type]


def looks_of(story: str, *, first: float = 0, every: float = 5) -> list[Look]:
    """Looks told by letters: u up, d down, ? unknown."""
    words = {"u": Verdict.UP, "d": Verdict.DOWN, "?": Verdict.UNKNOWN}
    return [look(first + every * place, words[letter]) for place, letter in enumerate(story)]


CHECK = ManualCheck(
    service=SERVICE,
    target=TARGET,
    at=MONDAY,
    received_at=MONDAY + MINUTE,
    verdict=Verdict.DOWN,
    by="Nguyễn Văn Thử",
    note="mở trang không thấy nút nộp",
    evidence_name="anh.png",
    evidence_sha256="ab" * 32,
)
NOTICE = Notice(
    service=SERVICE,
    span=Span(start=MONDAY + 60 * MINUTE, end=MONDAY + 120 * MINUTE),
    entered_at=MONDAY,
    document="Công văn số 1/TB-CNTT ngày 10/11/2026",
)
BEGUN = Interruption(
    service=SERVICE,
    target=TARGET,
    last_good=MONDAY,
    first_bad=MONDAY + 5 * MINUTE,
    last_bad=MONDAY + 6 * MINUTE,
    first_good=None,
    cause=Cause.TIMEOUT,
    failed_looks=2,
)
ENDED = replace(BEGUN, last_bad=MONDAY + 20 * MINUTE, first_good=MONDAY + 25 * MINUTE, failed_looks=5)


def message(key: str = "slot/2026-11-23T07:30/a@b.vn/live", **changed: object) -> Message:
    """A letter with a picture inside and a workbook beside it."""
    made = Message(
        key=key,
        message_id=f"<{key}@demo.invalid>",
        date=MONDAY,
        sender="Giám sát <giam-sat@demo.invalid>",
        to_address="a@b.vn",
        to_names=("Giám đốc Sở Công Thương", 'Ông "Thử"; Phó Giám đốc'),
        subject="Hồ sơ cần xử lý",
        text="Kính gửi …\n",
        html="<p>Kính gửi …</p>",
        attachments=(
            Attachment(name="dải.png", media_type="image/png", content=bytes(range(256)), cid="dai"),
            Attachment(name="số liệu.xlsx", media_type="application/x", content=b""),
        ),
        urgency=Urgency.SLOT,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def telling(**changed: object) -> Telling:
    """That the head of a department was told that a dossier is late."""
    made = Telling(
        subject=SubjectKind.RESULT,
        key="mot-cua\x1fH56.01",
        episode="2026-11-20",
        stage="late",
        nth=1,
        person="so-cong-thuong.head",
        live=True,
        made_at=MONDAY,
        urgency=Urgency.SLOT,
        skipped=("three_days", "due"),
    )
    return replace(made, **changed)  # type: ignore[arg-type]
