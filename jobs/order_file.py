"""The file of a letter's duties as a clerk left it: read, and every mistake in it said at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from monitor.core.mask import mask
from monitor.core.mistake import Mistake, Mistakes
from monitor.core.obligation import DueKind, Listed, Obligation, Recurrence
from monitor.core.order import Order
from monitor.core.order_names import group_of, is_vague, name_of
from monitor.core.typed import day_typed
from monitor.document import Document, Entry, Loc, read
from monitor.register import Register
from monitor.reports.order_draft import known_on, members

_HOW = {"truoc": DueKind.BEFORE, "den_het": DueKind.BY}
_MEND_AGENCY = "sửa tên, thêm cơ quan vào agencies/*.toml, hoặc xóa khỏi danh sách"


def _day(value: object) -> object:
    """A day written bare, or typed in quotes; "" is none."""
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise ValueError('phải là ngày – ghi như 2024-03-11 hoặc "11/3/2024"')
    if isinstance(value, date):
        return value
    if not value.strip():
        return None
    found = day_typed(value)
    if found is None:
        raise ValueError('không hiểu ngày này – ghi như 2024-03-11 hoặc "11/3/2024"')
    return found


Day = Annotated[date | None, BeforeValidator(_day)]


class LetterEntry(Entry):
    """The letter itself."""

    so: str
    ngay: Day
    co_quan: str
    trich_yeu: str
    nguoi_ky: str = ""
    tep: str = ""
    sha256: str = ""


class EveryEntry(Entry):
    """How a duty comes again."""

    thang: Literal[1, 3, 6, 12]
    chot_so_lieu: int = Field(ge=1, le=31)
    nop: int = Field(ge=1, le=31)


class ListedEntry(Entry):
    """One dossier of an appendix."""

    ma: str
    don_vi: str = ""


class DutyEntry(Entry):
    """One duty."""

    cho: str = ""
    ten: str
    noi_dung: str = ""
    chu_tri: list[str]
    phoi_hop: list[str] = Field(default_factory=list)
    bao_cao: str = ""
    han: Day = None
    cach_ghi_han: Literal["truoc", "den_het"] = "truoc"
    han_dinh_ky: EveryEntry | None = None
    ho_so: list[ListedEntry] = Field(default_factory=list)


class OrderFile(Entry):
    """The whole file."""

    van_ban: LetterEntry
    nhiem_vu: list[DutyEntry] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A letter and its duties without a mistake; the keys are still to be given. `doubtful` lines say "CẦN XEM"."""

    order: Order
    duties: tuple[Obligation, ...]
    file: Path | None
    sha256: str
    issuer: str
    doubtful: int


def checked(path: Path, register: Register, today: date) -> Checked:
    """The file's letter and duties; raise Mistakes with everything that is wrong, each with its line and mend."""
    mistakes: list[Mistake] = []
    document = read(path, path.name, mistakes)
    found = document.checked(OrderFile) if document else None
    if document is None or found is None:
        raise Mistakes(mistakes)
    _letter(document, found.van_ban, today)
    on = found.van_ban.ngay
    issuer = register.resolve(found.van_ban.co_quan, on) if on else ""
    duties = tuple(
        _Reading(document, register, on, issuer, ("nhiem_vu", at)).duty(entry)
        for at, entry in enumerate(found.nhiem_vu)
    )
    file = _file(document, found.van_ban, path)
    if mistakes or on is None:
        raise Mistakes(sorted(mistakes, key=_line))
    letter = found.van_ban
    return Checked(
        order=Order(
            document="/".join(part.strip() for part in letter.so.split("/")),
            dated=on,
            issuer=register.agency_name(issuer) or letter.co_quan.strip(),
            subject=mask(" ".join(letter.trich_yeu.split())),
            signer=" ".join(letter.nguoi_ky.split()),
        ),
        duties=duties,
        file=file,
        sha256=letter.sha256,
        issuer=issuer,
        doubtful=len(re.findall(r"^\s*# CẦN XEM", document.text, re.MULTILINE)),
    )


def _line(mistake: Mistake) -> int:
    """Where a mistake stands, so that they are said from the top of the file to its end."""
    found = re.search(r"dòng (\d+)", mistake.place)
    return int(found[1]) if found else 0


def _letter(document: Document, letter: LetterEntry, today: date) -> None:
    def blame(field: str, what: str, mend: str) -> None:
        document.blame(("van_ban", field), what, mend)

    if not letter.so.partition("/")[0].strip():
        blame("so", "chưa có số văn bản", "ghi số, ký hiệu như bản gốc: 3200/UBND-KSTTHCNC")
    if letter.ngay is None:
        blame("ngay", "chưa có ngày văn bản", 'ghi như 2024-03-05 hoặc "05/3/2024"')
    elif letter.ngay > today:
        blame("ngay", "còn ở tương lai", "xem lại ngày văn bản")
    for field, said in (("co_quan", letter.co_quan), ("trich_yeu", letter.trich_yeu)):
        if not said.strip():
            blame(field, "để trống", "ghi như bản gốc")


