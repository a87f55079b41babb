"""Agencies, their posts and the people in them, as the register dates them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class AgencyKind(StrEnum):
    """Levels and kinds of agencies; the district level ends on 30/6/2025."""

    PROVINCE = "province"  # UBND tỉnh, Chủ tịch UBND tỉnh, Văn phòng UBND tỉnh
    DEPARTMENT = "department"  # sở, ban, ngành
    CENTRE = "centre"  # Trung tâm Phục vụ hành chính công tỉnh
    DISTRICT = "district"  # huyện, thị xã, thành phố (to 30/6/2025)
    COMMUNE = "commune"  # xã, phường
    BRANCH = "branch"  # chi nhánh VP đăng ký đất đai and other units under a department
    DIVISION = "division"  # phòng, trung tâm within an agency


class Role(StrEnum):
    """What a post is, and so which letters it gets."""

    CHAIRMAN = "chairman"  # Chủ tịch UBND tỉnh: one page of exceptions, and nothing of any ladder
    HEAD = "head"  # Giám đốc, Thủ trưởng, Chủ tịch
    DEPUTY = "deputy"
    FOCAL_POINT = "focal_point"  # đầu mối kiểm soát TTHC
    SERVICE_CENTRE = "service_centre"  # Trung tâm phục vụ hành chính công cấp xã / Bộ phận Một cửa
    DUTY = "duty"  # trực sự cố: told of interruptions at any hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post with a shared mailbox or a named person; `address` is empty until the office fills it in.

    `key` is unique in the register, e.g. "so-cong-thuong/head". `fallbacks` are addresses to try, in their order, where
    `address` does not take mail; `channels` other ways to the person, each "name:address", e.g. "sms:0912345678".
    """

    key: str
    agency: str
    role: Role
    title: str
    person: str = ""
    address: str = ""
    phone: str = ""
    fallbacks: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a post, and where they are reached, within dates (both inclusive; None is open)."""

    person: str = ""
    address: str = ""
    phone: str = ""
    fallbacks: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is they on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: Holder) -> bool:
        """Whether both would hold the post on one day."""
        since = max(self.since or date.min, other.since or date.min)
        return since <= min(self.until or date.max, other.until or date.max)


NOBODY = Holder()


def held(post: Post, holders: Iterable[Holder], day: date) -> Post:
    """The post with whoever holds it on a day; with nobody where no one does."""
    found = next((one for one in holders if one.holds(day)), NOBODY)
    return replace(
        post,
        person=found.person,
        address=found.address,
        phone=found.phone,
        fallbacks=found.fallbacks,
        channels=found.channels,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name a source uses for an agency, within dates (both inclusive; None is open)."""

    name: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency or unit. `hours` names its working calendar; `end` is its last day (None: it exists)."""

    key: str
    name: str
    kind: AgencyKind
    parent: str = ""
    code: str = ""
    hours: str = "default"
    start: date | None = None
    end: date | None = None
    successor: str = ""
    aliases: tuple[Alias, ...] = ()
