"""What a dossier's own words make of it: which clock may run, and whose duty it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from monitor.core.dossier import Channel, Dossier, Status
from monitor.core.period import Stamp, day_of


class Phase(StrEnum):
    """What the clocks make of a status."""

    WAITING = "waiting"  # to be received: the reception clock runs
    HANDLING = "handling"  # the result clock runs
    PAUSED = "paused"
    ENDED = "ended"
    UNKNOWN = "unknown"


PHASES: Mapping[str, Phase] = {
    Status.REGISTERED: Phase.WAITING,
    Status.RECEIVED: Phase.HANDLING,
    Status.NOT_RECEIVED: Phase.ENDED,
    Status.PROCESSING: Phase.HANDLING,
    Status.SUPPLEMENT: Phase.PAUSED,
    Status.FINANCIAL_DUTY: Phase.PAUSED,
    Status.WITHDRAWN: Phase.ENDED,
    Status.STOPPED: Phase.ENDED,
    Status.DONE: Phase.ENDED,
    Status.RETURNED: Phase.ENDED,
}


def phase_of(dossier: Dossier) -> Phase:
    """What its status makes of it; under a code nobody knows it has ended once the source gives an end."""
    return PHASES.get(dossier.status) or phase_by(dossier.status, has_end=ended(dossier) is not None)


def phase_by(status: str, *, has_end: bool) -> Phase:
    """The same of a status alone, and whether there is an end."""
    return PHASES.get(status) or (Phase.ENDED if has_end else Phase.UNKNOWN)


def is_online(dossier: Dossier) -> bool:
    """Whether the reception clock is its own: it was filed online.

    Where the source says no channel, it is online if it came from the national portal, or while it still waits to be
    received: at a counter filing and reception are one. Once received it is given the benefit of the doubt.
    """
    if dossier.channel:
        return dossier.channel == Channel.ONLINE
    return dossier.from_national_portal is True or (dossier.status == Status.REGISTERED and dossier.received is None)


def receiving_agency(dossier: Dossier) -> str:
    """Whose duty reception is; the handling agency's only where the source prints no receiving unit."""
    return dossier.receiving_agency or ("" if dossier.receiving_unit else dossier.handling_agency)


def handling_agency(dossier: Dossier) -> str:
    """Whose duty the result is; the receiving agency's only where the source prints no handling unit."""
    return dossier.handling_agency or ("" if dossier.handling_unit else dossier.receiving_agency)


def receiving_unit(dossier: Dossier) -> str:
    """The unit printed for reception, or else the only one printed."""
    return dossier.receiving_unit or dossier.handling_unit


def handling_unit(dossier: Dossier) -> str:
    """The unit printed for handling, or else the only one printed."""
    return dossier.handling_unit or dossier.receiving_unit


def begun(dossier: Dossier) -> Stamp | None:
    """When handling began as far as the source tells: its reception, or else its filing."""
    return dossier.received if dossier.received is not None else dossier.filed


def ended(dossier: Dossier) -> Stamp | None:
    """The end that its appointment is compared with: when it was finished, or else when the result was returned."""
    return dossier.finished if dossier.finished is not None else dossier.returned


def refused(dossier: Dossier) -> Stamp | None:
    """When it was refused; None where it was not, or not by the day on which its source told of it."""
    stamp = dossier.refused
    if stamp is None or (dossier.told is not None and day_of(stamp) > day_of(dossier.told)):
        return None
    return stamp
