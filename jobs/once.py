"""A dossier that several systems tell of is told of once: under the key of its first testimony, whichever leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from jobs.subjects import dossier_of, key_of
from monitor.core.dossier import Dossier
from monitor.core.ladder import Subject, SubjectKind, Telling, episode_of
from monitor.store import dossiers, joining, matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A dossier with all its testimonies: the key it is told under, all keys it may have been told under before.

    `known_since` is when the first of them was known, `printed` what they all print of the filing or the appointment:
    told under one of these, it was told under each.
    """

    key: str
    keys: tuple[str, ...]
    known_since: datetime
    printed: Mapping[SubjectKind, frozenset[str]]

    def as_one(self, subject: Subject) -> Subject:
        """The subject as that of the whole dossier."""
        return replace(subject, key=self.key, known_since=min(subject.known_since, self.known_since))

    def heard(self, subject: Subject, told: Iterable[Telling]) -> tuple[Telling, ...]:
        """What was told, as if all of it had been told of this very testimony."""
        same = self.printed.get(subject.kind, frozenset())
        if subject.episode not in same:
            return tuple(told)
        return tuple(replace(one, episode=subject.episode) if one.episode in same else one for one in told)


def wholes(db: Connection, keys: Sequence[str]) -> dict[str, Whole]:
    """Of those keys of dossiers that several systems tell of, the whole."""
    of_key = joining.matters_of(db, [dossier_of(key) for key in keys])
    known = matters.testimonies(db, set(of_key.values()))
    first = joining.first_named(db, known)
    found = {matter: _whole(key_of(*first[matter]), told) for matter, told in known.items() if len(told) > 1}
    return {key_of(*name): found[matter] for name, matter in of_key.items() if matter in found}


def lead(db: Connection, key: str) -> Dossier | None:
    """The testimony that counts of the dossier which is told of under a key; None where nobody knows it."""
    return leads(db, [key]).get(key)


def leads(db: Connection, keys: Iterable[str]) -> dict[str, Dossier]:
    """The same for many keys in a few queries; those that nobody knows are left out."""
    names = {key: dossier_of(key) for key in keys}
    known = dossiers.load_all(db, set(names.values()))
    others = matters.testimonies(db, {one.matter for one in known.values() if not one.lead})
    found = {key: known[name] for key, name in names.items() if name in known}
    return {key: one if one.lead else next(iter(others.get(one.matter, ())), one) for key, one in found.items()}


def _whole(key: str, told: Sequence[Dossier]) -> Whole:
    return Whole(
        key=key,
        keys=tuple(key_of(one.source, one.code) for one in told),
        known_since=min(one.first_seen for one in told),
        printed={
            SubjectKind.RECEPTION: frozenset(episode_of(one.filed) for one in told),
            SubjectKind.RESULT: frozenset(episode_of(one.appointment) for one in told),
            SubjectKind.UNKNOWN_UNIT: frozenset(one.handling_unit or one.receiving_unit for one in told),
        },
    )
