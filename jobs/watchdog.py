"""The watchdog: tells the service manager that everything gets on, and ends a daemon of which a part does not."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

import structlog

from jobs.app import App
from monitor.store import EventKind, events, writing

log = structlog.get_logger()

HUNG_EXIT = 70
"""How a daemon ends that hangs (EX_SOFTWARE), so that whoever supervises it starts it again."""
LAST_WORDS_S = 5.0
"""How long the event of a hang may take to be written: what hangs may be the database."""


def notify(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell systemd ("READY=1", "WATCHDOG=1", …; lines for several); False where nobody listens, or cannot be told."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
        manager.sendall(state.encode())
        return True
    return False


def alive(app: App) -> dict[str, float]:
    """Pat the watchdog where every part gets on; else the parts that do not, with the seconds of their silence."""
    overdue = app.hearts.overdue()
    if not overdue:
        notify("WATCHDOG=1")
    return overdue


def last_words(app: App, overdue: Mapping[str, float], wait_s: float = LAST_WORDS_S) -> None:
    """Say which part hangs: in the log, to systemd, and sealed as an event if the database takes it in time."""
    said = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in sorted(overdue.items()))
    log.critical("daemon.hangs", parts=said)
    notify(f"STATUS=Treo: {said}")
    writer = threading.Thread(target=_seal, args=(app, said), name="last words", daemon=True)
    writer.start()
    writer.join(wait_s)


def _seal(app: App, said: str) -> None:
    try:
        with writing(app.engine) as db:
            events.add(db, app.clock.now(), EventKind.HUNG, said)
    except Exception:
        log.exception("daemon.hang_not_sealed")
