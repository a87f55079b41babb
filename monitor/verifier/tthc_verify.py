#!/usr/bin/env python3
"""Whether an exported journal of tthc-monitor holds, and whether the published figures follow from it.

    python3 tthc_verify.py FILE [--key HEX] [--head CHAIN:SEQ:DIGEST] [--report REPORT.json] [--lang vi|en] [--json]

One file on purpose, of whatever length: it is handed to somebody who does not trust us, runs on their machine from
Python 3.9 on, and can be read from top to bottom. It needs the standard library only; where `cryptography` is
installed, the day's signatures are checked too. It shares no line with the program whose figures it works out anew:
it is written from docs/availability.md, and docs/journal.md describes the file it reads.

Exit code 0: all holds; 1: something does not, and is named; 2: the file, or an argument, cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Callable, NamedTuple

FORMAT = "tthc-journal/1"
METHOD = "tthc-uptime/1"
STATEMENT = "tthc-monitor/heads/1"
NOTHING = b"0" * 64
SHORTEST_DIGEST = 12  # hexadecimal digits of a head that a person copied from a printed log

# --- Words -----------------------------------------------------------------------------------------------------------

WORDS: dict[str, tuple[str, str]] = {
    "rows_changed": (
        "dòng dữ liệu không còn đúng như lúc niêm phong",
        "the rows are not those that were sealed",
    ),
    "missing": ("thiếu mục: có mục đã bị xóa", "a link was taken away before this one"),
    "repeated": ("mục lặp lại, bị chèn hoặc bị đổi thứ tự", "a link comes again, was put in or moved"),
    "not_linked": ("mục không nối với mục trước", "it does not name the link before it"),
    "stray": ("có dòng dữ liệu không thuộc mục niêm phong nào", "there are rows that no link seals"),
    "malformed": ("dòng dữ liệu không đúng dạng ({what})", "a row is not of the form it must have ({what})"),
    "unread": ("không đọc được dòng này của tệp", "this line of the file cannot be read"),
    "cut": (
        "phần cuối chuỗi đã bị cắt: phải có đến mục {seq} ({source})",
        "the chain's tail was cut: it must go up to link {seq} ({source})",
    ),
    "replaced": (
        "mã niêm phong của mục này khác mã đã lưu ở nơi khác ({source})",
        "this link's digest is not the one kept elsewhere ({source})",
    ),
    "duplicate": ("sự kiện ghi hai lần: {what}", "a fact stands there twice: {what}"),
    "no_end": (
        "tệp không trọn vẹn: thiếu dòng cuối, hoặc dòng cuối không khớp ({what})",
        "the file is not whole: its last line is missing or does not agree ({what})",
    ),
    "bad_signature": ("mã niêm phong ngày {day} không đúng", "the seal of day {day} is not valid"),
    "second_key": (
        "từ ngày {day} dùng khóa niêm phong khác ({fingerprint}); nếu cơ quan xác nhận đã đổi khóa, chạy lại với --key "
        "của từng khóa",
        "from day {day} on another key was used ({fingerprint}); if the office confirms the change, run again with "
        "--key for each of the keys",
    ),
    "foreign_key": (
        "mã niêm phong từ ngày {day} không phải của khóa đã cho ({fingerprint})",
        "the seals from day {day} on are not of a key given ({fingerprint})",
    ),
    "key_unused": (
        "không có mã niêm phong nào của khóa đã cho ({fingerprint})",
        "nothing is sealed with the key given ({fingerprint})",
    ),
    "not_checked": (
        "đã cho khóa nhưng máy này chưa có thư viện cryptography nên không kiểm được: pip install cryptography",
        "a key was given, and cannot be checked without the library cryptography: pip install cryptography",
    ),
    "figures": (
        "số đã công bố {what} khác số tính lại: {name} công bố {published}, tính lại {recomputed}",
        "published figures of {what} differ from those worked out anew: {name} was {published}, is {recomputed}",
    ),
    "not_recomputed": (
        "không tính lại được số đã công bố {what}: {why}",
        "published figures of {what} cannot be worked out anew: {why}",
    ),
    "cut_ahead": (
        "công bố {what} dựa vào mục niêm phong ghi sau chính nó",
        "the publication {what} rests on links sealed after itself",
    ),
    "report_unknown": (
        "báo cáo {what} không ứng với công bố nào trong tệp",
        "the report {what} is of no publication in the file",
    ),
}
NOTES: dict[str, tuple[str, str]] = {
    "part": (
        "Tệp là một phần của sổ: chuỗi {chain}, mục {first} đến {last}; mục cuối có mã niêm phong ngày: {signed}.",
        "The file is a part of the journal: chain {chain}, links {first} to {last}; signed up to link {signed}.",
    ),
    "part_figures": (
        "Một phần của sổ không đủ để tính lại số liệu công bố: cần tệp xuất toàn bộ (tthc journal export).",
        "A part of the journal is not enough to work out published figures: that takes an export of the whole.",
    ),
    "outside": (
        "Mã nằm ngoài phần này của sổ, không đối chiếu được: {heads}.",
        "Kept elsewhere, but outside this part of the journal, so not compared: {heads}.",
    ),
    "unsigned_days": (
        "Không có mã niêm phong cho {count} ngày trong khoảng {first} đến {last}: {days}.",
        "No seal on {count} days between {first} and {last}: {days}.",
    ),
    "no_signatures": (
        "Tệp không có mã niêm phong ngày nào: chuỗi bị viết lại toàn bộ chỉ lộ ra khi đối chiếu với --head.",
        "The file has no day's seal: a chain rewritten as a whole shows only against --head.",
    ),
    "not_checked": (
        "Máy này chưa có thư viện cryptography: CHƯA kiểm mã niêm phong ngày (pip install cryptography rồi chạy lại).",
        "The library cryptography is not installed: the days' seals were NOT checked (pip install cryptography).",
    ),
    "erased": (
        "Nội dung cá nhân đã xóa, mã vẫn khớp: chuỗi {chain}, mục {numbers}.",
        "Personal content was erased, and its digest still holds: chain {chain}, links {numbers}.",
    ),
    "withdrawn": (
        "Thông báo tạm ngừng đã rút, không tính: chuỗi {chain}, mục {numbers}.",
        "Withdrawn notices, not counted: chain {chain}, links {numbers}.",
    ),
}
LANGUAGES = ("vi", "en")


def say(table: dict[str, tuple[str, str]], code: str, language: str, **facts: Any) -> str:
    """One sentence in the language wanted."""
    return table[code][LANGUAGES.index(language)].format(**facts)


# --- What was found ---------------------------------------------------------------------------------------------------


class Unreadable(Exception):
    """The file, or what was given with it, cannot be read at all."""


@dataclass(frozen=True)
class Finding:
    """Something that does not hold: where, what, and what the sentence about it needs."""

    code: str
    chain: str = ""
    number: int | None = None
    line: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The finding in one line."""
        places = []
        if self.chain:
            places.append(("chuỗi " if language == "vi" else "chain ") + self.chain)
        if self.number is not None:
            places.append(("mục " if language == "vi" else "link ") + str(self.number))
        if self.line is not None:
            places.append(("dòng " if language == "vi" else "line ") + str(self.line))
        said = say(WORDS, self.code, language, **self.facts)
        return f"{', '.join(places)}: {said}" if places else said


