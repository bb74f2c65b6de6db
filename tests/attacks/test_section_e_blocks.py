"""Attacks 74 and 76: what a link's block may hold beside its caveats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.attacks.scene import REQUEST, accepted, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, ISSUED, MALLORY, NOW, PLANNER, SCOUT, Part, pb

from attorn import AttornError

NOT_ADMITTED, MALFORMED = ("not_admitted", 1), ("malformed", 1)
READ = kit.actions(kit.ACTION)


LINK = [kit.fact("user", kit.octets(ALICE.multikey)), kit.fact("link", kit.octets(kit.link_id(1)), kit.date(ISSUED))]
OPERATION_FACT = kit.fact("operation", kit.text(kit.ACTION))
MINTED: dict[str, tuple[list[Part], str, int]] = {
    "76-time": ([*LINK, kit.fact("time", kit.date(NOW))], *NOT_ADMITTED),
    "76-operation": ([*LINK, OPERATION_FACT], *NOT_ADMITTED),
    "76-path": ([*LINK, kit.fact("path", kit.text("cal://alice"))], *NOT_ADMITTED),
    "76-nonce": ([*LINK, kit.fact("nonce", kit.octets(bytes(range(16))))], *NOT_ADMITTED),
    "76-audience": ([*LINK, kit.fact("audience", kit.text(kit.AUDIENCE))], *NOT_ADMITTED),
    "76-right": ([*LINK, kit.fact("right", kit.text("all"))], *NOT_ADMITTED),
    "76-purpose-and-operation": ([*LINK, kit.fact("purpose", kit.text("x")), OPERATION_FACT], *NOT_ADMITTED),
    "76-two-purposes": ([*LINK, kit.fact("purpose", kit.text("x")), kit.fact("purpose", kit.text("y"))], *NOT_ADMITTED),
    "76-purpose-empty": ([*LINK, kit.fact("purpose", kit.text(""))], *NOT_ADMITTED),
    "76-purpose-with-newline": ([*LINK, kit.fact("purpose", kit.text("x\ny"))], *NOT_ADMITTED),
    "76-purpose-bidi": ([*LINK, kit.fact("purpose", kit.text("x\u202ey"))], *NOT_ADMITTED),
    "76-purpose-too-long": ([*LINK, kit.fact("purpose", kit.text("x" * 501))], *NOT_ADMITTED),
    "76-purpose-of-bytes": ([*LINK, kit.fact("purpose", kit.octets(b"x"))], *NOT_ADMITTED),
    "76-purpose-of-two": ([*LINK, kit.fact("purpose", kit.text("x"), kit.text("y"))], *NOT_ADMITTED),
    "76-operation-first": ([OPERATION_FACT, *LINK], *NOT_ADMITTED),
    "76-link-twice": ([*LINK, LINK[1]], *NOT_ADMITTED),
    "76-user-twice": ([LINK[0], *LINK], *NOT_ADMITTED),
    "76-no-link": (LINK[:1], *NOT_ADMITTED),
    "76-no-user": (LINK[1:], *NOT_ADMITTED),
    "76-nothing": ([], *NOT_ADMITTED),
    "76-link-with-a-variable": ([LINK[0], kit.fact("link", kit.var("a"), kit.date(ISSUED))], *MALFORMED),
    "76-link-with-one-term": ([LINK[0], kit.fact("link", kit.octets(bytes(16)))], *NOT_ADMITTED),
    "76-link-with-four-terms": (
        [LINK[0], kit.fact("link", kit.octets(bytes(16)), kit.date(ISSUED), kit.text("did:web:a#k"), kit.num(1))],
        *NOT_ADMITTED,
    ),
    "76-link-terms-swapped": ([LINK[0], kit.fact("link", kit.date(ISSUED), kit.octets(bytes(16)))], *MALFORMED),
    "76-link-id-short": ([LINK[0], kit.fact("link", kit.octets(bytes(15)), kit.date(ISSUED))], *MALFORMED),
    "76-link-id-long": ([LINK[0], kit.fact("link", kit.octets(bytes(17)), kit.date(ISSUED))], *MALFORMED),
    "76-link-id-as-text": ([LINK[0], kit.fact("link", kit.text("0" * 16), kit.date(ISSUED))], *MALFORMED),
    "57-issued-as-number": ([LINK[0], kit.fact("link", kit.octets(bytes(16)), kit.num(ISSUED))], *MALFORMED),
    "76-user-with-two-terms": ([kit.fact("user", kit.octets(ALICE.multikey), kit.num(1)), LINK[1]], *NOT_ADMITTED),
    "76-user-of-a-set": ([kit.fact("user", kit.members(kit.octets(ALICE.multikey))), LINK[1]], *MALFORMED),
}


@pytest.mark.parametrize(("facts", "code", "step"), MINTED.values(), ids=MINTED.keys())
def test_facts_that_a_block_states(facts: list[Part], code: str, step: int) -> None:
    refused(wire(kit.extend([], ALICE, PLANNER, [READ], facts=facts), PLANNER), code, step)


def test_the_twin_of_the_facts_is_accepted() -> None:
    facts = [*LINK, kit.fact("purpose", kit.text("to find a free hour"))]
    assert accepted(wire(kit.extend([], ALICE, PLANNER, [READ], facts=facts), PLANNER)).chain[0].purpose


def with_rule(fields: list[bytes]) -> list[bytes]:
    """`operation("events:delete") <- user($x)`, between the facts and the checks."""
    rule = pb(5, pb(1, pb(1, 3) + pb(2, pb(3, 0))) + pb(2, pb(1, 10) + pb(2, pb(1, 1))))
    first = next(index for index, field in enumerate(fields) if field[0] == 0x32)
    return [*fields[:first], rule, *fields[first:]]


BLOCK_FIELDS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "76-rule": with_rule,
    "74-scope": lambda fields: [*fields, pb(7, pb(1, 0))],
    "74-scope-previous": lambda fields: [*fields, pb(7, pb(1, 1))],
    "74-public-key": lambda fields: [*fields, pb(8, MALLORY.message)],
    "8-datalog-2": lambda fields: [pb(3, 2) if field == pb(3, 3) else field for field in fields],
    "8-datalog-4": lambda fields: [pb(3, 4) if field == pb(3, 3) else field for field in fields],
    "8-datalog-6-without-need": lambda fields: [pb(3, 6) if field == pb(3, 3) else field for field in fields],
    "8-datalog-7": lambda fields: [pb(3, 7) if field == pb(3, 3) else field for field in fields],
    "8-datalog-0": lambda fields: [pb(3, 0) if field == pb(3, 3) else field for field in fields],
}


@pytest.mark.parametrize("edit", BLOCK_FIELDS.values(), ids=BLOCK_FIELDS.keys())
def test_blocks_with_more_than_facts_and_checks(edit: Callable[[list[bytes]], list[bytes]]) -> None:
    accepted(wire(kit.extend([], ALICE, PLANNER, [READ], edit=lambda fields: fields), PLANNER))
    refused(wire(kit.extend([], ALICE, PLANNER, [READ], edit=edit), PLANNER), *NOT_ADMITTED)


SYMBOLS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "74-default-symbol-declared": lambda fields: [pb(1, b"time"), *fields],
    "74-earlier-symbol-declared": lambda fields: [pb(1, b"link"), *fields],
    "74-symbol-twice": lambda fields: [fields[0], *fields],
    "74-unused-symbol": lambda fields: [fields[0], pb(1, b"unused"), *fields[1:]],
    "74-symbols-used-out-of-turn": lambda fields: [*fields[:-2], fields[-1], fields[-2]],
    "74-symbol-behind-the-version": lambda fields: [*fields[1:3], fields[0], *fields[3:]],
}


@pytest.mark.parametrize("edit", SYMBOLS.values(), ids=SYMBOLS.keys())
def test_symbol_tables(edit: Callable[[list[bytes]], list[bytes]]) -> None:
    chain = kit.extend([], ALICE, PLANNER, [READ])
    checks = [kit.actions("a:b", kit.ACTION), kit.resources("cal://alice")]
    accepted(wire(kit.extend(chain, PLANNER, SCOUT, checks, edit=lambda fields: fields), SCOUT))
    with pytest.raises(AttornError) as caught:
        verifier().authorize(wire(kit.extend(chain, PLANNER, SCOUT, checks, edit=edit), SCOUT), REQUEST)
    assert verdict(caught.value) in (MALFORMED, NOT_ADMITTED)
