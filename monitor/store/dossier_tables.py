"""The tables of dossiers: files taken in, what each said of each dossier, and the projection of how all stand now."""

from __future__ import annotations

from enum import StrEnum

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
    text,
    true,
)

from monitor.store.schema import Id, Moment, Named, metadata


class ImportState(StrEnum):
    """How far a file has come; no reader sees what a file says before it is TAKEN."""

    LOADING = "loading"
    TAKEN = "taken"
    PROJECTED = "projected"
    FAILED = "failed"


imports = Table(
    "imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("manner", LargeBinary, nullable=False),  # a digest of the layouts: read otherwise, the same bytes are new
    Column("state", Named(ImportState), nullable=False),
    Column("at", Moment, nullable=False),
    Column("as_of", Moment, nullable=False),  # the moment its figures stand for
    Column("layout", Text, nullable=False),
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("older", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("set_aside", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("notes", Text, nullable=False),
    # Whether a gap in it may mean something; not so where a poll was cut short, or asked for changes only.
    Column("complete", Boolean, nullable=False, server_default=true()),
    Column("confirmed", LargeBinary),  # the numbers of the dossiers it told again as they were known
    Index(None, "source", "digest"),
    Index(None, "state"),
)

VISIBLE = imports.c.state.in_((ImportState.TAKEN, ImportState.PROJECTED))
"""Of the files taken in, those whose word readers see."""

# Rows set aside: their place and the reason, never their content.
bad_rows = Table(
    "bad_rows",
    metadata,
    Column("import_id", ForeignKey("imports.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("row", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# A dossier's number is given by the reader, so that thousands are written without asking for each.
dossiers = Table(
    "dossiers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    # Under which number all testimonies of it stand: its own, or that of the first one known of them.
    Column("matter", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("code", "source"),
)
_SHARED = dossiers.c.matter != dossiers.c.id
Index("ix_dossiers_shared_matter", dossiers.c.matter, sqlite_where=_SHARED, postgresql_where=_SHARED)

# What a file said of a dossier where it differed from what was known; never altered. Times are milliseconds as read.
versions = Table(
    "dossier_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dossier_id", ForeignKey("dossiers.id"), nullable=False),
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("procedure_name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("from_national_portal", Integer),
    Column("status", Text, nullable=False),
    Column("filed", BigInteger),
    Column("received", BigInteger),
    Column("appointment", BigInteger),
    Column("finished", BigInteger),
    Column("returned", BigInteger),
    Column("days_only", Integer, nullable=False),
    Column("receiving_unit", Text, nullable=False),
    Column("handling_unit", Text, nullable=False),
    Column("supplements", Text, nullable=False),
    Column("refused", BigInteger),
    Column("officer", Text, nullable=False, server_default=text("''")),  # empty unless the source may keep officers
    Column("other_code", Text, nullable=False, server_default=text("''")),
    Index(None, "dossier_id", "id"),
    Index(None, "import_id", "id"),
)

# A step of a dossier's way through the units; what was told again is not written again.
steps = Table(
    "dossier_steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dossier_id", ForeignKey("dossiers.id"), nullable=False),
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("status", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("officer", Text, nullable=False),
    UniqueConstraint("dossier_id", "at", "raw", name="uq_dossier_steps_once"),
    Index(None, "import_id"),
)

# That two codes, each of its own source, are one dossier; said by a file, or by a named person.
code_aliases = Table(
    "code_aliases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("other_source", Text, nullable=False),  # empty: whichever source knows the other code
    Column("other_code", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # empty: a file said so
    UniqueConstraint("source", "code", "other_source", "other_code", name="uq_code_aliases_once"),
    Index(None, "other_code"),
)

# Disposable: everything here follows from the facts, the law and the register, and can be built anew.
now = Table(
    "dossier_now",
    metadata,
    Column("dossier_id", ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("version_id", BigInteger, nullable=False),
    Column("basis", Text, nullable=False),  # a digest of the law and the register it was worked out with
    # Of the testimonies of one dossier, the one whose clocks count.
    Column("lead", Boolean, nullable=False, server_default=true()),
    Column("as_of", Moment, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("receiving_agency", Text, nullable=False),
    Column("handling_agency", Text, nullable=False),
    Column("agency", Text, nullable=False),  # whose turn it is
    Column("standing", Text, nullable=False),
    Column("due", BigInteger),
    Column("reception_agency", Text, nullable=False),
    Column("reception_standing", Text, nullable=False),
    Column("reception_due", BigInteger),
    Column("result_agency", Text, nullable=False),
    Column("result_standing", Text, nullable=False),
    Column("result_due", BigInteger),
    Column("due_days_only", Integer, nullable=False),  # bit 0: reception_due is a day alone; bit 1: result_due
    Column("noted", Text, nullable=False),  # the kinds of findings a person must look at, joined by spaces
    Column("owing_from", BigInteger),  # the earliest due there may be something to tell of; empty where nothing is
    Column("next_change_at", BigInteger),
    Column("paused_on", BigInteger),  # the day it was paused or stopped on, where that is the day it was due
    Index(None, "basis"),
    Index(None, "next_change_at"),
    Index(None, "owing_from"),
    postgresql_with={"fillfactor": 50},  # told again, only `as_of` changes: with room on the page no index is touched
)


_NOTED, _PAUSED = now.c.noted != "", now.c.paused_on.is_not(None)
Index("ix_dossier_now_noted", now.c.agency, now.c.noted, sqlite_where=_NOTED, postgresql_where=_NOTED)
Index("ix_dossier_now_paused_on", now.c.paused_on, sqlite_where=_PAUSED, postgresql_where=_PAUSED)


def _open_only(name: str, *columns: str) -> None:
    where = now.c.open == true()
    Index(name, *(now.c[column] for column in columns), sqlite_where=where, postgresql_where=where)


_open_only("ix_dossier_now_open_reception", "reception_agency", "reception_standing")
_open_only("ix_dossier_now_open_result", "result_agency", "result_standing")
_open_only("ix_dossier_now_open_due", "due")
