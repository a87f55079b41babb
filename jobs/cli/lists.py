"""Commands that list late dossiers and what follows from them, as of a moment or for a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import agency_of, written
from jobs.cli.periods import last_week, period_asked, periodical
from jobs.cli.seen import seen
from monitor.core.period import Span
from monitor.core.typed import begin_typed, moment_typed
from monitor.reports.lists.forecasts import AHEAD, forecasts
from monitor.reports.lists.overdue import OverdueList, overdue
from monitor.reports.lists.overdue_official import tallied
from monitor.reports.lists.overdue_tables import Edition, OverdueTable
from monitor.reports.lists.overdue_tables import as_json as list_as_json
from monitor.reports.official.document import Block, Grid, Heading, Paragraph, Picture
from monitor.reports.render import gio, hoa, so
from monitor.store import reading
from monitor.store.access import Deed

MOST_SHOWN = 40
into = click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi thành tệp vào thư mục này."
)
json_ = click.option("--json", "json_", is_flag=True, help="In JSON.")


@click.command("overdue")
@periodical
@click.option(
    "--at",
    "--on",
    "on",
    help='Tại thời điểm này, theo những gì đã biết khi ấy: "24/11/2026 17:00" (mặc định: bây giờ).',
)
@click.option("--known-at", "known", help="Kỳ đã qua: chỉ tính những gì đã biết đến thời điểm này.")
@click.option("--agency", default="", help="Chỉ cơ quan này và các đơn vị trực thuộc (khóa hoặc tên).")
@click.option("--portal", is_flag=True, help="Chỉ hồ sơ nộp từ Cổng Dịch vụ công quốc gia.")
@click.option(
    "--edition",
    type=click.Choice([one.value for one in Edition]),
    default=Edition.INTERNAL.value,
    show_default=True,
    help="Bản nội bộ, hay bản gửi ra ngoài (không nêu phòng, cán bộ).",
)
@into
@json_
@click.pass_context
def overdue_(
    context: click.Context,
    /,
    on: str | None,
    known: str | None,
    agency: str,
    portal: bool,
    edition: str,
    folder: Path | None,
    json_: bool,
    **asked: str | None,
) -> None:
    """Danh sách hồ sơ chậm, nhóm theo cơ quan, kèm nguyên nhân đơn vị giải trình (mặc định: đang chậm bây giờ)."""
    app = app_of(context)
    now = app.clock.now()
    when = _asked(app, on, asked, now)
    if known and not isinstance(when, Span):
        raise Refused("--known-at đi với một kỳ; tại một thời điểm (--at) thì chỉ tính những gì đã biết khi ấy")
    with reading(app.engine) as db:
        told = overdue(
            db,
            app.register,
            app.law,
            when,
            now,
            known_at=_past(known, "--known-at", now) if known else None,
            agency=agency_of(app, agency) if agency else "",
            portal=portal,
        )
    seen(app, Deed.LIST, f"hồ sơ chậm ({agency or 'mọi cơ quan'}, bản {edition}): {len(told.rows)}")
    table = OverdueTable(told, app.register, app.law, Edition(edition))
    if json_:
        as_json(list_as_json(table))
    elif folder:
        from monitor.reports.lists.overdue_files import files

        written(files(table), folder)
    else:
        _show(table)


def _asked(app: App, on: str | None, asked: Mapping[str, str | None], now: datetime) -> datetime | Span:
    if on and any(asked.values()):
        raise Refused("Ghi một trong hai: --at THỜI-ĐIỂM, hoặc một kỳ (--week, --month, --from với --until …)")
    if any(asked.values()):
        return period_asked(app, asked, now).span
    return _past(on, "--at", now) if on else now


def _past(text: str, option: str, now: datetime) -> datetime:
    """A moment typed, not later than now; a day alone is its beginning."""
    found = moment_typed(text) or begin_typed(text)
    if found is None:
        raise Refused(f'{option} {text!r}: viết như "24/11/2026 17:00" hoặc "24/11/2026"')
    if found > now:
        raise Refused(f"{option} {gio(found)} ở tương lai: chỉ lập được danh sách đến bây giờ ({gio(now)})")
    return found


def _show(table: OverdueTable) -> None:
    told = table.told
    say(f"{table.title()}. {'. '.join(table.under())}.")
    as_table(
        ("STT", "Cơ quan", "Mã hồ sơ", "Loại chậm", "Hạn", "Số ngày làm việc", "Nguyên nhân"),
        (_shown(table, told, place) for place in range(min(len(told.rows), MOST_SHOWN))),
        empty="Không có hồ sơ nào chậm.",
    )
    if len(told.rows) > MOST_SHOWN:
        say(f"… và {so(len(told.rows) - MOST_SHOWN)} dòng nữa: ghi ra tệp với --to THƯ-MỤC.")
    tally = tallied(told.rows)
    say(
        f"Chậm tiếp nhận {so(tally['reception'])}, đang giải quyết quá hạn {so(tally['late'])}"
        + (f", đã giải quyết quá hạn {so(tally['done'])}" if told.span else "")
        + f"; đã giải trình {so(tally['explained'])}, đã xin lỗi {so(tally['apologised'])}."
    )
    if told.unjudged:
        say(f"Chưa kết luận được {so(len(told.unjudged))} hồ sơ:")
        for one in told.unjudged[:MOST_SHOWN]:
            say(f"  {one.dossier.code}: {table.why(one)}")
    for what, how in table.method():
        say(f"{what}: {how}.")


def _shown(table: OverdueTable, told: OverdueList, place: int) -> tuple[str, ...]:
    row = told.rows[place]
    cells = dict(zip(table.columns, table.cells(place + 1, row), strict=True))
    due = gio(row.due) if row.due is not None else "–"
    chosen = ("place", "agency", "code", "kind")
    return (*(str(cells[key]) for key in chosen), due, str(cells["days"]), str(cells["cause"]))


@click.command("briefing")
@click.option("--at", "--on", "on", help='Tình hình tại thời điểm này: "24/11/2026 17:00" (mặc định: bây giờ).')
@click.option("--week", help="Tình hình vào cuối tuần này, ví dụ 2026-W47.")
@into
@click.pass_context
def briefing_(context: click.Context, on: str | None, week: str | None, folder: Path | None) -> None:
    """Tóm tắt phục vụ giao ban: một trang A4, so với bảy ngày trước."""
    from monitor.reports.lists import briefing_page
    from monitor.reports.lists.briefing import briefing

    app = app_of(context)
    now = app.clock.now()
    if on and week:
        raise Refused("Ghi một trong hai: --at THỜI-ĐIỂM, hoặc --week TUẦN")
    moment = (
        min(period_asked(app, {"week": week}, now).span.end, now) if week else _past(on, "--at", now) if on else now
    )
    with reading(app.engine) as db:
        told = briefing(db, app.register, app.law, moment, now)
    seen(app, Deed.LIST, f"tóm tắt giao ban: {len(told.cases)} hồ sơ nêu mã")
    if folder:
        written(briefing_page.files(told, app.register, app.law), folder)
        return
    page = briefing_page.page(told, app.register, app.law)
    say(f"{page.title}. {page.under}.")
    as_table(page.grid.header, page.grid.rows, empty="")
    for section in page.sections:
        say(f"{section.heading}:")
        for line in section.lines:
            say(f"  {line}")
    say(page.basis)


@click.command("scorecard")
@periodical
@click.option("--agency", default="", help="Chỉ cơ quan này và các đơn vị trực thuộc (khóa hoặc tên).")
@into
@json_
@click.pass_context
def scorecard_(context: click.Context, /, agency: str, folder: Path | None, json_: bool, **asked: str | None) -> None:
    """Bảng điểm của một kỳ (mặc định: tuần trước): tỷ lệ đúng hạn theo Quyết định 766, tuổi hồ sơ chậm, số ngày làm."""
    from monitor.reports.lists import scorecard_official
    from monitor.reports.lists.scorecard import scorecard

    app = app_of(context)
    now = app.clock.now()
    period = period_asked(app, asked, now, last_week(now))
    key = agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        told = scorecard(db, app.register, app.law, period.span, now, agency=key)
    if folder:
        written(scorecard_official.files(told, period, app.register, app.law), folder)
    elif json_:
        as_json(scorecard_official.as_json(told, app.law))
    else:
        document = scorecard_official.official(told, period, app.register, app.law)
        _plainly(document.title, document.body)


@click.command("forecast")
@click.option("--agency", default="", help="Chỉ cơ quan này và các đơn vị trực thuộc (khóa hoặc tên).")
@click.option("--days", type=click.IntRange(1, 31), default=AHEAD, show_default=True, help="Bao nhiêu ngày tới.")
@into
@json_
@click.pass_context
def forecast_(context: click.Context, agency: str, days: int, folder: Path | None, json_: bool) -> None:
    """Dự báo: hồ sơ đến hạn những ngày tới theo cơ quan và ngày, bao nhiêu có thể quá hạn."""
    from monitor.reports.lists import forecast_official

    app = app_of(context)
    now = app.clock.now()
    key = agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        told = forecasts(db, app.register, app.law, now, agency=key, days=days)
    if folder:
        written(forecast_official.files(told, app.register), folder)
    elif json_:
        as_json(forecast_official.as_json(told))
    else:
        document = forecast_official.official(told, app.register)
        _plainly(document.title, document.body)


def _plainly(title: str, body: Sequence[Block]) -> None:
    """A document's text for a terminal."""
    say(f"{hoa(title)}.")
    for block in body:
        match block:
            case Grid():
                as_table(block.header, block.rows, empty="–")
            case Heading() | Paragraph():
                say(block.text)
            case Picture():
                say(block.alt)


COMMANDS = (overdue_, briefing_, scorecard_, forecast_)
