"""Every outside address tried as the program would use it: the list a firewall's keeper needs, and what came of it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from jobs import channel_secrets
from jobs.clock import Clock
from monitor.config import Settings
from monitor.core.address import resolver_of
from monitor.core.journey import authority, named
from monitor.core.look import Cause, Kind
from monitor.core.place import AdapterPlace, ApiPlace, MailboxPlace, SftpPlace
from monitor.core.service import Service, Step, Target
from monitor.core.source import SourceSpec
from monitor.probes import PROBES
from monitor.probes.http import Finished, look_all
from monitor.probes.outcome import Egress
from monitor.register import Register
from notifiers import NotSent
from notifiers.smtp import Smtp

NETWORK_HEADINGS = ("Dùng để", "Máy", "Cổng", "Giao thức", "Đi qua", "Kết quả", "Cách sửa")

PATIENCE_S = 15.0
CLOCK_TOLERANCE_S = 5.0

_PORTS = {"http": 80, "https": 443, "tls": 443, "dns": 53, "socks5": 1080, "socks5h": 1080, "postgresql": 5432}
_CAUSES = {
    Cause.DNS: ("không phân giải được tên máy", "kiểm tra máy chủ DNS; nếu phải qua proxy thì đặt PROXY_URL"),
    Cause.CONNECT: ("không kết nối được", "mở tường lửa cho máy và cổng này"),
    Cause.TIMEOUT: ("không trả lời kịp", "mở tường lửa cho máy và cổng này; nếu phải qua proxy thì đặt PROXY_URL"),
    Cause.TLS: ("chứng thư không tin được", "nếu proxy kiểm tra TLS thì đặt CA_FILE là chứng thư gốc của proxy"),
    Cause.BROKEN: ("kết nối đứt giữa chừng", "kiểm tra tường lửa, proxy"),
    Cause.OWN_NETWORK: ("proxy không cho qua", "kiểm tra PROXY_URL, tài khoản proxy và danh sách cho phép"),
    Cause.PROBE_FAILED: ("không thử được", "xem nhật ký"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One address of the list, and what came of trying it."""

    purpose: str
    host: str
    port: int
    protocol: str
    via: str
    outcome: str
    good: bool
    mend: str = ""

    def as_row(self) -> tuple[str, ...]:
        """The row under NETWORK_HEADINGS."""
        port = str(self.port) if self.port else ""
        mark = "được" if self.good else "KHÔNG"
        return self.purpose, self.host, port, self.protocol, self.via, f"{mark}: {self.outcome}", self.mend

    def as_json(self) -> dict[str, object]:
        """The row for programs."""
        return asdict(self)


def rows(settings: Settings, register: Register, clock: Clock) -> Iterator[Row]:
    """Try every outside address once; nothing is sent, nothing is changed."""
    yield from _proxies(settings, register)
    dated: list[tuple[str, datetime, datetime]] = []
    yield from _pages(settings, register, clock, dated)
    if register.resolver:
        yield _resolver(register.resolver)
    if settings.smtp_url:
        yield mail_row(settings)
    yield from _doors(register)
    if settings.database_url.startswith("postgresql"):
        yield _reached("Cơ sở dữ liệu", settings.database_url)
    yield clock_row(dated)


def _doors(register: Register) -> Iterator[Row]:
    """Mailboxes and file servers that sources are asked at: whether they take a connection."""
    for source in register.sources.values():
        match source.place:
            case MailboxPlace(host=host, port=port):
                yield _reached(f"Nguồn {source.key}", f"imap://{host}:{port}")
            case SftpPlace(host=host, port=port):
                yield _reached(f"Nguồn {source.key}", f"sftp://{host}:{port}")


def _resolver(resolver: str) -> Row:
    """The resolver that a panel asks beside our own; who opens the firewall has to know of it, a failure asks it."""
    host, port = resolver_of(resolver)
    said = "chỉ được hỏi khi có lượt hỏng, không thử ở đây"
    return Row(
        purpose="Máy chủ tên miền để so", host=host, port=port, protocol="dns", via="trực tiếp", outcome=said, good=True
    )


def _via(proxy: str) -> str:
    """A proxy without its password; the firewall needs host and port only."""
    parts = urlsplit(proxy)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}" if proxy else "trực tiếp"


def _proxies(settings: Settings, register: Register) -> Iterator[Row]:
    """Every proxy in use: the one of the settings, and those of single targets and sources."""
    own = [target.proxy for target in register.targets() if target.proxy]
    own += [place.proxy for source in register.sources.values() if (place := _web(source)) and place.proxy]
    for proxy in dict.fromkeys(filter(None, (settings.proxy_url, *own))):
        yield _reached("Proxy ra Internet", proxy)


