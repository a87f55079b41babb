"""The summary for the weekly meeting as one page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

from monitor.core.apology import REAPPOINTMENTS
from monitor.core.deadline import APOLOGY_RULE, RECEPTION_RULE
from monitor.core.law import Law
from monitor.core.message import Attachment
from monitor.core.obligation import DutyState
from monitor.core.period import day_of, ict
from monitor.register import Register
from monitor.register.naming import procedure_name
from monitor.reports.basis import calendar, citations, convention, freshness, words
from monitor.reports.drafts import DOCX
from monitor.reports.lists.briefing import WEEK, Briefing, Case, Ground, Line
from monitor.reports.lists.one_page import OnePage, Section, docx, pdf
from monitor.reports.lists.overdue import Why
from monitor.reports.official.document import Grid
from monitor.reports.render import gio, ngay, phantram, so, term

MOST_LINES = 27
"""More agencies than that would make the letters too small; the rest stand in one line."""
MOST_MEASURES = 4
MOST_REPEATS = 4
MOST_DUTIES = 3
LONGEST = 90
"""A longer name is cut: the page must hold."""


def page(told: Briefing, register: Register, law: Law) -> OnePage:
    """The page: its figures are those of the list as of the same moment."""
    said, listed = words()["briefing"], told.now
    at = gio(listed.at)
    under = said["under"].format(at=at, before=gio(listed.at - WEEK), start=gio(listed.at - WEEK), end=at)
    return OnePage(
        agency=register.agency_name(register.centre),
        title=said["title"],
        under=under,
        grid=_grid(told, register),
        sections=tuple(_sections(told, register)),
        basis=_basis(told, register, law),
        made=listed.made_at,
    )


def files(told: Briefing, register: Register, law: Law) -> Iterator[Attachment]:
    """The page for print and for Word."""
    from monitor.reports.official.print import NotPrinted

    made, name = page(told, register, law), f"{words()['briefing']['file']}-{ict(told.now.at):%Y%m%d-%H%M}"
    yield Attachment(name=f"{name}.docx", media_type=DOCX, content=docx(made))
    with suppress(NotPrinted):
        yield Attachment(name=f"{name}.pdf", media_type="application/pdf", content=pdf(made))


def _grid(told: Briefing, register: Register) -> Grid:
    said = words()["briefing"]
    keys = ("reception", "near", "late", "done", "explained")
    shown = _shown(told.lines)
    rows = [(_short(register.agency_name(line.agency)), *_cells(line)) for line in shown]
    rest = [line for line in told.lines if line not in shown]
    if rest:
        rows.append((said["others"].format(count=so(len(rest))), *_cells(_sum(rest))))
    rows.append((said["sum"], *_cells(_sum(told.lines))))
    return Grid(
        header=(said["agency"], *(said[key] for key in keys)),
        rows=tuple(rows),
        widths=(4.2, *(1.25 for _ in keys)),
        align=("left", *("center" for _ in keys)),
        sums=frozenset({len(rows) - 1}),
    )


def _shown(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Where there is not room for all, those with most that is late; in the order of their names all the same."""
    weight = sorted(lines, key=lambda one: -(one.reception + one.late + one.done))[:MOST_LINES]
    return tuple(line for line in lines if line in weight)


def _cells(line: Line) -> tuple[str, ...]:
    return (
        _changed(line.reception, line.reception_before),
        so(line.near),
        _changed(line.late, line.late_before),
        so(line.done),
        so(line.explained),
    )


def _changed(count: int, before: int | None) -> str:
    said = words()["briefing"]
    if before is None:
        return so(count)
    change = count - before
    sign = f"{change:+d}".replace("-", "−") if change else said["same"]
    return str(said["change"].format(count=so(count), change=sign))


def _sum(lines: tuple[Line, ...] | list[Line]) -> Line:
    known = all(one.late_before is not None for one in lines)
    return Line(
        agency="",
        reception=sum(one.reception for one in lines),
        near=sum(one.near for one in lines),
        late=sum(one.late for one in lines),
        done=sum(one.done for one in lines),
        explained=sum(one.explained for one in lines),
        reception_before=sum(one.reception_before or 0 for one in lines) if known else None,
        late_before=sum(one.late_before or 0 for one in lines) if known else None,
    )


def _sections(told: Briefing, register: Register) -> Iterator[Section]:
    said = words()["briefing"]
    cases = [_case(place, one, register) for place, one in enumerate(told.cases, 1)]
    yield Section(heading=said["cases"], lines=(*cases, said["case_rule"]) if cases else (said["no_cases"],))
    yield Section(heading=said["shares"], lines=(_shares(told),))
    if told.duties:
        yield Section(heading=said["duties"], lines=(_duties(told, register),))
    yield Section(heading=said["measures"], lines=(_measures(told, register),))
    yield Section(heading=said["repeats"], lines=tuple(_repeats(told, register)))
    yield Section(heading=said["forecast"], lines=(_forecast(told),))
    yield Section(heading=said["uncounted"], lines=(_uncounted(told),))


