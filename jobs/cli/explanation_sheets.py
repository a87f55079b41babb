"""Commands that hand a workbook out to be filled in, and take it back."""

from __future__ import annotations

from pathlib import Path

import click

from jobs import explained
from jobs.app import App
from jobs.cli.explanation_words import in_words_of, short, wrong
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import BY, FILE, agency_of, into, put, said, tell_masked
from jobs.cli.seen import seen
from jobs.cli.unasked import not_asked
from jobs.explained import Taken
from monitor.core.period import ict
from monitor.reports.explaining import answered_for, owing
from monitor.reports.explanation_reading import SheetUnusable, read
from monitor.reports.explanation_sheet import xlsx
from monitor.reports.link import LinkKeyUnusable, link_key
from monitor.reports.render import ngay, so, term
from monitor.store import reading
from monitor.store.access import Deed


@click.command("export")
@click.option("--agency", required=True, help="Cơ quan (khóa hoặc tên).")
@into
@click.pass_context
def export(context: click.Context, agency: str, folder: Path) -> None:
    """Xuất tệp Excel các hồ sơ cơ quan còn phải giải trình: cột mã khóa, nguyên nhân chọn trong danh sách."""
    app = app_of(context)
    key, now = agency_of(app, agency), app.clock.now()
    with reading(app.engine) as db:
        some = owing(db, app.law, now, answered_for(app.register, key))
        unasked = "" if some else not_asked(db, app, key)
    if not some:
        raise Refused(unasked or f"{app.register.agency_name(key)} không còn hồ sơ nào phải giải trình.")
    name = f"giai-trinh-{key.replace('/', '-')}-{ict(now):%Y%m%d-%H%M}.xlsx"
    path = put(folder, name, xlsx(some, app.register.agency_name(key), now, _key(app)))
    click.echo(path)
    seen(app, Deed.EXPORT, f"tệp giải trình của {key}: {len(some)}")
    say(f"{so(len(some))} lần chậm phải giải trình. Điền xong: tthc explanations import {path} --by …")


@click.command("import")
@click.argument("file", metavar="TỆP", type=FILE)
@click.option("--by", required=True, help=BY + " Ghi là nhập thay cơ quan.")
@click.option("--apply", "apply_", is_flag=True, help="Ghi; không có thì chỉ xem trước.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def import_(context: click.Context, file: Path, by: str, apply_: bool, json_: bool) -> int:
    """Nhận tệp Excel đơn vị đã điền (tệp xuất, hoặc tệp kèm thư nhắc); không có --apply thì chỉ xem trước."""
    app = app_of(context)
    now = app.clock.now()
    try:
        taken = explained.examine(app, read(file, _key(app)), now, by=said(by, "Người ghi (--by)"))
    except SheetUnusable as error:
        raise Refused(str(error)) from error
    written = explained.apply(app, taken, now) if apply_ else 0
    tell_masked(*((f"dòng {row.row}", text) for row, *_ in taken.rows for text in (row.text, row.remedy, row.given_by)))
    if json_:
        as_json(
            {
                "rows": len(taken.rows),
                "known": taken.known,
                "blank": taken.blank,
                "written": written,
                "wrong": [{"row": one.row, "code": one.code, "why": one.words} for one in taken.wrong],
            }
        )
    else:
        _imported(file, taken, written, apply_=apply_)
    return 1 if taken.wrong else 0


def _imported(file: Path, taken: Taken, written: int, *, apply_: bool) -> None:
    as_table(
        ("Dòng", "Mã hồ sơ", "Chậm", "Nguyên nhân", "Dự kiến xong", "Người giải trình"),
        (
            (
                str(row.row),
                row.code,
                term(row.kind),
                short(in_words_of(answer.cause, answer.text)),
                ngay(answer.expected) if answer.expected else "–",
                answer.given_by,
            )
            for row, answer, _, _ in taken.rows
        ),
        empty="Không có dòng nào mới để ghi.",
    )
    for one in taken.wrong:
        say(wrong(one), err=True)
    say(f"Đã giải trình từ trước {so(taken.known)} dòng, để trống {so(taken.blank)} dòng.")
    if apply_:
        say(f"Đã ghi {so(written)} lời giải trình.")
    elif taken.rows:
        say(f"Chưa ghi gì. Ghi: tthc explanations import {file} --by … --apply")


def _key(app: App) -> str:
    try:
        return link_key(app.settings.var_dir)
    except LinkKeyUnusable as error:
        raise Refused(str(error)) from error
