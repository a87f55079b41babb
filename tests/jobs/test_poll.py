"""Polled sources: what an API tells is taken in, whatever it does; nothing lost, nothing doubled."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobs import poll, read_child, status
from jobs.brought import written as written_in
from jobs.poll_apart import poll_apart
from jobs.poll_child import Outcome, Task
from monitor.core.period import ict
from monitor.core.place import Paging
from monitor.reports.standing import Concern, standing
from monitor.store import dossier_tables, dossiers, imports, ledger_tables, polls, reading
from monitor.store.polls import PollState
from tests.jobs.conftest import Office, moment
from tests.jobs.polled import (
    ALL,
    CODES,
    FIELDS,
    KEY,
    Played,
    again,
    api,
    asks,
    ever_more,
    from_page,
    good,
    known,
    migrated,
    pages,
    played,
    record,
    speak,
    state_of,
    versions,
    zipped,
)  # fmt: skip
from tests.servers.api import Got, Say, Speak
from tests.servers.web import closed_port, new_authority, server_side

__all__ = ["migrated", "played", "speak"]

BAD: Mapping[str, tuple[Any, str, int]] = {
    "HTML for JSON": (from_page(2, Say(raw=b"<html><body>log in</body></html>")), "trang HTML thay vì JSON", 3),
    "500": (from_page(2, Say(content={}, status=500)), "báo lỗi HTTP 500 sau 3 lần hỏi", 3),
    "404 behind a full page": (from_page(2, Say(content={"detail": "none"}, status=404)), "HTTP 404 (“none”)", 3),
    "half a page": (from_page(3, Say(content={"duLieu": ALL}, cut=300)), "ngắt giữa chừng", 6),
    "half a JSON": (from_page(2, Say(raw=b'{"duLieu": [{"maHoSo": "H5')), "JSON hỏng hoặc bị cắt giữa chừng", 3),
    "nothing": (from_page(2, Say(raw=b"")), "trả lời rỗng", 3),
    "the first page for ever": (again, "trả lại trang đã trả (trang hỏi: 2)", 3),
    "slow drip": (from_page(2, Say(content={"duLieu": ALL}, drip_s=0.05)), "trả lời quá chậm", 3),
    "unknown letters": (from_page(2, Say(raw=b'{"a": "\xd2\xff\x81\xe2"}')), "bảng mã chữ không nhận ra", 3),
    "list gone": (from_page(2, Say(content={"items": ALL})), 'không thấy danh sách ở records = "duLieu"', 3),
    "no records": (from_page(2, Say(content={"duLieu": ["a", "b"]})), 'không thấy danh sách ở records = "duLieu"', 3),
    "an error as 200": (
        from_page(2, Say(content={"message": "Lỗi, gọi 0912345678"})),
        'không thấy danh sách ở records = "duLieu" (“Lỗi, gọi ***”)', 3,
    ),
    "code renamed": (
        from_page(2, Say(content={"duLieu": [{"ma": "H56", "trangThai": "4"}] * 5})),
        'không bản ghi nào có mã hồ sơ (fields.code = "maHoSo")', 3,
    ),
    "status renamed": (
        from_page(2, Say(content={"duLieu": [{"maHoSo": CODES[4], "tt": "4"}] * 5})),
        "không bản ghi nào có trạng thái", 3,
    ),
    "refused": (from_page(2, Say(content={}, status=403)), "không chấp nhận tài khoản (HTTP 403)", 3),
    "too much": (from_page(2, zipped(40 * 1024**2)), "trả lời quá lớn (trên 32 MB một trang)", 3),
    "elsewhere": (
        from_page(2, Say(status=302, headers={"Location": "https://khac.invalid/a?khoa=b"})),
        "chuyển hướng sang khac.invalid;", 3,
    ),
    "round and round": (from_page(2, Say(status=302, headers={"Location": "/ho-so?trang=2"})), "hướng lòng vòng", 3),
    "far too often": (from_page(2, Say(status=429, headers={"Retry-After": "3600"})), "bảo chờ 3600 giây", 3),
}  # fmt: skip


@pytest.mark.parametrize("behaviour", BAD)
def test_a_server_that_misbehaves_costs_nothing_that_it_told(behaviour: str, played: Played) -> None:
    bad, why, kept = BAD[behaviour]
    row = played.ask(bad)
    assert row.state is (PollState.CUT if "often" in behaviour else PollState.FAILED)
    assert why in row.why
    assert "; " in row.why
    assert "\n" not in row.why
    assert (row.records, row.since) == (kept, "")
    assert known(played.office) == CODES[:kept]
    assert played.ask(good).state is PollState.DONE
    assert known(played.office) == CODES
    assert versions(played.office) == dict.fromkeys(CODES, 1)


def test_every_page_is_brought_home_by_a_process_of_its_own(office: Office, speak: Speak) -> None:
    server = speak(pages(ALL))
    polled = asks(office, api(server.url))
    assert (polled.row.state, polled.row.why, polled.row.records) == (PollState.DONE, "", 8)
    assert [(report.row.new, report.row.set_aside) for report in polled.reports] == [(8, 0)]
    again = asks(office, api(server.url))
    assert [(report.row.new, report.row.unchanged) for report in again.reports] == [(0, 8)]
    assert versions(office) == dict.fromkeys(CODES, 1)
    with reading(office.app.engine) as db:
        assert dossiers.figures(db)[KEY] == again.row.begun_at
        assert polls.last(db)[KEY] == again.row
        assert polls.last_good(db)[KEY] == again.row.begun_at
        assert db.execute(select(dossier_tables.imports.c.complete)).scalars().all() == [True, True]
        assert {row.name for row in imports.recent(db, 9)} == {
            "may-chu-20261125-073000-DongBoHoSoMC.json",
            "may-chu-20261125-083000-DongBoHoSoMC.json",
        }


def cp1258(text: str) -> bytes:
    """A text as an old Vietnamese Windows writes it: letters, and their tones behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = (unicodedata.normalize("NFD", letter) for letter in text)
    apart = (
        unicodedata.normalize("NFC", "".join(c for c in one if c not in tones)) + "".join(c for c in one if c in tones)
        for one in letters
    )
    return "".join(apart).encode("cp1258")


