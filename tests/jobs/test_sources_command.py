"""`tthc sources`, and what `tthc check` says of polled sources."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobs.check import check
from jobs.cli.main import tthc
from jobs.clock import SystemClock
from jobs.network import rows
from monitor.config import NAMES, load_settings
from monitor.register import copy_shipped, load_register
from tests.jobs.polled import KEY, from_page, good, speak
from tests.jobs.test_poll_killed import SOURCE
from tests.servers.api import Say, Speak
from tests.servers.web import closed_port

__all__ = ["speak"]


@pytest.fixture(autouse=True)
def _nothing_set_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


class Installed:
    """An installation with one polled source."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.env = folder, folder / ".env"
        copy_shipped(folder / "danh-muc")
        self.sources = folder / "danh-muc" / "sources.toml"
        self.settings("")

    def settings(self, secrets: str) -> None:
        lines = [
            f"REGISTER={self.folder / 'danh-muc'}",
            f"VAR_DIR={self.folder / 'var'}",
            f"CHROMIUM_PATH={sys.executable}",
        ]
        self.env.write_text("\n".join([*lines, f"SOURCE_SECRETS_FILE={secrets}"]), "utf-8")

    def add(self, text: str) -> None:
        self.sources.write_text(self.sources.read_text("utf-8") + text, "utf-8")

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(tthc, ["--env", str(self.env), *words], standalone_mode=False)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def test_sources_are_listed_with_what_came_of_asking_them(installed: Installed, speak: Speak) -> None:
    server = speak(from_page(2, Say(raw=b"<html>")))
    installed.add(SOURCE.format(url=server.url))
    before = installed.run("sources", "list")
    assert before.exit_code == 0
    named = [line.split()[0] for line in before.output.splitlines() if line.strip()]
    assert named[-4:] == ["mot-cua", "cong-dvcqg", "bo-cong-thuong", KEY]
    assert "chưa lấy lần nào" in before.output
    assert "chờ thả tệp" in before.output
    polled = installed.run("sources", "poll", KEY)
    assert polled.return_value == 1
    assert polled.output.startswith(f"{KEY}: không lấy được, 3 bản ghi trong 1 trang.\nmáy 127.0.0.1:{server.port} ")
    listed = installed.run("sources", "list")
    assert "không lấy được, 3 bản ghi" in listed.output
    assert f"{KEY}: máy 127.0.0.1:{server.port} trả lời trang HTML thay vì JSON" in listed.output
    server.answers = good
    answer = json.loads(installed.run("sources", "poll", KEY, "--json").output)
    assert (answer["state"], answer["records"], answer["why"]) == ("done", 8, "")
    told = {one["key"]: one for one in json.loads(installed.run("sources", "list", "--json").output)}
    assert told[KEY]["kind"] == "api"
    assert told[KEY]["last_poll"]["state"] == "done"
    assert told[KEY]["last_complete_poll"] == told[KEY]["as_of"] == told[KEY]["last_poll"]["begun_at"]
    assert told["mot-cua"]["last_poll"] is None


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("la", "Danh mục không có nguồn 'la'; đang có: mot-cua"),
        ("mot-cua", "Nguồn mot-cua là thư mục thả tệp: thả tệp vào"),
    ],
)
def test_what_cannot_be_asked_is_refused(key: str, told: str, installed: Installed) -> None:
    assert told in str(installed.run("sources", "poll", key).exception)


def test_check_names_a_missing_password_and_an_open_file(installed: Installed, tmp_path: Path) -> None:
    installed.add(SOURCE.format(url="https://mc.invalid") + 'auth = "basic"\n')
    (mistake,) = check(installed.env)
    assert str(mistake) == (
        f"SOURCE_SECRETS_FILE: [{KEY}]: nguồn {KEY} thiếu username, password – thêm vào bảng [{KEY}] của tệp ấy"
    )
    secrets = tmp_path / "mat-khau.toml"
    secrets.write_text(f'[{KEY}]\nusername = "a"\npassword = "b"\n')
    secrets.chmod(0o644)
    installed.settings(str(secrets))
    (mistake,) = check(installed.env)
    assert str(mistake).endswith(f"chạy: chmod 600 {secrets}")
    secrets.chmod(0o600)
    assert check(installed.env) == []


def test_the_firewall_list_has_every_server_a_source_is_asked_at(installed: Installed, speak: Speak) -> None:
    server, closed = speak(lambda _got: Say(status=401)), closed_port()
    installed.add(
        SOURCE.format(url=server.url)
        + f'auth = "oauth2"\ntoken_url = "http://127.0.0.1:{closed}/token?a=b"\n'
        + '[[source]]\nkey = "hop-thu"\nname = "Hộp thư"\nkind = "mailbox"\n[source.mailbox]\nhost = "127.0.0.1"\n'
        + f"port = {closed}\n"
    )
    register = load_register(str(installed.folder / "danh-muc"))
    found = rows(load_settings(installed.env), register, SystemClock())
    listed = {(row.purpose, row.host, row.port): (row.good, row.outcome) for row in found}
    assert listed["Nguồn may-chu", "127.0.0.1", server.port] == (True, "trả lời HTTP 401")
    assert listed["Nguồn may-chu", "127.0.0.1", closed][0] is False
    assert listed["Nguồn hop-thu", "127.0.0.1", closed] == (False, "từ chối kết nối")
    assert [got.path for got in server.got] == ["/"]
