"""From a mailbox, an SFTP server and a database into the list of dossiers: once each, whatever is polled again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs import brought, poll_child, read_child
from jobs.demo.dossiers import HEADINGS
from jobs.poll_apart import poll_apart
from monitor.core.place import MailboxPlace, Place, SftpPlace, SqlPlace
from monitor.core.source import Scope, SourceKind, SourceSpec
from monitor.sources.polling import Brought
from monitor.store import imports, polls, reading
from monitor.store.polls import PollState
from tests.jobs.conftest import Office
from tests.jobs.dossiers import row
from tests.jobs.polled import KEY, Played, asks, known, versions
from tests.servers.imap import PASSWORD, USER, ImapServer, imap_server
from tests.servers.ssh import ssh_server

SENT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def export(*rows: tuple[str, ...]) -> bytes:
    """A list as the one-stop system saves it."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in (HEADINGS, *rows))
    return f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>'.encode()


def source(kind: SourceKind, place: Place) -> SourceSpec:
    return SourceSpec(key=KEY, name="Nguồn thử", kind=kind, deadline_s=60, place=place, scope=Scope(agency="ubnd-tinh"))


def _no_server(_answers: Any) -> Any:
    raise AssertionError("nothing is asked over HTTP here")


@pytest.fixture
def played(sqlite_office: Office) -> Played:
    return Played(sqlite_office, _no_server)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[ImapServer]:
    with imap_server() as one:
        yield one


def by_mail(mailbox: ImapServer) -> SourceSpec:
    place = MailboxPlace(
        host="127.0.0.1", port=mailbox.tls_port, ca_file=str(mailbox.ca_file), senders=("xuat@so.invalid",)
    )
    return source(SourceKind.MAILBOX, place)


def test_exports_that_come_by_mail_are_read_like_dropped_files(mailbox: ImapServer, played: Played) -> None:
    secrets = {"username": USER, "password": PASSWORD.replace('"', '\\"')}
    mailbox.put(("ho-so.xls", export(row("H56.01"), row("H56.02"))), sent=SENT)
    mailbox.put(("ho-so.xls", export(row("H56.99"))), sender="la@ngoai.invalid", sent=SENT)
    polled = played.poll(by_mail(mailbox), secrets)
    assert (polled.row.state, polled.row.why, polled.row.records) == (PollState.DONE, "", 2)
    assert known(played.office) == ["H56.01", "H56.02"]
    with reading(played.office.app.engine) as db:
        (taken,) = imports.recent(db, 9)
    assert (taken.name, taken.as_of) == ("ho-so.xls", SENT)
    done = played.office.app.settings.var_dir / "inbox" / KEY / "done"
    assert {path.name for path in done.iterdir()} == {"ho-so.xls", "ho-so.xls.txt"}

    assert played.poll(by_mail(mailbox), secrets).row.records == 0
    mailbox.put(("bia.pdf", b"%PDF"), ("hong.csv", b"xin chao"), sent=SENT)
    mailbox.put(("ho-so-moi.xls", export(row("H56.01"), row("H56.03"))), sent=SENT)
    third = played.poll(by_mail(mailbox), secrets).row
    assert third.state is PollState.FAILED
    assert "không nhận được: " in third.why
    assert known(played.office) == ["H56.01", "H56.02", "H56.03"]  # what came after the broken one is not lost
    assert played.poll(by_mail(mailbox), secrets).row.state is PollState.DONE
    assert versions(played.office) == dict.fromkeys(known(played.office), 1)
    assert set(mailbox.flags()) == {""}


def test_a_kill_while_a_file_is_taken_in_loses_no_file_that_came(played: Played) -> None:
    app, place = played.office.app, MailboxPlace(host="127.0.0.1")
    folder = app.settings.var_dir / "polls" / KEY
    folder.mkdir(parents=True)
    (folder / "come").write_bytes(export(row("H56.01")))
    file = Brought(path=folder / "come", name="ho-so.xls", key="1/1/1", at=SENT)
    poll_child.keep_file(folder, 1, file)
    spec = source(SourceKind.MAILBOX, place)
    app.register = replace(app.register, sources={KEY: spec})

    def dies(*_: Any) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought.hand_over(app, spec, folder, played.office.clock.now(), whole=False, read=dies)
    handed = brought.hand_over(
        app,
        spec,
        folder,
        played.office.clock.now(),
        whole=False,
        read=lambda task, _lock, _progress: read_child.run(task),
    )
    assert (handed.records, known(played.office)) == (1, ["H56.01"])  # though its mail may be gone since
    assert list(folder.glob("0*")) == []
    assert brought.load_state(folder).known == ("1/1/1",)


def test_a_folder_on_a_server_is_polled_by_a_process_of_its_own(sqlite_office: Office, tmp_path: Path) -> None:
    with ssh_server(tmp_path) as server:
        path = server.put("ho-so.xls", export(row("H56.01"), row("H56.02")))
        os.utime(path, (SENT.timestamp(), SENT.timestamp()))
        place = SftpPlace(
            host="127.0.0.1", port=server.port, folder=str(server.files), host_key=server.host_key, names=("*.xls",)
        )
        secrets = tmp_path / "mat-khau.toml"
        secrets.write_text(f'[{KEY}]\nusername = "{server.user}"\nkey_file = "{server.key}"\n')
        secrets.chmod(0o600)
        sqlite_office.configured(source_secrets_file=str(secrets))
        first = asks(sqlite_office, source(SourceKind.SFTP, place))
        assert (first.row.state, first.row.why, first.row.records) == (PollState.DONE, "", 2)
        assert asks(sqlite_office, source(SourceKind.SFTP, place)).reports == ()
        assert path.exists()
    assert known(sqlite_office) == ["H56.01", "H56.02"]


