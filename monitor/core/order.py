"""An official letter that gives duties: as a named person confirmed it, and as it is drafted from its own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.obligation import DueKind, Listed, Recurrence

_KINDS = {
    "CT": "Chỉ thị",
    "CTR": "Chương trình",
    "CĐ": "Công điện",
    "KH": "Kế hoạch",
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "TB": "Thông báo",
}
"""What a letter is called by the first part of its symbol (NĐ 30/2020, Phụ lục III); any other is a công văn."""


class DoubtKind(StrEnum):
    """Why a person has to look at something that was drafted."""

    NUMBER_BLANK = "number_blank"
    DATE_BLANK = "date_blank"  # `about`: the day on which agencies were looked up instead
    ISSUER_UNKNOWN = "issuer_unknown"
    SUBJECT_BLANK = "subject_blank"
    SIGNER_BLANK = "signer_blank"
    NO_DUTIES = "no_duties"
    TABLE_UNREAD = "table_unread"  # a page's text does not tell a table's columns apart
    LEAD_BLANK = "lead_blank"
    AGENCY_UNKNOWN = "agency_unknown"  # not in the register on the letter's day; `about`: as printed
    GROUP_EMPTY = "group_empty"  # a group without any agency in the register on that day
    GROUP_VAGUE = "group_vague"  # "các đơn vị liên quan": nobody in particular
    REPORT_BLANK = "report_blank"  # a day, and nobody to whom it is reported
    REPORT_THROUGH = "report_through"  # "báo cáo UBND tỉnh (qua Trung tâm …)"
    HOUR = "hour"  # "trước 17 giờ ngày …": the day is taken
    TWO_READINGS = "two_readings"  # "chậm nhất trước ngày …"
    YEAR_MISSING = "year_missing"
    NO_SUCH_DAY = "no_such_day"
    PAST = "past"  # before the letter's own day: hardly a deadline
    DAY_OFF = "day_off"  # the day as printed is no working day
    PERIOD = "period"  # "trong tháng 9", "trong quý III": its last day is taken
    STRETCH = "stretch"  # "từ ngày … đến ngày …": when something happens, or by when it is done
    FROM_RECEIPT = "from_receipt"  # counted from the letter's day instead
    FROM_LETTER = "from_letter"  # so many days, and not said from when
    CALENDAR_DAYS = "calendar_days"  # "trong thời hạn 10 ngày": not working days
    CALENDAR_UNKNOWN = "calendar_unknown"
    AT_ONCE = "at_once"  # "ngay sau khi nhận được văn bản"
    EVERY = "every"  # it comes again, but cannot be followed as worded
    CLOSING_ASSUMED = "closing_assumed"  # its periods are taken to close as the rules on reports say
    SEVERAL_DAYS = "several_days"  # one paragraph with several days was divided
    LIST_UNCLEAR = "list_unclear"  # to which duty a list of dossiers belongs
    CODE_ODD = "code_odd"  # a dossier's code in an unusual form


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One reason to look, with what it is about as the letter prints it."""

    kind: DoubtKind
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A letter that gives duties; a fact, once a named person confirmed it. `file_sha256` names the kept file."""

    number: int = 0
    document: str  # số, ký hiệu
    dated: date
    issuer: str
    subject: str  # trích yếu
    signer: str
    file_name: str = ""
    file_sha256: str = ""
    at: datetime | None = None
    by: str = ""

    @property
    def cited(self) -> str:
        """As a duty names the letter that gave it: "Công văn số 3200/UBND-KSTTHCNC ngày 05/3/2024 của UBND tỉnh"."""
        return f"{kind_of(self.document)} số {self.document} ngày {cited_day(self.dated)} của {self.issuer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDuty:
    """One task as the letter words it, agencies by the names that it prints.

    `due` is the day as printed, `due_words` how; `leads` may be groups such as "các sở, ban, ngành cấp tỉnh".
    """

    place: str
    title: str
    text: str
    leads: tuple[str, ...]
    partners: tuple[str, ...] = ()
    report_to: str = ""
    due: date | None = None
    due_kind: DueKind = DueKind.BEFORE
    due_words: str = ""
    every: Recurrence | None = None
    dossiers: tuple[Listed, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """What could be read of a letter; blank where it could not. `aside` are paragraphs that give no duty.

    `reckoned_on` is the day on which its agencies were looked up, the letter's own where it prints one.
    """

    document: str = ""
    dated: date | None = None
    issuer: str = ""
    subject: str = ""
    signer: str = ""
    duties: tuple[DraftDuty, ...] = ()
    aside: tuple[str, ...] = ()
    reckoned_on: date
    doubts: tuple[Doubt, ...] = ()


def kind_of(document: str) -> str:
    """What a letter is called, by its number and symbol: "27/CT-TTg" is a chỉ thị."""
    symbol = document.partition("/")[2].split("/")[-1]
    return _KINDS.get(symbol.partition("-")[0].strip().upper(), "Công văn")


def cited_day(day: date) -> str:
    """A day as letters cite one: days below 10 and the months 1 and 2 with a leading 0 (NĐ 30/2020)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}/{day.year}"
