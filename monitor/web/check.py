"""The page of the two-minute manual check: what to open, what to look for, and the form that writes it down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from fastapi.responses import RedirectResponse, Response

from monitor.core.look import ManualCheck
from monitor.core.period import Span, ict
from monitor.core.service import Service
from monitor.core.typed import moment_typed
from monitor.reports.asking import SEEN, Place, places
from monitor.reports.mode import mode
from monitor.store import looks, reading, submissions, writing
from monitor.store.keeping import keep_for_good
from monitor.web.forms import FORM_HEADERS, LONGEST_NOTE, MOST_FILE, OLD_FORM, Form, Mistakes, Typed
from monitor.web.frame import Frame
from monitor.web.tickets import Tickets

PATH = "/kiem-tra"
BACK = timedelta(days=31)
"""A check said to be older is more likely a slip in the year or the month."""
LISTED = timedelta(days=7)


class CheckPages:
    """Shows, and writes what a named person saw; it proves its moment and fills no hour."""

    def __init__(self, frame: Frame, tickets: Tickets) -> None:
        self._frame, self._tickets = frame, tickets

    def show(self, *, dich_vu: str = "", ghi: bool = False, trung: bool = False) -> Response:
        """The page for one service; `ghi`: a check was just written down, `trung`: its form was sent twice."""
        return self._page(Typed(texts={"dich_vu": dich_vu}), Mistakes(), written=ghi, twice=trung)

    def record(self, form: Form) -> Response:
        """Write a check down, its file kept by its digest; or show the form again with what is wrong."""
        frame, now = self._frame, self._frame.now()
        wrong = Mistakes()
        check = self._check(form, wrong, now)
        if not self._tickets.known(form.get("phieu"), now):
            wrong.add("phieu", OLD_FORM)
        digest = "" if wrong else self._kept(form, wrong)
        if wrong or check is None:
            return self._page(form, wrong, status=422)
        whole = replace(check, evidence_sha256=digest, evidence_name=form.file_name if digest else "")
        with writing(frame.engine) as db:
            first = submissions.once(db, form.get("phieu"), now)
            if first:
                looks.add_manual(db, whole)
        return RedirectResponse(f"{PATH}?dich_vu={check.service}&{'ghi' if first else 'trung'}=true#main", 303)

    def _check(self, form: Typed, wrong: Mistakes, now: datetime) -> ManualCheck | None:
        """What was seen, without its file; None where something is wrong with it."""
        service = self._frame.register.service(form.get("dich_vu"))
        known = {one.target for one in places(service)} if service else set()
        target = form.get("noi")
        if service is None:
            wrong.add("dich_vu", "Chọn một dịch vụ trong danh sách.")
        elif target not in known:
            wrong.add("noi", "Chọn trang đã xem.")
        verdict = SEEN.get(form.get("ket_qua"))
        if verdict is None:
            wrong.add("ket_qua", "Chọn một trong ba kết quả.")
        seen_at = _moment(form, wrong, now)
        by = wrong.text(form, "nguoi", "Thiếu họ tên người kiểm tra.")
        note = form.get("ghi_chu")
        if len(note) > LONGEST_NOTE:
            wrong.add("ghi_chu", f"Dài {len(note)} ký tự: rút gọn còn nhiều nhất {LONGEST_NOTE}.")
        if wrong or service is None or verdict is None or seen_at is None:
            return None
        return ManualCheck(
            service=service.code, target=target, at=seen_at, received_at=now, verdict=verdict, by=by, note=note
        )

    def _kept(self, form: Typed, wrong: Mistakes) -> str:
        """The digest under which the form's file is kept; empty where there is none, or it cannot be taken."""
        if not form.file:
            if form.file_name:
                wrong.add("tep", "Tệp rỗng: chọn tệp khác.")
        elif len(form.file) > MOST_FILE:
            wrong.add("tep", "Tệp lớn hơn 5 MB: cắt bớt ảnh hoặc lưu với chất lượng thấp hơn.")
        elif not form.suffix:
            wrong.add("tep", "Chỉ nhận ảnh PNG, JPG hoặc tệp PDF (xét theo nội dung tệp, không theo tên).")
        else:
            try:
                return keep_for_good(self._frame.settings.var_dir, form.file, form.suffix)
            except OSError:
                wrong.add("tep", "Không ghi được tệp vào máy giám sát: báo người quản trị kiểm tra đĩa.")
        return ""

    def _page(
        self, form: Typed, wrong: Mistakes, *, status: int = 200, written: bool = False, twice: bool = False
    ) -> Response:
        frame, now = self._frame, self._frame.now()
        services = tuple(frame.register.services.values())
        service = _chosen(services, form.get("dich_vu"))
        with reading(frame.engine) as db:
            recent = [] if service is None else looks.manual_between(db, service.code, _lately(now))
            now_in = mode(db, frame.settings)
        to_open: tuple[Place, ...] = places(service) if service else ()
        page = frame.page(
            "check",
            now_in,
            status,
            services=services,
            service=service,
            places=to_open,
            form=form,
            wrong=wrong.by_field,
            written=written,
            twice=twice,
            recent=recent[::-1],
            clock=ict(now),
            ticket=self._tickets.new(now),
        )
        page.headers.update(FORM_HEADERS)
        return page


def _chosen(services: Iterable[Service], code: str) -> Service | None:
    known = {one.code: one for one in services}
    return known.get(code) or next(iter(known.values()), None)


def _lately(now: datetime) -> Span:
    return Span(start=now - LISTED, end=now + timedelta(minutes=1))


def _moment(form: Typed, wrong: Mistakes, now: datetime) -> datetime | None:
    """When it was seen; not to come, not long ago."""
    found = moment_typed(form.get("luc"))
    if found is None:
        wrong.add("luc", 'Ghi thời điểm như "23/11/2026 08:30" (giờ Việt Nam).')
    elif found > now:
        wrong.add("luc", "Thời điểm còn ở tương lai: ghi đúng lúc đã xem.")
    elif found < now - BACK:
        wrong.add("luc", "Thời điểm đã quá 31 ngày: kiểm tra lại ngày, tháng, năm.")
    return found
