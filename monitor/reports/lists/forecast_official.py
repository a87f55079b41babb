"""The forecast of the coming days as an official report, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from monitor.core.forecast import Forecast
from monitor.core.message import Attachment
from monitor.core.period import iso
from monitor.register import Register
from monitor.reports.basis import words
from monitor.reports.drafts import DOCX, report
from monitor.reports.lists.forecasts import FEW, Forecasts
from monitor.reports.official.document import Grid, Official
from monitor.reports.official.wording import worded
from monitor.reports.render import NO_DATA, ngay, render, so


def official(told: Forecasts, register: Register) -> Official:
    """The report as a draft from the Centre."""
    said = words()["forecast"]
    first, last = told.days[0], told.days[-1]
    text = render(
        "lists/forecast.txt",
        first=first,
        last=last,
        due=told.due,
        least=told.least,
        most=told.most,
        enough=told.enough,
        how=said["how"].format(since=ngay(told.since) if told.since else NO_DATA, few=FEW),
    )
    return report(
        register,
        about=said["about"].format(start=ngay(first), end=ngay(last)),
        body=worded(text, {"days": [grid(told, register)]}),
        now=told.now,
    )


def grid(told: Forecasts, register: Register) -> Grid:
    """A line an agency, a column a day, by name."""
    said = words()["forecast"]
    header = (said["agency"], *(f"{day:%d/%m}" for day in told.days), said["due"], said["risk"])
    units = sorted(told.units, key=lambda one: (register.agency_name(one.agency), one.agency))
    rows = [
        (
            register.agency_name(one.agency),
            *(so(one.days.get(day, 0)) if one.days.get(day) else "" for day in told.days),
            so(one.due),
            _risk(one, told),
        )
        for one in units
    ]
    return Grid(
        header=header,
        rows=tuple(rows),
        widths=(3.4, *(0.8 for _ in told.days), 0.9, 1.4),
        align=("left", *("right" for _ in header[1:])),
        points=11,
    )


def _risk(one: Forecast, told: Forecasts) -> str:
    if told.since is None:
        return NO_DATA
    return f"{so(one.least)} – {so(one.most)}" if one.due >= FEW else "–"


def files(told: Forecasts, register: Register) -> Iterator[Attachment]:
    """The report for Word and for print."""
    from monitor.reports.official.print import NotPrinted, pdf
    from monitor.reports.official.word import docx

    document, name = official(told, register), f"{words()['forecast']['file']}-{told.days[0]:%Y%m%d}"
    yield Attachment(name=f"{name}.docx", media_type=DOCX, content=docx(document))
    with suppress(NotPrinted):
        yield Attachment(name=f"{name}.pdf", media_type="application/pdf", content=pdf(document))


def as_json(told: Forecasts) -> dict[str, object]:
    """For programs."""
    return {
        "now": iso(told.now),
        "days": [day.isoformat() for day in told.days],
        "forecast": True,
        "past_since": told.since.isoformat() if told.since else None,
        "due": told.due,
        "late_least": told.least,
        "late_most": told.most,
        "agencies": [
            {
                "agency": one.agency,
                "days": {day.isoformat(): count for day, count in one.days.items()},
                "due": one.due,
                "late_expected": round(one.expected, 3),
                "late_least": one.least,
                "late_most": one.most,
            }
            for one in told.units
        ],
    }
