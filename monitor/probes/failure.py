"""What it means when a transfer failed: the target's fault, our network's, or our own."""

from __future__ import annotations

import pycurl

from monitor.core.look import Cause
from monitor.probes.judge import Judgement

_TLS = frozenset({
    pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CIPHER, pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_ISSUER_ERROR, pycurl.E_SSL_INVALIDCERTSTATUS, pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
})  # fmt: skip
_CAUSES = {
    pycurl.E_COULDNT_RESOLVE_HOST: Cause.DNS,
    pycurl.E_COULDNT_RESOLVE_PROXY: Cause.OWN_NETWORK,
    pycurl.E_COULDNT_CONNECT: Cause.CONNECT,
    pycurl.E_OPERATION_TIMEDOUT: Cause.TIMEOUT,
    pycurl.E_GOT_NOTHING: Cause.BROKEN,
    pycurl.E_RECV_ERROR: Cause.BROKEN,
    pycurl.E_SEND_ERROR: Cause.BROKEN,
    pycurl.E_PARTIAL_FILE: Cause.BROKEN,
    pycurl.E_UNSUPPORTED_PROTOCOL: Cause.BROKEN,
    pycurl.E_BAD_CONTENT_ENCODING: Cause.BROKEN,
    pycurl.E_HTTP2: Cause.BROKEN,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: Cause.BROKEN,
}
_PROXY_REFUSES = frozenset({401, 403, 407, 511})


def judged(code: int, words: str, curl: pycurl.Curl, *, proxied: bool) -> Judgement:
    """Judge a failed transfer by libcurl's code, and by how far it had come."""
    connect_code = int(curl.getinfo(pycurl.HTTP_CONNECTCODE)) if proxied else 0
    if proxied and not (_ours_answered(curl, connect_code)):
        return Judgement(cause=Cause.OWN_NETWORK, detail=_told(code, words), doubtful=False)
    if connect_code and connect_code // 100 != 2:
        return _tunnel_refused(connect_code)
    cause = Cause.TLS if code in _TLS else _CAUSES.get(code, Cause.PROBE_FAILED)
    nothing_came = not curl.getinfo(pycurl.RESPONSE_CODE)
    return Judgement(cause=cause, detail=_told(code, words), doubtful=nothing_came and cause is not Cause.PROBE_FAILED)


def _ours_answered(curl: pycurl.Curl, connect_code: int) -> bool:
    """Whether the proxy itself was reached."""
    return bool(connect_code or curl.getinfo(pycurl.RESPONSE_CODE) or curl.getinfo(pycurl.CONNECT_TIME))


def _tunnel_refused(status: int) -> Judgement:
    """The proxy would not, or could not, open a tunnel to the target."""
    detail = f"proxy trả lời {status} khi nối tới máy đích"
    if status in _PROXY_REFUSES:
        return Judgement(cause=Cause.OWN_NETWORK, detail=detail)
    return Judgement(cause=Cause.TIMEOUT if status == 504 else Cause.CONNECT, detail=detail, doubtful=True)


def _told(code: int, words: str) -> str:
    return f"libcurl {code}: {words[:160]}"
