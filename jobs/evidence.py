"""What a look brought home, kept as files named by their digest under VAR_DIR/evidence."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from monitor.core.look import Evidence, Look
from monitor.sources.mask import mask

MOST_BODY = 512 * 1024
MOST_PICTURE = 4 * 1024 * 1024
_OURS_ALONE = frozenset({"set-cookie"})
"""Headers that are left out: a session is nobody else's business."""


def place(var_dir: Path, digest: str, suffix: str) -> Path:
    """Where a piece of evidence is, or would be, kept."""
    return var_dir / "evidence" / digest[:2] / f"{digest}.{suffix}"


def keep(var_dir: Path, look: Look, evidence: Evidence) -> str:
    """Write page, picture and a list that names both; the digest of that list.

    The digest goes into the look, and so into the journal. Bodies are cut, and pictures left out, beyond a bound. What
    may lead to a person is masked in page and headers; the digest of the page as it came is in the list. Raises OSError
    where the disk does not take it.
    """
    listed: dict[str, object] = {
        "target": look.target,
        "at": look.at.isoformat(),
        "verdict": look.verdict.value,
        "cause": look.cause.value,
        "detail": look.detail,
        "status": look.status,
        "phases_ms": asdict(look.phases),
        "headers": {name: mask(value) for name, value in evidence.headers.items() if name not in _OURS_ALONE},
    }
    if evidence.body:
        listed["body"] = _write(var_dir, _masked(evidence.body[:MOST_BODY]), "html")
        listed["body_bytes"] = len(evidence.body)
        listed["body_sha256"] = sha256(evidence.body).hexdigest()
    if evidence.screenshot and len(evidence.screenshot) <= MOST_PICTURE:
        listed["screenshot"] = _write(var_dir, evidence.screenshot, "png")
    return _write(var_dir, json.dumps(listed, ensure_ascii=False, sort_keys=True, indent=1).encode(), "json")


def _masked(body: bytes) -> bytes:
    """The page with telephones, numbers and addresses masked, every other byte as it came."""
    return mask(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def keep_file(var_dir: Path, source: Path) -> str:
    """Keep a file somebody gave as evidence; its digest. Raises OSError where it cannot be read or written."""
    return _write(var_dir, source.read_bytes(), source.suffix.lstrip(".").lower() or "bin")


def _write(var_dir: Path, content: bytes, suffix: str) -> str:
    digest = sha256(content).hexdigest()
    path = place(var_dir, digest, suffix)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_name(f".{path.name}.{os.getpid()}")
        growing.write_bytes(content)
        growing.replace(path)
    return digest
