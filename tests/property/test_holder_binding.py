"""Law 4: what a token in transit is worth to whoever has it and not the holder's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.property.chains import (
    OTHER_THIEF,
    PEOPLE,
    THIEF,
    Chain,
    Person,
    Step,
    build,
    presentation,
    presented,
    verifier,
    wire_of,
)
from tests.property.strategies import Scene, law, requests, scenes

from attorn import Request
from attorn.biscuit.block import encode
from attorn.biscuit.container import Container, ProofKind, SignedBlock, parse
from attorn.biscuit.signature import seal, sign_block
from attorn.encoding import base64url_decode
from attorn.errors import VerificationError

IMPOSTORS = (*PEOPLE, THIEF, OTHER_THIEF)
impostors = st.sampled_from(IMPOSTORS)


def refused(chain: Chain, wire: str, request: Request) -> bool:
    """Whether a fresh verifier finds the presentation not genuine; a mere `Denied` would not do."""
    with pytest.raises(VerificationError):
        verifier(chain).authorize(wire, request)
    return True


def _as_it_is(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured, request, thief
    return wire_of(chain.blocks, ProofKind.IN_TRANSIT)


def _sealed_by_thief(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured, request
    return wire_of(chain.blocks, ProofKind.SEAL, seal(thief.signer, chain.blocks[-1]))


def _presented_by_thief(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured
    return presented(chain, presentation(request), signer=thief, sealer=thief, next_key=thief.key)


def _presented_by_thief_in_the_holder_s_name(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured
    return presented(chain, presentation(request), signer=thief, sealer=thief)


def _presented_with_a_seal_of_nothing(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    data = base64url_decode(presented(chain, presentation(request), signer=thief))
    return wire_of(_blocks(data), ProofKind.SEAL, b"\x00" * 64)


def _as_a_bearer_token(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured, request, thief
    return wire_of(chain.blocks, ProofKind.BEARER, b"\xee" * 32)


def _cut_short(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured
    shorter = chain.prefix(max(1, len(chain.blocks) - 1))
    return presented(shorter, presentation(request), signer=thief, sealer=thief, next_key=thief.key)


def _extended_to_thief(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del captured
    step = build(chain.people[-1], [Step(thief, signer=thief)])
    last = sign_block(thief.signer, step.blocks[0].payload, thief.key, chain.blocks[-1].signature)
    longer = replace(chain, blocks=(*chain.blocks, last), people=(*chain.people, thief))
    return presented(longer, presentation(request))


def _receiver_strips_the_presentation(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del request, thief
    data = base64url_decode(captured)
    return wire_of(_blocks(data)[:-1], ProofKind.SEAL, _seal(data))


def _receiver_extends_the_presentation(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    blocks = _blocks(base64url_decode(captured))
    payload = encode((), (presentation(request, number=9).check(),), chain.symbols)
    last = sign_block(thief.signer, payload, thief.key, blocks[-1].signature)
    return wire_of((*blocks, last), ProofKind.SEAL, seal(thief.signer, last))


def _receiver_presents_afresh(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    afresh = _blocks(base64url_decode(presented(chain, presentation(request, number=9), signer=thief)))
    return wire_of(afresh, ProofKind.SEAL, _seal(base64url_decode(captured)))


def _receiver_moves_the_presentation_to_a_prefix(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del request, thief
    data = base64url_decode(captured)
    blocks = _blocks(data)
    return wire_of((*blocks[:-2], blocks[-1]), ProofKind.SEAL, _seal(data))


def _receiver_unseals(chain: Chain, captured: str, request: Request, thief: Person) -> str:
    del request, thief
    return wire_of(_blocks(base64url_decode(captured)), ProofKind.IN_TRANSIT)


def _blocks(data: bytes) -> tuple[SignedBlock, ...]:
    return _container(data).blocks


def _seal(data: bytes) -> bytes:
    return _container(data).proof_bytes


def _container(data: bytes) -> Container:
    return parse(data, most_blocks=64)


ATTEMPTS = (
    _as_it_is,
    _sealed_by_thief,
    _presented_by_thief,
    _presented_by_thief_in_the_holder_s_name,
    _presented_with_a_seal_of_nothing,
    _as_a_bearer_token,
    _cut_short,
    _extended_to_thief,
    _receiver_strips_the_presentation,
    _receiver_extends_the_presentation,
    _receiver_presents_afresh,
    _receiver_moves_the_presentation_to_a_prefix,
    _receiver_unseals,
)
Attempt = Callable[[Chain, str, Request, Person], str]


@law
@given(scenes(), st.sampled_from(ATTEMPTS), st.sampled_from((THIEF, OTHER_THIEF)), requests())
def test_nobody_without_the_holder_s_key_can_use_a_token(
    scene: Scene, attempt: Attempt, thief: Person, wanted: Request
) -> None:
    chain = scene.chain()
    captured = presented(chain, presentation(scene.request))
    assert refused(chain, attempt(chain, captured, wanted, thief), wanted)


@law
@given(scenes(most=5), st.sampled_from(("signer", "sealer", "key", "key and seal")), impostors)
def test_a_presentation_with_any_one_part_by_another_is_refused(scene: Scene, part: str, other: Person) -> None:
    chain = scene.chain()
    assume(other.key != chain.holder.key)
    wire = presented(
        chain,
        presentation(scene.request),
        signer=other if part == "signer" else None,
        sealer=other if part in ("sealer", "key and seal") else None,
        next_key=other.key if part in ("key", "key and seal") else None,
    )
    assert refused(chain, wire, scene.request)
