"""Another machine hands in its looks over HTTP: with its key only, in order, each once, none that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.store import journal, looks, reading, replica, writing
from tests.monitor.web.site import NOW, Site, look
from tests.servers.sqlite import new_store

AWAY, KEY = "so-cong-thuong", "một khóa dài".encode().hex()
MINE = {"Authorization": f"Bearer {KEY}"}
PLACE = f"/api/v1/vantages/{AWAY}"


@pytest.fixture
def receiving(open_site: Callable[..., Site]) -> Site:
    return open_site(settings=Settings(vantage_keys=f"{AWAY}={sha256(KEY.encode()).hexdigest()}"))


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Engine]:
    """The other machine's database, with five links."""
    engine = new_store(tmp_path / "away.db")
    for place in range(5, 0, -1):
        with writing(engine) as db:
            looks.add(db, [replace(look("a", place * timedelta(minutes=5)), vantage=AWAY)])
    yield engine
    engine.dispose()


def links(away: Engine) -> list[dict[str, Any]]:
    with reading(away) as db:
        return [
            {"seq": e.seq, "previous": e.previous.hex(), "digest": e.digest.hex(), "rows": [dict(r) for r in one.rows]}
            for one in replica.after(db, AWAY, 0, 100)
            for e in [one.entry]
        ]


def handed(site: Site, some: Any, headers: dict[str, str] | None = None, name: str = AWAY) -> requests.Response:
    place = f"{site.url}/api/v1/vantages/{name}/links"
    return requests.post(place, json={"links": some}, headers=MINE if headers is None else headers, timeout=20)


def test_looks_handed_in_are_kept_and_the_vantage_counts_as_heard(receiving: Site, away: Engine) -> None:
    assert receiving.get(PLACE, headers=MINE).json() == {"vantage": AWAY, "seq": 0, "digest": "00" * 32}
    every = links(away)
    assert handed(receiving, every[:3]).json() == {"vantage": AWAY, "seq": 3}
    assert handed(receiving, every).json()["seq"] == 5
    assert receiving.get(PLACE, headers=MINE).json()["digest"] == every[-1]["digest"]
    with reading(receiving.engine) as db:
        assert [(one.name, one.entries, one.intact) for one in journal.verify_all(db)] == [(AWAY, 5, True)]
        assert replica.heard(db, AWAY) == NOW
    assert receiving.get("/api/v1/services/2.001474").json()["state"] == "up"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, AWAY),
        ({"Authorization": "Bearer wrong"}, AWAY),
        ({"Authorization": f"Basic {KEY}"}, AWAY),
        ({"Authorization": "Bearer "}, AWAY),
        (MINE, "trung-tam"),
        (MINE, "so-chung"),
    ],
    ids=["none", "wrong", "basic", "empty", "other", "own-chain"],
)
def test_without_its_key_nobody_hands_in_anything(
    receiving: Site, away: Engine, headers: dict[str, str], name: str
) -> None:
    answer = handed(receiving, links(away), headers, name)
    assert (answer.status_code, "VANTAGE_KEYS" in answer.json()["error"]) == (401, True)
    assert receiving.get(f"/api/v1/vantages/{name}", headers=headers).status_code == 401
    with reading(receiving.engine) as db:
        assert journal.heads(db) == []


def test_a_gap_is_refused_by_name_and_nothing_is_kept(receiving: Site, away: Engine) -> None:
    every = links(away)
    answer = handed(receiving, [every[0], every[2]])
    assert (answer.status_code, answer.json()["error"]) == (409, "mục 3 không nối tiếp mục 1")
    assert receiving.get(PLACE, headers=MINE).json()["seq"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"links":[{}]}',
        b'{"links":[{"seq":"1","previous":"","digest":"","rows":[]}]}',
        b"[" * 99_999,
    ],
)
def test_what_is_no_list_of_links_is_a_mistake_of_the_sender(receiving: Site, body: bytes) -> None:
    answer = requests.post(f"{receiving.url}{PLACE}/links", data=body, headers=MINE, timeout=20)
    assert answer.status_code == 400


def test_more_than_a_request_may_hold_is_refused(receiving: Site) -> None:
    answer = requests.post(f"{receiving.url}{PLACE}/links", data=b" " * (4 << 20) + b"x", headers=MINE, timeout=20)
    assert answer.status_code == 413


def test_where_no_keys_are_set_nobody_is_listened_to(site: Site, away: Engine) -> None:
    assert handed(site, links(away)).status_code == 404
