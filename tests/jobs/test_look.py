"""Looking: each target in its turn, politely, and every look written down whatever the database does."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from jobs import evidence
from jobs.app import App
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.clock import Clock, HandClock, SystemClock
from jobs.look import Looking, probe_once
from monitor.config import NAMES, Settings
from monitor.core.agency import Agency, AgencyKind
from monitor.core.attribution import Exhibit
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span
from monitor.core.service import Assertion, Service, Step, Target, Want
from monitor.law import load_law
from monitor.register import copy_shipped, load_register, register_of
from monitor.store import EventKind, beside, events, interruptions, journal, keeping, looks, reading
from tests.servers.web import Serve, Server, closed_port, reply, serving

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GOOD = reply("<p>2.001474 Nộp trực tuyến</p>")
GONE = reply("<p>2.001474 Tra cứu</p>")
WANTED = (
    Assertion(want=Want.TEXT, value="2.001474", cause=Cause.WRONG_PAGE),
    Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING),
)


@pytest.fixture
def serve() -> Iterator[Serve]:
    with serving() as start:
        yield start


def target(url: str, key: str = "cong", **more: object) -> Target:
    settled: dict[str, Any] = {"public": False, "jitter": 0.0, "interval_s": 300.0, "deadline_s": 3.0}
    return Target(key=key, name=key, steps=(Step(url=url, assertions=WANTED),), **settled | more)


def control(url: str, **more: object) -> Target:
    made = target(url, key="doi-chieu", control=True, required=False, **more)
    return replace(made, steps=(Step(url=url),))


@dataclass
class Post:
    """A place to look from, and what it wrote down."""

    app: App
    clock: HandClock
    looking: Looking

    def after(self, seconds: float) -> list[Look]:
        """Let time pass and look at what is due."""
        self.clock.turn_to(self.clock.moment + timedelta(seconds=seconds))
        return self.looking.run_due()

    def next_s(self) -> float:
        return (self.looking.next_due(self.clock.now()) - self.clock.now()).total_seconds()

    def again(self) -> Post:
        """The same after a restart."""
        self.looking.stop()
        self.looking = Looking(self.app)
        return self

    def written(self) -> list[Look]:
        return written(self.app)


def written(app: App) -> list[Look]:
    with reading(app.engine) as db:
        return looks.between(
            db,
            [t.key for t in app.register.targets()],
            Span(start=START - timedelta(days=1), end=START + timedelta(days=3650)),
        )


def app_of(engine: Engine, folder: Path, clock: Clock, *targets: Target, **settings: object) -> App:
    agency = Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT)
    service = Service(code="2.001474", name="Khuyến mại", owner=agency.key, told=(agency.key,), targets=targets)
    ladders = load_register("thanh-hoa").ladders.values()
    register = register_of(agencies=[agency], services=[service], ladders=ladders, centre=agency.key)
    made = Settings(var_dir=folder / "var", **{"contact": "it@example.vn"} | settings)  # type: ignore[arg-type]
    return App(settings=made, clock=clock, engine=engine, register=register, law=load_law())


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Iterator[Callable[..., Post]]:
    """Open a place to look from at targets; time passes by hand."""
    opened: list[Post] = []

    def at(*targets: Target, **settings: object) -> Post:
        clock = HandClock(START)
        app = app_of(engine, tmp_path, clock, *targets, **settings)
        opened.append(Post(app, clock, Looking(app)))
        return opened[-1]

    yield at
    for one in opened:
        one.looking.stop()


def answer_with(server: Server, content: bytes) -> None:
    server.answer = lambda _request, connection: connection.sendall(content)


def test_every_target_is_looked_at_at_once_and_then_in_its_interval(post, serve) -> None:
    place = post(target(serve(GOOD).url), target(serve(GOOD).url, key="khac", interval_s=900.0))
    assert {(k.target, k.verdict) for k in place.after(0)} == {("cong", Verdict.UP), ("khac", Verdict.UP)}
    assert place.next_s() == 300
    assert place.after(299) == []
    assert [k.target for k in place.after(1)] == ["cong"]
    assert sorted(k.target for k in place.after(600)) == ["cong", "khac"]


def test_a_look_is_written_as_it_was_with_its_seal(post, serve) -> None:
    place = post(target(serve(GOOD).url))
    (look,) = place.after(0)
    assert place.written() == [look]
    assert (look.at, look.vantage, look.kind, look.status, look.valid_for_ms) == (
        START,
        "trung-tam",
        Kind.HTTP,
        200,
        600_000,
    )
    with reading(place.app.engine) as db:
        (chain, *_) = journal.verify_all(db)
    assert chain.intact
    assert chain.entries >= 1


def test_a_first_failure_is_looked_at_once_more_soon_and_then_in_its_interval(post, serve) -> None:
    server = serve(GONE)
    place = post(target(server.url))
    assert [k.cause for k in place.after(0)] == [Cause.ACTION_MISSING]
    assert place.next_s() == 20
    assert [k.cause for k in place.after(20)] == [Cause.ACTION_MISSING]
    assert place.next_s() == 300
    with reading(place.app.engine) as db:
        (row,) = interruptions.still_open(db)
    assert row.first_bad == START
    answer_with(server, GOOD)
    place.after(300)
    with reading(place.app.engine) as db:
        assert interruptions.still_open(db) == []


def test_the_extra_look_is_not_made_again_after_a_restart_amid_a_failure(post, serve) -> None:
    place = post(target(serve(GONE).url))
    place.after(0)
    place.after(20)
    place = place.again()
    place.after(300)
    assert place.next_s() == 300


def test_a_stranger_is_not_looked_at_sooner_for_a_restart(post, serve) -> None:
    server = serve(GOOD)
    place = post(target(server.url, public=True))
    place.after(0)
    place.clock.turn_to(START + timedelta(seconds=100))
    place = place.again()
    assert place.looking.due() == []
    assert place.next_s() == 200
    assert len(place.after(200)) == 1
    assert len(server.requests) == 2


def test_nobody_public_is_looked_at_before_contact_is_set(post, serve) -> None:
    server = serve(GOOD)
    place = post(target(server.url, public=True), target(server.url, key="cua-minh"), contact="")
    assert [k.target for k in place.after(0)] == ["cua-minh"]
    assert probe_once(place.app, "2.001474")[0][0].key == "cua-minh"


def test_retry_after_is_obeyed_by_every_target_of_the_host_also_over_a_restart(post, serve) -> None:
    server = serve(reply("", status=429, Retry_After="3600"))
    place = post(target(f"{server.url}/a"), target(f"{server.url}/b", key="khac", interval_s=400.0))
    seen = place.after(0)
    assert {(k.verdict, k.cause) for k in seen} == {(Verdict.UNKNOWN, Cause.RATE_LIMITED)}
    assert place.next_s() == 3600
    place.clock.turn_to(START + timedelta(seconds=1200))
    place = place.again()
    assert place.next_s() == 2400
    assert place.after(2399) == []
    answer_with(server, GOOD)
    assert {k.verdict for k in place.after(1)} == {Verdict.UP}


def test_a_look_by_hand_obeys_retry_after_too(post, serve) -> None:
    server = serve(reply("", status=429, Retry_After="3600"))
    place = post(target(server.url))
    place.after(0)
    assert probe_once(place.app, "2.001474") == []
    assert len(server.requests) == 1
    place.clock.turn_to(START + timedelta(seconds=3601))
    assert len(probe_once(place.app, "2.001474")) == 1


def test_a_challenge_all_day_is_no_outage(post, serve) -> None:
    shield = reply("<script>bobcmn</script><p>Please enable JavaScript to view the page content.</p>")
    place = post(target(serve(shield).url))
    for _ in range(5):
        assert [(k.verdict, k.cause) for k in place.after(300)] == [(Verdict.UNKNOWN, Cause.CHALLENGED)]
    with reading(place.app.engine) as db:
        assert interruptions.still_open(db) == []


def test_our_proxy_down_is_our_own_network_and_no_outage(post) -> None:
    place = post(
        target("http://cong.example/"),
        control("http://doi-chieu.example/"),
        proxy_url=f"http://127.0.0.1:{closed_port()}",
    )
    for _ in range(3):
        seen = {k.target: (k.verdict, k.cause) for k in place.after(300)}
        assert seen["cong"] == (Verdict.UNKNOWN, Cause.OWN_NETWORK)
    with reading(place.app.engine) as db:
        assert interruptions.still_open(db) == []


@pytest.mark.parametrize("status", [502, 504])
def test_a_proxy_that_cannot_get_out_is_our_own_network(post, serve, status: int) -> None:
    through = serve(reply("<h1>lỗi</h1>", status=status))
    place = post(target("http://cong.example/"), control("http://doi-chieu.example/"), proxy_url=through.url)
    seen = {k.target: (k.verdict, k.cause) for k in place.after(0)}
    assert seen["cong"] == (Verdict.UNKNOWN, Cause.OWN_NETWORK)


def test_a_proxy_that_gets_out_but_not_to_the_target_shows_the_targets_fault(post, serve) -> None:
    def answer(request: bytes, connection: socket.socket) -> None:
        connection.sendall(GOOD if b"doi-chieu.example" in request else reply("", status=504))

    place = post(target("http://cong.example/"), control("http://doi-chieu.example/"), proxy_url=serve(answer).url)
    seen = {k.target: (k.verdict, k.cause) for k in place.after(0)}
    assert seen["cong"] == (Verdict.DOWN, Cause.STATUS)


def test_a_silent_target_is_down_when_the_control_answers_and_unknown_when_not(post, serve) -> None:
    place = post(target(f"http://127.0.0.1:{closed_port()}/"), control(serve(GOOD).url))
    assert {k.target: k.cause for k in place.after(0)}["cong"] is Cause.CONNECT
    other = post(target(f"http://127.0.0.1:{closed_port()}/"), control(f"http://127.0.0.1:{closed_port()}/"))
    assert {k.target: k.cause for k in other.after(0)}["cong"] is Cause.OWN_NETWORK


def exhibits(app: App) -> list[Exhibit]:
    """What was kept as evidence, by time."""
    with reading(app.engine) as db:
        far = Span(start=START - timedelta(days=1), end=START + timedelta(days=3650))
        return beside.exhibits_between(db, [t.key for t in app.register.targets()], far)


def test_evidence_is_kept_of_what_is_not_up_and_of_the_first_good_look_after(post, serve) -> None:
    server = serve(GOOD)
    place = post(target(server.url))
    place.after(0)
    assert exhibits(place.app) == []
    answer_with(server, GONE)
    (look,) = place.after(300)
    (kept,) = exhibits(place.app)
    assert (kept.target, kept.vantage, kept.at) == (look.target, look.vantage, look.at)
    known = evidence.read(place.app.settings.var_dir, kept.digest)
    assert known is not None
    page = keeping.place(place.app.settings.var_dir, str(known["body"]), "html").read_text()
    assert page == "<p>2.001474 Tra cứu</p>"
    answer_with(server, GOOD)
    assert [look.detail for _ in range(2) for look in place.after(300)] == ["", ""]
    assert len(exhibits(place.app)) == 2


def test_the_same_unknown_fills_no_disk(post, serve) -> None:
    shield = reply("<script>bobcmn</script><p>Please enable JavaScript to view the page content.</p>")
    place = post(target(serve(shield).url))
    for _ in range(24):
        place.after(300)
    assert len(exhibits(place.app)) == 2


def test_a_full_disk_costs_the_evidence_not_the_look(post, serve) -> None:
    place = post(target(serve(GONE).url))
    place.app.settings.var_dir.mkdir(parents=True)
    (place.app.settings.var_dir / "evidence").write_text("")
    (look,) = place.after(0)
    assert exhibits(place.app) == []
    assert place.written() == [look]


def test_the_wall_clock_set_back_makes_no_look_come_late_or_early(post, serve) -> None:
    place = post(target(serve(GOOD).url))
    place.after(0)
    place.clock.moment -= timedelta(hours=5)
    assert place.next_s() == 300


def opened(app: App) -> list[datetime]:
    with reading(app.engine) as db:
        return [row.first_bad for row in interruptions.still_open(db)]


def test_a_clock_that_ran_a_day_ahead_hides_no_interruption_once_it_is_set_right(post, serve) -> None:
    place = post(target(serve(GONE).url), target(serve(GOOD).url, key="khac"))
    place.clock.moment += timedelta(days=1)
    place.after(0)
    place.clock.moment -= timedelta(days=1)
    place.after(20)
    assert opened(place.app) == []
    place.after(300)
    assert opened(place.app) == [START + timedelta(seconds=20)]


def test_an_interruption_dated_ahead_ends_with_the_next_good_look(post, serve) -> None:
    server = serve(GONE)
    place = post(target(server.url))
    place.clock.moment += timedelta(days=1)
    place.after(0)
    place.after(20)
    assert len(opened(place.app)) == 1
    answer_with(server, GOOD)
    place.clock.moment -= timedelta(days=1)
    place.after(300)
    assert opened(place.app) == []


# In threads of its own, as in the daemon.


@pytest.fixture
def running(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Callable[..., tuple[App, Looking]]]:
    """Start looking in the daemon's way at targets, on an SQLite database."""
    started: list[Looking] = []

    def begin(*targets: Target, **settings: object) -> tuple[App, Looking]:
        app = app_of(sqlite_engine, tmp_path, SystemClock(), *targets, **settings)
        looking = Looking(app)
        started.append(looking)
        looking.start()
        return app, looking

    yield begin
    for looking in started:
        looking.stop()


