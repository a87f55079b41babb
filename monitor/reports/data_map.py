"""The data map for the impact assessment: which fields are kept, from where, what for, how long, and who sees them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from monitor.core.law import Law, RuleUnknown
from monitor.register import Register
from monitor.reports.official.document import Block, Form, Grid, Heading, Official, Paragraph
from monitor.reports.official.letterhead import letterhead_of

_WORDS = Path(__file__).parents[1] / "templates" / "vi" / "data_map.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of data; every text is as an office reads it."""

    what: str
    fields: str
    source: str
    purpose: str
    kept: str
    seen_by: str
    personal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataMap:
    """The whole map as of a day, with what is never kept."""

    day: date
    title: str
    purpose: str
    ground: str
    kinds: tuple[Kind, ...]
    never: tuple[str, ...]
    remarks: tuple[str, ...]


def data_map(law: Law, day: date, register: Register) -> DataMap:
    """The map with the terms that the rules set on a day, and the sources that the register names."""
    words = _words()
    terms = {key: _term(law, key, day) for key in ("raw_import_days", "dossier_event_months", "ledger_years")}
    terms |= {"interruption_record_years": _term(law, "interruption_record_years", day)}
    terms["sources"] = "; ".join(one.name for one in register.sources.values()) or "chưa khai nguồn nào"
    officers = [one.name for one in register.sources.values() if one.officers]
    terms["officers"] = f"chỉ từ: {', '.join(officers)}" if officers else "hiện không nguồn nào được phép"
    kinds = tuple(Kind(**{key: text.format(**terms) for key, text in one.items()}) for one in words["kind"])
    return DataMap(
        day=day,
        title=words["title"],
        purpose=words["purpose"],
        ground=words["ground"],
        kinds=kinds,
        never=tuple(words["never"]),
        remarks=tuple(words["remarks"]),
    )


def _term(law: Law, key: str, day: date) -> str:
    try:
        rule = law.rule(key, day)
    except RuleUnknown:
        return "chưa quy định: không xóa"
    return f"{rule.value} {rule.unit}{'' if rule.confirmed_by else ' (chưa xác nhận)'}"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text("utf-8"))


COLUMNS = ("Loại dữ liệu", "Trường", "Lấy từ đâu", "Để làm gì", "Giữ bao lâu", "Ai xem")


def as_text(drawn: DataMap) -> str:
    """For the screen, one kind after the other."""
    lines = [f"{drawn.title} (ngày {drawn.day:%d/%m/%Y})", "", f"Mục đích: {drawn.purpose}", f"Căn cứ: {drawn.ground}"]
    for number, one in enumerate(drawn.kinds, 1):
        cells = (one.fields, one.source, one.purpose, one.kept, one.seen_by)
        lines += ["", f"{number}. {one.what} — {one.personal}"]
        lines += [f"   {name}: {cell}" for name, cell in zip(COLUMNS[1:], cells, strict=True)]
    lines += ["", "Không bao giờ lưu:", *(f"  - {one}" for one in drawn.never), "", *drawn.remarks]
    return "\n".join(lines)


def official(drawn: DataMap, register: Register) -> Official:
    """The map as an annex that an office completes and signs."""
    head = letterhead_of(register, register.centre)
    rows = tuple(
        (f"{one.what} ({one.personal})", one.fields, one.source, one.purpose, one.kept, one.seen_by)
        for one in drawn.kinds
    )
    body: tuple[Block, ...] = (
        Heading("I. MỤC ĐÍCH, CĂN CỨ"),
        Paragraph(drawn.purpose),
        Paragraph(drawn.ground),
        Heading("II. DỮ LIỆU"),
        Grid(header=COLUMNS, rows=rows, widths=(2, 3, 2, 3, 2, 2), points=9),
        Heading("III. KHÔNG BAO GIỜ LƯU"),
        *(Paragraph(f"- {one}") for one in drawn.never),
        Heading("IV. LƯU Ý"),
        *(Paragraph(one) for one in drawn.remarks),
    )
    return Official(
        form=Form.REPORT,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/BC-{head.mark}",
        place=head.place,
        year=drawn.day.year,
        title=drawn.title,
        addressees=(head.parent,) if head.parent else (),
        body=body,
        recipients=("Lưu: VT.",),
        signer=head.signer,
    )
