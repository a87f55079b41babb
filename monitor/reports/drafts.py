"""Drafts of official letters: the letterhead of an agency, words out of a template, and the files made of both.

Number, day and signature stay blank; a person fills them in and sends the letter. The program never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from monitor.core.agency import Role
from monitor.core.message import Attachment
from monitor.core.period import ict
from monitor.core.service import Target
from monitor.register import Register
from monitor.reports.official.document import Appendix, Block, Form, Grid, Heading, Official, Paragraph
from monitor.reports.render import render, terms

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTHS = (1.0, 2.2)
"""How a table of names and facts shares the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One letter ready to be completed by a person; `stem` is what its files are called."""

    stem: str
    document: Official

    def files(self) -> Iterator[Attachment]:
        """The letter for Word, and for print where this machine can set it. This is the part that takes time."""
        from monitor.reports.official.print import NotPrinted, pdf
        from monitor.reports.official.word import docx

        yield Attachment(name=f"{self.stem}.docx", media_type=DOCX, content=docx(self.document))
        with suppress(NotPrinted):
            yield Attachment(name=f"{self.stem}.pdf", media_type="application/pdf", content=pdf(self.document))


def letter(
    register: Register,
    agency: str,
    *,
    about: str,
    to: str,
    body: tuple[Block, ...],
    now: datetime,
    appendices: tuple[Appendix, ...] = (),
) -> Official:
    """A letter from an agency of the register to one addressee, `about` what follows "V/v"."""
    words = terms()["draft"]
    name = register.agency_name(agency)
    above = register.ancestors(agency)
    return Official(
        form=Form.LETTER,
        parent=_in_full(register.agency_name(above[0]) if above else f"UBND tỉnh {register.province}".strip()),
        agency=name,
        symbol=f"/{initials(name)}-…",
        place=register.province or "…",
        year=ict(now).year,
        title=about,
        addressees=(to,),
        body=body,
        recipients=(words["as_above"], words["filed"]),
        signer=_signer(register, agency),
        appendices=appendices,
        made=now,
    )


def _in_full(name: str) -> str:
    """A people's committee's name as letterheads have it."""
    return f"Ủy ban nhân dân {name.removeprefix('UBND ')}" if name.startswith("UBND ") else name


def initials(name: str) -> str:
    """What an agency's letters are marked with, by its name: "Sở Công Thương" makes SCT."""
    return "".join(word[0] for word in name.split() if word[0].isalpha()).upper()


def _signer(register: Register, agency: str) -> str:
    """The office of who signs, without the agency's name: "GIÁM ĐỐC"."""
    title = next((post.title for post in register.posts_of(agency, {Role.HEAD})), "")
    office = title.removesuffix(register.agency_name(agency)).strip(" ,")
    return (office if office and office != title else terms()["draft"]["signer"]).upper()


def operator_of(target: Target) -> str:
    """Who runs a target's system, as a letter to them begins."""
    return terms()["draft"]["operator"].format(host_of(target))


def host_of(target: Target) -> str:
    """The host of the first page of a target."""
    return urlsplit(target.steps[0].url).hostname or target.name if target.steps else target.name


def blocks(template: str, tables: Mapping[str, Block] | None = None, **facts: object) -> tuple[Block, ...]:
    """The body that a template of the folder `drafts` makes of the facts, a paragraph a line.

    "# " begins a heading, "~ " a paragraph in italics, "| name | fact" a row of a table; "[[name]]" is a block given.
    """
    lines = (" ".join(line.split()) for line in render(f"drafts/{template}.txt", **facts).split("\n"))
    made: list[Block] = []
    for kind, some in groupby((line for line in lines if line), key=_kind):
        if kind == "|":
            made.append(_facts_grid(some))
        else:
            made += [_block(one, tables or {}) for one in some]
    return tuple(made)


def _kind(line: str) -> str:
    return line[:1] if line.startswith("| ") else ""


def _facts_grid(lines: Iterable[str]) -> Grid:
    words = terms()["draft"]
    pairs = (line.removeprefix("| ").partition(" | ") for line in lines)
    rows = tuple((name.strip(), fact.strip()) for name, _, fact in pairs)
    return Grid(header=(words["name"], words["fact"]), rows=rows, widths=WIDTHS)


def _block(line: str, tables: Mapping[str, Block]) -> Block:
    if line.startswith("[[") and line.endswith("]]"):
        return tables[line[2:-2]]
    if line.startswith("# "):
        return Heading(line[2:])
    if line.startswith("~ "):
        return Paragraph(line[2:], italic=True)
    return Paragraph(line)
