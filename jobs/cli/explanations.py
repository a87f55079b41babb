"""Commands about why dossiers are late: an official letter entered, a workbook out and in, what was said so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jobs import explained
from jobs.app import App
from jobs.cli.choice import Listed, Words
from jobs.cli.explanation_link import link
from jobs.cli.explanation_sheets import export, import_
from jobs.cli.explanation_words import (
    by_when,
    code_of,
    facts_of,
    incoming_of,
    owed_of,
    rests_on,
    say_asked,
    say_given,
    short,
    with_doubts,
)
from jobs.cli.ground import Refused, app_of, as_json, as_table, as_typed, say
from jobs.cli.official import BY, FILE, agency_of, day, kept, said, tell_masked
from jobs.cli.seen import seen
from jobs.cli.testimonies import asked_for
from jobs.cli.unasked import not_asked
from jobs.explained import Chosen, Explained, Letter, NotExplained
from monitor.core.answer import Answer, AnswerRefused
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.explanation import DelayCause, Road
from monitor.core.finding import FindingKind
from monitor.core.mask import mask
from monitor.core.period import day_of, iso
from monitor.reports.circumstances import circumstances
from monitor.reports.explaining import answered_for, in_words, latenesses, owing
from monitor.reports.render import gio, hoa, ngay, so, term
from monitor.store import explanations, reading
from monitor.store.access import Deed

CAUSES = {term(cause): cause for cause in DelayCause}
KINDS = {"tiep-nhan": FindingKind.RECEPTION, "tra-ket-qua": FindingKind.RESULT}
_CAUSE = "Nguyên nhân, theo số hoặc tên: " + "; ".join(f"{n} {word}" for n, word in enumerate(CAUSES, 1)) + "."
MOST = 50


@click.group("explanations")
def group() -> None:
    """Giải trình nguyên nhân chậm: ghi công văn cho nhiều hồ sơ, xuất và nhận tệp Excel, xem đã giải trình gì."""


@group.command("record")
@click.argument("codes", metavar="MÃ...", nargs=-1)
@click.option("--codes", "file_of_codes", type=FILE, help="Tệp văn bản ghi mã hồ sơ, mỗi dòng một mã.")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--agency", default="", help="Cơ quan giải trình (mặc định: cơ quan chịu trách nhiệm của các hồ sơ).")
@click.option("--kind", type=Words(KINDS), help="Chỉ lần chậm này (mặc định: cả chậm tiếp nhận, chậm trả kết quả).")
@click.option("--document", required=True, help='Số công văn: "123/SCT-VP".')
@click.option("--dated", required=True, help='Ngày công văn: "20/11/2026".')
@click.option("--signer", required=True, help="Người ký, chức danh.")
@click.option("--file", "file", type=FILE, help="Bản chụp công văn.")
@click.option("--cause", required=True, type=Listed(CAUSES, "nguyên nhân"), metavar="SỐ", help=_CAUSE)
@click.option("--text", default="", help="Giải thích; không ghi tên, số giấy tờ của người nộp hồ sơ.")
@click.option("--remedy", default="", help="Biện pháp khắc phục.")
@click.option("--expected", default="", help='Ngày dự kiến xong: "30/11/2026".')
@click.option("--given-by", default="", help="Người giải trình (mặc định: người ký).")
@click.option("--skip-bad", is_flag=True, help="Bỏ qua mã không dùng được, ghi các mã còn lại.")
@click.option("--by", required=True, help=BY + " Ghi là nhập thay cơ quan.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def record(context: click.Context, /, codes: tuple[str, ...], json_: bool, **typed: Any) -> None:
    """Ghi một công văn giải trình cho một hay nhiều hồ sơ: ghi hết hoặc không ghi gì."""
    app = app_of(context)
    now, agency = app.clock.now(), agency_of(app, typed["agency"]) if typed["agency"] else ""
    every = [*codes, *(_listed(typed["file_of_codes"]) if typed["file_of_codes"] else ())]
    if not every:
        raise Refused("Chưa có mã hồ sơ nào: ghi các mã sau lệnh, hoặc --codes TỆP.")
    answer = Answer(
        cause=typed["cause"],
        text=typed["text"],
        remedy=typed["remedy"],
        expected=day(typed["expected"]) if typed["expected"] else None,
        road=Road.LETTER,
        given_by=typed["given_by"] or typed["signer"],
        entered_by=said(typed["by"], "Người ghi (--by)"),
    )
    dated = day(typed["dated"])
    if dated > day_of(now):
        raise Refused(f"Ngày công văn {ngay(dated)} còn ở tương lai: xem lại --dated.")
    try:
        with reading(app.engine) as db:
            which = explained.chosen(db, app, every, now, source=typed["source"], agency=agency, kind=typed["kind"])
        _tell_unusable(which, skip=typed["skip_bad"])
        letter = Letter(
            document=said(typed["document"], "Số công văn (--document)"),
            dated=dated,
            signer=said(typed["signer"], "Người ký (--signer)"),
            file_sha256=kept(app, typed["file"]),
            file_name=mask(typed["file"].name) if typed["file"] else "",
        )
        done = explained.record(app, which, letter, answer, now)
    except AnswerRefused as error:
        raise Refused(str(error)) from error
    except NotExplained as error:
        raise Refused("\n".join(error.lines)) from error
    tell_masked(("phần giải thích", answer.text), ("biện pháp", answer.remedy), ("người giải trình", answer.given_by))
    _recorded(app, done, json_=json_)


def _listed(path: Path) -> list[str]:
    """The codes of a text file, one a line; what stands after a comma, a semicolon or a tab is somebody's note."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"Không đọc được {path}: lưu thành tệp văn bản UTF-8, mỗi dòng một mã hồ sơ.") from error
    cells = (line.replace(";", ",").replace("\t", ",").partition(",")[0].strip().strip('"') for line in lines)
    return [cell for cell in cells if cell and not cell.startswith("#")]


