"""The agencies that a letter names in its sentences: where a list of them ends, and which they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from monitor.core.agency import AgencyKind

Known = Callable[[str], str]
"""The name that the register has for a printed one on the letter's day; '' where it has none, or is not certain."""


class Group(StrEnum):
    """Many agencies named as one, by what letters call them."""

    DEPARTMENTS = "Các sở, ban, ngành cấp tỉnh"
    DISTRICTS = "UBND các huyện, thị xã, thành phố"
    COMMUNES = "UBND các xã, phường"


KIND_OF = {
    Group.DEPARTMENTS: AgencyKind.DEPARTMENT,
    Group.DISTRICTS: AgencyKind.DISTRICT,
    Group.COMMUNES: AgencyKind.COMMUNE,
}

_HEADS = (
    r"(?:(?:Phó\s+)?(?:Giám đốc|Thủ trưởng|Chủ tịch|Cục trưởng|Chi cục trưởng|Trưởng [Bb]an|Tổng Giám đốc|Lãnh đạo|"
    r"Người đứng đầu)\s+)?"
)
_COUNCIL = r"(?:UBND|[UỦ][yỷ] ban [Nn]hân dân)"
_GROUPS = {
    Group.DEPARTMENTS: (
        rf"{_HEADS}(?:[Cc]ác\s+)?[Ss]ở(?:\s*[,;]\s*(?:Thủ trưởng\s+)?(?:các\s+)?[Bb]an)?"
        r"(?:\s*(?:,|;|và)\s*(?:Thủ trưởng\s+)?(?:các\s+)?(?:[Bb]an\s*,\s*)?(?:[Nn]gành|cơ quan))"
        r"(?:\s*,?\s*đoàn thể)?(?:\s+(?:cấp\s+tỉnh|thuộc\s+tỉnh|của\s+tỉnh|thuộc UBND tỉnh|trực thuộc UBND tỉnh))?"
        rf"|{_HEADS}[Cc]ác\s+(?:[Ss]ở|ban\s*,\s*ngành|cơ quan chuyên môn)(?!\s*:?\s+[A-ZĐÀ-Ỹ])"
        r"(?:\s+(?:cấp\s+tỉnh|thuộc\s+tỉnh|thuộc UBND tỉnh))?"
    ),
    Group.DISTRICTS: (
        rf"{_HEADS}(?:{_COUNCIL}\s+)?(?:[Cc]ác|cấp)\s+huyện(?:\s*,\s*thị xã)?(?:\s*(?:,|và)\s*thành phố)?"
        r"(?!\s*:?\s+[A-ZĐÀ-Ỹ])"
    ),
    Group.COMMUNES: (
        rf"{_HEADS}(?:{_COUNCIL}\s+)?(?:[Cc]ác|cấp)\s+(?:xã|phường)"
        r"(?:\s*(?:,|và)\s*(?:các\s+)?(?:xã|phường|thị trấn|đặc khu))*(?!\s*:?\s+[A-ZĐÀ-Ỹ])"
    ),
}
_GROUP = re.compile("|".join(f"(?P<{group.name}>{pattern})" for group, pattern in _GROUPS.items()))
_NOBODY = r"(?:cơ quan|đơn vị|địa phương|tổ chức)"
_VAGUE = re.compile(
    rf"(?:[Cc]ác\s+)?{_NOBODY}(?:\s*(?:,|và)\s*{_NOBODY})*"
    r"(?:\s+(?:có tên\s+)?(?:nêu\s+)?trên)?(?:\s+(?:có\s+)?liên quan)?(?:\s+(?:khác|này))?",
    re.IGNORECASE,
)
_ATOM = re.compile(f"{_GROUP.pattern}|(?P<VAGUE>{_VAGUE.pattern})")

