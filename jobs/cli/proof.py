"""Commands that prove who was told, and say why somebody was, or was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from jobs import letters
from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, say
from jobs.cli.periods import last_week, period_asked, periodical
from jobs.cli.testimonies import asked_for
from jobs.presence import Presence, presence
from jobs.subjects import TOLD_OF_DOSSIERS, dossier_of
from jobs.why import Reached, why
from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.core.agency import Post
from monitor.reports.notified import as_json as notified_json
from monitor.reports.notified import as_text, notified
from monitor.reports.render import bac, ngay, term
from monitor.store import LetterRow, TellingRow, acknowledgements, bounces, reading, tellings
from monitor.store import letters as kept
from monitor.store.attempts import attempts


@click.command("notified")
@periodical
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def notified_(context: click.Context, /, json_: bool, **asked: str | None) -> None:
    """Tỷ lệ đã thông báo đúng người nhận, đúng thời điểm, và từng trường hợp chưa đạt (mặc định: tuần trước)."""
    app = app_of(context)
    now = app.clock.now()
    span = period_asked(app, asked, now, last_week(now)).span
    with reading(app.engine) as db:
        found = notified(db, span, now, lambda moment: letters.next_slot(app, moment))
    if json_:
        as_json(notified_json(found, app.register))
    else:
        say(as_text(found, app.register).rstrip("\n"))
    context.exit(1 if found.exceptions else 0)


@click.command("why")
@click.argument("what", metavar="MÃ_HOẶC_SỐ_THƯ")
@click.option("--post", "key", default="", help="Chỉ chức danh này (khóa, ví dụ so-cong-thuong/head).")
@click.option("--source", default="", help="Nguồn, khi mã là của nhiều hồ sơ.")
@click.pass_context
def why_(context: click.Context, what: str, key: str, source: str) -> None:
    """Vì sao một chức danh được báo, vì sao chức danh khác không: theo số thư, hoặc theo mã hồ sơ."""
    app = app_of(context)
    if key and key not in app.register.posts:
        raise Refused(f"Danh mục không có chức danh {key}: xem cột Mã của tthc contacts export danh-ba.xlsx.")
    if what.isdecimal() and len(what) < 12:
        _of_letter(app, int(what))
    else:
        _of_dossier(app, what, key, source)


def _of_letter(app: App, number: int) -> None:
    with reading(app.engine) as db:
        row, told = kept.get(db, number), tellings.told_by(db, number)
        here = presence(db, app, row.date) if row else None
    if row is None:
        raise Refused(f"Không có thư số {number}; xem `tthc outbox list`.")
    say(f"Thư số {number} gửi {row.to_names} <{row.to_address or 'chưa có địa chỉ'}>, soạn lúc {moment(row.date)}.")
    if row.instead_of is not None:
        say(f"Gửi thay thư số {row.instead_of}, không tới nơi.")
    for line in _standing_in(here, told) if here else ():
        say(line)
    as_table(
        ("Việc", "Bậc", "Chức danh", "Đến lúc", "Bậc này báo"),
        (
            (
                _of_what(one),
                _stage(one.telling.stage, one.telling.nth),
                app.register.posts[one.telling.person].title
                if one.telling.person in app.register.posts
                else one.telling.person,
                moment(one.telling.reached or one.telling.made_at),
                _audience(app, one),
            )
            for one in told
        ),
        empty="Thư này không báo việc nào của thang nhắc: là báo cáo, thư thử, hoặc việc đã chuyển sang thư khác.",
    )


def _standing_in(here: Presence, told: Iterable[TellingRow]) -> Iterator[str]:
    """Who read in the place of whom on the day of the letter."""
    for key in dict.fromkeys(one.telling.person for one in told):
        post = here.register.posts.get(key)
        found = here.stand_in(post) if post else None
        if found is not None and not found.alone:
            one = found.absences[0]
            days = f"từ {ngay(one.since)} đến {ngay(one.last)}"
            yield f"{found.post.title} {term(one.reason)} {days}: {found.by.title} nhận thay."


def _of_what(row: TellingRow) -> str:
    telling = row.telling
    what = dossier_of(telling.key)[1] if telling.subject in TOLD_OF_DOSSIERS else ""
    return f"{term(telling.subject)} {what}".rstrip()


def _stage(stage: str, nth: int) -> str:
    return f"{bac(stage)} (lần {nth})" if nth > 1 else bac(stage)


def _audience(app: App, row: TellingRow) -> str:
    """Whom the ladder has told at that stage, as the register writes it today."""
    stages = app.register.ladders[row.telling.subject].stages
    return next((", ".join(one.audience) for one in stages if one.name == row.telling.stage), "–")


def _of_dossier(app: App, code: str, key: str, source: str) -> None:
    now = app.clock.now()
    with reading(app.engine) as db:
        found = why(db, app, asked_for(db, code, source), now)
    say(f"{found.dossier.code}, nguồn {found.dossier.source}" + ("" if found.live else " (đang chạy thử: chưa báo ai)"))
    if found.over:
        say("Hiện không có thời hạn nào đang chạy: không còn gì phải báo.")
    lines = [one for one in (*found.reached, *found.earlier) if not key or one.person == key]
    if key and not lines:
        post = app.register.posts[key]
        say(f"{post.title}: không thuộc người được báo ở bậc nào của hồ sơ này. {_others(app, found.reached)}")
        return
    as_table(
        ("Việc", "Bậc", "Đến lúc", "Chức danh", "Thuộc", "Kết quả"),
        (
            (
                term(one.kind),
                bac(one.stage),
                moment(one.moment) if one.moment else "–",
                _post(app, one.person),
                one.audience or "–",
                _result(one),
            )
            for one in lines
        ),
        empty="Chưa báo ai việc nào của hồ sơ này.",
    )


def _others(app: App, reached: Iterable[Reached]) -> str:
    who = dict.fromkeys(_post(app, one.person) for one in reached)
    return f"Các bậc báo: {'; '.join(who)}." if who else ""


def _post(app: App, key: str) -> str:
    post: Post | None = app.register.posts.get(key)
    return post.title if post else key


def _result(one: Reached) -> str:
    words: str = term(one.reason)
    if one.letter is None:
        return words
    arrived = f" lúc {moment(one.letter.accepted_at)}" if one.letter.accepted_at else ""
    return f"{words}: thư số {one.letter.id}, {term(one.letter.state)}{arrived}"


def ledger(app: App, row: LetterRow) -> Iterator[str]:
    """What happened to a letter, step by step, for `outbox show`."""
    with reading(app.engine) as db:
        tried, back = attempts(db, row.id), bounces.of(db, [row.id]).get(row.id, ())
        known = acknowledgements.of(db, [row.id]).get(row.id, ())
    yield f"{moment(row.date)}  soạn xong"
    steps = [(one.at, f"{term(one.what)} {one.words}".rstrip()) for one in tried]
    steps += [(one.at, f"thư báo {term(one.bounce.action)}, {one.bounce.recipient}") for one in back]
    steps += [(one.at, f"{_post(app, one.person)} đã nhận ({_known(one)})") for one in known]
    for at, words in sorted(steps, key=lambda step: step[0]):
        yield f"{moment(at)}  {words}"


def _known(one: Acknowledgement) -> str:
    return term(one.road) if one.road is Known.LINK else f"{term(one.road)}, người ghi: {one.by}"


OF_REPORT, OF_OUTBOX = (notified_,), (why_,)
