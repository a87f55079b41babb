"""Rows of an export as the one-stop system saves it, taken in as a file is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jobs import project, reading
from jobs.app import App
from jobs.demo.dossiers import HEADINGS

NAME = "Thông báo hoạt động khuyến mại"
SOURCE = "mot-cua"


def row(
    code: str,
    *,
    unit: str = "Sở Công Thương",
    receiver: str = "",
    status: str = "Đang xử lý",
    filed: str = "16/11/2026 08:00:00",
    received: str = "16/11/2026 09:00:00",
    appointment: str = "27/11/2026 17:00:00",
    finished: str = "",
) -> tuple[str, ...]:
    """One dossier as a row of an export."""
    return (
        "1", receiver or unit, "", NAME, "2.000033", code, status, "", "", "Trực tuyến", filed, received, appointment,
        finished, unit,
    )  # fmt: skip


def waiting(code: str, filed: str, unit: str = "Sở Công Thương") -> tuple[str, ...]:
    """One that nobody received yet."""
    return row(code, unit=unit, status="Mới đăng ký", filed=filed, received="", appointment="")


def take_in(app: App, rows: Iterable[tuple[str, ...]], now: datetime, name: str = "ho-so.xls") -> None:
    """Have the rows read and projected, as a dropped file is."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in (HEADINGS, *rows))
    path = app.settings.var_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{cells}</table></body></html>', "utf-8")
    report = reading.take_in(app, path, SOURCE, now)
    assert not report.failed, report
    project.catch_up(app, now)
