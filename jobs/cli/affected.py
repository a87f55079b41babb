"""Commands about dossiers that an interruption met: the list of them, and time left out by a named person's word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jobs.app import App
from jobs.cli.ground import Refused, agreed, app_of, as_json, number, say
from jobs.cli.official import put
from monitor.core.mask import mask
from monitor.core.pause import ApprovedPause
from monitor.reports import affected as reports
from monitor.reports.affected import Line, Reached, reached
from monitor.reports.handle import HandleUnknown, find
from monitor.reports.letters import tidy
from monitor.reports.record import record_of
from monitor.reports.render import render, term
from monitor.store import pauses, projection, reading, writing

BATCH = 500
"""So many are written in one short transaction; told again, what was broken off in between is written once."""


@click.command("affected")
@click.argument("handle", metavar="MÃ")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi bảng XLSX vào thư mục này.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def affected(context: click.Context, handle: str, folder: Path | None, json_: bool) -> None:
    """Hồ sơ của thủ tục được nộp, tiếp nhận, đến hạn trong thời gian gián đoạn: số phút làm việc mất, ai chịu."""
    found = _reached(app_of(context), handle)
    if folder:
        say(f"Đã ghi {_write(folder, found)}", err=json_)
    if json_:
        as_json(reports.as_json(found))
    elif not folder:
        say(tidy(render("affected/list.txt", found=found)).rstrip())


@click.command("pause")
@click.argument("handle", metavar="MÃ")
@click.option("--dossier", "codes", multiple=True, help="Mã hồ sơ được trừ thời gian; ghi nhiều lần cho nhiều hồ sơ.")
@click.option("--all", "all_", is_flag=True, help="Mọi hồ sơ có đề nghị trừ thời gian.")
@click.option("--document", required=True, help='Văn bản cho trừ thời gian: "123/SCT-VP ngày 24/11/2026".')
@click.option("--reason", default="", help="Lý do, nếu cần ghi thêm.")
@click.option("--by", required=True, help="Người duyệt: họ tên, chức danh.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def pause(
    context: click.Context,
    /,
    handle: str,
    codes: tuple[str, ...],
    all_: bool,
    document: str,
    reason: str,
    by: str,
    yes: bool,
) -> None:
    """Trừ thời gian gián đoạn cho hồ sơ, theo văn bản; chỉ đổi hạn chương trình tự tính, không đổi ngày hẹn in ra."""
    if not document.strip() or not by.strip():
        raise Refused('Thiếu văn bản hoặc người duyệt: --document "số, ngày" --by "họ tên, chức danh"')
    app = app_of(context)
    found = _reached(app, handle)
    if found.refused:
        raise Refused(f"Không trừ thời gian của gián đoạn {found.record.handle} được: {term(found.refused)}.")
    lines = _chosen(found, codes, all_=all_)
    if all_ and not yes:
        agreed(f"Trừ thời gian cho {number(len(lines))} hồ sơ; ghi rồi không xóa được. Tiếp tục?")
    said = {"document": document.strip(), "reason": mask(reason.strip()), "by": by.strip()}
    made = [_pause(app, found, line, **said) for line in lines]
    written = list[ApprovedPause]()
    for at in range(0, len(made), BATCH):
        with writing(app.engine) as db:
            some = [one for one in made[at : at + BATCH] if pauses.add_once(db, one) is not None]
            projection.reckon_anew(db, (one.matter for one in some), app.clock.now())
        written += some
    say(f"Đã ghi trừ thời gian cho {number(len(written))} hồ sơ, theo {document.strip()}; người duyệt: {by.strip()}.")
    if len(written) < len(made):
        say(f"{number(len(made) - len(written))} hồ sơ đã được ghi trước đó, giữ nguyên.")


def _reached(app: App, handle: str) -> Reached:
    with reading(app.engine) as db:
        try:
            service, one = find(db, app.register, app.law, handle)
        except HandleUnknown as error:
            raise Refused(str(error)) from error
        record = record_of(db, app.register, app.law, service, one, now=app.clock.now())
        return reached(db, app.register, app.law, record)


def _chosen(found: Reached, codes: tuple[str, ...], *, all_: bool) -> tuple[Line, ...]:
    """The dossiers meant: those named, or all that may be approved."""
    if all_ == bool(codes):
        raise Refused("Nói trừ cho hồ sơ nào: --dossier MÃ (nhiều lần được), hoặc --all")
    handle = found.record.handle
    if all_:
        if not found.candidates:
            raise Refused(f"Không còn hồ sơ nào được đề nghị trừ thời gian của gián đoạn {handle}.")
        return found.candidates
    by_code = {line.met.dossier.code: line for line in found.lines}
    return tuple(_one(by_code, code.strip().upper(), handle) for code in dict.fromkeys(codes))


def _one(by_code: dict[str, Line], code: str, handle: str) -> Line:
    line = by_code.get(code)
    if line is None:
        raise Refused(f"Hồ sơ {code} không gặp gián đoạn ấy; xem danh sách: tthc interruption affected {handle}")
    if line.pause is not None:
        raise Refused(f"Hồ sơ {code} đã được trừ thời gian theo {line.pause.document}; {line.pause.by} duyệt.")
    if line.candidate is None:
        raise Refused(f"Hồ sơ {code} không mất giờ làm việc nào vì gián đoạn ấy: không có gì để trừ.")
    return line


def _pause(app: App, found: Reached, line: Line, **said: Any) -> ApprovedPause:
    record = found.record
    assert line.candidate is not None  # noqa: S101 - only such lines are chosen
    return ApprovedPause(
        matter=line.met.dossier.matter,
        span=line.candidate,
        service=record.service.code,
        target=record.target.key,
        first_bad=record.interruption.first_bad,
        at=app.clock.now(),
        **said,
    )


def _write(folder: Path, found: Reached) -> Path:
    begun = found.record.handle[:16].replace(":", "").replace("T", "-")
    return put(folder, f"{reports.words()['file']}-{begun}.xlsx", reports.workbook(found))