_KINDS = (
    r"[Ss]ở|[Bb]an(?! hành)|[Nn]gành|UBND|HĐND|[UỦ][yỷ] ban|[Vv]ăn phòng|VP|[Tt]rung tâm|Công an|"
    r"Thanh tra(?=\s+(?:tỉnh|Chính phủ|[Ss]ở))|Bộ(?! phận)|Cục|Chi cục|Kho bạc|Bảo hiểm xã hội|BHXH|Ngân hàng|"
    r"Viễn thông|VNPT|Viettel|Bưu điện|Báo(?! cáo)|Đài|Công ty|Tập đoàn|[Pp]hòng(?!\s*,|\s+chống)|Chi nhánh|Thuế|"
    r"Trường(?! hợp)|Bệnh viện|Viện|Hội(?! nghị| đồng)|Liên đoàn|Mặt trận|Đoàn(?! kiểm tra)|Tòa án|Hải quan|huyện|"
    r"thị xã|thành phố|xã(?! hội)|phường|thị trấn|cơ quan|đơn vị|địa phương"
)
STARTS = rf"{_HEADS}(?:Chánh (?=Văn phòng|Thanh tra))?(?:(?:[Cc]ác|[Tt]oàn thể)\s+)?(?:{_KINDS})\b"
"""How a name of an agency begins."""
_START = re.compile(STARTS)
_BETWEEN = re.compile(rf"\s*(?:;|,(?:\s*(?:và|cùng|với)\b)?|\bvà\b|\bcùng(?:\s+với)?\b|\bvới\b)\s+(?={STARTS})")
_GOES_ON = re.compile(r"\s*(?:[;,]|và\b|cùng\b|với\b|$)")
_TITLE = re.compile(
    r"^(?:Phó\s+)?(?:Giám đốc|Thủ trưởng|Chủ tịch|Cục trưởng|Chi cục trưởng|Trưởng [Bb]an(?=\s+Ban)|Tổng Giám đốc|"
    r"Lãnh đạo|Người đứng đầu|Chánh(?= (?:Văn phòng|Thanh tra)))\s+"
)
_VERBS = (
    "áp dụng|ban hành|bàn giao|báo cáo|bảo đảm|bố trí|bổ sung|cam kết|cập nhật|căn cứ|chấn chỉnh|chấp hành|"
    "chậm nhất|chỉ đạo|chịu trách nhiệm|chủ động|chủ trì|chuẩn bị|chuyển|công bố|công khai|cung cấp|cử|đăng ký|"
    "đăng tải|đánh giá|đảm bảo|đẩy mạnh|đề nghị|đề xuất|điều chỉnh|định kỳ|đối chiếu|đôn đốc|đồng bộ|duy trì|"
    "giải quyết|giải trình|giám sát|giao|gửi|hằng|hàng|hoàn thành|hoàn thiện|hỗ trợ|hướng dẫn|kết nối|khai thác|"
    "khảo sát|khắc phục|khẩn trương|kịp thời|kiểm kê|kiểm soát|kiểm tra|kiện toàn|làm đầu mối|làm rõ|làm việc|"
    "lập|lựa chọn|lưu trữ|mở|nâng cấp|nâng cao|nêu cao|nghiên cứu|nghiêm túc|niêm yết|nộp|phát hiện|phân công|"
    "phân loại|phản hồi|phê duyệt|phối hợp|phục vụ(?! hành chính)|quán triệt|quản lý|quyết định|rà soát|rút ngắn|"
    "số hóa|sửa đổi|tái cấu trúc|tăng cường|tập huấn|tập trung|tham gia|tham mưu|thanh tra(?! tỉnh| Chính)|"
    "thành lập|tháo gỡ|thay thế|theo dõi|thẩm định|thông báo|thống kê|thống nhất|thu hồi|thực hiện|thường xuyên|"
    "tích hợp|tiến hành|tiếp nhận|tiếp tục|tổ chức|tổng hợp|trả lời|triển khai|trình|trực tiếp|truyền thông|"
    "tuân thủ|tuyên truyền|ưu tiên|ứng dụng|vận động|vận hành|xác định|xác minh|xây dựng|xem xét|xin lỗi|xử lý|"
    "yêu cầu|có trách nhiệm|có văn bản|có biện pháp|có ý kiến|để|nhằm|theo|tại|trong|trước|về việc|khi|nếu|phải|"
    "cần|không|được|sẽ|tự|do|đã|đang|ngay|sau|từ"
)
_VERB = re.compile(rf"(?<![^\W_])(?:{_VERBS})(?![^\W_])")
_STOP = re.compile(rf"[.()“\"]|(?<!các [Ss]ở)(?<!các xã)(?<!các phường)(?<!các huyện):|;(?!\s+{STARTS})")
_MANY = re.compile(
    r"^(?:[Cc]ác\s+)?(?P<kind>[Ss]ở|(?:UBND\s+)?(?:các\s+)?(?:xã|phường|huyện|thị xã))\s*:?\s+(?=[A-ZĐÀ-Ỹ])"
)