def wait_for(happens: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_looks_go_on_and_are_written_in_the_background(running, serve) -> None:
    app, _ = running(target(serve(GOOD).url, interval_s=0.2))
    wait_for(lambda: len(written(app)) >= 3)


def test_while_the_database_is_locked_looks_wait_in_memory_and_none_is_lost(running, serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    app, looking = running(target(server.url, interval_s=0.1))
    wait_for(lambda: len(written(app)) >= 2)
    other = sqlite3.connect(tmp_path / "tthc.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = len(server.requests)
    wait_for(lambda: len(server.requests) >= before + 10)
    assert looking.waiting >= 1
    other.execute("ROLLBACK")
    other.close()
    made = len(server.requests)
    wait_for(lambda: len(written(app)) >= made)
    assert {k.verdict for k in written(app)} == {Verdict.UP}
    with reading(app.engine) as db:
        assert all(chain.intact for chain in journal.verify_all(db))


def test_it_stops_within_a_second_whatever_hangs_and_writes_what_was_seen(running, serve) -> None:
    hanging, server = serve(b""), serve(GOOD)
    hanging.answer = hanging.hang
    app, looking = running(target(hanging.url, key="treo", deadline_s=60.0), target(server.url, interval_s=0.05))
    wait_for(lambda: len(server.requests) >= 5)
    began = time.monotonic()
    looking.stop()
    assert time.monotonic() - began < 1.0
    assert looking.waiting == 0
    assert {k.target for k in written(app)} == {"cong"}


def test_an_idle_one_stops_at_once(running, serve) -> None:
    app, looking = running(target(serve(GOOD).url))
    wait_for(lambda: written(app))
    began = time.monotonic()
    looking.stop()
    assert time.monotonic() - began < 0.3


def test_it_stops_within_a_second_while_the_database_is_locked(running, serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    app, looking = running(target(server.url, interval_s=0.1))
    wait_for(lambda: written(app))
    other = sqlite3.connect(tmp_path / "tthc.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait_for(lambda: looking.waiting)
    began = time.monotonic()
    looking.stop()
    assert time.monotonic() - began < 1.2
    other.execute("ROLLBACK")
    other.close()


def test_a_hang_and_a_resolver_that_never_answers_delay_no_other_look(
    sqlite_engine: Engine, serve, tmp_path: Path
) -> None:
    hanging, server = serve(b""), serve(GOOD)
    hanging.answer = hanging.hang
    silence = threading.Event()

    def never(_host: str) -> list[str]:
        silence.wait(30)
        return []

    targets = [
        target("http://khong-tra-loi.example/", key="dns", deadline_s=30.0),
        *(target(hanging.url, key=f"treo-{n}", deadline_s=30.0) for n in range(60)),
        target(server.url, interval_s=0.2),
    ]
    app = app_of(sqlite_engine, tmp_path, SystemClock(), *targets)
    looking = Looking(app, never)
    looking.start()
    try:
        wait_for(lambda: len(written(app)) >= 5, 5.0)
    finally:
        looking.stop()
        silence.set()
    assert {k.target for k in written(app)} == {"cong"}


def test_a_clock_that_is_set_is_recorded(sqlite_engine: Engine, serve, tmp_path: Path) -> None:
    class Shifted(SystemClock):
        by = timedelta()

        def now(self) -> datetime:
            return super().now() + self.by

    clock = Shifted()
    app = app_of(sqlite_engine, tmp_path, clock, target(serve(GOOD).url, interval_s=0.1))
    looking = Looking(app)
    looking.start()
    try:
        wait_for(lambda: written(app))
        clock.by = timedelta(minutes=-7)

        def steps() -> list[str]:
            with reading(app.engine) as db:
                far = Span(start=START - timedelta(days=3650), end=START + timedelta(days=3650))
                return [row.detail for row in events.between(db, far) if row.kind == EventKind.CLOCK_STEP]

        wait_for(steps)
    finally:
        looking.stop()
    assert steps() == ["-420.000 s"] or steps()[0].startswith("-4")


CHROMIUM = next((found for found in map(shutil.which, ("chromium", "chromium-browser")) if found), None)
no_chromium = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="this machine has no Chromium"
)


@pytest.mark.browser
@no_chromium
def test_the_browser_looks_in_its_turn_and_http_does_not_wait_for_it(running, serve) -> None:
    late = "<script>setTimeout(() => {document.body.innerHTML = '<p>2.001474 Nộp trực tuyến</p>'}, 1500)</script>"
    server = serve(GOOD)
    app, _ = running(
        target(serve(reply(f"<body>{late}</body>")).url, key="trinh-duyet", kind=Kind.BROWSER, deadline_s=20.0),
        target(server.url, interval_s=0.2),
        chromium_path=str(CHROMIUM),
    )
    wait_for(lambda: any(k.target == "trinh-duyet" for k in written(app)), 30.0)
    (browsed,) = [k for k in written(app) if k.target == "trinh-duyet"]
    assert (browsed.verdict, browsed.kind) == (Verdict.UP, Kind.BROWSER)
    meanwhile = [k for k in written(app) if k.target == "cong" and browsed.at < k.at < browsed.received_at]
    assert len(meanwhile) >= 3


@pytest.mark.browser
@no_chromium
def test_a_look_that_breaks_its_probe_is_unknown_and_ends_no_thread(running, serve) -> None:
    """An address that no probe can read; the register lets none through."""
    broken = Target(key="hong", name="hỏng", steps=(Step(url="tcp://[::1"),), kind=Kind.TCP, public=False)
    server = serve(GOOD)
    port = Target(key="cong", name="cổng", steps=(Step(url=f"tcp://127.0.0.1:{server.port}"),), kind=Kind.TCP)
    app, _ = running(broken, replace(port, public=False))
    wait_for(lambda: len(written(app)) >= 2)
    seen = {look.target: look for look in written(app)}
    assert (seen["hong"].verdict, seen["hong"].cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert seen["cong"].verdict is Verdict.UP


def test_a_browser_look_under_way_is_given_up_within_a_second(running, serve) -> None:
    hanging = serve(b"")
    hanging.answer = hanging.hang
    _, looking = running(target(hanging.url, kind=Kind.BROWSER, deadline_s=60.0), chromium_path=str(CHROMIUM))
    wait_for(lambda: hanging.requests, 30.0)
    began = time.monotonic()
    looking.stop()
    assert time.monotonic() - began < 1.0


def test_a_browser_that_cannot_be_had_is_an_unknown_look(post) -> None:
    place = post(target("http://127.0.0.1:9/", kind=Kind.BROWSER), chromium_path="/khong/co")
    (look,) = place.after(0)
    assert (look.verdict, look.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert "CHROMIUM_PATH" in look.detail


# By command.


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve) -> Callable[..., Any]:
    """The command line of an installation that looks at one page on loopback."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "danh-muc"
    copy_shipped(folder)
    (folder / "services" / "2.001474.toml").write_text(
        '[[service]]\ncode = "2.001474"\nname = "Khuyến mại"\nowner = "so-cong-thuong"\ntold = ["so-cong-thuong"]\n'
        '[[service.target]]\nkey = "a"\nname = "Cổng"\npublic = false\n'
        f'[[service.target.step]]\nurl = "{serve(GONE).url}"\n'
        'assertions = [{ want = "text", value = "Nộp trực tuyến", cause = "action_missing" }]\n',
        "utf-8",
    )
    (tmp_path / ".env").write_text(f"REGISTER={folder}\nVAR_DIR={tmp_path / 'var'}\n")

    def run(*words: str) -> Any:
        return CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), *words], standalone_mode=False)

    return run


def test_one_look_now_prints_its_verdict_and_ends_with_1_when_down(command) -> None:
    done = command("probe", "--json")
    (seen,) = json.loads(done.stdout)
    assert (done.return_value, seen["verdict"], seen["cause"]) == (1, "down", "action_missing")
    assert seen["phases"]["total"] >= 0
    told = command("probe")
    assert told.return_value == 1
    assert "không dùng được" in " ".join(told.stdout.split())


def test_what_a_person_saw_is_written_with_its_picture(command, tmp_path: Path) -> None:
    picture = tmp_path / "man-hinh.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    done = command(
        "look", "record", "khong", "--by", "Người xem", "--at", "23/11/2026 08:30", "--evidence", str(picture)
    )
    assert done.exception is None, done.output
    assert "08:30 23/11/2026" in done.stdout
    assert len(list((tmp_path / "var" / "evidence").rglob("*.png"))) == 1


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        (b"<script>", "chỉ nhận ảnh PNG, JPG hoặc tệp PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024), "lớn quá 5 MB"),
    ],
    ids=["no picture", "too large"],
)
def test_a_file_that_the_page_would_not_take_is_refused_here_too(
    command, tmp_path: Path, content: bytes, mend: str
) -> None:
    picture = tmp_path / "man-hinh.png"
    picture.write_bytes(content)
    done = command("look", "record", "khong", "--by", "Người xem", "--evidence", str(picture))
    assert isinstance(done.exception, Refused)
    assert mend in str(done.exception)
    assert not list((tmp_path / "var").rglob("*.png"))


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "31/12/2099 08:30"),
        ("--at", "hôm qua"),
        ("--service", "9.999999"),
        ("--target", "x"),
        ("--by", " "),
        ("--evidence", "/proc/self/mem"),
    ],
)
def test_what_a_person_cannot_have_seen_is_refused(command, words: tuple[str, str]) -> None:
    done = command("look", "record", "duoc", *words)
    assert isinstance(done.exception, Refused)
    assert "\n" not in str(done.exception)
