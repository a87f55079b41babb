"""The demo's story: a week at a made-up province, walked with a fast clock and told as it happens."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import uvicorn
from rich.console import Console

from jobs import tell as telling
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.daemon import listen
from jobs.demo.dossiers import Province, write_export
from jobs.demo.news import News
from jobs.demo.portal import Mood, Portal
from jobs.demo.sink import Sink
from jobs.demo.stage import stage, units
from jobs.look import Looking, record_manual
from jobs.schedule import TIMETABLE, Entry, Every
from jobs.walk import Walk
from monitor.config import Settings
from monitor.core.look import Verdict
from monitor.core.period import ict
from monitor.law import official_calendar
from monitor.web import create_app

DOSSIERS = 5_000
BEAT_S = 300
"""The demo's beats are wider than the daemon's; nothing else differs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """At a moment, something is done to the world, and told."""

    at: datetime
    title: str
    act: Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the scenes act on."""

    app: App
    portal: Portal
    province: Province
    inbox: Path

    def export(self, now: datetime) -> None:
        """Somebody exports the list of dossiers and drops it into the folder."""
        day = ict(now)
        write_export(
            self.province.rows(now),
            self.inbox / f"ho-so-{day:%Y%m%d-%H%M}.xlsx",
            f"Số liệu tính đến {day:%H:%M} ngày {day:%d/%m/%Y}",
        )


def moment(day: int, clock: str) -> datetime:
    """A moment of the week, on a Vietnamese clock: the story runs from Monday 16/11/2026."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+07:00")


def _mood(mood: Mood) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.portal.mood = mood

    return act


def _export(stage: Stage) -> None:
    stage.export(stage.app.clock.now())


def _live(stage: Stage) -> None:
    telling.go_live(stage.app, "Người trình diễn", stage.app.clock.now())


def _seen(stage: Stage) -> None:
    now = stage.app.clock.now()
    record_manual(
        stage.app,
        service="2.001474",
        at=now,
        verdict=Verdict.UP,
        by="Người trình diễn",
        note="nộp thử đến bước cuối, không gửi",
        now=now,
    )


SCENES = (
    Scene(
        moment(16, "06:40"),
        "Trung tâm thả tệp hồ sơ đầu tiên vào thư mục; đang chạy thử, thư chỉ được giữ lại",
        _export,
    ),
    Scene(moment(17, "06:30"), "Lãnh đạo quyết định kết thúc chạy thử (tthc go-live)", _live),
    Scene(moment(17, "06:40"), "Tệp hồ sơ mới", _export),
    Scene(moment(17, "10:00"), "Cổng chậm hẳn: vẫn dùng được, không phải gián đoạn", _mood(Mood.SLOW)),
    Scene(moment(17, "10:45"), "Cổng nhanh trở lại", _mood(Mood.WORKING)),
    Scene(moment(18, "06:40"), "Tệp hồ sơ mới", _export),
    Scene(
        moment(18, "09:00"),
        "Lớp chống bot chặn máy kiểm tra: không đo được, không phải gián đoạn",
        _mood(Mood.CHALLENGE),
    ),
    Scene(moment(18, "09:30"), "Một cán bộ tự nhìn và ghi lại (tthc look record)", _seen),
    Scene(moment(18, "12:00"), "Lớp chống bot thôi chặn", _mood(Mood.WORKING)),
    Scene(moment(19, "06:40"), "Tệp hồ sơ mới", _export),
    Scene(moment(20, "06:40"), "Tệp hồ sơ mới", _export),
    Scene(moment(21, "21:12"), "Tối thứ Bảy: trang vẫn mở, nhưng mất nút nộp hồ sơ trực tuyến", _mood(Mood.NO_ACTION)),
    Scene(moment(21, "22:42"), "Nút nộp hồ sơ trở lại", _mood(Mood.WORKING)),
    Scene(moment(22, "03:03"), "Cổng ngừng hẳn", _mood(Mood.DOWN)),
    Scene(moment(22, "03:41"), "Cổng hoạt động lại", _mood(Mood.WORKING)),
    Scene(moment(23, "06:40"), "Tệp hồ sơ mới; sáng thứ Hai là lúc gửi báo cáo tuần", _export),
)
START, END = moment(16, "00:00"), moment(23, "08:00")


def wide(entry: Entry) -> Entry:
    """The same entry at the demo's beat."""
    if isinstance(entry, Every):
        return replace(entry, seconds=max(entry.seconds, BEAT_S))
    return replace(entry, retry_s=BEAT_S)


def tell(*, stay: bool) -> int:
    """Tell the story in the terminal; then, unless told to leave, keep the pages open until Ctrl-C."""
    console = Console(highlight=False)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="tthc-demo-"))
    news = News(console)
    with Portal(slow_s=0.5) as portal, Sink(news.mail) as sink:
        register = stage(folder, portal.url)
        settings = Settings(
            var_dir=folder / "var",
            register=str(folder / "register"),
            smtp_url=sink.url,
            smtp_from="giam-sat@demo.invalid",
            contact="demo@demo.invalid",
            vantage="demo",
        )
        clock = HandClock(START)
        app = build(settings, clock)
        console.print(
            "[bold]tthc-monitor, trình diễn[/bold]: một tuần trong một phút; mọi thứ ở trên máy này, không có dữ liệu thật."
        )
        console.print(f"Cổng mô phỏng {portal.url}, hộp thư giả {sink.url}, dữ liệu ở {folder}\n")
        province = Province(units(register), official_calendar(), anchor=START.date(), count=DOSSIERS)
        _walk(Stage(app, portal, province, _made(settings.var_dir / "inbox")), clock, news)
        console.print(f"\n[bold]Hết tuần[/bold], sau {time.monotonic() - began:.0f} giây. {news.summary()}")
        if stay:
            _stay(app, console)
    return 0


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _walk(on: Stage, clock: HandClock, news: News) -> None:
    looking = Looking(on.app)
    walk = Walk(
        on.app,
        clock,
        looking,
        entries=tuple(wide(entry) for entry in TIMETABLE),
        after=lambda now: news.catch_up(on.app, now),
    )
    for scene in SCENES:
        walk.until(scene.at)
        news.scene(scene.at, scene.title)
        scene.act(on)
    walk.until(END)
    looking.stop()


def _stay(app: App, console: Console) -> None:
    try:
        listener = listen(app.settings.web_bind)
    except OSError:
        listener = listen("127.0.0.1:0")
    host, port = listener.getsockname()[:2]
    pages = create_app(app.engine, app.settings, app.register, app.law, app.clock.now)
    server = uvicorn.Server(uvicorn.Config(pages, log_config=None, access_log=False, lifespan="off"))
    console.print(f"Các trang và thư để đọc: [bold]http://{host}:{port}/[/bold] (Ctrl-C để kết thúc)")
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        server.should_exit = True
        thread.join()
