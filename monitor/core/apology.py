"""The written apology for a result not ready in time, and the one new appointment that it may give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.period import Stamp

REAPPOINTMENTS = "reappointments"
"""The rule that says how often a result may be put off."""


class ApologyForm(StrEnum):
    """Which of the law's forms an apology has; each value is the rule by which the form is in force."""

    REAPPOINTMENT = "apology_form.reappointment"  # Phiếu xin lỗi và hẹn lại ngày trả kết quả
    EXTENSION = "apology_form.extension"  # Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết


class Raised(StrEnum):
    """Why a result put off more often than the law allows is told to heads: the episode of its telling."""

    TURNED_DOWN = "turned_down"  # a second new appointment was to be recorded, and was not
    BREACH = "breach"  # it was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Apology:
    """A fact: a sent apology, as a named person recorded it; the applicant stands in none of it.

    `old` is the appointment as printed when it was sent, `new` the one it gives. `breach`: it gives a second new
    appointment, which the law does not allow, and was recorded all the same because it was sent.
    """

    number: int = 0
    matter: int
    agency: str
    document: str  # số, ký hiệu
    dated: date
    old: Stamp
    new: Stamp
    reason: str = ""
    signer: str = ""
    file_sha256: str = ""
    breach: bool = False
    at: datetime
    by: str


def form_on(law: Law, day: date) -> tuple[ApologyForm, Rule]:
    """The form in force on the day an apology is written, and its rule; raise RuleUnknown where there is none."""
    for form in reversed(ApologyForm):
        try:
            return form, law.rule(form, day)
        except RuleUnknown:
            continue
    raise RuleUnknown(f"no form of an apology is in force on {day:%d/%m/%Y}")


def used_up(apologies: Iterable[Apology], law: Law, day: date) -> Rule | None:
    """The rule of that day by which these have given all the new appointments there may be; None where one is left.

    One letter recorded twice, under two testimonies, is one; so one more is a breach where this names a rule.
    """
    try:
        rule = law.rule(REAPPOINTMENTS, day)
    except RuleUnknown:
        return None
    return rule if len({(one.document, one.dated) for one in apologies}) >= rule.value else None
