"""Drafts of official letters to an agency about its late dossiers: to urge it (đôn đốc), or to ask it why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from monitor.core.apology import REAPPOINTMENTS
from monitor.core.deadline import APOLOGY_RULE
from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind
from monitor.core.law import Law, RuleUnknown
from monitor.core.official_letter import DispatchKind
from monitor.core.period import day_of
from monitor.register import Register
from monitor.register.naming import procedure_name
from monitor.reports.allow_list import citation_of
from monitor.reports.citing import cited
from monitor.reports.drafts import Draft, blocks, letter
from monitor.reports.explaining import WITHIN
from monitor.reports.lists.overdue import Overdue
from monitor.reports.official.document import Appendix, Block, Grid
from monitor.reports.render import gio, ngay, so, term, terms

WIDTHS = (0.6, 2.6, 3.0, 1.9, 1.1, 1.4, 1.1, 1.6, 2.2)
SIDES = ("center", "left", "left", "left", "left", "left", "right", "left", "left")


def urging(
    register: Register,
    law: Law,
    kind: DispatchKind,
    agency: str,
    late: Sequence[Overdue],
    *,
    now: datetime,
    figures: Mapping[str, datetime],
    handle: str,
    sender: str = "",
    own: Path | None = None,
) -> Draft:
    """The letter from `sender` (the Centre where none is named) to an agency, with the list of its delays.

    `figures` are by source those of the list, so that letter, list and page name one moment. `handle` is in the name of
    its files alone, so that what is numbered can be found again.
    """
    words = terms()["urging"]
    sender = sender or register.centre
    return Draft(
        own=own,
        stem=f"{words[f'file_{kind.value}']}-{agency}-{handle}",
        document=letter(
            register,
            sender,
            about=_about(kind, late),
            to=register.agency_name(agency),
            now=now,
            body=blocks(
                kind.value,
                sender=register.agency_name(sender),
                agency=register.agency_name(agency),
                now=now,
                late=late,
                counts=Counter(one.delay.kind.value for one in late),
                worst=max((one.days or 0 for one in late), default=0),
                apologised=sum(bool(one.apologies) for one in late),
                explained=sum(one.explanation is not None for one in late),
                figures=tuple(_figures(register, late, figures)),
                bases=_bases(law, late, now),
                apology_basis=citation_of(law, APOLOGY_RULE, now),
                once_basis=citation_of(law, REAPPOINTMENTS, now),
                days=_days(law, day_of(now)),
                by_date=law.by_date,
            ),
            appendices=(Appendix(title=words["list"], blocks=_list(register, late), landscape=True),),
        ),
    )


def _about(kind: DispatchKind, late: Iterable[Overdue]) -> str:
    """What the letter is about: what its list has, and nothing else."""
    kinds = {one.delay.kind for one in late}
    which = "both" if len(kinds) > 1 else next(iter(kinds)).value
    return terms()["urging_about"][f"{kind.value}_{which}"]


def _figures(
    register: Register, late: Iterable[Overdue], figures: Mapping[str, datetime]
) -> Iterable[tuple[str, datetime]]:
    """Of each source that the list has something of its name, and the moment its figures stand for."""
    for key in sorted({one.dossier.source for one in late}):
        if key in figures:
            yield register.sources[key].name if key in register.sources else key, figures[key]


def _bases(law: Law, late: Iterable[Overdue], now: datetime) -> tuple[str, ...]:
    """What the deadlines in the list rest on, each as of the day of its dossier."""
    rules = dict.fromkeys((rule, _begun(one.dossier, now)) for one in late for rule in one.finding.rules)
    found = []
    for rule, on in rules:
        try:
            found.append(law.rule(rule, on).citation)
        except RuleUnknown:
            continue
    return cited(found)


def _begun(dossier: Dossier, otherwise: datetime) -> date:
    return day_of(dossier.received or dossier.filed or otherwise)


def _days(law: Law, day: date) -> int:
    """In how many working days the letter asks for an answer; one where no rule says."""
    try:
        return law.rule(WITHIN, day).value
    except RuleUnknown:
        return 1


def _list(register: Register, late: Sequence[Overdue]) -> tuple[Block, ...]:
    words = terms()["urging_column"]
    rows = tuple(
        (
            str(place),
            one.dossier.code,
            procedure_name(register, one.dossier) or "–",
            one.unit or "–",
            words["late_reception"] if one.delay.kind is FindingKind.RECEPTION else words["late_result"],
            gio(one.due) if one.due is not None else "–",
            "–" if one.days is None else so(one.days),
            "; ".join(f"{a.document} ngày {ngay(a.dated)}" for a in one.apologies) or words["none"],
            term(one.explanation.cause) if one.explanation else words["none"],
        )
        for place, one in enumerate(late, 1)
    )
    heads = ("place", "code", "procedure", "unit", "kind", "due", "days", "apology", "cause")
    return (Grid(header=tuple(words[name] for name in heads), rows=rows, widths=WIDTHS, align=SIDES),)
