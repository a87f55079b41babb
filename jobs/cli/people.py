"""Commands about people: who holds which post, who is away, whether letters reach them, and who has which letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import Connection

from jobs.app import App
from jobs.cli.choice import Words
from jobs.cli.ground import Refused, agreed, app_of, as_json, as_table, moment, say
from jobs.cli.official import BY, agency_of, day, said
from jobs.people import TEST, come_back, follow, go_away, to_try, try_addresses
from jobs.presence import Presence, presence
from jobs.readers import for_whom, named
from jobs.tell import mode
from monitor.core.absence import Absence, AbsenceReason
from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.core.agency import Post
from monitor.core.period import day_of, ict, iso
from monitor.core.stages import WAKING_FROM, WAKING_TO
from monitor.reports.render import ngay, so, term
from monitor.store import absences as kept
from monitor.store import acknowledgements, letters, reading, writing

REASONS = {
    "nghi": AbsenceReason.LEAVE,
    "cong-tac": AbsenceReason.TRAVEL,
    "uy-quyen": AbsenceReason.DELEGATION,
    "khuyet": AbsenceReason.VACANT,
}


@click.group()
def people() -> None:
    """Người nhận thư: ai giữ chức danh nào, ai vắng, ai thay, thư có tới nơi không."""


@people.command("list")
@click.option("--agency", default="", help="Chỉ cơ quan này (khóa hoặc tên).")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, agency: str, json_: bool) -> None:
    """Các chức danh hôm nay: họ tên, địa chỉ, có vắng không, đã xác nhận thư thử chưa."""
    app = app_of(context)
    key = agency_of(app, agency) if agency else ""
    with reading(app.engine) as db:
        here = presence(db, app, app.clock.now())
        known = _confirmed(db, here)
    posts = [post for post in here.register.posts.values() if not key or post.agency == key]
    if json_:
        as_json([_facts(here, post, known.get(post.key)) for post in posts])
        return
    as_table(
        ("Mã", "Chức danh", "Họ tên", "Địa chỉ, dự phòng", "Hôm nay", "Xác nhận thư thử"),
        (
            (
                post.key,
                post.title,
                post.person or "–",
                "; ".join(_addresses(post)) or "(chưa có)",
                _today(here, post),
                moment(known[post.key].at) if post.key in known else "–",
            )
            for post in posts
        ),
        empty="Không có chức danh nào.",
    )


def _confirmed(db: Connection, here: Presence) -> dict[str, Acknowledgement]:
    """Who confirmed last that a test letter came to an address they have today; a trial's go elsewhere."""
    known = acknowledgements.last(db, TEST, live=True)
    lines = letters.lines(db, {one.letter for one in known.values()})
    return {
        key: one
        for key, one in known.items()
        if key in here.register.posts
        and lines[one.letter].to_address.casefold() in map(str.casefold, _addresses(here.register.posts[key]))
    }


def _facts(here: Presence, post: Post, known: Acknowledgement | None) -> dict[str, Any]:
    away = here.away.get(post.key)
    return {
        "post": post.key,
        "title": post.title,
        "person": post.person,
        "address": post.address,
        "fallbacks": post.fallbacks,
        "absent_until": away.last if away else None,
        "reader": here.reader(post).key,
        "confirmed_at": iso(known.at) if known else None,
    }


def _addresses(post: Post) -> Iterator[str]:
    yield from (one for one in (post.address, *post.fallbacks) if one)


def _today(here: Presence, post: Post) -> str:
    found = here.stand_in(post)
    if found is None:
        return "có mặt"
    words = f"{term(found.absences[0].reason)} đến {ngay(found.absences[0].last)}"
    return f"{words}, chưa có người thay" if found.alone else f"{words}, thay: {found.by.title}"


@people.command("absent")
@click.argument("key", metavar="MÃ_CHỨC_DANH")
@click.option("--from", "since", required=True, help='Ngày đầu: "25/11/2026".')
@click.option("--to", "until", required=True, help="Ngày cuối, tính cả ngày ấy.")
@click.option("--reason", type=Words(REASONS), required=True, help="nghi, cong-tac, uy-quyen hoặc khuyet.")
@click.option("--substitute", default="", help="Mã chức danh nhận thay; bỏ trống: cấp phó, rồi thủ trưởng cơ quan.")
@click.option("--document", default="", help='Số, ký hiệu văn bản cử, ủy quyền: "12/QĐ-SCT".')
@click.option("--dated", default="", help='Ngày văn bản: "24/11/2026".')
@click.option("--by", required=True, help=BY)
@click.pass_context
def absent(context: click.Context, /, **typed: Any) -> None:
    """Ghi một chức danh vắng từ ngày đến ngày: trong thời gian ấy người thay nhận thư, người vắng không nhận."""
    app = app_of(context)
    one = _absence(app, **typed)
    with reading(app.engine) as db:
        by = follow(db, app, one)
    try:
        number = go_away(app, one)
    except kept.AwayAlready as known:
        other: Absence = known.args[0]
        raise Refused(
            f"{_title(app, one.post)} đã được ghi vắng từ {ngay(other.since)} đến {ngay(other.last)} "
            f"(số {other.number}): sửa hai ngày cho khỏi trùng, hoặc ghi ngày trở lại trước (tthc people back)."
        ) from known
    say(f"Đã ghi (số {number}): {_title(app, one.post)} vắng từ {ngay(one.since)} đến {ngay(one.until)}.")
    if by is None:
        say(
            "Chưa có ai có mặt và có địa chỉ để nhận thay: thư vẫn gửi tới chức danh này. Nên ghi --substitute.",
            err=True,
        )
    else:
        say(f"Trong thời gian ấy thư do {named(by)} nhận; mỗi thư ghi rõ vì sao.")
        if one.substitute and by.key != one.substitute:
            say(f"Lưu ý: {_title(app, one.substitute)} lúc đó cũng vắng, hoặc chưa có địa chỉ.", err=True)


