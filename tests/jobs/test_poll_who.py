"""How a polled source knows who asks: passwords, tokens, log-ins; renewed once, never told to anybody else."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from monitor.core.place import Auth
from monitor.store import dossier_tables, reading
from monitor.store.polls import PollState
from tests.jobs.polled import CODES, KEY, Played, good, known, migrated, played, record, speak, state_of, trunk
from tests.servers.api import Got, Say
from tests.servers.web import closed_port

__all__ = ["migrated", "played", "speak"]

NAMED = {"username": "giam-sat", "password": "mật khẩu:1"}
CLIENT = {"client_id": "tthc", "client_secret": "bí mật"}


def wants(header: str, value: str) -> Any:
    """The good pages, for who brings a header."""
    return lambda got: good(got) if got.headers.get(header) == value else Say(content={}, status=401)


def test_a_name_and_a_password_are_sent_and_named_where_they_are_refused(played: Played) -> None:
    def answer(got: Got) -> Say:
        kind, _, told = got.headers["authorization"].partition(" ")
        sound = (kind, b64decode(told).decode()) == ("Basic", "giam-sat:mật khẩu:1")
        return good(got) if sound else Say(content={}, status=401)

    assert played.ask(answer, auth=Auth.BASIC, secrets=NAMED).state is PollState.DONE
    row = played.ask(answer, auth=Auth.BASIC, secrets={**NAMED, "password": "sai"})
    assert row.state is PollState.FAILED
    assert f"không chấp nhận tài khoản (HTTP 401); kiểm tra [{KEY}] trong SOURCE_SECRETS_FILE" in row.why
    assert "sai" not in row.why


@pytest.mark.parametrize(
    ("header", "token", "sent"),
    [
        ("Authorization", "abc", "Bearer abc"),
        ("Authorization", "Token abc", "Token abc"),
        ("X-Api-Key", "abc", "abc"),
    ],
)
def test_a_token_goes_into_its_header(header: str, token: str, sent: str, played: Played) -> None:
    answers = wants(header.lower(), sent)
    row = played.ask(answers, auth=Auth.TOKEN, auth_header=header, secrets={"token": token})
    assert (row.state, row.why) == (PollState.DONE, "")


class Issuer:
    """A server that gives tokens out and takes each for so many pages."""

    def __init__(self, lasts: int, *, in_form: bool = False, life: int = 3600) -> None:
        self.lasts, self.in_form, self.life = lasts, in_form, life
        self.given: dict[str, int] = {}

    def __call__(self, got: Got) -> Say:
        if got.path == "/token":
            return self._give(got)
        token = got.headers.get("authorization", "").removeprefix("Bearer ")
        self.given[token] = self.given.get(token, self.lasts) + 1
        return good(got) if self.given[token] <= self.lasts else Say(content={}, status=401)

    def _give(self, got: Got) -> Say:
        form, header = got.content, got.headers.get("authorization", "")
        assert form["grant_type"] == "client_credentials"
        known = form.get("client_secret") == "bí mật" if self.in_form else header.startswith("Basic ")
        if not known:
            return Say(content={"error": "invalid_client"}, status=401)
        token = f"t{len(self.given)}"
        self.given[token] = 0
        return Say(content={"access_token": token, "token_type": "Bearer", "expires_in": self.life})


def oauth2(played: Played, answers: Any, secrets: Mapping[str, str] = CLIENT) -> Any:
    """One poll with a token that is fetched for it."""
    server = played.server or played.speak(answers)
    played.server = server
    return played.ask(
        answers, auth=Auth.OAUTH2, token_url=f"{server.url}/token", token_scope="ho-so", secrets=secrets
    )  # fmt: skip


@pytest.mark.parametrize("in_form", [False, True])
def test_a_token_that_ends_in_mid_poll_is_renewed(in_form: bool, played: Played) -> None:
    issuer = Issuer(2, in_form=in_form)
    row = oauth2(played, issuer)
    assert (row.state, row.records) == (PollState.DONE, 8)
    assert sorted(issuer.given.items()) == [("t0", 3), ("t1", 2)]  # four pages; the third was refused once
    assert known(played.office) == CODES


def test_a_token_is_kept_until_shortly_before_it_ends(played: Played) -> None:
    issuer = Issuer(99, life=20)
    assert oauth2(played, issuer).state is PollState.DONE
    assert len(issuer.given) == 4  # one a page, since twenty seconds are no time at all
    issuer = Issuer(99)
    assert oauth2(played, issuer).state is PollState.DONE
    assert len(issuer.given) == 1


def test_a_token_that_is_never_good_is_renewed_once_and_then_given_up(played: Played) -> None:
    issuer = Issuer(0)
    row = oauth2(played, issuer)
    assert (row.state, len(issuer.given)) == (PollState.FAILED, 2)
    assert "không chấp nhận tài khoản (HTTP 401)" in row.why
    row = oauth2(played, lambda _got: Say(content={"error": "invalid_client"}, status=401))
    assert row.why.endswith(
        "từ chối (HTTP 401) (“invalid_client”); kiểm tra client_id, client_secret của [may-chu] trong "
        "SOURCE_SECRETS_FILE, token_scope trong sources.toml"
    )


def test_nobody_else_hears_a_password(played: Played) -> None:
    other = played.speak(good)
    there = {"Location": f"{other.url}/ho-so"}
    row = played.ask(lambda _got: Say(status=302, headers=there), auth=Auth.BASIC, secrets=NAMED)
    assert f"chuyển hướng sang {other.url[7:]}; không đi theo, không gửi mật khẩu sang đó" in row.why
    assert other.got == []


def test_a_source_is_asked_through_the_proxy_that_is_set(played: Played) -> None:
    proxy, nowhere = played.speak(good), f"http://127.0.0.1:{closed_port()}"
    played.office.configured(proxy_url=proxy.url)
    assert played.ask(good, url=nowhere).state is PollState.DONE  # nobody is there but who answers for it
    assert proxy.got[0].path == "/ho-so"
    refused = f"không kết nối được máy {nowhere[7:]}; kiểm tra url, tường lửa, máy chủ tên miền"
    assert played.ask(good, url=nowhere, proxy="").why == refused
    played.office.configured(no_proxy="127.0.0.0/8")
    assert played.ask(good, url=nowhere).why == refused


SESSIONS = {"username": "h56", "password": "mk"}


class Trunk:
    """An adapter of the national data format: sessions that end after so many calls."""

    def __init__(self, lasts: int = 99) -> None:
        self.lasts, self.logins, self.calls = lasts, 0, 0
        self.asked: list[Mapping[str, Any]] = []
        self.dossiers = [national(record(number)) for number in range(5)]
        self.says: Mapping[str, Any] | None = None

    def __call__(self, got: Got) -> Say:
        assert got.headers["dstcode"] == "VN:GOV:000.00.00.G22"
        if got.path == "/dang-nhap":
            return self._log_in(got.content)
        body = got.content
        assert (body["madonvi"], body["isUpdating"]) == ("000.00.00.H56", "False")
        self.calls += 1
        if body["session"] != f"s{self.logins}" or self.calls > self.lasts:
            return Say(content={"error_code": "-5", "message": "Phiên làm việc đã hết hạn"})
        if self.says is not None:
            return Say(content=self.says)
        self.asked.append(body)
        return Say(content={"error_code": "00", "result": self._found(body)})

    def _log_in(self, body: Mapping[str, str]) -> Say:
        if body != SESSIONS:
            return Say(content={"error_code": "-1", "message": "Sai mật khẩu của 0912345678"})
        self.logins, self.calls = self.logins + 1, 0
        return Say(content={"error_code": 0, "session": f"s{self.logins}"})

    def _found(self, body: Mapping[str, Any]) -> list[Mapping[str, object]]:
        match body["service"]:
            case "TraCuuHoSo":
                return [one | {"TrangThaiHoSo": "10"} for one in self.dossiers if one["MaHoSo"] == body["MaHoSo"]]
            case "CapNhatTienDoHoSoMC":
                return [step(one) for one in self.dossiers] if body["data"]["page"] == 1 else []
            case _:
                at = (body["data"]["page"] - 1) * body["data"]["pageSize"]
                return self.dossiers[at : at + body["data"]["pageSize"]]


def national(one: Mapping[str, object]) -> dict[str, object]:
    """A record of these tests as the national format has it, with what nobody may see."""
    return {
        "MaHoSo": one["maHoSo"], "MaTTHC": "2.001474", "TenTTHC": "Sửa đổi khuyến mại", "KenhThucHien": "2",
        "NoiNopHoSo": "1", "TrangThaiHoSo": "4", "NgayNopHoSo": one["ngayNop"], "NgayTiepNhan": one["ngayTiepNhan"],
        "NgayHenTra": one["ngayHenTra"], "NgayKetThucXuLy": "", "DonViXuLy": "Sở Công Thương",
        "ChuHoSo": "Nguyễn Văn Ví Dụ", "SoDienThoai": "0912345678", "MaHoSoQG": "000.00.06.H56-261120-0001",
        "DanhSachHoSoBoSung": [
            {"NguoiYeuCauBoSung": "Trần Thị Mẫu", "NgayBoSung": "20261121080000", "NgayTiepNhanBoSung": ""}
        ],
    }  # fmt: skip


def step(one: Mapping[str, object]) -> dict[str, object]:
    """A step of a dossier's way."""
    return {
        "MaHoSo": one["MaHoSo"], "NguoiXuLy": "Lê Văn Mẫu", "ChucDanh": "Chuyên viên", "TrangThai": "4",
        "ThoiDiemXuLy": "20261123081500", "PhongBanXuLy": "Phòng Quản lý thương mại",
        "NoiDungXuLy": "Gọi 0912345678", "NgayBatDau": "20261123081500", "NgayKetThucTheoQuyDinh": "20261126170000",
    }  # fmt: skip


