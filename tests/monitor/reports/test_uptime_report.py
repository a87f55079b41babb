"""The weekly log in words and files: what a head reads first, what stands where nothing is known, figures agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import html

from monitor.core.look import Cause, Verdict
from monitor.core.uptime import Judgement
from monitor.reports import uptime_json, uptime_report
from monitor.reports.letters import Occasion
from monitor.reports.uptime_log import UptimeLog

Watch = Callable[..., Any]
MONDAY = "23/11/2026 07:30"


def moment(text: str) -> datetime:
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


_REALISTIC: dict[str, UptimeLog] = {}


def realistic(watch: Watch, internal_target: str = "") -> UptimeLog:
    """90 minutes without the action to file, an afternoon of challenges, a maintenance announced in time."""
    if internal_target not in _REALISTIC:  # a log never changes, and its week of looks takes a second to write
        _REALISTIC[internal_target] = _realistic(watch, internal_target)
    return _REALISTIC[internal_target]


def _realistic(watch: Watch, internal_target: str) -> UptimeLog:
    seen = watch(internal_target=internal_target)
    seen.finds("18/11/2026 13:00", "18/11/2026 17:00", Cause.CHALLENGED)
    seen.finds("19/11/2026 22:00", "20/11/2026 00:00", Cause.BANNER)
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.announce("19/11/2026 21:55", "20/11/2026 00:05", "02/11/2026 09:00")
    seen.looks("14/11/2026 00:00", "23/11/2026 07:00")
    seen.person_saw("18/11/2026 14:30", Verdict.UP, "Mở được tới bước nộp")
    made: UptimeLog = seen.log("2026-W47", MONDAY)
    return made


def shown(page: str) -> str:
    """The words of a page."""
    return " ".join(" ".join(html.fromstring(page.encode()).itertext()).split())


def test_a_head_reads_first_how_often_and_how_long(watch: Watch) -> None:
    words = uptime_report.mail(realistic(watch))
    assert words.subject.endswith("2.001474 – gián đoạn 1 lần")
    first = words.text.split("1. THỜI GIAN")[0]
    assert "Dịch vụ gián đoạn 1 lần, thời gian gián đoạn quan sát được 1 giờ 30 phút." in first
    assert "pháp luật không quy định tỷ lệ hoạt động tối thiểu" in first
    assert "Dịch vụ gián đoạn 1 lần" in shown(words.html)


def test_an_announced_maintenance_is_listed_but_not_counted_as_an_interruption(watch: Watch) -> None:
    log = realistic(watch)
    assert (log.outages, len(log.interruptions)) == (1, 2)
    assert "Kế hoạch – có thông báo đủ 07 ngày làm việc; không tính là gián đoạn (Thông báo số 12/TB)" in shown(
        uptime_report.mail(log).html
    )


def seen_twice(watch: Watch) -> UptimeLog:
    """An outage seen by two required targets, another that one of them sees, and a maintenance announced in time."""
    seen = watch()
    service = seen.service
    targets = tuple(replace(one, required=True) for one in service.targets[:2])
    service = replace(service, targets=targets)
    seen.register = replace(seen.register, services={service.code: service})
    seen.finds("17/11/2026 08:00", "17/11/2026 09:00", Cause.TIMEOUT)
    seen.finds("19/11/2026 22:00", "20/11/2026 00:00", Cause.BANNER)
    seen.announce("19/11/2026 21:55", "20/11/2026 00:05", "02/11/2026 09:00")
    seen.looks("15/11/2026 00:00", "21/11/2026 00:00")
    seen.finds("21/11/2026 10:00", "21/11/2026 11:00", Cause.TIMEOUT)
    seen.looks("21/11/2026 00:00", "23/11/2026 07:00", targets[:1])
    made: UptimeLog = seen.log("2026-W47", MONDAY)
    return made


def test_what_two_required_targets_see_at_once_is_one_outage_wherever_a_number_is_told(watch: Watch) -> None:
    log = seen_twice(watch)
    words = uptime_report.mail(log)
    assert log.numbers == ("1a", "1b", "2", "3", "4")
    assert log.outages == 2
    assert words.subject.endswith("gián đoạn 2 lần")
    assert "Dịch vụ gián đoạn 2 lần, thời gian gián đoạn quan sát được 2 giờ." in words.text
    for part in (words.text, shown(words.html)):
        assert "Lần 1a: " in part
        assert "Lần 1b: " in part
        assert "là một lần của dịch vụ" in part
    assert uptime_json.as_json(log)["outages"] == uptime_json.as_json(log)["compared"][0]["outages"] == 2
    assert log.recurring == 1  # the one of the 21st; the two of the 17th are one failure, and the first


@pytest.mark.parametrize("part", ["html", "text"])
def test_the_log_prints_the_parts_and_their_sum(watch: Watch, part: str) -> None:
    words = uptime_report.mail(realistic(watch))
    said = shown(words.html) if part == "html" else " ".join(words.text.split())
    for line in (
        "Gián đoạn 1 giờ 30 phút",
        "Bảo trì có thông báo trước 2 giờ 10 phút",
        "Cộng 168 giờ",
        "21:11:00 21/11/2026",
        "sau 21:06:00 21/11/2026 (sai số không quá 5 phút)",
        "Bị lớp chống truy cập tự động chặn",
        "14:30 18/11/2026",
        "chưa theo dõi",
        "Số liệu tính đến 07:30 23/11/2026",
    ):
        assert line in said


def test_figures_in_mail_workbook_and_json_are_the_same(watch: Watch) -> None:
    log = realistic(watch)
    told, words = uptime_json.as_json(log), uptime_report.mail(log)
    (sheet,) = [one for one in words.attachments if one.name.endswith(".xlsx")]
    book = openpyxl.load_workbook(BytesIO(sheet.content))
    summary = {row[0].value: row[1].value for row in book["Tổng hợp"].iter_rows(min_row=4)}
    assert told["window_ms"] == sum(told[f"{part}_ms"] for part in ("up", "down", "maintenance", "excluded", "unknown"))
    assert summary["Gián đoạn (giây)"] * 1000 == told["down_ms"] == 90 * 60_000
    assert summary["Hoạt động (giây)"] * 1000 == told["up_ms"]
    for name, title in {"measured": "Tỷ lệ hoạt động đo được", "lower": "Cận dưới", "coverage": "Độ phủ"}.items():
        percent = f"{float(told[name][:6]) * 100:.2f} %".replace(".", ",")
        assert summary[title] == float(told[name])
        assert percent in shown(words.html)
        assert percent in words.text
    assert summary["Cận trên"] == float(told["upper"])
    starts = [one["start"] for one in told["interruptions"]]
    assert starts == ["2026-11-19T22:01:00.000+07:00", "2026-11-21T21:11:00.000+07:00"]
    assert [row[4].value.isoformat() for row in book["Gián đoạn"].iter_rows(min_row=4)] == [
        start[:19] for start in starts
    ]


@pytest.mark.parametrize(
    ("internal_target", "judgement", "said"),
    [
        ("0.95", Judgement.MET, "đạt (cận dưới 96,"),
        ("0.99", Judgement.INSUFFICIENT, "chưa đủ căn cứ (khoảng từ 96,"),
        ("0.995", Judgement.NOT_MET, "không đạt (cận trên 99,"),
    ],
)
def test_an_internal_target_is_judged_by_the_bounds(
    watch: Watch, internal_target: str, judgement: Judgement, said: str
) -> None:
    log = realistic(watch, internal_target)
    assert log.judgement is judgement
    assert said in uptime_report.mail(log).text


def test_a_week_of_challenges_is_no_evidence_says_what_was_seen_and_how_to_get_some(watch: Watch) -> None:
    seen = watch()
    seen.finds("16/11/2026 00:00", "23/11/2026 07:00", Cause.CHALLENGED)
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00")
    seen.person_saw("18/11/2026 14:30", Verdict.UP)
    log = seen.log("2026-W47", MONDAY)
    words = uptime_report.mail(log)
    assert words.subject.endswith("chưa đủ căn cứ")
    assert log.judgement is Judgement.INSUFFICIENT
    assert "Độ phủ: 0,00 %" in words.text
    assert "2.016 lượt, có trả lời 2.016, dùng được 0" in words.text
    assert "tthc look record" in words.text
    assert "hoạt động (Người thử)" in words.text
    assert "Không ghi nhận" not in words.text
    told = uptime_json.as_json(log)
    assert (told["measured"], told["coverage"], told["judgement"]) == (None, "0.000000", "insufficient")
    assert told["manual"][0]["by"] == "Người thử"


def test_a_week_nobody_watched_says_no_data_and_never_a_figure(watch: Watch) -> None:
    log = watch().log("2026-W47", MONDAY)
    words = uptime_report.mail(log)
    assert "Chưa theo dõi (trước khi bắt đầu giám sát): 168 giờ" in words.text
    assert "100,00 %" not in words.text
    assert "chưa kiểm tra lượt nào" in words.text
    assert uptime_json.as_json(log)["began"] is None


def test_a_hundred_and_twenty_interruptions_are_all_listed_in_a_mail_that_is_not_cut_off(watch: Watch) -> None:
    seen = watch()
    start = moment("16/11/2026 00:20")
    for number in range(120):
        begins = start + timedelta(minutes=83 * number)
        seen.during.append((begins, begins + timedelta(minutes=20), Cause.TIMEOUT))
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00")
    words = uptime_report.mail(seen.log("2026-W47", MONDAY))
    assert words.subject.endswith("gián đoạn 120 lần")
    assert len(words.html.encode()) < 100_000
    assert len(html.fromstring(words.html.encode()).cssselect("table.g tr")) == 121
    assert re.findall(r"^ +(\d+): \d\d:\d\d:\d\d ", words.text, re.MULTILINE)[-1] == "120"


def test_twenty_seconds_down_never_print_as_all(watch: Watch) -> None:
    seen = watch(minutes=5)
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00")
    (target,) = seen.service.required_targets()
    begins = moment("18/11/2026 10:02")
    seen.during.append((begins, begins + timedelta(seconds=19), Cause.STATUS))
    seen.keep([seen.look(target, begins + timedelta(seconds=second)) for second in (0, 10, 20)])
    log = seen.log("2026-W47", MONDAY)
    assert log.account.down_ms == 20_000
    text = uptime_report.mail(log).text.split("6. SO VỚI")[0]
    assert "100,00 %" not in text
    assert "Gián đoạn                    20 giây" in text


def test_a_week_that_is_not_over_is_told_up_to_now(watch: Watch) -> None:
    seen = watch()
    seen.finds("19/11/2026 09:00", "20/11/2026 00:00", Cause.DNS)
    seen.looks("09/11/2026 00:00", "19/11/2026 12:00")
    log = seen.log("2026-W47", "19/11/2026 12:00")
    words = uptime_report.mail(log)
    assert log.running
    assert log.account.window.end == moment("19/11/2026 12:00")
    assert "Tuần chưa hết, số liệu mới đến 12:00 19/11/2026" in words.text
    assert "chưa khắc phục" in words.text


def test_a_stop_announced_for_later_in_a_running_week_is_told_already(watch: Watch) -> None:
    seen = watch()
    seen.looks("15/11/2026 00:00", "18/11/2026 12:00")
    seen.announce("20/11/2026 22:00", "20/11/2026 23:30", "02/11/2026 09:00")
    seen.announce("23/11/2026 00:00", "23/11/2026 01:00", "02/11/2026 09:00", "Thông báo số 13/TB")
    log = seen.log("2026-W47", "18/11/2026 12:00")
    words = uptime_report.mail(log)
    for said in (words.text, shown(words.html)):
        assert "từ 22:00 20/11/2026 đến 23:30 20/11/2026" in said
        assert "Không có thông báo tạm ngừng nào" not in said
        assert "13/TB" not in said
    assert log.account.maintenance_ms == 0
    assert [one["start"] for one in uptime_json.as_json(log)["notices"]] == ["2026-11-20T22:00:00.000+07:00"]


def test_what_began_before_or_ended_after_the_week_says_so(watch: Watch) -> None:
    seen = watch()
    seen.finds("15/11/2026 20:00", "16/11/2026 04:00", Cause.DNS)
    seen.finds("22/11/2026 20:00", "23/11/2026 03:00", Cause.DNS)
    seen.looks("15/11/2026 00:00", "23/11/2026 07:00")
    text = uptime_report.mail(seen.log("2026-W47", MONDAY)).text
    assert "Bắt đầu: 20:01:00 15/11/2026 (từ trước tuần này)" in text
    assert "Kết thúc: 03:01:00 23/11/2026 (sau tuần này)" in text


def test_the_comparison_goes_back_eight_weeks_and_each_row_is_its_own_week(watch: Watch) -> None:
    """11 in the list of others' failures: no row shifted by a period."""
    seen = watch(minutes=30)
    seen.finds("04/11/2026 08:00", "04/11/2026 11:00", Cause.CONNECT)
    seen.looks("12/10/2026 00:00", "23/11/2026 07:00")
    log = seen.log("2026-W47", MONDAY)
    assert [line.period.name for line in log.compared] == [f"2026-W{week}" for week in range(47, 38, -1)]
    down = {line.period.name: line.account.down_ms for line in log.compared if line.account}
    assert {number for number, ms in down.items() if ms} == {"2026-W45"}
    assert [line.period.name for line in log.compared if line.account is None] == ["2026-W41", "2026-W40", "2026-W39"]
    again = seen.log("2026-W45", MONDAY)
    assert again.account == next(line.account for line in log.compared if line.period.name == "2026-W45")


