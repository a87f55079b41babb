"""The auditor, beside the daemon: what was not told, what did not arrive, a daemon that is silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jobs import letters, project, send, tell
from jobs.alarm import raise_alarm
from jobs.audit import Amiss, Trouble, audit
from jobs.cli.main import tthc
from jobs.record import record
from monitor.core.life import Stretch
from monitor.core.look import Verdict
from monitor.core.obligation import DueKind, Obligation
from monitor.store import beats, runs, writing
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in
from tests.jobs.test_tell import look
from tests.servers.mail import mail_server

Office = Any
CODE = "H56-261116-0001"


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """In earnest, with one dossier that is late on Thursday."""
    sqlite_office.go_live()
    take_in(sqlite_office.app, [row(CODE, appointment="25/11/2026 17:00:00")], sqlite_office.clock.now())
    return sqlite_office


def served(office: Office, at: str) -> None:
    """A slot as the timetable serves it, and the letters handed over."""
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    with writing(office.app.engine) as db:
        runs.claim(db, "slot", now, now)
    letters.slot(office.app, now, now)
    with writing(office.app.engine) as db:
        runs.finish(db, "slot", now, now)
    send.run(office.app, now)


def alive(office: Office, at: str) -> None:
    office.clock.turn_to(moment(at))
    with writing(office.app.engine) as db:
        beats.keep(db, Stretch(began=moment("25/11/2026 05:00"), last=moment(at)))


def troubles(office: Office) -> list[Trouble]:
    return [one.trouble for one in audit(office.app, office.clock.now())]


def day(office: Office) -> None:
    """Wednesday and Thursday morning as they should be."""
    for at in ("25/11/2026 07:30", "25/11/2026 13:30", "26/11/2026 07:30"):
        served(office, at)
    alive(office, "26/11/2026 08:15")


def test_where_everybody_was_told_nothing_is_amiss(office: Office) -> None:
    day(office)
    assert audit(office.app, office.clock.now()) == ()


def test_a_telling_that_was_lost_is_missed_and_named(office: Office) -> None:
    day(office)
    with writing(office.app.engine) as db:
        db.exec_driver_sql("DELETE FROM tellings WHERE stage = 'late' AND person = 'so-cong-thuong/head'")
    (amiss,) = audit(office.app, office.clock.now())
    assert (amiss.trouble, amiss.count) == (Trouble.MISSING, 1)
    assert amiss.names == (f"{CODE} → so-cong-thuong/head (late)",)


def test_a_slot_that_was_not_served_is_missed_half_an_hour_later(office: Office) -> None:
    for at in ("25/11/2026 07:30", "25/11/2026 13:30"):
        served(office, at)
    alive(office, "26/11/2026 07:59")
    assert troubles(office) == []
    alive(office, "26/11/2026 08:00")
    assert troubles(office) == [Trouble.SLOT]


def test_what_was_only_known_after_the_slot_is_not_missed(office: Office) -> None:
    day(office)
    take_in(
        office.app,
        [row("H56-261116-0002", appointment="20/11/2026 17:00:00"), row(CODE, appointment="24/11/2026 17:00:00")],
        office.clock.now(),
        "hai.xls",
    )
    project.catch_up(office.app, office.clock.now())
    alive(office, "26/11/2026 09:00")
    assert troubles(office) == []


def test_letters_that_no_server_takes_are_amiss_once_their_hour_is_over(office: Office) -> None:
    for at in ("25/11/2026 07:30", "25/11/2026 13:30"):
        served(office, at)
    office.server.answers = ["421 4.3.2 dong"] * 99
    served(office, "26/11/2026 07:30")
    alive(office, "26/11/2026 08:15")
    assert troubles(office) == []
    alive(office, "26/11/2026 08:45")
    (amiss,) = audit(office.app, office.clock.now())
    assert amiss.trouble is Trouble.UNDELIVERED
    assert "so-cong-thuong/head (1)" in amiss.names


def test_what_stays_undelivered_is_one_trouble_however_far_back_it_is_seen() -> None:
    first, second = (Amiss(trouble=Trouble.UNDELIVERED, since=moment(f"{day}/11/2026 08:30")) for day in (26, 27))
    assert first.key == second.key
    assert SLOT.key != Amiss(trouble=Trouble.SLOT, since=moment("26/11/2026 13:30")).key


def test_a_daemon_that_writes_nothing_down_is_silent_also_in_a_trial(sqlite_office: Office) -> None:
    assert troubles(sqlite_office) == [Trouble.SILENT]
    alive(sqlite_office, "25/11/2026 06:00")
    assert troubles(sqlite_office) == []
    sqlite_office.turn(minutes=6)
    (amiss,) = audit(sqlite_office.app, sqlite_office.clock.now())
    assert (amiss.trouble, amiss.since) == (Trouble.SILENT, moment("25/11/2026 06:00"))


def test_an_interruption_of_which_nobody_was_told_is_missed(office: Office) -> None:
    day(office)
    for at, verdict in (
        ("26/11/2026 08:20", Verdict.UP),
        ("26/11/2026 08:25", Verdict.DOWN),
        ("26/11/2026 08:26", Verdict.DOWN),
    ):
        office.clock.turn_to(moment(at))
        record(office.app, [look(at, verdict)], office.clock.now())
    tell.tick(office.app, office.clock.now())
    send.run(office.app, office.clock.now())
    alive(office, "26/11/2026 08:55")
    assert troubles(office) == []
    with writing(office.app.engine) as db:
        db.exec_driver_sql("DELETE FROM tellings WHERE subject = 'interruption'")
    assert troubles(office) == [Trouble.MISSING]


def test_a_duty_of_which_nobody_was_reminded_is_missed(office: Office) -> None:
    duty = Obligation(
        key="n1", letter="Công văn 1/UBND", title="Rà soát", agencies=("so-cong-thuong",),
        due=moment("26/11/2026 00:00").date(), due_kind=DueKind.BY,
    )  # fmt: skip
    office.app = replace(office.app, register=replace(office.app.register, duties=(duty,)))
    day(office)
    assert troubles(office) == []
    with writing(office.app.engine) as db:
        gone = db.exec_driver_sql(
            "DELETE FROM tellings WHERE subject = 'duty' AND stage = 'due' RETURNING person"
        ).all()
    (amiss,) = audit(office.app, office.clock.now())
    assert (amiss.trouble, amiss.count) == (Trouble.MISSING, len(gone))
    assert gone


def test_in_a_trial_nobody_is_to_be_told_anything(sqlite_office: Office) -> None:
    take_in(sqlite_office.app, [row(CODE, appointment="25/11/2026 17:00:00")], sqlite_office.clock.now())
    alive(sqlite_office, "26/11/2026 09:00")
    assert troubles(sqlite_office) == []


SLOT = Amiss(trouble=Trouble.SLOT, since=moment("26/11/2026 07:30"))
SILENT = Amiss(trouble=Trouble.SILENT, since=moment("26/11/2026 07:00"))


def test_the_alarm_goes_to_a_mail_server_of_its_own_at_once_and_the_same_one_once_a_day(office: Office) -> None:
    now = moment("26/11/2026 08:00")
    with mail_server() as own:
        office.configured(audit_smtp_url=own.url)
        settings, to = office.app.settings, ("truc@tinh.invalid",)
        assert raise_alarm(settings, to, [SLOT], now).roads == to
        assert raise_alarm(settings, to, [SLOT], moment("26/11/2026 20:00")).again
        assert raise_alarm(settings, to, [SLOT, SILENT], moment("26/11/2026 20:01")).roads == to
        assert raise_alarm(settings, to, [], moment("26/11/2026 20:15")).roads == ()
        assert raise_alarm(settings, to, [SLOT], moment("26/11/2026 20:30")).roads == to, "it came again"
        assert raise_alarm(settings, to, [SLOT], moment("27/11/2026 20:31")).roads == to
        mails = own.mails
    assert office.server.kept == []
    assert [mail["Subject"] for mail in mails][:2] == [
        "Phiên thư chưa được thực hiện",
        "Phiên thư chưa được thực hiện; chương trình giám sát không chạy",
    ]
    text = mails[0].get_content()
    assert "1. Phiên thư chưa được thực hiện, từ 07:30 26/11/2026." in text
    assert "Việc cần làm: xem journalctl -u tthc" in text
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == 4


class _Caught(BaseHTTPRequestHandler):
    bodies: list[dict[str, Any]]
    answer = 200

    def do_POST(self) -> None:
        self.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def outside() -> Iterator[tuple[str, type[_Caught]]]:
    caught = type("Caught", (_Caught,), {"bodies": []})
    server = HTTPServer(("127.0.0.1", 0), caught)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/canh-bao", caught
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_outside_address_hears_it_too_and_one_that_does_not_answer_is_named(
    office: Office, outside: tuple[str, type[_Caught]]
) -> None:
    url, caught = outside
    office.configured(audit_url=url)
    raised = raise_alarm(office.app.settings, (), [SLOT], moment("26/11/2026 08:00"))
    assert raised.roads == ("địa chỉ cảnh báo AUDIT_URL",)
    assert caught.bodies[0]["troubles"] == ["slot"]
    caught.answer = 500
    raised = raise_alarm(office.app.settings, (), [SILENT], moment("26/11/2026 08:15"))
    assert raised.failed == ("127.0.0.1: HTTPError",)
    caught.answer = 200
    assert raise_alarm(office.app.settings, (), [SILENT], moment("26/11/2026 08:30")).roads, (
        "what was not heard is said again"
    )


def run(office: Office, *words: str) -> Result:
    return CliRunner().invoke(tthc.commands["audit"], words, obj=office.app, standalone_mode=False)


def test_the_command_says_what_it_found_and_ends_with_1(office: Office) -> None:
    day(office)
    good = run(office)
    assert good.return_value == 0
    assert good.output.startswith("Không có gì bất thường: chương trình đang chạy")
    office.turn(minutes=10)
    bad = run(office, "--silent")
    assert bad.return_value == 1
    assert "1. Chương trình giám sát không chạy, từ 08:15 26/11/2026." in bad.output
    before = len(office.server.kept)
    assert run(office).return_value == 1
    assert office.server.to[before:] == [office.app.register.posts["trung-tam-pvhcc/duty"].address]
    assert json.loads(run(office, "--json").output)[0]["trouble"] == "silent"


def test_a_program_that_cannot_be_put_together_is_amiss_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"VAR_DIR={tmp_path}/var\nREGISTER={tmp_path}/khong-co\nAUDIT_TO=truc@tinh.invalid\n", "utf-8"
    )
    result = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), "audit"], standalone_mode=False)
    assert result.return_value == 1
    assert "Không mở được chương trình" in result.output
    assert "chưa đặt AUDIT_SMTP_URL hay SMTP_URL" in result.output
