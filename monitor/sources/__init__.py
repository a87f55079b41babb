"""Places dossiers come from."""

from __future__ import annotations