def test_made_again_later_the_log_of_a_week_that_is_over_is_the_same(watch: Watch) -> None:
    seen = watch()
    seen.finds("18/11/2026 08:00", "18/11/2026 09:00", Cause.STATUS)
    seen.looks("16/11/2026 00:00", "25/11/2026 00:00")
    once, again = seen.log("2026-W47", MONDAY), seen.log("2026-W47", "25/11/2026 09:00")
    assert (once.account, once.interruptions, once.seen) == (again.account, again.interruptions, again.seen)


def test_the_log_carries_the_heads_of_the_journal(watch: Watch) -> None:
    log = realistic(watch)
    assert {head.chain for head in log.heads} == {"thanh-hoa", "so-chung"}
    for head in log.heads:
        assert head.digest.hex()[:16] in uptime_report.mail(log).text
        assert {"chain": head.chain, "seq": head.seq, "digest": head.digest.hex()} in uptime_json.as_json(log)[
            "journal"
        ]


def test_a_late_letter_says_so_and_a_trial_one_too(watch: Watch) -> None:
    log = realistic(watch)
    occasion = Occasion(to_names=("Sở Công Thương",), now=moment("24/11/2026 10:00"), live=False)
    words = uptime_report.mail(log, occasion, late=True)
    assert words.subject.startswith("[Chạy thử] [Gửi muộn] Báo cáo tuần 47/2026")
    assert "GỬI MUỘN" in words.text
    assert "Gửi muộn" in shown(words.html)