def once(said: Say) -> Any:
    """Another answer to the first question for page 2, good ones otherwise."""
    asked: list[str] = []

    def answer(got: Got) -> Say:
        asked.append(got.query["trang"])
        return said if asked.count("2") == 1 and got.query["trang"] == "2" else good(got)

    return answer


def written(said: bytes, **headers: str) -> Any:
    """The good pages, in other letters."""

    def answer(got: Got) -> Say:
        text = json.dumps(good(got).content, ensure_ascii=False)
        return Say(raw=said + (cp1258(text) if not said else text.encode()), headers=headers)

    return answer


def clamped(got: Got) -> Say:
    """The last page for every number behind it."""
    return good(replace(got, query={**got.query, "trang": str(min(3, int(got.query["trang"])))}))


def overlapping(got: Got) -> Say:
    """A list that moves on while it is read: each page begins with the last one of the page before."""
    at = max(0, (int(got.query["trang"]) - 1) * 2)
    return Say(content={"duLieu": ALL[at : at + 3] if at < 7 else []})


def packed(got: Got) -> Say:
    """The good pages, packed."""
    content = json.dumps(good(got).content).encode()
    return Say(raw=gzip.compress(content), headers={"Content-Encoding": "gzip"})


def moved(got: Got) -> Say:
    """The list stands at another path of the same server."""
    there = {"Location": f"/moi?trang={got.query['trang']}"}
    return good(got) if got.path == "/moi" else Say(status=307, headers=there)


UNUSUAL: Mapping[str, tuple[Any, list[float]]] = {
    "502 and then fine": (once(Say(content={}, status=502)), [1.0]),
    "cut and then fine": (once(Say(content={"duLieu": ALL}, cut=200)), [1.0]),
    "429 with a little patience": (once(Say(status=429, headers={"Retry-After": "7"})), [7.0]),
    "Windows-1258 called UTF-8": (written(b"", **{"Content-Type": "application/json; charset=utf-8"}), []),
    "a mark before the text": (written(b"\xef\xbb\xbf"), []),
    "gzip": (packed, []),
    "404 behind the end": (lambda got: good(got) if int(got.query["trang"]) < 4 else Say(content={}, status=404), []),
    "the last page for ever": (clamped, []),
    "told twice across pages": (overlapping, []),
    "moved on its own server": (moved, []),
}  # fmt: skip


