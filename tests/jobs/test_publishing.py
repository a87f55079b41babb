"""A week is published when it is reported, exactly once, wherever the process dies; the mail carries what was kept."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from jobs import publish, schedule, weekly
from jobs.cli.ground import Refused
from jobs.cli.publishing import write
from jobs.publish import PublishedMeanwhile
from jobs.record import record
from jobs.schedule import TIMETABLE
from monitor.core.look import Verdict
from monitor.core.reporting import parse_period
from monitor.reports import publishing
from monitor.store import archive, journal, publications, reading
from tests.jobs.conftest import moment
from tests.jobs.test_tell import look

Office = Any
CODE, WEEK = "2.001474", parse_period("2026-W48")
ENTRY = next(entry for entry in TIMETABLE if entry.name == "weekly")
DUE = "30/11/2026 07:30"

DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from jobs import weekly
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.law import load_law
from monitor.store import archive, open_store

url, var, folder, due, at = sys.argv[1:]
engine, now = open_store(url), datetime.fromisoformat(due)
register = stage(Path(folder), "http://127.0.0.1:9/")
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
kept = [0]

@event.listens_for(engine, "before_cursor_execute")
def _about_to(connection, cursor, statement, parameters, context, many):
    if at and statement.startswith(at):
        die()

if at == "COMMIT":
    @event.listens_for(engine, "commit")
    def _commits(connection):
        if list((Path(var) / "published").rglob("*.html")):
            die()
if at == "document":
    def _audited(name, arguments):
        if name == "os.rename" and "published" in str(arguments[0]):
            kept[0] += 1
            if kept[0] == 3:
                die()
    sys.addaudithook(_audited)

settings = Settings(var_dir=Path(var), smtp_url="smtp://127.0.0.1:9", smtp_from="giam-sat@demo.invalid")
app = App(settings=settings, clock=HandClock(now), engine=engine, register=register, law=load_law(register.hours_of()))
weekly.run(app, now, now)
"""


@pytest.fixture
def watched(sqlite_office: Office) -> Office:
    """A service looked at since Wednesday 25/11/2026 10:00, on the Monday after."""
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 10:00"))
    record(sqlite_office.app, [look("25/11/2026 10:00", Verdict.UP)], sqlite_office.clock.now())
    sqlite_office.clock.turn_to(moment(DUE))
    return sqlite_office


def editions(office: Office) -> list[publishing.Publication]:
    with reading(office.app.engine) as db:
        assert all(chain.intact for chain in journal.verify_all(db))
        return publications.editions(db, CODE, WEEK)


def perform(office: Office) -> None:
    schedule.perform(office.app, ENTRY, office.clock.now())


def draft(office: Office) -> publishing.Draft:
    app = office.app
    with reading(app.engine) as db:
        return publishing.draft(db, app.register, app.law, CODE, WEEK, office.clock.now())


def test_the_week_is_published_as_it_is_reported_and_the_mail_carries_what_was_kept(watched: Office) -> None:
    perform(watched)
    (one,) = editions(watched)
    assert (one.edition, one.published_at) == (1, moment(DUE))
    kept = publish.kept(watched.app, one)
    assert {name: sha256(content).hexdigest() for name, content in kept.items()} == one.documents
    letters = watched.letters()
    assert len(letters) == 4
    for letter in letters:
        attached = {part.name: part.content for part in letter.message.attachments}
        assert attached
        assert attached.items() <= kept.items()
        assert "Bản số 1, công bố lúc 07:30 30/11/2026" in letter.message.text


def test_asked_again_nothing_is_published_twice(watched: Office) -> None:
    for at in (DUE, "30/11/2026 12:00", "01/12/2026 07:30"):
        watched.clock.turn_to(moment(at))
        perform(watched)
    assert len(editions(watched)) == 1


