"""Other ways than mail: who is reached by them when, what may have arrived, and who mends what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import Engine

from jobs import channel_secrets, channel_trouble, channels, fallback, send, urgent
from jobs.again import again
from jobs.channel_account import LEASE, StoredTokens
from jobs.check import check
from jobs.clock import HandClock
from jobs.subjects import SEPARATOR
from monitor.core.interruption import Interruption
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.look import Cause
from monitor.core.message import Urgency
from monitor.core.period import to_ms
from monitor.reports.link import callback_address, link_key
from monitor.store import LetterRow, LetterState, interruptions, letters, reading, tellings, writing
from monitor.store.attempts import attempts, unsent_since
from monitor.web.app import create_app
from notifiers.tokens import Tokens
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.test_bounces import of_posts
from tests.monitor.web.site import served
from tests.servers.api import Answers, Say, Speak, speaking
from tests.servers.gateways import Esms, ZaloServer
from tests.servers.mail import HANG

Office = Any
HEAD, DEPUTY, FOCAL = (f"so-cong-thuong/{role}" for role in ("head", "deputy", "focal_point"))
CENTRE = "trung-tam-pvhcc/focal_point"
PUBLIC = "https://giamsat.thanhhoa.gov.vn"
SMS = '[sms]\napi_key = "khoa"\nsecret_key = "mat"\nbrandname = "TTHC"\n'
ZALO = '[zalo]\napp_id = "1"\nsecret_key = "mat"\nrefresh_token = "R0"\n'


@pytest.fixture
def speak() -> Iterator[Speak]:
    with speaking() as start:
        yield start


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """In earnest, at the week's work, with a head who has a telephone, and nobody else an address but a deputy."""
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 08:00"))
    sqlite_office.configured(public_url=PUBLIC)
    return sqlite_office


def on(office: Office, tables: str, names: str, *ways: str) -> None:
    """Switch channels on, with their keys, and give the head those ways."""
    file = Path(office.app.settings.var_dir) / "kenh.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(tables, "utf-8")
    file.chmod(0o600)
    office.configured(channels=names, channel_secrets_file=str(file))
    nobody = {"address": "", "fallbacks": (), "channels": ()}
    changes = {key: nobody for key in office.app.register.posts if key.startswith("so-cong-thuong/")}
    changes |= {HEAD: {"address": "giamdoc@sct.invalid", "channels": ways}, DEPUTY: {"address": "pho@sct.invalid"}}
    office.app = of_posts(office.app, changes)


def beat(office: Office, *names: str) -> None:
    for name in names:
        channels.job(name)(office.app, office.clock.now())


def fall(office: Office, **changes: Any) -> LetterRow:
    """A letter to the head that no server takes, and what went out in its place."""
    number = office.put("mot", state=LetterState.DEAD, to="giamdoc@sct.invalid", **changes)
    fallback.run(office.app, office.clock.now())
    newest: LetterRow = office.letters()[-1]
    assert newest.instead_of == number
    return newest


def told(office: Office, subject: SubjectKind, key: str, letter: int | None, *, urgency: Urgency) -> None:
    one = Telling(
        subject=subject, key=key, episode="", stage="late", nth=1, person=HEAD, live=True,
        made_at=office.clock.now(), urgency=urgency,
    )  # fmt: skip
    with writing(office.app.engine) as db:
        ids = tellings.add_once(db, [one])
        if letter is not None:
            tellings.attach(db, ids, letter)


def interrupted(office: Office) -> None:
    """A service is down, and its head is to be told at once."""
    service = office.app.register.services["2.001474"]
    target = service.required_targets()[0]
    began = office.clock.now() - timedelta(minutes=3)
    down = Interruption(
        service=service.code, target=target.key, last_good=None, first_bad=began, last_bad=began,
        first_good=None, cause=Cause.TIMEOUT, failed_looks=2,
    )  # fmt: skip
    with writing(office.app.engine) as db:
        interruptions.open_(db, down, office.clock.now())
    key = f"{target.key}{SEPARATOR}{to_ms(began)}"
    told(office, SubjectKind.INTERRUPTION, key, None, urgency=Urgency.NOW)


