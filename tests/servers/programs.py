"""Programs of the machine that tests run as servers of their own: where they are, and as whom they run."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def program(path: str, package: str) -> str:
    """Where a program is; where the machine has none the tests are left out, in CI they fail."""
    found = path if Path(path).exists() else shutil.which(Path(path).name)
    if found is None:
        why = f"{path} is not on this machine (Debian's package {package})"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found


def unprivileged() -> str | None:
    """Servers are run by an ordinary account: the one to run them as, None where this is no root already."""
    return "nobody" if os.geteuid() == 0 else None


def as_whom() -> dict[str, Any]:
    """How `subprocess` is told to run a program as the unprivileged account."""
    account = unprivileged()
    if account is None:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": ()}


@contextmanager
def folder_of_its_own(prefix: str) -> Iterator[Path]:
    """A folder that the unprivileged account owns, short enough for sockets, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if account := unprivileged():
            shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
        folder.chmod(0o755)
        yield folder


def given(path: Path) -> Path:
    """A file or folder that the unprivileged account owns from now on."""
    if account := unprivileged():
        shutil.chown(path, account, pwd.getpwnam(account).pw_gid)
    return path
