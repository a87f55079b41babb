"""What was published holds: figures, basis and cut are frozen together, and a restatement says what it replaces."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from subprocess import run

import pytest

from monitor.core.look import Cause, Verdict
from monitor.core.period import Span
from monitor.core.reporting import Period, window_of
from monitor.core.uptime import figures
from monitor.reports import publishing, uptime_report
from monitor.reports.method import MODULES, method_sha256
from monitor.reports.periods import named
from monitor.reports.publishing import NotOver, NotWatched
from monitor.reports.uptime_log import UptimeLog
from monitor.store import publications, reading, writing
from monitor.store.exporting import Exported, lines
from monitor.verifier import tthc_verify
from tests.monitor.reports.conftest import CODE, Watch, Watched, moment

MONDAY = "23/11/2026 07:30"


def period_of(seen: Watched, name: str) -> Period:
    return named(name, seen.law)


def draft(seen: Watched, name: str = "2026-W47", now: str = MONDAY) -> publishing.Draft:
    with reading(seen.engine) as db:
        return publishing.draft(db, seen.register, seen.law, CODE, period_of(seen, name), moment(now))


def in_words(log: UptimeLog) -> dict[str, bytes]:
    """The documents that people and programs read as text; the others take seconds, and have tests of their own."""
    said = uptime_report.letter(log, uptime_report.Enclosed(attachments=()))
    told = json.dumps(uptime_report.as_json(log))
    return {"log.txt": said.text.encode(), "log.html": said.html.encode(), "log.json": told.encode()}


def publish(seen: Watched, name: str = "2026-W47", now: str = MONDAY, **said: str) -> publishing.Made:
    made = publishing.edition(draft(seen, name, now), **({"by": "Người thử"} | said), write=in_words)
    with writing(seen.engine) as db:
        assert publications.add_once(db, made.publication)
    return made


def verified(seen: Watched) -> tthc_verify.Answer:
    """What somebody else's machine says of the journal and everything published in it."""
    with reading(seen.engine) as db:
        exported = b"".join(lines(db, Exported(), program="0", now=moment("31/12/2026 12:00")))
    return tthc_verify.verify(BytesIO(exported))


@pytest.fixture
def outage(watch: Watch) -> Watched:
    """Two weeks looked at every five minutes; on Saturday an outage of an hour and a half."""
    seen: Watched = watch()
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.looks("15/11/2026 22:00", "23/11/2026 02:00", seen.service.required_targets())
    return seen


@pytest.mark.parametrize(("week", "watched"), [("2026-W44", False), ("2026-W45", False), ("2026-W46", True)])
def test_a_period_wholly_before_the_monitor_is_not_published(outage: Watched, week: str, watched: bool) -> None:
    if watched:
        assert publish(outage, week).publication.edition == 1
        return
    with pytest.raises(NotWatched):
        publish(outage, week)


def test_an_edition_freezes_figures_basis_cut_and_documents(outage: Watched) -> None:
    made = publish(outage)
    one, log = made.publication, made.log
    assert one.edition == 1
    assert json.loads(one.figures) == json.loads(json.dumps(figures(log.account)))
    assert json.loads(one.heads) == [[head.chain, head.seq, head.digest.hex()] for head in log.heads]
    assert one.documents == {name: sha256(content).hexdigest() for name, content in made.documents.items()}
    basis = json.loads(one.basis)
    assert basis["required"] == sorted(target.key for target in outage.service.required_targets())
    assert (basis["confirmations"], basis["hours"], basis["notice_days"], basis["quorum"]) == (2, None, 7, 1)
    assert basis["working_days"][0] == "2026-09-17"
    assert basis["working_days"][-1] == "2026-11-20"
    assert one.method_sha256 == method_sha256()


def test_the_same_draft_makes_the_same_bytes(outage: Watched) -> None:
    of = draft(outage)
    one, other = (publishing.edition(of, by="Người thử") for _ in range(2))
    assert one.publication == other.publication


def test_the_verifier_finds_the_published_figures_on_its_own(outage: Watched) -> None:
    outage.announce("18/11/2026 08:00", "18/11/2026 10:00", "01/11/2026 08:00")
    outage.announce("19/11/2026 08:00", "19/11/2026 10:00", "16/11/2026 08:00")
    for name, now in (("2026-W47", MONDAY), ("2026-W46", MONDAY), ("kbc-2026-12", "15/12/2026 00:00")):
        publish(outage, name, now)
    answer = verified(outage)
    assert answer.findings == []
    assert [(one.period, one.equal) for one in answer.publications] == [
        ("2026-W47", True),
        ("2026-W46", True),
        ("kbc-2026-12", True),
    ]


