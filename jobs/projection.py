"""How a dossier stands, worked out from the facts, the law and the register, as a row of the projection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b

from jobs.app import App
from monitor.core.agency import Agency, Alias
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.discrepancy import agree, discrepancies
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, Standing, findings
from monitor.core.ladder import SubjectKind
from monitor.core.law import Law
from monitor.core.lead import lead_of
from monitor.core.mass_pause import paused_when_due
from monitor.core.period import Stamp, at, day_of, to_ms
from monitor.core.phase import Phase, phase_of
from monitor.register import Register
from monitor.reports.item import clock, unassigned
from monitor.store.projection import Known, NowRow

MANNER = "4"
"""Changes whenever rows are worked out otherwise than before, so that all are worked out anew."""


_registers: dict[int, tuple[Register, str]] = {}


def basis_of(app: App, now: datetime) -> str:
    """What every row rests on: the law, the agencies and their names, and which of those hold today."""
    today = day_of(now)
    turned = max((day for day in _turns(app.register) if day <= today), default=None)
    seed = repr((MANNER, app.law.version, _names(app.register), turned))
    return blake2b(seed.encode(), digest_size=8).hexdigest()


def _turns(register: Register) -> Iterator[date]:
    """The days on which an agency or a name of one begins to hold, or holds no more."""
    for agency in register.agencies.values():
        periods: tuple[Agency | Alias, ...] = (agency, *agency.aliases)
        for one in periods:
            if one.start is not None:
                yield one.start
            if one.end is not None and one.end < date.max:
                yield one.end + timedelta(days=1)


def _names(register: Register) -> str:
    """A digest of the agencies; a register never changes, so it is asked once of each."""
    known = _registers.get(id(register))
    if known is None or known[0] is not register:
        if len(_registers) > 8:
            _registers.clear()
        seed = repr(sorted(register.agencies.values(), key=lambda agency: agency.key))
        known = _registers[id(register)] = (register, blake2b(seed.encode(), digest_size=16).hexdigest())
    return known[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What rows are worked out from, beside the dossiers' own words.

    `beside` is what is known of some of them, by number; `stale` are the sources whose figures are too old to lead.
    """

    app: App
    now: datetime
    basis: str
    beside: Mapping[int, Circumstances] = field(default_factory=dict)
    stale: Collection[str] = ()


def rows(known: Iterable[Known], ground: Ground) -> list[NowRow]:
    """The rows of some dossiers, as of now."""
    beside = ground.beside
    return [_row(one, ground, beside.get(one.number, NOTHING_KNOWN)) for one in known]


def _row(known: Known, ground: Ground, beside: Circumstances) -> NowRow:
    dossier, law = known.dossier, ground.app.law
    found = findings(dossier, ground.now, law, beside)
    if dossier.finished is not None or beside is not NOTHING_KNOWN:
        found += discrepancies(dossier, law, beside)
    day = paused_when_due(dossier, beside)
    receiving, handling = dossier.receiving_agency, dossier.handling_agency
    stands = _stands(found, handling or receiving) if found else (handling or receiving, *_UNSAID)
    # By place, in the order of the columns: by name it takes ten times as long, and a year has a million.
    return NowRow._make((
        known.number,
        known.version,
        ground.basis,
        not beside.others or _leads(dossier, beside, ground),
        to_ms(dossier.as_of),
        phase_of(dossier) is not Phase.ENDED,
        receiving,
        handling,
        *stands,
        None if day is None else to_ms(at(day)),
    ))  # fmt: skip


def _stands(found: Collection[Finding], named: str) -> tuple[str | int | None, ...]:
    """The columns that say what was found, from `agency` to `next_change_at`; `named` has the turn without a clock."""
    reception, result = _of(FindingKind.RECEPTION, found), _of(FindingKind.RESULT, found)
    current = reception if reception and reception.standing is not Standing.LATE_DONE else result
    noted = dict.fromkeys(f.kind for f in found if f.standing is Standing.NOTED)
    return (
        current.agency if current else named,
        (current.standing if current else Standing.NOTED if noted else Standing.RUNNING).value,
        _begin(current.due) if current else None,
        *_clock(reception),
        *_clock(result),
        _day_only(reception) | _day_only(result) << 1,
        " ".join(noted),
        _owing_from(found),
        min((to_ms(f.next_change_at) for f in found if f.next_change_at), default=None),
    )


def _clock(finding: Finding | None) -> tuple[str, str, int | None]:
    """Agency, standing and due of a clock, as the columns have it."""
    return (finding.agency, finding.standing.value, _begin(finding.due)) if finding else ("", "", None)


def moves_others(known: Known, row: NowRow, beside: Circumstances, law: Law) -> bool:
    """Whether other systems' words on a dossier may stand otherwise by this one: who leads, what differs.

    A first word beside one other that leads and agrees with it moves nothing, unless more is known of both.
    """
    if not beside.others:
        return False
    more = len(beside.others) > 1 or beside.steps or beside.apologies or beside.pauses
    return bool(more) or not known.first or row.lead or not agree(known.dossier, beside.others[0], law)


def _leads(dossier: Dossier, beside: Circumstances, ground: Ground) -> bool:
    words = sorted((dossier, *beside.others), key=lambda one: (one.first_seen, one.source, one.code))
    order = {key: place for place, key in enumerate(ground.app.register.sources)}
    return lead_of(words, order, ground.stale) is dossier


def _of(kind: FindingKind, found: Iterable[Finding]) -> Finding | None:
    return next((finding for finding in found if finding.kind is kind), None)


def _begin(due: Stamp | None) -> int | None:
    if due is None:
        return None
    return to_ms(due if isinstance(due, datetime) else at(due))


def _day_only(finding: Finding | None) -> int:
    return int(finding is not None and finding.due is not None and not isinstance(finding.due, datetime))


def _owing_from(found: Collection[Finding]) -> int | None:
    """The earliest due of a clock that a ladder is climbed for; the beginning of time where nobody answers for it."""
    if not found:
        return None
    if unassigned(found):
        return 0
    clocks = (clock(kind, found) for kind in (SubjectKind.RECEPTION, SubjectKind.RESULT))
    return min((due for one in clocks if one and (due := _begin(one.due)) is not None), default=None)


_UNSAID = _stands((), "")[1:]
"""The same columns but `agency` where nothing was found, as of most; worked out by the same rule, once."""
