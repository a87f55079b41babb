"""Archives that strangers send are opened under limits, and what is left alone is said."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.sources import unpacked
from monitor.sources.unpacked import NotUnpacked, Unpacked, is_archive, unpack, wanted


def made(path: Path, fill: Callable[[zipfile.ZipFile], object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return path


def opened(path: Path, *patterns: str) -> tuple[dict[str, bytes], list[str]]:
    """The files that came out, by name, and what was said of others."""
    folder = path.parent / "ra"
    folder.mkdir()
    out = list(unpack(path, folder, patterns))
    files = {one.name: one.path.read_bytes() for one in out if isinstance(one, Unpacked)}
    assert {path.resolve().parent for path in folder.iterdir()} <= {folder.resolve()}
    return files, [str(one) for one in out if isinstance(one, NotUnpacked)]


def test_names_lead_nowhere_and_links_are_no_files(tmp_path: Path) -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("../../../ngoai.csv", b"1")
        archive.writestr("/tuyet-doi/b.csv", b"2")
        archive.writestr("__MACOSX/._b.csv", b"?")
        archive.mkdir("thu-muc.csv")
        link = zipfile.ZipInfo("lien-ket.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    files, said = opened(made(tmp_path / "a.zip", fill))
    assert files == {"ngoai.csv": b"1", "b.csv": b"2"}
    assert said == []


def test_what_bursts_is_cut_off_where_it_grows_too_large(tmp_path: Path) -> None:
    folder = tmp_path / "ra"
    folder.mkdir()
    path = made(tmp_path / "a.zip", lambda archive: archive.writestr("no.csv", b"\0" * 3_000_000))
    with zipfile.ZipFile(path) as archive, archive.open("no.csv") as content:
        with pytest.raises(NotUnpacked, match="lớn hơn 1 MB"):
            unpacked._copied(content, folder / "no.csv", unpacked.MEGABYTE, "no.csv")
        assert content.tell() < 2 * unpacked.MEGABYTE
    assert list(folder.iterdir()) == []


def test_an_archive_within_an_archive_and_a_locked_file_are_said(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", b"1")
    path = made(tmp_path / "a.zip", lambda a: (a.writestr("trong.csv", inner.getvalue()), a.writestr("khoa.csv", b"x")))
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1  # says that it is locked
    path.write_bytes(content)
    files, said = opened(path)
    assert files == {}
    assert [line.partition(";")[0] for line in said] == [
        "“trong.csv” là tệp nén trong tệp nén",
        "“khoa.csv” trong tệp nén có mật khẩu",
    ]


def test_a_workbook_is_no_archive_and_a_broken_archive_is_said(tmp_path: Path) -> None:
    workbook = made(tmp_path / "a.xlsx", lambda archive: archive.writestr("[Content_Types].xml", b"<x/>"))
    assert not is_archive(workbook)
    (tmp_path / "b.csv").write_bytes(b"ma,trang thai")
    assert not is_archive(tmp_path / "b.csv")
    broken = made(tmp_path / "c.zip", lambda archive: archive.writestr("a.csv", b"noi dung " * 500))
    content = bytearray(broken.read_bytes())
    content[40:60] = b"\xff" * 20
    broken.write_bytes(content)
    files, said = opened(broken)
    assert files == {}
    assert said == ["tệp nén hỏng hoặc nén theo kiểu lạ; nén lại bằng ZIP thường rồi gửi lại"]


@pytest.mark.parametrize(
    ("name", "patterns", "is_wanted"),
    [
        ("Hồ sơ.XLSX", ("hồ sơ*.xlsx",), True),
        ("Ho\u0302\u0300 sơ.xlsx", ("hồ sơ*.xlsx",), True),
        ("bao-cao.xlsx", ("ho-so*", "*.csv"), False),
        ("bất kỳ.txt", (), True),
        ("~$ho-so.xlsx", (), False),
        ("ho-so.xlsx.part", (), False),
    ],
)
def test_names_are_compared_without_case_and_form(name: str, patterns: tuple[str, ...], *, is_wanted: bool) -> None:
    assert wanted(name, patterns) is is_wanted
