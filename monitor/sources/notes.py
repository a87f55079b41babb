"""What a person should know about a file that was taken in all the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Notes:
    """Counted while the rows are read."""

    restored: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    odd_codes: int = 0

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
        return found


def _listed(counted: Counter[str]) -> str:
    some = ", ".join(text for text, _ in counted.most_common(5))
    return f"{some}, …" if len(counted) > 5 else some
