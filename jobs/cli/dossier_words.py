"""What the commands about dossiers print of them: names for keys and codes, moments on a Vietnamese clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from jobs.cli.ground import moment
from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind, Standing
from monitor.core.ladder import SubjectKind
from monitor.core.period import Stamp
from monitor.core.source import STAMPS
from monitor.register import Register
from monitor.reports.freshness import Stale
from monitor.reports.render import so, term, terms
from monitor.store import dossier_list
from monitor.store.dossier_list import ListRow, plain

STILL_OPEN = "Không có nghĩa là đã xong: kiểm tra lại từ nguồn."


def source_name(register: Register, key: str) -> str:
    """The name of a source; its key where the register has it no more."""
    return register.sources[key].name if key in register.sources else key


def too_old(stale: Stale | None) -> str:
    """What is added to the moment that a source's figures stand for, where they are too old to be told from."""
    if stale is None:
        return ""
    return f": {term(SubjectKind.SOURCE)}, đã {so(stale.days)} ngày làm việc; không báo ai từ nguồn này"


def place(row: ListRow, register: Register) -> str:
    """Whose turn it is; the unit as printed where no agency was found for it."""
    if row.agency:
        return register.agency_name(row.agency)
    return f"{term(FindingKind.UNKNOWN_UNIT)}: {row.unit}" if row.unit else term(FindingKind.UNKNOWN_UNIT)


def stands(row: ListRow) -> str:
    """Its standing, and what has to be looked at; that there is such a thing goes without saying then.

    Of what has dates that cannot be true nobody can say that it is in time.
    """
    noted = [term(kind) for kind in row.noted]
    unsure = row.standing is Standing.RUNNING and FindingKind.IMPOSSIBLE_DATES in row.noted
    return "; ".join(noted if noted and (unsure or row.standing is Standing.NOTED) else [_standing(row), *noted])


def _standing(row: ListRow) -> str:
    """As the page and the letters say it: late with what."""
    return str(terms()["dossier_list"]["late_reception"]) if row.late_reception else term(row.standing)


def stamp(value: Stamp | None) -> str:
    """A stamp on a Vietnamese clock; a day where the source names only the day."""
    if value is None:
        return "–"
    return moment(value) if isinstance(value, datetime) else value.strftime("%d/%m/%Y")


def status(code: str) -> str:
    """What people call a status; one nobody knows as its source prints it."""
    return str(terms()["Status"].get(code, f"{code} (mã lạ)" if code else "không ghi"))


def absent_from(db: Connection, dossier: Dossier, register: Register) -> datetime | None:
    """The moment of the newest complete list of its source that lacks the dossier; None where a gap means nothing."""
    extent = register.extents().get(dossier.source)
    newest = dossier_list.complete(db).get(dossier.source)
    if extent is None or newest is None or dossier.as_of >= newest or not extent.holds(dossier):
        return None
    return None if dossier_list.unread(db, dossier.source, dossier.code, newest) else newest


_FACTS = ("status", "channel", *STAMPS, "receiving_unit", "handling_unit")


def shown(one: Dossier, versions: Iterable[Dossier], absent_from: datetime | None) -> dict[str, object]:
    """A dossier and all its source said of it, for programs."""
    return {
        "source": one.source,
        "code": one.code,
        "procedure": one.procedure,
        "procedure_name": one.procedure_name,
        "as_of": plain(one.as_of),
        "absent_from_list_of": plain(absent_from),
        "history": [
            {"as_of": plain(version.as_of)}
            | {
                name: plain(value) if isinstance(value := getattr(version, name), datetime | date) else value
                for name in _FACTS
            }
            for version in versions
        ],
    }
