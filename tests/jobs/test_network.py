"""`tthc check --network`: every outside address tried as the program would use it, and the list for the firewall."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from jobs.cli.main import tthc
from jobs.clock import HandClock, SystemClock
from jobs.network import NETWORK_HEADINGS, Row, rows
from monitor.config import NAMES, Settings
from monitor.core.agency import Agency, AgencyKind
from monitor.core.look import Kind
from monitor.core.service import Service, Step, Target
from monitor.register import Register, copy_shipped, register_of
from tests.servers.mail import mail_server
from tests.servers.names import naming
from tests.servers.web import Serve, closed_port, new_authority, proxy, reply, server_side, serving

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def serve() -> Iterator[Serve]:
    with serving() as start:
        yield start


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    return new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def tls(authority: tuple[trustme.CA, Path]) -> ssl.SSLContext:
    return server_side(authority[0])


def target(*urls: str, key: str = "t", **more: object) -> Target:
    steps = tuple(Step(url=url) for url in urls)
    return Target(key=key, name=f"Tên {key}", steps=steps, **{"public": False} | more)  # type: ignore[arg-type]


def register(*targets: Target) -> Register:
    agency = Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT)
    service = Service(code="2.001474", name="Khuyến mại", owner=agency.key, targets=targets)
    return register_of(agencies=[agency], services=[service])


def tried(*targets: Target, clock: HandClock | SystemClock | None = None, **settings: object) -> list[Row]:
    """The rows, but for the clock's."""
    made = Settings(**{"contact": "it@example.vn"} | settings)  # type: ignore[arg-type]
    found = list(rows(made, register(*targets), clock or SystemClock()))
    assert found[-1].purpose == "Đồng hồ"
    return found[:-1]


def test_each_host_is_tried_once_for_each_way_it_is_reached(serve) -> None:
    server, other, through = serve(reply("x")), serve(reply("y")), serve(reply("z"))
    found = tried(
        target(f"{server.url}/a", f"{server.url}/b", key="a"),
        target(f"{server.url}/c", key="b"),
        target(other.url, key="c", control=True),
        target(other.url, key="d", proxy=through.url),
    )
    assert [(r.purpose, r.port, r.via, r.good) for r in found] == [
        ("Proxy ra Internet", through.port, "trực tiếp", True),
        ("Dịch vụ 2.001474", server.port, "trực tiếp", True),
        ("Tên c", other.port, "trực tiếp", True),
        ("Dịch vụ 2.001474", other.port, f"127.0.0.1:{through.port}", True),
    ]
    assert (len(server.requests), len(other.requests)) == (1, 1)
    assert b"(+it@example.vn)" in server.requests[0]


def test_through_the_proxy_and_the_authority_that_are_set(serve, authority, tls) -> None:
    server, through = serve(reply("x"), tls), serve(proxy)
    (first, page) = tried(target(server.url), proxy_url=through.url, ca_file=str(authority[1]))
    assert (first.good, page.good, page.via, page.protocol) == (True, True, f"127.0.0.1:{through.port}", "https")
    assert through.requests[-1].startswith(b"CONNECT")


def test_a_target_may_have_an_authority_of_its_own(serve, authority, tls) -> None:
    server = serve(reply("x"), tls)
    first, second = tried(target(server.url, key="a"), target(server.url, key="b", ca_file=str(authority[1])))
    assert (first.good, first.outcome) == (False, "chứng thư không tin được")
    assert "CA_FILE" in first.mend
    assert (second.good, second.outcome) == (True, "trả lời HTTP 200")


@pytest.mark.parametrize(
    ("url", "settings", "outcome", "mend"),
    [
        ("http://127.0.0.1:{closed}/", {}, "không kết nối được", "mở tường lửa"),
        ("http://khong-co.invalid/", {}, "không phân giải được tên máy", "DNS"),
        ("http://cong.example/", {"proxy_url": "http://127.0.0.1:{closed}"}, "proxy không cho qua", "PROXY_URL"),
    ],
)
def test_what_cannot_be_reached_comes_with_its_mend(
    url: str, settings: dict[str, str], outcome: str, mend: str
) -> None:
    port = closed_port()
    row = tried(target(url.format(closed=port)), **{k: v.format(closed=port) for k, v in settings.items()})[-1]
    assert (row.good, row.outcome) == (False, outcome)
    assert mend in row.mend


