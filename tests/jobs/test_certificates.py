"""Certificates are read once a day, and told of 30, 14 and 7 days before they expire, once each."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs import certificates, send, status, tell, urgent
from jobs.demo.stage import stage
from jobs.look import Looking
from monitor.core.certificate import Certificate
from monitor.core.period import ict
from monitor.register import load_register
from monitor.store import certificates as kept_certificates
from monitor.store import reading, watches, writing
from monitor.store.certificates import Kept
from tests.jobs.conftest import Office, moment, opened
from tests.servers import web

PLACE = ("10.1.2.3", 443)
END = moment("31/12/2026 15:00")


@pytest.fixture
def secure(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A live office whose service is reached at https://10.1.2.3/."""
    register = stage(tmp_path, "https://10.1.2.3/", control="https://10.1.2.4/")
    with opened(sqlite_engine, register, tmp_path) as office:
        office.go_live()
        yield office


def certificate(sha256: str = "a" * 64, end: datetime = END) -> Certificate:
    return Certificate(
        subject="CN=dvc.example",
        issuer="CN=Nhà cấp",
        names=("dvc.example",),
        not_before=end - timedelta(days=90),
        not_after=end,
        sha256=sha256,
    )


def show(office: Office, what: Certificate, place: tuple[str, int] = PLACE) -> None:
    """A server has shown a certificate just now."""
    host, port = place
    with writing(office.app.engine) as db:
        kept = Kept(host=host, port=port, asked_at=office.clock.now(), certificate=what)
        watches.set_mark(db, *kept_certificates.mark(kept))


def beat(office: Office, at: str) -> None:
    office.clock.turn_to(moment(at))
    tell.tick(office.app, office.clock.now())
    urgent.compose(office.app, office.clock.now())
    send.run(office.app, office.clock.now())


def heard(office: Office) -> list[tuple[str, str, str]]:
    return [
        (f"{ict(mail['Date'].datetime):%d/%m %H:%M}", mail["To"].addresses[0].username, str(mail["Subject"]))
        for mail in office.server.mails
    ]


def test_each_stage_is_told_once_to_those_on_duty_of_the_owner_and_the_centre(secure: Office) -> None:
    show(secure, certificate())
    for at in ("30/11/2026 23:59", "01/12/2026 06:59", "01/12/2026 07:00", "02/12/2026 07:00", "16/12/2026 12:00",
               "17/12/2026 07:00", "24/12/2026 07:00", "25/12/2026 07:00", "31/12/2026 23:00"):  # fmt: skip
        beat(secure, at)
        beat(secure, at)
    told = heard(secure)
    assert [at for at, _, _ in told] == ["01/12 07:00"] * 2 + ["17/12 07:00"] * 2 + ["24/12 07:00"] * 2
    assert {who for _, who, _ in told} == {"so-cong-thuong.duty", "trung-tam-pvhcc.duty"}
    assert told[0][2] == "Chứng thư máy chủ 10.1.2.3 còn 30 ngày, đến 15:00 31/12/2026"
    letter = secure.server.mails[0].get_body(("plain",))
    assert letter is not None
    for said in ("Sở Công Thương", "2.001474", "Bên cấp: CN=Nhà cấp", "aaaaaaaa aaaaaaaa", "Việc cần làm: "):
        assert said in letter.get_content()


def test_a_new_certificate_ends_the_warnings_and_has_its_own(secure: Office) -> None:
    show(secure, certificate())
    beat(secure, "01/12/2026 08:00")
    show(secure, certificate("b" * 64, END + timedelta(days=30)))
    beat(secure, "17/12/2026 08:00")
    assert len(heard(secure)) == 2
    beat(secure, "31/12/2026 08:00")
    assert len(heard(secure)) == 4


def test_a_letter_that_was_not_written_before_the_new_certificate_is_not_written(secure: Office) -> None:
    show(secure, certificate())
    secure.clock.turn_to(moment("01/12/2026 08:00"))
    tell.tick(secure.app, secure.clock.now())
    show(secure, certificate("b" * 64, END + timedelta(days=90)))
    urgent.compose(secure.app, secure.clock.now())
    send.run(secure.app, secure.clock.now())
    assert heard(secure) == []


