"""A register of the office's own in a folder, changed a little by each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.register import Register, RegisterError, copy_shipped, load_register

HOURS = frozenset({"default"})


class Own:
    """The shipped register in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        copy_shipped(folder)

    def change(self, file: str, old: str, new: str) -> Own:
        """Put one text in the place of another, which must be there."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return self

    def add(self, file: str, text: str) -> Own:
        """Write at the end of a file, new or old."""
        path = self.folder / file
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")
        return self

    def load(self) -> Register:
        return load_register(str(self.folder), HOURS)

    def mistakes(self) -> list[str]:
        """Every mistake, a line each."""
        with pytest.raises(RegisterError) as caught:
            self.load()
        return [str(mistake) for mistake in caught.value.mistakes]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path / "danh-muc")


@pytest.fixture(scope="session")
def shipped() -> Register:
    return load_register("thanh-hoa", HOURS)
