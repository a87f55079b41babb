"""One interruption's record for programs: moments in Vietnamese time, names of closed sets as they are in rows."""

from __future__ import annotations

from typing import Any

from monitor.core.period import iso
from monitor.core.remark import Remark
from monitor.core.suspicion import Suspicion
from monitor.reports.handle import handle
from monitor.reports.record import Record
from monitor.reports.said import Answered


def record_facts(record: Record) -> dict[str, Any]:
    """Everything that a record tells, without the looks themselves."""
    one = record.interruption
    return {
        "handle": record.handle,
        "service": record.service.code,
        "target": record.target.key,
        "required": record.target.required,
        "as_of": iso(record.as_of),
        "last_good": iso(one.last_good),
        "first_bad": iso(one.first_bad),
        "last_bad": iso(one.last_bad),
        "first_good": iso(one.first_good),
        "failed_looks": one.failed_looks,
        "observed_ms": record.told.observed_ms,
        "unobserved_ms": record.told.unobserved_ms,
        "nature": record.nature.value,
        "recurring": record.recurring,
        "repeats": handle(record.repeats) if record.repeats else None,
        "causes": [
            {"cause": cause.value, "status": status, "looks": many} for (cause, status), many in record.by_cause.items()
        ],
        "fault": record.fault.value if record.fault else None,
        "faults": {fault.value: many for fault, many in record.faults.items()},
        "cause": _remark(record.cause),
        "owner": _remark(record.owner),
        "remedy": _remark(record.remedy),
        "fallback": _remark(record.fallback),
        "force_majeure": _answered(record.force_majeure) if record.force_majeure else None,
        "claims": [_answered(claim) for claim in record.claims],
        "asked": [_remark(asked) for asked in record.asked],
        "replies": [_answered(reply) for reply in record.replies],
        "remarks": [_remark(said) for said in record.remarks],
        "manual": [{"at": iso(m.at), "verdict": m.verdict.value, "by": m.by, "note": m.note} for m in record.manual],
        "suspected": [suspicion_facts(suspicion) for suspicion in record.suspected],
        "exhibits": sorted({exhibit.digest for exhibit in record.exhibits}),
    }


def suspicion_facts(one: Suspicion) -> dict[str, Any]:
    """A suspicion as it was written down, with the newest ruling."""
    return {
        "number": one.number,
        "service": one.service,
        "kind": one.kind.value,
        "from": iso(one.starts),
        "to": iso(one.ends),
        "entered_at": iso(one.entered_at),
        "text": one.text,
        "by": one.by,
        "found": one.found.value if one.found else None,
        "found_at": iso(one.found_at),
        "found_by": one.found_by,
        "reason": one.reason,
    }


def _answered(one: Answered) -> dict[str, Any]:
    standing = one.standing
    told = _remark(one.remark) or {}
    return told | {
        "standing": standing.ruling.value if standing and standing.ruling else None,
        "rulings": [_remark(ruling) for ruling in one.rulings],
    }


def _remark(one: Remark | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "number": one.number,
        "kind": one.kind.value,
        "at": iso(one.at),
        "text": one.text,
        "by": one.by,
        "document": one.document,
        "dated": one.dated.isoformat() if one.dated else None,
        "ruling": one.ruling.value if one.ruling else None,
        "answers": one.answers,
        "file": one.file_name,
        "file_sha256": one.file_sha256,
    }
