"""The links of a letter: its words and their twin in HTML have the same, so that no scanner finds another to open."""

from __future__ import annotations

import re
from typing import Any

from jobs import letters
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in

Office = Any


def test_words_and_html_have_the_same_links_and_a_link_of_its_own_for_each_reader(sqlite_office: Office) -> None:
    office = sqlite_office
    office.configured(public_url="http://127.0.0.1:8099")
    office.go_live()
    office.clock.turn_to(moment("25/11/2026 08:00"))
    take_in(office.app, [row("H56.01", appointment="25/11/2026 17:00:00")], office.clock.now())
    office.clock.turn_to(moment("26/11/2026 07:30"))
    letters.slot(office.app, office.clock.now(), office.clock.now())
    found = [
        (
            set(re.findall(r"https?://[^\s<>\"]+", one.message.text)),
            set(re.findall(r'href="(http[^"]+)"', one.message.html)),
        )
        for one in office.letters()
    ]
    assert len(found) == 3
    assert all(words == twin for words, twin in found)
    own = [{link for link in words if "/da-nhan/" in link} for words, _ in found]
    assert all(len(links) == 1 for links in own)
    assert len(set.union(*own)) == 3