def test_the_mail_shows_the_strip_as_a_picture_inside_it(watch: Watch) -> None:
    words = uptime_report.mail(realistic(watch))
    picture, *documents = words.attachments
    assert picture.content.startswith(b"\x89PNG")
    assert f'src="cid:{picture.cid}"' in words.html
    assert [one.name for one in documents] == [
        f"bao-cao-tuan-2.001474-2026-W47.{ending}" for ending in ("pdf", "docx", "xlsx")
    ]
    assert sum(len(one.content) for one in words.attachments) < 1_000_000
    alt = html.fromstring(words.html.encode()).cssselect("img")[0].get("alt")
    assert "gián đoạn 1 giờ 30 phút" in alt


def test_the_page_stands_alone_and_its_files_lie_side_by_side(watch: Watch, tmp_path: Path) -> None:
    log = realistic(watch)
    paths = uptime_report.write(uptime_report.files(log), tmp_path / "báo cáo" / "tuần")
    assert sorted(path.suffix for path in paths) == [
        *[".csv"] * 14,
        ".docx",
        ".html",
        ".json",
        ".pdf",
        ".png",
        ".txt",
        ".xlsx",
    ]
    page = next(path for path in paths if path.suffix == ".html").read_text("utf-8")
    assert "<svg" in page
    assert not re.search(r'(src|href)="(http|cid)', page)
    told = json.loads(next(path for path in paths if path.suffix == ".json").read_text("utf-8"))
    assert told["down_ms"] == log.account.down_ms


