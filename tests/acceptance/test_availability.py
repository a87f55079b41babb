"""A buyer's checks 5, 6 and 7: a challenge all week, our own proxy down, the action to file gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from jobs.demo.portal import Mood
from jobs.look import record_manual
from monitor.core.look import Verdict
from monitor.core.period import ict
from monitor.core.uptime import Gap, Judgement
from monitor.reports import uptime_report

Open = Callable[..., Any]


def test_a_bot_challenge_all_week_is_no_evidence_and_no_outage(open_office: Open) -> None:
    office = open_office("16/11/2026 00:00", beat_s=900)
    office.portal.mood = Mood.CHALLENGE
    office.until("18/11/2026 09:00")
    now = office.clock.now()
    record_manual(office.app, service="2.001474", at=now, verdict=Verdict.UP, by="Người thử", note="", now=now)
    office.until("23/11/2026 07:45")

    log = office.week("2026-W47")
    assert log.account.coverage == 0
    assert log.account.up_ms == log.account.down_ms == 0
    assert log.account.unknown_by[Gap.CHALLENGED] > timedelta(days=6, hours=23) // timedelta(milliseconds=1)
    assert log.judgement is Judgement.INSUFFICIENT
    assert [check.by for check in log.manual] == ["Người thử"]
    assert "chưa đủ căn cứ" in uptime_report.mail(log).text
    told = [mail.subject for mail in office.mails if "gián đoạn" in mail.subject.lower()]
    assert [s for s in told if s.startswith("[DIỄN TẬP] ")]  # Monday's, of no service
    assert not [s for s in told if not s.startswith("[DIỄN TẬP] ") and "báo cáo" not in s.lower()]


def test_our_proxy_down_for_half_an_hour_is_our_network_and_nobodys_outage(open_office: Open) -> None:
    with _Proxy() as proxy:
        office = open_office("19/11/2026 08:00", proxy=proxy.url)
        office.until("19/11/2026 10:00")
        proxy.broken = True
        office.until("19/11/2026 10:30")
        proxy.broken = False
        office.until("19/11/2026 12:00")

    log = office.week("2026-W47")
    assert log.account.down_ms == 0
    assert log.account.unknown_by[Gap.OWN_NETWORK] >= timedelta(minutes=15) // timedelta(milliseconds=1)
    assert office.to("so-cong-thuong") == []


class _Proxy:
    """A forward proxy that passes requests on, or answers 502 as a broken one does."""

    def __init__(self) -> None:
        self.broken = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                import requests

                if proxy.broken:
                    self.send_error(502)
                    return
                answer = requests.get(self.path, timeout=5)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> _Proxy:
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_the_action_gone_on_a_saturday_night_is_one_interruption_told_once(open_office: Open) -> None:
    office = open_office("21/11/2026 18:02", beat_s=300)
    office.until("21/11/2026 21:10")
    office.portal.mood = Mood.NO_ACTION
    office.until("21/11/2026 22:40")
    told_at_night = [mail.to[0] for mail in office.mails]
    office.portal.mood = Mood.WORKING
    office.until("23/11/2026 00:00")

    log = office.week("2026-W47")
    (interruption,) = log.account.interruptions
    assert f"{ict(interruption.last_good):%H:%M}" <= "21:10" <= f"{ict(interruption.first_bad):%H:%M}"
    assert f"{ict(interruption.last_bad):%H:%M}" <= "22:40" <= f"{ict(interruption.first_good):%H:%M}"
    account = log.account
    parts = account.up_ms + account.down_ms + account.maintenance_ms + account.excluded_ms + account.unknown_ms
    assert parts == account.window.ms

    assert told_at_night
    assert {address.partition("@")[0].rpartition(".")[2] for address in told_at_night} == {"duty"}
    heads = [mail for mail in office.mails if mail.to[0].partition("@")[0].endswith(".head")]
    assert heads
    assert len({(mail.to, mail.subject) for mail in office.mails}) == len(office.mails)


@pytest.mark.parametrize("mood", [Mood.SLOW])
def test_a_slow_portal_is_up(open_office: Open, mood: Mood) -> None:
    office = open_office("19/11/2026 08:00")
    office.portal.mood = mood
    office.until("19/11/2026 08:16")
    assert office.week("2026-W47").account.down_ms == 0
