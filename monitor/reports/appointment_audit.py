"""The shadow audit: printed appointments that are earlier or later than the rule makes them, by how much, by agency."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from monitor.core.audit import Agreement, Deviation, deviation
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.contradiction import contradictions
from monitor.core.dossier import Dossier
from monitor.core.law import Comparison, Law, Rule
from monitor.core.limit import LimitUnit
from monitor.core.period import Stamp, ict, iso
from monitor.core.phase import handling_agency, handling_unit
from monitor.core.reckoning import Reckoning, reckoned
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.circumstances import circumstances
from monitor.reports.render import TEMPLATES, gio, khoang, ngay, so, term
from monitor.store import dossiers

AT_ONCE = 500
NONE = "–"


@cache
def words() -> Mapping[str, Any]:
    """Names of tables and columns."""
    return tomllib.loads((TEMPLATES / "dossier" / "audit.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One appointment that does not agree with the rule."""

    dossier: Dossier
    agency: str
    agency_name: str
    found: Deviation
    reckoning: Reckoning

    @property
    def rule(self) -> Rule:
        """The procedure's limit."""
        return self.reckoning.limit.rule

    @property
    def by(self) -> str:
        """By how much, in words."""
        amount, unit = self.found.amount, self.reckoning.limit.unit
        if unit is LimitUnit.HOURS:
            return f"{khoang(amount * 1000, days=False)} {words()['working']}"
        return f"{so(amount)} {term(unit)}"

    @property
    def confirmed(self) -> str:
        """Who confirmed the rule; that nobody did."""
        return self.rule.confirmed_by or words()["unconfirmed"]

    def short(self) -> tuple[str, ...]:
        """A line for a terminal."""
        found = self.found
        return (
            self.dossier.code,
            self.agency_name or NONE,
            gio(found.printed),
            gio(found.nearest),
            f"{words()[found.agreement.value]} {self.by}",
            words()["confirmed"] if self.rule.confirmed_by else words()["unconfirmed"],
        )

    def cells(self) -> tuple[str | int | datetime | None, ...]:
        """A line of the workbook."""
        one, told = self.dossier, self.reckoning
        return (
            one.code,
            one.source,
            self.agency_name or NONE,
            handling_unit(one) or NONE,
            one.procedure,
            one.procedure_name,
            _cell(told.start),
            _cell(self.found.printed),
            _cell(told.plain),
            _cell(told.subtracted),
            NONE if told.restarted is None else _cell(told.restarted),
            words()[self.found.agreement.value],
            self.by,
            f"{self.rule.value} {term(told.limit.unit)}",
            self.rule.citation,
            self.confirmed,
            told.calendar.version[:12],
        )

    def as_json(self) -> dict[str, object]:
        """For programs: amounts in working seconds of a limit in hours, otherwise in days of its kind."""
        one, told = self.dossier, self.reckoning
        return {
            "source": one.source,
            "code": one.code,
            "procedure": one.procedure,
            "agency": self.agency,
            "received": iso(told.start),
            "printed": iso(self.found.printed),
            "plain": iso(told.plain),
            "subtracted": iso(told.subtracted),
            "restarted": iso(told.restarted),
            "agreement": self.found.agreement.value,
            "amount": self.found.amount,
            "unit": told.limit.unit.value,
            "rule": self.rule.key,
            "value": self.rule.value,
            "citation": self.rule.citation,
            "confirmed_by": self.rule.confirmed_by,
            "calendar_version": told.calendar.version,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """How many appointments of an agency were held against a rule, and how they came out."""

    name: str
    equal: int
    early: int
    late: int
    put_off: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.equal + self.early + self.late + self.put_off

    def cells(self) -> tuple[str | int, ...]:
        """A line of the table."""
        return self.name, self.total, self.equal, self.early, self.late, self.put_off


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All of it at a moment; `uncounted` are those for which the calendar does not reach.

    `contradictory` are those whose own dates contradict each other: they accuse nobody. `limits`: how many procedures
    any rule limits.
    """

    now: datetime
    law_version: str
    compared: Comparison
    rows: tuple[Row, ...]
    by_agency: tuple[AgencyLine, ...]
    uncounted: int
    contradictory: int
    limits: int

    @property
    def unconfirmed(self) -> int:
        """How many rows rest on a rule that nobody confirmed."""
        return sum(not row.rule.confirmed_by for row in self.rows)

    def summary(self) -> Iterator[str]:
        """What stands above the tables."""
        said, total = words(), sum(line.total for line in self.by_agency)
        yield said["summary"].format(total=so(total), broken=so(len(self.rows)), at=gio(self.now))
        if self.unconfirmed:
            yield said["caution"].format(count=so(self.unconfirmed))
        if self.uncounted:
            yield said["uncounted"].format(count=so(self.uncounted))
        if self.contradictory:
            yield said["contradictory"].format(count=so(self.contradictory))
        if not total:
            yield said["no_limits" if not self.limits else "no_matches"]
        yield said["compared"].format(by=term(self.compared))
        yield said["version"].format(version=self.law_version[:12])

    def as_json(self) -> dict[str, object]:
        """For programs."""
        lines = ({"agency": one.name, "total": one.total, **_counts(one)} for one in self.by_agency)
        return {
            "now": iso(self.now),
            "law_version": self.law_version,
            "compared": self.compared.value,
            "agencies": list(lines),
            "uncounted": self.uncounted,
            "contradictory": self.contradictory,
            "rows": [row.as_json() for row in self.rows],
        }


def audited(db: Connection, register: Register, law: Law, now: datetime, *, agency: str = "") -> Audit:
    """Every printed appointment whose procedure has a limit, held against it; unconfirmed rules are used, and marked.

    What was put off by a recorded apology is counted, and no breach. `agency`: only what that agency, and
    those below it, handle.
    """
    counted: dict[str, Counter[Agreement]] = {}
    rows, uncounted, contradictory = list[Row](), 0, 0
    procedures = _procedures(law)
    limited = dossiers.appointed(db, procedures)
    wanted = (one for one in limited if not agency or _of(register, agency, handling_agency(one)))
    while some := tuple(islice(wanted, AT_ONCE)):
        known = circumstances(db, some)
        for one in some:
            if contradictions(one):
                contradictory += 1
                continue
            try:
                held = _held(one, now, law, known.get(one.matter, NOTHING_KNOWN))
            except CalendarUnknown:
                uncounted += 1
                continue
            if held is None:
                continue
            found, reckoning = held
            key = handling_agency(one)
            counted.setdefault(key, Counter())[found.agreement] += 1
            if found.agreement in (Agreement.EARLY, Agreement.LATE):
                name = register.agency_name(key) if key else ""
                rows.append(Row(dossier=one, agency=key, agency_name=name, found=found, reckoning=reckoning))
    return Audit(
        now=now,
        law_version=law.version,
        compared=law.compared,
        rows=tuple(sorted(rows, key=lambda row: (row.agency_name, row.found.agreement, row.dossier.code))),
        by_agency=tuple(sorted(_lines(counted, register), key=lambda line: line.name)),
        uncounted=uncounted,
        contradictory=contradictory,
        limits=len(procedures),
    )


def _of(register: Register, agency: str, handling: str) -> bool:
    """Whether an agency is the one asked for, or stands below it."""
    return agency == handling or agency in register.ancestors(handling)


def _held(dossier: Dossier, now: datetime, law: Law, known: Circumstances) -> tuple[Deviation, Reckoning] | None:
    reckoning = reckoned(dossier, now, law, known)
    found = None if reckoning is None else deviation(dossier, reckoning, known)
    return None if reckoning is None or found is None else (found, reckoning)


def _procedures(law: Law) -> tuple[str, ...]:
    """The codes of the procedures that any rule limits."""
    units = {unit.value for unit in LimitUnit}
    parts = (key.partition(".") for key in law.rules)
    return tuple(sorted({procedure for unit, _, procedure in parts if unit in units and procedure}))


def _lines(counted: Mapping[str, Counter[Agreement]], register: Register) -> Iterator[AgencyLine]:
    for key, many in counted.items():
        yield AgencyLine(
            name=register.agency_name(key) if key else words()["nobody"],
            equal=many[Agreement.EQUAL],
            early=many[Agreement.EARLY],
            late=many[Agreement.LATE],
            put_off=many[Agreement.PUT_OFF],
        )


def _counts(line: AgencyLine) -> dict[str, int]:
    return {one.value: getattr(line, one.value) for one in Agreement}


def _cell(stamp: Stamp) -> str | datetime:
    return stamp if isinstance(stamp, datetime) else ngay(stamp)


def file_name(found: Audit) -> str:
    """What its workbook is called."""
    return f"doi-chieu-ngay-hen-tra-{ict(found.now):%Y-%m-%d}.xlsx"


def xlsx(found: Audit) -> bytes:
    """The workbook: what broke the rule, the counts by agency, and what they rest on; the same bytes for the same."""
    from monitor.reports.uptime_tables import Sheet
    from monitor.reports.workbook import book_of

    said = words()

    def sheet(key: str, rows: Iterable[Any]) -> Sheet:
        one = said["sheet"][key]
        return Sheet(
            key=key, title=one["title"], headings=tuple(one["headings"]), widths=tuple(one["widths"]), rows=rows
        )

    tables = (
        sheet("rows", (row.cells() for row in found.rows)),
        sheet("agencies", (line.cells() for line in found.by_agency)),
        sheet("basis", ((line,) for line in found.summary())),
    )
    return book_of(said["title"], found.now, tables)
