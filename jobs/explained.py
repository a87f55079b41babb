"""One official letter, or one workbook, that explains many dossiers: all of it is written down, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.named import NotNamed, dossier_named
from monitor.core.answer import Answer, AnswerRefused, checked, says_again
from monitor.core.explanation import Explanation, Road
from monitor.core.finding import FindingKind
from monitor.core.official_letter import Incoming
from monitor.reports.explaining import Lateness, answering, of_code, of_matters
from monitor.reports.explanation_reading import Filled, Read, Wrong
from monitor.reports.render import ngay, term
from monitor.store import explanations, reading, writing


class NotExplained(Exception):
    """Nothing was written; each line of `lines` says of one code, or of the letter, why and what mends it."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that came in, as it was typed; its file is kept already."""

    document: str
    dated: date
    signer: str
    file_sha256: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The delays that codes name, whose they are, and of each code that is no use why."""

    agency: str
    late: tuple[Lateness, ...]
    unusable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was written: by which letter, and of which delays it newly says something."""

    incoming: Incoming
    late: tuple[Lateness, ...]
    new: tuple[Explanation, ...]


def chosen(
    db: Connection, app: App, codes: Iterable[str], now: datetime, *, source: str, agency: str, kind: FindingKind | None
) -> Chosen:
    """The delays of one agency that codes name: the agency asked for, or the only one that is late with all of them."""
    delayed: dict[str, tuple[Lateness, ...]] = {}
    unusable = []
    for code in dict.fromkeys(code.strip().upper() for code in codes if code.strip()):
        try:
            dossier_named(db, code, source)
        except NotNamed as why:
            unusable.append(str(why))
            continue
        # Whichever source names it, the testimony that counts says how it is late.
        found = of_code(db, code, source, law=app.law, now=now)
        late = tuple(one for one in found or () if kind is None or one.delay.kind is kind)
        if not late:
            what = f"không chậm {term(kind)}" if kind else "không chậm tiếp nhận, không chậm trả kết quả"
            unusable.append(f"{code}: {what} theo số liệu hiện có; không có gì để giải trình.")
        else:
            delayed[code] = late
    whose = agency or _whose(app, delayed, unusable)
    of_agency = [one for code in delayed for one in _of(app, delayed[code], whose)]
    unusable += [_foreign(app, code, some, whose) for code, some in delayed.items() if not list(_of(app, some, whose))]
    return Chosen(agency=whose, late=tuple(of_agency), unusable=tuple(unusable))


def _whose(app: App, named: dict[str, tuple[Lateness, ...]], unusable: Sequence[str]) -> str:
    """The only agency that is late with all; raise NotExplained, with what is wrong with every code, a line each."""
    shared: set[str] | None = None
    for late in named.values():
        mine = {answering(app.register, one.agency) for one in late if one.agency}
        shared = mine if shared is None else shared & mine
    if not named:
        return ""
    if shared is not None and len(shared) == 1:
        return shared.pop()
    lines = [f"{code}: {'; '.join(_duties(app, late))}." for code, late in named.items()]
    every = sorted({answering(app.register, one.agency) for some in named.values() for one in some if one.agency})
    if not every:
        mend = "Chưa xác định được cơ quan nào chịu trách nhiệm: thêm --agency KHÓA."
    elif shared:
        kinds = "hai lần chậm là của hai cơ quan" if len(named) == 1 else "mỗi hồ sơ chậm hai lần, của hai cơ quan"
        mend = f"{kinds.capitalize()}: thêm --kind tiep-nhan hoặc tra-ket-qua (hoặc --agency {', '.join(every)})."
    else:
        mend = f"Các hồ sơ này không cùng một cơ quan chịu trách nhiệm: thêm --agency KHÓA ({', '.join(every)})."
    raise NotExplained(*unusable, *lines, mend)


def _duties(app: App, late: Iterable[Lateness]) -> Iterator[str]:
    """Each delay of a dossier with whose duty it was."""
    for one in late:
        whose = app.register.agency_name(answering(app.register, one.agency)) if one.agency else "chưa xác định đơn vị"
        yield f"chậm {term(one.delay.kind)} là của {whose}"


def _of(app: App, late: Sequence[Lateness], agency: str) -> Iterator[Lateness]:
    """Those that are an agency's; what is nobody's known is whoever's explains it."""
    for one in late:
        if not one.agency or agency in {one.agency, answering(app.register, one.agency)}:
            yield one


