"""The Chairman's list, the meeting's page, scorecards and repeated delay, from exports as they come in."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine

from jobs import project, repeated, urgent
from jobs import reading as intake
from jobs.app import App
from jobs.cli.main import tthc
from jobs.demo.dossiers import HEADINGS
from monitor.config import NAMES
from monitor.core.agency import AgencyKind
from monitor.core.apology import Apology
from monitor.core.explanation import DelayCause, Explanation, Road
from monitor.core.finding import FindingKind, Standing
from monitor.core.ladder import SubjectKind
from monitor.core.measure import Measure, MeasureKind
from monitor.core.official_letter import Incoming
from monitor.core.period import Span
from monitor.core.reporting import window_of
from monitor.register import Register
from monitor.reports.lists import briefing_page, one_page
from monitor.reports.lists.briefing import Ground, briefing, done_late
from monitor.reports.lists.forecasts import forecasts
from monitor.reports.lists.overdue import Overdue, OverdueList, Why, overdue
from monitor.reports.lists.overdue_csv import csv_of
from monitor.reports.lists.overdue_official import official, stem, tallied
from monitor.reports.lists.overdue_tables import Edition, OverdueTable, as_json
from monitor.reports.lists.overdue_xlsx import xlsx
from monitor.reports.lists.repeats import repeats, told_before
from monitor.reports.lists.scorecard import scorecard
from monitor.reports.lists.scorecard_official import official as score_official
from monitor.store import apologies, dossiers, explanations, measures, open_store, reading, tellings, writing
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in, waiting

FIRST, SECOND = moment("18/11/2026 08:00"), moment("24/11/2026 18:00")
HEALTH = "Sở Y tế"


def story(app: App) -> None:
    """An export of last Wednesday, and one of yesterday evening that tells what became of it."""
    late = {"received": "10/11/2026 09:00:00", "filed": "10/11/2026 08:00:00"}
    take_in(
        app,
        [
            row("H56-261110-0001", appointment="16/11/2026 17:00:00", **late),
            row("H56-261110-0002", appointment="17/11/2026 17:00:00", **late),
            row("H56-261110-0003", unit=HEALTH, appointment="13/11/2026 17:00:00", **late),
            waiting("H56-261116-0004", "16/11/2026 08:00:00"),
            row("H56-261110-0005", appointment="27/11/2026 17:00:00", **late),
        ],
        FIRST,
        "truoc.xls",
    )
    take_in(
        app,
        [
            row("H56-261110-0001", appointment="16/11/2026 17:00:00", **late),
            row(
                "H56-261110-0002", appointment="17/11/2026 17:00:00", status="Đã xử lý xong",
                finished="20/11/2026 10:00:00", **late,
            ),
            row("H56-261110-0003", unit=HEALTH, appointment="30/11/2026 17:00:00", **late),
            row("H56-261116-0004", filed="16/11/2026 08:00:00", received="19/11/2026 09:00:00"),
            row("H56-261110-0005", appointment="27/11/2026 17:00:00", **late),
            row("H56-261110-0006", unit="Phòng Một Mình", appointment="20/11/2026 17:00:00", **late),
            row("H56-261110-0007", filed="20/11/2026 08:00:00", received="10/11/2026 09:00:00"),
        ],
        SECOND,
        "sau.xls",
    )  # fmt: skip


def ask(app: App, asked: datetime | Span, **options: object) -> OverdueList:
    with reading(app.engine) as db:
        return overdue(db, app.register, app.law, asked, app.clock.now(), **options)  # type: ignore[arg-type]


def codes(rows: Collection[Overdue]) -> set[tuple[str, str]]:
    return {(one.dossier.code[-4:], one.finding.kind.value) for one in rows}


def explain(app: App, rows: Collection[Overdue], at: datetime, document: str = "45/SCT-VP") -> None:
    """One công văn explains them all; the Centre enters it."""
    with writing(app.engine) as db:
        letter = Incoming(
            agency="so-cong-thuong", document=document, dated=at.date(), signer="Phó Giám đốc", at=at, by="Lê Thị C"
        )
        number = explanations.add_incoming(db, letter)
        explanations.add(
            db,
            [
                Explanation(
                    delay=one.delay, agency=one.agency, at=at, cause=DelayCause.COORDINATION,
                    text="chờ ý kiến Sở Tài chính", road=Road.LETTER, given_by="Sở Công Thương", entered_by="Lê Thị C",
                    incoming=number,
                )
                for one in rows
            ],
        )  # fmt: skip


def test_a_list_says_what_was_known_at_its_moment_and_a_period_all_that_was_late_in_it(office: Office) -> None:
    app = office.app
    story(app)
    now = ask(app, app.clock.now())
    assert codes(now.rows) == {("0001", "result")}
    assert [(one.dossier.code[-4:], one.why) for one in now.unjudged] == [
        ("0007", Why.IMPOSSIBLE_DATES),
        ("0006", Why.UNKNOWN_UNIT),
    ]

    then = ask(app, moment("19/11/2026 08:00"))
    assert codes(then.rows) == {("0001", "result"), ("0002", "result"), ("0003", "result"), ("0004", "reception")}
    assert then.figures == {"mot-cua": FIRST}
    assert ask(app, moment("17/11/2026 20:00")).rows == ()  # nobody had told anything yet

    week = Span(start=moment("16/11/2026 00:00"), end=moment("23/11/2026 00:00"))
    through = ask(app, week)
    assert codes(through.rows) == codes(then.rows)
    found = {(one.dossier.code[-4:]): one for one in through.rows}
    assert (found["0002"].finding.standing, found["0002"].days) == (Standing.LATE_DONE, 3)
    assert found["0003"].moved  # by the appointment that another one took the place of
    assert found["0004"].finding.standing is Standing.LATE_DONE
    assert found["0001"].lasts
    assert codes(ask(app, week, known_at=FIRST + timedelta(days=1)).rows) == codes(then.rows)
    assert codes(ask(app, Span(start=moment("01/11/2026 00:00"), end=moment("10/11/2026 00:00"))).rows) == set()

    only = ask(app, week, agency="so-y-te")
    assert codes(only.rows) == {("0003", "result")}
    assert only.unjudged == ()
    assert ask(app, week, portal=True).rows == ()


def test_one_letter_explains_many_and_its_number_stands_in_every_form_of_the_list(office: Office) -> None:
    """Also: what was explained or apologised for later was not known at an earlier moment."""
    app = office.app
    late = [
        row(f"H56-261102-{n:04}", appointment="16/11/2026 17:00:00", filed="02/11/2026 08:00:00",
            received="02/11/2026 09:00:00")
        for n in range(12)
    ]  # fmt: skip
    take_in(app, late, FIRST)
    given = moment("24/11/2026 09:00")
    explain(app, ask(app, app.clock.now()).rows, given)
    told = ask(app, app.clock.now())
    with writing(app.engine) as db:
        apologies.add_once(
            db,
            Apology(
                matter=told.rows[0].dossier.matter, agency="so-cong-thuong", document="7/PXL", dated=date(2026, 11, 24),
                old=moment("16/11/2026 17:00"), new=moment("18/11/2026 17:00"), at=given, by="Lê Thị C",
            ),
        )  # fmt: skip
    told = ask(app, app.clock.now())
    assert tallied(told.rows) == {"reception": 0, "late": 12, "done": 0, "explained": 12, "apologised": 1}
    before = ask(app, given - timedelta(hours=1))
    assert tallied(before.rows)["explained"] == tallied(before.rows)["apologised"] == 0

    table = OverdueTable(told, app.register, app.law, Edition.INTERNAL)
    said = json.dumps(as_json(table), ensure_ascii=False)
    assert said.count("45/SCT-VP") == 12
    assert csv_of(table).decode("utf-8-sig").count("45/SCT-VP ngày 24/11/2026") == 12
    sheet = load_workbook(BytesIO(xlsx(table))).worksheets[0]
    column = [cell.value for cell in sheet[5]].index("Nguyên nhân (đơn vị giải trình)")
    causes = [line[column] for line in sheet.iter_rows(min_row=6, values_only=True) if isinstance(line[0], int)]
    assert len(causes) == 12
    assert set(causes) == {
        "Chờ ý kiến của cơ quan phối hợp: chờ ý kiến Sở Tài chính; Công văn 45/SCT-VP ngày 24/11/2026"
    }
    appendix = official(table).appendices[0]
    assert appendix.landscape
    assert "7/PXL, 24/11/2026" in str(appendix.blocks)


def test_a_new_appointment_given_in_time_or_printed_more_exactly_makes_no_delay(sqlite_office: Office) -> None:
    """The source prints the apology's day only after the old one; of another it first printed the day alone."""
    app = sqlite_office.app
    late = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    first = [
        row("H56-261110-0001", appointment="20/11/2026 17:00:00", **late),
        row("H56-261110-0002", appointment="20/11/2026", **late),
    ]
    take_in(app, first, FIRST, "truoc.xls")
    with reading(app.engine) as db:
        (one,) = dossiers.search(db, "H56-261110-0001")
    with writing(app.engine) as db:
        apologies.add_once(
            db,
            Apology(
                matter=one.matter, agency="so-cong-thuong", document="7/PXL", dated=date(2026, 11, 19),
                old=moment("20/11/2026 17:00"), new=moment("30/11/2026 17:00"), at=moment("19/11/2026 09:00"), by="C",
            ),
        )  # fmt: skip
    then = [
        row("H56-261110-0001", appointment="30/11/2026 17:00:00", **late),
        row("H56-261110-0002", appointment="20/11/2026 17:00:00", **late),
    ]
    take_in(app, then, SECOND, "sau.xls")
    through = ask(app, Span(start=moment("16/11/2026 00:00"), end=moment("26/11/2026 00:00")))
    assert [(one.dossier.code[-4:], one.moved) for one in through.rows] == [("0002", False)]
    assert codes(ask(app, SECOND).rows) == {("0002", "result")}


