"""Who was asked why, and what was said: once each, found under every number of one dossier, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError

from monitor.core.answer import Answer
from monitor.core.explanation import Delay, DelayCause, Explanation, ExplanationRequest, Road
from monitor.core.finding import FindingKind, Standing
from monitor.core.official_letter import DispatchKind, Incoming
from monitor.store import dispatches, explanations, imports, late_done, writing
from monitor.store.dossier_tables import ImportState, dossiers, now, versions
from monitor.store.dossier_tables import imports as files
from monitor.store.evidence_rows import of_people
from monitor.store.late_done import EndedLate

AT = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
ONE = Delay(matter=1, kind=FindingKind.RESULT, episode="2026-11-24T16:00:00+07:00")
RECEPTION = replace(ONE, kind=FindingKind.RECEPTION)
ASKED = ExplanationRequest(delay=ONE, agency="sct", asked_at=AT, due=date(2026, 11, 26))
SAID = Explanation(
    delay=ONE, agency="sct", at=AT, cause=DelayCause.STAFF, text="Nghỉ ốm", remedy="Bố trí người khác",
    expected=date(2026, 11, 30), road=Road.PAGE, given_by="A", entered_by="A",
)  # fmt: skip
LETTER = Incoming(
    agency="sct", document="123/SCT-VP", dated=date(2026, 11, 24), signer="Giám đốc", file_sha256="ab" * 32,
    file_name="cv.pdf", at=AT, by="B",
)  # fmt: skip


def known(db: Connection, *matters: tuple[int, int]) -> int:
    """Dossiers by number and matter, all told of by one file; its number."""
    file = imports.begin(db, source="s", name="a", size=1, digest=b"a", manner=b"", at=AT)
    for number, matter in matters:
        row = {"id": number, "import_id": file, "source": f"s{number}", "code": f"C{number}", "first_seen": AT}
        db.execute(dossiers.insert().values(row | {"matter": matter}))
    return file


def test_a_delay_is_asked_of_once_by_a_digest_and_once_by_each_letter(engine: Engine) -> None:
    with writing(engine) as db:
        known(db, (1, 1))
        assert explanations.ask(db, [replace(ASKED, due=None), replace(ASKED, delay=RECEPTION)]) == 2
        assert explanations.ask(db, [ASKED]) == 0
        assert explanations.requests(db, [ONE])[ONE].due is None
        number = dispatches.draft(db, DispatchKind.EXPLAIN, "sct", [ONE], at=AT)
        by_letter = replace(ASKED, dispatch=number)
        assert (explanations.ask(db, [by_letter]), explanations.ask(db, [by_letter])) == (1, 0)
        counting = explanations.requests(db, [ONE, RECEPTION, replace(ONE, matter=9)])
        assert set(counting) == {ONE, RECEPTION}
        assert (counting[ONE].dispatch, counting[ONE].due) == (number, ASKED.due)
        assert {one.delay for one in explanations.unanswered(db, {"sct"})} == {ONE, RECEPTION}
        assert explanations.unanswered(db, {"snv"}) == ()
        assert explanations.asked_by(db, [counting[ONE].number])[counting[ONE].number] == counting[ONE]


def test_what_was_said_is_found_under_every_number_and_the_latest_counts(engine: Engine) -> None:
    with writing(engine) as db:
        known(db, (1, 1), (2, 1))  # two testimonies, one dossier
        second = replace(ONE, matter=2)
        explanations.ask(db, [replace(ASKED, delay=second)])
        assert len(explanations.unanswered(db)) == 1
        first, last = explanations.add(db, [SAID, replace(SAID, cause=DelayCause.FAULT, expected=None)])
        assert first < last
        assert explanations.unanswered(db) == ()
        for delay in (ONE, second):
            found = explanations.latest(db, [delay])[delay]
            assert (found.cause, found.expected, found.number) == (DelayCause.FAULT, None, last)
            assert [one.number for one in explanations.every(db, [delay])[delay]] == [first, last]
        assert explanations.every(db, [ONE])[ONE][0] == replace(SAID, number=first)
        assert explanations.latest(db, [RECEPTION, replace(ONE, episode="moved")]) == {}
        assert [one.number for one in explanations.of_matter(db, 2)] == [first, last]
        assert [one.number for one in explanations.newest(db, most=1, agencies={"sct"})] == [last]
        assert explanations.newest(db, most=9, agencies={"snv"}) == ()


def test_a_workbook_is_written_in_a_few_statements_however_many_rows_it_has(engine: Engine) -> None:
    answer = Answer(cause=DelayCause.STAFF, text="Nghỉ ốm", road=Road.SHEET, given_by="A", entered_by="B")
    delays = [replace(ONE, matter=number) for number in range(1, 41)]
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    with writing(engine) as db:
        given = [(replace(answer, text=f"Nghỉ ốm {one.matter}"), one, "sct") for one in delays]
        assert len(explanations.record_each(db, given, AT)) == 40
        assert len(asked) < 20
        assert explanations.latest(db, delays)[delays[6]].text == "Nghỉ ốm 7"
        other = (replace(answer, text="Nghỉ phép"), delays[0], "sct")
        assert [one.text for one in explanations.record_each(db, [other, *given[1:]], AT)] == ["Nghỉ phép"]


def test_one_letter_is_there_once_and_its_file_is_named(engine: Engine) -> None:
    answer = Answer(cause=DelayCause.STAFF, text="Nghỉ ốm", road=Road.LETTER, given_by="A", entered_by="B")
    with writing(engine) as db:
        known(db, (1, 1), (2, 2))
        number = explanations.add_incoming(db, LETTER)
        assert number is not None
        assert explanations.add_incoming(db, replace(LETTER, signer="Ai đó")) is None
        assert explanations.incoming(db, [number, 99]) == {number: replace(LETTER, number=number)}
        assert explanations.named(db, "sct", "123/SCT-VP", LETTER.dated) == replace(LETTER, number=number)
        assert explanations.named(db, "snv", "123/SCT-VP", LETTER.dated) is None
        assert "ab" * 32 in set(of_people(db))
        by_it = replace(answer, incoming=number)
        both = [(ONE, "sct"), (replace(ONE, matter=2), "sct")]
        assert len(explanations.record(db, by_it, both[:1], AT)) == 1
        assert [one.delay.matter for one in explanations.record(db, by_it, both, AT)] == [2]
        assert {one.delay.matter for one in explanations.newest(db, most=9)} == {1, 2}
        assert explanations.in_these_words(db, "sct", "Nghỉ ốm") == 0
        explanations.record(db, answer, both, AT)
        explanations.record(db, answer, both, AT)
        assert explanations.in_these_words(db, "sct", "Nghỉ ốm") == 2


def test_an_explanation_rests_on_a_letter_that_is_there(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as db:
        explanations.add(db, [replace(SAID, incoming=99)])


def test_files_are_seen_through_in_order_up_to_one_not_worked_out(engine: Engine) -> None:
    with writing(engine) as db:
        first = known(db, (1, 1), (2, 1))
        second = imports.begin(db, source="s", name="b", size=1, digest=b"b", manner=b"", at=AT)
        for number, state in ((first, ImportState.PROJECTED), (second, ImportState.TAKEN)):
            db.execute(files.update().where(files.c.id == number).values(state=state, as_of=AT))
        assert late_done.newest_file(db) == second
        (file,) = late_done.files_after(db, 0)
        assert (file.number, late_done.files_after(db, file.number)) == (first, [])
        assert late_done.figures_before(db, file) is None
        db.execute(files.update().where(files.c.id == second).values(state=ImportState.PROJECTED))
        assert late_done.figures_before(db, late_done.files_after(db, first)[0]) == AT
        nothing = dict.fromkeys((column.name for column in versions.c if not column.nullable), "")
        texts = {column.name: "" for column in now.c if str(column.type) == "TEXT"}
        for number, standing, lead in ((1, Standing.LATE_DONE, True), (2, Standing.LATE_DONE, False)):
            facts = nothing | {"id": number, "dossier_id": number, "import_id": first, "raw": b"", "days_only": 0}
            db.execute(versions.insert().values(facts))
            row = texts | {"dossier_id": number, "version_id": number, "as_of": AT, "open": False, "lead": lead}
            db.execute(now.insert().values(row | {"due_days_only": 0, "result_standing": standing.value}))
        assert late_done.told_by(db, file, 0, 10) == [EndedLate(1, 1)]
        assert late_done.told_by(db, file, 1, 10) == []
