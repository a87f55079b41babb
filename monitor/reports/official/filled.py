"""A form whose words an office writes in Word: its template found, its fields checked and filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from monitor.reports.official.document import plain
from monitor.reports.official.word import FOLDER, PROPERTY, repacked

OWN = "templates"
"""The folder under VAR_DIR whose templates come before those that are shipped."""


LETTER_FIELDS = frozenset(
    {"parent", "agency", "number", "date", "title", "addressees", "addressed", "recipients", "signer", "draft", "body"}
)
"""What a letter's or report's template may print; the body it must."""


class TemplateWrong(Exception):
    """A template cannot be used; the text says in one line which, why, and what mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a form may be given and what it must print, by the names between `{{` and `}}`."""

    needed: frozenset[str]
    known: frozenset[str]


LETTER = Fields(needed=frozenset({"body"}), known=LETTER_FIELDS)


def own_templates(own: Path, fields: Mapping[str, Fields]) -> Iterator[str]:
    """What is wrong with the office's own templates, one line each; those that are not there are not missed."""
    for name, known in fields.items():
        if (own / name).is_file():
            try:
                opened(own / name, known)
            except TemplateWrong as error:
                yield str(error)


def template_path(name: str, own: Path | None) -> Path:
    """The office's own template of that name, or the one shipped. `own` is the office's folder, None for none."""
    mine = own / name if own is not None else None
    return mine if mine is not None and mine.is_file() else FOLDER / name


def opened(path: Path, fields: Fields) -> Any:
    """The template, ready to be filled; raise TemplateWrong for one that lacks a field or has one nobody knows."""
    from docxtpl import DocxTemplate

    with _told(path):
        template = DocxTemplate(str(path))
        template.init_docx()
        used = template.get_undeclared_template_variables(_language())
    _checked(path, used, fields)
    return template


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Word files, and the language between the braces, fail in a dozen ways; whoever edits them needs one line."""
    try:
        yield
    except Exception as error:
        why = " ".join(str(error).split())[:160] or type(error).__name__
        raise TemplateWrong(
            f"Không dùng được mẫu {path} ({why}): lưu lại bằng Word dạng .docx, xem lại các dấu {{{{ … }}}}, "
            "hoặc bỏ tệp này đi để dùng mẫu kèm theo."
        ) from error


def _language() -> Any:
    """What stands between the braces reaches the facts and nothing of this machine, and text cannot become markup."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _checked(path: Path, used: Collection[str], fields: Fields) -> None:
    lacking, strange = sorted(fields.needed - set(used)), sorted(set(used) - fields.known)
    if lacking:
        raise TemplateWrong(f"Mẫu {path} thiếu trường {_named(lacking)}: thêm vào chỗ cần in.")
    if strange:
        raise TemplateWrong(
            f"Mẫu {path} có trường không biết {_named(strange)}: sửa tên hoặc bỏ đi; được dùng: {_named(fields.known)}."
        )


def _named(fields: Collection[str]) -> str:
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form with its facts; title and author are all that its properties say of anybody."""

    path: Path
    fields: Fields
    facts: Mapping[str, str]
    title: str
    author: str
    made: datetime


def filled(sheet: Sheet) -> bytes:
    """The form for Word; the same bytes for the same template and facts. Raise TemplateWrong.

    What the properties of the office's template said of people is taken out.
    """
    template = opened(sheet.path, sheet.fields)
    with _told(sheet.path):
        template.render({name: plain(sheet.facts[name]) for name in sheet.fields.known}, _language())
    made, properties = sheet.made.astimezone(UTC), template.docx.core_properties
    properties.title, properties.author = plain(sheet.title)[:PROPERTY], plain(sheet.author)[:PROPERTY]
    properties.created = properties.modified = made.replace(tzinfo=None, microsecond=0)
    properties.last_modified_by, properties.revision, properties.language = "", 1, "vi-VN"
    properties.comments = properties.subject = properties.keywords = properties.category = ""
    out = BytesIO()
    template.docx.save(out)
    return repacked(out.getvalue(), made)