def _reached(purpose: str, url: str) -> Row:
    """Whether a server takes a connection."""
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    host, port = parts.hostname or "localhost", parts.port or _PORTS.get(scheme, 0)
    row = Row(
        purpose=purpose, host=host, port=port, protocol=scheme, via="trực tiếp", outcome="kết nối được", good=True
    )
    try:
        socket.create_connection((host, port), PATIENCE_S).close()
    except OSError as error:
        return _failed(row, error, "kiểm tra địa chỉ trong .env và tường lửa")
    return row


def _failed(row: Row, error: Exception, mend: str) -> Row:
    match error:
        case socket.gaierror():
            outcome = "không phân giải được tên máy"
        case TimeoutError():
            outcome = "không trả lời kịp"
        case ConnectionRefusedError():
            outcome = "từ chối kết nối"
        case ssl.SSLError():
            outcome = "chứng thư, TLS không dùng được"
        case _:
            outcome = "không kết nối được"
    return replace(row, outcome=outcome, good=False, mend=mend)


def _pages(
    settings: Settings, register: Register, clock: Clock, dated: list[tuple[str, datetime, datetime]]
) -> Iterator[Row]:
    """Every host a target asks, once for each way it is reached, in the order of the register."""
    egress = Egress(
        contact=settings.contact, proxy=settings.proxy_url, no_proxy=settings.no_proxy, ca_file=settings.ca_file
    )
    every = (*_addresses(register, egress), *_machines(settings, egress), *_sources(register, egress))
    wanted = {key: (bare, row) for key, bare, row in every}
    held = {key for key, (bare, _) in wanted.items() if bare.public and not settings.contact}
    tried = {bare.key: key for key, (bare, _) in wanted.items() if key not in held}
    found: dict[object, Finished] = {}
    for finished in _looked([bare for key, (bare, _) in wanted.items() if key not in held], egress, clock):
        found[tried[finished.target.key]] = finished
        date = finished.outcome.evidence.headers.get("date", "")
        if date and (said := _date(date)):
            dated.append((wanted[tried[finished.target.key]][1].host, said, clock.now()))
    for key, (_, row) in wanted.items():
        yield (
            _page_row(row, found[key])
            if key in found
            else replace(
                row, outcome="chưa thử: chưa đặt CONTACT", good=False, mend="đặt CONTACT trong .env rồi chạy lại"
            )
        )


def _looked(targets: Sequence[Target], egress: Egress, clock: Clock) -> Iterator[Finished]:
    """One look at each: pages side by side, what opens no page one after the other."""
    pages = [target for target in targets if target.kind is Kind.HTTP]
    yield from look_all(pages, egress, clock.now)
    for target in targets:
        if target.kind is not Kind.HTTP:
            yield PROBES[target.kind](target, egress, clock.now, threading.Event())


def _bare(target: Target, number: int, step: Step) -> Target:
    """A target that only tries whether the step's server answers; what journeys hand on is left out of its address."""
    if target.kind in {Kind.HTTP, Kind.BROWSER}:
        asked = Step(url=f"{authority(step.url)}/") if named(step.url) else Step(url=step.url.replace("{{", "{"))
        return replace(target, key=f"{number}", kind=Kind.HTTP, deadline_s=PATIENCE_S, steps=(asked,))
    return replace(target, key=f"{number}", deadline_s=PATIENCE_S, steps=(replace(step, assertions=()),))


def _addresses(register: Register, egress: Egress) -> Iterator[tuple[object, Target, Row]]:
    number = 0
    for service in register.services.values():
        for target in (*service.targets, *(beside.page for beside in service.panel)):
            for step in target.steps:
                number += 1
                parts = urlsplit(step.url)
                host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
                if target.kind is Kind.DNS:  # a firewall lets through to who is asked, not to what is asked of
                    host = ", ".join(step.resolvers)
                proxy, ca = egress.proxy_for(target, step.url), egress.ca_for(target)
                bare = _bare(target, number, step)
                row = Row(
                    purpose=_purpose(service, target), host=host, port=port, protocol=parts.scheme, via=_via(proxy),
                    outcome="", good=False,
                )  # fmt: skip
                yield (host, port, parts.scheme, proxy, ca), bare, row


def _machines(settings: Settings, egress: Egress) -> Iterator[tuple[object, Target, Row]]:
    """The machines that are told how we are; only their servers are tried, since the rest of an address is a secret."""
    for purpose, url in (
        ("Máy chính nhận kết quả", settings.report_to),
        ("Nơi báo còn sống", settings.deadman_url),
        *((f"Kênh {name}", url) for name, url in channel_secrets.servers(settings)),
    ):
        if not url:
            continue
        yield _server(purpose, url, egress)


