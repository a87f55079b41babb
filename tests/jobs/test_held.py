"""What is owed and not told yet is seen as held: by night, until 07:00; beside a slot, until the next."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner

from jobs import status, waiting
from jobs.cli.letters import outbox
from jobs.cli.people import people
from monitor.core.ladder import SubjectKind, Telling
from monitor.reports.held import Waits, held
from monitor.store import reading, tellings, watches, writing
from tests.jobs.conftest import moment
from tests.jobs.test_tell import beat, heard, seen

Office = Any


def holding(office: Office) -> list[tuple[Waits, str, set[str]]]:
    """What is held, until when, of whom."""
    with reading(office.app.engine) as db:
        found = held(db, office.app.register, office.app.law, office.clock.now())
    return [(one.why, f"{one.until:%H:%M}" if one.until else "", set(one.people)) for one in found]


def test_on_a_sunday_at_three_only_those_on_duty_are_told_and_the_heads_at_seven(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    done = CliRunner().invoke(
        people,
        [
            "absent",
            "so-cong-thuong/head",
            "--from",
            "29/11/2026",
            "--to",
            "29/11/2026",
            "--reason",
            "nghi",
            "--by",
            "A",
        ],
        obj=office.app,
    )
    assert done.exit_code == 0, done.output
    seen(office, ("29/11/2026 02:55", "u"), ("29/11/2026 03:00", "d"), ("29/11/2026 03:01", "d"))
    assert {who for _, who, _ in heard(office)} == {"so-cong-thuong.duty", "trung-tam-pvhcc.duty"}
    waiting.tick(office.app, office.clock.now())
    heads = {"so-cong-thuong/head", "trung-tam-pvhcc/head"}
    assert holding(office) == [(Waits.WAKING, "00:00", heads)], "07:00 in Vietnam is midnight UTC"
    listed = CliRunner().invoke(outbox, ["list"], obj=office.app).output
    assert "2 việc của 2 chức danh, chờ hết giờ nghỉ (không báo ban đêm), đến 07:00 29/11/2026" in listed
    assert "Giám đốc Sở Công Thương" in listed
    assert "Đang giữ: 2 việc của 2 chức danh" in status.as_text(status.now(office.app))
    beat(office, "29/11/2026 07:00")
    waiting.tick(office.app, office.clock.now())
    assert holding(office) == []
    with reading(office.app.engine) as db:
        assert not watches.get_mark(db, "held/waking")
    morning = {who for at, who, _ in heard(office) if at == "29 07:00"}
    assert morning == {"so-cong-thuong.deputy", "trung-tam-pvhcc.head"}, "the deputy in the head's place, once awake"


def test_what_waits_for_a_slot_says_for_which(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    office.clock.turn_to(moment("27/11/2026 14:00"))
    one = Telling(
        subject=SubjectKind.REAPPOINTMENT, key="mot-cua\x1fH56.01", episode="breach", stage="seen", nth=1,
        person="so-cong-thuong/head", live=True, made_at=office.clock.now(),
    )  # fmt: skip
    with writing(office.app.engine) as db:
        tellings.add_once(db, [one])
    assert holding(office) == [(Waits.SLOT, "00:30", {"so-cong-thuong/head"})]
    assert "chờ phiên thư 07:30 30/11/2026" in CliRunner().invoke(outbox, ["list"], obj=office.app).output, "Monday"
    assert status.as_json(status.now(office.app))["held"][0]["count"] == 1
