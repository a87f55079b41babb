"""One official letter explains twelve dossiers: the Chairman's list says why and the reminders stop; a 13th climbs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from jobs.cli import explanations as commands
from monitor.core.explanation import DelayCause
from monitor.reports.lists.overdue import overdue
from monitor.store import reading
from monitor.store.evidence_rows import of_people
from monitor.store.keeping import find
from tests.acceptance.conftest import moment
from tests.acceptance.test_dossiers import page, row, text_of

Open = Callable[..., Any]
CODES = [f"H56.{number:02}" for number in range(1, 14)]
EXPLAINED, SILENT = CODES[:12], CODES[12]
LETTER = ("--document", "123/SCT-VP", "--dated", "24/11/2026", "--signer", "Giám đốc Lê Văn A")


def tthc(office: Any, *words: str) -> Result:
    """One of the commands, on the story's own clock."""
    return CliRunner().invoke(commands.group, words, obj=office.app, catch_exceptions=False, standalone_mode=False)


def late(office: Any) -> bytes:
    """The export in which all thirteen still lie."""
    appointed = {code: "24/11/2026 16:00:00" if code != SILENT else "24/11/2026 16:30:00" for code in CODES}
    return page([row(code, appointment=appointed[code]) for code in CODES])


def about(office: Any, since: int, who: str) -> str:
    """All that somebody was told since then."""
    mine = [mail for mail in office.mails[since:] if mail.to[0].startswith(f"so-cong-thuong.{who}")]
    return "\n".join(f"{mail.subject}\n{text_of(mail)}" for mail in mine)


def test_one_letter_explains_twelve_dossiers_and_a_thirteenth_climbs(open_office: Open) -> None:
    office = open_office("24/11/2026 15:00", beat_s=1800)
    office.drop("ho-so.xls", late(office))
    office.until("25/11/2026 08:15")

    first = about(office, 0, "focal_point")
    assert "13 hồ sơ phải giải trình nguyên nhân chậm, hạn 26/11/2026" in first
    assert "Quy ước nội bộ" in first
    assert "giai-trinh-20261125-0730.xlsx" in first

    (office.var / "cv.pdf").write_bytes(b"%PDF-1.7 scan")
    refused = CliRunner().invoke(
        commands.group, ["record", *EXPLAINED, "H56.99", *LETTER, "--cause", "khac", "--by", "Nguyễn Thị B"],
        obj=office.app,
    )  # fmt: skip
    assert refused.exit_code != 0
    done = tthc(
        office, "record", *EXPLAINED, *LETTER, "--file", str(office.var / "cv.pdf"), "--cause", "coordination",
        "--text", "Chờ ý kiến Sở Tài chính, liên hệ 0912345678", "--expected", "30/11/2026", "--by", "Nguyễn Thị B",
        "--json",
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert (said["written"], len(said["dossiers"])) == (12, 12)
    assert said["explanations"][0]["text"] == "Chờ ý kiến Sở Tài chính, liên hệ ***"
    again = tthc(office, "record", *EXPLAINED, *LETTER, "--cause", "coordination",
                 "--text", "Chờ ý kiến Sở Tài chính, liên hệ 0912345678", "--expected", "30/11/2026",
                 "--by", "Nguyễn Thị B", "--json")  # fmt: skip
    assert json.loads(again.stdout)["written"] == 0

    with reading(office.app.engine) as db:
        listed = overdue(db, office.app.register, office.app.law, office.clock.now(), office.clock.now())
        kept = set(of_people(db))
    why = {row.dossier.code: row for row in listed.rows}
    assert set(why) == set(CODES)
    for code in EXPLAINED:
        one = why[code]
        assert one.explanation is not None
        assert one.incoming is not None
        assert (one.explanation.cause, one.incoming.document) == (DelayCause.COORDINATION, "123/SCT-VP")
    assert why[SILENT].explanation is None
    digest = said["incoming"]["file_sha256"]
    assert digest in kept
    assert find(office.var, digest) is not None

    before = len(office.mails)
    office.until("26/11/2026 08:15")
    reminded = about(office, before, "focal_point").rpartition("\n== ")[2]
    assert SILENT in reminded
    assert not any(code in reminded for code in EXPLAINED)
    before = len(office.mails)
    office.until("27/11/2026 08:15")
    head = about(office, before, "head").rpartition("\n== ")[2]
    assert "1 hồ sơ đã quá hạn giải trình" in head
    assert not any(code in head for code in EXPLAINED)
    before = len(office.mails)
    office.clock.turn_to(moment("30/11/2026 07:00"))
    office.until("01/12/2026 08:15")
    centre = [mail for mail in office.mails[before:] if mail.to[0].startswith("trung-tam-pvhcc.head")]
    assert any("1 cơ quan chưa giải trình nguyên nhân chậm của 1 hồ sơ" in mail.subject for mail in centre)

    tthc(office, "record", SILENT, *LETTER, "--cause", "fault", "--by", "Nguyễn Thị B")
    before = len(office.mails)
    office.clock.turn_to(moment("03/12/2026 07:00"))
    office.until("03/12/2026 14:15")
    assert "giải trình" not in about(office, before, "head").lower().replace("báo cáo nguyên nhân chậm", "")
    assert json.loads(tthc(office, "list", "--open", "--json").stdout) == []
