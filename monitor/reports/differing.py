"""In words: what does not fit together in what systems tell of a dossier, by and by and side by side."""

from __future__ import annotations

from monitor.core.circumstances import Circumstances
from monitor.core.discrepancy import Difference, discrepancies
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind
from monitor.core.law import Law
from monitor.reports.render import gio, luc, term


def differences(dossier: Dossier, law: Law, known: Circumstances) -> tuple[str, ...]:
    """A sentence each, the most telling figures in it; none where everything fits."""
    return tuple(_said(one) for one in discrepancies(dossier, law, known))


def _said(one: Finding) -> str:
    words = term(Difference(one.counted)) if one.kind is FindingKind.DIFFERING else term(one.kind)
    if one.kind in {FindingKind.MOVED_BACK, FindingKind.MOVED_UNAPOLOGISED}:
        return f"{words}: từ {_stamp(one.due)} thành {_stamp(one.beside)}{_seen(one)}"
    if one.counted == Difference.APPOINTMENT:
        return f"{words}: {_stamp(one.due)} và {_stamp(one.beside)}"
    if one.counted == Difference.REWRITTEN:
        return f"{words} ({_stamp(one.due)}): {term(Difference.REWRITTEN)}"
    if one.due is not None:
        return f"{words} ({_stamp(one.due)})"
    return f"{words}{_seen(one)}" if one.kind is FindingKind.REOPENED else words


def _stamp(value: object) -> str:
    return "–" if value is None else gio(value)  # type: ignore[arg-type]


def _seen(one: Finding) -> str:
    return "" if one.since is None else f", theo số liệu tính đến {luc(one.since)}"