def test_a_week_before_the_monitor_is_not_watched_whichever_week_is_asked_for(watch: Watch) -> None:
    seen = watch()
    seen.looks("24/11/2026 00:00", "25/11/2026 00:00")
    for week in ("2026-W47", "2026-W48"):
        (line,) = [one for one in seen.log(week, "25/11/2026 07:30").compared if one.period.name == "2026-W47"]
        assert line.account is None


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_reader_who_subtracts_printed_moments_finds_the_printed_length(watch: Watch, part: str) -> None:
    seen = watch(minutes=5)
    (target,) = seen.service.required_targets()
    begins, ends = (
        moment("18/11/2026 10:02") + timedelta(milliseconds=100),
        moment("18/11/2026 11:32") + timedelta(seconds=20),
    )
    seen.during.append((begins, ends, Cause.STATUS))
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00")
    seen.keep([seen.look(target, at) for at in (begins, ends + timedelta(milliseconds=900))])
    words = uptime_report.mail(seen.log("2026-W47", MONDAY))
    said = shown(words.html) if part == "html" else " ".join(words.text.split())
    assert "10:02:00 18/11/2026" in said
    assert "11:32:20 18/11/2026" in said
    assert "1 giờ 30 phút 20 giây (ngắn nhất" in said
    assert "uan sát được toàn bộ" in said
    assert "1 giờ 30 phút 21 giây (làm tròn lên)" in said
