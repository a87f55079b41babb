"""`tthc status`: the same facts as the page, for people and for programs, with an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from jobs import status
from jobs.app import App
from jobs.cli import tthc
from jobs.clock import HandClock
from monitor.config import Settings
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.message import Message
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.probes.pace import valid_for_ms
from monitor.register import load_register
from monitor.reports.standing import Concern
from monitor.store import LetterState, hold, letters, looks, open_store, writing

NOW = datetime(2026, 11, 26, 14, 5, tzinfo=ICT)
REQUIRED = "2.001474-dvcqg-browser"


@pytest.fixture
def app(sqlite_engine: Engine) -> Iterator[App]:
    """The shipped register with CONTACT set, on its first day, the daemon running."""
    register = load_register("thanh-hoa")
    running = hold(sqlite_engine)
    yield App(
        settings=Settings(contact="thu@x.invalid"),
        clock=HandClock(NOW),
        engine=sqlite_engine,
        register=register,
        law=load_law(register.hours_of()),
    )
    running.release()


def looked(app: App, verdict: Verdict, *minutes: float, cause: Cause = Cause.NONE) -> None:
    """Looks at every required target, so many minutes ago."""
    targets = app.register.services["2.001474"].required_targets()
    with writing(app.engine) as db:
        looks.add(
            db,
            [
                Look(
                    service="2.001474",
                    target=target.key,
                    vantage="v",
                    kind=Kind.BROWSER,
                    at=NOW - timedelta(minutes=ago),
                    received_at=NOW,
                    verdict=verdict,
                    cause=cause,
                    valid_for_ms=valid_for_ms(target),
                )
                for target in targets
                for ago in minutes
            ],
        )


def dead_letter(app: App) -> None:
    """A letter the mail server will never take."""
    message = Message(
        key="1", message_id="<1@x>", date=NOW, sender="a@x", to_address="b@x", to_names=(), subject="s", text="t"
    )
    with writing(app.engine) as db:
        letters.add_once(db, message=message, kind="digest", slot=None, live=True, state=LetterState.DEAD, now=NOW)


def test_it_says_that_it_is_a_trial_and_what_is_not_set(app: App) -> None:
    said = status.as_text(status.now(app))
    assert said.startswith("Lúc 14:05 26/11/2026. Chế độ: CHẠY THỬ – không thư nào gửi ra ngoài\n")
    assert "Chưa thiết lập SMTP_URL: chưa có máy chủ thư" in said
    assert "Còn 714/714 chức danh chưa có địa chỉ thư" in said
    assert "CONTACT" not in said


def test_while_all_is_well_it_is_healthy(app: App) -> None:
    looked(app, Verdict.UP, 20, 5)
    now = status.now(app)
    assert now.healthy
    said = status.as_text(now)
    assert "Dịch vụ 2.001474: hoạt động" in said
    assert said.endswith("Dịch vụ đang hoạt động; chương trình giám sát chạy bình thường.")


def test_an_open_interruption_is_told_with_its_bounds(app: App) -> None:
    looked(app, Verdict.UP, 50)
    looked(app, Verdict.DOWN, 35, 20, 5, cause=Cause.ACTION_MISSING)
    now = status.now(app)
    assert now.concerns == (Concern.INTERRUPTED,)
    said = status.as_text(now)
    assert "lượt hỏng đầu tiên 13:30:00 26/11/2026, bắt đầu sau 13:15:00 26/11/2026" in said
    assert said.endswith("CẦN XỬ LÝ: dịch vụ đang gián đoạn.")


def test_a_failure_nobody_confirmed_is_unknown_and_no_concern(app: App) -> None:
    looked(app, Verdict.UP, 20)
    looked(app, Verdict.DOWN, 5, cause=Cause.TIMEOUT)
    now = status.now(app)
    assert now.healthy
    assert "Dịch vụ 2.001474: không xác định (một lượt hỏng, không có lượt thứ hai xác nhận)" in status.as_text(now)


def test_a_program_that_does_not_run_is_said_and_a_concern_where_something_is_to_be_looked_at(
    app: App, tmp_path: Path
) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'khac.db'}")
    stopped = replace(app, engine=engine)
    looked(stopped, Verdict.UP, 5)
    assert status.now(stopped).concerns == (Concern.STOPPED,)
    assert "\nChương trình không chạy; chạy make run.\n" in status.as_text(status.now(stopped))
    assert status.now(replace(stopped, settings=Settings())).concerns == ()
    engine.dispose()


def test_a_monitor_that_does_not_look_though_it_should_is_unhealthy(app: App) -> None:
    assert status.now(app).concerns == (Concern.SILENT,)
    looked(app, Verdict.UP, 31)
    assert status.now(app).concerns == (Concern.SILENT,)


def test_before_contact_is_set_nothing_is_looked_at_and_that_is_no_concern(app: App) -> None:
    now = status.now(replace(app, settings=Settings()))
    assert now.healthy
    said = status.as_text(now)
    assert "không xác định (chưa đặt CONTACT nên chưa được kiểm tra)" in said
    assert "Chưa biết dịch vụ có hoạt động không" in said


def test_files_in_a_folder_of_no_source_are_named(app: App, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "la").mkdir(parents=True)
    one = replace(app, settings=Settings(contact="thu@x.invalid", var_dir=tmp_path))
    assert Concern.STRAY_FILES not in status.now(one).concerns
    (tmp_path / "inbox" / "la" / "ho-so.xlsx").touch()
    found = status.now(one)
    assert Concern.STRAY_FILES in found.concerns
    assert "không ai đọc: inbox/la" in status.as_text(found)
    assert status.as_json(found)["unread_folders"] == ["inbox/la"]


def test_a_dead_letter_is_a_concern(app: App) -> None:
    looked(app, Verdict.UP, 5)
    dead_letter(app)
    assert status.now(app).concerns == (Concern.DEAD_LETTERS,)


def test_programs_get_the_same_as_json(app: App) -> None:
    looked(app, Verdict.UP, 50)
    looked(app, Verdict.DOWN, 35, 20, 5, cause=Cause.ACTION_MISSING)
    dead_letter(app)
    said = json.loads(json.dumps(status.as_json(status.now(app))))
    assert (said["at"], said["mode"], said["healthy"]) == ("2026-11-26T14:05:00.000+07:00", "trial", False)
    assert said["concerns"] == ["interrupted", "dead_letters"]
    assert said["unset"] == ["SMTP_URL", "addresses", "PUBLIC_URL"]
    assert said["letters"] == {"dead": 1}
    assert said["dossiers"] == {"reception_late": 0, "result_late": 0, "result_due": 0, "result_near": 0}
    service = said["services"]["2.001474"]
    assert service["state"] == "down"
    assert service["targets"][REQUIRED]["last_look"]["cause"] == "action_missing"
    assert service["open_interruptions"][0]["last_good"] == "2026-11-26T13:15:00.000+07:00"
    assert service["week"]["down_ms"] == 35 * 60_000


@pytest.mark.parametrize(("contact", "code"), [("", 0), ("CONTACT=thu@x.invalid\n", 1)])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_exit_code_says_whether_all_is_well(
    tmp_path: Path, contact: str, code: int, options: Sequence[str]
) -> None:
    (tmp_path / ".env").write_text(f"VAR_DIR={tmp_path}\n{contact}")
    ran = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), "status", *options], standalone_mode=False)
    assert ran.return_value == code
    if options:
        assert json.loads(ran.stdout)["healthy"] is (code == 0)
    else:
        assert "CHẠY THỬ" in ran.stdout
        assert "Chương trình chưa chạy lần nào" in ran.stdout
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
