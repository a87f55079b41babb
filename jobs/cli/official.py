"""What commands about official documents share: days as typed, agencies, kept files, drafts written into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from jobs.app import App
from jobs.cli.ground import Refused, say
from monitor.core.answer import tidied
from monitor.core.mask import mask
from monitor.core.message import Attachment
from monitor.core.mistake import why
from monitor.core.period import Stamp
from monitor.core.typed import day_typed, moment_typed
from monitor.store.keeping import keep_given

MOST_FILE = 20 * 1024 * 1024
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
BY = "Người ghi: họ tên, chức danh."
into = click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Thư mục ghi ra (mặc định: thư mục đang đứng).",
)


def day(text: str) -> date:
    """A day typed "24/11/2026" or "2026-11-24"."""
    found = day_typed(text)
    if found is None:
        raise Refused(f'Không hiểu ngày {text!r}: viết như "24/11/2026"')
    return found


def stamp(text: str) -> Stamp:
    """A moment typed "16:30 24/11/2026", or a day alone."""
    found = moment_typed(text) or day_typed(text)
    if found is None:
        raise Refused(f'Không hiểu ngày giờ {text!r}: viết như "24/11/2026" hoặc "16:30 24/11/2026"')
    return found


def said(text: str, what: str) -> str:
    """A text that must say something, on one line and without what no print or database can hold."""
    text = tidied(text)
    if not text:
        raise Refused(f"{what} để trống: ghi rõ.")
    return text


def tell_masked(*typed: tuple[str, str]) -> None:
    """Say in one line, if in any of what was typed something had to be hidden before it is kept; each with its name."""
    hidden = [what for what, text in typed if mask(tidied(text)) != tidied(text)]
    if hidden:
        say(
            f"Đã che số điện thoại, số giấy tờ hoặc địa chỉ thư ở {', '.join(hidden)}: không lưu những số ấy.", err=True
        )


def agency_of(app: App, key: str) -> str:
    """The key of an agency; refuse one that is not in the register."""
    if key not in app.register.agencies:
        found = app.register.resolve(key, date.max)
        if found:
            return found
        raise Refused(f"Danh mục không có cơ quan {key!r}; khóa của cơ quan ghi trong agencies/*.toml.")
    return key


def kept(app: App, file: Path | None) -> str:
    """A scan kept as evidence; its SHA-256, empty for none."""
    if file is None:
        return ""
    try:
        if file.stat().st_size > MOST_FILE:
            raise Refused(f"Tệp {file} lớn quá {MOST_FILE // 1024**2} MB: chụp lại nhỏ hơn.")
        return keep_given(app.settings.var_dir, file)
    except OSError as error:
        raise Refused(f"Không giữ được tệp {file} ({error.strerror}): kiểm tra quyền và chỗ trống của đĩa.") from error


def written(files: Iterable[Attachment], folder: Path) -> list[str]:
    """Write every file and print its path; the suffixes written."""
    suffixes = []
    for file in files:
        path = put(folder, file.name, file.content)
        suffixes.append(path.suffix)
        click.echo(path)
    return suffixes


def put(folder: Path, name: str, content: bytes) -> Path:
    """Write one file into a folder, which is made where it is not there; its path."""
    with refused(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / name


@contextmanager
def refused(place: Path, mend: str = "chọn thư mục khác sau --to") -> Iterator[None]:
    """What the disk does not take is said in one line; that nobody reads what is printed is no fault of the disk."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"Không ghi được vào {place} ({why(error)}): {mend}.") from error
