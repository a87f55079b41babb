"""What a command that shows dossiers leaves in the access log."""

from __future__ import annotations

import os
import pwd

from sqlalchemy.exc import DBAPIError

from jobs.app import App
from jobs.cli.ground import say
from monitor.store import access, writing
from monitor.store.access import Deed


def seen(app: App, deed: Deed, what: str, by: str = "") -> None:
    """Note who looked at what. Who may only read the database reads all the same, and is told that no note was made."""
    try:
        with writing(app.engine) as db:
            access.note(db, app.clock.now(), by or account(), access.COMMAND, deed, what)
    except DBAPIError as error:
        say(f"Nhật ký tra cứu không ghi được ({type(error.orig).__name__}); kết quả vẫn in ra.", err=True)


def account() -> str:
    """Who is signed in on this machine, also where the command runs in another's name (sudo)."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    behind = os.environ.get("SUDO_USER", "")
    return f"{name} (sudo: {behind})" if behind and behind != name else name
