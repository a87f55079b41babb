"""`tthc interruption`, `complaint`, `suspicion`: what people say is appended, found again, and alters no figure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.cli.usage import in_one_line
from monitor.config import NAMES
from monitor.core.look import Cause, Look, Phases, Verdict
from monitor.core.period import ict
from monitor.core.service import Target
from monitor.register import load_register
from monitor.store import journal, looks, open_store, reading, writing
from monitor.store.keeping import place

TARGET = next(iter(load_register("thanh-hoa").services["2.001474"].required_targets()))
BEGAN = datetime.now(UTC).replace(second=5, microsecond=0) - timedelta(days=2)
AT = f"{ict(BEGAN):%Y-%m-%dT%H:%M:%S}"
HANDLE = f"{AT}/{TARGET.key}"
TODAY = f"{ict(datetime.now(UTC)):%d/%m/%Y}"
TOMORROW = f"{ict(datetime.now(UTC) + timedelta(days=1)):%d/%m/%Y}"

Run = Callable[..., str]


def a_look(target: Target, minute: float, *, up: bool) -> Look:
    at = BEGAN + timedelta(minutes=minute)
    return Look(
        service="2.001474",
        target=target.key,
        vantage="trung-tam",
        kind=target.kind,
        at=at,
        received_at=at,
        verdict=Verdict.UP if up else Verdict.DOWN,
        cause=Cause.NONE if up else Cause.TIMEOUT,
        phases=Phases(total=100),
        valid_for_ms=600_000,
    )


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database in which the page was down for a quarter of an hour, and again a day later."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path / 'tthc.db'}"
    (tmp_path / ".env").write_text(f"DATABASE_URL={url}\nVAR_DIR={tmp_path / 'var'}\n")
    engine = open_store(url)
    day = 24 * 60
    story = [(-5.0, True), (0.0, False), (1.0, False), (10.0, False), (15.0, True)]
    with writing(engine) as db:
        looks.add(db, [a_look(TARGET, m + plus, up=up) for plus in (0, day) for m, up in story])
    yield engine
    engine.dispose()


@pytest.fixture
def run(filled: Engine, tmp_path: Path) -> Run:
    """A command that has to succeed; its output."""

    def command(*words: str) -> str:
        done = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return command


@pytest.fixture
def refused(filled: Engine, tmp_path: Path) -> Run:
    """A command that has to be refused; the one line it says."""

    def command(*words: str) -> str:
        with pytest.raises(Refused) as why:
            CliRunner().invoke(
                tthc, ["--env", str(tmp_path / ".env"), *words], catch_exceptions=False, standalone_mode=False
            )
        assert "\n" not in str(why.value)
        return str(why.value)

    return command


def shown(run: Run, handle: str = AT) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run("interruption", "show", handle, "--json"))
    return told


def whole(engine: Engine) -> bool:
    with reading(engine) as db:
        return all(one.intact for one in journal.verify_all(db))


BY = ("--by", "Nguyễn Văn Thử")


def test_the_list_names_each_by_when_it_began_and_says_what_came_back(run: Run) -> None:
    first, again = json.loads(run("interruption", "list", "--json"))
    assert (first["handle"], first["recurring"], first["failed_looks"]) == (HANDLE, False, 3)
    assert (again["recurring"], again["repeats"]) == (True, HANDLE)
    table = run("interruption", "list")
    assert HANDLE in table
    assert "15 phút" in table
    assert table.count("tái diễn") == 1
    (latest,) = json.loads(run("interruption", "list", "--days", "1", "--json"))
    assert latest == again | {"as_of": latest["as_of"]}


@pytest.mark.parametrize("name", [AT, AT[:16], HANDLE, AT.replace("T", " "), f"{ict(BEGAN):%d/%m/%Y %H:%M}"])
def test_one_is_shown_by_any_of_its_names(run: Run, name: str) -> None:
    told = run("interruption", "show", name)
    assert f"Mã: {HANDLE}" in told
    assert "Loại: sự cố" in told
    assert "Biểu hiện: quá thời gian chờ: 3 lượt" in told


def test_what_people_say_stands_beside_the_figures_and_alters_none(run: Run, filled: Engine) -> None:
    before = shown(run)
    run("interruption", "note", AT, "--cause", "Đứt cáp", "--owner", "Cục A", "--remedy", "Nối lại", *BY)
    run("interruption", "note", AT, "--cause", "Đứt cáp quang biển", "--fallback", "Nhận trực tiếp", *BY)
    run("interruption", "ask", AT, "--of", "Cục A", "--document", "1/SCT-QLTM", "--dated", TODAY, *BY)
    after = shown(run)
    assert [after[kind]["text"] for kind in ("cause", "owner", "remedy", "fallback")] == [
        "Đứt cáp quang biển",
        "Cục A",
        "Nối lại",
        "Nhận trực tiếp",
    ]
    assert [(one["text"], one["document"]) for one in after["asked"]] == [("Cục A", "1/SCT-QLTM")]
    figures = ("first_bad", "first_good", "failed_looks", "observed_ms", "unobserved_ms", "nature")
    assert {name: after[name] for name in figures} == {name: before[name] for name in figures}
    said = run("interruption", "show", AT)
    assert "Nguyên nhân: Đứt cáp quang biển (Nguyễn Văn Thử ghi lúc" in said
    assert f"Đã đề nghị: Cục A (văn bản 1/SCT-QLTM ngày {TODAY};" in said
    assert whole(filled)


def test_a_reply_with_its_file_is_ruled_on_and_the_newest_ruling_stands(
    run: Run, filled: Engine, tmp_path: Path
) -> None:
    scan = tmp_path / "tra-loi-0912345678.PDF"
    scan.write_bytes(b"%PDF-1.4 tra loi")
    run("interruption", "reply", AT, "--text", "Do nhà mạng, gọi 0912345678", "--file", str(scan), *BY)
    (reply,) = shown(run)["replies"]
    assert reply["text"] == "Do nhà mạng, gọi ***"
    assert reply["file"] == "tra-loi-***.PDF"
    assert place(tmp_path / "var", reply["file_sha256"], "pdf").read_bytes() == scan.read_bytes()
    assert "Kết luận về trả lời số 1: chưa có" in run("interruption", "show", AT)
    run("interruption", "rule", AT, "1", "còn ý kiến", "--reason", "chờ số liệu", *BY)
    run("interruption", "rule", AT, "1", "khong-chap-nhan", "--reason", "nhà mạng không có sự cố", *BY)
    (reply,) = shown(run)["replies"]
    assert reply["standing"] == "rejected"
    assert [ruling["ruling"] for ruling in reply["rulings"]] == ["contested", "rejected"]
    said = run("interruption", "show", AT)
    assert "Kết luận về trả lời số 1 (trước đây): còn ý kiến khác nhau: chờ số liệu" in said
    assert "Kết luận về trả lời số 1: không chấp nhận: nhà mạng không có sự cố" in said
    assert whole(filled)


def test_force_majeure_is_a_label_with_who_confirmed_it_and_by_which_letter(run: Run) -> None:
    words = ("--force-majeure", "Bão số 9", "--document", "5/UBND", "--dated", TODAY, "--by", "Chủ tịch UBND tỉnh")
    run("interruption", "note", AT, *words)
    told = shown(run)
    assert (told["nature"], told["force_majeure"]["by"]) == ("force_majeure", "Chủ tịch UBND tỉnh")
    assert "chỉ là nhãn, vẫn tính thời gian" in run("interruption", "show", AT)
    run("interruption", "rule", AT, str(told["force_majeure"]["number"]), "khong-chap-nhan", "--reason", "sai", *BY)
    assert shown(run)["nature"] == "failure"


def test_a_claim_of_force_majeure_that_was_not_accepted_is_shown_with_its_ruling(run: Run, refused: Run) -> None:
    words = ("--force-majeure", "Bão số 9", "--document", "5/UBND", "--dated", TODAY, "--by", "Chủ tịch UBND tỉnh")
    run("interruption", "reply", AT, "--text", "Đứt cáp", *BY)
    run("interruption", "note", AT, *words)
    unknown = refused("interruption", "rule", AT, "9", "khong-chap-nhan", "--reason", "x", *BY)
    assert "đang có: trả lời số 1, bất khả kháng số 2" in unknown
    ruled = run("interruption", "rule", AT, "2", "khong-chap-nhan", "--reason", "hôm ấy không có bão", *BY)
    assert "Đã ghi kết luận về bất khả kháng số 2: không chấp nhận." in ruled
    said = run("interruption", "show", AT)
    assert "Bất khả kháng số 2 (không được chấp nhận): Bão số 9" in said
    assert "Kết luận về bất khả kháng số 2: không chấp nhận: hôm ấy không có bão" in said
    (claim,) = shown(run)["claims"]
    assert (shown(run)["force_majeure"], claim["number"], claim["standing"]) == (None, 2, "rejected")


@pytest.mark.parametrize("typed", ["x", "0", "99999999999999999999"])
def test_a_number_that_cannot_be_is_refused_without_naming_limits_of_the_machine(typed: str) -> None:
    words = ["interruption", "rule", AT, typed, "chap-nhan", "--reason", "x", *BY]
    with pytest.raises(click.BadParameter) as error:
        tthc.main(words, prog_name="tthc", standalone_mode=False)
    assert in_one_line(error.value) == "SỐ: phải là số như trong danh sách; xem: tthc interruption rule --help"


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("show", "2001-01-01T08:30"), "tthc interruption list"),
        (("show", "hom-qua"), 'ghi lúc bắt đầu như "2026-11-23T08:30"'),
        (("note", AT, *BY), "thêm --cause, --owner"),
        (("note", AT, "--cause", " ", *BY), "ghi nguyên nhân đã biết"),
        (("note", AT, "--cause", "\x00\u200b", *BY), "ghi nguyên nhân đã biết"),
        (("note", AT, "--cause", "x" * 5001, *BY), "ghi tóm tắt"),
        (("note", AT, "--cause", "Đứt cáp", "--by", " "), "ghi họ tên"),
        (("note", AT, "--cause", "Đứt cáp", "--by", "x" * 301), "viết ngắn lại"),
        (("note", AT, "--force-majeure", "Bão", *BY), "ghi số, ký hiệu văn bản"),
        (("note", AT, "--force-majeure", "Bão", "--document", "5/UBND", *BY), "ghi đủ cả hai"),
        (("ask", AT, "--of", "Cục A", "--document", "1", "--dated", TOMORROW, *BY), "còn ở tương lai"),
        (("ask", AT, "--of", "Cục A", "--document", "1", "--dated", "01/01/2020", *BY), "trước ngày gián đoạn"),
        (("ask", AT, "--of", "Cục A", "--document", "1", "--dated", "32/01/2026", *BY), 'viết như "24/11/2026"'),
        (("ask", AT, "--of", "Cục A", "--document", " ", "--dated", TODAY, *BY), "ghi số, ký hiệu văn bản"),
        (("reply", AT, "--text", "", *BY), "ghi tóm tắt điều đơn vị trả lời"),
        (("reply", AT, "--text", "Không", "--dated", TODAY, *BY), "ghi đủ cả hai"),
        (("rule", AT, "1", "chap-nhan", "--reason", "đúng", *BY), "tthc interruption reply"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_that_names_the_mend(
    refused: Run, filled: Engine, words: tuple[str, ...], mend: str
) -> None:
    assert mend in refused("interruption", *words)
    with reading(filled) as db:
        assert [one.seq for one in journal.heads(db)] == [1]  # the looks alone


def test_a_reply_of_another_interruption_cannot_be_ruled_on_here(run: Run, refused: Run) -> None:
    again = json.loads(run("interruption", "list", "--json"))[1]["handle"]
    run("interruption", "reply", again, "--text", "Bảo trì", *BY)
    said = refused("interruption", "rule", AT, "1", "chap-nhan", "--reason", "x", *BY)
    assert "không có trả lời hay bất khả kháng số 1" in said


def test_a_file_too_large_is_refused_before_anything_is_written(refused: Run, filled: Engine, tmp_path: Path) -> None:
    scan = tmp_path / "lon.pdf"
    with scan.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    assert "20 MB" in refused("interruption", "reply", AT, "--text", "Không", "--file", str(scan), *BY)
    with reading(filled) as db:
        assert [one.seq for one in journal.heads(db)] == [1]


def typed(moment: datetime) -> str:
    return f"{ict(moment):%d/%m/%Y %H:%M}"


def test_a_complaint_is_kept_masked_and_told_with_what_the_looks_say(run: Run, filled: Engine) -> None:
    text = "Bà B (b@gmail.com) không bấm được nút nộp"
    told = run("complaint", "add", "--at", typed(BEGAN + timedelta(minutes=5)), "--text", text, *BY)
    assert "phản ánh số 1" in told
    (one,) = json.loads(run("suspicion", "list", "--json"))
    assert (one["kind"], one["found"], one["text"]) == ("complaint", None, "Bà B (***) không bấm được nút nộp")
    assert one["looks"] == {"down": 1}
    assert "gián đoạn" in run("suspicion", "show", "1")
    assert "chưa có" in run("suspicion", "list")
    assert [suspected["number"] for suspected in shown(run)["suspected"]] == [1]
    assert whole(filled)


def test_the_looks_of_a_longer_complaint_are_told_by_state(run: Run) -> None:
    until = typed(BEGAN + timedelta(minutes=25))
    run("complaint", "add", "--at", typed(BEGAN), "--until", until, "--text", "không vào được", *BY)
    (one,) = json.loads(run("suspicion", "list", "--json"))
    # To the minute as typed: five seconds before it began are UP still.
    assert one["looks"] == {"down": 15 * 60_000, "up": 10 * 60_000}
    assert "Các lượt kiểm tra cùng thời gian: " in run("suspicion", "show", "1")


def test_a_suspicion_is_ruled_on_by_a_person_and_no_figure_changes(run: Run, filled: Engine) -> None:
    before = shown(run)
    run("complaint", "add", "--at", typed(BEGAN), "--text", "không vào được", *BY)
    run("suspicion", "rule", "1", "dung", "--reason", "đã thử lại", *BY)
    run("suspicion", "rule", "1", "không đúng", "--reason", "nhầm thủ tục", "--by", "Trần Thị Thử")
    assert json.loads(run("suspicion", "list", "--json")) == []
    (one,) = json.loads(run("suspicion", "list", "--all", "--json"))
    assert (one["found"], one["found_by"], one["reason"]) == ("rejected", "Trần Thị Thử", "nhầm thủ tục")
    said = run("suspicion", "show", "1")
    assert "Kết luận (trước đây): đúng là gián đoạn – đã thử lại" in said
    assert "Kết luận: không phải gián đoạn – nhầm thủ tục" in said
    assert len(json.loads(run("suspicion", "show", "1", "--json"))["rulings"]) == 2
    assert shown(run)["observed_ms"] == before["observed_ms"]
    assert whole(filled)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("complaint", "add", "--at", "hôm qua", "--text", "x", *BY), "Không hiểu thời điểm"),
        (("complaint", "add", "--at", f"{TOMORROW} 08:30", "--text", "x", *BY), "còn ở tương lai"),
        (
            ("complaint", "add", "--at", typed(BEGAN), "--until", f"{TOMORROW} 08:30", "--text", "x", *BY),
            "còn ở tương lai",
        ),
        (("complaint", "add", "--at", typed(BEGAN), "--until", typed(BEGAN), "--text", "x", *BY), "phải sau --at"),
        (("complaint", "add", "--at", typed(BEGAN), "--text", " ", *BY), "Nội dung phản ánh còn trống"),
        (("complaint", "add", "--at", typed(BEGAN), "--text", "x" * 5001, *BY), "viết ngắn lại"),
        (("complaint", "add", "--at", typed(BEGAN), "--text", "x", "--by", ""), "Người ghi còn trống"),
        (("complaint", "add", "--service", "9.9", "--at", typed(BEGAN), "--text", "x", *BY), "Danh mục không có"),
        (("suspicion", "show", "7"), "tthc suspicion list"),
        (("suspicion", "rule", "7", "dung", "--reason", "x", *BY), "tthc suspicion list"),
        (("suspicion", "rule", "7", "dung", "--reason", " ", *BY), "Lý do còn trống"),
    ],
)
def test_a_suspicion_that_cannot_be_is_refused_in_one_line(refused: Run, words: tuple[str, ...], mend: str) -> None:
    assert mend in refused(*words)


@pytest.mark.parametrize("words", [("show", "9" * 21), ("rule", "9" * 21, "dung", "--reason", "x", *BY)])
def test_a_number_that_no_database_holds_is_wrong_input(filled: Engine, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), "suspicion", *words])
    assert done.exit_code == 2


def test_nothing_known_is_said_so(run: Run) -> None:
    assert "Không có nghi ngờ nào chờ kết luận" in run("suspicion", "list")
    assert run("suspicion", "list", "--all") == "Không có nghi ngờ nào.\n"
