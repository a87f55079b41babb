"""How everything stands, in numbers with names: what `/metrics` tells those who scrape it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from monitor.core.period import to_ms
from monitor.core.uptime import Account, State
from monitor.reports.mode import Mode
from monitor.reports.present import ServiceNow, TargetNow
from monitor.reports.standing import COLUMNS, Concern, StatusNow

Sample = tuple[Mapping[str, str], float]
PREFIX = "tthc_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One measured thing, by OpenMetrics' rules: base units (seconds, ratios), one sample a set of labels."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def gauges(now: StatusNow) -> Iterator[Gauge]:
    """Everything that is measured; what is not known has no sample."""
    for name, words, samples in (*_services(now.services), *_targets(now), *_monitor(now)):
        yield Gauge(name=PREFIX + name, help=words, samples=tuple(samples))


def _services(services: Iterable[ServiceNow]) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    known = [({"service": one.service.code}, one) for one in services]
    yield (
        "service_state",
        "Whether the service is in this state now: exactly one of them is 1.",
        [s for labels, one in known for s in _one_of(labels, "state", State, one.state)],
    )
    yield (
        "service_week_seconds",
        "This week up to now, parted: the five add up to it.",
        [
            ({**labels, "state": state.value}, ms / 1000)
            for labels, one in known
            for state, ms in one.account.parts.items()
        ],
    )
    yield (
        "service_week_ratio",
        "This week's figures: measured lies between lower and upper, which hold whatever was not seen.",
        [
            ({**labels, "figure": figure}, float(ratio))
            for labels, one in known
            for figure, ratio in _ratios(one.account)
            if ratio is not None
        ],
    )
    yield (
        "service_interruptions_open",
        "Interruptions that no good look has ended yet, of targets that count.",
        [(labels, sum(broken.target.required for broken in one.open)) for labels, one in known],
    )


def _targets(now: StatusNow) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    known = [(_of_target(service, one), one) for service in now.services for one in service.targets]
    lasts = [(labels, one.last) for labels, one in known if one.last is not None]
    yield (
        "target_state",
        "Whether the target is in this state now.",
        [s for labels, one in known for s in _one_of(labels, "state", State, one.state)],
    )
    yield (
        "target_looked_timestamp_seconds",
        "When the target was looked at last, whatever came of it.",
        [(labels, _seconds(last.at)) for labels, last in lasts],
    )
    yield (
        "target_look_seconds",
        "How long the last look took, from its start to the end of each phase.",
        [
            ({**labels, "phase": phase}, ms / 1000)
            for labels, last in lasts
            for phase in ("name", "connect", "tls", "first_byte", "total")
            if (ms := getattr(last.phases, phase)) is not None
        ],
    )


def _monitor(now: StatusNow) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    yield "mode", "Trial, pilot or live.", _one_of({}, "mode", Mode, now.mode)
    yield (
        "concern",
        "Whether a person has to see to this; healthy is where all are 0.",
        [({"concern": one.value}, float(one in now.concerns)) for one in Concern],
    )
    yield "letters", "Letters by what became of them.", [({"state": s.value}, n) for s, n in now.letters.items()]
    yield (
        "dossiers",
        "Dossiers by clock and standing.",
        [
            ({"clock": clock.value, "standing": stands.value}, count)
            for (clock, stands), count in zip(COLUMNS, now.totals, strict=True)
        ],
    )
    yield (
        "source_figures_timestamp_seconds",
        "When the newest figures of a source were taken.",
        [({"source": key}, _seconds(as_of)) for key, as_of in now.figures],
    )
    yield (
        "source_stale",
        "Whether a source's figures are too old to be told from.",
        [({"source": key}, float(any(one.source.key == key for one in now.stale))) for key, _ in now.figures],
    )
    yield "journal_links", "Links of a sealed chain.", [({"chain": e.chain}, e.seq) for e in now.health.heads]


def _of_target(service: ServiceNow, one: TargetNow) -> dict[str, str]:
    return {"service": service.service.code, "target": one.target.key, "required": str(one.target.required).lower()}


def _one_of(labels: Mapping[str, str], name: str, every: type[StrEnum], true: StrEnum) -> list[Sample]:
    return [({**labels, name: one.value}, float(one is true)) for one in every]


def _ratios(account: Account) -> Iterator[tuple[str, Fraction | None]]:
    yield "measured", account.measured
    yield "lower", account.lower
    yield "upper", account.upper
    yield "coverage", account.coverage


def _seconds(moment: datetime) -> float:
    return to_ms(moment) / 1000