def test_what_is_late_under_a_status_nobody_knows_is_listed_and_not_named_apart_as_well(sqlite_office: Office) -> None:
    app = sqlite_office.app
    late = {"appointment": "16/11/2026 17:00:00", "filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    strange = {**late, "status": "77"}
    not_yet = {**strange, "appointment": "27/11/2026 17:00:00"}
    take_in(app, [row("H56-261110-0001", **strange), row("H56-261110-0002", **not_yet)], FIRST)
    told = ask(app, app.clock.now())
    assert [one.dossier.code[-4:] for one in told.rows] == ["0001"]
    assert FindingKind.UNKNOWN_STATUS in told.rows[0].noted
    assert [(one.dossier.code[-4:], one.why) for one in told.unjudged] == [("0002", Why.UNKNOWN_STATUS)]


def test_divisions_and_officers_stand_in_the_internal_edition_only(sqlite_office: Office) -> None:
    app = sqlite_office.app
    late = row(
        "H56-261110-0001", unit="Sở Công Thương (Phòng Quản lý thương mại)", appointment="16/11/2026 17:00:00",
        filed="10/11/2026 08:00:00", received="10/11/2026 09:00:00",
    )  # fmt: skip
    take_in(app, [late], FIRST)
    told = ask(app, app.clock.now())
    (one,) = told.rows
    told = replace(told, rows=(replace(one, dossier=replace(one.dossier, officer="Trần Văn D")),))
    inside = OverdueTable(told, app.register, app.law, Edition.INTERNAL)
    outside = OverdueTable(told, app.register, app.law, Edition.OUTWARD)
    assert stem(inside).endswith("-noi-bo")
    assert stem(outside).endswith("-gui-ngoai")
    for word in ("Phòng Quản lý thương mại", "Trần Văn D"):
        assert word in str(as_json(inside))
        assert word in csv_of(inside).decode("utf-8-sig")
        assert word not in str(as_json(outside))
        assert word not in csv_of(outside).decode("utf-8-sig")
        assert word not in str(official(outside))
    assert {"chưa xác nhận" in how for what, how in outside.method() if what == "Căn cứ tính hạn"} == {True}
    assert any(what == "Lịch làm việc" for what, _ in outside.method())
    assert any(what == "Cách xét đúng hạn" for what, _ in outside.method())


def test_from_figures_that_are_too_old_nobody_is_in_the_list_but_each_is_named_apart(sqlite_office: Office) -> None:
    """What the same figures said while they were fresh, they still said then."""
    app = sqlite_office.app
    late = {"appointment": "16/11/2026 17:00:00", "filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    take_in(app, [row("H56-261110-0001", **late), row("H56-261110-0002")], FIRST)
    sources = dict(app.register.sources)
    sources["mot-cua"] = replace(sources["mot-cua"], fresh_days=2)
    app = sqlite_office.app = replace(app, register=replace(app.register, sources=sources))
    told = ask(app, app.clock.now())
    assert told.rows == ()
    assert [(one.dossier.code, one.why, one.late) for one in told.unjudged] == [
        ("H56-261110-0001", Why.STALE_SOURCE, True)
    ]
    table = OverdueTable(told, app.register, app.law, Edition.OUTWARD)
    assert any(what == "Nguồn không cập nhật" and "08:00 18/11/2026" in how for what, how in table.method())
    assert codes(ask(app, moment("19/11/2026 08:00")).rows) == {("0001", "result")}


def with_column(
    app: App, heading: str, rows: Collection[tuple[str, ...]], source: str = "mot-cua", now: datetime = SECOND
) -> None:
    """An export with one more column, the last."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in ((*HEADINGS, heading), *rows)
    )
    path = app.settings.var_dir / f"{source}.xls"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>', "utf-8")
    assert not intake.take_in(app, path, source, now).failed
    project.catch_up(app, now)


def test_a_dossier_in_two_systems_is_one_row_also_before_the_second_told_of_it(office: Office) -> None:
    app = office.app
    late = {"appointment": "16/11/2026 17:00:00", "filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    with_column(app, "Mã hồ sơ quốc gia", [(*row("H56-261110-0001", **late), "G01.05-261110-0009")], now=FIRST)
    one = [(*row("G01.05-261110-0009", **late), "H56-261110-0001")]
    with_column(app, "Mã hồ sơ địa phương", one, source="cong-dvcqg")
    for asked in (app.clock.now(), SECOND, SECOND - timedelta(hours=1)):
        assert len(ask(app, asked).rows) == 1
    assert len(ask(app, Span(start=FIRST - timedelta(days=7), end=SECOND)).rows) == 1


def test_before_the_one_that_counts_was_known_two_others_are_one_row(sqlite_office: Office) -> None:
    sources = dict(sqlite_office.app.register.sources)
    sources |= {key: replace(sources["mot-cua"], key=key) for key in ("nguon-b", "nguon-c")}
    register = replace(sqlite_office.app.register, sources=sources)
    app = sqlite_office.app = replace(sqlite_office.app, register=register)
    late = {"appointment": "16/11/2026 17:00:00", "filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    told = [(*row("H56-261110-0001", **late), "")]
    for number, source in enumerate(("nguon-b", "nguon-c", "mot-cua")):
        with_column(app, "Nơi nộp hồ sơ", told, source=source, now=FIRST + timedelta(hours=number))
    for hours in (0.5, 1.5, 2.5):
        assert len(ask(app, FIRST + timedelta(hours=hours)).rows) == 1


def test_what_was_filed_on_the_national_portal_can_be_listed_alone(office: Office) -> None:
    app = office.app
    late = {"appointment": "16/11/2026 17:00:00", "filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00"}
    rows = [
        (*row("H56-261110-0001", **late), "1"),
        (*row("H56-261110-0002", **late), "2"),
        (*row("H56-261110-0003", **late), ""),
    ]
    with_column(app, "Nơi nộp hồ sơ", rows)
    for moment_asked in (app.clock.now(), SECOND):
        assert codes(ask(app, moment_asked, portal=True).rows) == {("0001", "result")}
        assert len(ask(app, moment_asked).rows) == 3
    # Of one that another system knows to be from the portal, the local one need not say so, and leads all the same.
    with_column(app, "Nơi nộp hồ sơ", [(*row("H56-261110-0003", **late), "1")], source="cong-dvcqg")
    for moment_asked in (app.clock.now(), SECOND):
        assert codes(ask(app, moment_asked, portal=True).rows) == {("0001", "result"), ("0003", "result")}


def test_a_cell_that_looks_like_a_formula_stays_a_text(sqlite_office: Office) -> None:
    app = sqlite_office.app
    story(app)
    told = ask(app, app.clock.now())
    (one,) = told.rows
    bad = replace(one, dossier=replace(one.dossier, procedure_name="=HYPERLINK(1)\x07\x1f"))
    table = OverdueTable(replace(told, rows=(bad,)), app.register, app.law, Edition.INTERNAL)
    cells = [cell for line in load_workbook(BytesIO(xlsx(table))).worksheets[0].iter_rows() for cell in line]
    assert [cell.data_type for cell in cells if cell.value == "=HYPERLINK(1)"] == ["s"]
    assert ",'=HYPERLINK(1)" in csv_of(table).decode("utf-8-sig")


def test_the_page_has_the_lists_figures_and_says_why_each_case_is_on_it(office: Office) -> None:
    app, now = office.app, office.clock.now()
    story(app)
    more = [
        row(f"H56-261102-{n:04}", appointment=f"{n + 2:02}/11/2026 17:00:00", filed="02/11/2026 08:00:00",
            received="02/11/2026 09:00:00", unit=HEALTH)
        for n in range(1, 7)
    ]  # fmt: skip
    take_in(app, more, moment("17/11/2026 08:00"), "nua.xls")
    explain(
        app, [one for one in ask(app, now).rows if one.dossier.code.endswith("02-0001")], moment("23/11/2026 08:00")
    )
    with writing(app.engine) as db:
        second = next(one for one in ask(app, now).rows if one.dossier.code == "H56-261110-0001")
        for number, breach in ((1, False), (2, True)):
            apologies.add_once(
                db,
                Apology(
                    matter=second.dossier.matter, agency="so-cong-thuong", document=f"{number}/PXL",
                    dated=date(2026, 11, 15 + number), old=moment("16/11/2026 17:00"), new=moment("19/11/2026 17:00"),
                    breach=breach, at=moment(f"{15 + number}/11/2026 09:00"), by="Lê Thị C",
                ),
            )  # fmt: skip
        measures.add_once(
            db,
            Measure(
                agency="so-y-te", kind=MeasureKind.CORRECTION, document="12/SYT-VP", dated=date(2026, 11, 20),
                at=moment("20/11/2026 16:00"), by="Lê Thị C",
            ),
        )  # fmt: skip
    with reading(app.engine) as db:
        told = briefing(db, app.register, app.law, now, now)
    listed = ask(app, now)
    week = ask(app, Span(start=now - timedelta(days=7), end=now), known_at=now)
    assert sum(line.late for line in told.lines) == tallied(listed.rows)["late"]
    assert sum(line.reception for line in told.lines) == tallied(listed.rows)["reception"]
    assert sum(line.explained for line in told.lines) == tallied(listed.rows)["explained"] == 1
    assert sum(line.done for line in told.lines) == len(done_late(week)) == 1
    before = ask(app, now - timedelta(days=7))
    assert sum(line.late_before or 0 for line in told.lines) == sum(
        one.finding.kind is FindingKind.RESULT for one in before.rows
    )
    assert [one.ground for one in told.cases][:2] == [Ground.SECOND, Ground.UNEXPLAINED]
    assert len(told.cases) == 5
    assert told.cases[1].days == max(one.days or 0 for one in listed.rows if one.explanation is None)
    text = str(briefing_page.page(told, app.register, app.law))
    assert "chấn chỉnh: Sở Y tế, văn bản 12/SYT-VP ngày 20/11/2026" in text
    assert "1 hồ sơ chưa xác định đơn vị" in text


def test_the_page_is_one_page_with_the_longest_names_and_every_agency(sqlite_office: Office) -> None:
    app, now = sqlite_office.app, sqlite_office.clock.now()
    long = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại theo hình thức mang tính may rủi " * 3
    take_in(app, [*_at_every_agency(app.register)], moment("24/11/2026 08:00"))
    with reading(app.engine) as db:
        told = briefing(db, app.register, app.law, now, now)
    assert len(told.lines) > briefing_page.MOST_LINES
    cases = tuple(replace(one, dossier=replace(one.dossier, procedure_name=long)) for one in told.cases)
    page = briefing_page.page(replace(told, cases=cases), app.register, app.law)
    page = replace(
        page,
        grid=replace(page.grid, rows=tuple((f"{name} và các đơn vị trực thuộc".ljust(90, "ơ"), *rest)
                                           for name, *rest in page.grid.rows)),
    )  # fmt: skip
    assert len(page.grid.rows) == briefing_page.MOST_LINES + 2
    printed = PdfReader(BytesIO(one_page.pdf(page)))
    assert len(printed.pages) == 1
    text = re.sub(r"\s+", " ", printed.pages[0].extract_text())
    assert "quá ít để dự báo số quá hạn" in text  # the foot of the page is on it
    assert "Lịch làm việc phiên bản" in text
    word = one_page.docx(page)
    assert word == one_page.docx(page)
    assert Document(BytesIO(word)).tables[0].rows[-1].cells[0].text.startswith("Tổng cộng")


def _at_every_agency(register: Register) -> list[tuple[str, ...]]:
    names = [
        one.name
        for one in register.agencies.values()
        if one.kind in {AgencyKind.DEPARTMENT, AgencyKind.COMMUNE} and one.end is None
    ]
    return [
        row(f"H56-261102-{n:04}", unit=name, appointment="16/11/2026 17:00:00", filed="02/11/2026 08:00:00",
            received="02/11/2026 09:00:00")
        for n, name in enumerate(names[:40])
    ]  # fmt: skip


def test_a_scorecard_counts_by_the_formula_and_shows_both_conventions_where_they_differ(office: Office) -> None:
    """An hour after its appointment, on the day: late by the moment, in time by the day."""
    app, now = office.app, office.clock.now()
    base = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "17/11/2026 10:00:00"}
    done = "Đã xử lý xong"
    take_in(
        app,
        [
            row("H56-261110-0001", status=done, finished="16/11/2026 10:00:00", **base),
            row("H56-261110-0002", status=done, finished="17/11/2026 11:00:00", **base),
            row("H56-261110-0003", status=done, finished="20/11/2026 11:00:00", **base),
            row("H56-261110-0004", **base),
            row("H56-261110-0005", status=done, finished="20/10/2026 11:00:00", filed="01/10/2026 08:00:00",
                received="01/10/2026 09:00:00", appointment="19/10/2026 17:00:00"),
        ],
        FIRST + timedelta(days=5),
    )  # fmt: skip
    span = Span(start=moment("01/11/2026 00:00"), end=moment("01/12/2026 00:00"))
    with reading(app.engine) as db:
        told = scorecard(db, app.register, app.law, span, now)
        nothing = scorecard(db, app.register, app.law, span, now, agency="so-y-te")
        week = Span(start=moment("14/11/2026 00:00"), end=moment("19/11/2026 00:00"))
        past = scorecard(db, app.register, app.law, week, now)
    assert (told.total.by_timestamp.on_time, told.total.by_timestamp.judged) == (1, 4)
    assert (told.total.by_date.on_time, told.total.by_date.judged) == (2, 4)
    assert told.differ
    assert (told.total.durations.count, told.total.durations.median, told.total.durations.high) == (3, 5, 8)
    assert told.total.ageing.counts == (1, 0, 0, 0)  # five working days: 24 November is a day off
    # A period that ended before the first export: its ages are by the same knowledge as its shares.
    assert past.total.by_timestamp.overdue == 3
    assert sum(past.total.ageing.counts) == len(past.late.rows) == 2
    assert past.late.figures
    text = str(score_official(told, window_of(span), app.register, app.law))
    assert "25,00 %" in text
    assert "2/4 (50,00 %)" in text
    assert "Quyết định 766" in text
    assert "không có dữ liệu" in str(score_official(nothing, window_of(span), app.register, app.law).body)


def test_a_units_head_hears_of_repeated_delay_a_working_day_before_the_meeting_does(office: Office) -> None:
    app = office.app
    base = {"filed": "02/11/2026 08:00:00", "received": "02/11/2026 09:00:00", "appointment": "16/11/2026 17:00:00"}
    done = {"status": "Đã xử lý xong", "finished": "13/11/2026 10:00:00"}
    rows = [row(f"H56-261102-{n:04}", **base) for n in range(12)]
    rows += [row(f"H56-261102-1{n:03}", unit=HEALTH, **base, **done) for n in range(40)]
    take_in(app, rows, moment("24/11/2026 18:00"))
    office.go_live()
    repeated.run(app, office.clock.now(), office.clock.now())
    repeated.run(app, office.clock.now(), office.clock.now())
    urgent.compose(app, office.clock.now())
    mine = [one for one in office.letters() if one.kind == SubjectKind.REPEAT]
    assert [one.message.to_names for one in mine] == [("Giám đốc Sở Công Thương",)]
    assert "12/12 hồ sơ" in mine[0].message.subject
    assert "trong 90 ngày" in mine[0].message.text
    assert "các đơn vị khác 0/40" in mine[0].message.text

    def named(now: datetime) -> list[str]:
        with reading(app.engine) as db:
            found = repeats(db, app.register, app.law, now)
            assert found is not None
            assert [one.agency for one in found.often] == ["so-cong-thuong"]
            return [one.agency for one in told_before(db, app.register, app.law, now, found)]

    assert named(office.clock.now()) == []
    assert named(moment("26/11/2026 08:00")) == []  # one whole working day has to pass
    assert named(moment("27/11/2026 08:00")) == ["so-cong-thuong"]
    with reading(app.engine) as db:
        told = tellings.of(db, SubjectKind.REPEAT, ["so-cong-thuong"], live=True)
        ahead = forecasts(db, app.register, app.law, office.clock.now())
    assert len(told["so-cong-thuong"]) == 1
    assert (ahead.due, ahead.least, ahead.most) == (0, 0, 0)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_engine: Engine, register: Register):
    """The command line on a database with nothing in it."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    open_store(f"sqlite:///{tmp_path / 't.db'}").dispose()
    (tmp_path / ".env").write_text(f"DATABASE_URL=sqlite:///{tmp_path / 't.db'}\nVAR_DIR={tmp_path / 'var'}\n")

    def run(*options: str) -> tuple[int | str, str]:
        done = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), "report", *options])
        if done.exception and not isinstance(done.exception, SystemExit):
            return type(done.exception).__name__, str(done.exception)
        return done.exit_code, done.output

    return run


def test_the_commands_refuse_in_one_line_and_write_an_empty_list(installed, tmp_path: Path) -> None:
    code, said = installed("overdue", "--on", "25/11/2035 08:00")
    assert (code, "ở tương lai" in said) == ("Refused", True)
    code, said = installed("overdue", "--on", "24/11/2026 08:00", "--week", "2026-W40")
    assert (code, "Ghi một trong hai" in said) == ("Refused", True)
    code, said = installed("overdue", "--known-at", "24/11/2026 08:00")
    assert (code, "--known-at đi với một kỳ" in said) == ("Refused", True)
    assert installed("overdue", "--agency", "khong-co")[0] == "Refused"
    code, said = installed("overdue", "--to", str(tmp_path / "ra"))
    assert code == 0, said
    assert sorted(path.suffix for path in (tmp_path / "ra").iterdir()) == [".csv", ".docx", ".json", ".pdf", ".xlsx"]
    for command in ("briefing", "scorecard", "forecast"):
        code, said = installed(command)
        assert code == 0, said
    assert "Không có hồ sơ nào đang chậm" in installed("briefing")[1]