def _tell_unusable(which: Chosen, *, skip: bool) -> None:
    for line in which.unusable:
        say(line, err=True)
    if which.unusable and not skip:
        raise Refused(f"Chưa ghi gì vì {so(len(which.unusable))} mã trên: bỏ các mã ấy, hoặc thêm --skip-bad.")


def _recorded(app: App, done: Explained, *, json_: bool) -> None:
    with reading(app.engine) as db:
        facts = with_doubts(db, app, explanations.latest(db, (one.delay for one in done.late)).values())
    if json_:
        as_json(
            {
                "incoming": incoming_of(done.incoming),
                "dossiers": sorted({one.dossier.code for one in done.late}),
                "written": len(done.new),
                "explanations": [facts_of(*some, incoming=done.incoming) for some in facts],
            }
        )
        return
    came, codes = done.incoming, {one.dossier.code for one in done.late}
    say(
        f"Công văn {came.document} ngày {ngay(came.dated)} của {app.register.agency_name(came.agency)}: "
        f"giải trình {so(len(codes))} hồ sơ ({so(len(done.late))} lần chậm)."
    )
    say(f"Ghi mới {so(len(done.new))}, đã ghi từ trước {so(len(done.late) - len(done.new))}; {came.by} nhập thay.")
    for one, dossier, doubts in facts:
        if doubts:
            say(f"Đối chiếu: {code_of(one, dossier)}: {'; '.join(map(term, doubts))}.")


