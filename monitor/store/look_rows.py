"""Looks made of their rows, ninety thousand for a weekly log with its comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.core.look import Cause, Kind, Look, Phases, Verdict

FIELDS = (
    "target_id", "at", "vantage_id", "service_id", "kind", "received_after", "verdict", "cause", "name_ms",
    "connect_ms", "tls_ms", "first_byte_ms", "total_ms", "valid_for_ms", "status", "size", "detail",
)  # fmt: skip

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_CAUSES = {cause.value: cause for cause in Cause}
_KINDS = {kind.value: kind for kind in Kind}


def looks_of(rows: Iterable[Any], names: Mapping[int, str]) -> list[Look]:
    """The looks of rows of FIELDS."""
    return [_look(names, *row) for row in rows]


# A frozen dataclass fills each of its fields through object.__setattr__, which finds the field by name: half of the
# time it takes to read a look. The fields' own setters are asked here instead; what is made is the same.
def _setters(made: type[Look] | type[Phases]) -> tuple[Callable[[Any, Any], None], ...]:
    return tuple(getattr(made, name).__set__ for name in made.__slots__)


(
    _service, _target, _vantage, _kind, _at, _received_at, _verdict, _cause, _phases, _valid_for_ms, _status, _size,
    _detail,
) = _setters(Look)  # fmt: skip
_name, _connect, _tls, _first_byte, _total = _setters(Phases)
_new: Callable[[type], Any] = object.__new__
_moment = datetime.fromtimestamp


def _look(  # noqa: PLR0917 - the columns of a row, in their order
    names: Mapping[int, str],
    target: int,
    at: int,
    vantage: int,
    service: int,
    kind: str,
    received_after: int,
    verdict: str,
    cause: str,
    name: int | None,
    connect: int | None,
    tls: int | None,
    first_byte: int | None,
    total: int,
    valid_for_ms: int,
    status: int | None,
    size: int | None,
    detail: str,
) -> Look:
    phases: Phases = _new(Phases)
    _name(phases, name)
    _connect(phases, connect)
    _tls(phases, tls)
    _first_byte(phases, first_byte)
    _total(phases, total)
    look: Look = _new(Look)
    _service(look, names[service])
    _target(look, names[target])
    _vantage(look, names[vantage])
    _kind(look, _KINDS[kind])
    _at(look, _moment(at / 1000, UTC))
    _received_at(look, _moment((at + received_after) / 1000, UTC))
    _verdict(look, _VERDICTS[verdict])
    _cause(look, _CAUSES[cause])
    _phases(look, phases)
    _valid_for_ms(look, valid_for_ms)
    _status(look, status)
    _size(look, size)
    _detail(look, detail)
    return look
