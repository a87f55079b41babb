"""Commands of the sealed journal: walked, signed, handed to somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import click
from sqlalchemy import Connection

from jobs.cli.ground import Refused, app_of, as_json, number, say, settings_of
from jobs.cli.official import refused
from monitor.core.journal import Entry
from monitor.reports.render import hoa, so, soniem
from monitor.store import journal as sealed
from monitor.store import reading, signatures
from monitor.store.exporting import Exported, NotSigned, lines
from monitor.store.seal_key import SealKeyUnusable, seal_key
from monitor.store.whole_file import write_once

VERIFIER = "tthc_verify.py"


@click.group()
def journal() -> None:
    """Sổ niêm phong."""


@journal.command("verify")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def verify(context: click.Context, json_: bool) -> int:
    """Đi lại toàn bộ chuỗi: sửa, xóa, chèn, đổi thứ tự đều bị phát hiện; đối chiếu mã niêm phong hằng ngày."""
    app = app_of(context)
    with reading(app.engine) as db:
        chains, forged = _walked(db)
    if json_:
        as_json(
            [asdict(chain) | {"intact": chain.intact} for chain in chains]
            + [{"name": day, "entries": 0, "broken_at": 0, "why": _FORGED, "intact": False} for day in forged]
        )
    else:
        _told(chains, forged)
    return 0 if not forged and all(chain.intact for chain in chains) else 1


_FORGED = "mã niêm phong của ngày này không đúng"


def _walked(db: Connection) -> tuple[list[sealed.Walked], list[str]]:
    """Every chain held against the heads that were signed, and the days whose signature is not valid."""
    signed = list(signatures.every(db))
    forged = [one.day for one in signed if not one.valid]
    published: list[Entry] = []
    for one in signed:
        if one.day not in forged:
            with suppress(ValueError):
                published.extend(one.entries)
    return sealed.verify_all(db, published), forged


def _told(chains: Sequence[sealed.Walked], forged: Sequence[str]) -> None:
    for chain in chains:
        click.echo(
            f"{hoa(soniem(chain.name))}: {so(chain.entries)} mục, "
            + ("nguyên vẹn" if chain.intact else f"HỎNG tại mục {chain.broken_at}: {chain.why}")
        )
    for day in forged:
        click.echo(f"Ngày {day}: {_FORGED}")
    if not chains:
        click.echo("Sổ niêm phong chưa có mục nào.")
    if forged or not all(chain.intact for chain in chains):
        click.echo(
            "Số liệu đã bị sửa ngoài chương trình, hoặc đĩa hỏng: dừng chương trình, giữ nguyên tệp cơ sở dữ liệu làm "
            "chứng, báo người quản trị; khôi phục bản sao lưu gần nhất còn nguyên vẹn (tthc restore TỆP)."
        )


@journal.command("key")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def key(context: click.Context, json_: bool) -> None:
    """Khóa công khai của mã niêm phong hằng ngày, để gửi cơ quan khác giữ; tạo khóa nếu chưa có."""
    settings = settings_of(context)
    try:
        found = seal_key(settings.seal_key)
    except SealKeyUnusable as error:
        raise Refused(str(error)) from error
    if json_:
        as_json({"key": found.public, "fingerprint": found.fingerprint, "file": str(settings.seal_key)})
        return
    click.echo(f"Khóa niêm phong (công khai): {found.public}")
    click.echo(f"Dấu vân tay, đọc qua điện thoại: {found.fingerprint}")
    click.echo(f"Tệp khóa {settings.seal_key}: chỉ máy này giữ, sao lưu riêng; mất thì từ ngày đó phải dùng khóa mới.")


@journal.command("export")
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--until", type=click.DateTime(["%d/%m/%Y", "%Y-%m-%d"]), help="Đến hết ngày đã niêm phong này.")
@click.option("--with-verifier/--without-verifier", default=True, help=f"Kèm {VERIFIER} bên cạnh (mặc định: có).")
@click.pass_context
def export(context: click.Context, file: Path, until: datetime | None, with_verifier: bool) -> None:
    """Xuất sổ niêm phong ra một tệp để cơ quan khác tự kiểm tra; không có họ tên, nội dung cá nhân nào trong đó."""
    app, exported = app_of(context), Exported()
    day = None if until is None else until.date()
    with reading(app.engine) as db, _refused(file):
        write_once(file, lines(db, exported, program=version("tthc-monitor"), now=app.clock.now(), until=day))
    click.echo(f"Đã xuất {number(exported.links)} mục, {number(exported.signatures)} mã niêm phong ngày vào {file}.")
    if with_verifier:
        beside = file.with_name(VERIFIER)
        with _refused(beside):
            _put(beside)
        say(f"Kiểm tra ở máy bất kỳ có Python 3.9 trở lên: python3 {beside.name} {file.name}")


@contextmanager
def _refused(file: Path) -> Iterator[None]:
    """What keeps an export from its file, in one line that names the mend."""
    no_folder = f"tạo thư mục {file.parent} trước (mkdir -p), hoặc chọn nơi khác"
    with refused(file, "kiểm tra quyền và dung lượng đĩa" if file.parent.is_dir() else no_folder):
        try:
            yield
        except NotSigned as error:
            near = f"; gần nhất: {', '.join(error.near)}" if error.near else ""
            raise Refused(
                f"Ngày {error.day:%d/%m/%Y} chưa có mã niêm phong{near}. Bỏ --until để xuất đến bây giờ."
            ) from error
        except FileExistsError as error:
            raise Refused(f"{file} đã có: chọn tên khác, hoặc chuyển tệp cũ đi") from error


def _put(beside: Path) -> None:
    """Put the verifier down; one that is there already gives way where it is another."""
    content = resources.files("monitor.verifier").joinpath(VERIFIER).read_bytes()
    if beside.is_file() and beside.read_bytes() == content:
        return
    new = beside.with_name(f"{beside.name}.moi")
    new.unlink(missing_ok=True)
    write_once(new, [content])
    new.replace(beside)


COMMANDS = (journal,)
