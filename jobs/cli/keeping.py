"""Commands that keep the database: backup, restore."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.cli.ground import agreed, app_of, moment, say, settings_of
from jobs.clock import SystemClock
from jobs.contents import Contents, contents
from monitor.store import StoreError, may_restore, reading, unpacked
from monitor.store.engine import file_of, url_of


@click.command()
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Sao lưu cơ sở dữ liệu khi chương trình đang chạy; bản sao được kiểm tra trước khi báo xong."""
    from monitor.store import backup as copy

    app = app_of(context)
    copy(app.engine, file)
    size = f"{file.stat().st_size / 1e6:.1f}".replace(".", ",")
    click.echo(f"Đã sao lưu vào {file} ({size} MB), đã kiểm tra toàn vẹn.")
    var = app.settings.var_dir
    kept = f"{var}/published/ (tài liệu đã công bố), {var}/evidence/, {var}/mailbox/"
    click.echo(f"Bản sao chỉ có cơ sở dữ liệu. Sao riêng: .env, danh mục và danh bạ, {kept}")
    click.echo(f"và tệp khóa niêm phong {app.settings.seal_key} (cất riêng, như mật khẩu).")


@click.command()
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def restore(context: click.Context, file: Path, yes: bool) -> None:
    """Khôi phục từ bản sao lưu; dịch vụ nền phải đang dừng."""
    from monitor.store import restore as put_back

    settings = settings_of(context)
    now = SystemClock().now()
    may_restore(file, settings.database_url)
    with unpacked(file) as engine, reading(engine) as db:
        copy = contents(db)
    click.echo(f"Bản sao: {_until(copy)}, chế độ {copy.mode}.")
    before = _in_place(settings.database_url)
    if before:
        click.echo(f"Đang có: {_until(before)}, chế độ {before.mode}.")
    if before and before.live and not copy.live:
        click.echo('Sau khi khôi phục KHÔNG thư nào gửi ra ngoài nữa, cho đến khi chạy lại tthc go-live --by "Họ tên".')
    if not yes:
        since = f"ghi sau {moment(copy.until)}" if copy.until else "đang có"
        agreed(f"Mọi thứ {since} sẽ mất khỏi cơ sở dữ liệu (bản cũ được giữ bên cạnh). Tiếp tục?")
    kept = put_back(file, settings.database_url, now)
    if kept:
        click.echo(f"Bản cũ còn ở {kept}.")
    say(f"Đã khôi phục; chế độ bây giờ: {copy.mode}. Chạy lại: make run (hoặc tthc run).")


def _until(one: Contents) -> str:
    return f"số liệu đến {moment(one.until)}" if one.until else "chưa có số liệu"


def _in_place(database_url: str) -> Contents | None:
    """What would be replaced; None where there is nothing, or nothing that can be read."""
    try:
        file = file_of(url_of(database_url))
        if not file.exists():
            return None
        with unpacked(file) as engine, reading(engine) as db:
            return contents(db)
    except StoreError:
        return None


COMMANDS = (backup, restore)
