"""A choice among Vietnamese words, typed with or without marks and hyphens."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import click

from jobs.cli.ground import Refused
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


class Listed(Words):
    """The same of a long list: also by the number in it, and what is not in it is answered with the list, a line each.

    The words are as people read them; typed without marks, or with hyphens between, they are known too.
    """

    def __init__(self, words: Mapping[str, StrEnum], what: str) -> None:
        super().__init__(words)
        self._what, self._numbers = what, {str(place): value for place, value in enumerate(words.values(), 1)}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002 - click's
        """The value; raise Refused with the list."""
        found = self._numbers.get(str(value).strip()) or self._known.get(fold(str(value)))
        if found is None:
            lines = (f"  {place:>2}  {word}" for place, word in enumerate(self.choices, 1))
            raise Refused("\n".join((f"Không có {self._what} {value!r}; chọn theo số, hoặc ghi như dưới đây:", *lines)))
        return found
