"""How a source's web API knows who asks: a name and password, a token, or a token fetched for the purpose."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Protocol

from monitor.core.place import ApiPlace, Auth
from monitor.sources.polling import Asked, NotFetched
from monitor.sources.web import Answer, Caller, Request, as_json, said_in

EARLY_S = 30.0
"""A token is renewed this long before it ends."""
_LONGEST_TOKEN_S = 86_400.0


class Access(Protocol):
    """What goes with each question."""

    def headers(self) -> Mapping[str, str]:
        """The headers that say who asks; raise NotFetched."""

    def renew(self) -> bool:
        """Forget what was refused; whether asking once more may help."""


class Fixed:
    """Headers that never change."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        """Always the same."""
        return self._headers

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class ClientCredentials:
    """A token by OAuth2 client credentials (RFC 6749, 4.4), kept until shortly before it ends."""

    def __init__(self, place: ApiPlace, asked: Asked, caller: Caller) -> None:
        self._place, self._asked, self._caller = place, asked, caller
        self._token, self._until = "", 0.0

    def headers(self) -> Mapping[str, str]:
        """The token, fetched where there is none or it is about to end."""
        if not self._token or self._asked.monotonic() >= self._until:
            self._fetch()
        return {self._place.auth_header: f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Fetch another one for the next question."""
        self._token = ""
        return True

    def _fetch(self) -> None:
        answer = self._asked_for(in_header=True)
        if answer.status in {400, 401}:  # not every server takes a client's name and secret in the header
            answer = self._asked_for(in_header=False)
        if answer.status != 200:
            said = said_in(_content(answer))
            raise NotFetched(
                f"máy cấp mã truy cập {answer.server} từ chối (HTTP {answer.status}){said}; kiểm tra client_id, "
                f"client_secret của [{self._asked.source}] trong SOURCE_SECRETS_FILE, token_scope trong sources.toml"
            )
        content = as_json(answer)
        token = content.get("access_token") if isinstance(content, dict) else None
        if not isinstance(token, str) or not token:
            raise NotFetched(f"máy cấp mã truy cập {answer.server} không trả access_token; kiểm tra token_url")
        self._token, self._until = token, self._asked.monotonic() + _life(content) - EARLY_S

    def _asked_for(self, *, in_header: bool) -> Answer:
        secrets = self._asked.secrets
        form = {"grant_type": "client_credentials"}
        if self._place.token_scope:
            form["scope"] = self._place.token_scope
        headers = basic(secrets["client_id"], secrets["client_secret"]) if in_header else {}
        if not in_header:
            form |= {"client_id": secrets["client_id"], "client_secret": secrets["client_secret"]}
        return self._caller.call(Request(method="POST", url=self._place.token_url, headers=headers, form=form))


def access_of(place: ApiPlace, asked: Asked, caller: Caller) -> Access:
    """How a place knows who asks."""
    match place.auth:
        case Auth.NONE:
            return Fixed({})
        case Auth.BASIC:
            return Fixed(basic(asked.secrets["username"], asked.secrets["password"]))
        case Auth.TOKEN:
            token = asked.secrets["token"]
            bare = place.auth_header.lower() == "authorization" and " " not in token
            return Fixed({place.auth_header: f"Bearer {token}" if bare else token})
        case Auth.OAUTH2:
            return ClientCredentials(place, asked, caller)


def basic(name: str, password: str) -> Mapping[str, str]:
    """The header of a name and a password."""
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def _content(answer: Answer) -> Any:
    try:
        return as_json(answer)
    except NotFetched:
        return None


def _life(content: Mapping[str, Any]) -> float:
    """For how many seconds a token may be used."""
    said = str(content.get("expires_in", ""))
    return min(float(said), _LONGEST_TOKEN_S) if said.isdecimal() else 300.0
