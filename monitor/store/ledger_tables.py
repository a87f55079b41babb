"""The tables of what people say and do about late dossiers; of polls, calendar changes, and who looked at what."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.core.explanation import DelayCause, Road
from monitor.core.finding import FindingKind
from monitor.core.measure import MeasureKind
from monitor.core.official_letter import DispatchKind
from monitor.store.schema import Id, Moment, Named, metadata


class PollState(StrEnum):
    """How far one poll of a source came."""

    RUNNING = "running"
    DONE = "done"
    CUT = "cut"  # ended at its deadline, or with the daemon; finished pages are kept and the next one goes on
    FAILED = "failed"


class Deed(StrEnum):
    """What somebody did with dossiers, for the access log."""

    SHOW = "show"
    LIST = "list"
    EXPORT = "export"
    ERASE = "erase"
    RECORD = "record"


def _delay() -> tuple[Column[int], Column[FindingKind], Column[str]]:
    """One lateness of one dossier."""
    return (
        Column("matter", BigInteger, nullable=False),
        Column("kind", Named(FindingKind), nullable=False),
        Column("episode", Text, nullable=False),
    )


def _entered() -> tuple[Column[object], Column[str]]:
    return Column("at", Moment, nullable=False), Column("by", Text, nullable=False)


polls = Table(
    "polls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("state", Named(PollState), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("since", Text, nullable=False),  # what the next poll asks from, once this one's pages are taken in
    Column("why", Text, nullable=False),
    Index(None, "source", "id"),
)

incoming_letters = Table(
    "incoming_letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    *_entered(),
    UniqueConstraint("agency", "document", "dated", name="uq_incoming_letters_once"),
)

dispatches = Table(
    "dispatches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Named(DispatchKind), nullable=False),
    Column("agency", Text, nullable=False),
    Column("drafted_at", Moment, nullable=False),
    Column("document", Text, nullable=False),  # empty, as the next four: not numbered yet
    Column("dated", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("recorded_at", Moment),
    Column("by", Text, nullable=False),
    Index(None, "agency"),
)

dispatch_items = Table(
    "dispatch_items",
    metadata,
    Column("dispatch", ForeignKey("dispatches.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    *_delay(),
    Index(None, "matter"),
)

explanation_requests = Table(
    "explanation_requests",
    metadata,
    Column("id", Id, primary_key=True),
    *_delay(),
    Column("agency", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due", Text, nullable=False),  # ISO date; empty: asked without a due day
    Column("dispatch", ForeignKey("dispatches.id")),
    UniqueConstraint("matter", "kind", "episode", "dispatch", name="uq_explanation_requests_once"),
    Index(None, "agency"),
)
_BY_A_DIGEST = explanation_requests.c.dispatch.is_(None)
Index(
    "uq_explanation_requests_by_a_digest", *(explanation_requests.c[name] for name in ("matter", "kind", "episode")),
    unique=True, sqlite_where=_BY_A_DIGEST, postgresql_where=_BY_A_DIGEST,
)  # fmt: skip

explanations = Table(
    "explanations",
    metadata,
    Column("id", Id, primary_key=True),
    *_delay(),
    Column("agency", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("cause", Named(DelayCause), nullable=False),
    Column("text", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("expected", Text, nullable=False),  # ISO date, or empty
    Column("road", Named(Road), nullable=False),
    Column("given_by", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("incoming", ForeignKey("incoming_letters.id")),
    Index(None, "matter", "kind", "episode"),
    Index(None, "at"),
)

apologies = Table(
    "apologies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter", BigInteger, nullable=False),
    Column("agency", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),
    Column("old", BigInteger, nullable=False),
    Column("new", BigInteger, nullable=False),
    Column("days_only", Integer, nullable=False),  # bit 0: old is a day alone; bit 1: new
    Column("reason", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("breach", Boolean, nullable=False),
    *_entered(),
    UniqueConstraint("matter", "document", "dated", name="uq_apologies_once"),
    Index(None, "at"),
)

# Tries at a second new appointment that were turned down, so that they can be raised.
refused_apologies = Table(
    "refused_apologies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter", BigInteger, nullable=False),
    *_entered(),
    Column("new", BigInteger, nullable=False),
    Index(None, "matter"),
)

measures = Table(
    "measures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("kind", Named(MeasureKind), nullable=False),
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),
    Column("text", Text, nullable=False),
    *_entered(),
    UniqueConstraint("agency", "unit", "document", "dated", name="uq_measures_once"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matter", BigInteger, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("service", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("first_bad", Moment, nullable=False),
    Column("document", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *_entered(),
    UniqueConstraint("matter", "target", "first_bad", name="uq_pauses_once"),
)

# One row a day changed; of several for a day the last holds. What the law's files say stays as it is.
calendar_changes = Table(
    "calendar_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("day", Text, nullable=False),  # ISO date, or a year alone: what was known of it before gives way
    Column("working", Boolean, nullable=False),
    Column("projected", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", Text, nullable=False),
    *_entered(),
    Index(None, "day"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Id, primary_key=True),
    *_entered(),
    Column("road", Text, nullable=False),  # command · page · link · api
    Column("deed", Named(Deed), nullable=False),
    Column("what", Text, nullable=False),
    Index(None, "at"),
)

# That a dossier was erased: it does not come back with the next export. The code itself is gone.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("code_digest", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *_entered(),
    UniqueConstraint("source", "code_digest", name="uq_erasures_once"),
)

# What stays of dossiers when their events have gone: how many there were, month by month.
dossier_totals = Table(
    "dossier_totals",
    metadata,
    Column("month", Text, primary_key=True),  # "2026-11", of reception
    Column("agency", Text, primary_key=True),
    Column("procedure", Text, primary_key=True),
    Column("received", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("on_time", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("received_late", Integer, nullable=False),
    Column("apologised", Integer, nullable=False),
    Column("explained", Integer, nullable=False),
)
