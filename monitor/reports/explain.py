"""The certificate of a dossier's deadlines ("bảng tính thời hạn giải quyết"): all that they were counted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor.core.apology import Apology
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.contradiction import OF_RECEPTION, OF_RESULT, Contradiction, contradictions
from monitor.core.deadline import FINANCIAL_DUTY_RULE
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, Standing, findings
from monitor.core.handover import Handover, handover
from monitor.core.law import Comparison, Law, Rule, RuleUnknown
from monitor.core.on_time import Verdict766, judged
from monitor.core.owned import DualClock, dual_clock, in_minutes
from monitor.core.pauses import Pause, pauses_of
from monitor.core.period import day_of, ict
from monitor.core.phase import Phase, begun, phase_of
from monitor.core.reappointment import ApologyEffect, effect
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.register.naming import procedure_name
from monitor.reports.by_rule import ByRule, by_rule
from monitor.reports.counted import Clock, Counter
from monitor.reports.differing import differences
from monitor.reports.letters import tidy
from monitor.reports.official.plain_lines import printed
from monitor.reports.render import render, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that makes a dossier's deadlines what they are at a moment; the same data and law give the same."""

    dossier: Dossier
    now: datetime
    law_version: str
    compared: Comparison
    clocks: tuple[Clock, ...]
    notes: tuple[Finding, ...]
    known: Circumstances = NOTHING_KNOWN
    by_rule: ByRule | None = None
    pauses: tuple[Pause, ...] = ()
    duty: Rule | None = None
    handover: Handover | None = None
    dual: DualClock | None = None
    verdict: Verdict766 | None = None
    agencies: Mapping[str, str] = field(default_factory=dict)
    wrong: tuple[Contradiction, ...] = ()
    differences: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[ApologyEffect, ...] = ()
    procedure_name: str = ""

    @property
    def apologies(self) -> tuple[tuple[Apology, ApologyEffect], ...]:
        """Each apology that was recorded, and what it makes of the clock."""
        return tuple(zip(self.known.apologies, self.effects, strict=True))

    @property
    def idle(self) -> tuple[Apology, ...]:
        """The apologies that move no clock, where none does."""
        if {ApologyEffect.MOVES, ApologyEffect.PRINTED} & set(self.effects):
            return ()
        return self.known.apologies

    @property
    def minutes(self) -> DualClock | None:
        """The dual clock as people read it."""
        return in_minutes(self.dual) if self.dual else None

    @property
    def status_name(self) -> str:
        """What people call its status; empty for a code nobody knows."""
        return terms()["Status"].get(self.dossier.status, "")

    def as_text(self) -> str:
        """For people."""
        head = terms()["deadline_sheet"]["head"].format(code=self.dossier.code, source=self.dossier.source)
        return tidy(f"{head}\n\n{printed(render('dossier/sheet.txt', told=self))}")

    def as_json(self) -> dict[str, object]:
        """For programs."""
        dossier = self.dossier
        return {
            "source": dossier.source,
            "code": dossier.code,
            "procedure": dossier.procedure,
            "procedure_name": dossier.procedure_name,
            "status": dossier.status,
            "as_of": _plain(dossier.as_of),
            "now": _plain(self.now),
            "law_version": self.law_version,
            "compared": self.compared.value,
            "clocks": [_plain(asdict(clock)) for clock in self.clocks],
            "by_rule": self._reckoned(),
            "pauses": [_plain(pause._asdict()) for pause in self.pauses],
            "handover": _plain(self.handover._asdict()) if self.handover else None,
            "dual_clock": _plain(asdict(self.dual)) if self.dual else None,
            "index_766": _plain(asdict(self.verdict)) if self.verdict else None,
            "notes": [
                _plain({"kind": note.kind, "counted": note.counted, "agency": note.agency}) for note in self.notes
            ],
            "contradictions": _plain(self.wrong),
            "differences": list(self.differences),
            "apologies": [
                {
                    "document": one.document,
                    "dated": _plain(one.dated),
                    "old": _plain(one.old),
                    "new": _plain(one.new),
                    "effect": what.value,
                }
                for one, what in self.apologies
            ],
            "elsewhere": [
                {"source": one.source, "code": one.code, "status": one.status, "appointment": _plain(one.appointment)}
                for one in self.known.others
            ],
        }

    def _reckoned(self) -> object:
        one = self.by_rule
        if one is None:
            return None
        told = one.reckoning
        return _plain(
            {
                "rule": asdict(one.rule),
                "start": told.start,
                "plain": told.plain,
                "subtracted": told.subtracted,
                "restarted": told.restarted,
                "due": told.due,
                "paused": told.paused,
                "days": [asdict(day) for day in one.days],
                "printed": one.deviation._asdict() if one.deviation else None,
                "calendar_version": told.calendar.version,
            }
        )


