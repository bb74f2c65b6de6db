"""The idempotency key in a presentation: written, read and refused, and believed by no other block."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from biscuit_auth import AuthorizationError, AuthorizerBuilder, Biscuit, Policy
from tests.property.chains import PEOPLE, Chain, Step, build, presentation, wire_of
from tests.unit.scene import PLANNER, READ, REQUEST, accepted, denied, given, shown, verifier

from attorn import Verifier
from attorn.biscuit.block import encode
from attorn.biscuit.container import ProofKind
from attorn.biscuit.signature import seal, sign_block
from attorn.caveat.unrecognised import Unrecognised
from attorn.datalog import Check, Predicate, Query, Term, integer, octets, string
from attorn.encoding import base64url_decode
from attorn.engine import _stock_key
from attorn.errors import InputError

KEY = "order-17"
WINDOW = 600


BAD = ["", "x" * 256, "é", "a\nb", "a\0b", "\x7f", "\u2028", "\ud800", "\t"]
GOOD = ["x", "x" * 255, " ", "~!\"'\\{}$", "order 17"]


@pytest.mark.parametrize("key", [*BAD, 17, b"x", True], ids=ascii)
def test_a_key_that_is_none_is_not_written(key: Any) -> None:
    with pytest.raises(InputError, match="idempotency key"):
        shown(given(READ), PLANNER, idempotency_key=key)


@pytest.mark.parametrize("key", GOOD)
def test_a_key_that_is_one(key: str) -> None:
    by = verifier(retries=timedelta(seconds=WINDOW))
    token = given(READ)
    tries = [accepted(shown(token, PLANNER, idempotency_key=key), by=by).repeated for _ in range(2)]
    assert tries == [False, True]


CRAFTED = build(PEOPLE[0], [Step(PEOPLE[1], (READ,))])
_numbers = iter(range(1, 1000))


def crafted(chain: Chain, *facts: Predicate, checks: tuple[Check, ...] | None = None) -> str:
    """A presentation with these facts, signed and sealed as it should be."""
    claim = presentation(REQUEST, number=next(_numbers))
    payload = encode(facts, checks or (claim.check(),), chain.symbols)
    last = sign_block(chain.holder.signer, payload, chain.holder.key, chain.blocks[-1].signature)
    return wire_of((*chain.blocks, last), ProofKind.SEAL, seal(chain.holder.signer, last))


def at_the_door(chain: Chain) -> Verifier:
    return verifier(roots=[chain.root.did], retries=timedelta(seconds=WINDOW))


def key_fact(*terms: Term) -> Predicate:
    return Predicate("idempotency", terms)


def test_a_crafted_presentation_that_is_as_it_should_be() -> None:
    by = at_the_door(CRAFTED)
    assert [accepted(crafted(CRAFTED, key_fact(string(KEY))), by=by).repeated for _ in range(2)] == [False, True]


@pytest.mark.parametrize(
    "facts",
    [
        *([key_fact(string(key))] for key in BAD if key != "\ud800"),
        [key_fact()],
        [key_fact(integer(1))],
        [key_fact(octets(b"x"))],
        [key_fact(string("a"), string("b"))],
        [key_fact(string("a")), key_fact(string("b"))],
        [key_fact(string("a")), key_fact(string("a"))],
        [Predicate("operation", (string("events:read"),))],
        [Predicate("idempotent", (string("a"),))],
        [key_fact(string("a")), Predicate("nonce", (octets(bytes(16)),))],
    ],
    ids=lambda facts: ascii(facts)[:60],
)
def test_a_presentation_that_states_anything_else_is_refused(facts: list[Predicate]) -> None:
    with pytest.raises(Exception) as caught:
        at_the_door(CRAFTED).authorize(crafted(CRAFTED, *facts), REQUEST)
    assert getattr(caught.value, "code", None) in ("malformed", "not_admitted"), caught.value
    assert getattr(caught.value, "step", None) == 1


ASKS: Check = (Query((key_fact(string(KEY)),), ()),)


@pytest.mark.parametrize("position", [1, 2])
def test_the_key_of_a_presentation_fulfils_no_check_of_a_link(position: int) -> None:
    """Facts of a block are believed in that block alone; ours, and the stock engine, say so."""
    steps = [Step(PEOPLE[1], (READ,)), Step(PEOPLE[2], ())]
    steps[position - 1] = Step(steps[position - 1].to, (READ, Unrecognised(ASKS)))
    chain = build(PEOPLE[0], steps)
    wire = crafted(chain, key_fact(string(KEY)))
    denied(wire, 9, position, by=at_the_door(chain))
    token = Biscuit.from_bytes(base64url_decode(wire), _stock_key(chain.root.key))
    builder: Any = AuthorizerBuilder()
    builder.add_policy(Policy("allow if true"))
    with pytest.raises(AuthorizationError) as caught:
        builder.build(token).authorize()
    assert f"in block n°{position - 1}: check if idempotency(" in str(caught.value)
