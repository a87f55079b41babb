"""Commands that publish a period's figures, publish them anew, and tell what was published."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from jobs import publish
from jobs.app import App
from jobs.cli.ground import Refused, app_of, as_json, as_table, moment, number, say, service_of
from jobs.cli.official import refused
from jobs.cli.periods import period_asked, periodical
from monitor.core.period import iso
from monitor.core.publication import Difference, Publication
from monitor.core.reporting import Period
from monitor.core.service import Service
from monitor.reports import periods, publishing, uptime_report
from monitor.reports.render import hoa, render
from monitor.sources.mask import mask
from monitor.store import archive, publications, reading

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One edition, how many looks of its period came in since, and which edition holds today."""

    one: Publication
    later: int
    holds: int


def published(app: App, service: Service, period: Period, edition: int | None = None) -> Found | None:
    """The edition that holds, or the one asked for; None where nothing was published and none was asked for."""
    with reading(app.engine) as db:
        every = {one.edition: one for one in publications.editions(db, service.code, period)}
        number = edition or max(every, default=0)
        one = every.get(number)
        if one is None and edition is None:
            return None
        if one is None:
            there = f"đang có bản số {', '.join(map(str, every))}" if every else "kỳ này chưa công bố"
            raise Refused(f"{hoa(periods.called(period))} không có bản số {number}: {there}")
        basis = json.loads(one.basis)
        targets = {*basis["required"], *basis["formerly"]}
        later = publications.later_looks(db, targets, period.span, one.cut)
        return Found(one=one, later=later, holds=max(every))


def show(context: click.Context, app: App, found: Found, folder: Path | None, *, json_: bool) -> None:
    """What was published, as it was published; exit 1 where a document is gone or changed."""
    one, later = found.one, found.later
    try:
        documents = publish.kept(app, one)
    except archive.NotAsPublished as error:
        say(str(error), err=True)
        context.exit(1)
    said = f"{hoa(periods.called(one.period))}: {_edition(one)}"
    said += f"; đã được thay bằng bản số {found.holds}" if found.holds != one.edition else ""
    said += f"; từ đó có thêm {number(later)} lượt kiểm tra (xem số liệu có khác không: --recompute)" if later else ""
    if folder:
        write(documents, folder)
        say(said, err=True)
    elif json_:
        as_json({**_told(documents), "publication": {**_row(one), "later_looks": later}})
    else:
        say(f"{said}\n")
        click.echo(next(content.decode() for name, content in documents.items() if name.endswith(".txt")))


def _told(documents: dict[str, bytes]) -> dict[str, Any]:
    told: dict[str, Any] = next(json.loads(text) for name, text in documents.items() if name.endswith(".json"))
    return told


def write(documents: dict[str, bytes], folder: Path) -> None:
    """Documents into a folder, each path told; refuse where the folder cannot be written."""
    with refused(folder):
        for path in uptime_report.write(documents, folder):
            click.echo(str(path))


def recompute(
    context: click.Context, app: App, service: Service, period: Period, now: datetime, *, json_: bool
) -> None:
    """In what today's facts give other figures than were published; exit 1 where they do."""
    draft = _draft(app, service, period, now)
    if draft.published is None:
        raise Refused(
            f"{hoa(periods.called(period))} chưa công bố: bỏ --recompute, hoặc công bố bằng tthc report publish"
        )
    if json_:
        changes = [asdict(one) for one in draft.changes]
        as_json({"publication": _row(draft.published), "as_of": iso(now), "differences": changes})
    else:
        say(f"Tính lại lúc {moment(now)}, so với {_edition(draft.published)}:")
        _differences(draft.changes)
    context.exit(1 if draft.changes else 0)


def _draft(app: App, service: Service, period: Period, now: datetime) -> publishing.Draft:
    with reading(app.engine) as db:
        return publishing.draft(db, app.register, app.law, service.code, period, now)


def _differences(changes: tuple[Difference, ...]) -> None:
    rows = (render("uptime/change.txt", one=one).strip().partition(": ")[::2] for one in changes)
    as_table(("Số liệu", "Đã công bố → tính lại"), rows, empty="Không số liệu nào khác.")


def signed(command: _Command) -> _Command:
    """The options that say who publishes, of which period of which service."""
    command = click.option("--by", required=True, help="Họ tên người công bố.")(command)
    command = click.option("--service", "code", default="2.001474", help="Mã thủ tục.")(command)
    return periodical(command)


