"""The entries of a register with their places, and what they become in the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic

from monitor.core.agency import NOBODY, Agency, Alias, Holder, Post, Role, held
from monitor.core.attribution import Part
from monitor.core.ladder import Ladder, Stage, SubjectKind
from monitor.core.mistake import Mistake
from monitor.core.obligation import Listed, Obligation, Recurrence
from monitor.core.place import AdapterPlace, ApiPlace, MailboxPlace, Place, SftpPlace, SqlPlace
from monitor.core.service import Assertion, PanelPage, Service, Step, Take, Target
from monitor.core.source import Scope, SourceSpec
from monitor.document import Document, E, Loc
from monitor.register import entries

OWN_RECHECK_S = 5.0
"""Where the server is the office's own, the look that confirms a failure need not wait as long."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[E]):
    """An entry and where it stands."""

    entry: E
    document: Document
    loc: Loc

    def mistake(self, what: str, mend: str, *within: int | str) -> Mistake:
        """A mistake at this entry, or somewhere within it."""
        return self.document.mistake((*self.loc, *within), what, mend)

    def where(self) -> str:
        """The place as a person finds it."""
        return self.document.place(self.loc)


@dataclass
class Parts:
    """Everything read; `whole` where no file was left out for a mistake of its own: references can be judged."""

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

    @cached_property
    def agency_map(self) -> Mapping[str, Agency]:
        """The agencies by key."""
        return {placed.entry.key: agency_of(placed.entry) for placed in self.agencies}

    @cached_property
    def post_list(self) -> tuple[Post, ...]:
        """Every post, in the order of the agencies; what is written for one agency takes the place of the default.

        Each with whoever came to hold it last; the register says who does on another day.
        """
        last = {key: max(some, key=lambda one: one.since or date.min) for key, some in self.holders.items()}
        return tuple(post for placed in self.agencies for post in self._posts_of(placed.entry, last))

    @cached_property
    def holders(self) -> Mapping[str, tuple[Holder, ...]]:
        """Who holds each post and held or will hold it, in their order; a post that nobody holds is left out."""
        found: dict[str, list[Holder]] = {}
        for placed in self.contacts:
            found.setdefault(placed.entry.post, []).append(holder_of(placed.entry))
        return {key: tuple(sorted(some, key=lambda one: one.since or date.min)) for key, some in found.items()}

    def _posts_of(self, agency: entries.AgencyEntry, holders: Mapping[str, Holder]) -> Iterator[Post]:
        titles: dict[str, tuple[Role, str]] = {}
        for default in (placed.entry for placed in self.defaults):
            if agency.posts and agency.kind in default.kinds:
                titles[f"{agency.key}/{default.role}"] = (default.role, default.title)
        for post in self._written.get(agency.key, ()):
            titles[f"{agency.key}/{post.role}{'-' if post.suffix else ''}{post.suffix}"] = (post.role, post.title)
        for key, (role, title) in titles.items():
            vacant = Post(key=key, agency=agency.key, role=role, title=title.replace("{name}", agency.name))
            holder = holders.get(key, NOBODY)
            yield held(vacant, (holder,), holder.since or holder.until or date.min)

    @cached_property
    def _written(self) -> Mapping[str, list[entries.PostEntry]]:
        found: dict[str, list[entries.PostEntry]] = {}
        for placed in self.posts:
            found.setdefault(placed.entry.agency, []).append(placed.entry)
        return found


def holder_of(entry: entries.ContactEntry) -> Holder:
    """Whoever an entry says holds a post."""
    values = {name: getattr(entry, name) for name in Holder.__dataclass_fields__}
    return Holder(**values | {"fallbacks": tuple(entry.fallbacks), "channels": tuple(entry.channels)})


def agency_of(entry: entries.AgencyEntry) -> Agency:
    """The agency an entry describes."""
    aliases = tuple(
        Alias(name=alias) if isinstance(alias, str) else Alias(name=alias.name, start=alias.start, end=alias.end)
        for alias in entry.aliases
    )
    return Agency(
        key=entry.key,
        name=entry.name,
        kind=entry.kind,
        parent=entry.parent,
        code=entry.code,
        hours=entry.hours,
        start=entry.start,
        end=entry.end,
        successor=entry.successor,
        aliases=aliases,
    )


