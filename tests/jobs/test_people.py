"""Who is away gets no letter, whoever stands in does and reads why; who has a letter is not told the same again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import Engine

from jobs import fallback, letters, offices, project, send
from jobs.cli.letters import outbox
from jobs.cli.people import people
from jobs.subjects import people as audiences
from monitor.core.agency import Holder, Post, Role
from monitor.core.ladder import SubjectKind
from monitor.core.period import Span
from monitor.register import Register
from monitor.register.register import register_of
from monitor.store import LetterState, acknowledgements, events, reading, tellings
from monitor.web import create_app
from tests.jobs.conftest import moment, opened
from tests.jobs.dossiers import row, take_in
from tests.monitor.web.site import served

Office = Any
HEAD, DEPUTY, FOCAL = (f"so-cong-thuong/{role}" for role in ("head", "deputy", "focal_point"))
YEAR = Span(start=moment("01/01/2026 00:00"), end=moment("31/12/2026 00:00"))


def slot(office: Office, at: str) -> dict[str, str]:
    """Serve a slot at its moment and send; by whom something went to, what lies on top in their mailbox."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    project.refresh(office.app, now)
    letters.slot(office.app, now, now)
    send.run(office.app, now)
    found = {}
    for mail in office.server.mails[before:]:
        part = mail.get_body(("plain",))
        assert part is not None
        to = str(mail["To"].addresses[0].username).removeprefix("so-cong-thuong.")
        assert to not in found, "two letters to one address at one slot"
        found[to] = f"{mail['Subject']}\n{part.get_content()}"
    return found


def told(office: Office, *typed: str, code: int = 0, answer: str = "") -> str:
    """What a command answers."""
    done = CliRunner().invoke(people, list(typed), obj=office.app, input=answer)
    if code == 2 and done.exception is not None and not isinstance(done.exception, SystemExit):
        return str(done.exception)
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


@pytest.fixture
def sct(office: Office) -> Office:
    """An office in earnest with one dossier that was late on Wednesday and is late on, on either database."""
    office.go_live()
    office.clock.turn_to(moment("25/11/2026 08:00"))
    take_in(office.app, [row("H56.01", appointment="25/11/2026 17:00:00")], office.clock.now())
    return office


def test_a_week_in_which_the_head_is_away_and_the_substitute_too_for_a_day(sct: Office) -> None:
    said = told(sct, "absent", HEAD, "--from", "26/11/2026", "--to", "1/12/2026", "--reason", "cong-tac", "--by", "A",
                "--substitute", DEPUTY, "--document", "12/QĐ-SCT", "--dated", "24/11/2026")  # fmt: skip
    assert "thư do Phó Giám đốc phụ trách, Sở Công Thương" in said
    assert "vắng từ 26/11/2026 đến 01/12/2026" in said
    thursday = slot(sct, "26/11/2026 07:30")
    assert sorted(thursday) == ["deputy", "focal_point"]
    why = "vì thay Giám đốc Sở Công Thương"
    assert f"{why}: đi công tác, học tập từ 26/11/2026 đến 01/12/2026" in thursday["deputy"]
    assert "đến 01/12/2026, theo 12/QĐ-SCT ngày 24/11/2026" in thursday["deputy"]
    assert "vì thay" not in thursday["focal_point"]
    assert thursday["deputy"].count("H56.01") == thursday["focal_point"].count("H56.01")  # told once, not twice
    number = next(row.id for row in sct.letters() if row.to_address.startswith("so-cong-thuong.deputy"))
    why = CliRunner().invoke(outbox, ["why", str(number)], obj=sct.app).output
    assert "từ 26/11/2026 đến 01/12/2026: Phó Giám đốc phụ trách, Sở Công Thương nhận thay" in why
    slot(sct, "27/11/2026 07:30")
    told(sct, "absent", DEPUTY, "--from", "01/12/2026", "--to", "01/12/2026", "--reason", "nghi",
         "--substitute", HEAD, "--by", "Lê Thị Văn Thư")  # fmt: skip
    tuesday = slot(sct, "01/12/2026 07:30")  # the head's substitute is away, and the head stands in for the deputy
    assert sorted(tuesday) == ["deputy", "focal_point", "head"], "a circle: they go where they belong, with a note"
    assert [who for who, words in tuesday.items() if "chưa có người thay đang có mặt" in words] == ["deputy", "head"]
    back = slot(sct, "02/12/2026 07:30")
    assert {"deputy", "focal_point", "head"} <= back.keys(), "the second reminder to explain, for each of them"
    assert back["head"].startswith("1 hồ sơ phải giải trình nguyên nhân chậm, 1 hồ sơ đã quá hạn giải trình – ")
    assert slot(sct, "02/12/2026 13:30") == {}, "nothing is told again on return"
    friday = slot(sct, "04/12/2026 07:30")
    assert "head" in friday
    assert "vì thay" not in friday["head"]
    with reading(sct.app.engine) as db:
        assert [one.detail for one in events.between(db, YEAR) if one.kind == "people"] == [
            f"{HEAD}: 2026-11-26 – 2026-12-01", f"{DEPUTY}: 2026-12-01 – 2026-12-01",
        ]  # fmt: skip


