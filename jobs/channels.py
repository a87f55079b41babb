"""One channel's beat: what waits for it is handed over, and nothing that may have arrived is sent again unasked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from jobs import channel_secrets
from jobs.app import App
from jobs.channel_account import StoredTokens
from jobs.leaving import may_leave
from jobs.send import RETRY_AFTER, wait_after
from monitor.core.period import iso
from monitor.probes.visit import SYSTEM_AUTHORITIES
from monitor.reports.link import LinkKeyUnusable, callback_address, link_key
from monitor.sources.mask import mask
from monitor.store import LetterRow, letters, over_channels, reading, watches, writing
from notifiers import MaybeSent, Notifier, NotSent, Refused, Unreachable
from notifiers.channels import CHANNELS, Means
from notifiers.posting import Road
from notifiers.zalo import Zalo, Zbs

log = structlog.get_logger()

BEAT, OFF = timedelta(seconds=5), timedelta(days=1)
FRESH = timedelta(hours=2)
"""What could not be handed over for so long is given up: whoever it is for is told another way, or was by mail."""
ANOTHER = timedelta(days=1)
LONGEST_PAUSE, TEND = timedelta(hours=1), timedelta(hours=1)
DEADLINE_S = 30.0
LEASE_S = 660
STALE = f"không gửi được trong {FRESH // timedelta(hours=1)} giờ nên thôi gửi"


def wanted(name: str) -> Callable[[App, datetime], datetime]:
    """When a channel wants to be asked: at each beat while it is on."""

    def wants(app: App, moment: datetime) -> datetime:
        return moment + (BEAT if name in app.settings.channels_on else OFF)

    return wants


def job(name: str) -> Callable[[App, datetime], None]:
    """The beat of one channel."""

    def run(app: App, now: datetime) -> None:
        if name in app.settings.channels_on:
            drain(app, name, now)

    return run


def drain(app: App, name: str, now: datetime, deadline_s: float = DEADLINE_S) -> None:
    """Hand over some of what is due; the rest waits for the next beat, which is the channel's pace."""
    try:
        notifier = notifier_of(app, name, deadline_s)
    except channel_secrets.ChannelsUnusable as error:
        _unusable(app, name, str(error.mistakes[0]), now)
        return
    _tend(app, name, notifier, now)
    safe, may = notifier.resend_is_safe, may_leave(app, now)
    _give_up(app, name, now, resend=safe)
    with writing(app.engine) as db:
        rows = letters.claim(db, now, CHANNELS[name].at_once, LEASE_S, name, resend=safe, urgencies=may)
    if rows:
        _send(app, name, notifier, rows)


def _tend(app: App, name: str, notifier: Notifier, now: datetime) -> None:
    """See to the tokens of an account, once an hour at most: one that nobody uses for months dies."""
    if not isinstance(notifier, Zalo | Zbs):
        return
    mark = f"channel/{name}/tended"
    with reading(app.engine) as db:
        last = watches.get_mark(db, mark)
    if last and now - datetime.fromisoformat(last) < TEND:
        return
    with writing(app.engine) as db:
        watches.set_mark(db, mark, iso(now))
    try:
        notifier.account.tend()
    except NotSent as error:
        log.warning("channel.not_tended", channel=name, why=mask(error.why))
        if isinstance(error, Refused):
            in_trouble(app, name, mask(error.why), now)


def notifier_of(app: App, name: str, deadline_s: float = DEADLINE_S) -> Notifier:
    """A channel as the settings have it; raise ChannelsUnusable."""
    settings = app.settings
    table = channel_secrets.load(settings)[name]
    road = Road(
        ca_file=settings.ca_file or SYSTEM_AUTHORITIES,
        proxy=settings.proxy_url,
        no_proxy=settings.no_proxy,
        deadline_s=deadline_s,
    )
    account = CHANNELS[name].account or name
    tokens = StoredTokens(app.engine, account, table.get("refresh_token", ""), app.clock.now)
    return CHANNELS[name].make(Means(settings=table, road=road, tokens=tokens, callback_url=_callback(app, name)))


