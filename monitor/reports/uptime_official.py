"""The log as an official report: a draft in the decree's form, for Word and for print."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from monitor.core.drill import Drill
from monitor.core.period import ict
from monitor.core.publication import METHOD
from monitor.core.recurrence import RECURRENCE_DAYS
from monitor.core.suspicion import Suspicion
from monitor.reports import known
from monitor.reports.beside import Certified
from monitor.reports.interrupted import Interrupted
from monitor.reports.method import method_sha256
from monitor.reports.official.document import Appendix, Block, Form, Grid, Official, Paragraph, Picture
from monitor.reports.official.letterhead import Letterhead, initials
from monitor.reports.official.wording import worded
from monitor.reports.percentiles import RANKS, Spread
from monitor.reports.record import Record
from monitor.reports.render import (
    TEMPLATES,
    bieuhien,
    environment,
    gio,
    hoa,
    khoang,
    luc,
    phantram,
    render,
    so,
    soniem,
    term,
)
from monitor.reports.stop import Stop
from monitor.reports.uptime_log import PeriodLine, Seen, UptimeLog
from monitor.reports.uptime_tables import words as table_words

SHOWN = 12
"""Up to how many interruptions stand in the text itself; all are in the appendix."""
MOST = 20
"""Up to how many rows a table in the text has; the workbook has all."""
LONG_MS = 14 * 86_400_000
"""A longer period's picture is high, and comes after the tables."""
NONE = "–"


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((TEMPLATES / "uptime" / "official.toml").read_text("utf-8"))


def official(log: UptimeLog, strip: Picture | None) -> Official:
    """The report as a draft; `strip` is the picture of the period's course, None where it could not be drawn."""
    head = log.letterhead or Letterhead(
        parent="", agency=log.owner_name, mark=initials(log.owner_name), place=NONE, signer=""
    )
    text = render(
        "uptime/official.txt",
        log=log,
        shown=SHOWN,
        long=log.span.ms > LONG_MS,
        recurs_within=RECURRENCE_DAYS,
        method=METHOD,
        method_sha256=method_sha256(),
        above=head.parent or "cơ quan cấp trên",
    )
    return Official(
        form=Form.REPORT,
        parent=head.parent,
        agency=head.agency,
        symbol=f"/BC-{head.mark}",
        place=head.place,
        year=ict(log.as_of).year,
        title=_words()["about"].format(name=log.service.name, code=log.service.code, period=log.called),
        addressees=(head.parent,) if head.parent else (),
        body=worded(text, _given(log, strip)),
        recipients=tuple(_words()["recipients"]),
        signer=head.signer,
        appendices=tuple(_appendices(log)),
        made=log.as_of,
    )


def _given(log: UptimeLog, strip: Picture | None) -> Mapping[str, Sequence[Block]]:
    """The tables and the picture by the name the template puts them under."""
    beside, told = log.beside, zip(log.numbers, log.told, strict=True)
    return {
        "parts": [_parts(log)],
        "ratios": [_ratios(log)],
        "strip": [strip] if strip else [],
        "unknown": [_grid("unknown", ((hoa(why), khoang(ms, days=False)) for why, ms in log.unknown_lines), "lr")],
        "interruptions": [_grid("interruptions", (_interruption(number, *one) for number, one in told), "clll")],
        "stops": _some("stops", map(_stop, beside.stops)),
        "suspected": _some("suspected", map(_suspected, beside.suspected)),
        "looks": [_grid("looks", map(_look, log.seen), "lrrrrr")],
        "failures": [_grid("failures", _failures(log.seen), "llr")],
        "spreads": [_grid("spreads", _spreads(beside.spreads), "llrrrrr")],
        "manual": _some("manual", ((gio(c.at), term(c.verdict), c.by, c.note or NONE) for c in log.manual)),
        "certificates": _some("certificates", map(_certificate, beside.certified)),
        "compared": [_grid("compared", map(_compared, log.compared), "lrrrrr")],
        "life": _some("life", _absences(log)),
        "drills": _some("drills", map(_drill, beside.drills)),
        "heads": [_grid("heads", ((hoa(soniem(h.chain)), so(h.seq), h.digest.hex()) for h in log.heads), "lrl")],
    }


_SIDES = {"l": "left", "r": "right", "c": "center"}


def _grid(name: str, rows: Iterable[tuple[str, ...]], align: str = "", sums: frozenset[int] = frozenset()) -> Grid:
    """A table with the headings and widths its name has; a letter a column says how it stands, left where none does."""
    named = _words()[name]
    header = tuple(named["header"])
    sides = tuple(_SIDES[side] for side in align.ljust(len(header), "l"))
    return Grid(header=header, rows=tuple(rows), widths=tuple(named["widths"]), align=sides, sums=sums)


def _some(name: str, rows: Iterable[tuple[str, ...]]) -> list[Block]:
    """A table of the first rows, and how many more there are, where."""
    every = list(rows)
    shown: list[Block] = [_grid(name, every[:MOST])]
    if len(every) > MOST:
        more = _words()["more"].format(count=so(len(every) - MOST), sheet=table_words()[name]["sheet"])
        shown.append(Paragraph(more, italic=True))
    return shown


def _say(name: str, *facts: object) -> str:
    """One of the phrases that mail and report have in common."""
    phrases: Any = environment().get_template("uptime/words.txt").module
    return " ".join(str(getattr(phrases, name)(*facts)).split())