def _absence(app: App, **typed: str) -> Absence:
    """What was typed, checked."""
    one = Absence(
        post=_post(app, typed["key"]).key,
        reason=AbsenceReason(typed["reason"]),
        since=day(typed["since"]),
        until=day(typed["until"]),
        substitute=_post(app, typed["substitute"]).key if typed["substitute"] else "",
        document=said(typed["document"], "Số văn bản (--document)") if typed["document"] else "",
        dated=day(typed["dated"]) if typed["dated"] else None,
        at=app.clock.now(),
        by=said(typed["by"], "Người ghi (--by)"),
    )
    if one.until < one.since:
        raise Refused(f"Ngày cuối {ngay(one.until)} trước ngày đầu {ngay(one.since)}: xem lại --from, --to.")
    if one.substitute == one.post:
        raise Refused("Người nhận thay là chính chức danh vắng: chọn chức danh khác ở --substitute.")
    if one.dated and not one.document:
        raise Refused("Có ngày văn bản mà không có số văn bản: thêm --document.")
    return one


def _post(app: App, key: str) -> Post:
    """The post with a key, or the one with just that title; refuse any other."""
    post = app.register.posts.get(key) or next((one for one in app.register.posts.values() if one.title == key), None)
    if post is None:
        raise Refused(f"Danh mục không có chức danh {key}: xem cột Mã của `tthc people list`.")
    return post


def _title(app: App, key: str) -> str:
    return app.register.posts[key].title if key in app.register.posts else key


@people.command("back")
@click.argument("key", metavar="MÃ_CHỨC_DANH")
@click.option("--on", "first", default="", help="Ngày đầu có mặt trở lại (mặc định: hôm nay).")
@click.option("--by", required=True, help=BY)
@click.pass_context
def back(context: click.Context, key: str, first: str, by: str) -> None:
    """Ghi một chức danh trở lại sớm hơn: từ ngày ấy lại nhận thư; điều đã báo người thay không báo lại."""
    app = app_of(context)
    now, post, who = app.clock.now(), _post(app, key), said(by, "Người ghi (--by)")
    on = day(first) if first else day_of(now)
    with reading(app.engine) as db:
        one = next((one for one in kept.of(db, post.key) if one.since <= max(on, day_of(now)) and on <= one.last), None)
    if one is None:
        raise Refused(
            f"Không có ghi vắng nào của {post.title} còn vào ngày {ngay(on)}: xem `tthc people absences --all`."
        )
    if not come_back(app, one, on - timedelta(days=1), now, who):
        raise Refused(
            f"Ghi vắng số {one.number} đã ghi ngày kết thúc từ trước ({ngay(one.last)}): ghi một lần vắng mới."
        )
    say(f"Đã ghi: {post.title} có mặt từ {ngay(on)}.")


