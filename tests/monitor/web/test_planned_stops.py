"""The status page tells of planned stops before they begin, and whether they count as maintenance."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.period import Span
from monitor.core.uptime import Notice
from monitor.store import notices, writing
from tests.monitor.web.site import NOW, Site


def test_planned_stops_of_the_next_days_are_shown_with_whether_they_count(site: Site) -> None:
    for days, document in ((2, "TB 1"), (13, "TB 2"), (20, "TB 3")):
        span = Span(start=NOW + timedelta(days=days), end=NOW + timedelta(days=days, hours=2))
        with writing(site.engine) as db:
            notices.add(db, Notice(service="2.001474", span=span, entered_at=NOW, document=document))
    said = site.text()
    assert "theo TB 1; tạm ngừng theo kế hoạch, thông báo chưa đủ 07 ngày làm việc: không được tính là bảo trì" in said
    assert "theo TB 2; kế hoạch – có thông báo đủ 07 ngày làm việc: được tính là bảo trì" in said
    assert "TB 3" not in said
