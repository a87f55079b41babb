from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest

from monitor.core.agency import Agency, AgencyKind
from monitor.core.dossier import Channel, Dossier, Status
from monitor.core.finding import findings
from monitor.core.ladder import BACKLOG, SubjectKind, Telling
from monitor.core.period import ICT, Stamp
from monitor.law import load_law
from monitor.register import register_of
from monitor.reports.citing import cited
from monitor.reports.digest import SHOWN, Digest, digest
from monitor.reports.item import Item, Section, item
from monitor.reports.letters import Occasion, Words, write
from monitor.reports.listing import listing

LAW = load_law({})
REGISTER = register_of(
    agencies=(
        Agency(key="sct", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT),
        Agency(key="snv", name="Sở Nội vụ", kind=AgencyKind.DEPARTMENT),
    )
)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


MORNING, NOON = moment("25/11/2026 07:30"), moment("25/11/2026 13:30")


def dossier(code: str = "H56.01-261116-0001", **changes: object) -> Dossier:
    facts: dict[str, object] = {
        "source": "mot-cua",
        "code": code,
        "procedure": "2.001474",
        "procedure_name": "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại",
        "channel": Channel.ONLINE,
        "status": Status.PROCESSING,
        "filed": moment("16/11/2026 08:00"),
        "received": moment("16/11/2026 09:00"),
        "appointment": moment("20/11/2026 17:00"),
        "receiving_unit": "Bộ phận Một cửa",
        "handling_unit": "Phòng Quản lý thương mại",
        "receiving_agency": "sct",
        "handling_agency": "sct",
        "as_of": moment("25/11/2026 06:40"),
        "first_seen": moment("16/11/2026 09:30"),
    }
    return Dossier(**(facts | changes))  # type: ignore[arg-type]


def waiting(filed: str, code: str = "H56.01-261123-0016") -> Dossier:
    return dossier(code, status=Status.REGISTERED, filed=moment(filed), received=None, appointment=None)


def told(kind: SubjectKind = SubjectKind.RESULT, stage: str = "late", skipped: tuple[str, ...] = ()) -> Telling:
    return Telling(
        subject=kind,
        key="",
        episode="",
        stage=stage,
        nth=1,
        person="sct/head",
        live=True,
        made_at=MORNING,
        skipped=skipped,
    )


def at_slot(one: Dossier, telling: Telling, now: datetime = MORNING) -> Item | None:
    return item(one, findings(one, now, LAW), telling, now=now, until=NOON, law=LAW, register=REGISTER)


def digest_of(*items: Item | None) -> Digest:
    return digest([one for one in items if one], MORNING, NOON, LAW, {"mot-cua": "Một cửa điện tử"})


def letter(facts: Digest, *, live: bool = True, link: str = "") -> Words:
    occasion = Occasion(to_names=("Giám đốc Sở Công Thương",), now=MORNING, live=live, link=link)
    return write("digest", occasion, [listing(facts)] if facts.cut else [], digest=facts)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def seen(html: str) -> str:
    reader = _Seen()
    reader.feed(html)
    return " ".join(" ".join(reader.words).split())


def late(number: int, **changes: object) -> Item:
    made = at_slot(dossier(f"H56.01-261116-{number:04}", **changes), told())
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("appointment", "section", "days"),
    [
        (moment("20/11/2026 17:00"), Section.LATE, 2),  # 23/11 and 25/11: the 24th is a day off
        (date(2026, 11, 23), Section.LATE, 1),
        (moment("25/11/2026 17:00"), Section.TODAY, 0),
        (date(2026, 11, 25), Section.TODAY, 0),
        (moment("26/11/2026 17:00"), Section.TODAY, 1),  # today the apology is in time still
        (moment("27/11/2026 17:00"), Section.SOON, 2),
    ],
)
def test_a_dossier_stands_where_its_own_clock_puts_it(appointment: Stamp, section: Section, days: int) -> None:
    one = at_slot(dossier(appointment=appointment), told(stage="due"))
    assert one is not None
    assert (one.section, one.days) == (section, days)


