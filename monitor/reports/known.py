"""What is known of an interruption besides its times, in words: its class, whose fault, what people wrote and ruled."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.core.recurrence import RECURRENCE_DAYS
from monitor.core.remark import Remark, RemarkKind
from monitor.reports.interrupted import Interrupted
from monitor.reports.record import Nature, Record
from monitor.reports.render import hoa, ngay, term, terms
from monitor.reports.said import Answered

APART = "; "


def nature(one: Interrupted, record: Record | None) -> str:
    """Its class by law; the notices it rests on in brackets."""
    named = ", ".join(dict.fromkeys(one.documents))
    kind = record.nature if record else Nature.FAILURE
    counts = terms()["nature_counts"].get(kind.value, "")
    return term(kind) + counts + (f" ({named})" if named else "")


def fault(record: Record | None) -> str:
    """What the panels beside the failed looks blame; empty where there is none."""
    return "" if record is None or record.fault is None else term(record.fault)


def repeats(record: Record | None) -> str:
    """That it is a recurrence; empty where it is not."""
    return terms()["log"]["recurring"].format(RECURRENCE_DAYS) if record is not None and record.recurring else ""


def newest(record: Record | None, kind: RemarkKind) -> str:
    """What people said last of one thing; empty where nobody did."""
    said = [one for one in record.remarks if one.kind is kind] if record else []
    return written(said[-1]) if said else ""


def asked(record: Record | None) -> str:
    """Whom we asked, by which letters."""
    return "" if record is None else APART.join(written(one) for one in record.asked)


def replies(record: Record | None) -> str:
    """What was replied, each with the ruling that stands."""
    return "" if record is None else APART.join(map(_answered, record.replies))


def force_majeure(record: Record | None) -> str:
    """What was claimed to be force majeure, by which document, each with the ruling that stands."""
    return "" if record is None else APART.join(map(_answered, record.claims))


def written(one: Remark) -> str:
    """A remark with the document it rests on."""
    day = f"ngày {ngay(one.dated)}" if one.dated else ""
    document = " ".join(filter(None, (one.document, day)))
    return ": ".join(filter(None, (document, one.text)))


def _answered(one: Answered) -> str:
    ruling = one.standing
    if ruling is None or ruling.ruling is None:
        return written(one.remark)
    why = f", {ruling.text}" if ruling.text else ""
    return f"{written(one.remark)} [{term(RemarkKind.RULING)}: {term(ruling.ruling)}{why}]"


def all_of(one: Interrupted, record: Record | None) -> tuple[tuple[str, str], ...]:
    """Everything known besides the times that is not empty, each with its name, in the order it is printed."""
    words = terms()["log"]
    found: Iterable[tuple[str, str]] = (
        (words["nature"], hoa(nature(one, record))),
        (words["fault"], hoa(fault(record))),
        (words["repeats"], hoa(repeats(record))),
        *((hoa(term(kind)), newest(record, kind)) for kind in (RemarkKind.CAUSE, RemarkKind.OWNER)),
        (hoa(term(RemarkKind.ASKED)), asked(record)),
        (hoa(term(RemarkKind.REPLY)), replies(record)),
        *((hoa(term(kind)), newest(record, kind)) for kind in (RemarkKind.REMEDY, RemarkKind.FALLBACK)),
        (hoa(term(RemarkKind.FORCE_MAJEURE)), force_majeure(record)),
    )
    return tuple((name, said) for name, said in found if said)
