"""Of several systems' words on one dossier, the one whose clocks count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from monitor.core.dossier import Dossier


def lead_of(words: Sequence[Dossier], order: Mapping[str, int], stale: Collection[str]) -> Dossier:
    """The lead among the latest words of all systems, in the order of their numbers; raise ValueError for none.

    It is that of the source declared first (`order`) among those whose figures are not `stale`; but one that gives no
    status, or no appointment, where another gives it, comes after that. All of them stale, they are compared as if none
    were. Nothing of it depends on the moment of asking, so that the lead does not change by itself.
    """
    told = any(one.status for one in words)
    appointed = any(one.appointment is not None for one in words)

    def rank(one: Dossier) -> tuple[bool, bool, int]:
        lacking = (told and not one.status) or (appointed and one.appointment is None)
        return one.source in stale, lacking, order.get(one.source, len(order))

    return min(words, key=rank)
