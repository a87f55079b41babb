"""The sealed journal: nothing sealed can be changed, taken away, put in or moved unseen."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, text

from monitor.core.journal import Entry
from monitor.core.period import Span
from monitor.store import EventKind, events, interruptions, journal, looks, notices, reading, writing
from tests.monitor.store.given import BEGUN, CHECK, ENDED, MINUTE, MONDAY, NOTICE, TARGET, look

OWN, LOOKS = "so-chung", "trung-tâm"


@pytest.fixture
def sealed(engine: Engine) -> Engine:
    """Four links of looks, and one of each other kind of fact."""
    for minute in range(0, 20, 5):
        with writing(engine) as db:
            looks.add(db, [look(minute), look(minute + 1)])
    with writing(engine) as db:
        looks.add_manual(db, CHECK)
        notices.add(db, NOTICE)
        interruptions.open_(db, BEGUN, MONDAY + 6 * MINUTE)
        interruptions.close(db, TARGET, BEGUN.first_bad, ENDED, MONDAY + 25 * MINUTE)
        events.add(db, MONDAY, EventKind.GO_LIVE, "Nguyễn Văn Thử")
    return engine


def broken(engine: Engine, *, published: tuple[Entry, ...] = ()) -> dict[str, int]:
    with reading(engine) as db:
        return {one.name: one.broken_at for one in journal.verify_all(db, published) if one.broken_at is not None}


def tamper(engine: Engine, *statements: str) -> None:
    with writing(engine) as db:
        for statement in statements:
            assert db.execute(text(statement)).rowcount != 0, statement


def test_what_was_sealed_holds(sealed: Engine) -> None:
    with reading(sealed) as db:
        walked = {one.name: (one.entries, one.intact, one.why) for one in journal.verify_all(db)}
        heads = journal.heads(db)
    assert walked == {LOOKS: (4, True, ""), OWN: (5, True, "")}
    assert [(entry.chain, entry.seq) for entry in heads] == [(OWN, 5), (LOOKS, 4)]
    assert all(len(entry.digest) == len(entry.previous) == 32 for entry in heads)
    assert broken(sealed, published=tuple(heads)) == {}


_CHAIN = f"(SELECT id FROM chains WHERE name = '{LOOKS}')"
_COPIED = (
    "INSERT INTO looks (target_id, at, vantage_id, seq, service_id, kind, received_after, verdict, cause, total_ms,"
    " valid_for_ms, detail) SELECT target_id, at + 7, vantage_id, {seq}, service_id, kind, received_after, verdict,"
    " cause, total_ms, valid_for_ms, detail FROM looks WHERE seq = 2"
)


@pytest.mark.parametrize(
    ("where", "statements"),
    [
        ({LOOKS: 2}, ["UPDATE looks SET verdict = 'up', total_ms = 90 WHERE seq = 2"]),
        ({LOOKS: 3}, ["UPDATE looks SET at = at + 1 WHERE seq = 3"]),
        ({LOOKS: 3}, ["UPDATE looks SET detail = 'x' WHERE seq = 3"]),
        ({LOOKS: 1}, ["DELETE FROM looks WHERE seq = 1"]),
        ({LOOKS: 2}, [_COPIED.format(seq=2)]),
        ({LOOKS: 5}, [_COPIED.format(seq=5)]),
        ({LOOKS: 0}, [_COPIED.format(seq=0)]),
        ({LOOKS: 2}, ["UPDATE looks SET seq = 9 WHERE seq = 2", "UPDATE looks SET seq = 2 WHERE seq = 3"]),
        ({LOOKS: 2}, [f"DELETE FROM journal WHERE seq = 2 AND chain_id = {_CHAIN}"]),
        ({LOOKS: 3}, [f"DELETE FROM journal WHERE seq = 2 AND chain_id = {_CHAIN}", "DELETE FROM looks WHERE seq = 2"]),
        ({LOOKS: 2}, [f"UPDATE journal SET digest = (SELECT digest FROM chains WHERE name = '{OWN}') WHERE seq = 2"
                      f" AND chain_id = {_CHAIN}"]),
        ({LOOKS: 4}, [f"DELETE FROM journal WHERE seq = 4 AND chain_id = {_CHAIN}", "DELETE FROM looks WHERE seq = 4"]),
        ({LOOKS: 1}, [f"DELETE FROM journal WHERE chain_id = {_CHAIN}", f"DELETE FROM chains WHERE name = '{LOOKS}'"]),
        ({LOOKS: 1}, ["UPDATE names SET name = 'khác' WHERE name LIKE 'c%2.001474'"]),
        ({OWN: 1}, ["UPDATE manual_checks SET verdict = 'up'"]),
        ({OWN: 1}, ["UPDATE manual_checks SET by = 'người khác'"]),
        ({OWN: 1}, ["UPDATE manual_checks SET note = NULL"]),
        ({OWN: 1}, ["DELETE FROM manual_checks"]),
        ({OWN: 2}, ["UPDATE notices SET entered_at = entered_at - 864000000"]),
        ({OWN: 2}, ["UPDATE notices SET document = ''"]),
        ({OWN: 3}, ["UPDATE interruptions SET cause = 'dns'"]),
        ({OWN: 4}, ["UPDATE interruptions SET first_good = first_good - 600000"]),
        ({OWN: 3}, ["DELETE FROM interruptions"]),
        ({OWN: 5}, ["UPDATE events SET detail = 'người khác'"]),
        ({OWN: 5}, ["UPDATE events SET at = at - 1"]),
        ({OWN: 5}, ["UPDATE events SET kind = 'khác'"]),
        ({OWN: 5}, ["UPDATE events SET personal = 'ab', salt = NULL"]),
    ],
)  # fmt: skip
def test_what_was_changed_afterwards_is_found_at_its_link(
    sealed: Engine, where: dict[str, int], statements: list[str]
) -> None:
    tamper(sealed, *statements)
    assert broken(sealed) == where


def test_two_links_that_changed_places_are_found(sealed: Engine) -> None:
    moves = ((2, 99), (3, 2), (99, 3))
    tamper(sealed, *(f"UPDATE journal SET seq = {new} WHERE seq = {old} AND chain_id = {_CHAIN}" for old, new in moves))
    assert broken(sealed) == {LOOKS: 2}


def test_a_tail_cut_off_with_its_head_is_found_by_a_published_head(sealed: Engine) -> None:
    with reading(sealed) as db:
        published = tuple(journal.heads(db))
    tamper(
        sealed,
        f"DELETE FROM journal WHERE seq = 4 AND chain_id = {_CHAIN}",
        "DELETE FROM looks WHERE seq = 4",
        f"UPDATE chains SET seq = 3, digest = (SELECT digest FROM journal WHERE seq = 3 AND chain_id = {_CHAIN})"
        f" WHERE name = '{LOOKS}'",
    )
    assert broken(sealed) == {}
    assert broken(sealed, published=published) == {LOOKS: 4}


def test_a_chain_sealed_anew_is_found_by_a_published_head(sealed: Engine) -> None:
    with reading(sealed) as db:
        published = tuple(journal.heads(db))
    tamper(sealed, "DELETE FROM looks", "DELETE FROM journal", "DELETE FROM chains")
    for minute in range(0, 20, 5):
        with writing(sealed) as db:
            looks.add(db, [look(minute)])
    assert LOOKS not in broken(sealed)
    assert LOOKS in broken(sealed, published=published)


def test_writers_at_the_same_time_seal_one_after_the_other(engine: Engine) -> None:
    def write(writer: int) -> None:
        for minute in range(10):
            with writing(engine) as db:
                looks.add(db, [look(minute, target=f"đích {writer}")])
                events.add(db, MONDAY, EventKind.STARTED, str(writer))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as db:
        assert {one.name: (one.entries, one.intact) for one in journal.verify_all(db)} == {
            LOOKS: (40, True),
            OWN: (40, True),
        }


def test_a_name_that_was_erased_reads_as_erased(sealed: Engine) -> None:
    tamper(sealed, "UPDATE manual_checks SET by = NULL, note = NULL, evidence_name = NULL, salt = NULL")
    with reading(sealed) as db:
        (check,) = looks.manual_between(db, CHECK.service, Span(start=MONDAY, end=MONDAY + MINUTE))
    assert (check.by, check.note, check.verdict) == ("(đã xóa)", "", CHECK.verdict)


@pytest.mark.parametrize(
    "erased",
    [
        "UPDATE manual_checks SET by = NULL, note = NULL, evidence_name = NULL, salt = NULL",
        "UPDATE events SET detail = NULL, salt = NULL",
    ],
)
def test_a_name_erased_with_its_salt_leaves_the_chain_whole(sealed: Engine, erased: str) -> None:
    tamper(sealed, erased)
    assert broken(sealed) == {}
