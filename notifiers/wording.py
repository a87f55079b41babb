"""The words of a short message apart from the address that ends them."""

from __future__ import annotations

import re

_LINK = re.compile(r"https?://[^\s<>\"]+")


def link_in(text: str) -> str:
    """The last address in a text; empty where there is none."""
    found = _LINK.findall(text)
    return found[-1].rstrip(".,;)") if found else ""


def without_link(text: str) -> str:
    """The text without that address."""
    link = link_in(text)
    return " ".join(text.replace(link, "").split()) if link else " ".join(text.split())
