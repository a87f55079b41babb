"""The short-lived process that takes the text out of one letter's file: `python -m jobs.letter_child`."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs.read_child import MEMORY, confine

CPU_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Which file, and within which limits."""

    path: str
    parent: int
    memory: int = MEMORY

    def as_text(self) -> str:
        """One line for the process's standard input."""
        return json.dumps(asdict(self))


def main() -> int:
    """Read the file; print one line of JSON: its text, or why it was refused, or that it is a scan."""
    task = Task(**json.loads(sys.stdin.read()))
    confine(task)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    from monitor.sources.letter_text import NoText, printed
    from monitor.sources.sheet import FileRefused

    try:
        said = asdict(printed(Path(task.path)))
    except NoText:
        said = {"scan": True}
    except FileRefused as refused:
        said = {"why": str(refused)}
    print(json.dumps(said))  # noqa: T201 - this is how the parent is told
    return 0


if __name__ == "__main__":
    sys.exit(main())
