"""The page behind the link in a letter, on which its readers say that they have it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import structlog
from fastapi.responses import RedirectResponse, Response

from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.core.agency import Post
from monitor.reports.link import (
    ACKNOWLEDGE,
    LetterPass,
    LinkExpired,
    LinkKeyUnusable,
    LinkUnknown,
    letter_allowed_by,
    link_key,
)
from monitor.store import LetterRow, acknowledgements, letters, reading, writing
from monitor.web.forms import FORM_HEADERS, Form
from monitor.web.frame import Frame

log = structlog.get_logger()

PATH = f"{ACKNOWLEDGE}/{{token}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A letter behind its link, and those of its readers who are still in the register."""

    token: str
    allowed: LetterPass
    letter: LetterRow
    posts: tuple[Post, ...]


class AcknowledgePages:
    """A GET writes nothing and proves nothing, since mail scanners open every link; a pressed button is the word of
    the post on it, and pressed again it changes nothing.

    The link is all the form needs: no ticket is given out, so that a page left open for days still works.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def show(self, token: str, *, ghi: str = "") -> Response:
        """The letter, and a button for each post that reads it; `ghi` is the post whose button was just pressed."""
        opened = self._opened(token)
        return opened if isinstance(opened, Response) else self._page(opened, pressed=ghi)

    def acknowledge(self, token: str, form: Form) -> Response:
        """Write down that the post on the button has the letter."""
        opened = self._opened(token)
        if isinstance(opened, Response):
            return opened
        post = next((one for one in opened.posts if one.key == form.get("chuc_danh")), None)
        if post is None:
            return self._page(opened, status=422)
        one = Acknowledgement(
            letter=opened.letter.id, person=post.key, road=Known.LINK, at=self._frame.now(), by=post.title
        )
        with writing(self._frame.engine) as db:
            first = acknowledgements.add_all(db, one)
        log.info("letter.acknowledged", letter=one.letter, post=post.key, first=first)
        return RedirectResponse(f"{_path(token)}?ghi={quote(post.key, safe='')}#main", 303)

    def _opened(self, token: str) -> _Opened | Response:
        """What the link opens; a page that says why it opens nothing."""
        frame = self._frame
        try:
            allowed = letter_allowed_by(link_key(frame.settings.var_dir), token, frame.now())
        except LinkExpired as over:
            return self._closed("expired", 410, over.args[0])
        except LinkUnknown:
            return self._closed("unknown", 404)
        except LinkKeyUnusable as error:
            log.error("link.no_key", why=str(error))
            return self._closed("no_key", 503)
        with reading(frame.engine) as db:
            number = letters.known_as(db, allowed.letter)
            letter = letters.get(db, number) if number is not None else None
        known = frame.register.posts
        posts = tuple(known[key] for key in allowed.posts if key in known)
        if letter is None or not posts:
            return self._closed("gone", 410, allowed)
        return _Opened(token=token, allowed=allowed, letter=letter, posts=posts)

    def _closed(self, why: str, status: int, allowed: LetterPass | None = None) -> Response:
        return self._frame.page("explain_closed", None, status, why=why, allowed=allowed, purpose="acknowledge")

    def _page(self, opened: _Opened, *, status: int = 200, pressed: str = "") -> Response:
        with reading(self._frame.engine) as db:
            known = acknowledgements.of(db, [opened.letter.id]).get(opened.letter.id, ())
        page = self._frame.page(
            "acknowledge",
            None,
            status,
            letter=opened.letter,
            posts=opened.posts,
            known={one.person: one for one in known},
            allowed=opened.allowed,
            action=_path(opened.token),
            pressed=pressed,
            refused=status != 200,
        )
        page.headers.update(FORM_HEADERS)
        return page


def _path(token: str) -> str:
    return f"{ACKNOWLEDGE}/{quote(token, safe='')}"
