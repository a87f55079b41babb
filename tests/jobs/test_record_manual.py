"""What a person saw is written down without what may lead to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jobs.record import record_manual
from monitor.core.look import Verdict
from monitor.core.period import Span
from monitor.store import looks, reading

Office = Any


def test_a_note_is_masked_before_it_is_sealed(sqlite_office: Office, tmp_path: Path) -> None:
    now = sqlite_office.clock.now()
    picture = tmp_path / "chup-0912345678.png"
    picture.write_bytes(b"\x89PNG")
    record_manual(
        sqlite_office.app,
        service="2.001474",
        at=now,
        verdict=Verdict.DOWN,
        by="Nguyễn Văn A",
        note="Bà B gọi 0912345678, thư b@gmail.com: không nộp được lúc 14:30",
        now=now,
        evidence_file=picture,
    )
    with reading(sqlite_office.app.engine) as db:
        (kept,) = looks.manual_between(db, "2.001474", Span(start=now, end=sqlite_office.turn(seconds=1)))
    assert kept.note == "Bà B gọi ***, thư ***: không nộp được lúc 14:30"
    assert (kept.evidence_name, kept.by) == ("chup-***.png", "Nguyễn Văn A")
