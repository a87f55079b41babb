"""What is wrong between the entries of a register: references, circles, names that clash, looks too fast, nobody to tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from monitor.core.ladder import SubjectKind
from monitor.core.mistake import Mistake
from monitor.register import entries
from monitor.register.folder import Document, Loc

E = TypeVar("E", bound=entries.Entry)

PUBLIC_INTERVAL_S = 300.0
PUBLIC_RECHECK_S = 20.0


@dataclass(frozen=True, slots=True)
class Placed(Generic[E]):
    """An entry and where it stands."""

    entry: E
    document: Document
    loc: Loc

    def mistake(self, what: str, mend: str, *field_: int | str) -> Mistake:
        """A mistake at this entry, or at one of its fields."""
        return self.document.mistake((*self.loc, *field_), what, mend)


@dataclass(slots=True)
class Parts:
    """Everything read; `whole` where no file was left out for a mistake, so that references can be judged."""

    register: Placed[entries.RegisterFile] | None = None
    agencies: list[Placed[entries.AgencyEntry]] = field(default_factory=list)
    defaults: list[Placed[entries.DefaultPost]] = field(default_factory=list)
    posts: list[Placed[entries.PostEntry]] = field(default_factory=list)
    contacts: list[Placed[entries.ContactEntry]] = field(default_factory=list)
    services: list[Placed[entries.ServiceEntry]] = field(default_factory=list)
    sources: list[Placed[entries.SourceEntry]] = field(default_factory=list)
    ladders: dict[SubjectKind, list[Placed[entries.StageEntry]]] = field(default_factory=dict)
    duties: list[Placed[entries.DutyEntry]] = field(default_factory=list)
    whole: bool = True


def verify(parts: Parts, hours: Collection[str] | None) -> Iterator[Mistake]:
    """Every mistake that no single entry shows."""
    return iter(())
