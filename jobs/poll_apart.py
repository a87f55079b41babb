"""Asking a source in a process of its own, which is ended at its deadline and dies with this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import structlog

from jobs.poll_child import Outcome, Task, out_of_time
from jobs.read_apart import last_error
from monitor.core.source import SourceKind
from monitor.sources.refusals import too_slow
from monitor.store.polls import PollState

log = structlog.get_logger()

GRACE_S = 10.0
"""How much longer than its deadline a process may take, to start and to end by itself."""
TURN_S = 1.0


def poll_apart(
    task: Task, lock: int, alive: Callable[[], None], grace_s: float = GRACE_S, turn_s: float = TURN_S
) -> Outcome:
    """Ask the source; how far that came. The process holds the lock as long as it lives.

    `alive` is called every `turn_s` meanwhile.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "jobs.poll_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(lock,),
        text=True,
        errors="replace",
    )
    told: str | None = task.as_text()
    left = task.deadline_s + grace_s
    while True:
        try:
            out, err = child.communicate(told, timeout=turn_s)
            break
        except subprocess.TimeoutExpired:
            told, left = None, left - turn_s
            alive()
        if left <= 0:
            child.kill()
            child.communicate()
            return _late(task)
    if child.returncode == 0:
        said = json.loads(out)
        return Outcome(state=PollState(said["state"]), why=said["why"], whole=said["whole"])
    return _died(task, child.returncode, err)


def _late(task: Task) -> Outcome:
    """A query is not gone on with: asked anew at once, it would come no further."""
    if task.kind == SourceKind.SQL:
        return Outcome(state=PollState.FAILED, why=too_slow(task.source))
    return Outcome(state=PollState.CUT, why=out_of_time(task.deadline_s))


def _died(task: Task, status: int, err: str) -> Outcome:
    log.warning("polling.died", source=task.source, status=status, error=last_error(err))
    if status < 0:
        return Outcome(state=PollState.CUT, why="tiến trình lấy dữ liệu bị dừng giữa chừng; lần sau lấy tiếp")
    if "MemoryError" in err:
        return Outcome(state=PollState.FAILED, why="trả lời quá lớn để đọc an toàn; giảm page_size")
    return Outcome(state=PollState.FAILED, why="gặp lỗi khi lấy dữ liệu; xem dòng polling.died trong nhật ký")
