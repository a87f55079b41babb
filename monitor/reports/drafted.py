"""What a letter says of the drafts of apologies that go with it."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FILES = 10
"""So many drafts go with one letter, each a file; the others are made by a command or on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """`codes` are all dossiers an apology may have to be sent for, `files` the drafts attached, the most urgent first.

    `links` open the pages with all of them, each with the name of its agency; empty where there is none.
    """

    codes: tuple[str, ...]
    files: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()

    @property
    def more(self) -> tuple[str, ...]:
        """The dossiers whose drafts are not attached."""
        return self.codes[len(self.files) :]
