"""An office without its daemon: a staged register, a database of either kind, a clock turned by hand, a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs import tell
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.core.message import Message, Urgency
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.register import Register
from monitor.store import LetterRow, LetterState, letters, reading, writing
from tests.servers.mail import MailServer, mail_server


def moment(text: str) -> datetime:
    """ "25/11/2026 07:30" on a Vietnamese clock."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


MORNING = moment("25/11/2026 07:30")


@dataclass
class Office:
    """One installation."""

    app: App
    clock: HandClock
    server: MailServer

    def turn(self, **by: float) -> datetime:
        """Let time pass."""
        self.clock.turn_to(self.clock.moment + timedelta(**by))
        return self.clock.now()

    def put(
        self, key: str, *, state: LetterState = LetterState.WAITING, to: str = "giamdoc@sct.invalid", **changes: Any
    ) -> int:
        """A letter put down now."""
        facts: dict[str, Any] = {
            "key": key,
            "message_id": f"<{key}@sct.invalid>",
            "date": self.clock.now(),
            "sender": "Giám sát <giam-sat@demo.invalid>",
            "to_address": to,
            "to_names": ("Giám đốc Sở Công Thương",),
            "subject": f"Thư {key}",
            "text": "Kính gửi\n.\nhết\n",
            "html": "<p>Kính gửi</p>",
            "urgency": Urgency.SLOT,
        }
        with writing(self.app.engine) as db:
            number = letters.add_once(
                db,
                message=Message(**(facts | changes)),
                kind="digest",
                slot=None,
                live=True,
                state=state,
                now=self.clock.now(),
            )
        assert number is not None
        return number

    def letters(self) -> list[LetterRow]:
        """Every letter, the oldest first."""
        with reading(self.app.engine) as db:
            found = [letters.get(db, line.id) for line in reversed(letters.list_(db, 10_000))]
        return [row for row in found if row is not None]

    def letter(self, number: int) -> LetterRow:
        """One letter."""
        return next(row for row in self.letters() if row.id == number)

    def configured(self, **changes: Any) -> None:
        """Go on with other settings."""
        self.app = replace(self.app, settings=self.app.settings.model_copy(update=changes))

    def go_live(self) -> None:
        """End the trial."""
        tell.go_live(self.app, "Người thử", self.clock.now())


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The shipped register with an invented address for every post."""
    return stage(tmp_path_factory.mktemp("register"), "http://127.0.0.1:9/")


@contextmanager
def opened(engine: Engine, register: Register, folder: Path) -> Iterator[Office]:
    """An office in its trial, before a Wednesday's work, with a mail server."""
    clock = HandClock(moment("25/11/2026 06:00"))
    with mail_server() as server:
        settings = Settings(var_dir=folder / "var", smtp_url=server.url, smtp_from="giam-sat@demo.invalid")
        law = load_law(register.hours_of())
        yield Office(App(settings=settings, clock=clock, engine=engine, register=register, law=law), clock, server)


@pytest.fixture
def office(engine: Engine, register: Register, tmp_path: Path) -> Iterator[Office]:
    """An office on either database, at its first slot."""
    with opened(engine, register, tmp_path) as one:
        one.clock.turn_to(MORNING)
        yield one


@pytest.fixture
def sqlite_office(sqlite_engine: Engine, register: Register, tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite, an hour before its first slot."""
    with opened(sqlite_engine, register, tmp_path) as one:
        yield one
