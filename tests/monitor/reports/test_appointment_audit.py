"""The shadow audit: printed appointments of limited procedures by agency, as lines, JSON and a workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import Engine

from monitor.core.agency import Agency, AgencyKind
from monitor.core.period import ICT, to_ms
from monitor.core.source import DossierRow
from monitor.law import load_law
from monitor.register import register_of
from monitor.reports.appointment_audit import Audit, audited, file_name, xlsx
from monitor.store import reading
from tests.monitor.store.test_dossiers import shown, told, write

LAW = load_law()
REGISTER = register_of(
    agencies=(
        Agency(key="sct", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT),
        Agency(key="xa", name="UBND xã A", kind=AgencyKind.COMMUNE),
        Agency(key="phong", name="Phòng Kinh tế xã A", kind=AgencyKind.DIVISION, parent="xa"),
    ),
    centre="sct",
)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


NOW = moment("25/11/2026 10:00")
PRINTED = {
    "A": ("2.000004", "09/11/2026 15:40", "sct"),  # as the rule has it
    "B": ("2.000004", "06/11/2026 15:40", "sct"),  # a working day early
    "C": ("2.000002", "16/11/2026 15:40", "xa"),  # five late
    "D": ("2.001474", "16/11/2026 15:40", "sct"),  # no rule limits it
    "E": ("2.000004", "", "sct"),  # nothing printed
    "F": ("2.000004", "09/11/2026 15:40", "phong"),  # as the rule has it
    "G": ("2.000004", "30/10/2026 15:40", "sct"),  # before it was filed: such dates accuse nobody
}


def kept(engine: Engine) -> None:
    """Seven dossiers received on Monday 02/11/2026 at 15:40."""
    rows = [
        DossierRow(
            code, b"12345678", procedure, "=HYPERLINK(1)", "2", None, "4", to_ms(moment("02/11/2026 08:10")),
            to_ms(moment("02/11/2026 15:40")), to_ms(moment(printed)) if printed else None, None, None, 0, "Một cửa",
            "Phòng A", "",
        )
        for code, (procedure, printed, _) in PRINTED.items()
    ]  # fmt: skip
    numbers = told(engine, b"d", *rows)
    agencies = {code: agency for code, (_, _, agency) in PRINTED.items()}
    write(engine, *(shown(n, n, handling_agency=agencies[c]) for c, n in numbers.items()))


def audit(engine: Engine, agency: str = "") -> Audit:
    with reading(engine) as db:
        return audited(db, REGISTER, LAW, NOW, agency=agency)


def test_what_breaks_the_rule_is_told_by_how_much_and_by_which_rule(engine: Engine) -> None:
    kept(engine)
    found = audit(engine)
    assert [(row.dossier.code, row.agency, row.found.agreement.value, row.by) for row in found.rows] == [
        ("B", "sct", "early", "1 ngày làm việc"),
        ("C", "xa", "late", "5 ngày làm việc"),
    ]
    lines = {one.name: one.cells()[1:] for one in found.by_agency}
    assert lines == {
        "Sở Công Thương": (2, 1, 1, 0, 0),
        "UBND xã A": (1, 0, 0, 1, 0),
        "Phòng Kinh tế xã A": (1, 1, 0, 0, 0),
    }
    assert found.contradictory == 1
    assert "1 hồ sơ không đối chiếu vì các ngày nguồn ghi mâu thuẫn nhau." in list(found.summary())
    assert {one.name for one in audit(engine, "xa").by_agency} == {"UBND xã A", "Phòng Kinh tế xã A"}
    assert audit(engine, "phong").rows == ()
    assert "2 trường hợp dựa trên quy định chưa ai xác nhận" in " ".join(found.summary())
    assert audit(engine, "xa").rows[0].dossier.code == "C"
    json = found.as_json()
    assert isinstance(json["rows"], list)
    assert json["rows"][0]["rule"] == "resolution_days.2.000004"
    assert json["rows"][0]["printed"] == "2026-11-06T15:40:00.000+07:00"
    assert json["rows"][0]["plain"] == "2026-11-09"


def test_the_workbook_has_each_row_the_counts_and_what_they_rest_on(sqlite_engine: Engine) -> None:
    kept(sqlite_engine)
    found = audit(sqlite_engine)
    written = xlsx(found)
    assert written == xlsx(found)
    book = load_workbook(BytesIO(written))
    assert book.sheetnames == ["Hẹn trả lệch quy định", "Theo cơ quan", "Căn cứ đối chiếu"]
    row = [cell.value for cell in book.worksheets[0][4]]
    assert row[0] == "B"
    assert row[5] == "=HYPERLINK(1)"
    assert book.worksheets[0]["F4"].data_type == "s"
    assert row[12] == "1 ngày làm việc"
    assert "Nghị định 81/2018/NĐ-CP, Điều 19" in row[14]
    assert row[15] == "chưa xác nhận"
    assert file_name(found) == "doi-chieu-ngay-hen-tra-2026-11-25.xlsx"


def test_where_nothing_is_limited_it_says_so(sqlite_engine: Engine) -> None:
    found = audit(sqlite_engine)
    assert (found.rows, found.by_agency) == ((), ())
    assert "Đã đối chiếu 0 ngày hẹn trả" in next(found.summary())
    assert "thêm thời hạn: ghi resolution_days.<mã thủ tục> vào monitor/law/rules.toml" in " ".join(found.summary())
    with reading(sqlite_engine) as db:
        found = audited(db, REGISTER, replace(LAW, rules={}), NOW)
    assert "Chưa có thủ tục nào có thời hạn: ghi resolution_days.<mã thủ tục>" in " ".join(found.summary())
