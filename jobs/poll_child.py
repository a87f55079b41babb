"""The short-lived process that asks one source: `python -m jobs.poll_child`, its task on standard input."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.read_child import confine
from monitor.core.place import AdapterPlace, ApiPlace, Auth, MailboxPlace, Paging, Place, SftpPlace, SqlPlace
from monitor.core.source import SourceKind
from monitor.sources.polling import Asked, Brought, NotFetched, OutOfTime, Page
from monitor.store.ledger_tables import PollState

MEMORY = 768 * 1024**2
"""Bytes of address space."""
PAGE, FILE = ".page", ".file"
_PLACES: Mapping[SourceKind, Callable[..., Place]] = {
    SourceKind.API: ApiPlace,
    SourceKind.ADAPTER: AdapterPlace,
    SourceKind.MAILBOX: MailboxPlace,
    SourceKind.SFTP: SftpPlace,
    SourceKind.SQL: SqlPlace,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to ask and where to put it. It holds secrets: it is handed over by standard input only."""

    source: str
    kind: str
    place: Mapping[str, Any]
    secrets: Mapping[str, str]
    folder: str
    at: str
    deadline_s: float
    parent: int
    since: str = ""
    go_on: Mapping[str, Any]
    known: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    officers: bool = False
    proxy_url: str = ""
    no_proxy: str = ""
    ca_file: str = ""
    memory: int = MEMORY

    def as_text(self) -> str:
        """One line that `task_of` reads."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How far a poll came, and why not further; `whole` where what it brought home is all there is."""

    state: PollState
    why: str = ""
    whole: bool = False


def task_of(text: str) -> Task:
    """The task in a line of text."""
    values: dict[str, Any] = json.loads(text)
    return Task(**values | {name: tuple(values[name]) for name in ("known", "codes")})


def place_of(kind: str, values: Mapping[str, Any]) -> Place:
    """The place that `asdict` took apart."""
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if "auth" in made:
        made |= {"auth": Auth(str(made["auth"])), "paging": Paging(str(made["paging"]))}
    return _PLACES[SourceKind(kind)](**made)


def main() -> int:
    """Ask the source; print one line of JSON: how far it came, and why not further."""
    begun = time.monotonic()
    task = task_of(sys.stdin.read())
    confine(task)
    outcome = run(SourceKind(task.kind), asked_of(task, begun), task.deadline_s)
    print(json.dumps(asdict(outcome)), flush=True)  # noqa: T201 - this is how the parent is told
    os._exit(0)  # a question that was given up may still hold its thread


def run(kind: SourceKind, asked: Asked, deadline_s: float) -> Outcome:
    """Bring home what the source says, each page and file at once where no kill can take it back."""
    from monitor.sources.fetchers import FETCHERS

    number, whole, notes = 0, True, list[str]()
    try:
        for number, got in enumerate(FETCHERS[kind](asked), 1):
            match got:
                case Page():
                    whole = whole and got.whole
                    keep_page(asked.folder, number, got)
                case Brought():
                    keep_file(asked.folder, number, got)
            if got.note:
                notes.append(got.note)
    except NotFetched as error:
        return Outcome(state=PollState.FAILED, why=_line(str(error), number))
    except OutOfTime as error:
        return Outcome(state=PollState.CUT, why=_line(str(error) or out_of_time(deadline_s), number))
    except MemoryError:
        return Outcome(state=PollState.FAILED, why=_line("trả lời quá lớn để đọc an toàn; giảm page_size", number))
    return Outcome(state=PollState.DONE, why="; ".join(notes), whole=whole)


def out_of_time(deadline_s: float) -> str:
    """What is said of a poll that was ended at its deadline."""
    return f"hết {deadline_s:.0f} giây của một lần lấy; lần sau lấy tiếp, nếu lặp lại thì tăng deadline_s"


def _line(why: str, number: int) -> str:
    """Reason first; that something was brought home before it, behind it."""
    return f"{why} (đã lấy được {number} phần trước đó)" if number else why


def asked_of(task: Task, begun: float) -> Asked:
    """What the fetch is asked for, with proxies as the settings say."""
    from monitor.probes.outcome import bypassed

    def proxy(url: str) -> str:
        return "" if bypassed(urlsplit(url).hostname or "", task.no_proxy) else task.proxy_url

    return Asked(
        source=task.source,
        place=place_of(task.kind, task.place),
        now=datetime.fromisoformat(task.at),
        folder=Path(task.folder),
        secrets=task.secrets,
        since=task.since,
        go_on=task.go_on,
        known=frozenset(task.known),
        codes=task.codes,
        officers=task.officers,
        proxy=proxy,
        ca_file=task.ca_file,
        until=begun + task.deadline_s,
    )


def keep_page(folder: Path, number: int, page: Page) -> None:
    """Write a page as one file: where the next one is asked for, then a record a line."""
    head = {"service": page.service, "apart": page.apart, "go_on": page.go_on, "since": page.since}
    lines = (json.dumps(one, ensure_ascii=False) for one in (head, *page.records))
    whole_file(folder / f"{number:06d}{PAGE}", "\n".join(lines))


def keep_file(folder: Path, number: int, file: Brought) -> None:
    """Move a file to where it is taken in from, what is known of it beside it, written first."""
    path = folder / f"{number:06d}{FILE}"
    about = {"name": file.name, "key": file.key, "at": file.at.isoformat()}
    whole_file(path.with_suffix(".json"), json.dumps(about))
    file.path.rename(path)


def whole_file(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, whatever happens meanwhile."""
    new = path.with_name(f"{path.name}.tmp")
    with new.open("w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


if __name__ == "__main__":
    sys.exit(main())
