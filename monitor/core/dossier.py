"""A dossier (hồ sơ TTHC) as one source tells it, without personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from monitor.core.period import Stamp


class Status(StrEnum):
    """`TrangThaiHoSo` of the national data format; a code not listed here is kept as it came, and reported."""

    REGISTERED = "1"  # Mới đăng ký
    RECEIVED = "2"  # Được tiếp nhận
    NOT_RECEIVED = "3"  # Không được tiếp nhận
    PROCESSING = "4"  # Đang xử lý
    SUPPLEMENT = "5"  # Yêu cầu bổ sung giấy tờ
    FINANCIAL_DUTY = "6"  # Yêu cầu thực hiện nghĩa vụ tài chính
    WITHDRAWN = "7"  # Công dân yêu cầu rút hồ sơ
    STOPPED = "8"  # Dừng xử lý
    DONE = "9"  # Đã xử lý xong
    RETURNED = "10"  # Đã trả kết quả


class Channel(StrEnum):
    """`KenhThucHien`: how it was filed; empty where the source does not say."""

    COUNTER = "1"
    ONLINE = "2"
    POST = "3"
    UNSAID = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One request for more papers, and when they came (None while waiting)."""

    asked: Stamp
    answered: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What one source last said of one dossier, keyed by (source, code).

    Times are as the source gives them: an aware datetime, or a date where it names only the day. `status` is a code of
    `Status` or whatever else came. Units are the names printed; the `_agency` keys are what the register's dated
    aliases make of them, empty where they match nothing. `as_of` is the moment the source's figures stand for,
    `first_seen` when this program first knew the dossier, `told` when the file was read that says so (None: not known).
    `matter` is the number under which all testimonies of it stand (0: not asked for), `lead` whether this is the one
    whose clocks count. `officer` is empty unless the register lets its source keep officers.
    """

    matter: int = 0
    lead: bool = True

    source: str
    code: str
    procedure: str = ""
    procedure_name: str = ""
    channel: str = Channel.UNSAID
    from_national_portal: bool | None = None
    status: str = ""
    filed: Stamp | None = None
    received: Stamp | None = None
    appointment: Stamp | None = None
    finished: Stamp | None = None
    returned: Stamp | None = None
    refused: Stamp | None = None
    receiving_unit: str = ""
    handling_unit: str = ""
    receiving_agency: str = ""
    handling_agency: str = ""
    supplements: tuple[Supplement, ...] = ()
    officer: str = ""
    other_code: str = ""
    as_of: datetime
    first_seen: datetime
    told: datetime | None = None

    def placed(self, receiving_agency: str, handling_agency: str) -> Dossier:
        """The same with the agencies its units stand for; `replace` takes twice as long, and a year has a million."""
        values = dict(zip(_NAMES, _ALL(self), strict=True))
        values["receiving_agency"], values["handling_agency"] = receiving_agency, handling_agency
        return Dossier(**values)


Placing = Callable[[str, bool, datetime, str, str], tuple[str, str]]
"""From a status, whether there is an end, the figures' moment and both units to the keys of both units' agencies."""

_NAMES = tuple(Dossier.__dataclass_fields__)
_ALL = attrgetter(*_NAMES)
