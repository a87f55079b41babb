"""Commands about other vantages: a key for one, and when each was heard last."""

from __future__ import annotations

import secrets
from hashlib import sha256

import click

from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, settings_of
from monitor.config import ConfigError, Settings
from monitor.core.period import iso
from monitor.reports.render import so
from monitor.store import reading, replica


@click.group("vantage")
def vantage() -> None:
    """Điểm đo: các máy khác cùng đo và gửi kết quả về máy này."""


@vantage.command("key")
@click.argument("name", metavar="TÊN")
@click.pass_context
def key(context: click.Context, name: str) -> None:
    """Tạo khóa cho một điểm đo; khóa chỉ hiện một lần, máy này chỉ giữ mã băm."""
    settings = settings_of(context)
    if name == settings.vantage:
        raise Refused(f"{name} là tên của chính máy này (VANTAGE): đặt tên khác cho điểm đo kia")
    made = secrets.token_urlsafe(32)
    others = {other: digest for other, digest in settings.keys_of_vantages.items() if other != name}
    keys = ",".join(f"{n}={d}" for n, d in (others | {name: sha256(made.encode()).hexdigest()}).items())
    try:
        Settings(vantage=settings.vantage, vantage_keys=keys)
    except (ConfigError, ValueError) as error:
        raise Refused(
            f"{name!r} không dùng làm tên điểm đo được: chỉ chữ thường không dấu, số và gạch nối, tối đa 40 ký tự"
        ) from error
    click.echo("Trong .env của máy này (thay dòng VANTAGE_KEYS cũ), rồi khởi động lại:")
    click.echo(f"  VANTAGE_KEYS={keys}")
    click.echo("Trong .env của điểm đo kia:")
    click.echo(f"  VANTAGE={name}")
    click.echo(f"  REPORT_TO={settings.public_url or 'https://…'}")
    click.echo(f"  REPORT_KEY={made}")


@vantage.command("list")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, json_: bool) -> None:
    """Các điểm đo có khóa, và lần cuối mỗi nơi gửi kết quả về."""
    app = app_of(context)
    with reading(app.engine) as db:
        found = [(name, replica.heard(db, name), replica.head(db, name)[0]) for name in app.settings.keys_of_vantages]
    if json_:
        as_json([{"vantage": name, "heard": iso(heard), "links": n} for name, heard, n in found])
        return
    as_table(
        ("Điểm đo", "Gửi về lần cuối", "Số mục đã nhận"),
        ((name, moment(heard) if heard else "chưa lần nào", so(n)) for name, heard, n in found),
        empty="Chưa có điểm đo nào khác; thêm bằng: tthc vantage key TÊN",
    )


COMMANDS = (vantage,)
