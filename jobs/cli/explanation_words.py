"""What the commands about explanations print: for people, and for programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jobs.app import App
from jobs.cli.ground import say
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.dossier import Dossier
from monitor.core.doubt import Doubt
from monitor.core.explanation import Delay, DelayCause, Explanation
from monitor.core.official_letter import Incoming
from monitor.core.period import day_of, iso
from monitor.reports.circumstances import circumstances
from monitor.reports.doubts import Doubts
from monitor.reports.explaining import Owing, in_words
from monitor.reports.explanation_reading import Wrong
from monitor.reports.render import gio, hoa, ngay, term
from monitor.store import matters


def wrong(one: Wrong) -> str:
    """A row that is no use, on one line."""
    return f"Dòng {one.row}{f' ({one.code})' if one.code else ''}: {one.words}"


def in_words_of(cause: DelayCause, text: str) -> str:
    """A cause with what was said beside it."""
    return f"{hoa(term(cause))}: {text}" if text else hoa(term(cause))


def short(text: str) -> str:
    """A text no longer than a column may be."""
    return text if len(text) <= 80 else f"{text[:79]}…"


def by_when(one: Owing, now: datetime) -> str:
    """By when it is to be explained, and whether that has passed."""
    if one.request.due is None:
        return "tồn đọng, không đặt hạn"
    return f"{ngay(one.request.due)}{' (đã quá)' if one.is_over(day_of(now)) else ''}"


def say_asked(standing: Sequence[Delay], asked: dict[Delay, Any], said_of: Collection[Delay]) -> None:
    """Print which delays stand, when they were asked of, and whether they were explained."""
    if not standing:
        say("Theo số liệu hiện có, hồ sơ không chậm.")
    for delay in standing:
        request = asked.get(delay)
        due = f", hạn giải trình {ngay(request.due)}" if request and request.due else ""
        when = f"hỏi lúc {gio(request.asked_at)}{due}" if request else "chưa hỏi"
        say(f"Chậm {term(delay.kind)}: {when}; {'đã' if delay in said_of else 'chưa'} giải trình.")


def say_given(one: Explanation, doubts: Sequence[Doubt], came: dict[int, Incoming]) -> None:
    """Print one explanation with what does not agree with it."""
    say(f"{gio(one.at)} – chậm {term(one.delay.kind)}: {in_words(one, term(one.cause))}")
    if one.remedy:
        say(f"  Khắc phục: {one.remedy}")
    if one.expected:
        say(f"  Dự kiến xong: {ngay(one.expected)}")
    say(f"  {one.given_by} giải trình; {one.entered_by} ghi; {rests_on(one, came)}.")
    for doubt in doubts:
        say(f"  Đối chiếu: {term(doubt)}.")


def rests_on(one: Explanation, came: dict[int, Incoming]) -> str:
    """The official letter it rests on, or by which way it came."""
    letter = came.get(one.incoming or 0)
    return f"công văn {letter.document} ngày {ngay(letter.dated)}, nhập thay" if letter else term(one.road)


def with_doubts(
    db: Connection, app: App, some: Iterable[Explanation]
) -> list[tuple[Explanation, Dossier | None, tuple[Doubt, ...]]]:
    """Each with its dossier as last told, and what does not agree with it."""
    listed = list(some)
    told = matters.testimonies(db, {one.delay.matter for one in listed})
    leads = {matter: testimonies[0] for matter, testimonies in told.items() if testimonies}
    known = circumstances(db, tuple(leads.values()))
    against = Doubts(db, app.register, app.law, app.clock.now())
    found: list[tuple[Explanation, Dossier | None, tuple[Doubt, ...]]] = []
    for one in listed:
        dossier = leads.get(one.delay.matter)
        doubts = against.of(one, dossier, known.get(dossier.matter, NOTHING_KNOWN)) if dossier else ()
        found.append((one, dossier, doubts))
    return found


def code_of(one: Explanation, dossier: Dossier | None) -> str:
    """The code of its dossier."""
    return dossier.code if dossier else f"(hồ sơ số {one.delay.matter} không còn trong số liệu)"


def facts_of(
    one: Explanation, dossier: Dossier | None, doubts: Sequence[Doubt], *, incoming: Incoming | None
) -> dict[str, Any]:
    """An explanation for programs."""
    return {
        "code": dossier.code if dossier else None,
        "kind": one.delay.kind,
        "agency": one.agency,
        "at": iso(one.at),
        "cause": one.cause,
        "text": one.text,
        "remedy": one.remedy,
        "expected": iso(one.expected),
        "road": one.road,
        "given_by": one.given_by,
        "entered_by": one.entered_by,
        "incoming": incoming_of(incoming) if incoming else None,
        "doubts": list(doubts),
    }


def incoming_of(one: Incoming) -> dict[str, Any]:
    """A letter that came in, for programs."""
    return {
        "document": one.document,
        "dated": iso(one.dated),
        "signer": one.signer,
        "agency": one.agency,
        "file_sha256": one.file_sha256,
    }


def owed_of(one: Owing) -> dict[str, Any]:
    """What is still to be explained, for programs."""
    return {
        "code": one.late.dossier.code,
        "source": one.late.dossier.source,
        "kind": one.late.delay.kind,
        "agency": one.request.agency,
        "asked_at": iso(one.request.asked_at),
        "due": iso(one.request.due),
    }
