"""Commands about suspected interruptions: a complaint as it came, the list, and what a person finds of one."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from jobs.app import App
from jobs.cli.choice import Words
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, say, service_of
from jobs.cli.service import when
from monitor.core.mask import mask
from monitor.core.period import Span, iso
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.reports.letters import tidy
from monitor.reports.record_facts import suspicion_facts
from monitor.reports.render import render, term
from monitor.reports.suspected import Suspected, between, suspected
from monitor.store import reading, suspicions, writing

FINDINGS = {"dung": Finding.CONFIRMED, "khong-dung": Finding.REJECTED}
MOST_TEXT = 5_000
MOST_NUMBER = 2**31 - 1
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@click.group("complaint")
def complaint() -> None:
    """Phản ánh của người dân, doanh nghiệp: không nộp được hồ sơ trực tuyến."""


@complaint.command("add")
@click.option("--service", "code", default="2.001474", help="Mã thủ tục.")
@click.option("--at", "at_", required=True, help='Không nộp được lúc nào, giờ Việt Nam: "23/11/2026 08:30".')
@click.option("--until", help="Đến lúc nào, nếu biết.")
@click.option("--text", required=True, help="Nội dung phản ánh; số điện thoại, thư điện tử được che.")
@click.option("--by", required=True, help="Người ghi: họ tên, chức danh.")
@click.pass_context
def complaint_add(context: click.Context, code: str, at_: str, until: str | None, text: str, by: str) -> None:
    """Ghi một phản ánh; đây là nghi gián đoạn cần kết luận, không tính vào thời gian gián đoạn."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    starts, ends = when(at_, now), when(until, now) if until else None
    if starts > now or (ends is not None and ends > now):
        raise Refused(f"Thời điểm {moment(ends if ends and ends > now else starts)} còn ở tương lai: sửa lại.")
    if ends is not None and ends <= starts:
        raise Refused("Thời điểm --until phải sau --at.")
    told = Suspicion(
        service=service.code,
        kind=SuspicionKind.COMPLAINT,
        starts=starts,
        ends=ends,
        entered_at=now,
        text=_written(mask(text), "Nội dung phản ánh"),
        by=_written(by, "Người ghi"),
    )
    with writing(app.engine) as db:
        number = suspicions.add(db, told)
    say(f"Đã ghi phản ánh số {number}, lúc {moment(starts)}.")
    say(f"Khi đã rõ: tthc suspicion rule {number} dung --reason … --by …")


@click.group("suspicion")
def suspicion() -> None:
    """Nghi gián đoạn: hồ sơ ngừng đến bất thường, phản ánh; không tính vào thời gian gián đoạn."""


@suspicion.command("list")
@click.option("--all", "all_", is_flag=True, help="Cả những nghi ngờ đã có kết luận.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, all_: bool, json_: bool) -> None:
    """Các nghi ngờ chưa có kết luận, cũ nhất trước."""
    found = _known(app_of(context), ruled=all_)
    if json_:
        as_json([_facts(one) for one in found])
        return
    as_table(
        ("Số", "Thủ tục", "Từ", "Đến", "Vì sao nghi", "Kết luận"),
        (
            (
                str(one.suspicion.number),
                one.suspicion.service,
                moment(one.span.start),
                "–" if one.moment else f"{moment(one.span.end)}{' (chưa hết)' if one.lasting else ''}",
                term(one.suspicion.kind),
                term(one.suspicion.found) if one.suspicion.found else "chưa có",
            )
            for one in found
        ),
        empty="Không có nghi ngờ nào." if all_ else "Không có nghi ngờ nào chờ kết luận; xem tất cả: --all",
    )


@suspicion.command("show")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, MOST_NUMBER))
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def show(context: click.Context, number: int, json_: bool) -> None:
    """Một nghi ngờ, các lượt kiểm tra cùng thời gian, và mọi kết luận về nó."""
    app = app_of(context)
    with reading(app.engine) as db:
        one = suspicions.get(db, number)
        if one is None:
            raise Refused(_unknown(number))
        service = service_of(app, one.service)
        (heard,) = suspected(db, app.law, service, [one])
        rulings = suspicions.history(db, number)
    if json_:
        as_json(_facts(heard) | {"rulings": [suspicion_facts(ruling) for ruling in rulings]})
        return
    say(tidy(render("suspected.txt", heard=heard, service=service, rulings=rulings)).rstrip())


@suspicion.command("rule")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, MOST_NUMBER))
@click.argument("found", metavar="KẾT-LUẬN", type=Words(FINDINGS))
@click.option("--reason", required=True, help="Vì sao kết luận như vậy.")
@click.option("--by", required=True, help="Người kết luận: họ tên, chức danh.")
@click.pass_context
def rule(context: click.Context, number: int, found: Finding, reason: str, by: str) -> None:
    """Kết luận một nghi ngờ: dung (đúng là gián đoạn), khong-dung; kết luận sau đứng, kết luận trước vẫn giữ."""
    app = app_of(context)
    why, who = _written(mask(reason), "Lý do"), _written(by, "Người kết luận")
    with writing(app.engine) as db:
        if suspicions.get(db, number) is None:
            raise Refused(_unknown(number))
        suspicions.rule(db, number, found, at=app.clock.now(), by=who, reason=why)
    say(f"Đã ghi kết luận về nghi ngờ số {number}: {term(found)}. Thời gian gián đoạn giữ nguyên.")


def _known(app: App, *, ruled: bool) -> list[Suspected]:
    with reading(app.engine) as db:
        found = [
            one
            for service in app.register.services.values()
            for one in between(db, app.law, service, Span(start=_EVER, end=app.clock.now()))
        ]
    return [one for one in found if ruled or not one.ruled]


def _facts(one: Suspected) -> dict[str, object]:
    return suspicion_facts(one.suspicion) | {
        "known_to": iso(one.span.end),
        "lasting": one.lasting,
        "looks": {state.value: ms for state, ms in one.seen.items() if ms},
    }


def _written(text: str, what: str) -> str:
    kept = "".join(letter for letter in text if letter in "\n\t" or letter.isprintable()).strip()
    if not kept:
        raise Refused(f"{what} còn trống: điền vào.")
    if len(kept) > MOST_TEXT:
        raise Refused(f"{what} dài quá {MOST_TEXT} ký tự: viết ngắn lại.")
    return kept


def _unknown(number: int) -> str:
    return f"Không có nghi ngờ số {number}; xem danh sách: tthc suspicion list --all"


COMMANDS = (complaint, suspicion)
