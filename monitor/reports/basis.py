"""What a list rests on, as it prints: how on time is judged, how old the figures are, which rules, which calendar."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from monitor.core.dossier import Dossier
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import day_of
from monitor.register import Register
from monitor.reports.citing import cited
from monitor.reports.freshness import Stale
from monitor.reports.on_time_words import on_time_by
from monitor.reports.render import TEMPLATES, moc, so

DEFAULT = "default"
_MARK = 12
"""So many letters of a version tell it from any other."""


@cache
def words() -> Mapping[str, Any]:
    """The words of lists and scorecards."""
    return tomllib.loads((TEMPLATES / "lists" / "words.toml").read_text("utf-8"))


def citations(law: Law, rules: Iterable[tuple[str, date]]) -> tuple[str, ...]:
    """What rules are cited by, each as of its day, marked where nobody has confirmed them."""
    said: dict[str, bool] = {}
    for key, on in dict.fromkeys(rules):
        try:
            rule = law.rule(key, on)
        except RuleUnknown:
            continue
        said[rule.citation] = said.get(rule.citation, True) and bool(rule.confirmed_by)
    unconfirmed, mark = [text for text, sure in said.items() if not sure], words()["method"]["unconfirmed"]
    return (
        *cited(text for text, sure in said.items() if sure),
        *(text if mark in text else f"{text} ({mark})" for text in cited(unconfirmed)),
    )


def begun_on(dossier: Dossier, otherwise: datetime) -> date:
    """The day whose rules a dossier goes by."""
    return day_of(dossier.received or dossier.filed or otherwise)


def convention(law: Law) -> tuple[str, str]:
    """How on time is judged."""
    return words()["method"]["convention"], on_time_by(law)


def freshness(
    register: Register, figures: Mapping[str, datetime], stale: Mapping[str, Stale]
) -> Iterator[tuple[str, str]]:
    """Of each source up to when its figures go, and which have no new ones."""
    said = words()["method"]
    names = {key: register.sources[key].name if key in register.sources else key for key in figures}
    told = [f"{names[key]}: {moc(moment)}" for key, moment in sorted(figures.items())]
    yield said["figures"], "; ".join(told) or said["no_figures"]
    for key, old in sorted(stale.items()):
        text = said["no_fresh"].format(name=names.get(key, key), at=moc(old.as_of), days=so(old.days))
        yield said["stale"], text


def calendar(law: Law) -> tuple[str, str]:
    """The calendar by which days were counted."""
    said = words()["method"]
    return said["calendar"], said["version"].format(version=law.calendars[DEFAULT].version[:_MARK])
