"""Commands that draft the duties of an official letter, and store them once a person confirmed them."""

from __future__ import annotations

from pathlib import Path

import click

from jobs import orders
from jobs.app import App
from jobs.cli.duties import obligations
from jobs.cli.ground import Refused, agreed, app_of, as_json, say
from jobs.cli.official import BY, FILE, day, said
from jobs.letter_apart import LetterRefused
from jobs.order_file import Checked, checked
from jobs.orders import Drafted, Followed, NotConfirmed
from monitor.core.mistake import Mistakes, why
from monitor.core.obligation import Obligation
from monitor.core.order import Order
from monitor.core.period import day_of
from monitor.reports.letters import tidy
from monitor.reports.order_draft import as_facts, file_of, view, why_earlier
from monitor.reports.render import render, so

_SCAN = "là bản chụp, không có lớp chữ: chương trình không đọc được; điền mẫu để trống theo bản gốc"


@obligations.command("draft")
@click.argument("letter", metavar="TỆP", type=FILE)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Ghi dự thảo vào tệp TOML này.")
@click.option("--dated", default="", help='Ngày văn bản, khi bản này để trống: "05/3/2024".')
@click.option("--dossiers", type=FILE, help="Phụ lục danh sách hồ sơ, khi ở tệp riêng (DOCX, PDF, XLSX, CSV).")
@click.option("--dossiers-for", default="", metavar="CHỖ", help='Danh sách hồ sơ thuộc nhiệm vụ ở chỗ này: "mục 2".')
@click.option("--manual", is_flag=True, help="Không đọc văn bản: ghi ngay mẫu để điền tay.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def draft(
    context: click.Context,
    /,
    letter: Path,
    to: Path | None,
    dated: str,
    dossiers: Path | None,
    dossiers_for: str,
    manual: bool,
    json_: bool,
) -> None:
    """Đọc văn bản chỉ đạo (DOCX, PDF, văn bản thường), lập dự thảo các nhiệm vụ để một người sửa và xác nhận."""
    app = app_of(context)
    try:
        made = orders.draft(app, letter, manual=manual, dated=day(dated) if dated else None)
        if dossiers and made.draft.duties:
            made = Drafted(draft=orders.with_list(made.draft, dossiers, dossiers_for), sha256=made.sha256)
    except (LetterRefused, NotConfirmed) as error:
        raise Refused(str(error)) from error
    if known := orders.stored(app, made.sha256):
        say(f"Lưu ý: {known}", err=True)
    if made.scanned:
        say(f"{letter.name} {_SCAN}.", err=True)
    if json_:
        as_json({**as_facts(made.draft, app.register, app.law), "sha256": made.sha256, "scanned": made.scanned})
    text = file_of(
        made.draft,
        app.register,
        app.law,
        file=_named_from(letter, to),
        sha256=made.sha256,
        today=day_of(app.clock.now()),
        scanned=made.scanned,
    )
    if to:
        _write(to, text)
        if not json_:
            _told(app, made, to)
    elif not json_:
        click.echo(text, nl=False)


def _named_from(letter: Path, to: Path | None) -> str:
    """How the draft names the letter: by its name where they lie side by side, else by its whole path."""
    if to is None:
        return str(letter)
    whole = letter.resolve()
    return whole.name if whole.parent == to.resolve().parent else str(whole)


def _write(path: Path, text: str) -> None:
    """Never over a file that is there: a clerk may have corrected it."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Refused(f"{path} đã có, có thể đã được sửa: chọn tên khác cho --to, hoặc xóa tệp ấy.") from error
    except OSError as error:
        raise Refused(f"Không ghi được {path} ({why(error)}): chọn chỗ khác cho --to.") from error


def _told(app: App, made: Drafted, to: Path) -> None:
    found = made.draft
    dated = sum(1 for duty in found.duties if duty.due or duty.every)
    doubts = len(found.doubts) + sum(
        len(view(duty, found.reckoned_on, app.register, app.law).doubts) for duty in found.duties
    )
    if found.duties:
        say(f"Đã ghi {to}: {so(len(found.duties))} nhiệm vụ, {so(dated)} có hạn; {so(doubts)} chỗ CẦN XEM.")
    else:
        say(f"Đã ghi mẫu để điền tay vào {to}.")
    say(f'Sửa tệp ấy theo bản gốc, rồi: tthc obligations confirm {to} --by "Họ tên, chức vụ"')


@obligations.command("confirm")
@click.argument("file", metavar="TỆP", type=FILE)
@click.option("--by", required=True, help=BY)
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.option("--json", "json_", is_flag=True, help="In JSON; cần --yes.")
@click.pass_context
def confirm(context: click.Context, /, file: Path, by: str, yes: bool, json_: bool) -> None:
    """Kiểm tra dự thảo đã sửa, cho xem sẽ theo dõi gì, nhắc ai vào ngày nào; đồng ý thì ghi văn bản và các nhiệm vụ."""
    if json_ and not yes:
        raise Refused("--json không hỏi được: thêm --yes nếu đã xem dự thảo.")
    app, who = app_of(context), said(by, "Người ghi (--by)")
    now = app.clock.now()
    try:
        found = checked(file, app.register, day_of(now))
        orders.expect_new(app, found)
        if not json_:
            say(_shown(app, found, orders.keyed(app, found)))
        if not yes:
            agreed("Ghi văn bản và theo dõi các nhiệm vụ này?")
        order, duties = orders.confirm(app, found, now, who)
    except Mistakes as error:
        raise Refused(f"{error}\nChưa ghi gì: sửa các dòng trên rồi chạy lại.") from error
    except NotConfirmed as error:
        raise Refused(str(error)) from error
    if json_:
        as_json(_facts(app, order, duties))
    else:
        say(f"Đã ghi {order.cited}, {so(len(duties))} nhiệm vụ; xác nhận: {who}.")


def _shown(app: App, found: Checked, duties: tuple[Obligation, ...]) -> str:
    """What will be followed, for people."""
    some = [orders.followed(app, duty) for duty in duties]
    today = day_of(app.clock.now())
    text = render(
        "orders/confirm.txt",
        order=found.order,
        file=found.file,
        doubtful=found.doubtful,
        some=some,
        names=lambda keys: orders.names_of(app.register, keys),
        why=why_earlier,
        past=lambda one: bool(one.until and one.until.last < today),
    )
    return tidy(text).rstrip()


def _facts(app: App, order: Order, duties: tuple[Obligation, ...]) -> dict[str, object]:
    return {
        "order": order.number,
        "letter": order.cited,
        "duties": [_duty_facts(orders.followed(app, duty)) for duty in duties],
    }


def _duty_facts(one: Followed) -> dict[str, object]:
    return {
        **one.duty.as_json(),
        "next_due": one.next.due,
        "last_working_day": one.until.working if one.until else None,
        "reminders": [{"stage": r.stage, "day": r.day, "audience": r.audience} for r in one.reminders],
    }


COMMANDS = (obligations,)
