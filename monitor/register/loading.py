"""A register read, checked and put together; all mistakes at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from monitor.core.ladder import SubjectKind
from monitor.core.mistake import Mistake
from monitor.document import Document, E
from monitor.register import entries
from monitor.register.folder import RegisterError, find, read
from monitor.register.parts import Parts, Placed, duty_of, ladder_of, service_of, source_of
from monitor.register.references import unknown_agencies
from monitor.register.register import Register, register_of
from monitor.register.verify import verify

_BRANCHES = ("constrained-str", "AliasEntry")
"""What Pydantic calls the two ways to write an alias."""


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
        holders=parts.holders,
        services=(service_of(placed.entry) for placed in parts.services),
        sources=(source_of(placed.entry) for placed in parts.sources),
        ladders=(ladder_of(subject, stages) for subject, stages in parts.ladders.items()),
        duties=(duty_of(placed.entry) for placed in parts.duties),
        gateway=parts.register.entry.gateway,
        resolver=parts.register.entry.resolver,
    )


def _parts(documents: Mapping[str, Document], mistakes: list[Mistake]) -> Parts:
    parts = Parts()
    for name, document in documents.items():
        _PARTS[name.partition("/")[0]](parts, document)
    parts.whole = not mistakes
    return parts


def _register(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.RegisterFile)) is not None:
        parts.register = Placed(file, document, ())


def _agencies(parts: Parts, document: Document) -> None:
    data = _with_defaults(document)
    if data is not None and (file := document.checked(entries.AgenciesFile, data, _BRANCHES)) is not None:
        parts.agencies += _placed(document, "agency", file.agency)


def _services(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.ServicesFile)) is not None:
        parts.services += _placed(document, "service", file.service)


def _posts(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.PostsFile)) is not None:
        parts.defaults += _placed(document, "default", file.default)
        parts.posts += _placed(document, "post", file.post)


def _contacts(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.ContactsFile)) is not None:
        parts.contacts += _placed(document, "contact", file.contact)


def _sources(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.SourcesFile)) is not None:
        parts.sources += _placed(document, "source", file.source)


def _ladders(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.LaddersFile)) is not None:
        parts.ladders = {kind: _placed(document, kind, getattr(file, kind)) for kind in SubjectKind}


def _duties(parts: Parts, document: Document) -> None:
    if (file := document.checked(entries.DutiesFile)) is not None:
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


def _with_defaults(document: Document) -> Mapping[str, object] | None:
    """A file's [defaults] written into each of its agencies; None where they are wrong, told once, not for each."""
    data = document.data
    defaults, listed = data.get("defaults", {}), data.get("agency")
    if not isinstance(defaults, dict) or not isinstance(listed, list):
        return data
    if document.checked(entries.AgenciesFile, {"defaults": defaults, "agency": []}, _BRANCHES) is None:
        return None
    return {**data, "agency": [{**defaults, **entry} if isinstance(entry, dict) else entry for entry in listed]}