def _file(document: Document, letter: LetterEntry, path: Path) -> Path | None:
    """The letter's own file, as it is named: from here, or beside the draft."""
    if not letter.tep.strip():
        return None
    named = Path(letter.tep)
    found = next((one for one in (named, path.parent / named) if one.is_file()), None)
    if found is None:
        document.blame(
            ("van_ban", "tep"), f"không thấy tệp {letter.tep}", 'ghi lại đường dẫn, hoặc "" nếu không kèm tệp'
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """One duty's entry at its place in the file; without the letter's day no agency can be told, and no deadline."""

    document: Document
    register: Register
    on: date | None
    issuer: str
    loc: Loc

    def duty(self, entry: DutyEntry) -> Obligation:
        if not entry.chu_tri:
            self._blame("chu_tri", "chưa có cơ quan chủ trì", "ghi ít nhất một cơ quan")
        if not entry.ten.strip():
            self._blame("ten", "để trống", "ghi tên ngắn của nhiệm vụ")
        told = self._agencies("bao_cao", [entry.bao_cao] if entry.bao_cao.strip() else [])
        if len(told) > 1:
            self._blame("bao_cao", "chỉ ghi một cơ quan", "chọn một cơ quan nhận báo cáo")
        itself = {self.issuer, *told}
        leads = self._agencies("chu_tri", entry.chu_tri, but=itself)
        self._due(entry)
        every = entry.han_dinh_ky
        return Obligation(
            key="",
            letter="",
            title=mask(" ".join(entry.ten.split())),
            place=" ".join(entry.cho.split()),
            text=mask(" ".join(entry.noi_dung.split())),
            agencies=leads,
            partners=tuple(key for key in self._agencies("phoi_hop", entry.phoi_hop, but=itself) if key not in leads),
            report_to=next(iter(told), ""),
            due=entry.han,
            due_kind=_HOW[entry.cach_ghi_han],
            every=Recurrence(months=every.thang, closing_day=every.chot_so_lieu, due_day=every.nop) if every else None,
            dossiers=self._dossiers(entry.ho_so),
        )

    def _due(self, entry: DutyEntry) -> None:
        if entry.han is None or self.on is None:
            return
        if entry.han_dinh_ky:
            self._blame("han", "có cả han và han_dinh_ky", 'để một trong hai; han = "" nếu là định kỳ')
        last = entry.han - timedelta(days=1) if entry.cach_ghi_han == "truoc" else entry.han
        if last < self.on:
            self._blame("han", "trước cả ngày của văn bản", "xem lại hạn và ngày văn bản")

    def _dossiers(self, listed: list[ListedEntry]) -> tuple[Listed, ...]:
        found: dict[str, Listed] = {}
        for at, one in enumerate(listed):
            code = one.ma.strip().upper()
            if not code or code in found:
                what = f"mã {code} ghi hai lần" if code else "để trống"
                self.document.blame((*self.loc, "ho_so", at, "ma"), what, "sửa mã, hoặc xóa dòng này")
            found[code] = Listed(code=code, unit=mask(" ".join(one.don_vi.split())))
        return tuple(found.values())

    def _agencies(self, field: str, names: list[str], but: Collection[str] = ()) -> tuple[str, ...]:
        """The keys that names, keys and groups stand for on the letter's day, each once.

        Of a group without `but`: whoever issued the letter or is reported to does not report to itself.
        """
        found: dict[str, None] = {}
        for name in names:
            keys = _keys(self.register, name.strip(), self.on) if self.on else ()
            if isinstance(keys, str):
                self._blame(field, keys, _MEND_AGENCY)
            else:
                found.update(dict.fromkeys(key for key in keys if not (group_of(name) and key in but)))
        return tuple(found)

    def _blame(self, field: str, what: str, mend: str) -> None:
        self.document.blame((*self.loc, field), what, mend)


def _keys(register: Register, name: str, on: date) -> tuple[str, ...] | str:
    """The keys of the agencies that a name, a key or a group stands for on a day, or what is wrong with it."""
    group, agency = group_of(name), register.agencies.get(name)
    if group:
        return members(register, group, on) or (
            f"danh mục không có cơ quan nào thuộc nhóm “{name}” vào ngày {on:%d/%m/%Y}"
        )
    if agency:
        there = (agency.start is None or agency.start <= on) and (agency.end is None or on <= agency.end)
        return (name,) if there else f"{agency.name} không hoạt động vào ngày {on:%d/%m/%Y}"
    known = name_of(name, known_on(register)(on))
    if known:
        return (register.resolve(known, on),)
    if is_vague(name):
        return f"“{name}” không nêu đích danh cơ quan nào"
    return f"danh mục không có cơ quan “{name}” vào ngày {on:%d/%m/%Y}"
