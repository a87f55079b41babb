"""A buyer's check 9: the mail server hangs for ten minutes; looks go on, nothing is lost, nothing comes twice."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobs import send, urgent
from jobs.app import App
from jobs.demo.sink import Delivered, Sink
from jobs.schedule import TIMETABLE, Entry, Every
from jobs.walk import Walk
from monitor.core.period import Span
from monitor.store import LetterState, letters, looks, reading
from tests.acceptance.conftest import moment
from tests.acceptance.test_dossiers import page, row

Open = Callable[..., Any]
UNITS = ("Sở Công Thương", "Sở Nội vụ", "Sở Tài chính", "UBND xã Nga Sơn")


class Gate:
    """A mail server's address: it takes connections and is silent while it hangs, else passes them on to the server."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.hangs = False
        self.held: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.held.append(client)
            if not self.hangs:
                server = socket.create_connection(("127.0.0.1", self.server_port))
                self.held.append(server)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return


@contextmanager
def gate(server: Sink) -> Iterator[Gate]:
    made = Gate(int(server.url.rpartition(":")[2]))
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.listener.shutdown(socket.SHUT_RDWR)
        made.listener.close()
        thread.join()
        for one in made.held:
            one.close()


def impatient(door: Gate) -> tuple[Entry, ...]:
    """The timetable with a sender that gives a hanging server up soon, so that the test need not wait as long as it."""

    def beat(app: App, now: datetime) -> None:
        urgent.compose(app, now)
        send.drain(app, 0.2 if door.hangs else send.DEADLINE_S)
        send.file_copies(app, now)

    return tuple(replace(e, run=beat) if isinstance(e, Every) and e.name == "send" else e for e in TIMETABLE)


def test_a_mail_server_that_hangs_ten_minutes_delays_letters_and_nothing_else(open_office: Open) -> None:
    mails: list[Delivered] = []
    with Sink(mails.append) as server, gate(server) as door:
        office = open_office("19/11/2026 06:57", smtp_url=door.url)
        walk = Walk(office.app, office.clock, office.walk.looking, entries=impatient(door))
        rows = [row(f"H56.{n:03}", unit=unit, appointment="19/11/2026 17:00:00") for n, unit in enumerate(UNITS)]
        office.drop("hom-nay.xls", page(rows))
        hung = moment("19/11/2026 07:29")
        walk.until(hung)
        door.hangs = True
        walk.until(moment("19/11/2026 07:39"))
        assert mails == []
        with reading(office.app.engine) as db:
            put = letters.counts(db)
            seen = looks.between(db, ["2.001474-cong"], Span(start=hung, end=office.clock.now()))
        owed = put[LetterState.WAITING] + put.get(LetterState.UNCERTAIN, 0)
        assert owed >= len(UNITS)
        assert [look.at for look in seen if look.at >= hung] == [moment("19/11/2026 07:32"), moment("19/11/2026 07:37")]
        door.hangs = False
        walk.until(moment("19/11/2026 08:15"))

    with reading(office.app.engine) as db:
        assert letters.counts(db) == {LetterState.ACCEPTED: owed}
    assert len(mails) == owed
    assert max(Counter(mail.to for mail in mails).values()) == 1
