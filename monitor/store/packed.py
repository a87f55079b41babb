"""Many numbers in few bytes: the dossiers a file confirmed are mostly long unbroken runs."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise


def pack(numbers: Iterable[int]) -> bytes | None:
    """Numbers in any order, each once, below 2**32; None for none."""
    ordered = sorted(set(numbers))
    if not ordered:
        return None
    steps = array("I", [ordered[0], *(b - a for a, b in pairwise(ordered))])
    if sys.byteorder == "big":
        steps.byteswap()
    return zlib.compress(steps.tobytes(), 1)


def unpack(content: bytes | None) -> Sequence[int]:
    """The numbers again, ascending."""
    if content is None:
        return ()
    steps = array("I")
    steps.frombytes(zlib.decompress(content))
    if sys.byteorder == "big":
        steps.byteswap()
    return array("I", accumulate(steps))


def runs(numbers: Iterable[int], longest: int) -> Iterator[tuple[int, int]]:
    """Ascending numbers as unbroken runs (first, last), none longer than `longest`."""
    first = last = -1
    for number in numbers:
        if first >= 0 and number == last + 1 and number - first < longest:
            last = number
            continue
        if first >= 0:
            yield first, last
        first = last = number
    if first >= 0:
        yield first, last