def test_what_is_due_the_next_working_day_has_a_section_between_today_and_soon() -> None:
    one = at_slot(waiting("23/11/2026 16:00"), told(SubjectKind.RECEPTION, "half"))
    later = at_slot(waiting("25/11/2026 16:00"), told(SubjectKind.RECEPTION, "half"), now=moment("25/11/2026 16:10"))
    assert one is not None
    assert later is not None
    assert (one.section, later.section, later.days) == (Section.TODAY, Section.TOMORROW, 1)
    soon = at_slot(dossier(appointment=moment("30/11/2026 17:00")), told(stage="three_days"))
    words = letter(digest_of(soon, replace(later, code="H56.02"), one)).text
    places = [words.index(f"== 1 hồ sơ {what}") for what in ("đến hạn tiếp nhận", "đến hạn ngày làm việc tới", "sắp")]
    assert places == sorted(places)


def test_the_last_day_for_an_apology_is_named_as_such() -> None:
    words = letter(digest_of(at_slot(dossier(appointment=moment("26/11/2026 17:00")), told(stage="cut_off"))))
    assert "Còn 1 ngày làm việc; hôm nay là ngày cuối gửi văn bản xin lỗi" in seen(words.html)
    assert "ngày cuối còn kịp gửi văn bản xin lỗi" in words.text


def test_an_apology_is_asked_for_by_its_own_day_and_not_after_it() -> None:
    soon = at_slot(dossier(appointment=moment("27/11/2026 17:00")), told(stage="three_days"))
    today = at_slot(dossier(appointment=moment("25/11/2026 17:00")), told(stage="due"))
    assert soon is not None
    assert soon.cut_off == date(2026, 11, 26)
    assert today is not None
    assert today.cut_off is None


@pytest.mark.parametrize(
    "done",
    [
        dossier(status=Status.RETURNED, finished=moment("20/11/2026 10:00")),
        dossier(status=Status.SUPPLEMENT),
        dossier(status=Status.WITHDRAWN, finished=moment("20/11/2026 10:00")),
    ],
)
def test_what_was_finished_or_waits_for_the_citizen_since_is_left_out(done: Dossier) -> None:
    assert at_slot(done, told()) is None


def test_a_reception_late_by_hours_says_hours() -> None:
    one = at_slot(waiting("20/11/2026 15:00"), told(SubjectKind.RECEPTION))
    assert one is not None
    assert "chậm tiếp nhận 2 giờ làm việc" in letter(digest_of(one)).text
    assert one.unit == "Bộ phận Một cửa"


def test_a_reception_due_today_is_to_be_received_before_its_hour() -> None:
    one = at_slot(waiting("23/11/2026 16:00"), told(SubjectKind.RECEPTION, "half"))
    words = letter(digest_of(one))
    assert words.subject == "1 hồ sơ đến hạn tiếp nhận hôm nay – Sở Công Thương, 07:30 25/11/2026"
    assert "Hạn tiếp nhận 16:00 25/11/2026" in words.text
    assert "trước giờ ghi ở từng hồ sơ" in words.text


def test_what_falls_due_before_the_next_slot_on_another_day_is_not_called_today() -> None:
    evening, monday = moment("25/11/2026 13:30"), moment("26/11/2026 07:30")
    one = dossier(appointment=moment("26/11/2026 07:15"))
    made = item(one, findings(one, evening, LAW), told(), now=evening, until=monday, law=LAW, register=REGISTER)
    assert made is not None
    facts = digest([replace(made, last_call=False, cut_off=None)], evening, monday, LAW, {})
    assert "1 hồ sơ đến hạn trả kết quả trước phiên 07:30 26/11/2026" in letter(facts).subject


