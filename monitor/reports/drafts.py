"""Drafts of official letters to operators, as documents and as files.

Number, day and signature stay blank; a person fills them in and sends the letter. The program never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core.message import Attachment
from monitor.core.period import ict
from monitor.core.service import Target
from monitor.register import Register
from monitor.reports.official.document import Appendix, Block, Form, Official
from monitor.reports.official.letterhead import letterhead_of
from monitor.reports.official.wording import worded
from monitor.reports.render import render, terms

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One letter ready to be completed by a person; `stem` is what its files are called.

    `own` is the folder of the office's own templates, for Word alone: print keeps the form of the decree.
    """

    stem: str
    document: Official
    own: Path | None = None

    def files(self) -> Iterator[Attachment]:
        """The letter for Word, and for print where this machine can set it. This is the part that takes time.

        Raise TemplateWrong where the office's own template cannot be used.
        """
        from monitor.reports.official.filled import LETTER, opened, template_path
        from monitor.reports.official.print import NotPrinted, pdf
        from monitor.reports.official.word import docx

        template = template_path(f"{self.document.form.value}.docx", self.own)
        if template.parent == self.own:
            opened(template, LETTER)
        word = docx(self.document, folder=template.parent)
        yield Attachment(name=f"{self.stem}.docx", media_type=DOCX, content=word)
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
    words, head = terms()["draft"], letterhead_of(register, agency)
    return Official(
        form=Form.LETTER,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/{head.mark}-…",
        place=head.place,
        year=ict(now).year,
        title=about,
        addressees=(to,),
        body=body,
        recipients=(words["as_above"], words["filed"]),
        signer=head.signer,
        appendices=appendices,
        made=now,
    )


def report(
    register: Register,
    *,
    about: str,
    body: tuple[Block, ...],
    now: datetime,
    appendices: tuple[Appendix, ...] = (),
) -> Official:
    """A report from the Centre to the agency above it, `about` the line under "BÁO CÁO"."""
    words, head = terms()["draft"], letterhead_of(register, register.centre)
    return Official(
        form=Form.REPORT,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/BC-{head.mark}",
        place=head.place,
        year=ict(now).year,
        title=about,
        addressees=(head.parent,) if head.parent else (),
        body=body,
        recipients=(words["as_above"], words["filed"]),
        signer=head.signer,
        appendices=appendices,
        made=now,
    )


def operator_of(target: Target) -> str:
    """Who runs a target's system, as a letter to them begins."""
    return terms()["draft"]["operator"].format(host_of(target))


def host_of(target: Target) -> str:
    """The host of the first page of a target."""
    return urlsplit(target.steps[0].url).hostname or target.name if target.steps else target.name


def blocks(template: str, **facts: object) -> tuple[Block, ...]:
    """The body that a template of the folder `drafts` makes of the facts."""
    return worded(render(f"drafts/{template}.txt", **facts), {})
