"""A template's lines as the blocks of an official document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.reports.official.document import Block, Heading, Paragraph

Given = Mapping[str, Sequence[Block]]


def worded(text: str, given: Given) -> tuple[Block, ...]:
    """A paragraph a line: "# " and "## " begin a heading, "~ " words in italics, "[[name]]" is where blocks given go.

    Raise KeyError for a name that is not given.
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(block for line in lines if line for block in _blocks(line, given))


def _blocks(line: str, given: Given) -> Iterator[Block]:
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
