"""An export in the verifier's hands: whatever somebody alters in it is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.verifier.tthc_verify import Head, Unreadable
from tests.monitor.verifier.exported import (
    AWAY,
    KEY,
    LOOKS,
    OTHER_KEY,
    OWN,
    altered,
    erase,
    export,
    fill,
    found,
    links_of,
    public,
    resealed,
    row_of,
    sign,
    verified,
)
from tests.servers.sqlite import new_store

FACTS = {
    "look", "panel", "exhibit", "manual_check", "notice", "notice_withdrawn", "interruption_opened",
    "interruption_closed", "event", "remark", "suspicion", "suspicion_ruling", "publication",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    engine = new_store(tmp_path_factory.mktemp("so") / "tthc.db")
    fill(engine)
    lines = export(engine)
    engine.dispose()
    return lines


def unsigned(lines: list[bytes]) -> list[bytes]:
    """Without the day's signatures, as if there had never been any."""
    kept = [line for line in lines if not line.startswith(b'{"signature"')]
    return [*kept[:-1], altered(kept[-1], lambda read: read["end"].update(signatures=0))]


def test_an_export_nobody_touched_holds(whole: list[bytes]) -> None:
    answer = verified(whole, keys=[public(KEY)])
    assert answer.findings == []
    assert [(one.period, one.edition, one.equal) for one in answer.publications] == [("hai giờ", 1, True)]
    assert {row["fact"] for line in whole for row in json.loads(line).get("rows", ())} == FACTS


def test_every_field_of_every_kind_of_row_is_sealed(whole: list[bytes]) -> None:
    unseen = []
    for place, line in enumerate(whole):
        read = json.loads(line)
        for index, row in enumerate(read.get("rows", ())):
            for name, value in row.items():
                other = (value or 0) + 1 if isinstance(value, int | None) else value + "x"
                tampered = altered(line, lambda read: read["rows"][index].update({name: other}))  # noqa: B023
                told = found([*whole[:place], tampered, *whole[place + 1 :]])
                if ("rows_changed", read["chain"], read["seq"]) not in told:
                    unseen.append((row["fact"], name))
    assert unseen == []


@pytest.mark.parametrize("name", ["seq", "previous", "digest"])
def test_every_field_of_a_link_is_sealed(whole: list[bytes], name: str) -> None:
    place = links_of(whole)[2]
    value = 9 if name == "seq" else "0" * 64
    assert found([*whole[:place], altered(whole[place], lambda read: read.update({name: value})), *whole[place + 1 :]])


@pytest.mark.parametrize("name", ["day", "key", "heads", "signature"])
def test_every_field_of_a_signature_is_held_by_it(whole: list[bytes], name: str) -> None:
    place = next(place for place, line in enumerate(whole) if line.startswith(b'{"signature"'))
    other: Any = {"day": "2026-11-21", "key": public(OTHER_KEY), "heads": [], "signature": "00" * 64}[name]
    tampered = altered(whole[place], lambda read: read["signature"].update({name: other}))
    assert "bad_signature" in {code for code, _, _ in found([*whole[:place], tampered, *whole[place + 1 :]])}


def _removed(lines: list[bytes], at: list[int]) -> list[bytes]:
    return [line for place, line in enumerate(lines) if place != at[2]]


def _cut(lines: list[bytes], at: list[int]) -> list[bytes]:
    return [line for place, line in enumerate(lines) if place not in at[-2:]]


def _doubled(lines: list[bytes], at: list[int]) -> list[bytes]:
    return [*lines[: at[2]], lines[at[2]], *lines[at[2] :]]


def _swapped(lines: list[bytes], at: list[int]) -> list[bytes]:
    made = list(lines)
    made[at[2]], made[at[3]] = made[at[3]], made[at[2]]
    return made


def _inserted(lines: list[bytes], at: list[int]) -> list[bytes]:
    made = altered(lines[at[2]], lambda read: read["rows"][0].update(at=1))
    return [*lines[: at[2] + 1], made, *lines[at[2] + 1 :]]


def _row_removed(lines: list[bytes], at: list[int]) -> list[bytes]:
    return [*lines[: at[2]], altered(lines[at[2]], lambda read: read["rows"].clear()), *lines[at[2] + 1 :]]


def _moved(lines: list[bytes], at: list[int]) -> list[bytes]:
    others = [line for place, line in enumerate(lines) if place != at[2]]
    return [*others[: at[5]], lines[at[2]], *others[at[5] :]]


