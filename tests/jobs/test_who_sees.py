"""Marked names walk through a whole installation: an applicant's is nowhere, an officer's only where it may be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from jobs import letters, project, reading, tell
from jobs.apologise import Given, NotRecorded, record
from jobs.demo.dossiers import HEADINGS
from monitor.core.mask import mask
from monitor.core.period import day_of
from monitor.reports.lists.overdue import overdue
from monitor.reports.lists.overdue_files import files
from monitor.reports.lists.overdue_tables import Edition, OverdueTable
from monitor.store import reading as reading_from
from monitor.store.dossier_tables import versions
from monitor.web.app import create_app
from tests.jobs.conftest import Office
from tests.jobs.dossiers import SOURCE, row, take_in
from tests.monitor.web.site import served

APPLICANT, HOME, PHONE, PAPER, MAIL = "Trần Chủ Hồ Sơ", "12 Phố Kín", "0912345678", "038199012345", "chu@nha.example"
OFFICER = "Lê Cán Bộ"
SECRET = (APPLICANT, HOME, PHONE, PAPER, MAIL)
CODE = "H56.02-261116-0001"
HOSTILE = [
    *("0912345678", "+84912345678", "84912345678", "0912 345 678", "0912.345.678", "0912-345-678", "(0237) 385 1234"),
    *("038199012345", "038 199 012 345", "038.199.012.345", "171234567", "171 234 567"),
    *("chu@nha.example", "CHU.HO@nha.com.vn", "a_b+c@x.vn", "Tên <chu@nha.example>"),
]


def content_of(name: str, content: bytes) -> str:
    """Everything readable of a file; of a ZIP every part."""
    if content[:2] != b"PK":
        return f"{name}\n{content.decode('utf-8', 'replace')}"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(content_of(one, packed.read(one)) for one in packed.namelist())


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """A province whose export carries everything that must not be kept; its source may keep officers."""
    register = sqlite_office.app.register
    spec = replace(register.sources[SOURCE], officers=True)
    sqlite_office.app = replace(
        sqlite_office.app, register=replace(register, sources={**register.sources, SOURCE: spec})
    )
    app = sqlite_office.app
    cells = list(row(CODE, appointment="20/11/2026 17:00:00"))
    cells[HEADINGS.index("Chủ hồ sơ")], cells[HEADINGS.index("Địa chỉ")] = APPLICANT, HOME
    cells[HEADINGS.index("Tên thủ tục hành chính")] += f" của {PHONE}, {PAPER}, {MAIL}"
    more = dict(
        zip((*HEADINGS, "Người đang xử lý", "Điện thoại", "Số CCCD"), (*cells, OFFICER, PHONE, PAPER), strict=True)
    )
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in (more, more.values()))
    path = app.settings.var_dir.parent / "xuat.xls"
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{table}</table></body></html>', "utf-8")
    assert not reading.take_in(app, path, SOURCE, sqlite_office.clock.now()).failed
    project.catch_up(app, sqlite_office.clock.now())
    path.unlink()
    now = sqlite_office.turn(hours=1, minutes=30)
    tell.tick(app, now)
    letters.slot(app, now, now)
    return sqlite_office


def listed(office: Office, edition: Edition) -> Iterator[tuple[str, str]]:
    """The Chairman's list as files."""
    app, now = office.app, office.clock.now()
    with reading_from(app.engine) as db:
        told = overdue(db, app.register, app.law, now, now)
    for attached in files(OverdueTable(told, app.register, app.law, edition)):
        yield attached.name, content_of(attached.name, attached.content)


