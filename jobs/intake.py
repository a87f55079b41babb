"""Taking the rows of one file in: what differs from what is known is written, in batches nobody sees yet."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from struct import Struct

from sqlalchemy import Engine

from monitor.core.dossier import Status
from monitor.core.source import STAMPS, BadRow, DossierRow
from monitor.core.step import StepRow
from monitor.sources.files import Line
from monitor.sources.layout import BY_DATES
from monitor.sources.row import LONGEST_CODE, Form
from monitor.store import dossier_loading, erasures, imports, reading, writing
from monitor.store.erasures import Erased
from monitor.store.imports import Counts

ABSENT, CONFIRMED, WRITTEN, OLDER = range(4)
"""What this file said of a dossier so far: nothing, what was known, something else; OLDER: it has no say."""

AIM_S = 0.1
"""How long a batch may hold the database; batches grow and shrink towards it."""
SMALLEST, LARGEST = 250, 8_000
_TAIL = Struct(">QI")
_NEWEST, _NUMBER = slice(8, 16), slice(16, 20)


@dataclass(slots=True)
class Intake:
    """One file's rows on their way into the database, under the number of its import.

    `known` holds, packed into few bytes, the digest, newest date and number of each dossier of the source.
    """

    engine: Engine
    number: int
    source: str
    at: datetime
    counts: Counts = field(default_factory=Counts)
    known: dict[str, bytes] = field(default_factory=dict)
    said: bytearray = field(default_factory=bytearray)
    first_new: int = 0
    _new: list[dossier_loading.NewDossier] = field(default_factory=list)
    _pending: dict[int, tuple[DossierRow, Form]] = field(default_factory=dict)
    _again: set[int] = field(default_factory=set)
    _bad: list[BadRow] = field(default_factory=list)
    _bad_kept: int = 0
    first_reason: str = ""
    steps_only: bool = True
    _steps: list[StepRow] = field(default_factory=list)
    _untold: dict[str, int] = field(default_factory=dict)
    _adopted: set[int] = field(default_factory=set)
    _erased: Erased = field(default_factory=Erased)
    kept_out: int = 0  # rows of dossiers that were erased
    nameless: int = 0  # rows that may be of any dossier: what is absent may be one of them
    _batch: int = 2_000

    def prepare(self, as_of: datetime) -> None:
        """Learn what is known of the source, and of which dossiers newer figures than this file's are known."""
        with reading(self.engine) as db:
            self.first_new = dossier_loading.next_number(db)
            self.said = bytearray(self.first_new)
            self.known = {
                code: raw + _TAIL.pack(newest, number)
                for code, number, raw, newest in dossier_loading.known(db, self.source)
            }
            self._untold = dossier_loading.untold(db, self.source)
            self._erased = erasures.erased(db, self.source)
            for number in dossier_loading.newer(db, self.source, as_of):
                self.said[number] = OLDER

    def take(self, lines: Iterable[Line]) -> None:
        """Take rows in; those told again as they were known cost next to nothing."""
        known, said, counts = self.known, self.said, self.counts
        self.steps_only = False
        for line in lines:
            counts.read += 1
            entry = known.get(line.code)
            if entry is None:
                self._first(line)
            else:
                number = int.from_bytes(entry[_NUMBER], "big")
                if said[number]:
                    self._repeated(line, entry, number)
                elif entry.startswith(line.raw):
                    said[number] = CONFIRMED
                    counts.unchanged += 1
                else:
                    self._differing(line, number)
            if len(self._pending) + len(self._bad) >= self._batch:
                self.flush()

    def take_steps(self, rows: Iterable[StepRow | BadRow]) -> None:
        """Take steps in. Of a dossier that the source has not told of yet they are kept until it does."""
        with reading(self.engine) as db:
            self.first_new = dossier_loading.next_number(db)
            self._erased = erasures.erased(db, self.source)
        self.said = bytearray(self.first_new)
        for row in rows:
            self.counts.read += 1
            if isinstance(row, BadRow):
                self._set_aside(row)
            elif self._erased and row.code in self._erased:
                self._keep_out(self.counts.read)
            else:
                self._steps.append(row)
            if len(self._steps) + len(self._bad) >= self._batch:
                self._flush_steps()
        self._flush_steps()

    def _flush_steps(self) -> None:
        self.flush()
        waiting, self._steps = self._steps, []
        if not waiting:
            return
        with reading(self.engine) as db:
            numbers = dossier_loading.numbers(db, self.source, sorted({row.code for row in waiting}))
        unknown = [code for code in dict.fromkeys(row.code for row in waiting) if code not in numbers]
        new = list(enumerate(unknown, len(self.said)))
        self.said.extend(bytes(len(new)))
        numbers.update((code, number) for number, code in new)
        self._untold.update((code, number) for number, code in new)
        told = [(numbers[row.code], row) for row in waiting]
        begun = time.monotonic()
        with writing(self.engine) as db:
            dossier_loading.add(db, self.number, source=self.source, at=self.at, new=new, said=())
            written = dossier_loading.add_steps(db, self.number, told)
        self._adapt(time.monotonic() - begun)
        self.counts.new += written
        self.counts.unchanged += len(told) - written

    def _first(self, line: Line) -> None:
        row = self._read(line)
        if row is None:
            return
        if self._erased and (line.code in self._erased or row.other_code in self._erased):
            self._keep_out(line.number)
            return
        number = self._untold.get(line.code, 0) if self._untold else 0
        if number:
            self.said[number] = WRITTEN
            self._adopted.add(number)
        else:
            number = len(self.said)
            self.said.append(WRITTEN)
            self._new.append((number, line.code))
        self.counts.new += 1
        self._put(number, row, line.form)

    def _differing(self, line: Line, number: int) -> None:
        row = self._read(line)
        if row is not None:
            self.said[number] = WRITTEN
            self._put(number, row, line.form)

    def _repeated(self, line: Line, entry: bytes, number: int) -> None:
        """A dossier once more in the same file: the row with the newer dates counts, of equals the last."""
        if self.said[number] == OLDER:
            self.counts.older += 1
            return
        if entry.startswith(line.raw):
            self.counts.repeated += 1
            return
        row = self._read(line)
        if row is None:
            return
        self.counts.repeated += 1
        if newest(row) < int.from_bytes(entry[_NEWEST], "big"):
            return
        if self.said[number] == CONFIRMED:
            self.counts.unchanged -= 1
        elif number not in self._pending:
            self._again.add(number)
        self.said[number] = WRITTEN
        self._put(number, row, line.form)

    def _read(self, line: Line) -> DossierRow | None:
        row = line.read()
        if isinstance(row, BadRow):
            self.nameless += not line.code or len(line.code) > LONGEST_CODE
            self._set_aside(row)
            return None
        return row

    def _set_aside(self, row: BadRow) -> None:
        self.counts.set_aside += 1
        self._bad.append(row)
        self.first_reason = self.first_reason or row.reason

    def _keep_out(self, row: int) -> None:
        """Set a row of an erased dossier aside, without its code."""
        self.kept_out += 1
        self._set_aside(BadRow(row, "", erasures.REASON))

    def _put(self, number: int, row: DossierRow, form: Form) -> None:
        self.known[row.code] = row.raw + _TAIL.pack(newest(row), number)
        self._pending[number] = (row, form)

    def flush(self) -> None:
        """Write what waits, in one short transaction."""
        if not self._pending and not self._bad:
            return
        before = self._before()
        begun = time.monotonic()
        with writing(self.engine) as db:
            for number in sorted(self._again):
                self._withdrawn(number, dossier_loading.withdraw(db, self.number, number))
            told = [(number, row) for number, row in self._settled(before)]
            dossier_loading.add(db, self.number, source=self.source, at=self.at, new=self._new, said=told)
            imports.add_bad_rows(db, self.number, self._bad_kept, self._bad)
        self._adapt(time.monotonic() - begun)
        self._bad_kept += len(self._bad)
        self._new, self._pending, self._bad = [], {}, []
        self._again.clear()

    def _before(self) -> dict[int, DossierRow]:
        """What was known of the dossiers that wait."""
        numbers = [number for number in self._pending if number < self.first_new]
        if not numbers:
            return {}
        with reading(self.engine) as db:
            return dossier_loading.previous(db, numbers, self.number)

    def _withdrawn(self, number: int, taken_back: int) -> None:
        if number >= self.first_new or number in self._adopted:
            return
        if taken_back:
            self.counts.changed -= 1
        else:
            self.counts.unchanged -= 1

    def _settled(self, before: dict[int, DossierRow]) -> Iterable[dossier_loading.Version]:
        """What is really new of what waits: a row may say the same facts in other words, or leave some out."""
        for number, (row, form) in self._pending.items():
            last = before.get(number)
            if last is None:
                yield number, row
                continue
            merged = joined(last, row, form.fields, by_dates=form.layout.status in ("", BY_DATES))
            if merged[2:] == last[2:]:
                self.said[number] = CONFIRMED
                self.counts.unchanged += 1
            else:
                self.counts.changed += 1
                yield number, merged

    def _adapt(self, seconds: float) -> None:
        wanted = int(self._batch * min(2.0, max(0.25, AIM_S / max(seconds, 0.001))))
        self._batch = min(LARGEST, max(SMALLEST, wanted))

    def confirmed(self) -> Sequence[int]:
        """Numbers of the dossiers the file told again as they were known."""
        return [number for number, said in enumerate(self.said) if said == CONFIRMED]


