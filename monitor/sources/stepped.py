"""Progress messages (`CapNhatTienDoHoSoMC`): each record is one step of a dossier's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from monitor.core.dossier import Status
from monitor.core.source import BadRow
from monitor.core.step import StepRow
from monitor.sources.dates import DAY_MS, Unreadable, stamp
from monitor.sources.mask import mask
from monitor.sources.notes import Notes
from monitor.sources.row import LONGEST_CODE, tidy_code

SERVICE = "CapNhatTienDoHoSoMC"
_AT = ("ThoiDiemXuLy", "NgayBatDau")
_DUE = "NgayKetThucTheoQuyDinh"
_OF_A_DOSSIER = frozenset({"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo"})
_LONGEST = 120
_STATUSES = frozenset(status.value for status in Status)

Record = Mapping[str, object]


def are_steps(records: Sequence[Record]) -> bool:
    """Whether a plain list tells of steps and not of dossiers: what its records are called says so."""
    names = {name for record in records[:50] for name in record}
    return "ThoiDiemXuLy" in names and not names & _OF_A_DOSSIER


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one message, to be read through once; officers are left at the door unless they may be kept."""

    records: Sequence[Record]
    notes: Notes
    officers: bool = False

    def rows(self) -> Iterator[StepRow | BadRow]:
        """Each step as facts, or why it cannot be read; records are counted from 1."""
        for number, record in enumerate(self.records, 1):
            code = tidy_code(record.get("MaHoSo"))
            if not code:
                yield BadRow(number, "", "thiếu mã hồ sơ (MaHoSo); điền mã rồi thả lại tệp")
            elif len(code) > LONGEST_CODE:
                yield BadRow(
                    number, mask(code)[:LONGEST_CODE], f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; xem lại MaHoSo"
                )
            else:
                yield self._read(number, code, record)

    def _read(self, number: int, code: str, record: Record) -> StepRow | BadRow:
        try:
            moments = [stamp(record.get(name)) for name in (*_AT, _DUE)]
        except (Unreadable, OverflowError):
            return BadRow(
                number, code, f"không đọc được ngày trong bước xử lý ({', '.join(_AT)}, {_DUE}); sửa rồi thả lại"
            )
        begun = moments[0] or moments[1]
        if begun is None:
            return BadRow(number, code, "bước xử lý không ghi thời điểm (ThoiDiemXuLy); điền rồi thả lại tệp")
        status, unit, role = (_text(record.get(name)) for name in ("TrangThai", "PhongBanXuLy", "ChucDanh"))
        if status and status not in _STATUSES:
            self.notes.statuses[status] += 1
        officer = _text(record.get("NguoiXuLy"))[:50] if self.officers else ""
        due = moments[2]
        end = None if due is None else due[0] + DAY_MS - 1 if due[1] else due[0]
        said = "\x1f".join((status, unit, role, officer, str(end)))
        digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return StepRow(code, digest, begun[0], end, status, unit, role, officer)


def _text(cell: object) -> str:
    if cell is None or isinstance(cell, list | dict):
        return ""
    return mask(" ".join(str(cell).replace("\0", "\ufffd").split()))[:_LONGEST]
