"""What a panel asks and what is known already: nothing twice within the minute, nobody more often than is polite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from jobs.app import App
from jobs.crosscheck import Crosscheck, best, part_of
from monitor.core.address import resolver_of
from monitor.core.attribution import Part, Showing, Shown
from monitor.core.fault_table import Saw, saw_of
from monitor.core.service import PanelPage, Target
from monitor.probes import panel
from monitor.probes.dns import SYSTEM
from monitor.probes.gateway import default_gateways
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress
from monitor.probes.pace import Pace, hosts_of
from monitor.probes.panel import Findings, Inquiry, Secure
from monitor.reports.render import terms

SHARED_S = 60.0
"""What a panel beside another target saw within this time is not asked again."""
LATELY_S = 300.0
"""Where something may not be asked again yet, its last word counts, if it is not older than this."""

_NOT_REACHED = frozenset({Saw.NO_NAME, Saw.NO_ANSWER, Saw.OURS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How this machine leaves, and whom it asks for names."""

    gateways: Callable[[], tuple[str, ...]] = default_gateways
    resolver: str = SYSTEM


THIS_MACHINE = Machine()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What something last showed, and when (monotonic seconds)."""

    at: float
    showing: Showing


@dataclass(slots=True, kw_only=True)
class Questions:
    """What is asked beside one failed look, by the name its answer is remembered under, and what is shown already."""

    finished: Finished
    before: float | None  # when the last panel of this target was over
    moment: float
    shown: list[Showing] = field(default_factory=list)
    asked: dict[str, Part] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The host the target names."""
        return urlsplit(self.finished.target.steps[0].url).hostname or ""

    def show(self, part: Part, shown: Shown, detail: str) -> None:
        """Show something without asking."""
        self.shown.append(Showing(part=part, shown=shown, detail=detail))

    def known_well(self, known: Known | None) -> bool:
        """Whether what is known will do, and then it is shown: of this minute, and new to the panels of this target."""
        if known is None or self.moment - known.at > SHARED_S or (self.before is not None and known.at <= self.before):
            return False
        self.shown.append(known.showing)
        return True

    def known_lately(self, known: Known | None) -> bool:
        """Whether anything is known that is not too old; then it is shown."""
        if known is None or self.moment - known.at > LATELY_S:
            return False
        self.shown.append(known.showing)
        return True


