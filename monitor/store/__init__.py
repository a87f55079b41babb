"""The database: tables and queries, migrations, backup. Functions take a connection and never commit."""

from monitor.store import (
    beats,
    certificates,
    dossiers,
    drills,
    events,
    imports,
    interruptions,
    journal,
    letters,
    looks,
    notices,
    remarks,
    runs,
    suspicions,
    tellings,
    watches,
)
from monitor.store.backups import backup, may_restore, restore, unpacked
from monitor.store.engine import reading, writing
from monitor.store.holding import Hold, held, hold
from monitor.store.imports import ImportRow, ImportState
from monitor.store.interruptions import InterruptionRow
from monitor.store.letters import LetterLine, LetterRow, LetterState
from monitor.store.opening import open_store
from monitor.store.refusal import StoreError
from monitor.store.states import EventKind
from monitor.store.tellings import TellingRow

__all__ = [
    "EventKind",
    "Hold",
    "ImportRow",
    "ImportState",
    "InterruptionRow",
    "LetterLine",
    "LetterRow",
    "LetterState",
    "StoreError",
    "TellingRow",
    "backup",
    "beats",
    "certificates",
    "dossiers",
    "drills",
    "events",
    "held",
    "hold",
    "imports",
    "interruptions",
    "journal",
    "letters",
    "looks",
    "may_restore",
    "notices",
    "open_store",
    "reading",
    "remarks",
    "restore",
    "runs",
    "suspicions",
    "tellings",
    "unpacked",
    "watches",
    "writing",
]
