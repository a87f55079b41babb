"""The polled kinds of sources: how each is asked."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.source import SourceKind
from monitor.sources import adapter, api, mailbox, query, sftp
from monitor.sources.polling import Fetch

FETCHERS: Mapping[SourceKind, Fetch] = {
    SourceKind.API: api.fetch,
    SourceKind.ADAPTER: adapter.fetch,
    SourceKind.MAILBOX: mailbox.fetch,
    SourceKind.SFTP: sftp.fetch,
    SourceKind.SQL: query.fetch,
}
"""By the `kind` the register names. Files of the drop folder are fetched by nobody: they come."""
