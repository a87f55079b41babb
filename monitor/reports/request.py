"""The draft of a request to an operator about one interruption, with the evidence there is of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.law import Law
from monitor.core.look import Look
from monitor.register import Register
from monitor.reports.allow_list import citation_of
from monitor.reports.drafts import Draft, blocks, letter, operator_of
from monitor.reports.official.document import Appendix, Block, Grid, Paragraph
from monitor.reports.record import Record
from monitor.reports.render import bieuhien, luc, so, term, terms

REMEDY = "failure_remedy"
FILING = "filing_date_recorded"
"""The rule, by procedure, that the day of filing is the day the system records: an outage may cost a trader the day."""
MOST_LOOKS = 200
"""More looks than that are no letter's matter: the evidence pack has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """The evidence pack that goes with a letter: its file, and the SHA-256 by which it is known again."""

    name: str
    sha256: str


def request(register: Register, law: Law, record: Record, *, now: datetime, enclosed: Enclosed | None = None) -> Draft:
    """A letter to whoever runs the interrupted system: what was seen, whom it harms, what is asked; evidence beside."""
    failed = record.interruption.first_bad
    code = record.service.code
    return Draft(
        stem=f"du-thao-de-nghi-khac-phuc-{code}-{record.handle.replace(':', '').replace('/', '-')}",
        document=letter(
            register,
            record.service.owner,
            about=terms()["draft"]["request"].format(code),
            to=" ".join(record.owner.text.split()) if record.owner else operator_of(record.target),
            now=now,
            body=blocks(
                "request",
                record=record,
                told=record.told,
                remedy_basis=citation_of(law, REMEDY, failed),
                harm_basis=citation_of(law, f"{FILING}.{code}", failed),
                url=record.target.steps[0].url if record.target.steps else "",
                enclosed=enclosed,
            ),
            appendices=tuple(_appendices(record, enclosed)),
        ),
    )


def _appendices(record: Record, enclosed: Enclosed | None) -> list[Appendix]:
    words = terms()["draft"]
    return [
        Appendix(title=words["looks"], blocks=_looks(record)),
        Appendix(title=words["exhibits"], blocks=_exhibits(record, enclosed), landscape=True),
    ]


def _looks(record: Record) -> tuple[Block, ...]:
    words = terms()["draft"]
    some = record.looks[:MOST_LOOKS]
    rows = tuple((luc(one.at), term(one.verdict), _seen(one)) for one in some)
    grid = Grid(header=(words["at"], words["verdict"], words["seen"]), rows=rows, widths=(1.2, 1.0, 2.4))
    left = len(record.looks) - len(some)
    return (grid, Paragraph(words["more"].format(so(left)), italic=True)) if left else (grid,)


def _seen(look: Look) -> str:
    said = bieuhien(look.cause, look.status) if look.cause.value else ""
    answered = f"HTTP {look.status}" if look.status and f"HTTP {look.status}" not in said else ""
    return "; ".join(part for part in (said, answered) if part) or "–"


def _exhibits(record: Record, enclosed: Enclosed | None) -> tuple[Block, ...]:
    words = terms()["draft"]
    if not record.exhibits:
        return (Paragraph(words["no_exhibits"]),)
    rows = tuple((luc(one.at), one.digest) for one in record.exhibits[:MOST_LOOKS])
    left = len(record.exhibits) - len(rows)
    grid = Grid(header=(words["at"], "SHA-256"), rows=rows, widths=(1.0, 3.4))
    told = (Paragraph(words["more"].format(so(left)), italic=True),) if left else ()
    beside = words["enclosed"].format(enclosed.name, enclosed.sha256) if enclosed else words["on_request"]
    return (Paragraph(f"{words['digests']} {beside}"), grid, *told)
