"""Attacks 58 to 79: the delegation chain."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from tests.attacks.scene import REQUEST, accepted, refused, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, BOB, MALLORY, PLANNER, SCOUT, Key, Signed, pb

from attorn import Identity, Token
from attorn.errors import DelegationError, MalformedError, NotAdmittedError

BAD_SIGNATURE, NOT_ADMITTED, DENIED = ("bad_signature", 4), ("not_admitted", 1), ("denied", 9)
NOT_ADMITTED = ("not_admitted", 1)
MALFORMED, NOT_HOLDER, BROKEN, OUTSIDE = (
    ("malformed", 1),
    ("not_holder", 8),
    ("broken_chain", 5),
    ("outside_validity", 6),
)
READ = kit.actions(kit.ACTION)
CHAIN = kit.three_links()
PRESENTED = kit.presented(CHAIN, BOB)
TWIN = kit.three_links(id=bytes(16))
OTHER = kit.extend([], ALICE, PLANNER, [READ, kit.resources("cal://alice/2026-11")], id=bytes(16))


def sealed(blocks: list[Signed], holder: Key = BOB) -> str:
    return kit.url64(kit.sealed(blocks, holder))


def with_proof(proof: bytes, blocks: list[Signed] | None = None) -> str:
    return kit.url64(kit.container(blocks or PRESENTED, proof))


def v0(signer: Key, block: Signed, version: int | None = None) -> Signed:
    """The same block signed in the layout that does not cover the previous signature."""
    return replace(block, signature=signer.sign(kit.payload_v0(block.payload, block.next_key)), version=version)


V0_FIRST = kit.extend([], ALICE, PLANNER, [READ])
V0_LINK = v0(PLANNER, kit.extend(V0_FIRST, PLANNER, SCOUT)[1])
EXTERNAL = pb(4, pb(1, MALLORY.sign(b"x")) + pb(2, MALLORY.message))


def with_external(message: bytes) -> bytes:
    """A signed block with an external signature put before its version."""
    return message[:-2] + EXTERNAL + message[-2:]


SURGERY: dict[str, tuple[str, str, int]] = {
    "58-link-of-another-token": (
        sealed(kit.presented([TWIN[0], *CHAIN[1:]], BOB)),
        *BAD_SIGNATURE,
    ),
    "58-tail-of-another-token": (sealed([TWIN[0], *PRESENTED[1:]]), *BAD_SIGNATURE),
    "58-presentation-of-another-token": (sealed([*kit.extend(CHAIN[:2], SCOUT, BOB), PRESENTED[3]]), *BAD_SIGNATURE),
    "59-last-link-stripped": (sealed([*CHAIN[:2], PRESENTED[3]]), *BAD_SIGNATURE),
    "59-presentation-stripped": (with_proof(pb(2, kit.seal(BOB, PRESENTED[3])), CHAIN), *NOT_HOLDER),
    "59-presentation-stripped-and-sealed-again": (sealed(CHAIN), *NOT_HOLDER),
    "59-first-link-stripped": (sealed(PRESENTED[1:]), *MALFORMED),
    "59-first-link-alone": (sealed(CHAIN[:1], PLANNER), *NOT_HOLDER),
    "59-presentation-alone": (sealed(PRESENTED[3:]), *NOT_HOLDER),
    "60-links-swapped": (sealed([PRESENTED[0], PRESENTED[2], PRESENTED[1], PRESENTED[3]]), *BAD_SIGNATURE),
    "60-links-swapped-and-presented": (
        sealed(kit.presented([*CHAIN[:1], CHAIN[2], CHAIN[1]], SCOUT), SCOUT),
        *BAD_SIGNATURE,
    ),
    "61-middle-dropped": (sealed([PRESENTED[0], *PRESENTED[2:]]), *MALFORMED),
    "61-middle-dropped-and-presented": (sealed(kit.presented([CHAIN[0], CHAIN[2]], BOB)), *BAD_SIGNATURE),
    "62-link-twice": (sealed(kit.presented([*CHAIN, CHAIN[2]], BOB)), *BAD_SIGNATURE),
    "62-first-link-twice": (sealed(kit.presented([CHAIN[0], *CHAIN], BOB)), *MALFORMED),
    "62-presentation-twice": (sealed([*PRESENTED, PRESENTED[3]]), *NOT_ADMITTED),
    "62-same-id-twice": (wire(kit.extend(CHAIN[:1], PLANNER, SCOUT, id=kit.link_id(1)), SCOUT), *BROKEN),
    "63-link-behind-the-presentation": (
        sealed(kit.presented(kit.extend(PRESENTED, BOB, MALLORY), MALLORY), MALLORY),
        *NOT_ADMITTED,
    ),
    "63-link-behind-the-presentation-last": (sealed(kit.extend(PRESENTED, BOB, MALLORY), MALLORY), *NOT_ADMITTED),
    "63-two-presentations": (sealed(kit.presented(PRESENTED, BOB, id=bytes(16))), *NOT_ADMITTED),
    "63-presentation-in-the-middle": (
        sealed(kit.presented(kit.extend(kit.presented(CHAIN[:1], PLANNER), PLANNER, SCOUT), SCOUT), SCOUT),
        *NOT_ADMITTED,
    ),
    "63-presentation-first": (sealed([PRESENTED[3], *PRESENTED[:3]]), *MALFORMED),
    "63-seal-stripped": (with_proof(b""), *NOT_HOLDER),
    "63-seal-empty": (with_proof(pb(2, b"")), *BAD_SIGNATURE),
    "63-seal-zero": (with_proof(pb(2, bytes(64))), *BAD_SIGNATURE),
    "63-seal-by-another": (with_proof(pb(2, kit.seal(MALLORY, PRESENTED[3]))), *BAD_SIGNATURE),
    "63-seal-of-the-link": (with_proof(pb(2, kit.seal(BOB, CHAIN[2]))), *BAD_SIGNATURE),
    "63-seal-is-the-signature": (with_proof(pb(2, PRESENTED[3].signature)), *BAD_SIGNATURE),
    "63-secret-instead-of-seal": (with_proof(pb(1, BOB.seed)), *NOT_HOLDER),
    "63-secret-empty": (with_proof(pb(1, b"")), *NOT_HOLDER),
    "64-another-delegator": (wire(kit.extend(CHAIN[:1], MALLORY, SCOUT), SCOUT), *BAD_SIGNATURE),
    "64-root-delegates-again": (wire(kit.extend(CHAIN[:1], ALICE, SCOUT), SCOUT), *BAD_SIGNATURE),
    "64-delegate-signs-the-root-link": (
        wire(kit.extend([], PLANNER, PLANNER, [READ], user=kit.octets(ALICE.multikey)), PLANNER),
        *BAD_SIGNATURE,
    ),
    "64-delegator-named-in-a-later-link": (
        wire(
            kit.extend(
                CHAIN[:1],
                PLANNER,
                SCOUT,
                facts=[kit.fact("user", kit.octets(PLANNER.multikey)), *kit.link_facts(CHAIN[:1], PLANNER)],
            ),
            SCOUT,
        ),
        *NOT_ADMITTED,
    ),
    "64-next-key-swapped": (
        sealed([PRESENTED[0], replace(PRESENTED[1], next_key=MALLORY), *PRESENTED[2:]]),
        *BAD_SIGNATURE,
    ),
    "64-presentation-with-another-next-key": (wire(CHAIN, BOB, next_key=MALLORY), *BROKEN),
    "64-presentation-hands-on-to-the-sealer": (
        kit.url64(kit.sealed(kit.presented(CHAIN, BOB, next_key=MALLORY), MALLORY)),
        *BROKEN,
    ),
    "41-signed-in-v0": (sealed(kit.presented([v0(ALICE, V0_FIRST[0])], PLANNER), PLANNER), *BAD_SIGNATURE),
    "41-link-signed-in-v0": (sealed(kit.presented([V0_FIRST[0], V0_LINK], SCOUT), SCOUT), *BAD_SIGNATURE),
    "41-v0-link-of-another-token": (sealed(kit.presented([CHAIN[0], V0_LINK], SCOUT), SCOUT), *BAD_SIGNATURE),
    "41-v0-labelled-v1": (sealed(kit.presented([v0(ALICE, V0_FIRST[0], 1)], PLANNER), PLANNER), *BAD_SIGNATURE),
    "41-v1-labelled-v0": (
        sealed(kit.presented([replace(V0_FIRST[0], version=None)], PLANNER), PLANNER),
        *BAD_SIGNATURE,
    ),
    "41-v1-labelled-v2": (sealed(kit.presented([replace(V0_FIRST[0], version=2)], PLANNER), PLANNER), *BAD_SIGNATURE),
    "41-presentation-in-v0": (sealed([*CHAIN, v0(BOB, PRESENTED[3])]), *BAD_SIGNATURE),
    "58-root-link-covers-a-previous-signature": (
        wire(kit.extend([], ALICE, PLANNER, [READ], previous=CHAIN[0].signature), PLANNER),
        *BAD_SIGNATURE,
    ),
    "58-link-without-previous-signature": (
        wire(kit.extend(CHAIN[:1], PLANNER, SCOUT, previous=b""), SCOUT),
        *BAD_SIGNATURE,
    ),
    "73-external-signature": (
        kit.url64(
            kit.container(
                [PRESENTED[0].message, with_external(PRESENTED[1].message), *PRESENTED[2:]],
                pb(2, kit.seal(BOB, PRESENTED[3])),
            )
        ),
        *BAD_SIGNATURE,
    ),
    "73-external-signature-on-the-first": (
        kit.url64(
            kit.container([with_external(PRESENTED[0].message), *PRESENTED[1:]], pb(2, kit.seal(BOB, PRESENTED[3])))
        ),
        *BAD_SIGNATURE,
    ),
    "73-external-signature-on-the-presentation": (
        kit.url64(kit.container([*CHAIN, with_external(PRESENTED[3].message)], pb(2, kit.seal(BOB, PRESENTED[3])))),
        *BAD_SIGNATURE,
    ),
    "75-root-not-trusted": (wire(kit.extend([], MALLORY, PLANNER, [READ]), PLANNER), "untrusted_root", 2),
    "75-root-of-another-algorithm": (
        wire(kit.extend([], kit.CAROL_P256, PLANNER, [READ]), PLANNER),
        "untrusted_root",
        2,
    ),
    "75-root-claims-to-be-alice": (
        wire(kit.extend([], MALLORY, PLANNER, [READ], user=kit.octets(ALICE.multikey)), PLANNER),
        *BAD_SIGNATURE,
    ),
    "75-alice-as-text": (wire(kit.extend([], ALICE, PLANNER, [READ], user=kit.text(ALICE.did)), PLANNER), *MALFORMED),
    "75-alice-as-bare-key": (
        wire(kit.extend([], ALICE, PLANNER, [READ], user=kit.octets(ALICE.data)), PLANNER),
        *MALFORMED,
    ),
    "75-alice-as-number": (wire(kit.extend([], ALICE, PLANNER, [READ], user=kit.num(1)), PLANNER), *MALFORMED),
    "77-macaroon-of-nobody": (
        kit.url64(b"\x02\x01\x05hello\x02\x03kid\x00\x00\x06\x20" + bytes(32)),
        "untrusted_root",
        2,
    ),
    "77-macaroon-v1": (kit.url64(b"0013location hello\n0012identifier kid\n"), *MALFORMED),
    "77-jwt": ("eyJhbGciOiJub25lIn0.e30.", *MALFORMED),
    "77-ucan-prefix": ("ucan:" + kit.baseline(), *MALFORMED),
    "77-biscuit-prefix": ("biscuit:" + kit.baseline(), *MALFORMED),
}


@pytest.mark.parametrize(("text", "code", "step"), SURGERY.values(), ids=SURGERY.keys())
def test_surgery(text: str, code: str, step: int) -> None:
    refused(text, code, step)


def test_the_twins_of_the_surgery_are_accepted() -> None:
    accepted(sealed(PRESENTED))
    accepted(wire(OTHER, PLANNER))
    accepted(sealed(kit.presented(TWIN, BOB)))
    accepted(wire(V0_FIRST, PLANNER))
    accepted(wire(kit.extend(CHAIN[:1], PLANNER, SCOUT), SCOUT))
    accepted(wire(kit.extend([], MALLORY, PLANNER, [READ]), PLANNER), by=verifier(roots=[MALLORY.did]))


def test_58_v0_is_refused_because_a_stock_library_accepts_the_splice() -> None:
    biscuit_auth = pytest.importorskip("biscuit_auth")
    root = biscuit_auth.PublicKey.from_bytes(ALICE.data, biscuit_auth.Algorithm.Ed25519)
    first = kit.extend([], ALICE, PLANNER, [READ], id=bytes(16))
    text = sealed([first[0], V0_LINK], SCOUT)
    assert first[0].signature != V0_FIRST[0].signature
    assert (
        biscuit_auth.Biscuit.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), root).block_count()
        == 2
    )


@pytest.mark.parametrize("text", [sealed(PRESENTED), with_proof(pb(1, BOB.seed)), sealed(CHAIN)])
def test_63_a_presentation_is_no_token(text: str) -> None:
    with pytest.raises(MalformedError):
        Token.decode(text)


def test_63_a_presentation_with_its_seal_taken_off_cannot_be_extended() -> None:
    with pytest.raises(NotAdmittedError):
        Token.decode(with_proof(b""))
    token = Token.decode(kit.url64(kit.container(CHAIN, b"")))
    with pytest.raises(DelegationError):
        Identity.from_seed(MALLORY.seed).delegate(token, to=MALLORY.did)
    with pytest.raises(DelegationError):
        Identity.from_seed(MALLORY.seed).present(token, REQUEST, audience=kit.AUDIENCE)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_bad_signature_is_told_by_the_position_of_its_block(stage: int) -> None:
    for position in range(1, stage + 2):
        blocks = kit.presented(CHAIN[:stage], (PLANNER, SCOUT, BOB)[stage - 1])
        blocks[position - 1] = replace(blocks[position - 1], signature=bytes(64))
        error = refused(sealed(blocks, (PLANNER, SCOUT, BOB)[stage - 1]), *BAD_SIGNATURE)
        assert str(error).startswith(f"block {position}: ")
