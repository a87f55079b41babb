"""Other ways than mail, each to a server on loopback that behaves like the real one, errors included."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.core.message import Message, Urgency
from monitor.setting_values import CHANNELS as NAMES
from notifiers import MaybeSent, Notifier, NotSent, Refused, Unreachable
from notifiers.channels import CHANNELS, Means
from notifiers.plain import parts, unaccented
from notifiers.posting import Road
from notifiers.teams import card
from notifiers.tokens import Tokens
from notifiers.webhook import signature
from notifiers.zalo import Zalo
from tests.servers.api import Answers, Api, Got, Say, Speak, speaking
from tests.servers.gateways import Esms, ZaloServer

TEXT = "Giám sát TTHC: hồ sơ H56.02-260226-0007: quá hạn 2 ngày làm việc. Hẹn trả 10:00 23/11/2026. https://giamsat.vn"
MESSAGE = Message(
    key="mot",
    message_id="<0123456789abcdef0123456789abcdef@demo.invalid>",
    date=datetime(2026, 11, 25, 0, 30, tzinfo=UTC),
    sender="Giám sát <giam-sat@demo.invalid>",
    to_address="0912345678",
    to_names=("Giám đốc Sở Công Thương",),
    subject="Hồ sơ H56.02-260226-0007",
    text=TEXT,
    urgency=Urgency.NOW,
)
SMS = {"api_key": "khoa", "secret_key": "mat", "brandname": "TTHC"}
ZALO = {"app_id": "1", "secret_key": "mat", "refresh_token": "R0", "template_id": "77"}


@dataclass
class InMemory:
    """Tokens kept as the database keeps them, for one process."""

    tokens: Tokens | None = None
    busy: bool = False
    kept_before_use: list[str] = field(default_factory=list)

    def kept(self) -> Tokens | None:
        return self.tokens

    def begin_refresh(self) -> bool:
        taken, self.busy = not self.busy, True
        return taken

    def keep(self, tokens: Tokens) -> None:
        self.tokens, self.busy = tokens, False
        self.kept_before_use.append(tokens.access)

    def end_refresh(self) -> None:
        self.busy = False


@pytest.fixture
def speak() -> Iterator[Speak]:
    with speaking() as start:
        yield start


def made(name: str, settings: dict[str, str], *, store: InMemory | None = None, deadline_s: float = 20.0) -> Notifier:
    road = Road(ca_file="/etc/ssl/certs/ca-certificates.crt", deadline_s=deadline_s)
    return CHANNELS[name].make(
        Means(settings=settings, road=road, tokens=store or InMemory(), callback_url="https://c")
    )


def sms(api: Api, **settings: str) -> Notifier:
    return made("sms", {**SMS, "url": api.url, **settings})


def zalo(api: Api, store: InMemory, name: str = "zalo") -> Notifier:
    return made(name, {**ZALO, "url": f"{api.url}/cs", "token_url": f"{api.url}/access_token"}, store=store)


def test_every_name_of_the_setting_is_a_channel_and_says_whether_resending_is_safe() -> None:
    assert tuple(CHANNELS) == NAMES
    every = {**SMS, **ZALO, "url": "https://x", "secret": "s"}
    safe = {name: made(name, every).resend_is_safe for name in CHANNELS}
    assert safe == {"sms": True, "zalo": False, "zbs": False, "teams": False, "webhook": True, "apprise": False}
    for channel in CHANNELS.values():
        name, _, address = channel.example.partition(":")
        assert CHANNELS[name] is channel
        assert channel.address.fullmatch(address)


def test_a_short_message_goes_without_accents_and_accepted_is_not_delivered(speak: Speak) -> None:
    gateway = Esms()
    receipt = sms(speak(gateway)).send(MESSAGE)
    assert "eSMS nhận, 1 phần, chờ báo tới máy (SMSID sms-1)" in receipt.words
    (asked,) = gateway.taken
    assert asked["Content"] == unaccented(TEXT)
    assert asked["Content"].isascii()
    assert asked["Content"].startswith("Giam sat TTHC: ho so H56.02-260226-0007: qua han 2 ngay lam viec.")
    assert (asked["Phone"], asked["IsUnicode"], asked["SmsType"]) == ("0912345678", "0", "2")
    assert asked["RequestId"] == "0123456789abcdef0123456789abcdef"
    assert asked["CallbackUrl"] == "https://c"


def test_a_message_that_was_taken_before_the_line_broke_is_taken_once(speak: Speak) -> None:
    gateway = Esms(hang_after=True)
    channel = sms(speak(gateway))
    with pytest.raises(MaybeSent):
        channel.send(MESSAGE)
    gateway.hang_after = False
    assert "đã nhận từ lần gửi trước (124)" in channel.send(MESSAGE).words
    assert len(gateway.taken) == 1


@pytest.mark.parametrize(
    ("changes", "settings", "error", "words"),
    [
        ({}, {"api_key": "sai"}, Refused, "101 sai ApiKey"),
        ({"to_address": "0812345678"}, {}, NotSent, "108 số điện thoại"),
        ({"text": "Chao anh"}, {}, Refused, "146 nội dung chưa khớp mẫu"),
        ({"to_address": "không số"}, {}, NotSent, "không phải số điện thoại"),
        ({"text": "Giám sát TTHC: " + "a" * 460}, {}, NotSent, "4 phần"),
    ],
    ids=["wrong key", "bad number", "template", "no number", "long"],
)
def test_what_the_gateway_will_never_take_is_said_at_once(
    speak: Speak, changes: dict[str, Any], settings: dict[str, str], error: type[NotSent], words: str
) -> None:
    with pytest.raises(error, match=words) as refused:
        sms(speak(Esms()), **settings).send(replace(MESSAGE, **changes))
    assert refused.value.permanent
    assert type(refused.value) is error


def test_without_money_the_account_is_refused_and_the_same_words_within_five_minutes_wait(speak: Speak) -> None:
    gateway = Esms(money=1)
    channel = sms(speak(gateway))
    channel.send(MESSAGE)
    other = replace(MESSAGE, message_id="<ff@demo.invalid>")
    with pytest.raises(NotSent, match="119") as refused:
        channel.send(other)
    assert not refused.value.permanent
    with pytest.raises(Refused, match="103 tài khoản hết tiền"):
        channel.send(replace(other, to_address="+84 987 654 321"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(
            (letter * many, count)
            for letter, many, count in (("a", 160, 1), ("a", 161, 2), ("a", 306, 2), ("a", 307, 3))
        ),
        *((letter * many, count) for letter, many, count in (("[", 80, 1), ("[", 81, 2), ("ạ", 70, 1), ("ạ", 71, 2))),
    ],
    ids=str,
)
def test_parts_are_counted_as_they_are_paid_for(text: str, count: int) -> None:
    assert parts(text) == count


def test_letters_lose_their_accents_and_nothing_else_is_left_that_costs_more() -> None:
    assert unaccented("Đề nghị “gửi” – trước 10h… ½ ☎ Ỷ ữ đ") == 'De nghi "gui" - truoc 10h... 12  Y u d'


def test_a_text_goes_to_a_follower_with_a_token_that_is_kept_before_it_is_used(speak: Speak) -> None:
    server, store = ZaloServer(), InMemory()
    api = speak(server)
    channel = zalo(api, store)
    message = replace(MESSAGE, to_address="1234567890")
    assert channel.send(message).words == "Zalo nhận (message_id m1)"
    channel.send(message)
    assert server.used == ["R0"]
    assert store.kept_before_use == ["A1"]
    assert server.texts == [("1234567890", TEXT)] * 2
    server.access = "thay"  # it expired sooner than it said
    assert channel.send(message).words == "Zalo nhận (message_id m3)"
    assert server.used == ["R0", "R1"]
    assert store.tokens is not None
    assert store.tokens.refresh == "R2"


def test_a_crash_between_renewal_and_use_loses_no_token(speak: Speak) -> None:
    class Dies(InMemory):
        def keep(self, tokens: Tokens) -> None:
            super().keep(tokens)
            raise KeyboardInterrupt

    server, store = ZaloServer(), Dies()
    api = speak(server)
    with pytest.raises(KeyboardInterrupt):
        zalo(api, store).send(replace(MESSAGE, to_address="1234567890"))
    assert server.texts == []
    again = InMemory(tokens=store.tokens)
    zalo(api, again).send(replace(MESSAGE, to_address="1234567890"))
    assert server.used == ["R0"]
    assert len(server.texts) == 1


def test_tokens_are_taken_up_at_once_and_renewed_before_they_die_unused(speak: Speak) -> None:
    server, store = ZaloServer(), InMemory()
    channel = zalo(speak(server), store)
    assert isinstance(channel, Zalo)
    for _ in range(2):
        channel.account.tend()
    assert server.used == ["R0"]
    assert store.tokens is not None
    store.tokens = replace(store.tokens, refresh_s=29 * 86400.0)
    channel.account.tend()
    assert server.used == ["R0", "R1"]
    assert server.texts == []


def test_only_one_process_renews_and_the_others_wait(speak: Speak) -> None:
    server, store = ZaloServer(), InMemory(busy=True)
    with pytest.raises(Unreachable, match="tiến trình khác"):
        zalo(speak(server), store).send(MESSAGE)
    assert server.used == []
    assert store.busy


def test_a_refused_refresh_token_needs_a_person(speak: Speak) -> None:
    server, store = ZaloServer(refresh="khac"), InMemory()
    with pytest.raises(Refused, match=r"Invalid refresh token.*refresh_token mới"):
        zalo(speak(server), store).send(MESSAGE)
    assert not store.busy
    assert store.tokens is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"to_address": "99999"}, "-213 User has not followed"), ({"text": "a" * 2001}, "2001 ký tự")],
    ids=["no follower", "too long"],
)
def test_what_one_follower_cannot_be_sent_is_that_ones_trouble(
    speak: Speak, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(NotSent, match=words) as refused:
        zalo(speak(ZaloServer()), InMemory()).send(replace(MESSAGE, **changes))
    assert refused.value.permanent
    assert not isinstance(refused.value, Refused)


def test_a_template_is_filled_as_the_office_has_it_approved(speak: Speak) -> None:
    server = ZaloServer()
    api = speak(server)
    settings = {**ZALO, "url": f"{api.url}/template", "token_url": f"{api.url}/access_token"}
    filled = settings | {"parameters": "noi_dung=text, luc=time, xem=link"}
    made("zbs", filled, store=InMemory()).send(MESSAGE)
    (sent,) = server.templates
    assert (sent["phone"], sent["tracking_id"]) == ("84912345678", "0123456789abcdef0123456789abcdef")
    assert sent["template_data"] == {
        "noi_dung": TEXT.removesuffix(" https://giamsat.vn"),
        "luc": "07:30 25/11/2026",
        "xem": "https://giamsat.vn",
    }
    store = InMemory(tokens=Tokens(access=server.access, refresh=server.refresh, access_s=9000.0))
    for strange in ({"template_id": "1"}, {"parameters": "ten=applicant"}):
        with pytest.raises(Refused):
            made("zbs", settings | strange, store=store).send(MESSAGE)


def test_a_card_carries_words_as_they_stand_and_a_button(speak: Speak) -> None:
    got: list[Any] = []
    api = speak(lambda one: got.append(one.content) or Say(raw=b"", status=202))
    channel = made("teams", {"van-phong": f"{api.url}/hook?sig=bi-mat"})
    message = replace(MESSAGE, to_address="van-phong", text="Có *sao* và [ngoặc] https://giamsat.vn/x")
    assert channel.send(message).words == "Teams nhận (HTTP 202)"
    content = got[0]["attachments"][0]["content"]
    assert content["body"][1]["text"] == r"Có \*sao\* và \[ngoặc\]"
    assert content["actions"] == [
        {"type": "Action.OpenUrl", "title": "Mở trang giám sát", "url": "https://giamsat.vn/x"}
    ]
    assert got[0] == card(message)
    with pytest.raises(NotSent, match="28672 byte") as big:
        channel.send(replace(message, text="ặ" * 10_000))
    assert big.value.permanent
    with pytest.raises(Refused, match="khong-co"):
        channel.send(replace(message, to_address="khong-co"))


def test_a_signed_message_can_be_checked_by_who_knows_the_secret(speak: Speak) -> None:
    got: list[Got] = []
    api = speak(lambda one: got.append(one) or Say(content={}))
    channel = made("webhook", {"url": f"{api.url}/tin", "secret": "bí mật"})
    for _ in range(2):
        channel.send(replace(MESSAGE, to_address="sct"))
    first, second = got
    assert first.body == second.body
    assert first.headers["x-tthc-id"] == second.headers["x-tthc-id"]
    assert first.headers["x-tthc-signature"] == signature("bí mật", first.headers["x-tthc-timestamp"], first.body)
    said = json.loads(first.body)
    assert (said["to"], said["urgency"], said["link"]) == ("sct", "now", "https://giamsat.vn")
    assert int(first.headers["x-tthc-timestamp"]) == int(MESSAGE.date.timestamp())


BUSY = {"Retry-After": "Wed, 25 Nov 2026 00:02:00 GMT", "Date": "Wed, 25 Nov 2026 00:00:00 GMT"}
HTML = b"<html><body>Dang nhap mang noi bo</body></html>"


@pytest.mark.parametrize(
    ("answer", "error", "after_s"),
    [
        (Say(status=429, headers={"Retry-After": "17"}), NotSent, 17.0),
        (Say(status=503, headers=BUSY), NotSent, 120.0),
        (Say(status=401), Refused, 0.0),
        (Say(status=404), Refused, 0.0),
        (Say(status=400), NotSent, 0.0),
        (Say(status=302, headers={"Location": "http://127.0.0.1:1/"}), Unreachable, 0.0),
        (Say(status=502), MaybeSent, 0.0),
        (Say(raw=HTML, headers={"Content-Type": "text/html"}), MaybeSent, 0.0),
        (Say(content=[1]), MaybeSent, 0.0),
        (Say(content={"a": 1}, cut=30), MaybeSent, 0.0),
        (Say(raw=b"x" * 400_000), MaybeSent, 0.0),
    ],
    ids=["throttled", "busy until", "key", "gone", "bad", "moved", "gateway", "html", "list", "cut", "endless"],
)  # fmt: skip
def test_an_answer_that_is_none_is_never_taken_for_a_receipt(
    speak: Speak, answer: Say, error: type[NotSent], after_s: float
) -> None:
    with pytest.raises(NotSent) as refused:
        sms(speak(lambda _: answer)).send(MESSAGE)
    assert type(refused.value) is error
    assert refused.value.after_s == after_s
    assert refused.value.permanent == (error is Refused or answer.status == 400)


def test_what_was_taken_and_not_answered_in_time_is_uncertain(speak: Speak) -> None:
    taken: list[Got] = []
    answers: Answers = lambda got: taken.append(got) or Say(content={"CodeResult": "100"}, drip_s=0.2)  # noqa: E731
    channel = made("sms", {**SMS, "url": speak(answers).url}, deadline_s=1.0)
    with pytest.raises(MaybeSent, match=r"127\.0\.0\.1: quá thời gian chờ"):
        channel.send(MESSAGE)
    assert len(taken) == 1


def test_nothing_left_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1: không kết nối được") as refused:
        made("webhook", {"url": f"http://127.0.0.1:{port}/bi-mat", "secret": "s"}).send(MESSAGE)
    assert "bi-mat" not in refused.value.why
    assert not refused.value.permanent


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # imported by Apprise
def test_other_services_go_through_apprise_and_telegram_does_not(speak: Speak) -> None:
    got: list[Any] = []
    api = speak(lambda one: got.append(one.content) or Say(content={}, status=200 if len(got) == 1 else 500))
    channel = made("apprise", {"truc": f"json://127.0.0.1:{api.port}/", "tg": "tgram://1:a/2", "sai": "khong-co://x"})
    message = replace(MESSAGE, to_address="truc")
    assert channel.send(message).words == "Apprise gửi qua “truc”"
    assert (got[0]["title"], got[0]["message"]) == (message.subject, TEXT)
    with pytest.raises(NotSent, match="không gửi được qua “truc”") as failed:
        channel.send(message)
    assert failed.value.permanent
    for name, words in (("tg", "Telegram"), ("sai", "không hiểu địa chỉ"), ("khac", "không có dịch vụ")):
        with pytest.raises(Refused, match=words):
            channel.send(replace(MESSAGE, to_address=name))
