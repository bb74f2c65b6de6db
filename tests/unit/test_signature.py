"""What signatures cover, block by block: attorn's one form, and the forms of foreign tokens."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from vectors import testkit as kit
from vectors.testkit import Key, pb

from attorn.biscuit.container import Container, ExternalSignature, ProofKind, SignedBlock, parse
from attorn.biscuit.signature import (
    block_payload,
    seal,
    seal_payload,
    sign_block,
    verifies,
    verify_block,
    verify_foreign,
)
from attorn.errors import SignatureError
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

ED, P256, OTHER = kit.ALICE, kit.CAROL_P256, kit.MALLORY
BEFORE = hashlib.sha512(b"before").digest()
ALGORITHMS = (Algorithm.ED25519, Algorithm.P256)
each_key = pytest.mark.parametrize("key", [ED, P256], ids=["ed25519", "p-256"])


def public(key: Key) -> PublicKey:
    return PublicKey(ALGORITHMS[key.algorithm], key.data)


def signer(key: Key) -> Signer:
    return P256Signer.from_scalar(key.seed) if key.algorithm else Ed25519Signer.from_seed(key.seed)


def block_of(found: kit.Signed) -> SignedBlock:
    next_key = PublicKey(ALGORITHMS[found.next_key.algorithm], found.next_key.data)
    return SignedBlock(found.payload, next_key, found.signature, version=found.version or 0)


@pytest.mark.parametrize("previous", [None, b"", BEFORE], ids=["first", "empty", "later"])
@each_key
def test_what_a_signature_covers(key: Key, previous: bytes | None) -> None:
    covered = kit.payload_v1(b"payload", key, previous)
    assert block_payload(b"payload", public(key), previous) == covered
    assert block_payload(b"payload", public(key), previous, b"outsider") == covered + b"\0EXTERNALSIG\0outsider"
    made = sign_block(signer(key), b"payload", public(OTHER), previous)
    assert made == block_of(kit.sign(key, b"payload", OTHER, previous))
    verify_block(public(key), made, previous, 1)
    assert seal_payload(made) == kit.payload_v0(b"payload", OTHER) + made.signature
    assert seal(signer(key), made) == key.sign(seal_payload(made))


@each_key
def test_a_block_in_another_form_than_attorns(key: Key) -> None:
    """Each is signed by the right key for what it says, and differs in its form alone."""
    good = block_of(kit.sign(key, b"payload", OTHER, BEFORE))
    outsider = ExternalSignature(OTHER.sign(b"payload"), public(OTHER))
    covered = block_payload(b"payload", public(OTHER), BEFORE, outsider.signature)
    for block in (
        replace(good, version=0),
        replace(good, version=2),
        replace(good, version=0, signature=key.sign(kit.payload_v0(b"payload", OTHER))),
        replace(good, external=outsider),
        replace(good, external=outsider, version=0),
        replace(good, external=outsider, signature=key.sign(covered)),
    ):
        with pytest.raises(SignatureError, match="block 7: expected signature version 1") as caught:
            verify_block(public(key), block, BEFORE, 7)
        assert (caught.value.code, caught.value.step) == ("bad_signature", 4)


@each_key
def test_a_block_of_which_anything_else_is_changed(key: Key) -> None:
    good = block_of(kit.sign(key, b"payload", OTHER, BEFORE))
    verify_block(public(key), good, BEFORE, 7)
    for by, block, previous in (
        (OTHER, good, BEFORE),
        (key, good, None),
        (key, good, b""),
        (key, good, BEFORE[:-1]),
        (key, replace(good, payload=b"payloaD"), BEFORE),
        (key, replace(good, next_key=public(key)), BEFORE),
        (key, replace(good, signature=b""), BEFORE),
        (key, replace(good, signature=good.signature + b"\0"), BEFORE),
    ):
        with pytest.raises(SignatureError, match="block 7: the signature does not verify") as caught:
            verify_block(public(by), block, previous, 7)
        assert (caught.value.code, caught.value.step) == ("bad_signature", 4)


def test_a_high_s_signature_is_no_signature() -> None:
    r, s = P256.sign_numbers(b"message")
    low = min(s, kit.P256_ORDER - s)
    assert verifies(public(P256), kit.der(r, low), b"message")
    assert not verifies(public(P256), kit.der(r, kit.P256_ORDER - low), b"message")
    assert not verifies(public(P256), kit.der(r, low, pad=1), b"message")
    assert not verifies(public(P256), b"", b"message")


def foreign(holder: Key, *, version: int = 1) -> list[kit.Signed]:
    """Two blocks of another library, the first by Ed25519: the holder's is the last next key."""
    if version == 1:
        first = kit.sign(ED, b"first", P256, None)
        return [first, kit.sign(P256, b"second", holder, first.signature)]
    first = kit.Signed(b"first", P256, ED.sign(kit.payload_v0(b"first", P256)), None)
    return [first, kit.Signed(b"second", holder, P256.sign(kit.payload_v0(b"second", holder)), None)]


