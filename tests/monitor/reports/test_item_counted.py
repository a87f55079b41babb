"""A letter says of a due that no source prints by what it was come by."""

from __future__ import annotations

import pytest

from monitor.core.agency import Agency, AgencyKind
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.finding import findings
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.law import Law
from monitor.register import register_of
from monitor.reports.item import item
from monitor.reports.render import environment
from tests.monitor.core.deadline_facts import LAW, apology, handled, moment, with_limit

REGISTER = register_of(
    agencies=(Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT),), centre="so-cong-thuong"
)
MOVED = Circumstances(apologies=(apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00"),))


@pytest.mark.parametrize(
    ("dossier", "law", "known", "now", "words"),
    [
        (handled(), LAW, Circumstances(), "09/11/2026 07:30", ("Hẹn trả 17:00 09/11/2026", "hôm nay là ngày hẹn trả")),
        (handled(), LAW, MOVED, "16/11/2026 07:30", ("Hẹn lại 17:00 16/11/2026", "hôm nay là ngày hẹn lại")),
        (
            handled(appointment=None),
            with_limit("5 days", "Nguyễn Văn A"),
            Circumstances(),
            "09/11/2026 07:30",
            (
                "Hạn tính theo thời hạn quy định (nguồn không ghi ngày hẹn trả): 09/11/2026",
                "hôm nay là ngày cuối theo thời hạn quy định",
            ),
        ),
    ],
    ids=["printed", "re-appointed", "by-the-limit"],
)
def test_a_due_is_called_what_it_is(
    dossier: Dossier, law: Law, known: Circumstances, now: str, words: tuple[str, str]
) -> None:
    at = moment(now)
    telling = Telling(
        subject=SubjectKind.RESULT, key="", episode="", stage="due", nth=1, person="sct/head", live=True, made_at=at
    )
    found = findings(dossier, at, law, known)
    one = item(dossier, found, telling, now=at, until=moment(f"{now[:10]} 13:30"), law=law, register=REGISTER)
    said = environment().get_template("_dossier.txt").module
    assert (str(said.due(one)).strip(), str(said.what(one)).strip()) == words  # type: ignore[attr-defined]
