"""Commands about the letters: list them, read one, try one again."""

from __future__ import annotations

import click

from jobs.again import NotAgain, again
from jobs.cli import proof
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, say
from jobs.cli.proof import ledger
from monitor.register.values import is_address
from monitor.reports.held import held
from monitor.reports.letters import tidy
from monitor.reports.render import render, term
from monitor.store import LetterState, reading
from monitor.store import letters as kept


@click.group()
def outbox() -> None:
    """Thư đi: đang giữ, đang chờ, đã nhận, không gửi được."""


@outbox.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@click.option("--state", type=click.Choice([one.value for one in LetterState]), help="Chỉ thư ở tình trạng này.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, limit: int, state: str | None, json_: bool) -> None:
    """Các thư, mới nhất trước."""
    app = app_of(context)
    with reading(app.engine) as db:
        rows = kept.list_(db, limit, state=LetterState(state) if state else None)
        waits = held(db, app.register, app.law, app.clock.now())
    if json_:
        as_json(
            [
                {
                    "id": r.id,
                    "at": r.date.isoformat(),
                    "state": r.state.value,
                    "to": r.to_address,
                    "channel": r.channel,
                    "subject": r.subject,
                    "why": r.last_why,
                }
                for r in rows
            ]
        )
        return
    as_table(
        ("Số", "Soạn lúc", "Tình trạng", "Gửi tới", "Tiêu đề", "Lý do"),
        ((str(r.id), moment(r.date), term(r.state), r.way or "(chưa có địa chỉ)", r.subject, r.last_why) for r in rows),
        empty="Chưa có thư nào.",
    )
    if waits:
        titles = {key: post.title for key, post in app.register.posts.items()}
        say(tidy(render("held.txt", held=waits, titles=titles)).rstrip("\n"))


@outbox.command("show")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, 2**63 - 1))
@click.pass_context
def show(context: click.Context, number: int) -> None:
    """Đọc một thư."""
    app = app_of(context)
    with reading(app.engine) as db:
        row = kept.get(db, number)
    if row is None:
        raise Refused(f"Không có thư số {number}; xem `tthc outbox list`.")
    click.echo(f"Tới: {row.to_names} <{row.way or 'chưa có địa chỉ'}>")
    click.echo(f"Tiêu đề: {row.subject}")
    click.echo(f"Tình trạng: {term(row.state)} {row.last_why}".rstrip())
    for step in ledger(app, row):
        click.echo(f"  {step}")
    click.echo()
    click.echo(row.message.text)


@outbox.command("retry")
@click.argument("number", metavar="SỐ", type=click.IntRange(1, 2**63 - 1))
@click.option("--to", default="", help="Gửi tới địa chỉ này, thay cho địa chỉ trong danh bạ.")
@click.pass_context
def retry(context: click.Context, number: int, to: str) -> None:
    """Gửi lại một thư: đang chờ thì gửi ngay như đã soạn, đã dừng thì soạn lại tới địa chỉ hiện nay trong danh bạ."""
    app = app_of(context)
    if to and not is_address(to):
        raise Refused(f"{to!r} không phải địa chỉ thư điện tử: ghi một địa chỉ dạng ten@thanhhoa.gov.vn")
    try:
        newer = again(app, number, app.clock.now(), to)
    except NotAgain as why:
        raise Refused(str(why)) from why
    for one in newer:
        say(f"Thư số {number} được thay bằng thư số {one.number}, cùng nội dung, gửi tới {one.address}.")
    say(
        "Thư sẽ đi trong vòng một phút, khi chương trình đang chạy (make run)."
        if newer
        else f"Thư số {number} sẽ được gửi lại trong vòng một phút, khi chương trình đang chạy (make run)."
    )


for command in proof.OF_OUTBOX:
    outbox.add_command(command)

COMMANDS = (outbox,)
