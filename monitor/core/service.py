"""What is watched: services, their targets, and what a usable page must show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitor.core.attribution import Part
from monitor.core.interruption import Policy
from monitor.core.look import Cause, Kind
from monitor.core.period import at


class Want(StrEnum):
    """What an assertion looks at."""

    STATUS = "status"  # value: comma-separated codes, e.g. "200" or "200,304"
    TEXT = "text"  # value: text that must be there, compared in NFC, white space folded, case-insensitive
    NOT_TEXT = "not_text"  # value: text that must not be there
    SELECTOR = "selector"  # value: a CSS selector that must match
    NOT_SELECTOR = "not_selector"
    XPATH = "xpath"  # value: an XPath expression that must find something, or be true
    NOT_XPATH = "not_xpath"
    JSON = "json"  # value: a JMESPath expression that must give a true value
    JSON_EXISTS = "json_exists"  # value: a JMESPath expression that must give anything but null; 0 and "" will do
    ADDRESS = "address"  # value: an address that every resolver asked must answer with; of DNS looks only


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One thing a usable page must, or must not, show; `cause` is the look's cause when it fails."""

    want: Want
    value: str
    cause: Cause = Cause.CONTENT


class Means(StrEnum):
    """How a value is found in an answer; always the first that fits."""

    SELECTOR = "selector"  # a CSS selector: the element's text, or its `attribute`
    XPATH = "xpath"  # an XPath expression: an element's text, an attribute, a string
    JSON = "json"  # a JMESPath expression that gives a string, a number, true or false
    REGEX = "regex"  # a regular expression with one group, sought in the page's source
    HEADER = "header"  # the name of a header


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A value that a step takes from its answer, for later steps to say `{name}`; `cause` where it is not there."""

    name: str
    by: Means
    value: str
    attribute: str = ""
    cause: Cause = Cause.CONTENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of a look; the assertions of every step must hold, and what it takes must be there.

    Other ways of looking have one step with an address of their own scheme: dns://name, tls://host:443,
    tcp://host:25. `record` and `resolvers` are for DNS only; a resolver is "system", or an address with or without
    a port.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    assertions: tuple[Assertion, ...] = ()
    take: tuple[Take, ...] = ()
    record: str = "A"
    resolvers: tuple[str, ...] = ("system",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address that is watched, in one way.

    `key` never changes (history hangs on it), `name` may. Intervals and deadlines in seconds. `required`: the service
    is DOWN while this target is. `control`: not the service at all, but a reference that tells whether our own network
    is up; `abroad`: it is in another country. `public`: somebody else's server: at least 300 s between looks, and none
    before CONTACT is set.
    """

    key: str
    name: str
    kind: Kind = Kind.HTTP
    steps: tuple[Step, ...]
    interval_s: float = 300.0
    deadline_s: float = 20.0
    recheck_s: float = 20.0
    jitter: float = 0.1
    required: bool = True
    control: bool = False
    abroad: bool = False
    public: bool = True
    challenge: tuple[str, ...] = ()  # marks in a body by which a bot shield is known
    proxy: str | None = None  # None: as in settings; "": no proxy
    ca_file: str | None = None
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPage:
    """A page of the portal that is looked at only beside a failed look: its sign-on, its front, another procedure.

    `page` is looked at like a target over HTTP and is none. `beside`: the keys of the targets it speaks for; empty for
    every target of the service.
    """

    part: Part
    page: Target
    beside: tuple[str, ...] = ()

    def speaks_for(self, target: str) -> bool:
        """Whether it stands beside the looks at a target."""
        return not self.beside or target in self.beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An online public service; `code` is the national procedure code, e.g. 2.001474.

    `vantages` are the places whose looks count, DOWN where `quorum` of them say so; without names all looks are one
    row.
    """

    code: str
    name: str
    owner: str  # key of the agency answerable for it
    told: tuple[str, ...] = ()  # keys of the agencies whose duty contacts are told at once
    targets: tuple[Target, ...] = ()
    panel: tuple[PanelPage, ...] = ()
    internal_target: str = ""  # "mục tiêu nội bộ", a decimal such as "0.99"; empty where none is set
    note: str = ""
    vantages: tuple[str, ...] = ()
    vantages_from: date | None = None  # before that day, in Vietnam, all looks are one row
    quorum: int = 1

    @property
    def policy(self) -> Policy:
        """How looks at its targets are judged; raise ValueError for a quorum that its vantages cannot make."""
        since = at(self.vantages_from) if self.vantages_from else None
        return Policy(vantages=self.vantages, quorum=self.quorum, since=since)

    def required_targets(self) -> tuple[Target, ...]:
        """The targets whose failure makes the service DOWN."""
        return tuple(t for t in self.targets if t.required and not t.control)
