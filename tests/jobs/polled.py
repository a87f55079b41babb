"""A source that is asked, against a server that does as it is told: what tests of polls stand on."""

from __future__ import annotations

import gzip
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import func, select

from jobs import poll, poll_child, project, read_child
from jobs.poll import Polled
from jobs.poll_child import Outcome, Task
from monitor.core.place import AdapterPlace, ApiPlace, Paging
from monitor.core.source import SourceKind, SourceSpec
from monitor.register import Register
from monitor.store import dossier_tables, dossiers, open_store, reading
from monitor.store.engine import wait_for_no_disk
from monitor.store.polls import PollRow
from tests.jobs.conftest import Office, opened
from tests.servers.api import Api, Got, Say, Speak, speaking

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
        "page_size": 3, **changes,
    })  # fmt: skip
    return SourceSpec(key=KEY, name="Máy chủ thử", kind=SourceKind.API, deadline_s=20, place=place)


def pages(records: Sequence[Mapping[str, object]], size: int = 3) -> Any:
    """Answers that tell records page by page."""

    def answer(got: Got) -> Say:
        at = (int(got.query["trang"]) - 1) * size
        return Say(content={"duLieu": records[at : at + size], "tong": len(records)})

    return answer


def asks(office: Office, spec: SourceSpec, **ways: Any) -> Polled:
    """One poll of a source, as the daemon makes it."""
    register = replace(office.app.register, sources=MappingProxyType({**office.app.register.sources, spec.key: spec}))
    office.app = replace(office.app, register=register)
    polled = poll.poll(office.app, spec, office.clock.now(), **ways)
    project.catch_up(office.app, office.clock.now())
    office.clock.turn_to(office.clock.now() + timedelta(hours=1))
    return polled


def known(office: Office) -> list[str]:
    """The codes of all dossiers, as often as they are there."""
    with reading(office.app.engine) as db:
        return sorted(db.execute(select(dossier_tables.dossiers.c.code)).scalars())


def versions(office: Office) -> dict[str, int]:
    """How often each dossier was written down."""
    of, told = dossier_tables.dossiers, dossier_tables.versions
    query = select(of.c.code, func.count()).join(told, told.c.dossier_id == of.c.id).group_by(of.c.code)
    with reading(office.app.engine) as db:
        return {row[0]: row[1] for row in db.execute(query)}


def state_of(office: Office, code: str) -> Any:
    """One dossier as it is known now."""
    with reading(office.app.engine) as db:
        return dossiers.history(db, KEY, code)[-1]


class Played:
    """One source against one server that misbehaves, then does what it should."""

    def __init__(self, office: Office, speak: Speak) -> None:
        self.office, self.speak = office, speak
        self.waits: list[float] = []
        self.server: Api | None = None

    def ask(self, answers: Any, *, secrets: Mapping[str, str] = MappingProxyType({}), **changes: Any) -> PollRow:
        """One poll of a JSON API; what the process of its own does is done here, so that nothing is waited for."""
        seen = changes.pop("seen", lambda: None)
        url = changes.pop("url", None) or self.serve(answers).url
        return self.poll(api(url, **{"size_name": "co", **changes}), secrets, seen).row

    def serve(self, answers: Any) -> Api:
        """The one server, which answers like this from now on."""
        if self.server is None:
            self.server = self.speak(answers)
        self.server.answers = answers
        return self.server

    def poll(self, spec: SourceSpec, secrets: Mapping[str, str], seen: Any = lambda: None) -> Polled:
        """One poll of any source; `seen` is called before what it brought home is taken in."""
        quick = {"pause": self.waits.append, "request_s": 2.0, "most_pages": 6}
        file = self.office.app.settings.var_dir.parent / "mat-khau.toml"
        file.write_text("\n".join([f"[{spec.key}]", *(f'{name} = "{text}"' for name, text in secrets.items())]))
        file.chmod(0o600)
        self.office.configured(source_secrets_file=str(file))

        def here(task: Task, _lock: int, _alive: Any) -> Outcome:
            asked = replace(poll_child.asked_of(task, time.monotonic()), **quick)
            outcome = poll_child.run(SourceKind(task.kind), asked, task.deadline_s)
            seen()
            return outcome

        return asks(self.office, spec, ask=here, read=lambda task, _lock, _progress: read_child.run(task))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new SQLite database; each test has a copy, since making one takes longer than a poll."""
    path = tmp_path_factory.mktemp("migrated") / "tthc.db"
    open_store(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture
def played(migrated: Path, register: Register, tmp_path: Path, speak: Speak) -> Iterator[Played]:
    copy = shutil.copy(migrated, tmp_path / "tthc.db")
    engine = open_store(f"sqlite:///{copy}")
    wait_for_no_disk(engine)
    with opened(engine, register, tmp_path) as office:
        yield Played(office, speak)
    engine.dispose()


ALL = [record(number) for number in range(8)]
CODES = [str(one["maHoSo"]) for one in ALL]
good = pages(ALL)


def from_page(number: int, said: Say) -> Any:
    """Good pages up to one, and another answer from there on."""
    return lambda got: good(got) if int(got.query["trang"]) < number else said


def again(got: Got) -> Say:
    """The first page, whichever is asked for."""
    return Say(content={"duLieu": ALL[:3], "tong": 8})


def ever_more(got: Got) -> Say:
    """Another three dossiers on every page, without end."""
    at = int(got.query["trang"])
    return Say(content={"duLieu": [record(at * 3 + one) for one in range(3)]})


def zipped(size: int) -> Say:
    """Little that becomes a lot."""
    return Say(raw=gzip.compress(b" " * size), headers={"Content-Encoding": "gzip"})


TRUNK = {"unit": "000.00.00.H56", "dstcode": "VN:GOV:000.00.00.G22", "page_size": 2}


def trunk(url: str, *services: str, **changes: Any) -> SourceSpec:
    """A source that is asked through the adapter of the national data format."""
    place = AdapterPlace(
        **{"url": f"{url}/goi", "login_url": f"{url}/dang-nhap", "services": services or ("DongBoHoSoMC",), **TRUNK}
    )
    return SourceSpec(key=KEY, name="Trục thử", kind=SourceKind.ADAPTER, deadline_s=20, place=place, **changes)
