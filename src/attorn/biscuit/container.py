"""The Biscuit container: signed blocks and a proof, parsed from one canonical encoding and written back to it.

Source: Biscuit specification 3.3, messages `Biscuit`, `SignedBlock`, `ExternalSignature`, `PublicKey`, `Proof`.
Parsing says nothing about signatures or contents: what comes out is as untrusted as what went in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from attorn.biscuit.wire import read_length, read_varint, write_bytes_field, write_varint_field
from attorn.errors import LimitError, MalformedError
from attorn.keys.public import Algorithm, PublicKey

_ALGORITHMS = (Algorithm.ED25519, Algorithm.P256)
_TAIL_SHAPE = re.compile(rb"\x12\x24\x08\x00\x12\x20.{32}\x1a\x40.{64}\x28\x01", re.DOTALL)
"""What follows the payload of nearly every block: an Ed25519 next key, a signature, version 1."""
_TAIL = 106


class ProofKind(Enum):
    """What ends a container."""

    IN_TRANSIT = "in transit"
    """An empty `Proof`: nothing that could be used. Stock libraries refuse it, and so they should."""
    SEAL = "seal"
    """`finalSignature`: the last key signed the last block, and nothing can be appended."""
    BEARER = "next secret"
    """`nextSecret`: a bearer token. attorn reads it for interoperability and never accepts or makes one."""


@dataclass(frozen=True, slots=True)
class ExternalSignature:
    """A third party's signature over a block: wire form of the signature, and the key it names."""

    signature: bytes
    key: PublicKey


@dataclass(frozen=True, slots=True)
class SignedBlock:
    """One block as it is signed. `signature` is in wire form: 64 bytes for Ed25519, DER for P-256."""

    payload: bytes
    next_key: PublicKey
    signature: bytes
    external: ExternalSignature | None = None
    version: int = 1

    def encode(self) -> bytes:
        """The `SignedBlock` message."""
        out = write_bytes_field(1, self.payload) + write_bytes_field(2, _encode_key(self.next_key))
        out += write_bytes_field(3, self.signature)
        if self.external is not None:
            message = write_bytes_field(1, self.external.signature) + write_bytes_field(
                2, _encode_key(self.external.key)
            )
            out += write_bytes_field(4, message)
        return out + write_varint_field(5, self.version) if self.version else out


@dataclass(frozen=True, slots=True)
class Container:
    """Blocks (the first is the authority block), the proof, and the unsigned root key hint."""

    blocks: tuple[SignedBlock, ...]
    proof: ProofKind
    proof_bytes: bytes = b""
    root_key_id: int | None = None

    def encode(self) -> bytes:
        """The `Biscuit` message."""
        head = b"" if self.root_key_id is None else write_varint_field(1, self.root_key_id)
        return head + encode_blocks(self.blocks) + encode_proof(self.proof, self.proof_bytes)


def encode_blocks(blocks: tuple[SignedBlock, ...]) -> bytes:
    """The fields 2 and 3 of `Biscuit`: what a later block never changes."""
    return b"".join(write_bytes_field(3 if index else 2, block.encode()) for index, block in enumerate(blocks))


def encode_proof(kind: ProofKind, value: bytes) -> bytes:
    """The field 4 of `Biscuit`."""
    if kind is ProofKind.IN_TRANSIT:
        return write_bytes_field(4, b"")
    return write_bytes_field(4, write_bytes_field(1 if kind is ProofKind.BEARER else 2, value))


@dataclass(frozen=True, slots=True)
class Outline:
    """Where things stand in a container: for each block where its field starts, where its message starts and stops."""

    spans: tuple[tuple[int, int, int], ...]
    proof: ProofKind
    proof_bytes: bytes
    root_key_id: int | None


