"""How the name of a unit is brought to one form, without case, marks, punctuation and the name of its counter."""

from __future__ import annotations

import re
import unicodedata

_REWRITTEN = {
    "ubnd": ("uy ban nhan dan", "uy ban nd", "hdnd ubnd"),
    "vpubnd": ("van phong hdnd ubnd", "vp hdnd ubnd", "van phong ubnd", "vp ubnd"),
    "ttpvhcc": (
        "trung tam phuc vu hanh chinh cong",
        "trung tam phuc vu hcc",
        "trung tam pvhcc",
        "trung tam hanh chinh cong",
        "trung tam hcc",
        "tt phuc vu hanh chinh cong",
        "tt hanh chinh cong",
        "tt pvhcc",
        "tt hcc",
        "tthcc",
    ),
    "bpmc": (
        "bo phan tiep nhan tra ket qua giai quyet thu tuc hanh chinh",
        "bo phan tiep nhan tra ket qua giai quyet tthc",
        "bo phan tiep nhan tra ket qua thu tuc hanh chinh",
        "bo phan tiep nhan tra ket qua tthc",
        "bo phan tiep nhan tra ket qua",
        "bo phan tn tkq",
        "bo phan tn tra kq",
        "bo phan mot cua hien dai",
        "bo phan mot cua",
        "bo phan 1 cua",
        "bp mot cua",
        "bp 1 cua",
        "mot cua hien dai",
    ),
}
_PHRASES = sorted(
    ((f" {phrase} ", f" {short} ") for short, phrases in _REWRITTEN.items() for phrase in phrases),
    key=lambda pair: -len(pair[0]),
)
_FRONT = ("ubnd ", "vpubnd ", "ttpvhcc ", "bpmc ")
_LEVELS = frozenset({"xa", "phuong", "thi tran", "huyen", "thi xa", "thanh pho", "tinh"})
_SHORT = {"p": "phuong", "tp": "thanh pho", "tx": "thi xa", "h": "huyen", "x": "xa"}
_TAIL_STARTS = ("phong ", *_FRONT)
_TAIL_LEVELS = (" xa ", " phuong ", " huyen ", " thi xa ", " thanh pho ", " so ")
_SPLIT = re.compile(r"\s[-–—]+\s|[,;/|()>→\n]|##")
_WORDS = re.compile(r"[^\W_]+")


def spelled(text: str) -> str:
    """The words of a name in NFC and small letters, marks kept; punctuation, "và" and "&" left out."""
    words = _WORDS.findall(unicodedata.normalize("NFC", text).casefold())
    return " ".join(word for word in words if word not in {"và", "va"})


def plain(text: str) -> str:
    """Spelled words without their marks."""
    bare = unicodedata.normalize("NFD", text).replace("đ", "d")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def canonical(text: str, province: str) -> str:
    """A name's plain words, the long official phrases in one short form, and "tỉnh <province>" at the end left out."""
    words = f" {plain(spelled(text))} "
    for _ in range(2):  # a phrase may hold another: "Văn phòng HĐND và Ủy ban nhân dân"
        for phrase, short in _PHRASES:
            words = words.replace(phrase, short)
    words = _unshortened(words.strip())
    tail = f" tinh {province}"
    if not province or not words.endswith(tail):
        return words
    rest = words.removesuffix(tail)
    return f"{rest} tinh" if f"{rest} " in _FRONT else rest


def _unshortened(words: str) -> str:
    first, _, rest = words.partition(" ")
    return f"{_SHORT[first]} {rest}" if rest and first in _SHORT else words


def core_of(words: str) -> str:
    """A canonical name without "UBND", "Bộ phận Một cửa", … before it, unless only a level would be left."""
    rest = words
    while rest.startswith(_FRONT):
        rest = rest.partition(" ")[2]
    rest = _unshortened(rest)
    return words if rest in _LEVELS else rest


def bare_of(words: str) -> str:
    """A core name without its level: "xa nga son" → "nga son"; empty where it has none."""
    for level in sorted(_LEVELS - {"tinh"}, key=len, reverse=True):
        if words.startswith(level + " "):
            return words[len(level) + 1 :]
    return ""


def tails(words: str) -> tuple[str, ...]:
    """The whole names that a division's name may end with: "phong kinh te xa nga son" → "xa nga son".

    Only for divisions and counters: a police post or a land office of a place is not its People's Committee.
    """
    if not words.startswith(_TAIL_STARTS):
        return ()
    starts = sorted(at + 1 for level in _TAIL_LEVELS for at in _all(words, level))
    return tuple(words[at:] for at in starts)


def _all(words: str, part: str) -> list[int]:
    return [match.start() for match in re.finditer(f"(?={part})", words)]


def parts(text: str) -> tuple[str, ...]:
    """The pieces of a name such as "Sở Công Thương - Phòng Quản lý thương mại"; empty where it has only one."""
    pieces = tuple(piece for piece in _SPLIT.split(text) if piece.strip())
    return pieces if len(pieces) > 1 else ()
