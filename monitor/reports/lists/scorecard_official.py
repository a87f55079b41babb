"""The scorecard of a period as an official report, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction

from monitor.core.law import Law
from monitor.core.message import Attachment
from monitor.core.period import iso
from monitor.core.repeat import Repeated
from monitor.core.reporting import Period
from monitor.register import Register
from monitor.reports import periods
from monitor.reports.basis import calendar, convention, freshness, words
from monitor.reports.drafts import DOCX, report
from monitor.reports.lists.scorecard import Durations, OnTimeShare, Score, Scorecard
from monitor.reports.official.document import Block, Grid, Official
from monitor.reports.official.wording import worded
from monitor.reports.on_time_words import on_time_by
from monitor.reports.render import NO_DATA, phantram, render, so


def official(told: Scorecard, period: Period, register: Register, law: Law) -> Official:
    """The report as a draft from the Centre."""
    said = words()["scorecard"]
    text = render(
        "lists/scorecard.txt",
        period=periods.called(period),
        start=told.span.start,
        end=told.span.end,
        at=told.at,
        total=told.total.by(law),
        differ=told.differ,
        said=said,
        convention=on_time_by(law),
        repeats=told.repeats is not None and bool(told.repeats.units),
        repeats_how=_how(told),
    )
    return report(
        register,
        about=said["about"].format(period=periods.called(period)),
        body=worded(text, _given(told, register, law)),
        now=told.made_at,
    )


def files(told: Scorecard, period: Period, register: Register, law: Law) -> Iterator[Attachment]:
    """The report for Word and for print."""
    from monitor.reports.official.print import NotPrinted, pdf
    from monitor.reports.official.word import docx

    document, name = official(told, period, register, law), f"{words()['scorecard']['file']}-{period.name}"
    yield Attachment(name=f"{name}.docx", media_type=DOCX, content=docx(document))
    with suppress(NotPrinted):
        yield Attachment(name=f"{name}.pdf", media_type="application/pdf", content=pdf(document))


def _how(told: Scorecard) -> str:
    if told.repeats is None:
        return ""
    window = told.repeats.window
    return str(words()["scorecard"]["repeats_how"]).format(days=window.days, least=window.least)


def _given(told: Scorecard, register: Register, law: Law) -> dict[str, list[Block]]:
    heads = words()["scorecard_column"]
    named = [(register.agency_name(one.agency) or heads["nobody"], one) for one in told.scores]
    named.append((heads["sum"], told.total))
    return {
        "on_time": [
            _grid(
                ("agency", "judged", "on_time", "overdue", "unjudged", "share"),
                ((name, *_shared(one.by(law))) for name, one in named),
            )
        ],
        "both": [
            _grid(
                ("agency", "by_timestamp", "by_date"),
                (
                    (name, _both(one.by_timestamp), _both(one.by_date))
                    for name, one in named
                    if one.by_timestamp != one.by_date
                ),
                total=False,
            )
        ],
        "ageing": [
            _grid(
                ("agency", "young", "week", "month", "old", "no_days"),
                ((name, *map(so, one.ageing.counts), so(one.ageing.unknown)) for name, one in named),
            )
        ],
        "durations": [
            _grid(("agency", "ended", "median", "high"), ((name, *_lasted(one.durations)) for name, one in named))
        ],
        "repeats": [
            _grid(("agency", "late", "total", "expected", "interval", "often"), _repeats(told, register), total=False)
        ],
        "method": [_method(told, register, law)],
    }


def _grid(keys: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, total: bool = True) -> Grid:
    heads, some = words()["scorecard_column"], tuple(rows)
    return Grid(
        header=tuple(heads[key] for key in keys),
        rows=some,
        widths=(3.6, *(1.2 for _ in keys[1:])),
        align=("left", *("right" for _ in keys[1:])),
        sums=frozenset({len(some) - 1}) if total else frozenset(),
    )


def _shared(one: OnTimeShare) -> tuple[str, ...]:
    return (so(one.judged), so(one.on_time), so(one.overdue), so(one.unjudged), phantram(one.share))


def _both(one: OnTimeShare) -> str:
    return f"{so(one.on_time)}/{so(one.judged)} ({phantram(one.share)})"


def _lasted(one: Durations) -> tuple[str, str, str]:
    if one.median is None or one.high is None:
        return so(one.count), NO_DATA, NO_DATA
    return so(one.count), _halves(one.median), so(one.high)


def _halves(number: Fraction) -> str:
    return so(int(number)) + (",5" if number.denominator == 2 else "")


def _repeats(told: Scorecard, register: Register) -> Iterator[tuple[str, ...]]:
    """By name, never by rank; the province has no line here, for nothing is expected of it."""
    units = told.repeats.units if told.repeats else ()
    for one in sorted(units, key=lambda unit: (register.agency_name(unit.agency), unit.agency)):
        yield (register.agency_name(one.agency), *_repeated(one))


def _repeated(one: Repeated) -> tuple[str, ...]:
    bounds = f"{phantram(one.share.low, places=0)} – {phantram(one.share.high, places=0, up=True)}"
    often = str(words()["scorecard_column"]["yes"]) if one.often else "–"
    return so(one.late), so(one.total), f"{one.expected:.1f}".replace(".", ","), bounds, often


def _method(told: Scorecard, register: Register, law: Law) -> Grid:
    heads = words()["method_column"]
    rows = (convention(law), *freshness(register, told.late.figures, told.late.stale), calendar(law))
    return Grid(header=(heads["what"], heads["how"]), rows=tuple(rows), widths=(1.0, 3.2))


def as_json(told: Scorecard, law: Law) -> dict[str, object]:
    """For programs; shares are strings of six decimals, null without data."""
    return {
        "span": [iso(told.span.start), iso(told.span.end)],
        "at": iso(told.at),
        "compared": law.compared.value,
        "agencies": [_plain(one) for one in told.scores],
        "total": _plain(told.total),
        "repeated": [
            {
                "agency": one.agency,
                "late": one.late,
                "total": one.total,
                "expected": round(one.expected, 3),
                "low": round(one.share.low, 6),
                "high": round(one.share.high, 6),
                "often": one.often,
            }
            for one in (told.repeats.units if told.repeats else ())
        ],
    }


def _plain(one: Score) -> dict[str, object]:
    return {
        "agency": one.agency,
        "by_timestamp": _share(one.by_timestamp),
        "by_date": _share(one.by_date),
        "ageing": list(one.ageing.counts),
        "ageing_unknown": one.ageing.unknown,
        "ended": one.durations.count,
        "median": float(one.durations.median) if one.durations.median is not None else None,
        "p90": one.durations.high,
    }


def _share(one: OnTimeShare) -> dict[str, object]:
    share = None if one.share is None else f"{int(one.share * 10**6) / 10**6:.6f}"
    return {"on_time": one.on_time, "judged": one.judged, "unjudged": one.unjudged, "share": share}


__all__ = ["as_json", "files", "official"]
