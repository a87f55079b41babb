"""One dossier in several systems: one matter with a lead, told of once, its differences found, its steps kept."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from jobs import chairman, letters, once, project, reading, tell
from jobs.cli.dossiers import dossiers as commands
from jobs.cli.ground import Refused
from jobs.clock import HandClock
from jobs.report import Report
from jobs.subjects import key_of
from monitor.core.discrepancy import Difference
from monitor.core.finding import FindingKind
from monitor.core.ladder import SubjectKind
from monitor.reports.circumstances import circumstances
from monitor.reports.render import term
from monitor.store import dossier_list, dossiers, joining, mass_pauses, matters, tellings, writing
from monitor.store import letters as stored_letters
from monitor.store import reading as reading_from
from tests.jobs.conftest import Office, moment

MINUTE = timedelta(minutes=1)
ONE_STOP, NATIONAL = "mot-cua", "cong-dvcqg"
MINE, THEIRS = "H56.02-261116-0001", "G09.20-20261116-0092637"


class Desk:
    """Takes messages in, each as of a moment of its own."""

    def __init__(self, office: Office) -> None:
        self.office, self.files = office, 0

    @property
    def engine(self) -> Any:
        return self.office.app.engine

    def tell(self, source: str, *records: dict[str, object], at: str = "", service: str = "") -> Report:
        now = self.office.clock.now()
        self.office.clock.turn_to(moment(at) if at else max(now + MINUTE, moment("25/11/2026 07:30")))
        self.files += 1
        path = self.office.app.settings.var_dir / f"{self.files}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"service": service or "DongBoHoSoMC", "nth": self.files, "data": records}), "utf-8")
        now = self.office.clock.now()
        os.utime(path, (now.timestamp(), now.timestamp()))
        report = reading.take_in(self.office.app, path, source, now)
        project.catch_up(self.office.app, now)
        return report

    def found(self, code: str, source: str = "") -> tuple[tuple[str, str], ...]:
        with reading_from(self.engine) as db:
            return tuple((one.source, one.code) for one in matters.find(db, code, source))

    def noted(self, **how: Any) -> dict[str, tuple[FindingKind, ...]]:
        with reading_from(self.engine) as db:
            return {row.code: row.noted for row in dossier_list.listed(db, **how)}

    def count(self, table: str) -> int:
        with reading_from(self.engine) as db:
            return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def desk(office: Office) -> Desk:
    office.clock = HandClock(moment("16/11/2026 09:30"))
    office.app = replace(office.app, clock=office.clock)
    return Desk(office)


def record(code: str = MINE, **fields: object) -> dict[str, object]:
    return {
        "MaHoSo": code, "MaTTHC": "2.001474", "TrangThaiHoSo": "4", "KenhThucHien": "2", "DonViXuLy": "Sở Công Thương",
        "NgayNopHoSo": "20261116080000", "NgayTiepNhan": "20261116090000", "NgayHenTra": "20261127170000",
        "NgayKetThucXuLy": "",
    } | fields  # fmt: skip


def step(code: str = MINE, at: str = "20261117081500", **fields: object) -> dict[str, object]:
    return {
        "MaHoSo": code, "NguoiXuLy": "TRẦN VĂN THỬ", "ChucDanh": "Chuyên viên", "ThoiDiemXuLy": at,
        "PhongBanXuLy": "Sở Công Thương", "TrangThai": "4", "NgayKetThucTheoQuyDinh": "20261120170000",
    } | fields  # fmt: skip


def test_the_same_code_in_two_systems_is_one_dossier_and_counts_once(desk: Desk) -> None:
    desk.tell(NATIONAL, record(TrangThaiHoSo="1", NgayTiepNhan="", NgayHenTra=""))
    desk.tell(ONE_STOP, record())
    assert desk.found(MINE) == ((ONE_STOP, MINE), (NATIONAL, MINE)), "the source declared first leads"
    assert desk.found(MINE, NATIONAL) == desk.found(MINE)
    assert desk.noted() == {MINE: (FindingKind.DIFFERING,)}
    with reading_from(desk.engine) as db:
        assert sum(one.count for one in dossiers.counts(db) if one.kind is FindingKind.RESULT) == 1
        assert not any(one.count for one in dossiers.counts(db) if one.kind is FindingKind.RECEPTION)
        (lead, other) = matters.find(db, MINE)
        assert lead.matter == other.matter == 1
        assert matters.ids_of(db, [1, 2]) == {1: frozenset({1, 2}), 2: frozenset({1, 2})}
        known = circumstances(db, [lead])[1]
        assert [one.source for one in known.others] == [NATIONAL]


@pytest.mark.parametrize("order", [(ONE_STOP, NATIONAL), (NATIONAL, ONE_STOP)], ids=["lead-first", "lead-last"])
def test_what_a_second_system_says_moves_of_the_first_words_all_it_must(desk: Desk, order: tuple[str, str]) -> None:
    codes = [f"H56.02-261116-{number:04}" for number in range(1, 6)]
    desk.tell(order[0], *map(record, codes))
    other = (
        record(codes[0]),
        record(codes[1], TrangThaiHoSo="10", NgayKetThucXuLy="20261120170000"),
        record(codes[2], NgayHenTra="20261130170000"),
        record(codes[3], TrangThaiHoSo="77"),
        record("H56.02-261116-0009"),
    )
    desk.tell(order[1], *other)
    assert project.differing(desk.office.app, desk.office.clock.now(), sample=20) == []
    desk.tell(order[1], *map(record, codes))
    assert project.differing(desk.office.app, desk.office.clock.now(), sample=20) == []


def test_a_code_that_one_names_for_another_joins_them_in_either_order(desk: Desk) -> None:
    desk.tell(NATIONAL, record(THEIRS), record("G09.20-20261116-0000002", MaHoSoKhac="H56.02-261116-0002"))
    assert desk.found(MINE) == ()
    desk.tell(ONE_STOP, record(MaHoSoQG=THEIRS), record("H56.02-261116-0002"), record("H56.02-261116-0003"))
    assert desk.found(MINE) == desk.found(THEIRS) == ((ONE_STOP, MINE), (NATIONAL, THEIRS))
    assert desk.found("G09.20-20261116-0000002")[0] == (ONE_STOP, "H56.02-261116-0002")
    assert len(desk.noted()) == 3
    desk.tell(ONE_STOP, record("H56.02-261116-0004", MaHoSoKhac="G09.20-20261116-0000009"))
    assert desk.found("G09.20-20261116-0000009") == ((ONE_STOP, "H56.02-261116-0004"),), "known by it before it comes"


def test_one_code_that_many_dossiers_of_a_source_name_joins_the_first_alone(desk: Desk) -> None:
    desk.tell(NATIONAL, record(THEIRS))
    desk.tell(ONE_STOP, *(record(f"H56.02-261116-{n:04}", MaHoSoKhac=THEIRS) for n in range(1, 4)))
    assert len(desk.noted()) == 3
    assert [len(desk.found(f"H56.02-261116-{n:04}")) for n in range(1, 4)] == [2, 1, 1]


def test_whoever_leads_it_is_told_of_once_under_its_first_name(desk: Desk) -> None:
    desk.office.go_live()
    late = {"NgayHenTra": "20261120170000"}
    desk.tell(NATIONAL, record(THEIRS, **late), at="23/11/2026 07:00")
    desk.tell(ONE_STOP, record(**late), at="23/11/2026 07:05")
    tell.plan(desk.office.app, moment("23/11/2026 07:30"), moment("23/11/2026 13:30"))
    told = desk.count("tellings")
    assert told > 0
    with reading_from(desk.engine) as db:
        before = tellings.of(db, SubjectKind.RESULT, [key_of(ONE_STOP, MINE), key_of(NATIONAL, THEIRS)], live=True)
    assert len(before) == 2, "two dossiers as far as anybody knows"
    with writing(desk.engine) as db:
        joining.add_alias(db, ONE_STOP, MINE, THEIRS, at=desk.office.clock.now(), by="Nguyễn Thử")
        assert joining.join(db, [2]) == {1, 2}
    project.rebuild(desk.office.app, desk.office.clock.now())
    for at in ("23/11/2026 07:40", "23/11/2026 08:00"):
        tell.plan(desk.office.app, moment(at), moment("23/11/2026 13:30"))
    assert desk.count("tellings") == told, "joined: nothing told anew"
    with reading_from(desk.engine) as db:
        lead = once.lead(db, key_of(NATIONAL, THEIRS))
    assert lead is not None
    assert lead.source == ONE_STOP


def test_the_chairmans_page_knows_whom_it_told_under_any_of_its_names(desk: Desk) -> None:
    desk.office.go_live()
    late = {"NgayHenTra": "20261120170000"}
    desk.tell(NATIONAL, record(THEIRS, **late), at="23/11/2026 07:00")
    desk.tell(ONE_STOP, record(MaHoSoQG=THEIRS, **late), at="23/11/2026 07:05")
    now = moment("23/11/2026 07:30")
    tell.plan(desk.office.app, now, moment("23/11/2026 13:30"))
    letters.slot(desk.office.app, now, now)
    with reading_from(desk.engine) as db:
        told = tellings.of(db, SubjectKind.RESULT, [key_of(NATIONAL, THEIRS)], live=True)
        page = chairman.page(db, desk.office.app, now, live=True)
    (case,) = page.brief.cases
    assert case.dossier.source == ONE_STOP
    assert page.of(case).told == len({one.person for some in told.values() for one in some}) > 0
    with writing(desk.engine) as db:
        for letter in stored_letters.claim(db, now, 100, 60):
            stored_letters.dead(db, letter.id, "550 không có hộp thư này")
        page = chairman.page(db, desk.office.app, now, live=True)
    assert page.of(case).told == 0, "no letter of it reached anybody"


def test_a_stale_source_leads_no_longer_and_nothing_is_told_anew(desk: Desk) -> None:
    desk.office.go_live()
    sources = dict(desk.office.app.register.sources)
    sources[ONE_STOP] = replace(sources[ONE_STOP], fresh_days=2)
    desk.office.app = replace(desk.office.app, register=replace(desk.office.app.register, sources=sources))
    desk.tell(ONE_STOP, record(NgayHenTra="20261120170000"), at="16/11/2026 10:00")
    desk.tell(NATIONAL, record(NgayHenTra="20261120163000"), at="16/11/2026 10:05")
    assert desk.found(MINE)[0][0] == ONE_STOP
    desk.tell(NATIONAL, record(NgayHenTra="20261120163000", GhiChu="x"), at="23/11/2026 07:00")
    assert desk.found(MINE)[0][0] == NATIONAL
    tell.plan(desk.office.app, moment("23/11/2026 07:30"), moment("23/11/2026 13:30"))
    with reading_from(desk.engine) as db:
        keys = {key_of(ONE_STOP, MINE), key_of(NATIONAL, MINE)}
        told = tellings.of(db, SubjectKind.RESULT, sorted(keys), live=True)
    assert set(told) == {key_of(ONE_STOP, MINE)}, "told under its first name"
    made = desk.count("tellings")
    desk.tell(ONE_STOP, record(NgayHenTra="20261120170000", TrangThaiHoSo="2"), at="23/11/2026 07:40")
    assert desk.found(MINE)[0][0] == ONE_STOP
    tell.plan(desk.office.app, moment("23/11/2026 07:45"), moment("23/11/2026 13:30"))
    assert desk.count("tellings") == made


def test_steps_are_kept_once_and_wait_for_a_dossier_not_told_of_yet(desk: Desk) -> None:
    message = [step(), step(at="20261118090000", PhongBanXuLy="Phòng Quản lý thương mại"), step(at="hôm qua")]
    report = desk.tell(ONE_STOP, *message, service="CapNhatTienDoHoSoMC")
    assert (report.row.read, report.row.new, report.row.set_aside, report.failed) == (3, 2, 1, False)
    assert desk.found(MINE) == ()
    again = desk.tell(ONE_STOP, *message, step(at="20261119090000"), service="CapNhatTienDoHoSoMC")
    assert (again.row.new, again.row.unchanged) == (1, 2)
    with reading_from(desk.engine) as db:
        assert dossiers.figures(db) == {}, "steps are no figures"
    assert desk.tell(ONE_STOP, record()).row.new == 1
    with reading_from(desk.engine) as db:
        (one,) = matters.find(db, MINE)
        steps = circumstances(db, [one], desk.office.app.register)[one.matter].steps
    assert [s.at for s in steps] == sorted(s.at for s in steps)
    assert (len(steps), steps[0].agency, steps[0].officer) == (3, "so-cong-thuong", "")
    assert desk.count("dossiers") == 1


def test_what_a_source_says_by_and_by_is_held_against_itself(desk: Desk) -> None:
    desk.tell(ONE_STOP, record(), record("H56.02-261116-0002"), record("H56.02-261116-0003"), at="19/11/2026 07:00")
    desk.tell(
        ONE_STOP,
        record(NgayHenTra="20261204170000"),
        record("H56.02-261116-0002", TrangThaiHoSo="9", NgayKetThucXuLy="20261118100000"),
        record("H56.02-261116-0003", NgayHenTra="20261126170000"),
        at="20/11/2026 07:00",
    )
    desk.tell(
        ONE_STOP,
        record("H56.02-261116-0002", NgayHenTra="20261118235900", TrangThaiHoSo="9", NgayKetThucXuLy="20261118235900"),
        at="21/11/2026 07:00",
    )
    assert desk.noted(kind=FindingKind.MOVED_UNAPOLOGISED) == {MINE: (FindingKind.MOVED_UNAPOLOGISED,)}
    assert sorted(desk.noted(kind=FindingKind.MOVED_BACK)) == ["H56.02-261116-0002", "H56.02-261116-0003"]
    exact = desk.noted(kind=FindingKind.EXACT_RESULT)["H56.02-261116-0002"]
    assert FindingKind.MIDNIGHT_RESULT in exact
    desk.tell(ONE_STOP, record("H56.02-261116-0002"), at="22/11/2026 07:00")
    assert list(desk.noted(kind=FindingKind.REOPENED)) == ["H56.02-261116-0002"]
    assert project.differing(desk.office.app, desk.office.clock.now(), sample=10) == []


def test_a_unit_that_pauses_many_on_the_day_they_are_due_is_named(desk: Desk) -> None:
    codes = [f"H56.02-261116-{n:04}" for n in range(1, 7)]
    due = {"NgayHenTra": "20261125170000"}
    desk.tell(ONE_STOP, *(record(code, **due) for code in codes), at="24/11/2026 07:00")
    desk.tell(ONE_STOP, *(record(code, TrangThaiHoSo="8", **due) for code in codes[:5]), at="25/11/2026 16:00")
    desk.tell(ONE_STOP, record(codes[5], TrangThaiHoSo="6", **due), at="26/11/2026 16:00")
    with reading_from(desk.engine) as db:
        (one,) = mass_pauses.counted(db, since=moment("01/11/2026 00:00"))
    assert (one.agency, one.count) == ("so-cong-thuong", 5)
    assert sorted(desk.noted(kind=FindingKind.PAUSED_WHEN_DUE)) == codes[:5]


def test_commands_show_both_testimonies_and_join_codes_by_a_persons_word(desk: Desk, tmp_path: Any) -> None:
    desk.tell(
        NATIONAL, record(THEIRS, TrangThaiHoSo="9", NgayKetThucXuLy="20261120100000", NgayHenTra="20261126170000")
    )
    desk.tell(ONE_STOP, record(TrangThaiHoSo="5"))
    desk.tell(ONE_STOP, step(), service="CapNhatTienDoHoSoMC")

    def run(*words: str) -> str:
        ran = CliRunner().invoke(commands, list(words), obj=desk.office.app)
        if isinstance(ran.exception, Refused):
            return str(ran.exception)
        assert ran.exit_code == 0, ran.output
        return ran.output

    assert "là một mã" in run("alias", MINE, MINE, "--by", "Lê Thử")
    assert "là một hồ sơ" in run("alias", MINE, THEIRS, "--by", "Lê Thử")
    assert "đã là một hồ sơ" in run("alias", THEIRS, MINE, "--by", "Lê Thử")
    shown = json.loads(run("show", THEIRS, "--json"))
    assert [(one["source"], one["lead"]) for one in shown["testimonies"]] == [(ONE_STOP, True), (NATIONAL, False)]
    assert (len(shown["steps"]), len(shown["differences"])) == (1, 2)
    page = run("show", MINE)
    assert "phần mềm đồng bộ" in page
    assert "hai nguồn ghi ngày hẹn trả khác nhau: 17:00 27/11/2026 và 17:00 26/11/2026" in page
    assert THEIRS in page
    told = run("explain", MINE)
    assert THEIRS in told
    assert "phần mềm đồng bộ" in told


def test_every_difference_has_its_words() -> None:
    assert all(term(one) for one in Difference)
