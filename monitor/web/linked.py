"""What a personal link opens: its pass, or a page that says why it opens nothing."""

from __future__ import annotations

import structlog
from fastapi.responses import Response

from monitor.reports.link import LinkExpired, LinkKeyUnusable, LinkUnknown, Pass, allowed_by, link_key
from monitor.store import access
from monitor.web.frame import Frame
from monitor.web.seen import seen

log = structlog.get_logger()


class Linked:
    """Asked before anything is shown or written; `purpose` is what the closed page speaks of."""

    def __init__(self, frame: Frame, purpose: str) -> None:
        self._frame, self._purpose = frame, purpose

    def allowed(self, token: str) -> Pass | Response:
        """What the link allows; a page that says why it opens nothing."""
        frame, now = self._frame, self._frame.now()
        try:
            allowed = allowed_by(link_key(frame.settings.var_dir), token, now)
        except LinkExpired as over:
            return self._closed("expired", 410, over.args[0])
        except LinkUnknown:
            return self._closed("unknown", 404)
        except LinkKeyUnusable as error:
            log.error("link.no_key", why=str(error))
            return self._closed("no_key", 503)
        post = frame.register.posts.get(allowed.post)
        if allowed.agency not in frame.register.agencies or post is None or post.agency != allowed.agency:
            return self._closed("gone", 410, allowed)
        seen(frame.engine, now, allowed.post, access.LINK, f"đường dẫn riêng ({self._purpose}): {allowed.agency}")
        return allowed

    def _closed(self, why: str, status: int, allowed: Pass | None = None) -> Response:
        return self._frame.page("explain_closed", None, status, why=why, allowed=allowed, purpose=self._purpose)
