"""An official letter drafted as duties, and the duties of one confirmed: stored together, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from jobs.app import App
from jobs.letter_apart import Scanned, text_of
from jobs.order_file import Checked
from monitor.core.duty import Occasion, occasions
from monitor.core.ladder import Anchor, SubjectKind
from monitor.core.mask import mask
from monitor.core.obligation import Listed, Obligation
from monitor.core.order import DraftOrder, Order
from monitor.core.order_reading import read
from monitor.core.order_tables import dossiers_in, is_usual
from monitor.core.order_text import Printed, parts
from monitor.core.period import day_of, ict
from monitor.core.stages import NeverReached, moments
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.register.names import plain, spelled
from monitor.reports.order_draft import LastDay, closing_day_of, known_on, last_day_of, with_dossiers
from monitor.store import orders, reading, writing
from monitor.store.keeping import keep_given


class NotConfirmed(Exception):
    """Nothing was stored; the text is one Vietnamese line that names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft, the letter's digest, and whether its file is a scan that could not be read."""

    draft: DraftOrder
    sha256: str
    scanned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """On which day a stage of the ladder is told, and to whom: each side with its roles."""

    stage: str
    day: date
    audience: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A duty as it will be followed: what its deadline comes to, and who is told when; `next`: when it comes again."""

    duty: Obligation
    next: Occasion
    until: LastDay | None
    reminders: tuple[Reminder, ...]


def draft(app: App, letter: Path, *, manual: bool = False, dated: date | None = None) -> Drafted:
    """Draft a letter's duties; an empty form for a scan, or where it is asked for. Raise LetterRefused."""
    today = day_of(app.clock.now())
    sha256 = hashlib.sha256(letter.read_bytes()).hexdigest() if letter.is_file() else ""
    empty = DraftOrder(reckoned_on=dated or today, dated=dated)
    if manual:
        return Drafted(draft=empty, sha256=sha256)
    try:
        printed = text_of(letter)
    except Scanned:
        return Drafted(draft=empty, sha256=sha256, scanned=True)
    return Drafted(draft=_read(app, printed, today, dated), sha256=sha256)


def _read(app: App, printed: Printed, today: date, dated: date | None) -> DraftOrder:
    calendar, closing = app.law.calendars["default"], closing_day_of(app.law)
    found = read(printed, known_on(app.register), calendar, closing, today=today, dated=dated)
    listed = dossiers_in(printed.grids, parts(printed).appendix)
    return _with(masked(found), listed)


def masked(found: DraftOrder) -> DraftOrder:
    """The same without what leads to a person: telephones of clerks, addresses."""
    duties = (replace(one, title=mask(one.title), text=mask(one.text)) for one in found.duties)
    return replace(found, subject=mask(found.subject), duties=tuple(duties), aside=tuple(map(mask, found.aside)))


def with_list(found: DraftOrder, file: Path, place: str = "") -> DraftOrder:
    """The same with the dossiers that another file lists; raise LetterRefused."""
    try:
        printed = text_of(file)
    except Scanned:
        raise NotConfirmed(f"{file.name}: là bản chụp, không có lớp chữ; dùng bản DOCX, XLSX hoặc PDF gốc") from None
    listed = dossiers_in(printed.grids, printed.lines)
    if not listed:
        raise NotConfirmed(f"{file.name}: không thấy mã hồ sơ nào; cần bảng có cột “Mã hồ sơ”")
    if place and place not in {duty.place for duty in found.duties}:
        places = ", ".join(f"“{duty.place}”" for duty in found.duties) or "(không có)"
        raise NotConfirmed(f"Không có nhiệm vụ ở “{place}”; dự thảo có: {places}")
    return _with(found, listed, place)


def _with(found: DraftOrder, listed: Sequence[Listed], place: str = "") -> DraftOrder:
    tidy = tuple(replace(one, unit=mask(one.unit)) for one in listed)
    return with_dossiers(found, tidy, [one.code for one in tidy if not is_usual(one.code)], place)


