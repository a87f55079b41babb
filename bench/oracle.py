"""A hundred thousand random dossiers, every clock of each as the core counts it, against the plain, slow oracle."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bench.plain_deadlines import DAY, Case, Pause, Plain, Stamp, minute, told, whole
from monitor.core import period
from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Channel, Dossier, Supplement
from monitor.core.finding import Finding, FindingKind, Standing, findings
from monitor.core.law import Law, Rule
from monitor.core.on_time import judged
from monitor.core.pause import ApprovedPause
from monitor.core.period import Span, at, day_of
from monitor.core.reckoning import reckoned
from monitor.core.step import Step
from monitor.law import load_law

DOSSIERS = 100_000
FIRST = date(2025, 7, 1)
"""The oracle's day 0: from here on one rule of each key holds."""
LAST = date(2027, 12, 31)
UNITS = {"hours": "resolution_hours", "days": "resolution_days", "calendar": "resolution_calendar_days"}
SHIPPED = load_law()
NOBODY = Circumstances()


def plain_calendar() -> Plain:
    """Monday to Friday, less the days off, plus the made-up ones, read off the dated table's notes alone."""
    noted = {note.day: note.working for note in SHIPPED.calendars["default"].notes}
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return Plain([noted.get(one, one.weekday() < 5) for one in days])


def laws() -> dict[tuple[str, int, bool], Law]:
    """A law for each limit and way to compare, its limit confirmed by a person."""
    found = {}
    for unit, key in UNITS.items():
        for value in (1, 2, 3, 5, 8, 10, 15, 21, 30):
            rule = Rule(key=f"{key}.X", value=value, unit="", citation="NĐ X", confirmed_by="Nguyễn Văn A")
            rules = {**SHIPPED.rules, rule.key: (rule,)}
            for by_date in (False, True):
                found[unit, value, by_date] = Law(rules=rules, calendars=SHIPPED.calendars, by_date=by_date)
    return found


def made_up(dice: random.Random) -> Case:
    """A dossier of any kind: pauses that overlap, begin in the same minute, last, lie over Tết or outlast the limit."""
    status = dice.choice(("1", "2", "4", "4", "4", "5", "6", "3", "7", "8", "9", "9", "10"))
    filed = dice.randrange(500) * DAY + dice.choice((dice.randrange(DAY), 450, 690, 810, 1020, 735, 1320, 449))
    received = (
        None if status == "1" or dice.random() < 0.05 else filed + dice.choice((0, 60, 400, dice.randrange(5 * DAY)))
    )
    start = filed if received is None else received
    asked = [_pause(dice, start) for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 3)))]
    if len(asked) > 1 and dice.random() < 0.3:
        asked[1] = (asked[0][0], asked[1][1])
    now = start + dice.randrange(90 * DAY)
    answered = status in {"3", "8"} and dice.random() < 0.8
    appointment = None if dice.random() < 0.35 else _stamp(dice, start + dice.randrange(45 * DAY))
    steps = received is not None and dice.random() < 0.5
    return Case(
        unit=dice.choice(tuple(UNITS)),
        value=dice.choice((1, 2, 3, 5, 8, 10, 15, 21, 30)),
        filed=_stamp(dice, filed),
        received=None if received is None else _stamp(dice, received),
        appointment=appointment,
        finished=_stamp(dice, start + dice.randrange(60 * DAY)) if status in {"9", "10", "7", "8"} else None,
        refused=_stamp(dice, start + dice.randrange(40 * DAY)) if answered else None,
        status=status,
        supplements=asked,
        duties=_duties(dice, start, status) if steps else [],
        approved=_apart(dice, start) if dice.random() < 0.3 else [],
        apologies=_apologies(dice, appointment),
        handed_over=start + dice.randrange(3 * DAY) if steps and dice.random() < 0.7 else None,
        has_steps=steps,
        as_of=start + dice.randrange(now - start + 1),
        now=now,
        by_date=dice.random() < 0.3,
    )


