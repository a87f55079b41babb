"""The list of late dossiers as columns and cells: the same for a workbook, a document, a CSV file and programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.core.apology import REAPPOINTMENTS, Apology
from monitor.core.contradiction import Contradiction
from monitor.core.deadline import APOLOGY_RULE, Counting
from monitor.core.finding import FindingKind
from monitor.core.law import Law
from monitor.core.period import MILLISECOND, Stamp, at, day_of, iso
from monitor.core.reappointment import ApologyEffect
from monitor.register import Register
from monitor.register.naming import procedure_name
from monitor.reports.basis import begun_on, calendar, citations, convention, freshness, words
from monitor.reports.lists.overdue import Overdue, OverdueList, Unjudged, Why
from monitor.reports.render import gio, hoa, ngay, term, tuden

Cell = str | int | Stamp | None


class Edition(StrEnum):
    """For whom a list is: divisions and officers stand in the internal one only."""

    INTERNAL = "internal"
    OUTWARD = "outward"


class OverdueTable:
    """Columns and cells of one list in one edition."""

    def __init__(self, told: OverdueList, register: Register, law: Law, edition: Edition) -> None:
        self.told, self.register, self.law, self.edition = told, register, law, edition
        self._said = words()["overdue"]
        with_officers = edition is Edition.INTERNAL and any(row.dossier.officer for row in told.rows)
        hidden = set() if with_officers else {"officer"}
        self.columns = tuple(key for key in words()["overdue_column"] if key not in hidden)
        self._names: dict[str, str] = {}

    def heading(self, column: str) -> str:
        """What a column is called."""
        return str(words()["overdue_column"][column])

    def name(self, agency: str) -> str:
        """The name of an agency."""
        if agency not in self._names:
            self._names[agency] = self.register.agency_name(agency)
        return self._names[agency]

    def title(self) -> str:
        """What the list is called."""
        return str(self._said["appendix_span" if self.told.span else "appendix_moment"])

    def under(self) -> tuple[str, ...]:
        """What stands under its title: of when, of what, in which edition."""
        told, said = self.told, self._said
        moment = said["time_moment"].format(at=gio(told.at))
        lines = [hoa(tuden(told.span.start, told.span.end)) if told.span else moment]
        if told.portal:
            lines.append(said["portal"])
        if told.agency:
            lines.append(said["of_agency"].format(agency=self.name(told.agency)))
        return (*lines, said[self.edition.value])

    def cells(self, place: int, row: Overdue) -> Iterator[Cell]:
        """One row, in the order of the columns."""
        dossier = row.dossier
        every: dict[str, Cell] = {
            "place": place,
            "agency": self.name(row.group),
            "code": dossier.code,
            "procedure": procedure_name(self.register, dossier),
            "unit": self.unit(row),
            "officer": dossier.officer,
            "filed": dossier.filed,
            "received": dossier.received,
            "reception_due": row.reception_due,
            "appointment": row.finding.due if row.finding.kind is FindingKind.RESULT else dossier.appointment,
            "ended": row.ended,
            "kind": words()["overdue_kind"][row.finding.kind.value],
            "days": row.days if row.days is not None else self._said["no_calendar"],
            "apology": self._apology(row),
            "cause": self._cause(row),
            "notes": self._notes(row),
        }
        for column in self.columns:
            yield every[column]

    def unit(self, row: Overdue) -> str:
        """The unit as printed; outside the agency's own name only, for a division is nobody's business there."""
        return row.unit if self.edition is Edition.INTERNAL else self.name(row.group)

    def _apology(self, row: Overdue) -> str:
        if row.finding.kind is not FindingKind.RESULT:
            return ""
        return "; ".join(f"{one.document}, {ngay(one.dated)}" for one in row.apologies) or self._said["unapologised"]

    def _cause(self, row: Overdue) -> str:
        said = row.explanation
        if said is None:
            return str(self._said["unexplained"])
        parts = [hoa(term(said.cause)) + (f": {said.text}" if said.text else "")]
        if row.incoming is not None:
            letter = row.incoming
            parts.append(self._said["on_behalf"].format(document=letter.document, dated=ngay(letter.dated)))
        if said.expected is not None:
            parts.append(self._said["expected"].format(day=ngay(said.expected)))
        return "; ".join(parts)

    def _notes(self, row: Overdue) -> str:
        said = self._said
        notes = [said["moved"]] if row.moved else []
        if row.finding.counted in (Counting.LIMIT, Counting.FROM_NEXT_DAY):
            notes.append(said[row.finding.counted])
        notes += [self._reappointed(one, what) for one, what in zip(row.apologies, row.effects, strict=True)]
        notes += [
            said["urged"].format(kind=term(sent.kind), document=sent.document, dated=ngay(sent.dated))
            for sent in row.dispatches
            if sent.dated is not None
        ]
        notes += [term(kind) for kind in row.noted]
        notes += [said["doubt"].format(doubt=term(doubt)) for doubt in row.doubts]
        return hoa("; ".join(dict.fromkeys(notes)))

    def _reappointed(self, one: Apology, what: ApologyEffect) -> str:
        """The new appointment of an apology where it holds, else why it does not."""
        if one.breach:
            return str(self._said["second"])
        if what in (ApologyEffect.MOVES, ApologyEffect.PRINTED):
            return str(self._said["reappointed"].format(new=gio(one.new)))
        return str(self._said["not_moved"].format(document=one.document, dated=ngay(one.dated), why=term(what)))

    def apart(self) -> Iterator[tuple[Cell, ...]]:
        """The dossiers that could not be judged."""
        for place, one in enumerate(self.told.unjudged, 1):
            source = self.register.sources.get(one.dossier.source)
            unit = one.unit if self.edition is Edition.INTERNAL or not one.agency else self.name(one.agency)
            name = source.name if source else one.dossier.source
            yield place, one.dossier.code, unit, name, _up_to(one.dossier.as_of), self.why(one)

    def why(self, one: Unjudged) -> str:
        """Why one could not be judged, in words."""
        text = term(one.why)
        if one.detail:
            detail = term(Contradiction(one.detail)) if one.why is Why.IMPOSSIBLE_DATES else one.detail
            text += f": {detail}"
        return hoa(text) + (f" ({self._said['late_too']})" if one.late else "")

    def method(self) -> Iterator[tuple[str, str]]:
        """How it was counted and from what, a line each."""
        said, told = words()["method"], self.told
        yield convention(self.law)
        yield said["rows"], said["none_late"]
        yield said["days"], said["days_how"]
        yield said["knowledge"], gio(told.known_at)
        if told.known_at < told.made_at:
            yield said["law"], said["law_now"]
        yield from freshness(self.register, told.figures, told.stale)
        rules = (*self._rules(), *((key, begun) for key in (APOLOGY_RULE, REAPPOINTMENTS) for begun in self._days()))
        yield said["rules"], "; ".join((*citations(self.law, rules), said["appointment"]))
        yield calendar(self.law)

    def _rules(self) -> Iterator[tuple[str, Any]]:
        for row in self.told.rows:
            for key in row.finding.rules:
                yield key, begun_on(row.dossier, self.told.at)

    def _days(self) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(begun_on(row.dossier, self.told.at) for row in self.told.rows))


def _up_to(moment: datetime) -> Stamp:
    """The moment that figures stand for; midnight is the end of the day before it."""
    return day_of(moment - MILLISECOND) if moment == at(day_of(moment)) else moment


def as_json(table: OverdueTable) -> dict[str, object]:
    """The list for programs."""
    told = table.told
    return {
        "at": iso(told.at),
        "known_at": iso(told.known_at),
        "span": [iso(told.span.start), iso(told.span.end)] if told.span else None,
        "agency": told.agency,
        "national_portal_only": told.portal,
        "edition": table.edition.value,
        "compared": table.law.compared.value,
        "law_version": table.law.version,
        "figures": {key: iso(moment) for key, moment in sorted(told.figures.items())},
        "stale": sorted(told.stale),
        "count": len(told.rows),
        "rows": [_row(table, row) for row in told.rows],
        "unjudged": [_unjudged(table, one) for one in told.unjudged],
    }


def _row(table: OverdueTable, row: Overdue) -> dict[str, object]:
    dossier, said = row.dossier, row.explanation
    facts: dict[str, object] = {
        "source": dossier.source,
        "code": dossier.code,
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "group": row.group,
        "agency": row.agency if table.edition is Edition.INTERNAL else row.group,
        "unit": table.unit(row),
        "from_national_portal": dossier.from_national_portal,
        "filed": iso(dossier.filed),
        "received": iso(dossier.received),
        "reception_due": iso(row.reception_due),
        "appointment": iso(dossier.appointment),
        "kind": row.finding.kind.value,
        "standing": row.finding.standing.value,
        "due": iso(row.due),
        "ended": iso(row.ended),
        "moved": row.moved,
        "working_days": row.days,
        "apologies": [{"document": one.document, "dated": one.dated.isoformat()} for one in row.apologies],
        "cause": said.cause.value if said else None,
        "explanation": said.text if said else None,
        "incoming": row.incoming.document if row.incoming else None,
        "dispatches": [one.document for one in row.dispatches],
        "noted": [kind.value for kind in row.noted],
        "doubts": [doubt.value for doubt in row.doubts],
    }
    return facts | ({"officer": dossier.officer} if "officer" in table.columns else {})


def _unjudged(table: OverdueTable, one: Unjudged) -> dict[str, object]:
    return {
        "source": one.dossier.source,
        "code": one.dossier.code,
        "agency": one.agency,
        "why": one.why.value,
        "detail": one.detail,
        "late": one.late,
        "said": table.why(one),
    }