@pytest.mark.parametrize(
    ("first_seen", "said"),
    [
        ("20/12/2026 09:00", "còn 11 ngày, đến 15:00 31/12/2026"),
        ("31/12/2026 09:00", "hết hạn hôm nay, lúc 15:00 31/12/2026"),
        ("02/01/2027 09:00", "đã hết hạn từ 31/12/2026"),
    ],
)
def test_one_that_is_seen_late_is_told_once_as_it_stands(secure: Office, first_seen: str, said: str) -> None:
    secure.clock.turn_to(moment(first_seen))
    show(secure, certificate())
    beat(secure, first_seen)
    told = heard(secure)
    assert len(told) == 2
    assert told[0][2] == f"Chứng thư máy chủ 10.1.2.3 {said}"


def test_one_certificate_of_two_servers_is_told_of_once(secure: Office, tmp_path: Path) -> None:
    register = tmp_path / "register" / "services" / "2.001474.toml"
    register.write_text(
        register.read_text("utf-8")
        + '\n[[service.target]]\nkey = "hai"\nname = "Máy thứ hai"\nkind = "tls"\nrequired = false\npublic = false\n'
        'step = [{ url = "tls://10.1.2.5:8443" }]\n',
        "utf-8",
    )
    secure.app = replace(secure.app, register=load_register(str(tmp_path / "register")))
    show(secure, certificate())
    show(secure, certificate(), ("10.1.2.5", 8443))
    beat(secure, "01/12/2026 08:00")
    assert [subject for _, _, subject in heard(secure)] == [
        "Chứng thư máy chủ 10.1.2.3 còn 30 ngày, đến 15:00 31/12/2026"
    ] * 2
    letter = secure.server.mails[0].get_body(("plain",))
    assert letter is not None
    assert "10.1.2.3, 10.1.2.5:8443" in letter.get_content()


@pytest.mark.parametrize("place", [("10.1.2.4", 443), ("10.1.2.6", 443), ("10.1.2.3", 8443)])
def test_a_control_or_a_server_that_left_the_register_is_no_concern(secure: Office, place: tuple[str, int]) -> None:
    show(secure, certificate(), place)
    beat(secure, "24/12/2026 08:00")
    assert heard(secure) == []
    assert status.now(secure.app).certificates == ()


def test_status_shows_what_expires_within_thirty_days(secure: Office) -> None:
    show(secure, certificate())
    secure.clock.turn_to(moment("30/11/2026 12:00"))
    assert "Chứng thư" not in status.as_text(status.now(secure.app))
    secure.clock.turn_to(moment("11/12/2026 12:00"))
    standing = status.now(secure.app)
    assert "Chứng thư của máy chủ 10.1.2.3 còn 20 ngày, đến 15:00 31/12/2026." in status.as_text(standing).splitlines()
    assert status.as_json(standing)["certificates"] == [
        {
            "servers": ["10.1.2.3"],
            "services": ["2.001474"],
            "not_after": "2026-12-31T15:00:00.000+07:00",
            "days_left": 20,
            "sha256": "a" * 64,
        }
    ]


Shows = Callable[[float], web.Server]


@pytest.fixture
def shows(tmp_path: Path) -> Iterator[tuple[Shows, Path]]:
    """Starts a server with a certificate that ends in so many days by the office's clock; the authority's file."""
    authority, path = web.new_authority(tmp_path)
    with web.serving() as serve:

        def start(days: float) -> web.Server:
            end = moment("25/11/2026 06:00") + timedelta(days=days)
            leaf = authority.issue_cert("127.0.0.1", not_before=end - timedelta(days=400), not_after=end)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            leaf.configure_cert(context)
            return serve(web.reply("2.001474"), context)

        yield start, path


def seen(office: Office) -> list[Kept]:
    with reading(office.app.engine) as db:
        return kept_certificates.all_(db)


