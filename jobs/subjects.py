"""From dossiers and interruptions to what a ladder is climbed for, and who stands on its rungs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from monitor.core import drill
from monitor.core.agency import AgencyKind, Post, Role
from monitor.core.apology import Raised
from monitor.core.deadline import deadlines_of
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, apology_for
from monitor.core.ladder import Anchor, Ladder, Subject, SubjectKind, Telling, episode_of
from monitor.core.law import Law, RuleUnknown
from monitor.core.message import Urgency
from monitor.core.period import Stamp, from_ms, to_ms
from monitor.core.phase import handling_agency
from monitor.core.suspicion import Suspicion
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.certificates import InUse
from monitor.reports.freshness import Stale
from monitor.reports.item import clock, unassigned
from monitor.reports.unreached import Unreached
from monitor.reports.vantages import Silent
from monitor.store import InterruptionRow

SEPARATOR = "\x1f"


def of_dossier(
    dossier: Dossier, found: Collection[Finding], *, register: Register, law: Law, live: bool
) -> Iterator[Subject]:
    """What there may be to tell of a dossier: its reception, its result, or that nobody is known to answer for it."""
    for kind in (SubjectKind.RECEPTION, SubjectKind.RESULT):
        finding = clock(kind, found)
        if finding is not None and finding.agency and finding.due is not None:
            yield _clocked(kind, dossier, finding, found, register=register, law=law, live=live)
    if unassigned(found):
        yield Subject(
            kind=SubjectKind.UNKNOWN_UNIT,
            key=key_of(dossier.source, dossier.code),
            episode=dossier.handling_unit or dossier.receiving_unit,
            milestones={Anchor.START: dossier.first_seen},
            calendar=law.calendar_of(register.centre),
            known_since=dossier.first_seen,
            people=people(register, register.ladders[SubjectKind.UNKNOWN_UNIT], {}),
            live=live,
        )


def _clocked(
    kind: SubjectKind,
    dossier: Dossier,
    finding: Finding,
    found: Collection[Finding],
    *,
    register: Register,
    law: Law,
    live: bool,
) -> Subject:
    begun, printed = (
        (dossier.filed, dossier.filed)
        if kind is SubjectKind.RECEPTION
        else (dossier.received or dossier.filed, dossier.appointment)
    )
    marks = {Anchor.START: begun, Anchor.DUE: finding.due}
    if kind is SubjectKind.RESULT:
        marks[Anchor.CUT_OFF] = _cut_off(dossier, found, law)
    sides = {
        "receiving": (dossier.receiving_agency or finding.agency,),
        "handling": (dossier.handling_agency or finding.agency,),
    }
    return Subject(
        kind=kind,
        key=key_of(dossier.source, dossier.code),
        episode=episode_of(printed),
        milestones={anchor: stamp for anchor, stamp in marks.items() if stamp is not None},
        calendar=law.calendar_of(finding.agency),
        known_since=dossier.first_seen,
        people=people(register, register.ladders[kind], sides),
        live=live,
    )


def of_reappointment(
    dossier: Dossier, raised: Raised, at: datetime, *, register: Register, law: Law, live: bool
) -> Subject:
    """What there is to tell of a result put off more often than the law allows: once, to the heads."""
    agency = handling_agency(dossier) or dossier.receiving_agency
    return Subject(
        kind=SubjectKind.REAPPOINTMENT,
        key=key_of(dossier.source, dossier.code),
        episode=raised.value,
        milestones={Anchor.START: at},
        calendar=law.calendar_of(agency),
        known_since=at,
        people=people(register, register.ladders[SubjectKind.REAPPOINTMENT], {"handling": (agency,)}),
        live=live,
    )


def _cut_off(dossier: Dossier, found: Collection[Finding], law: Law) -> Stamp | None:
    """The last day for an apology; reckoned anew once the result is late, so that it is named among what was missed."""
    told = next((f.due for f in found if f.kind is FindingKind.APOLOGY), None)
    if told is not None or dossier.appointment is None:
        return told
    try:
        apology = apology_for(dossier, dossier.appointment, deadlines_of(law, handling_agency(dossier)))
    except (CalendarUnknown, RuleUnknown):
        return None
    return apology.due if apology is not None else None


def of_interruption(
    row: InterruptionRow, *, register: Register, law: Law, live_since: datetime | None
) -> Subject | None:
    """What there may be to tell of an interruption; None for a reference, or a target that decides nothing.

    What was over before the trial ended is told to nobody after it.
    """
    if row.target == drill.TARGET:
        who = _of_drill(register)
        return _interrupted(row, people=who, agency=register.centre, law=law, live_since=live_since)
    service, target = register.service_of(row.target), register.target(row.target)
    if service is None or target is None or target.control or not target.required:
        return None
    who = people(register, register.ladders[SubjectKind.INTERRUPTION], {"told": service.told or (service.owner,)})
    return _interrupted(row, people=who, agency=service.owner, law=law, live_since=live_since)


def _interrupted(
    row: InterruptionRow,
    *,
    people: Mapping[str, tuple[str, ...]],
    agency: str,
    law: Law,
    live_since: datetime | None,
) -> Subject:
    over = row.closed_at is not None
    return Subject(
        kind=SubjectKind.INTERRUPTION,
        key=key_of_interruption(row),
        episode="",
        milestones={Anchor.START: row.first_bad} | ({Anchor.END: row.first_good or row.last_bad} if over else {}),
        calendar=law.calendar_of(agency),
        known_since=row.opened_at,
        people=people,
        live=live_since is not None,
        over=live_since is not None and row.closed_at is not None and row.closed_at <= live_since,
    )


def of_suspicion(one: Suspicion, *, register: Register, law: Law, live: bool) -> Subject | None:
    """What there is to tell of a suspected interruption on which nobody has ruled; None where its service is gone."""
    service = register.service(one.service)
    if service is None:
        return None
    return Subject(
        kind=SubjectKind.SUSPICION,
        key=str(one.number),
        episode="",
        milestones={Anchor.START: one.entered_at},
        calendar=law.calendar_of(service.owner),
        known_since=one.entered_at,
        people=people(register, register.ladders[SubjectKind.SUSPICION], {"told": service.told or (service.owner,)}),
        live=live,
        over=one.found is not None,
    )


def of_vantage(one: Silent, *, register: Register, law: Law, live: bool) -> Subject:
    """What there is to tell of a vantage that no longer reports: once for each silence."""
    return Subject(
        kind=SubjectKind.VANTAGE,
        key=one.name,
        episode=one.heard.isoformat(),
        milestones={Anchor.START: one.since},
        calendar=law.calendar_of(register.centre),
        known_since=one.since,
        people=people(register, register.ladders[SubjectKind.VANTAGE], {}),
        live=live,
    )


def of_source(one: Stale, *, register: Register, law: Law, live: bool) -> Subject:
    """What there is to tell of a source that has no new figures: to the Centre, anew for each time they stay out."""
    return Subject(
        kind=SubjectKind.SOURCE,
        key=one.source.key,
        episode=one.as_of.isoformat(),
        milestones={Anchor.START: one.since},
        calendar=law.calendar_of(register.centre),
        known_since=one.since,
        people=people(register, register.ladders[SubjectKind.SOURCE], {}),
        live=live,
    )


def of_address(one: Unreached, *, register: Register, law: Law, live: bool) -> Subject:
    """What there is to tell of an address at which no letter arrives: to the Centre, until one does."""
    return Subject(
        kind=SubjectKind.ADDRESS,
        key=one.key,
        episode=one.failing.since.isoformat(),
        milestones={Anchor.START: one.failing.since},
        calendar=law.calendar_of(register.centre),
        known_since=one.failing.since,
        people=people(register, register.ladders[SubjectKind.ADDRESS], {}),
        live=live,
    )


def of_certificate(one: InUse, *, register: Register, law: Law, live: bool) -> Subject:
    """What there may be to tell of a certificate; its successor is a subject of its own."""
    sides = {"owner": tuple(dict.fromkeys(service.owner for service in one.services))}
    return Subject(
        kind=SubjectKind.CERTIFICATE,
        key=one.certificate.sha256,
        episode="",
        milestones={Anchor.DUE: one.certificate.not_after},
        calendar=law.calendar_of(register.centre),
        known_since=one.seen_at,
        people=people(register, register.ladders[SubjectKind.CERTIFICATE], sides),
        live=live,
    )


def _of_drill(register: Register) -> dict[str, tuple[str, ...]]:
    """Those of the ladder's stages that wait for nothing are taken by the technical contacts alone, at a drill."""
    found: dict[str, tuple[str, ...]] = {}
    contacts = tuple(post.key for post in technical_contacts(register))
    for stage in register.ladders[SubjectKind.INTERRUPTION].stages:
        for audience in stage.audience:
            found[audience] = contacts if stage.urgency is Urgency.NOW else found.get(audience, ())
    return found


