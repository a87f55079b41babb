"""What the daemon says when it is up: where things are, in which mode it runs, what is not set, what comes next."""

from __future__ import annotations

from jobs.app import App
from monitor.reports.lacking import lacking, next_step
from monitor.reports.letters import tidy
from monitor.reports.mode import mode
from monitor.reports.render import render
from monitor.store import reading


def text(app: App, url: str) -> str:
    """A few lines for the person who started it."""
    with reading(app.engine) as db:
        now_in = mode(db, app.settings)
    unset = lacking(app.settings, app.register)
    said = render(
        "greeting.txt",
        mode=now_in,
        url=url,
        database=app.engine.url.render_as_string(hide_password=True),
        var=str(app.settings.var_dir),
        pilot=app.settings.pilot_address,
        lacking=unset,
        next=next_step(now_in, unset, app.settings),
    )
    return tidy(said).rstrip("\n")
