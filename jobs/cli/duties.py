"""Commands about the duties of official letters."""

from __future__ import annotations

import click

from jobs.cli.ground import as_json, as_table, settings_of
from monitor.register import load_register


@click.group()
def obligations() -> None:
    """Nhiệm vụ được giao tại văn bản chỉ đạo."""


@obligations.command("list")
@click.option("--all", "all_", is_flag=True, help="Cả nhiệm vụ đã xong.")
@click.option("--json", "json_", is_flag=True, help="In JSON.")
@click.pass_context
def list_(context: click.Context, all_: bool, json_: bool) -> None:
    """Các nhiệm vụ trong danh mục, hạn gần nhất trước."""
    register = load_register(settings_of(context).register)
    duties = sorted((d for d in register.duties if all_ or not d.closed), key=lambda d: (d.due is None, d.due, d.key))
    if json_:
        as_json([duty.as_json() for duty in duties])
        return
    as_table(
        ("Nhiệm vụ", "Văn bản", "Cơ quan", "Hạn", "Tình trạng", "Nội dung"),
        (
            (
                d.key,
                d.letter,
                ", ".join(d.agencies),
                d.due.strftime("%d/%m/%Y") if d.due else "–",
                "đã xong" if d.closed else "đang theo dõi",
                d.title,
            )
            for d in duties
        ),
        empty="Không có nhiệm vụ đang theo dõi; thêm --all để xem cả nhiệm vụ đã xong.",
    )


COMMANDS = (obligations,)
