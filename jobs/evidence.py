"""What a look brought home, kept as files named by their digest under VAR_DIR/evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from monitor.core.attribution import Panel
from monitor.core.certificate import Certificate
from monitor.core.look import Evidence, Look
from monitor.sources.mask import mask
from monitor.store import keeping

MOST_BODY = 512 * 1024
MOST_PICTURE = 4 * 1024 * 1024
_NOBODY_ELSES = frozenset({"set-cookie", "cookie", "authorization", "proxy-authorization"})
"""Headers that are left out: a session is nobody else's business."""

_OUR_NAME = "user-agent"
"""Says who looks and who answers for it; that is no secret, and part of the evidence."""


def keep(var_dir: Path, look: Look, evidence: Evidence, panel: Panel | None = None) -> str:
    """Write page, picture and a list that names both; the digest of that list, which is the look's exhibit.

    The list is described in docs/attribution.md. Bodies are cut, and pictures left out, beyond a bound. What may lead
    to a person is masked in page, headers and URLs; the digest of the page as it came is in the list. Raises
    OSError where the disk does not take it.
    """
    listed: dict[str, object] = {
        **_of_look(look),
        "url": mask(evidence.url),
        "taken": [mask(one) for one in evidence.taken],
        "request_headers": _headers(evidence.request),
        "headers": _headers(evidence.headers),
        "addresses": list(evidence.addresses),
        "address": evidence.address,
    }
    if evidence.certificate is not None:
        listed["certificate"] = _of_certificate(evidence.certificate)
    if panel is not None:
        listed["panel"] = _of_panel(panel)
    if evidence.body:
        listed["body"] = keeping.keep(var_dir, _masked(evidence.body[:MOST_BODY]), "html")
        listed["body_bytes"] = len(evidence.body)
        listed["body_sha256"] = sha256(evidence.body).hexdigest()
    if evidence.screenshot and len(evidence.screenshot) <= MOST_PICTURE:
        listed["screenshot"] = keeping.keep(var_dir, evidence.screenshot, "png")
    return keeping.keep(var_dir, json.dumps(listed, ensure_ascii=False, sort_keys=True, indent=1).encode(), "json")


def read(var_dir: Path, digest: str) -> dict[str, object] | None:
    """The list of an exhibit; None where it is not kept, or is not what its digest says."""
    try:
        content = keeping.place(var_dir, digest, "json").read_bytes()
    except OSError:
        return None
    if sha256(content).hexdigest() != digest:
        return None
    listed: dict[str, object] = json.loads(content)
    return listed


def _of_look(look: Look) -> dict[str, object]:
    return {
        "service": look.service,
        "target": look.target,
        "vantage": look.vantage,
        "kind": look.kind.value,
        "at": look.at.isoformat(),
        "received_at": look.received_at.isoformat(),
        "verdict": look.verdict.value,
        "cause": look.cause.value,
        "detail": look.detail,
        "status": look.status,
        "size": look.size,
        "phases_ms": asdict(look.phases),
    }


def _of_certificate(certificate: Certificate) -> dict[str, object]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "names": list(certificate.names),
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "sha256": certificate.sha256,
        "problem": certificate.problem,
    }


def _of_panel(panel: Panel) -> dict[str, object]:
    return {
        "fault": panel.fault.value,
        "rule": panel.rule,
        "clock_offset_ms": panel.clock_offset_ms,
        "showings": [
            {"part": one.part.value, "shown": one.shown.value, "took_ms": one.took_ms, "detail": one.detail}
            for one in panel.showings
        ],
    }


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name.lower() not in _NOBODY_ELSES}
    return {name: value if name == _OUR_NAME else mask(value) for name, value in kept.items()}


def _masked(body: bytes) -> bytes:
    """The page with telephones, numbers and addresses masked, every other byte as it came."""
    return mask(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
