"""The one place where everything is put together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from jobs.clock import Clock
from monitor.config import Settings
from monitor.core.law import Law
from monitor.law import load_law
from monitor.register import Register, load_register
from monitor.store import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What a job gets: settings, the clock, the database, the register and the law."""

    settings: Settings
    clock: Clock
    engine: Engine
    register: Register
    law: Law


def build(settings: Settings, clock: Clock) -> App:
    """Put the program together: open (and migrate) the store, load register and law; raise what is wrong with them."""
    register = load_register(settings.register)
    return App(
        settings=settings,
        clock=clock,
        engine=open_store(settings.database_url),
        register=register,
        law=load_law(register.hours_of()),
    )