# --- The chains -------------------------------------------------------------------------------------------------------


class Chain:
    """One chain as it is read, link by link; `broken` once a link did not hold (those before it did)."""

    def __init__(self, name: str, number: int, after: int = 0, digest: bytes = NOTHING) -> None:
        self.name, self.number = name, number
        self.links = 0
        self.after = self.last = after  # the link before the first one here: 0 but in a part of a journal
        self.start = self.digest = digest
        self.digests = bytearray()  # 32 bytes a link, so that heads kept elsewhere can be held against any of them
        self.broken = False
        self.erased: list[int] = []

    def fault(self, seq: int, previous: bytes, *, same_rows: bool) -> str | None:
        """Why a link does not hold after the one before it; None where it does."""
        if seq != self.last + 1:
            return "missing" if seq > self.last else "repeated"
        if previous != self.digest:
            return "not_linked"
        return None if same_rows else "rows_changed"

    def take(self, seq: int, digest: bytes) -> None:
        """Go on to a link that holds."""
        self.last, self.digest = seq, digest
        self.digests += bytes.fromhex(digest.decode())

    def digest_of(self, seq: int) -> str | None:
        """The digest of a link that holds, in hexadecimal."""
        if seq == self.after:
            return self.start.decode()
        place = seq - self.after
        return self.digests[32 * (place - 1) : 32 * place].hex() if place > 0 and seq <= self.last else None


LINK = re.compile(
    rb'\{"chain":("(?:[^"\\]|\\.)*"),"seq":([0-9]{1,18}),"previous":"([0-9a-f]{64})","digest":"([0-9a-f]{64})","rows":'
)


class Link(NamedTuple):
    """One line of the file that is a link; `same` tells whether its digest is that of its rows."""

    chain: str
    seq: int
    previous: bytes
    digest: bytes
    rows: list[dict[str, Any]]
    same: bool
    erased: bool = False


def link_of(line: bytes) -> Link:
    """A link as it was exported: its rows are hashed as they stand, nothing is written anew. Raise ValueError."""
    found = LINK.match(line)
    if found is None or not line.endswith(b"]}\n"):
        return link_in_other_words(line)
    name, seq, previous, digest = found.groups()
    rows = line[found.end() : -2]
    sealed = hashlib.sha256(b"".join((b"[", name, b",", seq, b',"', previous, b'",', rows, b"]")))
    same = sealed.hexdigest().encode() == digest
    return Link(json.loads(name), int(seq), previous, digest, json.loads(rows), same)


def link_in_other_words(line: bytes) -> Link:
    """The same where another program wrote the line anew, or where something follows its rows."""
    read = json.loads(line)
    chain, seq, rows = read["chain"], read["seq"], read["rows"]
    previous, digest = read["previous"], read["digest"]
    if not (type(seq) is int and isinstance(chain, str) and isinstance(previous, str) and isinstance(digest, str)):
        raise ValueError("no link")
    sealed = hashlib.sha256(canonical([chain, seq, previous, rows])).hexdigest()
    erased = bool(read.get("erased"))
    return Link(chain, seq, previous.encode(), digest.encode(), rows, sealed == digest, erased)


def canonical(value: Any) -> bytes:
    """JSON in UTF-8, names in order, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


# --- The facts --------------------------------------------------------------------------------------------------------

UP, DOWN, UNKNOWN = "up", "down", "unknown"


class Looks:
    """The looks at one target in columns, some 24 bytes each, so that ten million fit a common machine."""

    def __init__(self) -> None:
        self.at, self.valid, self.seq = array("q"), array("q"), array("q")
        self.said, self.chain = array("H"), array("H")

    def columns(self) -> tuple[array, ...]:  # type: ignore[type-arg]
        """All columns."""
        return self.at, self.valid, self.seq, self.said, self.chain

    def trim(self) -> None:
        """Forget a look that was taken by half."""
        whole = min(len(column) for column in self.columns())
        for column in self.columns():
            del column[whole:]

    def extend(self, other: Looks) -> None:
        """Take another target's looks too: the same one's under a former name."""
        for mine, theirs in zip(self.columns(), other.columns()):
            mine.extend(theirs)


class Notice(NamedTuple):
    """A planned stop that was announced."""

    service: str
    starts: int
    ends: int
    entered_at: int
    chain: str
    seq: int


ONCE: dict[str, tuple[str, ...]] = {
    "panel": ("target", "at"),
    "exhibit": ("target", "at"),
    "interruption_opened": ("target", "first_bad"),
    "interruption_closed": ("target", "first_bad"),
    "publication": ("service", "kind", "period", "edition"),
}
"""By what a fact is known that there can be only once."""


class Facts:
    """Everything in the rows that the figures rest on."""

    def __init__(self) -> None:
        self.looks: dict[str, Looks] = {}
        self.sayings: list[tuple[str, str]] = []  # (verdict, cause), by the number that a look's column holds
        self._numbers: dict[tuple[str, str], int] = {}
        self.notices: list[Notice] = []
        self.withdrawn: list[tuple[str, int, dict[str, Any]]] = []
        self.publications: list[tuple[str, int, dict[str, Any]]] = []
        self._once: set[tuple[Any, ...]] = set()

    def take(self, chain: Chain, seq: int, rows: Iterable[dict[str, Any]]) -> Iterator[Finding]:
        """Take the rows of one link."""
        for row in rows:
            try:
                if row["fact"] == "look":
                    self._look(chain.number, seq, row)
                    continue
                twice = self._other(chain, seq, row)
            except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
                yield Finding("malformed", chain.name, seq, facts={"what": f"{type(error).__name__} {error}"[:80]})
            else:
                if twice:
                    yield Finding("duplicate", chain.name, seq, facts={"what": twice})

    def _look(self, chain: int, seq: int, row: dict[str, Any]) -> None:
        at, valid, word = row["at"], row["valid_for_ms"], (row["verdict"], row["cause"])
        number = self._numbers.get(word)
        if number is None:
            number = self._number(word)
        if type(at) is not int or type(valid) is not int:
            raise TypeError("at, valid_for_ms")
        looks = self.looks.get(row["target"])
        if looks is None:
            looks = self.looks.setdefault(row["target"], Looks())
        try:
            looks.at.append(at)
            looks.valid.append(valid)
            looks.seq.append(seq)
            looks.said.append(number)
            looks.chain.append(chain)
        except OverflowError:
            looks.trim()
            raise

    def _number(self, word: tuple[str, str]) -> int:
        verdict, cause = word
        if verdict not in (UP, DOWN, UNKNOWN) or not isinstance(cause, str):
            raise ValueError(f"verdict {verdict!r}")
        self.sayings.append(word)
        return self._numbers.setdefault(word, len(self.sayings) - 1)

    def _other(self, chain: Chain, seq: int, row: dict[str, Any]) -> str:
        """Take a row that is no look; by what it is known, where it is there already."""
        fact = row["fact"]
        if fact == "notice":
            times = (row["starts"], row["ends"], row["entered_at"])
            if any(type(moment) is not int for moment in times):
                raise TypeError("starts, ends, entered_at")
            self.notices.append(Notice(row["service"], *times, chain.name, seq))
        elif fact == "notice_withdrawn":
            self.withdrawn.append((chain.name, seq, row))
        if fact not in ONCE:
            return ""
        place = chain.name if fact in ("panel", "exhibit") else ""
        known = (fact, place, *(row[name] for name in ONCE[fact]))
        if known in self._once:
            return " ".join(map(str, known)).replace("  ", " ")
        self._once.add(known)
        if fact == "publication":
            self.publications.append((chain.name, seq, row))
        return ""

    def withdrawals(self) -> dict[tuple[str, int], list[tuple[str, int]]]:
        """Which links took back the notice that a link sealed."""
        found: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for chain, seq, row in self.withdrawn:
            if type(row.get("notice")) is int:
                found.setdefault((chain, row["notice"]), []).append((chain, seq))
        return found


def in_order(looks: Looks, sayings: Sequence[tuple[str, str]], chains: Sequence[str]) -> Looks:
    """Looks by moment, place, verdict, cause and validity; they are mostly so already."""
    at = looks.at
    if all(before < after for before, after in zip(at, at[1:])):
        return looks
    valid, chain, said = looks.valid, looks.chain, looks.said
    order = sorted(range(len(at)), key=lambda i: (at[i], chains[chain[i]], sayings[said[i]], valid[i]))
    made = Looks()
    for column, new in zip(looks.columns(), made.columns()):
        new.extend(column[i] for i in order)
    return made


# --- The figures, worked out anew from docs/availability.md -----------------------------------------------------------

REASONS = ("unconfirmed", "own_network", "challenged", "rate_limited", "probe_failed", "not_looked")
"""Why nothing can be said; where several reasons meet, the first of these is told."""
TOLD_AS = {"own_network": "own_network", "challenged": "challenged", "rate_limited": "rate_limited"}
"""What an inconclusive look's cause is told as; any other is a look that failed by itself."""
VIETNAM = timezone(timedelta(hours=7))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FOREVER = 1 << 62


