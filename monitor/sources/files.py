"""A file as dossiers: under each heading the rows, one at a time, whatever kind of file it is."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zipfile import is_zipfile

from monitor.core.source import BadRow, DossierRow
from monitor.sources.dates import Order
from monitor.sources.header import DEEPEST, Header, best, locate
from monitor.sources.headings import fold
from monitor.sources.layout import Layout
from monitor.sources.mask import mask
from monitor.sources.mixed import Mixture
from monitor.sources.notes import Notes
from monitor.sources.row import Form
from monitor.sources.sheet import FileRefused, Row, Sheet
from monitor.sources.stepped import Steps
from monitor.sources.tables import sheets

MANNER = b"2"
"""Changes whenever this program reads the same cells otherwise than before, so that what it knows is read anew."""

_PLAIN_CODE = re.compile(r"(?=[^\s]*\d)[0-9A-Za-z][0-9A-Za-z._/\-]{2,59}")
_TOTALS = ("tongcong", "tongso", "tonghoso", "congtong")
_NO_UNIT = (
    "ghichu", "nguoilap", "noinhan", "thanhhoangay", "ngay", "trang", "tungay", "solieu", "danhsach", "phuluc", "kyten",
    "thutruong", "giamdoc", "khongcodulieu", "khongcohoso",
)  # fmt: skip
_ORDINAL = re.compile(r"\(?(?:\d{1,4}|[IVXLC]{1,6}|[A-Za-z])[.)]?\)?")
_GROUP_FRONT = re.compile(r"^\s*(?:\(?(?:\d{1,3}|[IVXLC]{1,6})\s*[.)]\s*|(?:đơn vị|cơ quan)\s*:\s*)", re.IGNORECASE)
_GROUP_TAIL = re.compile(r"\s*[(:–-]*\s*\(?\d+\s*hồ sơ\)?\s*$", re.IGNORECASE)
_MIXED_EVERY = 2_000

_NOT_FOUND = (
    'không tìm thấy dòng tiêu đề có cột "Mã hồ sơ" và các cột của một mẫu đã biết; '
    "xuất lại danh sách hồ sơ, hoặc viết mẫu cho tệp này (docs/sources.md)"
)
_NO_WORKBOOK = f"không phải tệp Excel, dù tên tệp là .xlsx, và {_NOT_FOUND}"
_NO_RECORDS = (
    "bản ghi JSON không có các mục của một mẫu đã biết; xuất lại theo mẫu DongBoHoSoMC, hoặc viết mẫu cho tệp này "
    "(docs/sources.md)"
)


class Line(NamedTuple):
    """One row before it is read: its number, the dossier's code, a digest of the kept cells, and what reading needs."""

    number: int
    code: str
    raw: bytes
    cells: Sequence[object]
    group: str
    form: Form

    def read(self) -> DossierRow | BadRow:
        """The row as facts, or why it cannot be read."""
        return self.form.read(self.number, self.code, self.raw, self.cells, self.group)


