"""The facts of an uptime log, before any word is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from monitor.core.interruption import Interruption
from monitor.core.journal import Entry
from monitor.core.look import Cause, ManualCheck, Verdict
from monitor.core.period import Span
from monitor.core.publication import Edition
from monitor.core.recurrence import failures
from monitor.core.reporting import Period
from monitor.core.service import Service
from monitor.core.uptime import Account, Gap, Judgement, State
from monitor.reports import periods
from monitor.reports.beside import NOTHING, Beside
from monitor.reports.interrupted import Interrupted
from monitor.reports.known import all_of
from monitor.reports.official.letterhead import Letterhead
from monitor.reports.record import Record
from monitor.reports.render import term, terms

_SECOND = 1000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the looks at one target brought, usable as evidence or not."""

    key: str
    name: str
    kind: str
    required: bool
    looks: int = 0
    answered: int = 0
    by_verdict: Mapping[Verdict, int] = field(default_factory=dict)
    by_cause: Mapping[Cause, int] = field(default_factory=dict)
    by_status: Mapping[int, int] = field(default_factory=dict)
    failures: Mapping[tuple[Cause, int | None], int] = field(default_factory=dict)
    median_ms: int | None = None

    @property
    def conclusive(self) -> int:
        """Looks that say up or down."""
        return self.up + self.down

    @property
    def up(self) -> int:
        """Looks that found it usable."""
        return self.by_verdict.get(Verdict.UP, 0)

    @property
    def down(self) -> int:
        """Looks that found it cut off."""
        return self.by_verdict.get(Verdict.DOWN, 0)

    @property
    def unknown(self) -> int:
        """Looks that could not tell."""
        return self.by_verdict.get(Verdict.UNKNOWN, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLine:
    """One period in the comparison; `account` is None before the monitor began."""

    period: Period
    account: Account | None
    judgement: Judgement | None = None

    @property
    def called(self) -> str:
        """The period in the middle of a sentence."""
        return periods.called(self.period)

    @property
    def short(self) -> str:
        """The period in a column that says what kind it is."""
        return periods.short(self.period)

    @property
    def outages(self) -> int:
        """How often the service was interrupted: what several targets saw at once is one, announced stops are none."""
        return 0 if self.account is None else len(_failures(self.account))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the five parts of the window, to the second, so that the printed ones add up to the printed sum."""

    state: State
    ms: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeLog:
    """One service's period; the account's window is what of it has passed at `as_of`.

    `began` is when this service was first watched (None: not yet); the time before it is UNKNOWN, `unwatched_ms`.
    `compared` is this period and up to eight of the same kind before it, latest first. `edition` is None where this is
    no publication. `letterhead` is of the agency answerable.
    """

    service: Service
    owner_name: str
    period: Period
    as_of: datetime
    began: datetime | None
    account: Account
    unwatched_ms: int
    target: Fraction | None
    judgement: Judgement | None
    interruptions: tuple[Interrupted, ...]
    seen: tuple[Seen, ...]
    manual: tuple[ManualCheck, ...]
    compared: tuple[PeriodLine, ...]
    heads: tuple[Entry, ...]
    edition: Edition | None = None
    letterhead: Letterhead | None = None
    beside: Beside = NOTHING

    @property
    def span(self) -> Span:
        """The whole period."""
        return self.period.span

    @property
    def title(self) -> str:
        """What the report is called: "Báo cáo tuần 47/2026"."""
        return periods.title(self.period)

    @property
    def called(self) -> str:
        """The period in the middle of a sentence: "tuần 47/2026"."""
        return periods.called(self.period)

    @property
    def unit(self) -> str:
        """The word for one period of its kind: "tuần", "tháng", "kỳ"."""
        return periods.unit(self.period)

    @property
    def running(self) -> bool:
        """Whether the period is not over yet."""
        return self.as_of < self.span.end

    @property
    def no_evidence(self) -> bool:
        """Whether no look of the whole period could tell up from down."""
        return self.account.measured is None

    @property
    def outages(self) -> int:
        """How often the service was interrupted: what several targets saw at once is one, announced stops are none."""
        return PeriodLine(period=self.period, account=self.account).outages

    @property
    def numbers(self) -> tuple[str, ...]:
        """What each interruption is numbered: "1", or "1a" and "1b" where two targets saw the same one."""
        return _numbers([one.interruption for one in self.interruptions], _failures(self.account))

    @property
    def at_once(self) -> bool:
        """Whether some interruption was seen by several targets."""
        return len(set(self.numbers)) > len({number.rstrip(_LETTERS) for number in self.numbers})

    @property
    def recurring(self) -> int:
        """How many of the outages are recurrences."""
        again = {one.interruption for one, record in self.told if record is not None and record.recurring}
        return sum(not again.isdisjoint(several) for several in _failures(self.account))

    @property
    def unknown_lines(self) -> tuple[tuple[str, int], ...]:
        """Why time is UNKNOWN, in words, with milliseconds, longest first."""
        return unknown_lines(self.account, self.unwatched_ms)

    @property
    def intervals(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """How often the required targets are looked at: milliseconds, and which they are."""
        names: dict[int, list[str]] = {}
        for target in self.service.required_targets():
            names.setdefault(round(target.interval_s * _SECOND), []).append(target.name)
        return tuple((every, tuple(named)) for every, named in sorted(names.items()))

    @property
    def told(self) -> tuple[tuple[Interrupted, Record | None], ...]:
        """Each interruption with what is known of it besides."""
        records = self.beside.records or (None,) * len(self.interruptions)
        return tuple(zip(self.interruptions, records, strict=True))

    @property
    def known(self) -> tuple[tuple[Interrupted, tuple[tuple[str, str], ...]], ...]:
        """Each interruption with everything known besides its times, named, in words."""
        return tuple((one, all_of(one, record)) for one, record in self.told)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The account for print."""
        return parts(self.account)


def unknown_lines(account: Account, unwatched_ms: int) -> tuple[tuple[str, int], ...]:
    """Why time is UNKNOWN, in words, with milliseconds, longest first; what came before the monitor began apart."""
    spent = {term(gap): ms for gap, ms in account.unknown_by.items()}
    spent[term(Gap.NOT_LOOKED)] = spent.get(term(Gap.NOT_LOOKED), 0) - unwatched_ms
    spent[terms()["unwatched"]["before"]] = unwatched_ms
    return tuple(sorted(((word, ms) for word, ms in spent.items() if ms), key=lambda line: -line[1]))


def _failures(account: Account) -> tuple[tuple[Interruption, ...], ...]:
    return failures(one for one in account.interruptions if not planned(one, account))


def _numbers(every: Sequence[Interruption], several: Iterable[tuple[Interruption, ...]]) -> tuple[str, ...]:
    """Numbers in the order of time; those that belong together have one, and a letter each."""
    together = {one: group for group in several for one in group}
    numbers: dict[tuple[Interruption, ...], int] = {}
    for one in every:
        numbers.setdefault(together.get(one, (one,)), len(numbers) + 1)
    return tuple(
        f"{number}{_letter(group.index(one)) if len(group) > 1 else ''}"
        for one in every
        for group in (together.get(one, (one,)),)
        for number in (numbers[group],)
    )


def _letter(place: int) -> str:
    """a, b, …, z, then aa, ab, …"""
    more, last = divmod(place, len(_LETTERS))
    return (_letter(more - 1) if more else "") + _LETTERS[last]


def planned(one: Interruption, account: Account) -> bool:
    """Whether all that lies in the window of an interruption is announced maintenance, or time outside the hours."""
    window = account.window
    within = Span(start=max(one.first_bad, window.start), end=min(one.first_good or window.end, window.end))
    unasked = (s.span for s in account.segments if s.state in {State.MAINTENANCE, State.EXCLUDED})
    return sum(within.shared_ms(span) for span in unasked) == within.ms


def parts(account: Account) -> tuple[Part, ...]:
    """The five parts in whole seconds. Downtime rounds up, the others down; what is left over goes to the largest rest.

    So the printed parts add up to the window, also where it is not a whole number of seconds (its end is cut then).
    """
    exact = account.parts
    seconds = {state: ms // _SECOND for state, ms in exact.items()}
    seconds[State.DOWN] = -(-account.down_ms // _SECOND)
    left = -(-sum(exact.values()) // _SECOND) - sum(seconds.values())
    rests = sorted((s for s in exact if s is not State.DOWN), key=lambda s: -(exact[s] % _SECOND))
    for state in rests[: max(left, 0)]:
        seconds[state] += 1
    return tuple(Part(state=state, ms=exact[state], seconds=seconds[state]) for state in exact)