@group.command("list")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--open", "open_", is_flag=True, help="Những hồ sơ đã hỏi mà chưa giải trình.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=MOST, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, agency: str, open_: bool, limit: int, json_: bool) -> None:
    """Lời giải trình đã ghi, mới nhất trước; --open: hồ sơ còn phải giải trình, hạn sớm nhất trước."""
    app = app_of(context)
    key = agency_of(app, agency) if agency else ""
    whose = answered_for(app.register, key) if key else frozenset()
    if open_:
        _list_open(app, key, whose, limit, json_=json_)
        return
    with reading(app.engine) as db:
        some = explanations.newest(db, most=limit, agencies=whose)
        facts = with_doubts(db, app, some)
        came = explanations.incoming(db, (one.incoming for one in some if one.incoming))
    seen(app, Deed.LIST, f"lời giải trình ({key or 'mọi cơ quan'}): {len(some)}")
    if json_:
        as_json([facts_of(*one, incoming=came.get(one[0].incoming or 0)) for one in facts])
        return
    as_table(
        ("Lúc ghi", "Mã hồ sơ", "Chậm", "Cơ quan", "Giải trình", "Căn cứ", "Đối chiếu"),
        (
            (
                gio(one.at),
                code_of(one, dossier),
                term(one.delay.kind),
                app.register.agency_name(one.agency),
                short(in_words(one, hoa(term(one.cause)))),
                rests_on(one, came),
                "; ".join(map(term, doubts)) or "–",
            )
            for one, dossier, doubts in facts
        ),
        empty="Chưa có lời giải trình nào.",
    )


def _list_open(app: App, agency: str, whose: frozenset[str], limit: int, *, json_: bool) -> None:
    now = app.clock.now()
    with reading(app.engine) as db:
        some = owing(db, app.law, now, whose)
        unasked = "" if some else not_asked(db, app, agency)
    shown = some[:limit]
    seen(app, Deed.LIST, f"hồ sơ còn phải giải trình ({', '.join(sorted(whose)) or 'mọi cơ quan'}): {len(shown)}")
    if json_:
        as_json([owed_of(one) for one in shown])
        return
    as_table(
        ("Mã hồ sơ", "Chậm", "Cơ quan", "Hỏi lúc", "Hạn giải trình"),
        (
            (
                one.late.dossier.code,
                term(one.late.delay.kind),
                app.register.agency_name(one.request.agency),
                gio(one.request.asked_at),
                by_when(one, now),
            )
            for one in shown
        ),
        empty=as_typed(unasked or "Không còn hồ sơ nào phải giải trình."),
    )
    if len(some) > limit:
        say(f"Chỉ in {so(limit)} trong {so(len(some))}; thêm --limit để xem nhiều hơn.")


@group.command("show")
@click.argument("code", metavar="MÃ")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def show(context: click.Context, code: str, source: str, json_: bool) -> None:
    """Một hồ sơ: đã hỏi lúc nào, đã giải trình gì, điều gì chưa khớp số liệu."""
    app = app_of(context)
    now = app.clock.now()
    with reading(app.engine) as db:
        told = asked_for(db, code, source)
        known = circumstances(db, [told]).get(told.matter, NOTHING_KNOWN)
        standing = [one.delay for one in latenesses(told, now, app.law, known)]
        every = explanations.of_matter(db, told.matter)
        asked, said_of = explanations.requests(db, standing), explanations.latest(db, standing)
        facts = with_doubts(db, app, every)
        came = explanations.incoming(db, (one.incoming for one in every if one.incoming))
    seen(app, Deed.SHOW, f"giải trình của hồ sơ {told.code} ({told.source})")
    if json_:
        as_json(
            {
                "code": told.code,
                "asked": [{"kind": d.kind, "at": iso(one.asked_at), "due": iso(one.due)} for d, one in asked.items()],
                "explanations": [facts_of(*one, incoming=came.get(one[0].incoming or 0)) for one in facts],
            }
        )
        return
    say(f"Hồ sơ {told.code} (nguồn {told.source}): {told.procedure} {told.procedure_name}".rstrip())
    say_asked(standing, asked, said_of)
    for one, _, doubts in facts:
        say_given(one, doubts, came)


group.add_command(export)
group.add_command(import_)
group.add_command(link)
COMMANDS = (group,)
