"""Commands about apologies for results not ready in time: draft one, record the one sent, list them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from jobs import project
from jobs.apologise import Given, NotRecorded, Recorded, after_cut_off, day_off, record
from jobs.app import App
from jobs.cli.dossier_words import status
from jobs.cli.ground import Refused, app_of, as_json, as_table, say
from jobs.cli.official import BY, FILE, agency_of, day, into, kept, said, stamp, tell_masked, written
from jobs.cli.seen import seen
from jobs.cli.testimonies import asked_for
from monitor.core.answer import tidied
from monitor.core.apology import Apology, used_up
from monitor.core.law import RuleUnknown
from monitor.core.period import day_of, iso
from monitor.core.phase import Phase, ended, phase_of
from monitor.core.reappointment import ApologyEffect, effect
from monitor.reports.apology_draft import ApologyDraft, NoAppointment, apology_draft
from monitor.reports.circumstances import circumstances
from monitor.reports.official.filled import TemplateWrong
from monitor.reports.render import gio, ngay, so, term, thu
from monitor.store import apologies, matters, reading
from monitor.store.access import Deed

MOST = 50


@click.group("apology")
def apology() -> None:
    """Văn bản xin lỗi vì không trả kết quả đúng hẹn: soạn dự thảo, ghi văn bản đã gửi."""


@apology.command("draft")
@click.argument("codes", metavar="MÃ...", nargs=-1, required=True)
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--new-date", "new", default="", help='Ngày hẹn lại: "04/12/2026" hoặc "16:30 04/12/2026".')
@click.option("--reason", default="", help="Lý do chậm, in vào dự thảo; không lưu lại.")
@into
@click.pass_context
def draft(context: click.Context, codes: tuple[str, ...], source: str, new: str, reason: str, folder: Path) -> None:
    """Soạn dự thảo văn bản xin lỗi (Word, PDF); số, ngày, chữ ký, tên và địa chỉ người nộp để trống."""
    app = app_of(context)
    with reading(app.engine) as db:
        drafts = [_draft(db, app, code, source, new, reason) for code in dict.fromkeys(codes)]
    tell_masked(("lý do", reason))
    for one in drafts:
        try:
            suffixes = written(one.files(), folder)
        except TemplateWrong as error:
            raise Refused(str(error)) from error
        if ".pdf" not in suffixes:
            say("Không làm được bản PDF (mẫu có hình vẽ, ô gộp, hoặc máy thiếu phông): dùng bản Word.", err=True)


def _draft(db: Connection, app: App, code: str, source: str, new: str, reason: str) -> ApologyDraft:
    dossier = asked_for(db, code, source)
    if phase_of(dossier) is Phase.ENDED:
        done = ended(dossier)
        when = f" ngày {ngay(done)}" if done is not None else ""
        raise Refused(f"Hồ sơ {dossier.code} đã kết thúc{when} ({status(dossier.status)}): không còn gì để hẹn lại.")
    known = circumstances(db, [dossier])[dossier.matter]
    before = known.apologies
    now, begun = app.clock.now(), dossier.received or dossier.filed
    if (rule := used_up(before, app.law, day_of(begun or now))) is not None:
        last = before[-1]
        raise Refused(
            f"Hồ sơ {dossier.code} đã hẹn lại bằng văn bản {last.document} ngày {ngay(last.dated)}; chỉ được hẹn lại "
            f"{rule.value} {rule.unit}, theo {rule.citation}. Không soạn lần nữa: giải quyết ngay, báo cáo lãnh đạo."
        )
    new_date = stamp(new) if new else None
    if new_date and dossier.appointment and day_of(new_date) <= day_of(dossier.appointment):
        raise Refused(f"Ngày hẹn lại {gio(new_date)} không sau ngày hẹn cũ {gio(dossier.appointment)}.")
    if new_date and (off := day_off(app.law, dossier, day_of(new_date))) is not None:
        raise Refused(
            f"Ngày hẹn lại {ngay(off.day)} ({thu(off.day)}) là ngày nghỉ: ngày làm việc tiếp theo là "
            f"{ngay(off.next_working)} ({thu(off.next_working)})."
        )
    try:
        return apology_draft(
            app.register,
            app.law,
            dossier,
            now=now,
            known=known,
            var_dir=app.settings.var_dir,
            new=new_date,
            reason=reason,
        )
    except NoAppointment as error:
        raise Refused(f"Hồ sơ {dossier.code} không có ngày hẹn trả trong số liệu: không có gì để hẹn lại.") from error
    except RuleUnknown as error:
        raise Refused(
            "Quy định không có mẫu văn bản xin lỗi nào cho hôm nay: xem apology_form trong rules.toml."
        ) from error


@apology.command("record")
@click.argument("codes", metavar="MÃ...", nargs=-1, required=True)
@click.option("--source", default="", help="Nguồn dữ liệu, khi mã có ở nhiều nguồn.")
@click.option("--document", required=True, help='Số, ký hiệu văn bản đã gửi: "12/PXL-SCT".')
@click.option("--dated", required=True, help='Ngày văn bản: "24/11/2026".')
@click.option("--new-date", "new", required=True, help='Ngày hẹn lại: "04/12/2026" hoặc "16:30 04/12/2026".')
@click.option("--old-date", "old", default="", help="Ngày hẹn cũ, khi số liệu không còn (mặc định: theo số liệu).")
@click.option("--reason", default="", help="Lý do chậm ghi trong văn bản; không ghi tên người nộp.")
@click.option("--signer", default="", help="Người ký.")
@click.option("--file", "file", type=FILE, help="Bản chụp văn bản.")
@click.option("--breach", is_flag=True, help="Lần hẹn lại thứ hai đã lỡ gửi: ghi lại là sai quy định và báo lên.")
@click.option("--by", required=True, help=BY)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def record_(
    context: click.Context, /, codes: tuple[str, ...], source: str, file: Path | None, json_: bool, **typed: Any
) -> None:
    """Ghi văn bản xin lỗi đã gửi, một văn bản cho một hay nhiều hồ sơ; ghi lại lần nữa không sao."""
    app = app_of(context)
    given = Given(
        document=said(typed["document"], "Số văn bản (--document)"),
        dated=day(typed["dated"]),
        new=stamp(typed["new"]),
        old=stamp(typed["old"]) if typed["old"] else None,
        reason=tidied(typed["reason"]),
        signer=tidied(typed["signer"]),
        breach=typed["breach"],
        by=said(typed["by"], "Người ghi (--by)"),
        file_sha256=kept(app, file),
    )
    try:
        done = record(app, codes, given, app.clock.now(), source=source)
    except NotRecorded as error:
        raise Refused(str(error)) from error
    tell_masked(("lý do", given.reason))
    project.refresh(app, app.clock.now())
    if json_:
        as_json([_facts(one.apology) | {"code": one.dossier.code, "after_cut_off": one.cut_off} for one in done])
        return
    for one in done:
        say(_told(one))


def _told(one: Recorded) -> str:
    sent = one.apology
    if not one.new:
        return f"Hồ sơ {one.dossier.code}: văn bản {sent.document} ngày {ngay(sent.dated)} đã ghi từ trước."
    breach = "; SAI QUY ĐỊNH: quá số lần được hẹn lại, đã báo lên" if sent.breach else ""
    late = "".join(f"; {words}" for words in _late(one.cut_off, one.effect))
    off = "".join(f"; {ngay(one.day)} ({thu(one.day)}) là ngày nghỉ, xem lại văn bản" for one in one.days_off)
    return f"Hồ sơ {one.dossier.code}: đã ghi văn bản {sent.document}, hẹn lại {gio(sent.new)}{late}{breach}{off}."


def _late(cut_off: date | None, what: ApologyEffect) -> Iterator[str]:
    """What is to be said of an apology that came late, and of one that leaves the clock where it was."""
    if cut_off is not None:
        yield f"sau hạn chót {ngay(cut_off)}"
    if what is ApologyEffect.LATE:
        yield term(what)


def _facts(one: Apology) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "document": one.document,
        "dated": one.dated,
        "old": iso(one.old),
        "new": iso(one.new),
        "reason": one.reason,
        "signer": one.signer,
        "breach": one.breach,
        "file_sha256": one.file_sha256,
        "at": iso(one.at),
        "by": one.by,
    }


@apology.command("list")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=MOST, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, agency: str, limit: int, json_: bool) -> None:
    """Văn bản xin lỗi đã ghi, mới nhất trước."""
    app = app_of(context)
    key = agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        some = apologies.latest(db, most=limit, agency=key)
        known = matters.testimonies(db, {one.matter for one in some})
        beside = circumstances(db, [found[0] for found in known.values() if found])
    seen(app, Deed.LIST, f"văn bản xin lỗi ({key or 'mọi cơ quan'}): {len(some)}")
    codes = {matter: found[0].code for matter, found in known.items() if found}
    cut_off = {one.number: after_cut_off(app.law, known[one.matter][0], one) for one in some if one.matter in codes}
    if json_:
        as_json(
            [
                _facts(one) | {"code": codes.get(one.matter, ""), "after_cut_off": cut_off.get(one.number)}
                for one in some
            ]
        )
        return

    def notes(one: Apology) -> Iterator[str]:
        if one.breach:
            yield "quá số lần được hẹn lại"
        if one.matter in codes:
            dossier = known[one.matter][0]
            yield from _late(cut_off[one.number], effect(one, dossier, beside[dossier.matter]))

    as_table(
        ("Mã hồ sơ", "Cơ quan", "Văn bản", "Ngày", "Hẹn cũ", "Hẹn lại", "Ghi chú"),
        (
            (
                codes.get(one.matter, "–"),
                app.register.agency_name(one.agency) or "–",
                one.document,
                ngay(one.dated),
                gio(one.old),
                gio(one.new),
                "; ".join(notes(one)),
            )
            for one in some
        ),
        empty="Chưa ghi văn bản xin lỗi nào.",
    )
    if len(some) == limit:
        click.echo(f"Chỉ in {so(limit)} văn bản mới nhất; thêm --limit để xem nhiều hơn.")


COMMANDS = (apology,)
