"""Any JSON API, by configuration: page by page until its list ends, and never in a circle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from monitor.core.place import ApiPlace, Paging
from monitor.sources.access import access_of
from monitor.sources.mapped import Mapped
from monitor.sources.polling import Asked, GoOn, NotFetched, Page
from monitor.sources.sheet import storable
from monitor.sources.web import Answer, Caller, Request, as_json, said_in, server_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """Which page is to be asked for: its number, offset or cursor (None: the first by cursor), and what came before."""

    at: int | str | None
    since: str = ""
    seen: int = 0
    last: int = 0


def fetch(asked: Asked) -> Iterator[Page]:
    """Every page of an API's list; a poll that goes on asks for the last finished page once more, as lists move on."""
    if not isinstance(asked.place, ApiPlace):
        raise TypeError(asked.place)
    sweep = _Sweep(asked.place, _of_one_walk(asked))
    try:
        yield from sweep.pages(_resumed(asked.place, asked.go_on))
    except _Stale:  # the server knows the cursor no longer
        yield from _Sweep(asked.place, replace(asked, go_on={})).pages(_first(asked.place))


def _of_one_walk(asked: Asked) -> Asked:
    """A poll that goes on belongs to the walk that began earlier: what changed since then may lie on a page behind."""
    begun = asked.go_on.get("begun")
    return replace(asked, now=datetime.fromisoformat(begun)) if begun else asked


class _Stale(Exception):
    """A poll cannot go on where it stopped."""


