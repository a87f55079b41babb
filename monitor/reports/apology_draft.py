"""The draft of an apology for a result that will not be ready, in the form of its time; its unit completes it.

Number, day, signature, and who the applicant is stay blank: this program does not know them, and writes to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.core.agency import AgencyKind
from monitor.core.apology import ApologyForm, form_on
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.law import Law
from monitor.core.mask import mask
from monitor.core.message import Attachment
from monitor.core.period import Stamp, day_of, ict
from monitor.core.phase import handling_agency, handling_unit
from monitor.core.reckoning import reckoned
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.drafts import DOCX
from monitor.reports.official.document import BLANK_NUMBER, blank_date
from monitor.reports.official.filled import LETTER, OWN, Fields, Sheet, filled, template_path
from monitor.reports.official.letterhead import ELLIPSIS, letterhead_of
from monitor.reports.render import gio, ngay, terms

NEEDED = frozenset({"agency", "procedure", "code", "received", "appointment", "reason", "new_date"})
FIELDS = Fields(
    needed=NEEDED,
    known=NEEDED | {"parent", "agency_name", "number", "date", "draft", "applicant", "address", "unit", "signer"},
)
"""What an office's own template must print, and what it may."""
TEMPLATES_OF = {
    ApologyForm.REAPPOINTMENT: "xin-loi-hen-lai.docx",
    ApologyForm.EXTENSION: "xin-loi-gia-han.docx",
}
OF_OFFICES: Mapping[str, Fields] = dict.fromkeys(TEMPLATES_OF.values(), FIELDS) | {"cong-van.docx": LETTER}
"""The templates that an office may have of its own, and their fields."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class NoAppointment(Exception):
    """A dossier without an appointment has nothing to be put off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyDraft:
    """One apology ready to be completed by a person; `stem` is what its files are called."""

    stem: str
    sheet: Sheet

    @property
    def name(self) -> str:
        """What the Word file is called."""
        return f"{self.stem}.docx"

    def files(self) -> Iterator[Attachment]:
        """The draft for Word, and for print where this machine can set it; raise TemplateWrong."""
        from monitor.reports.official.form_print import form_pdf
        from monitor.reports.official.print import NotPrinted

        word = filled(self.sheet)
        yield Attachment(name=self.name, media_type=DOCX, content=word)
        with suppress(NotPrinted):
            yield Attachment(name=f"{self.stem}.pdf", media_type="application/pdf", content=form_pdf(word))


def apology_draft(
    register: Register,
    law: Law,
    dossier: Dossier,
    *,
    now: datetime,
    known: Circumstances = NOTHING_KNOWN,
    var_dir: Path | None = None,
    new: Stamp | None = None,
    reason: str = "",
) -> ApologyDraft:
    """The draft for one dossier; the reason, masked, stays blank where it is not given.

    So does the new date, unless the rules' own reckoning gives one that is still to come. Own templates lie in var_dir.
    Raise NoAppointment for one without, RuleUnknown where no form is in force.
    """
    if dossier.appointment is None:
        raise NoAppointment(dossier.code)
    form, _ = form_on(law, day_of(now))
    new = new or proposed(dossier, law, known, now)
    words, head = terms()["apology"], letterhead_of(register, _office(register, handling_agency(dossier)))
    symbol = "PXL-" if form is ApologyForm.REAPPOINTMENT else ""
    begun = dossier.received or dossier.filed
    return ApologyDraft(
        stem=f"{words['file']}-{_UNSAFE.sub('-', dossier.code).strip('-.') or 'ho-so'}",
        sheet=Sheet(
            path=template_path(TEMPLATES_OF[form], var_dir / OWN if var_dir else None),
            fields=FIELDS,
            author=head.agency or words["agency"],
            title=f"{terms()['ApologyForm'][form.name.lower()]}: {dossier.code}",
            made=now,
            facts={
                "parent": head.parent.upper(),
                "agency": head.agency.upper() or words["blank"],
                "agency_name": head.agency or words["agency"],
                "number": f"Số:{BLANK_NUMBER}/{symbol}{head.mark or ELLIPSIS}",
                "date": f"{head.place}, {blank_date(ict(now).year)}",
                "draft": words["draft"],
                "applicant": words["blank"],
                "address": words["blank"],
                "procedure": _procedure(dossier) or words["blank"],
                "code": dossier.code,
                "received": ngay(begun) if begun else words["day"],
                "appointment": gio(dossier.appointment),
                "unit": " ".join(handling_unit(dossier).split()) or head.agency or words["blank"],
                "reason": f"{mask(reason).strip().rstrip('.')}." if reason.strip() else words["reason"],
                "new_date": gio(new) if new else words["moment"],
                "signer": head.signer,
            },
        ),
    )


def proposed(dossier: Dossier, law: Law, known: Circumstances, now: datetime) -> Stamp | None:
    """The end of the time that the rules give, where that is yet to come and later than the appointment printed."""
    try:
        found = reckoned(dossier, now, law, known)
    except CalendarUnknown:
        return None
    due = found.due if found is not None else None
    if due is None or dossier.appointment is None or day_of(due) <= max(day_of(dossier.appointment), day_of(now)):
        return None
    return due


def _office(register: Register, agency: str) -> str:
    """The agency that apologises: a division has no letters of its own."""
    while agency in register.agencies and register.agencies[agency].kind is AgencyKind.DIVISION:
        agency = register.agencies[agency].parent
    return agency


def _procedure(dossier: Dossier) -> str:
    name = " ".join(dossier.procedure_name.split())
    return f"{name} ({dossier.procedure})" if name and dossier.procedure else name or dossier.procedure
