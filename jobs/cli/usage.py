"""What is wrong with a command line, in one line that names the mend."""

from __future__ import annotations

import click
from click.exceptions import NoArgsIsHelpError

MANY = 2**31 - 1
"""A bound from here on is the database's, and nothing to tell a person."""


def in_one_line(error: click.ClickException) -> str:
    """What click would say in four lines of English; a command that only holds others answers with its help."""
    if isinstance(error, NoArgsIsHelpError):
        return error.format_message()
    help_ = f"xem: {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
    return f"{_what(error)}; {help_}" if help_ else _what(error)


def _what(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            near = f" (có phải {', '.join(error.possibilities)}?)" if error.possibilities else ""
            return f"Không có tùy chọn {error.option_name}{near}"
        case click.MissingParameter():
            return f"Thiếu {_name(error)}"
        case click.BadParameter():
            return f"{_name(error)}: {_wrong_value(error)}"
        case click.BadOptionUsage():
            return f"Tùy chọn {error.option_name} thiếu giá trị, hoặc không nhận giá trị"
        case _:
            return _translated(error.format_message())


def _translated(message: str) -> str:
    if message.startswith("No such command "):
        return f"Không có lệnh {message.removeprefix('No such command ').rstrip('.')}"
    if message.startswith("Got unexpected extra argument"):
        return f"Thừa {message.partition('(')[2].rstrip(').')}"
    return message


def _name(error: click.BadParameter) -> str:
    named = error.param
    if isinstance(named, click.Option):
        return f"tùy chọn {named.opts[0]}"
    return (named.human_readable_name if named else "") or "tham số"


def _wrong_value(error: click.BadParameter) -> str:
    match error.param.type if error.param else None:
        case click.Path():
            return _wrong_path(error.message)
        case click.Choice(choices=choices):
            return f"chọn một trong: {', '.join(map(str, choices))}"
        case click.IntRange(min=least, max=most):
            told = most is not None and most < MANY
            return f"phải là số nguyên từ {least} đến {most}" if told else "phải là số như trong danh sách"
        case click.types.IntParamType():
            return "phải là số nguyên"
        case _:
            return error.message


def _wrong_path(message: str) -> str:
    path = message.partition("'")[2].rpartition("'")[0]
    if message.endswith("does not exist."):
        return f"không có tệp {path}; kiểm tra tên và thư mục"
    if message.endswith("is a directory."):
        return f"{path} là thư mục; chỉ một tệp"
    if message.endswith("is a file."):
        return f"{path} là tệp; chỉ một thư mục"
    return f"không đọc, ghi được {path}; kiểm tra quyền"
