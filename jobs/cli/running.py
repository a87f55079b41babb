"""Commands that set the program up and run it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from jobs import check as checking
from jobs import status as standing
from jobs.app import App, build
from jobs.cli.ground import Refused, agreed, app_of, as_json, as_table, moment, number, say, settings_of
from jobs.clock import SystemClock
from monitor.core.mistake import why
from monitor.core.period import day_of
from monitor.reports.mode import live_by
from monitor.store import reading


@click.command()
@click.pass_context
def run(context: click.Context) -> int:
    """Chạy dịch vụ nền: kiểm tra, đọc hồ sơ, soạn và gửi thư, trang trạng thái."""
    from jobs import daemon, greeting

    app = app_of(context)
    try:
        return daemon.run(app, lambda url: say(greeting.text(app, url)))
    except OSError as error:
        bind = app.settings.web_bind
        raise Refused(
            f"Không mở được trang tại {bind} ({why(error)}): đặt WEB_BIND khác, ví dụ 127.0.0.1:8081"
        ) from error


@click.command()
@click.option("--exit", "leave", is_flag=True, help="Kết thúc ngay sau câu chuyện, không để mở trang.")
def demo(leave: bool) -> int:
    """Xem sản phẩm trong một phút: cổng mô phỏng, 5.000 hồ sơ giả, hộp thư giả; không ra ngoài máy này."""
    from jobs.demo import story

    return story.tell(stay=not leave)


@click.command()
@click.option(
    "--network", is_flag=True, help="Thử mọi địa chỉ bên ngoài, máy chủ thư, đồng hồ; in danh sách cho tường lửa."
)
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def check(context: click.Context, network: bool, json_: bool) -> int:
    """Kiểm tra cấu hình và danh mục: mỗi lỗi một dòng, kèm tệp, vị trí và cách sửa."""
    env_file: Path = context.find_root().obj
    mistakes, notes = checking.check(env_file), checking.notes(env_file)
    if mistakes and not json_:
        for mistake in mistakes:
            say(str(mistake), err=True)
        return 1
    watched = checking.calendar(env_file, day_of(SystemClock().now())) if not mistakes else []
    rows = checking.network(settings_of(context), SystemClock()) if network and not mistakes else ()
    if json_:
        as_json(
            {
                "mistakes": [str(m) for m in mistakes],
                "notes": notes,
                "calendar": watched,
                "network": [r.as_json() for r in rows],
            }
        )
    elif network:
        as_table(checking.NETWORK_HEADINGS, (r.as_row() for r in rows), empty="Không có địa chỉ bên ngoài nào.")
    else:
        click.echo("Cấu hình và danh mục: không có lỗi.")
    for note in () if json_ else (*notes, *(f"{line}." for line in watched)):
        say(f"Lưu ý: {note}", err=True)
    return 1 if mistakes or any(not r.good for r in rows) else 0


@click.command()
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def status(context: click.Context, json_: bool) -> int:
    """Đang có gì bất thường; mã thoát 1 khi có."""
    with standing.untouched(settings_of(context)) as settings:
        now = standing.now(build(settings, SystemClock()))
    if json_:
        as_json(standing.as_json(now))
    else:
        say(standing.as_text(now))
        for mistake in checking.secrets(context.find_root().obj):
            say(f"Cần sửa: {mistake}")
    return 0 if now.healthy else 1


@click.command()
@click.argument("folder", metavar="THƯ-MỤC", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Sao chép danh mục đi kèm thành danh mục riêng của cơ quan."""
    from monitor.register import copy_shipped

    copy_shipped(folder)
    say(f"Đã sao chép danh mục vào {folder}/. Đặt REGISTER={folder} trong .env rồi chạy: tthc check")


