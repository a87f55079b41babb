"""Whether the dates of a column may have been swapped: Excel with foreign settings makes real dates of those it can
misread (04/03 becomes 3 April) and leaves the others (25/03) as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

_TEXT = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})")
_EPOCH = date(1899, 12, 30)


@dataclass(slots=True)
class Mixture:
    """What a column of dates holds: the beginnings of its texts, the (day, month) of its real dates."""

    texts: set[str] = field(default_factory=set)
    real: set[tuple[int, int]] = field(default_factory=set)

    def look(self, cells: Iterable[object]) -> None:
        """Take some cells of the column into account."""
        listed = list(cells)
        if set(map(type, listed)) == {str}:
            self.texts.update({cell[:5] for cell in listed})  # type: ignore[index]
            return
        for cell in listed:
            if isinstance(cell, str):
                self.texts.add(cell[:5])
            elif isinstance(cell, date):
                self.real.add((cell.day, cell.month))
            elif isinstance(cell, (int, float)) and 30_000 < cell < 80_000:
                self._serial(int(cell))

    def _serial(self, number: int) -> None:
        day = _EPOCH + timedelta(days=number)
        self.real.add((day.day, day.month))

    def suspect(self) -> bool:
        """Whether day and month of some real date may have changed places.

        Not so where real dates with a day above 12 stand beside texts with a day up to 12: then neither kind is what
        such a conversion leaves.
        """
        for text in [text for text in self.texts if len(text) == 5 and text.isdecimal() and "30000" < text < "80000"]:
            self._serial(int(text))
            self.texts.discard(text)
        written = {int(match[1]) for text in self.texts if (match := _TEXT.match(text))}
        readable_both_ways = any(day <= 12 and day != month for day, month in self.real)
        if not written or not readable_both_ways:
            return False
        return not (any(day > 12 for day, _ in self.real) and any(day <= 12 for day in written))
