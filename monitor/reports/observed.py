"""What the looks of a week brought, target by target, whether it proves anything or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from monitor.core.look import Cause, Look
from monitor.core.period import Span
from monitor.core.service import Target
from monitor.reports.uptime_log import Seen


def seen(targets: Iterable[Target], looks: Iterable[Look], window: Span) -> tuple[Seen, ...]:
    """One line a target, controls left out, those the account rests on first."""
    of_target: dict[str, list[Look]] = {}
    for look in looks:
        if look.at in window:
            of_target.setdefault(look.target, []).append(look)
    lines = [_line(target, of_target.get(target.key, [])) for target in targets if not target.control]
    return tuple(sorted(lines, key=lambda line: not line.required))


def _line(target: Target, looks: list[Look]) -> Seen:
    took = sorted(look.phases.total for look in looks if look.status is not None)
    return Seen(
        key=target.key,
        name=target.name,
        kind=target.kind,
        required=target.required,
        looks=len(looks),
        answered=sum(look.status is not None for look in looks),
        by_verdict=Counter(look.verdict for look in looks),
        by_cause=Counter(look.cause for look in looks if look.cause is not Cause.NONE),
        by_status=Counter(look.status for look in looks if look.status is not None),
        failures=Counter(_failure(look) for look in looks if look.cause is not Cause.NONE),
        median_ms=took[len(took) // 2] if took else None,
    )


def _failure(look: Look) -> tuple[Cause, int | None]:
    """What a look failed for; the code it was answered with only where that was it."""
    return look.cause, look.status if look.cause is Cause.STATUS else None
