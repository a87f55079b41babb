"""A register read, checked and put together; all mistakes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

from pydantic import ValidationError

from monitor.core.agency import Agency, Alias, Post, Role
from monitor.core.ladder import Ladder, Stage, SubjectKind
from monitor.core.mistake import Mistake, in_vietnamese
from monitor.core.obligation import Obligation
from monitor.core.service import Assertion, Service, Step, Target
from monitor.core.source import SourceSpec
from monitor.register import entries
from monitor.register.folder import Document, RegisterError, find, read
from monitor.register.register import Register, register_of
from monitor.register.verify import Parts, Placed, verify

E = TypeVar("E", bound=entries.Entry)


def load_register(name_or_folder: str, hours: Collection[str] | None = None) -> Register:
    """The register of a shipped name or a folder; raise RegisterError with all that is wrong.

    Where the names of the working hours that the law knows are handed over, the agencies' `hours` are checked too.
    """
    folder = find(name_or_folder)
    documents, mistakes = read(folder)
    parts = _parts(documents, mistakes)
    mistakes.extend(verify(parts, hours))
    if mistakes or parts.register is None:
        raise RegisterError(sorted(mistakes, key=lambda mistake: mistake.file))
    return register_of(
        name=parts.register.entry.name,
        folder=name_or_folder,
        province=parts.register.entry.province,
        centre=parts.register.entry.centre,
        agencies=(_agency(placed.entry) for placed in parts.agencies),
        posts=_posts(parts),
        services=(_service(placed.entry) for placed in parts.services),
        sources=(_source(placed.entry) for placed in parts.sources),
        ladders=(_ladder(subject, stages) for subject, stages in parts.ladders.items()),
        duties=(_duty(placed.entry) for placed in parts.duties),
    )


def _checked(document: Document, model: type[E], mistakes: list[Mistake]) -> E | None:
    data = document.data
    try:
        if model is entries.AgenciesFile:
            data = _with_defaults(data)
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            loc = tuple(part for part in detail["loc"] if part not in {"str", "AliasEntry"})
            mistakes.append(document.mistake(loc, *in_vietnamese(detail["type"], detail.get("ctx", {}))))
        return None


def _with_defaults(data: Mapping[str, object]) -> Mapping[str, object]:
    """A file's [defaults] written into each of its agencies; what is wrong with them is told once, not for each."""
    defaults, listed = data.get("defaults", {}), data.get("agency")
    if not isinstance(defaults, dict) or not isinstance(listed, list):
        return data
    entries.AgenciesFile.model_validate({"defaults": defaults, "agency": []})
    return {**data, "agency": [{**defaults, **entry} if isinstance(entry, dict) else entry for entry in listed]}


def _parts(documents: Mapping[str, Document], mistakes: list[Mistake]) -> Parts:
    parts = Parts()
    for name, document in documents.items():
        match name.partition("/")[0]:
            case "register.toml":
                if (register := _checked(document, entries.RegisterFile, mistakes)) is not None:
                    parts.register = Placed(register, document, ())
            case "agencies":
                if (agencies := _checked(document, entries.AgenciesFile, mistakes)) is not None:
                    parts.agencies += _placed(document, "agency", agencies.agency)
            case "services":
                if (services := _checked(document, entries.ServicesFile, mistakes)) is not None:
                    parts.services += _placed(document, "service", services.service)
            case "posts.toml":
                if (posts := _checked(document, entries.PostsFile, mistakes)) is not None:
                    parts.defaults += _placed(document, "default", posts.default)
                    parts.posts += _placed(document, "post", posts.post)
            case "contacts.toml":
                if (contacts := _checked(document, entries.ContactsFile, mistakes)) is not None:
                    parts.contacts += _placed(document, "contact", contacts.contact)
            case "sources.toml":
                if (sources := _checked(document, entries.SourcesFile, mistakes)) is not None:
                    parts.sources += _placed(document, "source", sources.source)
            case "ladders.toml":
                if (ladders := _checked(document, entries.LaddersFile, mistakes)) is not None:
                    parts.ladders = {kind: _placed(document, kind, getattr(ladders, kind)) for kind in SubjectKind}
            case "duties.toml":
                if (duties := _checked(document, entries.DutiesFile, mistakes)) is not None:
                    parts.duties += _placed(document, "duty", duties.duty)
    parts.whole = not mistakes
    return parts