@people.command("absences")
@click.option("--all", "all_", is_flag=True, help="Cả những lần đã qua.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def absences_(context: click.Context, all_: bool, json_: bool) -> None:
    """Ai vắng hôm nay và sắp tới, ai thay, theo văn bản nào."""
    app = app_of(context)
    today = day_of(app.clock.now())
    with reading(app.engine) as db:
        some = kept.ending_after(db, today - timedelta(days=36_500 if all_ else 0))
    shown = [one for one in some if all_ or one.last >= today]
    if json_:
        as_json([_as_json(one) for one in shown])
        return
    as_table(
        ("Số", "Chức danh", "Lý do", "Từ", "Đến", "Nhận thay", "Văn bản", "Người ghi"),
        (
            (
                str(one.number),
                _title(app, one.post),
                term(one.reason),
                ngay(one.since),
                ngay(one.last) if one.last >= one.since else "(đã bỏ)",
                _title(app, one.substitute) if one.substitute else "cấp phó, thủ trưởng",
                " ngày ".join(filter(None, (one.document, ngay(one.dated) if one.dated else ""))) or "–",
                one.by,
            )
            for one in shown
        ),
        empty="Không ai vắng.",
    )


def _as_json(one: Absence) -> dict[str, Any]:
    return {
        "number": one.number,
        "post": one.post,
        "reason": one.reason,
        "since": one.since,
        "until": one.last,
        "substitute": one.substitute,
        "document": one.document,
        "dated": one.dated,
        "at": iso(one.at),
        "by": one.by,
    }


@people.command(TEST)
@click.argument("keys", metavar="[MÃ_CHỨC_DANH…]", nargs=-1)
@click.option("--reserve", is_flag=True, help="Cả các địa chỉ dự phòng.")
@click.option("--by", required=True, help="Người yêu cầu gửi thử: họ tên, chức danh; in trong thư.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def test(context: click.Context, keys: tuple[str, ...], reserve: bool, by: str, yes: bool) -> None:
    """Gửi mỗi địa chỉ một thư ngắn, đề nghị bấm nút xác nhận; không ghi mã thì mọi chức danh có địa chỉ."""
    app = app_of(context)
    now, who = app.clock.now(), said(by, "Người yêu cầu (--by)")
    _may_try(app)
    if not WAKING_FROM <= ict(now).time() < WAKING_TO:
        raise Refused("Thư thử chỉ gửi từ 07:00 đến 21:00: chạy lại lệnh này trong giờ ấy.")
    chosen = [_post(app, key) for key in keys] or list(app.register.posts.values())
    readers = to_try(app, chosen, now, reserve=reserve)
    reached = {post.key for reader in readers for post in reader.posts}
    left = [post.title for post in chosen if post.key not in reached]
    if left and keys:
        say(f"Không gửi (đang vắng, hoặc chưa có địa chỉ): {'; '.join(left)}.", err=True)
    if not readers:
        raise Refused("Không có địa chỉ nào để thử: điền danh bạ (`tthc contacts export danh-ba.xlsx`) trước.")
    if not yes:
        agreed(f"Gửi thư thử tới {so(len(readers))} địa chỉ của {so(len(reached))} chức danh?")
    made = try_addresses(app, readers, now, who)
    say(f"Đã soạn {so(len(made))} thư thử; ai đã xác nhận: `tthc people list`.")
    if not app.settings.public_url:
        say(
            "Chưa đặt PUBLIC_URL nên thư không có nút; ai báo đã nhận thì ghi: "
            "`tthc people acknowledged SỐ_THƯ --post … --by …`."
        )


def _may_try(app: App) -> None:
    """In a trial nothing leaves but to PILOT_ADDRESS, and without a mail server nothing at all."""
    with reading(app.engine) as db:
        live = mode(db)
    if not app.settings.smtp_url:
        raise Refused("Chưa đặt SMTP_URL trong .env nên không gửi được thư nào: đặt SMTP_URL rồi chạy lại.")
    if not live and not app.settings.pilot_address:
        raise Refused(
            "Đang chạy thử và chưa đặt PILOT_ADDRESS nên thư thử không gửi: đặt PILOT_ADDRESS, hoặc tthc go-live."
        )


@people.command("acknowledged")
@click.argument("number", metavar="SỐ_THƯ", type=click.IntRange(1, 2**63 - 1))
@click.option("--post", "key", required=True, help="Chức danh đã báo (khóa).")
@click.option("--by", required=True, help=BY)
@click.pass_context
def acknowledged(context: click.Context, number: int, key: str, by: str) -> None:
    """Ghi một chức danh đã báo (qua điện thoại) là nhận được thư: thôi nhắc lại cùng mức với riêng chức danh ấy."""
    app = app_of(context)
    now, post, who = app.clock.now(), _post(app, key), said(by, "Người ghi (--by)")
    with writing(app.engine) as db:
        row = letters.get(db, number)
        if row is None:
            raise Refused(f"Không có thư số {number}; xem `tthc outbox list`.")
        here = presence(db, app, row.date)
        mine = _readers(here, for_whom(db, here.register, row), row.to_names)
        if post.key not in mine:
            titles = "; ".join(_title(app, one) for one in mine)
            raise Refused(f"Thư số {number} không gửi {post.title}; người nhận: {titles or row.to_names}.")
        one = Acknowledgement(letter=number, person=post.key, road=Known.COMMAND, at=now, by=who)
        first = acknowledgements.add_all(db, one)
    say(
        f"Đã ghi: {post.title} đã nhận thư số {number}."
        if first
        else f"{post.title} đã xác nhận thư số {number} từ trước."
    )


def _readers(here: Presence, posts: Iterable[Post], names: str) -> list[str]:
    """The posts that may say they have a letter: whom it was for, and whoever read in their place that day."""
    found = [key for post in posts for key in (post.key, here.reader(post).key)]
    first = (one for name in names.split("; ") if (one := here.register.post_titled(name)))
    return list(dict.fromkeys((*found, *(one.key for one in first))))


COMMANDS = (people,)
