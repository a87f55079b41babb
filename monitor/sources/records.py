"""JSON of the national data format: records whose names are the headings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from monitor.sources import stepped
from monitor.sources.sheet import WIDEST, FileRefused, Row, Sheet, storable

_LARGEST = 200 * 1024**2
SERVICE = "DongBoHoSoMC"
SUPPLEMENTS = "DanhSachHoSoBoSung"


def sheets(path: Path, encoding: str) -> Iterator[Sheet]:
    """The records of a `DongBoHoSoMC` message, or of a plain list, as one table; row numbers count records.

    Those of a `CapNhatTienDoHoSoMC` message, or a plain list of such, are steps.
    """
    if path.stat().st_size > _LARGEST:
        raise FileRefused("tệp JSON quá lớn (trên 200 MB); tách thành nhiều tệp")
    try:
        content = json.loads(path.read_text(encoding))
    except (ValueError, RecursionError) as error:
        raise FileRefused("JSON hỏng hoặc chép chưa xong; chép lại tệp rồi thả lại") from error
    service, records = _records(content)
    if service == stepped.SERVICE or (not service and stepped.are_steps(records)):
        yield Sheet("", iter(()), first=0, records=True, steps=[_storable(record) for record in records])
        return
    if not any(isinstance(record.get("MaHoSo", ""), str | int) for record in records):
        raise FileRefused(f"bản ghi JSON không có mã hồ sơ (MaHoSo) đọc được; xuất lại theo mẫu {SERVICE}")
    names = list(dict.fromkeys(name for record in records for name in record))
    if len(names) > WIDEST:
        raise FileRefused(f"bản ghi JSON có {len(names)} mục, không phải hồ sơ; xuất lại theo mẫu {SERVICE}")
    yield Sheet("", _rows(names, records), first=0, records=True)


def _records(content: object) -> tuple[str, Sequence[Mapping[str, object]]]:
    """Which service it is a message of, empty for a plain list, and its records."""
    service = ""
    if isinstance(content, dict):
        service = str(content.get("service", ""))
        if service not in ("", SERVICE, stepped.SERVICE):
            raise FileRefused(f"bản tin {service[:40]} không phải danh sách hồ sơ; xuất lại theo mẫu {SERVICE}")
        content = content.get("data", [content] if "MaHoSo" in content else [])
    records = content if isinstance(content, list) else []
    if not records or not all(isinstance(record, dict) for record in records):
        raise FileRefused(f"JSON không có danh sách hồ sơ (mục data); xuất lại theo mẫu {SERVICE}")
    return service, records


def _storable(record: Mapping[str, object]) -> Mapping[str, object]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in record.items()}


def _rows(names: Sequence[str], records: Sequence[Mapping[str, object]]) -> Iterator[Row]:
    yield [storable(name) for name in names]
    for record in records:
        yield [_cell(name, record.get(name)) for name in names]


def _cell(name: str, value: object) -> object:
    """What stands in a cell: a list only where lists belong; anything else that is nested is no value of ours."""
    if isinstance(value, str):
        return storable(value)
    return value if name == SUPPLEMENTS or not isinstance(value, list | dict) else None