def _foreign(app: App, code: str, late: Sequence[Lateness], agency: str) -> str:
    names = ", ".join(dict.fromkeys(app.register.agency_name(one.agency) for one in late))
    return f"{code}: trách nhiệm của {names}, không phải {app.register.agency_name(agency)}; bỏ mã này khỏi công văn."


def record(app: App, which: Chosen, letter: Letter, answer: Answer, now: datetime) -> Explained:
    """Write down one letter's answer for all these delays; raise NotExplained, AnswerRefused.

    The same letter may be entered again with further codes; what it said already is not written twice.
    """
    given = checked(answer, now)
    if not which.late:
        raise NotExplained(*which.unusable, "Không còn hồ sơ nào để ghi.")
    with writing(app.engine) as db:
        came = _came(db, which.agency, letter, by=given.entered_by, now=now)
        said = replace(given, road=Road.LETTER, incoming=came.number)
        new = explanations.record(db, said, ((one.delay, one.agency or which.agency) for one in which.late), now)
        return Explained(incoming=came, late=which.late, new=new)


def _came(db: Connection, agency: str, letter: Letter, *, by: str, now: datetime) -> Incoming:
    """The letter's row, made where there is none; raise NotExplained where it has another signer or file."""
    one = Incoming(
        agency=agency,
        document=letter.document,
        dated=letter.dated,
        signer=letter.signer,
        file_sha256=letter.file_sha256,
        file_name=letter.file_name,
        at=now,
        by=by,
    )
    explanations.add_incoming(db, one)
    known = explanations.named(db, agency, one.document, one.dated)
    assert known is not None  # noqa: S101 - just written, or there before
    if known.signer != one.signer:
        raise NotExplained(
            f"Công văn {one.document} ngày {ngay(one.dated)} đã ghi với người ký “{known.signer}”: xem lại --signer."
        )
    if one.file_sha256 and known.file_sha256 != one.file_sha256:
        held = "không kèm tệp" if not known.file_sha256 else f"kèm tệp khác ({known.file_name})"
        raise NotExplained(
            f"Công văn {one.document} ngày {ngay(one.dated)} đã ghi {held}: ghi thêm hồ sơ thì bỏ --file."
        )
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a filled-in workbook comes to: rows to write, with the delay each answers, and rows that are no use.

    `known` rows say only what was written before, `blank` ones nothing yet.
    """

    rows: tuple[tuple[Filled, Answer, Lateness, str], ...]
    known: int
    wrong: tuple[Wrong, ...]
    blank: int


def examine(app: App, read: Read, now: datetime, *, by: str) -> Taken:
    """What the rows of a workbook would write; a row whose delay was explained or mended since is told."""
    rows: list[tuple[Filled, Answer, Lateness, str]] = []
    wrong, known = list(read.wrong), 0
    with reading(app.engine) as db:
        asked = explanations.asked_by(db, (one.number for one in read.filled))
        standing = of_matters(db, (one.delay.matter for one in asked.values()), law=app.law, now=now)
        said = explanations.latest(db, (one.delay for one in asked.values()))
    for one in read.filled:
        request = asked.get(one.number)
        late = standing.get(request.delay) if request else None
        try:
            answer = checked(_answer(one, by), now)
        except AnswerRefused as refused:
            wrong.append(Wrong(row=one.row, code=one.code, words=str(refused)))
            continue
        if request is None or late is None:
            wrong.append(Wrong(row=one.row, code=one.code, words=_OVER))
        elif request.delay in said and says_again(said[request.delay], answer):
            known += 1
        else:
            rows.append((one, answer, late, request.agency))
    wrong.sort(key=lambda one: one.row)
    return Taken(rows=tuple(rows), known=known, wrong=tuple(wrong), blank=read.blank)


_OVER = "hồ sơ này nay không còn chậm như khi hỏi (đổi ngày hẹn, hoặc số liệu đã sửa): bỏ dòng này."


def _answer(one: Filled, by: str) -> Answer:
    return Answer(
        cause=one.cause,
        text=one.text,
        remedy=one.remedy,
        expected=one.expected,
        road=Road.SHEET,
        given_by=one.given_by,
        entered_by=by,
    )


def apply(app: App, taken: Taken, now: datetime) -> int:
    """Write the usable rows, together; how many."""
    given = [(answer, late.delay, agency) for _, answer, late, agency in taken.rows]
    with writing(app.engine) as db:
        return len(explanations.record_each(db, given, now))
