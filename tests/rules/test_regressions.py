"""Each failure of others in docs/regressions.md names a test of ours that exists; all twenty-two are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "regressions.md").read_text("utf-8")
TESTS = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "tests").rglob("test_*.py")))


def test_every_test_the_page_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert len(named) > 25
    assert [name for name in named if f"def {name}(" not in TESTS] == []


def test_each_of_the_twenty_two_has_a_test_with_its_number() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\|([^|]+)\|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 23))
    assert [number for number, tests in rows if f"`test_{int(number):02}_" not in tests] == []
    assert "def test_22_" in (ROOT / "tests" / "jobs" / "test_regressions.py").read_text("utf-8")
