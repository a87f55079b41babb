"""Commands about the working calendar: what it is, a change seen beforehand and confirmed, what a library counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from jobs import laws
from jobs.app import App
from jobs.cli.ground import Refused, agreed, app_of, as_json, as_table, moment, number, say, settings_of
from jobs.cli.official import day, put
from jobs.clock import SystemClock
from jobs.subjects import key_of
from monitor.core.calendar_change import CalendarChange
from monitor.core.ladder import SubjectKind
from monitor.core.period import day_of, iso
from monitor.law import in_force
from monitor.law.acceptance import checked, days_changed
from monitor.law.proposal import ChangeRefused, FileRefused, Proposal
from monitor.reports import calendar_tables, calendar_watch
from monitor.reports.calendar_moves import Preview
from monitor.reports.calendar_preview import Heard, preview
from monitor.reports.letters import tidy
from monitor.reports.mode import live_since
from monitor.reports.render import render
from monitor.store import calendar_changes, reading, tellings, writing

SHOWN = 20
"""How many rows of a list are printed; all of them are in the workbook and in JSON."""
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def calendar() -> None:
    """Lịch làm việc."""


def _proposing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The ways to say a change."""
    options = (
        click.argument(
            "file", metavar="[TỆP]", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
        ),
        click.option("--swap", "swaps", multiple=True, help="Hoán đổi, ngày nghỉ:ngày làm bù: 2026-01-02:2026-01-10."),
        click.option("--text", default="", help='Câu chữ: "hoán đổi ngày làm việc 02/01/2026 sang 10/01/2026".'),
        click.option("--off", "offs", multiple=True, help="Thêm một ngày nghỉ."),
        click.option("--made-up", "made_ups", multiple=True, help="Thêm một ngày làm bù."),
        click.option("--year", type=click.IntRange(1, 9999), help="Mọi ngày trong lịch của năm này chưa ai xác nhận."),
        click.option("--title", default="", help="Nội dung, ví dụ: Đóng cửa công sở vì bão."),
        click.option("--document", default="", help="Văn bản làm căn cứ: số, ngày, cơ quan."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@calendar.command("preview")
@_proposing
@click.option("--to", "folder", type=_FOLDER, help="Ghi danh sách đầy đủ thành tệp XLSX vào thư mục này.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def preview_(context: click.Context, /, folder: Path | None, json_: bool, **asked: Any) -> None:
    """Xem trước một thay đổi của lịch: hạn nào dời, ngày hẹn nào rơi vào ngày nghỉ. Không ghi gì, không báo ai.

    TỆP viết như monitor/law/calendar.toml: [[off]], [[made_up]]; có [[year]] thì ghi lại cả năm ấy.
    """
    app = app_of(context)
    changes = _changes(app, asked, by="(xem trước)")
    seen = _seen(app, changes)
    if folder:
        path = _write(folder, seen)
        say(f"Đã ghi {path}", err=json_)
    if json_:
        as_json(calendar_tables.as_json(seen))
    elif not folder:
        say(tidy(render("calendar/preview.txt", seen=seen, most=SHOWN)).rstrip())
        say("\nMới xem trước: chưa có gì được ghi. Xác nhận: tthc calendar confirm …, cùng nội dung, --document, --by.")


@calendar.command("confirm")
@_proposing
@click.option("--by", required=True, help='Người xác nhận: "họ tên, chức danh".')
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def confirm(context: click.Context, /, by: str, yes: bool, **asked: Any) -> None:
    """Xác nhận một thay đổi của lịch, theo văn bản; có hiệu lực ngay, không ai bị báo lại điều đã báo.

    Ghi rồi không xóa được; muốn trả lại như cũ thì xác nhận điều ngược lại: --made-up cho ngày đã ghi nghỉ, --off cho
    ngày đã ghi làm bù.
    """
    if not by.strip():
        raise Refused('Thiếu người xác nhận: --by "Nguyễn Văn A, Phó Giám đốc"')
    beside = asked["swaps"] or asked["offs"] or asked["made_ups"] or asked["text"] or asked["year"]
    if not asked["document"].strip() and (asked["file"] is None or beside):
        raise Refused('Thiếu văn bản làm căn cứ: --document "số, ngày, cơ quan ban hành"')
    app = app_of(context)
    changes = _changes(app, asked, by=by.strip())
    seen = _seen(app, changes)
    for one in changes:
        say(f"{_named(one)}: {one.title}; văn bản: {one.document}; xác nhận: {one.confirmed_by}.")
    say(
        f"{number(len(seen.moved))} hạn thay đổi, của {number(seen.dossiers)} hồ sơ; "
        f"{number(len(seen.appointments))} ngày hẹn trả rơi vào ngày nghỉ. Không ai bị báo lại điều đã báo."
    )
    if not yes:
        agreed("Có hiệu lực ngay; chỉ trả lại được bằng cách xác nhận điều ngược lại. Ghi vào lịch?")
    _record(app, asked, changes)
    say(f"Đã ghi {', '.join(map(_named, changes))}.")


def _record(app: App, asked: dict[str, Any], changes: tuple[CalendarChange, ...]) -> None:
    """Write the changes down, unless the calendar moved on while they were looked at: then say what stands now."""
    try:
        with writing(app.engine) as db:
            calendar_changes.add(db, changes, after=app.changes)
    except calendar_changes.Overtaken as error:
        laws.refresh(app)
        _changes(app, asked, by=changes[0].by)
        raise Refused("Người khác vừa thay đổi lịch: chưa ghi gì; chạy lại lệnh này để xem lại rồi xác nhận") from error
    laws.refresh(app)


@calendar.command("show")
@click.argument("year", metavar="NĂM", type=click.IntRange(1, 9999))
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def show(context: click.Context, year: int, json_: bool) -> None:
    """Các ngày nghỉ và ngày làm bù của một năm, kèm văn bản; ngày do người xác nhận thay đổi có ghi ai, lúc nào."""
    law, confirmed = laws.standing(settings_of(context))
    notes = law.calendars["default"].explain(date(year, 1, 1), date(year, 12, 31))
    changed = {one.day: one for one in confirmed if one.day is not None}
    if json_:
        as_json([{**asdict(n), "changed_at": iso(changed[n.day].at) if n.day in changed else None} for n in notes])
        return
    as_table(
        ("Ngày", "", "Nội dung", "Văn bản", "Xác nhận"),
        (
            (
                _weekday(n.day),
                "làm việc" if n.working else "nghỉ",
                n.title,
                n.document,
                _who(changed[n.day]) if n.day in changed else _confirmed(n.confirmed_by, projected=n.projected),
            )
            for n in notes
        ),
        empty="Không có ngày nào.",
    )


@calendar.command("compare")
@click.argument("year", metavar="[NĂM]", required=False, type=click.IntRange(1, 9999))
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def compare(context: click.Context, year: int | None, json_: bool) -> int:
    """So lịch với lịch tham khảo (năm nay và năm sau); mã thoát 1 khi có ngày khác mà chưa ai xác nhận.

    Lịch tham khảo là của thư viện holidays: không có văn bản, chỉ để canh chừng.
    """
    law, _ = laws.standing(settings_of(context))
    table = law.calendars["default"]
    today = day_of(SystemClock().now())
    years = (year,) if year else calendar_watch.years_watched(today)
    found = [
        one
        for wanted in years
        for one in calendar_watch.differences(table, wanted, calendar_watch.library_days(wanted))
    ]
    doubted = list(calendar_watch.doubtful(law, today))
    if json_:
        as_json(
            {
                "years": list(years),
                "differences": calendar_watch.as_json(found),
                "doubtful_years": [{"year": one.year, "state": one.state} for one in doubted],
            }
        )
    else:
        told = calendar_watch.CalendarNow(years=tuple(doubted), differences=tuple(found))
        say(tidy(render("calendar/compare.txt", told=told, years=years)).rstrip())
    return 0 if all(one.settled for one in found) else 1


def _changes(app: App, asked: dict[str, Any], *, by: str) -> tuple[CalendarChange, ...]:
    """What was asked for, checked against the calendar in force."""
    proposal = Proposal(at=app.clock.now(), by=by, document=asked["document"].strip(), title=asked["title"].strip())
    try:
        if asked["file"] is not None:
            proposal = proposal.filed(asked["file"])
        if asked["text"]:
            proposal = proposal.worded(asked["text"])
        for swap in asked["swaps"]:
            off, colon, to = swap.partition(":")
            if not colon:
                raise Refused(f"Không hiểu --swap {swap!r}: viết ngày nghỉ:ngày làm bù, như 2026-01-02:2026-01-10")
            proposal = proposal.swapped(day(off), day(to))
        if asked["year"]:
            proposal = proposal.printed(app.law.calendars["default"], asked["year"])
        for off in asked["offs"]:
            proposal = proposal.off(day(off))
        for to in asked["made_ups"]:
            proposal = proposal.made_up(day(to))
        return checked(app.law, proposal)
    except (ChangeRefused, FileRefused) as error:
        raise Refused(str(error)) from error


def _seen(app: App, changes: tuple[CalendarChange, ...]) -> Preview:
    after, now = in_force(app.law, changes), app.clock.now()
    with reading(app.engine) as db:
        live = live_since(db) is not None

        def told(db: Connection, wanted: Collection[tuple[str, str]]) -> Heard:
            return _told(db, wanted, live=live)

        return preview(db, app.register, (app.law, after), days_changed(changes, after), now=now, told=told)


def _told(db: Connection, wanted: Iterable[tuple[str, str]], *, live: bool) -> Heard:
    """The stages told of dossiers, by what they were told for."""
    keys = {key_of(*one): one for one in sorted(wanted)}
    return {
        (kind, *keys[key]): tuple(dict.fromkeys(one.stage for one in some))
        for kind in ((SubjectKind.RECEPTION, SubjectKind.RESULT) if keys else ())
        for key, some in tellings.of(db, kind, list(keys), live=live).items()
    }


def _write(folder: Path, seen: Preview) -> Path:
    name = f"{calendar_tables.words()['file']}-{day_of(seen.now):%Y%m%d}.xlsx"
    return put(folder, name, calendar_tables.workbook(seen))


def _named(one: CalendarChange) -> str:
    if one.day is None:
        return f"năm {one.year}"
    return f"{_weekday(one.day)} {'làm việc' if one.working else 'nghỉ'}"


def _who(change: CalendarChange) -> str:
    return f"{change.by}, ghi lúc {moment(change.at)}" + (" (dự kiến)" if change.projected else "")


def _confirmed(by: str, *, projected: bool) -> str:
    return "dự kiến" if projected else by or "chưa xác nhận"


def _weekday(day: date) -> str:
    return f"{'CN' if day.weekday() == 6 else f'T{day.weekday() + 2}'} {day:%d/%m/%Y}"


COMMANDS = (calendar,)
