"""What a person can read on a page, whatever its source is like."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.probes.outcome import Answer
from monitor.probes.page import Page, Unreadable, fold

ACTION = "Nộp trực tuyến"


def page(source: str | bytes, **headers: str) -> Page:
    body = source.encode() if isinstance(source, str) else source
    return Page(Answer(url="", status=200, body=body, headers=headers))


@pytest.mark.parametrize(
    "source",
    [
        f"<a>{ACTION}</a>",
        f"<SCRIPT>var x = 1</SCRIPT><a>{ACTION}</a>",
        f"<script>for(i=0;i<a.length;i++){{x<b}}</script><a>{ACTION}</a>",
        f"<script>document.write('<a>')</script ><a>{ACTION}</a>",
        f"<!-- cũ --><a>{ACTION}</a><!-- hết -->",
        f"<!--><a>{ACTION}</a>",
        f"<!-- cũ --!><a>{ACTION}</a>",
        f'<a title="1 > 2">{ACTION}</a>',
        f"<a title='<!--'>{ACTION}</a>",
        f'<a title="<script>">{ACTION}</a>',
        f'<div class="a"">{ACTION}</div>',
        f"<a href=x'>{ACTION}</a>",
        f"<style-guide>{ACTION}</style-guide>",
        f"<template-x>{ACTION}</template-x>",
        f"<p>3 < 5, {ACTION}</p>",
        "<a>Nộp <b>trực</b> tuy<i>ến</i></a>",
        "<a>N&#7897;p tr&#x1ef1;c&nbsp;tuyến</a>",
        unicodedata.normalize("NFD", f"<a>{ACTION}</a>"),
        unicodedata.normalize("NFD", f"<script>x<b</script><a>{ACTION}</a>"),
        f"<template>{ACTION}</template><a>{ACTION}</a>",
        f"<script>'{ACTION}'</script><a>{ACTION.upper()}</a>",
        ACTION,
    ],
)
def test_words_a_person_reads_are_on_the_page(source: str) -> None:
    assert page(source).says(ACTION)


@pytest.mark.parametrize(
    "source",
    [
        f"<!-- <a>{ACTION}</a> -->",
        f"<!-- x > y -- > {ACTION} -->",
        f"<script>a = '</scr' + 'ipt>'; b = '{ACTION}'</script>",
        f"<script>if (a<b) x = '<a>{ACTION}</a>'</script>",
        f"<script type='text/x'>{ACTION}",
        f"<STYLE>a:after {{content: '{ACTION}'}}</STYLE>",
        f"<template><a>{ACTION}</a></template>",
        f'<a title="{ACTION}">Tra cứu</a>',
        f"<a title='{ACTION}'>Tra cứu</a>",
        f'<a data-html="<b>{ACTION}</b>">Tra cứu</a>',
        f"<a data-html = '<b>x</b> {ACTION}'>Tra cứu</a>",
        f'<img alt="a > b {ACTION}">',
        f'<a title="chưa đóng {ACTION}',
        unicodedata.normalize("NFD", f"<script>'{ACTION}'</script>"),
        "<p>Nộp trực</p>",
        "<p>Nộp</p><!-- --><p>hồ sơ</p><p>trực tuyến</p>",
        "",
    ],
)
def test_words_in_the_source_alone_are_not(source: str) -> None:
    assert not page(source).says(ACTION)


@pytest.mark.parametrize("visible", ["", "Tra cứu", f"<a>{ACTION}</a>"])
def test_where_a_browser_says_what_is_visible_its_word_counts(visible: str) -> None:
    answer = Answer(url="", status=200, body=f"<a>{ACTION}</a>".encode(), visible=visible)
    assert Page(answer).says(ACTION) is (ACTION in visible)


class Reader(HTMLParser):
    """The words outside of tags, as the standard library's parser tells them apart."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in {"script", "style"}:
            self.hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


INSIDE = st.sampled_from(["x", " ", ">", "<", "<b>", "</b>", "<!--", "-->", "nút", "=", "<script>"])
TEXT = st.lists(st.sampled_from(["nút", "x", " ", "&lt;", "→"]), max_size=4).map("".join)
QUOTED = st.lists(INSIDE, max_size=4).map("".join)
PIECES = st.one_of(
    TEXT,
    st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<br/>", "<td class=x>"]),
    QUOTED.map(lambda value: f'<a title="{value}">'),
    QUOTED.map(lambda value: f"<i data-x = '{value}' y>"),
    QUOTED.map(lambda value: f"<!-- {value.replace('-->', '').replace('<!--', '')} -->"),
    QUOTED.map(lambda value: f"<script>{value.replace('<!--', '').replace('<script>', '')}</script>"),
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_another_parser_reads_the_same_words(source: str) -> None:
    reader = Reader()
    reader.feed(source)
    reader.close()
    expected = "nút" in "".join(reader.words)
    assert page(source).says("nút") is expected


@pytest.mark.parametrize(
    "text",
    ["NỘP  TRỰC\n\ttuyến", " Nộp trực tuyến ", unicodedata.normalize("NFD", ACTION), "Nộp\u200b trực tuyến\ufeff"],
)
def test_text_is_compared_without_regard_to_how_it_is_written(text: str) -> None:
    assert fold(text) == fold(ACTION)


def test_a_selector_is_asked_of_the_tree_and_an_empty_page_has_none() -> None:
    assert page("<a class='nop'>x</a>").has("a.nop")
    assert not page("").has("a.nop")
    assert not page("<!-- -->").has("a")
    with pytest.raises(Unreadable, match="CSS"):
        page("<a>").has("a[")


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        ("Điều kiện".encode("utf-16"), {}),
        ("Điều kiện".encode("windows-1258", "replace"), {"content-type": "text/html; charset=windows-1258"}),
        ("Điều kiện".encode(), {"content-type": "text/html; charset=khong-co"}),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=utf-8">' + "Điều kiện".encode(), {}),
    ],
)
def test_a_page_is_read_in_its_own_charset(source: bytes, headers: dict[str, str]) -> None:
    assert "đi" in page(source, **headers).text
