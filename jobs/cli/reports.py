"""Commands that make reports: the uptime of a period, the calendar of a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, service_of
from monitor.core.period import ICT, NotAPeriod, Period, PeriodKind, Span, ict, week_of_day, window_of
from monitor.law import official_calendar
from monitor.reports import periods, uptime_report
from monitor.reports.render import hoa
from monitor.store import reading


@click.group()
def report() -> None:
    """Báo cáo."""


_KINDS = {
    "week": (PeriodKind.WEEK, "tuần", "2026-W47"),
    "month": (PeriodKind.MONTH, "tháng", "2026-11"),
    "quarter": (PeriodKind.QUARTER, "quý", "2026-Q4"),
}
"""The options that name a period of one kind: what people call it, and how it is written."""
_ANY = "2026-W47, 2026-11, 2026-Q4, kbc-2026-11, kbc-2026-Q4, kbc-2026-H1 hoặc kbc-2026"
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%dT%H:%M", "%H:%M %d/%m/%Y")
_Command = Callable[..., None]


def periodical(command: _Command) -> _Command:
    """The options that say of which period; the command gets them as `asked`, for `period_of`."""
    for name, (_, called, form) in reversed(_KINDS.items()):
        command = click.option(f"--{name}", help=f"{called.capitalize()}, ví dụ {form}.")(command)
    command = click.option("--period", help="Kỳ bất kỳ; kbc-2026-11 là kỳ báo cáo tháng theo quy định.")(command)
    command = click.option("--from", "since", help="Khoảng tự chọn: từ ngày (hoặc giờ) này.")(command)
    return click.option("--until", help="Khoảng tự chọn: đến hết ngày (hoặc đến giờ) này.")(command)


def period_asked(app: App, asked: Mapping[str, str | None], default: Period | None = None) -> Period:
    """The one period that the options name; refuse none, several, and what cannot be read."""
    given = {name: text for name, text in asked.items() if text}
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
    try:
        period = periods.named(text, app.law)
    except NotAPeriod as error:
        raise Refused(f"{text!r} không phải là {called}: viết như {form}") from error
    if kind is not None and period.kind is not kind:
        raise Refused(f"{text!r} không phải là {called}: viết như {form}")
    return period


def _window(since: str, until: str) -> Period:
    start, end = _moment(since, last=False), _moment(until, last=True)
    if end <= start:
        raise Refused(f"Khoảng từ {since} đến {until} không có thời gian nào: --until phải sau --from")
    return window_of(Span(start=start, end=end))


def _moment(text: str, *, last: bool) -> datetime:
    """A moment on a Vietnamese clock; a bare day is its beginning, or its end where it is the last one."""
    for form in _FORMATS:
        with suppress(ValueError):
            found = datetime.strptime(text.strip(), form).replace(tzinfo=ICT)
            return found + timedelta(days=1) if last and "%H" not in form else found
    raise Refused(f"{text!r} không phải là ngày: viết như 2026-11-24, hoặc 2026-11-24T08:00")


def _last_week(now: datetime) -> Period:
    return week_of_day(ict(now).date() - timedelta(days=7))


@report.command("uptime")
@periodical
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi báo cáo thành tệp vào thư mục này."
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def uptime(context: click.Context, /, code: str, folder: Path | None, json_: bool, **asked: str | None) -> None:
    """Báo cáo về tình hình hoạt động, gián đoạn của dịch vụ công trực tuyến (mặc định: tuần trước)."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    period = period_asked(app, asked, _last_week(now))
    if period.span.start > now:
        raise Refused(f"{hoa(periods.called(period))} chưa bắt đầu.")
    with reading(app.engine) as db:
        log = uptime_report.log_of(db, app.register, app.law, service.code, period, now)
    if folder:
        try:
            for path in uptime_report.write(log, folder):
                click.echo(str(path))
        except OSError as error:
            raise Refused(f"Không ghi được vào {folder} ({error.strerror}): chọn thư mục có quyền ghi") from error
    elif json_:
        as_json(uptime_report.as_json(log))
    else:
        click.echo(uptime_report.mail(log).text)


@click.group()
def calendar() -> None:
    """Lịch làm việc."""


@calendar.command("show")
@click.argument("year", type=click.IntRange(1, 9999))
@click.option("--json", "json_", is_flag=True, help="In JSON.")
def calendar_show(year: int, json_: bool) -> None:
    """Các ngày nghỉ và ngày làm bù của một năm, kèm văn bản."""
    from datetime import date

    notes = official_calendar().explain(date(year, 1, 1), date(year, 12, 31))
    if json_:
        as_json(
            [
                {
                    "day": n.day.isoformat(),
                    "working": n.working,
                    "title": n.title,
                    "document": n.document,
                    "confirmed_by": n.confirmed_by,
                    "projected": n.projected,
                }
                for n in notes
            ]
        )
        return
    as_table(
        ("Ngày", "", "Nội dung", "Văn bản", "Xác nhận"),
        (
            (
                f"{_weekday(n.day.weekday())} {n.day:%d/%m/%Y}",
                "làm việc" if n.working else "nghỉ",
                n.title,
                n.document,
                "dự kiến" if n.projected else n.confirmed_by or "chưa xác nhận",
            )
            for n in notes
        ),
        empty="Không có ngày nào.",
    )


def _weekday(number: int) -> str:
    return "CN" if number == 6 else f"T{number + 2}"


COMMANDS = (report, calendar)
