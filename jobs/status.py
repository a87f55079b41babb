"""How the program itself and what it watches stand now, for the command line and the greeting."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobs import tell
from jobs.app import App
from jobs.look import Looking
from monitor.core.finding import FindingKind, Standing
from monitor.core.look import Verdict
from monitor.core.period import ict
from monitor.reports.render import term
from monitor.store import LetterState, dossiers, imports, interruptions, letters, looks, reading


class Mode(StrEnum):
    """Where letters go."""

    TRIAL = "trial"
    PILOT = "pilot"
    LIVE = "live"


MODES = {
    Mode.TRIAL: "CHẠY THỬ – không thư nào gửi ra ngoài",
    Mode.PILOT: "CHẠY THỬ – mọi thư chỉ gửi tới PILOT_ADDRESS",
    Mode.LIVE: "CHÍNH THỨC – thư gửi tới thủ trưởng các cơ quan",
}


def mode(app: App) -> Mode:
    """Trial until a named person ended it; pilot where a pilot address is set meanwhile."""
    with reading(app.engine) as db:
        if tell.mode(db):
            return Mode.LIVE
    return Mode.PILOT if app.settings.pilot_address and app.settings.smtp_url else Mode.TRIAL


def unset(app: App) -> list[tuple[str, str]]:
    """What is not set yet, and what does not happen because of it."""
    missing = []
    if not app.settings.contact:
        missing.append(
            ("CONTACT", "ai chịu trách nhiệm về các lượt kiểm tra; chưa có thì không kiểm tra địa chỉ công cộng nào")
        )
    if not app.settings.smtp_url:
        missing.append(("SMTP_URL", "máy chủ thư; chưa có thì thư chỉ nằm trong hộp thư thử"))
    without = sum(not post.address for post in app.register.posts.values())
    if without:
        missing.append((f"{without} địa chỉ thư", "danh bạ chưa có: tthc contacts export danh-ba.xlsx"))
    return missing


def next_step(mode: Mode, missing: Collection[str]) -> str:
    """The one thing to do next."""
    if "CONTACT" in missing:
        return "cp config.example.env .env, điền CONTACT, rồi tthc check"
    if "SMTP_URL" in missing:
        return "điền SMTP_URL trong .env, rồi tthc check --network"
    if missing:
        return "tthc init danh-muc; đặt REGISTER=danh-muc; tthc contacts export danh-ba.xlsx"
    return "không có" if mode is Mode.LIVE else 'đọc thư trong hộp thư thử; khi đã yên tâm: tthc go-live --by "Họ tên"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """One answer: lines for people, facts for programs, and whether all is well."""

    at: datetime
    mode: Mode
    services: dict[str, str]
    open_interruptions: tuple[str, ...]
    late: int
    letters: dict[str, int]
    set_aside: int

    @property
    def healthy(self) -> bool:
        """Nothing is cut off and no letter is dead."""
        return not self.open_interruptions and not self.letters.get(LetterState.DEAD, 0)

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "at": self.at.isoformat(),
            "mode": self.mode.value,
            "healthy": self.healthy,
            "services": self.services,
            "open_interruptions": list(self.open_interruptions),
            "late_dossiers": self.late,
            "letters": self.letters,
            "rows_set_aside": self.set_aside,
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"Lúc {ict(self.at):%H:%M %d/%m/%Y}. Chế độ: {MODES[self.mode]}"]
        lines += [f"Dịch vụ {code}: {word}" for code, word in self.services.items()]
        lines += [f"ĐANG GIÁN ĐOẠN: {line}" for line in self.open_interruptions]
        lines.append(f"Hồ sơ đang quá hạn hoặc chậm tiếp nhận: {self.late}")
        lines += [f"Thư {term(LetterState(state))}: {count}" for state, count in sorted(self.letters.items())]
        if self.set_aside:
            lines.append(f"Dòng để riêng trong lần nhập gần nhất: {self.set_aside}")
        lines.append("Bình thường." if self.healthy else "CẦN XỬ LÝ.")
        return "\n".join(lines)


def now(app: App) -> Now:
    """How everything stands at this moment."""
    moment = app.clock.now()
    with reading(app.engine) as db:
        counted = dossiers.counts(db)
        late = sum(
            row.count
            for row in counted
            if row.standing is Standing.LATE and row.kind in (FindingKind.RECEPTION, FindingKind.RESULT)
        )
        recent = imports.recent(db, 1)
        return Now(
            at=moment,
            mode=mode(app),
            services={code: _state(app, db, code, moment) for code in app.register.services},
            open_interruptions=tuple(
                f"{app.register.target_name(row.target)} từ {ict(row.first_bad):%H:%M %d/%m/%Y}"
                for row in interruptions.still_open(db)
            ),
            late=late,
            letters={state.value: count for state, count in letters.counts(db).items()},
            set_aside=recent[0].set_aside if recent else 0,
        )


def _state(app: App, db: object, code: str, moment: datetime) -> str:
    raise NotImplementedError


__all__ = ["MODES", "Looking", "Mode", "Now", "Verdict", "looks", "mode", "next_step", "now", "unset"]