class Label(NamedTuple):
    """What is said of a stretch; `sure` unless an interruption at its longest or shortest would say otherwise."""

    state: str
    reason: str = ""
    sure: bool = True


NOT_LOOKED = Label(UNKNOWN, "not_looked")
Stretch = tuple[int, int, Any]  # from, until, what is said of it
Path = list[Stretch]  # stretches of a window, without gap or overlap


class Seen(NamedTuple):
    """One look, as far as it counts."""

    at: int
    valid: int
    verdict: str
    cause: str


class Outage(NamedTuple):
    """One interruption; moments in milliseconds, None where it is not known or not over."""

    target: str
    cause: str
    last_good: int | None
    first_bad: int
    last_bad: int
    first_good: int | None
    failed_looks: int


def bearing(
    looks: Looks, sayings: Sequence[tuple[str, str]], window: tuple[int, int], admits: Callable[[int, int], bool]
) -> list[Seen]:
    """The looks that bear on a window: from the last good one before it to the first good one after it."""
    start, end = window
    first = bisect_left(looks.at, start)
    while first > 0:
        after, moment = first, looks.at[first - 1]
        first = bisect_left(looks.at, moment, 0, after)
        here = (i for i in range(first, after) if admits(looks.chain[i], looks.seq[i]))
        if next((v for v in (sayings[looks.said[i]][0] for i in here) if v != UNKNOWN), None) == UP:
            break
    found: list[Seen] = []
    counted = -1
    for i in range(first, len(looks.at)):
        if not admits(looks.chain[i], looks.seq[i]):
            continue
        look = Seen(looks.at[i], looks.valid[i], *sayings[looks.said[i]])
        found.append(look)
        if look.verdict != UNKNOWN and look.at != counted:
            counted = look.at
            if look.verdict == UP and look.at >= end:
                break
    return found


def runs_of(seen: Iterable[Seen]) -> list[tuple[str, list[Seen]]]:
    """Conclusive looks as unbroken runs of one verdict; of several at one moment the first counts."""
    counted: list[Seen] = []
    for look in seen:
        if look.verdict != UNKNOWN and not (counted and counted[-1].at == look.at):
            counted.append(look)
    return [(verdict, list(run)) for verdict, run in groupby(counted, key=lambda look: look.verdict)]


def outages_of(target: str, runs: Sequence[tuple[str, list[Seen]]], confirmations: int) -> Iterator[Outage]:
    """Every run of failed looks that is long enough to be confirmed."""
    for place, (verdict, run) in enumerate(runs):
        if verdict == DOWN and len(run) >= confirmations:
            before = runs[place - 1][1][-1].at if place else None
            after = runs[place + 1][1][0].at if place + 1 < len(runs) else None
            yield Outage(target, run[0].cause, before, run[0].at, run[-1].at, after, len(run))


def spoken(runs: Sequence[tuple[str, list[Seen]]], confirmations: int, end: int) -> Iterator[Stretch]:
    """What each conclusive look says, and for how long; nothing is sure where nobody looked again in that time."""
    flat = [(look, place, look is run[-1]) for place, (_, run) in enumerate(runs) for look in run]
    for number, (look, place, newest) in enumerate(flat):
        verdict, run = runs[place]
        following = flat[number + 1][0].at if number + 1 < len(flat) else FOREVER
        silence = look.at + look.valid < (end if following == FOREVER else following)
        if verdict == UP:
            label = Label(UP, sure=not silence and not (newest and place + 1 < len(runs)))
        elif len(run) < confirmations:
            label = Label(UNKNOWN, "unconfirmed")
        else:
            label = Label(DOWN, sure=not silence and not newest)
        yield look.at, min(look.at + look.valid, following), label


def excused(seen: Sequence[Seen]) -> Iterator[Stretch]:
    """Where an inconclusive look is the newest, and why it could not tell."""
    for place, look in enumerate(seen):
        if look.verdict == UNKNOWN:
            following = seen[place + 1].at if place + 1 < len(seen) else FOREVER
            reason = TOLD_AS.get(look.cause, "probe_failed")
            yield look.at, min(look.at + look.valid, following), Label(UNKNOWN, reason)


