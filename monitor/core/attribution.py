"""What a fixed panel showed beside a failed look, and the fault that the table in `fault_table.py` reads from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """The parts of the panel, from our own door outwards."""

    GATEWAY = "gateway"  # our own way out
    RESOLVER = "resolver"  # the resolver this machine uses
    RESOLVER_2 = "resolver_2"  # another one
    DOMESTIC = "domestic"  # a reference within the country
    FOREIGN = "foreign"  # a reference abroad
    SIGN_ON = "sign_on"  # the page where citizens sign on
    FRONT_PAGE = "front_page"  # the portal's front page
    SIBLING = "sibling"  # another procedure on the same portal


class Shown(StrEnum):
    """What one part of the panel showed."""

    WORKS = "works"
    FAILS = "fails"
    BLOCKED = "blocked"  # it answered, and turned us away: a shield, a limit, 403
    UNJUDGED = "unjudged"  # it cannot be judged from here, e.g. behind a proxy
    ABSENT = "absent"  # the register names none


class Fault(StrEnum):
    """The cause, as far as the panel tells."""

    OWN_NETWORK = "own_network"  # our own network                               (the look is UNKNOWN)
    PROVIDER = "provider"  # the line of our own provider                        (UNKNOWN)
    BLOCKED_US = "blocked_us"  # the portal turns this monitor away              (UNKNOWN)
    DNS = "dns"
    TLS = "tls"
    SIGN_ON = "sign_on"
    WHOLE_PORTAL = "whole_portal"
    THIS_PROCEDURE = "this_procedure"
    CONTENT = "content"  # the page is there, what it shows is not what it should
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What one part showed, for how long it was asked (ms), and in words on what that rests."""

    part: Part
    shown: Shown
    took_ms: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A fact: the panel beside one failed look; `target`, `vantage` and `at` are the look's own.

    `rule` names the line of the table that gave `fault`. `clock_offset_ms`: our clock minus that of the reference that
    answered soonest, None where none told the time.
    """

    target: str
    vantage: str
    at: datetime
    showings: tuple[Showing, ...]
    fault: Fault
    rule: str
    clock_offset_ms: int | None = None

    @property
    def unjudged(self) -> tuple[Part, ...]:
        """The parts of which nothing can be said from here."""
        return tuple(one.part for one in self.showings if one.shown is Shown.UNJUDGED)


def faults(panels: Iterable[Panel]) -> Mapping[Fault, int]:
    """How many panels blame what, the most first."""
    return dict(Counter(panel.fault for panel in panels).most_common())


def blamed(panels: Iterable[Panel]) -> Fault | None:
    """What most panels blame, those that could not tell left out unless all are such; None without a panel."""
    found = faults(panels)
    told = [fault for fault in found if fault is not Fault.UNCLEAR]
    return told[0] if told else next(iter(found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A fact: the list of what was kept as evidence of one look, by its SHA-256 in hexadecimal."""

    target: str
    vantage: str
    at: datetime
    digest: str
