"""Options that name a period, for every command that reports on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import click

from jobs.app import App
from jobs.cli.ground import Refused
from monitor.core.period import Span, ict
from monitor.core.reporting import NotAPeriod, Period, PeriodKind, week_of_day, window_of
from monitor.core.typed import begin_typed, end_typed
from monitor.reports import periods
from monitor.reports.render import hoa

_Command = TypeVar("_Command", bound=Callable[..., object])
_KINDS = {
    "week": (PeriodKind.WEEK, "tuần", "2026-W47"),
    "month": (PeriodKind.MONTH, "tháng", "2026-11"),
    "quarter": (PeriodKind.QUARTER, "quý", "2026-Q4"),
}
"""The options that name a period of one kind: what people call it, and how it is written."""
_ANY = "2026-W47, 2026-11, 2026-Q4, kbc-2026-11, kbc-2026-Q4, kbc-2026-H1 hoặc kbc-2026"


def periodical(command: _Command) -> _Command:
    """The options that say of which period; the command takes them as `**asked`, for `period_asked`."""
    command = click.option("--until", help="Khoảng tự chọn: đến hết ngày (hoặc đến giờ) này.")(command)
    command = click.option("--from", "since", help="Khoảng tự chọn: từ ngày (hoặc giờ) này.")(command)
    command = click.option("--period", help="Kỳ bất kỳ; kbc-2026-11 là kỳ báo cáo tháng 11 theo quy định.")(command)
    for name, (_, called, form) in reversed(_KINDS.items()):
        command = click.option(f"--{name}", help=f"{hoa(called)}, ví dụ {form}.")(command)
    return command


def period_asked(app: App, asked: Mapping[str, str | None], now: datetime, default: Period | None = None) -> Period:
    """The one period that the options name; refuse none, several, what cannot be read, and what has not begun."""
    period = _period(app, {name: text for name, text in asked.items() if text}, default)
    if period.span.start > now:
        raise Refused(f"{hoa(periods.called(period))} chưa bắt đầu.")
    return period


def _period(app: App, given: Mapping[str, str], default: Period | None) -> Period:
    if {"since", "until"} == given.keys():
        return _window(given["since"], given["until"])
    if {"since", "until"} & given.keys():
        raise Refused("Khoảng tự chọn cần cả --from và --until, không kèm tùy chọn kỳ khác")
    if not given and default is not None:
        return default
    if len(given) != 1:
        raise Refused("Ghi đúng một kỳ: --week, --month, --quarter, --period, hoặc --from với --until")
    ((name, text),) = given.items()
    kind, called, form = _KINDS.get(name, (None, "kỳ", _ANY))
    with suppress(NotAPeriod):
        period = periods.named(text, app.law)
        if kind in {None, period.kind}:
            return period
    raise Refused(f"{text!r} không phải là {called}: viết như {form}")


def _window(since: str, until: str) -> Period:
    start, end = _bound(since, begin_typed), _bound(until, end_typed)
    if end <= start:
        raise Refused(f"Khoảng từ {since} đến {until} không có thời gian nào: --until phải sau --from")
    return window_of(Span(start=start, end=end))


def _bound(text: str, read: Callable[[str], datetime | None]) -> datetime:
    found = read(text)
    if found is None:
        raise Refused(f'{text!r} không phải là ngày: viết như "24/11/2026", "24/11/2026 08:00" hoặc 2026-11-24T08:00')
    return found


def last_week(now: datetime) -> Period:
    """The week before this one."""
    return week_of_day(ict(now).date() - timedelta(days=7))
