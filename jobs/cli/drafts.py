"""Commands that draft official letters: into files, with number, day and signature blank; none is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click

from jobs.cli.ground import Refused, app_of, say, service_of
from jobs.cli.official import into, refused, written
from jobs.cli.packs import pack_into, tell_what_is_lacking
from jobs.cli.urging import explain, urge
from jobs.ourselves import ourselves_of
from monitor.core.period import Span
from monitor.reports import accounts
from monitor.reports.allow_list import allow_lists, blocked_ms
from monitor.reports.drafts import Draft
from monitor.reports.handle import HandleUnknown, find
from monitor.reports.pack import file_name
from monitor.reports.record import record_of
from monitor.reports.request import Enclosed, request
from monitor.reports.zipped import digest_of
from monitor.store import reading

WINDOW = timedelta(days=7)
"""Over how long the draft of an allow-listing request tells what the looks brought."""


@click.group("draft")
def draft() -> None:
    """Soạn dự thảo công văn: số, ngày, chữ ký để trống; chương trình không gửi."""


@draft.command("allow-list")
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@into
@click.pass_context
def allow_list(context: click.Context, code: str, folder: Path) -> None:
    """Đề nghị cho phép địa chỉ máy đo, hoặc cung cấp một địa chỉ để kiểm tra hoạt động."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    if not service.required_targets():
        raise Refused(f"Dịch vụ {code} chưa có nơi kiểm tra bắt buộc nào: khai ở danh mục, mục [[service.target]].")
    with reading(app.engine) as db:
        began = accounts.began(db, service, now)
        span = Span(start=min(now, max(began or now, now - WINDOW)), end=now)
        found = accounts.kept(db, app.law, service, span, service.required_targets())
        counted = accounts.account(service, found, span)
    _write(allow_lists(app.register, app.law, service, counted, ourselves_of(app), now=now), folder)
    if not blocked_ms(counted):
        say(
            "Chưa thấy hệ thống chặn lượt kiểm tra nào: dự thảo này chỉ đề nghị trước, chưa cần thì không gửi.",
            err=True,
        )


@draft.command("request")
@click.argument("handle", metavar="MÃ")
@into
@click.pass_context
def draft_request(context: click.Context, handle: str, folder: Path) -> int:
    """Đề nghị khắc phục một lần gián đoạn, kèm gói bằng chứng; MÃ như tthc interruption list in ra."""
    app = app_of(context)
    now = app.clock.now()
    with reading(app.engine) as db:
        try:
            service, one = find(db, app.register, app.law, handle)
        except HandleUnknown as error:
            raise Refused(str(error)) from error
        record = record_of(db, app.register, app.law, service, one, now=now)
    with refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / file_name(record)
        new = path.with_name(f".{path.name}.moi")
        new.unlink(missing_ok=True)
        made, _ = pack_into(app, handle, new)
        new.replace(path)
        enclosed = Enclosed(name=path.name, sha256=digest_of(path))
    _write([request(app.register, app.law, record, now=now, enclosed=enclosed)], folder)
    click.echo(path)
    tell_what_is_lacking(made)
    return 0 if made.sound else 1


def _write(drafts: Iterable[Draft], folder: Path) -> None:
    for one in drafts:
        written(one.files(), folder)


draft.add_command(urge)
draft.add_command(explain)
COMMANDS = (draft,)
