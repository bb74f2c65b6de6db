"""Law 9: any bytes give a decision or an `AttornError`, soon; and no changed byte survives."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st
from tests.laws.edits import mutations
from tests.property.chains import (
    ALLOWED,
    PEOPLE,
    Step,
    build,
    outcome,
    presentation,
    presented,
    resigned,
    verdict,
    verifier,
    wire_of,
)
from tests.property.strategies import Scene, law, scenes

from attorn import Request, Token
from attorn.biscuit.admission import admit
from attorn.biscuit.container import ProofKind, parse
from attorn.biscuit.signature import seal
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError
from attorn.limits import Limits
from attorn.revocation import RevocationEntry

MOST_SECONDS = 10
"""Far above the budget, which benchmarks hold: this is for hangs."""
REQUEST = Request(action="events:read", resource="cal://alice/2026-11", args={"n": 3})
PLAIN = build(PEOPLE[0], [Step(PEOPLE[1]), Step(PEOPLE[2])])
SAMPLES = (
    base64url_decode(presented(PLAIN, presentation(REQUEST))),
    base64url_decode(PLAIN.token().encode()),
    PLAIN.blocks[0].payload,
)


def _attempt(work: Callable[[], object]) -> None:
    """Run `work`: it may return or raise an `AttornError`, soon."""
    start = time.perf_counter()
    with suppress(AttornError):
        work()
    assert time.perf_counter() - start < MOST_SECONDS


@st.composite
def _hostile_bytes(draw: st.DrawFn) -> bytes:
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(SAMPLES))
    for change in draw(st.lists(mutations(), min_size=1, max_size=4)):
        data = change(data)
    return data


@law
@given(_hostile_bytes())
def test_every_reader_returns_or_raises_its_own_errors_on_any_bytes(data: bytes) -> None:
    text = base64url_encode(data)
    _attempt(lambda: parse(data, most_blocks=8))
    _attempt(lambda: admit(data, (), Limits()))
    _attempt(lambda: Token.decode(text))
    _attempt(lambda: RevocationEntry.decode(text))
    _attempt(lambda: verifier(PLAIN).authorize(text, REQUEST))


@law
@given(st.text(max_size=60))
@example("\ud800")
@example("A" * 65_537)
@example("")
def test_every_reader_returns_or_raises_its_own_errors_on_any_text(text: str) -> None:
    _attempt(lambda: Token.decode(text))
    _attempt(lambda: RevocationEntry.decode(text))
    _attempt(lambda: base64url_decode(text))
    assert outcome(verifier(PLAIN), text, REQUEST) in ("malformed", "limit_exceeded")


@law
@given(scenes(most=5), st.integers(0, 4), st.lists(mutations(), min_size=1, max_size=2))
def test_a_delegator_who_signs_a_damaged_link_gets_no_more_than_it_had(
    scene: Scene, place: int, changes: list[Callable[[bytes], bytes]]
) -> None:
    chain = scene.chain()
    place %= len(chain.blocks)
    payload = chain.blocks[place].payload
    for change in changes:
        payload = change(payload)
    damaged = resigned(chain, {place: payload})
    wire = presented(damaged, presentation(scene.request))
    start = time.perf_counter()
    found = outcome(verifier(damaged), wire, scene.request)
    assert time.perf_counter() - start < MOST_SECONDS
    if found == ALLOWED and place:
        assert verdict(chain.prefix(place), scene.request) == ALLOWED


@law
@given(scenes(most=4), st.integers(0, 3), mutations())
def test_a_presentation_block_of_other_content_is_refused(
    scene: Scene, extra: int, change: Callable[[bytes], bytes]
) -> None:
    """The holder itself can put nothing into the last block but the one check that belongs there."""
    chain = scene.chain()
    container = parse(base64url_decode(presented(chain, presentation(scene.request))), most_blocks=16)
    last = container.blocks[-1]
    changed = change(last.payload) if extra else last.payload + last.payload
    whole = replace(chain, blocks=container.blocks, people=(*chain.people, chain.holder))
    again = resigned(whole, {len(chain.blocks): changed})
    wire = wire_of(again.blocks, ProofKind.SEAL, seal(chain.holder.signer, again.blocks[-1]))
    found = outcome(verifier(chain), wire, scene.request)
    if found in (ALLOWED, "denied"):
        # Only the id and the window are the holder's to choose.
        assert len(changed) == len(last.payload)
        assert found == verdict(chain, scene.request)
