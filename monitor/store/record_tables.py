"""The tables of what stands beside the looks: panels and exhibits, what people say, what is published, our own life."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from monitor.core.attribution import Fault
from monitor.core.drill import Outcome
from monitor.core.remark import RemarkKind, Ruling
from monitor.core.suspicion import Finding, SuspicionKind
from monitor.store.schema import Id, Moment, Named, metadata


def _of_look() -> tuple[Column[int], ...]:
    """The look that a row stands beside, and the link of the vantage's chain that seals both."""
    return (
        Column("target_id", Integer, primary_key=True, autoincrement=False),
        Column("at", BigInteger, primary_key=True, autoincrement=False),
        Column("vantage_id", Integer, primary_key=True, autoincrement=False),
        Column("seq", Integer, nullable=False),
    )


panels = Table(
    "panels",
    metadata,
    *_of_look(),
    Column("fault", Named(Fault), nullable=False),
    Column("rule", Text, nullable=False),
    Column("clock_offset_ms", Integer),
    Column("showings", Text, nullable=False),  # JSON: [[part, shown, ms, detail], …]
    Index(None, "vantage_id", "seq"),
)

exhibits = Table(
    "exhibits",
    metadata,
    *_of_look(),
    Column("digest", Text, nullable=False),
    Index(None, "vantage_id", "seq"),
    Index(None, "digest"),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("first_bad", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Named(RemarkKind), nullable=False),
    Column("document", Text, nullable=False),
    Column("dated", Text, nullable=False),  # ISO date, or empty
    Column("ruling", Named(Ruling)),
    Column("answers", ForeignKey("remarks.id")),
    Column("file_sha256", Text, nullable=False),
    Column("text", Text),  # text, name and file name are erased together with the salt; the digest stays
    Column("by", Text),
    Column("file_name", Text),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    Index(None, "target", "first_bad"),
)

suspicions = Table(
    "suspicions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("kind", Named(SuspicionKind), nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment),
    Column("entered_at", Moment, nullable=False),
    Column("key", Text, unique=True),
    Column("text", Text),
    Column("by", Text),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    Index(None, "service", "starts"),
)

suspicion_rulings = Table(
    "suspicion_rulings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("suspicion", ForeignKey("suspicions.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("found", Named(Finding), nullable=False),
    Column("reason", Text),
    Column("by", Text),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    Index(None, "suspicion"),
)

# A notice taken back stays where it is; that it was is another fact.
notice_withdrawals = Table(
    "notice_withdrawals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("notice", ForeignKey("notices.id"), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("reason", Text),
    Column("by", Text),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
)

# The tokens of forms handed in lately: no form writes twice.
submissions = Table(
    "submissions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)

# What was published stays as it was published; a restatement is the next edition and says why.
publications = Table(
    "publications",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("method", Text, nullable=False),
    Column("method_sha256", Text, nullable=False),
    Column("basis", Text, nullable=False),  # canonical JSON: what the figures rest on besides the looks
    Column("figures", Text, nullable=False),  # canonical JSON
    Column("heads", Text, nullable=False),  # canonical JSON: [[chain, seq, digest], …], the journal's cut
    Column("documents", Text, nullable=False),  # canonical JSON: {file name: sha256}
    Column("reason", Text),  # of a restatement; erased with name and salt
    Column("by", Text),
    Column("salt", LargeBinary),
    Column("personal", Text, nullable=False),
    UniqueConstraint("service", "kind", "period", "edition", name="uq_publications_edition"),
)

# The day's heads under a key that the database does not hold.
signatures = Table(
    "signatures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("day", Text, nullable=False),
    Column("key", Text, nullable=False),  # the public key, hexadecimal
    Column("made_at", Moment, nullable=False),
    Column("heads", Text, nullable=False),  # canonical JSON: [[chain, seq, digest], …]
    Column("signature", Text, nullable=False),  # hexadecimal
    UniqueConstraint("day", "key", name="uq_signatures_day"),
)

# One row a stretch in which the daemon lived; `last` moves while it does.
beats = Table(
    "beats",
    metadata,
    Column("began", Moment, primary_key=True),
    Column("last", Moment, nullable=False),
    Column("ended", Text, nullable=False),  # why it ended; empty while it lives, or where it was not told
)

# A drill is one weekly test with a page known to be down, from failure to accepted letter.
drills = Table(
    "drills",
    metadata,
    Column("began", Moment, primary_key=True),
    Column("detected_at", Moment),
    Column("told_at", Moment),
    Column("accepted_at", Moment),
    Column("restored_at", Moment),
    Column("recovered_at", Moment),
    Column("recovery_told_at", Moment),
    Column("recovery_accepted_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", Named(Outcome), nullable=False),
)
