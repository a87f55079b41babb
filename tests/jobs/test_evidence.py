"""What a look brought home: kept under its digest, within bounds, without what leads to a person."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from jobs import evidence
from monitor.core.look import Cause, Evidence, Kind, Look, Phases, Verdict
from monitor.store.keeping import keep_given, place

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def look(**more: object) -> Look:
    said: dict[str, object] = {
        "verdict": Verdict.DOWN,
        "cause": Cause.ACTION_MISSING,
        "status": 200,
        "detail": "thiếu: Nộp",
    }
    return Look(
        service="2.001474", target="t", vantage="v", kind=Kind.BROWSER, at=AT, received_at=AT, valid_for_ms=600_000,
        phases=Phases(total=120), **said | more,  # type: ignore[arg-type]
    )  # fmt: skip


def listed(folder: Path, digest: str) -> dict[str, object]:
    content = place(folder, digest, "json").read_bytes()
    assert sha256(content).hexdigest() == digest
    found: dict[str, object] = json.loads(content)
    return found


def test_page_and_picture_are_files_named_by_their_digest(tmp_path: Path) -> None:
    page, picture = "<p>Khuyến mại</p>".encode(), b"\x89PNG..."
    digest = evidence.keep(tmp_path, look(), Evidence(headers={"server": "x"}, body=page, screenshot=picture))
    known = listed(tmp_path, digest)
    assert place(tmp_path, str(known["body"]), "html").read_bytes() == page
    assert place(tmp_path, str(known["screenshot"]), "png").read_bytes() == picture
    assert known["body_sha256"] == sha256(page).hexdigest()
    assert (known["verdict"], known["cause"], known["at"]) == ("down", "action_missing", AT.isoformat())


def test_the_same_page_is_kept_once(tmp_path: Path) -> None:
    digests = {evidence.keep(tmp_path, look(detail=str(n)), Evidence(body=b"x")) for n in range(3)}
    assert len(digests) == 3
    assert len(list(tmp_path.rglob("*.html"))) == 1
    assert [path for path in tmp_path.rglob(".*") if path.is_file()] == []


def test_what_leads_to_a_person_is_masked_and_the_rest_stays_byte_for_byte(tmp_path: Path) -> None:
    page = "<p>Hỏi chị A, 0912345678, a.b@thanhhoa.gov.vn, CCCD 038012345678; mã 2.001474</p>".encode() + b"\xff\xfe"
    headers = {"x-contact": "a@b.vn", "set-cookie": "phien=bi-mat"}
    digest = evidence.keep(tmp_path, look(), Evidence(headers=headers, body=page))
    known = listed(tmp_path, digest)
    kept = place(tmp_path, str(known["body"]), "html").read_bytes()
    assert kept == "<p>Hỏi chị A, ***, ***, CCCD ***; mã 2.001474</p>".encode() + b"\xff\xfe"
    assert known["headers"] == {"x-contact": "***"}
    assert known["body_sha256"] == sha256(page).hexdigest()


def test_what_is_kept_has_bounds(tmp_path: Path) -> None:
    found = Evidence(body=b"x" * (evidence.MOST_BODY + 7), screenshot=b"x" * (evidence.MOST_PICTURE + 1))
    known = listed(tmp_path, evidence.keep(tmp_path, look(), found))
    assert place(tmp_path, str(known["body"]), "html").stat().st_size == evidence.MOST_BODY
    assert known["body_bytes"] == evidence.MOST_BODY + 7
    assert "screenshot" not in known


@pytest.mark.parametrize("piece", ["a", "@", "a@a.", "0 ", "1", "a.a@", "<", "84("])
def test_no_page_is_slow_to_mask(tmp_path: Path, piece: str) -> None:
    began = time.monotonic()
    evidence.keep(tmp_path, look(), Evidence(body=(piece * evidence.MOST_BODY)[: evidence.MOST_BODY].encode()))
    assert time.monotonic() - began < 2


def test_a_persons_file_is_kept_as_it_is(tmp_path: Path) -> None:
    picture = tmp_path / "Ảnh màn hình.PNG"
    picture.write_bytes(b"\x89PNG 0912345678")
    digest = keep_given(tmp_path / "var", picture)
    assert place(tmp_path / "var", digest, "png").read_bytes() == picture.read_bytes()


def test_a_place_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("")
    with pytest.raises(OSError):
        evidence.keep(tmp_path, look(), Evidence(body=b"x"))
