"""The page of planned stops: what is announced, a form to announce one, a form to take one back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from monitor.core.period import Span, day_of
from monitor.core.service import Service
from monitor.core.typed import moment_typed
from monitor.core.uptime import Notice
from monitor.reports.accounts import ADVANCE_NOTICE, earliest
from monitor.reports.mode import mode
from monitor.reports.stops import stops
from monitor.store import notices, reading, submissions, withdrawals, writing
from monitor.store.withdrawals import Withdrawal
from monitor.web.forms import FORM_HEADERS, OLD_FORM, Form, Mistakes, Typed
from monitor.web.frame import Frame
from monitor.web.tickets import Tickets

PATH = "/thong-bao"
BACK = timedelta(days=30)
"""How long a stop that is over stays on the page; the command lists all."""
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
NOBODY = "Thiếu họ tên người ghi."


class StopPages:
    """Shows, and writes what a named person hands in; a GET writes nothing, a form handed in twice writes once."""

    def __init__(self, frame: Frame, tickets: Tickets) -> None:
        self._frame, self._tickets = frame, tickets

    def show(self, *, ghi: int | None = None, rut: int | None = None, trung: bool = False) -> Response:
        """The page; `ghi` and `rut` name the notice that was just entered or taken back, `trung` a form sent twice."""
        return self._page(Typed(texts={}), Mistakes(), entered=ghi, taken_back=rut, twice=trung)

    def add(self, form: Form) -> Response:
        """Enter a notice, or show the form again with what is wrong beside its fields."""
        frame, now = self._frame, self._frame.now()
        wrong = Mistakes()
        service = self._service(form, wrong)
        span = _span(form, wrong)
        document = wrong.text(form, "van_ban", "Thiếu số, ngày của văn bản thông báo.")
        by = wrong.text(form, "nguoi_ghi", NOBODY)
        if not self._tickets.known(form.get("phieu"), now):
            wrong.add("phieu", OLD_FORM)
        if wrong or service is None or span is None:
            return self._page(form, wrong, status=422)
        told = Notice(service=service.code, span=span, entered_at=now, document=document)
        with writing(frame.engine) as db:
            if not submissions.once(db, form.get("phieu"), now):
                return _to("trung=true")
            number = notices.add(db, told, by)
        return _to(f"ghi={number}")

    def take_back(self, number: int, form: Form) -> Response:
        """Take a notice back, by a named person who says why."""
        now, wrong = self._frame.now(), Mistakes()
        reason = wrong.text(form, "ly_do", "Thiếu lý do rút lại.")
        by = wrong.text(form, "nguoi_rut", "Thiếu họ tên người rút lại.")
        if not self._tickets.known(form.get("phieu"), now):
            wrong.add("phieu", OLD_FORM)
        if not 0 < number < 2**31:
            raise HTTPException(404)
        with writing(self._frame.engine) as db:
            if notices.get(db, number) is None:
                raise HTTPException(404)
            if not wrong:
                done = withdrawals.add(db, number, Withdrawal(at=now, by=by, reason=reason))
                return _to(f"rut={number}" if done else "trung=true")
        return self._page(form, wrong, status=422, about=number)

    def _service(self, form: Typed, wrong: Mistakes) -> Service | None:
        found = self._frame.register.service(form.get("dich_vu"))
        if found is None:
            wrong.add("dich_vu", "Chọn một dịch vụ trong danh sách.")
        return found

    def _page(
        self,
        form: Typed,
        wrong: Mistakes,
        *,
        status: int = 200,
        about: int | None = None,
        entered: int | None = None,
        taken_back: int | None = None,
        twice: bool = False,
    ) -> Response:
        frame, now = self._frame, self._frame.now()
        window = Span(start=now - BACK, end=_FOR_EVER)
        services = tuple(frame.register.services.values())
        with reading(frame.engine) as db:
            listed = [(one, stop) for one in services for stop in stops(db, frame.law, one, window)]
            now_in = mode(db, frame.settings)
        page = frame.page(
            "stops",
            now_in,
            status,
            services=services,
            listed=sorted(listed, key=lambda pair: (pair[1].notice.span.start, pair[1].number)),
            form=form,
            wrong=wrong.by_field,
            about=about,
            entered=next((stop for _, stop in listed if stop.number == entered), None),
            taken_back=next((stop for _, stop in listed if stop.number == taken_back and stop.withdrawn), None),
            twice=twice,
            ticket=self._tickets.new(now),
            rule=frame.law.rule(ADVANCE_NOTICE, day_of(now)),
            earliest=_earliest(frame, services, now),
        )
        page.headers.update(FORM_HEADERS)
        return page


def _earliest(frame: Frame, services: tuple[Service, ...], now: datetime) -> date | None:
    """The first day on which a stop announced now would be in time for every service; None where nothing tells."""
    days = [earliest(now, frame.law, one.owner) for one in services]
    return max((day for day in days if day is not None), default=None)


def _span(form: Typed, wrong: Mistakes) -> Span | None:
    first, last = (moment_typed(form.get(name)) for name in ("tu", "den"))
    for name, found, what in (("tu", first, "bắt đầu"), ("den", last, "dự kiến phục hồi")):
        if found is None:
            wrong.add(name, f'Ghi thời điểm {what} như "23/11/2026 08:30" (giờ Việt Nam).')
    if first is None or last is None:
        return None
    if first >= last:
        wrong.add("den", "Thời điểm dự kiến phục hồi phải sau thời điểm bắt đầu.")
        return None
    return Span(start=first, end=last)


def _to(said: str) -> Response:
    """After a form was taken in, the page by GET: reloading it hands nothing in again."""
    return RedirectResponse(f"{PATH}?{said}#main", 303)
