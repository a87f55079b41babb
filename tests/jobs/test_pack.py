"""`tthc interruption pack`: one ZIP that somebody who was not there can read, check and keep."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from lxml import html
from sqlalchemy import Engine, update

from jobs.app import App
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.cli.packs import pack_into
from jobs.clock import HandClock
from monitor.config import NAMES, Settings
from monitor.core.look import Cause, Verdict
from monitor.law import load_law
from monitor.register import load_register
from monitor.reports.handle import find
from monitor.store import interruptions, keeping, looks, reading, writing
from monitor.store.tables import looks as look_rows
from tests.jobs.failing import BEGAN, HANDLE, HOSTILE, MINUTE, TARGET, VANTAGE, Seen, a_look, fill, sign, speak, story
from tests.servers.sqlite import new_store

Make = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings of its own."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(f"DATABASE_URL=sqlite:///{tmp_path / 'tthc.db'}\nVAR_DIR={tmp_path / 'var'}\n")
    return tmp_path


@pytest.fixture
def store(place: Path) -> Iterator[Engine]:
    """The database those settings name."""
    engine = new_store(place / "tthc.db")
    yield engine
    engine.dispose()


@pytest.fixture
def told(store: Engine, place: Path) -> Engine:
    """An interruption with all that may be known of it, the days before and of it signed."""
    fill(store, place / "var", [Seen(look=a_look(-2000 - n, Verdict.UP)) for n in range(5, 0, -1)])
    sign(store, "2026-11-22", BEGAN - timedelta(hours=8))
    fill(store, place / "var")
    speak(store, place / "var")
    sign(store, "2026-11-23", BEGAN + timedelta(hours=16))
    return store


@pytest.fixture
def make(place: Path) -> Make:
    """The command, run."""

    def run(*words: str, file: str = "goi.zip", handle: str = HANDLE) -> Result:
        said = ["--env", str(place / ".env"), "interruption", "pack", handle, "--to", str(place / file), *words]
        return CliRunner().invoke(tthc, said, catch_exceptions=False, standalone_mode=False)

    return run


def opened(place: Path, file: str = "goi.zip") -> dict[str, bytes]:
    with zipfile.ZipFile(place / file) as made:
        assert made.testzip() is None
        return {name: made.read(name) for name in made.namelist()}


def page(place: Path) -> Any:
    return html.fromstring(opened(place)["index.html"].decode())


def text(place: Path) -> str:
    return " ".join(page(place).text_content().split())


def evidence_files(place: Path) -> list[Path]:
    return sorted(path for path in (place / "var" / "evidence").rglob("*") if path.is_file())


def test_everything_known_is_in_it(told: Engine, place: Path, make: Make) -> None:
    done = make()
    assert (done.return_value, done.stderr) == (0, "")
    assert "8 lượt kiểm tra, 7 bằng chứng (13 tệp), 14 mục niêm phong" in done.output
    said = text(place)
    for words in (
        HANDLE,
        "lượt tốt cuối cùng trước đó 08:29:05 23/11/2026",
        "quá thời gian chờ: 2 lượt",
        "Trang chủ và thủ tục khác của hệ thống cũng hỏng.",
        "portal_fails",
        "chậm hơn nơi đối chứng 312 ms",
        "không kết luận được từ đây",
        "phân giải tên miền: 12 ms; kết nối: 40 ms; lập kết nối bảo mật: không tới",
        "192.0.2.7 (tên miền trỏ tới: 192.0.2.7)",
        "CN=dichvucong.example",
        "đã hết hạn",
        "07:00:00 01/11/2025 – 07:00:00 22/11/2026",
        "nginx <script>alert(4)</script>",
        "1. GET https://dichvucong.example/ → 302",
        "Hệ thống đang bảo trì",
        "Cục <i>A</i>",
        "không chấp nhận: không có sự cố",
        "không thấy nút",
        "phản ánh không nộp được hồ sơ",
        "9/TB",
        "mục 6 – 13ngày 22/11/2026ngày 23/11/2026",
        "5647 5aa7 5463 474c 0285",
    ):
        assert words in said, words


def test_each_file_is_named_by_its_digest_and_listed(told: Engine, place: Path, make: Make) -> None:
    make()
    made = opened(place)
    listed = dict(reversed(line.split("  ", 1)) for line in made.pop("MANIFEST.sha256").decode().splitlines())
    assert listed == {name: sha256(content).hexdigest() for name, content in made.items()}
    kept = {name for name in made if name.startswith("evidence/")}
    assert all(re.fullmatch(r"evidence/([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z]+", name) for name in kept)
    assert all(Path(name).stem == listed[name] for name in kept)
    assert {Path(name).stem for name in kept} == {path.stem for path in evidence_files(place)}


def test_the_list_of_digests_is_what_sha256sum_reads(told: Engine, place: Path, make: Make) -> None:
    make()
    with zipfile.ZipFile(place / "goi.zip") as made:
        made.extractall(place / "x")
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "MANIFEST.sha256"], cwd=place / "x", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_verifies_by_itself_on_a_machine_without_the_program(told: Engine, place: Path, make: Make) -> None:
    make()
    with zipfile.ZipFile(place / "goi.zip") as made:
        made.extractall(place / "x")
    command = [sys.executable, "-I", "journal/tthc_verify.py", "journal/so-niem-phong.jsonl", "--json"]
    done = subprocess.run(
        [*command, "--key", "5647 5aa7 5463 474c 0285"], cwd=place / "x", capture_output=True, check=False
    )
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["holds"], answer["part"], answer["signatures"]["count"]) == (0, True, True, 2)
    links = [line for line in opened(place)["journal/so-niem-phong.jsonl"].splitlines() if b'"fact":"exhibit"' in line]
    assert len(links) == 7


def test_the_same_facts_make_the_same_bytes(told: Engine, place: Path, make: Make) -> None:
    make()
    make(file="lai.zip")
    assert (place / "goi.zip").read_bytes() == (place / "lai.zip").read_bytes()


@pytest.mark.postgres
def test_postgresql_makes_the_same_pack(told: Engine, postgres_engine: Engine, place: Path, make: Make) -> None:
    make()
    fill(postgres_engine, place / "var", [Seen(look=a_look(-2000 - n, Verdict.UP)) for n in range(5, 0, -1)])
    sign(postgres_engine, "2026-11-22", BEGAN - timedelta(hours=8))
    fill(postgres_engine, place / "var")
    sign(postgres_engine, "2026-11-23", BEGAN + timedelta(hours=16))
    register = load_register("thanh-hoa")
    settings = Settings(var_dir=place / "var")
    law = load_law(register.hours_of())
    app = App(settings=settings, clock=HandClock(BEGAN), engine=postgres_engine, register=register, law=law)
    assert pack_into(app, HANDLE, place / "pg.zip")[0].sound
    ours, theirs = opened(place), opened(place, "pg.zip")
    assert theirs["looks.csv"] == ours["looks.csv"]
    assert [line for line in ours["journal/so-niem-phong.jsonl"].splitlines() if b'"chain":"trung-tam"' in line] == [
        line for line in theirs["journal/so-niem-phong.jsonl"].splitlines() if b'"chain":"trung-tam"' in line
    ]


def test_nothing_in_it_is_from_the_clock_of_the_day(told: Engine, place: Path, make: Make) -> None:
    make()
    with zipfile.ZipFile(place / "goi.zip") as made:
        assert {one.date_time for one in made.infolist()} == {(2026, 11, 23, 8, 30, 4)}
    assert b"\\" not in b"".join(name.encode() for name in opened(place))


def test_what_came_from_outside_stays_text(told: Engine, place: Path, make: Make) -> None:
    make()
    made = opened(place)
    assert not [name for name in made if name.endswith((".html", ".svg", ".js")) and name != "index.html"]
    known = page(place)
    assert not known.xpath("//script | //iframe | //object | //link | //form | //@onload | //@onerror")
    assert len(known.xpath("//style")) == 1
    assert all(re.match(r"(#|evidence/|looks\.csv|index\.json)", one) for one in known.xpath("//@href | //@src"))
    assert HOSTILE.encode() in made.values()  # as text, whole


def test_every_look_is_in_the_table_for_programs_with_its_seal(told: Engine, place: Path, make: Make) -> None:
    make()
    made = opened(place)
    rows = list(csv.DictReader(io.StringIO(made["looks.csv"].decode("utf-8-sig"))))
    assert [row["Kết quả"] for row in rows] == [
        "hoạt động",
        *["gián đoạn"] * 4,
        "không xác định",
        "gián đoạn",
        "hoạt động",
    ]
    assert [row["Mục niêm phong"] for row in rows] == [str(n) for n in range(6, 14)]
    assert rows[4]["Chi tiết"] == "'=HYPERLINK(1)"
    links = {
        json.loads(line)["digest"] for line in made["journal/so-niem-phong.jsonl"].splitlines() if b'"chain"' in line
    }
    assert {row["Mã của mục"] for row in rows} <= links
    assert all(row["Bằng chứng"] in made for row in rows[1:])


def test_the_index_for_programs_tells_the_same(told: Engine, place: Path, make: Make) -> None:
    make()
    known = json.loads(opened(place)["index.json"])
    assert known["interruption"]["handle"] == HANDLE
    assert (known["looks"]["count"], len(known["exhibits"]), len(known["panels"])) == (8, 7, 2)
    assert [one["chain"] for one in known["journal"]["chains"]] == ["so-chung", VANTAGE]
    chain = known["journal"]["chains"][1]
    assert (chain["sealing"], chain["enclosed"]) == ([6, 13], [6, 13])
    assert (chain["signed_before"], chain["signed_after"]) == ("2026-11-22", "2026-11-23")
    assert known["lacking"] == []


def test_what_a_complaint_said_and_who_wrote_it_down_stay_in_the_office(told: Engine, place: Path, make: Make) -> None:
    make()
    files = opened(place)
    (suspected,) = json.loads(files["index.json"])["interruption"]["suspected"]
    assert (suspected["kind"], suspected["found"]) == ("complaint", None)
    for content in files.values():
        assert "không bấm được nút".encode() not in content
        assert "Lê Thử".encode() not in content


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"khac")], ids=["gone", "altered"])
@pytest.mark.parametrize("suffix", [".json", ".html", ".png", ".pdf"])
def test_a_file_that_is_gone_or_altered_is_named_and_the_pack_is_made(
    told: Engine, place: Path, make: Make, suffix: str, damage: Callable[[Path], object]
) -> None:
    path = next(path for path in evidence_files(place) if path.suffix == suffix)
    damage(path)
    done = make()
    assert done.return_value == 1
    assert str(path) in done.stderr
    assert "lấy lại từ bản sao lưu" in done.stderr
    made = opened(place)
    assert not any(path.stem in name for name in made)
    assert path.stem in text(place)
    assert "Gói không trọn vẹn" in text(place)
    (lacking,) = json.loads(made["index.json"])["lacking"]
    assert (lacking["sha256"], lacking["file"]) == (path.stem, None)
    assert json.loads(make("--json", file="lai.zip").stdout)["sound"] is False


def test_a_look_altered_in_the_database_is_told(told: Engine, place: Path, make: Make) -> None:
    with writing(told) as db:
        changed = update(look_rows).where(look_rows.c.verdict == "unknown").values(detail="sửa sau")
        assert db.execute(changed).rowcount == 1
    done = make()
    assert done.return_value == 1
    assert "mục 11: không khớp mã niêm phong" in done.stderr
    assert "mục 11 không khớp mã niêm phong" in text(place)


def test_one_that_is_open_says_so_and_up_to_when(store: Engine, place: Path, make: Make) -> None:
    fill(store, place / "var", list(story())[:5])
    done = make()
    assert done.return_value == 0
    assert "Chưa có mã niêm phong ngày bao hết" in done.output
    said = text(place)
    assert "Gián đoạn chưa kết thúc." in said
    assert "Dữ liệu đến 08:33:05 23/11/2026" in said
    assert "Chưa có mã niêm phong ngày nào" in said
    make(file="lai.zip")
    assert (place / "goi.zip").read_bytes() == (place / "lai.zip").read_bytes()


def test_one_whose_beginning_a_late_look_moved_is_found_by_its_old_name(told: Engine, place: Path, make: Make) -> None:
    register = load_register("thanh-hoa")
    with reading(told) as db:
        _, one = find(db, register, load_law(register.hours_of()), HANDLE)
    with writing(told) as db:
        interruptions.open_(db, one, BEGAN + MINUTE)
        looks.add(db, [a_look(-0.5, Verdict.DOWN, Cause.TIMEOUT)])
    done = make()
    assert done.return_value == 0
    known = json.loads(opened(place)["index.json"])
    assert known["interruption"]["handle"] == f"2026-11-23T08:29:35/{TARGET.key}"
    assert [one["text"] for one in known["interruption"]["asked"]] == ["Cục <i>A</i>"]


def test_many_looks_are_told_by_what_is_new_and_all_are_in_the_tables(store: Engine, place: Path, make: Make) -> None:
    fill(store, place / "var", list(story(520)))
    done = make()
    assert done.return_value == 0
    known = page(place)
    assert len(known.xpath("//section[starts-with(@id, 'bang-chung-')]")) == 6
    assert "28 lượt nữa ở looks.csv" in text(place)
    assert opened(place)["looks.csv"].count(b"\n") == 529
    assert len(json.loads(opened(place)["index.json"])["exhibits"]) == 527


def test_pages_that_differ_each_time_are_bounded_and_the_ends_are_shown(store: Engine, place: Path, make: Make) -> None:
    seen = list(story(200))
    changing = [
        replace(one, evidence=replace(one.evidence, body=f"trang {n}".encode())) if one.evidence else one
        for n, one in enumerate(seen)
    ]
    fill(store, place / "var", changing)
    make()
    shown = [int(one.removeprefix("bang-chung-")) for one in page(place).xpath("//section/@id") if "bang" in one]
    assert len(shown) == 60
    assert (shown[0], shown[-1]) == (1, 207)
    assert all(one.xpath(".//table") for one in page(place).xpath("//section[starts-with(@id, 'bang-chung-')]"))


def test_evidence_of_another_vantage_is_elsewhere_and_nothing_is_amiss(store: Engine, place: Path, make: Make) -> None:
    fill(
        store, place / "xa", [replace(one, look=replace(one.look, vantage="vien-thong"), panel=None) for one in story()]
    )
    done = make()
    assert done.return_value == 0
    assert "7 tệp do nơi đo khác giữ" in text(place)


@pytest.mark.parametrize(
    ("file", "handle", "mend"),
    [
        ("co-roi.zip", HANDLE, "chọn tên khác"),
        ("khong-co/goi.zip", HANDLE, "mkdir -p"),
        ("goi.zip", "2026-11-23T08:31", "tthc interruption list"),
        ("goi.zip", "hom-qua", "ghi lúc bắt đầu như"),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_cannot_be_is_refused_in_one_line(place: Path, make: Make, file: str, handle: str, mend: str) -> None:
    (place / "co-roi.zip").write_bytes(b"cu")
    with pytest.raises(Refused) as why:
        make(file=file, handle=handle)
    assert mend in str(why.value)
    assert "\n" not in str(why.value)
    assert (place / "co-roi.zip").read_bytes() == b"cu"
    assert sorted(path.name for path in place.glob("*.zip*")) == ["co-roi.zip"]


@pytest.mark.parametrize("where", [(), ("--to", ".")], ids=["nowhere", "a folder"])
@pytest.mark.usefixtures("told")
def test_a_pack_without_a_name_gets_its_usual_one(
    place: Path, monkeypatch: pytest.MonkeyPatch, where: tuple[str, ...]
) -> None:
    monkeypatch.chdir(place)
    words = ["--env", str(place / ".env"), "interruption", "pack", HANDLE, *where]
    done = CliRunner().invoke(tthc, words, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 0
    name = f"goi-bang-chung-2.001474-2026-11-23T083005-{TARGET.key}.zip"
    assert [path.name for path in place.glob("*.zip")] == [name]
    assert f"Đã lập {name}" in done.output


def test_a_file_a_person_gave_runs_nowhere(told: Engine, place: Path, make: Make) -> None:
    given = keeping.keep(place / "var", b"<script>alert(5)</script>", "html")
    make()
    assert f"evidence/{given[:2]}/{given}.txt" in opened(place)


def test_the_letter_to_the_operator_goes_with_the_pack_and_names_it(told: Engine, place: Path) -> None:
    words = ["--env", str(place / ".env"), "draft", "request", HANDLE, "--to", str(place / "thu")]
    for _ in range(2):  # a letter drafted anew takes the place of the one before
        done = CliRunner().invoke(tthc, words, catch_exceptions=False, standalone_mode=False)
        assert (done.return_value, done.stderr) == (0, "")
    files = {Path(line).suffix: Path(line) for line in done.stdout.splitlines()}
    pack = files[".zip"]
    assert sorted(path.name for path in (place / "thu").iterdir()) == sorted(path.name for path in files.values())
    assert pack.name == f"goi-bang-chung-2.001474-2026-11-23T083005-{TARGET.key}.zip"
    letter = Document(str(files[".docx"]))
    said = " ".join(one.text for one in letter.paragraphs)
    assert f"ở trong tệp {pack.name} gửi kèm văn bản này" in said
    assert f"{pack.name}, SHA-256 {sha256(pack.read_bytes()).hexdigest()}." in said


def test_a_letter_is_drafted_though_a_file_is_gone_and_says_which(told: Engine, place: Path) -> None:
    gone = evidence_files(place)[0]
    gone.unlink()
    words = ["--env", str(place / ".env"), "draft", "request", HANDLE, "--to", str(place / "thu")]
    done = CliRunner().invoke(tthc, words, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 1
    assert gone.stem in done.stderr
    assert [path.suffix for path in sorted((place / "thu").iterdir())].count(".docx") == 1
