"""The log's figures for programs: those of the account, and what stands beside it. Lengths in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from monitor.core.drill import Drill
from monitor.core.journal import Entry
from monitor.core.life import Life
from monitor.core.look import ManualCheck
from monitor.core.period import iso
from monitor.core.publication import Edition
from monitor.core.remark import Remark
from monitor.core.suspicion import Suspicion
from monitor.core.uptime import figures
from monitor.reports.beside import Beside, Certified
from monitor.reports.percentiles import Spread
from monitor.reports.record import Record
from monitor.reports.stop import Stop
from monitor.reports.uptime_log import PeriodLine, Seen, UptimeLog
from monitor.store.signatures import Seals


def as_json(log: UptimeLog) -> dict[str, Any]:
    """The whole log; moments in Vietnamese time, ISO 8601."""
    return {
        "service": log.service.code,
        "name": log.service.name,
        "kind": log.period.kind.value,
        "period": log.period.name,
        "from": iso(log.span.start),
        "to": iso(log.span.end),
        "as_of": iso(log.as_of),
        "running": log.running,
        "began": iso(log.began),
        **figures(log.account),
        "unwatched_ms": log.unwatched_ms,
        "target": None if log.target is None else log.service.internal_target,
        "judgement": None if log.judgement is None else log.judgement.value,
        "outages": log.outages,
        "outage_numbers": list(log.numbers),
        "seen": [_seen(one) for one in log.seen],
        "manual": [_manual(one) for one in log.manual],
        "compared": [_compared(line) for line in log.compared],
        **_beside(log.beside),
        "journal": [_head(entry) for entry in log.heads],
        "edition": None if log.edition is None else _edition(log.edition),
    }


def _beside(beside: Beside) -> dict[str, Any]:
    return {
        "records": [_record(one) for one in beside.records],
        "percentiles": [_spread(one) for one in beside.spreads],
        "notices": [_stop(one) for one in beside.stops],
        "suspected": [_suspected(one) for one in beside.suspected],
        "certificates": [_certified(one) for one in beside.certified],
        "monitor": None if beside.life is None else _life(beside.life),
        "drills": [_drill(one) for one in beside.drills],
        "seals": None if beside.seals is None else _seals(beside.seals),
    }


def _seen(one: Seen) -> dict[str, Any]:
    return {
        "target": one.key,
        "required": one.required,
        "looks": one.looks,
        "answered": one.answered,
        "by_verdict": {verdict.value: count for verdict, count in sorted(one.by_verdict.items())},
        "by_cause": {cause.value: count for cause, count in sorted(one.by_cause.items())},
        "median_ms": one.median_ms,
    }


def _manual(one: ManualCheck) -> dict[str, Any]:
    return {"at": iso(one.at), "verdict": one.verdict.value, "by": one.by, "note": one.note}


def _compared(line: PeriodLine) -> dict[str, Any]:
    kept = ("measured", "lower", "upper", "coverage", "down_ms")
    known: Mapping[str, Any] = figures(line.account) if line.account else {}
    outages = line.outages if line.account else None
    return {"period": line.period.name, **{name: known.get(name) for name in kept}, "outages": outages}


def _record(one: Record) -> dict[str, Any]:
    """What is known of the interruption of the same place in `interruptions`."""
    return {
        "handle": one.handle,
        "nature": one.nature.value,
        "fault": None if one.fault is None else one.fault.value,
        "recurring": one.recurring,
        "remarks": [_remark(remark) for remark in one.remarks],
    }


def _remark(one: Remark) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind.value,
        "at": iso(one.at),
        "text": one.text,
        "document": one.document,
        "dated": None if one.dated is None else one.dated.isoformat(),
        "ruling": None if one.ruling is None else one.ruling.value,
        "answers": one.answers,
    }


def _spread(one: Spread) -> dict[str, Any]:
    ranks = {f"p{rank}_ms": took for rank, took in one.ms.items()}
    return {"target": one.target, "phase": one.phase.value, "looks": one.looks, **ranks}


def _stop(one: Stop) -> dict[str, Any]:
    return {
        "number": one.number,
        "start": iso(one.notice.span.start),
        "end": iso(one.notice.span.end),
        "entered_at": iso(one.notice.entered_at),
        "document": one.notice.document,
        "class": one.kind.value,
    }


def _suspected(one: Suspicion) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind.value,
        "start": iso(one.starts),
        "end": iso(one.ends),
        "found": None if one.found is None else one.found.value,
        "reason": one.reason,
    }


def _certified(one: Certified) -> dict[str, Any]:
    at, said = (None, None) if one.look is None else (iso(one.look.at), one.look.detail)
    return {"target": one.target.key, "at": at, "said": said}


def _life(life: Life) -> dict[str, Any]:
    gaps = [
        {"start": iso(g.span.start), "end": iso(g.span.end), "why": g.why.value, "ms": g.span.ms} for g in life.gaps
    ]
    return {"alive_ms": life.alive_ms, "absent_ms": life.absent_ms, "before_ms": life.before_ms, "gaps": gaps}


def _drill(one: Drill) -> dict[str, Any]:
    """Every step's moment, null where it did not come."""
    steps = {name: iso(at) for name, at in asdict(one).items() if name != "outcome"}
    return {**steps, "outcome": one.outcome.value}


def _seals(one: Seals) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "key": one.key,
        "fingerprint": one.fingerprint,
        "signed_days": one.signed,
        "days": one.days,
        "heads": [{"chain": chain, "seq": seq, "digest": digest} for chain, seq, digest in one.heads],
    }


def _head(entry: Entry) -> dict[str, Any]:
    return {"chain": entry.chain, "seq": entry.seq, "digest": entry.digest.hex()}


def _edition(one: Edition) -> dict[str, Any]:
    return {
        "number": one.number,
        "published_at": iso(one.published_at),
        "by": one.by,
        "reason": one.reason,
        "replaces": one.replaces,
        "changes": [asdict(change) for change in one.changes],
    }
