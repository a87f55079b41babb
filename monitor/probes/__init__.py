"""Ways to look: HTTP side by side (`http.Prober`), and one function for each way that takes a target at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.core.look import Kind
from monitor.core.service import Target
from monitor.probes import browser, dns, tcp, tls
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress

Probe = Callable[[Target, Egress, Callable[[], datetime], threading.Event], Finished]
"""Looks at a target as the egress says, by the clock; gives up early once the event is set."""

PROBES: Mapping[Kind, Probe] = {
    Kind.BROWSER: browser.probe,
    Kind.DNS: dns.probe,
    Kind.TLS: tls.probe,
    Kind.TCP: tcp.probe,
}
"""The ways to look at one target after the other; every other kind is HTTP's."""

__all__ = ["PROBES", "Egress", "Finished", "Probe"]
