"""The certificate a server shows, and whether it is to be trusted; read by a handshake of its own."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.core.certificate import Certificate
from monitor.core.look import Cause, Phases
from monitor.probes.connection import Deadline, NotConnected, Route, connect
from monitor.probes.judge import Judgement
from monitor.probes.resolve import Lookup, system_lookup

if TYPE_CHECKING:
    from cryptography import x509

__all__ = ["Certificate", "NotConnected", "Shown", "certificate_of", "shown"]

SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"

_EXPIRED, _NOT_YET, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""OpenSSL's X509_V_ERR_…: what a verification failed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate and how the connection that showed it went."""

    certificate: Certificate
    address: str
    phases: Phases


def certificate_of(
    host: str,
    port: int,
    *,
    proxy: str = "",
    ca_file: str = "",
    user_agent: str = "",
    deadline_s: float = 10.0,
    lookup: Lookup = system_lookup,
) -> Certificate:
    """The certificate a server shows under this name; raise NotConnected where none is shown within the deadline.

    One that is not to be trusted is answered too, with its `problem`. `ca_file` as in `Egress.ca_for`: empty for the
    system's authorities.
    """
    route = Route(host=host, port=port, deadline_s=deadline_s, proxy=proxy, user_agent=user_agent, lookup=lookup)
    return shown(route, ca_file).certificate


def shown(route: Route, ca_file: str = "") -> Shown:
    """The certificate and the phases of the handshake; raise NotConnected.

    A certificate that fails verification is not handed out by OpenSSL, so it is read in a second handshake that
    verifies nothing.
    """
    deadline = Deadline(route.deadline_s)
    try:
        return _handshake(route, _trusting(ca_file), deadline)
    except ssl.SSLCertVerificationError as error:
        seen = _handshake(route, _trusting_all(), deadline)
        return replace(seen, certificate=replace(seen.certificate, problem=_problem(error, seen.certificate)))


def _handshake(route: Route, context: ssl.SSLContext, deadline: Deadline) -> Shown:
    connected = connect(route, deadline)
    phases = connected.phases
    with connected.socket as plain:
        try:
            plain.settimeout(deadline.left())
            with context.wrap_socket(plain, server_hostname=route.host, do_handshake_on_connect=False) as secure:
                secure.do_handshake()
                phases = replace(phases, tls=deadline.elapsed_ms())
                der = secure.getpeercert(binary_form=True)
        except ssl.SSLCertVerificationError:
            raise
        except TimeoutError as error:
            raise NotConnected(deadline.passed(), phases) from error
        except (OSError, ValueError) as error:
            detail = f"không bắt tay TLS được: {error}"[:200]
            raise NotConnected(Judgement(cause=Cause.TLS, detail=detail, doubtful=True), phases) from error
    if not der:
        raise NotConnected(Judgement(cause=Cause.TLS, detail="máy chủ không đưa chứng thư", doubtful=True), phases)
    return Shown(certificate=_read(der, phases), address=connected.address, phases=phases)


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file or SYSTEM_AUTHORITIES)
    except OSError as error:
        detail = f"không đọc được tệp CA {ca_file or SYSTEM_AUTHORITIES}: {error.strerror or error}"
        raise NotConnected(Judgement(cause=Cause.PROBE_FAILED, detail=detail)) from error
    # On by default since Python 3.13 only: it refuses certificates that every browser takes.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _trusting_all() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _read(der: bytes, phases: Phases) -> Certificate:
    from cryptography import x509

    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=read.subject.rfc4514_string(),
            issuer=read.issuer.rfc4514_string(),
            names=_names(read),
            not_before=read.not_valid_before_utc,
            not_after=read.not_valid_after_utc,
            sha256=hashlib.sha256(der).hexdigest(),
        )
    except (ValueError, x509.DuplicateExtension, x509.InvalidVersion) as error:
        detail = f"không đọc được chứng thư: {error}"[:200]
        raise NotConnected(Judgement(cause=Cause.TLS, detail=detail), phases) from error


def _names(read: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        stated = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.UnsupportedGeneralNameType):
        return ()
    addresses = [str(address) for address in stated.get_values_for_type(x509.IPAddress)]
    return (*stated.get_values_for_type(x509.DNSName), *addresses)


def _problem(error: ssl.SSLCertVerificationError, certificate: Certificate) -> str:
    match error.verify_code:
        case code if code == _EXPIRED:
            return f"chứng thư hết hạn ngày {certificate.not_after:%d/%m/%Y}"
        case code if code == _NOT_YET:
            return f"chứng thư chỉ có hiệu lực từ ngày {certificate.not_before:%d/%m/%Y}"
        case code if code in {_OTHER_NAME, _OTHER_ADDRESS}:
            return f"chứng thư cấp cho tên khác: {', '.join(certificate.names[:5]) or certificate.subject}"
        case _:
            return f"chứng thư không dẫn tới tổ chức chứng thực được tin cậy: {error.verify_message}"
