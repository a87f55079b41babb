"""Commands about measures taken against repeated delay: correction, responsibility, each by its document."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from jobs.cli.choice import Words
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import BY, agency_of, day, said, tell_masked
from monitor.core.answer import tidied
from monitor.core.mask import mask
from monitor.core.measure import Measure, MeasureKind
from monitor.core.period import Span, at, day_of, iso
from monitor.reports.render import ngay, so, term
from monitor.store import measures, reading, writing

KINDS = {
    "chan-chinh": MeasureKind.CORRECTION,
    "xu-ly-trach-nhiem": MeasureKind.RESPONSIBILITY,
    "khac": MeasureKind.OTHER,
}
DAYS = 365


@click.group("measure")
def measure() -> None:
    """Biện pháp đã thực hiện với đơn vị để chậm nhiều lần: chấn chỉnh, xử lý trách nhiệm, theo văn bản nào."""


@measure.command("add")
@click.option("--agency", required=True, help="Cơ quan (khóa hoặc tên).")
@click.option("--unit", default="", help="Phòng, bộ phận; bỏ trống là cả cơ quan. Không ghi tên cá nhân.")
@click.option("--kind", type=Words(KINDS), required=True, help="chan-chinh, xu-ly-trach-nhiem hoặc khac.")
@click.option("--document", required=True, help='Số, ký hiệu văn bản: "45/KL-SCT".')
@click.option("--dated", required=True, help='Ngày văn bản: "24/11/2026".')
@click.option("--text", default="", help="Nội dung chính.")
@click.option("--by", required=True, help=BY)
@click.pass_context
def add(context: click.Context, /, **typed: Any) -> None:
    """Ghi một biện pháp; ghi lại lần nữa không sao."""
    app = app_of(context)
    now = app.clock.now()
    one = Measure(
        agency=agency_of(app, typed["agency"]),
        unit=mask(tidied(typed["unit"])),
        kind=typed["kind"],
        document=said(typed["document"], "Số văn bản (--document)"),
        dated=day(typed["dated"]),
        text=mask(tidied(typed["text"])),
        at=now,
        by=said(typed["by"], "Người ghi (--by)"),
    )
    if one.dated > day_of(now):
        raise Refused(f"Văn bản đề ngày {ngay(one.dated)}, sau hôm nay: xem lại --dated.")
    with writing(app.engine) as db:
        number = measures.add_once(db, one)
        known = measures.named(db, one) if number is None else None
    name = app.register.agency_name(one.agency)
    tell_masked(("nội dung", typed["text"]), ("đơn vị", typed["unit"]))
    if known is not None and (known.kind, known.text) != (one.kind, one.text):
        raise Refused(
            f"Văn bản {one.document} ngày {ngay(one.dated)} đối với {name} đã ghi là {term(known.kind)}, nội dung: "
            f"{known.text or '(trống)'}. Điều đã ghi không sửa, lần này chưa ghi gì: xem lại --document."
        )
    if number is None:
        say(f"Văn bản {one.document} ngày {ngay(one.dated)} đối với {name} đã ghi từ trước.")
    else:
        say(f"Đã ghi: {term(one.kind)} đối với {one.unit + ', ' if one.unit else ''}{name}, văn bản {one.document}.")


@measure.command("list")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--days", type=click.IntRange(1, 36_600), default=DAYS, help=f"Văn bản trong số ngày này ({DAYS}).")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, agency: str, days: int, json_: bool) -> None:
    """Các biện pháp đã ghi, theo ngày văn bản."""
    app = app_of(context)
    key = agency_of(app, agency) if agency else ""
    tomorrow = day_of(app.clock.now()) + timedelta(days=1)
    span = Span(start=at(tomorrow - timedelta(days=days)), end=at(tomorrow))
    with reading(app.engine) as db:
        some = measures.between(db, span, key)
    if json_:
        as_json([_facts(one) for one in some])
        return
    as_table(
        ("Cơ quan", "Đơn vị", "Biện pháp", "Văn bản", "Ngày", "Nội dung"),
        (
            (
                app.register.agency_name(one.agency),
                one.unit or "–",
                term(one.kind),
                one.document,
                ngay(one.dated),
                one.text or "–",
            )
            for one in some
        ),
        empty=f"Chưa ghi biện pháp nào có văn bản trong {so(days)} ngày gần đây.",
    )


def _facts(one: Measure) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "unit": one.unit,
        "kind": one.kind,
        "document": one.document,
        "dated": one.dated,
        "text": one.text,
        "at": iso(one.at),
        "by": one.by,
    }


COMMANDS = (measure,)
