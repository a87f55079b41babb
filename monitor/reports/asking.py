"""Asking people for a two-minute look: whether it is needed, what to open, what to look for, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.look import Cause, Verdict
from monitor.core.message import Attachment
from monitor.core.period import Span, day_of
from monitor.core.service import Assertion, Service, Target, Want
from monitor.core.uptime import Account, Gap
from monitor.reports import accounts
from monitor.reports.letters import Occasion, Words, write
from monitor.reports.render import terms

COVERAGE, WINDOW = "manual_check_coverage", "manual_check_window"
"""The rules that say under how many percent of coverage people are asked, and over how many days it is taken."""
SEEN = {"duoc": Verdict.UP, "khong": Verdict.DOWN, "khong-ro": Verdict.UNKNOWN}
"""What people say they saw, as a command or a form takes it."""
AT_LEAST = timedelta(days=1)
"""A service watched for less has no coverage worth the name yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One page a person should open, and what a usable one shows."""

    target: str
    name: str
    url: str
    look_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A service of which the looks tell too little; `limit` is the ratio under which people are asked."""

    service: Service
    account: Account
    limit: Fraction

    @property
    def blocked(self) -> bool:
        """Whether most of what is not known is so because a bot shield answered."""
        return 2 * self.account.unknown_by.get(Gap.CHALLENGED, 0) > self.account.unknown_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one letter asks for: the service, since when and how little is known, and the half day at `due`."""

    need: Need
    owner: str
    due: datetime
    drafted: bool = False

    @property
    def places(self) -> tuple[Place, ...]:
        """What to open, the pages that count first."""
        return places(self.need.service)


def needed(db: Connection, law: Law, service: Service, now: datetime) -> Need | None:
    """What is lacking of a service's looks; None where they cover enough, or too little time has passed to say."""
    began = accounts.began(db, service, now)
    window = timedelta(days=law.rule(WINDOW, day_of(now)).value)
    if began is None or now - began < AT_LEAST:
        return None
    span = Span(start=max(began, now - window), end=now)
    account = accounts.account(service, accounts.kept(db, law, service, span, service.required_targets()), span)
    limit = Fraction(law.rule(COVERAGE, day_of(now)).value, 100)
    if account.coverage is None or account.coverage >= limit:
        return None
    return Need(service=service, account=account, limit=limit)


def letter(ask: Ask, occasion: Occasion, attachments: Sequence[Attachment] = ()) -> Words:
    """The words for one reader."""
    return write("asking", occasion, attachments, ask=ask)


def places(service: Service) -> tuple[Place, ...]:
    """The pages a person can open to see whether a service can be used; each address once, those that count first."""
    found: dict[str, Place] = {}
    for target in sorted(service.targets, key=lambda target: not target.required):
        url = target.steps[0].url if target.steps else ""
        if not target.control and url.startswith(("http://", "https://")) and url not in found:
            found[url] = Place(target=target.key, name=target.name, url=url, look_for=looked_for(target))
    return tuple(found.values())


def looked_for(target: Target) -> tuple[str, ...]:
    """What the target's assertions ask of a page, as a person can check it."""
    words = terms()["look_for"]
    return _said(target, words) or (words["content"],)


def looked_at(target: Target) -> tuple[str, ...]:
    """What a look itself checks of a target: it reads, and presses nothing."""
    words = terms()["looked_at"]
    return _said(target, words) or (words[target.kind.value],)


def _said(target: Target, words: Mapping[str, str]) -> tuple[str, ...]:
    said = (told for step in target.steps for one in step.assertions for told in _in_words(one, words))
    return tuple(dict.fromkeys(said))


def _in_words(one: Assertion, words: Mapping[str, str]) -> Iterator[str]:
    if one.want is Want.TEXT:
        yield words["action" if one.cause is Cause.ACTION_MISSING else "text"].format(one.value)
    elif one.want is Want.NOT_TEXT:
        yield words["not_text"].format(one.value)
    elif one.want is Want.STATUS:
        yield words["status"].format(one.value)
    else:
        yield words.get(one.cause.value, words["content"])