def laid(path: Path, until: int, label: Any) -> None:
    """Go on along a path up to a moment."""
    since = path[-1][1] if path else 0
    if path and path[-1][2] == label:
        since = path.pop()[0]
    path.append((since, until, label))


def over(window: tuple[int, int], above: Iterable[Stretch], below: Sequence[Stretch]) -> Path:
    """A window covered by stretches; where those above leave it bare by those below, else by nobody's look."""
    start, end = window
    at, place, path = start, 0, [(start, start, None)]
    for since, until, label in [*above, (end, end, None)]:
        bare = min(since, end)
        while at < bare:
            while place < len(below) and below[place][1] <= at:
                place += 1
            low, high, reason = below[place] if place < len(below) else (FOREVER, FOREVER, None)
            if low > at:
                at = min(low, bare)
                laid(path, at, NOT_LOOKED)
            else:
                at = min(high, bare)
                laid(path, at, reason)
        if min(until, end) > at:
            at = min(until, end)
            laid(path, at, label)
    return [stretch for stretch in path if stretch[0] < stretch[1]]


INSIDE, OUTSIDE = "inside", "outside"


def within(window: tuple[int, int], spans: Iterable[tuple[int, int]]) -> Path:
    """A window cut where spans begin and end, which may overlap and come in any order."""
    start, end = window
    at, path = start, [(start, start, None)]
    for since, until in [*sorted(spans), (end, end)]:
        if min(since, end) > at:
            at = min(since, end)
            laid(path, at, OUTSIDE)
        if min(until, end) > at:
            at = min(until, end)
            laid(path, at, INSIDE)
    return [stretch for stretch in path if stretch[0] < stretch[1]]


def together(window: tuple[int, int], paths: Sequence[Path], decide: Callable[[Sequence[Any]], Label]) -> Path:
    """One path of several: at each moment, what `decide` makes of what they say."""
    changes = sorted(((since, n, label) for n, path in enumerate(paths) for since, _, label in path), key=itemgetter(0))
    now: list[Any] = [None] * len(paths)
    made: Path = [(window[0], window[0], None)]
    for moment, some in groupby(changes, key=itemgetter(0)):
        if moment > window[0]:
            laid(made, moment, decide(now))
        for _, n, label in some:
            now[n] = label
    laid(made, window[1], decide(now))
    return [stretch for stretch in made if stretch[0] < stretch[1]]


def first_reason(labels: Iterable[Label]) -> Label:
    """Nothing can be said: for the first reason of those told."""
    told = [label.reason for label in labels if label.reason]
    return Label(UNKNOWN, min(told, key=REASONS.index) if told else "not_looked")


def of_places(quorum: int) -> Callable[[Sequence[Label]], Label]:
    """What several places say of one target: DOWN where a quorum does, UP where too few are left to make one."""

    def decide(labels: Sequence[Label]) -> Label:
        for state, wanted in ((DOWN, quorum), (UP, len(labels) - quorum + 1)):
            same = [label for label in labels if label.state == state]
            if len(same) >= wanted:
                return Label(state, sure=len([label for label in same if label.sure]) >= wanted)
        return first_reason(labels)

    return decide


def of_service(labels: Sequence[Any]) -> Label:
    """Its hours go before all, then a planned stop; else it is DOWN while one target is, UP while all are."""
    promised, stopped, targets = labels[0], labels[1], labels[2:]
    if promised == OUTSIDE:
        return Label("excluded")
    if stopped == INSIDE:
        return Label("maintenance")
    down = [label for label in targets if label.state == DOWN]
    if down:
        return Label(DOWN, sure=any(label.sure for label in down))
    if targets and all(label.state == UP for label in targets):
        return Label(UP, sure=all(label.sure for label in targets))
    return first_reason(targets)


def agreed(apart: Sequence[Sequence[Outage]], quorum: int) -> Iterator[Outage]:
    """The interruptions of a target in which a quorum of places was cut off at once."""
    changes: list[tuple[int, int, int, Outage]] = []
    for place, some in enumerate(apart):
        for one in some:
            changes.append((one.first_bad, 1, place, one))
            if one.first_good is not None:
                changes.append((one.first_good, 0, place, one))
    cut_off: dict[int, Outage] = {}
    begun: Outage | None = None
    for moment, begins, place, one in sorted(changes, key=itemgetter(0, 1, 2)):
        before = list(cut_off.values())
        if begins:
            cut_off[place] = one
        else:
            del cut_off[place]
        if begun is None and len(cut_off) >= quorum:
            goods = [other.last_good for other in cut_off.values() if other.last_good is not None]
            begun = one._replace(last_good=max(goods, default=None))
        elif begun is not None and len(cut_off) < quorum:
            yield ended(begun, before, quorum, moment)
            begun = None
    if begun is not None:
        yield ended(begun, list(cut_off.values()), quorum, None)


def ended(begun: Outage, some: Sequence[Outage], quorum: int, first_good: int | None) -> Outage:
    """A joint interruption with its end: proved as long as a quorum of the places cut off at last is."""
    last = sorted((one.last_bad for one in some), reverse=True)[quorum - 1]
    failed = max(one.failed_looks for one in some)
    return begun._replace(last_bad=max(last, begun.first_bad), first_good=first_good, failed_looks=failed)


@dataclass(frozen=True)
class Basis:
    """What published figures rest on besides the looks, as the publication states it."""

    required: tuple[str, ...]
    formerly: dict[str, str]
    confirmations: int
    hours: tuple[tuple[int, int], ...] | None
    notice_days: int | None
    working_days: tuple[str, ...]
    quorum: int
    vantages: tuple[str, ...]
    since: int | None

    @classmethod
    def of(cls, text: str) -> Basis:
        """The basis of its JSON; raise ValueError, KeyError or TypeError."""
        read = json.loads(text)
        hours = read["hours"]
        made = cls(
            required=tuple(sorted(read["required"])),
            formerly=dict(read["formerly"]),
            confirmations=int(read["confirmations"]),
            hours=None if hours is None else tuple((int(since), int(until)) for since, until in hours),
            notice_days=None if read["notice_days"] is None else int(read["notice_days"]),
            working_days=tuple(sorted(read["working_days"])),
            quorum=int(read["quorum"]),
            vantages=tuple(read.get("vantages") or ()),
            since=None if read.get("since") is None else int(read["since"]),
        )
        if made.confirmations < 1 or (made.vantages and not 1 <= made.quorum <= len(made.vantages)):
            raise ValueError("confirmations, quorum")
        if made.quorum > 1 and not made.vantages:
            raise ValueError("quorum without vantages")
        return made

    def keys(self, target: str) -> tuple[str, ...]:
        """The keys under which a target was looked at, now and before."""
        return (target, *sorted(old for old, now in self.formerly.items() if now == target and old != target))

    def announced_in_time(self, notice: Notice) -> bool:
        """Whether the n-th working day after the day it was entered is not later than the day the stop starts."""
        if self.notice_days is None:
            return False
        entered, starts = day_of(notice.entered_at), day_of(notice.starts)
        between = [day for day in self.working_days if entered < day <= starts]
        return notice.entered_at < notice.starts and len(between) >= self.notice_days


