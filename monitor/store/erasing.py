"""Every row that leads to one dossier: found first, then removed or blotted out in one short transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, or_, select, update

from monitor.core.blot import Blot
from monitor.core.ladder import SubjectKind
from monitor.store import duty_tables, erasures, leaving, letters, packed, projection, record_tables
from monitor.store import ledger_tables as ledgers
from monitor.store import tables as ground
from monitor.store.dossier_tables import bad_rows, code_aliases, dossiers, imports, steps, versions
from monitor.store.matters import ids_of
from monitor.store.states import LetterState

FACTS: Mapping[str, Table] = {
    table.name: table
    for table in (
        ledgers.explanations, ledgers.explanation_requests, ledgers.apologies, ledgers.refused_apologies,
        ledgers.pauses, ledgers.dispatch_items,
    )
}  # fmt: skip
"""What people recorded of a dossier, by the number of its matter."""
TEXTS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (bad_rows, ("code", "reason")),
    (imports, ("name", "notes", "why")),
    (versions, ("other_code",)),
    (ledgers.explanations, ("text", "remedy")),
    (ledgers.apologies, ("reason",)),
    (ledgers.measures, ("text",)),
    (ledgers.pauses, ("reason",)),
    (ledgers.polls, ("why",)),
    (ledgers.access_log, ("what",)),
    (duty_tables.duties, ("title", "text")),
    (duty_tables.duty_dossiers, ("code",)),
    (duty_tables.duty_progress, ("text",)),
    (ground.letters, ("subject", "text", "html", "last_why")),
    (ground.letter_attempts, ("words",)),
)
"""Where a text may name a dossier: the code is blotted out of it."""
_R = record_tables
SEALED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (ground.manual_checks, ("by", "note", "evidence_name")),
    (ground.events, ("detail",)),
    (_R.remarks, ("text", "by", "file_name")),
    (_R.suspicions, ("text", "by")),
    (_R.suspicion_rulings, ("reason", "by")),
    (_R.notice_withdrawals, ("reason", "by")),
    (_R.publications, ("reason", "by")),
)
"""Sealed words, of which a part cannot be taken: all of a row's go together with their salt, their digest stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One dossier as one source knows it."""

    number: int
    source: str
    code: str
    matter: int


