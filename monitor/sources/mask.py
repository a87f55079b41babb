"""Masking, as the sources know it: free text loses what tells a person before anything keeps it."""

from __future__ import annotations

from monitor.core.mask import HIDDEN, mask

__all__ = ["HIDDEN", "mask"]