def day_of(moment: int) -> str:
    """The day that a Vietnamese calendar shows at a moment."""
    return (EPOCH + timedelta(milliseconds=moment)).astimezone(VIETNAM).date().isoformat()


class Reckoning:
    """The figures of any window, from the facts that a cut of the journal admits."""

    def __init__(self, facts: Facts, chains: Sequence[str]) -> None:
        self._facts, self._chains = facts, chains
        self._ordered: dict[tuple[str, ...], Looks] = {}
        self._withdrawals = facts.withdrawals()

    def figures(self, service: str, window: tuple[int, int], basis: Basis, cut: dict[str, int]) -> dict[str, Any]:
        """The account of a service over a window, in the form in which it is published."""
        if window[0] >= window[1]:
            raise ValueError("an empty window")
        paths, outages = [], []
        for target in basis.required:
            path, told = self._target(target, window, basis, cut)
            paths.append(path)
            outages += told
        hours = within(window, [window] if basis.hours is None else basis.hours)
        stops = within(window, [(n.starts, n.ends) for n in self._stops(service, basis, cut)])
        account = together(window, [hours, stops, *paths], of_service)
        return published(window, account, outages)

    def _target(
        self, target: str, window: tuple[int, int], basis: Basis, cut: dict[str, int]
    ) -> tuple[Path, list[Outage]]:
        looks, sayings = self._looks(basis.keys(target)), self._facts.sayings
        reach = [cut.get(name, 0) for name in self._chains]
        if not basis.vantages:
            return self._row(target, bearing(looks, sayings, window, lambda c, s: s <= reach[c]), window, basis)
        paths, apart = [], []
        # What was seen before places were named is what every one of them says.
        before = 0 if basis.since is None else basis.since
        for place in basis.vantages:
            # Places may take turns in one long interruption, so that everything each of them saw bears on it.
            mine = [
                Seen(at, valid, *sayings[said])
                for at, valid, seq, said, chain in zip(*looks.columns())
                if (self._chains[chain] == place or at < before) and seq <= reach[chain]
            ]
            path, told = self._row(target, mine, window, basis)
            paths.append(path)
            apart.append(told)
        return together(window, paths, of_places(basis.quorum)), list(agreed(apart, basis.quorum))

    def _row(
        self, target: str, seen: Sequence[Seen], window: tuple[int, int], basis: Basis
    ) -> tuple[Path, list[Outage]]:
        runs = runs_of(seen)
        path = over(window, spoken(runs, basis.confirmations, window[1]), list(excused(seen)))
        return path, list(outages_of(target, runs, basis.confirmations))

    def _looks(self, keys: tuple[str, ...]) -> Looks:
        if keys not in self._ordered:
            known = [self._facts.looks[key] for key in keys if key in self._facts.looks]
            joined = known[0] if len(known) == 1 else Looks()
            for one in known if len(known) > 1 else ():
                joined.extend(one)
            self._ordered[keys] = in_order(joined, self._facts.sayings, self._chains)
        return self._ordered[keys]

    def _stops(self, service: str, basis: Basis, cut: dict[str, int]) -> Iterator[Notice]:
        for notice in self._facts.notices:
            known = notice.service == service and notice.seq <= cut.get(notice.chain, 0)
            if not known or not basis.announced_in_time(notice):
                continue
            taken_back = self._withdrawals.get((notice.chain, notice.seq), ())
            if not any(seq <= cut.get(chain, 0) for chain, seq in taken_back):
                yield notice


def published(window: tuple[int, int], account: Path, outages: Iterable[Outage]) -> dict[str, Any]:
    """An account in the form in which it is published."""
    spent = dict.fromkeys((UP, DOWN, "maintenance", "excluded", UNKNOWN), 0)
    unsure = dict(spent)
    why = dict.fromkeys(REASONS, 0)
    for since, until, label in account:
        spent[label.state] += until - since
        if not label.sure:
            unsure[label.state] += until - since
        if label.reason:
            why[label.reason] += until - since
    up, down = spent[UP], spent[DOWN]
    looked, asked = up + down, up + down + spent[UNKNOWN]
    sharing = [o for o in outages if o.first_bad < window[1] and (o.first_good is None or o.first_good > window[0])]
    return {
        "window_ms": window[1] - window[0],
        "up_ms": up,
        "down_ms": down,
        "maintenance_ms": spent["maintenance"],
        "excluded_ms": spent["excluded"],
        "unknown_ms": spent[UNKNOWN],
        "measured": rounded_down(up, looked) if looked else None,
        "lower": rounded_down(up - unsure[UP], asked) if looked else None,
        "upper": rounded_up(asked - down + unsure[DOWN], asked) if looked else None,
        "coverage": rounded_down(looked, asked) if asked else None,
        "unknown_by": {reason: spent_on for reason, spent_on in why.items() if spent_on},
        "interruptions": [printed(o) for o in sorted(sharing, key=lambda o: (o.first_bad, o.target))],
    }


