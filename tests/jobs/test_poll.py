"""Polled sources: what an API tells is taken in, whatever it does; nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from jobs import poll, project
from jobs.poll import Polled
from monitor.core.place import ApiPlace, Paging
from monitor.core.source import SourceKind, SourceSpec
from monitor.store import dossiers, imports, polls, reading
from monitor.store.polls import PollState
from tests.jobs.conftest import Office
from tests.servers.api import Got, Say, Speak, speaking

KEY = "may-chu"
FIELDS = {
    "code": "maHoSo",
    "procedure": "thuTuc.ma",
    "status": "trangThai",
    "filed": "ngayNop",
    "received": "ngayTiepNhan",
    "appointment": "ngayHenTra",
    "handling_unit": "donVi",
}


@pytest.fixture
def speak() -> Iterator[Speak]:
    with speaking() as start:
        yield start


def record(number: int, **changes: object) -> dict[str, object]:
    """One dossier as the API of these tests tells it, with what is nobody's business."""
    return {
        "maHoSo": f"H56.02-261120-{number:04d}",
        "thuTuc": {"ma": "2.001474"},
        "trangThai": "4",
        "ngayNop": "20261120080000",
        "ngayTiepNhan": "20261120090000",
        "ngayHenTra": "20261204170000",
        "donVi": "Sở Công Thương",
        "chuHoSo": "Nguyễn Văn Ví Dụ",
        "soDienThoai": "0912345678",
        "capNhat": f"2026112{number % 5}080000",
    } | changes


def api(url: str, **changes: Any) -> SourceSpec:
    """A source that asks pages by number, three records each."""
    place = ApiPlace(**{
        "url": f"{url}/ho-so", "records": "duLieu", "fields": FIELDS, "paging": Paging.NUMBER, "page_name": "trang",
        "size_name": "co", "page_size": 3, **changes,
    })  # fmt: skip
    return SourceSpec(key=KEY, name="Máy chủ thử", kind=SourceKind.API, deadline_s=20, place=place)


def pages(records: Sequence[Mapping[str, object]], size: int = 3) -> Any:
    """Answers that tell records page by page."""

    def answer(got: Got) -> Say:
        at = (int(got.query["trang"]) - 1) * size
        return Say(content={"duLieu": records[at : at + size], "tong": len(records)})

    return answer


def asks(office: Office, spec: SourceSpec) -> Polled:
    """One poll of a source, as the daemon makes it."""
    register = replace(office.app.register, sources=MappingProxyType({**office.app.register.sources, spec.key: spec}))
    office.app = replace(office.app, register=register)
    polled = poll.poll(office.app, spec, office.clock.now())
    project.catch_up(office.app, office.clock.now())
    office.clock.turn_to(office.clock.now() + timedelta(hours=1))
    return polled


def known(office: Office) -> list[str]:
    """The codes of all dossiers, as often as they are there."""
    with reading(office.app.engine) as db:
        return sorted(d.code for d in dossiers.search(db, "H56"))


def test_every_page_is_brought_home_and_nothing_personal(office: Office, speak: Speak) -> None:
    server = speak(pages([record(n) for n in range(8)]))
    polled = asks(office, api(server.url))
    assert polled.row.state is PollState.DONE, polled.row.why
    assert polled.row.records == 8
