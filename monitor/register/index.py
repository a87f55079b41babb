"""The agencies that a name stands for, by date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from monitor.core.agency import Agency, Alias
from monitor.register.names import bare_of, canonical, core_of, parts, plain, spelled, tails


class Dated(NamedTuple):
    """That a name stands for an agency from day to day, both inclusive; `inherited`: as successor of another."""

    start: date
    end: date
    agency: str
    inherited: bool = False


class Clash(NamedTuple):
    """One name that stands for two agencies on the same day."""

    name: str
    first: str
    second: str
    day: date


@dataclass(slots=True)
class Index:
    """Every known name in canonical form; built once, and what was asked is remembered."""

    agencies: Mapping[str, Agency]
    province: str
    full: dict[str, list[Dated]] = field(default_factory=dict)
    bare: dict[str, list[Dated]] = field(default_factory=dict)
    marked: dict[str, list[Dated]] = field(default_factory=dict)
    asked: dict[str, tuple[tuple[Dated, ...], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for agency in self.agencies.values():
            self._learn(agency)

    def _learn(self, agency: Agency) -> None:
        for alias in (Alias(name=agency.name), *agency.aliases):
            spans = tuple(_spans(agency, alias, self.agencies))
            words = canonical(alias.name, self.province)
            core = core_of(words)
            for name in {words, core}:
                self.full.setdefault(name, []).extend(spans)
            bare = bare_of(core)
            if bare and bare != self.province:
                self.bare.setdefault(bare, []).extend(spans)
                last = len(bare.split())
                self.marked.setdefault(" ".join(spelled(alias.name).split()[-last:]), []).extend(spans)

    def find(self, unit: str, on: date) -> str:
        """The key of the agency a unit's name stands for on a day; empty where it is none, or not certain which."""
        candidates = self.asked.get(unit)
        if candidates is None:
            if len(self.asked) >= 20_000:
                self.asked.clear()
            candidates = self.asked[unit] = tuple(self._candidates(unit))
        if len(candidates) == 1:
            return _pick(candidates[0], on)
        found = {_pick(dated, on) for dated in candidates} - {""}
        return self._deepest(found)

    def _candidates(self, unit: str) -> Iterator[tuple[Dated, ...]]:
        whole = self._whole(unit) or self._bare(unit)
        if whole:
            yield whole
            return
        for piece in parts(unit):
            found = self._whole(piece)
            if found:
                yield found

    def _whole(self, unit: str) -> tuple[Dated, ...]:
        words = canonical(unit, self.province)
        names = (words, core_of(words), words.removesuffix(f" {self.province}"), *tails(words))
        return next((tuple(self.full[name]) for name in names if name in self.full), ())

    def _bare(self, unit: str) -> tuple[Dated, ...]:
        words = spelled(unit)
        return tuple(self.marked.get(words, self.bare.get(plain(words), ())))

    def _deepest(self, found: set[str]) -> str:
        """The one that lies below all the others in the tree."""
        for key in found:
            if found <= {key, *ancestors(self.agencies, key)}:
                return key
        return ""

    def clashes(self) -> Iterator[Clash]:
        """Names that stand for two agencies on the same day."""
        for name, dated in self.full.items():
            own = sorted({d for d in dated if not d.inherited})
            for at, first in enumerate(own):
                for second in own[at + 1 :]:
                    day = max(first.start, second.start)
                    if first.agency != second.agency and day <= min(first.end, second.end):
                        yield Clash(name, first.agency, second.agency, day)


def ancestors(agencies: Mapping[str, Agency], key: str) -> Iterator[str]:
    """The keys above an agency, nearest first; an unknown parent or a circle ends the walk."""
    seen = {key}
    while key in agencies and (key := agencies[key].parent) and key not in seen:
        seen.add(key)
        yield key


def _spans(agency: Agency, alias: Alias, agencies: Mapping[str, Agency]) -> Iterator[Dated]:
    start = max(agency.start or date.min, alias.start or date.min)
    end = min(agency.end or date.max, alias.end or date.max)
    if start <= end:
        yield Dated(start, end, agency.key)
    heir, last, seen = agency, alias.end or date.max, {agency.key}
    while heir.end and heir.end < last and heir.successor in agencies and heir.successor not in seen:
        since = heir.end + timedelta(days=1)
        heir = agencies[heir.successor]
        seen.add(heir.key)
        until = min(heir.end or date.max, last)
        if since <= until:
            yield Dated(since, until, heir.key, inherited=True)


def _pick(dated: Iterable[Dated], on: date) -> str:
    own: set[str] = set()
    inherited: set[str] = set()
    for start, end, agency, by_succession in dated:
        if start <= on <= end:
            (inherited if by_succession else own).add(agency)
    found = own or inherited
    return found.pop() if len(found) == 1 else ""
