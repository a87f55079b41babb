"""The certificate of a dossier's deadlines as blocks of a page, and as an official document."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.period import ict
from monitor.core.phase import handling_agency, receiving_agency
from monitor.register import Register
from monitor.reports.explain import Explanation
from monitor.reports.lists import seen_then
from monitor.reports.official.document import Block, Form, Grid, Official
from monitor.reports.official.letterhead import letterhead_of
from monitor.reports.official.wording import worded
from monitor.reports.render import render, terms


def blocks(told: Explanation) -> tuple[Block, ...]:
    """For a page or a document; its many small tables need no heads."""
    made = worded(render("dossier/sheet.txt", told=told), {})
    return tuple(replace(one, header=()) if isinstance(one, Grid) else one for one in made)


def official(told: Explanation, register: Register) -> Official:
    """As a draft of an official document under the letterhead of the Centre; who signs it decides."""
    words = terms()["deadline_sheet"]
    agency = register.centre or handling_agency(told.dossier) or receiving_agency(told.dossier)
    head = letterhead_of(register, agency)
    return Official(
        form=Form.REPORT,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/BC-{head.mark}",
        place=head.place,
        year=ict(told.now).year,
        title=words["title"].format(code=told.dossier.code),
        body=blocks(told),
        signer=head.signer,
        recipients=tuple(words["recipients"]),
        made=told.now,
    )


def file_name(told: Explanation) -> str:
    """What its files are called, without an ending; any code makes a name that every system takes."""
    return "bang-tinh-thoi-han-" + re.sub(r"[^0-9A-Za-z.-]+", "-", told.dossier.code)


def as_known(dossier: Dossier, known: Circumstances, moment: datetime) -> tuple[Dossier, Circumstances] | None:
    """A dossier and what is known of it, by what had been read and recorded at a moment; None where nothing had."""
    words = [one for one in (*known.history, dossier) if one.told is not None and one.told <= moment]
    if not words:
        return None
    then = replace(words[-1], receiving_agency=dossier.receiving_agency, handling_agency=dossier.handling_agency)
    return then, seen_then.as_known(known, then, moment)
