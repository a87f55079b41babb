"""Lists and forecasts as documents that people read: one table, whole days, a sentence at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from docx import Document
from pypdf import PdfReader

from monitor.core.forecast import Forecast
from monitor.core.period import Span
from monitor.reports.lists.forecast_official import grid
from monitor.reports.lists.forecast_official import official as forecast_official
from monitor.reports.lists.forecasts import Forecasts
from monitor.reports.lists.overdue import Overdue, OverdueList, Unjudged, Why
from monitor.reports.lists.overdue_official import official
from monitor.reports.lists.overdue_tables import Edition, OverdueTable
from monitor.reports.official.document import Official, Paragraph, closed
from monitor.reports.official.print import pdf
from monitor.reports.official.word import docx
from tests.monitor.reports.conftest import moment
from tests.monitor.reports.test_urging import LAW, NOW, REGISTER, late

AGENCIES = ("so-cong-thuong", "so-y-te", "so-xay-dung", "so-noi-vu")
WEEK = Span(start=moment("16/11/2026 00:00"), end=moment("23/11/2026 00:00"))


def row(number: int, agency: str, **changed: Any) -> Overdue:
    one = late(number)
    dossier = replace(one.dossier, **changed)
    return replace(one, agency=agency, group=agency, dossier=dossier, finding=replace(one.finding, agency=agency))


def listed(*rows: Overdue, **changed: Any) -> OverdueTable:
    facts: dict[str, Any] = {"at": NOW, "known_at": NOW, "made_at": NOW, "span": None, "agency": "", "portal": False}
    told = OverdueList(
        **facts | {"unjudged": (), "figures": {"mot-cua": moment("25/11/2026 00:00")}} | changed, rows=rows
    )
    return OverdueTable(told, REGISTER, LAW, Edition.INTERNAL)


def last(document: Official) -> str:
    end = closed(document.body)[-1]
    assert isinstance(end, Paragraph)
    return end.text


def test_agencies_follow_one_another_in_one_table_with_their_names_over_their_rows() -> None:
    table = listed(*(row(number, agency) for agency in AGENCIES for number in range(1, 4)))
    made = official(table)
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf(made))).pages]
    appendix = [text for text in pages if "H56-261102" in "".join(text.split())]
    assert len(appendix) == 2  # one for each agency would be four
    assert sum(text.count("lượt chậm\n") for text in appendix) >= len(AGENCIES)
    word = Document(BytesIO(docx(made))).tables[-1]
    bands = [one.cells[0].text for one in word.rows if len({cell._tc for cell in one.cells}) == 1]
    assert bands == [f"{REGISTER.agency_name(agency)}: 3 lượt chậm" for agency in AGENCIES]
    assert len(word.rows) == 1 + 4 * 4


def test_no_document_ends_with_its_closing_mark_alone_under_a_table() -> None:
    assert last(official(listed(row(1, "so-y-te")))) == (
        "Trên đây là danh sách hồ sơ thủ tục hành chính chậm trễ, trân trọng báo cáo./."
    )
    assert len(last(forecast_official(ahead(12), REGISTER))) > len("./.")


def test_whole_days_are_named_as_days_and_figures_of_midnight_are_those_of_the_day_before() -> None:
    stale = replace(late(1).dossier, as_of=moment("25/11/2026 00:00"))
    unjudged = (Unjudged(dossier=stale, why=Why.NO_APPOINTMENT, agency="so-y-te", unit="P"),)
    table = listed(span=WEEK, at=WEEK.end, unjudged=unjudged)
    assert table.under()[0] == "Từ ngày 16/11/2026 đến hết ngày 22/11/2026"
    assert dict(table.method())["Số liệu tính đến"].endswith(": hết ngày 24/11/2026")
    assert [cells[4] for cells in table.apart()] == [date(2026, 11, 24)]


def test_a_list_of_a_past_moment_says_that_law_and_lead_are_those_of_now() -> None:
    assert "Theo quy định nào" not in dict(listed().method())
    past = dict(listed(at=NOW - timedelta(days=7), known_at=NOW - timedelta(days=7)).method())
    assert "không phải của lúc ấy" in past["Theo quy định nào"]


def test_a_procedure_without_a_name_has_that_of_the_register() -> None:
    service = REGISTER.service("2.001474")
    assert service is not None
    table = listed()
    place = table.columns.index("procedure")
    for procedure, said in (("2.001474", service.name), ("9.999999", "9.999999")):
        assert tuple(table.cells(1, row(1, "so-y-te", procedure=procedure, procedure_name="")))[place] == said


def ahead(due: int) -> Forecasts:
    day = date(2026, 11, 26)
    one = Forecast(agency="so-y-te", days={day: due}, expected=1.0, least=1, most=2)
    return Forecasts(now=NOW, days=(day, date(2026, 11, 27)), units=(one,), since=date(2026, 8, 27))


def test_of_a_few_dossiers_no_bounds_are_told() -> None:
    for due, text, cell in (
        (2, "2 hồ sơ đến hạn trả kết quả. Số", "–"),
        (12, "khoảng 1 – 2 hồ sơ trả quá hạn", "1 – 2"),
    ):
        made = forecast_official(ahead(due), REGISTER)
        assert isinstance(made.body[0], Paragraph)
        assert text in made.body[0].text
        assert [cells[-1] for cells in grid(ahead(due), REGISTER).rows] == [cell]
