"""The register: agencies, posts, services, sources, ladders and duties, as one frozen whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from monitor.core.agency import Agency, AgencyKind, Holder, Post, Role, held
from monitor.core.ladder import Ladder, SubjectKind
from monitor.core.obligation import Obligation
from monitor.core.scope import Extent
from monitor.core.service import Service, Target
from monitor.core.source import SourceSpec
from monitor.register.index import Index, ancestors
from monitor.register.names import plain, spelled

_ANSWERED_ABOVE = frozenset({AgencyKind.DIVISION, AgencyKind.BRANCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Who and what, by key. `folder` is where it was read from, as the settings name it.

    `gateway`: our own way out, empty where this machine's routes tell it; `resolver`: a name server to ask beside the
    one this machine uses, empty for none.
    """

    name: str = ""
    folder: str = ""
    province: str = ""
    centre: str
    agencies: Mapping[str, Agency]
    posts: Mapping[str, Post]
    services: Mapping[str, Service]
    sources: Mapping[str, SourceSpec]
    ladders: Mapping[SubjectKind, Ladder]
    duties: tuple[Obligation, ...] = ()
    gateway: str = ""
    resolver: str = ""
    holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    _index: Index = field(repr=False, compare=False)
    _posts_of: Mapping[str, tuple[Post, ...]] = field(repr=False, compare=False)
    _target: Mapping[str, tuple[Service, Target]] = field(repr=False, compare=False)

    def resolve(self, unit: str, on: date) -> str:
        """The key of the agency that a unit's name stands for on a day; '' where it is none, or not certain which."""
        return self._index.find(unit, on)

    def on(self, day: date) -> Register:
        """The register with whoever holds each post on a day; the same object where that changes nothing."""
        then = {
            key: held(self.posts[key], some, day)
            for key, some in self.holders.items()
            if key in self.posts and any(one.since or one.until for one in some)
        }
        if all(post == self.posts[key] for key, post in then.items()):
            return self
        posts = {**self.posts, **then}
        return replace(self, posts=MappingProxyType(posts), _posts_of=_by_agency(posts.values()))

    def hours_of(self) -> Mapping[str, str]:
        """The name of the working hours each agency keeps."""
        return {key: agency.hours for key, agency in self.agencies.items()}

    def posts_of(self, agency: str, roles: Collection[Role]) -> tuple[Post, ...]:
        """The posts of an agency with one of the roles; a division without posts is answered for by its parent."""
        found = self._posts_of.get(agency, ())
        if not found and agency in self.agencies and self.agencies[agency].kind in _ANSWERED_ABOVE:
            return self.posts_of(self.agencies[agency].parent, roles) if self.agencies[agency].parent else ()
        return tuple(post for post in found if post.role in roles)

    def post_titled(self, name: str) -> Post | None:
        """The post that a letter's first line names, by its title: who holds it may have changed since."""
        titled = (post for post in self.posts.values() if name == post.title or name.startswith(f"{post.title} "))
        return max(titled, key=lambda post: len(post.title), default=None)

    def ancestors(self, agency: str) -> tuple[str, ...]:
        """The agencies above, nearest first."""
        return tuple(ancestors(self.agencies, agency))

    def extents(self) -> Mapping[str, Extent]:
        """Of each source that claims something, by key, what its full lists are complete for."""
        return {
            source.key: Extent(scope=source.scope, agencies=self._with_all_below(source.scope.agency))
            for source in self.sources.values()
            if source.scope
        }

    def _with_all_below(self, agency: str) -> frozenset[str]:
        below = (key for key in self.agencies if agency in self.ancestors(key))
        return frozenset({agency, *below})

    def agency_name(self, key: str) -> str:
        """The name of an agency as printed; the key itself where it is unknown."""
        return self.agencies[key].name if key in self.agencies else key

    def service(self, code: str) -> Service | None:
        """The service with a national procedure code."""
        return self.services.get(code)

    def targets(self) -> tuple[Target, ...]:
        """Every target of every service, controls among them."""
        return tuple(target for service in self.services.values() for target in service.targets)

    def target(self, key: str) -> Target | None:
        """A target by its key, or by one it formerly had."""
        return self._target[key][1] if key in self._target else None

    def service_of(self, target: str) -> Service | None:
        """The service a target belongs to."""
        return self._target[target][0] if target in self._target else None

    def target_name(self, key: str) -> str:
        """The name of a target as printed; the key itself where it is unknown."""
        return self._target[key][1].name if key in self._target else key


def register_of(
    *,
    agencies: Iterable[Agency],
    posts: Iterable[Post] = (),
    services: Iterable[Service] = (),
    sources: Iterable[SourceSpec] = (),
    ladders: Iterable[Ladder] = (),
    duties: Iterable[Obligation] = (),
    centre: str = "",
    province: str = "",
    name: str = "",
    folder: str = "",
    gateway: str = "",
    resolver: str = "",
    holders: Mapping[str, tuple[Holder, ...]] | None = None,
) -> Register:
    """A register put together from its parts; it is not verified here."""
    known = {agency.key: agency for agency in agencies}
    post_by_key = {post.key: post for post in posts}
    by_code = {service.code: service for service in services}
    return Register(
        name=name,
        folder=folder,
        province=province,
        centre=centre,
        agencies=MappingProxyType(known),
        posts=MappingProxyType(post_by_key),
        services=MappingProxyType(by_code),
        sources=MappingProxyType({source.key: source for source in sources}),
        ladders=MappingProxyType({ladder.subject: ladder for ladder in ladders}),
        duties=tuple(duties),
        gateway=gateway,
        resolver=resolver,
        holders=MappingProxyType(dict(holders or {})),
        _index=Index(known, plain(spelled(province))),
        _posts_of=_by_agency(post_by_key.values()),
        _target={key: (s, t) for s in by_code.values() for t in s.targets for key in (*t.formerly, t.key)},
    )


def _by_agency(posts: Iterable[Post]) -> Mapping[str, tuple[Post, ...]]:
    found: dict[str, list[Post]] = {}
    for post in posts:
        found.setdefault(post.agency, []).append(post)
    return {agency: tuple(listed) for agency, listed in found.items()}
