"""Values in later steps: escaped for their place, and never able to choose the host."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.journey import Unfit, body_of, headers_of, url_of
from monitor.core.service import Step

HOSTILE = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "@khac.vn",
        "//khac.vn/",
        "\\khac.vn",
        "/../..",
        "?x=1#",
        "..",
        ":8080",
        "%2f%2fkhac.vn",
        "\r\nHost: khac.vn",
        "[::1]",
    ]
)
PLACES = st.sampled_from([
    "https://cong.vn/{v}", "https://cong.vn/a/{v}/b?x=1", "https://cong.vn?x={v}", "https://cong.vn:8443/?x={v}#{v}",
    "http://[2001:db8::1]/{v}{v}", "https://cong.vn#{v}",
])  # fmt: skip


@given(PLACES, HOSTILE)
@example("https://cong.vn/{v}", "//khac.vn")
def test_no_value_changes_the_host_that_is_asked(template: str, value: str) -> None:
    asked, written = urlsplit(url_of(Step(url=template), {"v": value})), urlsplit(template)
    assert (asked.scheme, asked.netloc) == (written.scheme, written.netloc)


@pytest.mark.parametrize(
    "url",
    ["https://{v}/", "https://cong.vn{v}/", "https://{v}@cong.vn/", "https://cong.vn:{v}/", "https://{v}.cong.vn/"],
)
def test_a_value_where_the_host_stands_is_refused_whatever_it_is(url: str) -> None:
    with pytest.raises(Unfit, match="máy chủ"):
        url_of(Step(url=url), {"v": "1"})


@given(HOSTILE)
def test_a_query_arrives_as_it_was_taken(value: str) -> None:
    query = urlsplit(url_of(Step(url="https://cong.vn/tim?a=1&v={v}&b=2"), {"v": value})).query
    assert parse_qs(query, keep_blank_values=True) == {"a": ["1"], "v": [value], "b": ["2"]}


@given(HOSTILE)
def test_a_form_arrives_as_it_was_taken(value: str) -> None:
    step = Step(url="https://cong.vn", method="POST", body="v={v}&khac=1")
    assert parse_qs(body_of(step, {"v": value}), keep_blank_values=True) == {"v": [value], "khac": ["1"]}


@given(HOSTILE)
def test_json_says_what_was_taken_and_nothing_else(value: str) -> None:
    step = Step(url="https://cong.vn", headers={"content-type": "application/json"}, body='{"a": {"v": "{v}"}}')
    assert json.loads(body_of(step, {"v": value})) == {"a": {"v": value}}


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0xD7FF)))
def test_xml_says_what_was_taken_and_nothing_else(value: str) -> None:
    step = Step(url="https://cong.vn", headers={"Content-Type": "text/xml"}, body='<a b="{v}">{v}</a>')
    read = ElementTree.fromstring(body_of(step, {"v": value}))
    assert (read.text or "", read.attrib["b"]) == (value, value)


@given(HOSTILE)
def test_a_header_takes_no_line_break(value: str) -> None:
    step = Step(url="https://cong.vn", headers={"X-Ma": "a {v}"})
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        with pytest.raises(Unfit, match=r"\{v\}"):
            headers_of(step, {"v": value})
    else:
        assert headers_of(step, {"v": value}) == {"X-Ma": f"a {value}"}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("{{v}", "{v}"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ("function(){return 1}", "function(){return 1}"),
        ("{V} {1} {}", "{V} {1} {}"),
        ("{{{v}", "{x y"),
    ],
)
def test_braces_around_anything_but_a_name_stay(written: str, sent: str) -> None:
    step = Step(url="https://cong.vn", headers={"Content-Type": "text/plain"}, body=written)
    assert body_of(step, {"v": "x y"}) == sent


def test_a_value_that_was_not_taken_is_named() -> None:
    with pytest.raises(Unfit, match=r"\{ma\}"):
        url_of(Step(url="https://cong.vn/{ma}"), {"v": "1"})