@pytest.mark.parametrize(
    "at",
    [
        "document", "INSERT INTO publications", "INSERT INTO journal", "INSERT INTO letters", "INSERT INTO marks",
        "COMMIT",
    ],
)  # fmt: skip
def test_killed_anywhere_the_week_is_published_and_told_exactly_once(watched: Office, tmp_path: Path, at: str) -> None:
    app = watched.app
    url = app.engine.url.render_as_string(hide_password=False)
    words = [url, str(app.settings.var_dir), str(tmp_path / "register"), moment(DUE).isoformat(), at]
    died = subprocess.run([sys.executable, "-c", DIES, *words], check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert editions(watched) == []
    assert watched.letters() == []
    perform(watched)
    (one,) = editions(watched)
    assert len(watched.letters()) == 4
    assert set(publish.kept(app, one)) == set(one.documents)


def test_what_a_person_published_before_goes_out_as_it_was_published(watched: Office) -> None:
    made = publishing.edition(draft(watched), by="Người thử")
    publish.publish(watched.app, made)
    watched.clock.turn_to(moment("30/11/2026 08:00"))
    perform(watched)
    assert editions(watched) == [made.publication]
    attached = {part.name: part.content for part in watched.letters()[0].message.attachments}
    assert attached.items() <= made.documents.items()
    assert "khác bản đã công bố" not in watched.letters()[0].message.text


def test_looks_that_came_after_it_was_published_are_said_in_the_letter(watched: Office) -> None:
    publish.publish(watched.app, publishing.edition(draft(watched), by="Người thử"))
    record(watched.app, [look("26/11/2026 10:00", Verdict.UP)], watched.clock.now())
    perform(watched)
    assert len(editions(watched)) == 1
    assert "khác bản đã công bố gửi kèm" in watched.letters()[0].message.text


def test_of_two_that_publish_at_once_one_is_told_so_and_nothing_is_lost(watched: Office) -> None:
    first, second = (publishing.edition(draft(watched), by=who) for who in ("Một", "Hai"))
    publish.publish(watched.app, first)
    with pytest.raises(PublishedMeanwhile):
        publish.publish(watched.app, second)
    assert [one.by for one in editions(watched)] == ["Một"]


def test_a_tampered_document_is_named_and_the_week_still_goes_out(watched: Office) -> None:
    made = publishing.edition(draft(watched), by="Người thử")
    publish.publish(watched.app, made)
    name = next(name for name in made.documents if name.endswith(".html"))
    archive.place(watched.app.settings.var_dir, made.publication.documents[name], name).write_bytes(b"<p>100 %</p>")
    with pytest.raises(archive.NotAsPublished, match=name):
        publish.kept(watched.app, made.publication)
    perform(watched)
    assert len(watched.letters()) == 4


def test_figures_and_documents_say_the_same(watched: Office) -> None:
    perform(watched)
    (one,) = editions(watched)
    told = json.loads(next(text for name, text in publish.kept(watched.app, one).items() if name.endswith(".json")))
    figures = json.loads(one.figures)
    assert {name: told[name] for name in figures} == figures


def test_failure_10_the_week_over_new_year_is_due_on_its_first_working_day(watched: Office) -> None:
    assert weekly.next_due(watched.app, moment("31/12/2026 12:00")) == moment("04/01/2027 07:30")
    assert weekly.next_due(watched.app, moment("28/11/2026 12:00")) == moment("30/11/2026 07:30")


class _Closed(StringIO):
    def write(self, _text: str, /) -> int:
        raise BrokenPipeError


def test_that_nobody_reads_the_paths_is_no_fault_of_the_disk(tmp_path: Path) -> None:
    with redirect_stdout(_Closed()), pytest.raises(BrokenPipeError):
        write({"a.txt": b"x"}, tmp_path)
    file = tmp_path / "a" / "b"
    file.parent.write_text("")
    with pytest.raises(Refused, match=r"Không ghi được vào .*: chọn thư mục khác"):
        write({"a.txt": b"x"}, file)
