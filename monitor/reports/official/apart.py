"""Forms filled in a process of its own: what an office's template does to it harms nobody, and its memory goes with it.

`python -m monitor.reports.official.apart`, the forms as JSON on standard input, what came of each on standard output.
"""

from __future__ import annotations

import base64
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.reports.official.filled import Fields, Sheet, TemplateWrong, filled

MEMORY, CPU_S, WALL_S = 1 << 30, 60, 120
AT_ONCE = 50
"""So many forms in one process; where it dies, no more are lost."""


def filled_apart(sheets: Sequence[Sheet], *, timeout: float = WALL_S) -> Iterator[bytes | str]:
    """Each form for Word, in their order; or in one line why it could not be filled."""
    for first in range(0, len(sheets), AT_ONCE):
        yield from _lot(sheets[first : first + AT_ONCE], timeout)


def _lot(sheets: Sequence[Sheet], timeout: float) -> list[bytes | str]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "monitor.reports.official.apart"],
            input=json.dumps([_packed(one) for one in sheets]).encode(),
            capture_output=True,
            timeout=timeout,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        return [f"Không soạn được ({type(error).__name__})"] * len(sheets)
    return [base64.b64decode(one["word"]) if "word" in one else str(one["why"]) for one in json.loads(done.stdout)]


def _packed(sheet: Sheet) -> dict[str, Any]:
    return {
        "path": str(sheet.path),
        "needed": sorted(sheet.fields.needed),
        "known": sorted(sheet.fields.known),
        "facts": dict(sheet.facts),
        "title": sheet.title,
        "author": sheet.author,
        "made": sheet.made.isoformat(),
    }


def _unpacked(packed: dict[str, Any]) -> Sheet:
    return Sheet(
        path=Path(packed["path"]),
        fields=Fields(needed=frozenset(packed["needed"]), known=frozenset(packed["known"])),
        facts=packed["facts"],
        title=packed["title"],
        author=packed["author"],
        made=datetime.fromisoformat(packed["made"]),
    )


def main() -> None:
    """Fill what is asked, under limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    json.dump([_filled(_unpacked(one)) for one in json.load(sys.stdin.buffer)], sys.stdout)


def _filled(sheet: Sheet) -> dict[str, str]:
    try:
        return {"word": base64.b64encode(filled(sheet)).decode()}
    except TemplateWrong as error:
        return {"why": str(error)}


if __name__ == "__main__":
    main()