def test_looks_that_come_late_change_nothing_that_was_published_and_are_told_figure_by_figure(outage: Watched) -> None:
    before = publish(outage).publication
    assert draft(outage).changes == ()
    (target, *_) = outage.service.required_targets()
    seen = (outage.look(target, moment("20/11/2026 10:02") + timedelta(minutes=late)) for late in (0, 1))
    outage.keep([replace(look, verdict=Verdict.DOWN, cause=Cause.TIMEOUT) for look in seen])
    again = draft(outage, now="24/11/2026 07:30")
    changed = {one.figure: (one.before, one.after) for one in again.changes if not one.of}
    assert changed["interruptions"] == (1, 2)
    assert changed["down_ms"][1] > changed["down_ms"][0]
    with reading(outage.engine) as db:
        assert publications.newest(db, CODE, period_of(outage, "2026-W47")) == before
    assert verified(outage).findings == []


def test_a_restatement_names_what_it_replaces_by_whom_and_why_with_both_figures(outage: Watched) -> None:
    first = publish(outage)
    outage.announce("21/11/2026 21:00", "21/11/2026 23:00", "01/11/2026 08:00")
    made = publish(outage, now="25/11/2026 09:00", by="Trần Thị Thử", reason="bổ sung thông báo tạm ngừng")
    assert made.publication.edition == 2
    text = next(content.decode() for name, content in made.documents.items() if name.endswith(".txt"))
    page = next(content.decode() for name, content in made.documents.items() if name.endswith(".html"))
    for said in (text, page):
        assert "Bản số 2, công bố lúc 09:00 25/11/2026, thay bản số 1 ngày 23/11/2026" in said
        assert "người công bố: Trần Thị Thử; lý do: bổ sung thông báo tạm ngừng" in said
        assert f"Thời gian gián đoạn (ms): {first.log.account.down_ms} → 0" in said
    told = json.loads(next(content for name, content in made.documents.items() if name.endswith(".json")))
    assert (told["edition"]["number"], told["edition"]["replaces"]) == (2, 1)
    assert {"figure": "down_ms", "of": "", "before": first.log.account.down_ms, "after": 0} in told["edition"][
        "changes"
    ]
    third = publish(outage, now="26/11/2026 09:00", reason="lần nữa")
    assert (third.publication.edition, third.log.edition.replaces if third.log.edition else None) == (3, 2)
    assert third.log.edition is not None
    assert third.log.edition.changes == ()
    answer = verified(outage)
    assert (answer.findings, [one.equal for one in answer.publications]) == ([], [True] * 3)


def test_a_first_edition_says_which_it_is_and_replaces_nothing(outage: Watched) -> None:
    text = next(content.decode() for name, content in publish(outage).documents.items() if name.endswith(".txt"))
    assert "Bản số 1, công bố lúc 07:30 23/11/2026" in text
    assert "thay bản số" not in text


def test_a_log_that_was_not_published_claims_no_edition(outage: Watched) -> None:
    text = uptime_report.mail(draft(outage).log).text
    assert "Bản số" not in text


@pytest.mark.parametrize("now", ["22/11/2026 23:59", "20/11/2026 12:00"])
def test_a_period_that_is_not_over_cannot_be_published(outage: Watched, now: str) -> None:
    with pytest.raises(NotOver, match="2026-W47"):
        publish(outage, now=now)
    assert publish(outage, now="23/11/2026 00:00").publication.edition == 1


def test_the_method_is_what_anybody_reckons_from_the_sources() -> None:
    folder = Path(publishing.__file__).parents[1] / "core"
    listed = run(["sha256sum", *MODULES], cwd=folder, capture_output=True, check=True).stdout
    assert sha256(listed).hexdigest() == method_sha256()


def test_failure_8_a_service_created_in_mid_window_is_unknown_before_and_never_down(watch: Watch) -> None:
    seen = watch()
    seen.looks("18/11/2026 00:00", "23/11/2026 02:00", seen.service.required_targets())
    made = publish(seen)
    told = json.loads(made.publication.figures)
    assert told["down_ms"] == 0
    assert told["unknown_ms"] >= 2 * 86_400_000
    assert told["measured"] == "1.000000"
    assert told["lower"] < told["upper"]
    assert made.log.unwatched_ms >= 2 * 86_400_000
    assert verified(seen).findings == []


