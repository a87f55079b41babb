"""What the program publishes of a week, worked out anew by the verifier from the exported journal."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from monitor.core.look import Cause
from monitor.core.reporting import parse_period
from monitor.core.uptime import Notice
from monitor.register import Register
from monitor.reports import publishing
from monitor.store import notices, publications, reading, writing
from monitor.store.exporting import Exported, lines
from monitor.verifier import tthc_verify


def moment(text: str) -> datetime:
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


def test_a_published_week_is_equal_to_the_millisecond(watch: Callable[..., Any]) -> None:
    seen = watch()
    seen.finds("15/11/2026 22:00", "16/11/2026 01:00", Cause.STATUS)
    seen.finds("18/11/2026 08:00", "18/11/2026 09:30", Cause.TIMEOUT)
    seen.finds("19/11/2026 08:00", "19/11/2026 20:00", Cause.CHALLENGED)
    seen.finds("22/11/2026 23:30", "23/11/2026 06:00", Cause.ACTION_MISSING)
    seen.looks("15/11/2026 20:00", "23/11/2026 07:00")
    window = parse_period("2026-W47")
    with writing(seen.engine) as db:
        for days in (20, 3):
            span = parse_period("2026-W47").span
            start = span.start + timedelta(days=5, hours=days)
            stop = type(span)(start=start, end=start + timedelta(hours=2))
            notices.add(db, Notice(service=seen.service.code, span=stop, entered_at=start - timedelta(days=days)))
    now = moment("23/11/2026 07:30")
    register: Register = seen.register
    with reading(seen.engine) as db:
        drafted = publishing.draft(db, register, seen.law, seen.service.code, window, now)
    made = publishing.edition(drafted, by="Nguyễn Văn Thử").publication
    with writing(seen.engine) as db:
        assert publications.add_once(db, made)
    with reading(seen.engine) as db:
        content = b"".join(lines(db, Exported(), program="0.1.0", now=now))
    answer = tthc_verify.verify(io.BytesIO(content))
    assert answer.findings == []
    assert [one.equal for one in answer.publications] == [True]
    assert drafted.figures["maintenance_ms"] == 2 * 3_600_000
    assert len(drafted.figures["interruptions"]) == 3
