"""What every page is made from, and the frame around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi.responses import HTMLResponse
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.core.law import Law
from monitor.core.period import day_of
from monitor.register import Register
from monitor.reports.mode import Mode
from monitor.reports.render import render


class Frame:
    """Store, settings, register, law and clock; `now` is asked once a page."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        register: Register,
        law: Callable[[], Law],
        now: Callable[[], datetime],
    ) -> None:
        self.engine, self.settings, self._register, self._law, self.now = engine, settings, register, law, now

    @property
    def register(self) -> Register:
        """The register with whoever holds each post today."""
        return self._register.on(day_of(self.now()))

    @property
    def law(self) -> Law:
        """The law in force now; it changes once a person confirms a change of the calendar."""
        return self._law()

    def page(self, name: str, mode: Mode | None, status_code: int = 200, **facts: Any) -> HTMLResponse:
        """One page with the facts that the frame around every page asks for."""
        place = self.register.province
        return HTMLResponse(
            render(f"pages/{name}.html", here=name, mode=mode, place=place, now=self.now(), **facts), status_code
        )