@click.command("go-live")
@click.option("--by", required=True, help="Họ tên người quyết định kết thúc chạy thử.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_context
def go_live(context: click.Context, by: str, yes: bool) -> None:
    """Kết thúc chạy thử: từ nay thư được gửi thật tới thủ trưởng các cơ quan."""
    from jobs import tell

    app = app_of(context)
    if not app.settings.smtp_url:
        raise Refused("Chưa đặt SMTP_URL trong .env: đặt SMTP_URL, chạy `tthc check --network`, rồi thử lại.")
    if not by.strip():
        raise Refused('Thiếu họ tên người quyết định: tthc go-live --by "Nguyễn Văn A"')
    with reading(app.engine) as db:
        before = live_by(db)
    if before:
        at, whose = before
        click.echo(f"Đã chính thức từ {moment(at)}, người quyết định: {whose}. Không có gì thay đổi.")
        return
    for line in _going_live(app):
        click.echo(line)
    if not yes:
        agreed("Từ nay thư được gửi thật, và không có lệnh quay lại chạy thử. Tiếp tục?")
    at = tell.go_live(app, by.strip(), app.clock.now())
    click.echo(f"Đã kết thúc chạy thử lúc {moment(at)}, người quyết định: {by.strip()}.")
    click.echo("Cần ngừng gửi thư: dừng chương trình, hoặc bỏ trống SMTP_URL trong .env rồi chạy lại.")


def _going_live(app: App) -> Iterator[str]:
    """What going live brings about: who is reached, of how much, and on whose word the law stands."""
    posts = app.register.posts.values()
    reached = sum(bool(post.address) for post in posts)
    yield f"Sẽ nhận thư: {number(reached)} chức danh; chưa có địa chỉ: {number(len(posts) - reached)} chức danh."
    late = dict(standing.now(app).lateness)
    yield f"Đang quá hạn: {number(late['result_late'])} hồ sơ; chậm tiếp nhận: {number(late['reception_late'])} hồ sơ."
    rules = [rule for versions in app.law.rules.values() for rule in versions]
    unsure = sum(not rule.confirmed_by for rule in rules)
    if unsure:
        yield f"Quy định pháp luật chưa được người có thẩm quyền xác nhận: {unsure}/{len(rules)} (xem docs/law.md)."


@click.group()
def contacts() -> None:
    """Danh bạ (danh-ba.xlsx): xuất ra, điền, nhập lại."""


@contacts.command("export")
@click.argument("file", metavar="[TỆP]", type=click.Path(path_type=Path, dir_okay=False), default="danh-ba.xlsx")
@click.option("--replace", is_flag=True, help="Ghi đè tệp đã có.")
@click.pass_context
def contacts_export(context: click.Context, file: Path, replace: bool) -> None:
    """Xuất danh bạ để điền."""
    from monitor.register import contacts as book
    from monitor.register import load_register

    if file.exists() and not replace:
        raise Refused(f"{file} đã có, có thể đã điền: chọn tên khác, hoặc thêm --replace để ghi đè.")
    register = load_register(settings_of(context).register)
    book.write_xlsx(register, file)
    say(f"Đã ghi {file}. Điền địa chỉ e-mail, rồi: tthc contacts import {file}")


@contacts.command("import")
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", "apply_", is_flag=True, help="Ghi các thay đổi (không có: chỉ xem trước).")
@click.option("--skip-bad", is_flag=True, help="Ghi các dòng tốt, bỏ qua dòng sai.")
@click.pass_context
def contacts_import(context: click.Context, file: Path, apply_: bool, skip_bad: bool) -> int:
    """Xem trước, và khi có --apply thì ghi, các thay đổi trong danh bạ."""
    from monitor.register import contacts as book
    from monitor.register import load_register

    settings = settings_of(context)
    changes, mistakes = book.examine(load_register(settings.register), file)
    as_table(book.HEADINGS, (change.as_row() for change in changes), empty="Không có gì thay đổi.")
    for mistake in mistakes:
        say(str(mistake), err=True)
    if mistakes and not skip_bad:
        click.echo(f"{len(mistakes)} lỗi; chưa ghi gì. Sửa rồi nhập lại, hoặc thêm --skip-bad để chỉ ghi các dòng tốt.")
        return 2
    if apply_ and changes:
        where = book.apply(settings.register, changes)
        click.echo(f"Đã ghi {len(changes)} thay đổi vào {where}.")
        click.echo("Chương trình đang chạy thì dừng rồi chạy lại để dùng danh bạ mới.")
    elif changes:
        click.echo(f"{len(changes)} thay đổi; thêm --apply để ghi.")
    return 0


COMMANDS = (run, demo, check, status, init, go_live, contacts)
