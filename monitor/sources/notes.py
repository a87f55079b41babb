"""What a person should know about a file that was taken in all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.core.contradiction import Contradiction
from monitor.sources.mask import mask

CONTRADICTIONS: Mapping[Contradiction, str] = {
    Contradiction.FILED_LATER: "ngày nộp sau ngày có số liệu",
    Contradiction.RECEIVED_LATER: "ngày tiếp nhận sau ngày có số liệu",
    Contradiction.ENDED_LATER: "ngày xong sau ngày có số liệu",
    Contradiction.RECEIVED_BEFORE_FILED: "ngày tiếp nhận trước ngày nộp",
    Contradiction.APPOINTED_BEFORE_FILED: "ngày hẹn trả trước ngày nộp",
    Contradiction.ENDED_BEFORE_FILED: "ngày xong trước ngày nộp",
}
"""As the glossary calls them, which this package does not know."""
_NAMED = 5
_MOST_COLUMNS, _LONGEST = 30, 60


@dataclass(slots=True)
class Notes:
    """Counted while the rows are read; `told` is when they are, in milliseconds (the last of all days: not known)."""

    told: int = 253_402_128_000_000
    restored: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    odd_codes: int = 0
    contradictions: Counter[Contradiction] = field(default_factory=Counter)
    unkept: dict[str, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    contradictory: dict[Contradiction, list[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """One sentence a kind of thing noted."""
        found = []
        if self.restored:
            rows = self.restored.total()
            found.append(f"Mã thủ tục mất số 0 ở cuối đã được khôi phục ({rows} dòng): {_listed(self.restored)}.")
        if self.statuses:
            found.append(f"Trạng thái lạ được giữ nguyên ({self.statuses.total()} dòng): {_listed(self.statuses)}.")
        if self.odd_codes:
            found.append(f"Mã hồ sơ không theo mẫu chung, vẫn nhận ({self.odd_codes} dòng): {_listed(self.codes)}.")
        if self.contradictions:
            kinds = "; ".join(map(self._contradiction, sorted(self.contradictions)))
            found.append(f"Ngày ghi không thể đúng, cần xem lại; vẫn nhận nhưng không tính chậm theo ngày ấy: {kinds}.")
        if self.unkept:
            found.append(f"Cột biết mà không lưu: {_named(self.unkept)}.")
        if self.unknown:
            found.append(f"Cột không biết, không đọc: {_named(self.unknown)}.")
        return found

    def leave_out(self, unkept: Iterable[str], unknown: Iterable[str]) -> None:
        """Name columns whose cells go no further, each once however many lists have it."""
        self.unkept |= dict.fromkeys(map(_heading, unkept))
        self.unknown |= dict.fromkeys(map(_heading, unknown))

    def contradict(self, code: str, found: Iterable[Contradiction]) -> None:
        """Count what is wrong with a row's dates; the first few codes are named."""
        for one in found:
            self.contradictions[one] += 1
            codes = self.contradictory.setdefault(one, [])
            if len(codes) < _NAMED:
                codes.append(mask(code))

    def _contradiction(self, one: Contradiction) -> str:
        count, codes = self.contradictions[one], self.contradictory[one]
        more = ", …" if count > len(codes) else ""
        return f"{CONTRADICTIONS[one]} ({count} dòng): {', '.join(codes)}{more}"


def _heading(text: str) -> str:
    return mask(text)[:_LONGEST]


def _named(columns: Iterable[str]) -> str:
    names = list(columns)
    some = ", ".join(names[:_MOST_COLUMNS])
    return f"{some} và {len(names) - _MOST_COLUMNS} cột khác" if len(names) > _MOST_COLUMNS else some


def _listed(counted: Counter[str]) -> str:
    some = ", ".join(text for text, _ in counted.most_common(5))
    return f"{some}, …" if len(counted) > 5 else some
