"""One mailbox of the focal points of two agencies: one letter, with a page and a workbook of each of them."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import openpyxl

from jobs import letters, project
from monitor.core.message import Message
from monitor.register import register_of
from monitor.reports.link import APOLOGIES, PAGE, allowed_by, link_key
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in

ADDRESS = "kiem-soat@chung.invalid"
BOTH = ("so-cong-thuong", "so-noi-vu")


def slot(office: Office, at: str) -> Message:
    """Serve a slot; the letter that the shared mailbox gets in it."""
    before = len(office.letters())
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    project.refresh(office.app, now)
    letters.slot(office.app, now, now)
    (one,) = [row.message for row in office.letters()[before:] if row.to_address == ADDRESS]
    return one


def share(office: Office, **changes: str) -> None:
    """Give the focal points of both agencies one address."""
    old = office.app.register
    keys = {f"{agency}/focal_point" for agency in BOTH}
    posts = [replace(post, address=ADDRESS) if post.key in keys else post for post in old.posts.values()]
    register = register_of(
        agencies=old.agencies.values(),
        posts=posts,
        services=old.services.values(),
        sources=old.sources.values(),
        ladders=old.ladders.values(),
        centre=old.centre,
        province=old.province,
    )
    office.app = replace(office.app, register=register)
    office.configured(**changes)


def opened_by(office: Office, text: str, path: str) -> set[tuple[str, str]]:
    """Agency and post of each link to a page that a text has."""
    key = link_key(office.app.settings.var_dir)
    tokens = re.findall(rf"https://giam-sat\.example\.vn{path}/([\w.-]+)", text)
    return {(found.agency, found.post) for found in (allowed_by(key, one, office.clock.now()) for one in tokens)}


def test_each_agency_has_its_own_page_and_workbook_in_the_letter_they_share(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    share(office, public_url="https://giam-sat.example.vn")
    late = {"filed": "10/11/2026 08:00:00", "received": "10/11/2026 09:00:00", "appointment": "20/11/2026 17:00:00"}
    names = {"so-cong-thuong": "Sở Công Thương", "so-noi-vu": "Sở Nội vụ"}
    rows = [row(f"H56.{n}1", unit=name, **late) for n, name in enumerate(names.values())]
    rows += [row(f"H56.{n}2", unit=name, appointment="27/11/2026 17:00:00") for n, name in enumerate(names.values())]
    take_in(office.app, rows, office.clock.now())
    letter = slot(office, "25/11/2026 07:30")
    each = {(agency, f"{agency}/focal_point") for agency in BOTH}
    for text in (letter.text, letter.html):
        assert opened_by(office, text, PAGE) == each
        assert opened_by(office, text, APOLOGIES) == each
    books = {one.name: one.content for one in letter.attachments if one.name.endswith(".xlsx")}
    assert set(books) == {f"{agency}-giai-trinh-20261125-0730.xlsx" for agency in BOTH}
    for number, agency in enumerate(BOTH):
        content = books[f"{agency}-giai-trinh-20261125-0730.xlsx"]
        cells = {cell.value for line in openpyxl.load_workbook(BytesIO(content)).worksheets[0] for cell in line}
        assert cells & {"H56.01", "H56.11"} == {f"H56.{number}1"}
        assert f"- Trên trang giải trình của {names[agency]} (đường dẫn riêng" in letter.text
        assert f"Mở trang dự thảo của {names[agency]}</a>" in letter.html
    assert "Bằng một công văn cho nhiều hồ sơ của cùng một cơ quan" in letter.text
