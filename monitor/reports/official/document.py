"""What an official document says, before it is laid out for Word or for print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

CLOSING = "./."
"""What ends the text of an official document."""
BLANK_NUMBER, BLANK_DAY, BLANK_MONTH = "\u00a0" * 8, "\u00a0" * 5, "\u00a0" * 5
"""Left for the records office to fill in by hand or in Word; no-break spaces, so that no line ends in one."""
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class Form(StrEnum):
    """Which of the decree's forms a document has."""

    REPORT = "bao-cao"
    LETTER = "cong-van"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of plain text: nothing in it is markup."""

    text: str
    _: KW_ONLY
    bold: bool = False
    italic: bool = False
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the text, its number included; level 1 or 2."""

    text: str
    _: KW_ONLY
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table. `widths` are shares of the line, `align` is "left", "right" or "center" a column; both may be left out.

    The header is repeated on every page; one of names and facts that speak for themselves has none. A row that begins
    with a bold word is one of sums: name it in `sums`. `points` is the size of its letters where a wide table needs
    smaller ones than its place has. A row in `bands` is one text across the line, over the rows that follow it.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    align: tuple[str, ...] = ()
    sums: frozenset[int] = frozenset()
    bands: frozenset[int] = frozenset()
    points: float | None = None

    @property
    def shares(self) -> tuple[float, ...]:
        """The widths, equal where none are given."""
        return self.widths or (1.0,) * self._columns

    @property
    def sides(self) -> tuple[str, ...]:
        """The alignments, left where none are given."""
        return self.align or ("left",) * self._columns

    @property
    def _columns(self) -> int:
        return len(self.header or self.rows[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing: `png` for Word, `svg` for print (the PNG where there is none), `alt` for those who cannot see it."""

    png: bytes
    alt: str
    svg: str = ""
    caption: str = ""


Block = Paragraph | Heading | Grid | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendix:
    """What goes with the document on pages of its own, numbered apart."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A draft of an official document.

    `parent` is the agency above, `symbol` what follows the number ("/BC-SCT"), `title` what it is about: of a report
    the line under "BÁO CÁO", of a letter what follows "V/v". `made` goes into the files' properties and nowhere else:
    one document gives the same bytes however often it is printed.
    """

    form: Form
    parent: str
    agency: str
    symbol: str
    place: str
    year: int
    title: str
    body: tuple[Block, ...]
    signer: str
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    draft: bool = True
    appendices: tuple[Appendix, ...] = ()
    made: datetime | None = None

    @property
    def created(self) -> datetime:
        """The moment in the files' properties, UTC."""
        return self.made.astimezone(UTC) if self.made else datetime(self.year, 1, 1, tzinfo=UTC)

    @property
    def number_line(self) -> str:
        """The number, blank before its symbol."""
        return f"Số:{BLANK_NUMBER}{self.symbol}"

    @property
    def date_line(self) -> str:
        """Place and date, day and month blank."""
        return f"{self.place}, {blank_date(self.year)}"


def blank_date(year: int) -> str:
    """A date whose day and month a person fills in."""
    return f"ngày{BLANK_DAY}tháng{BLANK_MONTH}năm {year}"


def plain(text: str) -> str:
    """The text as it may stand in any file: composed (NFC), without characters that no document can hold."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or not _unprintable(c))


def _unprintable(letter: str) -> bool:
    """A control character, half a pair, or one of the places that Unicode keeps free: XML and typst take none."""
    number = ord(letter)
    free = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return free or unicodedata.category(letter) in {"Cc", "Cs"}


def closed(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The body ended as the decree's documents end: "./." after the last sentence."""
    if body and isinstance(body[-1], Paragraph):
        last = body[-1]
        text = last.text.rstrip().removesuffix(CLOSING).rstrip(" .;:,")
        return (*body[:-1], Paragraph(text + CLOSING, bold=last.bold, italic=last.italic, indent=last.indent))
    return (*body, Paragraph(CLOSING))


def listed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Addressees or recipients one a line, as the decree sets them: "- …;", the last with a full stop."""
    bare = [name.strip().removeprefix("- ").rstrip(" ;.") for name in names]
    return tuple(f"- {name}{';' if place < len(bare) else '.'}" for place, name in enumerate(bare, 1))


def headed(document: Official) -> Iterator[tuple[str, str, Appendix]]:
    """Each appendix with its number ("Phụ lục II", no number where it is the only one) and the line under its title."""
    kind = "Báo cáo" if document.form is Form.REPORT else "Công văn"
    under = f"(Kèm theo {kind} số{BLANK_NUMBER}{document.symbol} {blank_date(document.year)} của {document.agency})"
    for place, one in enumerate(document.appendices):
        number = _ROMAN[place] if place < len(_ROMAN) else str(place + 1)
        yield f"Phụ lục {number}" if len(document.appendices) > 1 else "Phụ lục", under, one


def around(document: Official) -> dict[str, Any]:
    """What stands around the text, as both templates take it."""
    return {
        "parent": plain(document.parent).upper(),
        "agency": plain(document.agency).upper(),
        "number": plain(document.number_line),
        "date": plain(document.date_line),
        "title": plain(document.title),
        "addressees": [plain(one) for one in document.addressees],
        "addressed": [plain(one) for one in listed(document.addressees)],
        "recipients": [plain(one) for one in listed(document.recipients)],
        "signer": plain(document.signer).upper(),
        "draft": document.draft,
    }
