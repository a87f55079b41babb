"""How much of a stretch was measured, and how: enough to hold a word against it, far cheaper than an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection, and_, case, func, or_, select

from monitor.core.look import Verdict
from monitor.core.period import Span, to_ms
from monitor.store.names import known
from monitor.store.tables import interruptions, looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`interrupted`: some target was found interrupted; `up`: what share of the stretch its looks vouch for, at most.

    Looks of one target vouch for the time to the next one, and no longer than they are valid; of several targets the
    least vouched for counts.
    """

    interrupted: bool
    up: Fraction


def looked(db: Connection, targets: Collection[str], window: Span) -> Looked:
    """What looks and interruptions of some targets say of a window."""
    length = to_ms(window.end) - to_ms(window.start)
    vouched = [_vouched(db, number, window) for number in known(db, targets).values()]
    complete = len(vouched) == len(targets) and length > 0
    return Looked(
        interrupted=_interrupted(db, targets, window),
        up=Fraction(min(vouched, default=0), length) if complete else Fraction(0),
    )


def _interrupted(db: Connection, targets: Collection[str], window: Span) -> bool:
    c = interruptions.c
    over = or_(c.first_good.is_(None) & c.closed_at.is_(None), c.first_good > window.start, c.last_bad >= window.start)
    which = and_(c.target.in_(list(targets)), c.first_bad < window.end, over)
    return db.execute(select(c.target).where(which).limit(1)).first() is not None


def _vouched(db: Connection, target: int, window: Span) -> int:
    """For how many milliseconds of a window the target's good looks speak."""
    start, end = to_ms(window.start), to_ms(window.end)
    following = func.lead(looks.c.at, 1, end).over(order_by=looks.c.at)
    each = (
        select(looks.c.verdict, looks.c.valid_for_ms.label("valid"), (following - looks.c.at).label("gap"))
        .where(looks.c.target_id == target, looks.c.at >= start, looks.c.at < end)
        .subquery()
    )
    spoken = func.sum(case((each.c.gap < each.c.valid, each.c.gap), else_=each.c.valid))
    total = db.execute(select(spoken).where(each.c.verdict == Verdict.UP.value)).scalar_one_or_none()
    return int(total or 0)