class _Sweep:
    """One walk through the pages."""

    def __init__(self, place: ApiPlace, asked: Asked) -> None:
        self._place, self._asked = place, asked
        self._caller = Caller(asked, proxy=place.proxy, ca_file=place.ca_file)
        self._access = access_of(place, asked, self._caller)
        self._mapped = Mapped(place, asked)
        self._digests: set[bytes] = set()
        self._whole = not asked.go_on and not self._since()
        self._followed = False

    def pages(self, turn: _Turn) -> Iterator[Page]:
        """The pages from a turn on; raise NotFetched, OutOfTime, _Stale."""
        for number in range(1, self._asked.most_pages + 1):
            content = self._content(turn, first=number == 1)
            listed = self._mapped.listed(content) if content is not None else ()
            if not listed or self._told_before(turn, listed):
                yield self._end(turn.since)
                return
            records = self._mapped.kept(listed)
            since = self._mapped.greatest(listed, turn.since)
            following = self._following(turn, content, len(listed))
            if following is None:
                if why := self._never_said(content, len(listed)):
                    yield Page(records=records, whole=False)
                    raise NotFetched(why)
                yield replace(self._end(since), records=records)
                return
            turn = replace(following, since=since)
            yield Page(records=records, go_on=self._go_on(turn), since=since, whole=self._whole)
        raise NotFetched(
            f"quá {self._asked.most_pages} trang mà danh sách chưa hết: nguồn trả mãi không dừng; khai total hoặc "
            "more, hoặc tăng page_size"
        )

    def _end(self, since: str) -> Page:
        return Page(since=since, whole=self._whole, note=self._mapped.noted())

    def _go_on(self, turn: _Turn) -> GoOn:
        begun = self._asked.now.isoformat()
        return {"at": turn.at, "since": turn.since, "seen": turn.seen, "last": turn.last, "begun": begun}

    def _never_said(self, content: Any, count: int) -> str:
        """Why a list has not ended though it says no more: a full page, and what tells of the next is nowhere at all.

        A server may leave that out on its last page, but not on each.
        """
        name = "next_cursor" if self._place.paging is Paging.CURSOR else "more"
        expression = getattr(self._place, name)
        if not expression or self._followed or count < self._place.page_size:
            return ""
        if not self._mapped.lacks(expression, content):
            return ""
        return (
            f'trang đầy {count} bản ghi mà không có {name} = "{expression}": nguồn đã đổi cấu trúc, phần sau của danh '
            f"sách chưa lấy được; sửa {name} trong sources.toml"
        )

    def _since(self) -> str:
        return (self._asked.since or self._place.since_first) if self._place.since_name else ""

    def _content(self, turn: _Turn, *, first: bool) -> Any:
        """What a page says; None where there is no such page any more."""
        answer = self._answer(turn)
        if answer.status == 200:
            return as_json(answer)
        if first and self._asked.go_on and 400 <= answer.status < 500:
            raise _Stale
        # Some servers say "no such page" behind the last one; behind a full page that may be a fault as well.
        if answer.status == 404 and not first and turn.last < self._place.page_size:
            return None
        try:
            said = said_in(as_json(answer))
        except NotFetched:
            said = ""
        raise NotFetched(
            f"máy {answer.server} trả lời HTTP {answer.status}{said}; kiểm tra url, query, paging của nguồn, hoặc hỏi "
            "nơi quản lý nguồn"
        )

    def _answer(self, turn: _Turn) -> Answer:
        """A page as it comes; what says who we are is renewed once where it is refused."""
        answer = self._caller.call(self._request(turn))
        if answer.status == 401 and self._access.renew():
            answer = self._caller.call(self._request(turn))
        if answer.status in {401, 403}:
            raise NotFetched(
                f"máy {answer.server} không chấp nhận tài khoản (HTTP {answer.status}); kiểm tra "
                f"[{self._asked.source}] trong SOURCE_SECRETS_FILE, auth trong sources.toml, và quyền của tài khoản"
            )
        return answer

    def _request(self, turn: _Turn) -> Request:
        place = self._place
        headers = {**place.headers, **self._access.headers()}
        asked = self._parameters(turn)
        if place.body:
            content: Mapping[str, object] = {**json.loads(place.body), **asked}
            return Request(method=place.method, url=place.url, headers=headers, query=place.query, content=content)
        query = {**place.query, **{name: str(value) for name, value in asked.items()}}
        return Request(method=place.method, url=place.url, headers=headers, query=query)

    def _parameters(self, turn: _Turn) -> Mapping[str, int | str]:
        place, found = self._place, dict[str, int | str]()
        if place.paging is not Paging.NONE:
            if turn.at is not None:
                found[place.page_name] = turn.at
            if place.size_name:
                found[place.size_name] = place.page_size
        if since := self._since():
            found[place.since_name] = since
        return found

    def _told_before(self, turn: _Turn, listed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether this very page came before: the last one again where that was not full; else the pages go round."""
        digest = blake2b(json.dumps(listed, sort_keys=True).encode(), digest_size=16).digest()
        if digest not in self._digests:
            self._digests.add(digest)
            return False
        if len(listed) != self._place.page_size and self._place.paging is not Paging.CURSOR:
            return True
        raise NotFetched(
            f"máy {server_of(self._place.url)} trả lại trang đã trả (trang hỏi: {_shown(turn.at)}): không hiểu "
            f"{self._place.page_name}, hoặc danh sách quay vòng; sửa paging, page_name của nguồn"
        )

    def _following(self, turn: _Turn, content: Any, count: int) -> _Turn | None:
        """The turn after a page; None where the list ends with it."""
        place, seen = self._place, turn.seen + count
        said = place.next_cursor if place.paging is Paging.CURSOR else place.more
        self._followed = self._followed or not said or not self._mapped.lacks(said, content)
        if place.paging is Paging.NONE or (place.more and not self._mapped.value(place.more, content)):
            return None
        if place.paging is Paging.CURSOR:
            return self._next_cursor(turn, content, seen, count)
        total = self._mapped.value(place.total, content) if place.total else None
        if str(total).isdecimal() and seen >= int(str(total)):
            return None
        at = turn.at if isinstance(turn.at, int) else 0
        return _Turn(at=at + (1 if place.paging is Paging.NUMBER else count), seen=seen, last=count)

    def _next_cursor(self, turn: _Turn, content: Any, seen: int, count: int) -> _Turn | None:
        cursor = self._mapped.value(self._place.next_cursor, content)
        if cursor in (None, "", False):
            return None
        if str(cursor) == str(turn.at):
            raise NotFetched(
                f"máy {server_of(self._place.url)} trả mãi một con trỏ: danh sách không bao giờ hết; sửa next_cursor, "
                "page_name của nguồn, hoặc khai more"
            )
        return _Turn(at=cursor if isinstance(cursor, int) else storable(str(cursor)), seen=seen, last=count)


def _first(place: ApiPlace) -> _Turn:
    match place.paging:
        case Paging.NUMBER:
            return _Turn(at=place.first_page)
        case Paging.OFFSET:
            return _Turn(at=0)
        case Paging.NONE | Paging.CURSOR:
            return _Turn(at=None)


def _resumed(place: ApiPlace, go_on: GoOn) -> _Turn:
    """The turn a poll goes on with: by number or offset one page back, since a list that moves on shifts its pages."""
    if not go_on or place.paging is Paging.NONE:
        return _first(place)
    at, last, seen = go_on["at"], int(go_on["last"]), int(go_on["seen"])
    turn = _Turn(at=at, since=str(go_on["since"]), seen=seen, last=last)
    match place.paging:
        case Paging.NUMBER:
            return replace(turn, at=max(place.first_page, at - 1), seen=seen - last)
        case Paging.OFFSET:
            return replace(turn, at=max(0, at - last), seen=seen - last)
        case Paging.CURSOR:
            return turn


def _shown(at: int | str | None) -> str:
    return str(at) if isinstance(at, int) else "theo con trỏ"
