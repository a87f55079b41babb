"""The uptime log: "Báo cáo tuần … về tình hình hoạt động, gián đoạn của dịch vụ công trực tuyến"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup
from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.message import Attachment
from monitor.core.period import Span
from monitor.core.reporting import Period
from monitor.core.service import Service
from monitor.core.uptime import Account, Judgement, judge
from monitor.register import Register
from monitor.reports import accounts, beside, observed, periods, strip, tables_csv, workbook
from monitor.reports.letters import Occasion, Words
from monitor.reports.letters import write as compose
from monitor.reports.official.document import Picture
from monitor.reports.official.letterhead import letterhead_of
from monitor.reports.official.print import NotPrinted, pdf
from monitor.reports.official.word import docx
from monitor.reports.render import render
from monitor.reports.uptime_json import as_json
from monitor.reports.uptime_log import PeriodLine, UptimeLog
from monitor.reports.uptime_official import official
from monitor.store import journal, looks

EARLIER = 8
"""How many periods of the same kind before this one stand in the comparison."""
CID = "dai-thoi-gian"
PICTURE = "display:block;width:100%;max-width:600px;height:auto;border:0;"
ENCLOSED = {
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Which documents go with a letter, in this order."""


def log_of(  # noqa: PLR0917 - where the facts are, then which of them
    db: Connection, register: Register, law: Law, service_code: str, period: Period, now: datetime
) -> UptimeLog:
    """The facts of one service's period as of now; raise KeyError for a service the register lacks.

    A period that is not over is told up to now.
    """
    service, span = register.services[service_code], period.span
    window = Span(start=span.start, end=max(span.start, min(span.end, now)))
    found = accounts.kept(db, law, service, window, service.targets)
    counted = accounts.account(service, found, window)
    began = accounts.began(db, service, now)
    target = Fraction(service.internal_target) if service.internal_target else None
    return UptimeLog(
        service=service,
        owner_name=register.agency_name(service.owner),
        period=period,
        as_of=now,
        began=began,
        account=counted,
        unwatched_ms=accounts.unwatched(counted, began),
        target=target,
        judgement=_judged(counted, target),
        interruptions=accounts.interrupted(service, found, window, counted.interruptions),
        seen=observed.seen(service.targets, found.looks, window),
        manual=tuple(looks.manual_between(db, service.code, window)),
        compared=_comparison(
            db, law, service, PeriodLine(period=period, account=counted if _watched(span, began) else None), began
        ),
        heads=tuple(journal.heads(db)),
        letterhead=letterhead_of(register, service.owner),
        beside=beside.beside(
            db,
            register,
            law,
            service,
            told=counted.interruptions,
            looks=found.looks,
            window=window,
            period=span,
            now=now,
        ),
    )


def _judged(counted: Account, target: Fraction | None) -> Judgement | None:
    """Against the internal target; without a target only that nothing can be said is sure."""
    if target is not None:
        return judge(counted, target)
    return Judgement.INSUFFICIENT if counted.measured is None else None


def _comparison(
    db: Connection, law: Law, service: Service, this: PeriodLine, began: datetime | None
) -> tuple[PeriodLine, ...]:
    """The period and the ones before it, latest first; before the monitor began there is no account."""
    lines = [this]
    for period in this.period.earlier(EARLIER):
        if not _watched(period.span, began):
            lines.append(PeriodLine(period=period, account=None))
            continue
        found = accounts.kept(db, law, service, period.span, service.required_targets())
        lines.append(PeriodLine(period=period, account=accounts.account(service, found, period.span)))
    return tuple(lines)


def _watched(span: Span, began: datetime | None) -> bool:
    """Whether the monitor was there for any of a period."""
    return began is not None and began < span.end


def mail(log: UptimeLog, occasion: Occasion | None = None, *, late: bool = False) -> Words:
    """The log as a letter for one occasion; without one, as it would go to the agency answerable for the service."""
    return letter(log, enclosed(files(log)), occasion, late=late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """What goes with the log, the same for every reader: the workbook, and the picture where it could be drawn."""

    attachments: tuple[Attachment, ...]

    @property
    def pictured(self) -> bool:
        """Whether the picture could be drawn."""
        return any(one.cid for one in self.attachments)


def enclosed(made: Mapping[str, bytes]) -> Enclosed:
    """Of a log's documents those that go with a letter: the picture in its text first."""
    attached = [
        Attachment(name=name, media_type=media_type, content=made[name], cid=CID if ending == ".png" else "")
        for ending, media_type in ENCLOSED.items()
        for name in made
        if name.endswith(ending)
    ]
    return Enclosed(attachments=tuple(attached))


def letter(log: UptimeLog, goes_with: Enclosed, occasion: Occasion | None = None, *, late: bool = False) -> Words:
    """The words for one reader. Without a picture the letter says in words what it would show."""
    said = described(log)
    shown = Markup("<em>{}</em>").format(said)
    if goes_with.pictured:
        shown = Markup('<img src="cid:{}" width="600" alt="{}" style="{}">').format(CID, said, PICTURE)
    written = occasion or Occasion(to_names=(log.owner_name,), now=log.as_of, live=True)
    return compose("uptime/log", written, goes_with.attachments, log=log, late=late, strip=shown)


def drawn(log: UptimeLog) -> str:
    """The period's strip as SVG."""
    return strip.svg(log.span, log.account.segments, described(log))


def described(log: UptimeLog) -> str:
    """The strip in words, for those who cannot see it."""
    return " ".join(render("uptime/strip.txt", log=log).split())


def stem(log: UptimeLog) -> str:
    """What the files of a log are called: bao-cao-tuan-2.001474-2026-W47."""
    return periods.stem(log.period, log.service.code)


def files(log: UptimeLog) -> dict[str, bytes]:
    """Every document of the log by its file's name; this is the part that takes time. A picture that fails is left out.

    The same log gives the same bytes: a publication keeps their digests.
    """
    drawing = drawn(log)
    occasion = Occasion(to_names=(log.owner_name,), now=log.as_of, live=True)
    inline = Markup(drawing)  # noqa: S704 - our own drawing, its words escaped
    page = render("uptime/log.html", log=log, late=False, strip=inline, occasion=occasion)
    made: dict[str, bytes] = {
        "html": page.encode(),
        "txt": letter(log, Enclosed(attachments=()), occasion).text.encode(),
        "xlsx": workbook.xlsx(log),
        "json": json.dumps(as_json(log), ensure_ascii=False, indent=2).encode(),
    }
    pictured: Picture | None = None
    with suppress(strip.NotDrawn):
        made["png"] = strip.png(drawing)
        pictured = Picture(png=made["png"], svg=drawing, alt=described(log))
    report = official(log, pictured)
    made["docx"] = docx(report)
    with suppress(NotPrinted):
        made["pdf"] = pdf(report)
    made |= {f"{name}.csv": content for name, content in tables_csv.tables(log).items()}
    return {f"{stem(log)}.{ending}": content for ending, content in made.items()}


def write(made: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Documents as files in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]
