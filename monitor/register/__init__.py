"""Who and what: agencies, posts, services, sources, duties, ladders, in a folder of TOML that teaches itself."""

from __future__ import annotations

from monitor.register.folder import RegisterError
from monitor.register.loading import load_register
from monitor.register.register import Register, register_of
from monitor.register.shipped import copy_shipped

__all__ = ["Register", "RegisterError", "copy_shipped", "load_register", "register_of"]
