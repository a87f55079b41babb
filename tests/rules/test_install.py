"""The service as it is installed: complete, upgraded in place, backed up, and as its unit starts it."""

from __future__ import annotations

import configparser
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.store import open_store

ROOT = Path(__file__).parents[2]
PREFIX = "/opt/tthc-monitor"
UNITS = ("tthc.service", "tthc-backup.service", "tthc-backup.timer", "tthc-audit.service", "tthc-audit.timer")


def made(script: str, dest: Path, root: Path = ROOT, **more: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "DESTDIR": str(dest),
        "PREFIX": PREFIX,
        "TTHC_VENV": str(Path(sys.executable).parent.parent),
        **more,
    }
    done = subprocess.run(
        [root / "scripts" / script], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation under a folder of its own."""
    folder = tmp_path_factory.mktemp("dest")
    made("install", folder)
    return folder


def home(dest: Path) -> Path:
    return dest / PREFIX.lstrip("/")


def unit(dest: Path, name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(dest / "etc/systemd/system" / name, "utf-8")
    return read


def test_everything_the_units_name_is_there(dest: Path) -> None:
    for name in UNITS:
        assert "@" not in (dest / "etc/systemd/system" / name).read_text("utf-8").replace("*-*", "")
    start = unit(dest, "tthc.service")["Service"]["ExecStart"].split()[0]
    assert start == f"{PREFIX}/current/.venv/bin/tthc"
    backup = unit(dest, "tthc-backup.service")["Service"]["ExecStart"].split()[0]
    assert os.access(dest / backup.lstrip("/"), os.X_OK)
    assert (home(dest) / "current" / "monitor" / "config.py").is_file()
    assert (home(dest) / ".env").stat().st_mode & 0o077 == 0
    assert (home(dest) / "var").stat().st_mode & 0o077 == 0


def test_the_unit_watches_and_confines_and_lets_browser_and_ping_be(dest: Path) -> None:
    service = unit(dest, "tthc.service")["Service"]
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert int(service["WatchdogSec"]) > 4 * 5
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{PREFIX}/var"
    for what in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices"):
        assert service[what] == "yes"
    for breaks in (
        "RestrictNamespaces",
        "MemoryDenyWriteExecute",
        "SystemCallFilter",
        "PrivateUsers",
        "PrivateNetwork",
    ):
        assert breaks not in service


@pytest.fixture(params=["git", "bundle"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The program's source as an office has it: what is its own lies there too, readable by everybody."""
    folder = tmp_path / "nguon"
    besides = (".git", ".venv", "var", "dist", "wheels", "tests", "register", ".*_cache", "__pycache__", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*besides, "node_modules"))
    shutil.copytree(ROOT / "monitor" / "register", folder / "monitor" / "register", dirs_exist_ok=True)
    if request.param == "git":
        for words in (["init", "-q"], ["add", "."]):
            subprocess.run(["git", *words], cwd=folder, check=True, timeout=60)
    (folder / "register").mkdir()
    for own in OWN:
        (folder / own).write_text("0912 345 678")
        (folder / own).chmod(0o666)
    return folder


OWN = ("register/contacts.toml", "danh-ba.xlsx", "goi-chung-cu.zip", ".env", "monitor/register/thanh-hoa/contacts.toml")


def test_what_is_the_offices_own_is_copied_nowhere_and_told(office: Path, tmp_path: Path) -> None:
    (office / "monitor" / "config.py").chmod(0o666)
    said = made("install", tmp_path / "dest", office)
    release = home(tmp_path / "dest") / "current"
    names = {str(path.relative_to(release.resolve())) for path in release.resolve().rglob("*")}
    assert names & {*OWN, "register", "tests"} == set()
    assert {"monitor/config.py", "monitor/register/register.py", "scripts/backup-daily", "docs/operating.md"} <= names
    assert (release / "monitor" / "config.py").stat().st_mode & 0o777 == 0o644
    assert (release / "scripts" / "backup-daily").stat().st_mode & 0o777 == 0o755
    for own in ("register", "danh-ba.xlsx", ".env"):
        assert f"{office}/{own} " in said
    assert "goi-chung-cu" not in said


