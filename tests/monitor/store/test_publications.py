"""An edition is written once, sealed, never altered; looks that came in after its cut are counted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from monitor.core.period import Span
from monitor.core.publication import METHOD, Publication, canonical_text
from monitor.core.reporting import parse_period
from monitor.store import journal, looks, publications, reading, writing
from monitor.store.record_tables import publications as table
from monitor.store.sealing import ERASED
from tests.monitor.store.given import MINUTE, MONDAY, SERVICE, TARGET, look

WEEK = parse_period("2026-W48")
MADE = Publication(
    service=SERVICE,
    period=WEEK,
    edition=1,
    published_at=MONDAY + timedelta(days=7),
    method=METHOD,
    method_sha256="ab" * 32,
    basis=canonical_text({"required": [TARGET], "formerly": {}}),
    figures=canonical_text({"up_ms": 1}),
    heads=canonical_text([]),
    documents={"báo-cáo.html": "cd" * 32, "a.json": "ef" * 32},
    by="Nguyễn Văn Thử",
)


def test_an_edition_comes_back_as_it_was_made(engine: Engine) -> None:
    again = replace(MADE, edition=2, reason="Bổ sung lượt kiểm tra đến muộn")
    with writing(engine) as db:
        assert publications.add_once(db, MADE)
        assert publications.add_once(db, again)
    with reading(engine) as db:
        assert publications.editions(db, SERVICE, WEEK) == [MADE, again]
        assert publications.newest(db, SERVICE, WEEK) == again
        assert publications.list_(db) == [MADE, again]
        assert publications.newest(db, SERVICE, parse_period("2026-W47")) is None
        assert publications.newest(db, "khác", WEEK) is None
        assert publications.list_(db, "khác") == []


def test_the_same_edition_is_written_once(engine: Engine) -> None:
    for wanted in (True, False):
        with writing(engine) as db:
            assert publications.add_once(db, replace(MADE, by=f"{wanted}")) is wanted
    with reading(engine) as db:
        assert [one.by for one in publications.list_(db)] == ["True"]
        assert [(chain.entries, chain.intact) for chain in journal.verify_all(db)] == [(1, True)]


def test_it_is_sealed_in_the_shape_that_others_recompute_from(engine: Engine) -> None:
    with writing(engine) as db:
        publications.add_once(db, MADE)
    with reading(engine) as db:
        ((_, row),) = publications.sealed(db, "so-chung")
        assert list(publications.sealed(db, "thanh-hoa")) == []
    assert set(row) == {
        "fact", "service", "kind", "period", "edition", "starts", "ends", "published_at", "method", "method_sha256",
        "basis", "figures", "heads", "documents", "personal",
    }  # fmt: skip
    assert (row["fact"], row["kind"], row["period"], row["edition"]) == ("publication", "week", "2026-W48", 1)
    assert json.loads(str(row["documents"])) == MADE.documents
    assert MADE.by not in str(row)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("figures", '{"up_ms":2}'), ("basis", "{}"), ("heads", '[["a",1,"00"]]'), ("documents", "{}"), ("edition", 3),
        ("by", "Người khác"), ("reason", "bịa"), ("method_sha256", "00"),
    ],
)  # fmt: skip
def test_an_edition_altered_afterwards_breaks_the_journal(engine: Engine, column: str, value: str | int) -> None:
    with writing(engine) as db:
        publications.add_once(db, MADE)
    with writing(engine) as db:
        db.execute(update(table).values({column: value}))
    with reading(engine) as db:
        assert [chain.intact for chain in journal.verify_all(db)] == [False]


def test_name_and_reason_can_be_erased_and_the_journal_still_holds(engine: Engine) -> None:
    with writing(engine) as db:
        publications.add_once(db, replace(MADE, edition=2, reason="vì"))
    with writing(engine) as db:
        db.execute(update(table).values(by=None, reason=None, salt=None))
    with reading(engine) as db:
        (one,) = publications.list_(db)
        assert (one.by, one.reason) == (ERASED, ERASED)
        assert all(chain.intact for chain in journal.verify_all(db))


def test_looks_that_came_in_after_the_cut_are_counted(engine: Engine) -> None:
    with writing(engine) as db:
        looks.add(db, [look(0), look(5)])
    with reading(engine) as db:
        cut = {one.chain: one.seq for one in journal.heads(db)}
        assert publications.later_looks(db, [TARGET], WEEK.span, cut) == 0
    with writing(engine) as db:
        looks.add(db, [look(2), look(3), look(60 * 24 * 8)])
        looks.add(db, [look(4, vantage="nơi mới"), look(4, target="khác")])
    with reading(engine) as db:
        assert publications.later_looks(db, [TARGET], WEEK.span, cut) == 3
        assert publications.later_looks(db, [TARGET, "chưa có"], WEEK.span, {}) == 5
        assert publications.later_looks(db, [TARGET], Span(start=MONDAY, end=MONDAY + 3 * MINUTE), cut) == 1
