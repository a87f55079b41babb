"""The pages: they read what is known and write rows at most; they never send."""

from __future__ import annotations

from monitor.web.app import create_app

__all__ = ["create_app"]
