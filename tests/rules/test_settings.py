"""config.example.env has exactly the settings that exist, each explained, and loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from monitor.config import NAMES, Settings, load_settings

EXAMPLE = Path(__file__).parents[2] / "config.example.env"


def test_the_example_has_exactly_the_settings_that_exist() -> None:
    assert sorted(dotenv_values(EXAMPLE)) == sorted(NAMES)


def test_the_example_loads_and_holds_the_defaults(tmp_path: Path) -> None:
    written = {name: value for name, value in dotenv_values(EXAMPLE).items() if value}
    defaults = {name: str(getattr(Settings(), name.lower())) for name in written}
    assert written == defaults
    assert load_settings(EXAMPLE)


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_has_one_line_of_explanation_before_it(name: str) -> None:
    assert re.search(rf"^# .{{20,}}\n{name}=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