def test_an_adapter_is_asked_under_a_log_in_and_gives_lists_and_steps(played: Played) -> None:
    answers = Trunk()
    server, seen = played.serve(answers), list[str]()
    folder = played.office.app.settings.var_dir / "polls" / KEY
    spec = trunk(server.url, "DongBoHoSoMC", "CapNhatTienDoHoSoMC")
    polled = played.poll(spec, SESSIONS, lambda: seen.extend(path.read_text() for path in folder.glob("*.page")))
    assert [body["data"] for body in answers.asked] == [{"page": at, "pageSize": 2} for at in (1, 2, 3, 4, 1, 2)]
    assert answers.logins == 1
    assert known(played.office) == CODES[:5]
    assert state_of(played.office, CODES[0]).supplements
    text = "".join(seen)
    assert "Phòng Quản lý thương mại" in text
    assert "000.00.06.H56-261120-0001" in text
    for personal in ("Nguyễn", "0912345678", "Trần", "Lê Văn", "NoiDungXuLy"):
        assert personal not in text
    assert polled.row.records == 10


def test_officers_are_brought_home_only_where_the_source_may_keep_them(played: Played) -> None:
    server, seen = played.serve(Trunk()), list[str]()
    folder = played.office.app.settings.var_dir / "polls" / KEY
    spec = trunk(server.url, "CapNhatTienDoHoSoMC", officers=True)
    played.poll(spec, SESSIONS, lambda: seen.extend(path.read_text() for path in folder.glob("*.page")))
    assert "Lê Văn Mẫu" in "".join(seen)


