"""The key of the day's seals: a file made once, closed to others, never overwritten; another key is told."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Engine

from monitor.core.journal import fingerprint
from monitor.core.period import Span, at
from monitor.store import journal, looks, reading, signatures, writing
from monitor.store.seal_key import SealKeyUnusable, is_signed, seal_key
from monitor.store.signatures import Signature, heads_of
from monitor.store.whole_file import write_once
from tests.monitor.store.given import MONDAY, look


def test_a_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "mới" / "khoa.pem"
    made = seal_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert seal_key(path).public == made.public
    assert [file.name for file in path.parent.iterdir()] == ["khoa.pem"]
    assert "BEGIN" not in repr(made)


def test_many_at_once_make_one_key(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(seal_key(tmp_path / "k.pem").public)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert set(made) == {seal_key(tmp_path / "k.pem").public}


def test_what_it_signs_is_known_to_be_its_own(tmp_path: Path) -> None:
    key, other = seal_key(tmp_path / "a.pem"), seal_key(tmp_path / "b.pem")
    signature = key.sign(b"heads")
    assert is_signed(key.public, signature, b"heads")
    assert not is_signed(other.public, signature, b"heads")
    assert not is_signed(key.public, signature, b"head")
    assert not is_signed("00", signature, b"heads")


def _curve() -> bytes:
    return generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("content", [b"", b"khong phai khoa", _curve()], ids=["empty", "text", "another kind"])
def test_a_file_that_is_no_key_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "khoa.pem"
    path.write_bytes(content)
    with pytest.raises(SealKeyUnusable, match="khôi phục tệp khóa"):
        seal_key(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tệp").write_bytes(b"")
    with pytest.raises(SealKeyUnusable, match="SEAL_KEY_FILE"):
        seal_key(tmp_path / "tệp" / "khoa.pem")


def test_a_fingerprint_can_be_read_out() -> None:
    assert fingerprint("00" * 32) == "6668 7aad f862 bd77 6c8f"


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def torn() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "no space")

    with pytest.raises(OSError, match="no space"):
        write_once(tmp_path / "so.jsonl", torn())
    assert list(tmp_path.iterdir()) == []


def sign(engine: Engine, key_file: Path, day: date) -> bool:
    key = seal_key(key_file)
    with writing(engine) as db:
        heads = heads_of(journal.heads(db))
        made = Signature(day=day.isoformat(), key=key.public, made_at=MONDAY, heads=heads, signature="")
        signed = Signature(day=made.day, key=made.key, made_at=MONDAY, heads=heads, signature=key.sign(made.statement))
        return signatures.add(db, signed)


def test_a_day_has_one_signature_a_key(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as db:
        looks.add(db, [look(0)])
    day = date(2026, 11, 23)
    assert sign(engine, tmp_path / "a.pem", day)
    assert not sign(engine, tmp_path / "a.pem", day)
    assert sign(engine, tmp_path / "b.pem", day)
    with reading(engine) as db:
        assert [(one.day, one.valid) for one in signatures.every(db)] == [("2026-11-23", True)] * 2


def test_a_log_prints_the_newest_seal_of_its_window(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as db:
        looks.add(db, [look(0)])
    monday = date(2026, 11, 16)
    week = Span(start=at(monday), end=at(monday + timedelta(days=7)))
    with reading(engine) as db:
        assert signatures.seals_of(db, week) is None
    for number in (-1, 0, 2, 3, 7):
        sign(engine, tmp_path / "a.pem", monday + timedelta(days=number))
    with reading(engine) as db:
        seals = signatures.seals_of(db, week)
    assert seals is not None
    assert (seals.day, seals.signed, seals.days) == (date(2026, 11, 19), 3, 4)
    assert [(chain, seq) for chain, seq, _ in seals.heads] == [("trung-tâm", 1)]
    assert seals.fingerprint == seal_key(tmp_path / "a.pem").fingerprint
    assert len(seals.signature) == signatures.SHORT