class Asking:
    """Puts panels' questions together, and remembers the answers for those that come within the minute."""

    def __init__(
        self, app: App, egress: Egress, pace: Pace, crosscheck: Crosscheck, machine: Machine = THIS_MACHINE
    ) -> None:
        self._app, self._egress, self._pace, self._crosscheck = app, egress, pace, crosscheck
        self._machine = machine
        self._page_pace = Pace()
        self._known: dict[str, Known] = {}
        self._beside: Mapping[str, tuple[PanelPage, ...]] = {
            target.key: tuple(page for page in service.panel if page.speaks_for(target.key))
            for service in app.register.services.values()
            for target in service.targets
        }

    def inquiry(self, questions: Questions) -> Inquiry:
        """What has to be asked for a look; what is known, or cannot be judged, is shown without asking."""
        gateways, resolvers = self._ways_out(questions)
        pages = (*self._references(questions), *self._portal(questions))
        return Inquiry(
            gateways=gateways,
            resolvers=resolvers,
            host=questions.host if resolvers else "",
            pages=pages,
            secure=self._secure(questions.finished),
        )

    def _ways_out(self, questions: Questions) -> tuple[tuple[str, ...], dict[Part, tuple[str, ...]]]:
        """The gateways and resolvers to ask; behind a proxy neither can be judged."""
        if questions.finished.outcome.proxied:
            for part in (Part.GATEWAY, Part.RESOLVER, Part.RESOLVER_2):
                questions.show(part, Shown.UNJUDGED, _why("proxied"))
            return (), {}
        register, host = self._app.register, questions.host
        gateways: tuple[str, ...] = ()
        if not _here(host):
            gateways = (register.gateway,) if register.gateway else self._machine.gateways()
        if not gateways or not self._unknown(questions, "gateway", Part.GATEWAY):
            gateways = ()
        if _here(host) or _numeric(host):
            return gateways, {}
        resolvers = {
            Part.RESOLVER: self._machine.resolver,
            Part.RESOLVER_2: register.resolver,
        }
        return gateways, {
            part: (which,)
            for part, which in resolvers.items()
            if which and self._may_ask(questions, part, which) and self._unknown(questions, f"{part}/{host}", part)
        }

    def _may_ask(self, questions: Questions, part: Part, resolver: str) -> bool:
        """Nobody outside is asked anything before CONTACT names who answers for it."""
        if self._app.settings.contact or resolver == SYSTEM or ip_address(resolver_of(resolver)[0]).is_private:
            return True
        questions.show(part, Shown.UNJUDGED, _why("no_contact"))
        return False

    def _unknown(self, questions: Questions, name: str, part: Part) -> bool:
        if questions.known_well(self._known.get(name)):
            return False
        questions.asked[name] = part
        return True

    def _references(self, questions: Questions) -> Iterator[Target]:
        moment = questions.moment
        for control in self._crosscheck.same_way(questions.finished.target):
            seen = self._crosscheck.sighting(control)
            known = Known(at=seen.at, showing=seen.showing) if seen is not None else None
            if questions.known_well(known):
                continue
            if self._pace.allows_extra(control, moment):
                self._pace.looked(control, moment)
                questions.asked[control.key] = part_of(control)
                yield control
            elif not questions.known_lately(known):
                questions.show(part_of(control), Shown.UNJUDGED, _why("too_soon", control))

    def _portal(self, questions: Questions) -> Iterator[Target]:
        moment = questions.moment
        for beside in self._beside.get(questions.finished.target.key, ()):
            page = replace(beside.page, key=f"{beside.page.steps!r} {beside.page.proxy}")
            known = self._known.get(page.key)
            if page.public and not self._app.settings.contact:
                questions.show(beside.part, Shown.UNJUDGED, _why("no_contact"))
            elif questions.known_well(known):
                continue
            elif not self._pace.silenced(page, moment) and self._page_pace.allows_extra(page, moment):
                self._page_pace.looked(page, moment)
                questions.asked[page.key] = beside.part
                yield page
            elif not questions.known_lately(known):
                questions.show(beside.part, Shown.UNJUDGED, _why("too_soon", page))

    def _secure(self, finished: Finished) -> Secure | None:
        """Where the certificate can be read: of a page over TLS that was reached."""
        target, outcome = finished.target, finished.outcome
        parts = urlsplit(outcome.evidence.url or target.steps[0].url)
        met = saw_of(outcome.cause, outcome.status, doubtful=outcome.doubtful)
        if parts.scheme != "https" or not parts.hostname or met in _NOT_REACHED:
            return None
        return Secure(
            host=parts.hostname,
            port=parts.port or 443,
            proxy=self._egress.proxy_for(target, parts.geturl()),
            ca_file=self._egress.ca_for(target),
        )

    def heard(self, questions: Questions, findings: Findings, moment: float) -> tuple[Showing, ...]:
        """Remember what came in; what each part of the panel showed, in its order."""
        for showing in findings.showings:
            name = "gateway" if showing.part is Part.GATEWAY else f"{showing.part}/{questions.host}"
            self._known[name] = Known(at=moment, showing=showing)
            questions.shown.append(showing)
        for name, part in questions.asked.items():
            finished = findings.pages.get(name)
            if finished is not None:
                questions.shown.append(self._page(part, finished, moment))
        missing = set(questions.asked.values()) - {showing.part for showing in questions.shown}
        for part in missing:
            questions.show(part, Shown.UNJUDGED, _why("too_late"))
        return tuple(best(questions.shown))

    def _page(self, part: Part, finished: Finished, moment: float) -> Showing:
        if finished.target.control:
            self._crosscheck.saw(finished, moment)
            return panel.reference(part, finished)
        self._known[finished.target.key] = known = Known(at=moment, showing=panel.page(part, finished))
        return known.showing

    def clock_offset_ms(self, questions: Questions) -> int | None:
        """Our clock minus that of the reference that answered soonest, of those asked for this look."""
        seen = [self._crosscheck.sighting(c) for c in self._crosscheck.same_way(questions.finished.target)]
        told = [
            s for s in seen if s is not None and s.clock_offset_ms is not None and questions.moment - s.at <= SHARED_S
        ]
        return min(told, key=lambda one: one.showing.took_ms).clock_offset_ms if told else None


def silences(findings: Findings) -> dict[str, float]:
    """The seconds for which hosts among those asked want to be left alone."""
    return {
        host: finished.outcome.retry_after_s
        for finished in findings.pages.values()
        if finished.outcome.retry_after_s
        for host in hosts_of(finished.target)
    }


def _why(name: str, asked: Target | None = None) -> str:
    """In words, why a part could not be judged."""
    words = terms()["unjudged"][name]
    return f"{asked.name}: {words}" if asked else words


def _numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _here(host: str) -> bool:
    """Whether a host is this machine, so that the way out is not on the way to it."""
    return host == "localhost" or (_numeric(host) and ip_address(host).is_loopback)
