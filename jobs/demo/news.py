"""What happened since the last look at the database, told in the terminal as it happens."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from jobs.app import App
from jobs.demo.sink import Delivered
from monitor.core.period import ict
from monitor.store import imports, interruptions, letters, looks, reading

_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class News:
    """Tells each thing once."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.delivered: list[Delivered] = []
        self.told: set[object] = set()
        self.shown = 0
        self.held = 0

    def mail(self, delivered: Delivered) -> None:
        """Called by the mail sink with each message, in its own thread."""
        self.delivered.append(delivered)

    def scene(self, at: datetime, title: str) -> None:
        """Something is done to the world."""
        self.console.print(f"\n[cyan]{self._clock(at)}[/cyan]  [bold]{escape(title)}[/bold]")

    def catch_up(self, app: App, now: datetime) -> None:
        """Tell what is new in the database and at the mail sink."""
        with reading(app.engine) as db:
            for file in imports.recent(db, 3):
                if file.state == "projected" and self._first(("import", file.id)):
                    self._say(
                        now,
                        f"đọc {file.read} hồ sơ: {file.new} mới, {file.changed} thay đổi, "
                        f"{file.set_aside} dòng để riêng",
                    )
            for row in interruptions.recent(db, 5):
                self._interruption(app, now, row)
            last = looks.last(db, app.register.services["2.001474"].targets[0].key)
            held = letters.counts(db).get(letters.LetterState.HELD, 0)
        if last and last.verdict != getattr(self, "verdict", last.verdict):
            self._say(now, f"lượt kiểm tra: {last.verdict.value} {last.cause.value} {last.detail}")
        if last:
            self.verdict = last.verdict
        if held > self.held:
            self._say(now, f"soạn {held - self.held} thư, giữ lại vì đang chạy thử")
            self.held = held
        self._mails(now)

    def _interruption(self, app: App, now: datetime, row: interruptions.InterruptionRow) -> None:
        name = app.register.target_name(row.target)
        if self._first(("opened", row.target, row.first_bad)):
            self._say(now, f"[red]GIÁN ĐOẠN[/red] {escape(name)}: lượt hỏng đầu tiên lúc {ict(row.first_bad):%H:%M:%S}")
        if row.closed_at and self._first(("closed", row.target, row.first_bad)):
            self._say(now, f"[green]HOẠT ĐỘNG LẠI[/green] {escape(name)}")

    def _mails(self, now: datetime) -> None:
        fresh, self.shown = self.delivered[self.shown :], len(self.delivered)
        for subject, count in Counter(d.subject for d in fresh).most_common(3):
            to = next(d.to[0] for d in fresh if d.subject == subject)
            self._say(now, f"thư tới {escape(to)}{f' và {count - 1} nơi khác' if count > 1 else ''}: {escape(subject)}")
        if len({d.subject for d in fresh}) > 3:
            self._say(now, f"… tổng cộng {len(fresh)} thư trong lượt này")

    def summary(self) -> str:
        """One sentence at the end."""
        people = len({address for d in self.delivered for address in d.to})
        return f"{len(self.delivered)} thư tới {people} địa chỉ; {self.held} thư giữ lại trong ngày chạy thử."

    def _first(self, what: object) -> bool:
        if what in self.told:
            return False
        self.told.add(what)
        return True

    def _say(self, now: datetime, line: str) -> None:
        self.console.print(f"  {self._clock(now)}  {line}")

    @staticmethod
    def _clock(now: datetime) -> str:
        local = ict(now)
        return f"{_DAYS[local.weekday()]} {local:%d/%m %H:%M}"
