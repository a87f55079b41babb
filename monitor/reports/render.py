"""The one way facts become words: templates in `templates/vi/`, strict about every fact they name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, StrictUndefined, select_autoescape

from monitor.core.look import Cause
from monitor.core.period import MILLISECOND, Stamp, ict

TEMPLATES = Path(__file__).parents[1] / "templates" / "vi"
NO_DATA = "không có dữ liệu"

_NO_PAGE = frozenset({404, 410})
_UNITS = ((86_400, "ngày"), (3_600, "giờ"), (60, "phút"), (1, "giây"))


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """The glossary: a table per closed set, a word per value; [word] holds the free ones."""
    read = tomllib.loads((TEMPLATES / "terms.toml").read_text("utf-8"))
    return MappingProxyType({name: MappingProxyType(table) for name, table in read.items()})


def term(value: Enum) -> str:
    """What people call a value of a closed set; raise KeyError for one the glossary lacks."""
    return terms()[type(value).__name__][str(value.value)]


def ngay(stamp: Stamp) -> str:
    """The day as dd/mm/yyyy, on a Vietnamese calendar."""
    return f"{ict(stamp) if isinstance(stamp, datetime) else stamp:%d/%m/%Y}"


def gio(stamp: Stamp) -> str:
    """The moment as HH:MM dd/mm/yyyy on a Vietnamese clock; a bare day stays one."""
    return f"{ict(stamp):%H:%M %d/%m/%Y}" if isinstance(stamp, datetime) else ngay(stamp)


def moc(moment: datetime) -> str:
    """Up to when something goes, after "đến": midnight belongs to the day that ends with it ("hết ngày 24/11/2026")."""
    local = ict(moment)
    return gio(moment) if local.time() != time() else f"hết ngày {ngay(moment - MILLISECOND)}"


def tuden(start: datetime, end: datetime) -> str:
    """A stretch: whole days as "từ ngày 16/11/2026 đến hết ngày 22/11/2026", any other by its two moments."""
    whole = ict(start).time() == ict(end).time() == time()
    return f"từ ngày {ngay(start)} đến {moc(end)}" if whole else f"từ {gio(start)} đến {gio(end)}"


def luc(moment: datetime) -> str:
    """The moment to the second: HH:MM:SS dd/mm/yyyy."""
    return f"{ict(moment):%H:%M:%S %d/%m/%Y}"


def thu(stamp: Stamp) -> str:
    """The day of the week."""
    day = ict(stamp).date() if isinstance(stamp, datetime) else stamp
    return "Chủ nhật" if day.isoweekday() == 7 else f"thứ {('Hai', 'Ba', 'Tư', 'Năm', 'Sáu', 'Bảy')[day.weekday()]}"


def phantram(ratio: Fraction | float | str | None, *, up: bool = False, places: int = 2) -> str:
    """A ratio as "98,42 %", rounded down, or up for an upper bound; "không có dữ liệu" for None.

    Less than one never prints as 100 %: an upper bound gets as many decimals as that takes.
    """
    if ratio is None:
        return NO_DATA
    exact, scale = Fraction(ratio), 10 ** (places + 2)
    units = -int(-exact * scale // 1) if up else int(exact * scale // 1)
    if exact < 1 and units >= scale:
        return phantram(exact, up=True, places=places + 1)
    whole, rest = divmod(units, 10**places)
    return f"{so(whole)},{rest:0{places}d} %" if places else f"{so(whole)} %"


def khoang(length: timedelta | int, *, up: bool = True, days: bool = True) -> str:
    """A length (`timedelta`, or milliseconds) as "1 giờ 30 phút", to the second, rounded up unless told otherwise.

    Without `days` a week is 168 hours, as figures that are added up are printed.
    """
    ms = length if isinstance(length, int) else length // MILLISECOND
    left = -(-ms // 1000) if up else ms // 1000
    parts = []
    for seconds, unit in _UNITS if days else _UNITS[1:]:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{so(count)} {unit}")
    return " ".join(parts) or "0 giây"


def den(start: datetime, end: datetime) -> str:
    """The length from one moment to a later one as `luc` prints them, so that who subtracts the two finds it."""
    return khoang(max(end.replace(microsecond=0) - start.replace(microsecond=0), timedelta()))


def bieuhien(cause: Cause, status: int | None) -> str:
    """What a failed look saw, with the code where the answer's code is what failed it: 404 is no fault of a server."""
    if cause is not Cause.STATUS or status is None:
        return term(cause)
    said = terms()["word"]["no_page"] if status in _NO_PAGE else term(cause)
    return f"{said} (HTTP {status})"


def so(number: int) -> str:
    """A whole number with dots between thousands: 1.234."""
    return f"{number:,}".replace(",", ".")


def hoa(text: str) -> str:
    """The text with its first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def bac(stage: str) -> str:
    """What people call a stage of a ladder; one that an office added is called as it named it."""
    return terms()["Stage"].get(stage, stage)


def soniem(chain: str) -> str:
    """What people call a sealed chain: the common one, or that of a place that looks from."""
    names = terms()["chain"]
    return names[chain] if chain in names else f"{names['of']} {chain}"


def _twin(name: str) -> str | None:
    """The words of `x.txt` for whoever asks for `x.html`.

    A macro escapes what it is given only where its own template's name says so: words used by both twins of a letter
    are imported by the HTML one under an HTML name, and escape there.
    """
    words = TEMPLATES / f"{name.removesuffix('.html')}.txt"
    return words.read_text("utf-8") if name.endswith(".html") and words.is_file() else None


@cache
def environment() -> Environment:
    """The templates' environment: a fact that is missing raises, and HTML is escaped."""
    made = Environment(
        loader=ChoiceLoader((FileSystemLoader(TEMPLATES, encoding="utf-8"), FunctionLoader(_twin))),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters = {
        f.__name__: f for f in (ngay, gio, moc, luc, thu, phantram, khoang, den, bieuhien, so, hoa, bac, soniem, term)
    }
    made.filters.update(filters)
    made.globals.update(terms=terms(), term=term, tuden=tuden)
    return made


def render(name: str, **facts: object) -> str:
    """One template with its facts; raise `jinja2.UndefinedError` when one is missing."""
    return environment().get_template(name).render(**facts)


__all__ = [
    "NO_DATA",
    "TEMPLATES",
    "bieuhien",
    "den",
    "environment",
    "gio",
    "hoa",
    "khoang",
    "luc",
    "moc",
    "ngay",
    "phantram",
    "render",
    "so",
    "soniem",
    "term",
    "terms",
    "thu",
    "tuden",
]
