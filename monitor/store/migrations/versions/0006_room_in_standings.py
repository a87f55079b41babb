"""Room in each page of the standings: nearly all are told again each day, which changes their figures' moment alone."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Leave half of each page free on PostgreSQL, so that a changed row stays on its page and no index is touched."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE dossier_now SET (fillfactor = 50)")
