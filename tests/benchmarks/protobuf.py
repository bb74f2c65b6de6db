"""A protobuf writer and reader of the bench's own, and Biscuit containers taken apart, changed and signed again.

Nothing here comes from the library under test, so that a token which its own writer would never make can be made, with
signatures that all verify. Source: Biscuit specification 3.3 (`schema.proto`, signature payload version 1, seal).
Ed25519 only.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

_BLOCK = b"\0BLOCK\0\0VERSION\0\x01\0\0\0\0PAYLOAD\0"
_NEXT_KEY = b"\0ALGORITHM\0\0\0\0\0\0NEXTKEY\0"
_PREVIOUS = b"\0PREVSIG\0"


def varint(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(tag: int, value: int) -> bytes:
    """A varint field."""
    return varint(tag << 3) + varint(value)


def field(tag: int, *parts: bytes) -> bytes:
    """A length-delimited field holding `parts` one after the other."""
    body = b"".join(parts)
    return varint(tag << 3 | 2) + varint(len(body)) + body


def fields(message: bytes) -> list[tuple[int, bytes, bytes]]:
    """The top-level fields of a well-formed message: tag number, content (empty for a varint), and the whole field."""
    out, index = [], 0
    while index < len(message):
        start = index
        key, index = _varint_at(message, index)
        content = b""
        if key & 7 == 2:
            size, index = _varint_at(message, index)
            content = message[index : index + size]
            index += size
        else:
            _, index = _varint_at(message, index)
        out.append((key >> 3, content, message[start:index]))
    return out


def _varint_at(data: bytes, index: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[index]
        index += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, index
        shift += 7


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def seed(name: str) -> bytes:
    """The private seed of a principal of the bench; nobody else's."""
    return sha256(b"attorn benchmark principal " + name.encode()).digest()


@dataclass(frozen=True, slots=True)
class Block:
    """What one block says (a `Block` message) and the seed of the principal it hands over to."""

    payload: bytes
    next_seed: bytes


def assemble(root_seed: bytes, blocks: Sequence[Block], *, extra: bytes = b"") -> bytes:
    """A sealed container, every block and the seal validly signed; `extra` goes into each signed block, unsigned."""
    out, signer, previous = bytearray(), root_seed, None
    last = b""
    for index, block in enumerate(blocks):
        key, _ = crypto_sign_seed_keypair(block.next_seed)
        message = _BLOCK + block.payload + _NEXT_KEY + key
        if previous is not None:
            message += _PREVIOUS + previous
        previous = _sign(signer, message)
        wire_key = field(2, number(1, 0), field(2, key))
        out += field(3 if index else 2, field(1, block.payload), wire_key, field(3, previous), extra, number(5, 1))
        last = block.payload + b"\0\0\0\0" + key + previous
        signer = block.next_seed
    return bytes(out) + field(4, field(2, _sign(signer, last)))


def _sign(signer: bytes, message: bytes) -> bytes:
    _, secret = crypto_sign_seed_keypair(signer)
    return crypto_sign(message, secret)[:64]


def payloads(container: bytes) -> list[bytes]:
    """The `Block` message of every block, in order."""
    return [fields(content)[0][1] for tag, content, _ in fields(container) if tag in (2, 3)]


def message_sizes(container: bytes) -> list[int]:
    """How many bytes each signature of a sealed Ed25519 container covers: every block, then the seal."""
    blocks = payloads(container)
    sizes = [len(_BLOCK) + len(payload) + len(_NEXT_KEY) + 32 for payload in blocks]
    chained = [size + (len(_PREVIOUS) + 64 if index else 0) for index, size in enumerate(sizes)]
    return [*chained, len(blocks[-1]) + 4 + 32 + 64]


def graft(block: bytes, *additions: bytes) -> bytes:
    """The `Block` message with more fields, all in ascending order of their numbers (the one canonical order)."""
    parts = [(tag, whole) for tag, _, whole in fields(block)]
    parts += [(tag, whole) for addition in additions for tag, _, whole in fields(addition)]
    return b"".join(whole for _, whole in sorted(parts, key=lambda part: part[0]))


def symbol_count(blocks: Sequence[bytes]) -> int:
    """How many strings these `Block` messages add to the shared table."""
    return sum(tag == 1 for block in blocks for tag, _, _ in fields(block))
