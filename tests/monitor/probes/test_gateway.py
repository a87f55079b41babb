"""Our own way out: found in the routes, and alive where anything answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor.probes.gateway import alive, default_gateways
from tests.servers.web import closed_port

ROUTES = """Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t20\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t5\t00000000\t0\t0\t0
broken line
"""
NONE, ANY = "0" * 32, "00"
ROUTES_6 = f"""{NONE} {ANY} {NONE} {ANY} fe800000000000000000000000000001 00000400 00000003 00000000 00000003 eth0
{NONE} {ANY} {NONE} {ANY} 20010db8000000000000000000000001 00000100 00000003 00000000 00000003 eth1
{NONE} {ANY} {NONE} {ANY} {NONE} ffffffff 00000001 00000000 00200200 lo
"""


def test_the_gateways_of_the_default_routes_are_found_the_preferred_ones_first(tmp_path: Path) -> None:
    (tmp_path / "4").write_text(ROUTES)
    (tmp_path / "6").write_text(ROUTES_6)
    found = default_gateways(tmp_path / "4", tmp_path / "6")
    assert found == ("192.168.1.254", "192.168.1.1", "2001:db8::1", "fe80::1%eth0")


def test_a_machine_without_routes_has_none(tmp_path: Path) -> None:
    assert default_gateways(tmp_path / "khong-co", tmp_path / "khong-co") == ()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_one_that_refuses_is_alive(address: str) -> None:
    answers, words = alive(address, 2.0, (closed_port(),))
    assert answers
    assert words.startswith(f"{address} trả lời")


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that lets nobody in: its queue is full, and the kernel drops what comes."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def ping_allowed() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except OSError:
        return False
    return True


def test_one_that_says_nothing_is_not_alive_unless_it_answers_a_ping(deaf: int) -> None:
    answers, words = alive("127.0.0.1", 0.6, (deaf, deaf))
    assert answers is ping_allowed()
    assert words in {"127.0.0.1 trả lời ping", "127.0.0.1 không trả lời trong 0.6 giây"}


def test_one_that_does_not_answer_on_one_port_is_asked_on_the_next(deaf: int) -> None:
    assert alive("127.0.0.1", 1.0, (deaf, closed_port()))[0]


def test_an_address_that_is_none_is_not_alive() -> None:
    assert alive("khong phai dia chi", 0.5) == (False, alive("khong phai dia chi", 0.5)[1])
