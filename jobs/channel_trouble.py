"""The Centre is told by mail of a channel that needs a person: refused, or with a token that is about to die."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs import channel_secrets, tell
from jobs.app import App
from jobs.channels import in_trouble, trouble_mark
from jobs.presence import presence
from jobs.readers import occasion, put, readers_of
from monitor.core.agency import Role
from monitor.core.message import Urgency
from monitor.core.period import aware, iso
from monitor.core.stages import waking
from monitor.reports.letters import write
from monitor.store import channel_tokens, reading, watches, writing
from notifiers.channels import CHANNELS

AHEAD = timedelta(days=14)
"""A refresh token that dies within this is told of, once."""
KIND = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is amiss with a channel, since when; or until when its token is good, before anything is amiss."""

    channel: str
    since: datetime
    why: str
    until: datetime | None = None

    @property
    def key(self) -> str:
        """What its letter is known by: one letter each."""
        what = f"han/{iso(self.until)}" if self.until else f"loi/{iso(self.since)}"
        return f"channel/{self.channel}/{what}"


def run(app: App, now: datetime) -> None:
    """Write to the Centre's focal point of each trouble once, in waking hours."""
    if not app.settings.channels_on or waking(now) != now:
        return
    _settings(app, now)
    for trouble in _troubles(app, now):
        _tell(app, trouble, now)


def _settings(app: App, now: datetime) -> None:
    """Note keys that cannot be used: a file that others may read, a table that is not there."""
    try:
        channel_secrets.load(app.settings)
    except channel_secrets.ChannelsUnusable as error:
        for name in app.settings.channels_on:
            in_trouble(app, name, str(error.mistakes[0]), now)


def _troubles(app: App, now: datetime) -> Iterator[Trouble]:
    with reading(app.engine) as db:
        noted = {name: watches.get_mark(db, trouble_mark(name)) for name in app.settings.channels_on}
        accounts = {CHANNELS[name].account: name for name in reversed(app.settings.channels_on)}
        kept = {name: channel_tokens.kept(db, account) for account, name in accounts.items() if account}
    for name, mark in noted.items():
        if mark:
            said = json.loads(mark)
            yield Trouble(channel=name, since=aware(datetime.fromisoformat(said["since"])), why=said["why"])
    for name, one in kept.items():
        if one is not None and one.refresh_until is not None and one.refresh_until - now <= AHEAD:
            yield Trouble(channel=name, since=now, why="", until=one.refresh_until)


def _tell(app: App, trouble: Trouble, now: datetime) -> None:
    with reading(app.engine) as db:
        live, here = tell.mode(db), presence(db, app, now)
    for reader in readers_of(here.register.posts_of(here.register.centre, {Role.FOCAL_POINT}), here):
        words = write("channel", occasion(app, reader, now, live=live), one=trouble)
        with writing(app.engine) as db:
            put(
                db, app, key=trouble.key, reader=reader, words=words, now=now, kind=KIND, live=live,
                urgency=Urgency.WAKING,
            )  # fmt: skip