@dataclass(slots=True)
class Table:
    """The rows under one heading (and further headings below it); `title` is what stands above."""

    form: Form
    title: Sequence[Sequence[object]]
    rows: Iterator[Row]
    number: int
    layouts: Sequence[Layout]
    notes: Notes
    group: str = ""
    _mixtures: dict[str, Mixture] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        """What kind of list it is."""
        return self.form.layout

    def lines(self, known: Container[object] = ()) -> Iterator[Line]:
        """Each row that speaks of a dossier; a code among `known` ones is not looked at closer.

        At the end, raise FileRefused where day and month of a column may have changed places.
        """
        picks, salt = self._begun()
        pending: list[Sequence[object]] = []
        for number, row in enumerate(self.rows, self.number):
            try:
                cells = picks(row)
            except IndexError:
                cells = picks([*row, *[None] * (max(self.form.columns) + 1 - len(row))])
            first = cells[0]
            code = first if type(first) is str and first in known else self._plain_code(cells)
            if not code:
                before = self.form
                if not self._speaks(row, cells):
                    if self.form is not before:
                        self._look(pending, before)
                        pending = []
                        picks, salt = self._begun()
                    continue
                code = self.form.code(cells)
            pending.append(cells)
            if len(pending) >= _MIXED_EVERY:
                self._look(pending, self.form)
                pending = []
            yield Line(number, code, _digest(cells, self.group, salt), cells, self.group, self.form)
        self._look(pending, self.form)
        self._expect_unmixed()

    def _begun(self) -> tuple[itemgetter[tuple[object, ...]], bytes]:
        """What the rows under a heading are read by; which of its columns are not is noted."""
        self.notes.leave_out(self.form.header.unkept, self.form.header.unknown)
        return _picker(self.form), _salt(self.form)

    def _plain_code(self, cells: Sequence[object]) -> str:
        """The code where a row plainly has one; otherwise it must be looked at closer."""
        first = cells[0]
        if type(first) is not str or "code" in self.form.layout.patterns:
            return ""
        text = first.strip()
        return text.upper() if _PLAIN_CODE.fullmatch(text) else ""

    def _speaks(self, row: Row, cells: Sequence[object]) -> bool:
        """Whether a row without a plain code speaks of a dossier; groups and further headings are taken note of."""
        filled = [(at, _shown(cell)) for at, cell in enumerate(row) if cell not in ("", None)]
        filled = [(at, text) for at, text in filled if text]
        if not filled or self._is_heading(row):
            return False
        texts = [text for _, text in filled]
        if all(_ORDINAL.fullmatch(text) for text in texts) and len(texts) > 1:
            return False
        if any(fold(text).startswith(_TOTALS) or fold(text) == "cong" for text in texts[:2]):
            return False
        words = [text for text in texts if not _ORDINAL.fullmatch(text)]
        lonely = len(set(words)) == 1 and len(texts) - len(words) <= 1
        if lonely and not (self.form.code(cells) and _PLAIN_CODE.fullmatch(words[0])):
            self._take_group(words[0])
            return False
        return bool(self.form.code(cells)) or self._dated(cells)

    def _dated(self, cells: Sequence[object]) -> bool:
        """Whether a row without a code has a date: then it is a dossier's, and no signature or remark."""
        dates = (cells[at] for at in self.form.dates.values())
        return any(not isinstance(cell, str) or any(map(str.isdigit, cell)) for cell in dates if cell is not None)

    def _take_group(self, text: str) -> None:
        name = _GROUP_TAIL.sub("", _GROUP_FRONT.sub("", " ".join(text.split())))
        if name and len(name) <= 200 and not fold(name).startswith(_NO_UNIT) and not name.isdigit():
            self.group = mask(name)

    def _is_heading(self, row: Row) -> bool:
        if sum(1 for cell in row if isinstance(cell, str) and cell.strip()) < 2:
            return False
        texts = {fold(cell) for cell in row if isinstance(cell, str)}
        if not texts & {fold(name) for name in self.form.header.names.values()} and "mahoso" not in texts:
            return False
        found = best(row, self.layouts, 0)
        if found is None:
            return self.form.header.rows > 1 and len(texts & self._lower_words()) > 1
        if found.columns != self.form.header.columns or found.layout is not self.form.layout:
            self.form, self.group = Form(found, self.notes), ""
        return True

    def _lower_words(self) -> set[str]:
        return {fold(name) for name in self.form.header.names.values()}

    def _look(self, pending: Sequence[Sequence[object]], form: Form) -> None:
        if pending and form.layout.order is Order.DAY_FIRST:
            columns = list(zip(*pending, strict=True))
            for name, at in form.dates.items():
                self._mixtures.setdefault(form.name_of(name), Mixture()).look(columns[at])

    def _expect_unmixed(self) -> None:
        mixed = [name for name, mixture in self._mixtures.items() if mixture.suspect()]
        if mixed:
            columns = ", ".join(f'"{name}"' for name in mixed)
            raise FileRefused(
                f"cột {columns} vừa có ngày thật vừa có ngày dạng chữ nên ngày và tháng có thể đã bị đổi chỗ; "
                "xuất lại tệp và thả thẳng vào, không mở bằng Excel rồi lưu"
            )


