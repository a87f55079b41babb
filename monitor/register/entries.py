"""The register's entries as they are written in TOML, checked one by one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.core.agency import AgencyKind, Role
from monitor.core.ladder import Anchor
from monitor.core.look import Cause, Kind
from monitor.core.message import Urgency
from monitor.core.obligation import DueKind
from monitor.core.service import Means, Want
from monitor.core.source import SourceKind
from monitor.document import Entry
from monitor.register import values
from monitor.register.places import AdapterEntry, ApiEntry, MailboxEntry, SftpEntry, SqlEntry

Loose = Field(strict=False)
Key = Annotated[str, AfterValidator(values.key)]
Text = Annotated[str, Field(min_length=1)]


class AliasEntry(Entry):
    name: Text
    start: date | None = None
    end: date | None = None


class AgencyDefaults(Entry):
    kind: Annotated[AgencyKind | None, Loose] = None
    parent: str | None = None
    hours: str | None = None
    start: date | None = None
    end: date | None = None


class AgencyEntry(Entry):
    key: Key
    name: Text
    kind: Annotated[AgencyKind, Loose]
    parent: str = ""
    code: str = ""
    hours: str = "default"
    start: date | None = None
    end: date | None = None
    successor: str = ""
    posts: bool = True
    aliases: list[Text | AliasEntry] = Field(default_factory=list)


class AgenciesFile(Entry):
    defaults: AgencyDefaults = AgencyDefaults()
    agency: list[AgencyEntry]


class RegisterFile(Entry):
    name: Text
    province: str = ""
    centre: str
    own_hosts: list[Text] = Field(default_factory=list)
    gateway: Annotated[str, AfterValidator(values.ip_or_empty)] = ""
    resolver: Annotated[str, AfterValidator(values.resolver_or_empty)] = ""


class DefaultPost(Entry):
    kinds: list[Annotated[AgencyKind, Loose]]
    role: Annotated[Role, Loose]
    title: Text


class PostEntry(Entry):
    agency: str
    role: Annotated[Role, Loose]
    title: Text
    suffix: Annotated[str, AfterValidator(values.key_or_empty)] = ""


class PostsFile(Entry):
    default: list[DefaultPost] = Field(default_factory=list)
    post: list[PostEntry] = Field(default_factory=list)


class ContactEntry(Entry):
    post: str
    person: str = ""
    address: Annotated[str, AfterValidator(values.address)] = ""
    phone: str = ""
    fallbacks: list[Annotated[Text, AfterValidator(values.address)]] = Field(default_factory=list)
    channels: list[Annotated[str, AfterValidator(values.channel)]] = Field(default_factory=list)
    since: date | None = None
    until: date | None = None


class ContactsFile(Entry):
    contact: list[ContactEntry] = Field(default_factory=list)


class AssertionEntry(Entry):
    want: Annotated[Want, Loose]
    value: Text
    cause: Annotated[Cause, Loose] = Cause.CONTENT


class TakeEntry(Entry):
    name: Annotated[str, AfterValidator(values.variable)]
    by: Annotated[Means, Loose]
    value: Text
    attribute: str = ""
    cause: Annotated[Cause, Loose] = Cause.CONTENT


class StepEntry(Entry):
    url: Annotated[str, AfterValidator(values.url)]
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    assertions: list[AssertionEntry] = Field(default_factory=list)
    take: Annotated[list[TakeEntry], Field(max_length=20)] = Field(default_factory=list)
    record: Literal["A", "AAAA"] = "A"
    resolvers: Annotated[list[Annotated[str, AfterValidator(values.resolver)]], Field(min_length=1, max_length=5)] = (
        Field(default_factory=lambda: ["system"])
    )


class TargetEntry(Entry):
    key: Key
    name: Text
    kind: Annotated[Kind, Loose] = Kind.HTTP
    step: Annotated[list[StepEntry], Field(min_length=1, max_length=10)]
    interval_s: Annotated[float, Field(ge=1, le=86400)] = 300.0
    deadline_s: Annotated[float, Field(gt=0, le=300)] = 20.0
    recheck_s: Annotated[float, Field(ge=1, le=3600)] = 20.0
    jitter: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    required: bool = True
    control: bool = False
    abroad: bool = False
    public: bool = True
    challenge: list[Text] = Field(default_factory=list)
    proxy: Annotated[str | None, AfterValidator(values.proxy)] = None
    ca_file: str | None = None
    formerly: list[Key] = Field(default_factory=list)


class PanelEntry(Entry):
    part: Literal["sign_on", "front_page", "sibling"]
    name: Text
    url: Annotated[str, AfterValidator(values.url)]
    assertions: list[AssertionEntry] = Field(default_factory=list)
    beside: list[Key] = Field(default_factory=list)
    public: bool = True
    challenge: list[Text] = Field(default_factory=list)
    proxy: Annotated[str | None, AfterValidator(values.proxy)] = None
    ca_file: str | None = None


class ServiceEntry(Entry):
    code: Annotated[str, AfterValidator(values.procedure)]
    name: Text
    owner: str
    told: list[str] = Field(default_factory=list)
    internal_target: Annotated[str, AfterValidator(values.ratio)] = ""
    note: str = ""
    vantages: list[Key] = Field(default_factory=list)
    vantages_from: date | None = None
    quorum: Annotated[int, Field(ge=1)] = 1
    target: Annotated[list[TargetEntry], Field(min_length=1)]
    panel: list[PanelEntry] = Field(default_factory=list)


class ServicesFile(Entry):
    service: list[ServiceEntry]


class ScopeEntry(Entry):
    agency: Text
    since: date | None = None
    until: date | None = None
    procedures: list[Annotated[str, AfterValidator(values.procedure)]] = Field(default_factory=list)
    national_portal_only: bool = False


def _scope(value: object) -> object:
    """A scope written as the agency's key alone, as before there was more to it."""
    return ({"agency": value} if value else None) if isinstance(value, str) else value


