"""What a look brought home, kept as files named by their digest under VAR_DIR/evidence."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from monitor.core.look import Evidence, Look

MOST_BODY = 512 * 1024
MOST_PICTURE = 4 * 1024 * 1024


def place(var_dir: Path, digest: str, suffix: str) -> Path:
    """Where a piece of evidence is, or would be, kept."""
    return var_dir / "evidence" / digest[:2] / f"{digest}.{suffix}"


def keep(var_dir: Path, look: Look, evidence: Evidence) -> str:
    """Write page, picture and a list that names both; the digest of that list.

    The digest goes into the look, and so into the journal. Bodies are cut, and pictures left out, beyond a bound.
    Raises OSError where the disk does not take it.
    """
    listed: dict[str, object] = {
        "target": look.target,
        "at": look.at.isoformat(),
        "verdict": look.verdict.value,
        "cause": look.cause.value,
        "detail": look.detail,
        "status": look.status,
        "phases_ms": {name: getattr(look.phases, name) for name in look.phases.__slots__},
        "headers": dict(evidence.headers),
    }
    if evidence.body:
        listed["body"] = _write(var_dir, evidence.body[:MOST_BODY], "html")
        listed["body_bytes"] = len(evidence.body)
    if evidence.screenshot and len(evidence.screenshot) <= MOST_PICTURE:
        listed["screenshot"] = _write(var_dir, evidence.screenshot, "png")
    return _write(var_dir, json.dumps(listed, ensure_ascii=False, sort_keys=True, indent=1).encode(), "json")


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
