"""Commands about personal data: everything of one dossier, erased or handed over; the data map; who looked at what."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

import click

from jobs import erasing
from jobs.cli.ground import Refused, agreed, app_of, as_json, as_table, moment, say
from jobs.cli.official import BY, into, said, stamp
from jobs.cli.seen import seen
from jobs.erasing import Plan
from monitor.core.mask import mask
from monitor.core.period import at, day_of
from monitor.reports.data_map import as_text, data_map
from monitor.reports.handed_over import readable
from monitor.reports.render import so
from monitor.store import access, reading
from monitor.store.access import Deed
from monitor.store.everything import everything

DEEDS = {Deed.SHOW: "xem", Deed.LIST: "liệt kê", Deed.EXPORT: "trích xuất", Deed.ERASE: "xóa", Deed.RECORD: "ghi"}
ROADS = {access.COMMAND: "lệnh", access.PAGE: "trang", access.LINK: "đường dẫn riêng", access.API: "API"}
TABLES = {
    "dossier_versions": "lần nguồn nói về hồ sơ",
    "dossier_steps": "bước xử lý",
    "explanations": "giải trình",
    "explanation_requests": "yêu cầu giải trình",
    "apologies": "thư xin lỗi",
    "refused_apologies": "lần hẹn lại bị từ chối",
    "pauses": "lần tạm dừng được duyệt",
    "dispatch_items": "dòng trong công văn",
}
_BACKUPS = (
    "Bản sao lưu cũ (tthc backup) vẫn còn hồ sơ này cho đến khi bản sao bị hủy: hủy hoặc thay bản sao theo lịch của "
    "cơ quan; "
    "khôi phục bản cũ thì phải xóa lại."
)


@click.group()
def privacy() -> None:
    """Dữ liệu cá nhân: xóa, trích xuất, bản đồ dữ liệu, nhật ký tra cứu."""


@privacy.command()
@click.argument("code", metavar="MÃ")
@click.option("--source", default="", help="Chỉ xóa những gì nguồn này nói (mặc định: mọi nguồn).")
@click.option("--reason", required=True, help="Lý do xóa: đơn yêu cầu, số, ngày.")
@click.option("--by", required=True, help=BY)
@click.option("--yes", is_flag=True, help="Xóa ngay, không hỏi lại.")
@click.pass_context
def erase(context: click.Context, code: str, source: str, reason: str, by: str, yes: bool) -> None:
    """Xóa một hồ sơ ở mọi nơi; các lần xuất sau không đưa nó trở lại."""
    app = app_of(context)
    _expect_source(source, app.register.sources)
    reason, by = mask(said(reason, "Lý do (--reason)")), said(by, "Người ghi (--by)")
    planned = erasing.plan(app, code, source)
    if planned.nothing:
        raise Refused(f"Không có gì của hồ sơ {code}: kiểm tra lại mã; mã đúng như trong tthc dossiers show.")
    for line in _what_goes(planned):
        say(line)
    if not yes:
        agreed("Xóa hẳn, không lấy lại được. Tiếp tục?")
    erasing.erase(app, planned, reason=reason, by=by, now=app.clock.now())
    say(f"Đã xóa. Lý do và người xóa được ghi; mã hồ sơ chỉ còn là chuỗi băm có muối.\n{_BACKUPS}")


def _expect_source(source: str, known: Collection[str]) -> None:
    if source and source not in known:
        raise Refused(f"Danh mục không có nguồn {source!r}; đang có: {', '.join(known)}")


def _what_goes(planned: Plan) -> Iterator[str]:
    found = planned.found
    where = ", ".join(f"{one.code} ({one.source})" for one in found.testimonies) or "không có trong bảng hồ sơ"
    yield f"Hồ sơ: {where}"
    if found.survivors:
        yield "Nguồn khác vẫn nói về hồ sơ này: giải trình, thư xin lỗi và công văn của nó được giữ."
    counted = {**found.told, **found.facts}
    yield from (f"  xóa {so(count)} {TABLES.get(name, name)}" for name, count in counted.items() if count)
    if found.texts or found.sealed:
        sealed = f"xóa lời ở {so(len(found.sealed))} dòng đã niêm phong"
        yield f"  che mã ở {so(len(found.texts))} chỗ trong lời văn, {sealed}"
    if found.letters:
        yield (
            f"  {so(len(found.letters))} thư có hồ sơ này: đã gửi thì che mã, {so(len(found.attachments))} tệp kèm "
            f"thay bằng một dòng có chuỗi băm; thư chưa gửi viết lại"
        )
    yield from (f"  xóa tệp {path}" for path in (*planned.remove, *planned.mailbox))
    yield from (f"  che mã trong {path}" for path in planned.rewrite)
    if found.kept_files:
        yield f"  xóa {so(len(found.kept_files))} tệp thư, công văn chỉ nói về hồ sơ này"


@privacy.command()
@click.argument("code", metavar="MÃ")
@into
@click.option("--by", default="", help="Người trích xuất (mặc định: tài khoản trên máy).")
@click.pass_context
def export(context: click.Context, code: str, folder: Path, by: str) -> None:
    """Mọi thứ đang giữ về một hồ sơ: một tệp JSON và một tệp văn bản đọc được."""
    app = app_of(context)
    code = code.strip().upper()
    planned = erasing.plan(app, code)
    if planned.nothing:
        raise Refused(f"Không có gì của hồ sơ {code}: kiểm tra lại mã.")
    with reading(app.engine) as db:
        kept = everything(db, planned.found)
    files = [str(path) for path in (*planned.remove, *planned.rewrite, *planned.mailbox)]
    facts = {"code": code, "at": app.clock.now().isoformat(), "tables": kept, "files": files}
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"ho-so-{re.sub(r'[^0-9A-Za-z.-]+', '_', code)}"
    written = {
        stem.with_name(stem.name + ".json"): json.dumps(facts, ensure_ascii=False, indent=2),
        stem.with_name(stem.name + ".txt"): readable(code, kept, files, app.register, app.clock.now()),
    }
    for path, text in written.items():
        path.write_text(text, "utf-8")
        path.chmod(0o600)
        say(f"Đã ghi {path}")
    seen(app, Deed.EXPORT, f"hồ sơ {code}", by)


@privacy.command("map")
@click.option("--docx", type=click.Path(path_type=Path, dir_okay=False), help="Ghi thành tệp Word thay vì in ra.")
@click.pass_context
def map_(context: click.Context, docx: Path | None) -> None:
    """Bản đồ dữ liệu cho hồ sơ đánh giá tác động: trường nào, từ đâu, để làm gì, giữ bao lâu, ai xem."""
    app = app_of(context)
    drawn = data_map(app.law, day_of(app.clock.now()), app.register)
    if docx is None:
        click.echo(as_text(drawn))
        return
    from monitor.reports.data_map import official
    from monitor.reports.official.word import docx as as_docx

    docx.write_bytes(as_docx(official(drawn, app.register)))
    say(f"Đã ghi {docx}")


@privacy.command()
@click.option("--code", default="", help="Chỉ những lần tra cứu hồ sơ này.")
@click.option("--since", default="", help='Từ ngày, như "24/11/2026".')
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def log(context: click.Context, code: str, since: str, limit: int, json_: bool) -> None:
    """Nhật ký tra cứu: ai đã xem, liệt kê, trích xuất, xóa hồ sơ nào; mới nhất trước."""
    app = app_of(context)
    typed = stamp(since) if since else None
    begin = typed if typed is None or isinstance(typed, datetime) else at(typed)
    with reading(app.engine) as db:
        looks = access.latest(db, most=limit, code=code, since=begin)
    if json_:
        as_json([{"at": one.at, "by": one.by, "road": one.road, "deed": one.deed, "what": one.what} for one in looks])
        return
    as_table(
        ("Lúc", "Ai", "Bằng", "Làm gì", "Gì"),
        ((moment(one.at), one.by, ROADS.get(one.road, one.road), DEEDS[one.deed], one.what) for one in looks),
        empty="Chưa có lần tra cứu nào.",
    )


COMMANDS = (privacy,)
