"""What came of a file, for the command line, for programs and for the report beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.period import ict
from monitor.core.source import BadRow
from monitor.reports.render import so
from monitor.store import ImportRow

REASONS_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One file taken in, known already, or refused; `row` is what is kept of it, `bad` its first rows set aside."""

    row: ImportRow
    bad: tuple[BadRow, ...] = ()
    already: bool = False

    @property
    def failed(self) -> bool:
        """Whether nothing of the file was taken in."""
        return bool(self.row.why)

    @property
    def reasons(self) -> list[str]:
        """A line for each row set aside."""
        return [f"Dòng {bad.row}{f' ({bad.code})' if bad.code else ''}: {bad.reason}" for bad in self.bad]

    def as_json(self) -> dict[str, object]:
        """For programs."""
        row = self.row
        told = row.new + row.changed + row.unchanged
        return {
            "read": row.read,
            "new": 0 if self.already else row.new,
            "changed": 0 if self.already else row.changed,
            "unchanged": told if self.already else row.unchanged,
            "older": row.older,
            "repeated": row.repeated,
            "set_aside": row.set_aside,
            "reasons": self.reasons,
            "notes": list(row.notes),
            "source": row.source,
            "layout": row.layout,
            "as_of": ict(row.as_of).isoformat(),
            "already": self.already,
            "failed": self.failed,
            "why": row.why,
        }

    def as_text(self) -> str:
        """For people."""
        if self.failed:
            return f"{self.row.name}: không nhập được: {self.row.why}"
        return "\n".join([self._first_line(), *self._details(), *self._set_aside()])

    def _first_line(self) -> str:
        row = self.row
        as_of = f"số liệu tính đến {_clock(row.as_of)}"
        if self.already:
            return f"{row.name}: đã nhập lúc {_clock(row.at)} ({as_of}); không có gì thay đổi"
        return (
            f"{row.name}: {so(row.read)} dòng; {so(row.new)} hồ sơ mới, {so(row.changed)} thay đổi, "
            f"{so(row.unchanged)} như cũ, "
            f"{so(row.set_aside)} dòng để riêng; {as_of}"
        )

    def _details(self) -> list[str]:
        row = self.row
        lines = [f"Mẫu tệp: {row.layout}"]
        if row.older:
            lines.append(f"{so(row.older)} dòng cũ hơn số liệu đã có, không dùng.")
        if row.repeated:
            lines.append(f"{so(row.repeated)} dòng lặp lại mã hồ sơ trong cùng tệp; mỗi mã lấy dòng có ngày mới nhất.")
        return lines + list(row.notes)

    def _set_aside(self) -> list[str]:
        if not self.row.set_aside:
            return []
        more = self.row.set_aside - len(self.bad)
        rest = [f"… và {so(more)} dòng khác"] if more > 0 else []
        return ["Dòng để riêng (các dòng khác vẫn được nhận):", *self.reasons, *rest]


def _clock(moment: datetime) -> str:
    return f"{ict(moment):%H:%M %d/%m/%Y}"
