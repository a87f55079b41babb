"""Addresses of the register at which letters do not arrive, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.agency import Post
from monitor.register import Register
from monitor.store import lost
from monitor.store.lost import Failing

LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """One address, whose it is, and what the servers said of it."""

    failing: Failing
    posts: tuple[Post, ...]

    @property
    def key(self) -> str:
        """What tellings know it by."""
        return self.failing.address


def unreached(db: Connection, register: Register, now: datetime) -> Iterator[Unreached]:
    """The addresses to which the newest letter did not arrive; what the register has no more is nobody's trouble."""
    for failing in lost.failing(db, now - LOOK_BACK):
        posts = tuple(
            post for post in register.posts.values() if failing.address in map(str.casefold, addresses_of(post))
        )
        if posts:
            yield Unreached(failing=failing, posts=posts)


def addresses_of(post: Post) -> tuple[str, ...]:
    """Every address of a post, in the order in which they are tried."""
    return tuple(one for one in (post.address, *post.fallbacks) if one)