def test_what_falls_due_today_is_told_clock_by_clock() -> None:
    facts = digest_of(
        at_slot(waiting("23/11/2026 16:00"), told(SubjectKind.RECEPTION, "half")),
        at_slot(dossier("H56.01-1", appointment=moment("26/11/2026 17:00")), told(stage="cut_off")),
        at_slot(dossier("H56.01-2", appointment=moment("25/11/2026 17:00")), told(stage="due")),
        at_slot(dossier("H56.01-3", appointment=date(2026, 11, 25)), told(stage="due")),
    )
    words = letter(facts)
    assert words.subject.startswith(
        "2 hồ sơ đến hạn trả kết quả hôm nay; 1 hồ sơ đến hạn tiếp nhận hôm nay; "
        "1 hồ sơ đến hạn gửi văn bản xin lỗi hôm nay – "
    )
    assert "2 hồ sơ đến hạn trả kết quả hôm nay" in seen(words.html)


def test_plain_text_never_speaks_of_a_table() -> None:
    soon = at_slot(dossier(appointment=moment("27/11/2026 17:00")), told(stage="three_days"))
    said = letter(digest_of(soon, at_slot(waiting("23/11/2026 16:00"), told(SubjectKind.RECEPTION, "half")))).text
    assert "ngày ghi ở từng hồ sơ" in said
    assert "bảng" not in said


def test_a_document_is_cited_once_however_many_of_its_rules_are_meant() -> None:
    (part,) = digest_of(late(1)).parts
    documents = [one.split(" (")[0].split(",")[0] for one in part.citations]
    assert len(documents) == len(set(documents)) > 1
    assert "; ".join(part.citations).count("chưa xác nhận") == 1


@pytest.mark.parametrize(
    ("citations", "said"),
    [
        (["A, Điều 1", "A, Điều 1; B"], ("A, Điều 1", "B")),
        (["A, Điều 1", "B, Mẫu 4", "A, Điều 2 khoản 1"], ("A, Điều 1, Điều 2 khoản 1", "B, Mẫu 4")),
        (["A, Điều 1, được sửa đổi bởi B", "A, Điều 2"], ("A, Điều 1, được sửa đổi bởi B", "A, Điều 2")),
        ([], ()),
    ],
)
def test_articles_of_one_document_stand_together(citations: list[str], said: tuple[str, ...]) -> None:
    assert cited(citations) == said


def test_what_was_late_at_first_sight_is_called_backlog() -> None:
    words = letter(digest_of(at_slot(dossier(), told(stage=BACKLOG))))
    assert words.subject.startswith("1 hồ sơ tồn đọng, lâu nhất 2 ngày làm việc")
    assert "chỉ báo một lần" in words.text


def test_a_unit_that_nobody_knows_is_the_centres_to_find() -> None:
    stray = dossier(handling_agency="", receiving_agency="", handling_unit="Tổ 7", receiving_unit="")
    words = letter(digest_of(at_slot(stray, told(SubjectKind.UNKNOWN_UNIT, "seen"))))
    assert words.subject.startswith("1 hồ sơ chưa xác định đơn vị")
    assert "Tổ 7" in words.text


def test_stages_that_were_missed_are_named() -> None:
    one = at_slot(dossier(appointment=moment("25/11/2026 17:00")), told(stage="due", skipped=("cut_off",)))
    assert "chưa báo ở mốc: hạn gửi văn bản xin lỗi" in letter(digest_of(one)).text


def test_a_dossier_told_to_two_posts_of_one_reader_stands_once() -> None:
    assert digest_of(late(1), late(1)).count == 1


def test_both_twins_say_what_how_late_where_what_next_and_on_what_ground() -> None:
    words = letter(digest_of(late(1)))
    for said in (words.text, seen(words.html)):
        assert "1 hồ sơ quá hạn" in said
        assert "uá hạn 2 ngày làm việc" in said
        assert "Phòng Quản lý thương mại" in said
        assert "Việc cần làm:" in said
        assert "Căn cứ:" in said
        assert "Số liệu tính đến 06:40 25/11/2026, theo Một cửa điện tử." in said


