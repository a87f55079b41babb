"""What came of a duty, as a draft report to whoever gave it: what was asked, what was done, the list of dossiers.

Number, day and signature stay blank; a person fills them in and sends it. The program never does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from monitor.core.law import Law
from monitor.core.message import Attachment
from monitor.core.obligation import DueKind
from monitor.core.period import ict
from monitor.core.progress import ProgressKind
from monitor.register import Register
from monitor.reports.drafts import DOCX
from monitor.reports.duties import PartNow
from monitor.reports.duty_dossiers import tally
from monitor.reports.duty_list import appendix, words, workbook
from monitor.reports.duty_sheet import DutySheet
from monitor.reports.official.document import Form, Grid, Official
from monitor.reports.official.letterhead import letterhead_of
from monitor.reports.official.wording import worded
from monitor.reports.render import hoa, ngay, render, so, term, terms

_DONE = (ProgressKind.REPORTED, ProgressKind.ACCEPTED, ProgressKind.RETURNED, ProgressKind.EXTENDED)


def files(told: DutySheet, agency: str, register: Register, law: Law, now: datetime) -> Iterator[Attachment]:
    """The report of one agency for Word and for print, and the list as a workbook where there is one."""
    from monitor.reports.official.print import NotPrinted, pdf
    from monitor.reports.official.word import docx

    name = f"{words()['file']}-{told.now.duty.key}-{ict(now):%Y%m%d-%H%M}"
    document = report(told, agency, register, law, now)
    yield Attachment(name=f"{name}.docx", media_type=DOCX, content=docx(document))
    with suppress(NotPrinted):
        yield Attachment(name=f"{name}.pdf", media_type="application/pdf", content=pdf(document))
    if told.listed:
        yield workbook(name, told.listed, law, now)


def report(told: DutySheet, agency: str, register: Register, law: Law, now: datetime) -> Official:
    """The report: of a lead its own part, of the Centre all parts."""
    duty, head, draft = told.now.duty, letterhead_of(register, agency), terms()["draft"]
    mine = told.now.of(agency) or told.now.parts
    open_units = Counter(one.unit or words()["unknown"] for one in told.listed if one.dossier and not one.done)
    body = render(
        "duties/report.txt",
        duty=duty,
        agency=register.agency_name(agency),
        names=register.agency_name,
        count=tally(told.listed),
        late=sum(one.late is not None for one in told.listed),
        explained=sum(one.explanation is not None for one in told.listed),
        units=open_units.most_common(),
        unknown=[one.listed.code for one in told.listed if one.dossier is None],
        obstacles=[(one, register.agency_name(part.part.agency)) for part in mine for one in part.part.obstacles],
        now=now,
    )
    above = register.agency_name(duty.report_to) if duty.report_to else head.parent
    return Official(
        form=Form.REPORT,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/BC-{head.mark}",
        place=head.place,
        year=ict(now).year,
        title=words()["about"].format(letter=duty.letter),
        addressees=(above,) if above else (),
        body=worded(body, {"parts": [_parts(mine, register)]}),
        recipients=(draft["as_above"], draft["filed"]),
        signer=head.signer,
        appendices=(appendix(told.listed, law, now),) if told.listed else (),
        made=now,
    )


def _parts(mine: tuple[PartNow, ...], register: Register) -> Grid:
    heads = words()["part_column"]
    return Grid(
        header=tuple(heads.values()),
        rows=tuple((register.agency_name(one.part.agency), _due(one), _state(one), _done(one)) for one in mine),
        widths=(1.6, 1.5, 1.4, 2.4),
    )


def _due(one: PartNow) -> str:
    part = one.part
    period = (
        f"kỳ {ngay(part.occasion.start)} – {ngay(part.occasion.end)}\n"
        if part.occasion.start and part.occasion.end
        else ""
    )
    if part.due is None:
        return term(one.state)
    before = "trước " if part.as_owed.due_kind is DueKind.BEFORE else ""
    return f"{period}{before}{ngay(part.due)}"


def _state(one: PartNow) -> str:
    late = f" {so(one.days)} ngày làm việc" if one.state.value == "late" and one.days else ""
    return hoa(term(one.state)) + late


def _done(one: PartNow) -> str:
    """Letters that went and came, one a line."""
    said = [fact for fact in one.part.facts if fact.kind in _DONE]
    lines = (
        f"{hoa(term(fact.kind))}{f': {fact.document}' if fact.document else ''} ngày {ngay(fact.dated or fact.at)}"
        for fact in said
    )
    return "\n".join(lines)


__all__ = ["files", "report"]
