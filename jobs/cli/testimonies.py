"""What several systems tell of one dossier, as commands show it, and the command that says two codes are one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import click
from sqlalchemy import Connection

from jobs import project
from jobs.app import App
from jobs.cli.dossier_words import source_name, stamp, status
from jobs.cli.ground import Refused, app_of, as_table, moment
from jobs.cli.official import BY, said
from jobs.named import NotNamed, dossier_named
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.source import STAMPS
from monitor.reports.circumstances import circumstances
from monitor.reports.differing import differences
from monitor.store import EventKind, events, joining, matters, reading, writing
from monitor.store import projection as kept
from monitor.store.dossier_list import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One dossier: the testimony asked for, or the one that counts, and what is known beside it."""

    one: Dossier
    known: Circumstances
    differences: tuple[str, ...]

    @property
    def testimonies(self) -> tuple[Dossier, ...]:
        """The one that counts first."""
        return tuple(sorted((self.one, *self.known.others), key=lambda other: not other.lead))

    def as_json(self) -> dict[str, object]:
        """For programs: beside what the dossier itself says."""
        return {
            "lead": self.one.lead,
            "testimonies": [_testimony(one) for one in self.testimonies],
            "differences": list(self.differences),
            "steps": [
                {
                    "at": plain(step.at),
                    "unit": step.unit,
                    "agency": step.agency,
                    "status": step.status,
                    "due": plain(step.due),
                    "role": step.role,
                }
                for step in self.known.steps
            ],
        }


def asked_for(db: Connection, code: str, source: str) -> Dossier:
    """The dossier that a command's code names; raise Refused where there is none, or where the code is of several."""
    try:
        return dossier_named(db, code, source)
    except NotNamed as error:
        raise Refused(str(error)) from error


def told(db: Connection, app: App, code: str, source: str) -> Told:
    """A dossier by any of its codes, with what is known beside it; raise Refused as `asked_for`."""
    one = asked_for(db, code, source)
    known = circumstances(db, [one], app.register)[one.matter]
    leads = {(other.source, other.code): other for other in matters.find(db, code, source)}
    known_others = tuple(leads.get((other.source, other.code), other) for other in known.others)
    return Told(
        one=one,
        known=replace(known, others=known_others),
        differences=differences(one, app.law, known),
    )


def tell_of(one: Told, app: App) -> None:
    """Print what other systems say, what differs, and the dossier's way through the units."""
    if one.known.others:
        click.echo("Cùng một hồ sơ, theo từng nguồn (tính hạn theo nguồn đầu):")
        as_table(
            ("Nguồn", "Mã hồ sơ", "Số liệu tính đến", "Trạng thái", "Tiếp nhận", "Hẹn trả", "Xong"),
            (
                (
                    source_name(app.register, t.source),
                    t.code,
                    moment(t.as_of),
                    status(t.status),
                    stamp(t.received),
                    stamp(t.appointment),
                    stamp(t.finished),
                )
                for t in one.testimonies
            ),
            empty="",
        )
    for line in one.differences:
        click.echo(f"Cần xem lại: {line}.")
    if one.known.steps:
        click.echo("Các bước xử lý nguồn ghi:")
        as_table(
            ("Lúc", "Đơn vị", "Chức danh", "Trạng thái", "Hạn của đơn vị"),
            ((moment(s.at), s.unit or "–", s.role or "–", status(s.status), stamp(s.due)) for s in one.known.steps),
            empty="",
        )


def _testimony(one: Dossier) -> dict[str, object]:
    return {
        "source": one.source,
        "code": one.code,
        "lead": one.lead,
        "status": one.status,
        "as_of": plain(one.as_of),
        **{name: plain(getattr(one, name)) for name in STAMPS},
    }


@click.command("alias")
@click.argument("code", metavar="MÃ")
@click.argument("other", metavar="MÃ_KHÁC")
@click.option("--source", default="", help="Nguồn có hồ sơ MÃ, khi mã có ở nhiều nguồn.")
@click.option("--other-source", default="", help="Nguồn có hồ sơ MÃ_KHÁC (mặc định: nguồn nào có mã ấy).")
@click.option("--by", required=True, help=BY)
@click.pass_context
def alias(context: click.Context, code: str, other: str, source: str, other_source: str, by: str) -> None:
    """Ghi rằng hai mã ở hai hệ thống là của cùng một hồ sơ; không sửa số liệu nào."""
    app, name = app_of(context), said(by, "Người ghi (--by)")
    for key in filter(None, (source, other_source)):
        if key not in app.register.sources:
            raise Refused(f"Danh mục không có nguồn {key}; đang có: {', '.join(app.register.sources)}")
    with reading(app.engine) as db:
        beside, typed = told(db, app, code, source), code.strip().upper()
        one = next((each for each in beside.testimonies if each.code == typed), beside.one)
        there = matters.find(db, other, other_source)
    wanted = other.strip().upper()
    if wanted == typed and other_source in {"", one.source}:
        raise Refused(f"{code} và {other} là một mã: ghi mã mà hệ thống kia dùng cho hồ sơ này.")
    if any(each.matter == one.matter for each in there):
        click.echo(f"{one.code} và {wanted} đã là một hồ sơ.")
        return
    now = app.clock.now()
    with writing(app.engine) as db:
        joining.add_alias(db, one.source, one.code, wanted, other_source=other_source, at=now, by=name)
        events.add(db, now, EventKind.ALIAS, f"{name}: {one.source} {one.code} = {other_source} {wanted}")
        joining.join(db, joining.numbers_of(db, one.source, one.code))
        kept.reckon_anew(db, [one.matter, *(each.matter for each in there)], now)
    project.refresh(app, now)
    if there:
        click.echo(f"Đã ghi: {one.code} và {wanted} là một hồ sơ; từ nay tính hạn, báo và liệt kê một lần.")
    else:
        click.echo(f"Đã ghi: {wanted} là mã khác của {one.code}; chưa nguồn nào có mã ấy, sẽ ghép khi có.")