def test_older_figures_are_owned_up_to() -> None:
    words = letter(digest_of(late(1), late(2, as_of=moment("12/10/2026 06:40"))))
    assert "riêng 1 hồ sơ theo số liệu cũ hơn, cũ nhất 06:40 12/10/2026" in words.text


def many(count: int) -> Iterable[Item]:
    for number in range(count):
        due = moment("20/11/2026 17:00") - timedelta(days=number % 200)
        yield late(number, appointment=due, handling_unit=f"Phòng {number % 14}", filed=due - timedelta(days=9))


def test_three_hundred_dossiers_are_a_letter_that_can_be_read_and_a_list_of_all() -> None:
    facts = digest_of(*many(300))
    words = letter(facts)
    assert words.subject.startswith("300 hồ sơ quá hạn, lâu nhất ")
    assert f"Trên đây là {SHOWN} hồ sơ có hạn sớm nhất; 275 hồ sơ còn lại ở tệp Excel đính kèm." in words.text
    assert len(words.text.splitlines()) < 110
    assert len(words.html) < 30_000
    assert "4 đơn vị khác" in seen(words.html)
    (attached,) = words.attachments
    sheet = openpyxl.load_workbook(BytesIO(attached.content)).worksheets[0]
    codes = [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert len(codes) == len(set(codes)) == 300


def test_the_worst_stand_in_the_letter_itself() -> None:
    (part,) = digest_of(*many(60)).parts
    dues = [one.due for one in part.dossiers]
    assert part.shown == part.dossiers[:SHOWN]
    assert dues == sorted(dues, key=lambda due: due.timestamp() if isinstance(due, datetime) else 0)


def test_a_short_letter_needs_no_list() -> None:
    assert letter(digest_of(late(1), late(2))).attachments == ()


def test_the_same_facts_are_the_same_bytes() -> None:
    facts = digest_of(*many(40))
    assert listing(facts) == listing(facts)
    assert letter(facts) == letter(facts)


def test_words_of_a_source_are_never_markup() -> None:
    evil = '<img src=x onerror=alert(1)><a href="https://x.invalid">bấm</a>'
    words = letter(digest_of(late(1, handling_unit=evil, procedure_name=evil), late(2, handling_unit=evil)))
    reader = _Seen()
    reader.feed(words.html)
    assert not {"img", "a"} & set(reader.tags)
    assert evil in words.text
    assert evil in seen(words.html)


@pytest.mark.parametrize("text", ["=1+1", "+84", "@SUM(A1)", "-2"])
def test_a_word_in_the_list_is_never_a_formula(text: str) -> None:
    facts = digest_of(*many(30), late(999, handling_unit=text))
    sheet = openpyxl.load_workbook(BytesIO(listing(facts).content)).worksheets[0]
    assert [c for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []
    assert text in [row[5] for row in sheet.iter_rows(min_row=4, values_only=True)]


def test_a_trial_says_so_and_a_link_stands_only_where_there_is_one() -> None:
    facts = digest_of(late(1))
    assert letter(facts, live=False).subject.startswith("[Chạy thử] ")
    assert "chạy thử" in letter(facts, live=False).text
    assert "http" not in letter(facts).text + letter(facts).html.replace("http-equiv", "")
    assert "https://giamsat.invalid" in letter(facts, link="https://giamsat.invalid").html


def test_beyond_the_calendar_no_number_of_days_is_made_up() -> None:
    far = dossier(appointment=date(2035, 1, 8), handling_agency="snv")
    one = at_slot(far, told(stage="due"))
    if one is not None:
        assert one.days is None
        assert "chưa có lịch làm việc" in letter(digest_of(one)).text
