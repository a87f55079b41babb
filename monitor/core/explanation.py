"""Why a dossier is late, as its unit explains it (giải trình): a cause from a closed list, words, a remedy, a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind
from monitor.core.ladder import episode_of


class DelayCause(StrEnum):
    """What a unit may name as the cause; OTHER asks for words."""

    SUPPLEMENT = "supplement"  # chờ người nộp bổ sung hồ sơ
    FINANCIAL_DUTY = "financial_duty"  # chờ người nộp thực hiện nghĩa vụ tài chính
    COORDINATION = "coordination"  # chờ ý kiến của cơ quan phối hợp
    HIGHER_LEVEL = "higher_level"  # chờ cấp trên quyết định
    SYSTEM_FAILURE = "system_failure"  # lỗi hệ thống, gián đoạn dịch vụ
    NOT_UPDATED = "not_updated"  # đã giải quyết nhưng chưa cập nhật lên hệ thống
    WRONG_APPOINTMENT = "wrong_appointment"  # ngày hẹn trả trên hệ thống sai
    COMPLEX = "complex"  # vụ việc phức tạp, phải xác minh
    OVERLOAD = "overload"  # hồ sơ tăng đột biến
    STAFF = "staff"  # thiếu người, người xử lý vắng mặt
    FAULT = "fault"  # công chức, bộ phận xử lý chậm
    FORCE_MAJEURE = "force_majeure"  # bất khả kháng
    OTHER = "other"


class Road(StrEnum):
    """By which way an explanation came in."""

    LETTER = "letter"  # one công văn for many dossiers, entered by the Centre
    SHEET = "sheet"  # a workbook handed out and filled in
    PAGE = "page"  # the personal page behind a signed link


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """One lateness of one dossier: its reception or its result (`kind`), at one appointment (`episode`).

    `matter` is the number under which all testimonies of the dossier stand. `episode` is what a ladder's is: the
    moment filed for a reception, the appointment as printed for a result; so that a changed calendar asks nobody anew.
    """

    matter: int
    kind: FindingKind
    episode: str


def delay_of(dossier: Dossier, kind: FindingKind) -> Delay:
    """The lateness of a dossier's reception or result that its present filing or appointment makes."""
    printed = dossier.filed if kind is FindingKind.RECEPTION else dossier.appointment
    return Delay(matter=dossier.matter, kind=kind, episode=episode_of(printed))


def episodes_alike(delay: Delay, told: Iterable[Dossier]) -> frozenset[str]:
    """Every episode under which what is recorded of a delay may stand, by all testimonies of its dossier as they are.

    Two systems may print one appointment differently (the day alone, another hour), and whichever leads names the
    delay: what they print at one time is one episode. One that none of them prints now stands for itself.
    """
    printed = frozenset(delay_of(one, delay.kind).episode for one in told)
    return printed if delay.episode in printed else frozenset({delay.episode})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationRequest:
    """That a unit was asked why; it is due so many working days later (rule `explanation_working_days`).

    `dispatch` is the number of the official letter that asked, None where a digest did. `due` is None for what was
    late before it was known ("tồn đọng"): it is asked once, and nobody above the unit hears of it unless a letter asks.
    """

    number: int = 0
    delay: Delay
    agency: str
    asked_at: datetime
    due: date | None = None
    dispatch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A fact: what was said of one delay. The latest counts; what was said before stays as it was said.

    `given_by` is who answers for it in the unit, `entered_by` who typed it (the Centre for a công văn: "nhập thay").
    `incoming` is the number of the official letter it rests on. `text` and `remedy` are masked before they are kept.
    """

    number: int = 0
    delay: Delay
    agency: str
    at: datetime
    cause: DelayCause
    text: str
    remedy: str = ""
    expected: date | None = None
    road: Road
    given_by: str
    entered_by: str
    incoming: int | None = None
