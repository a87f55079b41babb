"""An official letter's text as a draft of its duties, each with its place; a person confirms or corrects it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from monitor.core.order import Doubt, DoubtKind, DraftDuty, DraftOrder
from monitor.core.order_deadline import Reckoning
from monitor.core.order_head import NUMBER, day_of_letter, issuer, office, printed_day
from monitor.core.order_names import Known, begins, listed
from monitor.core.order_tables import duties_in_tables
from monitor.core.order_tasks import Above, Asked, Reader, asked, duties_of, orders_in
from monitor.core.order_text import Parts, Printed, parts, signed, title_of
from monitor.core.workdays import WorkCalendar

_MARKS = (
    (1, re.compile(r"(?P<mark>[IVX]{1,5})\.\s+")),
    (1, re.compile(r"(?P<mark>Điều\s+\d{1,3})\.\s+")),
    (3, re.compile(r"(?P<mark>\d{1,2}(?:\.\d{1,2})+)[.)]?\s+")),
    (2, re.compile(r"(?P<mark>\d{1,2})[.)]\s+")),
    (4, re.compile(r"(?P<mark>[a-zđ])\)\s+")),
    (5, re.compile(r"(?P<mark>-)\s*")),
    (6, re.compile(r"(?P<mark>\+)\s*")),
)
_LOOSE, _TOP = 5, 0
_TABLE = re.compile(
    r"(?:nhiệm vụ|nội dung).{0,40}(?:cơ quan|đơn vị) (?:chủ trì|thực hiện).{0,60}(?:thời hạn|thời gian|tiến độ)",
    re.IGNORECASE,
)
_HEADINGS = 200
_LONGEST = 10_000
"""Letters of a paragraph that may be a task."""
_NOT_DUTIES = re.compile(r"MỤC ĐÍCH|MỤC TIÊU|QUAN ĐIỂM|CĂN CỨ|TÌNH HÌNH|YÊU CẦU$")
_ATTRIBUTE = re.compile(
    r"^[-+]?\s*(?:(?:Cơ quan|Đơn vị)\s+(?:chủ trì|thực hiện|phối hợp)|Thời (?:gian|hạn)(?: hoàn thành| thực hiện)?|"
    r"Sản phẩm|Kết quả đầu ra)(?:\s+thực hiện)?\s*:"
)
_COURTESY = re.compile(
    r"(?:vướng mắc|khó khăn|bất cập).*(?:báo cáo|phản ánh|kịp thời)|chịu trách nhiệm (?:toàn diện )?trước [^;]*$"
    r"|^(?:Nhận được|(?:UBND tỉnh |Chủ tịch UBND tỉnh )?(?:yêu cầu|đề nghị)|Trên đây|Trân trọng|.{0,40} thông báo)"
    r"[^;]{0,200}(?:nghiêm túc|quan tâm|trân trọng|khẩn trương triển khai|phối hợp thực hiện|biết)"
    r"(?:[^;]{0,60}(?:thực hiện|phối hợp|biết))?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_REASON = re.compile(
    r"^(?:Thực hiện|Căn cứ|Theo|Xét|Qua|Tiếp theo|Để|Nhằm|Ngày|Trong thời gian|Thời gian|"
    r"(?:UBND|Ủy ban nhân dân|Văn phòng UBND) tỉnh (?:nhận được|đã))"
)


@dataclass(slots=True)
class _Heading:
    rank: int
    mark: str
    above: Above
    counted: bool = True  # False: what stands below are aims, not duties


@dataclass(slots=True)
class _Walk:
    """The paragraphs of a letter, one after the other, with the headings over each."""

    reader: Reader
    stack: list[_Heading] = field(default_factory=list)
    duties: list[DraftDuty] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    standing: Above = field(default_factory=Above)

    def take(self, text: str, following: int | None) -> None:
        """One paragraph; `following` is the rank of the next one that has a mark."""
        if len(text) > _LONGEST or _TABLE.search(text[:_HEADINGS]):
            self.aside.append(text)
            return
        rank, mark, rest = split_mark(text)
        level = rank or (_LOOSE if self.stack and not _opens_anew(rest) else _TOP)
        while self.stack and self.stack[-1].rank >= level:
            self.stack.pop()
        above = self.stack[-1].above if self.stack else self.standing
        counted = self.stack[-1].counted if self.stack else True
        here = replace(above, place=_place(self.stack, rank, mark))
        said = asked(rest, self.reader.known, within=not rank)
        if self._is_heading(rest, said, rank, following):
            self._head(level, mark, rest, said, here, counted=counted)
            return
        if rank:
            own = replace(here, leads=said.leads or here.leads, partners=said.partners or here.partners)
            self.stack.append(_Heading(rank=rank, mark=mark, above=own, counted=counted))
        if counted:
            self._give(rest, said, here, counted=bool(rank or said.leads or here.leads))
        else:
            self.aside.append(rest)

    def _is_heading(self, rest: str, said: Asked, rank: int, following: int | None) -> bool:
        if rest.endswith(":"):
            return True
        if not rank or rank >= _LOOSE or rest.endswith((".", ";")):
            return bool(rank == 1 and rest.isupper())
        return rest.isupper() or not said.rest.strip(" .:") or bool(following and following > rank)

    def _head(self, level: int, mark: str, rest: str, said: Asked, here: Above, *, counted: bool) -> None:
        own = replace(here, leads=said.leads or here.leads, partners=said.partners or here.partners)
        if level == _TOP:
            self.standing = replace(own, place="")
            self.aside.append(rest)
            return
        counted = counted and not (rest.isupper() and _NOT_DUTIES.search(rest))
        self.stack.append(_Heading(rank=level, mark=mark, above=own, counted=counted))

    def _give(self, rest: str, said: Asked, here: Above, *, counted: bool) -> None:
        found = [duty for one in orders_in(rest) for duty in duties_of(one, here, self.reader)]
        dated = any(duty.due or duty.every for duty in found)
        if not dated and (_COURTESY.search(rest) or (_REASON.match(rest) and not said.leads)):
            counted = False
        if counted or dated:
            self.duties += found
        else:
            self.aside.append(rest)


def read(
    printed: Printed,
    known_on: Callable[[date], Known],
    calendar: WorkCalendar,
    closing_day: Callable[[date], int],
    *,
    today: date,
    dated: date | None = None,
) -> DraftOrder:
    """A draft of a letter: agencies as the register has them on its day, `dated` where its print leaves that blank.

    Without either, on the latest day that the letter cites, or `today`; a doubt says so.
    """
    found = parts(printed)
    head = " \n".join(found.head)
    day, doubts = day_of_letter(head, found, today, dated)
    known = known_on(day)
    by = Reckoning(dated=day, calendar=calendar, closing_day=closing_day(day))
    reader = Reader(by=by, known=known, addressees=listed(found.addressees, known))
    walk = _Walk(reader=reader)
    body = _gathered(found.body)
    for one, following in zip(body, _following(body), strict=True):
        walk.take(one, following)
    duties = _placed((*walk.duties, *duties_in_tables(printed.grids, reader)))
    number, signer, subject = NUMBER.search(head), signed(found.tail), title_of(found.head)
    by_whom = issuer(found.head, found.body, known)
    doubts += [] if number and number["number"] else [Doubt(kind=DoubtKind.NUMBER_BLANK)]
    doubts += [] if by_whom and known(by_whom) else [Doubt(kind=DoubtKind.ISSUER_UNKNOWN, about=by_whom)]
    doubts += [] if subject else [Doubt(kind=DoubtKind.SUBJECT_BLANK)]
    doubts += [] if signer else [Doubt(kind=DoubtKind.SIGNER_BLANK)]
    doubts += [Doubt(kind=DoubtKind.TABLE_UNREAD)] if printed.wrapped and _has_table(found) else []
    doubts += [] if duties else [Doubt(kind=DoubtKind.NO_DUTIES)]
    return DraftOrder(
        document=f"{number['number']}/{''.join(number['symbol'].split())}" if number else "",
        dated=dated or printed_day(head),
        issuer=by_whom,
        subject=subject,
        signer=f"{office(signer.role)} {signer.name}" if signer else "",
        duties=duties,
        aside=tuple(walk.aside),
        reckoned_on=day,
        doubts=tuple(doubts),
    )


def _has_table(found: Parts) -> bool:
    """Whether a page's text has the headings of a table of tasks, whose columns it does not tell apart."""
    return any(_TABLE.search(one[:_HEADINGS]) for one in (*found.body, *found.appendix))


