"""The demo's story: a week at a made-up province, walked with a fast clock and told as it happens."""

from __future__ import annotations

import logging
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from rich.console import Console

from jobs import beat, log
from jobs import tell as telling
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.daemon import listen
from jobs.demo.dossiers import Province, write_export
from jobs.demo.news import WIDEST, News
from jobs.demo.portal import Mood, Portal
from jobs.demo.sink import Sink
from jobs.demo.stage import stage, units
from jobs.look import Looking, record_manual
from jobs.walk import Walk
from monitor.config import Settings
from monitor.core.look import Verdict
from monitor.core.period import ict
from monitor.law import official_calendar
from monitor.store.engine import wait_for_no_disk
from monitor.web import create_app

DOSSIERS = 5_000
BEAT_S = 600
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
    clock: HandClock
    portal: Portal
    control: Portal
    province: Province
    inbox: Path

    def export(self, now: datetime, ending: str) -> None:
        """Somebody exports the list of dossiers and drops it into the folder."""
        day = ict(now)
        write_export(
            self.province.rows(now),
            self.inbox / f"ho-so-{day:%Y%m%d-%H%M}{ending}",
            f"Số liệu tính đến {day:%H:%M} ngày {day:%d/%m/%Y}",
        )


def moment(day: int, clock: str) -> datetime:
    """A moment of the week, on a Vietnamese clock: the story runs from Monday 16/11/2026."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+07:00")


def _mood(mood: Mood) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.portal.mood = mood

    return act


def _network(mood: Mood) -> Callable[[Stage], None]:
    """Our own network fails: nothing outside can be reached, the places of reference neither."""

    def act(stage: Stage) -> None:
        stage.portal.mood = stage.control.mood = mood

    return act


def _export(ending: str) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.export(stage.clock.now(), ending)

    return act


def _live(stage: Stage) -> None:
    telling.go_live(stage.app, "Người trình diễn", stage.clock.now())


def _seen(stage: Stage) -> None:
    now = stage.clock.now()
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
        "Trung tâm thả tệp hồ sơ đầu tiên (XLSX) vào thư mục; còn chạy thử nên thư chỉ được giữ lại",
        _export(".xlsx"),
    ),
    Scene(moment(17, "06:30"), "Lãnh đạo quyết định kết thúc chạy thử (tthc go-live)", _live),
    Scene(moment(17, "06:40"), "Tệp hồ sơ mới, lần này là bảng HTML lưu thành .xls", _export(".xls")),
    Scene(moment(17, "10:02"), "Cổng chậm hẳn: vẫn dùng được, không phải gián đoạn", _mood(Mood.SLOW)),
    Scene(moment(17, "10:32"), "Cổng nhanh trở lại", _mood(Mood.WORKING)),
    Scene(moment(18, "06:40"), "Tệp hồ sơ mới", _export(".xls")),
    Scene(
        moment(18, "09:02"),
        "Lớp chống truy cập tự động chặn máy kiểm tra: không xác định, nên cũng không kết luận là gián đoạn",
        _mood(Mood.CHALLENGE),
    ),
    Scene(moment(18, "09:30"), "Một cán bộ tự mở trang xem và ghi lại (tthc look record)", _seen),
    Scene(moment(18, "12:02"), "Lớp chống truy cập tự động thôi chặn", _mood(Mood.WORKING)),
    Scene(moment(19, "06:40"), "Tệp hồ sơ mới", _export(".xls")),
    Scene(
        moment(19, "14:02"),
        "Mạng của chính Trung tâm hỏng 30 phút: không phải lỗi của Cổng, không ai bị báo",
        _network(Mood.DOWN),
    ),
    Scene(moment(19, "14:32"), "Mạng của Trung tâm thông trở lại", _network(Mood.WORKING)),
    Scene(moment(20, "06:40"), "Tệp hồ sơ mới", _export(".xls")),
    Scene(
        moment(21, "21:12"),
        "Trang vẫn mở, nhưng mất nút nộp hồ sơ trực tuyến: trả lời 200 mà người dân không nộp được",
        _mood(Mood.NO_ACTION),
    ),
    Scene(moment(21, "22:42"), "Nút nộp hồ sơ trở lại", _mood(Mood.WORKING)),
    Scene(moment(22, "03:03"), "Cổng ngừng hẳn", _mood(Mood.DOWN)),
    Scene(moment(22, "03:41"), "Cổng hoạt động lại", _mood(Mood.WORKING)),
    Scene(moment(23, "06:40"), "Tệp hồ sơ mới; 07:30 sáng thứ Hai là lúc gửi báo cáo tuần", _export(".xlsx")),
)
START, END = moment(16, "00:00"), moment(23, "08:00")


def tell(*, stay: bool, dossiers: int = DOSSIERS, end: datetime = END) -> int:
    """Tell the story in the terminal; then, unless told to leave, keep the pages open until Ctrl-C.

    Everything lies in a folder of its own, which is gone afterwards.
    """
    console = _console()
    began = time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(_terminable())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tthc-demo-", ignore_cleanup_errors=True)))
        log.configure("INFO", stack.enter_context((folder / "nhat-ky.log").open("a", encoding="utf-8")))
        stack.callback(logging.shutdown)
        portal, control = stack.enter_context(Portal()), stack.enter_context(Portal())
        register = stage(folder, portal.url, control=control.url)
        news = News(console, register.posts)
        sink = stack.enter_context(Sink(news.mail))
        settings = _settings(folder, sink.url)
        clock = HandClock(START)
        app = build(settings, clock)
        wait_for_no_disk(app.engine)
        stack.callback(app.engine.dispose)
        console.print("[bold]tthc-monitor, trình diễn[/bold]: một tuần trong khoảng một phút, trên đồng hồ quay nhanh.")
        console.print("Mọi thứ ở trên máy này, không có dữ liệu thật của ai:")
        console.print(f"  Cổng mô phỏng {portal.url}, hộp thư giả {sink.url}")
        console.print(f"  Cơ sở dữ liệu, thư và nhật ký trong {folder}/")
        province = Province(units(register), official_calendar(), anchor=START.date(), count=dossiers)
        _walk(Stage(app, clock, portal, control, province, _made(settings.var_dir / "inbox")), news, end)
        console.print(f"\n[bold]Hết câu chuyện[/bold], sau {time.monotonic() - began:.0f} giây. {news.summary()}")
        if stay:
            _stay(app, console)
    return 0


def _console() -> Console:
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    return console


def _settings(folder: Path, smtp_url: str) -> Settings:
    return Settings(
        var_dir=folder / "var",
        register=str(folder / "register"),
        smtp_url=smtp_url,
        smtp_from="giam-sat@demo.invalid",
        contact="demo@demo.invalid",
        vantage="trinh-dien",
    )


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, so that its folder is not left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _walk(on: Stage, news: News, end: datetime) -> None:
    looking = Looking(on.app)
    walk = Walk(on.app, on.clock, looking, beat_s=BEAT_S, after=lambda now: news.catch_up(on.app, now))
    try:
        for scene in (scene for scene in SCENES if scene.at < end):
            walk.until(scene.at)
            news.scene(scene.at, scene.title)
            scene.act(on)
        walk.until(end)
        beat.run(on.app, on.clock.now())  # the pages are shown as of this moment, and it lives
    finally:
        looking.stop()


def _stay(app: App, console: Console) -> None:
    """Serve the pages as of the story's last moment, where its clock stands still."""
    try:
        listener = listen(app.settings.web_bind)
    except OSError:
        listener = listen("127.0.0.1:0")
    host, port = listener.getsockname()[:2]
    pages = create_app(app.engine, app.settings, app.register, lambda: app.law, app.clock.now)
    server = uvicorn.Server(
        uvicorn.Config(pages, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    url = f"http://{host}:{port}"
    console.print(f"\nĐồng hồ của câu chuyện dừng ở {ict(app.clock.now()):%H:%M %d/%m/%Y}. Để xem, mở:")
    console.print(f"  [bold]{url}/[/bold]  tình hình hiện nay")
    console.print(f"  [bold]{url}/letters[/bold]  các thư, bấm vào từng thư để đọc")
    console.print(f"  {app.settings.var_dir}/mailbox/  cùng các thư ấy, dạng .eml")
    console.print("Ctrl-C để kết thúc; dữ liệu trình diễn được xóa.")
    try:
        thread.join()
    except KeyboardInterrupt:
        server.should_exit = True
        thread.join()
