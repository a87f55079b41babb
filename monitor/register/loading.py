"""A register read, checked and put together; all mistakes at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from monitor.core.ladder import SubjectKind
from monitor.core.mistake import Mistake, in_vietnamese
from monitor.register import entries
from monitor.register.entries import E
from monitor.register.folder import Document, RegisterError, find, read
from monitor.register.parts import Parts, Placed, duty_of, ladder_of, service_of, source_of
from monitor.register.references import unknown_agencies
from monitor.register.register import Register, register_of
from monitor.register.verify import verify


def load_register(name_or_folder: str, hours: Collection[str] | None = None) -> Register:
    """The register of a shipped name or a folder; raise RegisterError with all that is wrong.

    Where the names of the working hours that the law knows are handed over, the agencies' `hours` are checked too.
    """
    documents, mistakes = read(find(name_or_folder))
    unread = [mistake for mistake in mistakes if mistake.file.startswith("agencies/")]
    parts = _parts(documents, mistakes)
    if not unread:
        mistakes.extend(unknown_agencies(documents))
    mistakes.extend(verify(parts, hours))
    if mistakes or parts.register is None:
        raise RegisterError(sorted(mistakes, key=lambda mistake: mistake.file))
    return register_of(
        name=parts.register.entry.name,
        folder=name_or_folder,
        province=parts.register.entry.province,
        centre=parts.register.entry.centre,
        agencies=parts.agency_map.values(),
        posts=parts.post_list,
        services=(service_of(placed.entry) for placed in parts.services),
        sources=(source_of(placed.entry) for placed in parts.sources),
        ladders=(ladder_of(subject, stages) for subject, stages in parts.ladders.items()),
        duties=(duty_of(placed.entry) for placed in parts.duties),
    )


def _parts(documents: Mapping[str, Document], mistakes: list[Mistake]) -> Parts:
    parts = Parts()
    for name, document in documents.items():
        _PARTS[name.partition("/")[0]](parts, document, mistakes)
    parts.whole = not mistakes
    return parts


def _register(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.RegisterFile, mistakes)) is not None:
        parts.register = Placed(file, document, ())


def _agencies(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.AgenciesFile, mistakes)) is not None:
        parts.agencies += _placed(document, "agency", file.agency)


def _services(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.ServicesFile, mistakes)) is not None:
        parts.services += _placed(document, "service", file.service)


def _posts(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.PostsFile, mistakes)) is not None:
        parts.defaults += _placed(document, "default", file.default)
        parts.posts += _placed(document, "post", file.post)


def _contacts(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.ContactsFile, mistakes)) is not None:
        parts.contacts += _placed(document, "contact", file.contact)


def _sources(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.SourcesFile, mistakes)) is not None:
        parts.sources += _placed(document, "source", file.source)


def _ladders(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.LaddersFile, mistakes)) is not None:
        parts.ladders = {kind: _placed(document, kind, getattr(file, kind)) for kind in SubjectKind}


def _duties(parts: Parts, document: Document, mistakes: list[Mistake]) -> None:
    if (file := _checked(document, entries.DutiesFile, mistakes)) is not None:
        parts.duties += _placed(document, "duty", file.duty)


_PARTS = {
    "register.toml": _register,
    "agencies": _agencies,
    "services": _services,
    "posts.toml": _posts,
    "contacts.toml": _contacts,
    "sources.toml": _sources,
    "ladders.toml": _ladders,
    "duties.toml": _duties,
}


def _placed(document: Document, name: str, listed: list[E]) -> list[Placed[E]]:
    return [Placed(entry, document, (name, number)) for number, entry in enumerate(listed)]


def _checked(document: Document, model: type[E], mistakes: list[Mistake]) -> E | None:
    try:
        data = _with_defaults(document.data) if model is entries.AgenciesFile else document.data
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            loc = tuple(part for part in detail["loc"] if part not in {"constrained-str", "AliasEntry"})
            mistakes.append(document.mistake(loc, *in_vietnamese(detail["type"], detail.get("ctx", {}))))
        return None


def _with_defaults(data: Mapping[str, object]) -> Mapping[str, object]:
    """A file's [defaults] written into each of its agencies; what is wrong with them is told once, not for each."""
    defaults, listed = data.get("defaults", {}), data.get("agency")
    if not isinstance(defaults, dict) or not isinstance(listed, list):
        return data
    entries.AgenciesFile.model_validate({"defaults": defaults, "agency": []})
    return {**data, "agency": [{**defaults, **entry} if isinstance(entry, dict) else entry for entry in listed]}
