"""What one poll of a source asks for, and what it brings home: pages of records, or files."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.core.place import Place

DOSSIERS, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"
"""What a page's records are; they become a message of this name, which the one reader of files reads."""

Record = Mapping[str, object]
GoOn = Mapping[str, Any]
"""Where a poll goes on after a page, as JSON can hold it; empty: from the beginning."""


class NotFetched(Exception):
    """A source did not tell what it was asked for; the text is one Vietnamese line for people that names the mend."""


class OutOfTime(Exception):
    """The poll is to end now: its deadline is reached, or the source wants to be left alone for longer than that.

    What was yielded so far is kept and the next poll goes on from there; the text (Vietnamese) may say why.
    """


def straight(_url: str) -> str:
    """No proxy at all."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a fetch is asked for, and with what.

    `since` is the greatest since value whose pages were taken in. `go_on` is what the last finished page said, empty
    for a poll from the beginning. `known` are the keys of files brought home before. `codes` are the dossiers whose
    state is asked for one by one. `until` is when it must end, on `monotonic`. `proxy` gives the proxy of a URL, empty
    for none; `ca_file` the authorities to trust, empty for the system's. One question may take `request_s`. Files are
    written into `folder`.
    """

    source: str
    place: Place
    now: datetime
    folder: Path
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    since: str = ""
    go_on: GoOn = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    codes: tuple[str, ...] = ()
    officers: bool = False
    proxy: Callable[[str], str] = straight
    ca_file: str = ""
    until: float = math.inf
    request_s: float = 60.0
    most_pages: int = 10_000
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def left_s(self) -> float:
        """Seconds that are left; raise OutOfTime where there are none."""
        left = self.until - self.monotonic()
        if left <= 0:
            raise OutOfTime
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One finished page: allow-listed columns only, under the names of the national format.

    `apart`: its records may have fewer columns than those of other pages, which says nothing against what is known.
    `go_on` is where the next page is asked for, `since` the greatest since value told so far. `whole` is False where
    something is known to be missing; `note` is a line for people (Vietnamese). A page may have no records at all.
    """

    records: Sequence[Record] = ()
    service: str = DOSSIERS
    apart: bool = False
    go_on: GoOn = field(default_factory=dict)
    since: str = ""
    whole: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One file brought home: it lies complete at `path`, within the folder asked for.

    `name` is what its sender calls it (hostile until cleaned), `key` what it is known by from now on, `at` the moment
    its figures stand for where the file itself names none.
    """

    path: Path
    name: str
    key: str
    at: datetime
    note: str = ""


Fetch = Callable[[Asked], Iterator[Page | Brought]]
"""Ends when all is fetched; raises NotFetched or OutOfTime, and what it yielded before is kept."""
