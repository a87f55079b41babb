"""The tables that are ruled on a page of a PDF: cells by the lines drawn around them, text by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_CLOSE, _SHORTEST = 3.0, 8.0
"""Points: lines so near to each other are one; shorter ones are parts of letters or dashes."""
_MOST_RULES = 2_000
_PAINT = frozenset({b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*"})
_FEWEST_COLUMNS = 3
"""A frame around a page or a paragraph, or a letterhead in two columns, is no table."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line: at `at` across, from `start` to `end` along."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and where it begins."""

    x: float
    y: float
    text: str


@dataclass(slots=True)
class Page:
    """What a page draws: level and upright rules, pieces of text in the order in which they were set."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    path: list[tuple[float, float]] = field(default_factory=list)
    drawn: list[tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=list)

    def operand(self, name: bytes, given: Sequence[Any], matrix: Sequence[float], _: Sequence[float]) -> None:
        """Take a drawing operation, as pypdf tells it."""
        match name:
            case b"m":
                self.path = [_placed(matrix, float(given[0]), float(given[1]))]
            case b"l" if self.path:
                self.path.append(_placed(matrix, float(given[0]), float(given[1])))
                self.drawn.append((self.path[-2], self.path[-1]))
            case b"re":
                x, y, wide, high = map(float, given[:4])
                corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)]
                self.drawn += pairwise(_placed(matrix, *corner) for corner in corners)
            case b"n":  # it only says where may be drawn
                self.drawn.clear()
            case _ if name in _PAINT:
                for one, other in self.drawn:
                    self._rule(one, other)
                self.drawn.clear()

    def text(self, text: str, matrix: Sequence[float], own: Sequence[float], *_: object) -> None:
        """Take a piece of text, as pypdf tells it."""
        if text.strip():
            self.pieces.append(Piece(*_placed(matrix, float(own[4]), float(own[5])), text))

    def _rule(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
        if len(self.level) + len(self.upright) >= _MOST_RULES:
            return
        if high < _CLOSE / 2 and wide > _SHORTEST:
            self.level.append(Rule(one[1], min(one[0], other[0]), max(one[0], other[0])))
        elif wide < _CLOSE / 2 and high > _SHORTEST:
            self.upright.append(Rule(one[0], min(one[1], other[1]), max(one[1], other[1])))


@dataclass(frozen=True, slots=True)
class Table:
    """One ruled table: its columns' edges, the lines of each cell by row, and its pieces in their order."""

    edges: tuple[float, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    pieces: tuple[Piece, ...]


def tables(page: Page) -> Iterator[Table]:
    """Each table of a page, from the top; a cell that spans rows or columns says the same in each of them."""
    heights = _merged(rule.at for rule in page.level)[::-1]
    band: list[tuple[float, float]] = []
    for top, bottom in pairwise(heights):
        edges = _edges(page, top, bottom)
        if len(edges) > _FEWEST_COLUMNS or (band and _same_sides(edges, _edges(page, *band[0]))):
            band.append((top, bottom))
        elif band:
            yield _table(page, band)
            band = []
    if band:
        yield _table(page, band)


def _same_sides(edges: Sequence[float], others: Sequence[float]) -> bool:
    """Whether a row that spans columns reaches from side to side of a table."""
    return len(edges) > 1 and abs(edges[0] - others[0]) < _CLOSE and abs(edges[-1] - others[-1]) < _CLOSE


def _table(page: Page, bands: Sequence[tuple[float, float]]) -> Table:
    edges = _merged(edge for top, bottom in bands for edge in _edges(page, top, bottom))
    cells = [(row, column) for row in range(len(bands)) for column in range(len(edges) - 1)]
    owner = {cell: cell for cell in cells}
    for row, column in cells:
        middle = (edges[column] + edges[column + 1]) / 2
        if row and not _crosses(page.level, bands[row][0], middle):
            owner[row, column] = owner[row - 1, column]
        elif column and not _crosses(page.upright, edges[column], sum(bands[row]) / 2):
            owner[row, column] = owner[row, column - 1]
    held: dict[tuple[int, int], list[Piece]] = {}
    inside = []
    for piece in page.pieces:
        place = _cell(piece, bands, edges)
        if place:
            inside.append(piece)
            held.setdefault(owner[place], []).append(piece)
    rows = tuple(
        tuple(_lines(held.get(owner[row, column], ())) for column in range(len(edges) - 1)) for row in range(len(bands))
    )
    return Table(tuple(edges), rows, tuple(inside))


def _cell(piece: Piece, bands: Sequence[tuple[float, float]], edges: Sequence[float]) -> tuple[int, int] | None:
    row = next((at for at, (top, bottom) in enumerate(bands) if bottom <= piece.y + 1 < top), None)
    column = next((at for at, (a, b) in enumerate(pairwise(edges)) if a <= piece.x + 1 < b), None)
    return None if row is None or column is None else (row, column)


def _lines(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The text of a cell, line by line as it looks."""
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: -one.y):
        if lines and lines[-1][0].y - piece.y < _CLOSE:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return tuple("".join(one.text for one in sorted(line, key=lambda one: one.x)).strip() for line in lines)


def _edges(page: Page, top: float, bottom: float) -> list[float]:
    """Where upright rules cross a band."""
    middle = (top + bottom) / 2
    return _merged(rule.at for rule in page.upright if rule.start - _CLOSE < middle < rule.end + _CLOSE)


def _crosses(rules: Iterable[Rule], at: float, along: float) -> bool:
    return any(abs(rule.at - at) < _CLOSE and rule.start - _CLOSE < along < rule.end + _CLOSE for rule in rules)


def _merged(places: Iterable[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] >= _CLOSE:
            found.append(place)
    return found


def _placed(matrix: Sequence[float], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = map(float, matrix[:6])
    return x * a + y * c + e, x * b + y * d + f
