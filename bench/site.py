"""A web server in a process of its own, so that its work is not counted as ours: a page of 20 KB for every address."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import trustme

SIZE = 20_480
CODE, ACTION = "2.001474", "Nộp trực tuyến"
_FILLER = (
    "<tr><td>Thành phần hồ sơ</td><td>Bản chính, theo mẫu tại phụ lục; 01 bản, nộp trực tuyến một phần</td></tr>\n"
)


def page() -> bytes:
    """A page like a portal's: the words looked for stand behind its head and scripts, and near its end."""
    head = f"<!doctype html><html lang='vi'><head><meta charset='utf-8'><title>{CODE}</title></head><body><table>\n"
    tail = f"</table><p>Mã thủ tục: {CODE}</p><a class='nop-truc-tuyen' href='/nop'>{ACTION}</a></body></html>"
    room = SIZE - len((head + tail).encode())
    rows = _FILLER * (room // len(_FILLER.encode()))
    return (head + rows + " " * (room - len(rows.encode())) + tail).encode()


class _Answering(asyncio.Protocol):
    """Answers every request on a connection with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n") and isinstance(self._transport, asyncio.Transport):
            self._transport.write(self._answer)


async def _serve(folder: Path) -> None:
    content = page()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(content)}\r\n\r\n"
    answer = head.encode() + content
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "site.pem")
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(lambda: _Answering(answer), "127.0.0.1", 0, backlog=1024, ssl=context)
        for context in (None, tls)
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


class Site:
    """The server while it runs, over HTTP and HTTPS; `ca_file` is a machine's whole list of authorities and its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ca_file = folder / "authorities.pem"

    def __enter__(self) -> Site:
        authority = trustme.CA(key_type=trustme.KeyType.RSA)
        certificate = authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self._folder / "site.pem"))
        system = Path("/etc/ssl/certs/ca-certificates.crt")
        known = system.read_bytes() if system.is_file() else b""
        self.ca_file.write_bytes(known + authority.cert_pem.bytes())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.site", str(self._folder)], stdout=subprocess.PIPE, text=True
        )
        plain, tls = (self._process.stdout.readline() if self._process.stdout else "").split()
        self.url = {"HTTP": f"http://127.0.0.1:{plain}", "HTTPS": f"https://127.0.0.1:{tls}"}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
