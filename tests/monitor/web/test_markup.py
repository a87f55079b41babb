"""Every page is sound markup: a language, a title, landmarks, headings in order, tables that say what they are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.core.look import Cause, Verdict
from tests.monitor.web.site import HOSTILE, Site, look

PAGES = ("/", "/letters", "/letters/1", "/nope")


@pytest.fixture
def full(site: Site) -> Site:
    """A site with something of everything on it, words of strangers among them."""
    site.looked(*(look("a", timedelta(minutes=60 + n)) for n in (15, 10)))
    site.looked(*(look("a", timedelta(minutes=n), Verdict.DOWN, Cause.TIMEOUT) for n in (15, 10, 5)))
    site.dossiers({"hostile": 1, HOSTILE: 2, "sct": 3}, name=HOSTILE, set_aside=1)
    site.letter(subject=HOSTILE, to_address=HOSTILE, to_names=(HOSTILE,), text=HOSTILE, html=HOSTILE)
    return site


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_language_a_title_and_its_landmarks(full: Site, path: str) -> None:
    page = full.page(path, 404 if path == "/nope" else 200)
    assert page.get("lang") == "vi"
    assert page.findtext(".//title").strip()
    assert [len(page.findall(f".//{part}")) for part in ("main", "nav", "h1")] == [1, 1, 1]
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert page.xpath("//main/@id") == ["main"]


@pytest.mark.parametrize("path", PAGES)
def test_headings_never_skip_a_level(full: Site, path: str) -> None:
    page = full.page(path, 404 if path == "/nope" else 200)
    levels = [int(one.tag[1]) for one in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_a_table_has_a_caption_and_every_heading_a_scope(full: Site, path: str) -> None:
    page = full.page(path, 404 if path == "/nope" else 200)
    for table in page.iter("table"):
        assert table.findtext("caption")
        assert {cell.get("scope") for cell in table.iter("th")} <= {"col", "row"}


@pytest.mark.parametrize("path", PAGES)
def test_nothing_in_a_page_is_styled_or_scripted_in_place(full: Site, path: str) -> None:
    page = full.page(path, 404 if path == "/nope" else 200)
    assert page.xpath("//@style | //style | //script | //@*[starts-with(name(), 'on')]") == []
    assert [key for key, count in Counter(page.xpath("//@id")).items() if count > 1] == []


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_names_is_on_this_machine(full: Site, path: str) -> None:
    page = full.page(path, 404 if path == "/nope" else 200)
    for address in page.xpath("//@href | //@src"):
        assert not address or address.startswith(("/", "#")), address
        assert not address.startswith("//")


@pytest.mark.parametrize("path", ["/", "/letters", "/letters/1"])
def test_words_of_strangers_stay_words(full: Site, path: str) -> None:
    page = full.page(path)
    assert HOSTILE in page.text_content()
    assert page.xpath("//img") == []
