"""Closed sets of names that only rows carry."""

from __future__ import annotations

from enum import StrEnum


class LetterState(StrEnum):
    """Where a letter is on its way."""

    HELD = "held"  # written in a trial: readable here, never sent
    WAITING = "waiting"
    SENDING = "sending"  # a sender has it, until its lease ends
    UNCERTAIN = "uncertain"  # it may have arrived; the same bytes are sent again
    ACCEPTED = "accepted"
    BOUNCED = "bounced"  # a server took it, and a notice came back that it did not arrive
    DEAD = "dead"
    NO_ADDRESS = "no_address"
    REPLACED = "replaced"  # it stopped, and what it says goes out in a newer letter


class RunState(StrEnum):
    """What became of an appointed job's moment."""

    BEGUN = "begun"
    DONE = "done"


class EventKind(StrEnum):
    """What happened to the monitor itself."""

    STARTED = "started"
    STOPPED = "stopped"
    CLOCK_STEP = "clock_step"
    GO_LIVE = "go_live"
    RESTORED = "restored"
    SEAL_KEY = "seal_key"  # the day's heads are signed with another key than before
    HUNG = "hung"
    ASLEEP = "asleep"
    EVIDENCE_REMOVED = "evidence_removed"  # files that are kept no longer
    ERASED = "erased"  # a dossier, by a named person; its code is nowhere any more
    EXPIRED = "expired"  # rows and files that are kept no longer
    ALIAS = "alias"  # a named person said that two codes are one dossier
    CALENDAR = "calendar"  # a named person confirmed a change of the working calendar
    CALENDAR_DIFFERS = "calendar_differs"  # days that the library counts otherwise; none where it no longer does
    PEOPLE = "people"  # an absence, or its end
    ORDER = "order"  # a named person confirmed the duties of an official letter
    DUTY = "duty"  # a named person entered what was done about a duty
