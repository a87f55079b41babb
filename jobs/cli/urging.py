"""Commands about official letters to agencies with late dossiers: draft one, record under what number it went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, say
from jobs.cli.official import BY, agency_of, day, into, said, written
from jobs.notify import NotNotified, Numbered, record
from monitor.core.official_letter import Dispatch, DispatchKind
from monitor.core.period import iso
from monitor.reports.lists.overdue import Overdue, Why, overdue
from monitor.reports.official.filled import OWN, TemplateWrong
from monitor.reports.render import gio, ngay, so, term
from monitor.reports.urging import urging
from monitor.store import dispatches, reading, writing

MOST = 50
_DRAFT = re.compile(r"(?:DT)?0*([1-9][0-9]{0,8})", re.IGNORECASE | re.ASCII)


def _number(typed: str) -> int:
    """The number of a draft, typed as the names of its files have it ("DT5") or bare ("5")."""
    found = _DRAFT.fullmatch(typed.strip())
    if found is None:
        raise Refused(f"Không hiểu số dự thảo {typed!r}: viết như trong tên tệp, ví dụ DT5 (xem tthc dispatch list).")
    return int(found[1])


def _whom(command: Any) -> Any:
    """The options that both letters take."""
    for option in (
        click.option("--agency", default="", help="Cơ quan nhận (khóa hoặc tên)."),
        click.option(
            "--all", "all_", is_flag=True, help="Mọi cơ quan đang có hồ sơ quá hạn, mỗi cơ quan một công văn."
        ),
        click.option("--sender", default="", help="Cơ quan gửi (mặc định: Trung tâm trong danh mục)."),
        into,
    ):
        command = option(command)
    return command


@click.command("urge")
@_whom
@click.pass_context
def urge(context: click.Context, agency: str, all_: bool, sender: str, folder: Path) -> None:
    """Đôn đốc cơ quan có hồ sơ quá hạn, kèm danh sách ở phụ lục."""
    _draft(app_of(context), DispatchKind.URGE, agency, sender, folder, every=all_)


@click.command("explain")
@_whom
@click.pass_context
def explain(context: click.Context, agency: str, all_: bool, sender: str, folder: Path) -> None:
    """Yêu cầu cơ quan giải trình những hồ sơ quá hạn chưa giải trình, kèm danh sách ở phụ lục."""
    _draft(app_of(context), DispatchKind.EXPLAIN, agency, sender, folder, every=all_)


def _draft(app: App, kind: DispatchKind, agency: str, sender: str, folder: Path, *, every: bool) -> None:
    if bool(agency) is every:
        raise Refused("Cho biết công văn gửi ai: --agency KHÓA, hoặc --all cho mọi cơ quan có hồ sơ quá hạn.")
    key, writer = agency_of(app, agency) if agency else "", agency_of(app, sender) if sender else ""
    found, figures = _late(app, kind)
    chosen = _others(app, found, writer) if every else {key: found.get(key, ())}
    if not any(chosen.values()):
        unexplained = " chưa giải trình" if kind is DispatchKind.EXPLAIN else ""
        where = " ở cơ quan khác" if found and every else "" if every else f" ở {app.register.agency_name(key)}"
        raise Refused(f"Không có hồ sơ quá hạn{unexplained}{where}.")
    for whom, late in sorted(chosen.items()):
        _one(app, kind, whom, late, figures, writer, folder)
    say("Sau khi Văn thư phát hành: tthc dispatch record DTn --document … --dated … --signer … --by …")


def _others(app: App, found: dict[str, tuple[Overdue, ...]], sender: str) -> dict[str, tuple[Overdue, ...]]:
    """All but the sender's own and those of the agencies above it: nobody writes to themselves, or urges a superior.

    What is left out is said, with the command that lists it.
    """
    sender = sender or app.register.centre
    own = (sender, *app.register.ancestors(sender))
    for key in sorted(set(own) & set(found)):
        why = "chính cơ quan gửi" if key == sender else "cấp trên của cơ quan gửi"
        say(
            f"{app.register.agency_name(key)} ({why}): {so(len(found[key]))} hồ sơ, không soạn công văn; xem "
            f"tthc report overdue --agency {key}, cần thì soạn riêng với --agency {key}.",
            err=True,
        )
    return {key: late for key, late in found.items() if key not in own}


def _late(app: App, kind: DispatchKind) -> tuple[dict[str, tuple[Overdue, ...]], Mapping[str, datetime]]:
    """What is late now by the agency that a letter goes to, and the list's figures; what nobody can be told is said."""
    now = app.clock.now()
    with reading(app.engine) as db:
        listed = overdue(db, app.register, app.law, now, now)
    for one in listed.stale.values():
        say(
            f"Nguồn {one.source.name} đã lâu không có số liệu mới ({gio(one.as_of)}): không đưa vào công văn.", err=True
        )
    if nobody := sum(one.why is Why.UNKNOWN_UNIT and one.late for one in listed.unjudged):
        say(f"{so(nobody)} hồ sơ quá hạn chưa xác định đơn vị: không vào công văn nào.", err=True)
    unexplained = kind is DispatchKind.EXPLAIN
    found = {key: tuple(one for one in rows if not (unexplained and one.explanation)) for key, rows in listed.groups()}
    return {key: some for key, some in found.items() if some}, listed.figures