def read(blocks: list[kit.Signed], proof: bytes) -> Container:
    return parse(kit.container(blocks, proof), most_blocks=8)


def refused(container: Container, why: str, root: Key = ED) -> None:
    with pytest.raises(SignatureError, match=why) as caught:
        verify_foreign(container, public(root))
    assert (caught.value.code, caught.value.step) == ("bad_signature", 4)


@pytest.mark.parametrize("version", [0, 1])
@each_key
def test_foreign_tokens(key: Key, version: int) -> None:
    blocks = foreign(key, version=version)
    verify_foreign(read(blocks, pb(2, kit.seal(key, blocks[-1]))), public(ED))
    verify_foreign(read(blocks, pb(1, key.seed)), public(ED))
    sealed = read(blocks, pb(2, kit.seal(key, blocks[-1])))
    refused(sealed, "block 0: the signature does not verify", OTHER)
    for position, name in ((0, "block 0"), (1, "block 1")):
        for changed in ({"payload": b"other"}, {"signature": BEFORE}, {"next_key": public(OTHER)}):
            parts = list(sealed.blocks)
            parts[position] = replace(parts[position], **changed)
            refused(replace(sealed, blocks=tuple(parts)), f"{name}: the signature does not verify")
        parts = list(sealed.blocks)
        parts[position] = replace(parts[position], version=2)
        refused(replace(sealed, blocks=tuple(parts)), f"{name}: signature version 2 is not supported")


@pytest.mark.parametrize("version", [0, 1])
@each_key
def test_proofs_of_foreign_tokens(key: Key, version: int) -> None:
    blocks = foreign(key, version=version)
    for proof in (b"", BEFORE, kit.seal(OTHER, blocks[-1]), kit.seal(key, blocks[0]), blocks[-1].signature):
        refused(read(blocks, pb(2, proof)), "the seal does not verify")
    for secret in (b"", bytes(32), OTHER.seed, kit.DAVE_P256.seed, key.seed + b"\0", key.seed[:-1]):
        refused(read(blocks, pb(1, secret)), "not the secret")
    refused(read(blocks, b""), "not the secret")
    # A secret where a seal is said to be, and a seal where a secret is.
    refused(read(blocks, pb(2, key.seed)), "the seal does not verify")
    refused(read(blocks, pb(1, kit.seal(key, blocks[-1]))), "not the secret")
    # No secret makes up for its kind.
    refused(Container(read(blocks, b"").blocks, ProofKind.IN_TRANSIT, key.seed), "not the secret")


def third_party(key: Key, outsider: Key, *, previous: bytes | None = None, version: int = 1) -> Container:
    """A token whose second block carries the signature of an outsider over it and over the block before."""
    first = kit.sign(ED, b"first", P256, None)
    covered = b"\0EXTERNAL\0\0VERSION\0\x01\0\0\0\0PAYLOAD\0second\0PREVSIG\0"
    external = ExternalSignature(
        outsider.sign(covered + (first.signature if previous is None else previous)), public(outsider)
    )
    message = block_payload(b"second", public(key), first.signature, external.signature)
    second = SignedBlock(b"second", public(key), P256.sign(message), external, version)
    return Container((block_of(first), second), ProofKind.BEARER, key.seed)


@pytest.mark.parametrize("outsider", [OTHER, kit.DAVE_P256], ids=["ed25519", "p-256"])
@each_key
def test_third_party_blocks(key: Key, outsider: Key) -> None:
    good = third_party(key, outsider)
    verify_foreign(good, public(ED))
    refused(third_party(key, outsider, previous=b""), "block 1: the external signature does not verify")
    refused(third_party(key, outsider, previous=BEFORE), "block 1: the external signature does not verify")
    refused(third_party(key, outsider, version=0), "block 1: signature version 0 is not supported")
    external = good.blocks[1].external
    assert external is not None
    named = replace(good.blocks[1], external=replace(external, key=public(kit.PLANNER)))
    refused(replace(good, blocks=(good.blocks[0], named)), "block 1: the external signature does not verify")
    stripped = replace(good.blocks[1], external=None)
    refused(replace(good, blocks=(good.blocks[0], stripped)), "block 1: the signature does not verify")


def test_a_foreign_high_s_signature_is_genuine() -> None:
    first = kit.sign(ED, b"first", P256, None)
    message = block_payload(b"second", public(OTHER), first.signature)
    r, s = P256.sign_numbers(message)
    for number in (s, kit.P256_ORDER - s):
        second = SignedBlock(b"second", public(OTHER), kit.der(r, number))
        verify_foreign(Container((block_of(first), second), ProofKind.BEARER, OTHER.seed), public(ED))
    second = SignedBlock(b"second", public(OTHER), kit.der(r, s, pad=1))
    refused(Container((block_of(first), second), ProofKind.BEARER, OTHER.seed), "block 1: the signature does not")
