"""The two forms: what a named person writes is written once; what comes from elsewhere, or is wrong, is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from monitor.config import Settings
from monitor.core.look import Verdict
from monitor.core.period import ICT, Span
from monitor.core.service import Assertion, Service, Step, Want
from monitor.store import journal, looks, notices, reading
from monitor.store.notices import Announced
from monitor.web.tickets import VALID, Tickets
from tests.monitor.web.site import HOSTILE, NOW, Site, register, target, words

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
ALWAYS = Span(start=NOW - timedelta(days=400), end=NOW + timedelta(days=4000))
STOPS, CHECK = "/thong-bao", "/kiem-tra"
STOP = {
    "dich_vu": "2.001474",
    "tu": "14/12/2026 22:00",
    "den": "15/12/2026 02:00",
    "van_ban": "Thông báo số 12/TB-CNTT ngày 25/11/2026",
    "nguoi_ghi": "Nguyễn Văn Thử",
}
SEEN = {
    "dich_vu": "2.001474",
    "noi": "a",
    "ket_qua": "khong",
    "luc": "26/11/2026 14:00",
    "nguoi": "Trần Thị Thử",
    "ghi_chu": "Không thấy nút nộp, gọi 0912345678",
}
FORMS = [pytest.param(STOPS, STOP, id="thong-bao"), pytest.param(CHECK, SEEN, id="kiem-tra")]


@pytest.fixture
def site(open_site: Callable[..., Site], tmp_path: Path) -> Site:
    """A site whose service has a page to open and things to look for."""
    wanted = (Assertion(want=Want.TEXT, value="2.001474"), Assertion(want=Want.STATUS, value="200"))
    place = target("a", steps=(Step(url="https://dvc.example/p?ma=2.001474", assertions=wanted),))
    service = Service(code="2.001474", name="Đăng ký hoạt động khuyến mại", owner="sct", targets=(place,))
    return open_site(register=register(services=[service]), settings=Settings(var_dir=tmp_path / "var"))


def ticket(site: Site, path: str) -> str:
    found = site.page(path).xpath("//form[@class='sheet']//input[@name='phieu']/@value")
    assert len(found) == 1
    return str(found[0])


def hand_in(site: Site, path: str, said: dict[str, str], **more: Any) -> requests.Response:
    """Hand a form in as a browser would; the page after it."""
    said = said if "phieu" in said else said | {"phieu": ticket(site, path.partition("/thong-bao/")[0] or STOPS)}
    return requests.post(site.url + path, data=said, timeout=20, **more)


def announced(site: Site) -> list[Announced]:
    with reading(site.engine) as db:
        return notices.announced(db, "2.001474", ALWAYS)


def checks(site: Site) -> list[Any]:
    with reading(site.engine) as db:
        return list(looks.manual_between(db, "2.001474", ALWAYS))


def written(site: Site) -> int:
    return len(announced(site)) + len(checks(site))


def mistakes(answer: requests.Response) -> dict[str, str]:
    """What is told beside which field."""
    page = html.fromstring(answer.content.decode())
    return {one.get("id").removeprefix("loi-"): words(one) for one in page.xpath("//*[@class='wrong'][@id]")}


def test_a_notice_is_written_by_a_named_person_and_told_how_it_counts(site: Site) -> None:
    answer = hand_in(site, STOPS, STOP)
    assert (answer.status_code, answer.history[0].status_code) == (200, 303)
    (one,) = announced(site)
    assert one.notice.span.start == datetime(2026, 12, 14, 22, 0, tzinfo=ICT)
    assert (one.notice.document, one.by, one.notice.entered_at) == (STOP["van_ban"], STOP["nguoi_ghi"], NOW)
    said = words(html.fromstring(answer.content.decode()))
    assert "Đã ghi thông báo số 1. Kế hoạch – có thông báo đủ 07 ngày làm việc: được tính là bảo trì" in said
    with reading(site.engine) as db:
        assert all(chain.intact for chain in journal.verify_all(db))


def test_a_notice_that_comes_too_late_is_written_and_says_so(site: Site) -> None:
    answer = hand_in(site, STOPS, STOP | {"tu": "27/11/2026 22:00", "den": "28/11/2026 02:00"})
    assert "Tạm ngừng theo kế hoạch, thông báo chưa đủ 07 ngày làm việc: không được tính là bảo trì" in answer.text
    assert len(announced(site)) == 1


def test_a_wrong_notice_is_taken_back_by_a_named_person(site: Site) -> None:
    hand_in(site, STOPS, STOP)
    answer = hand_in(
        site,
        f"{STOPS}/1/rut-lai",
        {"ly_do": "nhầm ngày", "nguoi_rut": "Trần Thị Thử", "phieu": ticket(site, STOPS)},
    )
    assert "Đã rút lại thông báo số 1" in answer.text
    assert "Đã rút lại lúc 14:05 26/11/2026 (Trần Thị Thử: nhầm ngày)" in words(html.fromstring(answer.text))
    (one,) = announced(site)
    assert one.withdrawn is not None
    assert one.withdrawn.reason == "nhầm ngày"


@pytest.mark.parametrize("number", ["0", "7", "-1", "99999999999999999999", "x"])
def test_what_no_notice_has_cannot_be_taken_back(site: Site, number: str) -> None:
    said = {"ly_do": "nhầm", "nguoi_rut": "Thử", "phieu": ticket(site, STOPS)}
    assert hand_in(site, f"{STOPS}/{number}/rut-lai", said).status_code == 404


def test_a_withdrawal_without_reason_or_name_is_told_beside_its_fields(site: Site) -> None:
    hand_in(site, STOPS, STOP)
    answer = hand_in(site, f"{STOPS}/1/rut-lai", {"ly_do": " ", "phieu": ticket(site, STOPS)})
    assert answer.status_code == 422
    assert mistakes(answer) == {"ly_do": "Thiếu lý do rút lại.", "nguoi_rut": "Thiếu họ tên người rút lại."}
    assert announced(site)[0].withdrawn is None


def test_a_check_is_written_with_its_file_kept_by_digest(site: Site, tmp_path: Path) -> None:
    said = SEEN | {"phieu": ticket(site, CHECK)}
    answer = hand_in(site, CHECK, said, files={"tep": ("C:\\anh\\chup 0912345678.exe", PNG)})
    assert answer.status_code == 200
    (one,) = checks(site)
    assert (one.verdict, one.by, one.at) == (
        Verdict.DOWN,
        "Trần Thị Thử",
        datetime(2026, 11, 26, 14, 0, tzinfo=ICT),
    )
    assert (one.note, one.evidence_name, one.target) == ("Không thấy nút nộp, gọi ***", "chup ***.exe", "a")
    kept = list((tmp_path / "var" / "evidence").rglob("*.png"))
    assert [path.stem for path in kept] == [one.evidence_sha256]
    assert kept[0].read_bytes() == PNG
    assert one.evidence_sha256[:16] in answer.text


def test_a_check_without_a_file_is_written_too(site: Site) -> None:
    assert "Đã ghi." in hand_in(site, CHECK, SEEN | {"phieu": ticket(site, CHECK)}).text
    assert checks(site)[0].evidence_sha256 == ""


def test_a_check_fills_no_hour(site: Site) -> None:
    before = site.facts("/")["Độ phủ"]
    hand_in(site, CHECK, SEEN | {"phieu": ticket(site, CHECK)})
    assert site.facts("/")["Độ phủ"] == before


def test_the_page_says_what_to_open_and_what_to_look_for(site: Site) -> None:
    said = site.text(CHECK)
    assert "https://dvc.example/p?ma=2.001474" in said
    assert "có dòng chữ “2.001474”" in said
    assert "trang mở ra, không báo lỗi" in said
    assert "không nộp hồ sơ thử" in said


@pytest.mark.parametrize(
    ("path", "said", "changed", "field"),
    [
        (STOPS, STOP, {"tu": "mai"}, "tu"),
        (STOPS, STOP, {"tu": "31/02/2026 08:00"}, "tu"),
        (STOPS, STOP, {"den": ""}, "den"),
        (STOPS, STOP, {"den": "14/12/2026 22:00"}, "den"),
        (STOPS, STOP, {"van_ban": "  "}, "van_ban"),
        (STOPS, STOP, {"van_ban": "x" * 301}, "van_ban"),
        (STOPS, STOP, {"nguoi_ghi": ""}, "nguoi_ghi"),
        (CHECK, SEEN, {"ket_qua": ""}, "ket_qua"),
        (CHECK, SEEN, {"ket_qua": "up"}, "ket_qua"),
        (CHECK, SEEN, {"luc": "26/11/2026 14:06"}, "luc"),
        (CHECK, SEEN, {"luc": "26/11/2025 14:00"}, "luc"),
        (CHECK, SEEN, {"luc": "hôm nay"}, "luc"),
        (CHECK, SEEN, {"nguoi": ""}, "nguoi"),
        (CHECK, SEEN, {"ghi_chu": "x" * 2001}, "ghi_chu"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    site: Site, path: str, said: dict[str, str], changed: dict[str, str], field: str
) -> None:
    answer = hand_in(site, path, said | changed | {"phieu": ticket(site, path)})
    assert answer.status_code == 422
    assert list(mistakes(answer)) == [field]
    assert written(site) == 0
    page = html.fromstring(answer.content.decode())
    kept = {one.get("name"): one.get("value") or one.text for one in page.xpath("//form[@class='sheet']//*[@name]")}
    for name in set(said) - {field, "ket_qua"}:
        assert kept[name] == (said | changed)[name]
    again = {name: value for name, value in said.items() if name != "phieu"} | {"phieu": kept["phieu"]}
    assert hand_in(site, path, again).status_code == 200
    assert written(site) == 1


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        (b"MZ" + bytes(100), "PNG, JPG hoặc tệp PDF"),
        (b"<svg onload=alert(1)>", "PNG, JPG hoặc tệp PDF"),
        (b"", "Tệp rỗng"),
        (PNG + bytes(5 * 1024 * 1024), "5 MB"),
    ],
)
def test_a_file_that_is_no_picture_or_too_large_is_told_beside_its_field(
    site: Site, content: bytes, words_: str
) -> None:
    answer = hand_in(site, CHECK, SEEN | {"phieu": ticket(site, CHECK)}, files={"tep": ("anh.png", content)})
    assert answer.status_code == 422
    assert words_ in mistakes(answer)["tep"]
    assert checks(site) == []


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"%PDF-1.7"])
def test_pictures_and_prints_up_to_five_megabytes_are_taken(site: Site, head: bytes) -> None:
    content = head + bytes(5 * 1024 * 1024 - len(head))
    said = SEEN | {"phieu": ticket(site, CHECK)}
    assert hand_in(site, CHECK, said, files={"tep": ("tệp không đuôi", content)}).status_code == 200
    assert len(checks(site)) == 1


def test_a_disk_that_takes_no_file_is_told_and_nothing_is_lost(site: Site, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("không phải thư mục")
    answer = hand_in(site, CHECK, SEEN | {"phieu": ticket(site, CHECK)}, files={"tep": ("a.png", PNG)})
    assert "Không ghi được tệp" in mistakes(answer)["tep"]
    assert checks(site) == []


@pytest.mark.parametrize(("path", "said"), FORMS)
def test_a_form_handed_in_twice_writes_once(site: Site, path: str, said: dict[str, str]) -> None:
    same = said | {"phieu": ticket(site, path)}
    first, second = (hand_in(site, path, same) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert "đã được ghi trước đó" in second.text
    assert written(site) == 1


@pytest.mark.parametrize(("path", "said"), FORMS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_changes_nothing(site: Site, path: str, said: dict[str, str], method: str) -> None:
    answer = requests.request(
        method, site.url + path, params=said | {"phieu": ticket(site, path), "ghi": "1"}, timeout=20
    )
    assert answer.status_code in {200, 404}
    assert written(site) == 0


@pytest.mark.parametrize(("path", "said"), FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "["},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=lambda said: "-".join(f"{name}={value}" for name, value in said.items()),
)
def test_what_comes_from_elsewhere_writes_nothing(
    site: Site, path: str, said: dict[str, str], headers: dict[str, str]
) -> None:
    answer = hand_in(site, path, said | {"phieu": ticket(site, path)}, headers=headers)
    assert answer.status_code in {400, 403}
    assert written(site) == 0


@pytest.mark.parametrize(("path", "said"), FORMS)
def test_our_own_pages_are_let_in_by_the_name_users_know(
    open_site: Callable[..., Site], site: Site, path: str, said: dict[str, str]
) -> None:
    public = open_site(register=site.register, settings=Settings(public_url="https://giamsat.thanhhoa.gov.vn"))
    headers = {"Origin": "https://giamsat.thanhhoa.gov.vn", "Sec-Fetch-Site": "same-origin"}
    answer = hand_in(public, path, said | {"phieu": ticket(public, path)}, headers=headers)
    assert answer.status_code == 200
    assert written(public) == 1


@pytest.mark.parametrize(("path", "said"), FORMS)
@pytest.mark.parametrize("forged", ["", "x", "a.1.b", "é", "." * 5, Tickets().new(NOW)])
def test_a_ticket_of_somebody_elses_writes_nothing(site: Site, path: str, said: dict[str, str], forged: str) -> None:
    answer = hand_in(site, path, said | {"phieu": forged})
    assert answer.status_code == 422
    assert "bấm ghi lần nữa" in answer.text
    assert written(site) == 0


@pytest.mark.parametrize(("path", "said"), FORMS)
def test_a_form_that_stood_open_too_long_is_shown_again(site: Site, path: str, said: dict[str, str]) -> None:
    old = ticket(site, path)
    site.now = NOW + VALID + timedelta(seconds=1)
    answer = hand_in(site, path, said | {"phieu": old})
    assert answer.status_code == 422
    assert "để quá lâu" in answer.text
    assert written(site) == 0


@pytest.mark.parametrize(("path", "said"), FORMS)
def test_words_of_strangers_stay_words_in_every_field(site: Site, path: str, said: dict[str, str]) -> None:
    hostile = f"\"'>{HOSTILE}{{{{7*7}}}}"
    for name in said:
        answer = hand_in(site, path, said | {name: hostile, "phieu": ticket(site, path)})
        page = html.fromstring(answer.content.decode())
        assert page.xpath("//script|//main//img|//*[@onerror]") == []
        assert "49" not in words(page) or "{{7*7}}" in answer.text
    page = site.page(path)
    assert page.xpath("//script|//main//img|//*[@onerror]") == []


@pytest.mark.parametrize("path", [STOPS, CHECK])
def test_the_page_may_hand_in_to_us_alone(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", [STOPS, CHECK])
def test_what_is_no_form_is_refused(site: Site, path: str) -> None:
    chunked = requests.post(site.url + path, data=iter([b"x"]), timeout=20)
    many = requests.post(site.url + path, data={f"f{n}": "x" for n in range(50)}, timeout=20)
    json = requests.post(site.url + path, json={"a": 1}, timeout=20)
    assert (chunked.status_code, many.status_code, json.status_code) == (411, 400, 422)
    assert written(site) == 0


def test_more_than_any_form_takes_is_not_read(site: Site) -> None:
    import socket

    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(
            f"POST {CHECK} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99000000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_an_office_with_several_services_chooses_one(open_site: Callable[..., Site], tmp_path: Path) -> None:
    (first,) = register().services.values()
    second = replace(first, code="2.000004", name="Dịch vụ khác", targets=(target("b"),))
    site = open_site(register=register(services=[first, second]), settings=Settings(var_dir=tmp_path / "var"))
    assert site.page(STOPS).xpath("//select[@name='dich_vu']/option/@value") == ["2.001474", "2.000004"]
    assert site.page(f"{CHECK}?dich_vu=2.000004").xpath("//input[@name='dich_vu']/@value") == ["2.000004"]
    said = SEEN | {"dich_vu": "2.000004", "noi": "b", "phieu": ticket(site, CHECK)}
    assert hand_in(site, CHECK, said).status_code == 200
    assert hand_in(site, CHECK, said | {"noi": "a", "phieu": ticket(site, CHECK)}).status_code == 422
