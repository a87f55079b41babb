"""Which dossiers were erased, so that no later file brings them back; the codes themselves are gone."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.ledger_tables import erasures
from monitor.store.statements import insert
from monitor.store.watches import get_mark, set_mark

EVERY_SOURCE = ""
"""A code that was erased wherever it comes from."""
REASON = "hồ sơ đã xóa theo yêu cầu, không nhập lại"
_SALT = "privacy/salt"


@dataclass(frozen=True, slots=True)
class Erased:
    """The digests of the codes that a source must not bring back; made of nothing where there are none."""

    salt: bytes = b""
    digests: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything to ask for at all."""
        return bool(self.digests)

    def __contains__(self, code: object) -> bool:
        """Whether a code was erased."""
        return bool(self.digests) and isinstance(code, str) and digest(self.salt, code) in self.digests


def digest(salt: bytes, code: str) -> str:
    """What is kept of a code. Whoever has the database and guesses the code can tell that it was erased, no more."""
    return hmac.digest(salt, code.encode(), "sha256").hex()


def add(db: Connection, codes: Iterable[tuple[str, str]], *, reason: str, at: datetime, by: str) -> None:
    """Write down that codes, each of a source or of EVERY_SOURCE, were erased; once each."""
    salt = _salt(db)
    rows = [
        {"source": source, "code_digest": digest(salt, code), "reason": reason, "at": at, "by": by}
        for source, code in codes
    ]
    if rows:
        db.execute(insert(db, erasures).on_conflict_do_nothing(), rows)


def erased(db: Connection, source: str) -> Erased:
    """The codes that a source must not bring back."""
    wanted = select(erasures.c.code_digest).where(erasures.c.source.in_((source, EVERY_SOURCE)))
    digests = frozenset(db.execute(wanted).scalars())
    return Erased(bytes.fromhex(get_mark(db, _SALT) or ""), digests) if digests else Erased()


def _salt(db: Connection) -> bytes:
    known = get_mark(db, _SALT)
    if known is None:
        known = secrets.token_hex(16)
        set_mark(db, _SALT, known)
    return bytes.fromhex(known)
