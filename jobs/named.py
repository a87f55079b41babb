"""The one dossier that a typed code names, by any of its codes in any system; or in one line why there is none."""

from __future__ import annotations

from sqlalchemy import Connection

from monitor.core.dossier import Dossier
from monitor.store import matters


class NotNamed(Exception):
    """The code is nobody's, or that of several dossiers; the text names the mend."""


def dossier_named(db: Connection, code: str, source: str = "") -> Dossier:
    """What the source that was asked for says of it, else the testimony that counts; raise NotNamed."""
    found = matters.find(db, code, source)
    if not found:
        raise NotNamed(
            f"Không có hồ sơ {code}{f' ở nguồn {source}' if source else ''}: xem lại mã, "
            "hoặc nhập danh sách có hồ sơ ấy (tthc dossiers import TỆP)"
        )
    if len({one.matter for one in found}) > 1:
        sources = ", ".join(dict.fromkeys(one.source for one in found))
        raise NotNamed(f"Mã {code} là của nhiều hồ sơ, ở các nguồn {sources}; thêm --source.")
    return next((one for one in found if one.source == source), found[0])
