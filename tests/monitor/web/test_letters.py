"""The letters: a list, one letter with its way, its body as a page that can do nothing, its files as downloads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.message import Attachment
from monitor.store import LetterState, letters, writing
from tests.monitor.web.site import NOW, Site, words


def test_the_list_shows_the_newest_first_and_says_how_many_there_are(site: Site) -> None:
    for number in range(103):
        site.letter(key=str(number), subject=f"Thư số {number}")
    page = site.page("/letters")
    titles = [words(cell) for cell in page.xpath("//tbody/tr/th")]
    assert len(titles) == 100
    assert titles[0] == "Thư số 102"
    assert "103 thư." in words(page)


def test_older_letters_are_on_the_next_page(site: Site) -> None:
    for number in range(103):
        site.letter(key=str(number), subject=f"Thư số {number}")
    (older,) = site.page("/letters").xpath("//a[@rel='next']/@href")
    page = site.page(older)
    assert [words(cell) for cell in page.xpath("//tbody/tr/th")] == ["Thư số 2", "Thư số 1", "Thư số 0"]
    assert "Trang 2/2" in words(page)
    assert page.xpath("//a[@rel='prev']/@href") == ["/letters"]
    assert page.xpath("//a[@rel='next']") == []


def test_letters_of_one_state_can_be_read_alone(site: Site) -> None:
    for number in range(102):
        site.letter(key=str(number), subject=f"Thư số {number}", state=LetterState.DEAD)
    site.letter(key="held", subject="Thư giữ", state=LetterState.HELD)
    (dead,) = (a for a in site.page("/letters").xpath("//ul[@class='filter']//a") if words(a) == "Không gửi được (102)")
    page = site.page(dead.get("href"))
    assert "Thư giữ" not in words(page)
    assert "102 thư không gửi được." in words(page)
    (older,) = page.xpath("//a[@rel='next']/@href")
    assert [words(cell) for cell in site.page(older).xpath("//tbody/tr/th")] == ["Thư số 1", "Thư số 0"]


@pytest.mark.parametrize("asked", ["trang=0", "trang=2", "trang=x", "trang=99999999999999999999", "trangthai=la"])
def test_a_page_of_the_list_that_is_not_there_is_said_not_to_be(site: Site, asked: str) -> None:
    site.letter()
    answer = site.get(f"/letters?{asked}")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text


def test_a_state_that_no_letter_is_in_any_more_says_so(site: Site) -> None:
    site.letter()
    assert "Không có thư nào ở tình trạng này" in site.text("/letters?trangthai=dead")


def test_an_empty_list_says_when_letters_are_written(site: Site) -> None:
    assert "Chưa có thư nào. Thư được soạn lúc 07:30 và 13:30" in site.text("/letters")


def test_a_letter_is_framed_so_that_it_can_do_nothing(site: Site) -> None:
    number = site.letter()
    (frame,) = site.page(f"/letters/{number}").xpath("//iframe")
    assert frame.get("src") == f"/letters/{number}/body"
    assert frame.get("sandbox") == ""
    assert frame.get("title")
    policy = site.get(f"/letters/{number}/body").headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_a_letter_tells_its_way(site: Site) -> None:
    number = site.letter(state=LetterState.WAITING)
    with writing(site.engine) as db:
        (taken,) = letters.claim(db, NOW, 5, 60)
        letters.retry(db, taken.id, "451 <b>bận</b>", NOW + timedelta(minutes=1), uncertain=False)
    with writing(site.engine) as db:
        letters.claim(db, NOW + timedelta(minutes=1), 5, 60)
        letters.accepted(db, number, "250 đã nhận", NOW + timedelta(minutes=1))
    (way,) = site.page(f"/letters/{number}").find_class("way")
    assert [words(step) for step in way] == [
        "08:05:00 26/11/2026: soạn xong; từ lúc này nội dung không đổi nữa.",
        "14:05:00 26/11/2026: chờ gửi – 451 <b>bận</b>.",
        "14:06:00 26/11/2026: máy chủ thư đã nhận – 250 đã nhận.",
    ]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LetterState.HELD, "Giữ lại: đang chạy thử"),
        (LetterState.NO_ADDRESS, "danh bạ chưa có địa chỉ của người nhận"),
        (LetterState.DEAD, "tthc outbox retry"),
        (LetterState.WAITING, "Lần gửi tới: 14:05:00 26/11/2026"),
    ],
)
def test_a_letter_that_does_not_leave_says_why(site: Site, state: LetterState, said: str) -> None:
    assert said in site.text(f"/letters/{site.letter(state=state)}")


def test_files_come_as_downloads_under_their_own_name(site: Site) -> None:
    files = (
        Attachment(name="báo cáo\r\nX: y.html", media_type="text/html", content=b"<script>1</script>"),
        Attachment(name="dai.png", media_type="image/png", content=b"\x89PNG", cid="dai"),
    )
    number = site.letter(attachments=files, html='<img src="cid:dai">')
    answer = site.get(f"/letters/{number}/attachments/0")
    assert answer.content == b"<script>1</script>"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''b%C3%A1o%20c%C3%A1o%0D%0AX%3A%20y.html"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X" not in answer.headers
    assert 'src="data:image/png;base64,' in site.get(f"/letters/{number}/body").text


def test_a_letter_without_html_is_shown_as_its_text(site: Site) -> None:
    number = site.letter(html="", text="1 < 2\nđủ dòng")
    assert "1 &lt; 2\nđủ dòng" in site.get(f"/letters/{number}/body").text


@pytest.mark.parametrize(
    "path",
    [
        "/letters/0", "/letters/-1", "/letters/2", "/letters/abc", "/letters/99999999999999999999", "/letters/1/nope",
        "/letters/2/body", "/letters/1/attachments/0", "/letters/1/attachments/-1", "/letters/1/attachments/x", "/nope",
        "/static/nope.css", "/static/../app.py", "/static/%2e%2e/app.py",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_so_on_a_page(site: Site, path: str) -> None:
    site.letter()
    assert "Không có trang này" in site.text(path, 404)
