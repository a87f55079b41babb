"""Tables of an official letter: tasks with their leads and deadlines, and lists of dossiers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.core.obligation import DueKind, Listed
from monitor.core.order import Doubt, DoubtKind, DraftDuty
from monitor.core.order_names import STARTS, is_vague, listed
from monitor.core.order_tasks import Reader, deadline_of_cell, is_known, title_of
from monitor.core.order_text import Grid, tidy

_COLUMNS = {
    "number": ("stt", "tt", "so tt"),
    "task": ("nhiem vu", "noi dung", "noi dung nhiem vu", "noi dung cong viec", "cong viec", "ten nhiem vu"),
    "leads": (
        *("co quan chu tri", "don vi chu tri", "chu tri", "co quan don vi chu tri"),
        *("don vi thuc hien", "co quan thuc hien"),
    ),
    "partners": ("co quan phoi hop", "don vi phoi hop", "phoi hop", "co quan don vi phoi hop"),
    "due": (
        *("thoi han", "thoi gian", "thoi han hoan thanh", "thoi gian hoan thanh", "tien do", "han hoan thanh"),
        "thoi gian thuc hien",
    ),
    "report": ("co quan nhan bao cao", "bao cao", "noi nhan bao cao"),
    "code": ("ma ho so", "ma so ho so", "so ho so"),
    "unit": (
        *("don vi xu ly", "don vi giai quyet", "co quan giai quyet", "don vi", "co quan", "don vi dang xu ly"),
        "don vi thu ly",
    ),
}
"""What the columns are headed, in plain letters."""
_CODE = re.compile(r"(?<![\w.])(?=[\d.]*[A-Z])[0-9A-Z]{1,4}(?:\.[0-9A-Z]{1,4}){0,3}-\d{6,8}-\d{4,7}(?!\w)")
_ROWS_ABOVE = 8


def duties_in_tables(grids: Iterable[Grid], reader: Reader) -> Iterator[DraftDuty]:
    """The tasks of the tables that have a column of tasks and one of who leads."""
    for grid in grids:
        start, columns = _header(grid)
        if "task" not in columns or "leads" not in columns:
            continue
        for row in grid[start:]:
            if duty := _task(row, columns, reader):
                yield duty


def _task(row: Sequence[str], columns: Mapping[str, int], reader: Reader) -> DraftDuty | None:
    def cell(name: str) -> str:
        at = columns.get(name, -1)
        return tidy(row[at]) if 0 <= at < len(row) else ""

    text, led = cell("task"), cell("leads")
    if not text or not led or text == led or _plain(text) in _COLUMNS["task"]:
        return None
    leads = listed(led, reader.known)
    partners = tuple(name for name in listed(cell("partners"), reader.known) if not is_vague(name))
    told = next(iter(listed(cell("report"), reader.known)), "")
    day = deadline_of_cell(cell("due"), reader.by) if cell("due") else None
    doubts = [*day.doubts] if day else []
    if any(map(is_vague, leads)):
        doubts.append(Doubt(kind=DoubtKind.GROUP_VAGUE, about=led))
    if day and day.taken and not told:
        doubts.append(Doubt(kind=DoubtKind.REPORT_BLANK))
    names = (*leads, *partners, *filter(None, (told,)))
    doubts += [Doubt(kind=DoubtKind.AGENCY_UNKNOWN, about=name) for name in names if not is_known(name, reader.known)]
    number = cell("number").strip(" .")
    return DraftDuty(
        place=f"bảng, số thứ tự {number}" if number else "bảng",
        title=title_of(text, reader.by),
        text=text,
        leads=leads,
        partners=partners,
        report_to=told,
        due=day.due if day else None,
        due_kind=day.due_kind if day else DueKind.BY,
        due_words=cell("due") if day and day.taken else "",
        every=day.every if day else None,
        doubts=tuple(dict.fromkeys(doubts)),
    )


def dossiers_in(grids: Iterable[Grid], lines: Iterable[str] = ()) -> tuple[Listed, ...]:
    """The dossiers that tables list by code and unit; of plain lines, those that hold a code. Each code once.

    Nothing else of a row is taken: it may name the applicant.
    """
    found: dict[str, Listed] = {}
    for grid in grids:
        start, columns = _header(grid)
        if "code" not in columns:
            continue
        unit = columns.get("unit", -1)
        group = ""
        for row in grid[start:]:
            cells = [tidy(cell) for cell in row]
            code = cells[columns["code"]].upper() if columns["code"] < len(cells) else ""
            filled = {cell for cell in cells if cell}
            if not any(letter.isdigit() for letter in code) or len(filled) == 1:
                group = _unit_of(filled) or group  # a row across the table names the unit of those below it
                continue
            named = cells[unit] if 0 <= unit < len(cells) else group
            found.setdefault(code, Listed(code=code, unit=named or group))
    if not found:
        for one in _lines(lines):
            found.setdefault(one.code, one)
    return tuple(found.values())


def has_heading(grid: Grid) -> bool:
    """Whether a table has a heading that is known, and does not only lay out a page."""
    return bool(_header(grid)[1])


def is_usual(code: str) -> bool:
    """Whether a code has the form of a dossier's (TT 01/2018, Điều 19)."""
    return bool(_CODE.fullmatch(code))


def _unit_of(filled: Iterable[str]) -> str:
    return next((re.sub(r"^[IVX\d]+\.\s*", "", one) for one in filled if re.search(STARTS, one)), "")


def _lines(lines: Iterable[str]) -> Iterator[Listed]:
    """Codes of a page's text, each with the agency that the rest of its row names."""
    text = "\n".join(map(tidy, lines))
    codes = list(_CODE.finditer(text))
    for at, match in enumerate(codes):
        end = codes[at + 1].start() if at + 1 < len(codes) else min(len(text), match.end() + 300)
        named = re.search(rf"(?:^|[\s|;,])(?P<unit>(?:{STARTS})[^|\n;\d]*)", text[match.end() : end])
        yield Listed(code=match[0], unit=" ".join(named["unit"].split()) if named else "")


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    """Where the rows begin, and which column is which by its heading."""
    for at, row in enumerate(grid[:_ROWS_ABOVE]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            said = _plain(cell)
            for name, words in _COLUMNS.items():
                if said in words:
                    found.setdefault(name, column)
        if "code" in found or {"task", "leads"} <= found.keys():
            return at + 1, found
    return 0, {}


def _plain(cell: str) -> str:
    bare = unicodedata.normalize("NFD", cell.casefold()).replace("đ", "d")
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\(.*?\)", " ", letters)))
