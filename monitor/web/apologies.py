"""The page behind a personal link with the drafts of an agency's apologies; it shows, and writes nothing."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from monitor.core.law import RuleUnknown
from monitor.reports.apologies_due import Due, apologies_due
from monitor.reports.apology_draft import ApologyDraft, apology_draft
from monitor.reports.drafts import DOCX
from monitor.reports.explaining import answered_for
from monitor.reports.link import APOLOGIES, Pass
from monitor.reports.official.apart import filled_apart
from monitor.store import reading
from monitor.web.frame import Frame
from monitor.web.linked import Linked

log = structlog.get_logger()

PATH = f"{APOLOGIES}/{{token}}"
SHOWN = 300
"""So many dossiers stand on the page, the earliest cut-off first."""


class ApologyPages:
    """Whoever holds the link gets the drafts of its agency alone, until its time is over."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._linked = frame, Linked(frame, "apology")

    def show(self, token: str) -> Response:
        """Which dossiers may need an apology, by when, and a draft of each."""
        allowed = self._linked.allowed(token)
        if not isinstance(allowed, Pass):
            return allowed
        frame, every = self._frame, self._due(allowed)
        return frame.page(
            "apologies",
            None,
            agency=frame.register.agency_name(allowed.agency),
            post=frame.register.posts[allowed.post],
            allowed=allowed,
            due=[(one, _address(token, one)) for one in every[:SHOWN]],
            more=max(0, len(every) - SHOWN),
        )

    def draft(self, token: str, number: int) -> Response:
        """One draft for Word; 404 for a dossier that is not the agency's or needs none, 503 where none can be made."""
        allowed = self._linked.allowed(token)
        if not isinstance(allowed, Pass):
            return allowed
        found = [one for one in self._due(allowed) if one.dossier.matter == number]
        if not found:
            raise HTTPException(404)
        draft = self._drafted(found[0])
        (word,) = filled_apart([draft.sheet])
        if isinstance(word, str):
            log.error("apology.no_draft", code=found[0].dossier.code, why=word)
            raise HTTPException(503)
        disposition = f"attachment; filename*=UTF-8''{quote(draft.name)}"
        return Response(word, media_type=DOCX, headers={"Content-Disposition": disposition})

    def _due(self, allowed: Pass) -> tuple[Due, ...]:
        frame = self._frame
        mine = answered_for(frame.register, allowed.agency)
        with reading(frame.engine) as db:
            return apologies_due(db, frame.register, frame.law, frame.now(), mine)

    def _drafted(self, due: Due) -> ApologyDraft:
        frame = self._frame
        try:
            return apology_draft(
                frame.register,
                frame.law,
                due.dossier,
                now=frame.now(),
                known=due.known,
                var_dir=frame.settings.var_dir,
            )
        except RuleUnknown as error:
            raise HTTPException(503) from error


def _address(token: str, one: Due) -> str:
    return f"{APOLOGIES}/{quote(token, safe='')}/{one.dossier.matter}"
