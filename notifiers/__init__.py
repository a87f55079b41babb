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
    """A message was not handed over. `permanent`: trying the same again is useless; `why` is for people.

    `after_s`: the receiver wants to be left alone for so many seconds.
    """

    def __init__(self, why: str, *, permanent: bool = False, after_s: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent
        self.after_s = after_s


class MaybeSent(NotSent):
    """The receiver may have the message, and may not: the connection broke before its answer came.

    It is sent again, the same byte for byte, where the notifier says that this is safe.
    """


class Unreachable(NotSent):
    """Nothing was sent and nothing else will be now: the receiver itself cannot be reached, or refuses our account."""


class Refused(NotSent):
    """Our account, key, token or wording is not taken, or there is no money: a person has to mend that.

    It is for good: whoever was to be told is better told another way at once.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why, permanent=True)


class Notifier(Protocol):
    """One way to speak.

    `resend_is_safe`: whoever gets the same message twice sees it once. Where it is not, a message that may have arrived
    is never sent again by itself.
    """

    resend_is_safe: bool

    def send(self, message: Message) -> Receipt:
        """Hand the message over, or raise NotSent."""
        ...
