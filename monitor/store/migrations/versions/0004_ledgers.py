"""Testimonies, steps and aliases of dossiers; polls; what people say and do about late ones; calendar changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, and the columns that dossiers gain."""
    _dossiers()
    _ways()
    _polls()
    _letters()
    _explanations()
    _beside()
    _keeping()


def _number() -> sa.Column[int]:
    return sa.Column("id", ID, nullable=False)


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _delay() -> list[sa.Column[object]]:
    return [*_moments("matter"), *_texts("kind", "episode")]  # type: ignore[list-item]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


def _dossiers() -> None:
    op.add_column("imports", sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("dossiers", sa.Column("matter", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE dossiers SET matter = id")
    shared = sa.text("matter != id")
    op.create_index(
        "ix_dossiers_shared_matter", "dossiers", ["matter"], unique=False, sqlite_where=shared, postgresql_where=shared
    )
    op.add_column("dossier_versions", sa.Column("refused", sa.BigInteger(), nullable=True))
    op.add_column("dossier_versions", sa.Column("officer", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("dossier_versions", sa.Column("other_code", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("dossier_now", sa.Column("lead", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("dossier_now", sa.Column("paused_on", sa.BigInteger(), nullable=True))
    some, paused = sa.text("noted != ''"), sa.text("paused_on IS NOT NULL")
    op.create_index(
        "ix_dossier_now_noted",
        "dossier_now",
        ["agency", "noted"],
        unique=False,
        sqlite_where=some,
        postgresql_where=some,
    )
    op.create_index(
        "ix_dossier_now_paused_on", "dossier_now", ["paused_on"], unique=False, sqlite_where=paused,
        postgresql_where=paused,
    )  # fmt: skip


def _ways() -> None:
    op.create_table(
        "dossier_steps",
        _number(),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        *_moments("at"),
        *_moments("due", nullable=True),
        *_texts("status", "unit", "role", "officer"),
        _refers("dossier_steps", "dossier_id", "dossiers"),
        _refers("dossier_steps", "import_id", "imports"),
        _key("dossier_steps"),
        sa.UniqueConstraint("dossier_id", "at", "raw", name="uq_dossier_steps_once"),
    )
    _index("dossier_steps", "import_id")
    op.create_table(
        "code_aliases",
        _number(),
        *_texts("source", "code", "other_source", "other_code"),
        *_moments("at"),
        *_texts("by"),
        _key("code_aliases"),
        sa.UniqueConstraint("source", "code", "other_source", "other_code", name="uq_code_aliases_once"),
    )
    _index("code_aliases", "other_code")


def _polls() -> None:
    op.create_table(
        "polls",
        _number(),
        *_texts("source"),
        *_moments("begun_at"),
        *_moments("ended_at", nullable=True),
        *_texts("state"),
        *_integers("pages", "records"),
        *_texts("since", "why"),
        _key("polls"),
    )
    _index("polls", "source", "id")


def _letters() -> None:
    op.create_table(
        "incoming_letters",
        _number(),
        *_texts("agency", "document", "dated", "signer", "file_sha256", "file_name"),
        *_moments("at"),
        *_texts("by"),
        _key("incoming_letters"),
        sa.UniqueConstraint("agency", "document", "dated", name="uq_incoming_letters_once"),
    )
    op.create_table(
        "dispatches",
        _number(),
        *_texts("kind", "agency"),
        *_moments("drafted_at"),
        *_texts("document", "dated", "signer"),
        *_moments("recorded_at", nullable=True),
        *_texts("by"),
        _key("dispatches"),
    )
    _index("dispatches", "agency")
    op.create_table(
        "dispatch_items",
        sa.Column("dispatch", ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        *_delay(),
        _refers("dispatch_items", "dispatch", "dispatches"),
        _key("dispatch_items", "dispatch", "place"),
    )
    _index("dispatch_items", "matter")


def _explanations() -> None:
    op.create_table(
        "explanation_requests",
        _number(),
        *_delay(),
        *_texts("agency"),
        *_moments("asked_at"),
        *_texts("due"),
        sa.Column("dispatch", ID, nullable=True),
        _refers("explanation_requests", "dispatch", "dispatches"),
        _key("explanation_requests"),
        sa.UniqueConstraint("matter", "kind", "episode", "dispatch", name="uq_explanation_requests_once"),
    )
    by_a_digest = sa.text("dispatch IS NULL")
    op.create_index(
        "uq_explanation_requests_by_a_digest", "explanation_requests", ["matter", "kind", "episode"],
        unique=True, sqlite_where=by_a_digest, postgresql_where=by_a_digest,
    )  # fmt: skip
    _index("explanation_requests", "agency")
    op.create_table(
        "explanations",
        _number(),
        *_delay(),
        *_texts("agency"),
        *_moments("at"),
        *_texts("cause", "text", "remedy", "expected", "road", "given_by", "entered_by"),
        sa.Column("incoming", ID, nullable=True),
        _refers("explanations", "incoming", "incoming_letters"),
        _key("explanations"),
    )
    _index("explanations", "matter", "kind", "episode")
    _index("explanations", "at")


def _beside() -> None:
    op.create_table(
        "apologies",
        _number(),
        *_moments("matter"),
        *_texts("agency", "document", "dated"),
        *_moments("old", "new"),
        *_integers("days_only"),
        *_texts("reason", "signer", "file_sha256"),
        sa.Column("breach", sa.Boolean(), nullable=False),
        *_moments("at"),
        *_texts("by"),
        _key("apologies"),
        sa.UniqueConstraint("matter", "document", "dated", name="uq_apologies_once"),
    )
    _index("apologies", "at")
    op.create_table(
        "refused_apologies", _number(), *_moments("matter", "at"), *_texts("by"), *_moments("new"),
        _key("refused_apologies"),
    )  # fmt: skip
    _index("refused_apologies", "matter")
    op.create_table(
        "measures",
        _number(),
        *_texts("agency", "unit", "kind", "document", "dated", "text"),
        *_moments("at"),
        *_texts("by"),
        _key("measures"),
        sa.UniqueConstraint("agency", "unit", "document", "dated", name="uq_measures_once"),
    )
    op.create_table(
        "pauses",
        _number(),
        *_moments("matter", "starts", "ends"),
        *_texts("service", "target"),
        *_moments("first_bad"),
        *_texts("document", "reason"),
        *_moments("at"),
        *_texts("by"),
        _key("pauses"),
        sa.UniqueConstraint("matter", "target", "first_bad", name="uq_pauses_once"),
    )
    op.create_table(
        "calendar_changes",
        _number(),
        *_texts("day"),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("projected", sa.Boolean(), nullable=False),
        *_texts("title", "document"),
        *_moments("at"),
        *_texts("by"),
        _key("calendar_changes"),
    )
    _index("calendar_changes", "day")


def _keeping() -> None:
    op.create_table("access_log", _number(), *_moments("at"), *_texts("by", "road", "deed", "what"), _key("access_log"))
    _index("access_log", "at")
    op.create_table(
        "erasures",
        _number(),
        *_texts("source", "code_digest", "reason"),
        *_moments("at"),
        *_texts("by"),
        _key("erasures"),
        sa.UniqueConstraint("source", "code_digest", name="uq_erasures_once"),
    )
    op.create_table(
        "dossier_totals",
        *_texts("month", "agency", "procedure"),
        *_integers("received", "finished", "on_time", "late", "received_late", "apologised", "explained"),
        _key("dossier_totals", "month", "agency", "procedure"),
    )
