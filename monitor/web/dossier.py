"""The page of one dossier: the certificate of its deadlines, and the same as files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from monitor.reports import deadline_sheet
from monitor.reports.circumstances import circumstances
from monitor.reports.divisions import without_divisions
from monitor.reports.explain import Explanation, explanation
from monitor.reports.mode import Mode, mode
from monitor.reports.official.document import Block, Grid, Heading, Paragraph
from monitor.store import access, matters, reading
from monitor.web.frame import Frame
from monitor.web.seen import asked_from, seen

PATH = "/ho-so/{source}/{code}"
PDF, DOCX = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass
class Section:
    """A heading with the facts and the remarks under it."""

    title: str
    facts: list[tuple[str, list[str]]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class DossierPages:
    """Reckoned anew for each request, from facts."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def show(self, request: Request, source: str, code: str) -> HTMLResponse:
        """The certificate as a page."""
        told, now_in = self._told(request, source, code)
        return self.frame.page("dossier", now_in, told=told, sections=sections(deadline_sheet.blocks(told)))

    def pdf(self, request: Request, source: str, code: str) -> Response:
        """The certificate for print; 503 where this machine cannot print one."""
        from monitor.reports.official.print import NotPrinted, pdf

        told, _ = self._told(request, source, code)
        try:
            printed = pdf(deadline_sheet.official(told, self.frame.register))
        except NotPrinted as why:
            raise HTTPException(503) from why
        return _file(printed, f"{deadline_sheet.file_name(told)}.pdf", PDF)

    def docx(self, request: Request, source: str, code: str) -> Response:
        """The certificate for Word."""
        from monitor.reports.official.word import docx

        told, _ = self._told(request, source, code)
        written = docx(deadline_sheet.official(told, self.frame.register))
        return _file(written, f"{deadline_sheet.file_name(told)}.docx", DOCX)

    def _told(self, request: Request, source: str, code: str) -> tuple[Explanation, Mode]:
        frame = self.frame
        with reading(frame.engine) as db:
            found = [one for one in matters.find(db, code, source) if one.source == source]
            if not found:
                raise HTTPException(404)
            known = circumstances(db, found[:1], frame.register)[found[0].matter]
            now_in = mode(db, frame.settings)
        seen(frame.engine, frame.now(), asked_from(request), access.PAGE, f"hồ sơ {found[0].code} ({source})")
        told = explanation(found[0], frame.now(), frame.law, frame.register, known)
        return without_divisions(told, frame.register), now_in


def sections(blocks: Iterable[Block]) -> list[Section]:
    """The blocks under their headings; a fact without a name goes with the one before it."""
    found = [Section("")]
    for block in blocks:
        match block:
            case Heading():
                found.append(Section(block.text))
            case Grid():
                for name, fact in block.rows:
                    if name or not found[-1].facts:
                        found[-1].facts.append((name, [fact]))
                    else:
                        found[-1].facts[-1][1].append(fact)
            case Paragraph():
                found[-1].remarks.append(block.text)
            case _:
                pass
    return found


def _file(content: bytes, name: str, media_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
