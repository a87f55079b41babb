"""The command line `tthc`."""

from __future__ import annotations

from jobs.cli.main import main, tthc

__all__ = ["main", "tthc"]
