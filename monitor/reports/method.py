"""Which program made the figures: a digest of the sources of the modules that alone make them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources

MODULES = ("course.py", "interruption.py", "look.py", "period.py", "uptime.py")
"""The pure modules of `monitor.core` through which every figure goes, in the order of their names."""


@cache
def method_sha256() -> str:
    """The digest of a list of digests, as `cd monitor/core && sha256sum course.py … uptime.py | sha256sum` gives it."""
    folder = resources.files("monitor.core")
    lines = [f"{sha256(folder.joinpath(name).read_bytes()).hexdigest()}  {name}\n" for name in MODULES]
    return sha256("".join(lines).encode()).hexdigest()
