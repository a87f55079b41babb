"""How we speak: each way takes one `Message` and answers with a receipt, or says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
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
    """The receiver may have the message, and may not: the connection broke before its answer came."""


class Unreachable(NotSent):
    """Nothing was sent and nothing else will be now: the receiver itself cannot be reached, or refuses our account."""


class Notifier(Protocol):
    """One way to speak.

    Where `resend_is_safe` is not true, a message that is uncertain is shown as such and never repeated by itself.
    """

    resend_is_safe: bool

    def send(self, message: Message) -> Receipt:
        """Hand the message over, or raise NotSent."""
        ...


def _smtp(where: str, ca_file: str) -> Notifier:
    from notifiers.smtp import Smtp

    return Smtp(where, ca_file=ca_file)


def _mailbox(where: str, _ca_file: str) -> Notifier:
    from notifiers.mailbox import Mailbox

    return Mailbox(where)


CHANNELS: Mapping[str, Callable[[str, str], Notifier]] = MappingProxyType({"smtp": _smtp, "mailbox": _mailbox})
"""Each way by name: given where it goes (an address, a folder) and the CA file, or ""."""
