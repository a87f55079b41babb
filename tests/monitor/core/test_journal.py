"""The journal's links: nothing sealed can change, vanish, come in or move unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.journal import (
    GENESIS,
    Broken,
    Entry,
    Fault,
    Row,
    canonical,
    holds,
    link,
    salted,
    seal,
    verify,
    verify_links,
)

Sealed = list[tuple[Entry, list[Row]]]


def chain(length: int = 5, name: str = "thanh-hoa") -> Sealed:
    """A chain of so many commits, two looks each."""
    made: Sealed = []
    for number in range(length):
        rows: list[Row] = [{"target": t, "at": number * 60_000, "verdict": "up", "detail": None} for t in ("a", "b")]
        made.append((link(made[-1][0] if made else None, name, rows), rows))
    return made


def test_what_is_sealed_verifies() -> None:
    sealed = chain()
    assert verify(sealed) is None
    assert verify_links(entry for entry, _ in sealed) is None
    assert [entry.seq for entry, _ in sealed] == [1, 2, 3, 4, 5]
    assert sealed[0][0].previous == GENESIS


def test_the_digest_can_be_computed_by_anyone_from_the_docstring() -> None:
    entry = seal("hà-nội", 7, b"\x01" * 32, [{"b": "Sở Công Thương", "a": 1}])
    text = '["hà-nội",7,"' + "01" * 32 + '",[{"a":1,"b":"Sở Công Thương"}]]'
    assert entry.digest == hashlib.sha256(text.encode()).digest()
    assert len(entry.digest) == 32


def test_the_order_of_columns_does_not_count_the_order_of_rows_does() -> None:
    assert canonical([{"a": 1, "b": 2}]) == canonical([{"b": 2, "a": 1}]) == b'[{"a":1,"b":2}]'
    assert canonical([{"a": 1}, {"a": 2}]) != canonical([{"a": 2}, {"a": 1}])


def test_composed_and_decomposed_letters_are_different_rows() -> None:
    assert canonical([{"a": "ở"}]) != canonical([{"a": "o\u031b\u0309"}])


@pytest.mark.parametrize("value", [1.0, True, b"x", [1]])
def test_what_a_database_may_give_back_differently_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="detail is"):
        canonical([{"detail": value}])  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("number", "change"), [(1, {"verdict": "down"}), (3, {"at": 1}), (5, {"detail": ""}), (2, {"more": 0})]
)
def test_a_changed_row_is_named_by_its_link(number: int, change: Row) -> None:
    sealed = chain()
    rows = sealed[number - 1][1]
    rows[1] = {**rows[1], **change}
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=number, fault=Fault.ROWS_CHANGED)


def test_a_row_taken_out_or_put_in_is_named() -> None:
    sealed = chain()
    sealed[1][1].pop()
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=2, fault=Fault.ROWS_CHANGED)
    sealed = chain()
    sealed[3][1].append({"target": "c"})
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=4, fault=Fault.ROWS_CHANGED)


@pytest.mark.parametrize("gone", [1, 3])
def test_a_link_taken_out_is_missed(gone: int) -> None:
    sealed = chain()
    del sealed[gone - 1]
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=gone + 1, fault=Fault.MISSING)


def test_links_taken_out_and_numbered_anew_do_not_link() -> None:
    sealed = chain()
    entry, rows = sealed.pop(2)
    later = sealed[2][0]
    sealed[2] = (seal(later.chain, entry.seq, later.previous, sealed[2][1]), sealed[2][1])
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=3, fault=Fault.NOT_LINKED)
    assert rows


def test_a_rewritten_link_breaks_the_next_one() -> None:
    sealed = chain()
    old, rows = sealed[1]
    rows[0] = {**rows[0], "verdict": "down"}
    sealed[1] = (seal(old.chain, old.seq, old.previous, rows), rows)
    assert verify(sealed) == Broken(chain="thanh-hoa", seq=3, fault=Fault.NOT_LINKED)


def test_a_link_said_twice_or_moved_is_named() -> None:
    sealed = chain()
    assert verify([*sealed[:2], sealed[1]]) == Broken(chain="thanh-hoa", seq=2, fault=Fault.REPEATED)
    assert verify([sealed[0], sealed[2], sealed[1]]) == Broken(chain="thanh-hoa", seq=3, fault=Fault.MISSING)


def test_a_link_of_another_chain_is_foreign() -> None:
    here, there = chain(), chain(name="ha-noi")
    assert verify([here[0], there[1]]) == Broken(chain="ha-noi", seq=2, fault=Fault.FOREIGN)
    with pytest.raises(ValueError, match="cannot be followed"):
        link(here[0][0], "ha-noi", [])


def test_a_segment_removed_in_the_order_of_retention_leaves_its_head() -> None:
    sealed = chain()
    head = sealed[1][0]
    assert verify(sealed[2:], after=head) is None
    assert verify(sealed[2:]) == Broken(chain="thanh-hoa", seq=3, fault=Fault.MISSING)
    forged = replace(head, digest=b"\x02" * 32)
    assert verify(sealed[2:], after=forged) == Broken(chain="thanh-hoa", seq=3, fault=Fault.NOT_LINKED)


def test_rows_that_are_gone_leave_links_that_hold() -> None:
    sealed = chain()
    assert verify([(entry, None if entry.seq < 3 else rows) for entry, rows in sealed]) is None


def test_erasing_personal_content_leaves_a_tombstone_that_verifies() -> None:
    digest = salted("Nguyễn Văn Ví Dụ", b"0123456789abcdef")
    rows: list[Row] = [{"by": digest, "verdict": "up"}]
    entry = link(None, "thanh-hoa", rows)
    assert holds(entry, rows)
    assert "Nguyễn" not in canonical(rows).decode()
    assert digest != salted("Nguyễn Văn Ví Dụ", b"fedcba9876543210")
    with pytest.raises(ValueError, match="16 bytes"):
        salted("x", b"short")


text_or_number = st.one_of(st.text(), st.integers(), st.none())
rows_of_any_kind = st.lists(st.dictionaries(st.text(), text_or_number))


@given(rows_of_any_kind, rows_of_any_kind)
def test_different_rows_never_seal_alike(one: list[Row], other: list[Row]) -> None:
    entry = seal("a", 1, GENESIS, one)
    assert holds(entry, other) == (one == other)
    assert json.loads(canonical(one)) == one