def _callback(app: App, name: str) -> str:
    """Where a gateway says what became of a message; empty while it could not reach us."""
    if not app.settings.public_url:
        return ""
    try:
        return callback_address(app.settings.public_url, link_key(app.settings.var_dir), name)
    except LinkKeyUnusable as error:
        log.error("link.no_key", why=str(error))
        return ""


def _unusable(app: App, name: str, why: str, now: datetime) -> None:
    """Nothing can go this way until a person mends the keys: whoever waits for it is told another way."""
    in_trouble(app, name, why, now)
    with reading(app.engine) as db:
        stuck = over_channels.waiting(db, name)
    for one in stuck:
        with writing(app.engine) as db:
            over_channels.give_up(db, one.id, why, now)


def _give_up(app: App, name: str, now: datetime, *, resend: bool) -> None:
    """End what was tried long ago: it is news no more, and a gateway may have forgotten that it had it."""
    with reading(app.engine) as db:
        late = over_channels.overdue(db, name, now - FRESH, resend=resend)
    for one in late:
        with writing(app.engine) as db:
            over_channels.give_up(db, one.id, f"{STALE}; lần cuối: {one.last_why}" if one.last_why else STALE, now)


def _send(app: App, name: str, notifier: Notifier, rows: Sequence[LetterRow]) -> None:
    for place, row in enumerate(rows):
        app.hearts.on()
        try:
            receipt = notifier.send(row.message)
        except NotSent as error:
            _not_sent(app, name, row, error)
            if isinstance(error, Unreachable | MaybeSent) or error.after_s:
                pause = _pause(RETRY_AFTER[0], error) if not isinstance(error, MaybeSent) else timedelta()
                with writing(app.engine) as db:
                    letters.release(db, [one.id for one in rows[place + 1 :]], app.clock.now() + pause)
                return
        else:
            with writing(app.engine) as db:
                letters.accepted(db, row.id, receipt.words, app.clock.now())
            out_of_trouble(app, name)
            log.info("letter.accepted", letter=row.id, channel=name, attempts=row.attempts + 1)


def _pause(usual: timedelta, error: NotSent) -> timedelta:
    """How long to wait: as long as we would, or as the gateway wants."""
    return min(max(usual, timedelta(seconds=error.after_s)), LONGEST_PAUSE)


def _not_sent(app: App, name: str, row: LetterRow, error: NotSent) -> None:
    why, now = mask(error.why), app.clock.now()
    log.warning("letter.not_sent", letter=row.id, channel=name, permanent=error.permanent, why=why)
    if isinstance(error, Refused):
        in_trouble(app, name, why, now)
    with writing(app.engine) as db:
        if error.permanent:
            letters.dead(db, row.id, why)
        else:
            next_at = now + _pause(wait_after(row), error)
            letters.retry(db, row.id, why, next_at, uncertain=isinstance(error, MaybeSent))


def trouble_mark(name: str) -> str:
    """The name under which it is noted that a channel needs a person."""
    return f"channel/{name}/trouble"


def in_trouble(app: App, name: str, why: str, now: datetime) -> None:
    """Note that a channel needs a person, from when it began; another reason on another day is another trouble."""
    with writing(app.engine) as db:
        noted = json.loads(watches.get_mark(db, trouble_mark(name)) or "null")
        if noted is None or (noted["why"] != why and now - datetime.fromisoformat(noted["since"]) >= ANOTHER):
            watches.set_mark(db, trouble_mark(name), json.dumps({"since": iso(now), "why": why}, ensure_ascii=False))


def out_of_trouble(app: App, name: str) -> None:
    """A message got through: it needs nobody any more."""
    with reading(app.engine) as db:
        noted = watches.get_mark(db, trouble_mark(name))
    if noted:
        with writing(app.engine) as db:
            watches.set_mark(db, trouble_mark(name), "")