def test_open_dossiers_are_looked_up_by_their_codes(played: Played) -> None:
    answers = Trunk()
    server = played.serve(answers)
    played.poll(trunk(server.url), SESSIONS)
    answers.asked.clear()
    spec = trunk(server.url, "TraCuuHoSo")
    assert played.poll(spec, SESSIONS).row.records == 0  # all of them were told today
    played.office.turn(days=2)
    row = played.poll(spec, SESSIONS).row
    assert sorted(body["MaHoSo"] for body in answers.asked) == CODES[:5]
    assert (row.state, row.records) == (PollState.DONE, 5)
    assert {state_of(played.office, code).status for code in CODES[:5]} == {"10"}
    answers.asked.clear()
    assert played.poll(spec, SESSIONS).row.records == 0  # and now none is open


class Brief(Trunk):
    """One whose list has lost a dossier, and which says of a single one only how it stands."""

    def _found(self, body: Mapping[str, Any]) -> list[Mapping[str, object]]:
        if body["service"] == "TraCuuHoSo":
            return [{"MaHoSo": body["MaHoSo"], "TrangThaiHoSo": "5"}]
        return [one for one in super()._found(body) if one["MaHoSo"] != CODES[4]]


def test_what_is_said_of_a_single_dossier_in_few_words_takes_nothing_away(played: Played) -> None:
    played.poll(trunk(played.serve(Trunk()).url), SESSIONS)
    before = state_of(played.office, CODES[4])
    played.office.turn(days=2)
    row = played.poll(trunk(played.serve(Brief()).url, "DongBoHoSoMC", "TraCuuHoSo"), SESSIONS).row
    assert row.state is PollState.DONE
    after = state_of(played.office, CODES[4])
    assert (before.status, after.status) == ("4", "5")
    assert (after.appointment, after.handling_unit) == (before.appointment, "Sở Công Thương")
    with reading(played.office.app.engine) as db:
        taken = select(dossier_tables.imports.c.name, dossier_tables.imports.c.complete)
        told = {name.partition("-DongBoHoSoMC")[0][-8:]: complete for name, complete in db.execute(taken)}
    assert told.pop("-tra-cuu") is False
    assert set(told.values()) == {True}


