"""Ways to look: one function each, in one dict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.core.look import Kind
from monitor.core.service import Target
from monitor.probes import browser, http
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress

Probe = Callable[[Target, Egress, Callable[[], datetime]], Finished]

PROBES: Mapping[Kind, Probe] = {Kind.HTTP: http.probe, Kind.BROWSER: browser.probe}

__all__ = ["PROBES", "Egress", "Finished", "Probe"]
