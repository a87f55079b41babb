"""The sealed journal: each commit's rows chained by digest, so that no row can change unseen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link: `digest` seals the canonical rows of one commit, `previous` the link before."""

    chain: str
    seq: int
    digest: bytes
    previous: bytes
