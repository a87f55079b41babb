"""The command that puts the evidence of one interruption into one ZIP."""

from __future__ import annotations

from importlib import resources
from importlib.metadata import version
from pathlib import Path

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, number, say
from monitor.core.mistake import why
from monitor.reports.exhibited import Folder
from monitor.reports.handle import HandleUnknown, find
from monitor.reports.pack import Pack, file_name, gather
from monitor.reports.pack_zip import write
from monitor.reports.render import soniem, term
from monitor.store import reading
from monitor.store.whole_file import written_once

_MEND = "lấy lại từ bản sao lưu thư mục evidence rồi lập lại gói"


@click.command("pack")
@click.argument("handle", metavar="MÃ")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Tệp ZIP ghi ra (chưa có), hoặc thư mục để ghi vào (mặc định: thư mục đang đứng).",
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def pack(context: click.Context, handle: str, to: Path, json_: bool) -> int:
    """Gói bằng chứng của một lần gián đoạn: một tệp ZIP tự kiểm tra được, mở index.html để đọc."""
    made, file = pack_into(app_of(context), handle, to)
    if json_:
        lacking = [{"sha256": piece.digest, "state": piece.lying.value} for piece in made.lacking]
        as_json({"file": str(file), "sound": made.sound, "files": len(made.pieces), "lacking": lacking})
    else:
        whole = sum(piece.whole for piece in made.pieces)
        say(
            f"Đã lập {file}: {number(len(made.record.looks))} lượt kiểm tra, {number(len(made.exhibits))} bằng chứng "
            f"({number(whole)} tệp), {number(made.sent.links)} mục niêm phong."
        )
        if any(reach.signed is None for reach in made.reaches):
            say("Chưa có mã niêm phong ngày bao hết các mục này: lập lại gói sau 00 giờ 05 ngày hôm sau.")
    tell_what_is_lacking(made)
    return 0 if made.sound else 1


def tell_what_is_lacking(made: Pack) -> None:
    """What is not as it was kept, a line each on stderr."""
    for piece in made.lacking:
        say(f"Bằng chứng {piece.path}: {term(piece.lying)}; {_MEND}.", err=True)
    if made.sent.broken:
        chain, seq = made.sent.broken
        say(f"{soniem(chain)}, mục {seq}: không khớp mã niêm phong; chạy tthc journal verify.", err=True)


def pack_into(app: App, handle: str, to: Path) -> tuple[Pack, Path]:
    """Write the pack of an interruption into a file that is not there yet, in a folder under its usual name.

    Raises Refused.
    """
    file = to
    folder = Folder(app.settings.var_dir, app.settings.vantage)
    program = f"tthc-monitor {version('tthc-monitor')}"
    verifier = resources.files("monitor.verifier").joinpath("tthc_verify.py").read_bytes()
    try:
        with reading(app.engine) as db:
            service, one = find(db, app.register, app.law, handle)
            made = gather(db, app.register, app.law, service, one, folder=folder, program=program)
            file = to / file_name(made.record) if to.is_dir() else to
            with written_once(file) as written:
                write(db, made, written, verifier=verifier)
    except HandleUnknown as error:
        raise Refused(str(error)) from error
    except FileExistsError as error:
        raise Refused(f"{file} đã có: chọn tên khác, hoặc chuyển tệp cũ đi") from error
    except OSError as error:
        if not file.parent.is_dir():
            raise Refused(f"Không có thư mục {file.parent}: tạo trước (mkdir -p), hoặc chọn nơi khác") from error
        raise Refused(f"Không lập được {file}: {why(error)}; kiểm tra quyền, dung lượng đĩa rồi thử lại") from error
    return made, file
