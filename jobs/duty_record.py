"""What became of a duty, entered by a named person: checked against how each part stands, then written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from jobs.app import App
from monitor.core.answer import tidied
from monitor.core.duty import DONE, OVER
from monitor.core.mask import mask
from monitor.core.obligation import DutyState
from monitor.core.period import day_of
from monitor.core.progress import Progress, ProgressKind
from monitor.reports.duties import DutyNow, PartNow, duties_now
from monitor.reports.render import ngay, term
from monitor.store import duties as stored
from monitor.store import reading, writing
from monitor.store.keeping import keep_given

_OF_ALL = frozenset({ProgressKind.EXTENDED, ProgressKind.WITHDRAWN})
"""What a superior does to a duty concerns every lead, where none is named."""
_NUMBERED = frozenset({ProgressKind.REPORTED, ProgressKind.EXTENDED})
_STILL_TO_REPORT = frozenset(
    {
        ProgressKind.ASSIGNED,
        ProgressKind.ACKNOWLEDGED,
        ProgressKind.REPORTED,
        ProgressKind.OBSTACLE,
        ProgressKind.EXTENDED,
    }
)
"""What an agency does, or is allowed, before it reports: without a period, one not reported yet is meant."""


class NotRecorded(Exception):
    """Nothing was written; the text is one Vietnamese line that names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a person enters; `agency` and `period` (the last day of one) are left out where only one can be meant."""

    duty: str
    kind: ProgressKind
    by: str
    agency: str = ""
    period: date | None = None
    document: str = ""
    dated: date | None = None
    due: date | None = None
    text: str = ""
    file: Path | None = None


def standing(app: App, key: str, now: datetime) -> DutyNow:
    """A duty by its key; raise NotRecorded where there is none."""
    with reading(app.engine) as db:
        found = duties_now(db, app.register, app.law, now, [key])
    if not found:
        raise NotRecorded(f"Không có nhiệm vụ {key!r}; xem mã: tthc obligations list --all")
    return found[0]


def record(app: App, entered: Entered, now: datetime) -> tuple[PartNow, ...]:
    """Write down a fact of one part, or of each where it concerns all; how those stand then. Raise NotRecorded."""
    duty = standing(app, entered.duty, now)
    _expect_sense(entered, now)
    some = [_checked(app, entered, one) for one in _meant(app, entered, duty)]
    digest = keep_given(app.settings.var_dir, entered.file) if entered.file else ""
    with writing(app.engine) as db:
        stored.meet(db, [one.key for one in app.register.duties if one.key == entered.duty], now)
        for part in some:
            stored.add(db, _fact(entered, part, now, digest))
    keys = {part.part.key for part in some}
    return tuple(one for one in standing(app, entered.duty, now).parts if one.part.key in keys)


def _fact(entered: Entered, one: PartNow, now: datetime, digest: str) -> Progress:
    ends = entered.kind is ProgressKind.WITHDRAWN and entered.period is None
    return Progress(
        duty=entered.duty,
        occasion=None if ends else one.part.occasion.end,
        agency=one.part.agency,
        kind=entered.kind,
        document=entered.document,
        dated=entered.dated,
        due=entered.due,
        text=mask(tidied(entered.text)),
        file_name=entered.file.name if entered.file else "",
        file_sha256=digest,
        at=now,
        by=entered.by,
    )


def _expect_sense(entered: Entered, now: datetime) -> None:
    """What every kind must say, and none may."""
    kind = entered.kind
    if entered.dated and entered.dated > day_of(now):
        raise NotRecorded(f"Ngày văn bản {ngay(entered.dated)} chưa tới: sửa --dated.")
    if kind in _NUMBERED and not (entered.document and entered.dated):
        raise NotRecorded(f"“{term(kind)}” cần số và ngày văn bản: thêm --document, --dated.")
    if kind is ProgressKind.OBSTACLE and not entered.text:
        raise NotRecorded("Chưa nói vướng mắc gì: thêm --text.")
    if kind is ProgressKind.RETURNED and not (entered.text or entered.document):
        raise NotRecorded("Chưa nói vì sao trả lại: thêm --text, hoặc --document nếu trả bằng văn bản.")
    if (kind is ProgressKind.EXTENDED) != (entered.due is not None):
        raise NotRecorded("--due là ngày được gia hạn đến hết: ghi cùng loại extended, không ghi với loại khác.")


def _meant(app: App, entered: Entered, duty: DutyNow) -> tuple[PartNow, ...]:
    """The parts an entry is about: of the agency named, or the only one; of the period named, or the first open."""
    leads = duty.duty.agencies
    if entered.agency and entered.agency not in leads:
        names = ", ".join(leads)
        raise NotRecorded(f"{app.register.agency_name(entered.agency)} không chủ trì nhiệm vụ này; chủ trì: {names}")
    if not entered.agency and len(leads) > 1 and entered.kind not in _OF_ALL:
        raise NotRecorded(f"Nhiệm vụ có {len(leads)} cơ quan chủ trì: thêm --agency, một trong: {', '.join(leads)}")
    agencies = (entered.agency,) if entered.agency else leads
    if entered.kind is ProgressKind.EXTENDED and not entered.period:
        first = min((_of_period(duty.of(agency), entered) for agency in agencies), key=_soonest)
        entered = replace(entered, period=first.part.occasion.end)  # one document allows all leads the same period
    return tuple(_of_period(duty.of(agency), entered) for agency in agencies)


def _soonest(one: PartNow) -> tuple[bool, date]:
    """What is not reported first, by the end of its period."""
    return one.state in OVER, one.part.occasion.end or date.max


def _of_period(some: tuple[PartNow, ...], entered: Entered) -> PartNow:
    if entered.period:
        found = [one for one in some if one.part.occasion.end == entered.period]
        if not found:
            ends = [ngay(one.part.occasion.end) for one in some if one.part.occasion.end]
            known = f"các kỳ hết ngày {', '.join(ends[-6:])}" if ends else "nhiệm vụ này không định kỳ"
            raise NotRecorded(f"Không có kỳ hết ngày {ngay(entered.period)}: {known}.")
        return found[0]
    left = [one for one in some if one.state not in DONE] or list(some[-1:])
    if entered.kind is ProgressKind.RESOLVED:
        return next((one for one in (*left, *some) if one.part.obstacles), left[0])
    return next(iter(_preferred(left, entered)), left[0])


def _preferred(left: Sequence[PartNow], entered: Entered) -> list[PartNow]:
    """Of the parts that are not done, those that an entry of this kind is about; a report sent twice is of its own."""
    reported = [one for one in left if one.state is DutyState.REPORTED]
    if entered.kind in (ProgressKind.ACCEPTED, ProgressKind.RETURNED):
        return reported
    if entered.kind not in _STILL_TO_REPORT:
        return []
    again = [one for one in reported if _says_again(entered, one.part.facts[-1])]
    return again or [one for one in left if one.state is not DutyState.REPORTED]


def _checked(app: App, entered: Entered, one: PartNow) -> PartNow:
    """The part, where the entry can follow what is known of it."""
    part, kind, name = one.part, entered.kind, app.register.agency_name(one.part.agency)
    if kind is ProgressKind.RETURNED and part.reported is None:
        raise NotRecorded(f"{name} chưa có báo cáo nào để trả lại.")
    if kind is ProgressKind.RESOLVED and not part.obstacles:
        raise NotRecorded(f"{name} không có vướng mắc nào chưa giải quyết.")
    if kind is ProgressKind.EXTENDED and entered.due and part.due and entered.due <= part.due:
        raise NotRecorded(f"Ngày gia hạn {ngay(entered.due)} không sau hạn đang có ({ngay(part.due)}): sửa --due.")
    if any(_says_again(entered, fact) for fact in part.facts[-1:]):
        raise NotRecorded(f"Điều này đã được {part.facts[-1].by} ghi ngày {ngay(part.facts[-1].at)}: không ghi lại.")
    return one


def _says_again(entered: Entered, fact: Progress) -> bool:
    same = (fact.kind, fact.document, fact.dated, fact.due, fact.text)
    return same == (entered.kind, entered.document, entered.dated, entered.due, mask(tidied(entered.text)))


__all__ = ["Entered", "NotRecorded", "record", "standing"]