def test_a_proxy_that_wants_a_password_is_not_the_targets_fault_and_ours_is_not_printed(serve) -> None:
    through = serve(reply("", status=407))
    url = through.url.replace("//", "//u:TuyetMat@")
    _, page = tried(target("http://cong.example/"), proxy_url=url)
    assert (page.good, page.outcome) == (False, "proxy không cho qua (HTTP 407)")
    assert "TuyetMat" not in repr(tried(target("http://cong.example/"), proxy_url=url))


def test_a_shield_has_answered_and_is_said_to_be_one(serve) -> None:
    (row,) = tried(target(serve(reply("<p>bobcmn</p>")).url, challenge=("bobcmn",)))
    assert (row.good, row.outcome) == (True, "trả lời HTTP 200, lớp chống truy cập tự động trả lời")


def test_no_stranger_is_asked_before_somebody_answers_for_it(serve) -> None:
    server = serve(reply("x"))
    (row,) = tried(target(server.url, public=True), contact="")
    assert (row.good, row.outcome) == (False, "chưa thử: chưa đặt CONTACT")
    assert server.requests == []


def test_the_machines_that_are_told_how_we_are_are_tried_and_hear_no_secret(serve) -> None:
    main, outside = serve(reply("x")), serve(reply("y"))
    found = tried(report_to=main.url.rstrip("/"), report_key="k" * 43, deadman_url=f"{outside.url}/ping/bi-mat")
    assert [(r.purpose, r.port, r.good) for r in found] == [
        ("Máy chính nhận kết quả", main.port, True),
        ("Nơi báo còn sống", outside.port, True),
    ]
    assert b"bi-mat" not in b"".join(outside.requests)
    assert b"Authorization" not in b"".join(main.requests)


def test_the_mail_server_is_greeted_and_nothing_is_sent() -> None:
    with mail_server() as server:
        (row,) = tried(smtp_url=server.url, smtp_from="a@b.vn")
        assert (row.purpose, row.good, row.outcome) == ("Máy chủ thư", True, "trả lời, không đăng nhập")
        assert server.kept == []


def test_a_mail_server_that_refuses_is_named() -> None:
    (row,) = tried(smtp_url=f"smtp://127.0.0.1:{closed_port()}", smtp_from="a@b.vn")
    assert not row.good
    assert "SMTP_URL" in row.mend


def test_the_database_server_is_on_the_list(serve) -> None:
    server = serve(reply(""))
    (row,) = tried(database_url=f"postgresql+psycopg://u:TuyetMat@127.0.0.1:{server.port}/tthc")
    assert (row.purpose, row.port, row.protocol, row.good) == ("Cơ sở dữ liệu", server.port, "postgresql", True)
    (down,) = tried(database_url=f"postgresql://u:TuyetMat@127.0.0.1:{closed_port()}/tthc")
    assert (down.good, down.outcome) == (False, "từ chối kết nối")
    assert "TuyetMat" not in f"{row} {down}"


@pytest.mark.parametrize(
    ("off_s", "good", "outcome"),
    [(0, True, "lệch không quá 5 giây"), (300, False, "nhanh 300 giây"), (-300, False, "chậm 300 giây")],
)
def test_our_clock_is_held_against_theirs(serve, *, off_s: int, good: bool, outcome: str) -> None:
    said = format_datetime(NOW - timedelta(seconds=off_s), usegmt=True)
    made = Settings(contact="it@example.vn")
    server = serve(reply("x", Date=said))
    clock = list(rows(made, register(target(server.url)), HandClock(NOW)))[-1]
    assert (clock.good, clock.outcome) == (good, outcome)


def test_one_server_with_a_wrong_clock_does_not_make_ours_wrong(serve) -> None:
    right, wrong = (format_datetime(at, usegmt=True) for at in (NOW, NOW - timedelta(days=300)))
    servers = [serve(reply("x", Date=said)) for said in (right, wrong, right)]
    targets = [target(server.url, key=str(n)) for n, server in enumerate(servers)]
    assert list(rows(Settings(contact="a@b.vn"), register(*targets), HandClock(NOW)))[-1].good


