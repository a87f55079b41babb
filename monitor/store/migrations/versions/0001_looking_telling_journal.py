"""The first tables: looks and what they set in motion, letters, runs, the sealed journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _looking()
    _interruptions()
    _letters()
    _telling()


def _looking() -> None:
    op.create_table(
        "names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names")),
        sa.UniqueConstraint("name", name=op.f("uq_names_name")),
    )
    op.create_table(
        "looks",
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vantage_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_after", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("name_ms", sa.Integer()),
        sa.Column("connect_ms", sa.Integer()),
        sa.Column("tls_ms", sa.Integer()),
        sa.Column("first_byte_ms", sa.Integer()),
        sa.Column("total_ms", sa.Integer(), nullable=False),
        sa.Column("valid_for_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("target_id", "at", "vantage_id", name=op.f("pk_looks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "manual_checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("evidence_name", sa.Text()),
        sa.Column("evidence_sha256", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("personal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_checks")),
    )
    op.create_index(op.f("ix_manual_checks_service_at"), "manual_checks", ["service", "at"])
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_service_ends"), "notices", ["service", "ends"])
    op.create_table(
        "watches",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("last_good", sa.BigInteger()),
        sa.Column("first_bad", sa.BigInteger()),
        sa.Column("last_bad", sa.BigInteger()),
        sa.Column("failed_looks", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("target", name=op.f("pk_watches")),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )


def _interruptions() -> None:
    op.create_table(
        "interruptions",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("first_bad", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("last_good", sa.BigInteger()),
        sa.Column("last_bad", sa.BigInteger(), nullable=False),
        sa.Column("first_good", sa.BigInteger()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("failed_looks", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_seq", sa.Integer()),
        sa.PrimaryKeyConstraint("target", "first_bad", name=op.f("pk_interruptions")),
    )
    op.create_index(op.f("ix_interruptions_closed_at"), "interruptions", ["closed_at"])
    op.create_index(op.f("ix_interruptions_first_bad"), "interruptions", ["first_bad"])
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("personal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_table(
        "chains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
        sa.UniqueConstraint("name", name=op.f("uq_chains_name")),
    )
    op.create_table(
        "journal",
        sa.Column("chain_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "seq", name=op.f("pk_journal")),
        sqlite_with_rowid=False,
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger()),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_why", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger()),
        sa.Column("filed_at", sa.BigInteger()),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_names", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_letters_key")),
    )
    op.create_index(op.f("ix_letters_state_next_at"), "letters", ["state", "next_at"])
    op.create_index(
        "ix_letters_unfiled",
        "letters",
        ["id"],
        sqlite_where=sa.text("filed_at IS NULL"),
        postgresql_where=sa.text("filed_at IS NULL"),
    )
    op.create_table(
        "letter_attachments",
        sa.Column("letter", ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("cid", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_letter_attachments_letter_letters")),
        sa.PrimaryKeyConstraint("letter", "place", name=op.f("pk_letter_attachments")),
    )
    op.create_table(
        "letter_attempts",
        sa.Column("id", ID, nullable=False),
        sa.Column("letter", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_letter_attempts_letter_letters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_attempts")),
    )
    op.create_index(op.f("ix_letter_attempts_letter"), "letter_attempts", ["letter"])


def _telling() -> None:
    op.create_table(
        "tellings",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("episode", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("letter", ID),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_tellings_letter_letters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        sa.UniqueConstraint("subject", "key", "episode", "stage", "nth", "person", "live", name="uq_tellings_once"),
    )
    op.create_index(op.f("ix_tellings_letter"), "tellings", ["letter"])
    op.create_index(
        "ix_tellings_unlettered",
        "tellings",
        ["live", "urgency"],
        sqlite_where=sa.text("letter IS NULL AND settled = 0"),
        postgresql_where=sa.text("letter IS NULL AND NOT settled"),
    )
    op.create_table(
        "runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("job", "due", name=op.f("pk_runs")),
    )
