"""What is wrong with the pages of a service's panel: targets that are not there, two pages for one part, no pace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core.mistake import Mistake
from monitor.register import entries
from monitor.register.expressions import assertion_mistake
from monitor.register.parts import Parts, Placed
from monitor.register.targets import is_own


def panel_mistakes(parts: Parts) -> Iterator[Mistake]:
    """Every mistake in the services' panels."""
    own = parts.register.entry.own_hosts if parts.register else []
    for placed in parts.services:
        yield from _beside(placed)
        for number, page in enumerate(placed.entry.panel):
            if not page.public and not is_own(host := urlsplit(page.url).hostname or "", own):
                mend = "đặt public = true, hoặc thêm máy của mình vào own_hosts trong register.toml"
                yield placed.mistake(f"máy {host} không phải của mình", mend, "panel", number, "public")
            if page.ca_file and not Path(page.ca_file).is_file():
                mend = "ghi đường dẫn tệp chứng thư gốc dạng PEM"
                yield placed.mistake(f"không có tệp {page.ca_file}", mend, "panel", number, "ca_file")
            yield from _assertions(placed, number, page)


def _beside(placed: Placed[entries.ServiceEntry]) -> Iterator[Mistake]:
    """Each page stands beside targets of its service, and beside each only one page of a part."""
    known = [target.key for target in placed.entry.target if not target.control]
    former = {key for target in placed.entry.target for key in target.formerly}
    taken: dict[tuple[str, str], str] = {}
    for number, page in enumerate(placed.entry.panel):
        for key in page.beside or known:
            if key not in known and key not in former:
                what = f"dịch vụ này không có địa chỉ “{key}”"
                yield placed.mistake(what, f"chọn trong: {', '.join(known)}", "panel", number, "beside")
            elif (key, page.part) in taken:
                what = f"“{key}” đã có trang loại {page.part}: “{taken[key, page.part]}”"
                yield placed.mistake(
                    what, "ghi beside để mỗi địa chỉ chỉ có một trang mỗi loại", "panel", number, "part"
                )
            taken.setdefault((key, page.part), page.name)


def _assertions(placed: Placed[entries.ServiceEntry], number: int, page: entries.PanelEntry) -> Iterator[Mistake]:
    for place, asserted in enumerate(page.assertions):
        if why := assertion_mistake(asserted.want, asserted.value):
            yield placed.mistake(
                f"“{asserted.value}” {why}", "sửa value", "panel", number, "assertions", place, "value"
            )
