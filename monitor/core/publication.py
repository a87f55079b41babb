"""What was published of a period, unchanged for good, and in what an edition differs from another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.reporting import Period

METHOD = "tthc-uptime/1"
"""The name of the way figures are made; another number where the same facts give other figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One edition of one service's period, as it was published; nothing of it changes.

    `basis`, `figures` and `heads` are canonical JSON; `heads` is the journal's cut: links after it were not known.
    `documents` gives the SHA-256 of each document by its name. `reason` is empty for the first edition.
    """

    service: str
    period: Period
    edition: int
    published_at: datetime
    method: str
    method_sha256: str
    basis: str
    figures: str
    heads: str
    documents: Mapping[str, str]
    by: str
    reason: str = ""

    @property
    def cut(self) -> dict[str, int]:
        """The last link of each chain that was known."""
        return {chain: seq for chain, seq, _ in json.loads(self.heads)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure that is not what it was; None where it was not there, or is there no more.

    `of` says of what where the name alone does not: the gap, or the interruption by target and first failed look.
    """

    figure: str
    of: str = ""
    before: str | int | None
    after: str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which edition a document is of; a restatement says what it replaces, why, and in what it differs.

    `differs`: the figures told here are newer than those published, and not the same.
    """

    number: int
    published_at: datetime
    by: str
    reason: str = ""
    replaces: int | None = None
    replaced_at: datetime | None = None
    changes: tuple[Difference, ...] = ()
    differs: bool = False


def canonical_text(value: object) -> str:
    """The one way to write JSON as text: names in order, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Figure by figure what differs between two accounts as `monitor.core.uptime.figures` gives them; empty if nothing.

    Interruptions are the same where target and first failed look are.
    """
    one, other = dict(_flat(before)), dict(_flat(after))
    return tuple(
        Difference(figure=key[0], of=key[1], before=one.get(key), after=other.get(key))
        for key in [*one, *(key for key in other if key not in one)]
        if one.get(key) != other.get(key)
    )


def _flat(figures: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str | int | None]]:
    for name, value in figures.items():
        if name == "interruptions":
            yield (name, ""), len(value)
            for one in value:
                yield from (((field, f"{one['target']}, {one['first_bad']}"), said) for field, said in one.items())
        elif isinstance(value, Mapping):
            yield from (((name, key), said) for key, said in value.items())
        else:
            yield (name, ""), value
