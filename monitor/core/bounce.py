"""A notice of non-delivery: which message did not reach whom, and what the server said (RFC 3464)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BounceAction(StrEnum):
    """What the notice says became of the message."""

    FAILED = "failed"
    DELAYED = "delayed"  # still being tried by the servers on its way
    OTHER = "other"  # delivered, relayed, expanded


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One recipient of one notice. `message_id` is the original's, in angle brackets; empty where it is not told."""

    message_id: str
    recipient: str
    action: BounceAction
    status: str = ""
    words: str = ""

    @property
    def permanent(self) -> bool:
        """Whether it is given up, whatever its code: who goes on trying says that it is delayed (RFC 3464, 2.3.3)."""
        return self.action is BounceAction.FAILED