def outline(data: bytes, *, most_blocks: int) -> Outline:
    """The outline of the container in `data`. Raises `MalformedError`, or `LimitError` above `most_blocks`."""
    index, end = 0, len(data)
    root_key_id = None
    if data[:1] == b"\x08":
        root_key_id, index = read_varint(data, 1, end)
        if root_key_id >= 1 << 32:
            raise MalformedError("root key id does not fit 32 bits")
    spans: list[tuple[int, int, int]] = []
    while index < end and data[index] == (0x1A if spans else 0x12):
        if len(spans) == most_blocks:
            raise LimitError(f"expected at most {most_blocks} blocks")
        stop, start = read_length(data, index + 1, end)
        spans.append((index, start, stop))
        index = stop
    if not spans or index >= end or data[index] != 0x22:
        raise MalformedError("expected blocks and then a proof, in the order of the schema")
    stop, start = read_length(data, index + 1, end)
    if stop != end:
        raise MalformedError("bytes after the proof")
    kind, value = _parse_proof(data, start, stop)
    return Outline(tuple(spans), kind, value, root_key_id)


def parse(data: bytes, *, most_blocks: int) -> Container:
    """The container in `data`. Raises `MalformedError`, or `LimitError` above `most_blocks`."""
    found = outline(data, most_blocks=most_blocks)
    blocks = tuple(parse_block(data, start, stop) for _, start, stop in found.spans)
    if blocks[0].external is not None:
        raise MalformedError("the authority block may not carry an external signature")
    return Container(blocks, found.proof, found.proof_bytes, found.root_key_id)


def parse_block(data: bytes, index: int, end: int) -> SignedBlock:
    """The `SignedBlock` that fills data[index:end]."""
    tail = end - _TAIL
    if tail > index and _TAIL_SHAPE.match(data, tail, end) is not None and data[index] == 0x0A:
        stop, start = read_length(data, index + 1, end)
        if stop == tail:
            key = PublicKey(Algorithm.ED25519, data[tail + 6 : tail + 38])
            return SignedBlock(data[start:stop], key, data[tail + 40 : tail + 104])
    payload, index = _required(data, index, end, 0x0A)
    stop, start = _enter(data, index, end, 0x12)
    next_key = _parse_key(data, start, stop)
    signature, index = _required(data, stop, end, 0x1A)
    external = None
    if index < end and data[index] == 0x22:
        stop, start = read_length(data, index + 1, end)
        external = _parse_external(data, start, stop)
        index = stop
    version = 0
    if index < end and data[index] == 0x28:
        version, index = read_varint(data, index + 1, end)
        if version == 0:
            raise MalformedError("version 0 is written by leaving it out")
    if index != end:
        raise MalformedError("unknown or misplaced field in a signed block")
    return SignedBlock(payload, next_key, signature, external, version)


def _enter(data: bytes, index: int, end: int, tag: int) -> tuple[int, int]:
    if index >= end or data[index] != tag:
        raise MalformedError(f"expected protobuf field {tag >> 3}")
    return read_length(data, index + 1, end)


def _required(data: bytes, index: int, end: int, tag: int) -> tuple[bytes, int]:
    stop, start = _enter(data, index, end, tag)
    return data[start:stop], stop


def _encode_key(key: PublicKey) -> bytes:
    return write_varint_field(1, _ALGORITHMS.index(key.algorithm)) + write_bytes_field(2, key.data)


def _parse_key(data: bytes, index: int, end: int) -> PublicKey:
    # Both known algorithms take one byte; the field is required, so Ed25519's 0 is written too.
    if end - index < 4 or data[index] != 0x08 or data[index + 1] > 1:
        raise MalformedError("expected an Ed25519 or P-256 public key")
    algorithm = _ALGORITHMS[data[index + 1]]
    value, index = _required(data, index + 2, end, 0x12)
    if index != end:
        raise MalformedError("unknown field in a public key")
    return PublicKey(algorithm, value)


def _parse_external(data: bytes, index: int, end: int) -> ExternalSignature:
    signature, index = _required(data, index, end, 0x0A)
    stop, start = _enter(data, index, end, 0x12)
    if stop != end:
        raise MalformedError("unknown field in an external signature")
    return ExternalSignature(signature, _parse_key(data, start, stop))


def _parse_proof(data: bytes, index: int, end: int) -> tuple[ProofKind, bytes]:
    if index == end:
        return ProofKind.IN_TRANSIT, b""
    kind = {0x0A: ProofKind.BEARER, 0x12: ProofKind.SEAL}.get(data[index])
    if kind is None:
        raise MalformedError("expected a next secret or a final signature")
    stop, start = read_length(data, index + 1, end)
    if stop != end:
        raise MalformedError("a proof holds one value")
    return kind, data[start:stop]
