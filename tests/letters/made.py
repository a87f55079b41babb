"""Letters in the decree's form, made from their data: as Word with automatic numbers, as PDF, as plain text."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOUNDING = HERE / "founding.md"
NAMES = sorted(path.stem for path in HERE.glob("*.toml"))


def data_of(name: str) -> dict[str, Any]:
    """A letter's parts, and under "expected" the draft it must come to."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def made(name: str, folder: Path, kind: str = "") -> Path:
    """The letter's file, of the kind that its data name, or of another one."""
    letter = data_of(name)
    path = folder / f"{name}.{kind or letter['kind']}"
    {".docx": _word, ".pdf": _print, ".md": _plain}[path.suffix](letter, path)
    return path


def _paragraphs(letter: dict[str, Any]) -> list[str]:
    return [line for line in letter["body"].strip().splitlines() if line.strip()]


def _above(letter: dict[str, Any]) -> list[str]:
    title = [letter["title"], *letter["about"]] if letter.get("title") else []
    to = letter.get("to", [])
    return [*title, *(["Kính gửi:", *(f"- {one};" for one in to[:-1]), f"- {to[-1]}."] if to else [])]


def _below(letter: dict[str, Any]) -> tuple[list[str], list[str]]:
    return ["Nơi nhận:", "- Như trên;", "- Lưu: VT."], letter["signed"]


def _word(letter: dict[str, Any], path: Path) -> None:
    from docx import Document

    document = Document()
    head = document.add_table(rows=2, cols=2)
    for cell, lines in zip(
        (cell for row in head.rows for cell in row.cells),
        (
            letter["issuer"],
            ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
            [letter["number"], *letter.get("subject", [])],
            [letter["dated"]],
        ),
        strict=True,
    ):
        cell.text = "\n".join(lines)
    for line in _above(letter):
        document.add_paragraph(line)
    for line in _paragraphs(letter):
        # Lines that begin with "#" and "*" are numbered and marked by Word itself, and do not hold their mark.
        if line.startswith("# "):
            document.add_paragraph(line[2:], style="List Number")
        elif line.startswith("* "):
            document.add_paragraph(line[2:], style="List Bullet")
        elif line == "[bảng]":
            _table(document, letter["table"])
        else:
            document.add_paragraph(line)
    to, signed = _below(letter)
    foot = document.add_table(rows=1, cols=2)
    foot.rows[0].cells[0].text, foot.rows[0].cells[1].text = "\n".join(to), "\n".join(signed)
    for appendix in letter.get("appendix", []):
        document.add_paragraph(appendix["title"])
        _table(document, appendix["table"])
    document.save(str(path))


def _table(document: Any, rows: list[list[str]]) -> None:
    """A table; a cell that says "^" is merged with the one above it."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            cell = table.rows[at].cells[column]
            if text == "^":
                above = table.rows[at - 1].cells[column]
                kept = above.text
                above.merge(cell).text = kept
            else:
                cell.text = text


def _print(letter: dict[str, Any], path: Path) -> None:
    import typst

    template = HERE / "letter.typ"
    facts = {
        "issuer": letter["issuer"],
        "number": letter["number"],
        "subject": letter.get("subject", []),
        "dated": letter["dated"],
        "above": _above(letter),
        "body": _paragraphs(letter),
        "table": _cells(letter["table"]) if "table" in letter else None,
        "to": _below(letter)[0],
        "signed": letter["signed"],
        "appendix": [{**one, "table": _cells(one["table"])} for one in letter.get("appendix", [])],
    }
    path.write_bytes(typst.compile(str(template), sys_inputs={"facts": json.dumps(facts)}))


def _cells(rows: list[list[str]]) -> dict[str, Any]:
    """A table as typst takes it: a cell over "^" reaches down, one that repeats beside itself reaches right."""
    cells = []
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text == "^" or (column and text and text == row[column - 1]):
                continue
            down = next((n for n, more in enumerate(rows[at + 1 :]) if more[column] != "^"), len(rows) - at - 1) + 1
            right = next(
                (n for n, more in enumerate(row[column + 1 :]) if not text or more != text), len(row) - column - 1
            )
            cells.append({"text": text, "down": down, "right": right + 1})
    return {"columns": len(rows[0]), "cells": cells}


def _plain(letter: dict[str, Any], path: Path) -> None:
    to, signed = _below(letter)
    lines = [
        *(f"**{line}**" for line in letter["issuer"]),
        "**CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM**  ",
        "**Độc lập - Tự do - Hạnh phúc**",
        letter["number"],
        f"*{letter['dated']}*",
        *letter.get("subject", []),
        *_above(letter),
        *_paragraphs(letter),
        *to,
        *(f"**{line}**" for line in signed),
    ]
    path.write_text("\n\n".join(lines) + "\n", "utf-8")


def scan(folder: Path) -> Path:
    """A PDF that is a picture of a letter: it has no text layer."""
    import typst

    picture = folder / "anh.png"
    picture.write_bytes(
        typst.compile(b"#set page(width: 8cm, height: 6cm)\nUBND TINH: truoc ngay 11/3/2024", format="png")
    )
    page = folder / "anh.typ"
    page.write_text('#image("anh.png")', "utf-8")
    path = folder / "ban-chup.pdf"
    path.write_bytes(typst.compile(str(page)))
    return path
