"""What is wrong with the targets of the services: keys used twice, too fast looks, roles that exclude each other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core.look import Kind
from monitor.core.mistake import Mistake
from monitor.register import entries
from monitor.register.parts import Parts, Placed
from monitor.register.steps import opens_pages, step_flaws

PUBLIC_INTERVAL_S = 300.0
PUBLIC_RECHECK_S = 20.0


def service_mistakes(parts: Parts) -> Iterator[Mistake]:
    """Every mistake in the services' targets."""
    seen: dict[str, str] = {}
    for placed in parts.services:
        for number, target in enumerate(placed.entry.target):
            for key in (target.key, *target.formerly):
                if key in seen:
                    what = f"mã “{key}” đã dùng cho “{seen[key]}”"
                    yield placed.mistake(what, "mỗi mã chỉ một địa chỉ: đổi mã", "target", number, "key")
                seen.setdefault(key, target.name)
            yield from _target(parts, placed, number, target)
        if placed.entry.quorum > max(len(set(placed.entry.vantages)), 1):
            what = f"số điểm đo phải cùng thấy hỏng ({placed.entry.quorum}) nhiều hơn số điểm đo ghi ở vantages"
            yield placed.mistake(what, "giảm quorum, hoặc ghi đủ tên các điểm đo ở vantages", "quorum")
        if bool(placed.entry.vantages) != (placed.entry.vantages_from is not None):
            what = "vantages và vantages_from phải đi cùng nhau: trước ngày ấy mọi lượt kiểm tra là một dãy"
            yield placed.mistake(what, "ghi vantages_from là ngày bắt đầu đo nhiều nơi, ví dụ 2026-12-01", "vantages")
        if len(set(placed.entry.vantages)) < len(placed.entry.vantages):
            yield placed.mistake("một điểm đo ghi hai lần", "mỗi tên ghi một lần", "vantages")
        if not any(target.required and not target.control for target in placed.entry.target):
            mend = "đặt required = true ở địa chỉ quyết định dịch vụ có dùng được không"
            yield placed.mistake("không có địa chỉ nào bắt buộc (required)", mend)


def _target(
    parts: Parts, placed: Placed[entries.ServiceEntry], number: int, target: entries.TargetEntry
) -> Iterator[Mistake]:
    own = parts.register.entry.own_hosts if parts.register else []
    for field, what, mend in (*_pace(target, own), *_role(target)):
        yield placed.mistake(what, mend, "target", number, field)
    for loc, what, mend in step_flaws(target):
        yield placed.mistake(what, mend, "target", number, *loc)


def _pace(target: entries.TargetEntry, own: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    strangers = [host for step in target.step if not is_own(host := urlsplit(step.url).hostname or "", own)]
    if not target.public and strangers:
        mend = "đặt public = true, hoặc thêm máy của mình vào own_hosts trong register.toml"
        yield "public", f"máy {strangers[0]} không phải của mình", mend
    if target.public and target.interval_s < PUBLIC_INTERVAL_S:
        what = "máy chủ của người khác bị kiểm tra dày hơn 5 phút một lần"
        yield "interval_s", what, "đặt interval_s từ 300 trở lên"
    if target.public and target.recheck_s < PUBLIC_RECHECK_S:
        yield "recheck_s", "máy chủ của người khác bị xem lại quá nhanh", "đặt recheck_s từ 20 trở lên"
    if target.deadline_s >= target.interval_s:
        yield "deadline_s", "thời gian chờ dài hơn khoảng cách giữa hai lượt", "giảm deadline_s"


def _role(target: entries.TargetEntry) -> Iterator[tuple[str, str, str]]:
    if target.control and target.required:
        yield "control", "nơi đối chiếu không thể là bắt buộc", "đặt required = false"
    if target.required and opens_pages(target.kind) and not any(step.assertions for step in target.step):
        mend = "thêm assertions: mã HTTP 200 không chứng minh trang dùng được"
        yield "key", "địa chỉ bắt buộc mà không nói trang phải có gì", mend
    if target.kind is Kind.BROWSER and any(step.method != "GET" or step.body for step in target.step):
        yield "kind", "trình duyệt chỉ mở trang bằng GET", 'bỏ method, body ở các step, hoặc đặt kind = "http"'
    if target.ca_file and not Path(target.ca_file).is_file():
        yield "ca_file", f"không có tệp {target.ca_file}", "ghi đường dẫn tệp chứng thư gốc dạng PEM"


def is_own(host: str, own: Sequence[str]) -> bool:
    """Whether a host is of the office: named as its own, in a private network, or this machine."""
    if host == "localhost" or any(fnmatch(host, pattern) for pattern in own):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
