"""A pytest plugin that says where the processor's time goes: `python -m pytest -p tests.cost FILES`."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

_SHOWN = 25
_spent: dict[tuple[str, str], float] = defaultdict(float)
_last = [0.0]
"""When the phase that runs began, in seconds spent; one process runs one test at a time."""


def _seconds() -> float:
    """Of this process and of the children it has waited for; a server that outlives a test is not in it."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Write onto each report (setup, call, teardown) what was spent since the one before."""
    report = yield
    now = _seconds()
    report.user_properties = [*report.user_properties, ("cpu_s", now - _last[0])]
    _last[0] = now
    return report


def pytest_runtest_logstart() -> None:
    """Count from here: what was spent on collecting is no test's."""
    _last[0] = _seconds()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up, with xdist in the process that gets all reports."""
    spent = [value for name, value in report.user_properties if name == "cpu_s"]
    _spent[report.nodeid, report.when] += sum(float(str(value)) for value in spent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The dearest files and the dearest phases of single tests."""
    files: dict[str, float] = defaultdict(float)
    for (name, _), seconds in _spent.items():
        files[name.partition("::")[0]] += seconds
    say = terminalreporter.write_line
    terminalreporter.section(f"processor time: {sum(files.values()):.1f} s")
    for file, seconds in _dearest(files):
        say(f"{seconds:7.2f}  {file}")
    say("")
    for (name, phase), seconds in _dearest(_spent):
        say(f"{seconds:7.2f}  {phase:8}  {name}")


def _dearest(spent: dict[Any, float]) -> list[tuple[Any, float]]:
    return sorted(spent.items(), key=lambda one: one[1], reverse=True)[:_SHOWN]
