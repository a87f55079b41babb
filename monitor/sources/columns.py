"""What of a record is kept, and under which name of the national format; everything else is left at the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.core.mask import mask
from monitor.sources.polling import Record

CODE = "MaHoSo"
SUPPLEMENTS = "DanhSachHoSoBoSung"

NATIONAL: Mapping[str, str] = {
    "code": CODE,
    "procedure": "MaTTHC",
    "procedure_name": "TenTTHC",
    "channel": "KenhThucHien",
    "from_national_portal": "NoiNopHoSo",
    "status": "TrangThaiHoSo",
    "filed": "NgayNopHoSo",
    "received": "NgayTiepNhan",
    "appointment": "NgayHenTra",
    "finished": "NgayKetThucXuLy",
    "returned": "NgayTra",
    "refused": "NgayTuChoi",
    "receiving_unit": "DonViTiepNhan",
    "handling_unit": "DonViXuLy",
    "supplements": SUPPLEMENTS,
    "officer": "NguoiXuLy",
    "other_code": "MaHoSoKhac",
}
"""Our columns, as the national format calls them."""

OFFICER, PORTAL = NATIONAL["officer"], NATIONAL["from_national_portal"]
_DOSSIER = (*NATIONAL.values(), "MaHoSoQG", "MaHoSoDonVi")
_STEP = (
    CODE, OFFICER, "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "TrangThai", "NgayBatDau", "NgayKetThucTheoQuyDinh",
)  # fmt: skip
_INTERVAL = ("NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi")
_FREE = frozenset({"TenTTHC", "DonViTiepNhan", "DonViXuLy", "PhongBanXuLy", "ChucDanh"})
_LONGEST = 500


def dossier(raw: Mapping[str, object], *, officers: bool) -> Record:
    """What is kept of a dossier's record of the national format."""
    return _kept(raw, _DOSSIER, officers=officers)


def step(raw: Mapping[str, object], *, officers: bool) -> Record:
    """What is kept of a progress record of the national format."""
    return _kept(raw, _STEP, officers=officers)


def _kept(raw: Mapping[str, object], names: Iterable[str], *, officers: bool) -> Record:
    return {name: plain(name, raw[name]) for name in names if name in raw and (officers or name != OFFICER)}


def plain(name: str, value: object) -> object:
    """A value as a cell may hold it; what is nested is none, but for the intervals of supplements."""
    if name == SUPPLEMENTS:
        listed = value if isinstance(value, list) else []
        return [
            {key: one[key] for key in _INTERVAL if _single(one.get(key))} for one in listed if isinstance(one, dict)
        ]
    if name == PORTAL and isinstance(value, bool):
        return "1" if value else "2"
    if isinstance(value, str):
        return (mask(value) if name in _FREE else value)[:_LONGEST]
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _single(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
