"""What an interruption is called by: when its first failed look was, and where; and the interruption of such a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.interruption import Interruption, fold
from monitor.core.law import Law
from monitor.core.period import ICT, Span, ict
from monitor.core.service import Service
from monitor.register import Register
from monitor.reports import accounts
from monitor.store import interruptions

_CLOCK = r"(?P<H>\d\d?):(?P<M>\d\d)(?::(?P<S>\d\d))?"
_DAY = r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<Y>\d{4})"
_ISO = re.compile(rf"(?P<Y>\d{{4}})-(?P<m>\d\d?)-(?P<d>\d\d?)[T ]+{_CLOCK}(?:/(?P<at>.+))?")
_DAY_FIRST = re.compile(rf"{_DAY}[T ]+{_CLOCK}")
_HOUR_FIRST = re.compile(rf"{_CLOCK} +{_DAY}")
_LISTED = "xem danh sách: tthc interruption list"


class HandleUnknown(LookupError):
    """No interruption, or more than one, is called so; the text is one Vietnamese line that names the mend."""


def handle(one: Interruption) -> str:
    """Its name, which never changes: "2026-11-23T08:30:05/cong-dvcqg", Vietnamese time, then the target's key."""
    return f"{ict(one.first_bad):%Y-%m-%dT%H:%M:%S}/{one.target}"


def find(db: Connection, register: Register, law: Law, text: str) -> tuple[Service, Interruption]:
    """The interruption that a person means by a handle, or by its first failed look to the minute or the second.

    Raises HandleUnknown.
    """
    when, target = _read(text)
    present = _present_key(register, target)
    found = [
        (service, one)
        for service in register.services.values()
        for one in begun_within(db, law, service, when)
        if not target or one.target == present
    ]
    if not found and target:
        found = list(_moved(db, register, law, when, present))
    if not found:
        raise HandleUnknown(f"Không có gián đoạn nào bắt đầu lúc {text.strip()}; {_LISTED}")
    if len(found) > 1:
        names = ", ".join(handle(one) for _, one in found)
        raise HandleUnknown(f"Có {len(found)} gián đoạn bắt đầu lúc {text.strip()}: ghi rõ một trong {names}")
    return found[0]


def _moved(
    db: Connection, register: Register, law: Law, when: Span, target: str
) -> Iterator[tuple[Service, Interruption]]:
    """The interruption that began then as the alerts knew it, and whose beginning looks moved that arrived late."""
    for service in register.services.values():
        keys = {key for one in service.targets if one.key == target for key in (one.key, *one.formerly)}
        if keys and any(row.first_bad in when and row.target in keys for row in interruptions.between(db, when)):
            yield from (
                (service, one)
                for one in shared_with(db, law, service, when)
                if one.target == target and one.first_bad < when.end and when.start <= one.last_bad
            )


def begun_within(db: Connection, law: Law, service: Service, window: Span) -> Iterator[Interruption]:
    """The interruptions that began within a window, of every target but references, by time and target."""
    for one in shared_with(db, law, service, window):
        if one.first_bad in window:
            yield one


def shared_with(db: Connection, law: Law, service: Service, window: Span) -> Iterator[Interruption]:
    """The interruptions that share time with a window, whole, of every target but references, by time and target."""
    targets = tuple(target for target in service.targets if not target.control)
    for one in fold(accounts.kept(db, law, service, window, targets).looks, service.policy):
        if one.meets(window):
            yield one


def _present_key(register: Register, key: str) -> str:
    target = register.target(key)
    return target.key if target else key


def _read(text: str) -> tuple[Span, str]:
    read = next((found for form in (_ISO, _DAY_FIRST, _HOUR_FIRST) if (found := form.fullmatch(text.strip()))), None)
    if read is None:
        raise HandleUnknown(f'Không hiểu {text.strip()!r}: ghi lúc bắt đầu như "2026-11-23T08:30"; {_LISTED}')
    year, month, day, hour, minute = (int(read[name]) for name in "YmdHM")
    try:
        begin = datetime(year, month, day, hour, minute, int(read["S"] or 0), tzinfo=ICT).astimezone(UTC)
        length = timedelta(seconds=1) if read["S"] else timedelta(minutes=1)
        return Span(start=begin, end=begin + length), read.groupdict().get("at") or ""
    except (ValueError, OverflowError) as error:
        raise HandleUnknown(f"Không có thời điểm {text.strip()}: kiểm tra ngày, giờ; {_LISTED}") from error
