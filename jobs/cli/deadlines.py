"""Commands on how deadlines are counted: one dossier's certificate, and the audit of printed appointments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import agency_of, put
from jobs.cli.seen import seen
from jobs.cli.testimonies import asked_for
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.period import ict
from monitor.core.typed import moment_typed
from monitor.reports import appointment_audit, deadline_sheet
from monitor.reports.circumstances import circumstances
from monitor.reports.explain import Explanation, explanation
from monitor.reports.official.print import NotPrinted, pdf
from monitor.reports.official.word import docx
from monitor.reports.render import so
from monitor.store import reading as reading_from
from monitor.store.access import Deed

SHOWN = 50
"""How many rows of an audit the terminal shows; the workbook has all."""


@click.command("explain")
@click.argument("code", metavar="MÃ")
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--at", "at_", default="", help='Tính như lúc ấy ("23/11/2026 08:30"); mặc định: bây giờ.')
@click.option("--known-at", "known_at", default="", help="Chỉ theo những gì chương trình đã đọc, đã ghi đến lúc này.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi PDF, DOCX, TXT vào thư mục này."
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def explain(
    context: click.Context, /, code: str, source: str, *, at_: str, known_at: str, folder: Path | None, json_: bool
) -> None:
    """Bảng tính thời hạn giải quyết: vì sao đến hạn lúc ấy, căn cứ, ngày không tính, thời gian của từng đơn vị."""
    app = app_of(context)
    dossier, known = _known(app, code, source)
    by = _as_of(app, known_at, "--known-at") if known_at else None
    now = by if by and not at_ else _as_of(app, at_, "--at")
    if by:
        dossier, known = _then(dossier, known, by)
    told = explanation(dossier, now, app.law, app.register, known)
    seen(app, Deed.SHOW, f"hồ sơ {dossier.code} ({dossier.source})")
    if folder:
        _write(told, app, folder)
    elif json_:
        as_json(told.as_json())
    else:
        click.echo(told.as_text())


def _as_of(app: App, text: str, option: str) -> datetime:
    now = app.clock.now()
    if not text:
        return now
    found = moment_typed(text)
    if found is None:
        raise Refused(f'Không hiểu lúc {text!r}: ghi ngày và giờ, ví dụ {option} "{ict(now):%d/%m/%Y %H:%M}"')
    if found > now:
        raise Refused(f"{option} {text!r} là lúc chưa đến: ghi một lúc đã qua, hoặc bỏ {option}")
    return found


def _then(dossier: Dossier, known: Circumstances, moment: datetime) -> tuple[Dossier, Circumstances]:
    found = deadline_sheet.as_known(dossier, known, moment)
    if found is None:
        raise Refused(
            f"Đến {ict(moment):%H:%M %d/%m/%Y} chương trình chưa đọc số liệu nào về hồ sơ này: ghi --known-at muộn "
            "hơn, hoặc bỏ đi"
        )
    return found


def _known(app: App, code: str, source: str) -> tuple[Dossier, Circumstances]:
    """The dossier of a code, with what is known beside it."""
    with reading_from(app.engine) as db:
        one = asked_for(db, code, source)
        return one, circumstances(db, [one], app.register)[one.matter]


def _write(told: Explanation, app: App, folder: Path) -> None:
    """The text, and the document for print and for Word; where none can be printed, the others stand all the same."""
    document, name = deadline_sheet.official(told, app.register), deadline_sheet.file_name(told)
    files = {f"{name}.txt": told.as_text().encode(), f"{name}.docx": docx(document)}
    try:
        files[f"{name}.pdf"] = pdf(document)
    except NotPrinted as why:
        say(f"Không in được PDF ({why}); dùng tệp DOCX.", err=True)
    for one, content in sorted(files.items()):
        click.echo(put(folder, one, content))


@click.command("audit")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Ghi tệp XLSX vào thư mục này.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def audit(context: click.Context, agency: str, folder: Path | None, json_: bool) -> None:
    """Ngày hẹn trả trên hệ thống sớm hơn hoặc muộn hơn thời hạn quy định, lệch bao nhiêu, theo quy định nào."""
    app = app_of(context)
    agency = agency_of(app, agency) if agency else ""
    with reading_from(app.engine) as db:
        found = appointment_audit.audited(db, app.register, app.law, app.clock.now(), agency=agency)
    if folder:
        click.echo(put(folder, appointment_audit.file_name(found), appointment_audit.xlsx(found)))
    elif json_:
        as_json(found.as_json())
    else:
        _show(found)


def _show(found: appointment_audit.Audit) -> None:
    words = appointment_audit.words()
    for line in found.summary():
        click.echo(line)
    as_table(
        words["agency_headings"], (tuple(map(str, one.cells())) for one in found.by_agency), empty=words["nothing"]
    )
    if found.rows:
        click.echo("")
        as_table(words["short"], (one.short() for one in found.rows[:SHOWN]), empty="")
    if len(found.rows) > SHOWN:
        click.echo(words["more"].format(shown=so(SHOWN), count=so(len(found.rows))))


COMMANDS = (explain, audit)
