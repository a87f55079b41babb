"""How often circles among objects are looked for: seldom, since what is made by the hundred thousand here has none."""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects made before the young ones are walked; Python's own 700 costs a sixth of an import and of a weekly log."""


def seldom() -> None:
    """Set it for this process; the older ones are walked as often as ever, counted in walks of the young."""
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
