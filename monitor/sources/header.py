"""The heading row of a table: where it is, which layout it is of, and in which column each field stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.sources.headings import forms
from monitor.sources.layout import FIELDS, Layout, Words

DEEPEST = 80
"""A heading row is looked for among so many first rows."""

_NUMBER = "_number"

Cells = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A layout found at a row of a sheet: each field's column and printed name, and how many rows the heading takes.

    `unkept` are the columns, as printed, whose cells are left at the door: the layout knows them and never keeps them,
    or has another column for the same; `unknown` those it knows nothing of.
    """

    layout: Layout
    columns: Mapping[str, int]
    names: Mapping[str, str]
    at: int
    rows: int = 1
    unkept: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def picks(self) -> tuple[int, ...]:
        """The column of each of FIELDS; -1 where the table has none."""
        return tuple(self.columns.get(name, -1) for name in FIELDS)


def locate(rows: Sequence[Cells], layouts: Sequence[Layout]) -> Header | None:
    """The first heading row of a layout among the first rows, one level or two; the layout asking for most wins."""
    for at, row in enumerate(rows[:DEEPEST]):
        if sum(1 for cell in row if isinstance(cell, str) and cell.strip()) < 2:
            continue
        lower = rows[at + 1] if at + 1 < len(rows) else ()
        found = best(row, layouts, at) if not lower else _better(best(row, layouts, at), _two(row, lower, layouts, at))
        if found:
            return found
    return None


def best(row: Cells, layouts: Sequence[Layout], at: int, rows: int = 1) -> Header | None:
    """The layout that fits a heading row best."""
    texts = [(cell if isinstance(cell, str) else "",) for cell in row]
    return _best(texts, layouts, at, rows)


def _best(texts: Sequence[Sequence[str]], layouts: Sequence[Layout], at: int, rows: int) -> Header | None:
    found: Header | None = None
    for layout in layouts:
        columns, names = _mapped(texts, layout.words)
        if layout.fits(columns) and (found is None or len(layout.requires) > len(found.layout.requires)):
            unkept, unknown = _left_out(texts, columns, layout.words)
            found = Header(
                layout=layout, columns=columns, names=names, at=at, rows=rows, unkept=unkept, unknown=unknown
            )
    return found


def _two(upper: Cells, lower: Cells, layouts: Sequence[Layout], at: int) -> Header | None:
    """Headings of two levels: "Ngày" above "tiếp nhận" and "hẹn trả", the upper one merged over both."""
    texts: list[tuple[str, ...]] = []
    above = ""
    for column in range(max(len(upper), len(lower))):
        up, low = _text(upper, column), _text(lower, column)
        above = up or above
        texts.append((low, f"{above} {low}") if low else (up,))
    return _best(texts, layouts, at, 2)


def _better(one: Header | None, two: Header | None) -> Header | None:
    if one is None or two is None:
        return one or two
    return two if len(two.columns) > len(one.columns) else one


def _text(row: Cells, column: int) -> str:
    cell = row[column] if column < len(row) else ""
    return cell if isinstance(cell, str) else ""


def _fields(text: str, words: Words) -> tuple[tuple[int, str], ...]:
    """What a heading may stand for, with ranks."""
    return next((words.columns[form] for form in forms(text) if form in words.columns), ())


def _left_out(
    texts: Sequence[Sequence[str]], columns: Mapping[str, int], words: Words
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the columns that are not kept, each once: those known, those not; no running numbers."""
    kept = {at for name, at in columns.items() if name in FIELDS}
    unkept, unknown = dict[str, None](), dict[str, None]()
    for column, options in enumerate(texts):
        own, whole = (" ".join(options[at].split()) for at in (0, -1))
        name = own if whole == f"{own} {own}" else whole
        if column in kept or not any(map(str.isalpha, name)):
            continue
        fields = {field for option in options for _, field in _fields(option, words)}
        if _NUMBER not in fields:
            (unkept if fields else unknown)[name] = None
    return tuple(unkept), tuple(unknown)


def _mapped(texts: Sequence[Sequence[str]], words: Words) -> tuple[dict[str, int], dict[str, str]]:
    """Field → column, the best ranked heading of a field first, then the leftmost."""
    ranked: dict[str, tuple[int, int]] = {}
    names: dict[str, str] = {}
    for column, options in enumerate(texts):
        for option in options:
            known = _fields(option, words)
            for rank, name in known:
                if name not in ranked or (rank, column) < ranked[name]:
                    ranked[name] = (rank, column)
                    names[name] = " ".join(option.split())
            if known:
                break
    return {name: column for name, (_, column) in ranked.items()}, names
