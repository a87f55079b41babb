"""Panels and exhibits beside looks, what people say, what is published, signatures, the monitor's own life."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _beside_looks()
    _remarks()
    _suspicions()
    _forms()
    _published()
    _own_life()


def _number() -> list[sa.Column[int]]:
    return [sa.Column("id", ID, nullable=False), sa.Column("seq", sa.Integer(), nullable=False)]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _erasable(*names: str) -> list[sa.Column[Any]]:
    return [
        *_texts(*names, nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("personal", sa.Text(), nullable=False),
    ]


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _beside_looks() -> None:
    for table, columns in (
        (
            "panels",
            [
                *_texts("fault", "rule"),
                sa.Column("clock_offset_ms", sa.Integer(), nullable=True),
                *_texts("showings"),
            ],
        ),
        ("exhibits", _texts("digest")),
    ):
        op.create_table(
            table,
            sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("vantage_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("seq", sa.Integer(), nullable=False),
            *columns,
            sa.PrimaryKeyConstraint("target_id", "at", "vantage_id", name=op.f(f"pk_{table}")),
        )
        _index(table, "vantage_id", "seq")
    _index("exhibits", "digest")


def _remarks() -> None:
    op.create_table(
        "remarks",
        *_number(),
        *_texts("service", "target"),
        *_moments("first_bad", "at"),
        *_texts("kind", "document", "dated"),
        *_texts("ruling", nullable=True),
        sa.Column("answers", ID, nullable=True),
        *_texts("file_sha256"),
        *_erasable("text", "by", "file_name"),
        sa.ForeignKeyConstraint(["answers"], ["remarks.id"], name=op.f("fk_remarks_answers_remarks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    _index("remarks", "target", "first_bad")


def _suspicions() -> None:
    op.create_table(
        "suspicions",
        *_number(),
        *_texts("service", "kind"),
        *_moments("starts"),
        *_moments("ends", nullable=True),
        *_moments("entered_at"),
        *_texts("key", nullable=True),
        *_erasable("text", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspicions")),
        sa.UniqueConstraint("key", name=op.f("uq_suspicions_key")),
    )
    _index("suspicions", "service", "starts")
    op.create_table(
        "suspicion_rulings",
        *_number(),
        sa.Column("suspicion", ID, nullable=False),
        *_moments("at"),
        *_texts("found"),
        *_erasable("reason", "by"),
        sa.ForeignKeyConstraint(
            ["suspicion"], ["suspicions.id"], name=op.f("fk_suspicion_rulings_suspicion_suspicions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspicion_rulings")),
    )
    _index("suspicion_rulings", "suspicion")


def _forms() -> None:
    for column in (sa.Column("by", sa.Text()), sa.Column("salt", sa.LargeBinary()), sa.Column("personal", sa.Text())):
        op.add_column("notices", column)
    op.create_table(
        "notice_withdrawals",
        *_number(),
        sa.Column("notice", ID, nullable=False),
        *_moments("at"),
        *_erasable("reason", "by"),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_notice_withdrawals_notice_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_withdrawals")),
        sa.UniqueConstraint("notice", name=op.f("uq_notice_withdrawals_notice")),
    )
    op.create_table(
        "submissions",
        *_texts("token"),
        *_moments("at"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_submissions")),
    )


def _published() -> None:
    op.create_table(
        "publications",
        *_number(),
        *_texts("service", "kind", "period"),
        sa.Column("edition", sa.Integer(), nullable=False),
        *_moments("starts", "ends", "published_at"),
        *_texts("method", "method_sha256", "basis", "figures", "heads", "documents"),
        *_erasable("reason", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("service", "kind", "period", "edition", name="uq_publications_edition"),
    )
    op.create_table(
        "signatures",
        sa.Column("id", ID, nullable=False),
        *_texts("day", "key"),
        *_moments("made_at"),
        *_texts("heads", "signature"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("day", "key", name="uq_signatures_day"),
    )


def _own_life() -> None:
    op.create_table(
        "beats",
        *_moments("began", "last"),
        *_texts("ended"),
        sa.PrimaryKeyConstraint("began", name=op.f("pk_beats")),
    )
    op.create_table(
        "drills",
        *_moments("began"),
        *_moments("detected_at", "told_at", "accepted_at", nullable=True),
        *_moments("restored_at", "recovered_at", "recovery_told_at", "recovery_accepted_at", nullable=True),
        *_moments("ended_at", nullable=True),
        *_texts("outcome"),
        sa.PrimaryKeyConstraint("began", name=op.f("pk_drills")),
    )
