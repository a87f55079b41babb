"""The certificate of a dossier's deadlines as blocks of a page, and as an official document."""

from __future__ import annotations

import re

from monitor.core.period import ict
from monitor.core.phase import handling_agency, receiving_agency
from monitor.register import Register
from monitor.reports.explain import Explanation
from monitor.reports.official.document import Block, Form, Official
from monitor.reports.official.letterhead import letterhead_of
from monitor.reports.official.wording import worded
from monitor.reports.render import render, terms


def blocks(told: Explanation) -> tuple[Block, ...]:
    """For a page or a document."""
    return worded(render("dossier/sheet.txt", told=told), {})


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
