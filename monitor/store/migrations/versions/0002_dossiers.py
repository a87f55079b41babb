"""Files taken in, what each said of each dossier, and the projection of how all stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _imports()
    _dossiers()
    _now()


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("manner", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("older", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_source_digest"), "imports", ["source", "digest"], unique=False)
    op.create_index(op.f("ix_imports_state"), "imports", ["state"], unique=False)
    op.create_table(
        "bad_rows",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_bad_rows_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "place", name=op.f("pk_bad_rows")),
    )


def _dossiers() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_dossiers_import_id_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", "source", name=op.f("uq_dossiers_code_source")),
    )
    op.create_table(
        "dossier_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("procedure_name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("from_national_portal", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("filed", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("appointment", sa.BigInteger(), nullable=True),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("returned", sa.BigInteger(), nullable=True),
        sa.Column("days_only", sa.Integer(), nullable=False),
        sa.Column("receiving_unit", sa.Text(), nullable=False),
        sa.Column("handling_unit", sa.Text(), nullable=False),
        sa.Column("supplements", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_versions_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_dossier_versions_import_id_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_versions")),
    )
    op.create_index(op.f("ix_dossier_versions_dossier_id_id"), "dossier_versions", ["dossier_id", "id"], unique=False)
    op.create_index(op.f("ix_dossier_versions_import_id_id"), "dossier_versions", ["import_id", "id"], unique=False)


def _now() -> None:
    op.create_table(
        "dossier_now",
        sa.Column("dossier_id", ID, autoincrement=False, nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("receiving_agency", sa.Text(), nullable=False),
        sa.Column("handling_agency", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("reception_agency", sa.Text(), nullable=False),
        sa.Column("reception_standing", sa.Text(), nullable=False),
        sa.Column("reception_due", sa.BigInteger(), nullable=True),
        sa.Column("result_agency", sa.Text(), nullable=False),
        sa.Column("result_standing", sa.Text(), nullable=False),
        sa.Column("result_due", sa.BigInteger(), nullable=True),
        sa.Column("due_days_only", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Text(), nullable=False),
        sa.Column("owing_from", sa.BigInteger(), nullable=True),
        sa.Column("next_change_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_now_dossier_id_dossiers")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_now")),
    )
    op.create_index(op.f("ix_dossier_now_basis"), "dossier_now", ["basis"], unique=False)
    op.create_index(op.f("ix_dossier_now_next_change_at"), "dossier_now", ["next_change_at"], unique=False)
    op.create_index(
        "ix_dossier_now_open_due",
        "dossier_now",
        ["due"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open = true"),
    )
    op.create_index(
        "ix_dossier_now_open_reception",
        "dossier_now",
        ["reception_agency", "reception_standing"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open = true"),
    )
    op.create_index(
        "ix_dossier_now_open_result",
        "dossier_now",
        ["result_agency", "result_standing"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open = true"),
    )
    op.create_index(op.f("ix_dossier_now_owing_from"), "dossier_now", ["owing_from"], unique=False)