@pytest.fixture
def real(engine: Engine, shows: tuple[Shows, Path], tmp_path: Path) -> Iterator[tuple[Office, web.Server]]:
    """An office on either database whose service is a real server over TLS."""
    server = shows[0](20)
    with opened(engine, stage(tmp_path, server.url + "/", control="http://127.0.0.1:9/"), tmp_path) as office:
        office.configured(ca_file=str(shows[1]))
        yield office, server


def test_a_server_is_read_once_a_day(real: tuple[Office, web.Server]) -> None:
    office, server = real
    for hours in (0, 1, 22, 1.1):
        certificates.run(office.app, office.turn(hours=hours))
    (kept,) = seen(office)
    assert (kept.host, kept.port) == ("127.0.0.1", server.port)
    assert kept.asked_at == moment("26/11/2026 06:06").astimezone(UTC)
    assert kept.certificate is not None
    assert kept.certificate.names == ("127.0.0.1",)
    assert [one.days_left(office.clock.now()) for one in status.now(office.app).certificates] == [19]


def test_one_that_does_not_answer_keeps_what_it_showed(real: tuple[Office, web.Server]) -> None:
    office, server = real
    certificates.run(office.app, office.clock.now())
    (before,) = seen(office)
    server.close()
    certificates.run(office.app, office.turn(hours=25))
    (after,) = seen(office)
    assert after.certificate == before.certificate
    assert after.asked_at > before.asked_at


def test_a_clock_that_was_set_back_does_not_stop_the_reading(real: tuple[Office, web.Server]) -> None:
    office, _ = real
    certificates.run(office.app, office.clock.now() + timedelta(days=900))
    certificates.run(office.app, office.clock.now())
    (kept,) = seen(office)
    assert kept.asked_at == office.clock.now()


def changed(office: Office, tmp_path: Path, old: str, new: str) -> None:
    """Go on with a register in which one text stands in the place of another."""
    path = tmp_path / "register" / "services" / "2.001474.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    office.app = replace(office.app, register=load_register(str(tmp_path / "register")))


def test_nobody_public_is_asked_before_contact_is_set(real: tuple[Office, web.Server], tmp_path: Path) -> None:
    office, _ = real
    changed(office, tmp_path, "public = false", "public = true")
    changed(office, tmp_path, "recheck_s = 20", "recheck_s = 30")
    certificates.run(office.app, office.clock.now())
    assert seen(office) == []
    office.configured(contact="it@example.vn")
    certificates.run(office.app, office.clock.now())
    assert len(seen(office)) == 1


def look(office: Office) -> None:
    """Look at all that is due, once."""
    looking = Looking(office.app)
    looking.run_due()
    looking.stop()


def test_a_look_at_a_certificate_tells_of_a_new_one_at_once(
    real: tuple[Office, web.Server], shows: tuple[Shows, Path], tmp_path: Path
) -> None:
    office, server = real
    target = '[[service.target]]\nkey = "tls"\nname = "Chứng thư"\nkind = "tls"\nrequired = false\npublic = false\n'
    step = f'step = [{{ url = "tls://127.0.0.1:{server.port}" }}]\n\n'
    changed(office, tmp_path, "[[service.target]]", f"{target}{step}[[service.target]]")
    look(office)
    (kept,) = seen(office)
    assert kept.certificate is not None
    server.close()
    renewed = shows[0](300)
    changed(office, tmp_path, f"tls://127.0.0.1:{server.port}", f"tls://127.0.0.1:{renewed.port}")
    office.turn(minutes=6)
    look(office)
    assert {one.certificate.not_after > kept.certificate.not_after for one in seen(office) if one.certificate} == {
        True,
        False,
    }
    assert [one.port for one in seen(office)] == sorted([server.port, renewed.port], key=str)


def test_a_host_that_asked_for_silence_is_left_alone(real: tuple[Office, web.Server]) -> None:
    office, _ = real
    with writing(office.app.engine) as db:
        watches.set_mark(db, "retry-after/127.0.0.1", (office.clock.now() + timedelta(hours=2)).isoformat())
    certificates.run(office.app, office.clock.now())
    assert seen(office) == []
    certificates.run(office.app, office.turn(hours=3))
    assert len(seen(office)) == 1