def test_without_the_setting_nothing_goes_any_other_way(office: Office) -> None:
    on(office, "", "", "sms:0912345678")
    interrupted(office)
    urgent.compose(office.app, office.clock.now())
    assert fall(office).to_address == "pho@sct.invalid"
    assert {row.channel for row in office.letters()} == {"mail"}


def test_what_no_address_takes_goes_to_the_persons_telephone_and_then_to_a_colleague(
    office: Office, speak: Speak
) -> None:
    gateway = Esms()
    on(office, f'{SMS}url = "{speak(gateway).url}"\n', "sms", "sms:0912345678")
    take_in(office.app, [row("H56.01-261116-0001", appointment="24/11/2026 17:00:00")], office.clock.now())
    number = office.put("mot", to="giamdoc@sct.invalid")
    told(office, SubjectKind.RESULT, f"mot-cua{SEPARATOR}H56.01-261116-0001", number, urgency=Urgency.SLOT)
    with writing(office.app.engine) as db:
        letters.claim(db, office.clock.now(), 1, 60)
        letters.dead(db, number, "550 không có người này")
    fallback.run(office.app, office.clock.now())
    (_, short) = office.letters()
    assert (short.channel, short.to_address, short.instead_of) == ("sms", "0912345678", number)
    assert short.way == "sms:0912345678"
    text = short.message.text
    assert text.startswith("Giam sat TTHC: ho so H56.01-261116-0001 (Thong bao hoat dong khuyen mai): qua han")
    assert text.endswith(f"Thu gui dong chi khong toi duoc hop thu. {PUBLIC}")
    assert text.isascii()
    assert len(text) <= 300
    with reading(office.app.engine) as db:
        assert tellings.people(db, short.id) == (HEAD,)
    send.run(office.app, office.clock.now())
    assert gateway.taken == [], "the mail's sender leaves it alone"
    beat(office, "sms", "zalo")
    assert office.letter(short.id).state is LetterState.ACCEPTED
    (asked,) = gateway.taken

    assert asked["CallbackUrl"] == callback_address(PUBLIC, link_key(office.app.settings.var_dir), "sms")
    path = urlsplit(asked["CallbackUrl"]).path

    app = create_app(
        office.app.engine, office.app.settings, office.app.register, lambda: office.app.law, office.clock.now
    )
    with served(app) as url:

        def says(address: str, **said: str) -> int:
            query = {"RequestId": asked["RequestId"], **said}
            return requests.get(f"{url.rstrip('/')}{address}", params=query, timeout=20).status_code

        assert says(f"{path[:-1]}x", SendStatus="5", SendFailed="1") == 404
        assert says(path, SendStatus="7", SendSuccess="0", SendFailed="0") == 200
        assert "chờ báo tới máy" in office.letter(short.id).last_why
        assert [says(path, SendStatus="5", SendSuccess="1", SendFailed="0") for _ in range(2)] == [200, 200]
        assert office.letter(short.id).last_why == "eSMS báo: đã tới máy"
        with reading(office.app.engine) as db:
            assert [one.what for one in attempts(db, short.id)] == [LetterState.ACCEPTED] * 2
        assert says(path, SendStatus="5", SendSuccess="0", SendFailed="1") == 200
        assert office.letter(short.id).state is LetterState.BOUNCED

    fallback.run(office.app, office.clock.now())
    last = office.letters()[-1]
    assert (last.channel, last.to_address, last.instead_of) == ("mail", "pho@sct.invalid", short.id)
    assert "giamdoc@sct.invalid" in last.message.text, "the colleague gets the mail's words"
    fallback.run(office.app, office.clock.now())
    assert len(office.letters()) == 3


