"""The head and the foot of an official letter: number, day, who issued and who signed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from monitor.core.order import Doubt, DoubtKind
from monitor.core.order_names import Known
from monitor.core.order_text import Parts

NUMBER = re.compile(r"Số\s*:\s*(?P<number>[\d.]*)\s*/\s*(?P<symbol>[^\W_][\w.\-]*(?:\s*-\s*[^\W_]\w*)*(?:/[\w\-]+)*)")
_DATED = re.compile(r"ngày\s*(?P<d>\d{0,2})\s*tháng\s*(?P<m>\d{0,2})\s*năm\s*(?P<y>\d{4})", re.IGNORECASE)
_CITED = re.compile(r"ngày\s+(\d{1,2})/(\d{1,2})/(\d{4})")


def office(role: str) -> str:
    """ "PHÓ CHỦ TỊCH" as it is written in a sentence: "Phó Chủ tịch"."""
    deputy, _, rest = role.rpartition("PHÓ ")
    words = rest.capitalize().replace(" văn phòng", " Văn phòng").replace("ubnd", "UBND")
    return f"Phó {words}" if deputy or role.startswith("PHÓ ") else words


def printed_day(head: str) -> date | None:
    """The day above the addressees; None where it is blank or no day."""
    match = _DATED.search(head)
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
    except ValueError:
        return None


def day_of_letter(head: str, found: Parts, today: date, dated: date | None) -> tuple[date, list[Doubt]]:
    """The day of a letter, or the one its agencies are looked up on instead."""
    printed = printed_day(head)
    if dated or printed:
        return dated or printed or today, []
    year = _DATED.search(head)
    cited = sorted(_cited((*found.head, *found.body)))
    if year:
        cited = [day for day in cited if day.year == int(year["y"])]
    day = cited[0] if cited else date(int(year["y"]), 1, 1) if year else today
    return day, [Doubt(kind=DoubtKind.DATE_BLANK, about=f"{day:%d/%m/%Y}")]


def _cited(texts: Iterable[str]) -> Iterator[date]:
    for text in texts:
        for match in _CITED.finditer(text):
            if re.search(r"(?:trước|chậm nhất|hết|đến)\s+$", text[: match.start()][-20:]):
                continue
            try:
                yield date(int(match[3]), int(match[2]), int(match[1]))
            except ValueError:
                continue


def issuer(head: Sequence[str], body: Sequence[str], known: Known) -> str:
    """Who issued it: the name above the number, by the register's where it has one, else as its text writes it."""
    above = []
    for one in head:
        if re.match(r"Số\s*:", one):
            break
        if one.isupper():
            above.append(one)
    for start in range(len(above) - 1, -1, -1):
        own, over = " ".join(above[start:]), " ".join(above[:start])
        if name := known(own) or known(f"{own} {over}"):
            return name
    name = " ".join(above[-2:] if above and above[0].startswith("ỦY BAN") else above[-1:])
    written = re.search(re.escape(name), " ".join(body), re.IGNORECASE) if name else None
    return written[0] if written else name.capitalize()
