"""The auditor's command: a small process of its own, started by a timer, beside the daemon."""

from __future__ import annotations

import click
from sqlalchemy.exc import DBAPIError

from jobs.alarm import raise_alarm, words_of
from jobs.app import App, build
from jobs.audit import Amiss, Trouble, audit
from jobs.cli.ground import as_json, say, settings_of
from jobs.clock import SystemClock
from jobs.subjects import technical_contacts
from monitor.config import Settings
from monitor.core.mistake import Mistakes
from monitor.core.period import iso
from monitor.store import StoreError


@click.command("audit")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.option("--silent", is_flag=True, help="Chỉ kiểm tra và in ra, không gửi cảnh báo.")
@click.pass_context
def audit_(context: click.Context, json_: bool, silent: bool) -> None:
    """Đối chiếu: mọi người phải được báo đến giờ này đã được báo chưa, chương trình có đang chạy không.

    Chạy riêng với chương trình chính; có điều bất thường thì gửi cảnh báo thẳng tới AUDIT_TO, AUDIT_URL và thoát 1.
    """
    given = context.find_root().obj
    settings = given.settings if isinstance(given, App) else settings_of(context)
    now = given.clock.now() if isinstance(given, App) else SystemClock().now()
    amiss, to = _found(given if isinstance(given, App) else None, settings)
    if json_:
        as_json([_facts(one) for one in amiss])
    else:
        say(words_of(amiss, now).rstrip("\n"))
    if not silent:
        raised = raise_alarm(settings, to, amiss, now)
        for why in raised.failed:
            say(f"Không gửi được cảnh báo: {why}", err=True)
        if amiss and not (raised.roads or raised.failed or raised.again):
            say("Chưa có nơi nhận cảnh báo: đặt AUDIT_TO hoặc AUDIT_URL trong .env.", err=True)
    context.exit(1 if amiss else 0)


def _found(given: App | None, settings: Settings) -> tuple[tuple[Amiss, ...], tuple[str, ...]]:
    """What is amiss, and who is told; that the program cannot even be put together is amiss too."""
    own = tuple(one.strip() for one in settings.audit_to.split(",") if one.strip())
    try:
        app = given or build(settings, SystemClock())
        contacts = tuple(dict.fromkeys(post.address for post in technical_contacts(app.register) if post.address))
        return audit(app, app.clock.now()), own or contacts
    except (StoreError, DBAPIError, Mistakes) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return (Amiss(trouble=Trouble.UNREADABLE, since=None, names=(why,)),), own


def _facts(one: Amiss) -> dict[str, object]:
    return {
        "trouble": one.trouble.value,
        "since": iso(one.since) if one.since else None,
        "count": one.count,
        "names": list(one.names),
    }


COMMANDS = (audit_,)
