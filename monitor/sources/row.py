"""One row's cells made into facts: allow-listed fields, each in one form, personal data left at the door."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from monitor.core.contradiction import among
from monitor.core.dossier import Status
from monitor.core.period import day_of, from_ms
from monitor.core.source import STAMPS, BadRow, DossierRow
from monitor.sources.dates import Order, Read, Unreadable, plainly, stamp
from monitor.sources.header import Header
from monitor.sources.headings import fold, forms
from monitor.sources.layout import BY_DATES, FIELDS
from monitor.sources.mask import mask
from monitor.sources.notes import Notes

_CODE = re.compile(r"[0-9A-Z]{1,4}(?:\.[0-9A-Z]{1,4}){0,3}-\d{6,8}-\d{4,7}")
_OTHER_CODE = re.compile(r"(?=.*\d)[0-9A-Z][0-9A-Z._/\-]{5,59}")
_PROCEDURE = re.compile(r"(\d)[.,](\d{1,6})(?:\.0)?")
_PROCEDURE_INSIDE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")
_STATUSES = frozenset(status.value for status in Status)
_LONGEST = {"procedure": 40, "procedure_name": 500, "channel": 60, "status": 60, "officer": 50}
_REMEMBERED = 50_000
LONGEST_CODE = 60

Cells = Sequence[object]


_WORDS = (
    "procedure", "procedure_name", "channel", "from_national_portal", "status", "receiving_unit", "handling_unit",
    "officer",
)  # fmt: skip
"""What of a row is words: short texts that repeat from row to row."""


class _Unread(ValueError):
    """A cell of the row cannot be read; the text is the reason a person can act on."""


class Form:
    """Reads the rows under one heading; `fields` are those the heading has, in the order of a row's cells."""

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header, self.layout, self.notes = header, header.layout, notes
        self.fields = tuple(name for name in FIELDS if name in header.columns)
        self.columns = tuple(header.columns[name] for name in self.fields)
        self._at = {name: at for at, name in enumerate(self.fields)}
        self._dates = tuple((bit, name, self._at.get(name, -1)) for bit, name in enumerate(STAMPS))
        self._supplemented = "supplements" in self._at
        self._plain_dates = not self.layout.patterns and self.layout.order is Order.DAY_FIRST
        self._makers: dict[str, Callable[[str], Any]] = {
            "procedure": self._procedure,
            "procedure_name": _free,
            "channel": self._channel,
            "from_national_portal": self._portal,
            "status": self._status_code,
            "receiving_unit": partial(self._unit, "receiving_unit"),
            "handling_unit": partial(self._unit, "handling_unit"),
            "officer": _officer,
        }
        self._known: dict[str, dict[object, Any]] = {name: {} for name in _WORDS}
        self._worded = tuple((name, self._at.get(name, -1), self._known[name]) for name in _WORDS)
        self._group = ""
        self._read: dict[object, Read] = {}
        self._short: set[str] = set()

    @property
    def dates(self) -> Mapping[str, int]:
        """Where among a row's cells each column of dates stands; none where patterns pick them out of texts."""
        return {name: self._at[name] for name in STAMPS if name in self._at and name not in self.layout.patterns}

    def name_of(self, name: str) -> str:
        """The heading of a field as the file prints it."""
        return self.header.names.get(name, name)

    def code(self, cells: Cells) -> str:
        """The dossier's code; empty where the row has none."""
        return tidy_code(self._cell("code", cells))

    def read(self, number: int, code: str, raw: bytes, cells: Cells, group: str) -> DossierRow | BadRow:
        """A row as facts, or why it cannot be read."""
        if not code:
            return BadRow(number, "", f'thiếu mã hồ sơ; điền cột "{self.name_of("code")}" rồi thả lại tệp')
        if len(code) > LONGEST_CODE:
            return BadRow(number, mask(code)[:LONGEST_CODE], f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; xem lại cột này")
        try:
            stamps, days = self._stamps(cells)
            supplements = self._supplements(cells) if self._supplemented else ""
        except _Unread as unread:
            return BadRow(number, code, str(unread))
        filed, received, appointment, finished, returned, refused = stamps
        procedure, name, channel, portal, status, receiving, handling, officer = self._words(cells, group)
        self._note(code, cells)
        self._note_dates(code, filed, received, appointment, finished or returned)
        # By place, in the order of its fields: by name it takes three times as long, and a file may have a million.
        return DossierRow._make((
            code, raw, procedure, name, channel, portal, self._status(status, stamps),
            filed, received, appointment, finished, returned, days,
            receiving, handling, supplements, refused, officer, self._other_code(code, cells),
        ))  # fmt: skip

    def _words(self, cells: Cells, group: str) -> list[Any]:
        """What a row's words come to, each cell's remembered: the same few hundred fill whole files."""
        if group != self._group:
            self._group = group
            self._known["receiving_unit"].clear()
            self._known["handling_unit"].clear()
        words: list[Any] = []
        for name, at, known in self._worded:
            cell = cells[at] if at >= 0 else None
            try:
                words.append(known[cell])
            except KeyError:
                word = self._makers[name](self._text(name, cells))
                if len(known) < _REMEMBERED:
                    known[cell] = word
                words.append(word)
            except TypeError:  # a list where a word belongs
                words.append(self._makers[name](self._text(name, cells)))
        return words

    def _stamps(self, cells: Cells) -> tuple[list[int | None], int]:
        stamps: list[int | None] = []
        days = 0
        for bit, name, at in self._dates:
            cell = cells[at] if at >= 0 else None
            if cell is None or cell == "":
                stamps.append(None)
                continue
            quick = plainly(cell) if self._plain_dates and type(cell) is str else None
            read = quick or self._read.get(cell) or self._stamp(name, cell)
            if read is None:
                stamps.append(None)
            else:
                stamps.append(read[0])
                days |= read[1] << bit
        return stamps, days

    def _stamp(self, name: str, cell: object) -> Read | None:
        if name in self.layout.patterns:
            return self._stamped(name, self._picked(name, cell))
        read = self._stamped(name, cell)
        if read is not None and len(self._read) < _REMEMBERED:
            self._read[cell] = read
        return read

    def _stamped(self, name: str, cell: object) -> Read | None:
        try:
            return stamp(cell, self.layout.order)
        except (Unreadable, OverflowError) as error:
            raise _Unread(self._unreadable(name, cell)) from error

    def _note(self, code: str, cells: Cells) -> None:
        if not _CODE.fullmatch(code):
            self.notes.odd_codes += 1
            if len(self.notes.codes) < 6:
                self.notes.codes[mask(code)] += 1
        if self._short and (came := self._text("procedure", cells)) in self._short:
            self.notes.restored[f"{came} → {self._procedure(came)}"] += 1

    def _note_dates(
        self, code: str, filed: int | None, received: int | None, appointment: int | None, end: int | None
    ) -> None:
        """Note dates that cannot all be true; a quick look first, for nearly all can."""
        begun, told = filed or received or end, self.notes.told
        if begun is None or (
            begun <= (received or begun) <= told and begun <= (end or begun) <= told and begun <= (appointment or begun)
        ):
            return
        stamps = (filed, received, appointment, end, told)
        self.notes.contradict(code, among(*(None if ms is None else day_of(from_ms(ms)) for ms in stamps)))

    def _unreadable(self, name: str, cell: object) -> str:
        shown = mask(str(cell))[:40]
        return f'cột "{self.name_of(name)}": không đọc được ngày "{shown}"; sửa thành dd/mm/yyyy rồi thả lại tệp'

    def _cell(self, name: str, cells: Cells) -> object:
        at = self._at.get(name, -1)
        cell = cells[at] if at >= 0 else None
        return self._picked(name, cell) if name in self.layout.patterns else cell

    def _picked(self, name: str, cell: object) -> str:
        match = self.layout.patterns[name].search(unicodedata.normalize("NFC", str(cell or "")))
        return match[1] if match else ""

    def _text(self, name: str, cells: Cells) -> str:
        return _text(self._cell(name, cells))

    def _procedure(self, text: str) -> str:
        match = _PROCEDURE.fullmatch(text)
        if not match:
            inside = _PROCEDURE_INSIDE.search(text)
            return inside[0] if inside else mask(text)[: _LONGEST["procedure"]]
        if len(match[2]) < 6:
            self._short.add(text)
        return f"{match[1]}.{match[2]:0<6}"

    def _channel(self, text: str) -> str:
        if text in ("1", "2", "3", ""):
            return text
        words = self.layout.words.channels
        return next((words[form] for form in forms(text) if form in words), mask(text)[: _LONGEST["channel"]])

    def _portal(self, text: str) -> int | None:
        found = self.layout.words.portal.get(fold(text))
        return int(found) if found else None

    def _status(self, found: str, stamps: Sequence[int | None]) -> str:
        if not found:
            return self._unsaid(stamps)
        if found not in _STATUSES:
            self.notes.statuses[found] += 1
        return found

    def _unsaid(self, stamps: Sequence[int | None]) -> str:
        if self.layout.status and self.layout.status != BY_DATES:
            return self.layout.status
        _, received, _, finished, returned, refused = stamps
        if refused and not received:
            return Status.NOT_RECEIVED.value
        if returned:
            return Status.RETURNED.value
        if finished:
            return Status.DONE.value
        return Status.PROCESSING.value if received else Status.REGISTERED.value

    def _status_code(self, text: str) -> str:
        if text in _STATUSES or not text:
            return text
        words = self.layout.words.statuses
        return next((words[form] for form in forms(text) if form in words), mask(text)[: _LONGEST["status"]])

    def _unit(self, name: str, text: str) -> str:
        own, group = _free(text), self._group
        if not group or name != self.layout.group:
            return own
        return f"{own} ({group})" if own and fold(group) not in fold(own) else own or group

    def _other_code(self, code: str, cells: Cells) -> str:
        """The code it has in another system; what cannot be one, a dash or a word, is none."""
        other = tidy_code(self._cell("other_code", cells)) if "other_code" in self._at else ""
        return other if other and other != code and _OTHER_CODE.fullmatch(other) else ""

    def _supplements(self, cells: Cells) -> str:
        listed = self._cell("supplements", cells)
        if not isinstance(listed, list) or not listed:
            return ""
        try:
            asked = [
                (stamp(one.get("NgayBoSung")), stamp(one.get("NgayTiepNhanBoSung")))
                for one in listed
                if isinstance(one, dict)
            ]
        except (Unreadable, OverflowError) as error:
            raise _Unread("không đọc được ngày trong danh sách yêu cầu bổ sung; sửa thành dd/mm/yyyy") from error
        return json.dumps([[a[0], b[0] if b else None] for a, b in asked if a], separators=(",", ":"))


def tidy_code(cell: object) -> str:
    """A dossier's code as it is known by: without spaces around, in capitals; a whole number without its ".0"."""
    if type(cell) is str:
        return cell.strip().upper()
    return _text(cell).upper()


def _text(cell: object) -> str:
    """A cell's text in NFC, its spaces single; a number as a person would write it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.6f}".rstrip("0")
    return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def _free(text: str) -> str:
    return mask(text)[: _LONGEST["procedure_name"]]


def _officer(text: str) -> str:
    return _free(text)[: _LONGEST["officer"]]
