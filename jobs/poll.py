"""Sources that are asked, not waited for: each when it is due, and what it tells is taken in like a dropped file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import structlog

from jobs import brought
from jobs.app import App
from jobs.brought import Handed, State
from jobs.poll_apart import poll_apart
from jobs.poll_child import Outcome, Task
from jobs.read_apart import read_apart
from jobs.read_child import emptied
from jobs.reading import Read
from jobs.report import Report
from monitor.core.mask import mask
from monitor.core.period import aware
from monitor.core.place import AdapterPlace
from monitor.core.source import SourceSpec
from monitor.reports.freshness import ASKED
from monitor.sources.adapter import LOOK_UP
from monitor.sources.polling import DOSSIERS
from monitor.sources.secrets import SecretsUnusable, lacking, load_secrets
from monitor.sources.sheet import storable
from monitor.store import polls, reading, writing
from monitor.store.polls import PollRow, PollState

log = structlog.get_logger()

SECONDS = 30
LANE = "polling"
AT_ONCE = 2
"""So many sources are asked side by side, for one that is slow not to hold up all others."""
SOON = timedelta(minutes=1)
"""When a poll that was cut short and got on goes on."""
OLD = timedelta(days=1)
MOST_LOOKED_UP = 1_000
ABANDONED = "chương trình dừng giữa chừng; lần sau lấy tiếp"


Ask = Callable[[Task, int, Callable[[], None]], Outcome]


class Busy(Exception):
    """Somebody else asks this source just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came of one poll; `reports` are of the files that were taken in."""

    row: PollRow
    reports: tuple[Report, ...] = ()


def run(app: App, now: datetime) -> None:
    """Ask every source that is due."""
    if not (waiting := due(app, now)):
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda spec: _asked(app, spec, now), waiting):
            pass


def _asked(app: App, spec: SourceSpec, now: datetime) -> None:
    try:
        poll(app, spec, now)
    except Busy:
        log.info("polling.busy", source=spec.key)


def due(app: App, now: datetime) -> list[SourceSpec]:
    """Sources to be asked now, whoever waits longest first; one whose poll was broken off goes on at once."""
    polled = [spec for spec in app.register.sources.values() if spec.place is not None]
    if not polled:
        return []
    with reading(app.engine) as db:
        last = polls.last(db)
    wanted = {spec.key: _next(spec, last.get(spec.key), now) for spec in polled}
    return sorted((spec for spec in polled if wanted[spec.key] <= now), key=lambda spec: wanted[spec.key])


def _next(spec: SourceSpec, last: PollRow | None, now: datetime) -> datetime:
    if last is None or last.state is PollState.RUNNING:
        return last.begun_at if last else now
    regular = last.begun_at + timedelta(minutes=spec.every_minutes)
    # A page alone may be the one asked for twice: who gets no further, or is told to wait, is let alone meanwhile.
    cut = last.state is PollState.CUT and last.pages > 1 and last.ended_at
    return min(regular, cut + SOON) if cut else regular


def poll(app: App, spec: SourceSpec, now: datetime, *, ask: Ask = poll_apart, read: Read = read_apart) -> Polled:
    """Ask one source and take in what it tells; raise Busy where somebody else asks it just now.

    What it told is seen by readers when this returns, and in the projection after `project.catch_up`.
    """
    folder = app.settings.var_dir / "polls" / spec.key
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder) as lock:
        left = _left_over(app, spec, folder, now, read=read)
        state = brought.load_state(folder)
        afresh = state.place not in ("", _fingerprint(spec))
        go_on = {} if afresh else state.go_on
        with writing(app.engine) as db:
            row = polls.begin(db, spec.key, now, afresh=afresh)
        state = replace(state, place=_fingerprint(spec), begun=aware(now).isoformat(), go_on=go_on)
        brought.save_state(folder, state)
        outcome = _hindered(app, spec) or ask(_task(app, spec, folder, row, state), lock, lambda: app.hearts.on(LANE))
        done = outcome.state is PollState.DONE
        handed = brought.hand_over(app, spec, folder, now, whole=done and outcome.whole, read=read)
        _go_on(folder, outcome, handed)
        if done and outcome.whole and not handed.listed:
            outcome = _emptied(app, spec, outcome)
        return Polled(row=_ended(app, row, outcome, handed), reports=(*left.reports, *handed.reports))


def _fingerprint(spec: SourceSpec) -> str:
    """Another way of asking is not gone on with: what its pages and moments mean may be another."""
    return blake2b(repr(spec.place).encode(), digest_size=8).hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[int]:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield lock
    finally:
        os.close(lock)


def _left_over(app: App, spec: SourceSpec, folder: Path, now: datetime, *, read: Read) -> Handed:
    """Take in what a poll that did not live to end had brought home, and note from where to go on."""
    handed = brought.hand_over(app, spec, folder, now, whole=False, read=read)
    if handed.pages:
        _go_on(folder, Outcome(state=PollState.CUT), handed)
    with writing(app.engine) as db:
        polls.abandoned(db, spec.key, now, ABANDONED)
    return handed


def _hindered(app: App, spec: SourceSpec) -> Outcome | None:
    """What keeps a source from being asked at all: passwords that are not there."""
    try:
        secrets = load_secrets(app.settings.source_secrets_file)
        why = next((str(mistake) for mistake in lacking([spec], {spec.key: secrets.get(spec.key, {})})), "")
    except SecretsUnusable as error:
        why = str(error.mistakes[0])
    return Outcome(state=PollState.FAILED, why=why) if why else None


def _task(app: App, spec: SourceSpec, folder: Path, row: PollRow, state: State) -> Task:
    settings = app.settings
    return Task(
        source=spec.key,
        kind=spec.kind.value,
        place=asdict(spec.place) if spec.place else {},
        secrets=load_secrets(settings.source_secrets_file).get(spec.key, {}),
        folder=str(folder.absolute()),
        at=aware(row.begun_at).isoformat(),
        deadline_s=spec.deadline_s,
        parent=os.getpid(),
        since=row.since,
        go_on=state.go_on,
        known=state.known,
        codes=_codes(app, spec, row.begun_at),
        officers=spec.officers,
        proxy_url=settings.proxy_url,
        no_proxy=settings.no_proxy,
        ca_file=settings.ca_file,
    )


def _codes(app: App, spec: SourceSpec, now: datetime) -> tuple[str, ...]:
    """The dossiers that are looked up one by one, where the source is asked that way."""
    if not isinstance(spec.place, AdapterPlace) or LOOK_UP not in spec.place.services:
        return ()
    with reading(app.engine) as db:
        return polls.to_look_up(db, spec.key, now - OLD, MOST_LOOKED_UP)


def _go_on(folder: Path, outcome: Outcome, handed: Handed) -> None:
    """Note where the next poll goes on: from the beginning after the end, or where going on failed or was refused.

    A failure is gone on from once: where it lies in what comes next, that would never get further.
    """
    state = brought.load_state(folder)
    failed = outcome.state is PollState.FAILED
    if outcome.state is PollState.DONE or handed.refused or (failed and state.failed):
        state = replace(state, go_on={}, failed=False)
    else:
        state = replace(state, go_on=handed.go_on or state.go_on, failed=failed)
    brought.save_state(folder, state)


def _emptied(app: App, spec: SourceSpec, outcome: Outcome) -> Outcome:
    """A complete list without any dossier is no good answer as long as dossiers of it are open: they should be in it.

    Its figures grow old then, and the Centre is asked to see to it.
    """
    lists = not isinstance(spec.place, AdapterPlace) or DOSSIERS in spec.place.services
    if spec.kind not in ASKED or not lists:
        return outcome
    with reading(app.engine) as db:
        still = polls.still_open(db, spec.key)
    if not still:
        return outcome
    why = f"{emptied(still)}; kiểm tra url, query, quyền của tài khoản, hoặc hỏi nơi quản lý nguồn"
    return Outcome(state=PollState.FAILED, why="; ".join(filter(None, (why, outcome.why))))


def _ended(app: App, row: PollRow, outcome: Outcome, handed: Handed) -> PollRow:
    state, why = outcome.state, outcome.why
    if handed.refused:
        state, why = PollState.FAILED, "; ".join(filter(None, (f"không nhận được: {handed.refused}", why)))
    moved = state is PollState.DONE and handed.since
    with writing(app.engine) as db:
        ended = polls.end(
            db, row.id, app.clock.now(), state,
            pages=handed.pages, records=handed.records, since=handed.since if moved else row.since,
            why=mask(storable(why)),
        )  # fmt: skip
    log.info("polling.ended", source=row.source, state=state.value, pages=ended.pages, records=ended.records)
    return ended
