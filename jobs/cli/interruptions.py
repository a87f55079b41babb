"""Commands about interruptions: what is known of one, and what people say of it, which alters no figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from jobs.app import App
from jobs.cli.affected import affected, pause
from jobs.cli.choice import Words
from jobs.cli.ground import Refused, app_of, as_json, as_table, say, service_of
from jobs.cli.packs import pack
from monitor.core.mask import mask
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, RemarkRefused, Ruling, checked
from monitor.core.typed import day_typed
from monitor.reports.handle import HandleUnknown, find, shared_with
from monitor.reports.letters import tidy
from monitor.reports.record import Record, record_of, records_of
from monitor.reports.record_facts import record_facts
from monitor.reports.render import bieuhien, den, luc, render, term
from monitor.store import reading, remarks, writing
from monitor.store.keeping import keep_given

RULINGS = {"con-y-kien": Ruling.CONTESTED, "chap-nhan": Ruling.UPHELD, "khong-chap-nhan": Ruling.REJECTED}
RULED_ON = frozenset({RemarkKind.REPLY, RemarkKind.FORCE_MAJEURE})
DAYS = 90
MOST_NUMBER = 2**31 - 1
MOST_FILE = 20 * 1024 * 1024
_NOTES = (RemarkKind.CAUSE, RemarkKind.OWNER, RemarkKind.REMEDY, RemarkKind.FALLBACK, RemarkKind.FORCE_MAJEURE)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_BY = "Người ghi: họ tên, chức danh."


@click.group("interruption")
def interruption() -> None:
    """Các lần gián đoạn: điều đã biết, và lời của người (không làm đổi con số nào)."""


@interruption.command("list")
@click.option("--service", "code", default="", help="Mã thủ tục (mặc định: mọi dịch vụ).")
@click.option("--days", type=click.IntRange(1, 3660), default=DAYS, help=f"Bao nhiêu ngày gần đây (mặc định: {DAYS}).")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, code: str, days: int, json_: bool) -> None:
    """Các lần gián đoạn gần đây, cũ nhất trước."""
    app = app_of(context)
    found = list(_recent(app, code, days))
    if json_:
        as_json([record_facts(one) for one in found])
        return
    as_table(
        ("Mã", "Hoạt động lại", "Kéo dài", "Biểu hiện", "Loại", "Lời ghi"),
        (_row(one) for one in found),
        empty=f"Không có gián đoạn nào trong {days} ngày gần đây.",
    )


def _recent(app: App, code: str, days: int) -> Iterator[Record]:
    now = app.clock.now()
    services = [service_of(app, code)] if code else app.register.services.values()
    with reading(app.engine) as db:
        for service in services:
            some = list(shared_with(db, app.law, service, Span(start=now - timedelta(days=days), end=now)))
            yield from records_of(db, app.register, app.law, service, some, now=now)


def _row(record: Record) -> tuple[str, ...]:
    one = record.interruption
    (cause, status), _ = next(iter(record.by_cause.items()))
    notes = [
        "tái diễn" if record.recurring else "",
        "" if record.target.required else "chỉ ghi nhận",
        f"{len(record.remarks)} lời ghi" if record.remarks else "",
    ]
    return (
        record.handle,
        luc(one.first_good) if one.first_good else "đang gián đoạn",
        den(one.first_bad, one.first_good) if one.first_good else f"ít nhất {den(one.first_bad, one.last_bad)}",
        bieuhien(cause, status),
        term(record.nature),
        ", ".join(filter(None, notes)) or "–",
    )


@interruption.command("show")
@click.argument("handle", metavar="MÃ")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def show(context: click.Context, handle: str, json_: bool) -> None:
    """Tất cả những gì đã biết của một lần gián đoạn. MÃ như trong danh sách, hoặc lúc bắt đầu: 2026-11-23T08:30."""
    record = _record(app_of(context), handle)
    if json_:
        as_json(record_facts(record))
        return
    say(tidy(render("record.txt", record=record)).rstrip())


def _record(app: App, handle: str) -> Record:
    with reading(app.engine) as db:
        try:
            service, one = find(db, app.register, app.law, handle)
        except HandleUnknown as error:
            raise Refused(str(error)) from error
        return record_of(db, app.register, app.law, service, one, now=app.clock.now())


@interruption.command("note")
@click.argument("handle", metavar="MÃ")
@click.option("--cause", help="Nguyên nhân.")
@click.option("--owner", help="Đơn vị chịu trách nhiệm khắc phục.")
@click.option("--remedy", help="Biện pháp khắc phục đã làm.")
@click.option("--fallback", help="Phương án thay thế đã dùng, ví dụ nhận hồ sơ trực tiếp.")
@click.option("--force-majeure", help="Sự kiện bất khả kháng; cần --document, --dated, và --by là người xác nhận.")
@click.option("--document", default="", help='Số văn bản làm căn cứ, ví dụ "123/SCT-QLTM".')
@click.option("--dated", default="", help='Ngày văn bản: "24/11/2026".')
@click.option("--by", required=True, help=_BY)
@click.pass_context
def note(context: click.Context, /, handle: str, document: str, dated: str, by: str, **texts: str | None) -> None:
    """Ghi nguyên nhân, đơn vị khắc phục, biện pháp, phương án thay thế, bất khả kháng; lời trước vẫn giữ."""
    said = {kind: text for kind in _NOTES if (text := texts[kind.value]) is not None}
    if not said:
        raise Refused("Chưa ghi điều gì: thêm --cause, --owner, --remedy, --fallback hoặc --force-majeure.")
    app = app_of(context)
    record = _record(app, handle)
    some = [
        _remark(app, record, kind, text, by=by, document=document, dated=_day(dated)) for kind, text in said.items()
    ]
    _write(app, some)
    say(f"Đã ghi {', '.join(term(kind) for kind in said)} của gián đoạn {record.handle}.")


@interruption.command("ask")
@click.argument("handle", metavar="MÃ")
@click.option("--of", "whom", required=True, help="Đơn vị được đề nghị.")
@click.option("--document", required=True, help='Số văn bản, ví dụ "123/SCT-QLTM".')
@click.option("--dated", required=True, help='Ngày văn bản: "24/11/2026".')
@click.option("--file", "file", type=_FILE, help="Bản chụp văn bản.")
@click.option("--by", required=True, help=_BY)
@click.pass_context
def ask(context: click.Context, handle: str, whom: str, document: str, dated: str, file: Path | None, by: str) -> None:
    """Ghi đã đề nghị đơn vị nào, bằng văn bản nào."""
    app = app_of(context)
    record = _record(app, handle)
    asked = _remark(app, record, RemarkKind.ASKED, whom, by=by, document=document, dated=_day(dated))
    _write(app, [asked], file)
    say(f"Đã ghi: đề nghị {whom} bằng văn bản {document} về gián đoạn {record.handle}.")


@interruption.command("reply")
@click.argument("handle", metavar="MÃ")
@click.option("--text", required=True, help="Tóm tắt điều đơn vị trả lời.")
@click.option("--document", default="", help="Số văn bản trả lời, nếu có.")
@click.option("--dated", default="", help='Ngày văn bản: "24/11/2026".')
@click.option("--file", "file", type=_FILE, help="Bản chụp văn bản.")
@click.option("--by", required=True, help=_BY)
@click.pass_context
def reply(
    context: click.Context, handle: str, text: str, document: str, dated: str, file: Path | None, by: str
) -> None:
    """Ghi trả lời của đơn vị vận hành; trả lời không làm đổi số liệu, chỉ đứng cạnh."""
    app = app_of(context)
    record = _record(app, handle)
    answered = _remark(app, record, RemarkKind.REPLY, text, by=by, document=document, dated=_day(dated))
    (number,) = _write(app, [answered], file)
    say(f"Đã ghi trả lời số {number} về gián đoạn {record.handle}.")
    say(f"Kết luận bằng lệnh: tthc interruption rule {record.handle} {number} chap-nhan --reason … --by …")


@interruption.command("rule")
@click.argument("handle", metavar="MÃ")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, MOST_NUMBER))
@click.argument("ruling", metavar="KẾT-LUẬN", type=Words(RULINGS))
@click.option("--reason", required=True, help="Vì sao kết luận như vậy.")
@click.option("--by", required=True, help=_BY)
@click.pass_context
def rule(context: click.Context, handle: str, number: int, ruling: Ruling, reason: str, by: str) -> None:
    """Kết luận về trả lời (hoặc bất khả kháng) mang SỐ ấy; kết luận sau đứng, kết luận trước vẫn giữ."""
    app = app_of(context)
    record = _record(app, handle)
    known = {one.number: f"{term(one.kind)} số {one.number}" for one in record.remarks if one.kind in RULED_ON}
    if number not in known:
        there = f"đang có: {', '.join(known.values())}" if known else "ghi trả lời bằng: tthc interruption reply"
        raise Refused(f"Gián đoạn {record.handle} không có trả lời hay bất khả kháng số {number}; {there}")
    _write(app, [replace(_remark(app, record, RemarkKind.RULING, reason, by=by), ruling=ruling, answers=number)])
    say(f"Đã ghi kết luận về {known[number]}: {term(ruling)}. Số liệu giữ nguyên.")


def _remark(app: App, record: Record, kind: RemarkKind, text: str, **more: Any) -> Remark:
    """A remark made now, masked: it is printed wherever the interruption is."""
    return Remark(
        service=record.service.code,
        target=record.target.key,
        first_bad=record.interruption.first_bad,
        at=app.clock.now(),
        kind=kind,
        text=mask(text),
        **more,
    )


def _write(app: App, some: list[Remark], file: Path | None = None) -> list[int]:
    """Write all of them or none; a file is kept before what names it is written."""
    try:
        sound = [checked(one) for one in some]
    except RemarkRefused as error:
        raise Refused(str(error)) from error
    if file is not None:
        digest = _kept(app, file)
        sound = [checked(replace(one, file_name=mask(file.name), file_sha256=digest)) for one in sound]
    with writing(app.engine) as db:
        return [remarks.add(db, one) for one in sound]


def _kept(app: App, file: Path) -> str:
    try:
        if file.stat().st_size > MOST_FILE:
            raise Refused(f"Tệp {file} lớn quá {MOST_FILE // 1024**2} MB: chụp lại nhỏ hơn.")
        return keep_given(app.settings.var_dir, file)
    except OSError as error:
        raise Refused(f"Không giữ được tệp {file} ({error.strerror}): kiểm tra quyền và chỗ trống của đĩa.") from error


def _day(text: str) -> date | None:
    """A day typed "24/11/2026" or "2026-11-24"; None for nothing."""
    day = day_typed(text)
    if day is None and text.strip():
        raise Refused(f'Không hiểu ngày {text!r}: viết như "24/11/2026"')
    return day


for command in (pack, affected, pause):
    interruption.add_command(command)
COMMANDS = (interruption,)