def read(
    path: Path, layouts: Sequence[Layout], notes: Notes | None = None, *, officers: bool = False
) -> Iterator[Table | Steps]:
    """Every list of dossiers or of steps in a file, to be read through one after the other; raise FileRefused.

    Whether a list of dossiers keeps officers, its layouts say; of steps they are kept with `officers`.
    """
    notes = notes if notes is not None else Notes()
    refusals: list[str] = []
    unheaded = _NO_WORKBOOK if path.suffix.lower() == ".xlsx" and not is_zipfile(path) else _NOT_FOUND
    found, missing = 0, unheaded
    for sheet in sheets(path):
        missing = _NO_RECORDS if sheet.records else unheaded
        if sheet.steps:
            found += 1
            yield Steps(sheet.steps, notes, officers)
            continue
        table = _table(sheet, layouts, notes)
        if table is None:
            continue
        if table.layout.refuse:
            refusals.append(f"{table.layout.name}: {table.layout.refuse}")
            continue
        found += 1
        yield table
    if not found:
        raise FileRefused(refusals[0] if refusals else missing)


def rows(path: Path, layouts: Sequence[Layout]) -> Iterator[DossierRow | BadRow]:
    """Every row of every list of dossiers in a file; raise FileRefused."""
    for table in read(path, layouts):
        if isinstance(table, Table):
            for line in table.lines():
                yield line.read()


def _table(sheet: Sheet, layouts: Sequence[Layout], notes: Notes) -> Table | None:
    fitting = [layout for layout in layouts if layout.records is sheet.records]
    top = list(islice(sheet.rows, DEEPEST + 1))
    header = locate(top, fitting)
    if header is None:
        return None
    start = header.at + header.rows
    table = Table(
        form=Form(header, notes),
        title=top[: header.at],
        rows=chain(top[start:], sheet.rows),
        number=sheet.first + start,
        layouts=fitting,
        notes=notes,
    )
    _group_above(table, header, top)
    return table


def _group_above(table: Table, header: Header, top: Sequence[Row]) -> None:
    """A unit named in the title block ("Đơn vị: Sở Công Thương") speaks for all rows below."""
    if {"handling_unit", "receiving_unit"} & set(header.columns):
        return
    for row in top[: header.at]:
        for cell in row:
            if isinstance(cell, str) and re.match(r"\s*(?:đơn vị|cơ quan)[^:]{0,20}:", cell, re.IGNORECASE):
                table.group = mask(" ".join(cell.partition(":")[2].split()))[:200] or table.group


def _picker(form: Form) -> itemgetter[tuple[object, ...]]:
    columns = form.columns if len(form.columns) > 1 else form.columns * 2
    return itemgetter(*columns)


def _salt(form: Form) -> bytes:
    seed = form.layout.fingerprint + MANNER + repr(form.fields).encode()
    return blake2b(seed, digest_size=16).digest()


def _digest(cells: Sequence[object], group: str, salt: bytes) -> bytes:
    try:
        text = "\x1f".join(cells)  # type: ignore[arg-type] # where all are texts, the quickest way
    except TypeError:
        text = "\x1f".join(map(str, cells))
    return blake2b(f"{text}\x1f{group}".encode("utf-8", "surrogatepass"), digest_size=8, salt=salt).digest()


def _shown(cell: object) -> str:
    return cell.strip().strip("\u00a0") if isinstance(cell, str) else str(cell)


__all__ = ["MANNER", "FileRefused", "Line", "Notes", "Steps", "Table", "read", "rows"]