def test_what_is_urgent_goes_all_ways_at_once_and_no_way_waits_for_another(office: Office, speak: Speak) -> None:
    esms, zalo = Esms(), ZaloServer()
    api = speak(zalo)
    tables = f'{SMS}url = "{speak(esms).url}"\n{ZALO}url = "{api.url}/cs"\ntoken_url = "{api.url}/access_token"\n'
    on(office, tables, "sms,zalo", "sms:0912345678", "zalo:1234567890")
    interrupted(office)
    urgent.compose(office.app, office.clock.now())
    urgent.compose(office.app, office.clock.now())
    mail, *short = office.letters()
    assert [(one.channel, one.to_address) for one in short] == [("sms", "0912345678"), ("zalo", "1234567890")]
    assert short[1].message.subject == "Dịch vụ công 2.001474 đang gián đoạn"
    assert "ĐANG GIÁN ĐOẠN từ 07:57 25/11/2026" in short[1].message.text
    office.server.answers = [HANG]
    send.drain(office.app, deadline_s=0.3)
    beat(office, "sms", "zalo")
    assert [office.letter(one.id).state for one in short] == [LetterState.ACCEPTED] * 2
    assert office.letter(mail.id).state is LetterState.UNCERTAIN
    assert len(esms.taken) == len(zalo.texts) == 1

    with writing(office.app.engine) as db:
        letters.claim(db, office.turn(minutes=5), 1, 60)
        letters.dead(db, mail.id, "550")
    fallback.run(office.app, office.clock.now())
    assert len(office.letters()) == 3, "who has the short one already gets no other"
    assert office.letter(short[0].id).instead_of == mail.id
    with reading(office.app.engine) as db:
        assert tellings.people(db, short[0].id) == (HEAD,)


@pytest.mark.parametrize("crash", [False, True], ids=["no answer", "killed"])
def test_what_may_have_arrived_is_not_repeated_where_that_would_be_seen(
    office: Office, speak: Speak, *, crash: bool
) -> None:
    got: list[Any] = []
    answers: Answers = lambda one: got.append(one) or Say(content={}, cut=0 if len(got) == 1 else None)  # noqa: E731
    on(office, f'[teams]\nphong = "{speak(answers).url}"\n', "teams", "teams:phong")
    short = fall(office)
    if crash:
        with writing(office.app.engine) as db:
            assert letters.claim(db, office.clock.now(), 4, 60, "teams", resend=False)
            letters.abandoned(db, office.clock.now())
    for _ in range(3):
        beat(office, "teams")
        office.turn(hours=1)
    assert office.letter(short.id).state is LetterState.UNCERTAIN
    assert len(got) == (0 if crash else 1)
    with reading(office.app.engine) as db:
        assert unsent_since(db) is None, "it is nobody's late letter"
    fallback.run(office.app, office.clock.now())
    assert len(office.letters()) == 2
    got.append(None)
    (newer,) = again(office.app, short.id, office.clock.now())
    assert newer.address == "teams:phong"
    beat(office, "teams")
    assert office.letter(newer.number).state is LetterState.ACCEPTED


def test_a_throttled_channel_is_left_alone_for_as_long_as_it_says(office: Office, speak: Speak) -> None:
    moods = [Say(status=429, headers={"Retry-After": "600"}), Say(status=202), Say(status=202)]
    on(office, f'[teams]\nphong = "{speak(lambda _: moods.pop(0)).url}"\n', "teams", "teams:phong")
    fall(office)
    office.put("hai", state=LetterState.DEAD, to="giamdoc@sct.invalid")
    fallback.run(office.app, office.clock.now())
    beat(office, "teams")
    office.turn(minutes=5)
    beat(office, "teams")
    assert len(moods) == 2
    office.turn(minutes=6)
    beat(office, "teams")
    assert moods == []
    assert [row.state for row in office.letters() if row.channel == "teams"] == [LetterState.ACCEPTED] * 2


