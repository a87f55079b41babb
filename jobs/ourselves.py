"""How our looks show themselves to those who run what is looked at, as the settings say."""

from __future__ import annotations

from jobs.app import App
from jobs.crew import egress_of
from monitor.reports.allow_list import Ourselves


def ourselves_of(app: App) -> Ourselves:
    """For the draft of a request to be let through."""
    named = app.settings.outgoing_address
    return Ourselves(
        addresses=tuple(named.split(", ")) if named else (),
        user_agent=egress_of(app).user_agent,
        contact=app.settings.contact,
    )
