"""The log's figures as tables, for the workbook and the CSV files: numbers as numbers, moments as moments."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from monitor.core.drill import Drill
from monitor.core.remark import RemarkKind
from monitor.core.suspicion import Suspicion
from monitor.core.uptime import Account, figures
from monitor.reports import accounts, known
from monitor.reports.beside import Certified
from monitor.reports.interrupted import Interrupted
from monitor.reports.percentiles import Spread
from monitor.reports.record import Record
from monitor.reports.render import NO_DATA, TEMPLATES, bieuhien, soniem, term, terms
from monitor.reports.stop import Stop
from monitor.reports.uptime_log import PeriodLine, Seen, UptimeLog

Cell = str | int | float | Fraction | datetime | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: its key, the title and headings people read, how wide (in letters) its columns are, its rows."""

    key: str
    title: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Iterable[Row]


@cache
def words() -> Mapping[str, Any]:
    """Names of tables and columns."""
    return tomllib.loads((TEMPLATES / "uptime" / "tables.toml").read_text("utf-8"))


def sheets(log: UptimeLog) -> Iterator[Sheet]:
    """Every table, those without rows too."""
    beside = log.beside
    rows: Mapping[str, Iterable[Row]] = {
        "summary": _summary(log),
        "interruptions": map(_interruption, log.numbers, log.told),
        "unknown": ((word, _seconds(ms)) for word, ms in log.unknown_lines),
        "looks": map(_look, log.seen),
        "spreads": map(_spread, beside.spreads),
        "manual": ((c.at, term(c.verdict), c.by, c.note, c.evidence_name, c.evidence_sha256) for c in log.manual),
        "stops": map(_stop, beside.stops),
        "suspected": map(_suspected, beside.suspected),
        "compared": map(_compared, log.compared),
        "life": _life(log),
        "drills": map(_drill, beside.drills),
        "certificates": map(_certificate, beside.certified),
        "seals": _seals(log),
        "course": _course(log),
    }
    for key, of_key in rows.items():
        named = words()[key]
        yield Sheet(
            key=key,
            title=named["sheet"],
            headings=tuple(named["headings"]),
            widths=tuple(named["widths"]),
            rows=of_key,
        )


def _summary(log: UptimeLog) -> Iterator[Row]:
    named, account = words()["summary"], log.account
    yield named["service"], log.service.name
    yield named["code"], log.service.code
    yield named["owner"], log.owner_name
    yield named["period"], log.called
    yield named["start"], account.window.start
    yield named["end"], account.window.end
    for part in log.parts:
        yield f"{term(part.state).capitalize()} (giây)", _seconds(part.ms)
    yield f"{words()['sum']} (giây)", _seconds(sum(part.ms for part in log.parts))
    for name, ratio in _ratios(account).items():
        yield named[name], ratio
    yield named["outages"], log.outages
    yield named["target"], named["no_target"] if log.target is None else log.target
    yield named["judgement"], "–" if log.judgement is None else term(log.judgement)
    if log.beside.life is not None:
        availability = log.beside.life.availability
        yield named["alive"], NO_DATA if availability is None else _whole_down(availability)
    yield named["as_of"], log.as_of
    for head in log.heads:
        yield named["seal"], f"{soniem(head.chain)}, mục {head.seq}: {head.digest.hex()}"


def _interruption(number: str, told: tuple[Interrupted, Record | None]) -> Row:
    line, record = told
    one = line.interruption
    return (
        int(number) if number.isdecimal() else number,
        line.target_name,
        bieuhien(one.cause, line.status),
        one.last_good or words()["not_known"],
        one.first_bad,
        one.last_bad,
        one.first_good or words()["open"],
        _seconds(line.length_ms),
        _seconds(line.shortest_ms),
        _seconds(line.longest_ms),
        _seconds(line.observed_ms),
        _seconds(line.unobserved_ms),
        one.failed_looks,
        "; ".join(line.documents),
        known.nature(line, record),
        known.fault(record),
        known.repeats(record),
        known.newest(record, RemarkKind.CAUSE),
        known.newest(record, RemarkKind.OWNER),
        known.asked(record),
        known.replies(record),
        known.newest(record, RemarkKind.REMEDY),
        known.newest(record, RemarkKind.FALLBACK),
        known.force_majeure(record),
    )


def _look(one: Seen) -> Row:
    causes = "; ".join(f"{bieuhien(cause, status)}: {count}" for (cause, status), count in one.failures.items())
    counts = (one.looks, one.answered, one.up, one.down, one.unknown, one.median_ms)
    return (one.name, words()["looks"]["yes" if one.required else "no"], *counts, causes)


def _spread(one: Spread) -> Row:
    return (one.target_name, term(one.phase), one.looks, *one.ms.values())


def _stop(one: Stop) -> Row:
    span, notice = one.notice.span, one.notice
    taken_back = one.withdrawn.at if one.withdrawn else None
    return span.start, span.end, notice.entered_at, notice.document, term(one.kind), taken_back


def _suspected(one: Suspicion) -> Row:
    """Without what a complaint says: the report leaves the agency."""
    ruled = term(one.found) if one.found else words()["suspected"]["open"]
    return one.starts, one.ends or words()["not_known"], term(one.kind), ruled, one.reason


def _compared(line: PeriodLine) -> Row:
    if line.account is None:
        return line.called, line.period.span.start, words()["unwatched"], None, None, None, None, None
    a = line.account
    return (line.called, line.period.span.start, *_ratios(a).values(), line.outages, _seconds(a.down_ms))


def _life(log: UptimeLog) -> Iterator[Row]:
    for gap in log.beside.life.gaps if log.beside.life else ():
        yield gap.span.start, gap.span.end, term(gap.why), _seconds(gap.span.ms)


def _drill(one: Drill) -> Row:
    steps = (one.detected_at, one.told_at, one.accepted_at)
    back = (one.recovered_at, one.recovery_told_at, one.recovery_accepted_at)
    failed = ((moment - one.began).total_seconds() if moment else None for moment in steps)
    again = ((m - one.restored_at).total_seconds() if m and one.restored_at else None for m in back)
    return (one.began, term(one.outcome), *failed, *again)


def _certificate(one: Certified) -> Row:
    if one.look is None:
        return (one.target.name, None, words()["certificates"]["not_known"])
    return (one.target.name, one.look.at, one.look.detail or term(one.look.cause))


def _seals(log: UptimeLog) -> Iterator[Row]:
    seals = log.beside.seals
    for head in log.heads:
        yield soniem(head.chain), log.as_of, head.seq, head.digest.hex(), ""
    for chain, seq, digest in seals.heads if seals else ():
        yield soniem(chain), f"{seals.day:%d/%m/%Y}" if seals else "", seq, digest, seals.fingerprint if seals else ""


def _ratios(account: Account) -> dict[str, Cell]:
    """Ratios as numbers to reckon with, rounded as the JSON has them: the account never looks better than it is."""
    exact = figures(account)
    names = ("measured", "lower", "upper", "coverage")
    return {name: NO_DATA if exact[name] is None else Fraction(exact[name]) for name in names}


def _whole_down(ratio: Fraction) -> Fraction:
    return Fraction(int(ratio * 1_000_000), 1_000_000)


def _course(log: UptimeLog) -> Iterator[Row]:
    for s, before in accounts.parted(log.account.segments, log.began):
        why = terms()["unwatched"]["before"] if before else term(s.gap) if s.gap else ""
        yield s.span.start, s.span.end, term(s.state), why, _seconds(s.span.ms)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else float(Fraction(ms, 1000))