def test_a_clock_that_could_not_be_held_against_anything_is_said_so() -> None:
    clock = list(rows(Settings(), register(), SystemClock()))[-1]
    assert (clock.good, clock.outcome) == (False, "chưa so được với máy nào")


def test_an_address_that_hangs_does_not_hold_up_the_others(serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        good = [target(serve(reply("x")).url, key=f"g{n}") for n in range(3)]
        closing = threading.Timer(1.0, silent.close)
        closing.start()
        found = tried(target(url, key="treo"), *good)
        closing.join()
    assert [row.good for row in found] == [False, True, True, True]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve) -> Callable[..., tuple[int, str]]:
    """The command with a register that looks at loopback only."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def run(*options: str) -> tuple[int, str]:
        server = serve(reply("x", Date=format_datetime(SystemClock().now(), usegmt=True)))
        folder = tmp_path / "danh-muc"
        copy_shipped(folder)
        (folder / "services" / "2.001474.toml").write_text(
            '[[service]]\ncode = "2.001474"\nname = "Khuyến mại"\nowner = "so-cong-thuong"\n'
            'told = ["so-cong-thuong"]\n[[service.target]]\nkey = "a"\nname = "A"\npublic = false\n'
            f'[[service.target.step]]\nurl = "{server.url}"\n'
            'assertions = [{ want = "text", value = "x" }]\n',
            "utf-8",
        )
        env = tmp_path / ".env"
        env.write_text(f"REGISTER={folder}\nVAR_DIR={tmp_path / 'var'}\n")
        done = CliRunner().invoke(tthc, ["--env", str(env), "check", "--network", *options], standalone_mode=False)
        return done.return_value or 0, done.stdout

    return run


def test_the_command_prints_the_list_and_makes_no_database(command, tmp_path: Path) -> None:
    code, told = command("--json")
    found = json.loads(told)
    assert (code, found["mistakes"], [row["good"] for row in found["network"]]) == (0, [], [True, True, True])
    assert [(row["protocol"], row["port"]) for row in found["network"]][1] == ("dns", 53)  # asked by panels alone
    assert not (tmp_path / "var" / "tthc.db").exists()


def test_the_list_has_a_column_for_each_thing_a_firewalls_keeper_asks(command) -> None:
    code, told = command()
    assert code == 0
    assert all(heading.split()[0] in told for heading in NETWORK_HEADINGS)
    assert "127.0.0.1" in told


def test_a_journeys_address_is_tried_without_what_it_hands_on(serve) -> None:
    server = serve(reply("x"))
    tried(target(f"{server.url}/nop?ma={{ma}}"))
    assert server.requests[0].startswith(b"GET / HTTP")


def test_names_certificates_and_ports_are_tried_their_own_way(serve, authority, tls) -> None:
    secure, plain = serve(reply("x"), tls), serve(reply("y"))
    with naming() as name_server:
        resolver = name_server({("dvc.example.", "A"): ("203.0.113.7",)})
        found = tried(
            target(f"tls://127.0.0.1:{secure.port}", key="a", kind=Kind.TLS, ca_file=str(authority[1])),
            target(f"tcp://127.0.0.1:{plain.port}", key="b", kind=Kind.TCP),
            target(f"tcp://127.0.0.1:{closed_port()}", key="c", kind=Kind.TCP),
            replace(
                target("dns://dvc.example", key="d", kind=Kind.DNS),
                steps=(Step(url="dns://dvc.example", resolvers=(resolver.address,)),),
            ),
        )
    assert [(row.protocol, row.host, row.good) for row in found] == [
        ("tls", "127.0.0.1", True),
        ("tcp", "127.0.0.1", True),
        ("tcp", "127.0.0.1", False),
        ("dns", resolver.address, True),
    ]
    assert found[0].outcome.startswith("chứng thư còn ")
    assert found[1].outcome == "kết nối được"
    assert found[2].outcome == "không kết nối được"
    assert found[3].outcome.endswith(": 203.0.113.7")
