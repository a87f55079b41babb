"""What a channel with changing tokens wants kept for it, whoever keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A pair of tokens. `access_s` and `refresh_s` are for how many seconds they are still good; None: not known."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_s: float | None = None
    refresh_s: float | None = None


class TokenStore(Protocol):
    """Keeps the tokens of one account, for every process that uses it."""

    def kept(self) -> Tokens | None:
        """What is kept; None where nothing is."""
        ...

    def begin_refresh(self) -> bool:
        """Take the right to use the refresh token up; False while another process has it."""
        ...

    def keep(self, tokens: Tokens) -> None:
        """Keep new ones, lastingly, and give the right back."""
        ...

    def end_refresh(self) -> None:
        """Give the right back without new ones."""
        ...
