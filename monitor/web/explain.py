"""The page behind a personal link: what an agency must explain, and a form that explains one dossier or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

import structlog
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from monitor.core.answer import MOST_TEXT, Answer, AnswerRefused, checked
from monitor.core.dossier import Dossier
from monitor.core.doubt import Doubt
from monitor.core.explanation import DelayCause, Explanation, Road
from monitor.core.period import day_of
from monitor.core.phase import handling_unit, receiving_unit
from monitor.core.typed import day_typed
from monitor.reports.circumstances import circumstances
from monitor.reports.doubts import Doubts
from monitor.reports.explaining import Lateness, Owing, answered_for, of_matters, owing
from monitor.reports.link import PAGE, Pass
from monitor.store import explanations, matters, reading, submissions, writing
from monitor.web.forms import FORM_HEADERS, OLD_FORM, LongForm, Mistakes, Typed
from monitor.web.frame import Frame
from monitor.web.linked import Linked
from monitor.web.tickets import Tickets

log = structlog.get_logger()

PATH = PAGE
SHOWN = 300
"""So many delays stand on the page; what is more comes once these are explained, or by the workbook."""
LATELY = timedelta(days=14)
_SAID = 100
_FIELD_OF: Mapping[str, str] = {
    "text": "giai_thich",
    "remedy": "khac_phuc",
    "expected": "du_kien",
    "given_by": "nguoi",
    "entered_by": "nguoi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One explanation given lately, with its dossier and what does not agree with it."""

    explanation: Explanation
    dossier: Dossier | None
    doubts: tuple[Doubt, ...]


class ExplainPages:
    """Shows, and writes what is handed in; a GET writes nothing, a form handed in twice writes once.

    Whoever holds the link answers for its agency alone, until its time is over.
    """

    def __init__(self, frame: Frame, tickets: Tickets) -> None:
        self._frame, self._tickets = frame, tickets
        self._linked = Linked(frame, "explain")

    def show(self, token: str, *, ghi: int | None = None, trung: bool = False) -> Response:
        """The page; `ghi`: for how many delays an explanation was just written, `trung` a form sent twice."""
        allowed = self._linked.allowed(token)
        if not isinstance(allowed, Pass):
            return allowed
        return self._page(token, allowed, Typed(texts={}), Mistakes(), written=ghi, twice=trung)

    def explain(self, token: str, form: LongForm) -> Response:
        """Write an explanation for the delays that were ticked, or show the form again with what is wrong."""
        allowed = self._linked.allowed(token)
        if not isinstance(allowed, Pass):
            return allowed
        frame, now, wrong = self._frame, self._frame.now(), Mistakes()
        answer = _answer(form, wrong, now)
        with reading(frame.engine) as db:
            late = self._ticked(db, allowed, form, wrong, now)
        if not self._tickets.known(form.get("phieu"), now):
            wrong.add("phieu", OLD_FORM)
        if wrong or answer is None:
            return self._page(token, allowed, form, wrong, status=422)
        with writing(frame.engine) as db:
            first = submissions.once(db, form.get("phieu"), now)
            new = explanations.record(db, answer, ((one.delay, one.agency) for one in late), now) if first else ()
        log.info("explanations.given", agency=allowed.agency, count=len(new))
        said = f"ghi={len(new)}" if first else "trung=true"
        return RedirectResponse(f"{PATH}/{quote(token, safe='')}?{said}#main", 303)

    def _ticked(self, db: Connection, allowed: Pass, form: Typed, wrong: Mistakes, now: datetime) -> list[Lateness]:
        """The delays that the form is about: those ticked, or all that stood on the page when it was made."""
        frame = self._frame
        all_ = form.every("tren_trang") if form.get("tat_ca") else form.every("ho_so")
        if not all_:
            wrong.add("ho_so", "Đánh dấu ít nhất một hồ sơ.")
            return []
        if not all(number.isdecimal() and len(number) < 19 for number in all_):
            wrong.add("ho_so", OLD_FORM)
            return []
        asked = explanations.asked_by(db, map(int, all_))
        mine = answered_for(frame.register, allowed.agency)
        foreign = [number for number in all_ if int(number) not in asked or asked[int(number)].agency not in mine]
        if foreign or (allowed.requests and not set(map(int, all_)) <= set(allowed.requests)):
            wrong.add("ho_so", "Có hồ sơ không thuộc phần giải trình của đường dẫn này: không ghi gì.")
            return []
        standing = of_matters(db, (one.delay.matter for one in asked.values()), law=frame.law, now=now)
        late = [standing[one.delay] for one in asked.values() if one.delay in standing]
        if not late:
            wrong.add("ho_so", "Các hồ sơ này nay không còn phải giải trình: tải lại trang.")
        return late

    def _page(
        self,
        token: str,
        allowed: Pass,
        form: Typed,
        wrong: Mistakes,
        *,
        status: int = 200,
        written: int | None = None,
        twice: bool = False,
    ) -> Response:
        frame, now = self._frame, self._frame.now()
        mine = answered_for(frame.register, allowed.agency)
        with reading(frame.engine) as db:
            every = owing(db, frame.law, now, mine, allowed.requests)
            said = _lately(db, frame, mine, now)
        ticked = set(form.every("ho_so"))
        page = frame.page(
            "explain",
            None,
            status,
            agency=frame.register.agency_name(allowed.agency),
            post=frame.register.posts[allowed.post],
            allowed=allowed,
            action=f"{PATH}/{quote(token, safe='')}",
            owing=every[:SHOWN],
            more=max(0, len(every) - SHOWN),
            unit=_unit,
            today=day_of(now),
            ticked=ticked,
            causes=tuple(DelayCause),
            said=said,
            form=form,
            wrong=wrong.by_field,
            written=written,
            twice=twice,
            most=MOST_TEXT,
            ticket=self._tickets.new(now),
        )
        page.headers.update(FORM_HEADERS)
        return page


