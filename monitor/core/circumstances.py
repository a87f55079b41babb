"""What is known beside a dossier's latest word: how it came to it, what other systems say, what people recorded."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.apology import Apology
from monitor.core.dossier import Dossier
from monitor.core.pause import ApprovedPause
from monitor.core.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All of it, of one dossier; empty where nothing is known.

    `history` is what the same source said before, the oldest first, its latest word not among it. `others` are the
    latest words of other systems on the same dossier. `steps` are in the order of their moments; `apologies` and
    `pauses` as they were recorded.
    """

    history: tuple[Dossier, ...] = ()
    others: tuple[Dossier, ...] = ()
    steps: tuple[Step, ...] = ()
    apologies: tuple[Apology, ...] = ()
    pauses: tuple[ApprovedPause, ...] = ()


NOTHING_KNOWN = Circumstances()
