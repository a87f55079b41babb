"""What one reader is told of dossiers at one slot: sections, the units in them, and how fresh the figures are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.finding import FindingKind
from monitor.core.ladder import SubjectKind
from monitor.core.law import Comparison, Law, RuleUnknown
from monitor.core.period import day_of
from monitor.reports.asked import Asked
from monitor.reports.citing import cited
from monitor.reports.drafted import Drafted
from monitor.reports.duties_told import Tasked
from monitor.reports.item import Item, Section

SHOWN = 25
"""So many dossiers of a section, the worst, stand in the letter itself; all are in the list that goes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """How many dossiers of a section lie at one unit, and the most working days any of them is late, or left."""

    name: str
    count: int
    worst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One section with its items, the worst first; `units` are those they lie at, the fullest first."""

    section: Section
    dossiers: tuple[Item, ...]
    units: tuple[Unit, ...]
    citations: tuple[str, ...]

    @property
    def kinds(self) -> frozenset[SubjectKind]:
        """Which clocks are in it."""
        return frozenset(item.kind for item in self.dossiers)

    @property
    def worst(self) -> int:
        """The most working days any of it is late, or left."""
        return max((unit.worst for unit in self.units), default=0)

    @property
    def shown(self) -> tuple[Item, ...]:
        """What stands in the letter itself."""
        return self.dossiers[:SHOWN]

    @property
    def more(self) -> int:
        """How many do not."""
        return max(0, len(self.dossiers) - SHOWN)

    @property
    def last_calls(self) -> int:
        """For how many an apology is in time today still, and no longer tomorrow."""
        return sum(item.last_call for item in self.dossiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many dossiers one clock runs out for before the next slot; `today` where it does so today for all of them."""

    kind: FindingKind
    count: int
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Up to when one source's data go, and how many dossiers rest on those of an earlier day, the oldest of which."""

    source: str
    newest: datetime
    older: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything one reader is told at one slot; `until` is the next one.

    `asked` is what is to be explained, `tasked` what is told of duties, `drafted` the drafts of apologies that go with
    the letter, `compared` by what being in time is judged.
    """

    agencies: tuple[str, ...]
    slot: datetime
    until: datetime
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    asked: Asked | None = None
    drafted: Drafted | None = None
    tasked: Tasked | None = None
    compared: Comparison = Comparison.TIMESTAMP

    @property
    def places(self) -> tuple[str, ...]:
        """The agencies that any of it is about."""
        of_asked = (name for name, _ in self.asked.agencies) if self.asked else ()
        of_tasked = self.tasked.owners if self.tasked else ()
        return tuple(dict.fromkeys((*self.agencies, *of_tasked, *of_asked)))

    def part(self, section: Section) -> Part | None:
        """One section; None where nothing is in it."""
        return next((part for part in self.parts if part.section is section), None)

    @property
    def count(self) -> int:
        """How many dossiers there are in all."""
        return sum(len(part.dossiers) for part in self.parts)

    @property
    def cut(self) -> bool:
        """Whether not everything stands in the letter itself."""
        return any(part.more for part in self.parts)

    @property
    def endings(self) -> tuple[Ending, ...]:
        """What falls due before the next slot, clock by clock: results, receptions, apologies."""
        part = self.part(Section.TODAY)
        found: defaultdict[FindingKind, list[bool]] = defaultdict(list)
        for one in part.dossiers if part else ():
            today = one.due is None or day_of(one.due) == day_of(self.slot)
            found[one.ending].append(today or one.ending is FindingKind.APOLOGY)
        order = (FindingKind.RESULT, FindingKind.RECEPTION, FindingKind.APOLOGY)
        return tuple(Ending(kind=kind, count=len(found[kind]), today=all(found[kind])) for kind in order if found[kind])


def digest(items: Iterable[Item], slot: datetime, until: datetime, law: Law, sources: Mapping[str, str]) -> Digest:
    """The items of one reader in order, each dossier once a clock; `sources` names each source."""
    once = tuple({(item.kind, item.source, item.code): item for item in items}.values())
    parts = [_part(section, [one for one in once if one.section is section], law) for section in Section]
    return Digest(
        agencies=tuple(dict.fromkeys(one.agency for one in once if one.agency)),
        slot=slot,
        until=until,
        parts=tuple(part for part in parts if part.dossiers),
        figures=tuple(_figures(once, sources)),
        compared=law.compared,
    )


def _figures(items: Iterable[Item], sources: Mapping[str, str]) -> Iterable[Figure]:
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in items:
        moments[sources.get(one.source, one.source)].append(one.as_of)
    for name, seen in sorted(moments.items()):
        newest = max(seen)
        older = sum(day_of(one) < day_of(newest) for one in seen)
        yield Figure(source=name, newest=newest, older=older, oldest=min(seen))


def _part(section: Section, items: Sequence[Item], law: Law) -> Part:
    ordered = sorted(items, key=lambda one: (one.end, one.agency, one.unit, one.code))
    return Part(
        section=section,
        dossiers=tuple(ordered),
        units=tuple(_units(ordered)),
        citations=cited(_citations(ordered, law)),
    )


def _units(items: Sequence[Item]) -> Iterable[Unit]:
    worst: dict[str, int] = {}
    for one in items:
        worst[one.place] = max(worst.get(one.place, 0), one.days or 0)
    for name, count in Counter(one.place for one in items).most_common():
        yield Unit(name=name, count=count, worst=worst[name])


def _citations(items: Sequence[Item], law: Law) -> Iterable[str]:
    for rule, on in dict.fromkeys(rule for one in items for rule in one.rules):
        try:
            yield law.rule(rule, on).citation
        except RuleUnknown:
            continue
