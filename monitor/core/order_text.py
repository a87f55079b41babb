"""An official letter's printed lines as paragraphs, and the parts that such a letter has (NĐ 30/2020)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Grid = tuple[tuple[str, ...], ...]
"""A table's cells, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a file prints, in its order. `wrapped`: its lines are those of a page, not whole paragraphs."""

    lines: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    wrapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A letter's paragraphs: above its addressees, to whom it goes, what it says, below that, and its appendices."""

    head: tuple[str, ...] = ()
    addressees: str = ""
    body: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    appendix: tuple[str, ...] = ()


_ODD = str.maketrans(
    {"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u200b": None, "\ufeff": None, "\u00ad": None, "\u2013": "-"}
    | {
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2014": "-",
        "\uf02d": "-",
        "\u2022": "-",
        "\uf0b7": "-",
        "\\": None,
    }
)
_MARK = re.compile(r"(?:[IVX]{1,5}\.|Điều \d+\.|\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+|[a-zđ]\)|[-+])\s")
_OPENS = re.compile(
    r"(?:Kính gửi|Nơi nhận|V/v|Số\s*:|PHỤ LỤC|Phụ lục\s+[IVX\d]+\s*$|Điều \d+\.|Trong quá trình|Nhận được|Trân trọng|"
    r"(?:TM|KT|TL|TUQ|Q)\.|[^\d,;]{2,30},\s*ngày\s*\d{0,2}\s*tháng)"
)
_ENDS = re.compile(r"(?:[.;:!?]|\./\.|/\.)[\"”’)]*$")
_NOISE = re.compile(
    r"(?:\d{1,3}|-\s*\d{1,3}\s*-|Trang \d+(?:/\d+)?|(?:Người ký|Thời gian ký|Ngày ký|Ký bởi|Email|Cơ quan ký)\s*:.*)$"
)
_NATION = re.compile(r"CỘNG H[OÒ][AÀ] XÃ HỘI CHỦ NGHĨA(?: VIỆT)?(?: NAM)?|^NAM$|Độc lập\s*-\s*Tự do\s*-\s*Hạnh phúc")
_TITLE = re.compile(r"(?:KẾ HOẠCH|CHỈ THỊ|THÔNG BÁO|QUYẾT ĐỊNH|CÔNG ĐIỆN|CHƯƠNG TRÌNH|NGHỊ QUYẾT)$")
_ROLE = re.compile(
    r"(?:(?:TM|KT|TL|TUQ|Q)\.\s*)?(?:PHÓ )?"
    r"(?:CHỦ TỊCH|(?:TỔNG )?GIÁM ĐỐC|CHÁNH|(?:BỘ|THỨ|CỤC|VỤ) TRƯỞNG|TRƯỞNG (?:BAN|PHÒNG))\b"
)
_APPENDIX = re.compile(r"(?:PHỤ LỤC|Phụ lục)(?:\s+(?:số\s+)?[IVX\d]{1,5})?\s*[.:]?$")
_END = re.compile(r"(?:\./\.|/\.)[\"”’]?$")
_BODY = re.compile(
    r"(?:Thực hiện|Căn cứ|Để |Nhằm|Ngày \d|Theo |Qua |Tiếp theo|Trong thời gian|Thời gian|UBND|Ủy ban nhân dân|"
    r"Chủ tịch|Sở |Văn phòng |Xét |[IVX]+\.|\d+\.|-)"
)
_MOST_OF_TITLE = 4


def tidy(line: str) -> str:
    """A line in NFC with plain spaces and hyphens, without the marks that text files put around words."""
    line = unicodedata.normalize("NFC", line).translate(_ODD)
    line = line if line.isprintable() else "".join(one if one.isprintable() else " " for one in line)
    line = re.sub(r"^\s*(?:#{1,6}|>)\s+", "", line)
    line = re.sub(r"^\s*\*\s+", "- ", line).replace("*", "")
    return " ".join(line.split())


def paragraphs(printed: Printed) -> tuple[str, ...]:
    """The lines as paragraphs: one that a page or a line broke is whole again."""
    made: list[list[str]] = []
    broken = False
    for line in _lines(printed):
        if not line:
            broken = True
        elif len(made) > 1 and _TITLE.match(made[-2][0]) and _BODY.match(line):
            made.append([line])  # below what a title says it is about
        elif made and _goes_on(made[-1], line, wrapped=printed.wrapped and not broken):
            made[-1].append(line)
            broken = False
        else:
            made.append([line])
            broken = False
    return tuple(" ".join(some) for some in made)


