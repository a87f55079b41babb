"""A database that fills with looks as a story tells, and the weekly logs made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.core.law import Law
from monitor.core.look import Cause, Look, ManualCheck, Phases, Verdict
from monitor.core.period import Span
from monitor.core.reporting import parse_period
from monitor.core.service import Service, Target
from monitor.core.uptime import Notice
from monitor.law import load_law
from monitor.probes.pace import valid_for_ms
from monitor.register import Register, load_register
from monitor.reports import uptime_report
from monitor.reports.uptime_log import UptimeLog
from monitor.store import looks, notices, reading, writing
from tests.servers.sqlite import new_store

CODE = "2.001474"
UNKNOWN = {Cause.CHALLENGED, Cause.OWN_NETWORK, Cause.RATE_LIMITED, Cause.PROBE_FAILED}


def moment(text: str) -> datetime:
    """ "21/11/2026 21:10" on a Vietnamese clock."""
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


@dataclass
class Watched:
    """What was seen of one service; `during` says what looks find from one moment to another, UP where nothing does."""

    engine: Engine
    register: Register
    law: Law
    during: list[tuple[datetime, datetime, Cause]] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.register.services[CODE]

    def finds(self, start: str, end: str, cause: Cause) -> None:
        """From now on looks between two moments find this."""
        self.during.append((moment(start), moment(end), cause))

    def looks(self, start: str, end: str, targets: Sequence[Target] = ()) -> list[Look]:
        """Look at the service's own targets, each at its interval, a minute after the full hour on."""
        made = []
        for target in targets or [one for one in self.service.targets if not one.control]:
            at = moment(start) + timedelta(minutes=1)
            while at < moment(end):
                made.append(self.look(target, at))
                at += timedelta(seconds=target.interval_s)
        self.keep(made)
        return made

    def keep(self, made: Sequence[Look]) -> None:
        """Write looks."""
        with writing(self.engine) as db:
            looks.add(db, made)

    def look(self, target: Target, at: datetime) -> Look:
        """One look as the story has it."""
        cause = next((cause for start, end, cause in self.during if start <= at < end), Cause.NONE)
        verdict = Verdict.UNKNOWN if cause in UNKNOWN else Verdict.DOWN if cause else Verdict.UP
        return Look(
            service=CODE,
            target=target.key,
            vantage="thanh-hoa",
            kind=target.kind,
            at=at,
            received_at=at + timedelta(seconds=1),
            verdict=verdict,
            cause=cause,
            phases=Phases(total=420),
            status=None if cause in {Cause.CONNECT, Cause.OWN_NETWORK} else 200,
            valid_for_ms=valid_for_ms(target),
        )

    def announce(self, start: str, end: str, entered: str, document: str = "Thông báo số 12/TB") -> None:
        """Enter a planned stop."""
        span = Span(start=moment(start), end=moment(end))
        with writing(self.engine) as db:
            notices.add(db, Notice(service=CODE, span=span, entered_at=moment(entered), document=document))

    def person_saw(self, at: str, verdict: Verdict, note: str = "") -> None:
        """A look by a person."""
        check = ManualCheck(
            service=CODE,
            target=self.service.targets[0].key,
            at=moment(at),
            received_at=moment(at),
            verdict=verdict,
            by="Người thử",
            note=note,
        )
        with writing(self.engine) as db:
            looks.add_manual(db, check)

    def log(self, week: str, now: str) -> UptimeLog:
        """The log of "2026-W47" as of a moment."""
        with reading(self.engine) as db:
            return uptime_report.log_of(db, self.register, self.law, CODE, parse_period(week), moment(now))


Watch = Callable[..., Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Opens a new database; every required target is looked at each `minutes`, `internal_target` may be set."""
    with ExitStack() as stack:

        def opened(minutes: int = 5, internal_target: str = "") -> Watched:
            engine = new_store(tmp_path / "looks.db")
            stack.callback(engine.dispose)
            register = load_register("thanh-hoa")
            service = register.services[CODE]
            targets = tuple(replace(one, interval_s=minutes * 60.0) for one in service.targets)
            changed = replace(service, targets=targets, internal_target=internal_target)
            register = replace(register, services={**register.services, CODE: changed})
            return Watched(engine=engine, register=register, law=load_law(register.hours_of()))

        yield opened