def test_the_centre_is_told_once_of_a_channel_that_is_refused_and_the_next_way_is_tried(
    office: Office, speak: Speak
) -> None:
    zalo = ZaloServer(refresh="khac")
    api, gateway = speak(zalo), Esms(money=0)
    tables = f'{SMS}url = "{speak(gateway).url}"\n{ZALO}url = "{api.url}/cs"\ntoken_url = "{api.url}/access_token"\n'
    on(office, tables, "sms,zalo", "zalo:1234567890", "sms:0912345678")
    first = fall(office)
    beat(office, "zalo")
    assert office.letter(first.id).state is LetterState.DEAD
    fallback.run(office.app, office.clock.now())
    beat(office, "sms")
    second = office.letters()[-1]
    assert (second.channel, second.state) == ("sms", LetterState.DEAD)
    office.clock.turn_to(moment("25/11/2026 22:00"))
    channel_trouble.run(office.app, office.clock.now())
    assert [row for row in office.letters() if row.kind == "channel"] == [], "nobody is woken"
    office.clock.turn_to(moment("26/11/2026 07:30"))
    for _ in range(2):
        channel_trouble.run(office.app, office.clock.now())
    by_subject = {row.subject: row for row in office.letters() if row.kind == "channel"}
    assert set(by_subject) == {"Kênh tin Zalo không gửi được", "Kênh tin nhắn SMS không gửi được"}
    letter = by_subject["Kênh tin Zalo không gửi được"]
    assert letter.to_address == office.app.register.posts[CENTRE].address
    for words in ("Invalid refresh token", "cấp refresh_token mới", "từ 08:00 25/11/2026"):
        assert words in letter.message.text
        assert words in letter.message.html
    channels.in_trouble(office.app, "sms", "khóa sai", office.clock.now())
    channel_trouble.run(office.app, office.turn(minutes=1))
    assert len([row for row in office.letters() if row.kind == "channel"]) == 2, "of another trouble on another day"
    channels.in_trouble(office.app, "sms", "khóa sai", office.turn(days=1))
    channel_trouble.run(office.app, office.clock.now())
    assert len([row for row in office.letters() if row.kind == "channel"]) == 3
    zalo.refresh = "R9"
    file = Path(office.app.settings.channel_secrets_file)
    file.write_text(file.read_text("utf-8").replace("R0", "R9"), "utf-8")
    office.put("hai", state=LetterState.DEAD, to="giamdoc@sct.invalid")
    fallback.run(office.app, office.clock.now())
    beat(office, "zalo")
    assert len(zalo.texts) == 1
    channel_trouble.run(office.app, office.turn(days=80))
    assert "Kênh tin Zalo sắp hết hạn khóa" in {row.subject for row in office.letters()}


def test_what_waits_for_a_channel_that_is_switched_off_or_silent_goes_on_to_a_colleague(
    office: Office, speak: Speak
) -> None:
    on(office, f'{SMS}url = "http://127.0.0.1:1/"\n', "sms", "sms:0912345678")
    short = fall(office)
    beat(office, "sms")
    assert office.letter(short.id).state is LetterState.WAITING
    office.turn(hours=2, minutes=1)
    beat(office, "sms")
    assert "trong 2 giờ nên thôi gửi; lần cuối: 127.0.0.1: không kết nối được" in office.letter(short.id).last_why
    fallback.run(office.app, office.clock.now())
    assert office.letters()[-1].to_address == "pho@sct.invalid"
    office.put("hai", state=LetterState.DEAD, to="giamdoc@sct.invalid")
    fallback.run(office.app, office.clock.now())
    Path(office.app.settings.channel_secrets_file).chmod(0o644)
    beat(office, "sms")
    assert "chmod 600" in office.letters()[-1].last_why
    office.put("ba", state=LetterState.DEAD, to="giamdoc@sct.invalid")
    fallback.run(office.app, office.clock.now())
    office.configured(channels="")
    fallback.run(office.app, office.clock.now())
    *_, off, colleague = office.letters()
    assert (off.state, off.last_why) == (LetterState.DEAD, "kênh sms không bật (CHANNELS)")
    assert (colleague.to_address, colleague.instead_of) == ("pho@sct.invalid", off.id)