def technical_contacts(register: Register) -> tuple[Post, ...]:
    """Whoever is on duty at the Centre; where nobody is named, its focal point."""
    on_duty = register.posts_of(register.centre, {Role.DUTY})
    return on_duty or register.posts_of(register.centre, {Role.FOCAL_POINT})


def people(register: Register, ladder: Ladder, sides: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The posts behind each audience "side:role" of a ladder; the Centre's where there is none behind any."""
    known = {**sides, "centre": (register.centre,)}
    found: dict[str, tuple[str, ...]] = {}
    for side, role, audience in _audiences(ladder):
        posts = (post.key for agency in known.get(side, ()) for post in _with_role(register, agency, role))
        found[audience] = tuple(dict.fromkeys(posts))
    if any(found.values()):
        return found
    instead = tuple(post.key for post in register.posts_of(register.centre, {Role.FOCAL_POINT}))
    return dict.fromkeys(found, instead)


@lru_cache(maxsize=64)
def _audiences(ladder: Ladder) -> tuple[tuple[str, frozenset[Role], str], ...]:
    """Side and role of each audience of a ladder, once: a slot asks for thousands of dossiers."""
    named = dict.fromkeys(audience for stage in ladder.stages for audience in stage.audience)
    split = ((*audience.partition(":")[::2], audience) for audience in named)
    return tuple((side, frozenset({Role(role)}), audience) for side, role, audience in split)


def _with_role(register: Register, agency: str, roles: frozenset[Role]) -> tuple[Post, ...]:
    """The posts of an agency with a role; the head of an agency hears of the units below it too that have a head."""
    mine = register.posts_of(agency, roles)
    known = register.agencies.get(agency)
    if Role.HEAD not in roles or known is None or known.kind not in _UNITS or not known.parent:
        return mine
    return (*mine, *register.posts_of(known.parent, roles))


_UNITS = frozenset({AgencyKind.DIVISION, AgencyKind.BRANCH})


def key_of(source: str, code: str) -> str:
    """The key of a dossier's subjects."""
    return f"{source}{SEPARATOR}{code}"


TOLD_OF_DOSSIERS = frozenset(
    {SubjectKind.RECEPTION, SubjectKind.RESULT, SubjectKind.UNKNOWN_UNIT, SubjectKind.REAPPOINTMENT}
)
"""Kinds whose key is that of a dossier."""


def source_behind(telling: Telling) -> str:
    """The source whose figures a telling rests on; empty for one that rests on no dossier."""
    return dossier_of(telling.key)[0] if telling.subject in TOLD_OF_DOSSIERS else ""


def dossier_of(key: str) -> tuple[str, str]:
    """Source and code of a dossier's subject."""
    source, _, code = key.partition(SEPARATOR)
    return source, code


def key_of_interruption(row: InterruptionRow) -> str:
    """The key of an interruption's subject."""
    return f"{row.target}{SEPARATOR}{to_ms(row.first_bad)}"


def interruption_of(key: str) -> tuple[str, datetime]:
    """Target and first failed look of an interruption's subject."""
    target, _, first_bad = key.rpartition(SEPARATOR)
    return target, from_ms(int(first_bad))
