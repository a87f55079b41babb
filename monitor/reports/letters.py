"""From a template and its facts to the words of one letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.absence import StandIn
from monitor.core.message import Attachment
from monitor.reports.render import render, terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says: its subject, its two twins, and what goes with it."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What every letter prints of itself.

    `link` is empty while the program has no address that readers can reach.
    `meant_for` is set in a pilot: the address the letter would have gone to. `stands_in` are those whose place the
    reader takes, `acknowledge` is where they say that they have the letter; empty where they cannot.
    """

    to_names: tuple[str, ...]
    now: datetime
    live: bool
    link: str = ""
    meant_for: str = ""
    stands_in: tuple[StandIn, ...] = ()
    acknowledge: str = ""


def write(template: str, occasion: Occasion, attachments: Sequence[Attachment] = (), **facts: object) -> Words:
    """The letter that `<template>.html`, `.txt` and `.subject.txt` make of the facts; raise where a fact is missing."""
    known = {"occasion": occasion, **facts}
    subject = " ".join(render(f"{template}.subject.txt", **known).split())
    return Words(
        subject=subject if occasion.live else f"{terms()['word']['trial']} {subject}",
        text=tidy(render(f"{template}.txt", **known)),
        html=render(f"{template}.html", **known),
        attachments=tuple(attachments),
    )


def tidy(text: str) -> str:
    """Plain text without trailing blanks, and never more than one empty line together."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
