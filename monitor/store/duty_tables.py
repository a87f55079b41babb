"""The tables of official letters that give duties, and of how the duties went; of people, acknowledgements, bounces."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.core.absence import AbsenceReason
from monitor.core.bounce import BounceAction
from monitor.core.obligation import DueKind
from monitor.core.progress import ProgressKind
from monitor.store.schema import Id, Moment, Named, metadata

_AT, _BY = "at", "by"

# Official letters that give duties, as a named person confirmed them.
orders = Table(
    "orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("document", Text, nullable=False),  # số, ký hiệu
    Column("dated", Text, nullable=False),  # ISO date
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),  # trích yếu
    Column("signer", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column(_AT, Moment, nullable=False),
    Column(_BY, Text, nullable=False),
    UniqueConstraint("document", "dated", "issuer", name="uq_orders_once"),
)

duties = Table(
    "duties",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("order", ForeignKey("orders.id"), nullable=False),
    Column("place", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("agencies", Text, nullable=False),  # JSON list of keys, as the next
    Column("partners", Text, nullable=False),
    Column("report_to", Text, nullable=False),
    Column("due", Text, nullable=False),  # ISO date as printed, or empty
    Column("due_kind", Named(DueKind), nullable=False),
    Column("every_months", Integer, nullable=False),  # 0: once
    Column("closing_day", Integer, nullable=False),
    Column("due_day", Integer, nullable=False),
)

# The dossiers that a superior's appendix lists under a duty.
duty_dossiers = Table(
    "duty_dossiers",
    metadata,
    Column("duty", ForeignKey("duties.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("unit", Text, nullable=False),  # as the appendix prints it
    Index(None, "code"),
)

# What happened to a duty, of the register or of an order, by its key; never altered.
duty_progress = Table(
    "duty_progress",
    metadata,
    Column("id", Id, primary_key=True),
    Column("duty", Text, nullable=False),
    Column("occasion", Text, nullable=False),  # ISO date on which its period ends; empty for one that comes once
    Column("agency", Text, nullable=False),
    Column("kind", Named(ProgressKind), nullable=False),
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),
    Column("due", Text, nullable=False),  # ISO date that was allowed instead, or empty
    Column("text", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column(_AT, Moment, nullable=False),
    Column(_BY, Text, nullable=False),
    Index(None, "duty"),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("post", Text, nullable=False),
    Column("reason", Named(AbsenceReason), nullable=False),
    Column("since", Text, nullable=False),  # ISO dates, both within
    Column("until", Text, nullable=False),
    Column("substitute", Text, nullable=False),  # key of a post; empty: the usual deputy
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),
    Column(_AT, Moment, nullable=False),
    Column(_BY, Text, nullable=False),
    Index(None, "post"),
)

# An absence that ended sooner than it was to; the row of it stays.
absence_ends = Table(
    "absence_ends",
    metadata,
    Column("absence", ForeignKey("absences.id"), primary_key=True),
    Column("ended", Text, nullable=False),  # ISO date of the last day of absence; before its first: it never was
    Column(_AT, Moment, nullable=False),
    Column(_BY, Text, nullable=False),
)

# A button that a person pressed: it stops repeats to that post only.
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("letter", ForeignKey("letters.id"), nullable=False),
    Column("person", Text, nullable=False),  # key of a post
    Column("road", Text, nullable=False),  # link · command
    Column(_AT, Moment, nullable=False),
    Column(_BY, Text, nullable=False),
    UniqueConstraint("letter", "person", name="uq_acknowledgements_once"),
)

# Notices of non-delivery that came back.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("letter", ForeignKey("letters.id")),  # empty: of no letter of ours that is known
    Column("message_id", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("action", Named(BounceAction), nullable=False),
    Column("status", Text, nullable=False),  # e.g. 5.1.1
    Column("words", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),  # of the notice: it is taken in once
    Column(_AT, Moment, nullable=False),
    Index(None, "letter"),
)

# Tokens of channels that give a new one for each used; the next is kept before it is used.
channel_tokens = Table(
    "channel_tokens",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires_at", Moment),
    Column(_AT, Moment, nullable=False),
)