def rounded_down(part: int, whole: int) -> str:
    """A ratio with six decimals, never more than it is."""
    return decimals(part * 10**6 // whole, 6)


def rounded_up(part: int, whole: int) -> str:
    """A ratio with six decimals, never less than it is; below one with as many as it takes not to read as one."""
    places = 6
    while -(-part * 10**places // whole) >= 10**places and part < whole:
        places += 1
    return decimals(-(-part * 10**places // whole), places)


def decimals(units: int, places: int) -> str:
    """So many units of the last decimal place, written out."""
    return f"{units // 10**places}.{units % 10**places:0{places}d}"


def printed(outage: Outage) -> dict[str, Any]:
    """An interruption in the form in which it is published: moments on a Vietnamese clock."""
    return {
        "target": outage.target,
        "cause": outage.cause,
        "start": clock(outage.first_bad),
        "end": clock(outage.first_good),
        "last_good": clock(outage.last_good),
        "first_bad": clock(outage.first_bad),
        "last_bad": clock(outage.last_bad),
        "first_good": clock(outage.first_good),
        "failed_looks": outage.failed_looks,
    }


def clock(moment: int | None) -> str | None:
    """A moment in ISO 8601 at +07:00, to the millisecond."""
    if moment is None:
        return None
    return (EPOCH + timedelta(milliseconds=moment)).astimezone(VIETNAM).isoformat(timespec="milliseconds")


# --- Reading the file -------------------------------------------------------------------------------------------------


class Export:
    """An exported journal, read to its end once."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {}
        self.end: dict[str, Any] | None = None
        self.chains: dict[str, Chain] = {}
        self.facts = Facts()
        self.signatures: list[dict[str, Any]] = []
        self.findings: list[Finding] = []

    @property
    def part(self) -> bool:
        """Whether the file is a part of a journal, whose chains begin where its first line says."""
        return "after" in self.header

    def read(self, file: BinaryIO) -> None:
        """Read line by line; raise Unreadable for a file that is no export."""
        self.header = header_of(file.readline())
        for name, seq, digest in after_of(self.header):
            self.chains[name] = Chain(name, len(self.chains), seq, digest.encode())
        take = self._take
        for number, line in enumerate(file, start=2):
            try:
                if line.startswith(b'{"chain"'):
                    take(link_of(line), number)
                else:
                    self._other(json.loads(line), number)
            except (ValueError, KeyError, TypeError, RecursionError):
                self.findings.append(Finding("unread", line=number))

    def _take(self, link: Link, line: int) -> None:
        chain = self.chains.get(link.chain)
        if chain is None:
            chain = self.chains.setdefault(link.chain, Chain(link.chain, len(self.chains)))
        chain.links += 1
        if link.erased:
            chain.erased.append(link.seq)
        fault = "stray" if not link.digest else chain.fault(link.seq, link.previous, same_rows=link.same)
        if fault is None and not chain.broken:
            chain.take(link.seq, link.digest)
        elif not chain.broken:
            chain.broken = True
            self.findings.append(Finding(fault or "", link.chain, link.seq, line))
        if fault != "repeated":
            self.findings.extend(self.facts.take(chain, link.seq, link.rows))

    def _other(self, read: dict[str, Any], line: int) -> None:
        if "signature" in read:
            self.signatures.append(signature_of(read["signature"]))
        elif "end" in read and self.end is None:
            self.end = read["end"]
        else:
            self.findings.append(Finding("unread", line=line))


def header_of(line: bytes) -> dict[str, Any]:
    """What the first line says of the file; raise Unreadable."""
    try:
        read = json.loads(line)
        known = read["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        known = None
    if known != FORMAT:
        raise Unreadable(f"không phải tệp xuất sổ niêm phong {FORMAT} / this is no export of the form {FORMAT}")
    return dict(read)


def after_of(header: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The links after which the chains of a part go on; none for a whole journal. Raise Unreadable."""
    try:
        found = [(chain, seq, digest) for chain, seq, digest in header.get("after", ())]
    except (ValueError, TypeError):
        found = [("", -1, "")]
    for chain, seq, digest in found:
        if not (isinstance(chain, str) and type(seq) is int and seq >= 0 and isinstance(digest, str)):
            raise Unreadable("after")
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise Unreadable("after")
    return found


def signature_of(read: dict[str, Any]) -> dict[str, Any]:
    """A day's signature whose every field has its form; raise ValueError, KeyError or TypeError."""
    for chain, seq, digest in read["heads"]:
        if not isinstance(chain, str) or type(seq) is not int or not isinstance(digest, str):
            raise ValueError("heads")
    for name in ("key", "signature"):
        bytes.fromhex(read[name])
    date.fromisoformat(read["day"])
    return read


# --- Holding it against what is known elsewhere -----------------------------------------------------------------------


class Head(NamedTuple):
    """A link's digest as kept elsewhere, possibly its beginning only; and where that is."""

    chain: str
    seq: int
    digest: str
    source: str


def heads_hold(export: Export, heads: Iterable[Head]) -> Iterator[Finding]:
    """Each head kept elsewhere must be among the links; one finding a chain and reason is enough."""
    told = set()
    for head in heads:
        chain = export.chains.get(head.chain)
        digest = chain.digest_of(head.seq) if chain else None
        if (chain and chain.broken and digest is None) or head.seq == 0 or (export.part and digest is None):
            continue
        fault = "cut" if digest is None else "" if digest.startswith(head.digest.lower()) else "replaced"
        if fault and (head.chain, fault) not in told:
            told.add((head.chain, fault))
            number = head.seq if digest is not None else None
            yield Finding(fault, head.chain, number, facts={"seq": head.seq, "source": head.source})


def fingerprint(key: str) -> str:
    """A public key so short that it can be read out: 80 bits of its SHA-256 in groups of four."""
    short = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:20]
    return " ".join(short[place : place + 4] for place in range(0, 20, 4))


def valid(signature: dict[str, Any]) -> bool | None:
    """Whether a day's signature is that of its key; None where this machine cannot tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    signed = canonical({"day": signature["day"], "heads": signature["heads"], "statement": STATEMENT})
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature["key"]))
        key.verify(bytes.fromhex(signature["signature"]), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass
class Key:
    """One key that signed, and over which days."""

    key: str
    fingerprint: str
    first_day: str
    last_day: str
    days: int = 0


class Seals:
    """The days' signatures, checked."""

    def __init__(self, signatures: Iterable[dict[str, Any]], trusted: Sequence[str]) -> None:
        self.signatures = sorted(signatures, key=lambda one: (one["day"], one["key"]))
        self.trusted = [re.sub(r"[\s:-]", "", one).lower() for one in trusted]
        self.keys: dict[str, Key] = {}
        self.checked = True
        self.good: list[dict[str, Any]] = []
        self.bad: list[dict[str, Any]] = []
        for one in self.signatures:
            verdict = valid(one)
            self.checked = self.checked and verdict is not None
            (self.bad if verdict is False else self.good).append(one)
            key = self.keys.setdefault(one["key"], Key(one["key"], fingerprint(one["key"]), one["day"], one["day"]))
            key.last_day, key.days = one["day"], key.days + 1

    def findings(self) -> Iterator[Finding]:
        """Signatures that are not valid, and keys that nobody vouched for."""
        for one in self.bad:
            yield Finding("bad_signature", facts={"day": one["day"]})
        for number, key in enumerate(self.keys.values()):
            told = {"day": key.first_day, "fingerprint": key.fingerprint}
            if self.trusted and not self._trusted(key):
                yield Finding("foreign_key", facts=told)
            elif not self.trusted and number:
                yield Finding("second_key", facts=told)
        for given in self.trusted:
            if not any(given in (key.key, key.fingerprint.replace(" ", "")) for key in self.keys.values()):
                yield Finding("key_unused", facts={"fingerprint": given})
        if self.trusted and not self.checked:
            yield Finding("not_checked")

    def _trusted(self, key: Key) -> bool:
        return key.key in self.trusted or key.fingerprint.replace(" ", "") in self.trusted

    def heads(self) -> Iterator[Head]:
        """What the valid ones say of the chains, the oldest first."""
        for one in self.good:
            for chain, seq, digest in one["heads"]:
                yield Head(chain, seq, digest, one["day"])

    def unsigned_days(self) -> list[str]:
        """The days between the first and the last signed one that no signature is of."""
        known = {one["day"] for one in self.signatures}
        if not known:
            return []
        first, last = (date.fromisoformat(one) for one in (min(known), max(known)))
        days = ((first + timedelta(days=n)).isoformat() for n in range((last - first).days))
        return [day for day in days if day not in known]


@dataclass
class Published:
    """One publication, and whether its figures follow from the journal."""

    service: str
    kind: str
    period: str
    edition: int
    equal: bool


class Publications:
    """The publications in the journal, each worked out anew from the links its cut admits."""

    def __init__(self, export: Export) -> None:
        names = [chain.name for chain in sorted(export.chains.values(), key=lambda chain: chain.number)]
        self._reckoning = Reckoning(export.facts, names)
        self._rows = export.facts.publications
        self.checked: list[Published] = []

    def heads(self) -> Iterator[Head]:
        """The cuts, as heads kept elsewhere."""
        for _, _, row in self._rows:
            try:
                for chain, seq, digest in json.loads(row["heads"]):
                    yield Head(str(chain), int(seq), str(digest), title(row))
            except (ValueError, KeyError, TypeError):
                continue  # told when it is recomputed

    def findings(self) -> Iterator[Finding]:
        """Work out each publication anew."""
        for chain, seq, row in self._rows:
            found = list(self._one(chain, seq, row))
            named = {name: row[name] for name in ("service", "kind", "period", "edition")}
            self.checked.append(Published(**named, equal=not found))
            yield from found

    def _one(self, chain: str, seq: int, row: dict[str, Any]) -> Iterator[Finding]:
        told = {"what": title(row)}
        try:
            cut = {name: int(upto) for name, upto, _ in json.loads(row["heads"])}
            if cut.get(chain, 0) >= seq:
                yield Finding("cut_ahead", chain, seq, facts=told)
            if row["method"] != METHOD:
                raise ValueError(f"method {row['method']}")
            figures = json.loads(row["figures"])
            anew = self._anew(row, cut)
        except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
            yield Finding("not_recomputed", chain, seq, facts={**told, "why": f"{type(error).__name__} {error}"[:80]})
            return
        yield from different(figures, anew, Finding("figures", chain, seq, facts=told))

    def _anew(self, row: dict[str, Any], cut: dict[str, int]) -> dict[str, Any]:
        window = (int(row["starts"]), int(row["ends"]))
        return self._reckoning.figures(row["service"], window, Basis.of(row["basis"]), cut)

    def of_report(self, report: dict[str, Any], name: str) -> Iterator[Finding]:
        """A report's figures against those worked out anew for the newest publication of the same window."""
        window = tuple(instant(report[side]) for side in ("from", "to"))
        same = [
            row
            for _, _, row in self._rows
            if row["service"] == report["service"] and (row["starts"], row["ends"]) == window
        ]
        same = [row for row in same if row["edition"] == report.get("edition")] or same
        if not same:
            yield Finding("report_unknown", facts={"what": name})
            return
        row = max(same, key=lambda row: row["edition"])
        anew = self._anew(row, {chain: int(seq) for chain, seq, _ in json.loads(row["heads"])})
        yield from different({key: report.get(key) for key in anew}, anew, Finding("figures", facts={"what": name}))


def title(row: dict[str, Any]) -> str:
    """How a publication is called: service, period, edition."""
    return " ".join(str(row.get(name, "?")) for name in ("service", "period", "edition"))


def instant(text: str) -> int:
    """Milliseconds since 1970 of a moment in ISO 8601."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def different(told: dict[str, Any], anew: dict[str, Any], like: Finding) -> Iterator[Finding]:
    """One finding for each figure that is not the same."""
    for name in [*anew, *(name for name in told if name not in anew)]:
        was, now = told.get(name), anew.get(name)
        if was != now or type(was) is not type(now):
            facts = {**like.facts, "name": name, "published": brief(was), "recomputed": brief(now)}
            yield Finding(like.code, like.chain, like.number, facts=facts)


def brief(value: Any) -> str:
    """A figure, or the beginning of a long one."""
    text = canonical(value).decode()
    return text if len(text) <= 200 else text[:197] + "..."


# --- The answer -------------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    """Everything that came of it."""

    export: Export
    seals: Seals
    publications: list[Published]
    findings: list[Finding]
    outside: list[Head] = field(default_factory=list)

    def notes(self, language: str) -> list[str]:
        """What a reader should know though it breaks nothing."""
        made = list(self._of_part(language)) if self.export.part else []
        missed = self.seals.unsigned_days()
        if not self.seals.signatures:
            made.append(say(NOTES, "no_signatures", language))
        elif not self.seals.checked:
            made.append(say(NOTES, "not_checked", language))
        if missed:
            known = sorted(one["day"] for one in self.seals.signatures)
            days = ", ".join(missed[:10]) + (", …" if len(missed) > 10 else "")
            facts = {"count": len(missed), "first": known[0], "last": known[-1], "days": days}
            made.append(say(NOTES, "unsigned_days", language, **facts))
        for chain in self.export.chains.values():
            if chain.erased:
                numbers = ", ".join(map(str, chain.erased))
                made.append(say(NOTES, "erased", language, chain=chain.name, numbers=numbers))
        for name, some in groupby(sorted(self.export.facts.withdrawals()), key=itemgetter(0)):
            numbers = ", ".join(str(seq) for _, seq in some)
            made.append(say(NOTES, "withdrawn", language, chain=name, numbers=numbers))
        return made

    def _of_part(self, language: str) -> Iterator[str]:
        signed: dict[str, int] = {}
        for head in self.seals.heads():
            chain = self.export.chains.get(head.chain)
            if chain and chain.digest_of(head.seq) is not None:
                signed[head.chain] = max(head.seq, signed.get(head.chain, 0))
        for chain in self.export.chains.values():
            facts = {"chain": chain.name, "first": chain.after + 1, "last": chain.last}
            yield say(NOTES, "part", language, **facts, signed=signed.get(chain.name, 0) or "–")
        if self.export.facts.publications:
            yield say(NOTES, "part_figures", language)
        if self.outside:
            heads = ", ".join(f"{one.chain}:{one.seq} ({one.source})" for one in self.outside)
            yield say(NOTES, "outside", language, heads=heads)

    def as_json(self, language: str) -> dict[str, Any]:
        """For programs."""
        return {
            "holds": not self.findings,
            "format": self.export.header.get("format"),
            "program": self.export.header.get("program"),
            "part": self.export.part,
            "made_at": self.export.header.get("made_at"),
            "chains": [
                {
                    "chain": c.name,
                    "after": c.after,
                    "entries": c.links,
                    "holds": not c.broken,
                    "seq": c.last,
                    "digest": c.digest.decode(),
                }
                for c in self.export.chains.values()
            ],
            "signatures": {
                "count": len(self.seals.signatures),
                "checked": self.seals.checked and bool(self.seals.signatures),
                "keys": [asdict(key) for key in self.seals.keys.values()],
                "unsigned_days": self.seals.unsigned_days(),
            },
            "publications": [asdict(one) for one in self.publications],
            "findings": [
                {"code": f.code, "chain": f.chain or None, "number": f.number, "line": f.line, "text": f.text(language)}
                for f in self.findings
            ],
            "notes": self.notes(language),
        }

    def lines(self, language: str) -> Iterator[str]:
        """For people."""
        vi = language == "vi"
        for chain in self.export.chains.values():
            state = ("HỎNG" if vi else "BROKEN") if chain.broken else ("nguyên vẹn" if vi else "intact")
            yield (f"Chuỗi {chain.name}: {chain.links} mục" if vi else f"Chain {chain.name}: {chain.links} links") + (
                f", {state}."
            )
        for key in self.seals.keys.values():
            days = f"{key.first_day} – {key.last_day}, {key.days} {'ngày' if vi else 'days'}"
            yield f"{'Khóa niêm phong' if vi else 'Key'} {key.fingerprint}: {days}."
        if self.publications:
            equal = sum(one.equal for one in self.publications)
            count = len(self.publications)
            yield (
                f"Số liệu công bố tính lại khớp đến từng mili giây: {equal}/{count}."
                if vi
                else f"Published figures worked out anew, equal to the millisecond: {equal} of {count}."
            )
        yield from self.notes(language)
        for finding in self.findings:
            yield ("KHÔNG ĐÚNG – " if vi else "DOES NOT HOLD: ") + finding.text(language)
        if not self.findings:
            yield "Tất cả đều khớp." if vi else "All holds."


def verify(
    file: BinaryIO,
    *,
    keys: Sequence[str] = (),
    heads: Sequence[Head] = (),
    reports: Sequence[tuple[str, dict[str, Any]]] = (),
) -> Answer:
    """Check everything in an export, and hold it against what was kept elsewhere; raise Unreadable."""
    export = Export()
    export.read(file)
    seals = Seals(export.signatures, keys)
    publications = Publications(export)
    elsewhere = [*heads, *(head for name, report in reports for head in heads_of(report, name))]
    found = [*export.findings, *duplicates(export), *whole(export), *seals.findings()]
    found += heads_hold(export, [*elsewhere, *seals.heads(), *publications.heads()])
    if export.part:
        found += [Finding("report_unknown", facts={"what": name}) for name, _ in reports]
        return Answer(export, seals, [], found, [head for head in elsewhere if outside(export, head)])
    found += publications.findings()
    for name, report in reports:
        try:
            found += publications.of_report(report, name)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(f"{name}: {type(error).__name__} {error}") from error
    return Answer(export, seals, publications.checked, found)


def outside(export: Export, head: Head) -> bool:
    """Whether a head kept elsewhere is of no link in this part of a journal."""
    chain = export.chains.get(head.chain)
    return chain is None or (chain.digest_of(head.seq) is None and not chain.broken)


def duplicates(export: Export) -> Iterator[Finding]:
    """Looks that stand there twice: the same target, moment and place."""
    names = [chain.name for chain in sorted(export.chains.values(), key=lambda chain: chain.number)]
    for target, looks in sorted(export.facts.looks.items()):
        ordered = in_order(looks, export.facts.sayings, names)
        export.facts.looks[target] = ordered
        at, chain = ordered.at, ordered.chain
        for i in range(1, len(at)):
            if at[i] == at[i - 1] and chain[i] == chain[i - 1]:
                told = {"what": f"look {target} {clock(at[i])}"}
                yield Finding("duplicate", names[chain[i]], ordered.seq[i], facts=told)


def whole(export: Export) -> Iterator[Finding]:
    """Whether the last line is there and names what the file has."""
    if export.end is None:
        yield Finding("no_end", facts={"what": "end"})
        return
    try:
        told = {str(chain): (int(seq), str(digest)) for chain, seq, digest in export.end["heads"]}
        count = int(export.end["signatures"])
    except (KeyError, TypeError, ValueError):
        yield Finding("no_end", facts={"what": "end"})
        return
    if count != len(export.signatures):
        yield Finding("no_end", facts={"what": f"{len(export.signatures)}/{count}"})
    for name in sorted(told.keys() | {chain.name for chain in export.chains.values()}):
        chain = export.chains.get(name)
        seq, digest = told.get(name, (0, NOTHING.decode()))
        if chain is None or (not chain.broken and (chain.last, chain.digest.decode()) != (seq, digest)):
            yield Finding("cut", name, chain.last + 1 if chain else 1, facts={"seq": seq, "source": "end"})


def heads_of(report: dict[str, Any], name: str) -> Iterator[Head]:
    """The heads that a report of ours carries."""
    for head in report.get("journal") or ():
        yield Head(head["chain"], head["seq"], head["digest"], name)


def head_given(text: str) -> Head:
    """CHAIN:SEQ:DIGEST as a person copied it, the digest in full or its beginning; raise ArgumentTypeError."""
    chain, seq, digest = ([*text.rsplit(":", 2), "", ""])[:3]
    short = digest.strip().rstrip("….").lower()
    if not (chain and seq.isdecimal() and re.fullmatch(rf"[0-9a-f]{{{SHORTEST_DIGEST},64}}", short)):
        raise argparse.ArgumentTypeError(f"{text!r}: CHAIN:SEQ:DIGEST")
    return Head(chain, int(seq), short, "--head")


def report_given(path: str) -> tuple[str, dict[str, Any]]:
    """A report's JSON; raise Unreadable."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            read = json.load(file)
        return path, dict(read)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Unreadable(f"{path}: {error}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="tthc_verify.py",
        description="Kiểm tra sổ niêm phong đã xuất và tính lại số liệu công bố. "
        "Verify an exported journal and work out its published figures anew.",
    )
    parser.add_argument("file", metavar="FILE", help="tệp do tthc journal export ghi / what tthc journal export wrote")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="HEX",
        help="khóa công khai hoặc dấu vân tay / a public key or its fingerprint",
    )
    parser.add_argument(
        "--head", action="append", default=[], type=head_given, metavar="CHAIN:SEQ:DIGEST",
        help="mã niêm phong in trong báo cáo / a head as printed in a log",
    )  # fmt: skip
    parser.add_argument("--report", action="append", default=[], metavar="REPORT.json", help="báo cáo JSON / a report")
    parser.add_argument("--lang", choices=LANGUAGES, default="vi")
    parser.add_argument("--json", action="store_true", help="in JSON / print JSON")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8")
    try:
        reports = [report_given(path) for path in asked.report]
        with open(asked.file, "rb") as file:
            answer = verify(file, keys=asked.key, heads=asked.head, reports=reports)
    except (OSError, Unreadable) as error:
        print(f"Không đọc được / cannot read: {error}", file=sys.stderr)
        return 2
    if asked.json:
        print(json.dumps(answer.as_json(asked.lang), ensure_ascii=False, indent=2))
    else:
        print("\n".join(answer.lines(asked.lang)))
    return 1 if answer.findings else 0


if __name__ == "__main__":
    sys.exit(main())
