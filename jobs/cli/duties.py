"""Commands about the duties of official letters: how they stand, what was done about them, a report on one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from jobs import duty_record
from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import BY, FILE, MOST_FILE, agency_of, day, into, said, written
from jobs.duty_record import Entered, NotRecorded
from jobs.orders import names_of
from monitor.core.duty import Part
from monitor.core.period import iso
from monitor.core.progress import ProgressKind
from monitor.reports.duties import DutyNow, PartNow, duties_now
from monitor.reports.duty_dossiers import tally
from monitor.reports.duty_list import headings, rows
from monitor.reports.duty_report import files
from monitor.reports.duty_sheet import DutySheet, duty_json, sheet, sheet_json
from monitor.reports.letters import tidy
from monitor.reports.mode import live_since
from monitor.reports.render import ngay, render, term
from monitor.store import reading

MOST_LINES = 6
"""So many agencies of a duty are listed; `show` has all."""
_KINDS = [kind.value for kind in ProgressKind if kind is not ProgressKind.OBSTACLE]
_MEANING = ", ".join(f"{kind} ({term(ProgressKind(kind))})" for kind in _KINDS)
_F = TypeVar("_F", bound=Callable[..., Any])
KEY = click.argument("key", metavar="MÃ")
AS_JSON = click.option("--json", "json_", is_flag=True, help="In JSON.")


@click.group()
def obligations() -> None:
    """Nhiệm vụ được giao tại văn bản chỉ đạo."""


@obligations.command("list")
@click.option("--all", "all_", is_flag=True, help="Cả nhiệm vụ đã xong.")
@click.option("--agency", default="", help="Chỉ của một cơ quan chủ trì: mã hoặc tên.")
@AS_JSON
@click.pass_context
def list_(context: click.Context, /, all_: bool, agency: str, json_: bool) -> None:
    """Các nhiệm vụ của danh mục và của văn bản đã xác nhận, hạn gần nhất trước."""
    app = app_of(context)
    now, lead = app.clock.now(), agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        some = [one for one in duties_now(db, app.register, app.law, now) if all_ or not one.done]
    if lead:
        some = [_only(one, lead) for one in some if one.of(lead)]
        some = [one for one in some if all_ or not one.done]
    if json_:
        as_json([duty_json(one) for one in some])
    elif some:
        say(tidy(render("duties/list.txt", some=some, all_=all_, most=MOST_LINES, names=_names(app))).rstrip())
    else:
        say("Không có nhiệm vụ đang theo dõi; thêm --all để xem cả nhiệm vụ đã xong.")


def _only(one: DutyNow, agency: str) -> DutyNow:
    return DutyNow(duty=one.duty, known=one.known, parts=one.of(agency))


def _names(app: App) -> Callable[[list[str]], str]:
    return lambda keys: names_of(app.register, keys)


@obligations.command("show")
@KEY
@click.option("--agency", default="", help="Chỉ phần của một cơ quan chủ trì: mã hoặc tên.")
@AS_JSON
@click.pass_context
def show(context: click.Context, /, key: str, agency: str, json_: bool) -> None:
    """Một nhiệm vụ: từng cơ quan, việc đã ghi, đã báo ai lúc nào, hồ sơ của phụ lục."""
    app = app_of(context)
    told = _sheet(app, key, app.clock.now(), agency_of(app, agency) if agency else "")
    if json_:
        as_json(sheet_json(told))
        return
    facts = {"told": told, "count": tally(told.listed), "names": _names(app)}
    say(tidy(render("duties/show.txt", **facts)).rstrip())
    if told.listed:
        as_table(headings(), rows(told.listed, app.law, app.clock.now()), empty="")


def _sheet(app: App, key: str, now: datetime, agency: str = "") -> DutySheet:
    try:
        one = duty_record.standing(app, key, now)
    except NotRecorded as error:
        raise Refused(str(error)) from error
    if agency and not one.of(agency):
        raise Refused(f"{app.register.agency_name(agency)} không chủ trì nhiệm vụ này.")
    one = _only(one, agency) if agency else one
    with reading(app.engine) as db:
        return sheet(db, app.register, app.law, one, now, live=live_since(db) is not None)


def _of_whom(command: _F) -> _F:
    """Whose part, and of which period."""
    period = "Ngày cuối của kỳ, với nhiệm vụ định kỳ (mặc định: kỳ sớm nhất chưa xong)."
    for option in (
        click.option("--by", required=True, help=BY),
        click.option("--file", type=FILE, help="Tệp văn bản, được giữ lại."),
        click.option("--dated", default="", help='Ngày văn bản: "08/3/2024".'),
        click.option("--document", default="", help="Số, ký hiệu văn bản."),
        click.option("--period", default="", help=period),
        click.option("--agency", default="", help="Cơ quan chủ trì: mã hoặc tên; một cơ quan thì không cần."),
    ):
        command = option(command)
    return command


@obligations.command("record", help=f"Ghi một việc của nhiệm vụ. LOẠI: {_MEANING}.")
@KEY
@click.argument("kind", metavar="LOẠI", type=click.Choice(_KINDS))
@_of_whom
@click.option("--due", default="", help="Với extended: ngày được gia hạn đến hết.")
@click.option("--text", default="", help="Nội dung: giao cho ai, vì sao trả lại, giải quyết thế nào.")
@AS_JSON
@click.pass_context
def record(context: click.Context, /, key: str, kind: str, due: str, text: str, json_: bool, **given: Any) -> None:
    """Ghi một việc của nhiệm vụ."""
    entered = _entered(context, key, ProgressKind(kind), text, given)
    _record(context, Entered(**{**entered, "due": day(due) if due else None}), json_=json_)


@obligations.command("done")
@KEY
@_of_whom
@click.option("--text", default="", help="Kết quả.")
@AS_JSON
@click.pass_context
def done(context: click.Context, /, key: str, text: str, json_: bool, **given: Any) -> None:
    """Ghi nhiệm vụ đã xong, không cần ý kiến nữa; như record MÃ accepted."""
    _record(context, Entered(**_entered(context, key, ProgressKind.ACCEPTED, text, given)), json_=json_)


@obligations.command("obstacle")
@KEY
@_of_whom
@click.option("--text", required=True, help="Vướng mắc, bất cập gì; không ghi tên người nộp hồ sơ.")
@AS_JSON
@click.pass_context
def obstacle(context: click.Context, /, key: str, text: str, json_: bool, **given: Any) -> None:
    """Ghi vướng mắc, bất cập: báo nơi nhận báo cáo ở phiên sau, nhắc cho đến khi ghi resolved."""
    _record(context, Entered(**_entered(context, key, ProgressKind.OBSTACLE, text, given)), json_=json_)


def _entered(context: click.Context, key: str, kind: ProgressKind, text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, checked as far as it stands for itself."""
    app, file = app_of(context), given["file"]
    if file and file.stat().st_size > MOST_FILE:
        raise Refused(f"Tệp {file} lớn quá {MOST_FILE // 1024**2} MB: chụp lại nhỏ hơn.")
    return {
        "duty": key,
        "kind": kind,
        "by": said(given["by"], "Người ghi (--by)"),
        "agency": agency_of(app, given["agency"]) if given["agency"] else "",
        "period": day(given["period"]) if given["period"] else None,
        "document": " ".join(given["document"].split()),
        "dated": day(given["dated"]) if given["dated"] else None,
        "text": said(text, "Nội dung (--text)") if text else "",
        "file": file,
    }


