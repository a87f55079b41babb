"""What stands at the head and foot of an agency's documents, as the register has it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.agency import Role
from monitor.register import Register
from monitor.reports.render import terms

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes: the agency above, the agency, its mark in symbols (SCT), the place, the office of who signs."""

    parent: str
    agency: str
    mark: str
    place: str
    signer: str


def letterhead_of(register: Register, agency: str) -> Letterhead:
    """The letterhead of an agency of the register; what the register lacks is left for a person to fill in."""
    name = register.agency_name(agency)
    above = register.ancestors(agency)
    return Letterhead(
        parent=_in_full(register.agency_name(above[0]) if above else f"UBND tỉnh {register.province}".strip()),
        agency=name,
        mark=initials(name),
        place=register.province or ELLIPSIS,
        signer=_signer(register, agency),
    )


def _in_full(name: str) -> str:
    """A people's committee's name as letterheads have it."""
    return f"Ủy ban nhân dân {name.removeprefix('UBND ')}" if name.startswith("UBND ") else name


def initials(name: str) -> str:
    """What an agency's documents are marked with, by its name: "Sở Công Thương" makes SCT."""
    return "".join(word[0] for word in name.split() if word[0].isalpha()).upper()


def _signer(register: Register, agency: str) -> str:
    """The office of who signs, without the agency's name: "GIÁM ĐỐC"."""
    title = next((post.title for post in register.posts_of(agency, {Role.HEAD})), "")
    office = title.removesuffix(register.agency_name(agency)).strip(" ,")
    return (office if office and office != title else terms()["official"]["signer"]).upper()
