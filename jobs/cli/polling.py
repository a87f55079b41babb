"""Commands about sources: how each is reached and what came of asking it; ask one now."""

from __future__ import annotations

from datetime import datetime

import click

from jobs import inbox, poll, project
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, number
from jobs.cli.progress import progress
from jobs.poll import Polled
from monitor.core.period import iso
from monitor.core.source import SourceKind, SourceSpec
from monitor.reports.render import term
from monitor.store import polls, reading
from monitor.store.dossiers import figures
from monitor.store.polls import PollRow, PollState


@click.group()
def sources() -> None:
    """Nguồn hồ sơ: lấy từ đâu, lần lấy gần nhất ra sao."""


@sources.command("list")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, json_: bool) -> int:
    """Các nguồn, lần lấy gần nhất; mã thoát 1 khi có nguồn không lấy được."""
    app = app_of(context)
    with reading(app.engine) as db:
        last, good, told = polls.last(db), polls.last_good(db), figures(db)
    known = app.register.sources.values()
    failing = [spec for spec in known if spec.key in last and last[spec.key].state is PollState.FAILED]
    if json_:
        as_json([_as_json(spec, last.get(spec.key), good.get(spec.key), told.get(spec.key)) for spec in known])
        return 1 if failing else 0
    as_table(
        ("Nguồn", "Tên", "Cách lấy", "Số liệu tính đến", "Lấy gần nhất", "Kết quả"),
        (
            (spec.key, spec.name, term(spec.kind), moment(told.get(spec.key)), *_last(spec, last.get(spec.key)))
            for spec in known
        ),
        empty="Danh mục không có nguồn nào.",
    )
    for spec in known:
        row = last.get(spec.key)
        if row and row.why:
            click.echo(f"{spec.key}: {row.why}")
    return 1 if failing else 0


def _last(spec: SourceSpec, row: PollRow | None) -> tuple[str, str]:
    if spec.kind is SourceKind.FILES:
        return "–", "chờ thả tệp"
    if row is None:
        return "–", "chưa lấy lần nào"
    return moment(row.begun_at), f"{term(row.state)}, {number(row.records)} bản ghi"


def _as_json(spec: SourceSpec, row: PollRow | None, good: datetime | None, as_of: datetime | None) -> dict[str, object]:
    return {
        "key": spec.key,
        "name": spec.name,
        "kind": spec.kind,
        "every_minutes": spec.every_minutes if spec.place else None,
        "as_of": iso(as_of),
        "last_complete_poll": iso(good),
        "last_poll": _poll_as_json(row) if row else None,
    }


def _poll_as_json(row: PollRow) -> dict[str, object]:
    return {
        "begun_at": iso(row.begun_at),
        "ended_at": iso(row.ended_at),
        "state": row.state,
        "pages": row.pages,
        "records": row.records,
        "since": row.since,
        "why": row.why,
    }


@sources.command("poll")
@click.argument("key", metavar="NGUỒN")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def poll_(context: click.Context, key: str, json_: bool) -> int:
    """Lấy một nguồn ngay bây giờ, không chờ đến lượt."""
    app = app_of(context)
    inbox.lay_out(app)
    spec = app.register.sources.get(key)
    if spec is None:
        raise Refused(f"Danh mục không có nguồn {key!r}; đang có: {', '.join(app.register.sources)}")
    if spec.place is None:
        raise Refused(f"Nguồn {key} là thư mục thả tệp: thả tệp vào {app.settings.var_dir / 'inbox' / key}")
    try:
        with progress("Đang lấy dữ liệu", shown=not json_):
            polled = poll.poll(app, spec, app.clock.now())
            project.catch_up(app, app.clock.now())
    except poll.Busy as busy:
        raise Refused(f"Nguồn {key} đang được lấy rồi; xem kết quả: tthc sources list") from busy
    if json_:
        as_json(_poll_as_json(polled.row) | {"files": [report.as_json() for report in polled.reports]})
    else:
        click.echo(_told(polled))
    return 1 if polled.row.state is PollState.FAILED else 0


def _told(polled: Polled) -> str:
    row = polled.row
    first = f"{row.source}: {term(row.state)}, {number(row.records)} bản ghi trong {number(row.pages)} trang."
    return "\n".join([first, *filter(None, [row.why]), *(report.as_text() for report in polled.reports)])


COMMANDS = (sources,)
