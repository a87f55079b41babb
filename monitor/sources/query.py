"""A database that may be read: one SELECT, asked of PostgreSQL or SQLite in such a way that nothing can be written."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.core import select_only
from monitor.core.period import ICT
from monitor.core.place import SqlPlace
from monitor.sources.columns import NATIONAL, OFFICER, SUPPLEMENTS, plain
from monitor.sources.headings import fold
from monitor.sources.layout import load_layouts
from monitor.sources.polling import Asked, Brought, NotFetched, OutOfTime, Page, Record
from monitor.sources.refusals import in_words, too_slow

_PATIENCE_S = 15
_STEPS = 20_000
"""After so many steps of its machine SQLite looks whether there is time left."""


def fetch(asked: Asked) -> Iterator[Page | Brought]:
    """What the query tells, so many rows a page; how far it came in time is told by the last page alone.

    A query that was cut short is asked again from the beginning: its rows come in no order that could be gone on with.
    """
    place = asked.place
    if not isinstance(place, SqlPlace):
        raise TypeError(f"{type(place).__name__} is no query")
    for what, mend in select_only.faults(place.query):
        raise NotFetched(f"{what}; {mend} (query của nguồn {asked.source})")
    since = asked.since or place.since_first
    with _asked(asked, place, since) as (names, batches):
        kept = _kept(asked, names)
        at = _position(place.since_field, names)
        greatest: Any = None
        page: list[Record] = []
        for rows in batches:
            if page:
                yield Page(records=page, whole=not asks_since(place))
            page = [_record(kept, row) for row in rows]
            if at is not None:
                greatest = _greatest(greatest, (row[at] for row in rows), asked.now)
        told = "" if greatest is None else _as_text(greatest)
        yield Page(records=page, since=told, whole=not asks_since(place))


def asks_since(place: SqlPlace) -> bool:
    """Whether only what changed is asked for, so that a gap means nothing."""
    return select_only.asks_since(place.query)


@contextmanager
def _asked(asked: Asked, place: SqlPlace, since: str) -> Iterator[tuple[Sequence[str], Iterator[Sequence[Any]]]]:
    """The names of the columns and the rows, batch by batch; raise NotFetched for all that may be wrong."""
    engine = _engine(asked)
    values = {select_only.SINCE: since} if asks_since(place) else {}
    try:
        with engine.connect() as db, _ended_in_time(db, asked):
            _read_only(db)
            found = db.execution_options(stream_results=True, max_row_buffer=place.batch).execute(
                text(select_only.as_text(place.query)), values
            )
            with closing(found):
                yield tuple(found.keys()), _batches(found.partitions(place.batch), asked)
    except SQLAlchemyError as error:
        raise NotFetched(in_words(error, asked.source)) from error
    finally:
        engine.dispose()


def _batches(partitions: Iterator[Sequence[Any]], asked: Asked) -> Iterator[Sequence[Any]]:
    for rows in partitions:
        try:
            asked.left_s()
        except OutOfTime as error:  # not to be gone on with: begun anew at once, it would come no further
            raise NotFetched(too_slow(asked.source)) from error
        yield rows


def _engine(asked: Asked) -> Engine:
    if not asked.secrets.get("url"):
        raise NotFetched(f"thiếu url ở [{asked.source}] trong tệp SOURCE_SECRETS_FILE")
    try:
        url = make_url(asked.secrets["url"])
        kind = url.get_backend_name()
    except (SQLAlchemyError, ValueError) as error:
        raise NotFetched(
            f"url của nguồn {asked.source} viết sai; ví dụ: postgresql://tên:mật-khẩu@máy:5432/csdl"
        ) from error
    if kind == "sqlite":
        return create_engine(_sqlite(url), poolclass=NullPool)
    if kind != "postgresql":
        raise NotFetched(
            f"chưa đọc được cơ sở dữ liệu {kind} (chỉ PostgreSQL, SQLite); xin tệp xuất, hoặc một API của hệ thống ấy"
        )
    limits = f"-c default_transaction_read_only=on -c statement_timeout={int(asked.left_s() * 1000)} -c lock_timeout=5s"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"options": limits, "connect_timeout": _PATIENCE_S, "application_name": "tthc-monitor"},
    )


def _sqlite(url: URL) -> str:
    """The file opened for reading only; one that is not there is not made."""
    return f"sqlite:///file:{quote(str(Path(url.database or '').absolute()))}?mode=ro&uri=true"


def _read_only(db: Connection) -> None:
    """Have the database refuse whatever writes."""
    db.exec_driver_sql("PRAGMA query_only = ON" if db.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY")


@contextmanager
def _ended_in_time(db: Connection, asked: Asked) -> Iterator[None]:
    """Have what takes too long ended at the deadline, whether its rows are late or drip.

    The limit PostgreSQL was given at first holds anew for each batch, and one that stands before it may take it away.
    """
    raw: Any = db.connection.dbapi_connection
    if db.dialect.name == "sqlite":
        raw.set_progress_handler(lambda: asked.monotonic() > asked.until, _STEPS)
        yield
        return
    late = threading.Timer(asked.left_s(), raw.cancel)
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()


def _kept(asked: Asked, names: Sequence[str]) -> dict[str, int]:
    """Where each kept column stands, by its national name; raise NotFetched where there is no code, or no status."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        national = _national(name)
        if national and national not in found and (asked.officers or national != OFFICER):
            found[national] = at
    missing = [ours for ours in ("code", "status") if NATIONAL[ours] not in found]
    if missing:
        raise NotFetched(
            f"truy vấn không có cột {', '.join(missing)} (đang có: {', '.join(names)[:200]}); đặt tên cột bằng AS, "
            "ví dụ SELECT ma_ho_so AS code, trang_thai AS status"
        )
    return found