def service_of(entry: entries.ServiceEntry) -> Service:
    """The service an entry describes."""
    values = dict(entry)
    targets = tuple(_target(target) for target in values.pop("target"))
    today = {former: target.key for target in entry.target for former in target.formerly}
    panel = tuple(_panel_page(entry.code, number, page, today) for number, page in enumerate(values.pop("panel")))
    listed = {"told": tuple(entry.told), "vantages": tuple(entry.vantages), "targets": targets, "panel": panel}
    return Service(**values | listed)


def _panel_page(code: str, number: int, entry: entries.PanelEntry, today: Mapping[str, str]) -> PanelPage:
    page = Target(
        key=f"{code}/panel/{number}",
        name=entry.name,
        steps=(Step(url=entry.url, assertions=tuple(Assertion(**dict(asserted)) for asserted in entry.assertions)),),
        required=False,
        public=entry.public,
        challenge=tuple(entry.challenge),
        proxy=entry.proxy,
        ca_file=entry.ca_file,
    )
    return PanelPage(part=Part(entry.part), page=page, beside=tuple(today.get(key, key) for key in entry.beside))


def _target(entry: entries.TargetEntry) -> Target:
    values = dict(entry)
    steps = tuple(_step(step) for step in values.pop("step"))
    if not entry.public and "recheck_s" not in entry.model_fields_set:
        values["recheck_s"] = OWN_RECHECK_S
    return Target(**values | {"challenge": tuple(entry.challenge), "formerly": tuple(entry.formerly), "steps": steps})


def _step(entry: entries.StepEntry) -> Step:
    made = {
        "assertions": tuple(Assertion(**dict(asserted)) for asserted in entry.assertions),
        "take": tuple(Take(**dict(taken)) for taken in entry.take),
        "resolvers": tuple(entry.resolvers),
    }
    return Step(**dict(entry) | made)


def source_of(entry: entries.SourceEntry) -> SourceSpec:
    """The source an entry describes."""
    scope = Scope(**dict(entry.scope) | {"procedures": tuple(entry.scope.procedures)}) if entry.scope else Scope()
    kept = {name: getattr(entry, name) for name in _PLAIN}
    return SourceSpec(**kept, scope=scope, layouts=tuple(entry.layouts), place=place_of(entry))


def place_of(entry: entries.SourceEntry) -> Place | None:
    """Where a polled source is; lists of the entry become tuples."""
    made = (
        (entry.api, ApiPlace),
        (entry.adapter, AdapterPlace),
        (entry.mailbox, MailboxPlace),
        (entry.sftp, SftpPlace),
        (entry.sql, SqlPlace),
    )
    for written, kind in made:
        if written is not None:
            plain: dict[str, Any] = {
                name: tuple(one) if isinstance(one, list) else one for name, one in dict(written).items()
            }
            place: Place = kind(**plain)
            return place
    return None


_PLAIN = ("key", "name", "kind", "fresh_days", "every_minutes", "deadline_s", "officers")


def ladder_of(subject: SubjectKind, stages: list[Placed[entries.StageEntry]]) -> Ladder:
    """The ladder of one kind of subject."""
    made = (Stage(**dict(placed.entry) | {"audience": tuple(placed.entry.audience)}) for placed in stages)
    return Ladder(subject=subject, stages=tuple(made))


def duty_of(entry: entries.DutyEntry) -> Obligation:
    """The duty an entry describes."""
    told = dict(entry)
    months, closing, due = (told.pop(name) for name in ("every_months", "closing_day", "due_day"))
    made = {
        "agencies": tuple(entry.agencies),
        "partners": tuple(entry.partners),
        "every": Recurrence(months=months, closing_day=closing, due_day=due) if months else None,
        "dossiers": tuple(_listed(one) for one in entry.dossiers),
    }
    return Obligation(**told | made)


def _listed(entry: str | entries.DutyDossierEntry) -> Listed:
    return Listed(code=entry) if isinstance(entry, str) else Listed(code=entry.code, unit=entry.unit)
