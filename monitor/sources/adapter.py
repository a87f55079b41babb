"""The adapter of the national data format: a log-in, then its lists page by page and single dossiers by their code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from json import dumps
from typing import Any

from monitor.core.place import AdapterPlace
from monitor.sources import columns
from monitor.sources.polling import DOSSIERS, PROGRESS, Asked, NotFetched, Page, Record
from monitor.sources.web import Caller, Request, as_json, said_in, server_of

LOOK_UP = "TraCuuHoSo"
_LONGEST_CODE = 30
_GOOD = frozenset({"0", "00"})
_EXPIRED = re.compile(r"session|phiên|token|hết hạn|expired|đăng nhập", re.IGNORECASE)


def fetch(asked: Asked) -> Iterator[Page]:
    """What each service of an adapter says, in the order of the register."""
    place = asked.place
    if not isinstance(place, AdapterPlace):
        raise TypeError(place)
    desk = _Desk(place, asked)
    begun = str(asked.go_on.get("service", place.services[0]))
    services = place.services[place.services.index(begun) if begun in place.services else 0 :]
    for service in services:
        if service == LOOK_UP:
            yield from _looked_up(desk, asked)
        else:
            at = int(asked.go_on.get("page", 1)) if service == begun else 1
            yield from _list(desk, asked, service, max(1, at - 1))


def _list(desk: _Desk, asked: Asked, service: str, number: int) -> Iterator[Page]:
    """The pages of one list; a poll that goes on asks for the last finished one again, as lists move on."""
    digests: set[bytes] = set()
    whole = not asked.go_on
    for at in range(number, number + asked.most_pages):
        listed = desk.asked_for(service, {"data": {"page": at, "pageSize": desk.place.page_size}})
        digest = blake2b(dumps(listed, sort_keys=True).encode(), digest_size=16).digest()
        if digest in digests and len(listed) == desk.place.page_size:
            raise NotFetched(
                f"máy {desk.server} trả lại trang đã trả của {service} (trang {at}): không hiểu page, hoặc danh sách "
                "quay vòng; đề nghị nơi quản lý trục phân trang, hoặc tăng page_size"
            )
        if not listed or digest in digests:
            return
        digests.add(digest)
        records = [_kept(service, one, officers=asked.officers) for one in listed]
        _expect_codes(records, service)
        yield Page(records=records, service=service, go_on={"service": service, "page": at + 1}, whole=whole)
    raise NotFetched(f"{service} quá {asked.most_pages} trang mà chưa hết; tăng page_size, hoặc hỏi nơi quản lý trục")


def _kept(service: str, one: Mapping[str, Any], *, officers: bool) -> Record:
    kept = columns.step if service == PROGRESS else columns.dossier
    return kept(one, officers=officers)


def _expect_codes(records: Sequence[Record], service: str) -> None:
    if not any(columns.CODE in record for record in records):
        raise NotFetched(
            f"không bản ghi nào của {service} có {columns.CODE}: nguồn đã đổi cấu trúc; hỏi nơi quản lý trục"
        )


def _looked_up(desk: _Desk, asked: Asked) -> Iterator[Page]:
    """What the adapter says of each dossier asked for; those it does not know are passed over and counted."""
    place, after = desk.place, str(asked.go_on.get("after", ""))
    codes = [code for code in sorted(asked.codes) if code > after]
    whole = DOSSIERS in place.services and not asked.go_on
    refused, why = 0, ""
    for start in range(0, len(codes), place.page_size):
        some, found = codes[start : start + place.page_size], list[Record]()
        for code in some:
            try:
                listed = desk.asked_for(LOOK_UP, {columns.CODE: code, "data": {columns.CODE: code}})
            except _Refused as error:
                refused, why = refused + 1, why or error.said
                continue
            found += [columns.dossier(one, officers=asked.officers) for one in listed]
        if refused == len(codes):
            raise NotFetched(f"máy {desk.server} không cho tra cứu hồ sơ nào bằng {LOOK_UP}{why}; hỏi nơi quản lý trục")
        last = start + place.page_size >= len(codes)
        note = f"{refused} hồ sơ tra cứu không được{why}" if last and refused else ""
        go_on = {"service": LOOK_UP, "after": some[-1]}
        yield Page(records=found, apart=True, go_on=go_on, whole=whole, note=note)


class _Refused(NotFetched):
    """The adapter answered, and not with success; `said` is what it said, masked."""

    def __init__(self, why: str, said: str) -> None:
        super().__init__(why)
        self.said = said


class _Desk:
    """Where questions are put, under a log-in that is renewed once where it is over."""

    def __init__(self, place: AdapterPlace, asked: Asked) -> None:
        self.place, self._asked = place, asked
        self.server = server_of(place.url)
        self._caller = Caller(asked, proxy=place.proxy, ca_file=place.ca_file)
        self._session = ""

    def asked_for(self, service: str, rest: Mapping[str, object]) -> list[dict[str, Any]]:
        """The records a service answers with; raise NotFetched, or _Refused where it says that it failed."""
        fresh = not self._session
        status, content = self._call(service, rest)
        if not fresh and _over(status, content):
            self._session = ""
            status, content = self._call(service, rest)
        if status in {401, 403} or (status == 200 and not _good(content) and _over(status, content)):
            raise NotFetched(
                f"máy {self.server} không chấp nhận phiên vừa đăng nhập (HTTP {status}){said_in(content)}; kiểm tra "
                f"quyền của tài khoản [{self._asked.source}], unit, dstcode"
            )
        if status != 200:
            raise NotFetched(f"máy {self.server} trả lời {service} bằng HTTP {status}{said_in(content)}; kiểm tra url")
        if not _good(content):
            said = said_in(content)
            why = f"máy {self.server} báo lỗi {_code(content)} cho {service}{said}; kiểm tra unit, quyền của tài khoản"
            raise _Refused(why, said)
        return self._listed(content, service)

    def _call(self, service: str, rest: Mapping[str, object]) -> tuple[int, Any]:
        if not self._session:
            self._log_in()
        body = {"session": self._session, "madonvi": self.place.unit, "service": service, "isUpdating": "False", **rest}
        return self._posted(self.place.url, body)

    def _posted(self, url: str, body: object) -> tuple[int, Any]:
        headers = {"dstcode": self.place.dstcode} if self.place.dstcode else {}
        answer = self._caller.call(Request(method="POST", url=url, headers=headers, content=body))
        try:
            return answer.status, as_json(answer)
        except NotFetched:
            if answer.status == 200:
                raise
            return answer.status, None

    def _log_in(self) -> None:
        secrets = self._asked.secrets
        body = {"username": secrets["username"], "password": secrets["password"]}
        status, content = self._posted(self.place.login_url, body)
        session = content.get("session") if isinstance(content, dict) else None
        if status != 200 or not session or not _good(content):
            server = server_of(self.place.login_url)
            raise NotFetched(
                f"máy {server} không cho đăng nhập (HTTP {status}, error_code {_code(content) or 'không có'})"
                f"{said_in(content)}; kiểm tra username, password của [{self._asked.source}] trong "
                "SOURCE_SECRETS_FILE, dstcode trong sources.toml"
            )
        self._session = str(session)

    def _listed(self, content: Mapping[str, Any], service: str) -> list[dict[str, Any]]:
        found: object = next((content[name] for name in ("result", "data") if content.get(name) is not None), [])
        listed = [found] if isinstance(found, dict) else found
        if isinstance(listed, list) and all(isinstance(one, dict) for one in listed):
            return listed
        raise NotFetched(
            f"{service} của máy {self.server} không trả danh sách ở result hay data: nguồn đã đổi cấu trúc"
        )


def _code(content: Any) -> str:
    code = content.get("error_code") if isinstance(content, dict) else None
    return " ".join(str(code).split())[:_LONGEST_CODE] if isinstance(code, str | int) else ""


def _good(content: Any) -> bool:
    """Success is said by its code; where none is given, by there being something."""
    if not isinstance(content, dict):
        return False
    if "error_code" not in content:
        return any(name in content for name in ("result", "data", "session"))
    return _code(content) in _GOOD


def _over(status: int, content: Any) -> bool:
    """Whether a log-in is over."""
    if status in {401, 403}:
        return True
    return status == 200 and not _good(content) and bool(_EXPIRED.search(said_in(content)))
