"""What one reader is told of duties: theirs to do, or others' to press, with what was told of them before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.core.obligation import DueKind, DutyState, Obligation
from monitor.core.progress import Progress
from monitor.reports.duties import PartNow
from monitor.reports.duty_dossiers import Tally

SHOWN = 25
"""So many agencies of one duty stand in the letter itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """On which days a post, by its title, was told."""

    title: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One agency's part; `history` is empty for those whose own part it is. `obstacles` stand in its way."""

    agency: str
    now: PartNow
    history: tuple[Told, ...] = ()
    skipped: tuple[str, ...] = ()
    obstacles: tuple[Progress, ...] = ()
    reminded: bool = True

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.reminded and self.now.state is DutyState.LATE

    @property
    def today(self) -> bool:
        """Whether this is the last working day in time."""
        return self.reminded and not self.late and self.now.days == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One duty and the parts of it that a reader is told of; `own`: the reader's agency has to do it.

    `ours`: that agency is the Centre itself. `beyond`: it is told to those above, since neither the agency nor the
    Centre brought it about.
    """

    duty: Obligation
    report_to: str
    lines: tuple[Line, ...]
    own: bool
    ours: bool
    beyond: bool
    listed: Tally | None = None

    @property
    def shown(self) -> tuple[Line, ...]:
        """What stands in the letter itself."""
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        """How many do not."""
        return max(0, len(self.lines) - SHOWN)

    @property
    def before(self) -> bool:
        """Whether the letter says "trước ngày"."""
        return self.duty.due_kind is DueKind.BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasked:
    """All that one reader is told of duties, the earliest day first."""

    tasks: tuple[Task, ...]

    @property
    def late(self) -> int:
        """How many of the duties are late, at whatever agency."""
        return sum(any(line.late for line in task.lines) for task in self.tasks)

    @property
    def near(self) -> int:
        """How many are not, and are reminded of."""
        return sum(
            any(line.reminded for line in task.lines) and not any(line.late for line in task.lines)
            for task in self.tasks
        )

    @property
    def due(self) -> date | None:
        """The earliest last working day that has not passed."""
        days = [line.now.last for task in self.tasks for line in task.lines if line.reminded and not line.late]
        return min((day for day in days if day), default=None)

    @property
    def obstacles(self) -> int:
        """How many obstacles there are."""
        return sum(len(line.obstacles) for task in self.tasks for line in task.lines)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Whose parts they are."""
        return tuple(dict.fromkeys(line.agency for task in self.tasks for line in task.lines))

    @property
    def late_agencies(self) -> frozenset[str]:
        """Whose parts are late."""
        return frozenset(line.agency for task in self.tasks for line in task.lines if line.late)

    @property
    def owners(self) -> tuple[str, ...]:
        """The agencies for the subject of a letter: of the reader's own parts, else of all."""
        own = tuple(dict.fromkeys(line.agency for task in self.tasks if task.own for line in task.lines))
        return own or self.agencies

    @property
    def own(self) -> bool:
        """Whether any of it is the reader's to do."""
        return any(task.own for task in self.tasks)

    @property
    def beyond(self) -> bool:
        """Whether any of it is told to those above because nobody below brought it about."""
        return any(task.beyond for task in self.tasks)


def merged(lines: Mapping[tuple[str, bool, bool], Task]) -> Tasked:
    """The tasks in order: late ones first, then by their day."""
    ordered = sorted(lines.values(), key=_order)
    return Tasked(tasks=tuple(replace(task, lines=tuple(sorted(task.lines, key=_line_order))) for task in ordered))


def _order(task: Task) -> tuple[bool, date, str]:
    days = [line.now.part.due for line in task.lines if line.now.part.due]
    return not any(line.late for line in task.lines), min(days, default=date.max), task.duty.key


def _line_order(line: Line) -> tuple[bool, date, str]:
    return not line.late, line.now.part.due or date.max, line.agency


__all__ = ["Line", "Task", "Tasked", "Told", "merged"]
