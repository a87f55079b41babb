"""The certificate of a dossier's deadlines ("phiếu tính hạn"): each rule, start, day left out, and document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from monitor.core.contradiction import OF_RECEPTION, OF_RESULT, Contradiction, contradictions
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, Standing, findings
from monitor.core.law import Law
from monitor.core.period import ict
from monitor.register import Register
from monitor.reports.counted import Clock, Counter
from monitor.reports.letters import tidy
from monitor.reports.render import render, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that makes a dossier's deadlines what they are at a moment; the same data and law give the same."""

    dossier: Dossier
    now: datetime
    law_version: str
    clocks: tuple[Clock, ...]
    notes: tuple[Finding, ...]
    wrong: tuple[Contradiction, ...] = ()

    @property
    def status_name(self) -> str:
        """What people call its status; empty for a code nobody knows."""
        return terms()["Status"].get(self.dossier.status, "")

    def as_text(self) -> str:
        """For people."""
        return tidy(render("explain.txt", told=self))

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
            "clocks": [_plain(asdict(clock)) for clock in self.clocks],
            "notes": [
                _plain({"kind": note.kind, "counted": note.counted, "agency": note.agency}) for note in self.notes
            ],
            "contradictions": _plain(self.wrong),
        }


def explanation(dossier: Dossier, now: datetime, law: Law, register: Register) -> Explanation:
    """Count each clock of a dossier anew, and keep what was counted, over which days, by which document.

    A clock that hangs on dates which cannot all be true is not counted.
    """
    found, wrong = findings(dossier, now, law), contradictions(dossier)
    counter = Counter(dossier=dossier, law=law, register=register, told={one.kind: one for one in found})
    reception = (counter.reception(),) if OF_RECEPTION.isdisjoint(wrong) else ()
    result = (counter.result(), counter.apology()) if OF_RESULT.isdisjoint(wrong) else ()
    return Explanation(
        dossier=dossier,
        now=now,
        law_version=law.version,
        clocks=tuple(clock for clock in (*reception, *result) if clock is not None),
        notes=tuple(finding for finding in found if finding.standing is Standing.NOTED),
        wrong=wrong,
    )


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
        case StrEnum():
            return value.value
        case _:
            return value