def _answer(form: Typed, wrong: Mistakes, now: datetime) -> Answer | None:
    try:
        cause = DelayCause(form.get("nguyen_nhan"))
    except ValueError:
        wrong.add("nguyen_nhan", "Chọn một nguyên nhân.")
        return None
    expected = _expected(form, wrong)
    try:
        return checked(
            Answer(
                cause=cause,
                text=form.get("giai_thich"),
                remedy=form.get("khac_phuc"),
                expected=expected,
                road=Road.PAGE,
                given_by=form.get("nguoi"),
                entered_by=form.get("nguoi"),
            ),
            now,
        )
    except AnswerRefused as refused:
        wrong.add(_FIELD_OF[refused.field], str(refused))
        return None


def _expected(form: Typed, wrong: Mistakes) -> date | None:
    typed = form.get("du_kien")
    found = day_typed(typed) if typed else None
    if typed and found is None:
        wrong.add("du_kien", 'Ghi ngày như "30/11/2026".')
    return found


def _unit(one: Owing) -> str:
    dossier = one.late.dossier
    return receiving_unit(dossier) if one.late.delay.kind.value == "reception" else handling_unit(dossier)


def _lately(db: Connection, frame: Frame, agencies: frozenset[str], now: datetime) -> Sequence[Said]:
    """What the agency explained lately, the newest first."""
    given = [one for one in explanations.newest(db, most=_SAID, agencies=agencies) if one.at >= now - LATELY]
    told = matters.testimonies(db, {one.delay.matter for one in given})
    leads = {matter: some[0] for matter, some in told.items() if some}
    known = circumstances(db, tuple(leads.values()))
    against = Doubts(db, frame.register, frame.law, now)
    found = []
    for one in given:
        dossier = leads.get(one.delay.matter)
        doubts = against.of(one, dossier, known[dossier.matter]) if dossier else ()
        found.append(Said(explanation=one, dossier=dossier, doubts=doubts))
    return found
