"""Every file the page on architecture names is there, in the room it is named under, and every module is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = {
    "Inside the core": "monitor/core",
    "Inside the register": "monitor/register",
    "Inside the probes": "monitor/probes",
    "Inside the store": "monitor/store",
    "Inside the web": "monitor/web",
    "Inside the reports": "monitor/reports",
    "Inside the lists": "monitor/reports/lists",
    "Inside the jobs": "jobs",
}


def section(heading: str) -> str:
    """The text under a heading, up to the next one."""
    return re.split(r"^#+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize(("heading", "room"), ROOMS.items())
def test_each_file_named_under_a_room_is_in_it(heading: str, room: str) -> None:
    named = re.findall(r"`(\w+\.py|\w+/)`", section(heading))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / room / name).exists()] == []


@pytest.mark.parametrize(("heading", "room"), ROOMS.items())
def test_each_module_of_a_room_is_named_under_it(heading: str, room: str) -> None:
    there = {path.name for path in (ROOT / room).glob("*.py")} - {"__init__.py"}
    assert sorted(there - set(re.findall(r"`(\w+\.py)`", section(heading)))) == []


def test_each_file_named_with_its_folder_is_there() -> None:
    named = re.findall(
        r"`((?:bench|core|jobs|monitor|notifiers|probes|reports|scripts|sources|store|tests|web)/[\w./-]*)`", PAGE
    )
    assert len(named) > 20
    assert [name for name in named if not any((ROOT / above / name).exists() for above in ("", "monitor"))] == []