def _case(place: int, one: Case, register: Register) -> str:
    said, form = words()["case"][one.ground.value], words()["briefing"]["case" if one.late else "case_not_late"]
    return str(form).format(
        place=place,
        code=one.dossier.code,
        agency=_short(register.agency_name(one.group) or term(Why.UNKNOWN_UNIT)),
        procedure=_short(procedure_name(register, one.dossier)),
        days="?" if one.days is None else so(one.days),
        due="chưa có" if one.due is None else gio(one.due),
        why=said.format(cause=term(one.cause)) if one.cause is not None and one.ground is Ground.LONGEST else said,
    )


def _shares(told: Briefing) -> str:
    results, lasting = told.results, told.lasting
    apologised = sum(bool(row.apologies) for row in results)
    explained = sum(row.explanation is not None for row in lasting)
    return str(words()["briefing"]["share_lines"]).format(
        apologised=so(apologised),
        results=so(len(results)),
        apologised_share=_share(apologised, len(results)),
        explained=so(explained),
        lasting=so(len(lasting)),
        explained_share=_share(explained, len(lasting)),
    )


def _share(part: int, whole: int) -> str:
    return phantram(Fraction(part, whole) if whole else None)


def _measures(told: Briefing, register: Register) -> str:
    said = words()["briefing"]
    some = [
        said["measure"].format(
            kind=term(one.kind),
            agency=_short(register.agency_name(one.agency)),
            document=_short(one.document),
            dated=ngay(one.dated),
        )
        for one in told.measures[:MOST_MEASURES]
    ]
    if len(told.measures) > MOST_MEASURES:
        some.append(said["more_measures"].format(count=so(len(told.measures) - MOST_MEASURES)))
    return "; ".join(some) + "." if some else str(said["no_measures"])


def _duties(told: Briefing, register: Register) -> str:
    """Late duties in one line, the one whose day came first in front."""
    said = words()["briefing"]
    some = []
    for one in told.duties[:MOST_DUTIES]:
        late = [part for part in one.parts if part.state is DutyState.LATE]
        some.append(
            said["duty"].format(
                title=_short(one.duty.title),
                agencies=_short(", ".join(register.agency_name(part.part.agency) for part in late)),
                days=so(max(part.days or 0 for part in late)),
            )
        )
    if len(told.duties) > MOST_DUTIES:
        some.append(said["more_duties"].format(count=so(len(told.duties) - MOST_DUTIES)))
    return "; ".join(some) + "."


def _repeats(told: Briefing, register: Register) -> Iterator[str]:
    said = words()["briefing"]
    if not told.often or told.window is None:
        yield said["no_repeats"]
        return
    named = sorted(told.often, key=lambda one: register.agency_name(one.agency))
    lines = [
        said["repeat"].format(
            agency=_short(register.agency_name(one.agency)),
            late=so(one.late),
            total=so(one.total),
            days=told.window.days,
            expected=_decimal(one.expected),
            low=phantram(one.share.low, places=0),
            high=phantram(one.share.high, places=0, up=True),
        )
        for one in named[:MOST_REPEATS]
    ]
    if len(named) > MOST_REPEATS:
        lines.append(said["more_repeats"].format(count=so(len(named) - MOST_REPEATS)))
    yield "; ".join(lines) + "."


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _forecast(told: Briefing) -> str:
    said, ahead = words()["briefing"], told.forecast
    if ahead is None or told.window is None or ahead.since is None:
        return str(said["no_forecast"])
    return str(said["forecast_line" if ahead.enough else "forecast_few"]).format(
        start=ngay(ahead.days[0]),
        end=ngay(ahead.days[-1]),
        due=so(ahead.due),
        days=told.window.days,
        least=so(ahead.least),
        most=so(ahead.most),
    )


def _uncounted(told: Briefing) -> str:
    said = words()["briefing"]
    some = [said["uncounted_line"].format(count=so(n), why=term(Why(why))) for why, n in sorted(told.uncounted.items())]
    return "; ".join(some) + "." if some else str(said["uncounted_none"])


def _basis(told: Briefing, register: Register, law: Law) -> str:
    listed = told.now
    today = day_of(listed.at)
    rules = citations(law, ((key, today) for key in (RECEPTION_RULE, APOLOGY_RULE, REAPPOINTMENTS)))
    figures = ". ".join(f"{what}: {how}" for what, how in freshness(register, listed.figures, listed.stale))
    return str(words()["briefing"]["basis"]).format(
        convention=": ".join(convention(law)), figures=figures, rules="; ".join(rules), calendar=calendar(law)[1]
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


__all__ = ["files", "page"]