def newest(row: DossierRow) -> int:
    """The latest date of a row, in milliseconds; 0 where it has none."""
    return max(
        row.filed or 0, row.received or 0, row.appointment or 0, row.finished or 0, row.returned or 0, row.refused or 0
    )


def joined(last: DossierRow, row: DossierRow, fields: Collection[str], *, by_dates: bool) -> DossierRow:
    """A row with what its list has no column for as it was known before."""
    absent = [name for name in DossierRow._fields[2:] if name not in fields and name not in _CONCLUDED]
    absent = [name for name in absent if name not in _UNITS or not getattr(row, name)]
    merged = row._replace(**{name: getattr(last, name) for name in absent})
    days = row.days_only
    for bit, name in enumerate(STAMPS):
        if name in absent:
            days = days & ~(1 << bit) | last.days_only & 1 << bit
    if "status" not in fields and by_dates:
        merged = merged._replace(status=_status(last.status, row.status))
    return merged._replace(days_only=days)


_CONCLUDED = ("status", "days_only")
_UNITS = ("receiving_unit", "handling_unit")  # a row above may name the unit for those below
_ENDS = (Status.DONE, Status.RETURNED)


def _status(last: str, concluded: str) -> str:
    """A status concluded from dates against one that was told: only a step forward counts."""
    if concluded in _ENDS:
        return last if last in _ENDS else concluded
    if concluded == Status.PROCESSING and last in (Status.REGISTERED, ""):
        return concluded
    return last
