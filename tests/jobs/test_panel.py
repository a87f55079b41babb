"""The panel beside failed looks: whose fault, when it is asked, and what is sealed with the look."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from jobs import evidence
from jobs.app import App
from jobs.clock import HandClock, SystemClock
from jobs.look import Looking
from jobs.panel_questions import Machine
from monitor.config import Settings
from monitor.core.agency import Agency, AgencyKind
from monitor.core.attribution import Fault, Panel, Part, Shown
from monitor.core.look import Cause, Look, Verdict
from monitor.core.period import Span
from monitor.core.service import Assertion, PanelPage, Service, Step, Target, Want
from monitor.law import load_law
from monitor.register import load_register, register_of
from monitor.store import beside, interruptions, journal, looks, reading
from tests.servers.names import NameServer, naming
from tests.servers.web import Serve, Server, closed_port, new_authority, reply, server_side, serving

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GOOD = reply("<p>2.001474 Nộp trực tuyến</p>")
GONE = reply("<p>2.001474 Tra cứu</p>")
BROKEN = reply("lỗi", status=500)
SHIELD = reply("<script>bobcmn</script><p>Please enable JavaScript to view the page content.</p>")
WANTED = (Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING),)
DEAD = f"http://127.0.0.1:{closed_port()}"
HOST = "dichvucong.example"

Name = Callable[..., NameServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with serving() as start:
        yield start


@pytest.fixture
def name() -> Iterator[Name]:
    with naming() as start:
        yield start


def target(url: str, key: str = "cong", **more: object) -> Target:
    settled: dict[str, Any] = {"public": False, "jitter": 0.0, "interval_s": 300.0, "deadline_s": 2.0}
    return Target(key=key, name=key, steps=(Step(url=url, assertions=WANTED),), **settled | more)


def control(url: str, key: str = "doi-chung", **more: object) -> Target:
    return replace(target(url, key, control=True, required=False, **more), steps=(Step(url=url),))


def page(part: Part, url: str, *beside_: str, **more: object) -> PanelPage:
    return PanelPage(part=part, page=target(url, part.value, **more), beside=beside_)


@dataclass
class Post:
    """A place to look from, its clock turned by hand."""

    app: App
    clock: HandClock
    looking: Looking

    def after(self, seconds: float) -> Look:
        """Let time pass, look at what is due; the look at the first target."""
        return next(look for look in self.all_after(seconds) if look.target == "cong")

    def all_after(self, seconds: float) -> list[Look]:
        self.clock.turn_to(self.clock.moment + timedelta(seconds=seconds))
        return self.looking.run_due()

    def panels(self) -> list[Panel]:
        return panels(self.app)

    def again(self) -> Post:
        """The same after a restart."""
        self.looking.stop()
        self.looking = Looking(self.app, machine=LONELY)
        return self


FAR = Span(start=START - timedelta(days=1), end=START + timedelta(days=3650))
LONELY = Machine(gateways=tuple)
"""A machine without routes, so that nobody outside is asked for anything."""


def panels(app: App) -> list[Panel]:
    with reading(app.engine) as db:
        return beside.panels_between(db, [t.key for t in app.register.targets()], FAR)


def shown(one: Panel) -> dict[str, str]:
    return {showing.part.value: showing.shown.value for showing in one.showings}


def app_of(engine: Engine, folder: Path, clock: Any, *watched: Target | PanelPage, **given: object) -> App:
    agency = Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT)
    service = Service(
        code="2.001474",
        name="Khuyến mại",
        owner=agency.key,
        told=(agency.key,),
        targets=tuple(one for one in watched if isinstance(one, Target)),
        panel=tuple(one for one in watched if isinstance(one, PanelPage)),
    )
    register = register_of(
        agencies=[agency],
        services=[service],
        ladders=load_register("thanh-hoa").ladders.values(),
        centre=agency.key,
        gateway=str(given.pop("gateway", "")),
        resolver=str(given.pop("resolver", "")),
    )
    settings = Settings(var_dir=folder / "var", **{"contact": "it@example.vn"} | given)  # type: ignore[arg-type]
    return App(settings=settings, clock=clock, engine=engine, register=register, law=load_law())


Open = Callable[..., Post]


@pytest.fixture
def post(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Open]:
    """Open a place to look from."""
    opened: list[Post] = []

    def at(*watched: Target | PanelPage, machine: Machine = LONELY, **given: object) -> Post:
        clock = HandClock(START)
        app = app_of(sqlite_engine, tmp_path, clock, *watched, **given)
        opened.append(Post(app, clock, Looking(app, machine=machine)))
        return opened[-1]

    yield at
    for one in opened:
        one.looking.stop()


def answer_with(server: Server, content: bytes) -> None:
    server.answer = lambda _request, connection: connection.sendall(content)


# Whose fault.


def test_a_portal_down_as_a_whole_is_the_portals(post: Open, serve: Serve) -> None:
    well = control(serve(GOOD).url)
    place = post(target(DEAD), well, page(Part.FRONT_PAGE, DEAD), page(Part.SIBLING, f"{DEAD}/khac"))
    look = place.after(0)
    assert (look.verdict, look.cause) == (Verdict.DOWN, Cause.CONNECT)
    (one,) = place.panels()
    assert (one.fault, one.rule) == (Fault.WHOLE_PORTAL, "portal_silent")
    assert shown(one) == {"domestic": "works", "front_page": "fails", "sibling": "fails"}


def test_this_procedure_alone_is_told_from_the_portal(post: Open, serve: Serve) -> None:
    portal = serve(GOOD).url
    place = post(target(serve(BROKEN).url), page(Part.FRONT_PAGE, portal), page(Part.SIBLING, f"{portal}/khac"))
    assert place.after(0).verdict is Verdict.DOWN
    (one,) = place.panels()
    assert (one.fault, one.rule) == (Fault.THIS_PROCEDURE, "this_alone")


def test_a_page_with_the_wrong_content_says_so(post: Open, serve: Serve) -> None:
    place = post(target(serve(GONE).url), page(Part.SIBLING, serve(GOOD).url))
    place.after(0)
    assert [one.fault for one in place.panels()] == [Fault.CONTENT]


def test_signing_on_alone_is_told(post: Open, serve: Serve) -> None:
    place = post(target(serve(BROKEN).url), page(Part.FRONT_PAGE, serve(GOOD).url), page(Part.SIGN_ON, DEAD))
    assert place.after(0).verdict is Verdict.DOWN
    (one,) = place.panels()
    assert (one.fault, one.rule) == (Fault.SIGN_ON, "sign_on_silent")


@pytest.mark.parametrize("front", [SHIELD, reply("", status=403)], ids=["shield", "forbidden"])
def test_a_portal_that_turns_us_away_is_no_outage_and_stays_so_between_panels(
    post: Open, serve: Serve, front: bytes
) -> None:
    place = post(target(serve(reply("", status=403)).url), page(Part.FRONT_PAGE, serve(front).url))
    for _ in range(4):
        look = place.after(300)
        assert (look.verdict, look.cause) == (Verdict.UNKNOWN, Cause.CHALLENGED)
        assert "chặn máy giám sát" in look.detail
    assert [one.fault for one in place.panels()] == [Fault.BLOCKED_US, Fault.BLOCKED_US]
    with reading(place.app.engine) as db:
        assert interruptions.still_open(db) == []


@pytest.mark.parametrize(
    ("gateway", "fault"), [("127.0.0.1", Fault.PROVIDER), ("fe80::1%khong-co", Fault.OWN_NETWORK)], ids=["line", "own"]
)
def test_where_no_reference_answers_it_is_our_line_or_our_network(
    post: Open, name: Name, gateway: str, fault: Fault
) -> None:
    both = name({(f"{HOST}.", "A"): ("127.0.0.1",)})
    port = closed_port()
    place = post(
        target(f"http://{HOST}:{port}/"),
        control(DEAD),
        control(f"{DEAD}/xa", "nuoc-ngoai", abroad=True),
        page(Part.FRONT_PAGE, DEAD),
        gateway=gateway,
        machine=Machine(gateways=tuple, resolver=both.address),
    )
    place.looking.stop()
    place.looking = Looking(place.app, lambda _: ["127.0.0.1"], Machine(gateways=tuple, resolver=both.address))
    look = place.after(0)
    assert (look.verdict, look.cause) == (Verdict.UNKNOWN, Cause.OWN_NETWORK)
    (one,) = place.panels()
    assert one.fault is fault
    assert shown(one) == {
        "gateway": "works" if fault is Fault.PROVIDER else "fails",
        "resolver": "works",
        "domestic": "fails",
        "foreign": "fails",
        "front_page": "fails",
    }


@pytest.mark.parametrize(
    ("servers", "fault", "verdict"),
    [
        (({"rcode": 3}, {"rcode": 3}), Fault.DNS, Verdict.DOWN),
        (({"silent": True}, {}), Fault.OWN_NETWORK, Verdict.UNKNOWN),
        (({"rcode": 3}, {}), Fault.OWN_NETWORK, Verdict.UNKNOWN),
    ],
    ids=["nxdomain-everywhere", "ours-silent", "ours-wrong"],
)
def test_a_name_is_asked_of_two_resolvers(  # noqa: PLR0917 - fixtures and the row
    post: Open, serve: Serve, name: Name, servers: tuple[dict[str, Any], ...], fault: Fault, verdict: Verdict
) -> None:
    mine, other = (name({(f"{HOST}.", "A"): ("127.0.0.1",)}, **how).address for how in servers)
    machine = Machine(gateways=tuple, resolver=mine)
    place = post(target(f"http://{HOST}/"), control(serve(GOOD).url), resolver=other)
    place.looking.stop()

    def nowhere(_host: str) -> list[str]:
        raise OSError("Name or service not known")

    place.looking = Looking(place.app, nowhere, machine)
    for _ in range(2):
        assert place.after(300).verdict is verdict
    assert {one.fault for one in place.panels()} == {fault}


def test_behind_a_proxy_what_cannot_be_judged_is_named(post: Open, serve: Serve) -> None:
    def through(request: bytes, connection: socket.socket) -> None:
        connection.sendall(GOOD if b"doi-chung.example" in request else reply("", status=504))

    place = post(
        target("http://cong.example/"),
        control("http://doi-chung.example/"),
        page(Part.FRONT_PAGE, "http://cong.example/trang-chu"),
        proxy_url=serve(through).url,
        gateway="127.0.0.1",
        resolver="127.0.0.1:9",
    )
    assert place.after(0).verdict is Verdict.DOWN
    (one,) = place.panels()
    assert one.unjudged == (Part.GATEWAY, Part.RESOLVER, Part.RESOLVER_2)
    assert one.fault is Fault.WHOLE_PORTAL


# When.


def test_it_is_asked_at_a_first_failure_its_confirmation_and_every_quarter_of_an_hour(post: Open, serve: Serve) -> None:
    front = serve(GOOD)
    place = post(target(serve(GONE).url), page(Part.FRONT_PAGE, front.url))
    place.after(0)
    place.after(20)
    for _ in range(7):
        place.after(300)
    minutes = [(one.at - START) / timedelta(minutes=1) for one in place.panels()]
    assert [round(m, 1) for m in minutes] == [0, 0.3, 15.3, 30.3]
    assert len(front.requests) == 4


def test_a_good_look_begins_the_count_anew(post: Open, serve: Serve) -> None:
    server = serve(GONE)
    place = post(target(server.url))
    place.after(0)
    answer_with(server, GOOD)
    place.after(300)
    assert len(place.panels()) == 1
    answer_with(server, GONE)
    place.after(300)
    assert len(place.panels()) == 2


def test_a_good_look_asks_nobody(post: Open, serve: Serve) -> None:
    front, reference = serve(GOOD), serve(GOOD)
    place = post(target(serve(GOOD).url), page(Part.FRONT_PAGE, front.url), control(reference.url))
    for _ in range(5):
        place.after(300)
    assert place.panels() == []
    assert front.requests == []
    assert len(reference.requests) == 1


def test_a_reference_is_asked_once_for_one_failure(post: Open, serve: Serve) -> None:
    reference = serve(GOOD)
    place = post(target(DEAD), control(reference.url))
    place.after(0)
    assert len(reference.requests) == 1
    place.after(20)
    assert len(reference.requests) == 2


def test_targets_that_fail_in_one_minute_share_what_was_seen_and_each_has_a_panel(post: Open, serve: Serve) -> None:
    front, down = serve(GOOD), serve(BROKEN).url
    place = post(*(target(f"{down}/{key}", key) for key in ("cong", "khac", "nua")), page(Part.FRONT_PAGE, front.url))
    place.all_after(0)
    assert len(front.requests) == 1
    assert [shown(one)["front_page"] for one in place.panels()] == ["works"] * 3
    place.all_after(20)
    assert len(front.requests) == 2
    assert len(place.panels()) == 6


def test_a_page_speaks_only_for_the_targets_it_stands_beside(post: Open, serve: Serve) -> None:
    down = serve(BROKEN).url
    place = post(target(down), target(f"{down}/k", "khac"), page(Part.FRONT_PAGE, serve(GOOD).url, "khac"))
    place.all_after(0)
    assert {one.target: shown(one) for one in place.panels()} == {"cong": {}, "khac": {"front_page": "works"}}


def test_a_stranger_is_asked_no_more_than_twice_in_five_minutes_and_not_while_it_wants_to_be_left_alone(
    post: Open, serve: Serve
) -> None:
    front, server = serve(reply("", status=429, Retry_After="3600")), serve(BROKEN)
    stranger = f"http://localhost:{front.port}"  # by another name than the target, which is not to be left alone
    place = post(target(server.url), page(Part.FRONT_PAGE, stranger, public=True))
    place.after(0)
    place.after(20)
    assert len(front.requests) == 1
    (_, second) = place.panels()
    assert shown(second) == {"front_page": "blocked"}  # its last word
    place.clock.turn_to(place.clock.moment + timedelta(seconds=600))
    place.again().after(300)
    assert len(front.requests) == 1
    assert shown(place.panels()[-1]) == {"front_page": "unjudged"}


def test_nobody_public_is_asked_before_contact_is_set(post: Open, serve: Serve) -> None:
    front = serve(GOOD)
    place = post(target(serve(BROKEN).url), page(Part.FRONT_PAGE, front.url, public=True), contact="")
    place.after(0)
    assert front.requests == []
    assert [(s.shown, s.detail) for s in place.panels()[0].showings] == [(Shown.UNJUDGED, "chưa đặt CONTACT")]


def test_a_restart_amid_a_failure_asks_no_sooner(post: Open, serve: Serve) -> None:
    place = post(target(serve(GONE).url))
    place.after(0)
    place.after(20)
    place.again().after(300)
    assert len(place.panels()) == 2
    place.after(600)
    assert len(place.panels()) == 3


# In the daemon's way.


def wait_for(happens: Callable[[], object], seconds: float = 20.0) -> None:
    done = threading.Event()
    for _ in range(round(seconds / 0.02)):
        if happens():
            return
        done.wait(0.02)
    raise AssertionError("it did not happen")


def test_a_panel_that_hangs_delays_no_other_look_and_its_own_target_keeps_its_order(
    sqlite_engine: Engine, serve: Serve, tmp_path: Path
) -> None:
    hanging, failing, good = serve(b""), serve(GONE), serve(GOOD)
    hanging.answer = hanging.hang
    app = app_of(
        sqlite_engine,
        tmp_path,
        SystemClock(),
        target(failing.url, interval_s=0.3),
        target(good.url, "khac", interval_s=0.1),
        page(Part.FRONT_PAGE, hanging.url, "cong"),
    )
    looking = Looking(app, machine=LONELY)

    def seen() -> list[Look]:
        with reading(app.engine) as db:
            now = datetime.now(UTC)
            return looks.between(db, ["cong", "khac"], Span(start=now - timedelta(hours=1), end=now))

    looking.start()
    try:
        wait_for(lambda: sum(look.target == "khac" for look in seen()) >= 5)
        assert not any(look.target == "cong" for look in seen())
        answer_with(failing, GOOD)
        wait_for(lambda: sum(look.target == "cong" for look in seen()) >= 3)
    finally:
        looking.stop()
    mine = [look.verdict for look in seen() if look.target == "cong"]
    assert mine[0] is Verdict.DOWN
    assert mine[-1] is Verdict.UP
    with reading(app.engine) as db:
        assert interruptions.still_open(db) == []  # what came while the panel hung was taken in its order


# What is kept.


def test_look_panel_and_exhibit_are_sealed_together_and_an_edit_is_found(
    engine: Engine, serve: Serve, tmp_path: Path
) -> None:
    app = app_of(engine, tmp_path, HandClock(START), target(serve(GONE).url), page(Part.SIBLING, serve(GOOD).url))
    looking = Looking(app, machine=LONELY)
    looking.run_due()
    looking.stop()
    (one,) = panels(app)
    with reading(engine) as db:
        assert all(chain.intact for chain in journal.verify_all(db))
        (exhibit,) = beside.exhibits_between(db, ["cong"], FAR)
    assert (one.at, exhibit.at) == (START, START)
    with engine.begin() as db:
        db.execute(text("UPDATE panels SET fault = 'whole_portal'"))
    with reading(engine) as db:
        assert not all(chain.intact for chain in journal.verify_all(db))


def test_what_cannot_be_written_now_is_written_whole_later(post: Open, serve: Serve, tmp_path: Path) -> None:
    place = post(target(serve(GONE).url))
    other = sqlite3.connect(tmp_path / "tthc.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    place.all_after(0)
    assert place.looking.waiting == 1
    assert place.panels() == []
    other.execute("ROLLBACK")
    other.close()
    place.all_after(20)
    assert len(place.panels()) == 2
    with reading(place.app.engine) as db:
        assert len(beside.exhibits_between(db, ["cong"], FAR)) == 2
        assert all(chain.intact for chain in journal.verify_all(db))


def test_the_exhibit_lists_how_the_look_went_its_certificate_and_its_panel(
    post: Open, serve: Serve, tmp_path: Path
) -> None:
    authority, ca_file = new_authority(tmp_path)
    dated = reply("ok", Date=format_datetime(datetime.now(UTC), usegmt=True))

    def moved(request: bytes, connection: socket.socket) -> None:
        connection.sendall(reply("", status=302, Location="/toi") if b"GET / " in request else GONE)

    server = serve(moved, server_side(authority))
    place = post(target(server.url), control(serve(dated).url), ca_file=str(ca_file))
    place.after(0)
    with reading(place.app.engine) as db:
        (exhibit,) = beside.exhibits_between(db, ["cong"], FAR)
    listed = evidence.read(place.app.settings.var_dir, exhibit.digest)
    assert listed is not None
    assert listed["taken"] == [f"GET {server.url} → 302", f"GET {server.url}/toi → 200"]
    assert listed["url"] == f"{server.url}/toi"
    assert listed["address"] == "127.0.0.1"
    assert dict(listed["request_headers"])["user-agent"].endswith("(+it@example.vn)")  # type: ignore[call-overload]
    assert dict(listed["certificate"])["problem"] == ""  # type: ignore[call-overload]
    panel = dict(listed["panel"])  # type: ignore[call-overload]
    (one,) = place.panels()
    assert (panel["fault"], panel["rule"]) == (one.fault.value, one.rule)
    assert one.clock_offset_ms is not None


def test_a_certificate_that_failed_the_look_is_read_all_the_same(post: Open, serve: Serve, tmp_path: Path) -> None:
    authority, _ = new_authority(tmp_path)
    place = post(target(serve(GOOD, server_side(authority)).url))
    assert place.after(0).cause is Cause.TLS
    assert [one.fault for one in place.panels()] == [Fault.TLS]
    with reading(place.app.engine) as db:
        (exhibit,) = beside.exhibits_between(db, ["cong"], FAR)
    listed = evidence.read(place.app.settings.var_dir, exhibit.digest)
    assert listed is not None
    assert "tin cậy" in dict(listed["certificate"])["problem"]  # type: ignore[call-overload]
