"""How far a long command has come, on a terminal; nothing where no person looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def progress(words: str, *, shown: bool, console: Console | None = None) -> Iterator[Callable[[int], None] | None]:
    """What to tell the number of rows done so far; None where there is no terminal. Its line goes when all is done."""
    console = console or Console(stderr=True)
    if not shown or not console.is_terminal:
        yield None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task(words, total=None)

        def tell(rows: int) -> None:
            bar.update(line, description=f"{words}: {rows:,} dòng".replace(",", "."))

        yield tell
