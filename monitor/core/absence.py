"""Who is away, by which document, and who stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.agency import Post


class AbsenceReason(StrEnum):
    """Why somebody else is told."""

    LEAVE = "leave"  # nghỉ phép, ốm
    TRAVEL = "travel"  # công tác, học tập
    DELEGATION = "delegation"  # ủy quyền
    VACANT = "vacant"  # khuyết


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A fact a named person entered: a post is away from one day to another, both within.

    `substitute` is the key of the post that is told as well, and told why; empty: nobody is named. `ended` is the last
    day where it ended sooner.
    """

    number: int = 0
    post: str
    reason: AbsenceReason
    since: date
    until: date
    substitute: str = ""
    document: str = ""
    dated: date | None = None
    at: datetime
    by: str
    ended: date | None = None

    @property
    def last(self) -> date:
        """Its last day as it really was; before `since` where it never was."""
        return self.until if self.ended is None else min(self.until, self.ended)

    def covers(self, day: date) -> bool:
        """Whether the post is away on a day."""
        return self.since <= day <= self.last

    def overlaps(self, other: Absence) -> bool:
        """Whether both are of one post and have a day in common."""
        return self.post == other.post and max(self.since, other.since) <= min(self.last, other.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Who reads in the place of whom, and the absences that led there: that of the post first, then those of
    substitutes who are away themselves. Where nobody who is present can be reached, `by` is the post itself.
    """

    post: Post
    by: Post
    absences: tuple[Absence, ...]

    @property
    def alone(self) -> bool:
        """Whether nobody was found."""
        return self.by.key == self.post.key


def stand_in(
    post: Post,
    away: Mapping[str, Absence],
    posts: Mapping[str, Post],
    usual: Callable[[Post], Iterable[Post]],
) -> StandIn | None:
    """Who reads in a post's place on a day; None while it is not away.

    `away` are that day's absences by post, `usual` who stands in for a post where nobody is named, in their order. Who
    is away is followed to whoever stands in for them; a circle ends where it began, and the next is asked.
    """
    if post.key not in away:
        return None
    found = next(_present(post, away, posts, usual, (post.key,)), None)
    if found is None:
        return StandIn(post=post, by=post, absences=(away[post.key],))
    by, through = found
    return StandIn(post=post, by=by, absences=tuple(away[key] for key in through))


def _present(
    post: Post,
    away: Mapping[str, Absence],
    posts: Mapping[str, Post],
    usual: Callable[[Post], Iterable[Post]],
    through: tuple[str, ...],
) -> Iterator[tuple[Post, tuple[str, ...]]]:
    """Those who are present and have an address, each with the posts that were away on the way there."""
    named = posts.get(away[post.key].substitute)
    for one in (*((named,) if named else ()), *usual(post)):
        if one.key in through:
            continue
        if one.key in away:
            yield from _present(one, away, posts, usual, (*through, one.key))
        elif one.address:
            yield one, through