def split_mark(text: str) -> tuple[int, str, str]:
    """How deep a paragraph stands by the mark before it (0: none), that mark, and the rest."""
    for rank, pattern in _MARKS:
        match = pattern.match(text)
        if match:
            return rank, match["mark"], text[match.end() :]
    return 0, "", text


def _following(body: Sequence[str]) -> list[int | None]:
    """Of each paragraph, how deep the next one with a mark stands."""
    ranks: list[int | None] = []
    rank: int | None = None
    for one in reversed(body):
        ranks.append(rank)
        rank = split_mark(one)[0] or rank
    return ranks[::-1]


def _opens_anew(text: str) -> bool:
    """Whether a paragraph without a mark speaks to all again, and not of the section above it."""
    return begins(text) or bool(
        re.match(r"(?:Yêu cầu|Đề nghị|Giao|Trong quá trình|Nhận được|Trên đây|Định kỳ|Các )", text)
    )


def _gathered(body: Iterable[str]) -> list[str]:
    """Paragraphs with what is said of each in lines of their own: "- Cơ quan chủ trì: …"."""
    made: list[str] = []
    for one in body:
        if made and _ATTRIBUTE.match(one):
            made[-1] = f"{made[-1].rstrip(' .;')}; {one.lstrip('-+ ')}"
        else:
            made.append(one)
    return made


def _place(stack: Sequence[_Heading], rank: int, mark: str) -> str:
    """ "điểm a mục 2 phần II": the marks over a paragraph, the nearest first."""
    marks = [(rank, mark)] if rank else []
    marks += [(one.rank, one.mark) for one in reversed(stack) if one.rank < (rank or 99)]
    words = []
    for deep, what in marks:
        if deep == 1:
            words.append(what if what.startswith("Điều") else f"phần {what}")
        elif deep == 4:
            words.append(f"điểm {what}")
        elif deep in (2, 3) and not any(word.startswith("mục") for word in words):
            words.append(f"mục {what}")
    return " ".join(words)


def _placed(duties: Sequence[DraftDuty]) -> tuple[DraftDuty, ...]:
    """Several duties at one place are told apart: "mục 1, ý 2"."""
    many, seen = Counter(duty.place for duty in duties), Counter[str]()
    named = []
    for duty in duties:
        seen[duty.place] += 1
        nth = f"ý {seen[duty.place]}" if many[duty.place] > 1 else ""
        named.append(", ".join(filter(None, (duty.place, nth))))
    return tuple(replace(duty, place=place) for duty, place in zip(duties, named, strict=True))
