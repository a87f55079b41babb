"""The evidence of one interruption as it lies on the disk: which files there are, whole, missing or altered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from monitor.core.attribution import Exhibit, Panel
from monitor.core.look import Look
from monitor.reports.zipped import digest_of
from monitor.store import keeping

MOST_LIST = 4 * 1024 * 1024
"""No list of ours comes near; what is larger was put there by somebody."""
EXCERPT = 600
"""So many characters of a page are shown on paper; the file has all that was kept."""

_AS_IT_IS = frozenset({"json", "txt", "csv", "png", "jpg", "jpeg", "pdf", "docx", "xlsx", "doc", "xls", "eml", "zip"})
_AS_TEXT = frozenset({"html", "htm", "xhtml", "svg", "xml", "js"})


class Lying(StrEnum):
    """What became of a file of evidence."""

    WHOLE = "whole"
    MISSING = "missing"
    ALTERED = "altered"
    ELSEWHERE = "elsewhere"  # on the machine of another vantage, which keeps its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file: its SHA-256, what it is called in a pack, where it lies here; `size` in bytes (0 where it is not)."""

    digest: str
    name: str
    path: Path
    size: int
    lying: Lying

    @property
    def whole(self) -> bool:
        """Whether it is here as it was kept."""
        return self.lying is Lying.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibited:
    """One exhibit: its list and the files that names; `facts` is what the list says, of those shown in full only.

    `number` counts from 1 by time. `same` is the number of the one before that shows the same, where there is one.
    """

    number: int
    exhibit: Exhibit
    look: Look | None
    panel: Panel | None
    listing: Piece
    page: Piece | None
    picture: Piece | None
    facts: Mapping[str, Any] | None
    same: int | None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its files."""
        return tuple(piece for piece in (self.listing, self.page, self.picture) if piece is not None)

    @property
    def notable(self) -> bool:
        """Whether it shows something that the one before does not."""
        return self.panel is not None or self.same is None

    def lasts(self) -> tuple[datetime, datetime] | None:
        """From when to when the certificate that was shown is good."""
        shown: Any = self.facts.get("certificate") if self.facts else None
        try:
            return (datetime.fromisoformat(shown["not_before"]), datetime.fromisoformat(shown["not_after"]))
        except (TypeError, KeyError, ValueError):
            return None

    def excerpt(self) -> str:
        """How its page begins, as text."""
        if self.page is None or not self.page.whole:
            return ""
        with self.page.path.open("rb") as file:
            return file.read(EXCERPT * 4).decode("utf-8", "replace")[:EXCERPT]


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of evidence of one machine, which keeps the files of the looks of one vantage."""

    var_dir: Path
    vantage: str

    def piece(self, digest: str, suffix: str, *, vantage: str = "") -> Piece:
        """A file of a look by its digest. Its content is read."""
        return self._piece(keeping.place(self.var_dir, digest, suffix), digest, vantage)

    def given(self, digest: str, name: str) -> Piece:
        """A file that a person gave, under whatever suffix it lies here; `name` is what the person called it."""
        meant = keeping.place(self.var_dir, digest, keeping.suffix_of(name))
        return self._piece(keeping.find(self.var_dir, digest) or meant, digest, "")

    def _piece(self, path: Path, digest: str, vantage: str) -> Piece:
        lying, size = self._lying(path, digest, vantage)
        return Piece(digest=digest, name=name_of(path, digest), path=path, size=size, lying=lying)

    def _lying(self, path: Path, digest: str, vantage: str) -> tuple[Lying, int]:
        try:
            size = path.stat().st_size
            return (Lying.WHOLE, size) if digest_of(path) == digest else (Lying.ALTERED, 0)
        except OSError:
            return (Lying.ELSEWHERE if vantage and vantage != self.vantage else Lying.MISSING), 0


def name_of(path: Path, digest: str) -> str:
    """What a file of evidence is called in a pack: by its digest, and so that no program runs or renders it."""
    suffix = path.suffix.lstrip(".").lower()
    safe = suffix if suffix in _AS_IT_IS else "txt" if suffix in _AS_TEXT else "bin"
    return f"evidence/{digest[:2]}/{digest}.{safe}"


def exhibited(
    folder: Folder, some: Iterable[Exhibit], looks: Iterable[Look], panels: Iterable[Panel]
) -> Iterator[Exhibited]:
    """The exhibits by time, each with the look and the panel it belongs to."""
    of_look = {(look.at, look.vantage): look for look in looks}
    of_panel = {(panel.at, panel.vantage): panel for panel in panels}
    shown: dict[object, int] = {}
    before: object = None
    for number, one in enumerate(sorted(some, key=_order), 1):
        look = of_look.get((one.at, one.vantage))
        listing = folder.piece(one.digest, "json", vantage=one.vantage)
        facts = facts_of(listing)
        page, picture = (_named(folder, facts, key, end, one) for key, end in (("body", "html"), ("screenshot", "png")))
        shows = (look and (look.verdict, look.cause, look.status), page and page.digest, facts is None)
        made = Exhibited(
            number=number,
            exhibit=one,
            look=look,
            panel=of_panel.get((one.at, one.vantage)),
            listing=listing,
            page=page,
            picture=picture,
            facts=facts,
            same=shown[shows] if shows == before else None,
        )
        if shows != before:
            shown[shows] = number
        before = shows
        yield made


def _order(one: Exhibit) -> tuple[datetime, str]:
    return one.at, one.vantage


def _named(folder: Folder, facts: Mapping[str, Any] | None, key: str, suffix: str, one: Exhibit) -> Piece | None:
    digest = facts.get(key) if facts else None
    return folder.piece(digest, suffix, vantage=one.vantage) if isinstance(digest, str) else None


def facts_of(listing: Piece) -> Mapping[str, Any] | None:
    """What a list says; None where it is not as it was kept."""
    if not listing.whole or listing.size > MOST_LIST:
        return None
    try:
        read = json.loads(listing.path.read_bytes())
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None
