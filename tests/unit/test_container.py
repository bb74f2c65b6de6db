"""The container, field by field: what is written is what the schema says, and each fault is refused for itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from vectors import testkit as kit
from vectors.testkit import pb

from attorn.biscuit.container import Container, ExternalSignature, ProofKind, SignedBlock, outline, parse, parse_block
from attorn.errors import LimitError, MalformedError
from attorn.keys.public import Algorithm, PublicKey

ED, P256 = kit.ALICE, kit.CAROL_P256
ED_KEY, P256_KEY = PublicKey(Algorithm.ED25519, ED.data), PublicKey(Algorithm.P256, P256.data)
PAYLOAD = b"\x04abcd"
"""Starts with the length of its own rest: read from one byte too far, it would still be a payload."""
SIGNATURE = bytes(range(64))
EXTERNAL = pb(4, pb(1, b"other") + pb(2, P256.message))


def signed(*tail: bytes, key: bytes = ED.message, signature: bytes = SIGNATURE) -> bytes:
    return pb(1, PAYLOAD) + pb(2, key) + pb(3, signature) + b"".join(tail)


USUAL = signed(pb(5, 1))
BLOCK = SignedBlock(PAYLOAD, ED_KEY, SIGNATURE)
OUTSIDER = ExternalSignature(b"other", P256_KEY)
BLOCKS: dict[str, tuple[bytes, SignedBlock]] = {
    "usual": (USUAL, BLOCK),
    "version-0": (signed(), replace(BLOCK, version=0)),
    "version-2": (signed(pb(5, 2)), replace(BLOCK, version=2)),
    "version-300": (signed(pb(5, 300)), replace(BLOCK, version=300)),
    "p-256": (signed(pb(5, 1), key=P256.message), replace(BLOCK, next_key=P256_KEY)),
    "a-longer-signature": (signed(pb(5, 1), signature=bytes(71)), replace(BLOCK, signature=bytes(71))),
    "external": (signed(EXTERNAL, pb(5, 1)), replace(BLOCK, external=OUTSIDER)),
    "external-version-0": (signed(EXTERNAL), replace(BLOCK, external=OUTSIDER, version=0)),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_are_read_and_written_back(name: str) -> None:
    data, block = BLOCKS[name]
    assert parse_block(data, 0, len(data)) == block
    assert parse_block(b"?" + data + b"?", 1, 1 + len(data)) == block
    assert block.encode() == data


KEY = pb(2, ED.message)
FAULTY_BLOCKS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "expected protobuf field 1"),
    "no-payload": (USUAL[7:], "expected protobuf field 1"),
    "payload-alone": (pb(1, PAYLOAD), "expected protobuf field 2"),
    "no-key": (pb(1, PAYLOAD) + pb(3, SIGNATURE), "expected protobuf field 2"),
    "no-signature": (pb(1, PAYLOAD) + KEY, "expected protobuf field 3"),
    "no-signature-but-version": (pb(1, PAYLOAD) + KEY + pb(5, 1), "expected protobuf field 3"),
    "payload-twice": (pb(1, PAYLOAD) + USUAL, "expected protobuf field 2"),
    "payload-as-another-field": (pb(2, PAYLOAD) + USUAL[7:], "expected protobuf field 1"),
    "payload-shorter-than-it-says": (b"\x0a\x06" + USUAL[2:], "expected protobuf field 2"),
    "payload-longer-than-it-says": (b"\x0a\x04" + USUAL[2:], "expected protobuf field 2"),
    "a-byte-before-the-payload": (b"\x0a\x00\x05" + USUAL[2:], "expected protobuf field 2"),
    "signature-before-key": (pb(1, PAYLOAD) + pb(3, SIGNATURE) + KEY, "expected protobuf field 2"),
    "version-0-written": (signed(pb(5, 0)), "leaving it out"),
    "version-twice": (signed(pb(5, 1), pb(5, 1)), "unknown or misplaced"),
    "version-cut-short": (signed(b"\x28"), "cut short"),
    "version-before-external": (signed(pb(5, 1), EXTERNAL), "unknown or misplaced"),
    "a-byte-behind-the-version": (signed(pb(5, 1), b"\0"), "unknown or misplaced"),
    "field-6": (signed(pb(6, 1)), "unknown or misplaced"),
    "field-6-behind-the-version": (signed(pb(5, 1), pb(6, 1)), "unknown or misplaced"),
    "external-twice": (signed(EXTERNAL, EXTERNAL, pb(5, 1)), "unknown or misplaced"),
    "external-empty": (signed(pb(4, b""), pb(5, 1)), "expected protobuf field 1"),
    "external-without-key": (signed(pb(4, pb(1, b"other")), pb(5, 1)), "expected protobuf field 2"),
    "external-without-signature": (signed(pb(4, KEY), pb(5, 1)), "expected protobuf field 1"),
    "external-with-a-tail": (signed(pb(4, pb(1, b"other") + KEY + b"\0"), pb(5, 1)), "in an external signature"),
    "external-past-the-end": (signed(b"\x22\x7f"), "past its message"),
    "key-empty": (signed(pb(5, 1), key=b""), "public key"),
    "key-of-one-byte": (signed(pb(5, 1), key=b"\x08"), "public key"),
    "key-of-algorithm-alone": (signed(pb(5, 1), key=b"\x08\x00"), "public key"),
    "key-without-algorithm": (signed(pb(5, 1), key=pb(2, ED.data)), "public key"),
    "key-of-algorithm-2": (signed(pb(5, 1), key=pb(1, 2) + pb(2, ED.data)), "public key"),
    "key-of-algorithm-255": (signed(pb(5, 1), key=b"\x08\xff" + pb(2, ED.data)), "public key"),
    "key-of-no-bytes": (signed(pb(5, 1), key=pb(1, 0) + pb(2, b"")), "expected 32 bytes"),
    "key-of-field-3": (signed(pb(5, 1), key=pb(1, 0) + pb(3, ED.data)), "expected protobuf field 2"),
    "key-with-a-tail": (signed(pb(5, 1), key=ED.message + b"\0"), "in a public key"),
    "key-of-the-other-algorithm": (signed(pb(5, 1), key=pb(1, 1) + pb(2, ED.data)), "33 bytes"),
}


@pytest.mark.parametrize("name", FAULTY_BLOCKS)
def test_faulty_blocks(name: str) -> None:
    data, why = FAULTY_BLOCKS[name]
    with pytest.raises(MalformedError, match=why) as caught:
        parse_block(data, 0, len(data))
    assert (caught.value.code, caught.value.step) == ("malformed", 1)


@pytest.mark.parametrize("place", [0, 1, 7, 8, 9, 10, 11, 12, 45, 46, 111, 112])
def test_a_changed_byte_between_the_values_is_refused_or_kept(place: int) -> None:
    """Nearly every block has one shape, which is read by a short way: it must not read what another shape says."""
    refused = 0
    for byte in set(range(256)) - {USUAL[place]}:
        data = USUAL[:place] + bytes((byte,)) + USUAL[place + 1 :]
        try:
            assert parse_block(data, 0, len(data)).encode() == data
        except MalformedError:
            refused += 1
    # Other versions are 2 to 127, and a signature of 66 bytes holds the version's two.
    assert refused == {112: 255 - 126, 46: 255 - 1}.get(place, 255)


FIRST, SECOND = pb(2, USUAL), pb(3, signed(EXTERNAL, pb(5, 1)))
PROOFS: dict[str, tuple[bytes, ProofKind, bytes]] = {
    "in-transit": (b"", ProofKind.IN_TRANSIT, b""),
    "bearer": (pb(1, bytes(32)), ProofKind.BEARER, bytes(32)),
    "bearer-of-nothing": (pb(1, b""), ProofKind.BEARER, b""),
    "seal": (pb(2, SIGNATURE), ProofKind.SEAL, SIGNATURE),
}


@pytest.mark.parametrize("root_key_id", [None, 0, 5, 300, (1 << 32) - 1], ids=str)
@pytest.mark.parametrize("name", PROOFS)
def test_containers_are_read_and_written_back(name: str, root_key_id: int | None) -> None:
    proof, kind, value = PROOFS[name]
    head = b"" if root_key_id is None else pb(1, root_key_id)
    data = head + FIRST + SECOND + pb(4, proof)
    container = Container((BLOCK, replace(BLOCK, external=OUTSIDER)), kind, value, root_key_id)
    assert parse(data, most_blocks=2) == container
    assert container.encode() == data
    found = outline(data, most_blocks=2)
    middle = len(head) + len(FIRST)
    assert found.spans == ((len(head), len(head) + 2, middle), (middle, middle + 3, middle + len(SECOND)))
    assert (found.proof, found.proof_bytes, found.root_key_id) == (kind, value, root_key_id)


PROOF = pb(4, b"")
FAULTY: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "blocks and then a proof"),
    "proof-alone": (PROOF, "blocks and then a proof"),
    "root-key-id-alone": (pb(1, 5), "blocks and then a proof"),
    "root-key-id-cut-short": (b"\x08", "cut short"),
    "root-key-id-of-33-bits": (pb(1, 1 << 32) + FIRST + PROOF, "32 bits"),
    "root-key-id-of-34-bits": (pb(1, 1 << 33) + FIRST + PROOF, "32 bits"),
    "root-key-id-twice": (pb(1, 5) * 2 + FIRST + PROOF, "blocks and then a proof"),
    "no-proof": (FIRST, "blocks and then a proof"),
    "no-proof-behind-two-blocks": (FIRST + SECOND, "blocks and then a proof"),
    "proof-cut-short": (FIRST + b"\x22", "cut short"),
    "proof-as-field-5": (FIRST + pb(5, b""), "blocks and then a proof"),
    "proof-as-a-number": (FIRST + b"\x23\x00", "blocks and then a proof"),
    "first-block-as-field-3": (pb(3, USUAL) + PROOF, "blocks and then a proof"),
    "second-block-as-field-2": (FIRST * 2 + PROOF, "blocks and then a proof"),
    "block-behind-the-proof": (FIRST + PROOF + SECOND, "bytes after the proof"),
    "a-byte-behind-the-proof": (FIRST + PROOF + b"\0", "bytes after the proof"),
    "proof-twice": (FIRST + PROOF * 2, "bytes after the proof"),
    "block-past-the-end": (b"\x12\x7f" + USUAL[:9], "past its message"),
    "first-block-external": (pb(2, signed(EXTERNAL, pb(5, 1))) + PROOF, "authority block"),
    "proof-of-field-3": (FIRST + pb(4, pb(3, SIGNATURE)), "next secret or a final signature"),
    "proof-of-a-number": (FIRST + pb(4, b"\x08\x01"), "next secret or a final signature"),
    "proof-of-one-byte": (FIRST + pb(4, b"\x12"), "cut short"),
    "seal-with-a-tail": (FIRST + pb(4, pb(2, SIGNATURE) + b"\0"), "one value"),
    "seal-and-secret": (FIRST + pb(4, pb(2, SIGNATURE) + pb(1, bytes(32))), "one value"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_containers(name: str) -> None:
    data, why = FAULTY[name]
    with pytest.raises(MalformedError, match=why) as caught:
        parse(data, most_blocks=8)
    assert (caught.value.code, caught.value.step) == ("malformed", 1)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_blocks_above_the_limit(most: int) -> None:
    data = FIRST + SECOND * 2 + PROOF
    for read in (parse, outline):
        with pytest.raises(LimitError, match=f"at most {most} blocks") as caught:
            read(data, most_blocks=most)
        assert (caught.value.code, caught.value.step) == ("limit_exceeded", 0)
    assert len(parse(data, most_blocks=3).blocks) == len(outline(data, most_blocks=3).spans) == 3
