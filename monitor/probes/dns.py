"""Looking up a name: UP where every resolver asked answers, and with the addresses that are wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.core.address import place_of, resolver_of
from monitor.core.look import Cause, Evidence
from monitor.core.service import Assertion, Step, Target
from monitor.probes.connection import Deadline
from monitor.probes.http import Finished
from monitor.probes.judge import Judgement
from monitor.probes.outcome import Egress
from monitor.probes.single import Found, over

if TYPE_CHECKING:
    from dns.resolver import Resolver

SYSTEM = "system"
"""The resolver that this machine is set up with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one resolver said; `silent` where it said nothing at all, `why` in Vietnamese where it gave no address."""

    resolver: str
    addresses: tuple[str, ...] = ()
    why: str = ""
    silent: bool = False

    @property
    def words(self) -> str:
        """The reply as a look's detail names it."""
        return f"{self.resolver}: {', '.join(self.addresses) or self.why}"


class NoResolver(Exception):
    """This machine names no resolver that can be asked."""


def probe(target: Target, egress: Egress, now: Callable[[], datetime], stopping: threading.Event) -> Finished:  # noqa: ARG001 - its deadline bounds it
    """Ask every resolver, side by side; each of their answers is in the detail.

    Behind a proxy a name that does not resolve here says nothing: the proxy resolves names, not we.
    """
    at, deadline = now(), Deadline(target.deadline_s)
    step = target.steps[0]
    name, _ = place_of(step.url)
    try:
        with ThreadPoolExecutor(max_workers=len(step.resolvers), thread_name_prefix="dns") as pool:
            replies = list(pool.map(lambda which: ask(which, name, step.record, deadline), step.resolvers))
    except NoResolver as error:
        judgement = Judgement(cause=Cause.PROBE_FAILED, detail=str(error))
        return over(target, egress, at, deadline, Found(judgement=judgement))
    judgement = judged(replies, step, proxied=bool(egress.proxy_for(target, step.url)))
    evidence = Evidence(taken=tuple(reply.words for reply in replies))
    return over(target, egress, at, deadline, Found(judgement=judgement, evidence=evidence))


def judged(replies: Sequence[Reply], step: Step, *, proxied: bool) -> Judgement:
    """What the replies mean together; doubtful where no resolver said anything."""
    detail = "; ".join(reply.words for reply in replies)
    if any(not reply.addresses for reply in replies):
        if proxied:
            why = "tên miền do proxy phân giải, không phán được từ đây"
            return Judgement(cause=Cause.OWN_NETWORK, detail=f"{why}: {detail}")
        return Judgement(cause=Cause.DNS, detail=detail, doubtful=all(reply.silent for reply in replies))
    for wanted in step.assertions:
        if any(wanted.value not in reply.addresses for reply in replies):
            return Judgement(cause=_cause(wanted), detail=f"thiếu {wanted.value}: {detail}")
    return Judgement(detail=detail)


def _cause(wanted: Assertion) -> Cause:
    return Cause.DNS if wanted.cause is Cause.CONTENT else wanted.cause


def ask(which: str, name: str, record: str, deadline: Deadline) -> Reply:
    """Ask one resolver, "system" or an address with or without a port, for the records of a name."""
    import dns.exception
    import dns.resolver

    try:
        answer = _resolver(which).resolve(name, record, search=False, lifetime=deadline.left())
    except dns.resolver.NXDOMAIN:
        return Reply(resolver=which, why="không có tên miền này")
    except dns.resolver.NoAnswer:
        return Reply(resolver=which, why=f"không có bản ghi {record}")
    except (dns.exception.Timeout, TimeoutError):
        return Reply(resolver=which, why="không trả lời", silent=True)
    except dns.resolver.NoNameservers as error:
        return Reply(resolver=which, why=_refusal(error))
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return Reply(resolver=which, why=str(error)[:120] or type(error).__name__)
    return Reply(resolver=which, addresses=tuple(sorted(str(item) for item in answer)))


def _resolver(which: str) -> Resolver:
    import dns.resolver

    if which != SYSTEM:
        address, port = resolver_of(which)
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [address], port
        return resolver
    try:
        return dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise NoResolver("máy này chưa khai máy chủ DNS nào") from error


def _refusal(error: Any) -> str:
    """Why no server would answer: the last one's code, or its error."""
    errors = error.kwargs.get("errors") or ()
    return f"từ chối: {errors[-1][3]}"[:120] if errors else "từ chối"
