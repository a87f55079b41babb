"""What the law says of a dossier now: by when what is due, how it stands, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.period import Stamp


class FindingKind(StrEnum):
    """Which rule speaks. The first three are clocks; the others are things a person must look at."""

    RECEPTION = "reception"              # tiếp nhận: 8 working hours, online dossiers
    RESULT = "result"                    # trả kết quả: the appointment
    APOLOGY = "apology"                  # the cut-off for the apology before the appointment
    NO_APPOINTMENT = "no_appointment"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_UNIT = "unknown_unit"        # "chưa xác định đơn vị"
    NO_CALENDAR = "no_calendar"          # "chưa có lịch"
    SECOND_SUPPLEMENT = "second_supplement"


class Standing(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    NEAR = "near"                        # sắp đến hạn
    DUE = "due"                          # đến hạn: its last working day or hour
    LATE = "late"                        # chậm tiếp nhận; đang giải quyết quá hạn
    LATE_DONE = "late_done"              # đã tiếp nhận chậm; đã giải quyết quá hạn
    PAUSED = "paused"                    # waiting for the citizen
    NOTED = "noted"                      # of the kinds that are no clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion, never stored as a fact.

    `due` is compared by day where it is a date. `since` is when it became late. `agency` is the key of the unit whose
    duty it is (empty: unknown). `rules` are the keys of the rules used, `counted` names how the time was counted.
    `projected`: a day not yet announced lies in the count ("dự kiến"). `next_change_at`: when its standing changes by
    itself (None: never).
    """

    kind: FindingKind
    standing: Standing
    due: Stamp | None = None
    since: datetime | None = None
    agency: str = ""
    rules: tuple[str, ...] = ()
    counted: str = ""
    projected: bool = False
    next_change_at: datetime | None = None