@pytest.fixture
def shared(sqlite_engine: Engine, register: Register, tmp_path: Path) -> Any:
    """The same where head and deputy share a mailbox, and pages that readers reach."""
    box = {key: replace(register.posts[key], address="vanthu@sct.invalid") for key in (HEAD, DEPUTY)}
    with opened(sqlite_engine, replace(register, posts={**register.posts, **box}), tmp_path) as one:
        one.clock.turn_to(moment("25/11/2026 08:00"))
        one.configured(public_url="http://127.0.0.1:8099")
        one.go_live()
        take_in(one.app, [row("H56.01", appointment="25/11/2026 17:00:00")], one.clock.now())
        app = create_app(one.app.engine, one.app.settings, one.app.register, lambda: one.app.law, one.clock.now)
        with served(app) as one.url:
            yield one


def links(office: Office, words: str) -> list[str]:
    """Every link of a letter, as the test's server answers to it."""
    return [one.replace("http://127.0.0.1:8099", office.url) for one in words.split() if one.startswith("http")]


def known(office: Office, number: int) -> list[tuple[str, str]]:
    """Who has a letter, and how that is known."""
    with reading(office.app.engine) as db:
        return [(one.person, one.road.value) for one in acknowledgements.of(db, [number]).get(number, ())]


def test_a_scanner_opens_every_link_of_a_shared_mailbox_and_only_a_button_is_a_word(shared: Office) -> None:
    late = slot(shared, "26/11/2026 07:30")
    assert sorted(late) == ["focal_point", "vanthu"], "one mail to one mailbox"
    mine = next(row for row in shared.letters() if row.to_address == "vanthu@sct.invalid")
    (link,) = (one for one in links(shared, late["vanthu"]) if "/da-nhan/" in one)
    for one in (*links(shared, late["vanthu"]), *links(shared, late["focal_point"])):
        for _ in range(2):
            assert requests.get(one, timeout=20).status_code == 200
            requests.head(one, timeout=20)
    assert known(shared, mine.id) == []
    page = requests.get(link, timeout=20).text
    assert "form-action 'self'" in requests.get(link, timeout=20).headers["Content-Security-Policy"]
    assert page.count("Tôi đã nhận thư này") == 2, "a button for each post that shares the mailbox"
    for _ in range(2):
        pressed = requests.post(link, data={"chuc_danh": HEAD}, timeout=20)
        assert "Đã ghi nhận" in pressed.text
    assert pressed.text.count("Tôi đã nhận thư này") == 1
    assert known(shared, mine.id) == [(HEAD, "link")]
    for foreign in (FOCAL, "", "trung-tam-pvhcc/head"):
        assert requests.post(link, data={"chuc_danh": foreign}, timeout=20).status_code == 422
    evil = requests.post(link, data={"chuc_danh": DEPUTY}, headers={"Origin": "http://evil.invalid"}, timeout=20)
    assert evil.status_code == 403
    assert known(shared, mine.id) == [(HEAD, "link")]
    assert (requests.get(link[:-2] + "xx", timeout=20).status_code) == 404
    repeated = slot(shared, "01/12/2026 07:30")
    assert sorted(repeated) == ["focal_point", "vanthu"], "the deputy has said nothing, and is told again"
    assert repeats(shared) == {(DEPUTY, 2), (FOCAL, 2)}
    number = max(row.id for row in shared.letters() if row.to_address == "vanthu@sct.invalid")
    assert "không gửi Giám đốc Sở Nội vụ" in told(
        shared, "acknowledged", str(number), "--post", "so-noi-vu/head", "--by", "Lê Thị Trực", code=2
    )
    assert "đã nhận thư" in told(shared, "acknowledged", str(number), "--post", DEPUTY, "--by", "Lê Thị Trực")
    assert "từ trước" in told(shared, "acknowledged", str(number), "--post", DEPUTY, "--by", "Lê Thị Trực")
    assert known(shared, number) == [(DEPUTY, "command")]
    slot(shared, "04/12/2026 07:30")
    assert {who for who, nth in repeats(shared) if nth > 2} == {FOCAL}, "nobody who said so is told the same again"
    shared.turn(days=31)
    expired = requests.get(link, timeout=20)
    assert (expired.status_code, "30 ngày" in expired.text) == (410, True)
    assert requests.post(link, data={"chuc_danh": DEPUTY}, timeout=20).status_code == 410


