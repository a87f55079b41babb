"""Whose fault a failure is: the table, line by line, and the page that prints it."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path

import pytest

from monitor.core.attribution import Fault, Part, Showing, Shown
from monitor.core.fault_table import OURS, TABLE, Attribution, Rule, Saw, attribute, cause_of, saw_of
from monitor.core.look import UNKNOWN_CAUSES, Cause

ROOT = Path(__file__).parents[3]
TERMS = tomllib.loads((ROOT / "monitor" / "templates" / "vi" / "terms.toml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "attribution.md").read_text("utf-8")

WELL = "gateway+ resolver+ resolver_2+ domestic+ foreign+"
SIGNS = {"+": Shown.WORKS, "-": Shown.FAILS, "!": Shown.BLOCKED, "?": Shown.UNJUDGED}
PROXIED = "gateway? resolver? resolver_2?"


def panel(text: str) -> list[Showing]:
    """ "gateway+ domestic-": works, fails; ! turns us away, ? cannot be judged; what is not named is absent."""
    return [Showing(part=Part(word[:-1]), shown=SIGNS[word[-1]]) for word in text.split()]


@pytest.mark.parametrize(
    ("saw", "shown", "fault", "rule"),
    [
        # Our own network.
        ("no_answer", "gateway- domestic- foreign- front_page- sibling- sign_on-", "own_network", "own_gateway"),
        ("no_name", "gateway- resolver- resolver_2- domestic- foreign-", "own_network", "own_gateway"),
        ("no_name", "gateway+ resolver- resolver_2+ domestic+", "own_network", "own_resolver"),
        ("no_name", "gateway+ resolver- resolver_2+ domestic- foreign-", "own_network", "own_resolver"),
        ("no_answer", "domestic- foreign- front_page-", "own_network", "nobody_answers"),
        ("no_tls", "gateway+ domestic- foreign- front_page-", "own_network", "nobody_secure"),
        ("ours", WELL, "own_network", "ours_already"),
        ("no_answer", "gateway+ domestic? foreign?", "own_network", "nobody_asked"),
        # The line of our provider.
        ("no_answer", "gateway+ domestic- foreign- front_page- sibling- sign_on-", "provider", "own_line"),
        ("no_name", "gateway+ resolver- resolver_2- domestic- foreign-", "provider", "own_line"),
        ("no_answer", "gateway+ domestic- foreign+ front_page- sibling-", "provider", "domestic_line"),
        # The portal turns us away.
        ("turned_away", f"{WELL} front_page! sibling!", "blocked_us", "blocked"),
        ("no_answer", f"{WELL} front_page!", "blocked_us", "blocked"),
        ("no_answer", "gateway+ domestic- front_page!", "blocked_us", "blocked"),
        # The name.
        ("no_name", "gateway+ resolver- resolver_2- domestic+ foreign+ front_page-", "dns", "name_gone"),
        ("no_name", "gateway+ domestic+", "dns", "no_name"),
        ("no_name", f"{WELL} front_page+", "unclear", "name_back"),
        # The certificate.
        ("no_tls", f"{WELL} front_page- sibling- sign_on-", "tls", "no_tls"),
        ("no_tls", "", "tls", "no_tls"),
        # Signing on.
        ("error", f"{WELL} front_page+ sign_on-", "sign_on", "sign_on_silent"),
        ("no_answer", f"{WELL} front_page+ sign_on- sibling-", "sign_on", "sign_on_silent"),
        ("login_loop", f"{WELL} front_page+ sign_on+ sibling+", "sign_on", "login_loop"),
        # The whole portal.
        ("no_answer", f"{WELL} front_page- sibling- sign_on-", "whole_portal", "portal_silent"),
        ("no_answer", f"{WELL} front_page-", "whole_portal", "portal_silent"),
        ("error", f"{WELL} front_page- sibling-", "whole_portal", "portal_fails"),
        ("page", f"{WELL} front_page- sibling-", "whole_portal", "portal_fails"),
        ("turned_away", f"{WELL} front_page-", "whole_portal", "portal_fails"),
        ("no_answer", "front_page- sibling-", "whole_portal", "portal_fails"),
        ("error", f"{WELL} front_page+ sign_on+ sibling-", "whole_portal", "procedures_fail"),
        # This procedure only.
        ("error", f"{WELL} front_page+ sign_on+ sibling+", "this_procedure", "this_alone"),
        ("no_answer", f"{WELL} front_page+ sibling+", "this_procedure", "this_alone"),
        ("turned_away", f"{WELL} front_page+ sibling+", "this_procedure", "this_alone"),
        ("error", f"{WELL} front_page+ sign_on- sibling+", "this_procedure", "this_alone"),
        # The page is there, its content is wrong.
        ("page", f"{WELL} front_page+ sign_on+ sibling+", "content", "content"),
        ("page", f"{WELL} front_page+ sibling-", "content", "content"),
        ("page", "", "content", "content"),
        # Unclear.
        ("error", f"{WELL} front_page+", "unclear", "front_page_works"),
        ("no_answer", WELL, "unclear", "nothing_to_compare"),
        ("no_answer", "", "unclear", "nothing_to_compare"),
        # Behind a proxy gateway and name servers cannot be judged; the rest still can.
        ("no_answer", f"{PROXIED} domestic- foreign- front_page-", "own_network", "nobody_answers"),
        ("no_answer", PROXIED, "own_network", "proxy_alone"),
        ("no_tls", PROXIED, "own_network", "proxy_alone"),
        ("no_answer", f"{PROXIED} domestic? foreign?", "own_network", "proxy_alone"),
        ("no_answer", f"{PROXIED} domestic+ foreign+ front_page- sibling-", "whole_portal", "portal_silent"),
        ("no_answer", f"{PROXIED} front_page+ sibling+", "this_procedure", "this_alone"),
        ("turned_away", f"{PROXIED} domestic+ front_page!", "blocked_us", "blocked"),
    ],
)
def test_what_was_met_and_shown_gives_the_fault(saw: str, shown: str, fault: str, rule: str) -> None:
    assert attribute(Saw(saw), panel(shown)) == Attribution(Fault(fault), rule)


def test_every_line_of_the_table_is_reached_and_every_fault_has_one() -> None:
    parts = [p for p in Part if p is not Part.SIGN_ON]
    reached = {
        attribute(met, [Showing(part=part, shown=shown) for part, shown in zip(parts, row, strict=True)]).rule
        for met in Saw
        for row in product((Shown.WORKS, Shown.FAILS, Shown.ABSENT), repeat=len(parts))
    }
    reached |= {"proxy_alone", "nobody_asked", "blocked", "sign_on_silent"}  # by unjudged, blocked, sign-on: above
    assert reached == {rule.name for rule in TABLE}
    assert {rule.fault for rule in TABLE} == set(Fault)


@pytest.mark.parametrize("met", [Saw.ERROR, Saw.PAGE, Saw.TURNED_AWAY, Saw.LOGIN_LOOP])
def test_a_target_that_answered_is_never_put_down_to_our_network(met: Saw) -> None:
    for row in product(Shown, repeat=4):
        parts = (Part.GATEWAY, Part.DOMESTIC, Part.FOREIGN, Part.RESOLVER)
        said = attribute(met, [Showing(part=part, shown=shown) for part, shown in zip(parts, row, strict=True)])
        assert said.fault not in {Fault.OWN_NETWORK, Fault.PROVIDER}


@pytest.mark.parametrize(
    ("cause", "status", "doubtful", "met"),
    [
        (Cause.DNS, None, True, Saw.NO_NAME),
        (Cause.TLS, None, True, Saw.NO_TLS),
        (Cause.TIMEOUT, None, True, Saw.NO_ANSWER),
        (Cause.TIMEOUT, 200, False, Saw.ERROR),
        (Cause.CONNECT, None, True, Saw.NO_ANSWER),
        (Cause.STATUS, 403, False, Saw.TURNED_AWAY),
        (Cause.STATUS, 500, False, Saw.ERROR),
        (Cause.STATUS, 504, True, Saw.NO_ANSWER),
        (Cause.CHALLENGED, 200, False, Saw.TURNED_AWAY),
        (Cause.BANNER, 200, False, Saw.PAGE),
        (Cause.ACTION_MISSING, 200, False, Saw.PAGE),
        (Cause.LOGIN_LOOP, 302, False, Saw.LOGIN_LOOP),
        (Cause.OWN_NETWORK, None, False, Saw.OURS),
    ],
)
def test_what_a_look_met(cause: Cause, status: int | None, *, doubtful: bool, met: Saw) -> None:
    assert saw_of(cause, status, doubtful=doubtful) is met


def test_what_is_not_the_services_fault_is_unknown_and_all_else_stands() -> None:
    assert {fault for fault in Fault if cause_of(fault) in UNKNOWN_CAUSES} == OURS
    assert all(cause_of(fault) is None for fault in set(Fault) - OURS)


@pytest.mark.parametrize("names", [("Fault", Fault), ("Part", Part), ("Shown", Shown), ("Saw", Saw)])
def test_every_word_has_its_vietnamese(names: tuple[str, type[Fault]]) -> None:
    assert set(TERMS[names[0]]) == {one.value for one in names[1]}


def test_every_line_has_its_sentence() -> None:
    assert set(TERMS["rule"]) == {rule.name for rule in TABLE}


def row(rule: Rule) -> str:
    """A line of the table as docs/attribution.md prints it."""
    asked = {
        "answers": rule.answers,
        "works": rule.works,
        "turns us away": rule.blocks,
        "silent": rule.silent,
        "and silent": rule.silent_too,
        "none answers": rule.quiet,
        "cannot be judged": rule.unjudged,
        "none judged": rule.unheard,
    }
    shown = "; ".join(f"{what}: {', '.join(parts)}" for what, parts in asked.items() if parts)
    cells = (rule.name, ", ".join(rule.saw) or "anything", shown, rule.fault.value, TERMS["rule"][rule.name])
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def test_the_page_prints_the_table_line_by_line() -> None:
    assert [line for line in PAGE.splitlines() if line in {row(rule) for rule in TABLE}] == [row(r) for r in TABLE]
