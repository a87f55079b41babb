"""An official document as PDF, set by typst in a short-lived child process."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.reports.official.document import (
    Block,
    Form,
    Grid,
    Heading,
    Official,
    Paragraph,
    Picture,
    around,
    closed,
    headed,
    plain,
)
from monitor.reports.render import TEMPLATES

TEMPLATE = TEMPLATES / "official" / "van-ban.typ"
SETTING_S = 60


class NotPrinted(Exception):
    """No PDF came out; the document can still be had as a Word file."""


def pdf(document: Official, *, timeout: float = SETTING_S) -> bytes:
    """The document for print; raise NotPrinted where it cannot be set. One document and typeface, the same bytes."""
    return typeset(TEMPLATE, data(document), document.created, timeout=timeout)


def typeset(template: Path, data: dict[str, Any], made: datetime, *, timeout: float = SETTING_S) -> bytes:
    """What a typst template makes of data, as PDF/A; raise NotPrinted."""
    asked = {
        "template": template.read_text("utf-8"),
        "data": json.dumps(data, ensure_ascii=False),
        "made": int(made.timestamp()),
    }
    return _pressed(asked, timeout)


def typeface(*, timeout: float = SETTING_S) -> str:
    """The typeface that documents are set in on this machine; raise NotPrinted where none can be."""
    return _pressed({}, timeout).decode()


def _pressed(asked: dict[str, Any], timeout: float) -> bytes:
    press = Path(__file__).with_name("press.py")
    try:
        done = subprocess.run(  # noqa: S603 - our own script under our own interpreter
            [sys.executable, "-I", str(press)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=timeout,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(f"no document after {timeout:g} s") from error
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", b"") or b""
        raise NotPrinted(said.decode(errors="replace").strip()[-300:] or str(error)) from error
    return done.stdout


def data(document: Official) -> dict[str, Any]:
    """The document as the template takes it: text stays text, whatever is in it."""
    return {
        "report": document.form is Form.REPORT,
        **around(document),
        "body": [_block(one) for one in closed(document.body)],
        "created": [getattr(document.created, part) for part in ("year", "month", "day", "hour", "minute", "second")],
        "appendices": [
            {
                "number": number,
                "title": plain(one.title).upper(),
                "under": plain(under),
                "landscape": one.landscape,
                "blocks": [_block(block) for block in one.blocks],
            }
            for number, under, one in headed(document)
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", **asdict(block), "text": plain(block.text)}
        case Heading():
            return {"kind": "heading", "text": plain(block.text), "level": block.level}
        case Grid():
            return {
                "kind": "grid",
                "header": [plain(cell) for cell in block.header],
                "rows": [[plain(cell) for cell in row] for row in block.rows],
                "widths": list(block.shares),
                "align": list(block.sides),
                "sums": sorted(block.sums),
                "bands": sorted(block.bands),
                "points": block.points,
            }
        case Picture():
            drawing = {"svg": block.svg} if block.svg else {"png": base64.b64encode(block.png).decode()}
            return {"kind": "picture", "caption": plain(block.caption), "alt": plain(block.alt), **drawing}