def repeats(office: Office) -> set[tuple[str, int]]:
    """Who was told again that the result is late, and for the how manieth time."""
    with reading(office.app.engine) as db:
        found = [row.telling for letter in office.letters() for row in tellings.told_by(db, letter.id)]
    return {(one.person, one.nth) for one in found if one.subject is SubjectKind.RESULT and one.nth > 1}


def test_an_office_changes_hands_overnight_without_a_restart_and_who_left_gets_nothing(sqlite_office: Office) -> None:
    register = sqlite_office.app.register
    old = Holder(person="Ông Cũ", address="cu@sct.invalid", until=date(2026, 11, 30))
    new = Holder(person="Bà Mới", address="moi@sct.invalid", since=date(2026, 12, 1))
    handed = replace(register, holders={**register.holders, HEAD: (old, new)})
    sqlite_office.app = replace(sqlite_office.app, register=handed.on(date(2026, 11, 25)))
    sqlite_office.go_live()
    sqlite_office.clock.turn_to(moment("25/11/2026 08:00"))
    take_in(sqlite_office.app, [row("H56.01", appointment="25/11/2026 17:00:00")], sqlite_office.clock.now())
    assert "cu" in slot(sqlite_office, "26/11/2026 07:30")
    first = slot(sqlite_office, "01/12/2026 07:30")
    assert ("moi" in first, "cu" in first, "Bà Mới" in first["moi"]) == (True, False, True)
    offices.tick(sqlite_office.app, sqlite_office.clock.now())
    assert sqlite_office.app.register.posts[HEAD].person == "Bà Mới"


def test_what_does_not_reach_a_substitute_goes_to_nobody_who_is_away(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    office.clock.turn_to(moment("25/11/2026 08:00"))
    take_in(office.app, [row("H56.01", appointment="25/11/2026 17:00:00")], office.clock.now())
    for who, instead in ((HEAD, DEPUTY), (FOCAL, DEPUTY)):
        told(office, "absent", who, "--from", "26/11/2026", "--to", "30/11/2026", "--reason", "nghi",
             "--substitute", instead, "--by", "Lê Thị Văn Thư")  # fmt: skip
    office.server.answers = ["rcpt 550 5.1.1 khong co nguoi nay"]
    assert slot(office, "26/11/2026 07:30") == {}
    fallback.run(office.app, office.turn(minutes=1))
    assert [row.state for row in office.letters()] == [LetterState.DEAD], "its colleagues are all away"
    told(office, "back", FOCAL, "--on", "26/11/2026", "--by", "Lê Thị Văn Thư")
    fallback.run(office.app, office.turn(minutes=1))
    assert [row.to_address for row in office.letters()][1:] == ["so-cong-thuong.focal_point@demo.invalid"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["absent", "khong-co/head", "--from", "1/12/2026", "--to", "2/12/2026"], "không có chức danh"),
        (["absent", HEAD, "--from", "2/12/2026", "--to", "1/12/2026"], "trước ngày đầu"),
        (["absent", HEAD, "--from", "40/12/2026", "--to", "1/12/2026"], "Không hiểu ngày"),
        (["absent", HEAD, "--from", "26/11/2026", "--to", "1/12/2026"], "đã được ghi vắng từ 25/11/2026"),
        (["absent", FOCAL, "--from", "1/12/2026", "--to", "1/12/2026", "--substitute", FOCAL], "chính chức danh vắng"),
        (["absent", FOCAL, "--from", "1/12/2026", "--to", "1/12/2026", "--dated", "1/12/2026"], "thêm --document"),
        (["back", FOCAL], "Không có ghi vắng nào"),
        (["back", HEAD, "--on", "05/12/2026"], "Không có ghi vắng nào"),
        (["acknowledged", "99", "--post", HEAD], "Không có thư số 99"),
        (["test"], "chưa đặt PILOT_ADDRESS"),
    ],
    ids=["post", "order", "day", "twice", "self", "document", "not-away", "too-late", "no-letter", "trial"],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line_that_names_the_mend(
    sqlite_office: Office, typed: list[str], words: str
) -> None:
    told(sqlite_office, "absent", HEAD, "--from", "25/11/2026", "--to", "30/11/2026", "--reason", "nghi", "--by", "A")
    reason = ["--reason", "nghi"] if typed[0] == "absent" else []
    refused = told(sqlite_office, *typed, *reason, "--by", "A", code=2)
    assert words in refused
    assert "\n" not in refused.strip()


