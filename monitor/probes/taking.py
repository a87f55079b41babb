"""What a step takes from its answer for the steps after it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from monitor.core.journey import MOST_VALUE
from monitor.core.look import Cause
from monitor.core.service import Means, Step, Take
from monitor.probes.judge import Judgement, lacking, verdict
from monitor.probes.outcome import Answer
from monitor.probes.page import Page, Unreadable

WINDOW = 4096
"""Characters of a page that a regular expression is run on at a time; a value longer than half of it may be missed."""
MOST_SEARCH_S = 0.5


class _NotTaken(Exception):
    """A value is not in the answer, or not one that can be used; what that means for the look."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.detail)
        self.judgement = judgement


def passed(answer: Answer, step: Step, challenge: Sequence[str] = ()) -> tuple[Judgement, dict[str, str]]:
    """The judgement on a step's answer, and what it takes from a good one by name.

    An answer that lacks what is to be taken is not good. No value is ever named in a judgement.
    """
    judgement = verdict(answer, step, challenge)
    if judgement.cause is not Cause.NONE or not step.take:
        return judgement, {}
    page = Page(answer)
    try:
        return judgement, {take.name: _checked(take, _found(take, page)) for take in step.take}
    except _NotTaken as error:
        return lacking(error.judgement, answer, step), {}
    except Unreadable as error:
        return Judgement(cause=Cause.PROBE_FAILED, detail=str(error)), {}


def _found(take: Take, page: Page) -> str | None:
    match take.by:
        case Means.SELECTOR:
            return page.select(take.value, take.attribute)
        case Means.XPATH:
            return page.xpath_text(take.value)
        case Means.JSON:
            return page.json_text(take.value)
        case Means.HEADER:
            return page.answer.headers.get(take.value.lower())
        case Means.REGEX:
            return _searched(take.value, page.source)


def _checked(take: Take, value: str | None) -> str:
    if not value:
        raise _NotTaken(Judgement(cause=take.cause, detail=f"không lấy được {{{take.name}}}: {take.value[:120]}"))
    if len(value) > MOST_VALUE:
        detail = f"giá trị {{{take.name}}} dài {len(value)} ký tự, nhiều nhất {MOST_VALUE}"
        raise _NotTaken(Judgement(cause=take.cause, detail=detail))
    return value.encode("utf-8", "replace").decode()


def _searched(expression: str, source: str) -> str | None:
    """The group's first find, window by window, each overlapping the next by half, until the time for it is up."""
    pattern, end = re.compile(expression), time.monotonic() + MOST_SEARCH_S
    for start in range(0, max(len(source), 1), WINDOW // 2):
        found = pattern.search(source[start : start + WINDOW])
        if found is not None:
            return found[1]
        if time.monotonic() > end:
            return None
    return None
