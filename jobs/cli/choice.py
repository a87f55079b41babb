"""A choice among Vietnamese words, typed with or without marks and hyphens."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import click

from monitor.sources.headings import fold


class Words(click.Choice[str]):
    """Takes one of the words, or the value it stands for; gives the value."""

    def __init__(self, words: Mapping[str, StrEnum]) -> None:
        super().__init__(tuple(words))
        self._known = {fold(word): value for word, value in words.items()}
        self._known |= {fold(value.value): value for value in words.values()}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; anything else is refused with the words there are."""
        found = self._known.get(fold(str(value)))
        return found if found is not None else super().convert(value, param, ctx)