def test_each_address_is_tried_once_and_the_list_says_who_confirmed(sqlite_office: Office) -> None:
    office = sqlite_office
    register = office.app.register
    box = replace(register.posts[HEAD], address="vanthu@sct.invalid", fallbacks=("rieng@sct.invalid",))
    shared = replace(register, posts={**register.posts, HEAD: box,
                     DEPUTY: replace(register.posts[DEPUTY], address="vanthu@sct.invalid")})  # fmt: skip
    office.app = replace(office.app, register=shared)
    office.configured(pilot_address="thu-diem@sct.invalid", public_url="http://127.0.0.1:8099")
    told(office, "absent", FOCAL, "--from", "25/11/2026", "--to", "25/11/2026", "--reason", "nghi", "--by", "A")
    assert "từ 07:00 đến 21:00" in told(office, "test", HEAD, "--by", "A", code=2)
    office.clock.turn_to(moment("25/11/2026 09:00"))
    asked = told(office, "test", HEAD, DEPUTY, FOCAL, "--by", "Lê Thị Văn Thư", answer="không\n", code=1)
    assert "2 địa chỉ" not in asked
    assert office.letters() == []
    said = told(office, "test", HEAD, DEPUTY, FOCAL, "--reserve", "--by", "Lê Thị Văn Thư", "--yes")
    assert "Đã soạn 2 thư thử" in said
    assert "Đầu mối kiểm soát TTHC, Sở Công Thương" in said, "who is away is not written to"
    send.run(office.app, office.clock.now())
    assert {mail["To"].addresses[0].addr_spec for mail in office.server.mails} == {"thu-diem@sct.invalid"}, "a pilot"
    first = office.letters()[0]
    assert "Người yêu cầu gửi thử: Lê Thị Văn Thư" in first.message.text
    told(office, "acknowledged", str(first.id), "--post", DEPUTY, "--by", "Lê Thị Trực")
    assert "09:00" not in told(office, "list", "--agency", "so-cong-thuong"), "a pilot's letters reach the pilot alone"
    office.go_live()
    office.turn(minutes=30)
    told(office, "test", HEAD, DEPUTY, "--by", "Lê Thị Văn Thư", "--yes")
    told(office, "acknowledged", str(office.letters()[-1].id), "--post", DEPUTY, "--by", "Lê Thị Trực")
    lines = told(office, "list", "--agency", "so-cong-thuong").splitlines()
    listed = {line.split()[0]: line for line in lines if "so-cong-thuong/" in line}
    assert "09:30 25/11/2026" in listed[DEPUTY]
    assert "09:30 25/11/2026" not in listed[HEAD]
    assert "vanthu@sct.invalid; rieng@sct.invalid" in listed[HEAD]
    assert "nghỉ đến 25/11/2026, thay: Phó Giám đốc" in listed[FOCAL]
    assert told(office, "absences").count("cấp phó, thủ trưởng") == 1
    told(office, "back", FOCAL, "--by", "A")
    assert "(đã bỏ)" in told(office, "absences", "--all")
    assert "Không ai vắng" in told(office, "absences")


def test_a_head_hears_of_the_units_below_that_have_a_head_of_their_own(register: Register) -> None:
    division = "so-cong-thuong-qltm"
    own = Post(key=f"{division}/head", agency=division, role=Role.HEAD, title="Trưởng phòng")
    split = register_of(
        agencies=register.agencies.values(), posts=(*register.posts.values(), own), centre=register.centre,
        ladders=register.ladders.values(),
    )  # fmt: skip
    for known, heads in ((register, (HEAD,)), (split, (own.key, HEAD))):
        found = audiences(known, known.ladders[SubjectKind.RESULT], {"handling": (division,)})
        assert found["handling:head"] == heads
    above = audiences(split, split.ladders[SubjectKind.RESULT], {"handling": ("so-cong-thuong",)})
    assert above["handling:head"] == (HEAD,), "the Chairman's office hears of no department's dossier"
