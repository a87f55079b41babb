"""Commands that make reports: the uptime of a period, the calendar of a year."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.cli import publishing
from jobs.cli.ground import Refused, app_of, as_json, as_table, service_of
from jobs.cli.periods import last_week, period_asked, periodical
from monitor.law import official_calendar
from monitor.reports import uptime_json, uptime_report
from monitor.store import reading

MOST_EDITIONS = 9999


@click.group()
def report() -> None:
    """Báo cáo."""


@report.command("uptime")
@periodical
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi báo cáo thành tệp vào thư mục này."
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.option("--recompute", is_flag=True, help="Tính lại kỳ đã công bố; chỉ ra số liệu khác, thoát 1 nếu có.")
@click.option("--edition", type=click.IntRange(1, MOST_EDITIONS), help="Bản số mấy (mặc định: bản mới nhất).")
@click.pass_context
def uptime(
    context: click.Context,
    /,
    code: str,
    folder: Path | None,
    json_: bool,
    recompute: bool,
    edition: int | None,
    **asked: str | None,
) -> None:
    """Báo cáo về tình hình hoạt động, gián đoạn của dịch vụ công trực tuyến (mặc định: tuần trước).

    Kỳ đã công bố thì in lại đúng số liệu và tài liệu đã công bố.
    """
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    period = period_asked(app, asked, now, last_week(now))
    if recompute and edition:
        raise Refused("--recompute so với bản mới nhất: bỏ --edition, hoặc bỏ --recompute")
    if recompute:
        publishing.recompute(context, app, service, period, now, json_=json_)
    if found := publishing.published(app, service, period, edition):
        publishing.show(context, app, found, folder, json_=json_)
        return
    with reading(app.engine) as db:
        log = uptime_report.log_of(db, app.register, app.law, service.code, period, now)
    if folder:
        publishing.write(uptime_report.files(log), folder)
    elif json_:
        as_json(uptime_json.as_json(log))
    else:
        click.echo(uptime_report.mail(log).text)


for command in publishing.COMMANDS:
    report.add_command(command)


@click.group()
def calendar() -> None:
    """Lịch làm việc."""


@calendar.command("show")
@click.argument("year", metavar="NĂM", type=click.IntRange(1, 9999))
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
