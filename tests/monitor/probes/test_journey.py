"""Journeys over a real web server: tokens, an API, redirects, and pages that mean harm."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.core.look import Cause, Verdict
from monitor.core.service import Assertion, Means, Step, Take, Target, Want
from monitor.probes import http
from monitor.probes.outcome import Answer, Egress, Outcome
from monitor.probes.taking import passed
from tests.servers.web import reply

TOKEN = "a\"b'c&d=é +/<>%7B{x}"
"""A value that breaks whatever does not escape it."""
FORM = (
    f"""<form><input type="hidden" name="_csrf" value="{TOKEN.replace("&", "&amp;").replace('"', "&quot;")}"></form>"""
)
TAKE = Take(name="ma", by=Means.SELECTOR, value="input[name=_csrf]", attribute="value", cause=Cause.ACTION_MISSING)
DONE = Assertion(want=Want.XPATH, value="//a[contains(., 'Nộp trực tuyến')]", cause=Cause.ACTION_MISSING)


def walk(*steps: Step, deadline_s: float = 5.0) -> Outcome:
    target = Target(key="t", name="t", steps=steps, deadline_s=deadline_s, public=False)
    (done,) = http.look_all([target], Egress(contact="it@example.vn"), lambda: datetime.now(UTC))
    return done.outcome


