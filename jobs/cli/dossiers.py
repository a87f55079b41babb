"""Commands about dossiers: take a file in, list, show, explain."""

from __future__ import annotations

from pathlib import Path

import click

from jobs import project, reading
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment
from monitor.core.dossier import Dossier
from monitor.core.finding import Standing
from monitor.core.period import Stamp, to_ms
from monitor.reports.explain import explanation
from monitor.reports.render import term
from monitor.store import dossiers as kept
from monitor.store import reading as reading_from


def stamp(value: Stamp | None) -> str:
    """A stamp on a Vietnamese clock; a day where the source names only the day."""
    from datetime import datetime

    if value is None:
        return "–"
    return moment(value) if isinstance(value, datetime) else value.strftime("%d/%m/%Y")


@click.group()
def dossiers() -> None:
    """Hồ sơ thủ tục hành chính."""


@dossiers.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
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
    report = reading.take_in(app, file, source, app.clock.now())
    project.catch_up(app, app.clock.now())
    if json_:
        as_json(report.as_json())
    else:
        click.echo(report.as_text())
    return 1 if report.failed else 0


@dossiers.command("list")
@click.option("--standing", type=click.Choice([s.value for s in Standing]), help="Chỉ tình trạng này.")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa trong danh mục).")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, standing: str | None, agency: str, limit: int, json_: bool) -> None:
    """Hồ sơ đang mở, gần hạn nhất trước."""
    app = app_of(context)
    if agency and agency not in app.register.agencies:
        raise Refused(f"Danh mục không có cơ quan {agency}; khóa của cơ quan ghi trong agencies/*.toml.")
    with reading_from(app.engine) as db:
        rows = kept.listed(db, standing=Standing(standing) if standing else None, agency=agency, limit=limit)
        figures = kept.figures(db)
    if json_:
        as_json([row.as_json() for row in rows])
        return
    as_table(
        ("Mã hồ sơ", "Thủ tục", "Cơ quan", "Tiếp nhận", "Hạn trả", "Tình trạng"),
        ((r.code, r.procedure, r.agency, stamp(r.reception_due), stamp(r.result_due), term(r.standing)) for r in rows),
        empty="Không có hồ sơ nào.",
    )
    for source, as_of in sorted(figures.items()):
        name = app.register.sources[source].name if source in app.register.sources else source
        click.echo(f"Số liệu tính đến {moment(as_of)} ({name})")


def _one(context: click.Context, code: str, source: str) -> Dossier:
    app = app_of(context)
    with reading_from(app.engine) as db:
        found = kept.search(db, code)
        found = [d for d in found if not source or d.source == source]
    if not found:
        raise Refused(f"Không có hồ sơ {code}.")
    if len(found) > 1:
        raise Refused(f"Hồ sơ {code} có ở nhiều nguồn: {', '.join(d.source for d in found)}; thêm --source.")
    return found[0]


@dossiers.command("show")
@click.argument("code")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.pass_context
def show(context: click.Context, code: str, source: str) -> None:
    """Một hồ sơ: những gì nguồn dữ liệu từng nói về nó, theo thời gian."""
    app = app_of(context)
    one = _one(context, code, source)
    with reading_from(app.engine) as db:
        versions = kept.history(db, one.source, one.code)
    click.echo(f"Hồ sơ {one.code} (nguồn {one.source}): {one.procedure} {one.procedure_name}")
    as_table(
        ("Số liệu tính đến", "Trạng thái", "Nộp", "Tiếp nhận", "Hẹn trả", "Xong", "Đơn vị xử lý"),
        (
            (
                moment(v.as_of),
                v.status,
                *(stamp(s) for s in (v.filed, v.received, v.appointment, v.finished)),
                v.handling_unit,
            )
            for v in sorted(versions, key=lambda v: to_ms(v.as_of))
        ),
        empty="",
    )


@dossiers.command("explain")
@click.argument("code")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def explain(context: click.Context, code: str, source: str, json_: bool) -> None:
    """Vì sao hồ sơ đến hạn lúc ấy: quy tắc, căn cứ, những ngày không tính."""
    app = app_of(context)
    told = explanation(_one(context, code, source), app.clock.now(), app.law, app.register)
    if json_:
        as_json(told.as_json())
    else:
        click.echo(told.as_text())


COMMANDS = (dossiers,)