def _one(
    app: App,
    kind: DispatchKind,
    agency: str,
    late: tuple[Overdue, ...],
    figures: Mapping[str, datetime],
    sender: str,
    folder: Path,
) -> None:
    """One letter; the draft of the same list that still waits for its number is the same draft."""
    now, delays = app.clock.now(), tuple(one.delay for one in late)
    with writing(app.engine) as db:
        number = dispatches.waiting(db, kind, agency, delays) or dispatches.draft(db, kind, agency, delays, at=now)
    own = app.settings.var_dir / OWN
    draft = urging(
        app.register,
        app.law,
        kind,
        agency,
        late,
        now=now,
        figures=figures,
        handle=f"DT{number}",
        sender=sender,
        own=own,
    )
    say(f"Dự thảo DT{number}, {term(kind)}: {app.register.agency_name(agency)}, {so(len(late))} hồ sơ.")
    try:
        suffixes = written(draft.files(), folder)
    except TemplateWrong as error:
        raise Refused(str(error)) from error
    if ".pdf" not in suffixes:
        say("Máy này không dàn được bản PDF: dùng bản Word.", err=True)


@click.group("dispatch")
def dispatch() -> None:
    """Công văn đôn đốc, yêu cầu giải trình: ghi số đã phát hành. Công văn đã ghi số được tính là đã báo."""


@dispatch.command("record")
@click.argument("number", metavar="SỐ-DỰ-THẢO")
@click.option("--document", required=True, help='Số, ký hiệu đã phát hành: "123/UBND-KSTTHC".')
@click.option("--dated", required=True, help='Ngày văn bản: "25/11/2026".')
@click.option("--signer", required=True, help="Người ký.")
@click.option("--by", required=True, help=BY)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def record_(context: click.Context, /, number: str, json_: bool, **typed: str) -> None:
    """Ghi số, ngày của dự thảo đã phát hành (DT5 hoặc 5); thủ trưởng, đầu mối cơ quan nhận coi như đã được báo."""
    app = app_of(context)
    given = Numbered(
        document=said(typed["document"], "Số văn bản (--document)"),
        dated=day(typed["dated"]),
        signer=said(typed["signer"], "Người ký (--signer)"),
        by=said(typed["by"], "Người ghi (--by)"),
    )
    try:
        done = record(app, _number(number), given, app.clock.now())
    except NotNotified as error:
        raise Refused(str(error)) from error
    if json_:
        as_json(_facts(done.dispatch) | {"told": done.told, "asked": done.asked})
        return
    whom = app.register.agency_name(done.dispatch.agency)
    say(
        f"Đã ghi văn bản {given.document} ngày {ngay(given.dated)} gửi {whom}, {so(len(done.dispatch.delays))} hồ sơ; "
        f"{so(done.told)} lượt báo tới thủ trưởng, đầu mối coi như đã báo; {so(done.asked)} hồ sơ được hỏi nguyên nhân."
    )


@dispatch.command("list")
@click.option("--agency", default="", help="Chỉ cơ quan nhận này (khóa hoặc tên).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=MOST, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, agency: str, limit: int, json_: bool) -> None:
    """Các dự thảo và công văn đã ghi số, mới nhất trước."""
    app = app_of(context)
    key = agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        some = dispatches.latest(db, most=limit, agency=key)
    if json_:
        as_json([_facts(one) for one in some])
        return
    as_table(
        ("Dự thảo", "Loại", "Cơ quan nhận", "Soạn lúc", "Hồ sơ", "Văn bản", "Ngày", "Người ký"),
        (
            (
                f"DT{one.number}",
                term(one.kind),
                app.register.agency_name(one.agency),
                moment(one.drafted_at),
                so(len(one.delays)),
                one.document or "chưa ghi số",
                ngay(one.dated) if one.dated else "–",
                one.signer or "–",
            )
            for one in some
        ),
        empty="Chưa soạn công văn nào: tthc draft urge --all",
    )


def _facts(one: Dispatch) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "agency": one.agency,
        "drafted_at": iso(one.drafted_at),
        "delays": len(one.delays),
        "document": one.document,
        "dated": one.dated,
        "signer": one.signer,
        "recorded_at": iso(one.recorded_at),
        "by": one.by,
    }


COMMANDS = (dispatch,)
