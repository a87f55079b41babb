"""What else there is: any service that the Apprise library knows, each under a name of the office's."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.message import Message
from notifiers import NotSent, Receipt, Refused
from notifiers.posting import Road


class Apprise:
    """Services by name, which is the address; `settings` holds the Apprise address of each.

    The library says that something failed, not what, and not whether the message had left: nothing is sent again by
    itself. What is stored abroad is the office's to judge: see docs/channels.md.
    """

    resend_is_safe = False
    FORBIDDEN = ("tgram", "telegram")

    def __init__(self, settings: Mapping[str, str], road: Road) -> None:
        self._services, self._road = settings, road

    def send(self, message: Message) -> Receipt:
        """Hand a message over; raise Refused where the service is not known, or Apprise is not there."""
        url = self._services.get(message.to_address)
        if not url:
            raise Refused(f"tệp khóa của các kênh không có dịch vụ Apprise tên “{message.to_address}”")
        if url.partition(":")[0].lower() in self.FORBIDDEN:
            raise Refused("Telegram không dùng được cho cơ quan; xem docs/channels.md")
        try:
            import apprise
        except ImportError as error:
            raise Refused("chưa cài phần [channels] của chương trình (thư viện apprise)") from error
        sender = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, app_id="tthc-monitor"))
        if not sender.add(url):
            raise Refused(f"Apprise không hiểu địa chỉ của dịch vụ “{message.to_address}”")
        taken = sender.notify(title=message.subject, body=message.text, body_format=apprise.NotifyFormat.TEXT)
        if not taken:
            raise NotSent(f"Apprise không gửi được qua “{message.to_address}”", permanent=True)
        return Receipt(words=f"Apprise gửi qua “{message.to_address}”")
