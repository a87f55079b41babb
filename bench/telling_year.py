"""A year of telling, walked: absences, holidays, downtime, failing mail; every letter held against a plain oracle."""

from __future__ import annotations

import csv
import mailbox
import os
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, select

from bench.plain_telling import (
    NEVER,
    Away,
    Duty,
    Facts,
    Outage,
    State,
    doubled,
    expected,
    of_outages,
)
from jobs import project, read_child, send, tell
from jobs import reading as intake
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.dossiers import HEADINGS
from jobs.demo.sink import Sink
from jobs.demo.stage import stage
from jobs.look import Looking
from jobs.record import record
from jobs.schedule import TIMETABLE
from jobs.subjects import interruption_of
from jobs.walk import Walk
from monitor.config import Settings
from monitor.core.absence import Absence, AbsenceReason
from monitor.core.look import Cause, Kind, Look, Phases, Verdict
from monitor.core.message import Urgency
from monitor.core.obligation import DueKind, Obligation
from monitor.core.period import ICT
from monitor.core.progress import Progress, ProgressKind
from monitor.core.service import Target
from monitor.law import load_law
from monitor.register import Register, register_of
from monitor.store import LetterRow, LetterState, absences, duties, letters, open_store, reading, writing
from monitor.store.letter_rows import rows_of
from monitor.store.tables import letters as letter_table
from monitor.store.tables import tellings as telling_table
from monitor.store.tellings import told_by

