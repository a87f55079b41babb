"""New appointments: the one that an apology gives, and those beyond what the law allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.deadline import after
from monitor.core.dossier import Dossier
from monitor.core.period import Stamp, day_of
from monitor.core.phase import Phase, phase_of

REAPPOINTMENT_RULE = "reappointments"


class Move(NamedTuple):
    """An appointment that one word of the source printed, and the next otherwise; both as printed.

    `supplemented`: papers were asked for or came in between, which moves an appointment by right.
    """

    old: Stamp
    new: Stamp
    told: datetime
    supplemented: bool

    @property
    def later(self) -> bool:
        """Whether it was put off."""
        return after(self.new, self.old)


def moves(dossier: Dossier, known: Circumstances, *, by_date: bool) -> Iterator[Move]:
    """How the source moved the appointment from one of its words to the next; within a day only where the hour counts.

    What is in time by the day is in time at each of its hours, so that another hour of it puts nothing off.
    """
    words = [one for one in (*known.history, dossier) if one.appointment is not None]
    for before, now in pairwise(words):
        old, new = before.appointment, now.appointment
        if old is None or new is None or (by_date and day_of(old) == day_of(new)):
            continue
        if after(new, old) or after(old, new):
            supplemented = phase_of(before) is Phase.PAUSED or before.supplements != now.supplements
            yield Move(old, new, now.as_of, supplemented)


class ApologyEffect(StrEnum):
    """What an apology makes of its dossier's clock."""

    MOVES = "moves"  # its new appointment holds, although the source prints the old one
    PRINTED = "printed"  # the source prints its new appointment
    LATE = "late"  # sent after the day of the appointment it puts off: what was late stays late
    BREACH = "breach"  # a new appointment beyond those that the law allows
    OTHER = "other"  # of an appointment that the source prints no more, or that another apology has put off


def effect(apology: Apology, dossier: Dossier, known: Circumstances) -> ApologyEffect:
    """Whether an apology's new appointment holds, and why not; `known` has the apology among the others."""
    printed = tuple(_printed(dossier, known))
    if any(day_of(one) == day_of(apology.new) for one in printed):
        return ApologyEffect.PRINTED
    if apology.breach:
        return ApologyEffect.BREACH
    holds = granted(dossier, known)
    if holds is not None and (holds.document, holds.dated) == (apology.document, apology.dated):
        return ApologyEffect.MOVES
    return ApologyEffect.LATE if apology.dated > day_of(apology.old) else ApologyEffect.OTHER


def granted(dossier: Dossier, known: Circumstances) -> Apology | None:
    """The apology whose new appointment holds although the source still prints the old one; None where there is none.

    Only the first that is no breach, sent no later than the day of the appointment it puts off: what was late already
    stays late. It may have been sent while another system led, which prints another hour of the same day.
    """
    printed = tuple(_printed(dossier, known))
    for one in known.apologies:
        if one.breach:
            continue
        same = any(not after(one.old, old) and not after(old, one.old) for old in printed)
        timely = one.dated <= day_of(one.old) and after(one.new, one.old)
        return one if same and timely else None
    return None


def _printed(dossier: Dossier, known: Circumstances) -> Iterator[Stamp]:
    """The appointment as its source prints it, and as other systems print the same day."""
    mine = dossier.appointment
    if mine is not None:
        yield mine
        beside = (one.appointment for one in known.others)
        yield from (stamp for stamp in beside if stamp is not None and day_of(stamp) == day_of(mine))


def put_off(dossier: Dossier, known: Circumstances, *, by_date: bool) -> frozenset[date]:
    """The days to which the result was put off, by apologies or by the source alone, each once.

    A supplement's new appointment is none.
    """
    by_apology = (day_of(one.new) for one in known.apologies)
    moved = moves(dossier, known, by_date=by_date)
    return frozenset((*by_apology, *(day_of(one.new) for one in moved if one.later and not one.supplemented)))
