"""The facts for other programs: what the pages say, in JSON and as OpenMetrics, over a real server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from monitor.core.look import Cause, Verdict
from monitor.core.period import ICT, Span
from monitor.core.publication import Publication
from monitor.core.reporting import parse_period
from monitor.core.uptime import figures
from monitor.law import load_law
from monitor.reports import accounts
from monitor.store import publications, reading, writing
from tests.monitor.web.site import NOW, Site, look, register, target

MINUTE = timedelta(minutes=1)
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
SERVICE = "/api/v1/services/2.001474"


@pytest.fixture
def looked(site: Site) -> Site:
    """An hour of looks, five minutes apart, the last two of which failed."""
    site.looked(
        *(look("a", place * 5 * MINUTE) for place in range(12, 1, -1)),
        *(look("a", place * 5 * MINUTE, Verdict.DOWN, Cause.TIMEOUT) for place in (1, 0)),
    )
    return site


def test_the_services_and_their_state_now(looked: Site) -> None:
    told = looked.get("/api/v1/services").json()
    assert told["concerns"] == ["interrupted"]
    (one,) = told["services"]
    assert (one["code"], one["state"], one["gap"], one["open_interruptions"]) == ("2.001474", "down", None, 1)
    mine = looked.get(SERVICE).json()
    assert mine["targets"][0]["last"]["cause"] == "timeout"
    assert mine["open"][0]["first_bad"] == "2026-11-26T14:00:00.000+07:00"
    assert mine["open"][0]["failed_looks"] == 2


def test_the_account_of_a_window_is_the_account(looked: Site) -> None:
    start, end = NOW - 50 * MINUTE, NOW - 20 * MINUTE
    told = looked.get(f"{SERVICE}/uptime", params={"from": start.isoformat(), "to": end.isoformat()}).json()
    known = looked.register.services["2.001474"]
    window = Span(start=start, end=end)
    with reading(looked.engine) as db:
        found = accounts.kept(db, load_law(), known, window, known.required_targets())
    wanted = figures(accounts.account(known, found, window))
    assert {name: told[name] for name in wanted} == wanted
    assert (told["from"], told["up_ms"]) == ("2026-11-26T13:15:00.000+07:00", 30 * 60_000)


def test_a_plus_that_a_client_did_not_quote_is_read_as_one(looked: Site) -> None:
    assert looked.get(f"{SERVICE}/uptime?from=2026-11-26T13:00:00+07:00").json()["from"].endswith("13:00:00.000+07:00")


def test_looks_come_in_pages_and_none_twice(looked: Site) -> None:
    asked, seen, pages = f"{SERVICE}/looks?limit=5", [], 0
    while asked:
        told = looked.get(asked).json()
        seen += [one["at"] for one in told["looks"]]
        pages += 1
        asked = f"{SERVICE}/looks?limit=5&from={quote(told['next'])}" if told["next"] else ""
    assert (len(seen), len(set(seen)), pages) == (12, 12, 3)  # the one of this very moment is not past yet
    assert seen == sorted(seen)


def test_what_was_published_is_told_without_names(looked: Site) -> None:
    week = parse_period("2026-W47")
    made = Publication(
        service="2.001474",
        period=week,
        edition=1,
        published_at=NOW,
        method="tthc-uptime/1",
        method_sha256="ab" * 32,
        basis="{}",
        figures='{"up_ms":5}',
        heads="[]",
        documents={"bao-cao.pdf": "cd" * 32},
        by="Nguyễn Văn Thử",
    )
    with writing(looked.engine) as db:
        publications.add_once(db, made)
    answer = looked.get("/api/v1/publications")
    (one,) = answer.json()["publications"]
    assert (one["period"], one["edition"], one["figures"]["up_ms"]) == ("2026-W47", 1, 5)
    assert one["documents"] == {"bao-cao.pdf": "cd" * 32}
    assert "Nguyễn" not in answer.text


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("/api/v1/services/1.000000", 404, "không có dịch vụ 1.000000; đang có: 2.001474"),
        (f"{SERVICE}/uptime?from=hôm-nay", 400, "from: viết như 2026-11-23T00:00:00+07:00"),
        (f"{SERVICE}/uptime?from=2026-11-23T00:00:00", 400, "from: viết như 2026-11-23T00:00:00+07:00"),
        (f"{SERVICE}/uptime?from=2026-01-01T00:00:00Z", 400, "không quá 100 ngày"),
        (f"{SERVICE}/uptime?from=2027-01-01T00:00:00Z", 400, "from phải trước to"),
        (f"{SERVICE}/looks?limit=0", 400, "limit: một số từ 1 đến 1000"),
        (f"{SERVICE}/looks?limit=²", 400, "limit: một số từ 1 đến 1000"),
        (f"{SERVICE}/looks?limit=0000000019999", 400, "limit: một số từ 1 đến 1000"),
        (f"{SERVICE}/uptime?to=0001-01-02T00:00:00Z", 400, "to: viết như 2026-11-23T00:00:00+07:00"),
        (f"{SERVICE}/looks?from=9999-12-01T00:00:00Z", 400, "from: viết như 2026-11-23T00:00:00+07:00"),
        ("/api/v1/nothing", 404, "Not Found"),
    ],
    ids=["service", "words", "naive", "long", "backwards", "none", "superscript", "padded", "first", "last", "path"],
)
def test_a_question_that_cannot_be_answered_says_what_is_wanted(site: Site, path: str, code: int, says: str) -> None:
    answer = site.get(path)
    assert answer.status_code == code
    assert says in answer.json()["error"]


def test_what_a_reader_has_is_not_sent_again(looked: Site) -> None:
    first = looked.get(SERVICE)
    again = looked.get(SERVICE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    looked.now = NOW + MINUTE
    looked.looked(look("a", -MINUTE))
    assert looked.get(SERVICE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_openmetrics_say_what_the_page_says(looked: Site) -> None:
    looked.letter()
    answer = looked.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    told = {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }
    assert told["tthc_service_state", ("service", "2.001474"), ("state", "down")] == 1
    assert told["tthc_service_state", ("service", "2.001474"), ("state", "up")] == 0
    assert told["tthc_service_interruptions_open", ("service", "2.001474")] == 1
    assert told["tthc_letters", ("state", "held")] == 1
    assert told["tthc_concern", ("concern", "interrupted")] == 1
    assert told["tthc_mode", ("mode", "trial")] == 1
    of_week = [value for key, value in told.items() if key[0] == "tthc_service_week_seconds"]
    assert sum(of_week) == (NOW - datetime(2026, 11, 23, tzinfo=ICT)).total_seconds()
    of_target = ("required", "true"), ("service", "2.001474"), ("target", "a")
    assert told["tthc_target_looked_timestamp_seconds", *of_target] == NOW.timestamp()


def test_what_is_not_known_has_no_sample(site: Site) -> None:
    names = {
        one.name
        for family in text_string_to_metric_families(site.get("/metrics", headers=OPENMETRICS).text)
        for one in family.samples
    }
    assert "tthc_target_looked_timestamp_seconds" not in names
    assert "tthc_service_state" in names


def test_an_older_reader_gets_the_older_text(looked: Site) -> None:
    answer = looked.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "tthc_build" in {family.name for family in text_families(answer.text)}


def test_a_hostile_key_stays_a_label(open_site: Callable[..., Site]) -> None:
    hostile = 'a"} 1\ntthc_letters{x="'
    known = replace(register().services["2.001474"], targets=(target(hostile),))
    site = open_site(register=register(services=[known]))
    families = {f.name: f for f in text_string_to_metric_families(site.get("/metrics", headers=OPENMETRICS).text)}
    assert {one.labels["target"] for one in families["tthc_target_state"].samples} == {hostile}
    assert "tthc_letters" not in families or families["tthc_letters"].samples == []
