"""Publishing from the command line, as a person meets it: real processes, exit codes, one line for each mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.look import Cause, Verdict
from monitor.core.reporting import parse_period
from monitor.register import load_register
from monitor.store import looks, open_store, writing
from tests.acceptance.test_commands import Said, tthc
from tests.monitor.store.given import look

WEEK = ("--week", "2026-W47")
START = parse_period("2026-W47").span.start
KEY = next(iter(load_register("thanh-hoa").services["2.001474"].required_targets())).key


def seen(folder: Path, minutes: range, verdict: Verdict = Verdict.UP) -> None:
    """Looks at the service's target so many minutes after the week began."""
    engine = open_store(f"sqlite:///{folder}/var/tthc.db")
    one = replace(look(verdict=verdict), target=KEY, cause=Cause.TIMEOUT if verdict is Verdict.DOWN else Cause.NONE)
    moments = (START + timedelta(minutes=minute) for minute in minutes)
    with writing(engine) as db:
        looks.add(db, [replace(one, at=at, received_at=at + timedelta(seconds=1)) for at in moments])
    engine.dispose()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a week was watched for ten hours and published by hand."""
    folder = tmp_path_factory.mktemp("office")
    assert tthc(folder, "report", "list").out.strip() == "Chưa công bố kỳ nào."
    seen(folder, range(0, 600, 5))
    said = tthc(folder, "report", "publish", *WEEK, "--by", "Nguyễn Văn Thử")
    assert (said.code, said.err) == (0, "")
    assert "Đã công bố tuần 47/2026: bản số 1" in said.out
    return folder


def test_a_published_week_is_looked_up_restated_and_listed(office: Path) -> None:
    first = tthc(office, "report", "uptime", *WEEK, "--json").json
    assert (first["publication"]["edition"], first["publication"]["later_looks"]) == (1, 0)
    assert first["publication"]["figures"]["up_ms"] == first["up_ms"] > 0
    assert tthc(office, "report", "uptime", *WEEK, "--recompute").code == 0

    seen(office, range(602, 615, 5), Verdict.DOWN)
    again = tthc(office, "report", "uptime", *WEEK, "--json").json
    assert again.pop("publication")["later_looks"] == 3
    first.pop("publication")
    assert again == first
    assert "có thêm 3 lượt kiểm tra" in tthc(office, "report", "uptime", *WEEK).out

    differs = tthc(office, "report", "uptime", *WEEK, "--recompute")
    assert differs.code == 1
    assert "Số dòng gián đoạn ghi nhận" in differs.out
    told = tthc(office, "report", "uptime", *WEEK, "--recompute", "--json")
    assert (told.code, {one["figure"] for one in told.json["differences"]} >= {"down_ms", "interruptions"}) == (1, True)

    restated = tthc(office, "report", "restate", *WEEK, "--by", "Trần Thị Thử", "--reason", "lượt kiểm tra đến muộn")
    assert restated.code == 0
    assert "bản số 2" in restated.out
    assert tthc(office, "report", "uptime", *WEEK, "--recompute").code == 0
    text = tthc(office, "report", "uptime", *WEEK).out
    assert "thay bản số 1 ngày" in text
    assert "lý do: lượt kiểm tra đến muộn" in text
    listed = tthc(office, "report", "list", "--json").json
    assert [(one["edition"], one["by"]) for one in listed] == [(1, "Nguyễn Văn Thử"), (2, "Trần Thị Thử")]
    assert "lượt kiểm tra đến muộn" in tthc(office, "report", "list").out
    assert tthc(office, "journal", "verify").code == 0

    earlier = tthc(office, "report", "uptime", *WEEK, "--edition", "1", "--json").json
    assert earlier.pop("publication")["edition"] == 1
    assert earlier == first
    said = tthc(office, "report", "uptime", *WEEK, "--edition", "1").out
    assert "bản số 1" in said
    assert "đã được thay bằng bản số 2" in said


def test_a_document_of_any_edition_that_is_gone_or_changed_is_named_by_the_list(office: Path) -> None:
    assert tthc(office, "report", "list").code == 0
    listed = tthc(office, "report", "list", "--json").json
    name, digest = next((name, digest) for name, digest in listed[0]["documents"].items() if name.endswith(".html"))
    (place,) = (office / "var" / "published").rglob(f"{digest}.*")
    whole = place.read_bytes()
    place.unlink()
    said, told = tthc(office, "report", "list"), tthc(office, "report", "list", "--json")
    place.write_bytes(whole)
    assert (said.code, told.code) == (1, 1)
    assert f"MẤT HOẶC BỊ SỬA 1/{len(listed[0]['documents'])}" in said.out
    assert name in said.err
    assert "bản sao lưu" in said.err
    assert list(told.json[0]["lost"]) == [name]
    assert tthc(office, "report", "list").code == 0


def test_published_documents_are_written_out_byte_for_byte_and_a_changed_one_is_named(office: Path) -> None:
    said = tthc(office, "report", "uptime", *WEEK, "--to", "ra")
    assert said.code == 0
    assert "bản số" in said.err
    kept = {path.read_bytes(): path for path in (office / "var" / "published").rglob("*") if path.is_file()}
    paths = [office / line for line in said.out.splitlines()]
    assert {path.suffix for path in paths} >= {".html", ".json", ".txt", ".xlsx"}
    page = next(path for path in paths if path.suffix == ".html")
    assert all(path.read_bytes() in kept for path in paths)
    whole, place = page.read_bytes(), kept[page.read_bytes()]
    place.write_bytes(whole.replace(b"a", b"b", 1))
    broken = tthc(office, "report", "uptime", *WEEK)
    place.write_bytes(whole)
    assert (broken.code, broken.out) == (1, "")
    assert page.name in broken.err
    assert "đã bị sửa" in broken.err


NOBODY = ("--by", "A")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("publish", *WEEK, *NOBODY), "dùng tthc report restate"),
        (("publish", "--week", "2026-W46"), "--by"),
        (("publish", "--week", "2026-W46", "--by", " "), "Thiếu họ tên"),
        (("publish", *NOBODY), "Ghi đúng một kỳ"),
        (("publish", "--month", "2026-10", "--quarter", "2026-Q3", *NOBODY), "Ghi đúng một kỳ"),
        (("publish", "--week", "2099-W01", *NOBODY), "chưa bắt đầu"),
        (("publish", "--from", "2026-11-01", "--until", "2099-01-01", *NOBODY), "chưa hết"),
        (("publish", "--week", "2026-W30", *NOBODY), "không có gì để công bố: việc theo dõi mới bắt đầu lúc"),
        (("uptime", *WEEK, "--edition", "9"), "không có bản số 9: đang có bản số 1"),
        (("uptime", "--week", "2026-W30", "--edition", "1"), "kỳ này chưa công bố"),
        (("uptime", *WEEK, "--edition", "1", "--recompute"), "bỏ --edition"),
        (("restate", "--week", "2026-W45", *NOBODY, "--reason", "x"), "dùng tthc report publish"),
        (("restate", *WEEK, *NOBODY, "--reason", " "), "Thiếu lý do"),
        (("uptime", "--week", "2026-W45", "--recompute"), "chưa công bố"),
        (("uptime", "--month", "2026-13"), "2026-11"),
        (("uptime", "--quarter", "2026-11"), "2026-Q4"),
        (("uptime", "--period", "kbc-2018-01"), "kbc-2026-11"),
        (("uptime", "--from", "2026-11-01"), "--until"),
        (("uptime", "--from", "2026-11-02", "--until", "2026-11-01"), "phải sau --from"),
        (("uptime", "--from", "hôm qua", "--until", "2026-11-01"), "2026-11-24T08:00"),
    ],
)
def test_wrong_input_is_one_line_that_names_the_mend(office: Path, words: tuple[str, ...], told: str) -> None:
    said: Said = tthc(office, "report", *words)
    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1
    assert told in said.err


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--month", "2026-10"), "BÁO CÁO THÁNG 10/2026"),
        (("--quarter", "2026-Q3"), "BÁO CÁO QUÝ III/2026"),
        (("--period", "kbc-2026-11"), "BÁO CÁO ĐỊNH KỲ THÁNG 11/2026"),
        (("--period", "kbc-2026-H1"), "BÁO CÁO ĐỊNH KỲ 6 THÁNG ĐẦU NĂM 2026"),
        (("--from", "01/11/2026", "--until", "2026-11-15"), "BÁO CÁO 01/11/2026 – 15/11/2026"),
        (("--from", "01/11/2026 00:00", "--until", "00:00 16/11/2026"), "BÁO CÁO 01/11/2026 – 15/11/2026"),
    ],
)
def test_any_period_is_told_by_its_own_name(office: Path, words: tuple[str, ...], title: str) -> None:
    said: Said = tthc(office, "report", "uptime", *words)
    assert said.code == 0
    assert title in said.out
    assert "tuần" not in said.out.split("7. CÁCH TÍNH")[0].lower()
