"""Commands about dossiers: take a file in, list, show, explain."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import click

from jobs import project, reading
from jobs.cli import deadlines
from jobs.cli.choice import Words
from jobs.cli.dossier_words import STILL_OPEN, absent_from, place, shown, source_name, stamp, stands, status, too_old
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment
from jobs.cli.official import agency_of
from jobs.cli.progress import progress
from jobs.cli.seen import seen
from jobs.cli.testimonies import alias, tell_of, told
from monitor.core.contradiction import contradictions
from monitor.core.finding import FindingKind, Standing
from monitor.core.period import to_ms
from monitor.reports.freshness import stale
from monitor.reports.on_time_words import on_time_by
from monitor.reports.render import so, term
from monitor.store import dossier_list
from monitor.store import dossiers as kept
from monitor.store import reading as reading_from
from monitor.store.access import Deed


class Late(StrEnum):
    """What is late is one standing; with what it is late is asked for apart, as pages and letters say it."""

    RECEPTION = "late_reception"


STANDINGS: Mapping[str, Standing | Late] = {
    "trong-han": Standing.RUNNING,
    "sap-den-han": Standing.NEAR,
    "den-han": Standing.DUE,
    "qua-han": Standing.LATE,
    "cham-tiep-nhan": Late.RECEPTION,
    "cho-nguoi-nop": Standing.PAUSED,
    "can-xem": Standing.NOTED,
}
KINDS = {
    "chua-ro-don-vi": FindingKind.UNKNOWN_UNIT,
    "trang-thai-la": FindingKind.UNKNOWN_STATUS,
    "khong-hen-tra": FindingKind.NO_APPOINTMENT,
    "chua-ghi-bo-sung": FindingKind.UNENDED_PAUSE,
    "ngay-khong-dung": FindingKind.IMPOSSIBLE_DATES,
    "chua-co-lich": FindingKind.NO_CALENDAR,
    "bo-sung-nhieu-lan": FindingKind.SECOND_SUPPLEMENT,
    "bao-bo-sung-muon": FindingKind.SUPPLEMENT_NOTICE,
    "chuyen-don-vi-cham": FindingKind.HANDOVER,
    "tu-choi-muon": FindingKind.REFUSED_LATE,
    "hen-lai-lan-hai": FindingKind.SECOND_REAPPOINTMENT,
    "doi-hen-khong-xin-loi": FindingKind.MOVED_UNAPOLOGISED,
    "hen-som-hon": FindingKind.MOVED_BACK,
    "mo-lai": FindingKind.REOPENED,
    "xong-trung-hen": FindingKind.EXACT_RESULT,
    "xong-2359": FindingKind.MIDNIGHT_RESULT,
    "tam-dung-dung-han": FindingKind.PAUSED_WHEN_DUE,
    "hai-noi-ghi-khac": FindingKind.DIFFERING,
}


@click.group()
def dossiers() -> None:
    """Hồ sơ thủ tục hành chính."""


@dossiers.command("import")
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", default="", help="Nguồn dữ liệu trong danh mục (mặc định: nguồn đầu tiên).")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def import_(context: click.Context, file: Path, source: str, json_: bool) -> int:
    """Đọc một tệp xuất từ hệ thống một cửa (XLSX, XLS, ODS, CSV, HTML, JSON)."""
    app = app_of(context)
    known = app.register.sources
    source = source or next(iter(known))
    if source not in known:
        raise Refused(f"Danh mục không có nguồn {source!r}; đang có: {', '.join(known)}")
    with progress("Đang đọc tệp", shown=not json_) as tell:
        report = reading.take_in(app, file, source, app.clock.now(), progress=tell)
    with progress("Đang tính hạn hồ sơ", shown=not json_):
        project.catch_up(app, app.clock.now())
    if json_:
        as_json(report.as_json())
    else:
        click.echo(report.as_text())
    return 1 if report.failed else 0


@dossiers.command("list")
@click.option("--standing", type=Words(STANDINGS), help="Chỉ tình trạng này.")
@click.option("--kind", type=Words(KINDS), help="Chỉ hồ sơ cần người xem lại vì điều này.")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(
    context: click.Context,
    standing: Standing | Late | None,
    kind: FindingKind | None,
    agency: str,
    limit: int,
    json_: bool,
) -> None:
    """Hồ sơ đang mở, gần hạn nhất trước."""
    app = app_of(context)
    agency = agency_of(app, agency) if agency else ""
    with reading_from(app.engine) as db:
        rows = dossier_list.listed(
            db,
            standing=Standing.LATE if standing is Late.RECEPTION else standing,
            late_reception=standing is Late.RECEPTION,
            kind=kind,
            agency=agency,
            limit=limit,
        )
        figures = kept.figures(db)
        gone = dossier_list.left_out(db, app.register.extents())
        old = stale(db, app.register, app.law, app.clock.now())
    asked = ", ".join(filter(None, (standing and standing.value, kind and kind.value, agency))) or "tất cả"
    seen(app, Deed.LIST, f"hồ sơ đang mở ({asked}): {len(rows)}")
    if json_:
        as_json([row.as_json() for row in rows])
        return
    as_table(
        ("Mã hồ sơ", "Thủ tục", "Cơ quan", "Hạn tiếp nhận", "Hẹn trả", "Tình trạng"),
        (
            (r.code, r.procedure, place(r, app.register), stamp(r.reception_due), stamp(r.result_due), stands(r))
            for r in rows
        ),
        empty="Không có hồ sơ nào.",
    )
    if len(rows) == limit:
        click.echo(f"Chỉ in {so(limit)} hồ sơ gần hạn nhất; thêm --limit để xem nhiều hơn.")
    click.echo(f"Đúng hạn, quá hạn {on_time_by(app.law)}.")
    for source, as_of in sorted(figures.items()):
        click.echo(f"Số liệu tính đến {moment(as_of)} ({source_name(app.register, source)}){too_old(old.get(source))}")
    for source, count in sorted(gone.items()):
        name = source_name(app.register, source)
        click.echo(f"{so(count)} hồ sơ đang mở không còn trong danh sách mới nhất ({name}). {STILL_OPEN}")


@dossiers.command("show")
@click.argument("code", metavar="MÃ")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def show(context: click.Context, code: str, source: str, json_: bool) -> None:
    """Một hồ sơ: những gì các nguồn dữ liệu từng nói về nó, theo thời gian, và các bước xử lý."""
    app = app_of(context)
    with reading_from(app.engine) as db:
        beside = told(db, app, code, source)
        one = beside.one
        versions = sorted(kept.history(db, one.source, one.code), key=lambda version: to_ms(version.as_of))
        absent = absent_from(db, one, app.register)
    seen(app, Deed.SHOW, f"hồ sơ {one.code} ({one.source})")
    if json_:
        as_json(shown(one, versions, absent) | beside.as_json())
        return
    click.echo(f"Hồ sơ {one.code} (nguồn {one.source}): {one.procedure} {one.procedure_name}".rstrip())
    as_table(
        ("Số liệu tính đến", "Trạng thái", "Nộp", "Tiếp nhận", "Hẹn trả", "Xong", "Đơn vị xử lý"),
        (
            (
                moment(v.as_of),
                status(v.status),
                *(stamp(s) for s in (v.filed, v.received, v.appointment, v.finished)),
                v.handling_unit or "–",
            )
            for v in versions
        ),
        empty="",
    )
    click.echo(f"Lần cuối nguồn có hồ sơ này: số liệu tính đến {moment(one.as_of)}.")
    if wrong := contradictions(one):
        click.echo(f"Cần xem lại: {'; '.join(map(term, wrong))}. Không tính chậm theo ngày ấy.")
    if absent:
        click.echo(f"Không còn trong danh sách tính đến {moment(absent)}. {STILL_OPEN}")
    tell_of(beside, app)


for command in (*deadlines.COMMANDS, alias):
    dossiers.add_command(command)

COMMANDS = (dossiers,)
