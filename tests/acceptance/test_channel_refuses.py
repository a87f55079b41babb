"""A channel that refuses when the alert is due: it is told once the channel is back, whether the daemon was killed."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.standing import PATIENCE_S, Standing, standing

DUTY = ["so-cong-thuong.duty", "trung-tam-pvhcc.duty"]
REFUSES_S = 40.0
NEXT_ATTEMPT_S = 66.0
"""A minute and up to a tenth of it."""


def refused(office: Standing) -> None:
    """Bring an office to where its first letter was refused."""
    office.start()
    office.until(office.looks)
    office.mail.refuses = "421 4.3.2 dang bao tri"
    office.portal.breaks()


@pytest.mark.slow
def test_an_alert_refused_when_it_was_due_arrives_once_when_the_channel_is_back_also_after_kill_9(
    tmp_path: Path,
) -> None:
    """Both at once, since both wait for the next attempt."""
    with ExitStack() as stack:
        steady, killed = (stack.enter_context(standing(tmp_path / name)) for name in ("steady", "killed"))
        for office in (steady, killed):
            refused(office)
        for office in (steady, killed):
            office.until(lambda at=office: at.mail.tried)
        killed.kill()
        time.sleep(REFUSES_S)
        for office in (steady, killed):
            assert office.mail.mails == []
            office.mail.refuses = ""
        killed.start()
        for office in (steady, killed):
            office.until(
                lambda at=office: len(at.alerts()) >= len(DUTY) and at.delivered(), NEXT_ATTEMPT_S + PATIENCE_S
            )
        time.sleep(6)
        for office in (steady, killed):
            assert sorted(to for to, _ in office.alerts()) == DUTY
            assert len({one["Message-ID"] for one in office.mail.mails}) == len(office.mail.mails)
            (row,) = office.interruptions()
            assert row.closed_at is None
