"""What is amiss is said by a road that the daemon does not take: a mail server asked at once, an outside address."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests
import structlog

from jobs.audit import Amiss, Trouble
from jobs.outside import PATIENCE_S, proxies_for, session_of
from jobs.readers import NOBODY, message_id_of
from monitor.config import Settings
from monitor.core.message import Message
from monitor.reports.letters import tidy
from monitor.reports.render import hoa, render, term, terms
from notifiers import NotSent
from notifiers.smtp import Smtp

log = structlog.get_logger()

AGAIN = timedelta(hours=24)
"""The same trouble is said once a day; another at once."""
STATE = "kiem-toan.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What became of saying it: by which roads, and what kept the others."""

    roads: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    again: bool = False  # the same was said less than a day ago


def words_of(amiss: Sequence[Amiss], now: datetime) -> str:
    """What is amiss, in Vietnamese lines, with what to do."""
    return tidy(render("audit.txt", amiss=amiss, now=now, Trouble=Trouble))


def raise_alarm(settings: Settings, to: Sequence[str], amiss: Sequence[Amiss], now: datetime) -> Raised:
    """Say it, unless the same was said within a day; nothing amiss is remembered too, so that it is said anew."""
    path = settings.var_dir / STATE
    key = "; ".join(sorted(one.key for one in amiss))
    if not amiss:
        _remember(path, "", now)
        return Raised()
    said, at = _said(path)
    if said == key and at is not None and now - at < AGAIN:
        return Raised(again=True)
    words = words_of(amiss, now)
    roads: list[str] = []
    failed: list[str] = []
    for address in to:
        why = _mailed(settings, address, amiss, words, now)
        (failed if why else roads).append(f"{address}: {why}" if why else address)
    if settings.audit_url:
        why = _called(settings, amiss, words)
        (failed if why else roads).append(why or terms()["audit"]["called"])
    if roads:
        _remember(path, key, now)
    return Raised(roads=tuple(roads), failed=tuple(failed))


def _mailed(settings: Settings, address: str, amiss: Sequence[Amiss], words: str, now: datetime) -> str:
    """Why the mail was not taken; empty where it was."""
    url = settings.audit_smtp_url or settings.smtp_url
    if not url:
        return terms()["audit"]["no_server"]
    sender = settings.smtp_from or NOBODY
    digest = hashlib.sha256(words.encode()).hexdigest()
    key = f"audit/{now.isoformat()}/{address}/{digest}"
    message = Message(
        key=key,
        message_id=message_id_of(key, sender),
        date=now,
        sender=f"{terms()['audit']['sender']} <{sender}>",
        to_address=address,
        to_names=(terms()["audit"]["reader"],),
        subject=hoa("; ".join(term(one.trouble) for one in amiss)),
        text=words,
    )
    try:
        with Smtp(url, ca_file=settings.ca_file) as smtp:
            smtp.send(message)
    except NotSent as error:
        return error.why
    return ""


def _called(settings: Settings, amiss: Sequence[Amiss], words: str) -> str:
    """Why the outside address did not take it; empty where it did."""
    host = urlsplit(settings.audit_url).hostname or ""
    body = {"troubles": [one.trouble.value for one in amiss], "text": words}
    try:
        answer = session_of(settings.ca_file).post(
            settings.audit_url,
            json=body,
            proxies=proxies_for(settings, host),
            timeout=PATIENCE_S,
            allow_redirects=False,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        return f"{host}: {type(error).__name__}"
    return ""


def _said(path: Path) -> tuple[str, datetime | None]:
    try:
        found = json.loads(path.read_text("utf-8"))
        return str(found["said"]), datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", None


def _remember(path: Path, key: str, now: datetime) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_suffix(".tmp")
        growing.write_text(json.dumps({"said": key, "at": now.isoformat()}), "utf-8")
        growing.replace(path)
    except OSError as error:
        log.warning("audit.not_remembered", why=error.strerror)
