"""How far a file is read is told on a terminal, and nowhere else."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from jobs.cli.progress import progress


def test_on_a_terminal_rows_are_counted_while_they_are_read() -> None:
    out = StringIO()
    with progress("Đang đọc tệp", shown=True, console=Console(file=out, force_terminal=True, width=80)) as tell:
        assert tell is not None
        tell(120_000)
    assert "Đang đọc tệp: 120.000 dòng" in out.getvalue()


def test_in_a_pipe_or_for_programs_nothing_is_printed() -> None:
    out = StringIO()
    with progress("Đang đọc tệp", shown=True, console=Console(file=out, force_terminal=False)) as tell:
        assert tell is None
    with progress("Đang đọc tệp", shown=False, console=Console(file=out, force_terminal=True)) as tell:
        assert tell is None
    assert out.getvalue() == ""
