"""That the bench runs. Its figures are no test: they hang on the machine and what else it does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUICK = ("worktime", "findings", "looks", "imports", "weekly", "weeks", "journal")
"""All but the daemon's, which waits for the drop folder's beat; tests of the daemon start it too."""


@pytest.mark.slow
def test_every_topic_measures_something_and_names_its_limit() -> None:
    command = [sys.executable, "-m", "bench", "--scale", "0.002", *QUICK]
    ran = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr
    rows = [line for line in ran.stdout.splitlines()[2:] if " ≤ " in line or " MISSED " in line]
    measured = ("add_seconds", "findings a dossier", "a look, HTTPS", "bytes kept", "identical bytes", "weekly log")
    for words in (*measured, "verifying", "interval misses"):
        assert any(words in row for row in rows), f"{words} was not measured:\n{ran.stdout}"
