"""The evidence pack of an interruption: everything known and kept of it, for somebody who was not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.interruption import Interruption
from monitor.core.law import Law
from monitor.core.look import Look
from monitor.core.period import MILLISECOND, Span, to_ms
from monitor.core.service import Service
from monitor.register import Register
from monitor.reports.exhibited import Exhibited, Folder, Piece, exhibited
from monitor.reports.record import Record, record_of
from monitor.store import journal_part, looks
from monitor.store.journal_part import Reach, Sent
from monitor.store.sealing import OWN

MOST_IN_FULL = 60
"""So many exhibits are shown in full; every other one is in the table of looks, with its files."""
_FIRST_OF_THEM = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a pack is made of. `of_people` are files that came with replies and manual checks, by their digest.

    `seals` is the link that seals a look, by moment (ms) and vantage, and its digest; `reaches` how much of each chain
    goes with it. `program` is who made it, by name and version.
    """

    record: Record
    exhibits: tuple[Exhibited, ...]
    of_people: Mapping[str, Piece]
    seals: Mapping[tuple[int, str], tuple[int, str]]
    reaches: tuple[Reach, ...]
    window: Span
    program: str
    sent: Sent = field(default_factory=Sent)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every file of evidence, each once."""
        every = [piece for one in self.exhibits for piece in one.pieces]
        return tuple({piece.name: piece for piece in (*every, *self.of_people.values())}.values())

    @property
    def lacking(self) -> tuple[Piece, ...]:
        """The files that should be here and are not as they were kept."""
        return tuple(piece for piece in self.pieces if piece.lying in {"missing", "altered"})

    @property
    def sound(self) -> bool:
        """Whether everything is there as it was kept and sealed."""
        return not self.lacking and self.sent.broken is None

    @property
    def in_full(self) -> tuple[Exhibited, ...]:
        """The exhibits that tell something new, as many as a person reads."""
        last = len(self.exhibits)
        some = [one for one in self.exhibits if one.notable or one.number == last]
        left = MOST_IN_FULL - _FIRST_OF_THEM
        return tuple(some if len(some) <= MOST_IN_FULL else (*some[:_FIRST_OF_THEM], *some[-left:]))

    def seal_of(self, look: Look) -> tuple[int, str]:
        """The link that seals a look, and its digest in hexadecimal; (0, "") where none does."""
        return self.seals.get((to_ms(look.at), look.vantage), (0, ""))


def file_name(record: Record) -> str:
    """What a pack is called: "goi-bang-chung-2.001474-2026-11-23T083005-dvcqg.zip"."""
    return f"goi-bang-chung-{record.service.code}-{record.handle.replace(':', '').replace('/', '-')}.zip"


def gather(
    db: Connection, register: Register, law: Law, service: Service, one: Interruption, *, folder: Folder, program: str
) -> Pack:
    """Everything of one interruption, as `fold` tells it; every file of evidence is read once, to see that it is whole.

    Nothing in it depends on when it is put together: an open interruption is told as of the newest look.
    """
    record = record_of(db, register, law, service, one, now=_newest(db, one))
    record = replace(record, as_of=max(_moments(record)))
    end = max(one.first_good or record.as_of, one.last_bad) + MILLISECOND
    window = Span(start=one.last_good or one.first_bad, end=end)
    keys = (record.target.key, *record.target.formerly)
    seals = journal_part.seals_of_looks(db, keys, window)
    needed: defaultdict[str, set[int]] = defaultdict(set)
    for (_, _, vantage), seq in seals.items():
        needed[vantage].add(seq)
    digests = {chain: journal_part.digests_of(db, chain, seqs) for chain, seqs in needed.items()}
    if words := journal_part.seals_of_words(db, service.code, keys, window):
        needed[OWN].update(words)
    return Pack(
        record=record,
        exhibits=_bounded(exhibited(folder, record.exhibits, record.looks, record.panels)),
        of_people=_of_people(record, folder),
        seals={(at, place): (seq, digests[place].get(seq, "")) for (_, at, place), seq in seals.items()},
        reaches=tuple(journal_part.reach_of(db, chain, min(seqs), max(seqs)) for chain, seqs in sorted(needed.items())),
        window=window,
        program=program,
    )


def _newest(db: Connection, one: Interruption) -> datetime:
    if one.first_good is not None:
        return one.first_good
    newest = looks.last(db, one.target)
    return max(one.last_bad, newest.at if newest else one.last_bad) + MILLISECOND


def _moments(record: Record) -> Iterator[datetime]:
    """When what is told became known."""
    yield record.interruption.last_bad
    yield from (look.received_at for look in record.looks[-1:])
    yield from (remark.at for remark in record.remarks)
    yield from (check.received_at for check in record.manual)
    for doubt in record.suspected:
        yield doubt.found_at or doubt.entered_at


def _bounded(some: Iterable[Exhibited]) -> tuple[Exhibited, ...]:
    """What the lists say is remembered of those alone that may be shown in full: an interruption may have thousands."""
    made: list[Exhibited] = []
    new: list[int] = []
    for one in some:
        if made and not made[-1].notable:
            made[-1] = replace(made[-1], facts=None)
        if one.notable:
            new.append(len(made))
            if len(new) > MOST_IN_FULL:
                place = new.pop(_FIRST_OF_THEM)
                made[place] = replace(made[place], facts=None)
        made.append(one)
    return tuple(made)


def _of_people(record: Record, folder: Folder) -> Mapping[str, Piece]:
    remarks = ((one.file_sha256, one.file_name) for one in record.remarks)
    checks = ((one.evidence_sha256, one.evidence_name) for one in record.manual)
    return {digest: folder.given(digest, name) for digest, name in (*remarks, *checks) if digest}