def test_where_it_was_put_is_said(tmp_path: Path) -> None:
    assert f"Packed in {home(tmp_path)}, to be moved to {PREFIX}; nothing was started" in made("install", tmp_path)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_systemd_takes_the_units(dest: Path, tmp_path: Path) -> None:
    for name in UNITS:
        text = (dest / "etc/systemd/system" / name).read_text("utf-8").replace(PREFIX, str(home(dest)))
        (tmp_path / name).write_text(text.replace("=tthc\n", "=root\n"), "utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    ours = [line for line in said.stderr.splitlines() if "tthc" in line]
    assert ours == []


def test_installed_again_it_is_an_upgrade_that_leaves_settings_and_data(tmp_path: Path) -> None:
    made("install", tmp_path)
    first = (home(tmp_path) / "current").resolve()
    (home(tmp_path) / ".env").write_text("CONTACT=a@b.invalid\n")
    (home(tmp_path) / "var" / "tthc.db").write_text("data")
    for _ in range(2):
        made("install", tmp_path)
    assert (home(tmp_path) / "current").resolve() != first
    assert len(list((home(tmp_path) / "releases").iterdir())) == 2
    assert (home(tmp_path) / ".env").read_text() == "CONTACT=a@b.invalid\n"
    assert (home(tmp_path) / "var" / "tthc.db").read_text() == "data"
    made("uninstall", tmp_path)
    assert not (home(tmp_path) / "current").exists()
    assert not any((tmp_path / "etc/systemd/system").iterdir())
    assert (home(tmp_path) / ".env").read_text() == "CONTACT=a@b.invalid\n"
    assert (home(tmp_path) / "var" / "tthc.db").read_text() == "data"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(tmp_path / "notify"))
        bound.settimeout(60)
        yield bound


@pytest.mark.slow
def test_as_the_unit_starts_it_it_says_that_it_is_ready_and_alive_and_stops(
    dest: Path, tmp_path: Path, manager: socket.socket
) -> None:
    process = subprocess.Popen(
        [home(dest) / "current/.venv/bin/python", "-c", "from jobs.cli import main; main()", "run"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(home(dest) / "current"),
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WEB_BIND": "127.0.0.1:0",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert manager.recv(1000).decode().startswith("READY=1\nSTATUS=")
        assert manager.recv(1000) == b"WATCHDOG=1"
        process.send_signal(signal.SIGTERM)
        said = manager.recv(1000)
        while said == b"WATCHDOG=1":
            said = manager.recv(1000)
        assert said.startswith(b"STOPPING=1")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_day_is_backed_up_checked_and_old_ones_go(dest: Path, tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}").dispose()
    (tmp_path / "var" / "evidence").mkdir()
    (tmp_path / "var" / "evidence" / "ab12.json").write_text("{}")
    (tmp_path / ".env").write_text("CONTACT=a@b.invalid\n")
    kept = tmp_path / "kept"
    kept.mkdir()
    today = date.today()  # noqa: DTZ011 - the script goes by the machine's day
    ages = (1, 13, 20, 400)
    for age in ages:
        day = today - timedelta(days=age)
        (kept / f"tthc-{day}.db").write_text("")
    environment = {"PATH": os.environ["PATH"]}
    script = home(dest) / "current/scripts/backup-daily"
    for _ in range(2):
        done = subprocess.run(
            [script, kept], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(kept / f"tthc-{today}.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (kept / "var/evidence/ab12.json").read_text() == "{}"
    assert (kept / f"cau-hinh-{today}.tar.gz").exists()
    left = {age for age in ages if (kept / f"tthc-{today - timedelta(days=age)}.db").exists()}
    twenty_ago_is_monday = (today - timedelta(days=20)).isoweekday() == 1
    assert left == ({1, 13, 20} if twenty_ago_is_monday else {1, 13})
