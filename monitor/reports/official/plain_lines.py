"""A template's lines as plain text: the twin, for terminals, of what `wording.py` makes blocks of."""

from __future__ import annotations


def printed(text: str) -> str:
    """Headings on lines of their own, facts set in; see `worded` for how lines begin."""
    return "\n".join(line for line in map(_line, text.split("\n")) if line)


def _line(line: str) -> str:
    bare = " ".join(line.split())
    if bare.startswith("| "):
        name, _, fact = bare.removeprefix("|").partition(" |")
        return f"  {name.strip()}: {fact.strip()}" if name.strip() else f"    {fact.strip()}"
    if bare.startswith("# "):
        return "\n" + bare.removeprefix("# ")
    if bare.startswith("~ "):
        return "\n" + bare.removeprefix("~ ")
    return f"  {bare}" if bare else ""
