"""What a short message says: which dossier or service, until when, how many, and where to read on; nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.ladder import SubjectKind
from monitor.reports.item import Item
from monitor.reports.render import render

LONGEST = 300
"""Characters of a whole message."""
_SPARE = 6
"""Kept free: what stands for a dash or an ellipsis in unaccented letters may be longer."""
_WORTHWHILE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An interruption of a service: `back` is when it worked again, None while it does not."""

    service: str
    procedure: str
    since: datetime
    back: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What one message is about. `others` counts what is neither an interruption nor a dossier, by kind.

    `lost`: it goes in the place of a letter that did not arrive.
    """

    stop: Stop | None = None
    items: tuple[Item, ...] = ()
    others: Mapping[SubjectKind, int] = field(default_factory=dict)
    link: str = ""
    lost: bool = False

    @property
    def procedure(self) -> str:
        """The name of the one procedure it is about; empty where there are several, or none."""
        if self.stop is not None:
            return self.stop.procedure
        return self.items[0].procedure_name if len(self.items) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefWords:
    """A message's heading, for a way that shows one, and its text."""

    subject: str
    text: str


def brief_words(brief: Brief) -> BriefWords:
    """The message, at most LONGEST characters: a long name of a procedure is cut, or left out."""
    bare = _rendered("brief.txt", brief, "")
    room = LONGEST - _SPARE - len(bare) - len(" ()")
    text = _rendered("brief.txt", brief, _cut(brief.procedure, room)) if room >= _WORTHWHILE else bare
    return BriefWords(subject=_rendered("brief.subject.txt", brief, ""), text=_fit(text, brief.link))


def _rendered(template: str, brief: Brief, procedure: str) -> str:
    return " ".join(render(template, brief=brief, procedure=procedure).split())


def _cut(text: str, room: int) -> str:
    """The beginning of a text, whole words of it, and that there is more."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1].rpartition(' ')[0] or text[: room - 1]}…"


def _fit(text: str, link: str) -> str:
    """As much as there is room for; the address at the end is whole, or not there."""
    most = LONGEST - _SPARE
    if len(text) <= most:
        return text
    bare = text.removesuffix(link).strip() if link else text
    return f"{_cut(bare, most - len(link) - 1)} {link}".strip() if len(link) < most // 2 else _cut(bare, most)
