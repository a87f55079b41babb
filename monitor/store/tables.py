"""The tables of looking, telling and running; those of dossiers stand in `dossier_tables`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)

from monitor.core.ladder import SubjectKind
from monitor.core.look import Cause, Verdict
from monitor.core.message import Urgency
from monitor.store.schema import Id, Moment, Named, metadata
from monitor.store.states import LetterState, RunState

# A look is the row there are most of: what repeats in each (service, target, vantage) is a number here.
names = Table(
    "names", metadata, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False, unique=True)
)

# Ordered by target and time, as they are read; a second index would cost half as much again.
looks = Table(
    "looks",
    metadata,
    Column("target_id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("vantage_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),  # the link of the vantage's chain that seals it
    Column("service_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("received_after", Integer, nullable=False),  # ms since `at`
    Column("verdict", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("name_ms", Integer),
    Column("connect_ms", Integer),
    Column("tls_ms", Integer),
    Column("first_byte_ms", Integer),
    Column("total_ms", Integer, nullable=False),
    Column("valid_for_ms", BigInteger, nullable=False),
    Column("status", Integer),
    Column("size", BigInteger),
    Column("detail", Text, nullable=False),
    sqlite_with_rowid=False,
)

manual_checks = Table(
    "manual_checks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("verdict", Named(Verdict), nullable=False),
    Column("by", Text),  # who, what they wrote and the salt are erased together; the digest stays
    Column("note", Text),
    Column("evidence_name", Text),
    Column("evidence_sha256", Text, nullable=False),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    Index(None, "service", "at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("document", Text, nullable=False),
    Column("by", Text),  # who entered it; erased together with the salt. All three are empty where nobody was named
    Column("salt", LargeBinary),
    Column("personal", Text),
    Index(None, "service", "ends"),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text),  # may name a person: erased together with the salt
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    Index(None, "at"),
)

watches = Table(
    "watches",
    metadata,
    Column("target", Text, primary_key=True),
    Column("last_good", BigInteger),
    Column("first_bad", BigInteger),
    Column("last_bad", BigInteger),
    Column("failed_looks", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
)

marks = Table("marks", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

interruptions = Table(
    "interruptions",
    metadata,
    Column("target", Text, primary_key=True),
    Column("first_bad", Moment, primary_key=True),
    Column("service", Text, nullable=False),
    Column("last_good", Moment),
    Column("last_bad", Moment, nullable=False),
    Column("first_good", Moment),
    Column("cause", Named(Cause), nullable=False),
    Column("failed_looks", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_seq", Integer, nullable=False),
    Column("closed_at", Moment),
    Column("closed_seq", Integer),
    Index(None, "closed_at"),
    Index(None, "first_bad"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default="mail"),
    Column("instead_of", ForeignKey("letters.id")),  # it goes where that one could not arrive
    Column("live", Boolean, nullable=False),
    Column("state", Named(LetterState), nullable=False),
    Column("urgency", Named(Urgency), nullable=False),
    Column("slot", Moment),
    Column("made_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),  # when it may be tried; while it is being sent: when its lease ends
    Column("claimed_at", Moment),
    Column("maybe_sent", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_why", Text, nullable=False),
    Column("accepted_at", Moment),
    Column("filed_at", Moment),
    Column("date", Moment, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("to_address", Text, nullable=False),
    Column("to_names", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Index(None, "state", "next_at"),
    Index(None, "message_id"),
)
Index(
    "ix_letters_unfiled",
    letters.c.id,
    sqlite_where=letters.c.filed_at.is_(None),
    postgresql_where=letters.c.filed_at.is_(None),
)

letter_attachments = Table(
    "letter_attachments",
    metadata,
    Column("letter", ForeignKey("letters.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("cid", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# What became of each attempt; a letter's own row tells only the latest.
letter_attempts = Table(
    "letter_attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("letter", ForeignKey("letters.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", Named(LetterState), nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "letter"),
    Index(None, "at"),
)

tellings = Table(
    "tellings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subject", Named(SubjectKind), nullable=False),
    Column("key", Text, nullable=False),
    Column("episode", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("nth", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("urgency", Named(Urgency), nullable=False),
    Column("skipped", Text, nullable=False),
    Column("reached", Moment),  # when its stage came; empty for what was owed before this was kept
    Column("letter", ForeignKey("letters.id")),
    Column("settled", Boolean, nullable=False),  # it had nothing to say any more when its letter was written
    UniqueConstraint("subject", "key", "episode", "stage", "nth", "person", "live", name="uq_tellings_once"),
    Index(None, "letter"),
)
_UNLETTERED = and_(tellings.c.letter.is_(None), tellings.c.settled == false())
Index(
    "ix_tellings_unlettered",
    tellings.c.live,
    tellings.c.urgency,
    sqlite_where=_UNLETTERED,
    postgresql_where=_UNLETTERED,
)

runs = Table(
    "runs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("due", Moment, primary_key=True),
    Column("state", Named(RunState), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

# The newest link of each chain stands here too, so that a tail cut off is missed; its row is the chain's lock.
chains = Table(
    "chains",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("seq", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("chain_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
