"""The command that prints the signed address of the page on which an agency explains."""

from __future__ import annotations

import click

from jobs.app import App
from jobs.cli.ground import Refused, app_of, say
from jobs.cli.official import agency_of
from jobs.cli.seen import seen
from monitor.core.agency import Post, Role
from monitor.reports.explaining import answering
from monitor.reports.link import PAGE, VALID, LinkKeyUnusable, Pass, address, link_key, token
from monitor.reports.render import gio
from monitor.store.access import Deed


@click.command("link")
@click.option("--agency", required=True, help="Cơ quan (khóa hoặc tên).")
@click.option("--post", default="", help="Khóa chức danh trong posts.toml (mặc định: đầu mối của cơ quan).")
@click.pass_context
def link(context: click.Context, agency: str, post: str) -> None:
    """In đường dẫn riêng tới trang giải trình của cơ quan, như trong thư nhắc; cần PUBLIC_URL."""
    app = app_of(context)
    public = app.settings.public_url
    if not public:
        raise Refused(
            "Chưa đặt PUBLIC_URL (tệp .env): đường dẫn chỉ dùng được khi có địa chỉ mà cơ quan mở được; chưa có thì "
            "dùng tthc explanations export."
        )
    found = _post(app, agency_of(app, agency), post)
    until = app.clock.now() + VALID
    try:
        said = token(link_key(app.settings.var_dir), Pass(agency=found.agency, post=found.key, until=until))
    except LinkKeyUnusable as error:
        raise Refused(str(error)) from error
    seen(app, Deed.EXPORT, f"đường dẫn trang giải trình của {found.agency} cho {found.key}")
    click.echo(address(public, PAGE, said))
    say(f"Riêng của {found.title}, dùng đến {gio(until)}: chỉ gửi cho người ấy, không chuyển tiếp.", err=True)


def _post(app: App, agency: str, key: str) -> Post:
    """The post that a link is for: one of the agency that answers, its focal point where none is named."""
    posts = app.register.posts_of(agency, frozenset(Role))
    name = app.register.agency_name(answering(app.register, agency))
    if not posts:
        raise Refused(f"{name} chưa có chức danh nào trong danh mục: thêm vào posts.toml, rồi chạy lại.")
    if key:
        found = next((one for one in posts if one.key == key), None)
        if found is None:
            raise Refused(f"{name} không có chức danh {key!r}; đang có: {', '.join(one.key for one in posts)}.")
        return found
    return next((one for one in posts if one.role is Role.FOCAL_POINT), posts[0])
