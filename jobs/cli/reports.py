"""Commands that make reports: the uptime of a week, the calendar of a year."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from jobs.cli.ground import Refused, app_of, as_json, as_table, service_of
from monitor.core.period import ict, parse_week, week_of
from monitor.law import official_calendar
from monitor.reports import uptime_report
from monitor.store import reading


@click.group()
def report() -> None:
    """Báo cáo."""


@report.command("uptime")
@click.option("--week", help="Tuần theo ISO, ví dụ 2026-W47 (mặc định: tuần trước).")
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi báo cáo thành tệp vào thư mục này."
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def uptime(context: click.Context, week: str | None, code: str, folder: Path | None, json_: bool) -> None:
    """Báo cáo tuần về tình hình hoạt động, gián đoạn của dịch vụ công trực tuyến."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    year, number = week_of(ict(now).date() - timedelta(days=7))
    try:
        span = parse_week(week or f"{year}-W{number:02}")
    except ValueError as error:
        raise Refused(f"{week!r} không phải là tuần: viết như 2026-W47") from error
    if span.start > now:
        raise Refused(f"Tuần {week} chưa bắt đầu.")
    with reading(app.engine) as db:
        log = uptime_report.log_of(db, app.register, app.law, service.code, span, now)
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
