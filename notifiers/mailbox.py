"""The mailbox folder: each message a file `.eml` that any mail program opens."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

from monitor.core.message import Message
from notifiers import NotSent, Receipt
from notifiers.mime import BadAddress, local, to_bytes


class Mailbox:
    """A folder of letters; a file is there whole, or not at all, and the same letter is the same file."""

    resend_is_safe = True

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def send(self, message: Message) -> Receipt:
        """Write the letter; raise NotSent where the folder cannot be written."""
        path = self.folder / file_name(message)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(path, to_bytes(message))
        except BadAddress as error:
            raise NotSent(str(error), permanent=True) from error
        except OSError as error:
            raise NotSent(f"không ghi được thư vào {self.folder}: {error.strerror}") from error
        return Receipt(words=str(path))


def file_name(message: Message) -> str:
    """A name that sorts by date and tells whose letter it is, unique by the message's key."""
    whose = message.to_names[0] if message.to_names else message.to_address
    plain = unicodedata.normalize("NFD", whose.replace("Đ", "D").replace("đ", "d"))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")[:60]
    digest = hashlib.blake2b(message.key.encode(), digest_size=4).hexdigest()
    return f"{local(message.date):%Y%m%d-%H%M}-{slug or 'thu'}-{digest}.eml"


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
