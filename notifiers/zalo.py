"""Zalo: messages of an Official Account to its followers, and ZBS template messages to telephone numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any

from monitor.core.message import Message
from notifiers import MaybeSent, NotSent, Receipt, Refused, Unreachable
from notifiers.posting import Road, post_form, post_json
from notifiers.sms import number_of
from notifiers.tokens import Tokens, TokenStore
from notifiers.wording import link_in, without_link

MESSAGE_URL = "https://openapi.zalo.me/v3.0/oa/message/cs"
TEMPLATE_URL = "https://business.openapi.zalo.me/message/template"
TOKEN_URL = "https://oauth.zaloapp.com/v4/oa/access_token"  # noqa: S105 - an address
LONGEST = 2000
"""Characters of one text message (error -210 beyond)."""
EXPIRED = frozenset({-216, -124, -220})
"""The access token is no longer good."""
SPARE_S = 120.0
"""An access token that is good for less is renewed first."""
REFRESH_LIVES_S = 90 * 86400.0
"""How long a refresh token is good where the answer does not say: about three months."""
RENEW_BELOW_S = 30 * 86400.0
_OURS = frozenset({-101, -102, -103, -104, -105, -106, -109, -115, -117, -125, -202, -205, -206, -209, -211, -224})
"""What is wrong with the application, the account, its money or its template, and so with every message."""
_BUSY = frozenset({-32, -100, -200})
"""Asked too often, or an error that Zalo itself does not know."""
_ICT = timezone(timedelta(hours=7))


class Account:
    """The account's tokens: a refresh token is good once, so its successor is kept before anything is done with it."""

    def __init__(self, settings: Mapping[str, str], road: Road, store: TokenStore) -> None:
        self._settings, self._road, self._store = settings, road, store

    def access(self, *, not_this: str = "") -> str:
        """A token that is good now, and another than one that was refused; raise NotSent where none is to be had."""
        kept = self._store.kept()
        if kept is not None and kept.access and kept.access != not_this and (kept.access_s or 0.0) > SPARE_S:
            return kept.access
        if not self._store.begin_refresh():
            raise Unreachable("đang đổi mã truy cập Zalo ở một tiến trình khác")
        renewed = None
        try:
            again = self._store.kept()
            if again is not None and again != kept and again.access != not_this and (again.access_s or 0.0) > SPARE_S:
                return again.access
            renewed = self._renewed(again.refresh if again else self._settings["refresh_token"])
            self._store.keep(renewed)
        finally:
            if renewed is None:
                self._store.end_refresh()
        return renewed.access

    def tend(self) -> None:
        """Take the first tokens up, and renew those that nobody used for long, before they die; as `access`."""
        kept = self._store.kept()
        if kept is None or (kept.refresh_s is not None and kept.refresh_s < RENEW_BELOW_S):
            self.access(not_this=kept.access if kept else "")

    def _renewed(self, refresh: str) -> Tokens:
        fields = {"refresh_token": refresh, "app_id": self._settings["app_id"], "grant_type": "refresh_token"}
        url = self._settings.get("token_url") or TOKEN_URL
        try:
            said = post_form(self._road, url, fields, {"secret_key": self._settings["secret_key"]}).json()
        except MaybeSent as error:  # the token may be used up; no message left, whatever became of it
            raise Unreachable(error.why) from error
        access, successor = said.get("access_token"), said.get("refresh_token")
        if not isinstance(access, str) or not isinstance(successor, str) or not access or not successor:
            words = f"{said.get('error', '')} {said.get('error_name') or said.get('message') or ''}".strip()
            raise Refused(
                f"Zalo không đổi mã truy cập: {words[:200]}; người quản trị Official Account cấp refresh_token mới"
            )
        return Tokens(
            access=access,
            refresh=successor,
            access_s=_number(said.get("expires_in"), 3600.0),
            refresh_s=_number(said.get("refresh_token_expires_in"), REFRESH_LIVES_S),
        )


