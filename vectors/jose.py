"""Compact JWS (RFC 7515) written from primitives, right or wrong on purpose. Nothing here imports attorn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .testkit import P256_ORDER, Key, url64

NAMES = ("EdDSA", "ES256")


def raw_signature(by: Key, message: bytes, *, high: bool = False) -> bytes:
    """64 bytes: R and S, or r and s, of which the lower or the higher half."""
    if by.algorithm == 0:
        return by.sign(message)
    r, s = by.sign_numbers(message)
    low = min(s, P256_ORDER - s)
    return r.to_bytes(32, "big") + (P256_ORDER - low if high else low).to_bytes(32, "big")


def unreduced(signature: bytes) -> bytes:
    """An Ed25519 signature whose S is larger by the order of the group, which proves the same to a lax verifier."""
    order = 2**252 + 27742317777372353535851937790883648493
    return signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")


def method(key: Key) -> str:
    """The DID URL of the one key of a did:key."""
    return f"{key.did}#{key.did.removeprefix('did:key:')}"


def header_of(by: Key, typ: str, /, **changes: Any) -> dict[str, Any]:
    """The header by which `by` signs; a change to None takes a member away."""
    return changed({"alg": NAMES[by.algorithm], "kid": method(by), "typ": typ}, **changes)


def changed(members: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """`members` with these changes, where None takes one away."""
    return {name: value for name, value in {**members, **changes}.items() if value is not None}


def part(value: Mapping[str, Any] | bytes) -> str:
    """One part of a JWS: JSON, or these very bytes."""
    return url64(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode())


def jws(
    by: Key,
    header: Mapping[str, Any] | bytes,
    claims: Mapping[str, Any] | bytes,
    *,
    signer: Key | None = None,
    signature: bytes | None = None,
    high: bool = False,
) -> str:
    """A JWS signed by `by`, whatever its header says: by `signer` in its stead, or with a signature handed in."""
    signed = f"{part(header)}.{part(claims)}"
    made = raw_signature(signer or by, signed.encode(), high=high) if signature is None else signature
    return f"{signed}.{url64(made)}"