class Portal:
    """Hands out a token, takes it back in a form, and knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.first = reply(FORM)

    def __call__(self, request: bytes, connection) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        self.asked.append((first.split(" ")[1], headers, body.decode()))
        page = self.first if len(self.asked) == 1 else reply("<a href='/nop'>Nộp trực tuyến</a>")
        connection.sendall(page)


@pytest.fixture
def portal() -> Portal:
    return Portal()


def test_a_token_goes_from_a_page_into_address_header_and_form(serve: Callable[..., object], portal: Portal) -> None:
    url = serve(portal).url
    outcome = walk(
        Step(url=f"{url}/tim", take=(TAKE,)),
        Step(url=f"{url}/nop?ma={{ma}}", method="POST", headers={"X-Ma": "{ma}"}, body="ma={ma}", assertions=(DONE,)),
    )
    assert outcome.verdict is Verdict.UP, outcome.detail
    path, headers, body = portal.asked[1]
    assert parse_qs(urlsplit(path).query)["ma"] == parse_qs(body)["ma"] == [TOKEN]
    assert headers["x-ma"] == TOKEN


def test_a_value_of_an_api_goes_into_json(serve: Callable[..., object], portal: Portal) -> None:
    portal.first = reply(json.dumps({"ds": [{"id": 17, "ten": TOKEN}]}), Content_Type="application/json")
    url = serve(portal).url
    outcome = walk(
        Step(
            url=f"{url}/api",
            assertions=(Assertion(want=Want.JSON_EXISTS, value="ds[0].id"),),
            take=(
                Take(name="so", by=Means.JSON, value="ds[0].id"),
                Take(name="ten", by=Means.JSON, value="ds[0].ten"),
            ),
        ),
        Step(
            url=f"{url}/tt/{{so}}", method="POST", headers={"Content-Type": "application/json"},
            body='{"ten": "{ten}", "so": {"gia_tri": "{so}"}}', assertions=(DONE,),
        ),
    )  # fmt: skip
    assert outcome.verdict is Verdict.UP, outcome.detail
    assert portal.asked[1][0] == "/tt/17"
    assert json.loads(portal.asked[1][2]) == {"ten": TOKEN, "so": {"gia_tri": "17"}}


@pytest.mark.parametrize(
    ("page", "cause", "said"),
    [
        (reply("<form></form>"), Cause.ACTION_MISSING, "bước 1/2: không lấy được {ma}: input[name=_csrf]"),
        (reply("Hệ thống đang bảo trì"), Cause.BANNER, "bước 1/2: đang bảo trì"),
        (reply("x", status=500), Cause.STATUS, "bước 1/2: 500"),
        (reply("<input name=_csrf value=''>"), Cause.ACTION_MISSING, "không lấy được {ma}"),
        (reply(f"<input name=_csrf value='{'x' * 5000}'>"), Cause.ACTION_MISSING, "{ma} dài 5000 ký tự"),
        (reply("<script>window.bobcmn='/TSPD/'</script>"), Cause.CHALLENGED, "bước 1/2: trang thử thách"),
    ],
    ids=["no field", "banner", "error", "empty", "too long", "shield"],
)
def test_a_step_that_cannot_go_on_is_named(
    serve: Callable[..., object], portal: Portal, *, page: bytes, cause: Cause, said: str
) -> None:
    portal.first = page
    url = serve(portal).url
    outcome = walk(Step(url=url, take=(TAKE,)), Step(url=f"{url}/{{ma}}", assertions=(DONE,)))
    assert (outcome.cause, len(portal.asked)) == (cause, 1)
    assert said in outcome.detail
    assert TOKEN not in outcome.detail


def test_a_failure_of_the_last_step_is_named_too_and_its_total_is_of_all(serve, portal: Portal) -> None:
    url = serve(portal).url
    gone = Assertion(want=Want.NOT_XPATH, value="//a")
    outcome = walk(Step(url=url, take=(TAKE,)), Step(url=f"{url}/{{ma}}", assertions=(gone,)))
    assert (outcome.cause, outcome.detail) == (Cause.CONTENT, "bước 2/2: có: //a")
    assert (outcome.phases.first_byte or 0) <= outcome.phases.total


def test_a_line_break_taken_from_a_page_splits_no_header(serve, portal: Portal) -> None:
    portal.first = reply("<input name=_csrf value='a&#13;&#10;X-Them: 1'>")
    url = serve(portal).url
    outcome = walk(Step(url=url, take=(TAKE,)), Step(url=url, headers={"X-Ma": "{ma}"}, assertions=(DONE,)))
    assert (outcome.cause, len(portal.asked)) == (Cause.CONTENT, 1)
    assert "{ma}: có ký tự điều khiển" in outcome.detail


@pytest.mark.parametrize("status", [302, 307])
def test_what_was_taken_follows_no_redirect_to_a_host_that_no_step_names(serve, portal: Portal, status: int) -> None:
    elsewhere = Portal()
    stranger = serve(elsewhere).url.replace("127.0.0.1", "localhost")
    url = serve(portal).url
    hand_over = serve(reply("", status=status, Location=f"{stranger}/lay")).url
    walk(
        Step(url=url, take=(TAKE,)),
        Step(url=hand_over, method="POST", headers={"X-Ma": "{ma}"}, body="ma={ma}", assertions=(DONE,)),
    )
    assert all("x-ma" not in headers and not body for _, headers, body in elsewhere.asked)
    assert len(elsewhere.asked) == (1 if status == 302 else 0)


def test_a_redirect_within_the_steps_hosts_keeps_the_headers(serve, portal: Portal) -> None:
    url = serve(portal).url
    hop = serve(reply("", status=302, Location=f"{url}/toi")).url
    walk(Step(url=url, take=(TAKE,)), Step(url=hop, headers={"X-Ma": "{ma}"}, assertions=(DONE,)))
    assert "x-ma" in portal.asked[1][1]


def test_a_redirect_is_taken_from_where_it_is_wanted(serve, portal: Portal) -> None:
    portal.first = reply("", status=302, Location="https://khac.vn/ve?ma=77")
    url = serve(portal).url
    found = Assertion(want=Want.STATUS, value="302")
    header = Take(name="ve", by=Means.HEADER, value="Location")
    outcome = walk(
        Step(url=url, assertions=(found,), take=(header,)), Step(url=f"{url}/?ve={{ve}}", assertions=(DONE,))
    )
    assert outcome.verdict is Verdict.UP, outcome.detail
    assert portal.asked[1][0] == "/?ve=https%3A%2F%2Fkhac.vn%2Fve%3Fma%3D77"


def test_the_deadline_is_of_all_steps_together(serve, portal: Portal) -> None:
    slow = serve(lambda request, connection: None)
    slow.answer = slow.hang
    outcome = walk(Step(url=serve(portal).url, take=(TAKE,)), Step(url=f"{slow.url}/{{ma}}"), deadline_s=0.6)
    assert outcome.cause is Cause.TIMEOUT
    assert outcome.detail.startswith("bước 2/2: ")


def answer(body: str, content_type: str = "text/html; charset=utf-8") -> Answer:
    return Answer(url="https://x", status=200, headers={"content-type": content_type, "x-ma": "h"}, body=body.encode())


PAGE = "<p id=a>  Mã\n hồ sơ </p><input name=m value=7><script>token = 'abc-1';</script>"


@pytest.mark.parametrize(
    ("take", "value"),
    [
        (Take(name="v", by=Means.SELECTOR, value="#a"), "Mã hồ sơ"),
        (Take(name="v", by=Means.SELECTOR, value="input", attribute="value"), "7"),
        (Take(name="v", by=Means.XPATH, value="//input/@value"), "7"),
        (Take(name="v", by=Means.XPATH, value="//p"), "Mã hồ sơ"),
        (Take(name="v", by=Means.XPATH, value="count(//p)"), "1.0"),
        (Take(name="v", by=Means.XPATH, value="string(//input/@name)"), "m"),
        (Take(name="v", by=Means.REGEX, value="token = '([^']+)'"), "abc-1"),
        (Take(name="v", by=Means.HEADER, value="X-Ma"), "h"),
    ],
    ids=str,
)
def test_ways_to_take_a_value(take: Take, value: str) -> None:
    assert passed(answer(PAGE), Step(url="https://x", take=(take,)))[1] == {"v": value}


@pytest.mark.parametrize(
    ("expression", "value"),
    [("a", "1"), ("b", "true"), ("c", None), ("d", None), ("e", "x"), ("f", "2.5"), ("g", None)],
)
def test_what_json_gives_is_text_number_or_truth(expression: str, value: str | None) -> None:
    given = answer('{"a": 1, "b": true, "c": [1], "d": {"x": 1}, "e": "x", "f": 2.5, "g": null}', "application/json")
    judgement, values = passed(given, Step(url="https://x", take=(Take(name="v", by=Means.JSON, value=expression),)))
    assert values.get("v") == value
    assert (judgement.cause is Cause.NONE) is (value is not None)


def test_a_regular_expression_finds_what_lies_across_two_windows() -> None:
    take = Take(name="v", by=Means.REGEX, value="ma=(x+);")
    page = "a" * 4090 + "ma=" + "x" * 500 + ";" + "b" * 9000
    assert passed(answer(page), Step(url="https://x", take=(take,)))[1] == {"v": "x" * 500}


def test_no_page_makes_a_regular_expression_hold_up_the_others() -> None:
    take = Take(name="v", by=Means.REGEX, value='([^"]+)"')
    began = time.process_time()
    judgement, _ = passed(answer("a" * 2_000_000), Step(url="https://x", take=(take,)))
    assert judgement.cause is Cause.CONTENT
    assert time.process_time() - began < 10


def test_a_page_of_too_many_elements_is_asked_no_path() -> None:
    path = Assertion(want=Want.XPATH, value="//b")
    judgement, _ = passed(answer("<i></i>" * 20_001), Step(url="https://x", assertions=(path,)))
    assert judgement.cause is Cause.PROBE_FAILED
    assert "20000" in judgement.detail