def keyed(app: App, found: Checked) -> tuple[Obligation, ...]:
    """The duties with keys that are free: the letter's day, who issued it, and a number: "2024-03-05-ubnd-tinh-1"."""
    prefix = f"{found.order.dated}-{found.issuer or _slug(found.order.issuer)}"
    with reading(app.engine) as db:
        first = orders.next_key(db, prefix, [duty.key for duty in app.register.duties])
    return tuple(
        replace(duty, key=f"{prefix}-{number}", letter=found.order.cited)
        for number, duty in enumerate(found.duties, first)
    )


def _slug(name: str) -> str:
    return "-".join(plain(spelled(name)).split()) or "van-ban"


def expect_new(app: App, found: Checked) -> None:
    """Raise NotConfirmed where the letter is stored already, or its file is another than was drafted."""
    digest = _digest(found)
    if found.file and found.sha256 and digest != found.sha256:
        raise NotConfirmed(
            f"Tệp {found.file.name} đã khác từ khi lập dự thảo: lập lại, hoặc xóa dòng sha256 trong tệp."
        )
    with reading(app.engine) as db:
        same = next((one for one in orders.orders(db) if _names(one) == _names(found.order)), None)
        same = same or orders.same_file(db, digest)
    if same:
        raise NotConfirmed(_twice(same))


def stored(app: App, sha256: str) -> str:
    """That a letter's very file was confirmed before, and by whom; empty where it was not."""
    with reading(app.engine) as db:
        same = orders.same_file(db, sha256)
    return _twice(same) if same else ""


def _names(order: Order) -> tuple[str, date, str]:
    return order.document, order.dated, order.issuer


def _digest(found: Checked) -> str:
    return hashlib.sha256(found.file.read_bytes()).hexdigest() if found.file else ""


def _twice(order: Order) -> str:
    when = f" lúc {ict(order.at):%H:%M %d/%m/%Y}" if order.at else ""
    return f"{order.cited} đã được {order.by} xác nhận{when}: không ghi lại. Xem: tthc obligations list."


def confirm(app: App, found: Checked, now: datetime, by: str) -> tuple[Order, tuple[Obligation, ...]]:
    """Keep the letter's file, store the letter and its duties in one transaction; raise NotConfirmed a second time."""
    expect_new(app, found)
    duties, order = keyed(app, found), found.order
    if found.file:
        digest = keep_given(app.settings.var_dir, found.file)
        order = replace(order, file_name=mask(found.file.name), file_sha256=digest)
    try:
        with writing(app.engine) as db:
            number = orders.confirm(db, order, duties, now, by)
    except orders.AlreadyConfirmed as error:
        raise NotConfirmed(_twice(error.order)) from error
    return replace(order, number=number, at=now, by=by), duties


def followed(app: App, duty: Obligation) -> Followed:
    """How a duty will be followed: its last working day, and on which days the ladder tells whom."""
    calendar = app.law.calendars["default"]
    coming, until = next_occasion(duty, day_of(app.clock.now()), calendar)
    ladder, made = app.register.ladders.get(SubjectKind.DUTY), list[Reminder]()
    if until and until.working and ladder:
        for stage in ladder.stages:
            try:
                first, _ = moments(stage, {Anchor.DUE: until.working}, calendar)
            except (NeverReached, CalendarUnknown):
                continue
            made.append(Reminder(stage=stage.name, day=ict(first).date(), audience=_by_side(stage.audience)))
    return Followed(duty=duty, next=coming, until=until, reminders=tuple(made))


def next_occasion(duty: Obligation, today: date, calendar: WorkCalendar) -> tuple[Occasion, LastDay | None]:
    """The time that a duty is due next, and what that day comes to; one that comes once has but one."""
    coming = occasions(duty, today, today)[-1]
    return coming, last_day_of(coming.due, duty.due_kind, calendar)


def _by_side(audience: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sides: dict[str, list[str]] = {}
    for one in audience:
        side, _, role = one.partition(":")
        sides.setdefault(side, []).append(role)
    return tuple((side, tuple(roles)) for side, roles in sides.items())


def names_of(register: Register, keys: Sequence[str], *, most: int = 3) -> str:
    """Agencies by name, and how many more there are."""
    shown = ", ".join(map(register.agency_name, keys[:most]))
    return f"{shown} và {len(keys) - most} cơ quan khác" if len(keys) > most else shown
