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
from monitor.core.period import day_of
from monitor.law import in_force, load_law
from monitor.register import Register, load_register
from monitor.store import calendar_changes, open_store, reading


@dataclass(slots=True, kw_only=True)
class App:
    """What a job gets: settings, the clock, the database, the register and the law.

    `law` is what is in force now: `jobs.laws` puts another in its place once a person confirmed a change of the
    calendar. `register` has whoever holds each post today: `jobs.offices` sees to it. Nothing else here changes, and
    both are asked for each time, and never kept. `shipped` is the law
    without any change (None: not asked yet), `changes` the number of the last one that `law` knows.

    Besides, what this process knows of itself and no database does: its hearts and pulse, the sender's bell, the page
    of a drill.
    """

    settings: Settings
    clock: Clock
    engine: Engine
    register: Register
    law: Law
    shipped: Law | None = None
    changes: int = 0
    hearts: Hearts = field(default_factory=Hearts)
    pulse: Pulse = field(default_factory=Pulse)
    bell: Bell = field(default_factory=Bell)
    drill_page: DrillPage = field(default_factory=DrillPage)


def build(settings: Settings, clock: Clock) -> App:
    """Put the program together: open (and migrate) the store, load register and law; raise what is wrong with them."""
    register = load_register(settings.register).on(day_of(clock.now()))
    shipped = load_law(register.hours_of(), by_date=settings.on_time_by == "date")
    engine = open_store(settings.database_url)
    with reading(engine) as db:
        confirmed = calendar_changes.every(db)
    return App(
        settings=settings,
        clock=clock,
        engine=engine,
        register=register,
        law=in_force(shipped, confirmed),
        shipped=shipped,
        changes=max((one.number for one in confirmed), default=0),
    )