@pytest.mark.parametrize("behaviour", UNUSUAL)
def test_what_is_only_unusual_is_understood(behaviour: str, played: Played) -> None:
    answers, waits = UNUSUAL[behaviour]
    row = played.ask(answers)
    assert (row.state, row.why) == (PollState.DONE, "")
    assert played.waits == waits
    assert versions(played.office) == dict.fromkeys(CODES, 1)
    assert state_of(played.office, CODES[0]).handling_unit == "Sở Công Thương"


def test_nothing_personal_is_ever_on_the_disk(played: Played) -> None:
    asked_for: list[str] = []

    def kept(text: str) -> None:
        asked_for.append(text)

    folder = played.office.app.settings.var_dir / "polls" / KEY
    row = played.ask(
        from_page(3, Say(raw=b"<html>")), seen=lambda: [kept(p.read_text()) for p in folder.glob("*.page")]
    )
    assert row.records == 6
    text = "".join(asked_for)
    assert CODES[0] in text
    assert "Nguyễn" not in text
    assert "0912345678" not in text
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "state.json"]


def test_a_server_that_is_not_there_or_not_itself_is_named(played: Played, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{closed_port()}"
    row = played.ask(good, url=nobody)
    assert (row.state, row.why) == (
        PollState.FAILED,
        f"không kết nối được máy {nobody[7:]}; kiểm tra url, tường lửa, máy chủ tên miền",
    )
    authority, file = new_authority(tmp_path)
    server = played.speak(good, server_side(authority))
    row = played.ask(good, url=server.url)
    assert row.why.startswith(f"chứng thư của máy 127.0.0.1:{server.port} không tin được; ghi ca_file")
    server.answers = good
    assert played.ask(good, url=server.url, ca_file=str(file)).state is PollState.DONE
    assert known(played.office) == CODES
    assert server.got


def test_records_without_a_code_are_set_aside_and_numbers_are_codes_as_well(played: Played) -> None:
    odd = [record(1, maHoSo=None), record(2, maHoSo=20261125), record(3, trangThai=4, ngayNop=20261120080000)]
    row = played.ask(pages([*odd, {name: value for name, value in record(4).items() if name != "maHoSo"}]))
    assert row.state is PollState.DONE
    assert known(played.office) == ["20261125", CODES[3]]
    with reading(played.office.app.engine) as db:
        (taken,) = imports.recent(db, 9)
        assert [bad.reason for bad in imports.set_aside(db, taken.id, 9)] == [
            'thiếu mã hồ sơ; điền cột "MaHoSo" rồi thả lại tệp'
        ] * 2
        assert not db.execute(
            select(dossier_tables.imports.c.complete)
        ).scalar_one()  # what it lacks may be one of them
        assert taken.notes[-1] == (
            "2 dòng không có mã hồ sơ đọc được: không kết luận hồ sơ nào không còn trong danh sách."
        )
    assert state_of(played.office, CODES[3]).status == "4"


def test_a_column_that_was_renamed_takes_nothing_away_and_is_noted(played: Played) -> None:
    many = [record(number) for number in range(21)]
    played.ask(pages(many, 30), page_size=30)
    before = state_of(played.office, CODES[0])
    renamed = [{**one, "ngayHen": one["ngayHenTra"]} for one in many]
    for one in renamed:
        del one["ngayHenTra"]
    row = played.ask(pages(renamed, 30), page_size=30)
    assert row.state is PollState.DONE
    assert row.why == "không bản ghi nào có fields.appointment: kiểm tra nguồn có đổi tên mục không"
    assert state_of(played.office, CODES[0]).appointment == before.appointment is not None
    gone = played.ask(pages([record(0, ngayHenTra=None)]))
    assert gone.state is PollState.DONE
    assert state_of(played.office, CODES[0]).appointment is None  # told to be none: that is something else


def test_a_list_that_is_suddenly_empty_is_no_good_answer_while_dossiers_of_it_are_open(played: Played) -> None:
    played.ask(good)
    figures = last_good(played)
    row = played.ask(pages([]))
    assert (row.state, row.records) == (PollState.FAILED, 0)
    assert row.why.startswith("danh sách không có hồ sơ nào, trong khi 8 hồ sơ của nguồn đang mở: không coi hồ sơ nào")
    assert last_good(played) == figures  # so old its figures stay, until the Centre is asked for new ones
    assert known(played.office) == CODES
    assert state_of(played.office, CODES[0]).status == "4"

    assert played.ask(pages([]), since_name="tuNgay", since_field="capNhat", since_first="1").why == ""  # no news
    ended = [one | {"trangThai": "10", "ngayTraKetQua": "20261124090000"} for one in ALL]
    assert played.ask(pages(ended), fields=FIELDS | {"returned": "ngayTraKetQua"}).state is PollState.DONE
    row = played.ask(pages([]))
    assert (row.state, row.records, row.why) == (PollState.DONE, 0, "")


def last_good(played: Played) -> datetime:
    with reading(played.office.app.engine) as db:
        return polls.last_good(db)[KEY]


def test_a_page_that_is_asked_for_without_end_ends(played: Played) -> None:
    row = played.ask(ever_more)
    assert (row.state, row.records) == (PollState.FAILED, 18)
    assert row.why.startswith("quá 6 trang mà danh sách chưa hết: nguồn trả mãi không dừng; khai total hoặc more")
    assert len(known(played.office)) == 18


CURSOR = {"paging": Paging.CURSOR, "page_name": "con_tro", "next_cursor": "tiep"}


def by_cursor(got: Got) -> Say:
    """Pages that name the one behind them."""
    at = int(got.query.get("con_tro", "s0")[1:])
    return Say(content={"duLieu": ALL[at : at + 3], "tiep": f"s{at + 3}" if at + 3 < 8 else None})


def test_pages_are_followed_by_their_cursor_and_never_in_a_circle(played: Played) -> None:
    row = played.ask(lambda got: Say(content={**by_cursor(got).content, "tiep": "s3"}), **CURSOR)
    assert (row.state, row.records) == (PollState.FAILED, 3)
    assert "trả mãi một con trỏ" in row.why
    assert played.ask(by_cursor, **CURSOR).state is PollState.DONE
    assert known(played.office) == CODES


def test_pages_are_asked_for_by_offset_until_the_total(played: Played) -> None:
    def answer(got: Got) -> Say:
        at = int(got.query["tu"])
        return Say(content={"duLieu": ALL[at : at + 2], "tong": {"so": 8}})  # two at most, whatever is asked for

    row = played.ask(answer, paging=Paging.OFFSET, page_name="tu", total="tong.so")
    assert (row.state, row.records) == (PollState.DONE, 8)
    assert played.server is not None
    assert [got.query["tu"] for got in played.server.got] == ["0", "2", "4", "6"]


def test_a_list_says_itself_whether_there_is_more(played: Played) -> None:
    def answer(got: Got) -> Say:
        at = got.content["trang"] * 3
        return Say(content={"duLieu": ALL[at : at + 3], "con": at + 3 < 8})

    body = json.dumps({"trangThai": ["4"], "donVi": "H56"})
    row = played.ask(
        answer, method="POST", body=body, first_page=0, more="con", query={"v": "2"}, headers={"X-Don-Vi": "H56"}
    )
    assert (row.state, row.records) == (PollState.DONE, 8)
    assert played.server is not None
    first = played.server.got[0]
    assert first.content == {"trangThai": ["4"], "donVi": "H56", "trang": 0, "co": 3}
    assert (first.method, first.query, first.headers["x-don-vi"]) == ("POST", {"v": "2"}, "H56")


SINCE = {"since_name": "tu", "since_field": "capNhat", "since_first": "20260101000000"}


@pytest.mark.parametrize(
    "ways", [{"more": "con"}, {"paging": Paging.CURSOR, "page_name": "trang", "next_cursor": "meta.tiep"}],
    ids=["more", "cursor"],
)  # fmt: skip
def test_a_full_page_that_says_nothing_of_the_next_is_not_taken_for_the_whole_list(
    ways: dict[str, Any], played: Played
) -> None:
    row = played.ask(lambda _: Say(content={"duLieu": ALL[:3]}), **ways, **SINCE)
    assert (row.state, row.records, row.since) == (PollState.FAILED, 3, "")
    assert "trang đầy 3 bản ghi mà không có" in row.why
    with reading(played.office.app.engine) as db:
        assert db.execute(select(dossier_tables.imports.c.complete)).scalars().all() == [False]
    row = played.ask(lambda _: Say(content={"duLieu": ALL[:2]}), **ways, **SINCE)
    assert row.state is PollState.DONE  # a page that is not full may end a list without a word


def test_only_what_changed_is_asked_for_once_it_was_taken_in(played: Played) -> None:
    row = played.ask(good, **SINCE)
    assert row.since == "20261124080000"
    assert played.server is not None
    assert {got.query["tu"] for got in played.server.got} == {"20260101000000"}
    played.server.got.clear()
    changed = [record(1, trangThai="9", capNhat="20261125060000"), record(2, capNhat="20990101080000")]
    row = played.ask(pages(changed), **SINCE)
    assert {got.query["tu"] for got in played.server.got} == {"20261124080000"}
    assert row.since == "20261125060000"  # one of the future is a slip of the pen
    with reading(played.office.app.engine) as db:
        complete = db.execute(select(dossier_tables.imports.c.complete)).scalars().all()
    assert complete == [False, False]
    assert state_of(played.office, CODES[1]).status == "9"
    again = played.ask(pages([]), **SINCE)
    assert again.since == row.since


def test_the_moment_does_not_move_before_everything_was_taken_in(played: Played) -> None:
    row = played.ask(from_page(3, Say(status=500)), **SINCE)
    assert (row.state, row.records, row.since) == (PollState.FAILED, 6, "")
    assert played.server is not None
    played.server.got.clear()
    row = played.ask(good, **SINCE)
    assert [got.query["trang"] for got in played.server.got] == ["2", "3", "4"]  # the last finished page once more
    assert (row.state, row.since) == (PollState.DONE, "20261124080000")
    assert versions(played.office) == dict.fromkeys(CODES, 1)


def test_what_changes_while_pages_are_read_is_told_by_the_next_poll(played: Played) -> None:
    begun = ict(played.office.clock.now())
    before, after = (f"{begun + timedelta(minutes=ahead):%Y%m%d%H%M%S}" for ahead in (-1, 1))
    told = [record(0, capNhat=before), record(1, capNhat=before), record(2, capNhat=before), record(3, capNhat=after)]
    assert played.ask(from_told(told, 2, Say(status=500)), **SINCE).state is PollState.FAILED
    row = played.ask(pages(told), **SINCE)  # the same walk goes on an hour later
    assert (row.state, row.since) == (PollState.DONE, before)
    assert played.ask(pages(told), **SINCE).since == after


def from_told(told: list[dict[str, object]], number: int, said: Say) -> Any:
    """Pages of these records up to one, and another answer from there on."""
    return lambda got: pages(told)(got) if int(got.query["trang"]) < number else said


def test_a_truth_value_says_whether_it_came_over_the_national_portal(played: Played) -> None:
    fields = {**FIELDS, "from_national_portal": "quaCong"}
    played.ask(pages([record(0, quaCong=True), record(1, quaCong=False), record(2)]), fields=fields)
    told = [state_of(played.office, code).from_national_portal for code in CODES[:3]]
    assert told == [True, False, None]


def test_a_moment_that_cannot_be_compared_is_refused(played: Played) -> None:
    row = played.ask(pages([record(0, capNhat="25/11/2026 08:00")]), **SINCE)
    assert row.state is PollState.FAILED
    assert 'since_field = "capNhat" là ngày viết dạng ngày/tháng/năm, không so lớn nhỏ được' in row.why


def test_a_source_that_is_asked_another_way_begins_anew(played: Played) -> None:
    played.ask(from_page(3, Say(status=500)), **SINCE)
    assert played.server is not None
    played.server.got.clear()
    played.ask(good, **{**SINCE, "since_field": "ngayNop"})
    assert [(got.query["trang"], got.query["tu"]) for got in played.server.got][:1] == [("1", "20260101000000")]


def test_going_on_that_fails_again_begins_anew(played: Played) -> None:
    bad = from_page(3, Say(raw=b"<html>"))
    asked = []
    for _ in range(3):
        played.ask(bad)
        assert played.server is not None
        asked.append(int(played.server.got[0].query["trang"]))
        played.server.got.clear()
    assert asked == [1, 2, 1]


def test_a_cursor_that_its_server_forgot_begins_anew(played: Played) -> None:
    played.ask(lambda got: Say(status=500) if got.query.get("con_tro") == "s6" else by_cursor(got), **CURSOR)

    def forgot(got: Got) -> Say:
        return Say(content={"error": "gone"}, status=410) if got.query.get("con_tro") == "s6" else by_cursor(got)

    row = played.ask(forgot, **CURSOR)
    assert (row.state, row.records) == (PollState.FAILED, 6)
    assert "HTTP 410 (“gone”)" in row.why
    assert played.ask(by_cursor, **CURSOR).state is PollState.DONE
    assert versions(played.office) == dict.fromkeys(CODES, 1)


class Killed(BaseException):
    """The machine goes out."""


@pytest.mark.parametrize("taken", [False, True], ids=["before", "after"])
def test_a_kill_while_pages_are_taken_in_doubles_nothing(taken: bool, played: Played) -> None:
    def dies(task: read_child.Task, _lock: int, _progress: Any) -> str:
        if taken:
            read_child.run(task)
        raise Killed

    office, server = played.office, played.serve(good)
    spec = api(server.url)
    with pytest.raises(Killed):
        asks(office, spec, read=dies)
    left = sorted(path.name for path in (office.app.settings.var_dir / "polls" / KEY).glob("*.page"))
    assert left == [f"{number:06d}.page" for number in (1, 2, 3, 4)]
    polled = played.poll(spec, {})
    assert (polled.row.state, polled.row.records) == (PollState.DONE, 8)
    assert versions(office) == dict.fromkeys(CODES, 1)
    assert polled.reports[0].already is taken
    with reading(office.app.engine) as db:
        assert [row.state for row in all_polls(db)] == [PollState.CUT, PollState.DONE]


def all_polls(db: Connection) -> list[Any]:
    """Every poll, the oldest first."""
    return list(db.execute(select(ledger_tables.polls).order_by(ledger_tables.polls.c.id)))


def test_sources_are_asked_when_they_are_due(played: Played) -> None:
    office, server = played.office, played.serve(good)
    spec = api(server.url)
    start = office.clock.now()

    def wants(minutes: float) -> bool:
        return poll.due(office.app, start + timedelta(minutes=minutes)) == [spec]

    assert poll.due(office.app, start) == []  # none of the shipped ones is polled
    played.poll(spec, {})
    assert [wants(59), wants(60)] == [False, True]
    start = office.clock.now()
    with reading(office.app.engine) as db:
        assert standing(db, office.app.settings, office.app.register, office.app.law, start).unfetched == ()
    bad = from_page(3, Say(status=429, headers={"Retry-After": "600"}))
    server = played.server = played.speak(bad)
    spec = api(server.url)
    row = played.poll(spec, {}).row
    assert row.state is PollState.CUT
    assert row.ended_at is not None
    assert [wants(0.5), wants(1)] == [False, True]  # what was cut short goes on soon
    start = office.clock.now()
    assert played.poll(spec, {}).row.pages == 1
    assert [wants(1), wants(60)] == [False, True]  # but not where it gets no further


def test_a_source_that_cannot_be_asked_needs_seeing_to(played: Played) -> None:
    row = played.ask(lambda _got: Say(status=503))
    office = played.office
    with reading(office.app.engine) as db:
        found = standing(db, office.app.settings, office.app.register, office.app.law, office.clock.now())
    assert Concern.UNFETCHED_SOURCE in found.concerns
    assert f"có nguồn không lấy được số liệu: Máy chủ thử – {row.why}" in status.as_text(found)
    assert status.as_json(found)["unfetched_sources"] == {KEY: row.why}


def test_a_job_asks_what_is_due_and_one_that_is_busy_is_left_alone(played: Played) -> None:
    spec = api(played.serve(good).url)
    office = played.office
    sources = MappingProxyType({**office.app.register.sources, spec.key: spec})
    office.app = replace(office.app, register=replace(office.app.register, sources=sources))
    folder = office.app.settings.var_dir / "polls" / KEY
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        poll.run(office.app, office.clock.now())
        assert known(office) == []
    poll.run(office.app, office.clock.now())
    assert known(office) == CODES
    assert played.server is not None
    asked = len(played.server.got)
    poll.run(office.app, office.clock.now())
    assert len(played.server.got) == asked


def test_a_poll_ends_at_its_deadline_and_keeps_what_it_has(sqlite_office: Office, speak: Speak) -> None:
    server = speak(from_page(2, Say(content={"duLieu": ALL[3:6]}, drip_s=0.1)))
    row = asks(sqlite_office, replace(api(server.url), deadline_s=3)).row
    assert (row.state, row.records) == (PollState.CUT, 3)
    assert "trả lời quá chậm, hết giờ của lần lấy; giảm page_size" in row.why
    assert known(sqlite_office) == CODES[:3]
    with reading(sqlite_office.app.engine) as db:
        assert db.execute(select(dossier_tables.imports.c.complete)).scalars().all() == [False]


def test_a_process_that_hangs_beyond_its_deadline_is_ended(sqlite_office: Office, speak: Speak) -> None:
    turns: list[int] = []

    def hangs(task: Task, lock: int, _alive: Any) -> Outcome:
        os.mkfifo(Path(task.folder) / "000002.page.tmp")  # who writes there waits for somebody who reads
        return poll_apart(task, lock, lambda: turns.append(1), grace_s=0.0)

    row = asks(sqlite_office, replace(api(speak(good).url), deadline_s=3), ask=hangs).row
    assert (row.state, row.records) == (PollState.CUT, 3)
    assert row.why == "hết 3 giây của một lần lấy; lần sau lấy tiếp, nếu lặp lại thì tăng deadline_s"
    assert turns
    assert asks(sqlite_office, replace(api(speak(good).url), deadline_s=20)).row.state is PollState.DONE
    assert versions(sqlite_office) == dict.fromkeys(CODES, 1)


def test_more_records_than_one_file_may_have_go_into_several(tmp_path: Path) -> None:
    one, two = tmp_path / "1.page", tmp_path / "2.page"
    one.write_text('{"service": "x"}\n{"MaHoSo": "A"}\n{"MaHoSo": "B"}')
    two.write_text('{"service": "x"}\n{"MaHoSo": "C"}')
    paths = list(written_in(tmp_path, "n", "DongBoHoSoMC", moment("25/11/2026 07:30"), (one, two), largest=40))
    assert [[each["MaHoSo"] for each in json.loads(path.read_text())["data"]] for path in paths] == [["A", "B"], ["C"]]
    assert [path.name for path in paths] == ["n-DongBoHoSoMC.json", "n-DongBoHoSoMC-2.json"]


@pytest.mark.parametrize(
    "told",
    [
        record(0, capNhat="\ud800", maHoSo="H\ud800\x00"),
        record(0, capNhat="NaN", ngayNop=[1], donVi={"a": 1}),
        record(0, capNhat=float("inf"), trangThai=None, thuTuc=[]),
        record(0, capNhat=10**40, ngayHenTra="x" * 9000),
        record(0, ngayHenTra=float("nan"), ngayNop=float("-inf")),
    ],
    ids=["halves of letters", "lists for texts", "no number", "too long", "no date"],
)
def test_values_that_nobody_expects_stop_nothing(told: dict[str, object], played: Played) -> None:
    row = played.ask(pages([told, record(1), record(2)]), **SINCE)
    assert (row.state, row.records) == (PollState.DONE, 3)
    assert {CODES[1], CODES[2]} <= set(known(played.office))