def test_dossiers_of_the_national_portal_that_others_told_are_looked_up(played: Played) -> None:
    answers = Trunk()
    server = played.serve(answers)
    played.poll(trunk(server.url), SESSIONS)
    answers.asked.clear()
    other = replace(trunk(server.url, "TraCuuHoSo"), key="truc")
    row = played.poll(other, SESSIONS).row
    assert (row.records, sorted(body["MaHoSo"] for body in answers.asked)) == (5, CODES[:5])
    assert known(played.office) == sorted(CODES[:5] * 2)


def test_a_log_in_that_ends_is_renewed_once(played: Played) -> None:
    answers = Trunk(lasts=3)
    row = played.poll(trunk(played.serve(answers).url), SESSIONS).row
    assert (row.state, row.records, answers.logins) == (PollState.DONE, 5, 2)
    answers = Trunk(lasts=0)
    row = played.poll(trunk(played.serve(answers).url), SESSIONS).row
    assert (row.state, answers.logins) == (PollState.FAILED, 1)
    assert "không chấp nhận phiên vừa đăng nhập (HTTP 200) (“Phiên làm việc đã hết hạn”); kiểm tra quyền" in row.why


BAD: Mapping[str, tuple[Any, str]] = {
    "an error with a message": (
        {"error_code": "-7", "message": "Đơn vị 0912345678 chưa đăng ký"},
        "báo lỗi -7 cho DongBoHoSoMC (“Đơn vị *** chưa đăng ký”); kiểm tra unit",
    ),
    "no list": ({"error_code": "00", "result": "ok"}, "không trả danh sách ở result hay data"),
    "no codes": ({"error_code": "00", "data": [{"Ma": "1"}]}, "không bản ghi nào của DongBoHoSoMC có MaHoSo"),
    "one page for ever": (
        {"error_code": 0, "result": [national(record(0)), national(record(1))]},
        "trả lại trang đã trả của DongBoHoSoMC (trang 2)",
    ),
}


@pytest.mark.parametrize("behaviour", BAD)
def test_an_adapter_that_misbehaves_costs_nothing(behaviour: str, played: Played) -> None:
    said, why = BAD[behaviour]
    answers = Trunk()
    answers.says = said
    spec = trunk(played.serve(answers).url)
    row = played.poll(spec, SESSIONS).row
    assert row.state is PollState.FAILED
    assert why in row.why
    answers.says = None
    assert played.poll(spec, SESSIONS).row.state is PollState.DONE
    assert known(played.office) == CODES[:5]


def test_an_adapter_without_pages_is_taken_whole(played: Played) -> None:
    answers = Trunk()
    answers.says = {"error_code": "0", "data": answers.dossiers}
    assert played.poll(trunk(played.serve(answers).url), SESSIONS).row.state is PollState.DONE
    assert known(played.office) == CODES[:5]


def test_a_log_in_that_is_refused_says_whose_password_to_mend(played: Played) -> None:
    row = played.poll(trunk(played.serve(Trunk()).url), {**SESSIONS, "password": "sai"}).row
    assert row.state is PollState.FAILED
    assert row.why.partition(" không cho đăng nhập ")[2] == (
        "(HTTP 200, error_code -1) (“Sai mật khẩu của ***”); kiểm tra username, password của [may-chu] trong "
        "SOURCE_SECRETS_FILE, dstcode trong sources.toml"
    )


def test_a_source_without_its_password_is_not_asked(played: Played) -> None:
    server = played.serve(Trunk())
    row = played.poll(trunk(server.url), {"username": "h56"}).row
    assert row.state is PollState.FAILED
    assert (
        row.why == "SOURCE_SECRETS_FILE: [may-chu]: nguồn may-chu thiếu password – thêm vào bảng [may-chu] của tệp ấy"
    )
    assert server.got == []
