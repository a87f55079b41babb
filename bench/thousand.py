"""Many targets: the share of a core that a thousand take each minute, and how soon all are seen after a restart."""

from __future__ import annotations

import os
import signal
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

DUE, DUE_EVERY_S, FIRST_S = 200, 20.0, 1.0
"""After a restart: how many targets are due, how often, and how soon after it is ready the first look begins."""

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
    yield from _restarted()


def _restarted() -> Iterator[tuple[str, float, float, str]]:
    """A daemon killed and started again, with all its targets due at once; by the clock on the wall."""
    with TemporaryDirectory() as place, Site(Path(place)) as site:
        folder = Path(place)
        _stage(folder, site.url["HTTP"], DUE, least_s=DUE_EVERY_S)
        with Running(folder) as daemon:
            _wait_for(folder, 0, DUE)
            os.kill(daemon.pid, signal.SIGKILL)
        begun = round(time.time() * 1000)
        with Running(folder):
            ready = time.time()
            _wait_for(folder, begun, DUE)
        (first, last), *_ = asked(
            folder,
            "SELECT min(first), max(first) FROM (SELECT min(at) AS first FROM looks "
            f"WHERE at >= {begun} GROUP BY target_id)",
        )
    yield "started again after a kill: first look, from when it is ready", max(0.0, first / 1000 - ready), FIRST_S, "s"
    yield f"{DUE} due targets seen once each, from when it is ready", last / 1000 - ready, DUE_EVERY_S, "s"


def _wait_for(folder: Path, since: int, targets: int) -> None:
    end = time.monotonic() + 120.0
    wanted = f"SELECT count(DISTINCT target_id) FROM looks WHERE at >= {since}"
    while asked(folder, wanted) != [(targets,)]:
        if time.monotonic() > end:
            raise TimeoutError((folder / "log").read_text()[-2000:])
        time.sleep(0.05)


def _stage(folder: Path, url: str, targets: int, least_s: float = LEAST_S) -> None:
    copy_shipped(folder / "register")
    head = f'[[service]]\ncode = "{CODE}"\nname = "Khuyến mại"\nowner = "so-cong-thuong"\n'
    tables = (
        _TARGET.format(number=number, least=least_s, jitter=JITTER, url=url, action=ACTION) for number in range(targets)
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