def outward(office: Office) -> Iterator[tuple[str, str]]:
    """What leaves the Centre, or is shown without a personal link, each with its name."""
    app = office.app
    for one in office.letters():
        message = one.message
        yield f"letter {one.id}", f"{message.subject}\n{message.text}\n{message.html}"
        for attached in message.attachments:
            yield attached.name, content_of(attached.name, attached.content)
    yield from listed(office, Edition.OUTWARD)
    pages = ("/", "/letters", "/metrics", "/api/v1/status", "/healthz", f"/ho-so/{SOURCE}/{CODE}")
    with served(create_app(app.engine, app.settings, app.register, lambda: app.law, office.clock.now)) as url:
        for page in pages:
            yield page, requests.get(f"{url}{page}", timeout=30).text


def test_marked_names_are_only_where_they_may_be(office: Office) -> None:
    app = office.app
    with reading_from(app.engine) as db:
        assert list(db.execute(select(versions.c.officer)).scalars()) == [OFFICER]
    shown = dict(outward(office))
    assert any(CODE in text for name, text in shown.items() if name.startswith("letter"))
    assert any(CODE in text for name, text in shown.items() if name.endswith(".xlsx"))
    assert any(OFFICER in text for _, text in listed(office, Edition.INTERNAL))
    for name, text in shown.items():
        assert OFFICER not in text, name
        assert [secret for secret in SECRET if secret in text] == [], name
    database = Path(str(app.engine.url.database))
    kept = [*app.settings.var_dir.rglob("*"), *database.parent.glob(f"{database.name}*")]
    assert any(path.name == "tthc.db" for path in kept)
    for path in kept:
        if path.is_file():
            held = path.read_bytes()
            assert [secret for secret in SECRET if secret.encode() in held] == [], path


def test_a_division_is_named_to_its_own_agency_alone(sqlite_office: Office) -> None:
    app, now = sqlite_office.app, sqlite_office.clock.now()
    trade, money = ("Phòng Mật Một - Sở Công Thương", "Phòng Mật Hai - Sở Tài chính")
    sqlite_office.go_live()
    rows = [row(CODE, unit=trade), row("H56.03-261116-0002", unit=money)]
    for days in (0, 5, 2, 2):
        now = sqlite_office.turn(days=days)
        take_in(app, [*rows, row(f"H56.02-261116-01{days}{now.day}", unit=trade)], now, f"{now:%d}.xls")
        now = sqlite_office.turn(hours=1, minutes=30)
        if days == 5:
            first = Given(document="12/PXL", dated=day_of(now), new=day_of(now + timedelta(days=7)), by="Văn thư")
            record(app, [CODE], first, now)
            with pytest.raises(NotRecorded):  # the second is raised to the Centre too
                record(app, [CODE], replace(first, document="13/PXL", new=day_of(now + timedelta(days=14))), now)
            project.refresh(app, now)
        tell.tick(app, now)
        letters.slot(app, now, now)
    heard = set()
    for one in sqlite_office.letters():
        message = one.message
        parts = [content_of(part.name, part.content) for part in message.attachments]
        text = "\n".join((message.subject, message.text, message.html, *parts))
        whose = "; ".join(message.to_names)
        assert ("Phòng Mật Một" in text) == ("Sở Công Thương" in whose), whose
        assert ("Phòng Mật Hai" in text) == ("Sở Tài chính" in whose), whose
        heard.add(whose)
    assert any("Sở Công Thương" in whose for whose in heard)
    assert any("Sở Tài chính" in whose for whose in heard)
    assert any("Trung tâm" in whose for whose in heard), heard
    with served(create_app(app.engine, app.settings, app.register, lambda: app.law, sqlite_office.clock.now)) as url:
        for page in ("/", f"/ho-so/{SOURCE}/{CODE}"):
            assert "Phòng Mật" not in requests.get(f"{url}{page}", timeout=30).text, page


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "ĐT: {}.", "({})", "gọi {}, hỏi bà A"])
def test_what_leads_to_a_person_is_hidden_in_any_text(text: str, around: str) -> None:
    hidden = mask(around.format(text))
    digits = "".join(letter for letter in hidden if letter.isdigit())
    assert len(digits) < 5
    assert "@" not in hidden
    assert mask(hidden) == hidden
