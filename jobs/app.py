"""The one place where everything is put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine

from jobs.bell import Bell
from jobs.clock import Clock
from jobs.drill_page import DrillPage
from jobs.hearts import Hearts
from jobs.pulse import Pulse
from monitor.config import Settings
from monitor.core.law import Law
from monitor.law import load_law
from monitor.register import Register, load_register
from monitor.store import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What a job gets: settings, the clock, the database, the register and the law.

    Besides, what this process knows of itself and no database does: its hearts and pulse, the sender's bell, the page
    of a drill.
    """

    settings: Settings
    clock: Clock
    engine: Engine
    register: Register
    law: Law
    hearts: Hearts = field(default_factory=Hearts)
    pulse: Pulse = field(default_factory=Pulse)
    bell: Bell = field(default_factory=Bell)
    drill_page: DrillPage = field(default_factory=DrillPage)


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
