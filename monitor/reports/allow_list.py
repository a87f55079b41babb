"""The draft of a request to let our looks through a system's bot shield, or to be given an address to check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.core.law import Law, RuleUnknown
from monitor.core.period import day_of
from monitor.core.service import Service, Target
from monitor.core.uptime import Account, Gap
from monitor.register import Register
from monitor.reports.asking import looked_at
from monitor.reports.drafts import Draft, blocks, host_of, letter, operator_of
from monitor.reports.render import terms

MEASURING = "continuous_measurement"
"""The rule that makes provinces measure every online service continuously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ourselves:
    """How our looks show themselves: the addresses they come from (empty: not known here), the name they give."""

    addresses: tuple[str, ...]
    user_agent: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How one target is looked at, for those who run it."""

    target: Target
    url: str
    checked: tuple[str, ...]

    @property
    def every_ms(self) -> int:
        """At what interval."""
        return round(self.target.interval_s * 1000)

    @property
    def again_ms(self) -> int:
        """How soon after a first failure it is looked at once more."""
        return round(self.target.recheck_s * 1000)


def allow_lists(
    register: Register, law: Law, service: Service, account: Account, ourselves: Ourselves, *, now: datetime
) -> tuple[Draft, ...]:
    """One letter to each operator of the pages that the service's account rests on; `account` says what is lacking."""
    by_host: dict[str, list[Target]] = {}
    for target in service.required_targets():
        by_host.setdefault(host_of(target), []).append(target)
    return tuple(
        Draft(
            stem=f"du-thao-de-nghi-cho-phep-dia-chi-{service.code}-{host}",
            document=letter(
                register,
                service.owner,
                about=terms()["draft"]["allow_list"],
                to=operator_of(targets[0]),
                now=now,
                body=blocks(
                    "allow-list",
                    service=service,
                    owner=register.agency_name(service.owner),
                    host=host,
                    looking=tuple(_looking(targets)),
                    account=account,
                    blocked_ms=blocked_ms(account),
                    ourselves=ourselves,
                    basis=citation_of(law, MEASURING, now),
                ),
            ),
        )
        for host, targets in by_host.items()
    )


def blocked_ms(account: Account) -> int:
    """For how long nothing is known because a bot shield answered; 0: a request to be let through is precaution."""
    return account.unknown_by.get(Gap.CHALLENGED, 0)


def _looking(targets: list[Target]) -> Iterator[Looking]:
    for target in targets:
        url = target.steps[0].url if target.steps else ""
        yield Looking(target=target, url=url, checked=looked_at(target))


def citation_of(law: Law, key: str, moment: datetime) -> str:
    """What a rule in force at a moment is cited by, marked where nobody confirmed it; empty where there is none."""
    try:
        rule = law.rule(key, day_of(moment))
    except RuleUnknown:
        return ""
    words = terms()["draft"]
    if rule.confirmed_by or words["says_so"] in rule.citation:
        return rule.citation
    return f"{rule.citation} ({words['unconfirmed']})"
