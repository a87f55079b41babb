"""Commands about the watched service: a look now, what a person saw, a planned stop."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import click

from jobs import look as looking
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, service_of
from monitor.core.look import Verdict
from monitor.core.mistake import why
from monitor.core.period import Span, iso
from monitor.core.typed import begin_typed, end_typed, moment_typed
from monitor.core.uptime import Notice
from monitor.reports import accounts
from monitor.reports.asking import SEEN
from monitor.reports.render import term
from monitor.reports.stops import Stop, StopClass, stops
from monitor.store import notices, reading, withdrawals, writing
from monitor.store.withdrawals import Withdrawal

WORDS = {Verdict.UP: "dùng được", Verdict.DOWN: "không dùng được", Verdict.UNKNOWN: "không xác định"}


def when(text: str | None, now: datetime) -> datetime:
    """A moment typed on a Vietnamese clock, "23/11/2026 08:30" or "2026-11-23 08:30"; now where nothing is typed."""
    if text is None:
        return now
    return _read(text, moment_typed)


def _read(text: str, read: Callable[[str], datetime | None]) -> datetime:
    typed = read(text)
    if typed is None:
        raise Refused(f'Không hiểu thời điểm {text!r}: viết như "23/11/2026 08:30" (giờ Việt Nam)')
    return typed


@click.command()
@click.argument("code", metavar="[MÃ]", default="2.001474")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def probe(context: click.Context, code: str, json_: bool) -> int:
    """Kiểm tra một lượt ngay bây giờ, không ghi vào sổ."""
    app = app_of(context)
    seen = looking.probe_once(app, service_of(app, code).code)
    if not seen:
        raise Refused(
            "Máy chủ yêu cầu tạm ngừng kiểm tra (Retry-After): thử lại sau."
            if app.settings.contact
            else "Chưa đặt CONTACT trong .env (ai chịu trách nhiệm): không kiểm tra địa chỉ công cộng nào."
        )
    if json_:
        as_json([_as_json(target.key, look) for target, look, _ in seen])
    else:
        rows = (
            (t.name, WORDS[k.verdict], k.cause.value or "–", f"{k.phases.total} ms", k.detail or "–")
            for t, k, _ in seen
        )
        as_table(("Nơi kiểm tra", "Kết quả", "Nguyên nhân", "Thời gian", "Chi tiết"), rows, empty="")
    return 1 if any(k.verdict is Verdict.DOWN for _, k, _ in seen) else 0


def _as_json(target: str, look: looking.Look) -> dict[str, object]:
    return {
        "target": target,
        "verdict": look.verdict.value,
        "cause": look.cause.value,
        "detail": look.detail,
        "phases": asdict(look.phases),
    }


@click.group("look")
def look() -> None:
    """Kiểm tra thủ công: điều một người nhìn thấy."""


@look.command("record")
@click.argument("seen", metavar="KẾT-QUẢ", type=click.Choice(sorted(SEEN)))
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option("--at", "at_", help='Thời điểm nhìn, giờ Việt Nam: "23/11/2026 08:30" (mặc định: bây giờ).')
@click.option("--by", default=getpass.getuser, help="Người kiểm tra.")
@click.option("--note", default="", help="Ghi chú.")
@click.option("--target", default="", help="Mã địa chỉ đã xem (mặc định: địa chỉ bắt buộc đầu tiên của dịch vụ).")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp làm chứng: ảnh PNG, JPG hoặc PDF, không quá 5 MB.",
)
@click.pass_context
def record(
    context: click.Context,
    seen: str,
    code: str,
    at_: str | None,
    by: str,
    note: str,
    target: str,
    evidence: Path | None,
) -> None:
    """Ghi một lượt kiểm tra thủ công: duoc (nộp được), khong (không nộp được), khong-ro."""
    app = app_of(context)
    now = app.clock.now()
    at = when(at_, now)
    if at > now:
        raise Refused(f"Thời điểm {moment(at)} còn ở tương lai.")
    known = [t.key for t in service_of(app, code).targets if not t.control]
    if target and target not in known:
        raise Refused(f"Dịch vụ {code} không có địa chỉ {target}; đang có: {', '.join(known)}")
    if not by.strip():
        raise Refused("Thiếu người kiểm tra: ghi họ tên sau --by.")
    try:
        if evidence is not None:
            _refuse_other_files(evidence)
        looking.record_manual(
            app, service=code, at=at, verdict=SEEN[seen], by=by.strip(), note=note, now=now, target=target,
            evidence_file=evidence,
        )  # fmt: skip
    except OSError as error:
        raise Refused(f"Không giữ được tệp {evidence} ({why(error)}): kiểm tra quyền và chỗ trống của đĩa.") from error
    click.echo(f"Đã ghi: {WORDS[SEEN[seen]]}, lúc {moment(at)}, người kiểm tra {by}.")


def _refuse_other_files(evidence: Path) -> None:
    """Refuse what the page of manual checks would not take either."""
    from monitor.web.forms import MOST_FILE, Typed

    if evidence.stat().st_size > MOST_FILE:
        raise Refused(
            f"Tệp {evidence} lớn quá {MOST_FILE // 1024**2} MB: cắt bớt ảnh hoặc lưu với chất lượng thấp hơn."
        )
    if not Typed(texts={}, file=evidence.read_bytes()).suffix:
        raise Refused(f"Tệp {evidence}: chỉ nhận ảnh PNG, JPG hoặc tệp PDF (xét theo nội dung tệp, không theo tên).")


@click.group("notice")
def notice() -> None:
    """Thông báo tạm ngừng theo kế hoạch."""


@notice.command("add")
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option(
    "--from", "start", required=True, help='Bắt đầu, giờ Việt Nam: "05/12/2026 22:00"; chỉ ghi ngày là từ đầu ngày.'
)
@click.option("--to", "end", required=True, help="Kết thúc, giờ Việt Nam; chỉ ghi ngày là đến hết ngày.")
@click.option("--document", required=True, help="Số, ngày văn bản thông báo.")
@click.option("--by", default=getpass.getuser, help="Người ghi.")
@click.pass_context
def notice_add(context: click.Context, code: str, start: str, end: str, document: str, by: str) -> None:
    """Ghi một thông báo tạm ngừng; chỉ được tính là bảo trì khi ghi trước ít nhất 07 ngày làm việc."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    first, last = _read(start, begin_typed), _read(end, end_typed)
    if first >= last:
        raise Refused("Thời điểm kết thúc phải sau thời điểm bắt đầu.")
    if not document.strip():
        raise Refused("Thiếu văn bản thông báo: ghi số, ngày sau --document.")
    if not by.strip():
        raise Refused("Thiếu người ghi: ghi họ tên sau --by.")
    told = Notice(service=service.code, span=Span(start=first, end=last), entered_at=now, document=document.strip())
    with writing(app.engine) as db:
        number = notices.add(db, told, by.strip())
    click.echo(f"Đã ghi thông báo tạm ngừng số {number}, từ {moment(first)} đến {moment(last)}.")
    if not accounts.in_time(told, app.law, service.owner):
        click.echo(_too_late(accounts.earliest(now, app.law, service.owner)))


