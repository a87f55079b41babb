"""The page of one dossier: the certificate of its deadlines, for reading, for print and for Word."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from monitor.core.period import to_ms
from monitor.core.source import DossierRow
from monitor.store import dossier_loading, imports, writing
from tests.monitor.web.site import HOSTILE, NOW, Site, words

CODE = "H56.02-261102-0002"


def took_in(site: Site, **said: object) -> None:
    """One dossier, received on 20/11/2026 at 08:00, due by the rule on 30/11 and promised for 26/11."""
    row = DossierRow(
        "", b"12345678", "2.000004", HOSTILE, "2", None, "4",
        to_ms(NOW - timedelta(days=6, hours=7)), to_ms(NOW - timedelta(days=6, hours=6)),
        to_ms(NOW - timedelta(hours=3)), None, None, 0, "Một cửa", "Phòng Mật - Sở Công Thương", "",
    )._replace(**said)  # fmt: skip
    with writing(site.engine) as db:
        number = imports.begin(db, source="mot-cua", name="a", size=1, digest=b"a", manner=b"", at=NOW)
        dossier_loading.add(db, number, source="mot-cua", at=NOW, new=[(1, CODE)], said=[(1, row)])
        imports.take(db, number, as_of=NOW, layout="", counts={"read": 1, "new": 1}, notes=(), confirmed=None)


def test_the_page_tells_the_rule_the_days_passed_over_and_both_clocks(site: Site) -> None:
    took_in(site)
    page = site.page(f"/ho-so/mot-cua/{CODE}")
    told = words(page)
    assert "Bảng tính thời hạn giải quyết" in told
    assert "24/11/2026 (thứ Ba): Ngày Văn hóa Việt Nam" in told
    assert "sớm hơn thời hạn quy định 2 ngày làm việc" in told
    assert "so theo thời điểm" in told
    facts = {words(dt): words(dt.getnext()) for dt in page.iter("dt")}
    assert facts["Cộng"].split(" làm việc")[0] in facts["Người nộp hồ sơ đã chờ"]
    assert not page.xpath("//script")
    assert HOSTILE in told
    assert "Phòng Mật" not in told


def test_the_same_can_be_had_for_print_and_for_word(site: Site) -> None:
    took_in(site)
    printed = site.get(f"/ho-so/mot-cua/{CODE}/bang-tinh.pdf")
    assert printed.content.startswith(b"%PDF-")
    assert f"bang-tinh-thoi-han-{CODE}.pdf" in printed.headers["Content-Disposition"]
    again = site.get(f"/ho-so/mot-cua/{CODE}/bang-tinh.docx")
    assert again.content.startswith(b"PK")
    assert again.content == site.get(f"/ho-so/mot-cua/{CODE}/bang-tinh.docx").content


def test_a_dossier_or_a_source_that_nobody_knows_is_not_there(site: Site) -> None:
    took_in(site)
    for path in (f"/ho-so/khac/{CODE}", "/ho-so/mot-cua/LA", f"/ho-so/mot-cua/{quote('../etc')}"):
        assert site.get(path).status_code == 404
