"""Structured log lines: event name first, key=value after, never personal data or a secret."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog


def configure(level: str, out: TextIO | None = None) -> None:
    """Write log lines of `level` and above to `out` (stderr unless told otherwise), one a line, in logfmt."""
    out = out or sys.stderr
    logging.basicConfig(stream=out, level=logging.WARNING, format="%(name)s %(levelname)s %(message)s")
    # That a job is still running when its next beat comes is no event: each run asks what is owed.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
