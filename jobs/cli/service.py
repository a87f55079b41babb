"""Commands about the watched service: a look now, what a person saw, a planned stop."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import click

from jobs import look as looking
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, service_of
from monitor.core.look import Verdict
from monitor.core.period import ICT, Span, ict
from monitor.core.uptime import Notice
from monitor.reports import accounts
from monitor.reports.stops import Stop, stops
from monitor.store import notices, reading, writing

WORDS = {Verdict.UP: "dùng được", Verdict.DOWN: "không dùng được", Verdict.UNKNOWN: "không xác định"}
SEEN = {"duoc": Verdict.UP, "khong": Verdict.DOWN, "khong-ro": Verdict.UNKNOWN}


def when(text: str | None, now: datetime) -> datetime:
    """A moment typed on a Vietnamese clock, "23/11/2026 08:30" or "2026-11-23 08:30"; now where nothing is typed."""
    if text is None:
        return now
    for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=ICT).astimezone(UTC)
        except ValueError:
            continue
    raise Refused(f'Không hiểu thời điểm {text!r}: viết như "23/11/2026 08:30" (giờ Việt Nam)')


@click.command()
@click.argument("code", metavar="[SERVICE]", default="2.001474")
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
@click.argument("seen", type=click.Choice(sorted(SEEN)))
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option("--at", "at_", help='Thời điểm nhìn, giờ Việt Nam: "23/11/2026 08:30" (mặc định: bây giờ).')
@click.option("--by", default=getpass.getuser, help="Người kiểm tra.")
@click.option("--note", default="", help="Ghi chú.")
@click.option("--target", default="", help="Mã địa chỉ đã xem (mặc định: địa chỉ bắt buộc đầu tiên của dịch vụ).")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp làm chứng, ví dụ ảnh màn hình.",
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
    looking.record_manual(
        app, service=code, at=at, verdict=SEEN[seen], by=by, note=note, now=now, target=target, evidence_file=evidence
    )
    click.echo(f"Đã ghi: {WORDS[SEEN[seen]]}, lúc {moment(at)}, người kiểm tra {by}.")


@click.group("notice")
def notice() -> None:
    """Thông báo tạm ngừng theo kế hoạch."""


@notice.command("add")
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option("--from", "start", required=True, help='Bắt đầu, giờ Việt Nam: "05/12/2026 00:00".')
@click.option("--to", "end", required=True, help="Kết thúc, giờ Việt Nam.")
@click.option("--document", required=True, help="Số, ngày văn bản thông báo.")
@click.pass_context
def notice_add(context: click.Context, code: str, start: str, end: str, document: str) -> None:
    """Ghi một thông báo tạm ngừng; chỉ được tính là bảo trì khi ghi trước ít nhất 07 ngày làm việc."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    first, last = when(start, now), when(end, now)
    if first >= last:
        raise Refused("Thời điểm kết thúc phải sau thời điểm bắt đầu.")
    told = Notice(service=service.code, span=Span(start=first, end=last), entered_at=now, document=document)
    with writing(app.engine) as db:
        notices.add(db, told)
    click.echo(f"Đã ghi thông báo tạm ngừng từ {moment(first)} đến {moment(last)}.")
    if not accounts.in_time(told, app.law, service.owner):
        click.echo(_too_late(accounts.earliest(now, app.law, service.owner)))


def _too_late(earliest: date | None) -> str:
    at_best = f"; ghi hôm nay thì sớm nhất được tính cho lần ngừng từ ngày {earliest:%d/%m/%Y}" if earliest else ""
    return (
        "KHÔNG được tính là bảo trì, vì chưa ghi trước đủ 07 ngày làm việc: dịch vụ không dùng được lúc ấy vẫn là "
        f"gián đoạn{at_best}."
    )


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
        ("Thủ tục", "Bắt đầu", "Kết thúc", "Văn bản", "Ghi lúc", "Được tính là bảo trì"),
        (
            (
                stop.notice.service,
                moment(stop.notice.span.start),
                moment(stop.notice.span.end),
                stop.notice.document,
                moment(stop.notice.entered_at),
                "có" if stop.counts else "không, báo trước chưa đủ ngày",
            )
            for stop in found
        ),
        empty="Không có lần tạm ngừng nào." if all_ else "Không có lần tạm ngừng nào sắp tới; xem cả đã qua: --all",
    )


_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


def _stop_as_json(stop: Stop) -> dict[str, object]:
    return {
        "service": stop.notice.service,
        "from": ict(stop.notice.span.start).isoformat(),
        "to": ict(stop.notice.span.end).isoformat(),
        "document": stop.notice.document,
        "entered_at": ict(stop.notice.entered_at).isoformat(),
        "counts_as_maintenance": stop.counts,
    }


COMMANDS = (probe, look, notice)
