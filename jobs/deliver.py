"""A second vantage hands its looks to the main machine: link after link, as soon as they are written, none left out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog

from jobs.app import App
from jobs.outside import PATIENCE_S, proxies_for, session_of
from monitor.core.period import from_ms, to_ms
from monitor.store import reading, replica, watches, writing
from monitor.store.replica import Link

log = structlog.get_logger()

AT_ONCE, ROWS_AT_ONCE = 100, 300
"""How many links one request carries, and how many rows unless the first link has more: the main machine writes them in
one transaction, and its own looks wait meanwhile."""
UNTIL = "delivered/seq"
NEWEST = "delivered/at"
SLACK = timedelta(days=1)
"""No look waits longer than this to be written; one that did is found by going through all."""


class NotDelivered(Exception):
    """The main machine did not answer, or did not take what it was given."""


def run(app: App, now: datetime) -> None:
    """Hand over what has not been handed over; where the main machine does not answer, the next beat tries again."""
    if not app.settings.report_to:
        return
    try:
        hand_over(app, now)
    except NotDelivered as error:
        log.warning("vantage.not_delivered", to=app.settings.report_to, why=str(error)[:300])


def hand_over(app: App, now: datetime) -> None:
    """Hand over what has not been handed over; raise NotDelivered where that cannot be done now."""
    with reading(app.engine) as db:
        newest, digest = replica.head(db, app.settings.vantage)
        if watches.get_mark(db, UNTIL) == str(newest):
            return
    try:
        _hand_over(app, newest, digest.hex(), now)
    except (requests.RequestException, ValueError, LookupError) as error:
        raise NotDelivered(str(error)) from error


def _hand_over(app: App, newest: int, digest: str, now: datetime) -> None:
    there = _asked(app, "GET", "")
    seq = int(there["seq"])
    if seq > newest or (seq == newest and there["digest"] != digest):
        raise NotDelivered(
            f"máy chính có mục {seq} mà sổ của máy này không có: cơ sở dữ liệu ở đây là bản cũ; đặt VANTAGE tên khác"
        )
    while seq < newest:
        links = piece(_next(app, seq))
        if not links:
            raise NotDelivered(f"sổ niêm phong của máy này hỏng sau mục {seq}: chạy tthc journal verify")
        taken = int(_asked(app, "POST", "/links", {"links": [_as_json(link) for link in links]})["seq"])
        if taken <= seq:
            raise NotDelivered(f"máy chính không nhận thêm sau mục {seq}")
        seq = taken
        _remember(app, links[-1])
    with writing(app.engine) as db:
        watches.set_mark(db, UNTIL, str(seq))
    log.info("vantage.delivered", links=newest, at=now.isoformat())


def _next(app: App, seq: int) -> list[Link]:
    with reading(app.engine) as db:
        mark = watches.get_mark(db, NEWEST)
        if mark is not None:
            since = to_ms(datetime.fromisoformat(mark) - SLACK)
            if found := replica.after(db, app.settings.vantage, seq, AT_ONCE, since):
                return found
        return replica.after(db, app.settings.vantage, seq, AT_ONCE)


def piece(links: Sequence[Link]) -> Sequence[Link]:
    """As many of the next links as one request carries, one at least."""
    rows = list(accumulate(len(link.rows) for link in links))
    return links[: max(1, bisect_right(rows, ROWS_AT_ONCE))]


def _remember(app: App, last: Link) -> None:
    began = from_ms(min((int(row["at"] or 0) for row in last.rows), default=0))
    with writing(app.engine) as db:
        watches.set_mark(db, NEWEST, began.isoformat())


def _as_json(link: Link) -> dict[str, Any]:
    entry = link.entry
    return {
        "seq": entry.seq,
        "previous": entry.previous.hex(),
        "digest": entry.digest.hex(),
        "rows": [dict(row) for row in link.rows],
    }


def _asked(app: App, method: str, path: str, body: object = None) -> dict[str, Any]:
    settings = app.settings
    answer = session_of(settings.ca_file).request(
        method,
        f"{settings.report_to}/api/v1/vantages/{settings.vantage}{path}",
        json=body,
        headers={"Authorization": f"Bearer {settings.report_key}"},
        proxies=proxies_for(settings, urlsplit(settings.report_to).hostname or ""),
        timeout=PATIENCE_S,
        allow_redirects=False,
    )
    if answer.status_code != 200:
        raise NotDelivered(f"máy chính trả lời {answer.status_code}: {_why(answer)}")
    found: dict[str, Any] = answer.json()
    return found


def _why(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, LookupError, TypeError):
        return answer.reason
