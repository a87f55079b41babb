"""Bringing a database to this program's tables; a database of a newer program is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from monitor.store.engine import engine_of, writing
from monitor.store.refusal import StoreError

SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 0x7474_6863_0001
"""PostgreSQL's advisory lock while tables change; on SQLite the only writer is alone anyway."""


@cache
def newest() -> str:
    """The revision of this program's tables: migrations are numbered in the order they are run."""
    return max(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def migrate(engine: Engine) -> None:
    """Run what is missing, in one transaction; raise StoreError for a newer database, or one that is not ours."""
    with engine.connect() as db:
        if _current(db):
            return
    apart = engine_of(engine.url, migrating=True)
    try:
        with writing(apart) as db:
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if not _current(db):
                _upgrade(db)
    finally:
        apart.dispose()


def revision(db: Connection) -> str | None:
    """The revision a database stands at; None for an empty one; raise StoreError for one that is not ours."""
    tables = set(inspect(db).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StoreError("Cơ sở dữ liệu này không phải của chương trình: đặt DATABASE_URL tới một nơi trống")
        return None
    return str(db.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _current(db: Connection) -> bool:
    stands = revision(db)
    if stands is not None and stands > newest():
        raise StoreError(
            f"Cơ sở dữ liệu do phiên bản mới hơn của chương trình ghi (bảng {stands}, chương trình biết {newest()}):"
            " cài phiên bản mới, hoặc khôi phục bản sao lưu cũ bằng tthc restore TỆP"
        )
    return stands == newest()


def _upgrade(db: Connection) -> None:
    # Alembic takes half a second to import and 20 MiB to hold: only where there is something to run.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = db
    command.upgrade(config, "head")
