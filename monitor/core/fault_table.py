"""Whose fault a failure is: a table of rules over what the failed look met and what the panel beside it showed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.attribution import Fault, Part, Showing, Shown
from monitor.core.look import Cause


class Saw(StrEnum):
    """What the failed look itself met, as the table asks for it."""

    NO_NAME = "no_name"  # the name did not resolve
    NO_ANSWER = "no_answer"  # nothing of the target answered
    NO_TLS = "no_tls"  # it answered, and the connection could not be made secure
    TURNED_AWAY = "turned_away"  # it answered, and turned us away
    ERROR = "error"  # it answered with an error, or broke off amid its answer
    LOGIN_LOOP = "login_loop"  # redirects without end
    PAGE = "page"  # it answered with a page, which is not what it should be
    OURS = "ours"  # our own network or prober failed


REFUSALS = frozenset({401, 403, 406, 429, 451})
"""Statuses by which a server, or what stands before it, turns a visitor away."""
OURS = frozenset({Fault.OWN_NETWORK, Fault.PROVIDER, Fault.BLOCKED_US})
"""Faults that are not the service's: a look put down to one of them is UNKNOWN."""

REFERENCES = (Part.DOMESTIC, Part.FOREIGN)
PAGES = (Part.FRONT_PAGE, Part.SIBLING)
PORTAL = (Part.SIGN_ON, *PAGES)