def test_tokens_outlive_the_process_and_one_process_at_a_time_renews_them(engine: Engine) -> None:
    clock = HandClock(moment("25/11/2026 08:00"))
    one, other = (StoredTokens(engine, "zalo", "R0", clock.now) for _ in range(2))
    assert one.kept() is None
    assert one.begin_refresh()
    assert not other.begin_refresh()
    one.keep(Tokens(access="A1", refresh="R1", access_s=3600.0, refresh_s=86400.0))
    clock.turn_to(clock.now() + timedelta(minutes=10))
    assert other.kept() == Tokens(access="A1", refresh="R1", access_s=3000.0, refresh_s=85800.0)
    assert other.begin_refresh()
    other.end_refresh()
    assert one.begin_refresh()
    clock.turn_to(clock.now() + LEASE)
    assert other.begin_refresh(), "a process that died gives way"
    assert StoredTokens(engine, "zalo", "moi", clock.now).kept() is None, "a person entered a new one"
    assert "A1" not in repr(other.kept())


def test_every_mistake_in_keys_and_ways_is_named_and_no_secret(office: Office, tmp_path: Path) -> None:
    bad = '[sms]\napi_key = "bi-mat"\nsai = "x"\n[fax]\nso = "1"\n[teams]\nphong = "ftp://x"\n[apprise]\nt = "tgram://x"\n'
    on(office, bad, "sms,zbs,teams,apprise", "sms:113", "fax:1", "teams:khac")
    with pytest.raises(channel_secrets.ChannelsUnusable) as wrong:
        channel_secrets.load(office.app.settings)
    said = "\n".join(map(str, wrong.value.mistakes))
    said += "\n".join(map(str, channel_secrets.of_posts(office.app.settings, office.app.register.posts.values())))
    for words in (
        "không có kênh tên này", "không có mục nào tên sai", "kênh sms thiếu secret_key, brandname",
        "kênh zbs thiếu template_id", "kênh zbs thiếu app_id, secret_key, refresh_token", "phong không phải địa chỉ",
        "Telegram", "“113” không dùng được", "không có kênh “fax”", "không có tên “khac”",
    ):  # fmt: skip
        assert words in said, words
    assert "bi-mat" not in said
    assert list(channel_secrets.servers(office.app.settings)) == []
    on(
        office,
        f'{SMS}{ZALO}token_url = "https://noi-bo.vn/t"\n[teams]\nphong = "https://hook.vn/s"\n',
        "sms,zalo,teams",
    )
    assert list(channel_secrets.servers(office.app.settings)) == [
        ("sms", "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"),
        ("zalo", "https://openapi.zalo.me/v3.0/oa/message/cs"),
        ("zalo", "https://noi-bo.vn/t"),
        ("teams", "https://hook.vn/s"),
    ]
    Path(office.app.settings.channel_secrets_file).chmod(0o644)
    env = tmp_path / ".env"
    env.write_text(f"CHANNELS=sms, fax\nVAR_DIR={tmp_path}\n", "utf-8")
    assert any("không có kênh “fax”" in str(one) for one in check(env))
    env.write_text(f"CHANNELS=SMS, teams\nVAR_DIR={tmp_path}\n", "utf-8")
    assert any("để trống mà CHANNELS đã bật sms, teams" in str(one) for one in check(env))
    env.write_text(
        f"CHANNELS=sms\nVAR_DIR={tmp_path}\nCHANNEL_SECRETS_FILE={office.app.settings.channel_secrets_file}\n", "utf-8"
    )
    assert any("chmod 600" in str(one) for one in check(env))
