"""What is not set yet and keeps something from happening, with the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.config import Settings
from monitor.core.agency import Role
from monitor.register import Register
from monitor.register.folder import is_shipped
from monitor.reports.mode import Mode


class Lack(StrEnum):
    """What an installation may still be without, most urgent first; the glossary says what comes of it."""

    CONTACT = "CONTACT"
    SMTP_URL = "SMTP_URL"
    ADDRESSES = "addresses"
    PUBLIC_URL = "PUBLIC_URL"


class Next(StrEnum):
    """What a person does next."""

    CONTACT = "contact"
    SMTP_URL = "smtp_url"
    REGISTER = "register"
    ADDRESSES = "addresses"
    GO_LIVE = "go_live"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """One thing that is not set; for addresses, how many of how many posts have none."""

    lack: Lack
    count: int = 0
    of: int = 0


def lacking(settings: Settings, register: Register) -> tuple[Lacking, ...]:
    """Everything that is not set yet."""
    found = []
    public = any(target.public for target in register.targets())
    if public and not settings.contact:
        found.append(Lacking(lack=Lack.CONTACT))
    if not settings.smtp_url:
        found.append(Lacking(lack=Lack.SMTP_URL))
    posts = [post for post in register.posts.values() if post.role is not Role.CHAIRMAN]  # whose page is no duty
    without = sum(not post.address for post in posts)
    if without:
        found.append(Lacking(lack=Lack.ADDRESSES, count=without, of=len(posts)))
    if not settings.public_url:
        found.append(Lacking(lack=Lack.PUBLIC_URL))
    return tuple(found)


def next_step(mode: Mode, found: Sequence[Lacking], settings: Settings) -> Next:
    """The one thing to do next; addresses are filled into a register of the office's own. PUBLIC_URL may stay empty."""
    addresses = Next.REGISTER if is_shipped(settings.register) else Next.ADDRESSES
    steps = {Lack.CONTACT: Next.CONTACT, Lack.SMTP_URL: Next.SMTP_URL, Lack.ADDRESSES: addresses}
    for one in found:
        if one.lack in steps:
            return steps[one.lack]
    return Next.NOTHING if mode is Mode.LIVE else Next.GO_LIVE