def _too_late(earliest: date | None) -> str:
    at_best = f"; ghi hôm nay thì sớm nhất được tính cho lần ngừng từ ngày {earliest:%d/%m/%Y}" if earliest else ""
    return (
        f"KHÔNG được tính là bảo trì ({term(StopClass.TOO_LATE)}): dịch vụ không dùng được lúc ấy vẫn là "
        f"gián đoạn{at_best}."
    )


@notice.command("withdraw")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, 2**31 - 1))
@click.option("--reason", required=True, help="Vì sao rút lại.")
@click.option("--by", default=getpass.getuser, help="Người rút lại.")
@click.pass_context
def notice_withdraw(context: click.Context, number: int, reason: str, by: str) -> None:
    """Rút lại một thông báo ghi nhầm: nó vẫn còn trong sổ, nhưng không được tính nữa."""
    app = app_of(context)
    if not reason.strip() or not by.strip():
        raise Refused("Thiếu lý do hoặc người rút lại: ghi sau --reason và --by.")
    with writing(app.engine) as db:
        known = notices.get(db, number)
        if known is None:
            raise Refused(f"Không có thông báo số {number}; xem số ở cột đầu: tthc notice list --all")
        said = Withdrawal(at=app.clock.now(), by=by.strip(), reason=reason.strip())
        if not withdrawals.add(db, number, said):
            raise Refused(f"Thông báo số {number} đã được rút lại trước đó; không cần làm gì thêm.")
    click.echo(f"Đã rút lại thông báo số {number} ({known.notice.document}); từ nay không được tính nữa.")


@notice.command("list")
@click.option("--all", "all_", is_flag=True, help="Cả những lần đã qua.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def notice_list(context: click.Context, all_: bool, json_: bool) -> None:
    """Các lần tạm ngừng đã thông báo, và lần nào được tính là bảo trì."""
    app = app_of(context)
    window = Span(start=datetime(2000, 1, 1, tzinfo=UTC) if all_ else app.clock.now(), end=_FOR_EVER)
    with reading(app.engine) as db:
        found = [stop for one in app.register.services.values() for stop in stops(db, app.law, one, window)]
    if json_:
        as_json([_stop_as_json(stop) for stop in found])
        return
    as_table(
        ("Số", "Thủ tục", "Bắt đầu", "Kết thúc", "Văn bản", "Ghi lúc", "Người ghi", "Được tính là bảo trì"),
        (
            (
                str(stop.number),
                stop.notice.service,
                moment(stop.notice.span.start),
                moment(stop.notice.span.end),
                stop.notice.document,
                moment(stop.notice.entered_at),
                stop.by or "–",
                f"{'có' if stop.counts else 'không'}: {term(stop.kind)}",
            )
            for stop in found
        ),
        empty="Không có lần tạm ngừng nào." if all_ else "Không có lần tạm ngừng nào sắp tới; xem cả đã qua: --all",
    )


_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


def _stop_as_json(stop: Stop) -> dict[str, object]:
    return {
        "number": stop.number,
        "service": stop.notice.service,
        "from": iso(stop.notice.span.start),
        "to": iso(stop.notice.span.end),
        "document": stop.notice.document,
        "entered_at": iso(stop.notice.entered_at),
        "by": stop.by,
        "class": stop.kind.value,
        "counts_as_maintenance": stop.counts,
        "withdrawn_at": iso(stop.withdrawn.at) if stop.withdrawn else None,
    }


COMMANDS = (probe, look, notice)
