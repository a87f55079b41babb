"""What whoever types explanations in is told: causes by number, whose delay it was, who was not asked yet, a link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jobs import letters, project
from jobs.cli import explanations as commands
from jobs.cli.ground import Refused
from monitor.core.explanation import DelayCause
from monitor.reports.link import PAGE, allowed_by, link_key
from monitor.store import explanations, reading
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in, waiting

CENTRE = "Trung tâm Phục vụ hành chính công tỉnh"
LATE = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "20/11/2026 17:00:00"}
LETTER = ("--document", "123/SCT-VP", "--dated", "24/11/2026", "--signer", "Giám đốc", "--by", "Nguyễn Thị B")


def tthc(office: Office, *said: str) -> Any:
    """What a command says: on its output, beside it, and why it is refused."""
    done = CliRunner().invoke(commands.group, said, obj=office.app)
    assert done.exception is None or isinstance(done.exception, Refused), done.exception
    return done.stdout, done.stderr, str(done.exception or "")


@pytest.fixture
def late(sqlite_office: Office) -> Office:
    """Of Sở Công Thương two results; one of both kinds, whose reception was the Centre's; one of Sở Nội vụ."""
    both = row("H56.10", receiver=CENTRE, **LATE | {"received": "13/11/2026 09:00:00"})
    some = [row("H56.01", **LATE), row("H56.02", **LATE), both, row("H56.90", unit="Sở Nội vụ", **LATE)]
    take_in(sqlite_office.app, some, moment("24/11/2026 18:00"))
    return sqlite_office


@pytest.mark.parametrize(
    "cause",
    ["10", " 10 ", "thiếu người, người xử lý vắng mặt", "thieu-nguoi-nguoi-xu-ly-vang-mat", "STAFF"],
    ids=["number", "spaces", "words", "bare", "key"],
)
def test_a_cause_is_taken_by_its_number_or_words_with_or_without_marks(late: Office, cause: str) -> None:
    _, beside, refused = tthc(late, "record", "H56.01", *LETTER, "--cause", cause, "--text", "Nghỉ ốm, gọi 0912345678")
    assert refused == ""
    assert beside == "Đã che số điện thoại, số giấy tờ hoặc địa chỉ thư ở phần giải thích: không lưu những số ấy.\n"
    with reading(late.app.engine) as db:
        (one,) = explanations.newest(db, most=9)
    assert (one.cause, one.text) == (DelayCause.STAFF, "Nghỉ ốm, gọi ***")


def test_a_cause_that_is_none_is_answered_with_the_list_a_line_each(late: Office) -> None:
    for wrong in ("0", "14", "mưa bão"):
        _, _, refused = tthc(late, "record", "H56.01", *LETTER, "--cause", wrong)
        first, *lines = refused.splitlines()
        assert f"Không có nguyên nhân '{wrong}'; chọn theo số" in first
        assert len(lines) == len(DelayCause)
        assert lines[9] == "  10  thiếu người, người xử lý vắng mặt"
    said, beside, _ = tthc(late, "record", "H56.01", *LETTER, "--cause", "12")
    assert "giải trình 1 hồ sơ" in said
    assert beside == ""


def test_two_delays_of_one_dossier_are_told_apart_by_kind_and_wrong_codes_have_a_line_each(late: Office) -> None:
    record = ("record", *LETTER, "--cause", "3")
    _, _, refused = tthc(late, *record, "H56.10")
    assert refused.splitlines() == [
        f"H56.10: chậm tiếp nhận là của {CENTRE}; chậm trả kết quả là của Sở Công Thương.",
        "Hai lần chậm là của hai cơ quan: thêm --kind tiep-nhan hoặc tra-ket-qua "
        "(hoặc --agency so-cong-thuong, trung-tam-pvhcc).",
    ]
    _, _, refused = tthc(late, *record, "H56.99", "H56.01", "H56.90")
    unknown, mine, other, mend = refused.splitlines()
    assert unknown.startswith("Không có hồ sơ H56.99: xem lại mã")
    assert (mine, other) == (
        "H56.01: chậm trả kết quả là của Sở Công Thương.",
        "H56.90: chậm trả kết quả là của Sở Nội vụ.",
    )
    assert "không cùng một cơ quan" in mend
    assert "(so-cong-thuong, so-noi-vu)" in mend
    said, _, _ = tthc(late, *record, "H56.10", "--kind", "tra-ket-qua")
    assert "của Sở Công Thương: giải trình 1 hồ sơ (1 lần chậm)" in said


def test_where_nobody_was_asked_yet_it_is_said_how_they_are(late: Office, tmp_path: Path) -> None:
    export = ("export", "--agency", "so-cong-thuong", "--to", str(tmp_path))
    _, _, refused = tthc(late, *export)
    assert refused == (
        "Sở Công Thương: 3 hồ sơ chậm, chưa hỏi; đang chạy thử nên kỳ thư chưa hỏi ai, hoặc hỏi bằng công văn: "
        "tthc draft explain --agency so-cong-thuong, rồi tthc dispatch record."
    )
    late.go_live()
    assert "chưa hỏi; hỏi ở kỳ thư 07:30 25/11/2026, hoặc" in tthc(late, *export)[2]
    listed, _, _ = tthc(late, "list", "--open")
    assert listed.startswith("Các cơ quan: 4 hồ sơ chậm, chưa hỏi")
    assert "tthc draft explain --all" in listed
    tthc(late, "record", "H56.90", *LETTER, "--cause", "3")
    assert tthc(late, "list", "--open", "--agency", "so-noi-vu")[0] == "Không còn hồ sơ nào phải giải trình.\n"
    late.clock.turn_to(moment("25/11/2026 07:30"))
    project.refresh(late.app, late.clock.now())
    letters.slot(late.app, late.clock.now(), late.clock.now())
    assert "3 lần chậm phải giải trình" in tthc(late, *export)[0]


def test_a_link_opens_the_page_of_its_agency_for_its_post(late: Office) -> None:
    link = ("link", "--agency", "Sở Công Thương")
    assert "Chưa đặt PUBLIC_URL" in tthc(late, *link)[2]
    late.configured(public_url="https://giam-sat.example.vn/")
    said, beside, _ = tthc(late, *link)
    begin = f"https://giam-sat.example.vn{PAGE}/"
    assert said.startswith(begin)
    found = allowed_by(link_key(late.app.settings.var_dir), said.removeprefix(begin).strip(), late.clock.now())
    assert (found.agency, found.post) == ("so-cong-thuong", "so-cong-thuong/focal_point")
    assert "dùng đến 06:00 09/12/2026: chỉ gửi cho người ấy" in beside
    _, _, refused = tthc(late, *link, "--post", "so-noi-vu/head")
    assert "không có chức danh 'so-noi-vu/head'; đang có: so-cong-thuong/" in refused


def test_a_late_reception_is_among_what_nobody_was_asked_of(late: Office) -> None:
    take_in(late.app, [waiting("H56.30", "16/11/2026 08:00:00", "Sở Y tế")], moment("24/11/2026 18:30"), "sau.xls")
    assert tthc(late, "list", "--open", "--agency", "so-y-te")[0].startswith("Sở Y tế: 1 hồ sơ chậm, chưa hỏi")
