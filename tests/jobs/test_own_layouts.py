"""A layout of the office's own: used when it is right, named with its mend when it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import reading
from monitor.sources.layout import LayoutError
from tests.jobs.conftest import Office
from tests.monitor.sources import made


def write(office: Office, text: str) -> None:
    folder = office.app.settings.var_dir / "layouts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rieng.toml").write_text(text, "utf-8")


def test_a_file_read_before_is_read_anew_when_the_layouts_have_changed(sqlite_office: Office, tmp_path: Path) -> None:
    path = made.html(tmp_path / "a.xls", (("Số sổ", "Hôm nộp"), ("S-0001", "16/11/2026")))
    app, now = sqlite_office.app, sqlite_office.clock.now()
    assert reading.take_in(app, path, "mot-cua", now).failed
    write(
        sqlite_office,
        'name = "R"\nrequires = ["code", "filed"]\n[columns]\ncode = ["Số sổ"]\nfiled = ["Hôm nộp"]\n',
    )
    assert reading.take_in(app, path, "mot-cua", now).row.new == 1
    assert reading.take_in(app, path, "mot-cua", now).already


def test_a_wrong_layout_is_named_before_anything_is_read(sqlite_office: Office, tmp_path: Path) -> None:
    write(sqlite_office, 'name = "R"\nrequires = ["so"]\n')
    with pytest.raises(LayoutError, match=r"rieng\.toml"):
        reading.take_in(sqlite_office.app, made.html(tmp_path / "a.xls"), "mot-cua", sqlite_office.clock.now())


def test_the_command_line_names_it_in_one_line(sqlite_office: Office, tmp_path: Path) -> None:
    write(sqlite_office, 'name = "R"\nrequires = ["so"]\n')
    path = made.html(tmp_path / "a.xls")
    environment = os.environ | {"VAR_DIR": str(sqlite_office.app.settings.var_dir)}
    command = [sys.executable, "-c", "from jobs.cli import main; main()", "dossiers", "import", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 2
    assert "rieng.toml" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
