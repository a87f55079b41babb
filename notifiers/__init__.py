"""How we speak: each way takes one `Message` and answers with a receipt, or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from monitor.core.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a message was handed over; `words` are the receiver's own."""

    words: str


class NotSent(Exception):
    """A message was not handed over. `permanent`: trying the same again is useless; `why` is for people."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent


class MaybeSent(NotSent):
    """The receiver may have the message, and may not: the connection broke before its answer came.

    It is sent again, the same byte for byte; where a second copy would trouble its reader, raise a permanent NotSent.
    """


class Unreachable(NotSent):
    """Nothing was sent and nothing else will be now: the receiver itself cannot be reached, or refuses our account."""


class Notifier(Protocol):
    """One way to speak."""

    def send(self, message: Message) -> Receipt:
        """Hand the message over, or raise NotSent."""
        ...
