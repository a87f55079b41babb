"""Commands that make reports: the uptime of a period, and lists of dossiers."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.cli import lists, proof, publishing
from jobs.cli.ground import Refused, app_of, as_json, service_of
from jobs.cli.periods import last_week, period_asked, periodical
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


for command in (*publishing.COMMANDS, *lists.COMMANDS, *proof.OF_REPORT):
    report.add_command(command)


COMMANDS = (report,)
