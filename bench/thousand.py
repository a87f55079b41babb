"""A thousand targets, each looked at every minute: the share of a core that the whole daemon takes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.daemon import Running, asked
from bench.site import ACTION, CODE, Site
from monitor.register import copy_shipped

TARGETS = 1000
LEAST_S, JITTER = 48.0, 0.5
"""An interval of sixty seconds on average, drawn out so that the looks come one by one, as in a daemon that has run for
long; all at once, as after a start, they cost less."""
SETTLING_S, MEASURED_S = 150.0, 60.0
LIMITS = {"HTTP": 1.5, "HTTPS": 2.5}

_TARGET = """
[[service.target]]
key = "cong-{number}"
name = "Địa chỉ {number}"
public = false
interval_s = {least}
jitter = {jitter}
deadline_s = 5
[[service.target.step]]
url = "{url}/{number}"
assertions = [
  {{ want = "status", value = "200", cause = "status" }},
  {{ want = "text", value = "{action}", cause = "action_missing" }},
]
"""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """`tthc run` with everything that belongs to it, one over HTTP and one over HTTPS at the same time.

    At a smaller scale there are fewer targets, and less time.
    """
    targets = max(10, round(TARGETS * scale))
    with ExitStack() as stack:
        daemons = {}
        for scheme in LIMITS:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            site = stack.enter_context(Site(folder))
            _stage(folder, site.url[scheme], targets)
            daemons[scheme] = (folder, stack.enter_context(Running(folder, CA_FILE=str(site.ca_file))))
        shares = _shares(daemons, min(1.0, 10 * scale))
    for scheme, (share, made) in shares.items():
        name = f"{targets:,} targets a minute over {scheme}, the daemon ({made:.1f} looks/s)"
        yield name, share, LIMITS[scheme], "%"


def _stage(folder: Path, url: str, targets: int) -> None:
    copy_shipped(folder / "register")
    head = f'[[service]]\ncode = "{CODE}"\nname = "Khuyến mại"\nowner = "so-cong-thuong"\n'
    tables = (
        _TARGET.format(number=number, least=LEAST_S, jitter=JITTER, url=url, action=ACTION) for number in range(targets)
    )
    (folder / "register" / "services" / f"{CODE}.toml").write_text(head + "".join(tables), "utf-8")


def _shares(daemons: Mapping[str, tuple[Path, Running]], scale: float) -> dict[str, tuple[float, float]]:
    """Of each daemon: percent of a core, its children that ended among it, and the looks written a second."""
    time.sleep(SETTLING_S * scale)
    before = {scheme: (_cpu_s(daemon.pid), _up(folder)) for scheme, (folder, daemon) in daemons.items()}
    began = time.monotonic()
    time.sleep(MEASURED_S * scale)
    took = time.monotonic() - began
    found = {}
    for scheme, (folder, daemon) in daemons.items():
        cpu, looks = before[scheme]
        found[scheme] = (100 * (_cpu_s(daemon.pid) - cpu) / took, (_up(folder) - looks) / took)
    return found


def _cpu_s(pid: int) -> float:
    """User and system time of a process and its children that ended, to a hundredth of a second."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _up(folder: Path) -> int:
    """Looks that found the page as it should be."""
    ((count,),) = asked(folder, "SELECT count(*) FROM looks WHERE verdict = 'up'")
    return int(count)
