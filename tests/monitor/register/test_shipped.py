"""The register that comes with the program is ready for Thanh Hóa, and copies into a folder of the office's own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from monitor.core.agency import AgencyKind, Role
from monitor.core.ladder import SubjectKind
from monitor.core.look import Cause, Kind
from monitor.core.message import Urgency
from monitor.core.service import Want
from monitor.register import Register, RegisterError, copy_shipped, load_register

TODAY = date(2026, 11, 24)


def living(register: Register, kind: AgencyKind, on: date) -> list[str]:
    return [a.key for a in register.agencies.values() if a.kind is kind and (a.start or on) <= on <= (a.end or on)]


def test_the_province_has_147_communes_and_19_wards_and_no_districts(shipped: Register) -> None:
    communes = living(shipped, AgencyKind.COMMUNE, TODAY)
    assert Counter(key.partition("-")[0] for key in communes) == {"xa": 147, "phuong": 19}
    assert living(shipped, AgencyKind.DISTRICT, TODAY) == []


def test_until_30_june_2025_there_were_districts_and_none_of_these_communes(shipped: Register) -> None:
    last_day = date(2025, 6, 30)
    assert len(living(shipped, AgencyKind.DISTRICT, last_day)) == 26
    assert len(living(shipped, AgencyKind.DISTRICT, date(2024, 12, 31))) == 27
    assert living(shipped, AgencyKind.COMMUNE, last_day) == []
    assert {a.end for a in shipped.agencies.values() if a.kind is AgencyKind.DISTRICT} == {last_day, date(2024, 12, 31)}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("phuong-hac-thanh", "14797"),
        ("xa-cac-son", "16591"),
        ("xa-nga-son", "16093"),
        ("phuong-bim-son", "14812"),
        ("phuong-ham-rong", "14758"),
    ],
)
def test_communes_have_their_official_codes(shipped: Register, key: str, code: str) -> None:
    assert shipped.agencies[key].code == code
    codes = [a.code for a in shipped.agencies.values() if a.kind is AgencyKind.COMMUNE]
    assert len(set(codes)) == 166


def test_every_commune_has_its_posts_and_no_address_is_shipped(shipped: Register) -> None:
    roles = {Role.HEAD, Role.DEPUTY, Role.FOCAL_POINT, Role.SERVICE_CENTRE}
    for key in living(shipped, AgencyKind.COMMUNE, TODAY):
        assert {post.role for post in shipped.posts_of(key, Role)} == roles
    assert {(p.person, p.address, p.phone) for p in shipped.posts.values()} == {("", "", "")}


@pytest.mark.parametrize("agency", ["so-cong-thuong", "trung-tam-pvhcc"])
def test_those_told_of_interruptions_have_somebody_on_duty_and_a_head(shipped: Register, agency: str) -> None:
    service = shipped.service("2.001474")
    assert service is not None
    assert agency in service.told
    assert {p.role for p in shipped.posts_of(agency, {Role.DUTY, Role.HEAD})} == {Role.DUTY, Role.HEAD}


def test_a_division_without_posts_is_answered_for_by_its_department(shipped: Register) -> None:
    (head,) = shipped.posts_of("so-cong-thuong-qltm", {Role.HEAD})
    assert head.key == "so-cong-thuong/head"
    assert shipped.ancestors("so-cong-thuong-qltm") == ("so-cong-thuong", "ubnd-tinh")


def test_both_watch_targets_of_2_001474_ask_for_a_usable_page(shipped: Register) -> None:
    service = shipped.service("2.001474")
    assert service is not None
    assert service.owner == "so-cong-thuong"
    browsed = [t for t in service.targets if t.kind is Kind.BROWSER]
    hosts = ["dichvucong.gov.vn", "dichvucong-tthc.moit.gov.vn"]
    assert [t.steps[0].url.split("/")[2] for t in browsed] == hosts
    for target in browsed:
        asked = {(a.want, a.cause) for a in target.steps[-1].assertions}
        assert {(Want.TEXT, Cause.WRONG_PAGE), (Want.TEXT, Cause.ACTION_MISSING)} <= asked
        assert target.challenge
    required = [t.key for t in service.required_targets()]
    assert required == ["2.001474-dvcqg-browser"]


def test_no_stranger_is_looked_at_more_often_than_every_five_minutes(shipped: Register) -> None:
    assert all(t.public and t.interval_s >= 300 for t in shipped.targets())
    controls = {t.key: t.abroad for t in shipped.targets() if t.control}
    assert controls == {"doi-chieu-tinh": False, "doi-chieu-chinh-phu": False, "doi-chieu-nuoc-ngoai": True}


def test_the_duties_of_2024_are_closed_examples(shipped: Register) -> None:
    assert [(d.due, d.due_kind.value, d.closed) for d in shipped.duties] == [
        (date(2024, 3, 11), "before", date(2024, 3, 8))
    ] * 2
    assert {d.agencies for d in shipped.duties} == {("trung-tam-pvhcc",), ("so-cong-thuong",)}


def test_the_ladders_are_those_of_the_rules(shipped: Register) -> None:
    names = {kind: [s.name for s in shipped.ladders[kind].stages] for kind in SubjectKind}
    assert names == {
        SubjectKind.RECEPTION: ["half", "last_hour", "late"],
        SubjectKind.RESULT: ["three_days", "before_cut_off", "cut_off", "due", "late"],
        SubjectKind.INTERRUPTION: ["opened", "opened_heads", "ended", "ended_heads"],
        SubjectKind.UNKNOWN_UNIT: ["seen"],
        SubjectKind.CERTIFICATE: ["days_30", "days_14", "days_7"],
        SubjectKind.SUSPICION: ["raised"],
        SubjectKind.VANTAGE: ["silent"],
        SubjectKind.EXPLANATION: ["asked", "due", "late", "centre"],
        SubjectKind.REAPPOINTMENT: ["seen"],
        SubjectKind.REPEAT: ["head"],
        SubjectKind.SOURCE: ["silent"],
        SubjectKind.DUTY: ["three_days", "one_day", "due", "late", "centre", "superior", "obstacle"],
        SubjectKind.ADDRESS: ["broken"],
    }
    assert {
        s.repeat_working_days for k in ("reception", "result") for s in shipped.ladders[SubjectKind(k)].stages if s.late
    } == {3}
    urgency = {s.name: (s.urgency, s.audience) for s in shipped.ladders[SubjectKind.INTERRUPTION].stages}
    assert urgency["opened"] == (Urgency.NOW, ("told:duty", "centre:duty"))
    assert urgency["opened_heads"] == (Urgency.WAKING, ("told:head", "centre:head"))


def test_late_reception_is_the_receiving_units_and_a_late_result_the_handling_units(shipped: Register) -> None:
    for kind, side in ((SubjectKind.RECEPTION, "receiving"), (SubjectKind.RESULT, "handling")):
        told = {audience.partition(":")[0] for s in shipped.ladders[kind].stages for audience in s.audience}
        assert told == {side}


def test_a_target_is_found_by_the_key_it_formerly_had(own) -> None:
    own.change(
        "services/2.001474.toml", 'key = "2.001474-dvcqg-http"', 'key = "moi"\nformerly = ["2.001474-dvcqg-http"]'
    )
    register = own.load()
    assert register.target("2.001474-dvcqg-http") is register.target("moi")
    assert register.target_name("2.001474-dvcqg-http") == "Cổng Dịch vụ công quốc gia, tải trang"
    assert register.target_name("khong-co") == "khong-co"


def test_a_copy_is_the_same_register_and_writable(tmp_path: Path, shipped: Register) -> None:
    copy_shipped(tmp_path / "danh-muc")
    copied = load_register(str(tmp_path / "danh-muc"))
    assert copied.agencies == shipped.agencies
    assert copied.posts == shipped.posts
    assert copied.services == shipped.services
    (tmp_path / "danh-muc" / "register.toml").open("a").close()


def test_nothing_is_copied_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "ghi-chu.txt").write_text("của tôi")
    with pytest.raises(RegisterError, match="không ghi đè"):
        copy_shipped(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ghi-chu.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    with pytest.raises(RegisterError, match="chọn"):
        copy_shipped(tmp_path / "tep")


def test_a_register_that_does_not_exist_is_named_with_the_mend() -> None:
    with pytest.raises(RegisterError, match="tthc init nghe-an"):
        load_register("nghe-an")
