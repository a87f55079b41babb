"""Looking with a real browser, in a child process that is killed with all it started when its time is up."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from monitor.core.look import Cause, Evidence, Phases, Verdict
from monitor.core.service import Step, Target
from monitor.probes.http import Finished
from monitor.probes.judge import Judgement, at_step, retry_after, verdict_of
from monitor.probes.outcome import UNAVAILABLE, Answer, Egress, Outcome
from monitor.probes.taking import passed

MARK = "TTHC_BROWSER"
"""An environment variable by which everything a child started is known."""
START_S = 15.0
"""What starting and ending a browser may take beside the look itself."""
POLL_S = 0.05

_NET_ERRORS: Mapping[str, Cause] = {
    "ERR_NAME": Cause.DNS,
    "ERR_PROXY": Cause.OWN_NETWORK,
    "ERR_TUNNEL": Cause.OWN_NETWORK,
    "ERR_UNEXPECTED_PROXY_AUTH": Cause.OWN_NETWORK,
    "ERR_INTERNET_DISCONNECTED": Cause.OWN_NETWORK,
    "ERR_NETWORK_CHANGED": Cause.OWN_NETWORK,
    "ERR_NO_SUPPORTED_PROXIES": Cause.OWN_NETWORK,
    "ERR_TOO_MANY_REDIRECTS": Cause.LOGIN_LOOP,
    "ERR_CERT": Cause.TLS,
    "ERR_SSL": Cause.TLS,
    "ERR_TIMED_OUT": Cause.TIMEOUT,
    "ERR_CONNECTION_TIMED_OUT": Cause.TIMEOUT,
    "ERR_CONNECTION_REFUSED": Cause.CONNECT,
    "ERR_CONNECTION_FAILED": Cause.CONNECT,
    "ERR_ADDRESS": Cause.CONNECT,
    "TIMEOUT": Cause.TIMEOUT,
    "ERR_": Cause.BROKEN,
}
"""The cause of each kind of Chromium's net errors; the first prefix that fits counts."""


def probe(target: Target, egress: Egress, now: Callable[[], datetime], stopping: threading.Event) -> Finished:
    """Look at one target with Chromium; a browser that cannot be started is an UNKNOWN look, never an exception."""
    at, began = now(), time.monotonic()
    answer = _ask(_order(target, egress), target.deadline_s + START_S, stopping)
    judgement = _judged(answer, target)
    total = round((time.monotonic() - began) * 1000)
    outcome = replace(
        _outcome(judgement, answer, at),
        proxied=_proxied(target, egress),
        phases=Phases(first_byte=answer.get("first_byte"), total=total),
    )
    return Finished(target=target, at=at, outcome=outcome)


def _proxied(target: Target, egress: Egress) -> bool:
    return bool(egress.proxy_for(target, target.steps[0].url))


def _order(target: Target, egress: Egress) -> dict[str, Any]:
    return {
        "steps": [asdict(step) for step in target.steps],
        "challenge": list(target.challenge),
        "deadline_s": target.deadline_s,
        "proxy": egress.proxy if target.proxy is None else target.proxy,
        "bypass": list(egress.bypass_for(target)),
        "proxied": _proxied(target, egress),
        "ca_file": egress.ca_for(target),
        "user_agent": egress.user_agent,
        "chromium": egress.chromium_path,
    }


def _ask(order: Mapping[str, Any], limit_s: float, stopping: threading.Event) -> dict[str, Any]:
    """Run the child; its answer, or {"failed": why}."""
    try:
        return _asked(order, limit_s, stopping)
    except OSError as error:  # the disk is full, or no process can be had
        return {"failed": f"{UNAVAILABLE}: {error.strerror or error}"}


def _asked(order: Mapping[str, Any], limit_s: float, stopping: threading.Event) -> dict[str, Any]:
    mark = uuid.uuid4().hex
    folder = tempfile.TemporaryDirectory(prefix="tthc-browser-", ignore_cleanup_errors=True)
    with folder as home, tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "monitor.probes.browser_child"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(mark, home),
        )
        try:
            if child.stdin is not None:
                with suppress(BrokenPipeError), child.stdin:
                    child.stdin.write(json.dumps(order).encode())
            timely = _over(child, limit_s, stopping)
        finally:
            kill_all(child, mark)
        if not timely:
            return {"failed": "TIMEOUT" if not stopping.is_set() else f"{UNAVAILABLE}: dừng giữa chừng"}
        return _read(out)


