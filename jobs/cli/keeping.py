"""Commands that keep the database: backup, restore, the sealed journal."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.cli.ground import app_of, settings_of
from jobs.clock import SystemClock
from monitor.store import journal as sealed
from monitor.store import reading


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Sao lưu cơ sở dữ liệu khi chương trình đang chạy; bản sao được kiểm tra trước khi báo xong."""
    from monitor.store import backup as copy

    app = app_of(context)
    copy(app.engine, file)
    click.echo(f"Đã sao lưu vào {file} ({file.stat().st_size / 1e6:.1f} MB), đã kiểm tra toàn vẹn.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def restore(context: click.Context, file: Path, yes: bool) -> None:
    """Khôi phục từ bản sao lưu; dịch vụ nền phải đang dừng."""
    from monitor.store import restore as put_back

    settings = settings_of(context)
    if not yes:
        click.confirm(
            "Cơ sở dữ liệu hiện tại được thay bằng bản sao lưu (bản cũ được giữ bên cạnh). Tiếp tục?", abort=True
        )
    put_back(file, settings.database_url, SystemClock().now())
    click.echo("Đã khôi phục. Chạy lại `tthc run`.")


@click.group()
def journal() -> None:
    """Sổ niêm phong."""


@journal.command("verify")
@click.pass_context
def verify(context: click.Context) -> int:
    """Đi lại toàn bộ chuỗi niêm phong: sửa, xóa, chèn, đổi thứ tự đều bị phát hiện."""
    app = app_of(context)
    with reading(app.engine) as db:
        chains = sealed.verify_all(db)
    for chain in chains:
        click.echo(
            f"{chain.name}: {chain.entries} mục, "
            + ("nguyên vẹn" if chain.intact else f"HỎNG tại mục {chain.broken_at}: {chain.why}")
        )
    if not chains:
        click.echo("Sổ niêm phong chưa có mục nào.")
    return 0 if all(chain.intact for chain in chains) else 1


COMMANDS = (backup, restore, journal)
