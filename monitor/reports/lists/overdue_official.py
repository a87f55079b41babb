"""The list of late dossiers as an official report: the figures in its text, the dossiers in a landscape appendix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monitor.core.finding import FindingKind
from monitor.core.period import Stamp, ict
from monitor.core.reporting import window_of
from monitor.reports import periods
from monitor.reports.basis import words
from monitor.reports.drafts import report
from monitor.reports.lists.overdue import Overdue
from monitor.reports.lists.overdue_tables import Cell, OverdueTable
from monitor.reports.official.document import Appendix, Block, Grid, Official, Paragraph
from monitor.reports.official.wording import worded
from monitor.reports.render import gio, ngay, render, so, term

SMALL = 8.5
"""The size of letters of a table with fourteen columns on A4 lying down."""
_RIGHT = {"days", "place"}


def official(table: OverdueTable) -> Official:
    """The report as a draft from the Centre; number, day and signature are left to a person."""
    told, register = table.told, table.register
    said = words()["overdue"]
    about = (
        said["about_span"].format(period=periods.called(window_of(told.span)))
        if told.span
        else said["about_moment"].format(at=gio(told.at))
    )
    return report(
        register,
        about=about,
        body=worded(_text(table), {"counts": [counts(table)], "method": [_method(table)]}),
        now=told.made_at,
        appendices=tuple(_appendices(table)),
    )


def stem(table: OverdueTable) -> str:
    """What the files of a list are called, without the ending."""
    told = table.told
    when = window_of(told.span).name if told.span else f"{ict(told.at):%Y%m%d-%H%M}"
    said = words()["overdue"]
    edition = said[f"file_{table.edition.value}"]
    parts = [said["file_span" if told.span else "file_moment"], when, told.agency, edition]
    return "-".join(filter(None, (*parts, "cong-dvcqg" if told.portal else "")))


def _text(table: OverdueTable) -> str:
    told = table.told
    tally = tallied(told.rows)
    reasons = Counter(one.why for one in told.unjudged)
    return render(
        "lists/overdue.txt",
        when=table.under()[0],
        total=len(told.rows),
        agencies=len({row.group for row in told.rows}),
        **tally,
        span=told.span is not None,
        portal=told.portal,
        apart=len(told.unjudged),
        reasons=[f"{so(count)} hồ sơ {term(why)}" for why, count in sorted(reasons.items())],
    )


def tallied(rows: tuple[Overdue, ...]) -> dict[str, int]:
    """How many rows of each kind, explained, apologised for."""
    results = [row for row in rows if row.finding.kind is FindingKind.RESULT]
    return {
        "reception": sum(row.finding.kind is FindingKind.RECEPTION for row in rows),
        "late": sum(row.lasts for row in results),
        "done": sum(not row.lasts for row in results),
        "explained": sum(row.explanation is not None for row in rows),
        "apologised": sum(bool(row.apologies) for row in results),
    }


def counts(table: OverdueTable) -> Grid:
    """A line an agency: how many delays of which kind, how many explained and apologised for."""
    heads = words()["counts_column"]
    keys = ["reception", "late", *(["done"] if table.told.span else []), "explained", "apologised"]
    rows = []
    for place, (group, some) in enumerate(table.told.groups(), 1):
        tally = tallied(some)
        rows.append((so(place), table.name(group), *(so(tally[key]) for key in keys)))
    total = tallied(table.told.rows)
    rows.append(("", heads["sum"], *(so(total[key]) for key in keys)))
    return Grid(
        header=(heads["place"], heads["agency"], *(heads[key] for key in keys)),
        rows=tuple(rows),
        widths=(0.6, 4.0, *(1.3 for _ in keys)),
        align=("center", "left", *("right" for _ in keys)),
        sums=frozenset({len(rows) - 1}),
    )


def _method(table: OverdueTable) -> Grid:
    heads = words()["method_column"]
    return Grid(header=(heads["what"], heads["how"]), rows=tuple(table.method()), widths=(1.0, 3.2))


def _appendices(table: OverdueTable) -> Iterator[Appendix]:
    said = words()["overdue"]
    if table.told.rows:
        yield Appendix(title=table.title(), blocks=tuple(_list(table)), landscape=True)
    if table.told.unjudged:
        heads = words()["apart_column"]
        rows = tuple(tuple(_printed(cell) for cell in cells) for cells in table.apart())
        grid = Grid(
            header=tuple(heads.values()),
            rows=rows,
            widths=(0.6, 2.4, 3.0, 2.6, 1.6, 4.0),
            align=("center",),
            points=10,
        )
        yield Appendix(title=said["apart"], blocks=(_aligned(grid),), landscape=True)


def _aligned(grid: Grid) -> Grid:
    sides = (*grid.align, *("left" for _ in grid.header[len(grid.align) :]))
    return Grid(header=grid.header, rows=grid.rows, widths=grid.widths, align=sides, points=grid.points)


def _list(table: OverdueTable) -> Iterator[Block]:
    """One table, each agency's name over its rows; the agency's own column is left out."""
    yield Paragraph("; ".join(table.under()), italic=True, indent=False)
    columns = tuple(column for column in table.columns if column != "agency")
    kept = [table.columns.index(column) for column in columns]
    widths = tuple(float(words()["overdue_width"][column][1]) for column in columns)
    header = tuple(table.heading(column) for column in columns)
    sides = tuple("center" if column in _RIGHT else "left" for column in columns)
    made: list[tuple[str, ...]] = []
    bands = []
    for group, rows in table.told.numbered():
        bands.append(len(made))
        made.append((words()["overdue"]["group"].format(agency=table.name(group), count=so(len(rows))),))
        for place, row in rows:
            cells = tuple(table.cells(place, row))
            made.append(tuple(_printed(cells[column]) for column in kept))
    yield Grid(header=header, rows=tuple(made), widths=widths, align=sides, points=SMALL, bands=frozenset(bands))


def _printed(cell: Cell) -> str:
    """A cell of a document; a moment on two lines, a day alone on one."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case int():
            return so(cell)
        case _:
            return _stamp(cell)


def _stamp(stamp: Stamp) -> str:
    day = ngay(stamp)
    clock = gio(stamp).removesuffix(day).strip()
    return f"{day}\n{clock}" if clock else day


__all__ = ["counts", "official", "stem", "tallied"]
