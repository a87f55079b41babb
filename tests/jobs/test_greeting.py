"""What the daemon says when it is up: a few lines, and the next step that fits what is set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs import greeting
from jobs.app import App
from jobs.clock import SystemClock
from monitor.config import Settings
from monitor.law import load_law
from monitor.register import copy_shipped, load_register
from monitor.reports.mode import LIVE
from monitor.store import watches, writing

URL = "http://127.0.0.1:8080/"
SMTP = {"smtp_url": "smtps://user:mat-khau@127.0.0.1:465", "smtp_from": "a@x.invalid"}


@pytest.fixture
def app(sqlite_engine: Engine) -> App:
    """The program as shipped."""
    register = load_register("thanh-hoa")
    return App(
        settings=Settings(),
        clock=SystemClock(),
        engine=sqlite_engine,
        register=register,
        law=load_law(register.hours_of()),
    )


def with_settings(app: App, **said: Any) -> App:
    return replace(app, settings=Settings(**said))


def addressed(app: App) -> App:
    """The same with an address for every post."""
    posts = {key: replace(post, address="a@x.invalid") for key, post in app.register.posts.items()}
    return replace(app, register=replace(app.register, posts=posts))


def test_it_says_where_everything_is_and_that_nothing_leaves(app: App, tmp_path: Path) -> None:
    said = greeting.text(app, URL)
    assert said.startswith("tthc-monitor đang chạy. Chế độ: CHẠY THỬ – không thư nào gửi ra ngoài\n")
    assert f"Trang trạng thái     {URL}\n" in said
    assert f"Cơ sở dữ liệu        sqlite:///{tmp_path / 'tthc.db'}\n" in said
    assert "Thả tệp hồ sơ vào    var/inbox/\n" in said
    assert "Thư đã soạn, đọc ở   var/mailbox/\n" in said
    assert said.endswith("\nDừng: Ctrl-C")
    assert len(said.splitlines()) <= 12


def test_it_names_what_is_not_set_and_what_comes_of_it(app: App) -> None:
    said = greeting.text(app, URL)
    assert "\n  CONTACT: chưa ai chịu trách nhiệm" in said
    assert "\n  SMTP_URL: chưa có máy chủ thư" in said
    assert "\n  Còn 714/714 chức danh chưa có địa chỉ thư: người" in said


@pytest.mark.parametrize(
    ("settings", "step"),
    [
        ({}, "điền CONTACT trong .env (chưa có tệp ấy thì chép từ config.example.env), rồi tthc check"),
        ({"contact": "a@x.invalid"}, "điền SMTP_URL và SMTP_FROM trong .env, rồi tthc check --network"),
        ({"contact": "a@x.invalid", **SMTP}, "tthc init danh-muc; đặt REGISTER=danh-muc trong .env"),
    ],
)
def test_the_next_step_is_the_first_thing_missing(app: App, settings: dict[str, str], step: str) -> None:
    assert f"Bước tiếp theo: {step}" in greeting.text(with_settings(app, **settings), URL)


def test_a_register_of_the_offices_own_is_asked_for_once(app: App, tmp_path: Path) -> None:
    copy_shipped(tmp_path / "danh-muc")
    own = with_settings(app, contact="a@x.invalid", register=str(tmp_path / "danh-muc"), **SMTP)
    assert "Bước tiếp theo: tthc contacts export danh-ba.xlsx" in greeting.text(own, URL)


def test_once_all_is_set_the_next_step_is_to_go_live_and_after_it_there_is_none(app: App) -> None:
    ready = addressed(with_settings(app, contact="a@x.invalid", public_url="https://x.invalid", **SMTP))
    said = greeting.text(ready, URL)
    assert 'tthc go-live --by "Họ tên"' in said
    assert "Chưa thiết lập" not in said
    with writing(app.engine) as db:
        watches.set_mark(db, LIVE, '{"at": "2026-11-20T08:00:00+07:00", "by": "Nguyễn Văn Thử"}')
    said = greeting.text(ready, URL)
    assert "CHÍNH THỨC" in said
    assert "Bước tiếp theo: không có" in said


def test_a_pilot_names_the_one_address(app: App) -> None:
    said = greeting.text(with_settings(app, pilot_address="thu@x.invalid", **SMTP), URL)
    assert "mọi thư chỉ gửi tới PILOT_ADDRESS (thu@x.invalid)" in said


def test_no_password_is_printed(app: App) -> None:
    assert "mat-khau" not in greeting.text(with_settings(app, **SMTP), URL)
