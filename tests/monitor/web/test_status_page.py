"""The status page tells how things stand, how sure that is, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from monitor.config import Settings
from monitor.core.agency import Agency, AgencyKind
from monitor.core.look import Cause, Look, Verdict
from monitor.core.source import SourceSpec
from monitor.law import load_law
from monitor.reports.calendar_watch import Difference, written
from monitor.reports.mode import LIVE
from monitor.store import EventKind, LetterState, events, imports, letters, watches, writing
from tests.monitor.web.site import NOW, Site, look, register, target, words

UP, DOWN, UNKNOWN = Verdict.UP, Verdict.DOWN, Verdict.UNKNOWN
SMTP = {"smtp_url": "smtp://127.0.0.1:25", "smtp_from": "a@x.invalid"}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_first_day_says_that_it_is_a_trial_and_what_is_missing(site: Site) -> None:
    said = site.text()
    assert "CHẠY THỬ – không thư nào gửi ra ngoài" in said
    assert "SMTP_URL Chưa có máy chủ thư" in said
    assert "Chưa có số liệu hồ sơ" in said
    assert "Chưa có thư nào được soạn" in said
    assert "Chưa nhập tệp nào" in said


def test_public_targets_are_not_looked_at_before_contact_is_set_and_the_page_says_so(
    open_site: Callable[..., Site],
) -> None:
    public = replace(register().services["2.001474"], targets=(target("a", public=True),))
    said = open_site(register=register(services=[public])).text()
    assert "CONTACT Chưa ai chịu trách nhiệm" in said
    assert "Không xác định Vì chưa đặt CONTACT nên chưa được kiểm tra" in said
    assert "Chưa biết dịch vụ có hoạt động không, vì chưa đặt CONTACT" in said
    assert "Dịch vụ đang hoạt động" not in said


def test_the_places_that_look_and_how_many_must_agree_are_named_while_all_is_well(
    open_site: Callable[..., Site],
) -> None:
    shared = replace(register().services["2.001474"], vantages=("trung-tam", "so-cong-thuong"), quorum=2)
    named = "Kiểm tra từ 2 nơi đặt máy: trung-tam, so-cong-thuong; dịch vụ được coi là gián đoạn khi ít nhất 2 nơi"
    assert named in open_site(register=register(services=[shared])).text()


@pytest.mark.parametrize(
    ("settings", "live", "banner"),
    [
        ({}, False, "CHẠY THỬ – không thư nào gửi ra ngoài"),
        ({"pilot_address": "thu@x.invalid"}, False, "CHẠY THỬ – không thư nào gửi ra ngoài"),
        ({**SMTP, "pilot_address": "thu@x.invalid"}, False, "CHẠY THỬ – mọi thư chỉ gửi tới PILOT_ADDRESS"),
        (SMTP, True, "CHÍNH THỨC – thư gửi tới thủ trưởng các cơ quan"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/letters"])
def test_the_banner_says_where_letters_go(
    open_site: Callable[..., Site], settings: dict[str, str], live: bool, banner: str, path: str
) -> None:
    site = open_site(settings=Settings(**settings))
    if live:
        with writing(site.engine) as db:
            watches.set_mark(db, LIVE, '{"at": "2026-11-20T08:00:00+07:00", "by": "Nguyễn Văn Thử"}')
    (shown,) = site.page(path).find_class("mode")
    assert words(shown) == banner


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ([], "Không xác định Vì không có lượt kiểm tra"),
        ([look("a", minutes(2))], "Hoạt động Theo lượt kiểm tra gần nhất"),
        ([look("a", minutes(11))], "Không xác định Vì không có lượt kiểm tra"),
        (
            [look("a", minutes(2), UNKNOWN, Cause.CHALLENGED)],
            "Không xác định Vì bị lớp chống truy cập tự động chặn",
        ),
        (
            [look("a", minutes(7)), look("a", minutes(2), DOWN, Cause.TIMEOUT)],
            "Không xác định Vì một lượt hỏng, không có lượt thứ hai xác nhận",
        ),
        (
            [look("a", minutes(7), DOWN, Cause.TIMEOUT), look("a", minutes(2), DOWN, Cause.TIMEOUT)],
            "Gián đoạn Đã xác nhận bằng hai lượt kiểm tra liên tiếp",
        ),
        ([look("a", minutes(7)), look("a", minutes(2), UNKNOWN, Cause.CHALLENGED)], "Hoạt động"),
    ],
)
def test_the_state_is_what_the_account_says_of_this_moment(site: Site, seen: Sequence[Look], said: str) -> None:
    site.looked(*seen)
    (now,) = site.page("/").find_class("now")
    assert words(now).startswith(said)


def test_an_open_interruption_is_told_with_the_bounds_of_its_beginning(site: Site) -> None:
    site.looked(
        look("a", minutes(45)),
        look("a", minutes(40), DOWN, Cause.ACTION_MISSING),
        look("a", minutes(35), DOWN, Cause.ACTION_MISSING),
        look("a", minutes(5), DOWN, Cause.ACTION_MISSING),
    )
    said = site.text()
    assert "Đang gián đoạn: Trang a" in said
    assert "Lượt hỏng đầu tiên lúc 13:25:00 26/11/2026; bắt đầu sau 13:20:00 26/11/2026" in said
    assert "sai số không quá 5 phút" in said
    assert "Lượt hỏng gần nhất lúc 14:00:00 26/11/2026: đã kéo dài ít nhất 35 phút" in said
    assert "Cần xử lý: Dịch vụ đang gián đoạn" in said


def test_the_week_so_far_shows_what_was_measured_and_the_parts_add_up(site: Site) -> None:
    site.looked(
        *(look("a", minutes(n)) for n in range(120, 61, -5)),
        look("a", minutes(60), DOWN, Cause.TIMEOUT),
        look("a", minutes(55), DOWN, Cause.TIMEOUT),
        *(look("a", minutes(n)) for n in range(50, 0, -5)),
    )
    page = site.page("/")
    said = words(page)
    assert "Gián đoạn đã kết thúc trong tuần 13:05:00 26/11/2026 – 13:15:00 26/11/2026: 10 phút" in said
    assert "Gián đoạn: 10 phút" in said
    assert "Hoạt động: 1 giờ 50 phút" in said
    assert "Không xác định: 84 giờ 5 phút" in said
    assert "Cộng: 86 giờ 5 phút" in said
    assert site.facts()["Đo được"] == "91,66 %"
    assert site.facts()["Gián đoạn đo được"] == "10 phút"
    days = page.xpath("//div[contains(@class, 'strip')]//*[local-name()='svg']/@aria-label")
    assert len(days) == 7
    assert days[3].startswith("Thứ Năm 26/11/2026: hoạt động 1 giờ 50 phút, gián đoạn 10 phút")
    assert days[4] == "Thứ Sáu 27/11/2026: chưa tới"


def test_a_target_nobody_has_looked_at_for_too_long_needs_seeing_to(site: Site) -> None:
    site.looked(look("a", minutes(11)))
    said = site.text()
    assert "Cần xử lý: Có nơi phải kiểm tra mà không có lượt kiểm tra nào gần đây" in said
    assert "Quá hạn kiểm tra" in said


def test_a_letter_that_cannot_be_sent_needs_seeing_to(site: Site) -> None:
    site.looked(look("a", minutes(1)))
    assert "Dịch vụ đang hoạt động; chương trình giám sát chạy bình thường." in site.text()
    site.letter(state=LetterState.DEAD)
    said = site.text()
    assert "Cần xử lý: Có thư không tới nơi: 1 thư, xem tthc outbox list" in said
    assert "1 không gửi được" in said


def test_what_waits_for_others_is_said_though_nothing_is_wrong(site: Site) -> None:
    site.looked(look("a", minutes(1)))
    site.dossiers({"sct": 18})
    site.letter(key="1", state=LetterState.HELD)
    site.letter(key="2", state=LetterState.NO_ADDRESS)
    site.letter(key="3", state=LetterState.WAITING)
    (verdict,) = site.page("/").find_class("verdict")
    assert words(verdict) == (
        "Dịch vụ đang hoạt động; chương trình giám sát chạy bình thường. 18 hồ sơ quá hạn đang chờ các cơ quan. "
        "1 thư giữ lại vì đang chạy thử. 1 thư chờ gửi vì chưa đặt SMTP_URL. "
        "1 thư chưa gửi được vì danh bạ chưa có địa chỉ."
    )


def test_what_a_trial_held_waits_for_nobody_once_it_is_over(site: Site) -> None:
    site.looked(look("a", minutes(1)))
    site.letter(key="1", state=LetterState.HELD)
    (before,) = site.page("/").find_class("verdict")
    with writing(site.engine) as db:
        watches.set_mark(db, LIVE, '{"at": "2026-11-20T08:00:00+07:00", "by": "Nguyễn Văn Thử"}')
    (after,) = site.page("/").find_class("verdict")
    assert ("giữ lại" in words(before), "giữ lại" in words(after)) == (True, False)


def test_a_file_that_failed_is_named_until_its_source_brings_a_good_one(open_site: Callable[..., Site]) -> None:
    site = open_site(register=register(sources=[SourceSpec(key="mot-cua", name="Hệ thống một cửa")]))
    site.looked(look("a", minutes(1)))
    with writing(site.engine) as db:
        number = imports.begin(db, source="mot-cua", name="hong.xlsx", size=1, digest=b"h", manner=b"", at=NOW)
        imports.fail(db, number, "tệp hỏng")
    assert "Cần xử lý: Có tệp hồ sơ không nhập được: hong.xlsx – tệp hỏng" in site.text()
    site.dossiers({"sct": 1}, name="lanh.xlsx")
    assert "Cần xử lý" not in site.text()


def test_a_target_that_is_only_noted_makes_no_interruption_of_the_service(open_site: Callable[..., Site]) -> None:
    one = register().services["2.001474"]
    site = open_site(register=register(services=[replace(one, targets=(target("a"), target("b", required=False)))]))
    noted = [replace(look("b", minutes(n), DOWN, Cause.STATUS), status=404) for n in (10, 5)]
    site.looked(look("a", minutes(1)), *noted)
    said = site.text()
    assert "0 gián đoạn đang mở và 1 chỉ ghi nhận" in said
    assert "Dịch vụ đang hoạt động" in said
    assert "Không có trang này (HTTP 404)" in said


def test_the_time_before_the_monitor_began_is_called_so(site: Site) -> None:
    site.looked(look("a", minutes(60)), look("a", minutes(1)))
    assert "không được coi là gián đoạn: chưa theo dõi (trước khi bắt đầu giám sát) 85 giờ" in site.text()


def test_the_page_tells_of_the_monitor_itself(site: Site) -> None:
    with writing(site.engine) as db:
        events.add(db, NOW - timedelta(hours=7), EventKind.STARTED, "pid 1")
        events.add(db, NOW - timedelta(hours=3), EventKind.CLOCK_STEP, "+8.000 s")
    site.looked(look("a", minutes(4)))
    said = site.facts()
    assert said["Khởi động gần nhất"] == "07:05:00 26/11/2026"
    assert said["Lượt kiểm tra gần nhất"] == "14:01:00 26/11/2026, 4 phút trước"
    assert said["Đồng hồ máy bị chỉnh trong 7 ngày"] == "1 lần"
    assert said["Sổ gốc đã niêm phong"] == "sổ chung: 2 mục; sổ lượt kiểm tra trung-tam: 1 mục"


def test_agencies_are_listed_the_worst_first_with_the_moment_of_the_figures(site: Site) -> None:
    site.dossiers({"yen-dinh": 2, "sct": 5, "": 1, "giai-the": 3}, set_aside=3)
    page = site.page("/")
    rows = page.xpath("//table[contains(@class, 'agencies')]/tbody/tr")
    assert [[cell.text_content().strip() for cell in row][:3] for row in rows] == [
        ["Toàn bộ 3 cơ quan và hồ sơ chưa xác định đơn vị", "0", "11"],
        ["Sở Công Thương", "0", "5"],
        ["giai-the", "0", "3"],
        ["UBND xã Yên Định", "0", "2"],
        ["Chưa xác định đơn vị", "0", "1"],
    ]
    said = words(page)
    assert "Số liệu tính đến 06:05 26/11/2026" in said
    (taken,) = page.xpath("//section[@aria-labelledby='so-lieu']//tbody/tr")
    assert [cell.text_content().strip() for cell in taken][1:] == ["06:05 26/11/2026", "14", "11", "0", "3"]


def test_of_hundreds_of_agencies_the_worst_are_open_and_the_rest_is_folded(open_site: Callable[..., Site]) -> None:
    keys = {f"xa-{number}": number for number in range(1, 167)}
    communes = [Agency(key=key, name=f"UBND xã số {number}", kind=AgencyKind.COMMUNE) for key, number in keys.items()]
    site = open_site(register=register(agencies=communes))
    site.dossiers(keys)
    page = site.page("/")
    open_rows = page.xpath("//section[@aria-labelledby='ho-so']/table/tbody/tr")
    folded = page.xpath("//details//tbody/tr")
    assert (len(open_rows), len(folded)) == (16, 151)
    assert "151 cơ quan khác" in page.xpath("//section[@aria-labelledby='ho-so']//summary")[0].text_content()
    assert "13.861 hồ sơ quá hạn" in words(page)
    assert len(site.get("/").content) < 100_000


@pytest.mark.parametrize(("fresh_days", "stale"), [(0, False), (2, False), (1, True)])
def test_a_source_without_new_figures_for_its_working_days_needs_seeing_to(
    open_site: Callable[..., Site], fresh_days: int, stale: bool
) -> None:
    source = SourceSpec(key="mot-cua", name="Hệ thống một cửa", fresh_days=fresh_days)
    site = open_site(register=register(sources=[source]), now=NOW + timedelta(days=4))
    site.looked(look("a", minutes(1 - 4 * 24 * 60)))
    site.dossiers({"sct": 1})
    assert ("Nguồn dữ liệu không cập nhật: Hệ thống một cửa" in site.text()) is stale


@pytest.mark.parametrize(("waited", "concern"), [(59, False), (60, True)])
def test_a_letter_that_does_not_get_through_for_an_hour_needs_seeing_to(
    open_site: Callable[..., Site], waited: int, concern: bool
) -> None:
    site = open_site(now=NOW + minutes(waited))
    site.letter(key="never tried", state=LetterState.WAITING)
    assert "chưa đi được" not in site.text()
    with writing(site.engine) as db:
        (taken,) = letters.claim(db, NOW, 5, 60)
        letters.retry(db, taken.id, "không kết nối được", NOW + minutes(1), uncertain=False)
    said = "Có thư đã thử gửi mà hơn 1 giờ chưa đi được: cũ nhất từ 14:05 26/11/2026"
    assert (said in site.text()) is concern


def test_what_is_doubtful_in_the_calendar_is_one_line_that_opens(site: Site) -> None:
    table = load_law(site.register.hours_of()).calendars["default"]
    days = [date(NOW.year, 1, 1) + timedelta(days=number) for number in range(60)]
    differ = [Difference(day=day, ours=table.is_working_day(day)) for day in days[:12]]
    with writing(site.engine) as db:
        events.add(db, NOW, EventKind.CALENDAR_DIFFERS, written(differ))
    text = requests.get(site.url, timeout=9).text
    folded = text[text.index('id="lich"') :]
    folded = folded[: folded.index("</section>")]
    assert folded.count("<details>") == folded.count("<summary>") == 1
    said = folded[folded.index("<summary>") : folded.index("</summary>")]
    assert "ngày khác lịch tham khảo" in said
    assert folded.count("Chương trình tính theo lịch của mình") == 1  # once, however many days
    assert folded.count("<dt>") > folded.count("<p")
    assert "holidays" not in text
