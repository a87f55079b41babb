"""What happened since the last look at the database, told in the terminal as it happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.app import App
from jobs.demo.sink import Delivered
from monitor.core.agency import Post
from monitor.core.drill import TARGET
from monitor.core.look import Look, Verdict
from monitor.core.period import ict
from monitor.reports.render import hoa, khoang, so, term, thu
from monitor.store import (
    ImportRow,
    ImportState,
    InterruptionRow,
    LetterState,
    imports,
    interruptions,
    letters,
    looks,
    reading,
)

WIDEST = 110
FEW = 2
NAMED = 3
"""So many addressees of one letter are named."""
SLOW_MS = 400
"""Answers on loopback take a few milliseconds, on a busy machine some hundred."""
_COLOURS = {Verdict.UP: "green", Verdict.DOWN: "red", Verdict.UNKNOWN: "yellow"}


class News:
    """Tells each thing once, a calm line each, under the day it happened on."""

    def __init__(self, console: Console, posts: Mapping[str, Post]) -> None:
        self.console = console
        self.posts = {post.address: post for post in posts.values()}
        self.delivered: list[Delivered] = []
        self.told: set[object] = set()
        self.shown = 0
        self.held = 0
        self.day: date | None = None
        self.state: object = None
        self.exemplary: set[str] = set()

    def mail(self, delivered: Delivered) -> None:
        """Called by the mail sink with each message, in its own thread."""
        self.delivered.append(delivered)

    def scene(self, at: datetime, title: str) -> None:
        """Something is done to the world."""
        self._say(at, Text(title, "bold cyan"), mark="▸")

    def catch_up(self, app: App, now: datetime) -> None:
        """Tell what is new in the database and at the mail sink."""
        with reading(app.engine) as db:
            last = looks.last(db, app.register.services["2.001474"].targets[0].key)
            files = imports.recent(db, 3)
            broken = interruptions.recent(db, 5)
            held = letters.counts(db).get(LetterState.HELD, 0)
        for file in files:
            if file.state is ImportState.PROJECTED and self._first(("import", file.id)):
                self._say(now, _read(file))
        if last is not None:
            self._look(now, last)
        for row in broken:
            self._interruption(now, row)
        if held > self.held:
            self._say(now, f"{so(held - self.held)} thư được soạn và giữ lại: đang chạy thử, chưa gửi cho ai")
            self.held = held
        self._mails(now)

    def summary(self) -> str:
        """One sentence at the end."""
        people = len({address for mail in self.delivered for address in mail.to})
        return f"{so(len(self.delivered))} thư tới {people} địa chỉ; {so(self.held)} thư giữ lại trong ngày chạy thử."

    def _look(self, now: datetime, look: Look) -> None:
        slow = look.phases.total >= SLOW_MS
        state = (look.verdict, look.cause, slow)
        before, self.state = self.state, state
        if before is None or state == before:
            return
        why = f": {term(look.cause)}" if look.verdict is not Verdict.UP else ""
        how = f", trả lời sau {look.phases.total / 1000:.1f} giây".replace(".", ",") if slow else ""
        self._say(now, Text(f"Lượt kiểm tra: {term(look.verdict)}{why}{how}", _COLOURS[look.verdict]))

    def _interruption(self, now: datetime, row: InterruptionRow) -> None:
        if row.target == TARGET:
            if row.closed_at and self._first(("drill", row.first_bad)):
                self._say(now, "Diễn tập hằng tuần: trang thử của máy này ngừng, được phát hiện, báo, rồi chạy lại")
            return
        if self._first(("opened", row.target, row.first_bad)):
            since = f"lượt hỏng đầu tiên lúc {ict(row.first_bad):%H:%M:%S}, lượt thứ hai xác nhận"
            self._say(now, Text(f"GIÁN ĐOẠN: {since}", "bold red"))
        if row.closed_at and row.first_good and self._first(("closed", row.target, row.first_bad)):
            lasted = khoang(row.first_good - row.first_bad)
            self._say(now, Text(f"HOẠT ĐỘNG LẠI sau {lasted}", "bold green"))

    def _mails(self, now: datetime) -> None:
        """The mails of a moment: what they say and to whom; of many digests, how many and one of them."""
        fresh, self.shown = self.delivered[self.shown :], len(self.delivered)
        digests = [mail for mail in fresh if _unit(mail)]
        if len({mail.subject for mail in digests}) > FEW:
            one = max(digests, key=self._telling)
            self.exemplary.add(_unit(one))
            many = f"{so(len(digests))} thư tới {self._agencies(digests)} cơ quan. Ví dụ, tới {self._name(one)}:"
            self._say(now, many, Text(one.subject, "italic"))
            fresh = [mail for mail in fresh if not _unit(mail)]
        of_subject: defaultdict[str, list[Delivered]] = defaultdict(list)
        for mail in fresh:
            of_subject[mail.subject].append(mail)
        for subject, some in of_subject.items():
            self._say(now, f"Thư tới {few_of([self._name(mail) for mail in some])}:", Text(subject, "italic"))

    def _telling(self, mail: Delivered) -> tuple[bool, bool, int]:
        """Which mail to show: of an agency not shown yet, with something late, with most to say."""
        return _unit(mail) not in self.exemplary, "quá hạn" in mail.subject, len(mail.subject)

    def _name(self, mail: Delivered) -> str:
        post = self.posts.get(mail.to[0])
        return post.title if post else mail.to[0]

    def _agencies(self, mails: Sequence[Delivered]) -> int:
        return len({post.agency for mail in mails if (post := self.posts.get(mail.to[0]))})

    def _first(self, what: object) -> bool:
        if what in self.told:
            return False
        self.told.add(what)
        return True

    def _say(self, now: datetime, *lines: str | Text, mark: str = "") -> None:
        """One event: the clock, then its lines, wrapped under each other."""
        local = ict(now)
        if local.date() != self.day:
            self.day = local.date()
            self.console.print(Text(f"\n{hoa(thu(now))}, {local:%d/%m/%Y}", "bold"))
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=6, justify="right", style="dim")
        grid.add_column(width=1)
        grid.add_column()
        grid.add_row(f"{local:%H:%M}", mark, Text("\n").join(Text(x) if isinstance(x, str) else x for x in lines))
        self.console.print(grid)


def few_of(names: Sequence[str]) -> str:
    """The first names, and how many more there are; to say that one is left over would be no shorter."""
    if len(names) <= NAMED + 1:
        return "; ".join(names)
    return f"{'; '.join(names[:NAMED])} và {so(len(names) - NAMED)} người khác"


def _unit(mail: Delivered) -> str:
    """The agency a digest's subject names; nothing for other letters."""
    return mail.subject.partition(" – ")[2].rpartition(",")[0]


def _read(file: ImportRow) -> str:
    apart = f", {so(file.set_aside)} dòng để riêng" if file.set_aside else ""
    return f"Đọc {so(file.read)} hồ sơ: {so(file.new)} mới, {so(file.changed)} thay đổi{apart}"
