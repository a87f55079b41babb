"""Commands about the duties of official letters."""

from __future__ import annotations

from datetime import date

import click

from jobs import laws
from jobs.cli.ground import as_json, settings_of
from jobs.clock import SystemClock
from monitor.core.obligation import DueKind, DutyState, Obligation, last_working_day, state
from monitor.core.period import ict
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import load_register
from monitor.reports.render import term


@click.group()
def obligations() -> None:
    """Nhiệm vụ được giao tại văn bản chỉ đạo."""


@obligations.command("list")
@click.option("--all", "all_", is_flag=True, help="Cả nhiệm vụ đã xong.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, all_: bool, json_: bool) -> None:
    """Các nhiệm vụ trong danh mục, hạn gần nhất trước."""
    settings = settings_of(context)
    register, official = load_register(settings.register), laws.standing(settings)[0].calendars["default"]
    today = ict(SystemClock().now()).date()
    chosen = [duty for duty in register.duties if all_ or not duty.closed]
    duties = sorted(chosen, key=lambda duty: (duty.due or date.max, duty.key))
    if json_:
        as_json([_as_json(duty, today, official) for duty in duties])
        return
    for duty in duties:
        click.echo(_told(duty, ", ".join(map(register.agency_name, duty.agencies)), today, official))
    if not duties:
        click.echo("Không có nhiệm vụ đang theo dõi; thêm --all để xem cả nhiệm vụ đã xong.")


def _told(duty: Obligation, agencies: str, today: date, official: WorkCalendar) -> str:
    """Four lines, since a table would cut the names short."""
    before = "trước " if duty.due_kind is DueKind.BEFORE else ""
    last, standing = _reckoned(duty, today, official)
    due = f"hạn: {before}{_day(duty.due)} (ngày làm việc cuối: {_day(last)})" if duty.due else "không ghi ngày"
    lines = (
        f"{duty.key} · {term(standing) if standing else 'chưa có lịch'}",
        duty.title,
        f"{agencies} · {due}",
        ", ".join(filter(None, (duty.letter, duty.place))),
    )
    return "\n  ".join(lines) + "\n"


def _as_json(duty: Obligation, today: date, official: WorkCalendar) -> dict[str, object]:
    last, standing = _reckoned(duty, today, official)
    return duty.as_json() | {"last_working_day": last.isoformat() if last else None, "state": standing}


def _reckoned(duty: Obligation, today: date, official: WorkCalendar) -> tuple[date | None, DutyState | None]:
    """The last working day in time and how the duty stands; nothing where the calendar does not know the year."""
    try:
        return last_working_day(duty, official), state(duty, today, official)
    except CalendarUnknown:
        return None, None


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else "–"


COMMANDS = (obligations,)
