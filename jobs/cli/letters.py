"""Commands about the letters: list them, read one, try one again."""

from __future__ import annotations

import click

from jobs.cli.ground import Refused, app_of, as_json, as_table, moment
from monitor.register.values import is_address
from monitor.reports.render import term
from monitor.store import letters as kept
from monitor.store import reading, writing


@click.group()
def outbox() -> None:
    """Thư đi: đang giữ, đang chờ, đã nhận, không gửi được."""


@outbox.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, limit: int, json_: bool) -> None:
    """Các thư, mới nhất trước."""
    app = app_of(context)
    with reading(app.engine) as db:
        rows = kept.list_(db, limit)
    if json_:
        as_json(
            [
                {
                    "id": r.id,
                    "at": r.date.isoformat(),
                    "state": r.state.value,
                    "to": r.to_address,
                    "subject": r.subject,
                    "why": r.last_why,
                }
                for r in rows
            ]
        )
        return
    as_table(
        ("Số", "Soạn lúc", "Tình trạng", "Gửi tới", "Tiêu đề", "Lý do"),
        (
            (str(r.id), moment(r.date), term(r.state), r.to_address or "(chưa có địa chỉ)", r.subject, r.last_why)
            for r in rows
        ),
        empty="Chưa có thư nào.",
    )


@outbox.command("show")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.pass_context
def show(context: click.Context, number: int) -> None:
    """Đọc một thư."""
    app = app_of(context)
    with reading(app.engine) as db:
        row = kept.get(db, number)
    if row is None:
        raise Refused(f"Không có thư số {number}; xem `tthc outbox list`.")
    click.echo(f"Tới: {row.to_names} <{row.to_address or 'chưa có địa chỉ'}>")
    click.echo(f"Tiêu đề: {row.subject}")
    click.echo(f"Tình trạng: {term(row.state)} {row.last_why}".rstrip() + "\n")
    click.echo(row.message.text)


@outbox.command("retry")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option("--to", default="", help="Địa chỉ đúng, khi thư đã soạn cho một địa chỉ sai hoặc chưa có địa chỉ.")
@click.pass_context
def retry(context: click.Context, number: int, to: str) -> None:
    """Gửi lại một thư đã dừng hoặc đang chờ, ngay ở nhịp tới."""
    app = app_of(context)
    if to and not is_address(to):
        raise Refused(f"{to!r} không phải địa chỉ thư điện tử: ghi một địa chỉ dạng ten@thanhhoa.gov.vn")
    with writing(app.engine) as db:
        done = kept.again(db, number, app.clock.now(), to)
    if not done:
        raise Refused(f"Thư số {number} không ở tình trạng gửi lại được; xem `tthc outbox list`.")
    click.echo(f"Thư số {number} sẽ được gửi lại ở nhịp tới.")


COMMANDS = (outbox,)
