"""The short-lived process that reads one file under limits: `python -m jobs.read_child`, its task on standard input."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from jobs import circles

MEMORY = 1024**3 - 128 * 1024**2
"""Bytes of address space; the daemon beside it must fit into what is left of 1 GiB."""
CPU_S = 600
NICE = 5
"""A third of what the daemon gets where both want one core. At 10 it was a tenth: beside six busy processes of others
on one core, a file that costs four seconds of CPU was read for eighty."""
PROGRESS_S = 0.2
ROOM_MIB = 32
"""Of the database, whose indexes are met in no order: a row costs a sixth less to write."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to read and where to put it. `database` may hold a password: it is handed over by standard input only."""

    database: str
    path: str
    source: str
    kind: str
    layouts: tuple[str, ...]
    own_layouts: str
    number: int
    at: str
    modified: str
    parent: int
    officers: bool = False
    scoped: bool = False
    """Whether the source says what its lists are complete for."""
    memory: int = MEMORY
    progress: int | None = None
    """Where to write how many rows are read, an open pipe; None: nobody asks."""

    def as_text(self) -> str:
        """One line that `task_of` reads."""
        return json.dumps(asdict(self))


def task_of(text: str) -> Task:
    """The task in a line of text."""
    values: dict[str, Any] = json.loads(text)
    return Task(**values | {"layouts": tuple(values["layouts"])})


def main() -> int:
    """Read the file; print one line of JSON: why it was refused, or nothing more than that it was not."""
    task = task_of(sys.stdin.read())
    confine(task)
    circles.seldom()
    try:
        why = run(task)
    except MemoryError:
        why = TOO_LARGE
    print(json.dumps({"why": why}))  # noqa: T201 - this is how the parent is told
    return 0


TOO_LARGE = "tệp quá lớn để đọc an toàn; tách thành nhiều tệp, hoặc lưu dạng CSV"


class Limited(Protocol):
    """What a process is to be limited to."""

    @property
    def memory(self) -> int:
        """Bytes of address space."""

    @property
    def parent(self) -> int:
        """The process without which it is not to live."""


def confine(task: Limited) -> None:
    """Limit what the process may take, and let it die with its parent."""
    resource.setrlimit(resource.RLIMIT_AS, (task.memory, task.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
    # Who stops the daemon may stop all its processes at once; a file half read for that reason has not failed.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != task.parent:  # it died before it could be watched
        os._exit(1)


def run(task: Task) -> str:
    """Take the file in; why it was refused, empty where it was not."""
    from jobs.intake import Intake
    from monitor.core.period import to_ms
    from monitor.core.step import LAYOUT
    from monitor.sources import SOURCES, Notes, Steps
    from monitor.sources.layout import load_layouts
    from monitor.sources.sheet import FileRefused
    from monitor.sources.title import as_of, said
    from monitor.store.engine import engine_of, url_of

    path, at = Path(task.path), datetime.fromisoformat(task.at)
    layouts = load_layouts(Path(task.own_layouts), officers=task.officers)
    layouts = tuple(one for one in layouts if not task.layouts or one.key in task.layouts)
    engine = engine_of(url_of(task.database), room_mib=ROOM_MIB)
    intake = Intake(engine=engine, number=task.number, source=task.source, at=at)
    notes, names, before = Notes(told=to_ms(at)), dict[str, None](), _state(path)
    stands_for: datetime | None = None
    if task.progress is not None:
        _tell_of(intake, task.progress)
    try:
        for table in SOURCES[task.kind](path, layouts, notes, officers=task.officers):
            if isinstance(table, Steps):
                stands_for, names[LAYOUT] = min(datetime.fromisoformat(task.modified), at), None
                intake.take_steps(table.rows())
                continue
            if stands_for is None:
                stands_for = as_of(said(table.title), datetime.fromisoformat(task.modified), at)
                intake.prepare(stands_for)
            names[table.layout.name] = None
            intake.take(table.lines(intake.known))
        intake.flush()
        _expect_sound(intake, path, before)
        if task.scoped:
            _expect_not_emptied(intake)
    except FileRefused as refused:
        return str(refused)
    _finish(intake, stands_for or at, tuple(names), [*notes.lines(), *_no_list(intake)])
    return ""


def _tell_of(intake: Any, pipe: int) -> None:
    """Write now and then how many rows are read; a thread, so that it costs a row nothing."""

    def tell() -> None:
        with suppress(OSError):  # nobody listens any more
            while True:
                os.write(pipe, b"%d\n" % intake.counts.read)
                time.sleep(PROGRESS_S)

    threading.Thread(target=tell, daemon=True).start()


def _state(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def _expect_sound(intake: Any, path: Path, before: tuple[int, int]) -> None:
    from monitor.sources.sheet import FileRefused

    if _state(path) != before:
        raise FileRefused("tệp thay đổi trong khi đọc; chép xong hẳn rồi thả lại")
    if intake.counts.read > intake.kept_out and intake.counts.set_aside == intake.counts.read:
        raise FileRefused(f"không đọc được dòng nào trong {intake.counts.read} dòng; dòng đầu: {intake.first_reason}")


def _expect_not_emptied(intake: Any) -> None:
    """A complete list that tells of nothing any more is a fault of its export as long as dossiers of it are open."""
    from monitor.sources.sheet import FileRefused
    from monitor.store import polls, reading

    if intake.steps_only or intake.counts.read:
        return
    with reading(intake.engine) as db:
        still = polls.still_open(db, intake.source)
    if still:
        raise FileRefused(f"{emptied(still)}; xuất lại, hoặc xuất cả hồ sơ đã xong")


def emptied(still: int) -> str:
    """What is said of a list without any dossier, of a source of which so many are open."""
    return (
        f"danh sách không có hồ sơ nào, trong khi {still} hồ sơ của nguồn đang mở: không coi hồ sơ nào là đã xong hay "
        "không còn trong danh sách"
    )


def _no_list(intake: Any) -> Iterator[str]:
    """Why nothing is concluded from what a list of dossiers lacks; nothing where that may be."""
    from monitor.store.imports import REASONS_KEPT

    concluded = "không kết luận hồ sơ nào không còn trong danh sách."
    if not intake.steps_only and not intake.counts.read:
        yield f"Danh sách không có hồ sơ nào: {concluded}"
    if intake.nameless:
        yield f"{intake.nameless} dòng không có mã hồ sơ đọc được: {concluded}"
    elif intake.counts.set_aside > REASONS_KEPT:
        yield f"Hơn {REASONS_KEPT} dòng để riêng: {concluded}"


def _finish(intake: Any, as_of: datetime, names: Sequence[str], notes: Sequence[str]) -> None:
    from monitor.store import imports, packed, writing

    confirmed = packed.pack(intake.confirmed())
    with writing(intake.engine) as db:
        imports.take(
            db,
            intake.number,
            as_of=as_of,
            layout="; ".join(names),
            counts=asdict(intake.counts),
            notes=notes,
            confirmed=confirmed,
            whole=not intake.steps_only and not any(_no_list(intake)),
        )
    intake.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
