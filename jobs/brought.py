"""What polls brought home goes the way of a dropped file: pages as one file of records, files each by itself."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jobs import inbox, reading
from jobs.app import App
from jobs.poll_child import FILE, PAGE, whole_file
from jobs.read_apart import read_apart
from jobs.reading import Read
from jobs.report import Report
from monitor.core.period import ict
from monitor.core.source import SourceSpec
from monitor.sources.polling import DOSSIERS

LARGEST = 32 * 1024**2
"""Bytes of one file of records: its reader holds all of it. More records go into several files."""
MOST_KEYS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a source's folder remembers between polls.

    `place` tells one way of asking from another, `begun` when what lies there was asked for, `go_on` where the next
    poll goes on, `known` the keys of files brought home, `failed` that going on is tried again after a failure.
    """

    place: str = ""
    begun: str = ""
    go_on: Mapping[str, Any] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What came of handing over: how many pages, files and records there were, what the last page said.

    `listed` are the records of lists of dossiers alone.
    """

    pages: int = 0
    records: int = 0
    listed: int = 0
    since: str = ""
    go_on: Mapping[str, Any] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()

    @property
    def refused(self) -> str:
        """Why a file of it was not taken in; empty where all were."""
        return next((report.row.why for report in self.reports if report.failed), "")


def load_state(folder: Path) -> State:
    """What a folder remembers; nothing where it cannot be read."""
    try:
        values = json.loads((folder / "state.json").read_text("utf-8"))
        return State(**values | {"known": tuple(values["known"])})
    except (OSError, ValueError, TypeError, KeyError):
        return State()


def save_state(folder: Path, state: State) -> None:
    """Remember."""
    kept = replace(state, known=state.known[-MOST_KEYS:])
    whole_file(folder / "state.json", json.dumps(asdict(kept)))


def hand_over(
    app: App, spec: SourceSpec, folder: Path, now: datetime, *, whole: bool, read: Read = read_apart
) -> Handed:
    """Take in what lies in a source's folder, and clear it away; `whole` where it is a complete list.

    Killed in between, it is taken in again: the same bytes, or rows that are known already.
    """
    _tidy(folder, spec)
    pages = sorted(folder.glob(f"*{PAGE}"))
    reports = [*_pages(app, spec, folder, pages, now, whole=whole, read=read)]
    files = [*_files(app, spec, folder, now, read=read)]
    heads = [_head(page) for page in pages]
    for page in pages:
        page.unlink()
    last = heads[-1] if heads else {}
    return Handed(
        pages=len(pages) + len(files),
        records=sum(head["records"] for head in heads) + sum(report.row.read for report in files),
        listed=sum(head["records"] for head in heads if _of_list(head)),
        since=next((str(head["since"]) for head in reversed(heads) if head["since"]), ""),
        go_on=last.get("go_on", {}),
        reports=(*reports, *files),
    )


def _tidy(folder: Path, spec: SourceSpec) -> None:
    """Remove what was under way when somebody was killed: it is made, named, or fetched, again."""
    for under_way in ("take", "new"):
        shutil.rmtree(folder / under_way, ignore_errors=True)
    for path in (*folder.glob(f"{spec.key}-*.json"), *folder.glob("*.tmp")):
        path.unlink()
    for beside in folder.glob("[0-9]*.json"):
        if not beside.with_suffix(FILE).exists():
            beside.unlink()


def _head(page: Path) -> dict[str, Any]:
    with page.open(encoding="utf-8") as lines:
        head: dict[str, Any] = json.loads(next(lines))
        return head | {"records": sum(1 for _ in lines)}


def _of_list(head: Mapping[str, Any]) -> bool:
    return head["service"] == DOSSIERS and not head.get("apart")


def _pages(
    app: App, spec: SourceSpec, folder: Path, pages: list[Path], now: datetime, *, whole: bool, read: Read
) -> Iterator[Report]:
    """Take the records in, those of one service together; a column that none of them has says nothing."""
    begun = datetime.fromisoformat(load_state(folder).begun or now.isoformat())
    services = [((str(head["service"]), bool(head.get("apart"))), page) for page in pages for head in [_head(page)]]
    services.sort(key=lambda one: (one[0][0] != DOSSIERS, *one))
    for (service, apart), group in groupby(services, key=lambda one: one[0]):
        name = f"{spec.key}-{ict(begun):%Y%m%d-%H%M%S}{'-tra-cuu' if apart else ''}"
        made = list(written(folder, name, service, begun, (page for _, page in group)))
        complete = whole and not apart and len(made) == 1
        for path in made:
            os.utime(path, (begun.timestamp(), begun.timestamp()))
            report = reading.take_in(app, path, spec.key, now, complete=complete, read=read)
            if report.failed:
                inbox.put_away(path, report, app.settings.var_dir / "inbox" / spec.key)
            path.unlink(missing_ok=True)
            yield report


def written(
    folder: Path, name: str, service: str, begun: datetime, pages: Iterable[Path], *, largest: int = LARGEST
) -> Iterator[Path]:
    """Files with all records of some pages, as a message of the national format; none where there is no record.

    Its moment stands in each, so that a list that is again as it once was is not taken for a file known already.
    """
    head = json.dumps({"service": service, "asked": begun.isoformat()})[:-1] + ', "data": [\n'
    number, room, out = 0, 0, None
    for line in _records(pages):
        if out is None or len(line) + 2 > room:
            if out:
                out.write("\n]}")
                out.close()
                yield Path(out.name)
            number, room = number + 1, largest
            path = folder / f"{name}-{service}{f'-{number}' if number > 1 else ''}.json"
            out = path.open("w", encoding="utf-8")
            out.write(head)
            out.write(line)
        else:
            out.write(",\n" + line)
        room -= len(line) + 2
    if out:
        out.write("\n]}")
        out.close()
        yield Path(out.name)


def _records(pages: Iterable[Path]) -> Iterator[str]:
    for page in pages:
        with page.open(encoding="utf-8") as lines:
            next(lines)
            yield from (line.rstrip("\n") for line in lines)


def _files(app: App, spec: SourceSpec, folder: Path, now: datetime, *, read: Read) -> Iterator[Report]:
    """Take files in one by one; each is known from then on."""
    dropped = app.settings.var_dir / "inbox" / spec.key
    for path in sorted(folder.glob(f"*{FILE}")):
        beside = path.with_suffix(".json")
        about = json.loads(beside.read_text("utf-8"))
        moment = datetime.fromisoformat(about["at"]).timestamp()
        take = folder / "take"
        take.mkdir(exist_ok=True)
        named = inbox.free(take, Path(str(about["name"])).name or path.name)
        _also_at(path, named)
        os.utime(named, (moment, moment))
        report = reading.take_in(app, named, spec.key, now, read=read)
        inbox.put_away(named, report, dropped)
        state = load_state(folder)
        save_state(folder, replace(state, known=(*state.known, *filter(None, [str(about["key"])]))))
        path.unlink()
        beside.unlink()
        yield report


def _also_at(path: Path, other: Path) -> None:
    """Give a file a second name; where that is not possible, a second body. It is lost only once it was taken in."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