def _environment(mark: str, home: str) -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR")
    root = str(Path(__file__).parents[2])
    passed = {name: os.environ[name] for name in kept if name in os.environ}
    passed["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [passed.get("PYTHONPATH")])])
    return passed | {MARK: mark, "HOME": home, "TMPDIR": home}


def _over(child: subprocess.Popen[bytes], limit_s: float, stopping: threading.Event) -> bool:
    end = time.monotonic() + limit_s
    while child.poll() is None:
        if stopping.wait(POLL_S) or time.monotonic() > end:
            return False
    return True


def _read(out: IO[bytes]) -> dict[str, Any]:
    out.seek(0)
    try:
        answer = json.loads(out.read())
    except ValueError:
        return {"failed": f"{UNAVAILABLE}: tiến trình con dừng bất thường"}
    return answer if isinstance(answer, dict) else {"failed": UNAVAILABLE}


def kill_all(child: subprocess.Popen[bytes], mark: str) -> None:
    """Kill the child, its process group, and everything that carries its mark or descends from those that do."""
    doomed = _family(child.pid, mark)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    while doomed:
        for pid in doomed:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
        doomed = _family(child.pid, mark) - {child.pid}
    child.wait()


def _family(pid: int, mark: str) -> set[int]:
    """Living processes that descend from `pid` or carry the mark."""
    wanted = f"{MARK}={mark}".encode()
    parents: dict[int, int] = {}
    found: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            state, parent = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if state in "ZX":
                continue
            parents[int(folder.name)] = int(parent)
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
    family = found | {pid}
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return {member for member in family if member in parents}


def _judged(answer: Mapping[str, Any], target: Target) -> Judgement:
    number = int(answer.get("step", 0))
    judgement = _judged_at(answer, target, target.steps[number])
    if judgement.cause is Cause.NONE and number + 1 < len(target.steps):
        judgement = Judgement(cause=Cause.CONTENT, detail="trang trống, không đi tiếp được")
    return at_step(judgement, number, len(target.steps))


def _judged_at(answer: Mapping[str, Any], target: Target, step: Step) -> Judgement:
    if "failed" in answer:
        return failed(str(answer["failed"]), proxied=bool(answer.get("proxied")))
    if "unfit" in answer:
        return Judgement(cause=Cause.CONTENT, detail=str(answer["unfit"]))
    return passed(_answer(answer), step, target.challenge)[0]


def failed(why: str, *, proxied: bool = False) -> Judgement:
    """What a failed navigation means: Chromium's net error, a timeout, or a browser that could not be had."""
    name = why.removeprefix("net::")
    cause = next((cause for prefix, cause in _NET_ERRORS.items() if name.startswith(prefix)), Cause.PROBE_FAILED)
    if proxied and (cause is Cause.DNS or name.startswith("ERR_INVALID_AUTH_CREDENTIALS")):
        cause = Cause.OWN_NETWORK  # behind a proxy we resolve no name, and give nobody else a password
    doubtful = verdict_of(cause) is Verdict.DOWN and cause is not Cause.LOGIN_LOOP
    return Judgement(cause=cause, detail=name[:200], doubtful=doubtful)


def _answer(answer: Mapping[str, Any]) -> Answer:
    return Answer(
        url=str(answer["url"]),
        status=int(answer["status"]),
        headers=dict(answer["headers"]),
        body=str(answer["html"]).encode("utf-8", "replace"),
        cut=bool(answer["cut"]),
        visible=str(answer["text"]).encode("utf-8", "replace").decode(),
        proxied=bool(answer["proxied"]),
    )


def _outcome(judgement: Judgement, answer: Mapping[str, Any], at: datetime) -> Outcome:
    evidence, status, size, asks = Evidence(), None, None, None
    if "html" in answer:
        seen = _answer(answer)
        picture = base64.b64decode(str(answer.get("screenshot", "")))
        # The charset is ours, whatever the page's own was: the rendered page comes as text.
        evidence = Evidence(headers=seen.headers, body=seen.body, screenshot=picture, url=seen.url)
        status, size, asks = seen.status, len(seen.body), retry_after(seen, at)
    return Outcome(
        verdict=verdict_of(judgement.cause),
        cause=judgement.cause,
        detail=judgement.detail,
        doubtful=judgement.doubtful,
        status=status or None,
        size=size,
        retry_after_s=asks,
        evidence=evidence,
    )