def _sources(register: Register, egress: Egress) -> Iterator[tuple[object, Target, Row]]:
    """The web servers that sources are asked at; only they are tried, and nobody logs in."""
    for source in register.sources.values():
        if place := _web(source):
            other = place.token_url if isinstance(place, ApiPlace) else place.login_url
            for url in filter(None, (place.url, other)):
                yield _server(f"Nguồn {source.key}", url, egress, proxy=place.proxy, ca_file=place.ca_file)


def _web(source: SourceSpec) -> ApiPlace | AdapterPlace | None:
    return source.place if isinstance(source.place, ApiPlace | AdapterPlace) else None


def _server(
    purpose: str, url: str, egress: Egress, *, proxy: str | None = None, ca_file: str | None = None
) -> tuple[object, Target, Row]:
    """The server of an address, without the rest of it."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    asked = Step(url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/")
    key = f"{purpose} {host}:{port}"
    bare = Target(
        key=key, name=purpose, steps=(asked,), deadline_s=PATIENCE_S, public=False, proxy=proxy, ca_file=ca_file
    )
    via = egress.proxy_for(bare, asked.url)
    row = Row(purpose=purpose, host=host, port=port, protocol=parts.scheme, via=_via(via), outcome="", good=False)
    return (host, port, parts.scheme, via, purpose), bare, row


def _purpose(service: Service, target: Target) -> str:
    return target.name if target.control else f"Dịch vụ {service.code}"


def _page_row(row: Row, finished: Finished) -> Row:
    outcome = finished.outcome
    if outcome.cause in _CAUSES and outcome.status is None:
        what, mend = _CAUSES[outcome.cause]
        return replace(row, outcome=what, good=False, mend=mend)
    if outcome.cause is Cause.OWN_NETWORK:
        what, mend = _CAUSES[outcome.cause]
        return replace(row, outcome=f"{what} (HTTP {outcome.status})", good=False, mend=mend)
    if outcome.status is None:
        return replace(row, outcome=outcome.detail or "kết nối được", good=outcome.cause is Cause.NONE)
    shield = ", lớp chống truy cập tự động trả lời" if outcome.cause is Cause.CHALLENGED else ""
    return replace(row, outcome=f"trả lời HTTP {outcome.status}{shield}", good=True)


def mail_row(settings: Settings) -> Row:
    """Greet the mail server, encrypt and log in as a letter would, and send nothing."""
    mail = Smtp(settings.smtp_url, ca_file=settings.ca_file, timeout_s=PATIENCE_S, deadline_s=2 * PATIENCE_S)
    server = mail.server
    row = Row(
        purpose="Máy chủ thư",
        host=server.host,
        port=server.port,
        protocol="smtps" if server.tls else "smtp+starttls" if server.starttls else "smtp",
        via="trực tiếp",
        outcome="đăng nhập được" if server.user else "trả lời, không đăng nhập",
        good=True,
    )
    try:
        mail.check()
    except NotSent as error:
        mend = "kiểm tra SMTP_URL (máy, cổng, tên, mật khẩu), CA_FILE và tường lửa"
        return replace(row, outcome=error.why, good=False, mend=mend)
    return row


def clock_row(dated: list[tuple[str, datetime, datetime]]) -> Row:
    """How far this machine's clock is from those of the servers that answered; the middle one counts."""
    row = Row(purpose="Đồng hồ", host="", port=0, protocol="giờ máy chủ trả về", via="", outcome="", good=False)
    if not dated:
        mend = "mở ít nhất một địa chỉ ở trên; bật đồng bộ giờ (chrony hoặc systemd-timesyncd)"
        return replace(row, outcome="chưa so được với máy nào", mend=mend)
    offsets = sorted(((ours - theirs).total_seconds(), host) for host, theirs, ours in dated)
    offset, host = offsets[len(offsets) // 2]
    # A Date header is cut to whole seconds, so half a second of it is nobody's fault.
    offset -= 0.5
    good = abs(offset) <= CLOCK_TOLERANCE_S
    way = "nhanh" if offset > 0 else "chậm"
    outcome = f"lệch không quá {CLOCK_TOLERANCE_S:.0f} giây" if good else f"{way} {abs(offset):.0f} giây"
    mend = "" if good else "bật đồng bộ giờ (chrony hoặc systemd-timesyncd)"
    return replace(row, host=host, outcome=outcome, good=good, mend=mend)


def _date(header: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(header)
    except (TypeError, ValueError, OverflowError):
        return None
    return said if said.tzinfo else None