class Zalo:
    """Text to a follower, by the user's number at this Official Account; a text that comes twice is seen twice."""

    resend_is_safe = False

    def __init__(self, settings: Mapping[str, str], road: Road, store: TokenStore) -> None:
        self._settings, self._road, self.account = settings, road, Account(settings, road, store)

    def send(self, message: Message) -> Receipt:
        """Hand a text over; Zalo takes it for those who have written to the account within the last days only."""
        if len(message.text) > LONGEST:
            raise NotSent(f"tin dài {len(message.text)} ký tự, quá {LONGEST} ký tự", permanent=True)
        content = {"recipient": {"user_id": message.to_address}, "message": {"text": message.text.strip()}}
        said = _asked(self.account, self._road, self._settings.get("url") or MESSAGE_URL, content)
        return Receipt(words=f"Zalo nhận (message_id {_of(said, 'message_id')})")


class Zbs:
    """A template that Zalo has approved, filled in, to a telephone number; each is paid for and seen.

    `parameters` of the settings says what fills it, e.g. "noi_dung=text, luc=time, lien_ket=link".
    """

    resend_is_safe = False

    def __init__(self, settings: Mapping[str, str], road: Road, store: TokenStore) -> None:
        self._settings, self._road, self.account = settings, road, Account(settings, road, store)

    def send(self, message: Message) -> Receipt:
        """Hand a message over to the telephone number in its address."""
        content = {
            "phone": f"84{number_of(message.to_address)[1:]}",
            "template_id": self._settings["template_id"],
            "template_data": filled(self._settings.get("parameters") or "noi_dung=text", message),
            "tracking_id": message.message_id.strip("<>").partition("@")[0],
        }
        said = _asked(self.account, self._road, self._settings.get("url") or TEMPLATE_URL, content)
        return Receipt(words=f"Zalo nhận (msg_id {_of(said, 'msg_id')})")


def filled(parameters: str, message: Message) -> dict[str, str]:
    """The template's own names, each with the part of the message that goes there; raise Refused for another part."""
    known = {
        "text": without_link(message.text),
        "subject": message.subject,
        "time": f"{message.date.astimezone(_ICT):%H:%M %d/%m/%Y}",
        "link": link_in(message.text),
    }
    pairs = [one.partition("=") for one in parameters.split(",") if one.strip()]
    strange = [part.strip() for _, _, part in pairs if part.strip() not in known]
    if strange:
        raise Refused(f"mẫu ZBS: không có phần “{strange[0]}”; chọn trong: {', '.join(known)}")
    return {name.strip(): known[part.strip()] for name, _, part in pairs}


def _asked(account: Account, road: Road, url: str, content: object) -> Mapping[str, Any]:
    """What Zalo says to a message; once more with a new token where it says that the token is old."""
    token = account.access()
    said = post_json(road, url, content, {"access_token": token}).json()
    if _error(said) in EXPIRED:
        token = account.access(not_this=token)
        said = post_json(road, url, content, {"access_token": token}).json()
    code = _error(said)
    if code:
        raise _refusal(code, str(said.get("message") or said.get("error_name") or ""))
    return said


def _error(said: Mapping[str, Any]) -> int:
    code = said.get("error")
    if isinstance(code, bool) or not isinstance(code, int):
        raise MaybeSent(f"Zalo trả lời không có mã lỗi: {str(dict(said))[:120]}")
    return code


def _refusal(code: int, said: str) -> NotSent:
    words = " ".join(f"Zalo không nhận: {code} {said}".split())[:300]
    if code in EXPIRED or code in _OURS:
        return Refused(words)
    return NotSent(words, permanent=code not in _BUSY)


def _of(said: Mapping[str, Any], name: str) -> str:
    data = said.get("data")
    return str(data.get(name, "")) if isinstance(data, dict) else ""


def _number(said: object, otherwise: float) -> float:
    """Seconds, which Zalo writes as text."""
    try:
        seconds = float(str(said))
    except ValueError:
        return otherwise
    return seconds if 0 < seconds < 10**9 else otherwise
