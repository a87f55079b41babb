"""That somebody has a letter, by their own word: a button they pressed, or what they said on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Known(StrEnum):
    """How it became known."""

    LINK = "link"  # a button was pressed on the page behind the letter's link; that the page was opened proves nothing
    COMMAND = "command"  # a named person wrote down what they were told


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A fact: a post has a letter. It says nothing of what was explained, or done.

    `by` is who wrote it down; for a button, what the post is called.
    """

    letter: int
    person: str  # key of a post
    road: Known
    at: datetime
    by: str
