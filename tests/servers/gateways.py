"""Gateways on 127.0.0.1 that behave like the real ones, errors included: eSMS; Zalo and its tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.servers.api import Got, Say

_SMS_ERRORS = {
    "101": "Authorize Failed",
    "103": "Balance not enough to send message",
    "108": "Phone number is not in correct format",
    "146": "Template CSKH not register",
}


@dataclass
class Esms:
    """The brand-name gateway: knows its account, its templates, what it has taken, and what came a moment ago."""

    money: int = 10
    templates: tuple[str, ...] = ("Giam sat TTHC: ",)
    now: datetime = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    taken: list[dict[str, str]] = field(default_factory=list)
    hang_after: bool = False
    _known: set[str] = field(default_factory=set)
    _last: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def __call__(self, got: Got) -> Say:
        """One request, by the rules of their documentation."""
        asked = got.content
        code = self._code(asked)
        if code != "100":
            return Say(content={"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": _SMS_ERRORS.get(code, "")})
        self._known.add(asked["RequestId"])
        self._last[asked["Phone"], asked["Content"]] = self.now
        self.taken.append(asked)
        self.money -= 1
        if self.hang_after:
            return Say(content={}, cut=0)
        return Say(content={"CodeResult": "100", "CountRegenerate": 0, "SMSID": f"sms-{len(self.taken)}"})

    def _code(self, asked: dict[str, str]) -> str:
        if (asked["ApiKey"], asked["SecretKey"]) != ("khoa", "mat"):
            return "101"
        if asked["RequestId"] in self._known:
            return "124"
        if not (asked["Phone"].startswith("09") and len(asked["Phone"]) == 10):
            return "108"
        if not asked["Content"].startswith(self.templates):
            return "146"
        before = self._last.get((asked["Phone"], asked["Content"]))
        if before is not None and self.now - before < timedelta(minutes=5):
            return "119"
        return "100" if self.money > 0 else "103"


@dataclass
class ZaloServer:
    """The Official Account: an access token that ages, a refresh token that is good once, and what was sent."""

    access: str = "A0"
    refresh: str = "R0"
    texts: list[tuple[str, str]] = field(default_factory=list)
    templates: list[dict[str, object]] = field(default_factory=list)
    refreshed: int = 0
    used: list[str] = field(default_factory=list)
    answers: list[Say] = field(default_factory=list)
    expires_in: str = "90000"

    def __call__(self, got: Got) -> Say:
        """One request to whichever of the three addresses."""
        if got.path.endswith("access_token"):
            return self._renewed(got)
        if got.headers.get("access_token") != self.access:
            return Say(content={"error": -216, "message": "Access token has expired"})
        if self.answers:
            return self.answers.pop(0)
        return self._text(got.content) if got.path.endswith("/cs") else self._template(got.content)

    def _renewed(self, got: Got) -> Say:
        form = got.content
        self.used.append(form["refresh_token"])
        if got.headers.get("secret_key") != "mat" or form["app_id"] != "1" or form["refresh_token"] != self.refresh:
            return Say(content={"error_name": "Invalid refresh token", "error": -14014, "error_reason": "…"})
        self.refreshed += 1
        self.access, self.refresh = f"A{self.refreshed}", f"R{self.refreshed}"
        return Say(content={"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in})

    def _text(self, content: dict[str, dict[str, str]]) -> Say:
        text = content["message"]["text"]
        if len(text) > 2000:
            return Say(content={"error": -210, "message": "Parameter exceeds limit"})
        if content["recipient"]["user_id"] == "99999":
            return Say(content={"error": -213, "message": "User has not followed OA"})
        self.texts.append((content["recipient"]["user_id"], text))
        return Say(content={"error": 0, "message": "Success", "data": {"message_id": f"m{len(self.texts)}"}})

    def _template(self, content: dict[str, object]) -> Say:
        if content["template_id"] != "77":
            return Say(content={"error": -109, "message": "Template ID invalid"})
        self.templates.append(content)
        return Say(content={"error": 0, "message": "Success", "data": {"msg_id": f"z{len(self.templates)}"}})
