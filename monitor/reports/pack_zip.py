"""An evidence pack as one ZIP, written piece by piece."""

from __future__ import annotations

from typing import IO

from sqlalchemy import Connection

from monitor.reports.exhibited import Piece
from monitor.reports.pack import Pack
from monitor.reports.pack_files import JOURNAL, VERIFIER, index_html, index_json, looks_csv
from monitor.reports.zipped import Zipped, pieces_of
from monitor.store import journal_part


def write(db: Connection, pack: Pack, file: IO[bytes], *, verifier: bytes) -> None:
    """Write the ZIP, piece by piece; `db` must be the one it was gathered from, at the same moment's state.

    The same facts and files make the same bytes. Raises OSError where the disk fails, or a file of evidence changes
    meanwhile.
    """
    with Zipped(file, pack.record.interruption.first_bad) as made:
        part = journal_part.lines(
            db, pack.reaches, pack.sent, program=pack.program, made_at=pack.record.as_of, window=pack.window
        )
        made.add(JOURNAL, part)
        made.add(VERIFIER, [verifier])
        for piece in pack.pieces:
            if piece.whole and made.add(piece.name, pieces_of(piece.path), dense=_dense(piece)) != piece.digest:
                raise OSError(0, f"{piece.path} đã đổi trong lúc đóng gói")
        made.add("looks.csv", looks_csv(pack))
        made.add("index.json", [index_json(pack)])
        made.add("index.html", [index_html(pack)])


def _dense(piece: Piece) -> bool:
    return piece.name.endswith((".png", ".jpg", ".jpeg", ".zip", ".docx", ".xlsx", ".pdf"))
