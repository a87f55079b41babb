"""The certificate each server last showed, one mark a server, written over by the next."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.certificate import Certificate
from monitor.store.statements import raw

_PREFIX = "certificate:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A server, when it was last asked, and what it last showed; None where it has never shown any."""

    host: str
    port: int
    asked_at: datetime
    certificate: Certificate | None


def mark(kept: Kept) -> tuple[str, str]:
    """Name and value of the mark to be set."""
    shown = None if kept.certificate is None else asdict(kept.certificate)
    value = {"asked_at": kept.asked_at, "certificate": shown}
    return f"{_PREFIX}{kept.host}:{kept.port}", json.dumps(value, ensure_ascii=False, default=datetime.isoformat)


def all_(db: Connection) -> list[Kept]:
    """Every server that was ever asked, by host and port."""
    rows = db.exec_driver_sql(
        raw(db, "SELECT name, value FROM marks WHERE name LIKE ? ORDER BY name"), (f"{_PREFIX}%",)
    )
    return [_kept(name.removeprefix(_PREFIX), json.loads(value)) for name, value in rows]


def _kept(place: str, value: dict[str, object]) -> Kept:
    host, _, port = place.rpartition(":")
    shown = value["certificate"]
    return Kept(
        host=host,
        port=int(port),
        asked_at=datetime.fromisoformat(str(value["asked_at"])),
        certificate=_certificate(shown) if isinstance(shown, dict) else None,
    )


def _certificate(shown: dict[str, object]) -> Certificate:
    names = shown["names"]
    return Certificate(
        subject=str(shown["subject"]),
        issuer=str(shown["issuer"]),
        names=tuple(map(str, names)) if isinstance(names, list) else (),
        not_before=datetime.fromisoformat(str(shown["not_before"])),
        not_after=datetime.fromisoformat(str(shown["not_after"])),
        sha256=str(shown["sha256"]),
        problem=str(shown["problem"]),
    )