def _record(context: click.Context, entered: Entered, *, json_: bool) -> None:
    app = app_of(context)
    try:
        some = duty_record.record(app, entered, app.clock.now())
    except NotRecorded as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"Không giữ được tệp ({error.strerror}): kiểm tra quyền và chỗ trống của đĩa.") from error
    if json_:
        as_json([_part(one) for one in some])
        return
    for one in some:
        name = app.register.agency_name(one.part.agency)
        say(f"Đã ghi {term(entered.kind)}: {name}{_period(one.part)} – {term(one.state)}{_until(one)}.")


def _part(one: PartNow) -> dict[str, Any]:
    end = one.part.occasion.end
    return {"agency": one.part.agency, "period_end": iso(end), "state": one.state, "last_working_day": one.last}


def _period(part: Part) -> str:
    end = part.occasion.end
    return f", kỳ hết {ngay(end)}" if end else ""


def _until(one: PartNow) -> str:
    return f", ngày làm việc cuối {ngay(one.last)}" if one.last else ""


@obligations.command("report")
@KEY
@click.option("--agency", default="", help="Cơ quan báo cáo: mã hoặc tên (mặc định: cơ quan chủ trì, hoặc Trung tâm).")
@into
@click.pass_context
def report(context: click.Context, /, key: str, agency: str, folder: Path) -> None:
    """Soạn dự thảo báo cáo kết quả (Word, PDF; số, ngày, chữ ký để trống) và danh sách hồ sơ (Excel)."""
    app = app_of(context)
    now = app.clock.now()
    told = _sheet(app, key, now)
    leads = told.now.duty.agencies
    chosen = agency_of(app, agency) if agency else leads[0] if len(leads) == 1 else app.register.centre
    written(files(told, chosen, app.register, app.law, now), folder)
    say("Dự thảo: số, ngày, chữ ký để trống; chương trình không gửi.", err=True)


COMMANDS = (obligations,)