Figure = tuple[str, float, float, str]
SOURCE, SERVICE, TARGET = "mot-cua", "2.001474", "2.001474-cong"
UNITS = {
    "so-cong-thuong": "Sở Công Thương",
    "so-noi-vu": "Sở Nội vụ",
    "so-xay-dung": "Sở Xây dựng",
    "phuong-hac-thanh": "UBND phường Hạc Thành",
    "phuong-quang-phu": "UBND phường Quảng Phú",
}
BESIDE = ("trung-tam-pvhcc", "vp-ubnd-tinh")
STATUS = {"waiting": "Mới đăng ký", "open": "Đang xử lý", "done": "Đã trả kết quả"}
WALKED = frozenset(
    {"beat", "law", "offices", "tick", "slot", "chairman", "send", "fallback", "bounces", "agree", "repeated"}
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def run(scale: float) -> Iterator[Figure]:
    """The differences between what was told and what was to be told, in a year of 2026."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    days = max(30, int(360 * scale))
    with TemporaryDirectory() as name:
        year = walked(Path(name), open_store(f"sqlite:///{name}/t.db"), days=days, seed=20260101, beat_s=600)
        found = year.differences()
        year.app.engine.dispose()
    for what, some in found.items():
        for one in some[:5]:
            print(f"    {what}: {one}")
        yield f"{days} days of telling, {year.sizes}: {what}", float(len(some)), 0.0, ""


@dataclass(frozen=True)
class Mail:
    """A message that a server took: when, where, and the digest of its bytes."""

    at: datetime
    to: str
    message_id: str
    digest: int


@dataclass
class Troubles:
    """When the mail server fails, and how: all by the Vietnamese clock."""

    shut: list[tuple[datetime, datetime]] = field(default_factory=list)
    gone: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)  # addresses that it does not know
    until: datetime = NEVER  # from then on everything works


class Server(Sink):
    """A mail server that is shut for a day, greylists, forgets addresses, breaks off, and gives letters back."""

    def __init__(self, clock: HandClock, troubles: Troubles, returned: Path) -> None:
        super().__init__(lambda _: None)
        self.clock, self.troubles = clock, troubles
        self.returned = mailbox.Maildir(str(returned), create=True)
        self.mails: list[Mail] = []
        self.asked: set[tuple[str, date]] = set()

    @property
    def now(self) -> datetime:
        """The moment, on a Vietnamese clock."""
        return bare(self.clock.now())

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Shut, or not."""
        if any(start <= self.now < end for start, end in self.troubles.shut):
            return "421 4.3.2 dang bao tri"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Unknown, greylisted, or known."""
        start, end = self.troubles.gone.get(address, (NEVER, NEVER))
        if start <= self.now < end:
            return "550 5.1.1 khong co nguoi nay"
        today = (address, self.now.date())
        if today not in self.asked and self._dice(f"{today}") < 15:
            self.asked.add(today)
            return "450 4.2.0 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep it; now and then say nothing, or give it back."""
        content = envelope.original_content or b""
        message_id = str(BytesHeaderParser().parsebytes(content)["Message-ID"])
        known = any(one.message_id == message_id for one in self.mails)
        self.mails.append(Mail(self.now, envelope.rcpt_tos[0], message_id, zlib.crc32(content)))
        dice = self._dice(message_id)
        if not known and dice < 2:
            assert server.transport is not None
            server.transport.abort()
        elif dice == 2:
            self.returned.add(_given_back(message_id, envelope.rcpt_tos[0]))
        return "250 2.0.0 nhan roi"

    def _dice(self, text: str) -> int:
        return zlib.crc32(text.encode()) % 100 if self.now < self.troubles.until else 99


def _given_back(message_id: str, recipient: str) -> bytes:
    """A notice of non-delivery (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@so.invalid\nTo: giam-sat@demo.invalid\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        f"--b1\nContent-Type: text/plain\n\n<{recipient}>: 550 5.1.1\n"
        "--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; so.invalid\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b1\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b1--\n"
    ).encode()


class Still(Looking):
    """Looks at nothing: outages are entered as they come."""

    def __init__(self) -> None:
        pass

    def due(self) -> list[Target]:
        """None."""
        return []

    def next_due(self, now: datetime) -> datetime:
        """Never."""
        return now + timedelta(days=3650)


def bare(moment: datetime) -> datetime:
    """As a Vietnamese clock shows it."""
    return moment.astimezone(ICT).replace(tzinfo=None)


def zoned(moment: datetime) -> datetime:
    """The same for the program."""
    return moment.replace(tzinfo=ICT)


@dataclass
class Life:
    """A dossier as it really goes: how it stands from a moment on."""

    code: str
    states: list[tuple[datetime, State]]

    def at(self, moment: datetime) -> State | None:
        """How it stands then; None before it was filed."""
        return next((state for since, state in reversed(self.states) if since <= moment), None)


class Span(NamedTuple):
    """From a day on, so many."""

    first: date
    days: int


@dataclass
class Event:
    """What happens at a moment; `daemon` where it needs the daemon, and waits for it."""

    at: datetime
    do: Callable[[], None]
    daemon: bool = False


class Year:
    """One installation, what happens to it, and what it did."""

    def __init__(self, folder: Path, engine: Engine, span: Span, seed: int, beat_s: int) -> None:
        first, days = span
        self.dice, self.beat_s, self.folder = random.Random(seed), beat_s, folder
        self.first, self.end = datetime.combine(first, time(6)), datetime.combine(first, time(6)) + days * DAY
        self.calm = self.end - 4 * DAY
        self.clock = HandClock(zoned(self.first))
        self.troubles = Troubles(until=self.calm)
        self.server = Server(self.clock, self.troubles, folder / "returned")
        law = load_law()
        self.facts = Facts(worked={note.day: note.working for note in law.calendars["default"].notes})
        self.register = self._register(days, stage(folder / "register", "http://127.0.0.1:9/"))
        self.facts.posts = frozenset(self.register.posts)
        settings = Settings(
            var_dir=folder / "var",
            smtp_url=self.server.url,
            smtp_from="giam-sat@demo.invalid",
            bounces_url=f"maildir://{folder}/returned",
        )
        law = load_law(self.register.hours_of())
        self.app = App(settings=settings, clock=self.clock, engine=engine, register=self.register, law=law)
        self.lives: list[Life] = []
        self.told: dict[str, State] = {}
        self.events: list[Event] = []

    @property
    def sizes(self) -> str:
        """How much happened."""
        facts = self.facts
        return f"{len(facts.told)} dossiers, {len(facts.away)} absences, {len(self.server.mails)} mails"

    # What is going to happen.

    def _register(self, days: int, whole: Register) -> Register:
        posts = [
            replace(post, fallbacks=(f"du-phong.{post.address}",) if self.dice.random() < 0.3 else ())
            for post in whole.posts.values()
            if post.agency in (*UNITS, *BESIDE)
        ]
        shared = {"so-xay-dung/head": "vanthu@sxd.invalid", "so-xay-dung/deputy": "vanthu@sxd.invalid"}
        self.facts.duties = [
            Duty(
                f"nv-{number}", self.dice.choice(list(UNITS)[:3]), (self.first + self.dice.uniform(8, 340) * DAY).date()
            )
            for number in range(days // 12)
        ]
        some = [
            Obligation(key=one.key, letter="Công văn 1", title="Báo cáo", agencies=(one.agency,), report_to="ubnd-tinh",
                       due=one.day, due_kind=DueKind.BY)
            for one in self.facts.duties
        ]  # fmt: skip
        return replace(
            register_of(
                agencies=whole.agencies.values(),
                posts=[replace(post, address=shared.get(post.key, post.address)) for post in posts],
                services=whole.services.values(),
                sources=whole.sources.values(),
                ladders=whole.ladders.values(),
                centre=whole.centre,
                province=whole.province,
            ),
            duties=tuple(some),
        )

    def plan(self) -> None:
        """Everything that is to happen, by the dice."""
        self._downtime()
        self._mail()
        day = self.first.date()
        while datetime.combine(day, time()) < self.end:
            self._of_day(day)
            day += DAY
        for one in self.facts.duties:
            self._duty(one)
        self.events.sort(key=lambda event: event.at)

    def _downtime(self) -> None:
        at = self.first
        while True:
            up = at + self.dice.uniform(6, 30) * DAY
            down = self.dice.choice((2 * HOUR, 7 * HOUR, 20 * HOUR, 3 * DAY, 12 * DAY)) * self.dice.uniform(0.7, 1.3)
            if up + down > self.calm:
                self.facts.running.append((at, self.end))
                return
            up, back = (self._whole(one) for one in (up, up + down))
            self.facts.running.append((at, up))
            at = back

    def _whole(self, moment: datetime) -> datetime:
        """On the beat."""
        step = timedelta(seconds=self.beat_s)
        return self.first + (moment - self.first) // step * step

    def _mail(self) -> None:
        at = self.first + 5 * DAY
        while at < self.calm - 2 * DAY:
            self.troubles.shut.append((at, at + self.dice.uniform(1, 30) * HOUR))
            at += self.dice.uniform(8, 25) * DAY
        for post in self.register.posts.values():
            if self.dice.random() < 0.2 and post.address not in self.troubles.gone:
                since = self.first + self.dice.random() * (self.calm - self.first - 6 * DAY)
                self.troubles.gone[post.address] = since, min(since + self.dice.uniform(1, 20) * DAY, self.calm)

    def _of_day(self, day: date) -> None:
        dice, midnight = self.dice, datetime.combine(day, time())
        for _ in range(dice.choice((0, 1, 1, 2, 3)) if self.facts.works(day) else dice.choice((0, 0, 1))):
            self.lives.append(self._life(midnight + dice.randrange(24 * 60) * MINUTE))
        if self.facts.works(day):
            for clock in (time(7, 10), time(13, 10)):
                self.events.append(Event(datetime.combine(day, clock), self._import, daemon=True))
        if dice.random() < 0.25:
            self._absence(day)
        if dice.random() < 0.07:
            self._outage(midnight + dice.randrange(24 * 60) * MINUTE)

    def _life(self, filed: datetime) -> Life:
        dice = self.dice
        code = f"H56.{len(self.lives) % 90:02}-26-{len(self.lives):05}"
        received = filed + dice.choice((dice.uniform(0.1, 12), dice.uniform(1, 60), dice.uniform(20, 200))) * HOUR
        received = received.replace(second=0, microsecond=0)
        due = self.facts.working(received.date(), dice.randrange(0, 15))
        if not self.facts.works(due):
            due = self.facts.working(due, 1)
        appointment = datetime.combine(due, dice.choice((time(8), time(11, 30), time(14, 7), time(17))))
        appointment = max(appointment, received + HOUR)
        late = dice.random() < 0.35
        finished = appointment + (dice.uniform(0, 25) if late else -dice.uniform(0, 3)) * DAY
        finished = max(finished, received + HOUR / 2).replace(second=0, microsecond=0)
        begun = State("open", filed, received, appointment)
        states = [(filed, State("waiting", filed)), (received, begun)]
        if dice.random() < 0.1 and finished - received > DAY:
            moved = appointment + dice.randrange(1, 10) * DAY
            states.append((received + (finished - received) / 2, begun._replace(appointment=moved)))
        states.append((finished, states[-1][1]._replace(status="done", finished=finished)))
        self.facts.agency[code] = dice.choice(list(UNITS))
        return Life(code, states)

    def _absence(self, since: date) -> None:
        dice = self.dice
        posts = sorted(self.facts.posts)
        away = Away(dice.choice(posts), since, since + dice.choice((0, 0, 1, 2, 4, 9, 20)) * DAY)
        if any(one.post == away.post and one.until >= since for one in self.facts.away):
            return
        agency = away.post.partition("/")[0]
        if dice.random() < 0.7:
            others = [one for one in posts if one != away.post and (one.startswith(agency) or dice.random() < 0.05)]
            away.substitute = dice.choice(others)
        self.facts.away.append(away)
        entered = datetime.combine(since - DAY, time(17, 30))
        absence = Absence(
            post=away.post, reason=AbsenceReason.LEAVE, since=since, until=away.until, substitute=away.substitute,
            at=zoned(entered), by="Lê Thị Thử",
        )  # fmt: skip
        number = 0

        def enter() -> None:
            nonlocal number
            with writing(self.app.engine) as db:
                number = absences.add(db, absence)

        self.events.append(Event(max(entered, self.first), enter))
        if away.until > since + 2 * DAY and dice.random() < 0.4:
            sooner = datetime.combine(away.until - DAY, time(17, 30))
            away.until -= DAY

            def end() -> None:
                with writing(self.app.engine) as db:
                    absences.end(db, number, sooner.date(), zoned(sooner), "Lê Thị Thử")

            self.events.append(Event(sooner, end))

    def _outage(self, start: datetime) -> None:
        before = self.facts.outages[-1].over if self.facts.outages else self.first
        over = start + self.dice.choice((10, 45, 300, 900)) * MINUTE
        up = any(since + HOUR < start < until - HOUR for since, until in self.facts.running)
        if not up or before is None or start < before + HOUR or over > self.calm:
            return
        one = Outage(start, start + MINUTE)
        self.facts.outages.append(one)
        one.over = self._running_from(over)
        for at, verdict in (
            (start - MINUTE, Verdict.UP), (start, Verdict.DOWN), (one.known, Verdict.DOWN), (one.over, Verdict.UP)
        ):  # fmt: skip
            self.events.append(Event(at, lambda verdict=verdict: self._look(verdict), daemon=True))

    def _running_from(self, moment: datetime) -> datetime:
        """The same moment, or the next at which the daemon runs."""
        for start, stop in self.facts.running:
            if moment < stop:
                return max(moment, start)
        return moment

    def _duty(self, one: Duty) -> None:
        reported = datetime.combine(one.day, time(10)) + self.dice.randrange(-8, 14) * DAY
        if reported >= self.end or reported < self.first:
            return
        one.reported = reported

        def enter() -> None:
            done = Progress(
                duty=one.key, agency=one.agency, kind=ProgressKind.REPORTED, document="1/BC", at=zoned(reported), by="A"
            )
            with writing(self.app.engine) as db:
                duties.add(db, done)

        self.events.append(Event(reported, enter))

    # What happens.

    def walk(self) -> None:
        """Live through it all."""
        entries = tuple(one for one in TIMETABLE if one.name in WALKED)
        waiting = list(self.events)
        with self.server:
            for start, stop in self.facts.running:
                waiting = self._until(waiting, start, None)
                self._begin()
                walk = Walk(self.app, self.clock, Still(), entries=entries, beat_s=self.beat_s)
                waiting = self._until(waiting, stop, walk)

    def _until(self, waiting: list[Event], end: datetime, walk: Walk | None) -> list[Event]:
        """Up to a moment; what is left. Without the daemon only what needs none happens."""
        move = walk.until if walk else self.clock.turn_to
        while waiting and waiting[0].at < end:
            event = waiting.pop(0)
            if walk or not event.daemon:
                move(max(zoned(event.at), self.clock.now()))
                event.do()
        move(zoned(end))
        return waiting

    def _begin(self) -> None:
        """As a daemon begins: what a dead sender took is free, and the export of meanwhile is read."""
        with writing(self.app.engine) as db:
            letters.abandoned(db, self.clock.now())
        tell.go_live(self.app, "Người thử", self.clock.now())
        self._import()

    def _import(self) -> None:
        now = bare(self.clock.now())
        found = {life.code: state for life in self.lives if (state := life.at(now))}
        new = {code: state for code, state in found.items() if self.told.get(code) != state}
        if not new:
            return
        self.told |= new
        for code, state in new.items():
            self.facts.told.setdefault(code, []).append((now, state))
        path = self.folder / "ho-so.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADINGS)
            writer.writerows(self._row(code, state) for code, state in new.items())
        os.utime(path, (self.clock.now().timestamp(),) * 2)
        report = intake.take_in(
            self.app, path, SOURCE, self.clock.now(), read=lambda task, _lock, _progress: read_child.run(task)
        )
        assert not report.failed, report
        project.catch_up(self.app, self.clock.now())

    def _row(self, code: str, state: State) -> tuple[str, ...]:
        stamps = [f"{one:%d/%m/%Y %H:%M:%S}" if one else "" for one in state[1:]]
        unit = UNITS[self.facts.agency[code]]
        what = ("Thông báo hoạt động khuyến mại", "2.000033", code, STATUS[state.status], "", "", "Trực tuyến")
        return ("1", unit, "", *what, *stamps, unit)

    def _look(self, verdict: Verdict) -> None:
        now = self.clock.now()
        down = verdict is Verdict.DOWN
        one = Look(
            service=SERVICE, target=TARGET, vantage="trung-tam", kind=Kind.HTTP, at=now, received_at=now,
            verdict=verdict, cause=Cause.ACTION_MISSING if down else Cause.NONE, phases=Phases(total=100),
            valid_for_ms=600_000,
        )  # fmt: skip
        record(self.app, [one], now)
        tell.tick(self.app, now)
        send.run(self.app, now)

    # What came of it.

    def differences(self) -> dict[str, list[str]]:
        """What differs from what was to be, by what it is; nothing where all is well."""
        with reading(self.app.engine) as db:
            rows = [row for number in db.scalars(select(letter_table.c.id)) for row in told_by(db, number)]
            loose = db.execute(
                select(
                    telling_table.c.subject, telling_table.c.key, telling_table.c.person, telling_table.c.made_at
                ).where(telling_table.c.letter.is_(None), ~telling_table.c.settled)
            ).all()
            sent = {row.id: row for row in rows_of(db, letter_table.c.id > 0)}
        self.rows, self.sent = rows, sent
        return {
            "owed by the oracle and not told": sorted(map(str, self._owed() - self._written())),
            "told and not owed by the oracle": sorted(map(str, self._written() - self._owed())),
            "outages told otherwise": sorted(map(str, of_outages(self.facts) ^ self._of_outages())),
            "told in no letter": [str(one) for one in loose],
            "told in a letter that never arrived": list(self._lost()),
            "told twice": self._twice(),
            "letters that leave out what they tell": list(self._silent()),
            "letters by night or on a day off": list(self._by_night()),
            "letters to somebody who is away": list(self._to_absent()),
            "letters to another than whoever reads": list(self._elsewhere()),
            "two letters of a slot to an address": self._two(),
            "copies that differ": self._copies(),
        }

    def _owed(self) -> set[tuple[str, str, str, int, str, datetime]]:
        return {(one.kind, one.key, one.stage, one.nth, one.post, one.at) for one in expected(self.facts)}

    def _written(self) -> set[tuple[str, str, str, int, str, datetime]]:
        return {
            (one.subject.value, _plain(one.key), one.stage, one.nth, one.person, bare(one.made_at))
            for one in (row.telling for row in self.rows)
            if one.subject.value in ("reception", "result", "duty")
        }

    def _of_outages(self) -> set[tuple[str, str, str]]:
        return {
            (bare(interruption_of(one.key)[1]).isoformat(), one.stage, one.person)
            for one in (row.telling for row in self.rows)
            if one.subject.value == "interruption"
        }  # fmt: skip

    def _arrived(self, letter: LetterRow) -> bool:
        """Whether it reached somebody: itself, or the one that went in its place."""
        if letter.state is LetterState.ACCEPTED:
            return any(one.message_id == letter.message.message_id for one in self.server.mails)
        return any(self._arrived(one) for one in self.sent.values() if one.instead_of == letter.id)

    def _lost(self) -> Iterator[str]:
        for number in {row.letter for row in self.rows if row.letter}:
            if not self._arrived(self.sent[number]):
                letter = self.sent[number]
                yield f"{number} {letter.state} {letter.to_address} {bare(letter.message.date)} {letter.last_why}"

    def _twice(self) -> list[str]:
        told = [row.telling for row in self.rows]
        keys = [(one.subject, one.key, one.episode, one.stage, str(one.nth), one.person) for one in told]
        return [str(one) for one in doubled(keys)]

    def _silent(self) -> Iterator[str]:
        """Dossiers of a letter that stand neither in its words nor in its workbook."""
        for row in self.rows:
            if row.telling.subject.value in ("reception", "result") and row.letter:
                message = self.sent[row.letter].message
                if _plain(row.telling.key) not in message.text and not message.attachments:
                    yield f"{row.letter} {row.telling}"

    def _by_night(self) -> Iterator[str]:
        known = {row.message.message_id: row for row in self.sent.values()}
        for mail in self.server.mails:
            letter = known[mail.message_id]
            by_day = time(7) <= mail.at.time() < time(21)
            if letter.message.urgency is not Urgency.NOW and not by_day:
                yield f"{mail.at} {letter.kind} to {mail.to}, put down {bare(letter.message.date)}"
            if letter.message.urgency is Urgency.SLOT and not self.facts.works(mail.at.date()):
                yield f"{mail.at} {letter.kind} to {mail.to} on a day off, put down {bare(letter.message.date)}"

    def _posts_at(self, address: str) -> list[str]:
        return [post.key for post in self.register.posts.values() if address in (post.address, *post.fallbacks)]

    def _to_absent(self) -> Iterator[str]:
        """Mails to an address all of whose posts are away that day, and have somebody who reads for them."""
        known = {row.message.message_id: row for row in self.sent.values()}
        for mail in self.server.mails:
            day, posts = mail.at.date(), self._posts_at(mail.to)
            if all(self.facts.reads(post, day) != post for post in posts):
                letter = known[mail.message_id]
                yield f"{mail.at} {letter.kind} to {mail.to}, put down {bare(letter.message.date)}"

    def _elsewhere(self) -> Iterator[str]:
        """Letters whose address is not that of whoever reads for the post on the day they were put down."""
        for row in self.rows:
            if row.letter and (letter := self.sent[row.letter]) and letter.instead_of is None:
                reader = self.facts.reads(row.telling.person, bare(letter.message.date).date())
                if letter.to_address != self.register.posts[reader].address:
                    made = bare(letter.message.date)
                    yield f"{letter.id} {made} {row.telling.person} read by {reader}: {letter.to_address}"

    def _two(self) -> list[str]:
        made = Counter(
            (row.to_address, row.slot) for row in self.sent.values() if row.kind == "digest" and row.instead_of is None
        )
        return [f"{to} {slot}" for (to, slot), count in made.items() if count > 1]

    def _copies(self) -> list[str]:
        seen: defaultdict[str, set[int]] = defaultdict(set)
        for mail in self.server.mails:
            seen[mail.message_id].add(mail.digest)
        return [one for one, some in seen.items() if len(some) > 1]


def _plain(key: str) -> str:
    """A dossier's code, or a duty's key."""
    return key.split("\x1f")[1] if key.startswith(SOURCE) else key.split("\x1f", maxsplit=1)[0]


def walked(folder: Path, engine: Engine, *, days: int, seed: int, beat_s: int, first: date = date(2026, 1, 2)) -> Year:
    """A year, or a part of one, lived through."""
    year = Year(folder, engine, Span(first, days), seed, beat_s)
    year.plan()
    year.walk()
    return year