def _named(chain: str, other: str) -> Callable[[list[bytes], list[int]], list[bytes]]:
    names = {chain: other, other: chain}

    def swap(lines: list[bytes], _at: list[int]) -> list[bytes]:
        read = (json.loads(line) for line in lines)
        return [
            altered(line, lambda read: read.update(chain=names[read["chain"]])) if one.get("chain") in names else line
            for line, one in zip(lines, read, strict=True)
        ]

    return swap


@pytest.mark.parametrize(
    ("tamper", "code", "number"),
    [
        (_removed, "missing", 4),
        (_cut, "cut", None),
        (_doubled, "repeated", 3),
        (_swapped, "missing", 4),
        (_inserted, "repeated", 3),
        (_row_removed, "rows_changed", 3),
        (_moved, "missing", 4),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_lines_taken_away_put_in_or_moved_are_named(
    whole: list[bytes], tamper: Callable[[list[bytes], list[int]], list[bytes]], code: str, number: int | None
) -> None:
    told = found(tamper(whole, links_of(whole)))
    assert (code, LOOKS) in {(one[0], one[1]) for one in told}
    assert number is None or (code, LOOKS, number) in told


@pytest.mark.parametrize(("one", "other"), [(LOOKS, AWAY), (LOOKS, OWN)])
def test_a_chain_under_another_name_is_named(whole: list[bytes], one: str, other: str) -> None:
    told = found(_named(one, other)(whole, []))
    assert {("rows_changed", one, 1), ("rows_changed", other, 1)} <= set(told)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda lines: lines[:-1], "no_end"),
        (lambda lines: [*lines[:-1], lines[-1][:20]], "no_end"),
        (lambda lines: [line for line in lines if not line.startswith(b'{"signature"')], "no_end"),
        (lambda lines: [*lines, lines[-1]], "unread"),
        (lambda lines: [*lines[:3], b"\xff\xfe\x00\n", *lines[3:]], "unread"),
        (lambda lines: [*lines[:3], b"[" * 100_000 + b"\n", *lines[3:]], "unread"),
        (lambda lines: [*lines[:3], b'{"chain":7,"seq":"x"}\n', *lines[3:]], "unread"),
        (lambda lines: [line for line in lines if AWAY.encode() not in line or b'"chain"' not in line], "cut"),
    ],
    ids=["no end", "torn end", "no signatures", "two ends", "no text", "deep", "no link", "a chain gone"],
)
def test_a_damaged_file_is_no_whole_file(
    whole: list[bytes], change: Callable[[list[bytes]], list[bytes]], code: str
) -> None:
    assert code in {one[0] for one in found(change(whole))}


