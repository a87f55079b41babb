"""A template's lines as the blocks of an official document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from monitor.reports.official.document import Block, Grid, Heading, Paragraph
from monitor.reports.render import terms

Given = Mapping[str, Sequence[Block]]
WIDTHS = (1.0, 2.2)
"""How a table of names and facts shares the line."""


def worded(text: str, given: Given) -> tuple[Block, ...]:
    """A paragraph a line: "# " and "## " begin a heading, "~ " words in italics, "| name | fact" a row of a table.

    "[[name]]" is where blocks given go; raise KeyError for a name that is not given.
    """
    lines = (" ".join(line.split()) for line in text.split("\n"))
    grouped = groupby((line for line in lines if line), key=lambda line: line.startswith("| "))
    return tuple(block for rows, some in grouped for block in ([_facts(some)] if rows else _blocks(some, given)))


def _facts(lines: Iterable[str]) -> Grid:
    words = terms()["official"]
    pairs = (line.removeprefix("| ").partition(" | ") for line in lines)
    rows = tuple((name.strip(), fact.strip()) for name, _, fact in pairs)
    return Grid(header=(words["name"], words["fact"]), rows=rows, widths=WIDTHS)


def _blocks(lines: Iterable[str], given: Given) -> Iterator[Block]:
    for line in lines:
        if line.startswith("[[") and line.endswith("]]"):
            yield from given[line[2:-2]]
        elif line.startswith("## "):
            yield Heading(line[3:], level=2)
        elif line.startswith("# "):
            yield Heading(line[2:])
        elif line.startswith("~ "):
            yield Paragraph(line[2:], italic=True)
        else:
            yield Paragraph(line)
