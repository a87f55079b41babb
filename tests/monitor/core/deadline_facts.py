"""Moments, days, laws and dossiers for tests of clocks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Channel, Dossier, Supplement
from monitor.core.finding import Finding, FindingKind, findings
from monitor.core.law import Law, Rule
from monitor.core.limit import Limit, LimitUnit
from monitor.core.pause import ApprovedPause
from monitor.core.pauses import Pause, PauseKind
from monitor.core.period import ICT, Span, Stamp
from monitor.core.step import Step
from monitor.law import load_law

LAW = load_law()
BY_DATE = load_law(by_date=True)
CALENDAR = LAW.calendars["default"]


def moment(text: str) -> datetime:
    """ "23/11/2026 16:00" """
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


def day(text: str) -> date:
    """ "23/11/2026" """
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=ICT).date()


def stamp(text: str) -> Stamp:
    """Either."""
    return moment(text) if ":" in text else day(text)


def limit(text: str, confirmed_by: str = "") -> Limit:
    """ "8 hours", "5 days", "30 calendar" """
    value, unit = text.split()
    kind = {"hours": LimitUnit.HOURS, "days": LimitUnit.DAYS, "calendar": LimitUnit.CALENDAR_DAYS}[unit]
    rule = Rule(key=f"{kind.value}.X", value=int(value), unit=unit, citation="NĐ X", confirmed_by=confirmed_by)
    return Limit(kind, int(value), rule)


def with_limit(text: str, confirmed_by: str = "", law: Law = LAW) -> Law:
    """The shipped law, and a limit of procedure X."""
    rule = limit(text, confirmed_by).rule
    return Law(rules={**law.rules, rule.key: (rule,)}, calendars=law.calendars, by_date=law.by_date)


def pause(text: str, kind: PauseKind = PauseKind.SUPPLEMENT) -> Pause:
    """ "04/03/2024 09:00 – 06/03/2024 09:00"; without an end it lasts."""
    first, _, last = text.partition(" – ")
    return Pause(kind, stamp(first), stamp(last) if last else None)


def pauses(*texts: str) -> tuple[Pause, ...]:
    """Several supplements."""
    return tuple(map(pause, texts))


def handled(**changed: Any) -> Dossier:
    """Filed online and received on Monday 02/11/2026 at 08:00, promised for Monday 09/11 at 17:00; procedure X."""
    known: dict[str, Any] = {
        "matter": 1,
        "source": "mot-cua",
        "code": "H56.02-261102-0007",
        "procedure": "X",
        "channel": Channel.ONLINE,
        "status": "4",
        "filed": moment("02/11/2026 07:30"),
        "received": moment("02/11/2026 08:00"),
        "appointment": moment("09/11/2026 17:00"),
        "receiving_unit": "Bộ phận Một cửa",
        "handling_unit": "Phòng Quản lý thương mại",
        "receiving_agency": "trung-tam",
        "handling_agency": "so-cong-thuong",
        "as_of": moment("02/11/2026 08:00"),
        "first_seen": moment("02/11/2026 08:00"),
    }
    return Dossier(**known | changed)


def asked(*texts: str) -> tuple[Supplement, ...]:
    """Requests for papers."""
    return tuple(Supplement(asked=one.start, answered=one.end) for one in pauses(*texts))


def apology(dated: str, old: str, new: str, *, breach: bool = False) -> Apology:
    """A sent apology."""
    return Apology(
        matter=1, agency="so-cong-thuong", document="1/SCT", dated=day(dated), old=stamp(old), new=stamp(new),
        breach=breach, at=moment("02/11/2026 08:00"), by="Nguyễn Văn A",
    )  # fmt: skip


def approved(text: str) -> ApprovedPause:
    """An approved pause."""
    one = pause(text)
    assert isinstance(one.start, datetime)
    assert isinstance(one.end, datetime)
    return ApprovedPause(
        matter=1, span=Span(start=one.start, end=one.end), service="X", target="t", first_bad=one.start,
        document="15/QĐ", at=one.end, by="Nguyễn Văn A",
    )  # fmt: skip


def step(text: str, unit: str, status: str = "") -> Step:
    """That a unit took it over."""
    return Step(at=moment(text), unit=unit, status=status)


def found(dossier: Dossier, now: str, law: Law = LAW, known: Circumstances | None = None) -> dict[FindingKind, Finding]:
    """Findings by kind."""
    said = findings(dossier, moment(now), law) if known is None else findings(dossier, moment(now), law, known)
    return {one.kind: one for one in said}