@dataclass(slots=True, kw_only=True)
class Found:
    """What there is of a dossier; `whole` where all its testimonies go, and what people recorded with them."""

    codes: frozenset[str]
    testimonies: tuple[Testimony, ...]
    survivors: tuple[int, ...] = ()
    numbers: frozenset[int] = frozenset()
    facts: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    texts: list[tuple[Table, tuple[Any, ...], dict[str, str]]] = field(default_factory=list)
    sealed: list[tuple[Table, int]] = field(default_factory=list)
    tellings: tuple[int, ...] = ()
    letters: dict[int, LetterState] = field(default_factory=dict)
    attachments: list[tuple[int, int]] = field(default_factory=list)
    files: frozenset[bytes] = frozenset()
    kept_files: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether no testimony of it stays."""
        return not self.survivors

    @property
    def nothing(self) -> bool:
        """Whether no row leads to it."""
        return not (self.testimonies or self.texts or self.sealed or self.letters)


def witnesses(db: Connection, code: str, source: str = "") -> tuple[Testimony, ...]:
    """Those that know a dossier by this code, visible or not; without a source, all of its matter."""
    own = [dossiers.c.code == code, *([dossiers.c.source == source] if source else [])]
    aliased = select(code_aliases.c.source).where(
        code_aliases.c.other_code == code,
        code_aliases.c.source == dossiers.c.source,
        code_aliases.c.code == dossiers.c.code,
    )
    which = and_(*own) if source else or_(and_(*own), aliased.exists())
    rows = db.execute(_TESTIMONY.where(which)).all()
    if not source:
        numbers = {number for some in ids_of(db, (row.matter for row in rows)).values() for number in some}
        rows = db.execute(_TESTIMONY.where(dossiers.c.id.in_(numbers | {row.number for row in rows}))).all()
    return tuple(Testimony(**row._mapping) for row in rows)


_TESTIMONY = select(
    dossiers.c.id.label("number"), dossiers.c.source, dossiers.c.code, dossiers.c.matter
).order_by(dossiers.c.id)  # fmt: skip


def known_as(db: Connection, found: Sequence[Testimony], code: str) -> frozenset[str]:
    """Every code that some testimonies of one dossier are known by, and the one asked for."""
    codes = {code, *(one.code for one in found)}
    numbers = [one.number for one in found]
    codes.update(
        db.execute(select(versions.c.other_code).where(versions.c.dossier_id.in_(numbers)).distinct()).scalars()
    )
    for one in found:
        same = (code_aliases.c.source == one.source, code_aliases.c.code == one.code)
        codes.update(db.execute(select(code_aliases.c.other_code).where(*same)).scalars())
    return frozenset(codes - {""})


def find(db: Connection, code: str, source: str = "") -> Found:
    """What there is of a dossier, under every code it is known by; with a source, what that source alone told of it."""
    of_it = witnesses(db, code, source)
    leave = [one.number for one in of_it]
    codes = frozenset({code}) if source else known_as(db, of_it, code)
    found = Found(codes=codes, testimonies=of_it)
    found.survivors = tuple(
        number for matter in {one.matter for one in of_it} for number in leaving.survivors(db, matter, leave)
    )
    if found.whole:
        found.numbers = frozenset(n for some in ids_of(db, (one.matter for one in of_it)).values() for n in some)
    blot = Blot.of(codes)
    for name, table in FACTS.items():
        found.facts[name] = _count(db, table, table.c.matter.in_(found.numbers))
    for table in (versions, steps):
        found.told[table.name] = _count(db, table, table.c.dossier_id.in_(leave))
    _find_texts(db, found, blot)
    _find_letters(db, found, blot)
    found.files = _files(db, found, leave)
    found.kept_files = _kept_files(db, found)
    return found


def _count(db: Connection, table: Table, which: Any) -> int:
    return len(db.execute(select(*table.primary_key).where(which)).all())


def _find_texts(db: Connection, found: Found, blot: Blot) -> None:
    gone = {ledgers.explanations, ledgers.apologies, ledgers.pauses}
    for table, names in TEXTS:
        columns = [table.c[name] for name in names]
        wanted = select(*table.primary_key, *columns).where(_naming(columns, found.codes))
        if table in gone:
            wanted = wanted.where(table.c.matter.not_in(found.numbers))
        if table is versions:
            wanted = wanted.where(versions.c.dossier_id.not_in([one.number for one in found.testimonies]))
        for row in db.execute(wanted).all():
            (*key,) = row[: -len(columns)]
            said = dict(zip(names, row[-len(columns) :], strict=True))
            named = [name for name, text in said.items() if blot.in_text(text)]
            changed = {name: "" if table is versions else blot.out_of(said[name]) for name in named}
            if changed:
                found.texts.append((table, tuple(key), changed))
    for table, names in SEALED:
        columns = [table.c[name] for name in names]
        for number, *words in db.execute(select(table.c.id, *columns).where(_naming(columns, found.codes))):
            if any(blot.in_text(text or "") for text in words):
                found.sealed.append((table, number))


def _naming(columns: Iterable[Column[Any]], codes: Collection[str]) -> Any:
    return or_(*(column.icontains(code, autoescape=True) for column in columns for code in sorted(codes)))


def _find_letters(db: Connection, found: Found, blot: Blot) -> None:
    """Tellings of it, and letters that name it: by their words, by a file that goes with them, or by a telling."""
    t, a = ground.tellings.c, ground.letter_attachments.c
    keys = [f"{one.source}\x1f{one.code}" for one in found.testimonies]
    asked = ledgers.explanation_requests
    requests = db.execute(select(asked.c.id).where(asked.c.matter.in_(found.numbers))).scalars()
    explained = and_(t.subject == SubjectKind.EXPLANATION, t.key.in_([str(number) for number in requests]))
    rows = db.execute(select(t.id, t.letter).where(or_(t.key.in_(keys), explained))).all()
    found.tellings = tuple(row.id for row in rows)
    naming = {row.letter for row in rows} - {None}
    naming |= {key[0] for table, key, _ in found.texts if table is ground.letters}
    attached = db.execute(select(a.letter, a.place, a.media_type).order_by(a.letter, a.place)).all()
    for letter, place, media_type in attached:
        content = db.execute(select(a.content).where(a.letter == letter, a.place == place)).scalar_one()
        # A PDF cannot be searched: one that goes with a letter about this dossier is taken to name it.
        if blot.in_bytes(content) or (letter in naming and media_type == "application/pdf"):
            found.attachments.append((letter, place))
            naming.add(letter)
    states = select(ground.letters.c.id, ground.letters.c.state).where(ground.letters.c.id.in_(naming))
    found.letters = {row.id: row.state for row in db.execute(states)}


def _files(db: Connection, found: Found, leave: Sequence[int]) -> frozenset[bytes]:
    """The SHA-256 of the files that told of it."""
    told = {number for table in (versions, steps) for number in db.execute(
        select(table.c.import_id).where(table.c.dossier_id.in_(leave))).scalars()}  # fmt: skip
    told |= {key[0] for table, key, _ in found.texts if table is bad_rows}
    for number, content in db.execute(
        select(imports.c.id, imports.c.confirmed).where(imports.c.confirmed.is_not(None))
    ):
        if leave and not set(leave).isdisjoint(packed.unpack(content)):
            told.add(number)
    return frozenset(map(bytes, db.execute(select(imports.c.digest).where(imports.c.id.in_(told))).scalars()))


def _kept_files(db: Connection, found: Found) -> frozenset[str]:
    """Kept files of its apologies, and of letters that came in about it alone."""
    files = set(
        db.execute(
            select(ledgers.apologies.c.file_sha256).where(ledgers.apologies.c.matter.in_(found.numbers))
        ).scalars()
    )
    alone = _letters_alone(db, found)
    files |= set(
        db.execute(
            select(ledgers.incoming_letters.c.file_sha256).where(ledgers.incoming_letters.c.id.in_(alone))
        ).scalars()
    )
    return frozenset(files - {""})


def _letters_alone(db: Connection, found: Found) -> list[int]:
    """Letters that came in and explain this dossier, and no other."""
    e = ledgers.explanations.c
    mine = set(db.execute(select(e.incoming).where(e.matter.in_(found.numbers), e.incoming.is_not(None))).scalars())
    others = set(db.execute(select(e.incoming).where(e.incoming.in_(mine), e.matter.not_in(found.numbers))).scalars())
    return sorted(mine - others)


def erase(db: Connection, found: Found, *, source: str, reason: str, at: datetime, by: str) -> None:
    """Remove and blot out what was found, and note that it does not come back."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete = ON")
    alone = _letters_alone(db, found)
    _recompose(db, found, at)
    db.execute(delete(ground.tellings).where(ground.tellings.c.id.in_(found.tellings)))
    for table in FACTS.values():
        db.execute(delete(table).where(table.c.matter.in_(found.numbers)))
    db.execute(delete(ledgers.incoming_letters).where(ledgers.incoming_letters.c.id.in_(alone)))
    leaving.remove(db, [one.number for one in found.testimonies])
    for table, key, changed in found.texts:
        same = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        db.execute(update(table).where(*same).values(changed))
    for table, number in found.sealed:
        blank = dict.fromkeys((*dict(SEALED)[table], "salt"))
        db.execute(update(table).where(table.c.id == number).values(blank))
    _bury(db, found)
    projection.reckon_anew(db, found.survivors, at)
    erasures.add(db, ((source, code) for code in sorted(found.codes)), reason=reason, at=at, by=by)


