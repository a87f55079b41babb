"""Why dossiers are late: who was asked, what was explained, and the official letters that explanations rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select

from monitor.core.answer import Answer, says_again
from monitor.core.answer import explanations as made_of
from monitor.core.explanation import Delay, Explanation, ExplanationRequest
from monitor.core.official_letter import Incoming
from monitor.store.ledger_tables import explanation_requests, explanations, incoming_letters
from monitor.store.matters import ids_of, recorded_as
from monitor.store.statements import chunks, insert

_T = TypeVar("_T", Explanation, ExplanationRequest)


def ask(db: Connection, asked: Iterable[ExplanationRequest]) -> int:
    """Write down that units were asked, once by a digest and once by each official letter; how many were new.

    Once of a dossier's delay, whichever of its testimonies named it before.
    """
    made, wanted = 0, tuple(asked)
    there = _by_delay(db, (one.delay for one in wanted), explanation_requests, _request)
    by = {delay: {one.dispatch for one in some} for delay, some in there.items()}
    new = [_requested(one) for one in wanted if one.dispatch not in by.get(one.delay, ())]
    for some in chunks(new):
        once = insert(db, explanation_requests).on_conflict_do_nothing().returning(explanation_requests.c.id)
        made += len(db.execute(once, some).all())
    return made


def add(db: Connection, given: Iterable[Explanation]) -> tuple[int, ...]:
    """Write down what was explained, in that order; the numbers. What was said before stays as it was said."""
    numbers: list[int] = []
    for some in chunks([_given(one) for one in given]):
        written = explanations.insert().returning(explanations.c.id, sort_by_parameter_order=True)
        numbers += db.execute(written, some).scalars()
    return tuple(numbers)


def record(
    db: Connection, answer: Answer, delays: Iterable[tuple[Delay, str]], now: datetime
) -> tuple[Explanation, ...]:
    """Write down one answer for many delays, each with its agency; those of which just that was said are left out."""
    return record_each(db, ((answer, delay, agency) for delay, agency in delays), now)


def record_each(db: Connection, given: Iterable[tuple[Answer, Delay, str]], now: datetime) -> tuple[Explanation, ...]:
    """The same of many answers, each of one delay, in a few statements however many there are."""
    listed = tuple(given)
    said = latest(db, (delay for _, delay, _ in listed))
    new = tuple(
        one
        for answer, delay, agency in listed
        if delay not in said or not says_again(said[delay], answer)
        for one in made_of(answer, [(delay, agency)], now)
    )
    for some in chunks([_given(one) for one in new]):
        db.execute(explanations.insert(), some)
    return new


def add_incoming(db: Connection, letter: Incoming) -> int | None:
    """Write down a letter that came in; its number, or None where one of its agency, number and day is there."""
    row = {
        "agency": letter.agency,
        "document": letter.document,
        "dated": letter.dated.isoformat(),
        "signer": letter.signer,
        "file_sha256": letter.file_sha256,
        "file_name": letter.file_name,
        "at": letter.at,
        "by": letter.by,
    }
    once = insert(db, incoming_letters).values(row).on_conflict_do_nothing().returning(incoming_letters.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    return number


def named(db: Connection, agency: str, document: str, dated: date) -> Incoming | None:
    """The letter of an agency that came in under a number of a day; None where there is none."""
    c = incoming_letters.c
    wanted = select(incoming_letters).where(c.agency == agency, c.document == document, c.dated == dated.isoformat())
    row = db.execute(wanted).one_or_none()
    return None if row is None else _incoming(row)


def incoming(db: Connection, numbers: Iterable[int]) -> dict[int, Incoming]:
    """Letters that came in, by number."""
    found = {}
    for some in chunks(sorted(set(numbers))):
        for row in db.execute(select(incoming_letters).where(incoming_letters.c.id.in_(some))):
            found[row.id] = _incoming(row)
    return found


def latest(db: Connection, delays: Iterable[Delay]) -> dict[Delay, Explanation]:
    """What was last said of each delay, under whatever number it was recorded; delays without a word are left out."""
    return {delay: said[-1] for delay, said in every(db, delays).items()}


def every(db: Connection, delays: Iterable[Delay]) -> dict[Delay, tuple[Explanation, ...]]:
    """Everything said of each delay, the oldest first; delays without a word are left out."""
    return _by_delay(db, delays, explanations, _explanation)


def requests(db: Connection, delays: Iterable[Delay]) -> dict[Delay, ExplanationRequest]:
    """By which asking each delay must be explained: the first with a due day, else the first; else it is left out."""
    every_one = _by_delay(db, delays, explanation_requests, _request)
    return {delay: next((one for one in asked if one.due), asked[0]) for delay, asked in every_one.items()}


def unanswered(db: Connection, agencies: Collection[str] = ()) -> tuple[ExplanationRequest, ...]:
    """The asking that counts of each delay of which nothing was said, by their number; of some agencies, or of all."""
    said = and_(*(explanations.c[name] == explanation_requests.c[name] for name in ("matter", "kind", "episode")))
    which = ~select(explanations.c.id).where(said).exists()
    of_agency = (explanation_requests.c.agency.in_(list(agencies)),) if agencies else ()
    rows = db.execute(select(explanation_requests).where(which, *of_agency).order_by(explanation_requests.c.id))
    counting: dict[Delay, ExplanationRequest] = {}
    for one in map(_request, rows):
        known = counting.get(one.delay)
        if known is None or (known.due is None and one.due is not None):
            counting[one.delay] = one
    # What was said under another number of the same dossier, the comparison above does not see.
    answered = latest(db, counting)
    return tuple(one for delay, one in counting.items() if delay not in answered)


def asked_by(db: Connection, numbers: Iterable[int]) -> dict[int, ExplanationRequest]:
    """Requests by their number."""
    found = {}
    for some in chunks(sorted(set(numbers))):
        for row in db.execute(select(explanation_requests).where(explanation_requests.c.id.in_(some))):
            found[row.id] = _request(row)
    return found


def newest(db: Connection, *, most: int, agencies: Collection[str] = ()) -> tuple[Explanation, ...]:
    """What was explained last, the newest first; by some agencies, or by all."""
    which = [explanations.c.agency.in_(list(agencies))] if agencies else []
    wanted = select(explanations).where(*which).order_by(explanations.c.id.desc()).limit(most)
    return tuple(map(_explanation, db.execute(wanted)))


def of_matter(db: Connection, matter: int) -> tuple[Explanation, ...]:
    """Everything ever said of one dossier's delays, the oldest first."""
    return tuple(_those(db, explanations.c.matter.in_(sorted(ids_of(db, [matter])[matter]))))