def test_failure_9_a_period_without_data_is_published_as_no_data(watch: Watch) -> None:
    seen = watch()
    seen.finds("30/10/2026 08:00", "30/10/2026 12:00", Cause.CHALLENGED)
    seen.looks("30/10/2026 08:00", "30/10/2026 12:00", seen.service.required_targets())
    made = publish(seen, "2026-10")
    told = json.loads(made.publication.figures)
    assert (told["measured"], told["lower"], told["upper"]) == (None, None, None)
    text = next(content.decode() for name, content in made.documents.items() if name.endswith(".txt"))
    assert "không có dữ liệu" in text
    assert "100" not in text.split("2. CÁC LẦN")[0].replace("2.001474", "")
    assert verified(seen).findings == []


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("2026-W53", "04/01/2027 07:30"),
        ("2026-12", "01/01/2027 00:00"),
        ("2026-Q4", "01/01/2027 00:00"),
        ("kbc-2026-12", "15/12/2026 00:00"),
        ("kbc-2027-01", "15/01/2027 00:00"),
    ],
)
def test_failure_10_over_month_and_year_ends_a_period_is_whole_and_published_once(
    watch: Watch, name: str, now: str
) -> None:
    seen = watch(minutes=60)
    seen.finds("31/12/2026 22:30", "01/01/2027 01:30", Cause.TIMEOUT)
    seen.looks("14/11/2026 00:00", "16/01/2027 00:00", seen.service.required_targets())
    made = publish(seen, name, now)
    told = json.loads(made.publication.figures)
    assert sum(told[f"{part}_ms"] for part in ("up", "down", "maintenance", "excluded", "unknown")) == told["window_ms"]
    assert told["window_ms"] == made.publication.period.span.ms
    assert told["measured"] is not None
    assert draft(seen, name, "20/01/2027 07:30").published == made.publication
    assert verified(seen).findings == []


def test_failure_11_each_row_of_the_comparison_is_its_own_period(outage: Watched) -> None:
    log = draft(outage, "2026-W48", "30/11/2026 07:30").log
    down = {line.period.name: line.account.down_ms for line in log.compared if line.account}
    assert down["2026-W47"] > 0
    assert down["2026-W46"] == 0
    assert down["2026-W48"] == 0


def test_failure_20_a_renamed_target_keeps_its_history(outage: Watched) -> None:
    publish(outage)
    before = draft(outage).figures
    targets = tuple(
        replace(one, key=f"{one.key}/mới", formerly=(one.key,)) if one.required else one
        for one in outage.service.targets
    )
    service = replace(outage.service, targets=targets)
    outage.register = replace(outage.register, services={**outage.register.services, CODE: service})
    again = draft(outage)
    assert {one.figure for one in again.changes if not one.of} == set()
    assert again.figures["down_ms"] == before["down_ms"] > 0
    basis = json.loads(again.basis)
    assert basis["formerly"] == {one.formerly[0]: one.key for one in service.required_targets()}
    publish(outage, reason="đổi tên nơi kiểm tra")
    assert verified(outage).findings == []


def test_failure_22_an_interval_changed_in_mid_week_keeps_each_look_valid_as_it_was_made(watch: Watch) -> None:
    seen = watch()
    targets = seen.service.required_targets()
    seen.looks("15/11/2026 23:00", "19/11/2026 00:00", targets)
    seen.looks("19/11/2026 00:00", "23/11/2026 02:00", [replace(one, interval_s=3600.0) for one in targets])
    told = json.loads(publish(seen).publication.figures)
    assert (told["down_ms"], told["unknown_ms"]) == (0, 0)
    assert told["up_ms"] == told["window_ms"]
    assert verified(seen).findings == []


def test_any_window_is_told_and_published(outage: Watched) -> None:
    period = window_of(Span(start=moment("21/11/2026 21:00"), end=moment("21/11/2026 23:00")))
    with reading(outage.engine) as db:
        of = publishing.draft(db, outage.register, outage.law, CODE, period, moment(MONDAY))
    made = publishing.edition(of, by="Người thử")
    assert made.log.account.window == period.span
    assert len(made.log.compared) == 1
    assert any(name.startswith("bao-cao-khoang-2.001474-2026-11-21T2100_2026-11-21T2300") for name in made.documents)


def test_working_days_reach_back_to_a_notice_entered_long_before(outage: Watched) -> None:
    outage.announce("18/11/2026 08:00", "18/11/2026 10:00", "01/06/2026 08:00")
    basis = json.loads(publish(outage).publication.basis)
    assert basis["working_days"][0] == "2026-06-01"
    assert verified(outage).findings == []