class SourceEntry(Entry):
    key: Key
    name: Text
    kind: Annotated[SourceKind, Loose] = SourceKind.FILES
    scope: Annotated[ScopeEntry | None, BeforeValidator(_scope)] = None
    layouts: list[Text] = Field(default_factory=list)
    fresh_days: Annotated[int, Field(ge=0, le=366)] = 0
    every_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    deadline_s: Annotated[int, Field(ge=5, le=3600)] = 300
    officers: bool = False
    api: ApiEntry | None = None
    adapter: AdapterEntry | None = None
    mailbox: MailboxEntry | None = None
    sftp: SftpEntry | None = None
    sql: SqlEntry | None = None


class SourcesFile(Entry):
    source: list[SourceEntry]


class StageEntry(Entry):
    name: Key
    anchor: Annotated[Anchor, Loose]
    working_days: Annotated[int, Field(ge=-250, le=250)] = 0
    working_seconds: int = 0
    calendar_days: Annotated[int, Field(ge=-366, le=366)] = 0
    fraction_percent: Annotated[int, Field(ge=0, le=100)] = 0
    audience: Annotated[list[str], Field(min_length=1)]
    urgency: Annotated[Urgency, Loose] = Urgency.SLOT
    repeat_working_days: Annotated[int, Field(ge=0, le=250)] = 0
    at_most: Annotated[int, Field(ge=0)] = 0
    late: bool = False


def _suspicion() -> list[StageEntry]:
    """As in the shipped register: one written before suspicions were told of has none."""
    return [StageEntry(name="raised", anchor=Anchor.START, audience=["told:duty"], urgency=Urgency.WAKING)]


def _vantage() -> list[StageEntry]:
    """As in the shipped register: one written before there were several vantages has none."""
    return [StageEntry(name="silent", anchor=Anchor.START, audience=["centre:duty"], urgency=Urgency.WAKING)]


def _certificate() -> list[StageEntry]:
    """As in the shipped register: one written before certificates were read has none."""
    return [
        StageEntry(
            name=f"days_{days}",
            anchor=Anchor.DUE,
            calendar_days=-days,
            audience=["owner:duty", "centre:duty"],
            urgency=Urgency.WAKING,
        )
        for days in (30, 14, 7)
    ]


