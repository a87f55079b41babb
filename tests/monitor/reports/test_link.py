"""Personal links: signed, dated, and the key that signs them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.reports.link import (
    KEY_FILE,
    LinkExpired,
    LinkKeyUnusable,
    LinkUnknown,
    Pass,
    address,
    allowed_by,
    link_key,
    token,
)

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
PASS = Pass(agency="so-cong-thuong", post="so-cong-thuong/head", until=NOW + timedelta(days=14), requests=(3, 5))


def test_a_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    key = link_key(tmp_path / "var")
    assert link_key(tmp_path / "var") == key
    assert (tmp_path / "var" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert link_key(tmp_path / "other") != key


@pytest.mark.parametrize("content", [b"short\n", "khóa".encode() * 20], ids=["short", "no-key"])
def test_a_key_that_is_none_is_named_with_its_mend(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(LinkKeyUnusable, match="khoa-lien-ket"):
        link_key(tmp_path)


def test_a_link_gives_back_its_pass_until_its_time_is_over() -> None:
    said = token("k" * 40, PASS)
    assert allowed_by("k" * 40, said, NOW) == PASS
    assert allowed_by("k" * 40, said, PASS.until - timedelta(milliseconds=1)) == PASS
    with pytest.raises(LinkExpired) as told:
        allowed_by("k" * 40, said, PASS.until)
    assert told.value.args == (PASS,)


@pytest.mark.parametrize("way", ["cut", "altered", "other-key", "empty", "long", "other-words"])
def test_no_other_link_opens_anything(way: str) -> None:
    from itsdangerous import URLSafeSerializer

    said = token("k" * 40, PASS)
    forged = {
        "cut": said[:-3],
        "altered": said[:4] + ("A" if said[4] != "A" else "B") + said[5:],
        "other-key": token("x" * 40, PASS),
        "empty": "",
        "long": "A" * 5000,
        "other-words": str(URLSafeSerializer("k" * 40, salt="tthc-monitor/giai-trinh").dumps({"agency": "x"})),
    }[way]
    with pytest.raises(LinkUnknown):
        allowed_by("k" * 40, forged, NOW)


@pytest.mark.parametrize("public", ["https://giamsat.thanhhoa.gov.vn", "https://giamsat.thanhhoa.gov.vn/"])
def test_an_address_has_one_slash_between(public: str) -> None:
    assert address(public, "/giai-trinh", "abc") == "https://giamsat.thanhhoa.gov.vn/giai-trinh/abc"