def _parts(log: UptimeLog) -> Grid:
    rows = [(hoa(term(p.state)), khoang(p.seconds * 1000, days=False), so(p.seconds)) for p in log.parts]
    total = sum(part.seconds for part in log.parts)
    rows.append((_words()["parts"]["sum"], khoang(total * 1000, days=False), so(total)))
    return _grid("parts", rows, "lrr", sums=frozenset({len(rows) - 1}))


def _ratios(log: UptimeLog) -> Grid:
    named, account = _words()["ratios"], log.account
    rows = [
        (named["measured"], phantram(account.measured)),
        (named["lower"], phantram(account.lower)),
        (named["upper"], phantram(account.upper, up=True)),
        (named["coverage"], phantram(account.coverage)),
    ]
    return _grid("ratios", rows, "lr", sums=frozenset({0}))


def _interruption(number: str, told: Interrupted, record: Record | None) -> tuple[str, ...]:
    one = told.interruption
    marks = [_say("cause", told), known.nature(told, record)]
    if known.repeats(record):
        marks.append(_words()["interruptions"]["recurring"])
    return (
        number,
        luc(one.first_bad),
        _ended(told),
        _say("lasted", told) if one.first_good else _say("length", told),
        hoa("; ".join(filter(None, marks))),
    )


def _ended(told: Interrupted) -> str:
    good = told.interruption.first_good
    return luc(good) if good else hoa(_words()["not_recovered"])


def _appendices(log: UptimeLog) -> Iterable[Appendix]:
    if log.interruptions:
        rows = [_detail(number, *told) for number, told in zip(log.numbers, log.told, strict=True)]
        grid = _grid("detail", rows, "c")
        yield Appendix(title=_words()["appendix"], blocks=(grid,), landscape=True)


def _detail(number: str, told: Interrupted, record: Record | None) -> tuple[str, ...]:
    one = told.interruption
    failed = _words()["detail"]["failed"].format(count=so(one.failed_looks))
    return (
        number,
        f"{luc(one.first_bad)}\n{hoa(_say('starts', told))}",
        f"{_ended(told)}\n{hoa(_say('ends', told))}",
        f"{hoa(_say('length', told))}\n{hoa(_say('observed', told))}",
        f"{hoa(_say('cause', told))}\n{told.target_name}; {failed}",
        "\n".join(f"{name}: {what}" for name, what in known.all_of(told, record)),
    )


def _stop(one: Stop) -> tuple[str, ...]:
    notice = one.notice
    kind = f"{notice.document}: {term(one.kind)}" if notice.document else hoa(term(one.kind))
    return gio(notice.span.start), gio(notice.span.end), gio(notice.entered_at), kind


def _suspected(one: Suspicion) -> tuple[str, ...]:
    named = _words()["suspected"]
    why = hoa(term(one.kind))
    ruled = ": ".join(filter(None, (term(one.found), one.reason))) if one.found else named["open"]
    return gio(one.starts), gio(one.ends) if one.ends else named["not_known"], why, hoa(ruled)


def _look(one: Seen) -> tuple[str, ...]:
    name = one.name if one.required else f"{one.name} {_words()['looks']['noted']}"
    return (name, *map(so, (one.looks, one.answered, one.up, one.down, one.unknown)))


def _failures(seen: Iterable[Seen]) -> Iterable[tuple[str, ...]]:
    """The target's name once, then what its looks failed for."""
    for one in seen:
        for place, ((cause, status), count) in enumerate(one.failures.items()):
            yield ("" if place else one.name, hoa(bieuhien(cause, status)), so(count))


def _spreads(found: Iterable[Spread]) -> Iterable[tuple[str, ...]]:
    """The target's name once, then its phases."""
    for _, of_target in groupby(found, key=lambda one: one.target):
        for place, one in enumerate(of_target):
            name = "" if place else one.target_name
            yield (name, hoa(term(one.phase)), so(one.looks), *(so(one.ms[rank]) for rank in RANKS))


def _certificate(one: Certified) -> tuple[str, ...]:
    if one.look is None:
        return one.target.name, NONE, _words()["certificates"]["not_known"]
    return one.target.name, gio(one.look.at), hoa(one.look.detail or term(one.look.cause))


def _compared(line: PeriodLine) -> tuple[str, ...]:
    account = line.account
    if account is None:
        return (hoa(line.called), NONE, _words()["compared"]["unwatched"], NONE, NONE, NONE)
    if account.measured is None:
        return (hoa(line.called), phantram(None), NONE, phantram(account.coverage), NONE, NONE)
    return (
        hoa(line.called),
        phantram(account.measured),
        f"{phantram(account.lower)} – {phantram(account.upper, up=True)}",
        phantram(account.coverage),
        so(line.outages),
        khoang(account.down_ms, days=False),
    )


def _absences(log: UptimeLog) -> Iterable[tuple[str, ...]]:
    for gap in log.beside.life.absences if log.beside.life else ():
        yield luc(gap.span.start), luc(gap.span.end), khoang(gap.span.ms, days=False), hoa(term(gap.why))


def _drill(one: Drill) -> tuple[str, ...]:
    def after(start: datetime | None, moment: datetime | None) -> str:
        return khoang(moment - start) if start and moment else NONE

    return (
        f"{gio(one.began)}",
        after(one.began, one.detected_at),
        after(one.began, one.accepted_at),
        after(one.restored_at, one.recovered_at),
        hoa(term(one.outcome)),
    )


__all__ = ["official"]
