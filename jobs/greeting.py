"""What the daemon says when it is up: where things are, in which mode it runs, what is not set, what comes next."""

from __future__ import annotations

from jobs import status
from jobs.app import App


def text(app: App, url: str) -> str:
    """A few lines for the person who started it."""
    mode = status.mode(app)
    lines = [
        f"tthc-monitor đang chạy. Chế độ: {status.MODES[mode]}",
        f"  Trang trạng thái     {url}",
        f"  Cơ sở dữ liệu        {app.engine.url.render_as_string(hide_password=True)}",
        f"  Thả tệp hồ sơ vào    {app.settings.var_dir / 'inbox'}/",
        f"  Thư đã soạn, đọc ở   {app.settings.var_dir / 'mailbox'}/",
    ]
    unset = status.unset(app)
    if unset:
        lines.append("Chưa thiết lập:")
        lines += [f"  {name:<20} {why}" for name, why in unset]
    lines.append(f"Bước tiếp theo: {status.next_step(mode, [name for name, _ in unset])}")
    lines.append("Dừng: Ctrl-C")
    return "\n".join(lines)