def _national(name: str) -> str:
    """What the national format calls a column named as ours, as its own, or as a heading of a list."""
    plain_name = name.strip()
    return NATIONAL.get(plain_name.casefold(), "") or _headings().get(fold(plain_name), "")


@cache
def _headings() -> Mapping[str, str]:
    """National names by folded heading: those of the national format itself, and the first choice of every layout."""
    found: dict[str, str] = {fold(name): name for name in NATIONAL.values()}
    for layout in load_layouts():
        for heading, choices in layout.words.columns.items():
            first = min(choices)[1]
            if first in NATIONAL:
                found.setdefault(heading, NATIONAL[first])
    return found


def _position(since_field: str, names: Sequence[str]) -> int | None:
    if not since_field:
        return None
    for at, name in enumerate(names):
        if name.casefold() == since_field.casefold():
            return at
    raise NotFetched(f"truy vấn không có cột since_field = “{since_field}”; thêm cột ấy vào SELECT")


def _record(kept: Mapping[str, int], row: Sequence[Any]) -> Record:
    return {name: plain(name, _cell(name, row[at])) for name, at in kept.items()}


def _cell(name: str, value: Any) -> object:
    """A value as the national format writes it; a moment without a zone is on a Vietnamese clock."""
    if name == SUPPLEMENTS and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return None
    if name == NATIONAL["from_national_portal"] and (isinstance(value, bool) or value == 0):
        return "1" if value else "2"
    return _as_text(value) if isinstance(value, date | Decimal) else value


def _as_text(value: Any) -> str:
    match value:
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value.to_integral_value()) if value == value.to_integral_value() else str(value)
        case _:
            return str(value)


def _greatest(before: Any, values: Iterator[Any], now: datetime) -> Any:
    """The greatest value; one later than the asking is a slip of a pen, and all before it would be missed."""
    greatest = before
    for value in values:
        if value is None or _ahead(value, now):
            continue
        try:
            greatest = value if greatest is None else max(greatest, value)
        except TypeError:
            raise NotFetched(
                "cột since_field lẫn nhiều kiểu giá trị; chọn cột chỉ có ngày giờ, hoặc chỉ có số"
            ) from None
    return greatest


def _ahead(value: Any, now: datetime) -> bool:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or ICT) > now
    if isinstance(value, date):
        return value > now.astimezone(ICT).date()
    return isinstance(value, str) and _ahead_in_words(value, now)


def _ahead_in_words(value: str, now: datetime) -> bool:
    try:
        return _ahead(datetime.fromisoformat(value), now)
    except ValueError:
        return False


__all__ = ["asks_since", "fetch"]
