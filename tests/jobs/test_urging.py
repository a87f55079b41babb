"""Letters to all agencies with late dossiers: the Centre is one of its own, and writes neither to itself nor above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document

from jobs.cli import drafts
from jobs.cli.ground import Refused
from monitor.reports.lists.briefing import briefing
from monitor.reports.lists.overdue import overdue
from monitor.store import reading
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in, waiting

CENTRE = "Trung tâm Phục vụ hành chính công tỉnh"
LATE = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "20/11/2026 17:00:00"}


def urge(office: Office, *words: str) -> tuple[str, str]:
    done = CliRunner().invoke(drafts.draft, ["urge", *words], obj=office.app)
    if done.exception is not None:
        assert isinstance(done.exception, Refused), done.exception
        return f"2: {done.exception}", done.stderr
    return done.stdout, done.stderr


def about(folder: Path, agency: str) -> str:
    (word,) = folder.glob(f"*-{agency}-DT*.docx")
    document: Any = Document(str(word))
    cells = (cell.text for table in document.tables for line in table.rows for cell in line.cells)
    return " ".join([*(one.text for one in document.paragraphs), *cells])


@pytest.fixture
def centre_late(sqlite_office: Office) -> Office:
    """The Centre's reception is late, and nobody else's work."""
    take_in(sqlite_office.app, [waiting("H56.01", "16/11/2026 08:00:00", CENTRE)], moment("18/11/2026 08:00"))
    return sqlite_office


def test_the_centre_stands_under_its_own_name_and_no_letter_goes_to_itself_or_above(
    centre_late: Office, tmp_path: Path
) -> None:
    app, now = centre_late.app, centre_late.clock.now()
    with reading(app.engine) as db:
        listed = overdue(db, app.register, app.law, now, now)
        page = briefing(db, app.register, app.law, now, now)
    assert [(row.agency, row.group) for row in listed.rows] == [("trung-tam-pvhcc", "trung-tam-pvhcc")]
    assert [line.agency for line in page.lines] == ["trung-tam-pvhcc"]
    to = ("--to", str(tmp_path))
    said, beside = urge(centre_late, "--all", *to)
    assert said == "2: Không có hồ sơ quá hạn ở cơ quan khác."
    assert f"{CENTRE} (chính cơ quan gửi): 1 hồ sơ, không soạn công văn" in beside

    more = [row("H56.02", unit="Văn phòng UBND tỉnh", **LATE), row("H56.03", **LATE),
            waiting("H56.04", "16/11/2026 08:00:00")]  # fmt: skip
    take_in(app, more, moment("24/11/2026 18:00"), "sau.xls")
    said, beside = urge(centre_late, "--all", *to)
    assert "Dự thảo DT1, đôn đốc: Sở Công Thương, 2 hồ sơ." in said
    assert "DT2" not in said
    assert "Văn phòng UBND tỉnh (cấp trên của cơ quan gửi): 1 hồ sơ" in beside
    assert "đôn đốc tiếp nhận, giải quyết hồ sơ thủ tục hành chính quá hạn" in about(tmp_path, "so-cong-thuong")

    assert "đôn đốc: Văn phòng UBND tỉnh, 1 hồ sơ" in urge(centre_late, "--agency", "vp-ubnd-tinh", *to)[0]
    assert "đôn đốc giải quyết hồ sơ thủ tục hành chính quá hạn" in about(tmp_path, "vp-ubnd-tinh")
    said, _ = urge(centre_late, "--all", "--sender", "vp-ubnd-tinh", *to)
    assert f"đôn đốc: {CENTRE}, 1 hồ sơ." in said  # its superior may write to it
    letter = about(tmp_path, "trung-tam-pvhcc")
    assert "đôn đốc tiếp nhận hồ sơ thủ tục hành chính quá hạn" in letter
    assert "Tiếp nhận, từ chối có nêu lý do hoặc yêu cầu bổ sung ngay các hồ sơ" in letter
    assert "giải quyết dứt điểm" not in letter