_ANSWERED = frozenset({Shown.WORKS, Shown.BLOCKED})
_JUDGED = _ANSWERED | {Shown.FAILS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line of the table: what the look met, what the panel must show, and whose fault it then is.

    Empty fields ask nothing. Of several parts in `answers`, `works` or `blocks` one is enough. `silent` and
    `silent_too`: at least one was judged, and none answered. `quiet`: none answered, if any was asked. `unjudged`: at
    least one could not be judged from here, and none was. `unheard`: none was judged, for whatever reason.
    """

    name: str
    saw: tuple[Saw, ...] = ()
    answers: tuple[Part, ...] = ()
    works: tuple[Part, ...] = ()
    blocks: tuple[Part, ...] = ()
    silent: tuple[Part, ...] = ()
    silent_too: tuple[Part, ...] = ()
    quiet: tuple[Part, ...] = ()
    unjudged: tuple[Part, ...] = ()
    unheard: tuple[Part, ...] = ()
    fault: Fault

    def holds(self, saw: Saw, shown: Mapping[Part, Shown]) -> bool:
        """Whether this line fits."""
        return (
            (not self.saw or saw in self.saw)
            and (not self.answers or _any(self.answers, shown, _ANSWERED))
            and (not self.works or _any(self.works, shown, {Shown.WORKS}))
            and (not self.blocks or _any(self.blocks, shown, {Shown.BLOCKED}))
            and _silent(self.silent, shown)
            and _silent(self.silent_too, shown)
            and not _any(self.quiet, shown, _ANSWERED)
            and (not self.unjudged or _any(self.unjudged, shown, {Shown.UNJUDGED}))
            and not _any((*self.unjudged, *self.unheard), shown, _JUDGED)
        )


def _any(parts: Iterable[Part], shown: Mapping[Part, Shown], wanted: Container[Shown]) -> bool:
    return any(shown[part] in wanted for part in parts)


def _silent(parts: Sequence[Part], shown: Mapping[Part, Shown]) -> bool:
    return not parts or (_any(parts, shown, _JUDGED) and not _any(parts, shown, _ANSWERED))


_UNREACHED = (Saw.NO_NAME, Saw.NO_ANSWER)
_UNHEARD = (*_UNREACHED, Saw.NO_TLS)
_NOT_SERVED = (Saw.NO_ANSWER, Saw.TURNED_AWAY, Saw.ERROR)
_RESOLVERS = (Part.RESOLVER, Part.RESOLVER_2)

# The first line that fits counts. Who reads it: docs/attribution.md prints it, and a test holds the two together.
TABLE: tuple[Rule, ...] = (
    # Ours, before anything is said of others.
    Rule(name="ours_already", saw=(Saw.OURS,), fault=Fault.OWN_NETWORK),
    Rule(
        name="own_resolver",
        saw=(Saw.NO_NAME,),
        silent=(Part.RESOLVER,),
        answers=(Part.RESOLVER_2,),
        fault=Fault.OWN_NETWORK,
    ),
    Rule(
        name="own_gateway",
        saw=_UNREACHED,
        silent=(Part.GATEWAY,),
        silent_too=REFERENCES,
        quiet=PORTAL,
        fault=Fault.OWN_NETWORK,
    ),
    Rule(
        name="own_line",
        saw=_UNREACHED,
        answers=(Part.GATEWAY,),
        silent=REFERENCES,
        quiet=PORTAL,
        fault=Fault.PROVIDER,
    ),
    Rule(name="nobody_answers", saw=_UNREACHED, silent=REFERENCES, quiet=PORTAL, fault=Fault.OWN_NETWORK),
    Rule(name="nobody_secure", saw=(Saw.NO_TLS,), silent=REFERENCES, quiet=PORTAL, fault=Fault.OWN_NETWORK),
    Rule(
        name="proxy_alone",
        saw=_UNHEARD,
        unjudged=(Part.GATEWAY,),
        unheard=REFERENCES,
        quiet=PORTAL,
        fault=Fault.OWN_NETWORK,
    ),
    Rule(name="nobody_asked", saw=_UNHEARD, unjudged=REFERENCES, quiet=PORTAL, fault=Fault.OWN_NETWORK),
    Rule(
        name="domestic_line",
        saw=_UNREACHED,
        answers=(Part.FOREIGN,),
        silent=(Part.DOMESTIC,),
        quiet=PORTAL,
        fault=Fault.PROVIDER,
    ),
    # We are turned away.
    Rule(name="blocked", saw=(Saw.TURNED_AWAY, Saw.NO_ANSWER), blocks=PORTAL, fault=Fault.BLOCKED_US),
    # Theirs: the name, the certificate, signing on.
    Rule(name="name_gone", saw=(Saw.NO_NAME,), silent=_RESOLVERS, fault=Fault.DNS),
    Rule(name="name_back", saw=(Saw.NO_NAME,), answers=_RESOLVERS, fault=Fault.UNCLEAR),
    Rule(name="no_name", saw=(Saw.NO_NAME,), fault=Fault.DNS),
    Rule(name="no_tls", saw=(Saw.NO_TLS,), fault=Fault.TLS),
    Rule(name="login_loop", saw=(Saw.LOGIN_LOOP,), fault=Fault.SIGN_ON),
    Rule(
        name="sign_on_silent",
        answers=(Part.FRONT_PAGE,),
        silent=(Part.SIGN_ON,),
        quiet=(Part.SIBLING,),
        fault=Fault.SIGN_ON,
    ),
    # Theirs: how much of the portal.
    Rule(name="portal_silent", saw=(Saw.NO_ANSWER,), answers=REFERENCES, silent=PAGES, fault=Fault.WHOLE_PORTAL),
    Rule(name="portal_fails", silent=PAGES, fault=Fault.WHOLE_PORTAL),
    Rule(name="content", saw=(Saw.PAGE,), fault=Fault.CONTENT),
    Rule(
        name="procedures_fail",
        saw=_NOT_SERVED,
        answers=(Part.FRONT_PAGE,),
        silent=(Part.SIBLING,),
        fault=Fault.WHOLE_PORTAL,
    ),
    Rule(name="this_alone", saw=_NOT_SERVED, works=(Part.SIBLING,), fault=Fault.THIS_PROCEDURE),
    Rule(name="front_page_works", saw=_NOT_SERVED, works=(Part.FRONT_PAGE,), fault=Fault.UNCLEAR),
    Rule(name="nothing_to_compare", fault=Fault.UNCLEAR),
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose fault, and the name of the line of the table that says so."""

    fault: Fault
    rule: str


def attribute(saw: Saw, showings: Iterable[Showing]) -> Attribution:
    """The cause, by the first line of TABLE that fits; a part that was not asked is ABSENT."""
    shown = dict.fromkeys(Part, Shown.ABSENT) | {one.part: one.shown for one in showings}
    rule = next(rule for rule in TABLE if rule.holds(saw, shown))
    return Attribution(rule.fault, rule.name)


_SAW = {
    Cause.DNS: Saw.NO_NAME,
    Cause.TLS: Saw.NO_TLS,
    Cause.CHALLENGED: Saw.TURNED_AWAY,
    Cause.RATE_LIMITED: Saw.TURNED_AWAY,
    Cause.OWN_NETWORK: Saw.OURS,
    Cause.PROBE_FAILED: Saw.OURS,
    Cause.LOGIN_LOOP: Saw.LOGIN_LOOP,
}


def saw_of(cause: Cause, status: int | None, *, doubtful: bool) -> Saw:
    """What a failed look met. `doubtful`: nothing of the target itself answered, a proxy's own 502 to 504 included."""
    match cause:
        case Cause.CONNECT | Cause.TIMEOUT | Cause.BROKEN:
            return Saw.NO_ANSWER if doubtful else Saw.ERROR
        case Cause.STATUS:
            return Saw.NO_ANSWER if doubtful else Saw.TURNED_AWAY if status in REFUSALS else Saw.ERROR
        case _:
            return _SAW.get(cause, Saw.PAGE)


def cause_of(fault: Fault) -> Cause | None:
    """The cause that makes a look UNKNOWN where the fault is not the service's; None where its verdict stands."""
    match fault:
        case Fault.OWN_NETWORK | Fault.PROVIDER:
            return Cause.OWN_NETWORK
        case Fault.BLOCKED_US:
            return Cause.CHALLENGED
        case _:
            return None
