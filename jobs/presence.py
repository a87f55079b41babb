"""Who is there on a day, and who reads for those who are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from jobs.app import App
from monitor.core.absence import Absence, StandIn, stand_in
from monitor.core.agency import Post, Role
from monitor.core.period import day_of
from monitor.register import Register
from monitor.store import absences

USUAL = (Role.DEPUTY, Role.HEAD)
"""Who stands in where nobody is named, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One day's: the posts with whoever holds them, and who is away."""

    register: Register
    away: Mapping[str, Absence]

    def stand_in(self, post: Post) -> StandIn | None:
        """Who reads in the place of a post; None where it is not away."""
        return stand_in(post, self.away, self.register.posts, self._usual)

    def reader(self, post: Post) -> Post:
        """Who reads what a post is told: whoever holds it that day, or who stands in."""
        instead = self.stand_in(post)
        by = instead.by if instead else post
        return self.register.posts.get(by.key, by)

    def readers(self) -> Mapping[str, str]:
        """By the posts that are away, the key of whoever reads for them."""
        known = self.register.posts
        return {key: self.reader(known[key]).key for key in self.away if key in known}

    def _usual(self, post: Post) -> Iterator[Post]:
        for role in USUAL:
            yield from self.register.posts_of(post.agency, {role})


def presence(db: Connection, app: App, now: datetime) -> Presence:
    """That of the day, in Vietnam, of a moment."""
    day = day_of(now)
    return Presence(register=app.register.on(day), away=absences.standing(db, day))