def explanation(
    dossier: Dossier, now: datetime, law: Law, register: Register, known: Circumstances = NOTHING_KNOWN
) -> Explanation:
    """Count each clock of a dossier anew, and keep what was counted, over which days, by which document.

    A clock that hangs on dates which cannot all be true is not counted.
    """
    found, wrong = findings(dossier, now, law, known), contradictions(dossier)
    told = {one.kind: one for one in found}
    counter = Counter(dossier=dossier, law=law, register=register, told=told, known=known)
    reception = (counter.reception(),) if OF_RECEPTION.isdisjoint(wrong) else ()
    result = (counter.result(), counter.apology()) if OF_RESULT.isdisjoint(wrong) else ()
    dual = None if wrong else _dual(dossier, now, law, known)
    return Explanation(
        dossier=dossier,
        now=now,
        law_version=law.version,
        compared=law.compared,
        clocks=tuple(clock for clock in (*reception, *result) if clock is not None),
        notes=tuple(finding for finding in found if finding.standing is Standing.NOTED),
        known=known,
        by_rule=None if wrong else by_rule(dossier, now, law, known),
        pauses=pauses_of(dossier, known),
        duty=_rule(law, FINANCIAL_DUTY_RULE, dossier),
        handover=None if wrong else _handover(dossier, law, known),
        dual=dual,
        verdict=None if wrong else judged(dossier, now, law, known),
        agencies={key: register.agency_name(key) for key in {one.agency for one in dual.shares if one.agency}}
        if dual
        else {},
        wrong=wrong,
        differences=differences(dossier, law, known),
        sources={key: source.name for key, source in register.sources.items()},
        effects=tuple(effect(one, dossier, known) for one in known.apologies),
        procedure_name=_called(dossier, register),
    )


def _called(dossier: Dossier, register: Register) -> str:
    name = procedure_name(register, dossier)
    return name if name != dossier.procedure else ""


def _rule(law: Law, key: str, dossier: Dossier) -> Rule | None:
    start = begun(dossier)
    try:
        return law.rule(key, day_of(start)) if start is not None else None
    except RuleUnknown:
        return None


def _dual(dossier: Dossier, now: datetime, law: Law, known: Circumstances) -> DualClock | None:
    try:
        return dual_clock(dossier, now, law, known)
    except CalendarUnknown:
        return None


def _handover(dossier: Dossier, law: Law, known: Circumstances) -> Handover | None:
    """The same as its finding: by day where the office compares so, and nothing of one that ended without a step."""
    try:
        one = handover(dossier, known.steps, law)
    except (CalendarUnknown, RuleUnknown):
        return None
    if one is None or (one.done is None and phase_of(dossier) is not Phase.HANDLING):
        return None
    return one._replace(due=day_of(one.due)) if law.by_date else one


def _plain(value: object) -> Any:
    """The same without types of ours, moments on a Vietnamese clock."""
    match value:
        case datetime():
            return ict(value).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case StrEnum() | timedelta():
            return value.value if isinstance(value, StrEnum) else value.total_seconds()
        case _:
            return value
