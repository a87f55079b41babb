"""Every other way than mail, by its name in CHANNELS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notifiers import Notifier, sms, zalo
from notifiers.apprise import Apprise
from notifiers.posting import Road
from notifiers.sms import Sms
from notifiers.teams import Teams
from notifiers.tokens import TokenStore
from notifiers.webhook import Webhook
from notifiers.zalo import Zalo, Zbs


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a channel is made with: its table of the secrets file, the road out, its tokens, where it is answered."""

    settings: Mapping[str, str]
    road: Road
    tokens: TokenStore
    callback_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way. `wanted` and `known` are the names of its table; one with `hooks` has a table of names and addresses.

    `address` is what an address there looks like, `example` one for people; `servers` are the addresses that are asked
    where its table has none of that name; `at_once` is how many messages it is given in one go, five seconds apart;
    `plain`: its words go without accents. `account` is the table in which those who share an account have it.
    """

    make: Callable[[Means], Notifier]
    address: re.Pattern[str]
    example: str
    servers: Mapping[str, str] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    hooks: bool = False
    at_once: int = 10
    plain: bool = False
    account: str = ""


_MOBILE = re.compile(r"(?:\+?84|0)\d{9}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ZALO = ("app_id", "secret_key", "refresh_token")
ACCOUNTS: Mapping[str, tuple[str, ...]] = {"zalo": _ZALO}
"""What stands in the table of an account and belongs to every channel of it; and where its tokens are renewed."""

CHANNELS: Mapping[str, Channel] = {
    "sms": Channel(
        make=lambda means: Sms(means.settings, means.road, means.callback_url),
        address=_MOBILE,
        example="sms:0912345678",
        servers={"url": sms.URL},
        wanted=("api_key", "secret_key", "brandname"),
        known=("url", "sandbox"),
        plain=True,
    ),
    "zalo": Channel(
        make=lambda means: Zalo(means.settings, means.road, means.tokens),
        address=re.compile(r"\d{5,30}"),
        example="zalo:1234567890123456789",
        servers={"url": zalo.MESSAGE_URL, "token_url": zalo.TOKEN_URL},
        wanted=_ZALO,
        known=("url", "token_url"),
        account="zalo",
    ),
    "zbs": Channel(
        make=lambda means: Zbs(means.settings, means.road, means.tokens),
        address=_MOBILE,
        example="zbs:0912345678",
        servers={"url": zalo.TEMPLATE_URL, "token_url": zalo.TOKEN_URL},
        wanted=("template_id",),
        known=("parameters", "url"),
        account="zalo",
    ),
    "teams": Channel(
        make=lambda means: Teams(means.settings, means.road),
        address=_NAME,
        example="teams:van-phong",
        hooks=True,
        at_once=4,
    ),
    "webhook": Channel(
        make=lambda means: Webhook(means.settings, means.road),
        address=_NAME,
        example="webhook:so-cong-thuong",
        wanted=("url", "secret"),
    ),
    "apprise": Channel(
        make=lambda means: Apprise(means.settings, means.road),
        address=_NAME,
        example="apprise:truc-ban",
        hooks=True,
        at_once=4,
    ),
}