@click.command("publish")
@signed
@click.pass_context
def publish_(context: click.Context, /, code: str, by: str, **asked: str | None) -> None:
    """Công bố số liệu của một kỳ đã hết; số liệu và tài liệu giữ nguyên từ đó."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    draft = _draft(app, service, period_asked(app, asked, now), now)
    if draft.published is not None:
        raise Refused(
            f"{hoa(periods.called(draft.log.period))} đã công bố ({_edition(draft.published)}): "
            "muốn công bố lại, dùng tthc report restate"
        )
    _publish(app, draft, by, "")


@click.command("restate")
@signed
@click.option("--reason", required=True, help="Vì sao công bố lại.")
@click.pass_context
def restate(context: click.Context, /, code: str, by: str, reason: str, **asked: str | None) -> None:
    """Công bố lại một kỳ: bản mới mang số tiếp theo, ghi thay bản nào, vì sao, ai công bố, số liệu nào khác."""
    app = app_of(context)
    now, service = app.clock.now(), service_of(app, code)
    draft = _draft(app, service, period_asked(app, asked, now), now)
    if draft.published is None:
        raise Refused(f"{hoa(periods.called(draft.log.period))} chưa công bố: dùng tthc report publish")
    if not reason.strip():
        raise Refused('Thiếu lý do: --reason "…"')
    _publish(app, draft, by, mask(reason.strip()))
    _differences(draft.changes)


def _publish(app: App, draft: publishing.Draft, by: str, reason: str) -> None:
    called = hoa(periods.called(draft.log.period))
    if not by.strip():
        raise Refused('Thiếu họ tên người công bố: --by "Nguyễn Văn A"')
    try:
        made = publishing.edition(draft, by=by.strip(), reason=reason)
        publish.publish(app, made)
    except publishing.NotOver as error:
        raise Refused(f"{called} chưa hết: công bố sau {moment(draft.log.span.end)}") from error
    except publishing.NotWatched as error:
        began = draft.log.began
        since = f"mới bắt đầu lúc {moment(began)}" if began else "chưa bắt đầu"
        raise Refused(f"{called} không có gì để công bố: việc theo dõi {since}") from error
    except publish.PublishedMeanwhile as error:
        raise Refused(f"{called} vừa được công bố ở nơi khác: xem tthc report list") from error
    except OSError as error:
        raise Refused(f"Không lưu được tài liệu vào {app.settings.var_dir} ({error.strerror}): kiểm tra đĩa") from error
    say(f"Đã công bố {periods.called(draft.log.period)}: {_edition(made.publication)}")


@click.command("list")
@click.option("--service", "code", help="Chỉ của thủ tục này.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, code: str | None, json_: bool) -> None:
    """Các kỳ đã công bố, mọi bản; thoát 1 nếu tài liệu của bản nào bị mất hay bị sửa."""
    app = app_of(context)
    with reading(app.engine) as db:
        found = [(one, publish.lost(app, one)) for one in publications.list_(db, code)]
    if json_:
        as_json([{**_row(one), "lost": list(lost)} for one, lost in found])
    else:
        as_table(
            ("Thủ tục", "Kỳ", "Bản", "Công bố lúc", "Người công bố", "Lý do", "Tài liệu"),
            (_line(one, lost) for one, lost in found),
            empty="Chưa công bố kỳ nào.",
        )
    for why in (why for _, lost in found for why in lost.values()):
        say(why, err=True)
    context.exit(1 if any(lost for _, lost in found) else 0)


def _line(one: Publication, lost: Mapping[str, str]) -> tuple[str, ...]:
    kept = f"MẤT HOẶC BỊ SỬA {len(lost)}/{len(one.documents)}" if lost else f"đủ {len(one.documents)}"
    named = (one.service, one.period.name, str(one.edition), moment(one.published_at), one.by, one.reason or "–")
    return (*named, kept)


def _edition(one: Publication) -> str:
    return f"bản số {one.edition}, công bố lúc {moment(one.published_at)}"


def _row(one: Publication) -> dict[str, Any]:
    return {
        "service": one.service,
        "kind": one.period.kind.value,
        "period": one.period.name,
        "edition": one.edition,
        "from": iso(one.period.span.start),
        "to": iso(one.period.span.end),
        "published_at": iso(one.published_at),
        "by": one.by,
        "reason": one.reason,
        "method": one.method,
        "method_sha256": one.method_sha256,
        "figures": json.loads(one.figures),
        "documents": dict(one.documents),
    }


COMMANDS = (publish_, restate, list_)
