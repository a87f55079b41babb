"""What a title block says of the moment its figures stand for ("Số liệu tính đến …")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from monitor.core.period import Stamp, at, from_ms, ict
from monitor.sources.dates import Unreadable, stamp

_DAY = r"(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})"
_CLOCK = r"\d{1,2}\s*[:hg]\s*(?:\d{2})?(?:\s*:\s*\d{2})?(?:\s*phút)?"
_MOMENT = rf"(?:(?:lúc\s*)?{_CLOCK}[\s,]+)?(?:ngày\s*)?{_DAY}(?:[\s,]+(?:lúc\s+)?{_CLOCK})?"
_SAYINGS = tuple(
    re.compile(rf"{words}[\s:,]*(?:hết\s+|thời điểm\s+)*(?P<moment>{_MOMENT})", re.IGNORECASE)
    for words in (
        r"(?:tính|cập nhật|chốt)\s+đến",
        r"(?:(?:ngày|thời gian|thời điểm|giờ)\s+(?:xuất|kết xuất|in|lập)(?:\s+(?:báo cáo|dữ liệu|tệp|biểu|danh sách))?"
        r"|(?:xuất|in)\s+(?:lúc|ngày))",
        r"đến",
    )
)
"""From the plainest to the vaguest: the end of a period is taken only where nothing better is said."""


def said(rows: Iterable[Sequence[object]]) -> Stamp | None:
    """The moment, or the day alone, that the rows above a heading name; None where they name none."""
    lines = [" ".join(str(cell) for cell in row if cell not in ("", None)) for row in rows]
    texts = [" ".join(unicodedata.normalize("NFC", line).split())[:500] for line in lines]
    for saying in _SAYINGS:
        for text in texts:
            for match in saying.finditer(text):
                read = _read(match["moment"])
                if read is not None:
                    return read
    return None


def _read(text: str) -> Stamp | None:
    try:
        read = stamp(text.strip())
    except Unreadable:
        return None
    if read is None:
        return None
    moment = from_ms(read[0])
    return ict(moment).date() if read[1] else moment


def as_of(said: Stamp | None, modified: datetime, now: datetime) -> datetime:
    """The moment a file's figures stand for, never later than now.

    A day alone means the file's own time on that day, or the day's end where the file is of another day.
    """
    if said is None:
        return min(modified, now)
    if isinstance(said, datetime):
        return said if said <= now else min(modified, now)
    begin, end = at(said), at(said + timedelta(days=1), time())
    if begin > now:
        return min(modified, now)
    return min(modified if begin <= modified < end else end, now)