def _later(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["fact"] == "look" and row["verdict"] == "down":
            row |= {"verdict": "up", "cause": ""}


def test_a_chain_sealed_anew_as_a_whole_is_found_by_the_signatures(whole: list[bytes]) -> None:
    forged = resealed(whole, LOOKS, _later)
    assert ("replaced", LOOKS) in {one[:2] for one in found(forged)}


def test_without_signatures_it_is_found_by_a_head_that_somebody_kept(whole: list[bytes]) -> None:
    digest = json.loads(whole[links_of(whole)[-1]])["digest"]
    forged = unsigned(resealed(whole, LOOKS, _later))
    kept = [Head(LOOKS, len(links_of(whole)), digest[:16], "--head")]
    assert ("replaced", LOOKS, kept[0].seq) in found(forged, heads=kept)
    assert found(unsigned(whole), heads=kept) == []


def test_without_anything_kept_it_is_found_by_what_was_published(whole: list[bytes]) -> None:
    told = {one[:2] for one in found(unsigned(resealed(whole, LOOKS, _later)))}
    assert {("replaced", LOOKS), ("figures", OWN)} <= told


def test_a_tail_cut_off_everywhere_is_found_by_the_signatures(whole: list[bytes]) -> None:
    places = links_of(whole)
    before = json.loads(whole[places[-2]])
    shorter = [line for place, line in enumerate(whole) if place != places[-1]]

    def end(read: dict[str, Any]) -> None:
        read["end"]["heads"] = [
            [LOOKS, before["seq"], before["digest"]] if head[0] == LOOKS else head for head in read["end"]["heads"]
        ]

    assert ("cut", LOOKS, None) in found([*shorter[:-1], altered(shorter[-1], end)])


def _figure(name: str, by: int) -> Callable[[list[dict[str, Any]]], None]:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["fact"] == "publication":
                figures = json.loads(row["figures"])
                figures[name] += by
                row["figures"] = json.dumps(figures, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    return change


@pytest.mark.parametrize("name", ["up_ms", "down_ms", "maintenance_ms", "excluded_ms", "unknown_ms", "window_ms"])
def test_a_published_figure_off_by_a_millisecond_is_named(whole: list[bytes], name: str) -> None:
    answer = verified(unsigned(resealed(whole, OWN, _figure(name, 1))))
    assert [(one.code, one.facts["name"]) for one in answer.findings] == [("figures", name)]
    assert name in answer.findings[0].text("vi")


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(method="tthc-uptime/2"),
        lambda row: row.update(basis="{}"),
        lambda row: row.update(basis=row["basis"].replace('"quorum":1', '"quorum":2')),
        lambda row: row.update(figures="["),
        lambda row: row.update(heads="7"),
        lambda row: row.update(ends=row["starts"]),
        lambda row: row.update(starts="x"),
    ],
    ids=["method", "basis", "quorum", "figures", "heads", "window", "text"],
)
def test_what_cannot_be_worked_out_anew_does_not_hold(
    whole: list[bytes], change: Callable[[dict[str, Any]], object]
) -> None:
    def tamper(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["fact"] == "publication":
                change(row)

    assert [code for code, _, _ in found(unsigned(resealed(whole, OWN, tamper)))] == ["not_recomputed"]


def test_a_fact_sealed_twice_is_named(whole: list[bytes]) -> None:
    def twice(rows: list[dict[str, Any]]) -> None:
        if rows[0]["fact"] == "look":
            rows.append(rows[0])

    told = found(unsigned(resealed(whole, AWAY, twice)))
    assert ("duplicate", AWAY) in {one[:2] for one in told}


def test_a_row_out_of_form_is_named_and_stops_nothing(whole: list[bytes]) -> None:
    def bend(rows: list[dict[str, Any]]) -> None:
        rows[0]["at"] = "bây giờ"

    told = found(unsigned(resealed(whole, AWAY, bend)))
    assert ("malformed", AWAY, 1) in told


def test_another_key_is_named_with_the_day_it_begins(tmp_path: Path) -> None:
    engine = new_store(tmp_path / "tthc.db")
    fill(engine)
    sign(engine, "2026-11-24", OTHER_KEY)
    lines = export(engine)
    engine.dispose()
    (finding,) = verified(lines).findings
    assert (finding.code, finding.facts["day"]) == ("second_key", "2026-11-24")
    assert found(lines, keys=[public(KEY), public(OTHER_KEY)]) == []
    assert [one[0] for one in found(lines, keys=[public(KEY)])] == ["foreign_key"]


def test_a_key_is_known_by_its_fingerprint_too(whole: list[bytes]) -> None:
    (key,) = verified(whole).seals.keys.values()
    assert found(whole, keys=[key.fingerprint]) == []
    assert {one[0] for one in found(whole, keys=[public(OTHER_KEY)])} == {"foreign_key", "key_unused"}


def test_days_nobody_signed_are_told(tmp_path: Path) -> None:
    engine = new_store(tmp_path / "tthc.db")
    fill(engine)
    sign(engine, "2026-11-27")
    answer = verified(export(engine))
    engine.dispose()
    assert answer.seals.unsigned_days() == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert any("2026-11-24, 2026-11-25, 2026-11-26" in note for note in answer.notes("vi"))
    assert answer.findings == []


def test_what_was_erased_is_named_and_still_holds(tmp_path: Path) -> None:
    engine = new_store(tmp_path / "tthc.db")
    fill(engine)
    erase(engine)
    lines = export(engine)
    engine.dispose()
    answer = verified(lines)
    assert answer.findings == []
    assert [note for note in answer.notes("vi") if "đã xóa" in note] == [
        f"Nội dung cá nhân đã xóa, mã vẫn khớp: chuỗi {OWN}, mục 1."
    ]


def test_a_notice_withdrawn_is_named_and_does_not_count(whole: list[bytes]) -> None:
    figures = json.loads(row_of(whole, "publication")["figures"])
    assert figures["maintenance_ms"] == 10 * 60_000  # the one in time; neither the late one nor the withdrawn one
    assert any("đã rút" in note for note in verified(whole).notes("vi"))


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b'{"format":"tthc-journal/9"}\n', b"PK\x03\x04", b"[1]\n"])
def test_what_is_no_export_cannot_be_read(content: bytes) -> None:
    with pytest.raises(Unreadable):
        verified([content])
