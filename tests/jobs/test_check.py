"""`tthc check`: everything that is wrong with an installation, at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.check import check, machine
from jobs.cli.main import tthc
from monitor.config import NAMES, Settings
from monitor.register import copy_shipped, load_register

Installed = Callable[..., Path]


@pytest.fixture(autouse=True)
def _nothing_set_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """An installation with a register of its own: its .env, with more lines and changed files."""

    def made(*lines: str, **files: tuple[str, str]) -> Path:
        folder = tmp_path / "danh-muc"
        copy_shipped(folder)
        for name, (old, new) in files.items():
            path = folder / f"{name.replace('__', '/')}.toml"
            text = path.read_text("utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), "utf-8")
        env = tmp_path / ".env"
        own = [f"REGISTER={folder}", f"VAR_DIR={tmp_path / 'var'}", f"CHROMIUM_PATH={sys.executable}"]
        env.write_text("\n".join([*own, *lines]) + "\n", "utf-8")
        return env

    return made


def test_a_sound_installation_has_no_mistake_and_nothing_is_made(installed: Installed, tmp_path: Path) -> None:
    assert check(installed()) == []
    assert not (tmp_path / "var").exists()


def test_settings_register_and_machine_are_checked_together(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "layouts").mkdir()
    (tmp_path / "var" / "layouts" / "rieng.toml").write_text("name = 7\n")
    env = installed(
        sources=('key = "cong-dvcqg"', 'key = "mot-cua"'), duties=("due = 2024-03-11", "due = 7"),
        agencies__huyen=('kind = "district"', 'kind = "dist"'),
    )  # fmt: skip
    files = {mistake.file for mistake in check(env)}
    assert {"sources.toml", "duties.toml", "agencies/huyen.toml", "rieng.toml"} <= {
        Path(f).name if f.endswith("rieng.toml") else f for f in files
    }


def test_a_mistake_in_the_settings_does_not_hide_those_of_the_register(installed: Installed) -> None:
    env = installed("WEB_BIND=cong", "PROXI_URL=x", posts=('role = "head"', 'role = "boss"'))
    told = [str(mistake) for mistake in check(env)]
    assert any("WEB_BIND" in line for line in told)
    assert any("PROXI_URL – có phải PROXY_URL?" in line for line in told)
    assert any(line.startswith("posts.toml") for line in told)


def test_a_mistake_in_the_settings_does_not_hide_those_of_the_machine(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    env = installed("WEB_BIND=0.0.0.0:80")
    env.write_text(
        env.read_text().replace(sys.executable, "/khong/co").replace(str(tmp_path / "var"), f"{tmp_path}/tep")
    )
    assert [str(mistake).partition(":")[0] for mistake in check(env)] == [str(env), "VAR_DIR", "CHROMIUM_PATH"]


@pytest.mark.parametrize(
    ("mode", "line", "told"),
    [
        (0o644, "PROXY_URL=http://u:mat-khau@h:1", True),
        (0o640, "DATABASE_URL=postgresql://u:mat-khau@h/d", True),
        (0o600, "PROXY_URL=http://u:mat-khau@h:1", False),
        (0o644, "DEADMAN_URL=https://h/ping/bi-mat", True),
        (0o644, f"REPORT_KEY={'k' * 43}", True),
        (0o644, "PROXY_URL=http://h:1", False),
        (0o644, "PROXY_URL=http://canbo@tinh.gov.vn:mat-khau@h:1", True),
        (0o644, "PROXY_URL=http://canbo@h:1", False),
    ],
)
def test_a_file_with_a_password_is_for_its_owner_alone(installed: Installed, mode: int, line: str, told: bool) -> None:
    env = installed(line)
    env.chmod(mode)
    found = [str(mistake) for mistake in check(env)]
    assert [f"chmod 600 {env}" in mistake for mistake in found] == [True] * told
    assert "mat-khau" not in "".join(found)


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o640, True), (0o644, True)])
def test_a_file_that_will_hold_passwords_is_noted_while_it_holds_none(
    installed: Installed, mode: int, told: bool
) -> None:
    env = installed("SMTP_URL=smtp://127.0.0.1:25", "SMTP_FROM=a@b.invalid")
    env.chmod(mode)
    result = CliRunner().invoke(tthc, ["--env", str(env), "check"], standalone_mode=False)
    assert result.return_value == 0
    assert (f"chmod 600 {env}" in result.stderr) == told
    listed = CliRunner().invoke(tthc, ["--env", str(env), "check", "--json"], standalone_mode=False)
    assert (f"chmod 600 {env}" in listed.stdout, listed.stderr) == (told, "")


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o644, True)])
def test_how_things_stand_tells_of_a_password_that_others_read(installed: Installed, mode: int, told: bool) -> None:
    env = installed("PROXY_URL=http://u:mat-khau@h:1")
    env.chmod(mode)
    said = CliRunner().invoke(tthc, ["--env", str(env), "status"], standalone_mode=False).output
    assert (f"chmod 600 {env}" in said, "mat-khau" in said) == (told, False)


def test_hours_that_the_law_does_not_know_are_named(installed: Installed) -> None:
    env = installed(agencies__tinh=('key = "so-noi-vu"', 'key = "so-noi-vu"\nhours = "mua-he"'))
    (told,) = map(str, check(env))
    assert "không có giờ làm việc “mua-he”" in told


def test_a_layout_that_a_source_names_must_exist(installed: Installed) -> None:
    env = installed(sources=('key = "mot-cua"', 'key = "mot-cua"\nlayouts = ["phu-luc-2", "phu-luc-9"]'))
    (told,) = map(str, check(env))
    assert told.startswith("sources.toml: nguồn mot-cua, mục layouts: không có mẫu tệp “phu-luc-9” – chọn trong: ")


def test_a_browser_is_missed_only_where_one_is_needed(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, chromium_path="/khong/co")
    (told,) = map(str, machine(settings, load_register("thanh-hoa")))
    assert told.startswith("CHROMIUM_PATH: /khong/co")
    assert list(machine(settings, None)) == []


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    (told,) = map(str, machine(Settings(var_dir=tmp_path / "tep"), None))
    assert told.startswith("VAR_DIR")


def test_the_command_prints_a_line_a_mistake_and_ends_with_1(installed: Installed) -> None:
    env = installed("WEB_BIND=cong", posts=('role = "head"', 'role = "boss"'))
    result = CliRunner().invoke(tthc, ["--env", str(env), "check"], standalone_mode=False)
    lines = result.stderr.splitlines()
    assert (result.return_value, len(lines), result.stdout) == (1, len(check(env)), "")
    assert all(" – " in line for line in lines)


def test_the_command_says_when_nothing_is_wrong(installed: Installed) -> None:
    result = CliRunner().invoke(tthc, ["--env", str(installed()), "check"], standalone_mode=False)
    assert (result.return_value, result.stdout) == (0, "Cấu hình và danh mục: không có lỗi.\n")


def test_a_key_for_the_seals_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    assert list(machine(settings, None)) == []
    settings.seal_key.write_text("hỏng")
    (told,) = map(str, machine(settings, None))
    assert "SEAL_KEY_FILE" in told


_TOLD = 'told = ["so-cong-thuong", "trung-tam-pvhcc"]'


@pytest.mark.parametrize(
    ("vantages", "keys", "says"),
    [
        ('["trung-tam", "so-cong-thuong"]', "so-cong-thuong", []),
        ('["a", "b"]', "a,b", ["không có tên máy này (trung-tam)"]),
        ('["trung-tam", "khac"]', "so-cong-thuong", ["điểm đo “khac” chưa có khóa"]),
    ],
    ids=["right", "not-this-machine", "no-key"],
)
def test_places_whose_looks_could_not_count_are_named(
    installed: Installed, vantages: str, keys: str, says: list[str]
) -> None:
    lines = f"{_TOLD}\nvantages = {vantages}\nvantages_from = 2026-12-01\nquorum = 2"
    env = installed(
        "VANTAGE_KEYS=" + ",".join(f"{name}={'a' * 64}" for name in keys.split(",")),
        **{"services__2.001474": (_TOLD, lines)},
    )
    env.chmod(0o600)
    found = [str(one) for one in check(env)]
    assert len(found) == len(says), found
    assert all(part in one for part, one in zip(says, found, strict=True))
