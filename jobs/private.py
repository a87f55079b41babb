"""What the program keeps is for the account it runs under: new files by the umask, older ones closed at the start."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
_KEPT = ("tthc.db*", "khoa-niem-phong.pem", "evidence", "mailbox")


def close(var_dir: Path) -> None:
    """Take from others what they may read or write in a folder for data, and in what the program keeps there.

    Who may only pass through stays able to, and `inbox/` is left as it is: an office may share it. A folder that is
    somebody else's, or everybody's, is left alone.
    """
    with suppress(OSError):
        about = var_dir.stat()
        if about.st_uid != os.getuid() or about.st_mode & stat.S_ISVTX:
            return
        if about.st_mode & 0o066:
            var_dir.chmod(stat.S_IMODE(about.st_mode) & 0o700)
        for path in (path for pattern in _KEPT for path in var_dir.glob(pattern)):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077 and not path.is_symlink():
                path.chmod(mode & 0o700)
