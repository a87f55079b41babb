"""A made-up office in a folder: the shipped register with the watched service on loopback and invented addresses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jobs.demo.dossiers import Unit
from monitor.core.agency import AgencyKind, Role
from monitor.register import Register, copy_shipped, load_register

DOMAIN = "demo.invalid"
AGENCIES = 60

_SERVICE = """
[[service]]
code = "2.001474"
name = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại"
owner = "so-cong-thuong"
told = ["so-cong-thuong", "trung-tam-pvhcc"]
internal_target = "0.99"

[[service.target]]
key = "2.001474-cong"
name = "Cổng mô phỏng"
public = false
interval_s = 300
deadline_s = 5
recheck_s = 20
jitter = 0.0
challenge = ["TSPD", "bobcmn"]
{proxy}
[[service.target.step]]
url = "{url}"
assertions = [
  {{ want = "status", value = "200", cause = "status" }},
  {{ want = "text", value = "2.001474", cause = "wrong_page" }},
  {{ want = "text", value = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại", cause = "wrong_page" }},
  {{ want = "text", value = "Nộp trực tuyến", cause = "action_missing" }},
  {{ want = "selector", value = "a.nop-truc-tuyen", cause = "action_missing" }},
]

[[service.target]]
key = "doi-chieu"
name = "Nơi đối chiếu mô phỏng"
public = false
required = false
control = true
interval_s = 300
deadline_s = 5
{proxy}
[[service.target.step]]
url = "{control}"
"""


def stage(folder: Path, portal: str, *, control: str = "", proxy: str = "") -> Register:
    """Lay out a register in a folder, watching `portal` and `control` (the portal itself unless given); load it."""
    place = folder / "register"
    copy_shipped(place)
    settled = _SERVICE.format(url=portal, control=control or portal, proxy=f'proxy = "{proxy}"' if proxy else "")
    (place / "services" / "2.001474.toml").write_text(settled, "utf-8")
    bare = load_register(str(place))
    lines = [
        f'[[contact]]\npost = "{post.key}"\naddress = "{post.agency}.{post.key.rpartition("/")[2]}@{DOMAIN}"\n'
        for post in bare.posts.values()
        if post.role is not Role.CHAIRMAN  # whose page comes once a week, not on the day that is shown
    ]
    (place / "contacts.toml").write_text("\n".join(lines), "utf-8")
    return load_register(str(place))


def units(register: Register) -> Sequence[Unit]:
    """Sixty agencies as an export prints them: the departments, and as many communes as are left."""
    living = [agency for agency in register.agencies.values() if agency.end is None]
    offices = [a for a in living if a.kind is AgencyKind.DEPARTMENT]
    communes = [a for a in living if a.kind is AgencyKind.COMMUNE]
    chosen = (offices + communes)[:AGENCIES]
    return [
        Unit(
            receiving=f"Bộ phận Một cửa {a.name.removeprefix('UBND ')}" if a.kind is AgencyKind.COMMUNE else a.name,
            handling=a.name,
        )
        for a in chosen
    ]
