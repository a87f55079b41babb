"""How a look greets a server over HTTPS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from monitor.core.look import Verdict
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress

PACKET = 1_400
"""Bytes that fit into one packet on any line."""


def test_the_first_message_fits_into_one_packet(look: Callable[..., Finished]) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(16_384))

        thread = threading.Thread(target=answer)
        thread.start()
        look(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    kind, length = heard[0][0], int.from_bytes(heard[0][3:5])
    assert kind == 22  # a handshake
    assert 100 < length < PACKET


@pytest.mark.parametrize("curve", ["", "prime256v1", "secp384r1", "secp521r1"])
def test_a_server_may_choose_any_of_the_common_curves(
    curve: str,
    serve: Callable[..., object],
    reply: Callable[..., bytes],
    look: Callable[..., Finished],
    authority: tuple[trustme.CA, Path],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)
    if curve:  # left alone it takes X25519, which not every Python lets a server name
        context.set_ecdh_curve(curve)
    server = serve(reply("Mã thủ tục: 2.001474 Nộp trực tuyến"), context)
    seen = look(server.url, egress=Egress(ca_file=str(authority[1])))  # type: ignore[attr-defined]
    assert seen.outcome.verdict is Verdict.UP