def _recompose(db: Connection, found: Found, at: datetime) -> None:
    """Letters that did not go out yet are taken off their way; what else they were to tell is written anew."""
    for number in found.letters:
        told = ground.tellings.c.letter == number
        has_more = db.execute(select(ground.tellings.c.id).where(told).limit(1)).first()
        if has_more and letters.replaced(db, number, "viết lại: một hồ sơ trong thư đã được xóa", at):
            db.execute(update(ground.tellings).where(told).values(letter=None))


def _bury(db: Connection, found: Found) -> None:
    """In place of a file that named it stands a line with the file's digest; the mailbox gets its copy anew."""
    a = ground.letter_attachments
    for letter, place in found.attachments:
        same = (a.c.letter == letter, a.c.place == place)
        row = db.execute(select(a.c.name, a.c.content).where(*same)).one()
        words = (
            f"Tệp đã xóa vì có hồ sơ phải xóa dữ liệu cá nhân. SHA-256 của tệp cũ: {sha256(row.content).hexdigest()}\n"
        )
        values = {
            "name": f"{Blot.of(found.codes).out_of(row.name)}.txt",
            "media_type": "text/plain",
            "content": words.encode(),
        }
        db.execute(update(a).where(*same).values(values))
    db.execute(update(ground.letters).where(ground.letters.c.id.in_(list(found.letters))).values(filed_at=None))
