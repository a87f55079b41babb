"""Duties of official letters and how they went; absences, acknowledgements, bounces; other channels than mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, and the columns that letters gain."""
    _duties()
    _people()
    _letters()


def _number() -> sa.Column[int]:
    return sa.Column("id", ID, nullable=False)


def _entered() -> tuple[sa.Column[int], sa.Column[str]]:
    return sa.Column("at", sa.BigInteger(), nullable=False), sa.Column("by", sa.Text(), nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


def _duties() -> None:
    op.create_table(
        "orders", _number(), *_texts("document", "dated", "issuer", "subject", "signer", "file_name", "file_sha256"),
        *_entered(), _key("orders"), sa.UniqueConstraint("document", "dated", "issuer", name="uq_orders_once"),
    )  # fmt: skip
    op.create_table(
        "duties", _number(), *_texts("key"), sa.Column("order", ID, nullable=False),
        *_texts("place", "title", "text", "agencies", "partners", "report_to", "due", "due_kind"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("every_months", "closing_day", "due_day")),
        _key("duties"), _refers("duties", "order", "orders"), sa.UniqueConstraint("key", name=op.f("uq_duties_key")),
    )  # fmt: skip
    op.create_table(
        "duty_dossiers", sa.Column("duty", ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False), *_texts("code", "unit"),
        _key("duty_dossiers", "duty", "place"), _refers("duty_dossiers", "duty", "duties"),
    )  # fmt: skip
    _index("duty_dossiers", "code")
    op.create_table(
        "duty_progress", _number(),
        *_texts("duty", "occasion", "agency", "kind", "document", "dated", "due", "text", "file_name", "file_sha256"),
        *_entered(), _key("duty_progress"),
    )  # fmt: skip
    _index("duty_progress", "duty")


def _people() -> None:
    op.create_table(
        "absences", _number(),
        *_texts("post", "reason", "since", "until", "substitute", "document", "dated"), *_entered(), _key("absences"),
    )  # fmt: skip
    _index("absences", "post")
    op.create_table(
        "absence_ends", sa.Column("absence", ID, nullable=False), *_texts("ended"), *_entered(),
        _key("absence_ends", "absence"), _refers("absence_ends", "absence", "absences"),
    )  # fmt: skip
    op.create_table(
        "acknowledgements", _number(), sa.Column("letter", ID, nullable=False),
        *_texts("person", "road"), *_entered(), _key("acknowledgements"),
        _refers("acknowledgements", "letter", "letters"),
        sa.UniqueConstraint("letter", "person", name="uq_acknowledgements_once"),
    )  # fmt: skip
    op.create_table(
        "bounces", _number(), sa.Column("letter", ID),
        *_texts("message_id", "recipient", "action", "status", "words", "sha256"),
        sa.Column("at", sa.BigInteger(), nullable=False), _key("bounces"), _refers("bounces", "letter", "letters"),
        sa.UniqueConstraint("sha256", name=op.f("uq_bounces_sha256")),
    )  # fmt: skip
    _index("bounces", "letter")


def _letters() -> None:
    op.create_table(
        "channel_tokens", *_texts("channel", "name", "value"), sa.Column("expires_at", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False), _key("channel_tokens", "channel", "name"),
    )  # fmt: skip
    op.add_column("letters", sa.Column("channel", sa.Text(), nullable=False, server_default="mail"))
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("instead_of", ID))
        table.create_foreign_key(op.f("fk_letters_instead_of_letters"), "letters", ["instead_of"], ["id"])
    _index("letters", "message_id")
    _index("letter_attempts", "at")
    op.add_column("tellings", sa.Column("reached", sa.BigInteger()))
