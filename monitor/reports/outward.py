"""The facts of availability as programs get them: names as in the account's own figures, moments in Vietnamese time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from monitor.core.look import Look
from monitor.core.period import iso
from monitor.core.publication import Publication
from monitor.reports.present import OpenNow, ServiceNow, TargetNow
from monitor.reports.standing import StatusNow

Facts = Mapping[str, Any]


def overview(now: StatusNow) -> Facts:
    """Every service in a line, and what a person has to see to."""
    return {
        "at": iso(now.at),
        "mode": now.mode.value,
        "healthy": now.healthy,
        "concerns": [concern.value for concern in now.concerns],
        "services": [service_line(one) for one in now.services],
    }


def service_line(one: ServiceNow) -> Facts:
    """One service and its state now; `gap` tells why that is unknown."""
    return {
        "code": one.service.code,
        "name": one.service.name,
        "owner": one.service.owner,
        "state": one.state.value,
        "gap": one.gap.value if one.gap else None,
        "open_interruptions": sum(broken.target.required for broken in one.open),
    }


def service(one: ServiceNow) -> Facts:
    """One service with its targets and open interruptions."""
    return {
        **service_line(one),
        "targets": [_target(target) for target in one.targets],
        "open": [_open(broken) for broken in one.open],
    }


def look(one: Look) -> Facts:
    """One look as it was made; phases in milliseconds since its start."""
    return {
        "target": one.target,
        "vantage": one.vantage,
        "kind": one.kind.value,
        "at": iso(one.at),
        "received_at": iso(one.received_at),
        "verdict": one.verdict.value,
        "cause": one.cause.value or None,
        "status": one.status,
        "size": one.size,
        "phases_ms": asdict(one.phases),
        "valid_for_ms": one.valid_for_ms,
        "detail": one.detail,
    }


def publication(one: Publication) -> Facts:
    """One edition as it was published; who published it, and why, is not told here."""
    return {
        "service": one.service,
        "kind": one.period.kind.value,
        "period": one.period.name,
        "edition": one.edition,
        "from": iso(one.period.span.start),
        "to": iso(one.period.span.end),
        "published_at": iso(one.published_at),
        "method": one.method,
        "method_sha256": one.method_sha256,
        "figures": json.loads(one.figures),
        "documents": dict(one.documents),
    }


def _target(one: TargetNow) -> Facts:
    return {
        "key": one.target.key,
        "name": one.target.name,
        "kind": one.target.kind.value,
        "required": one.target.required,
        "watched": one.watched,
        "silent": one.silent,
        "state": one.state.value,
        "gap": one.gap.value if one.gap else None,
        "last": look(one.last) if one.last else None,
    }


def _open(one: OpenNow) -> Facts:
    told = one.interruption
    return {
        "target": one.target.key,
        "required": one.target.required,
        "cause": told.cause.value,
        "last_good": iso(told.last_good),
        "first_bad": iso(told.first_bad),
        "last_bad": iso(told.last_bad),
        "failed_looks": told.failed_looks,
    }