def _stamp(dice: random.Random, at_: int) -> Stamp:
    return whole(at_ // DAY) if dice.random() < 0.15 else minute(at_)


def _pause(dice: random.Random, start: int) -> Pause:
    first = start + dice.randrange(20 * DAY)
    if dice.random() < 0.15:
        return _stamp(dice, first), None
    return _stamp(dice, first), _stamp(
        dice, first + dice.choice((0, 30, dice.randrange(DAY), dice.randrange(40 * DAY)))
    )


def _duties(dice: random.Random, start: int, status: str) -> list[Pause]:
    if dice.random() < 0.5:
        return []
    first = start + 3 * DAY + dice.randrange(10 * DAY)
    return [(minute(first), None if status == "6" else minute(first + 1 + dice.randrange(10 * DAY)))]


def _apart(dice: random.Random, start: int) -> list[Pause]:
    first = start + dice.randrange(10 * DAY) - DAY // 2
    return [(minute(first), minute(first + dice.randrange(1, 2 * DAY)))]


def _apologies(dice: random.Random, appointment: Stamp | None) -> list[tuple[int, Stamp, Stamp]]:
    if appointment is None or dice.random() < 0.7:
        return []
    due = appointment[1] if appointment[0] == "day" else appointment[1] // DAY
    one = due + dice.randrange(-3, 2), appointment, whole(due + dice.randrange(1, 20))
    return [one] if dice.random() < 0.7 else [one, (one[0] + 1, one[2], whole(due + dice.randrange(1, 40)))]


def stamp_of(one: Stamp) -> period.Stamp:
    """A plain stamp as the core has it."""
    kind, number = one
    if kind == "day":
        return FIRST + timedelta(days=number)
    return at(FIRST) + timedelta(minutes=number)


def _maybe(one: Stamp | None) -> period.Stamp | None:
    return None if one is None else stamp_of(one)


def _moment(number: int) -> datetime:
    return at(FIRST) + timedelta(minutes=number)


def facts(case: Case) -> tuple[Dossier, Circumstances]:
    """The same as the core takes it."""
    dossier = Dossier(
        matter=1,
        source="mot-cua",
        code="A",
        procedure="X",
        channel=Channel.ONLINE,
        status=case.status,
        filed=stamp_of(case.filed),
        received=_maybe(case.received),
        appointment=_maybe(case.appointment),
        finished=_maybe(case.finished),
        refused=_maybe(case.refused),
        receiving_unit="Một cửa",
        handling_unit="Phòng chuyên môn",
        receiving_agency="sct",
        handling_agency="sct",
        supplements=tuple(Supplement(asked=stamp_of(a), answered=_maybe(b)) for a, b in case.supplements),
        as_of=_moment(case.as_of),
        first_seen=_moment(case.as_of),
    )
    apologies = tuple(
        Apology(
            matter=1, agency="sct", document="1", dated=FIRST + timedelta(days=dated),
            old=stamp_of(old), new=stamp_of(new), at=dossier.as_of, by="A",
        )
        for dated, old, new in case.apologies
    )  # fmt: skip
    pauses = tuple(
        ApprovedPause(
            matter=1, span=Span(start=_moment(a[1]), end=_moment(b[1])), service="X", target="t",
            first_bad=_moment(a[1]), document="QĐ 1", at=dossier.as_of, by="A",
        )
        for a, b in case.approved if b is not None
    )  # fmt: skip
    known = Circumstances(steps=_steps(case), apologies=apologies, pauses=pauses)
    return dossier, known if known != NOBODY else NOBODY


def _steps(case: Case) -> tuple[Step, ...]:
    """The way through the units; a financial duty is a step into status 6 and one out of it."""
    if not case.has_steps or case.received is None:
        return ()
    kind, number = case.received
    first = number * DAY if kind == "day" else number
    steps = [Step(at=_moment(first), unit="Một cửa", status="2")]
    if case.handed_over is not None:
        steps.append(Step(at=_moment(case.handed_over), unit="Phòng chuyên môn", status="4"))
    for begin, end in case.duties:
        unit = "Phòng chuyên môn" if case.handed_over is not None else "Một cửa"
        steps.append(Step(at=_moment(begin[1]), unit=unit, status="6"))
        if end is not None:
            steps.append(Step(at=_moment(end[1]), unit=unit, status="4"))
    return tuple(sorted(steps, key=lambda step: step.at))


def counted(case: Case, law: Law) -> dict[str, object]:
    """What the core says of it."""
    dossier, known = facts(case)
    now = _moment(case.now)
    found = {one.kind: one for one in findings(dossier, now, law, known)}
    sums = reckoned(dossier, now, law, known)
    figures = (None, None, None) if sums is None else (sums.plain, sums.subtracted, sums.restarted)
    handover = found.get(FindingKind.HANDOVER)
    return {
        **dict(zip(("plain", "subtracted", "restarted"), map(_plain, figures), strict=True)),
        "reception": _stands(found.get(FindingKind.RECEPTION)),
        "result": _stands(found.get(FindingKind.RESULT)),
        "handover": handover.standing.value if handover else None,
        "notice": FindingKind.SUPPLEMENT_NOTICE in found,
        "second_supplement": FindingKind.SECOND_SUPPLEMENT in found,
        "put_off": FindingKind.SECOND_REAPPOINTMENT in found,
        "refused_late": FindingKind.REFUSED_LATE in found,
        "index": judged(dossier, now, law, known).result.value,
    }


def _stands(found: Finding | None) -> str | None:
    if found is None:
        return None
    running = {Standing.RUNNING, Standing.NEAR, Standing.DUE}
    return "open" if found.standing in running else found.standing.value


def _plain(stamp: period.Stamp | None) -> Stamp | None:
    if stamp is None:
        return None
    if isinstance(stamp, datetime):
        return minute((stamp - at(FIRST)) // timedelta(minutes=1))
    return whole((day_of(stamp) - FIRST).days)


def sound(case: Case) -> bool:
    """Whether its dates can be true: of others the core says nothing that hangs on them."""
    begun = case.filed[1] if case.filed[0] == "day" else case.filed[1] // DAY
    stamps = (case.received, case.appointment, case.finished)
    return all(one is None or (one[1] if one[0] == "day" else one[1] // DAY) >= begun for one in stamps)


Answers = dict[str, object]


def compared(count: int, seed: int, plain: Plain) -> Iterator[tuple[Case, Answers, Answers]]:
    """So many random dossiers, what the oracle says of each and what the core says."""
    dice, by, done = random.Random(seed), laws(), 0
    while done < count:
        case = made_up(dice)
        if sound(case):
            done += 1
            yield case, told(case, plain), counted(case, by[case.unit, case.value, case.by_date])


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Differences, of which there may be none."""
    count = max(2_000, round(DOSSIERS * scale))
    missed = sum(oracle != core for _, oracle, core in compared(count, 2026, plain_calendar()))
    yield f"differences from the plain oracle ({count:,} dossiers)", missed, 0, ""