_MOST_PARTS, _MOST_WORDS, _LONGEST_LIST = 6, 20, 3000
"""Commas within one name, words of one, letters of a list: whatever a letter holds, it is read in no time."""


def begins(text: str) -> bool:
    """Whether a text begins with an agency, or with many."""
    return bool(_START.match(text))


def reach(text: str, start: int = 0) -> int:
    """Where a list of agencies that begins at a place ends: at what they are to do, or where the sentence breaks."""
    ends = [min(len(text), start + _LONGEST_LIST)]
    for pattern in (_VERB, _STOP):
        found = pattern.search(text, start, ends[0])
        if found:
            ends.append(found.start())
    return min(ends)


def group_of(name: str) -> Group | None:
    """The group that a name stands for: "các sở, ban, ngành", "Chủ tịch UBND các huyện, thị xã, thành phố"."""
    match = _GROUP.fullmatch(name.strip(" ,;."))
    return Group[match.lastgroup] if match and match.lastgroup else None


def is_vague(name: str) -> bool:
    """Whether a name says nobody in particular: "các cơ quan, đơn vị có liên quan"."""
    return bool(_VAGUE.fullmatch(name.strip()))


def listed(text: str, known: Known) -> tuple[str, ...]:
    """The agencies of a list: by the register's names, a group by its own, any other as printed; each once."""
    names = (name for piece in _pieces(text) for name in _named(piece, known))
    return tuple(dict.fromkeys(name for name in names if name))


def _pieces(text: str) -> Iterator[str]:
    """The groups as they stand, and what is between them cut where the next agency begins.

    After a group nothing follows without a comma or the like but the sentence itself.
    """
    at = 0
    for match in _ATOM.finditer(text):
        yield from _BETWEEN.split(text[at : match.start()])
        yield match[0]
        at = match.end()
        if not _GOES_ON.match(text, at):
            return
    yield from _BETWEEN.split(text[at:])


def _named(piece: str, known: Known) -> Iterator[str]:
    piece = re.sub(r"^(?:và|cùng|với|cho|;|,|\s)+\s|[\s,;]*(?:\bvà)?[\s,;.]*$", "", f"{piece} ").strip(" ,;")
    group = group_of(piece)
    if group or is_vague(piece):
        yield group.value if group else piece
    elif piece and (whole := name_of(piece, known)):
        yield whole
    elif piece and not (many := tuple(_many(piece, known))):
        yield _shortened(piece, known) or _TITLE.sub("", piece)
    else:
        yield from many if piece else ()


def name_of(piece: str, known: Known) -> str:
    """The register's name of one agency, be it called by its head; '' where it has none."""
    return known(piece) or known(_TITLE.sub("", piece))


def _many(piece: str, known: Known) -> Iterator[str]:
    """ "các Sở: Nội vụ, Văn hóa, Thể thao và Du lịch": each with the kind before it, the longest known name first."""
    match = _MANY.match(_TITLE.sub("", piece))
    if not match:
        return
    kind = re.sub(r"\bcác\s+", "", match["kind"]).capitalize() if "UBND" not in match["kind"] else match["kind"]
    kind = re.sub(r"\bcác\s+", "", kind)
    parts = re.split(r"(\s*[,;]\s*|\s+và\s+)", _TITLE.sub("", piece)[match.end() :])
    at, found = 0, []
    while at < len(parts):
        for end in range(min(len(parts), at + 2 * _MOST_PARTS - 1), at, -2):
            words = "".join(parts[at:end])
            name = known(f"{kind} {words}") or known(words if re.match(r"xã|phường|huyện|thị xã", words) else "")
            if name or end == at + 1:
                found.append(name or f"{kind} {words}")
                at = end + 1
                break
    yield from found if len(found) > 1 or any(known(name) for name in found) else ()


def _shortened(piece: str, known: Known) -> str:
    """A known name with which a piece begins, where only small letters follow: it ran into the sentence."""
    words = piece.split()[:_MOST_WORDS]
    for end in range(len(words) - 1, 1, -1):
        if words[end][:1].islower() and (name := name_of(" ".join(words[:end]), known)):
            return name
    return ""
