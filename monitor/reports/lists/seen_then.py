"""Dossiers with all that was known of them at a moment: their circumstances and what the law made of them then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, findings
from monitor.core.law import Law
from monitor.register import Register
from monitor.register.naming import with_agencies
from monitor.reports.circumstances import circumstances
from monitor.store.dossiers_known import Sought, known_by, latest_known, led_by

BATCH = 500
Worth = Callable[[tuple[Finding, ...]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThen:
    """One dossier as it was known, and its findings at the moment asked for."""

    dossier: Dossier
    known: Circumstances
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """As of which moment dossiers are looked at, by what was known when; `now` is the moment of asking."""

    at: datetime
    known_at: datetime
    now: datetime

    @property
    def latest(self) -> bool:
        """Whether nothing has been told since."""
        return self.known_at >= self.now


def seen_then(
    db: Connection, register: Register, law: Law, ask: Ask, *, sought: Sought, worth: Worth | None = None
) -> Iterator[list[SeenThen]]:
    """The dossiers sought, some at a time, one a matter: the testimony whose clocks count.

    `worth` sees what the dossier alone makes due, and leaves out what cannot matter; what people recorded beside it
    only ever moves a clock to a later moment.
    """
    for some in _batches(_told(db, register, ask, sought)):
        kept = some if worth is None else [one for one in some if worth(findings(one, ask.at, law))]
        around = circumstances(db, kept) if kept else {}
        yield [_seen(one, around.get(one.matter, NOTHING_KNOWN), law, ask) for one in kept]


def _seen(dossier: Dossier, known: Circumstances, law: Law, ask: Ask) -> SeenThen:
    then = known if ask.latest else as_known(known, dossier, ask.known_at)
    then = then if then != NOTHING_KNOWN else NOTHING_KNOWN
    return SeenThen(dossier=dossier, known=then, found=findings(dossier, ask.at, law, then))


def _told(db: Connection, register: Register, ask: Ask, sought: Sought) -> Iterator[Dossier]:
    if ask.latest:
        yield from latest_known(db, sought)
        return
    first = set[int]()  # matters whose lead was not known yet: of two others that were, the first stands for it
    for some in _batches(known_by(db, ask.known_at, sought)):
        second = [one.matter for one in some if not one.lead]
        led = led_by(db, second, ask.known_at) if second else frozenset[int]()
        for one in some:
            if not one.lead and (one.matter in led or one.matter in first):
                continue
            if not one.lead:
                first.add(one.matter)
            yield with_agencies(one, register, ask.at)


def as_known(known: Circumstances, dossier: Dossier, moment: datetime) -> Circumstances:
    """Of what is known now, what was by a moment; `dossier` is the word that was the latest then."""
    history = tuple(one for one in known.history if one.told is not None and one.told <= moment)
    if history and history[-1].told == dossier.told:
        history = history[:-1]
    return replace(
        known,
        history=history,
        others=tuple(one for one in known.others if one.told is not None and one.told <= moment),
        steps=tuple(one for one in known.steps if one.at <= moment),
        apologies=tuple(one for one in known.apologies if one.at <= moment),
        pauses=tuple(one for one in known.pauses if one.at <= moment),
    )


def _batches(many: Iterable[Dossier]) -> Iterator[list[Dossier]]:
    rest = iter(many)
    while some := list(islice(rest, BATCH)):
        yield some
