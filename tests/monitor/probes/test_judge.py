"""Usable, not usable, or not to be told: the verdict on one answer."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from time import monotonic

import pytest

from monitor.core.look import Cause, Verdict
from monitor.core.service import Assertion, Step, Want
from monitor.probes.judge import retry_after, verdict
from monitor.probes.outcome import Answer

TITLE = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại"
PAGE = f"""<!doctype html><html><head><title>{TITLE}</title></head><body><p>Mã thủ tục: 2.001474</p>
<a class="nop" href="/nop">Nộp&nbsp;<b>trực</b> tuyến</a></body></html>"""
SHIELD = (
    '<html><head><script src="/TSPD/08?type=9"></script><script>window["bobcmn"]="1"</script></head>'
    "<body><noscript>Please enable JavaScript to view the page content.</noscript></body></html>"
)

WANTED = (
    Assertion(want=Want.TEXT, value="2.001474", cause=Cause.WRONG_PAGE),
    Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING),
)


def judged(
    page: str | bytes, *assertions: Assertion, status: int = 200, challenge: tuple[str, ...] = (), **headers: str
) -> tuple[Verdict, Cause]:
    body = page.encode() if isinstance(page, str) else page
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(url="http://127.0.0.1/", status=status, headers=named, body=body)
    result = verdict(answer, Step(url=answer.url, assertions=assertions or WANTED), challenge)
    return result.verdict, result.cause


def test_a_page_with_code_and_action_is_usable() -> None:
    assert judged(PAGE) == (Verdict.UP, Cause.NONE)


@pytest.mark.parametrize(
    "written",
    [
        unicodedata.normalize("NFD", PAGE),
        PAGE.replace("&nbsp;", " ").upper(),
        PAGE.replace("trực</b> tuyến", "trực</b>\n\t  tuyến"),
        PAGE.replace("Nộp&nbsp;", "N&#7897;p "),
        PAGE.replace("tuyến", "tuy\u200bến"),
        PAGE.encode("utf-16"),
        b"\xef\xbb\xbf" + PAGE.encode(),
    ],
    ids=["NFD", "capitals", "white space", "entities", "zero width", "UTF-16", "BOM"],
)
def test_however_it_is_written_it_is_the_same_text(written: str | bytes) -> None:
    assert judged(written)[0] is Verdict.UP


@pytest.mark.parametrize(
    ("meta", "headers"),
    [("", {"content_type": "text/html; charset=windows-1252"}), ('<meta charset="windows-1252">', {})],
    ids=["header", "meta"],
)
def test_the_charset_is_the_one_the_page_names(meta: str, headers: dict[str, str]) -> None:
    page = f"{meta}<p>Thủ tục 2.001474 – À là một</p>".encode("windows-1252", "ignore")
    assert judged(page, Assertion(want=Want.TEXT, value="2.001474 – à là"), **headers)[0] is Verdict.UP


@pytest.mark.parametrize(
    ("hidden", "cause"),
    [
        ("<!-- <a>Nộp trực tuyến</a> -->", Cause.ACTION_MISSING),
        ("<script>var nut = 'Nộp trực tuyến'</script>", Cause.ACTION_MISSING),
        ("<style>.x:after{content:'Nộp trực tuyến'}</style>", Cause.ACTION_MISSING),
        ("<template>Nộp trực tuyến</template>", Cause.ACTION_MISSING),
        ('<a title="Nộp trực tuyến">Tra cứu</a>', Cause.ACTION_MISSING),
        ("<p>Nộp</p><p>trực tuyến</p>", Cause.NONE),
    ],
)
def test_an_action_counts_only_where_a_person_can_see_it(hidden: str, cause: Cause) -> None:
    assert judged(f"<p>2.001474</p>{hidden}")[1] is cause


def test_the_shield_answers_with_200_and_says_nothing() -> None:
    assert judged(SHIELD) == (Verdict.UNKNOWN, Cause.CHALLENGED)
    assert judged(SHIELD, Assertion(want=Want.STATUS, value="200"))[1] is Cause.CHALLENGED


def test_a_page_that_only_carries_the_shields_script_is_judged_by_its_words() -> None:
    script = "<script>window['bobcmn']='1'</script>"
    assert judged(PAGE.replace("<body>", f"<body>{script}"))[0] is Verdict.UP
    assert judged(f"{script}<p>2.001474</p><p>Tra cứu</p>") == (Verdict.DOWN, Cause.ACTION_MISSING)
    assert judged(f"{script}<p>{'Một thủ tục khác hẳn. ' * 300}</p>") == (Verdict.DOWN, Cause.WRONG_PAGE)


def test_a_targets_own_mark_of_a_shield_counts_on_a_page_of_any_length() -> None:
    assert judged(f"<i>khiên-7</i>{'x ' * 9000}", challenge=("khiên-7",)) == (Verdict.UNKNOWN, Cause.CHALLENGED)


@pytest.mark.parametrize(
    ("body", "status", "headers", "expected"),
    [
        ("", 429, {}, (Verdict.UNKNOWN, Cause.RATE_LIMITED)),
        ("<p>bận</p>", 503, {"retry_after": "120"}, (Verdict.UNKNOWN, Cause.RATE_LIMITED)),
        ("<p>Hệ thống đang bảo trì</p>", 503, {"retry_after": "120"}, (Verdict.DOWN, Cause.BANNER)),
        ("<p>Hệ thống đang bảo trì</p>", 200, {}, (Verdict.DOWN, Cause.BANNER)),
        ("<p>lỗi</p>", 503, {}, (Verdict.DOWN, Cause.STATUS)),
        (PAGE, 500, {}, (Verdict.DOWN, Cause.STATUS)),
        ("<p>x</p>", 404, {}, (Verdict.DOWN, Cause.STATUS)),
        ("<p>Không tìm thấy trang bạn yêu cầu</p>", 200, {}, (Verdict.DOWN, Cause.WRONG_PAGE)),
        ("<p>Thủ tục khác, mã 1.003310</p>", 200, {}, (Verdict.DOWN, Cause.WRONG_PAGE)),
        ("", 200, {}, (Verdict.DOWN, Cause.WRONG_PAGE)),
        ("<p>Nhập mã xác nhận: bạn không phải là robot</p>", 200, {}, (Verdict.UNKNOWN, Cause.CHALLENGED)),
        ("<h1>The requested URL was rejected.</h1>Your support ID is 7", 200, {}, (Verdict.UNKNOWN, Cause.CHALLENGED)),
        ("", 407, {}, (Verdict.UNKNOWN, Cause.OWN_NETWORK)),
        ("<h1>FortiGuard Intrusion Prevention</h1> Web Page Blocked", 403, {}, (Verdict.UNKNOWN, Cause.OWN_NETWORK)),
        ("<h1>ERROR</h1>", 503, {"x_squid_error": "ERR_DNS_FAIL 0"}, (Verdict.UNKNOWN, Cause.OWN_NETWORK)),
    ],
)  # fmt: skip
def test_what_answered_instead_is_named(
    body: str, status: int, headers: dict[str, str], expected: tuple[Verdict, Cause]
) -> None:
    assert judged(body, status=status, **headers) == expected


def test_a_working_page_may_speak_of_maintenance_to_come() -> None:
    assert judged(PAGE.replace("</body>", "<p>Hệ thống bảo trì ngày 5/12</p></body>"))[0] is Verdict.UP


def test_a_missing_title_says_more_than_a_missing_action() -> None:
    assert judged("<p>trang chủ</p>", *reversed(WANTED))[1] is Cause.WRONG_PAGE


@pytest.mark.parametrize(
    ("want", "value", "good"),
    [
        (Want.SELECTOR, "a.nop[href]", True),
        (Want.SELECTOR, "a.tra-cuu", False),
        (Want.NOT_SELECTOR, "a.tra-cuu", True),
        (Want.NOT_SELECTOR, "a.nop", False),
        (Want.NOT_TEXT, "đang bận", True),
        (Want.NOT_TEXT, "NỘP TRỰC TUYẾN", False),
        (Want.STATUS, "200,304", True),
        (Want.STATUS, "2xx", True),
        (Want.STATUS, "204", False),
    ],
)
def test_each_assertion_is_asked(want: Want, value: str, good: bool) -> None:
    assert (judged(PAGE, Assertion(want=want, value=value))[0] is Verdict.UP) is good


@pytest.mark.parametrize(
    ("body", "expression", "good"),
    [
        ('{"data": [{"ma": "2.001474"}]}', "data[?ma=='2.001474'] | [0]", True),
        ('{"data": []}', "data[0]", False),
        ("<html>", "data", False),
        ("[" * 100_000, "data", False),
        ('{"data": 1e999}', "ceil(data) > `0`", False),
        ('{"data": [{"a": 1}, {"a": "x"}]}', "max_by(data, &a)", False),
    ],
)
def test_json_is_asked_by_jmespath(body: str, expression: str, good: bool) -> None:
    assert (judged(body, Assertion(want=Want.JSON, value=expression))[0] is Verdict.UP) is good


@pytest.mark.parametrize(("want", "value"), [(Want.SELECTOR, "a["), (Want.JSON, "data[?")])
def test_an_assertion_that_is_no_question_is_our_own_failure(want: Want, value: str) -> None:
    assert judged(PAGE, Assertion(want=want, value=value)) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)


@pytest.mark.parametrize("mark", ["<!--", "<script>", "<a ", "<", "&#", "<style>" * 3 + "</"])
def test_no_page_is_slow_to_read(mark: str) -> None:
    began = monotonic()
    judged(mark * (1_000_000 // len(mark)))
    assert monotonic() - began < 2


def test_a_page_cut_before_its_end_is_not_held_against_it() -> None:
    answer = Answer(url="http://127.0.0.1/", status=200, body=b"x" * 100, cut=True)
    assert verdict(answer, Step(url=answer.url, assertions=WANTED)).cause is Cause.PROBE_FAILED


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120.0),
        (503, "0", 0.0),
        (503, "999999999999", 86_400.0),
        (429, "Tue, 24 Nov 2026 03:10:00 GMT", 600.0),
        (429, "Tue, 24 Nov 2026 02:00:00 GMT", 0.0),
        (429, "lát nữa", None),
        (429, "", None),
        (200, "120", None),
        (503, "Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
        (429, "1 Jan 2026 00:00:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(status: int, value: str, seconds: float | None) -> None:
    answer = Answer(url="", status=status, headers={"retry-after": value} if value else {})
    assert retry_after(answer, datetime(2026, 11, 24, 3, 0, tzinfo=UTC)) == seconds
