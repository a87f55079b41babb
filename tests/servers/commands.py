"""Commands as processes of their own, each forked from one that has the program loaded: to load it takes a second."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

LOADED = ("jobs.cli", "alembic.command", "docxtpl", "typst", "xlsxwriter", "openpyxl")
"""What the parent of all commands imports; a command that imports more does so itself."""


class Commands:
    """The parent process, and how it is asked: one line of JSON each way, output through files."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="tthc-commands-")
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.commands"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.close)

    def run(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of `tthc` with these words, in a folder."""
        out, err = (Path(self._folder.name) / name for name in ("out", "err"))
        asked = [list(words), str(folder), dict(environment), str(out), str(err)]
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(asked) + "\n")
        self._parent.stdin.flush()
        code = int(self._parent.stdout.readline())
        return code, out.read_text("utf-8"), err.read_text("utf-8")

    def close(self) -> None:
        """End the parent."""
        if self._parent.stdin is not None and not self._parent.stdin.closed:
            self._parent.stdin.close()
            self._parent.wait(10)
            assert self._parent.stdout is not None
            self._parent.stdout.close()
            self._folder.cleanup()


@cache
def commands() -> Commands:
    """The one parent of this test process."""
    return Commands()


def _serve() -> None:
    for name in LOADED:
        __import__(name)
    for line in sys.stdin:
        words, folder, environment, out, err = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(words, folder, environment, out, err)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - this is how the asker is told


def _become(words: Sequence[str], folder: str, environment: Mapping[str, str], out: str, err: str) -> NoReturn:
    """Run the command in this forked process, as if it had been started from a shell, and end."""
    code = 1
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        for number, path in ((1, out), (2, err)):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(file, number)
            os.close(file)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        sys.argv = ["tthc", *words]
        from jobs.cli import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:  # noqa: BLE001 - as the interpreter itself would print it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
