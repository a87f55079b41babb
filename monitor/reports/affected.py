"""Where an interruption met deadlines: the dossiers, minutes lost, and stretches that a person may have left out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection

from monitor.core.affected import Affected, Lost, Met, Outage, affected, outage_of
from monitor.core.finding import FindingKind
from monitor.core.law import Law
from monitor.core.pause import ApprovedPause
from monitor.core.period import MILLISECOND, Span, iso
from monitor.core.phase import handling_agency, handling_unit
from monitor.register import Register
from monitor.reports.calendar_tables import cell, named_sheets
from monitor.reports.record import Record
from monitor.reports.render import TEMPLATES, luc, term
from monitor.reports.uptime_tables import Row, Sheet
from monitor.reports.workbook import book_of
from monitor.store import dossier_reach, pauses

REACH = timedelta(days=45)
"""How long before an interruption a dossier may have been filed whose reception falls due in it: over any holidays."""


class NoPause(StrEnum):
    """Why no time of an interruption may be left out."""

    OPEN = "open"
    UNKNOWN = "unknown"
    NOTED_ONLY = "noted_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dossier that the interruption met, whose it is, and the pause approved for it, if any."""

    met: Affected
    agency_name: str
    pause: ApprovedPause | None

    @property
    def reception(self) -> Lost | None:
        """What its reception lost."""
        return self._lost(FindingKind.RECEPTION)

    @property
    def result(self) -> Lost | None:
        """What its result lost."""
        return self._lost(FindingKind.RESULT)

    @property
    def candidate(self) -> Span | None:
        """The stretch that may be approved; None where nothing was lost, or one was approved already."""
        return None if self.pause else self.met.pause

    def _lost(self, kind: FindingKind) -> Lost | None:
        return next((one for one in self.met.lost if one.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Every dossier of its procedure that an interruption met, by when it was filed; `refused`: why none may pause."""

    record: Record
    outage: Outage
    lines: tuple[Line, ...]
    refused: NoPause | None

    @property
    def filed(self) -> int:
        """How many were filed meanwhile: their filing date is the one the system recorded (NĐ 81/2018, Điều 17, 18)."""
        return sum(Met.FILED in one.met.met for one in self.lines)

    @property
    def last(self) -> int:
        """Of how many the last lawful hour or day fell into it."""
        return sum(one.met.last for one in self.lines)

    @property
    def candidates(self) -> tuple[Line, ...]:
        """Those for which a person may approve a pause."""
        return () if self.refused else tuple(one for one in self.lines if one.candidate is not None)


def reached(db: Connection, register: Register, law: Law, record: Record) -> Reached:
    """Hold an interruption, as `fold` tells it, against the dossiers of its service's procedure."""
    outage = outage_of(record.interruption, record.as_of)
    filed = Span(start=outage.longest.start - REACH, end=outage.longest.end + MILLISECOND)
    moments = Span(start=outage.longest.start - timedelta(days=1), end=filed.end)
    told = dossier_reach.of_procedure(db, record.service.code, filed, moments)
    found = [one for one in (affected(dossier, outage, law) for dossier in told) if one is not None]
    approved = pauses.of(db, (one.dossier.matter for one in found))
    keys = {record.target.key, *record.target.formerly}
    return Reached(
        record=record,
        outage=outage,
        lines=tuple(
            Line(
                met=one,
                agency_name=_named(one, register),
                pause=_approved(approved.get(one.dossier.matter, ()), keys, outage),
            )
            for one in found
        ),
        refused=_refused(record),
    )


def _named(one: Affected, register: Register) -> str:
    agency = handling_agency(one.dossier)
    return register.agency_name(agency) if agency else handling_unit(one.dossier)


def _approved(some: Iterable[ApprovedPause], keys: set[str], outage: Outage) -> ApprovedPause | None:
    """The pause for this interruption, also where looks that arrived late have moved its beginning since."""
    return next((one for one in some if one.target in keys and one.span.shared_ms(outage.longest)), None)


def _refused(record: Record) -> NoPause | None:
    if record.interruption.open:
        return NoPause.OPEN
    if not record.told.observed_ms:
        return NoPause.UNKNOWN
    return None if record.target.required else NoPause.NOTED_ONLY


@cache
def words() -> Mapping[str, Any]:
    """Names of the file, its tables and columns."""
    return tomllib.loads((TEMPLATES / "affected" / "tables.toml").read_text("utf-8"))


def workbook(found: Reached) -> bytes:
    """The list as a workbook; the same bytes for the same facts."""
    return book_of(words()["title"], found.record.as_of, _sheets(found))


def _sheets(found: Reached) -> Iterator[Sheet]:
    rows: Mapping[str, Iterable[Row]] = {"dossiers": map(_row, found.lines), "basis": _basis(found)}
    yield from named_sheets(words(), rows)


def _row(line: Line) -> Row:
    one, dossier = line.met, line.met.dossier
    return (
        dossier.code,
        dossier.source,
        line.agency_name,
        handling_unit(dossier),
        ", ".join(map(term, one.met)),
        ", ".join(map(term, one.possible)),
        cell(dossier.filed),
        cell(dossier.received),
        *_lost(line.reception),
        *_lost(line.result),
        line.candidate.start if line.candidate else None,
        line.candidate.end if line.candidate else None,
        line.pause.document if line.pause else "",
        f"{line.pause.by}, {luc(line.pause.at)}" if line.pause else "",
    )


def _lost(lost: Lost | None) -> Row:
    if lost is None:
        return None, None, None, None, ""
    minutes = (round(seconds / 60, 1) for seconds in (lost.seconds, lost.least, lost.most))
    return cell(lost.due), *minutes, words()["yes"] if lost.last else ""


def _basis(found: Reached) -> Iterator[Row]:
    said, outage = words()["basis"], found.outage
    yield said["handle"], found.record.handle
    yield said["estimate"], f"{luc(outage.estimate.start)} – {luc(outage.estimate.end)}"
    yield said["shortest"], f"{luc(outage.shortest.start)} – {luc(outage.shortest.end)}"
    yield said["longest"], f"{luc(outage.longest.start)} – {luc(outage.longest.end)}"
    yield said["filing"], said["filing_note"]
    yield said["pausing"], said["pausing_note"]


def as_json(found: Reached) -> dict[str, object]:
    """For programs; moments on a Vietnamese clock, lengths in seconds of working time."""
    return {
        "interruption": found.record.handle,
        "service": found.record.service.code,
        "as_of": iso(found.record.as_of),
        "estimate": _span(found.outage.estimate),
        "shortest": _span(found.outage.shortest),
        "longest": _span(found.outage.longest),
        "no_pause": found.refused,
        "dossiers": [_line(one) for one in found.lines],
    }


def _line(line: Line) -> dict[str, object]:
    one, dossier = line.met, line.met.dossier
    return {
        "source": dossier.source,
        "code": dossier.code,
        "agency": handling_agency(dossier),
        "met": one.met,
        "possible": one.possible,
        "lost": [
            {
                "clock": lost.kind,
                "agency": lost.agency,
                "due": iso(lost.due),
                "seconds": lost.seconds,
                "least": lost.least,
                "most": lost.most,
                "last_lawful_time": lost.last,
            }
            for lost in one.lost
        ],
        "candidate_pause": _span(line.candidate) if line.candidate else None,
        "approved_pause": None
        if line.pause is None
        else {
            **_span(line.pause.span),
            "document": line.pause.document,
            "by": line.pause.by,
            "at": iso(line.pause.at),
            "reason": line.pause.reason,
        },
    }


def _span(span: Span) -> dict[str, str]:
    return {"start": iso(span.start), "end": iso(span.end)}