def test_a_query_asks_for_everything_or_for_what_changed(played: Played, tmp_path: Path) -> None:
    file = tmp_path / "kho.db"
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE hs (ma TEXT, tt INT, hen TEXT, don_vi TEXT, ten TEXT, sua TEXT)")
        for number in (1, 2, 3):
            sua = f"2026-11-2{number} 08:00:00"
            unit = ("Sở Công Thương", "Nguyễn Văn Ví Dụ")
            db.execute("INSERT INTO hs VALUES (?, 4, '2026-12-04 17:00:00', ?, ?, ?)", (f"H56.0{number}", *unit, sua))
    whole = SqlPlace(query="SELECT ma AS code, tt AS status, hen AS appointment, don_vi AS handling_unit, ten FROM hs")
    secrets = {"url": f"sqlite:///{file}"}
    assert ask(played, whole, secrets).records == 3
    assert complete(played) == [True]
    assert "Ví Dụ" not in everything(played)

    changed = SqlPlace(query=f"{whole.query.replace(' FROM', ', sua FROM')} WHERE sua > :since",
                       since_field="sua", since_first="2026-11-21 12:00:00")  # fmt: skip
    first = ask(played, changed, secrets)
    assert (first.records, first.since) == (2, "2026-11-23 08:00:00")
    with sqlite3.connect(file) as db:
        db.execute("UPDATE hs SET tt = 9, sua = '2026-11-24 09:00:00' WHERE ma = 'H56.02'")
    db.close()
    second = ask(played, changed, secrets)
    assert (second.records, second.since) == (1, "2026-11-24 09:00:00")
    assert ask(played, changed, secrets).records == 0
    assert complete(played) == [False, False, True]
    assert versions(played.office) == {"H56.01": 1, "H56.02": 2, "H56.03": 1}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_query_slower_than_its_deadline_is_ended_and_the_next_poll_goes_right(
    kind: str, sqlite_office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) "
        "SELECT max(i) AS code, 1 AS status FROM n",
        "postgres": "SELECT 'H56.0' || i AS code, pg_sleep(60)::text AS status FROM generate_series(1, 9) i",
    }[kind]
    if kind == "postgres":
        url = request.getfixturevalue("postgres").new_database()
    else:
        sqlite3.connect(tmp_path / "kho.db").execute("CREATE TABLE hs (ma TEXT)").connection.close()
        url = f"sqlite:///{tmp_path}/kho.db"
    secrets = tmp_path / "mat-khau.toml"
    secrets.write_text(f'[{KEY}]\nurl = "{url}"\n')
    secrets.chmod(0o600)
    sqlite_office.configured(source_secrets_file=str(secrets))

    row = asks(sqlite_office, replace(source(SourceKind.SQL, SqlPlace(query=slow)), deadline_s=3)).row
    assert (row.state, row.records) == (PollState.FAILED, 0)
    assert row.ended_at is not None
    assert "truy vấn chạy quá thời gian cho phép" in row.why
    quick = SqlPlace(query="SELECT 'H56.01' AS code, 4 AS status")
    assert asks(sqlite_office, source(SourceKind.SQL, quick)).row.state is PollState.DONE


def test_a_query_whose_process_hangs_is_not_begun_anew_at_once(sqlite_office: Office, tmp_path: Path) -> None:
    query = SqlPlace(query="SELECT 'H56.01' AS code, 4 AS status")
    asked = poll_child.Task(
        source=KEY, kind=SourceKind.SQL, place={"query": query.query}, secrets={}, folder=str(tmp_path),
        at=SENT.isoformat(), deadline_s=0, parent=os.getpid(), go_on={},
    )  # fmt: skip
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    outcome = poll_apart(asked, lock, lambda: None, grace_s=0.01, turn_s=0.01)  # sooner than any process answers
    os.close(lock)
    assert (outcome.state, "chạy quá thời gian cho phép" in outcome.why) == (PollState.FAILED, True)


def ask(played: Played, place: SqlPlace, secrets: dict[str, str]) -> polls.PollRow:
    one = played.poll(source(SourceKind.SQL, place), secrets).row
    assert (one.state, one.why) == (PollState.DONE, "")
    return one


def complete(played: Played) -> list[Any]:
    """Of each file taken in, the newest first, whether a gap in it means something."""
    with reading(played.office.app.engine) as db:
        return [bool(one) for (one,) in db.exec_driver_sql("SELECT complete FROM imports ORDER BY id DESC")]


def everything(played: Played) -> str:
    """All that is kept of dossiers, in the database and beside it."""
    folder = played.office.app.settings.var_dir
    files = [
        path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file() and path.suffix != ".db"
    ]
    with reading(played.office.app.engine) as db:
        return "\n".join([*files, *map(str, db.exec_driver_sql("SELECT * FROM dossier_versions"))])
