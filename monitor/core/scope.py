"""Which dossiers a complete list of a source must hold, so that a gap in it means something."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.dossier import Dossier
from monitor.core.period import day_of
from monitor.core.source import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a source claims its full lists to be complete for; `agencies` are the scope's agency and all below it.

    What cannot be told of a dossier (its unit, its day, whether it came by the national portal) never puts it inside.
    """

    scope: Scope
    agencies: frozenset[str]

    def holds(self, dossier: Dossier) -> bool:
        """Whether a complete list without this dossier says anything; it never says that the dossier is finished."""
        return (
            not self.agencies.isdisjoint((dossier.receiving_agency, dossier.handling_agency))
            and self._on_its_day(dossier)
            and (not self.scope.procedures or dossier.procedure in self.scope.procedures)
            and (not self.scope.national_portal_only or dossier.from_national_portal is True)
        )

    def _on_its_day(self, dossier: Dossier) -> bool:
        since, until = self.scope.since, self.scope.until
        if since is None and until is None:
            return True
        stamp = dossier.filed if dossier.filed is not None else dossier.received
        if stamp is None:
            return False
        day = day_of(stamp)
        return (since is None or since <= day) and (until is None or day <= until)
