"""Every clock of random dossiers, against an oracle that counts minute by minute (`make bench`: 100,000)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from bench.oracle import FIRST, compared, plain_calendar
from bench.plain_deadlines import Plain

WANTED = {
    "reception": {None, "open", "late", "late_done"},
    "result": {None, "open", "late", "late_done", "paused"},
    "handover": {None, "running", "noted"},
    "notice": {True, False},
    "second_supplement": {True, False},
    "put_off": {True, False},
    "refused_late": {True, False},
    "index": {"on_time", "overdue", "unjudged"},
}


def test_three_thousand_dossiers_are_counted_as_a_plain_oracle_counts_them() -> None:
    seen: defaultdict[str, set[object]] = defaultdict(set)
    ways = set[tuple[str, bool, bool]]()
    for case, oracle, core in compared(3_000, 4, plain_calendar()):
        assert core == oracle, case
        for name in WANTED:
            seen[name].add(oracle[name])
        ways.add((case.unit, case.by_date, oracle["subtracted"] != oracle["restarted"]))
    assert seen == WANTED
    assert len(ways) == 3 * 2 * 2


def test_an_oracle_that_forgets_one_day_off_disagrees() -> None:
    worked = list(plain_calendar().worked)
    worked[(date(2026, 2, 18) - FIRST).days] = True
    assert any(oracle != core for _, oracle, core in compared(400, 4, Plain(worked)))