def _lines(printed: Printed) -> Iterator[str]:
    for raw in printed.lines:
        line = tidy(raw)
        if printed.wrapped and _NOISE.match(line):
            continue
        nation = _NATION.search(line)
        if nation:  # both columns of the letterhead on one line
            yield line[: nation.start()].strip()
            line = line[nation.end() :].strip()
        yield line


def _goes_on(before: Sequence[str], line: str, *, wrapped: bool) -> bool:
    """Whether a line is the rest of the ones before it."""
    first, last = before[0], before[-1]
    if _MARK.match(line) or _OPENS.match(line) or (_ENDS.search(last) and not (last[-1] == ";" and line[0].islower())):
        return False
    if _APPENDIX.match(first) or _APPENDIX.match(line):
        return False
    if line[0].islower() or re.match(r"\d{1,2}/\d{1,2}(?:/\d{4})?\b", line):
        return not first.isupper()
    return wrapped and not line.isupper() and not first.isupper()


def parts(printed: Printed) -> Parts:
    """The letter's parts; a plan or a directive, which has no addressees, begins under its title."""
    every = paragraphs(printed)
    to = next((at for at, one in enumerate(every) if one.startswith("Kính gửi")), None)
    if to is None:
        start, addressees = _below_title(every), ""
        head = every[:start]
    else:
        start, addressees = _addressees(every, to)
        head = every[:to]
    end = _end(every, start)
    ahead = next((at for at in range(end, len(every)) if _APPENDIX.match(every[at])), len(every))
    return Parts(head=head, addressees=addressees, body=every[start:end], tail=every[end:ahead], appendix=every[ahead:])


def _addressees(every: Sequence[str], to: int) -> tuple[int, str]:
    said = every[to].removeprefix("Kính gửi").lstrip(": ")
    at = to + 1
    listed = [said] if said else []
    while at < len(every) and every[at].startswith("-"):
        listed.append(every[at].lstrip("- "))
        at += 1
        if listed[-1].endswith("."):
            break
    return at, "; ".join(one.rstrip(" ;.") for one in listed)


def _below_title(every: Sequence[str]) -> int:
    """Where the text of a plan begins: below its title and what the title says it is about."""
    title = next((at for at, one in enumerate(every) if _TITLE.match(one)), None)
    if title is None:
        dated = next((at for at, one in enumerate(every) if re.search(r"ngày.*tháng.*năm", one)), -1)
        return dated + 1 if dated < 8 else 0
    for at in range(title + 1, min(len(every), title + 1 + _MOST_OF_TITLE)):
        if _BODY.match(every[at]) or _ENDS.search(every[at]):
            return at
    return min(len(every), title + 2)


def _end(every: Sequence[str], start: int) -> int:
    for at in range(start, len(every)):
        if _END.search(every[at]):
            return at + 1
        if re.match(r"Nơi nhận", every[at]) or _APPENDIX.match(every[at]) or _ROLE.match(every[at]):
            return at
    return len(every)


def title_of(head: Iterable[str]) -> str:
    """What a letter says that it is about (trích yếu); '' where it does not."""
    above = list(head)
    for at, one in enumerate(above):
        about = re.search(r"V/v\s*:?\s*(.+)", one)
        if about:
            rest = [more for more in above[at + 1 :] if not re.search(r"ngày.*tháng.*năm|^Số\s*:", more)]
            return " ".join([about[1], *(more for more in rest if more[0].islower())]).rstrip(" .;")
        if _TITLE.match(one):
            return re.sub(r"^(?:Về việc|V/v)\s+", "", " ".join(above[at + 1 :])).rstrip(" .;")
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed: the last line of the office, as printed in capitals, and the name."""

    role: str
    name: str


def signed(tail: Sequence[str]) -> Signed | None:
    """Who signed, where a name stands below an office."""
    for at, one in enumerate(tail):
        if not _ROLE.match(one):
            continue
        role = one
        for below in tail[at + 1 :]:
            if _ROLE.match(below):
                role = below
            elif _is_name(below):
                return Signed(role=re.sub(r"^(?:TM|KT|TL|TUQ|Q)\.\s*", "", role), name=below)
            elif not below.startswith("("):
                break
    return None


def _is_name(line: str) -> bool:
    words = line.split()
    return 2 <= len(words) <= 6 and all(
        word.isalpha() and word[0].isupper() and not word[1:].isupper() for word in words
    )
