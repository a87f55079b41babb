"""Findings over a million dossiers of every kind: microseconds a dossier."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.cost import cost
from monitor.core.dossier import Channel, Dossier, Status, Supplement
from monitor.core.finding import findings
from monitor.core.period import day_of
from monitor.law import load_law

DOSSIERS = 1_000_000
AT_A_TIME = 20_000
LIMIT_US = 8.0
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
AGENCIES = [f"don-vi-{number}" for number in range(200)]

OPEN = (Status.RECEIVED, Status.PROCESSING, Status.PROCESSING, Status.SUPPLEMENT, Status.FINANCIAL_DUTY)
ENDED = (Status.DONE, Status.RETURNED, Status.RETURNED, Status.NOT_RECEIVED, Status.WITHDRAWN)
HOUR = 3600
DAY = 24 * HOUR


def dossiers(count: int, chance: random.Random, *, share_open: float) -> Iterator[Dossier]:
    """Made-up dossiers of the last year; no two need share a moment, so little can be remembered from one to the next.

    Seven in ten are received within hours, one in twenty only after days; one in ten of the open ones still waits.
    """
    for number in range(count):
        is_open = chance.random() < share_open
        waiting = is_open and chance.random() < 0.1
        filed = NOW - timedelta(seconds=chance.randrange(3 * DAY if waiting else 30 * DAY if is_open else 330 * DAY))
        waited = chance.choices((4 * HOUR, DAY, 5 * DAY), (70, 25, 5))[0]
        received = None if waiting else min(NOW, filed + timedelta(seconds=chance.randrange(waited)))
        begun = received or filed
        appointment = begun + timedelta(days=chance.randrange(3, 31), seconds=chance.randrange(6 * HOUR))
        finished = None if is_open else min(NOW, appointment + timedelta(seconds=chance.randrange(-5 * DAY, DAY // 2)))
        status = Status.REGISTERED if waiting else chance.choice(OPEN if is_open else ENDED)
        yield Dossier(
            source="motcua",
            code=f"000.00.{number % 200:02}.H56-261124-{number:07}",
            procedure="2.001474",
            channel=Channel.ONLINE if chance.random() < 0.8 else Channel.COUNTER,
            status=status,
            filed=filed,
            received=received,
            appointment=None if waiting else day_of(appointment) if chance.random() < 0.3 else appointment,
            finished=finished,
            receiving_unit="Bộ phận Một cửa",
            handling_unit="Phòng chuyên môn",
            receiving_agency=chance.choice(AGENCIES),
            handling_agency=chance.choice(AGENCIES),
            supplements=(Supplement(asked=day_of(begun)),) if status is Status.SUPPLEMENT else (),
            as_of=NOW,
            first_seen=filed,
            told=NOW,
        )


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """An office's year, a third of it open; and the dearest mix, every dossier open. Making them is not counted.

    The figure is the median of batches, each of AT_A_TIME.
    """
    law, wanted = load_law(), max(2_000, round(DOSSIERS * scale))
    for name, share, count in (("a third open", 1 / 3, wanted), ("all open", 1.0, wanted // 4)):
        chance, costs, found, done = random.Random(2026), list[float](), 0, 0
        while done < count:
            some = list(dossiers(min(AT_A_TIME, count - done), chance, share_open=share))
            with cost() as spent:
                for one in some:
                    found += len(findings(one, NOW, law))
            costs.append(spent.s / len(some) * 1e6)
            done += len(some)
        assert found > count * share * 0.8, "the dossiers made up show too little"
        yield f"findings a dossier, {name} ({done:,})", median(costs), LIMIT_US, "µs"
