"""The list of late dossiers as files: a workbook, a Word document, a PDF, a CSV table and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from monitor.core.message import Attachment
from monitor.reports.drafts import DOCX
from monitor.reports.lists.overdue_csv import csv_of
from monitor.reports.lists.overdue_official import official, stem
from monitor.reports.lists.overdue_tables import OverdueTable, as_json
from monitor.reports.lists.overdue_xlsx import XLSX, xlsx

MOST_PRINTED = 5_000
"""A longer list is for the workbook: nobody leafs through hundreds of pages, and setting them takes minutes."""


def files(table: OverdueTable) -> Iterator[Attachment]:
    """Each file as it is made; Word and PDF only of a list short enough to be leafed through."""
    from monitor.reports.official.print import NotPrinted, pdf
    from monitor.reports.official.word import docx

    name = stem(table)
    yield Attachment(name=f"{name}.xlsx", media_type=XLSX, content=xlsx(table))
    yield Attachment(name=f"{name}.csv", media_type="text/csv", content=csv_of(table))
    text = json.dumps(as_json(table), ensure_ascii=False, indent=1)
    yield Attachment(name=f"{name}.json", media_type="application/json", content=text.encode())
    if len(table.told.rows) <= MOST_PRINTED:
        document = official(table)
        yield Attachment(name=f"{name}.docx", media_type=DOCX, content=docx(document))
        with suppress(NotPrinted):
            yield Attachment(name=f"{name}.pdf", media_type="application/pdf", content=pdf(document))