def in_these_words(db: Connection, agency: str, text: str) -> int:
    """For how many delays an agency said just this, one by one and in no official letter."""
    c = explanations.c
    same = (c.agency == agency, c.text == text, c.incoming.is_(None))
    delays = select(c.matter, c.kind, c.episode).where(*same).distinct().subquery()
    return int(db.execute(select(func.count()).select_from(delays)).scalar_one())


def _those(db: Connection, *which: ColumnElement[bool]) -> Iterator[Explanation]:
    for row in db.execute(select(explanations).where(*which).order_by(explanations.c.id)):
        yield _explanation(row)


def _by_delay(
    db: Connection, delays: Iterable[Delay], table: Table, made: Callable[[Row[Any]], _T]
) -> dict[Delay, tuple[_T, ...]]:
    """Rows of delays, under whatever number and print of the appointment, in the order they were written."""
    under = recorded_as(db, delays)
    found: defaultdict[Delay, list[_T]] = defaultdict(list)
    for some in chunks(sorted({one.matter for one in under})):
        for row in db.execute(select(table).where(table.c.matter.in_(some)).order_by(table.c.id)):
            fact = made(row)
            for delay in under.get(fact.delay, ()):
                found[delay].append(fact)
    return {delay: tuple(sorted(facts, key=lambda one: one.number)) for delay, facts in found.items()}


def _requested(one: ExplanationRequest) -> dict[str, Any]:
    return {
        "matter": one.delay.matter,
        "kind": one.delay.kind,
        "episode": one.delay.episode,
        "agency": one.agency,
        "asked_at": one.asked_at,
        "due": one.due.isoformat() if one.due else "",
        "dispatch": one.dispatch,
    }


def _given(one: Explanation) -> dict[str, Any]:
    return {
        "matter": one.delay.matter,
        "kind": one.delay.kind,
        "episode": one.delay.episode,
        "agency": one.agency,
        "at": one.at,
        "cause": one.cause,
        "text": one.text,
        "remedy": one.remedy,
        "expected": one.expected.isoformat() if one.expected else "",
        "road": one.road,
        "given_by": one.given_by,
        "entered_by": one.entered_by,
        "incoming": one.incoming,
    }


def _request(row: Row[Any]) -> ExplanationRequest:
    return ExplanationRequest(
        number=row.id,
        delay=_delay(row),
        agency=row.agency,
        asked_at=row.asked_at,
        due=date.fromisoformat(row.due) if row.due else None,
        dispatch=row.dispatch,
    )


def _explanation(row: Row[Any]) -> Explanation:
    return Explanation(
        number=row.id,
        delay=_delay(row),
        agency=row.agency,
        at=row.at,
        cause=row.cause,
        text=row.text,
        remedy=row.remedy,
        expected=date.fromisoformat(row.expected) if row.expected else None,
        road=row.road,
        given_by=row.given_by,
        entered_by=row.entered_by,
        incoming=row.incoming,
    )


def _incoming(row: Row[Any]) -> Incoming:
    return Incoming(
        number=row.id,
        agency=row.agency,
        document=row.document,
        dated=date.fromisoformat(row.dated),
        signer=row.signer,
        file_sha256=row.file_sha256,
        file_name=row.file_name,
        at=row.at,
        by=row.by,
    )


def _delay(row: Row[Any]) -> Delay:
    return Delay(matter=row.matter, kind=row.kind, episode=row.episode)
