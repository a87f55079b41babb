"""Grounds as a letter cites them: each document once, with every article of it that is meant."""

from __future__ import annotations

from collections.abc import Iterable

AMENDED = "được sửa đổi bởi"
"""A ground that goes on to name other documents stands as it is: what follows belongs to its own article."""


def cited(citations: Iterable[str]) -> tuple[str, ...]:
    """The documents of some citations in order; "A, Điều 1; B" and "A, Điều 2" make "A, Điều 1, Điều 2" and "B"."""
    articles: dict[str, list[str]] = {}
    for one in (part for citation in citations for part in citation.split("; ")):
        document, _, article = (one, "", "") if AMENDED in one else one.partition(", ")
        known = articles.setdefault(document, [])
        if article and article not in known:
            known.append(article)
    return tuple(", ".join((document, *named)) for document, named in articles.items())