def _explanation() -> list[StageEntry]:
    """As in the shipped register: one written before causes were asked for has none."""
    return [
        StageEntry(name="asked", anchor=Anchor.START, audience=["unit:focal_point", "unit:deputy"]),
        StageEntry(name="due", anchor=Anchor.DUE, audience=["unit:focal_point", "unit:deputy"]),
        StageEntry(
            name="late", anchor=Anchor.DUE, audience=["unit:focal_point", "unit:deputy", "unit:head"], late=True,
            repeat_working_days=2,
        ),
        StageEntry(
            name="centre", anchor=Anchor.DUE, working_days=3, audience=["centre:focal_point", "centre:head"]
        ),
    ]  # fmt: skip


def _reappointment() -> list[StageEntry]:
    """As in the shipped register: one written before re-appointments were counted has none."""
    return [StageEntry(name="seen", anchor=Anchor.START, audience=["handling:head", "centre:head"])]


def _repeat() -> list[StageEntry]:
    """As in the shipped register: one written before repeated delay was reckoned has none."""
    return [StageEntry(name="head", anchor=Anchor.START, audience=["unit:head"], urgency=Urgency.WAKING)]


def _source() -> list[StageEntry]:
    """As in the shipped register: one written before sources were watched has none."""
    return [
        StageEntry(
            name="silent",
            anchor=Anchor.START,
            audience=["centre:focal_point"],
            urgency=Urgency.WAKING,
            repeat_working_days=1,
        )
    ]


def _duty() -> list[StageEntry]:
    """As in the shipped register: one written before duties were followed has none."""
    leads = ["lead:focal_point", "lead:deputy"]
    return [
        StageEntry(name="three_days", anchor=Anchor.DUE, working_days=-3, audience=leads),
        StageEntry(name="one_day", anchor=Anchor.DUE, working_days=-1, audience=[*leads, "lead:head"]),
        StageEntry(name="due", anchor=Anchor.DUE, audience=[*leads, "lead:head"]),
        StageEntry(name="late", anchor=Anchor.DUE, audience=[*leads, "lead:head"], late=True, repeat_working_days=2),
        StageEntry(name="centre", anchor=Anchor.DUE, working_days=1, audience=["centre:focal_point", "centre:head"]),
        StageEntry(name="superior", anchor=Anchor.DUE, working_days=3, audience=["report:head"]),
        StageEntry(
            name="obstacle", anchor=Anchor.START, audience=["report:focal_point", "report:head"], repeat_working_days=2
        ),
    ]


def _address() -> list[StageEntry]:
    """As in the shipped register: one written before letters that come back were followed has none."""
    return [
        StageEntry(
            name="broken", anchor=Anchor.START, audience=["centre:focal_point"], urgency=Urgency.WAKING,
            repeat_working_days=3,
        )
    ]  # fmt: skip


class LaddersFile(Entry):
    reception: list[StageEntry]
    result: list[StageEntry]
    interruption: list[StageEntry]
    unknown_unit: list[StageEntry]
    vantage: list[StageEntry] = Field(default_factory=_vantage)
    certificate: list[StageEntry] = Field(default_factory=_certificate)
    suspicion: list[StageEntry] = Field(default_factory=_suspicion)
    explanation: list[StageEntry] = Field(default_factory=_explanation)
    reappointment: list[StageEntry] = Field(default_factory=_reappointment)
    repeat: list[StageEntry] = Field(default_factory=_repeat)
    source: list[StageEntry] = Field(default_factory=_source)
    duty: list[StageEntry] = Field(default_factory=_duty)
    address: list[StageEntry] = Field(default_factory=_address)


class DutyDossierEntry(Entry):
    code: Text
    unit: str = ""


class DutyEntry(Entry):
    key: Key
    letter: Text
    title: Text
    place: str = ""
    text: str = ""
    agencies: Annotated[list[str], Field(min_length=1)]
    partners: list[str] = Field(default_factory=list)
    report_to: str = ""
    due: date | None = None
    due_kind: Annotated[DueKind, Loose] = DueKind.BEFORE
    closed: date | None = None
    closed_note: str = ""
    every_months: Literal[0, 1, 3, 6, 12] = 0
    closing_day: Annotated[int, Field(ge=0, le=31)] = 0
    due_day: Annotated[int, Field(ge=0, le=31)] = 0
    dossiers: list[Text | DutyDossierEntry] = Field(default_factory=list)


class DutiesFile(Entry):
    duty: list[DutyEntry] = Field(default_factory=list)
