"""Short messages under a brand name, by the gateway of eSMS: accepted is not delivered."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.core.message import Message
from notifiers import NotSent, Receipt, Refused
from notifiers.plain import parts, unaccented
from notifiers.posting import Road, post_json

URL = "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"
MOST_PARTS = 3
"""A text of more is a mistake: each is paid for."""
ACCEPTED, SENT_BEFORE = "100", "124"
_WORDS = {
    "99": "số điện thoại bị chặn",
    "101": "sai ApiKey hoặc SecretKey",
    "102": "tài khoản chưa có bảng giá",
    "103": "tài khoản hết tiền",
    "104": "tên thương hiệu (Brandname) không có hoặc đã bị hủy",
    "108": "số điện thoại không dùng được",
    "140": "địa chỉ IP của máy này chưa được eSMS cho phép",
    "146": "nội dung chưa khớp mẫu tin đã đăng ký với nhà mạng",
    "177": "tên thương hiệu chưa đăng ký với nhà mạng của số này",
}
_OURS = frozenset({"101", "102", "103", "104", "140", "146"})
"""What is wrong with our account or what was registered, and so with every message."""
_NEVER = frozenset({"99", "108", "177"})
_NUMBER = re.compile(r"(?:\+?84|0)(\d{9})")


def number_of(address: str) -> str:
    """A mobile number as the gateway takes it, "0912345678"; raise NotSent for what is none."""
    found = _NUMBER.fullmatch(re.sub(r"[ .-]", "", address))
    if not found:
        raise NotSent(f"“{address}” không phải số điện thoại di động", permanent=True)
    return f"0{found[1]}"


def request_id(message: Message) -> str:
    """What the gateway knows a message by, 32 characters of its Message-ID: a copy of it within a day is refused."""
    return message.message_id.strip("<>").partition("@")[0][:50]


class Sms:
    """The gateway. `callback_url` is where it is to say what became of a message; empty: nowhere.

    Sending again is safe for a day: the gateway refuses a request it knows (124).
    """

    resend_is_safe = True

    def __init__(self, settings: Mapping[str, str], road: Road, callback_url: str = "") -> None:
        self._settings, self._road, self._callback_url = settings, road, callback_url

    def send(self, message: Message) -> Receipt:
        """Hand a message over, without accents; the gateway having it says nothing of the telephone."""
        number, text = number_of(message.to_address), unaccented(message.text).strip()
        count = parts(text)
        if count > MOST_PARTS:
            raise NotSent(f"tin dài {count} phần, quá {MOST_PARTS} phần", permanent=True)
        said = post_json(self._road, self._settings.get("url") or URL, self._request(message, number, text)).json()
        code = str(said.get("CodeResult", ""))
        if code == ACCEPTED:
            return Receipt(words=f"eSMS nhận, {count} phần, chờ báo tới máy (SMSID {said.get('SMSID', '')})")
        if code == SENT_BEFORE:
            return Receipt(words=f"eSMS đã nhận từ lần gửi trước ({code}), chờ báo tới máy")
        raise _refusal(code, str(said.get("ErrorMessage") or ""))

    def _request(self, message: Message, number: str, text: str) -> dict[str, str]:
        settings = self._settings
        asked = {
            "ApiKey": settings["api_key"],
            "SecretKey": settings["secret_key"],
            "Brandname": settings["brandname"],
            "Phone": number,
            "Content": text,
            "SmsType": "2",
            "IsUnicode": "0",
            "Sandbox": settings.get("sandbox") or "0",
            "RequestId": request_id(message),
        }
        return asked | ({"CallbackUrl": self._callback_url} if self._callback_url else {})


def _refusal(code: str, said: str) -> NotSent:
    words = " ".join(f"eSMS không nhận: {code} {_WORDS.get(code, '')} {said}".split())[:300]
    if code in _OURS:
        return Refused(words)
    return NotSent(words, permanent=code in _NEVER)
