"""The projection brought up to date with the facts, and held against them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs import projection
from jobs.app import App
from jobs.projection import Ground
from monitor.core.dossier import Placing
from monitor.register.naming import placing
from monitor.reports.circumstances import known_beside
from monitor.reports.freshness import stale
from monitor.store import ImportRow, imports, joining, packed, reading, watches, writing
from monitor.store import projection as kept
from monitor.store.projection import Known

log = structlog.get_logger()

BATCH = 4_000
CONFIRMED = 20_000
SAMPLE = 500
_LED_BY = "projection.led_by"
"""The mark under which it stands by which sources, and which stale ones, leads were last chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One time of bringing up to date: what every dossier in it is worked out by."""

    app: App
    now: datetime
    basis: str
    place: Placing


def _turn(app: App, now: datetime) -> _Turn:
    return _Turn(app=app, now=now, basis=projection.basis_of(app, now), place=placing(app.register, now))


def catch_up(app: App, now: datetime) -> None:
    """Bring the projection up to date: files taken in, then what rests on another law or register."""
    turn = _turn(app, now)
    _lead_anew(app, now)
    with reading(app.engine) as db:
        waiting = imports.waiting(db)
    for row in waiting:
        _project_file(turn, row)
    _drain(turn, lambda db: kept.stale(db, turn.basis, BATCH, turn.place))
    _refresh(turn)


def refresh(app: App, now: datetime) -> None:
    """Work out anew the dossiers whose standing changed because time passed."""
    _refresh(_turn(app, now))


def _refresh(turn: _Turn) -> None:
    _drain(turn, lambda db: kept.due(db, turn.now, BATCH, turn.place))


def rebuild(app: App, now: datetime) -> None:
    """Make the whole projection anew from the facts."""
    with writing(app.engine) as db:
        kept.begin_anew(db)
    catch_up(app, now)


def compare(app: App, _due: datetime, now: datetime) -> None:
    """Compare samples of the projection with the facts; where they differ, rebuild it."""
    wrong = differing(app, now, sample=SAMPLE)
    if wrong:
        log.error("projection.differs", dossiers=len(wrong))
        rebuild(app, now)


def differing(app: App, now: datetime, *, sample: int) -> list[str]:
    """Codes of the dossiers, among so many at random, that the projection shows otherwise than the facts do."""
    turn = _turn(app, now)
    _refresh(turn)
    with reading(app.engine) as db:
        pairs = kept.samples(db, sample, turn.place)
        lost = kept.missing(db)
        beside = known_beside(db, [known for known, _ in pairs], app.register)
        old = stale(db, app.register, app.law, now)
    right = projection.rows(
        (known for known, _ in pairs), Ground(app=app, now=now, basis=turn.basis, beside=beside, stale=old)
    )
    wrong = [
        known.dossier.code
        for (known, there), row in zip(pairs, right, strict=True)
        if there._replace(basis=turn.basis, as_of=row.as_of) != row
    ]
    return wrong + ["?"] * lost


def _project_file(turn: _Turn, row: ImportRow) -> None:
    app, after = turn.app, 0
    with reading(app.engine) as db:
        several = joining.several(db)
    while True:
        with reading(app.engine) as db:
            last = kept.page_end(db, row.id, after, BATCH)
            known = () if last is None else kept.still_told(db, row.id, after, last, turn.place)
        if last is None:
            break
        after = last
        _join(turn, known, several=several)
        _project(turn, known)
    _project_steps(turn, row)
    with reading(app.engine) as db:
        confirmed = imports.confirmed(db, row.id)
    for some in _spans(confirmed):
        with writing(app.engine) as db:
            kept.confirm(db, some, row.as_of)
    with writing(app.engine) as db:
        imports.projected(db, row.id)


def _project_steps(turn: _Turn, row: ImportRow) -> None:
    after = 0
    while True:
        with reading(turn.app.engine) as db:
            numbers = kept.stepped_by(db, row.id, after, BATCH)
            known = kept.latest(db, numbers, turn.place)
        if not numbers:
            return
        after = numbers[-1]
        if known:
            _project(turn, known)


def _join(turn: _Turn, known: Sequence[Known], *, several: bool) -> None:
    """Find out which of these dossiers are one with others; codes that they name for theirs are kept."""
    named = [one.dossier for one in known if one.dossier.other_code]
    if not named and not several:
        return
    with writing(turn.app.engine) as db:
        joining.add_aliases(db, named, turn.now)
        if several:
            joining.join(db, [one.number for one in known])


def _project(turn: _Turn, known: Sequence[Known]) -> None:
    """Work dossiers out, and of those that several systems tell of the other words that stand otherwise by it."""
    moving = _write(turn, known)
    if not moving:
        return
    with reading(turn.app.engine) as db:
        others = joining.testimonies_beside(db, moving).difference(one.number for one in known)
        words = kept.latest(db, others, turn.place)
    if words:
        _write(turn, words)


def _lead_anew(app: App, now: datetime) -> None:
    """Where other sources are too old than before, or the register names them in another order, ask again who leads."""
    with reading(app.engine) as db:
        wanted = " ".join((*app.register.sources, "|", *sorted(stale(db, app.register, app.law, now))))
        if watches.get_mark(db, _LED_BY) == wanted:
            return
        numbers = joining.shared(db)
    for some in _batches(numbers):
        with writing(app.engine) as db:
            kept.reckon_anew(db, some, now)
    with writing(app.engine) as db:
        watches.set_mark(db, _LED_BY, wanted)


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH))


def _spans(numbers: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Runs of numbers, in lots that one short transaction can take."""
    lot: list[tuple[int, int]] = []
    held = 0
    for first, last in packed.runs(numbers, CONFIRMED):
        lot.append((first, last))
        held += last - first + 1
        if len(lot) >= BATCH or held >= CONFIRMED:
            yield lot
            lot, held = [], 0
    if lot:
        yield lot


def _drain(turn: _Turn, some: Callable[[Connection], Sequence[Known]]) -> None:
    """Work out what a query names until it names no more."""
    seen: tuple[int, ...] = ()
    while True:
        with reading(turn.app.engine) as db:
            known = some(db)
        numbers = tuple(one.number for one in known)
        if not known or numbers == seen:
            return
        seen = numbers
        _write(turn, known)


def _write(turn: _Turn, known: Sequence[Known]) -> list[int]:
    """Work some out and keep that; once more where something was recorded meanwhile, so that it is not lost.

    The numbers of those by which other systems' words on the same dossier may stand otherwise.
    """
    while (moving := _written(turn, known)) is None:
        log.info("projection.recorded_meanwhile", dossiers=len(known))
    return moving


def _written(turn: _Turn, known: Sequence[Known]) -> list[int] | None:
    app, now = turn.app, turn.now
    app.hearts.on()
    with reading(app.engine) as db:
        recorded = kept.reckoned(db)
        beside = known_beside(db, known, app.register)
        shared = any(one.others for one in beside.values())
        old: Collection[str] = stale(db, app.register, app.law, now) if shared else ()
    worked_out = projection.rows(known, Ground(app=app, now=now, basis=turn.basis, beside=beside, stale=old))
    with writing(app.engine) as db:
        if kept.reckoned(db, held=True) != recorded:
            return None
        kept.write(db, worked_out)
    return [
        one.number
        for one, row in zip(known, worked_out, strict=True)
        if one.number in beside and projection.moves_others(one, row, beside[one.number], app.law)
    ]