def _placed(document: Document, name: str, listed: list[E]) -> list[Placed[E]]:
    return [Placed(entry, document, (name, number)) for number, entry in enumerate(listed)]


def _agency(entry: entries.AgencyEntry) -> Agency:
    aliases = tuple(
        Alias(name=alias) if isinstance(alias, str) else Alias(name=alias.name, start=alias.start, end=alias.end)
        for alias in entry.aliases
    )
    return Agency(**{name: getattr(entry, name) for name in _AGENCY_FIELDS}, aliases=aliases)


_AGENCY_FIELDS = ("key", "name", "kind", "parent", "code", "hours", "start", "end", "successor")


def _posts(parts: Parts) -> Iterator[Post]:
    """Every post, in the order of the agencies; what is written for one agency takes the place of the default."""
    contacts = {placed.entry.post: placed.entry for placed in parts.contacts}
    written: dict[str, list[entries.PostEntry]] = {}
    for placed in parts.posts:
        written.setdefault(placed.entry.agency, []).append(placed.entry)
    for agency in (placed.entry for placed in parts.agencies):
        made: dict[str, tuple[Role, str]] = {}
        for default in (placed.entry for placed in parts.defaults):
            if agency.posts and agency.kind in default.kinds:
                made[f"{agency.key}/{default.role}"] = (default.role, default.title.replace("{name}", agency.name))
        for post in written.get(agency.key, ()):
            key = f"{agency.key}/{post.role}{'-' if post.suffix else ''}{post.suffix}"
            made[key] = (post.role, post.title.replace("{name}", agency.name))
        for key, (role, title) in made.items():
            contact = contacts.get(key, entries.ContactEntry(post=key))
            yield Post(
                key=key, agency=agency.key, role=role, title=title,
                person=contact.person, address=contact.address, phone=contact.phone,
            )  # fmt: skip


def _service(entry: entries.ServiceEntry) -> Service:
    return Service(
        code=entry.code,
        name=entry.name,
        owner=entry.owner,
        told=tuple(entry.told),
        targets=tuple(_target(target) for target in entry.target),
        internal_target=entry.internal_target,
        note=entry.note,
    )


def _target(entry: entries.TargetEntry) -> Target:
    values = {name: getattr(entry, name) for name in entries.TargetEntry.model_fields if name != "step"}
    values |= {"challenge": tuple(entry.challenge), "formerly": tuple(entry.formerly)}
    return Target(**values, steps=tuple(_step(step) for step in entry.step))


def _step(entry: entries.StepEntry) -> Step:
    assertions = tuple(Assertion(want=a.want, value=a.value, cause=a.cause) for a in entry.assertions)
    return Step(url=entry.url, method=entry.method, headers=entry.headers, body=entry.body, assertions=assertions)


def _source(entry: entries.SourceEntry) -> SourceSpec:
    values = entry.model_dump() | {"layouts": tuple(entry.layouts)}
    return SourceSpec(**values)


def _ladder(subject: SubjectKind, stages: list[Placed[entries.StageEntry]]) -> Ladder:
    made = (Stage(**(dict(placed.entry) | {"audience": tuple(placed.entry.audience)})) for placed in stages)
    return Ladder(subject=subject, stages=tuple(made))


def _duty(entry: entries.DutyEntry) -> Obligation:
    return Obligation(**(dict(entry) | {"agencies": tuple(entry.agencies), "partners": tuple(entry.partners)}))
