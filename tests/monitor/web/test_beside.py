"""The status page shows what people say of interruptions and what is suspected, escaped, beside the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from monitor.core.interruption import Interruption
from monitor.core.look import Cause, Verdict
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.store import interruptions, remarks, suspicions, writing
from tests.monitor.web.site import NOW, Site, look

MINUTE = timedelta(minutes=1)
BAD = "<script>alert(1)</script>"


def failing(site: Site) -> Remark:
    """The page's target is down since half an hour; a cause that can be changed into other remarks."""
    target = site.register.services["2.001474"].required_targets()[0].key
    site.looked(
        look(target, 40 * MINUTE), *(look(target, ago * MINUTE, Verdict.DOWN, Cause.TIMEOUT) for ago in (30, 20, 4))
    )
    return Remark(
        service="2.001474",
        target=target,
        first_bad=NOW - 30 * MINUTE,
        at=NOW - 10 * MINUTE,
        kind=RemarkKind.CAUSE,
        text=f"Đứt cáp {BAD}",
        by="Nguyễn Văn Thử",
    )


def test_what_people_say_of_an_open_interruption_stands_beside_it(site: Site) -> None:
    cause = failing(site)
    with writing(site.engine) as db:
        remarks.add(db, cause)
        paper = replace(cause, kind=RemarkKind.ASKED, text="Cục A", document="1/SCT", dated=date(2026, 11, 24))
        remarks.add(db, paper)
        reply = remarks.add(db, replace(paper, kind=RemarkKind.REPLY, text="Không có sự cố", document="2/CA"))
        ruling = replace(cause, kind=RemarkKind.RULING, text="có ảnh chụp", ruling=Ruling.REJECTED, answers=reply)
        remarks.add(db, ruling)
        claim = replace(paper, kind=RemarkKind.FORCE_MAJEURE, text="Bão số 9", document="3/UBND")
        remarks.add(db, claim)
        refused = remarks.add(db, replace(claim, text="Bão số 8"))
        remarks.add(db, replace(ruling, text="đã tan", answers=refused))
    said = site.text()
    assert "Có người nêu bất khả kháng, không được chấp nhận: Bão số 8" in said
    assert "– không chấp nhận: đã tan." in said
    assert f"Nguyên nhân: Đứt cáp {BAD} (Nguyễn Văn Thử" in said
    assert "Đã đề nghị Cục A, văn bản 1/SCT ngày 24/11/2026." in said
    assert "Trả lời (văn bản 2/CA ngày 24/11/2026): Không có sự cố – không chấp nhận: có ảnh chụp." in said
    assert "Bất khả kháng, chỉ là nhãn, vẫn tính thời gian: Bão số 9" in said
    assert f"/{cause.target}" in said
    assert BAD not in site.get("/").text


def test_an_interruption_that_came_back_says_so(site: Site) -> None:
    cause = failing(site)
    assert "Tái diễn" not in site.text()
    before = Interruption(
        service="2.001474",
        target=cause.target,
        last_good=None,
        first_bad=NOW - timedelta(days=20),
        last_bad=NOW - timedelta(days=20) + MINUTE,
        first_good=None,
        cause=Cause.TIMEOUT,
        failed_looks=2,
    )
    with writing(site.engine) as db:
        interruptions.open_(db, before, NOW - timedelta(days=20))
        ended = replace(before, first_good=before.last_bad + MINUTE)
        interruptions.close(db, before.target, before.first_bad, ended, NOW - timedelta(days=20))
    assert "Tái diễn: lần trước từ" in site.text()


def test_what_is_suspected_is_shown_until_somebody_rules(site: Site) -> None:
    complaint = Suspicion(
        service="2.001474",
        kind=SuspicionKind.COMPLAINT,
        starts=NOW - 60 * MINUTE,
        ends=None,
        entered_at=NOW - 30 * MINUTE,
        text=f"không bấm được {BAD}",
        by="Nguyễn Văn Thử",
    )
    with writing(site.engine) as db:
        number = suspicions.add(db, complaint)
    assert number is not None
    said = site.text()
    assert "Nghi gián đoạn, chưa có kết luận" in said
    assert f"phản ánh không nộp được hồ sơ. không bấm được {BAD}" in said
    assert "Đây mới là nghi ngờ, chưa phải gián đoạn" in said
    assert BAD not in site.get("/").text
    with writing(site.engine) as db:
        suspicions.rule(db, number, Finding.CONFIRMED, at=NOW, by="Lê Văn Thử", reason="đã gọi")
    assert "Nghi gián đoạn" not in site.text()
