"""A sent apology written down: one document for several dossiers, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from jobs.app import App
from jobs.named import NotNamed, dossier_named
from monitor.core.apology import Apology, used_up
from monitor.core.deadline import deadlines_of
from monitor.core.dossier import Dossier
from monitor.core.finding import apology_for
from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.mask import mask
from monitor.core.period import Stamp, day_of, end_of
from monitor.core.phase import handling_agency
from monitor.core.reappointment import ApologyEffect, effect
from monitor.core.workdays import CalendarUnknown
from monitor.reports.circumstances import circumstances
from monitor.reports.render import gio, ngay
from monitor.store import apologies, dossiers, projection, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a named person says of a document that was sent; `old` only where the sources no longer print it."""

    document: str
    dated: date
    new: Stamp
    by: str
    reason: str = ""
    signer: str = ""
    file_sha256: str = ""
    old: Stamp | None = None
    breach: bool = False


class DayOff(NamedTuple):
    """A day on which an agency does not work, and the next on which it does."""

    day: date
    next_working: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One dossier's apology as it was written down; `cut_off` is set where it came after the last day for it.

    `effect` is what it makes of the clock; `days_off` which of its two days nobody works on: more likely a slip.
    """

    dossier: Dossier
    apology: Apology
    new: bool = True
    cut_off: date | None = None
    effect: ApologyEffect = ApologyEffect.MOVES
    days_off: tuple[DayOff, ...] = ()


class NotRecorded(Exception):
    """Nothing was written of what was given; `mistakes` are one line each and name the mend.

    `second`: all that is wrong is a second new appointment, which the law does not allow; that is remembered.
    """

    def __init__(self, mistakes: Iterable[str], *, second: bool = False) -> None:
        self.mistakes, self.second = tuple(mistakes), second
        super().__init__("\n".join(self.mistakes))


@dataclass(slots=True, kw_only=True)
class _Sorting:
    """The dossiers of one document: what may be written, what is there, and what is wrong."""

    db: Connection
    law: Law
    given: Given
    now: datetime
    ready: list[tuple[Dossier, Apology]] = field(default_factory=list)
    there: list[tuple[Dossier, Apology]] = field(default_factory=list)
    second: list[tuple[Dossier, str]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def sort(self, dossier: Dossier) -> None:
        """Put one dossier where it belongs."""
        given = self.given
        before = apologies.of(self.db, [dossier.matter]).get(dossier.matter, ())
        same = next((one for one in before if (one.document, one.dated) == (given.document, given.dated)), None)
        if same is not None and day_of(same.new) != day_of(given.new):
            self.mistakes.append(
                f"Hồ sơ {dossier.code}: văn bản {same.document} ngày {ngay(same.dated)} đã ghi hẹn lại đến "
                f"{gio(same.new)}, không phải {gio(given.new)}; điều đã ghi không sửa, xem lại --new-date, --document."
            )
            return
        if same is not None:
            self.there.append((dossier, same))
            return
        old = given.old or _appointment_before(self.db, dossier, given.new)
        rule = used_up(before, self.law, _day(dossier, given.dated))
        if old is None:
            self.mistakes.append(f"Hồ sơ {dossier.code} không có ngày hẹn trả trong số liệu: thêm --old-date.")
        elif end_of(given.new) <= end_of(old):
            self.mistakes.append(
                f"Hồ sơ {dossier.code}: ngày hẹn mới {gio(given.new)} không sau ngày hẹn cũ {gio(old)}; "
                "xem lại --new-date."
            )
        elif rule is not None and not given.breach:
            self.second.append((dossier, _turned_down(dossier, before, rule)))
        else:
            self.ready.append((dossier, _apology(dossier, old, given, self.now, breach=rule is not None)))


def record(app: App, codes: Iterable[str], given: Given, now: datetime, *, source: str = "") -> tuple[Recorded, ...]:
    """Write down the apologies that one document gives, each once; raise NotRecorded, with nothing of it written.

    A second new appointment is remembered as turned down, so that it is raised; with `breach` it is recorded. Where
    something else is wrong, nothing is remembered: what is to be typed anew has not been asked for yet.
    """
    with writing(app.engine) as db:
        found = _Sorting(db=db, law=app.law, given=given, now=now, mistakes=list(_of_the_document(given, now)))
        for code in dict.fromkeys(codes):
            try:
                found.sort(dossier_named(db, code, source))
            except NotNamed as why:
                found.mistakes.append(str(why))
        if not found.mistakes:
            for dossier, _ in found.second:
                apologies.refuse(db, dossier.matter, at=now, by=given.by, new=given.new)
        if not (found.second or found.mistakes):
            projection.reckon_anew(db, {dossier.matter for dossier, _ in found.ready}, now)
            return tuple(_written(found))
    said = "Không ghi, và báo lên lãnh đạo." if not found.mistakes else "Chưa ghi gì."
    second = [f"{why} {said} {_IF_SENT}" for _, why in found.second]
    raise NotRecorded((*found.mistakes, *second), second=bool(found.second) and not found.mistakes)


_IF_SENT = "Văn bản đã lỡ gửi thì thêm --breach để ghi lại là sai quy định."


def _turned_down(dossier: Dossier, before: Sequence[Apology], rule: Rule) -> str:
    last = before[-1]
    return (
        f"Hồ sơ {dossier.code} đã được hẹn lại (văn bản {last.document} ngày {ngay(last.dated)}, hẹn {gio(last.new)}); "
        f"chỉ được hẹn lại {rule.value} {rule.unit}, theo {rule.citation}."
    )


def _of_the_document(given: Given, now: datetime) -> Iterator[str]:
    if given.dated > day_of(now):
        yield f"Văn bản đề ngày {ngay(given.dated)}, sau hôm nay: xem lại --dated."
    if day_of(given.new) < given.dated:
        yield f"Ngày hẹn mới {gio(given.new)} trước ngày văn bản {ngay(given.dated)}: xem lại --new-date, --dated."


def _day(dossier: Dossier, otherwise: date) -> date:
    """The day whose law holds for a dossier."""
    begun = dossier.received or dossier.filed
    return day_of(begun) if begun is not None else otherwise


def _appointment_before(db: Connection, dossier: Dossier, new: Stamp) -> Stamp | None:
    """The appointment that was put off: where the source prints the new one already, the one it printed before."""
    if dossier.appointment is None or day_of(dossier.appointment) != day_of(new):
        return dossier.appointment
    told = (one.appointment for one in reversed(dossiers.history(db, dossier.source, dossier.code)))
    return next((one for one in told if one is not None and day_of(one) != day_of(new)), dossier.appointment)


def _apology(dossier: Dossier, old: Stamp, given: Given, now: datetime, *, breach: bool) -> Apology:
    return Apology(
        matter=dossier.matter,
        agency=handling_agency(dossier),
        document=given.document,
        dated=given.dated,
        old=old,
        new=given.new,
        reason=mask(" ".join(given.reason.split())),
        signer=given.signer,
        file_sha256=given.file_sha256,
        breach=breach,
        at=now,
        by=given.by,
    )


def _written(found: _Sorting) -> Iterator[Recorded]:
    for dossier, apology in found.ready:
        apologies.add_once(found.db, apology)
        known = circumstances(found.db, [dossier])[dossier.matter]
        days = (day_off(found.law, dossier, day) for day in (apology.dated, day_of(apology.new)))
        yield Recorded(
            dossier=dossier,
            apology=apology,
            cut_off=after_cut_off(found.law, dossier, apology),
            effect=effect(apology, dossier, known),
            days_off=tuple(one for one in days if one is not None),
        )
    for dossier, apology in found.there:
        yield Recorded(dossier=dossier, apology=apology, new=False)


def day_off(law: Law, dossier: Dossier, day: date) -> DayOff | None:
    """A day on which the handling agency does not work; None where it does, or where the calendar does not reach."""
    calendar = law.calendar_of(handling_agency(dossier))
    try:
        return None if calendar.is_working_day(day) else DayOff(day, calendar.add_days(day, 1))
    except CalendarUnknown:
        return None


def after_cut_off(law: Law, dossier: Dossier, apology: Apology) -> date | None:
    """The last day on which it would have been in time, where it was dated later; None where it was in time.

    None too where nothing tells: there never was a day for it, or calendar or rule are missing.
    """
    try:
        last = apology_for(dossier, apology.old, deadlines_of(law, handling_agency(dossier)))
    except (CalendarUnknown, RuleUnknown):
        return None
    return day_of(last.due) if last is not None and apology.dated > day_of(last.due) else None
