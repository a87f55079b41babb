"""Personal links: who may answer for which agency, signed so that nobody else can make one, and dated."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe

from monitor.core.mistake import why
from monitor.core.period import from_ms, to_ms
from monitor.store.whole_file import write_once

VALID = timedelta(days=14)
"""How long a link opens its page."""
KEY_FILE = "khoa-lien-ket.key"
PAGE = "/giai-trinh"
"""Where the page lies on which a unit explains; its token follows."""
APOLOGIES = "/du-thao-xin-loi"
"""Where the page lies with the drafts of an agency's apologies; its token follows."""
CHANNEL = "/kenh"
"""Where gateways say what became of short messages."""
ACKNOWLEDGE = "/da-nhan"
"""Where the page lies on which a letter's readers say that they have it; its token follows."""
LETTER_VALID = timedelta(days=30)
"""How long that page takes it."""
_SALT = "tthc-monitor/giai-trinh"
_LETTER_SALT = "tthc-monitor/da-nhan"


class LinkUnknown(Exception):
    """No link of ours: altered, cut short, or signed by another machine."""


class LinkExpired(Exception):
    """A link of ours whose time is over; its one argument is the pass it was."""


class LinkKeyUnusable(Exception):
    """The key cannot be read or made; the text names the file and the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a link lets its bearer do: answer as a post of an agency, until a moment.

    `requests` are the numbers of what was asked; empty for everything open of the agency.
    """

    agency: str
    post: str
    until: datetime
    requests: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPass:
    """What the link in a letter lets its bearer do: say, as one of some posts, that they have it, until a moment.

    `letter` is the letter's Message-ID, since a link is written before the letter has a number.
    """

    letter: str
    posts: tuple[str, ...]
    until: datetime


def link_key(var_dir: Path) -> str:
    """The key that signs links, made once and readable to nobody else; raise LinkKeyUnusable."""
    path = var_dir / KEY_FILE
    mend = "kiểm tra quyền của tài khoản chạy chương trình ở thư mục ấy"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # another process was first: its key is the one
                write_once(path, [f"{token_urlsafe(48)}\n".encode()])
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        told = why(error) if isinstance(error, OSError) else "nội dung không đúng"
        raise LinkKeyUnusable(f"Không đọc hoặc không tạo được khóa đường dẫn {path}: {told}; {mend}") from error
    if len(key) < 32:
        raise LinkKeyUnusable(f"Tệp {path} không phải khóa đường dẫn dùng được: xóa tệp để chương trình tạo khóa mới")
    return key


def token(key: str, allowed: Pass) -> str:
    """The pass as it stands in an address."""
    from itsdangerous import URLSafeSerializer

    said = [allowed.agency, allowed.post, to_ms(allowed.until), list(allowed.requests)]
    made = URLSafeSerializer(key, salt=_SALT).dumps(said)
    return made if isinstance(made, str) else made.decode()


def allowed_by(key: str, said: str, now: datetime) -> Pass:
    """The pass behind a token; raise LinkUnknown or LinkExpired."""
    from itsdangerous import BadData, URLSafeSerializer

    try:
        agency, post, until, requests = URLSafeSerializer(key, salt=_SALT).loads(said)
        found = Pass(agency=str(agency), post=str(post), until=from_ms(int(until)), requests=tuple(map(int, requests)))
    except (BadData, ValueError, TypeError, OverflowError) as error:
        raise LinkUnknown from error
    if now >= found.until:
        raise LinkExpired(found)
    return found


def letter_token(key: str, allowed: LetterPass) -> str:
    """The pass as it stands in an address."""
    from itsdangerous import URLSafeSerializer

    said = [allowed.letter, to_ms(allowed.until), list(allowed.posts)]
    made = URLSafeSerializer(key, salt=_LETTER_SALT).dumps(said)
    return made if isinstance(made, str) else made.decode()


def letter_allowed_by(key: str, said: str, now: datetime) -> LetterPass:
    """The pass behind a token; raise LinkUnknown or LinkExpired."""
    from itsdangerous import BadData, URLSafeSerializer

    try:
        letter, until, posts = URLSafeSerializer(key, salt=_LETTER_SALT).loads(said)
        found = LetterPass(letter=str(letter), posts=tuple(map(str, posts)), until=from_ms(int(until)))
    except (BadData, ValueError, TypeError, OverflowError) as error:
        raise LinkUnknown from error
    if now >= found.until:
        raise LinkExpired(found)
    return found


def address(public_url: str, path: str, said: str) -> str:
    """The whole address of a page behind a token."""
    return f"{public_url.rstrip('/')}{path}/{said}"


def channel_token(key: str, channel: str) -> str:
    """What a gateway shows when it says what became of a message: nobody else knows it."""
    return hmac.new(key.encode(), f"{CHANNEL}/{channel}".encode(), hashlib.sha256).hexdigest()


def callback_address(public_url: str, key: str, channel: str) -> str:
    """Where the gateway of a channel says that."""
    return address(public_url, f"{CHANNEL}/{channel}", channel_token(key, channel))
