"""Macaroons put together by hand, field by field, so that a test can lie on purpose. Nothing here is attorn's."""

from __future__ import annotations

import hashlib
import hmac

from nacl.secret import SecretBox

SECRET = bytes(range(40))
OTHER_SECRET = bytes(range(1, 41))
VID = bytes(range(72))
SIGNATURE = bytes(range(200, 232))


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def field(kind: int, value: bytes) -> bytes:
    size, length = len(value), b""
    while size > 127:
        length += bytes((size & 127 | 128,))
        size >>= 7
    return bytes((kind,)) + length + bytes((size,)) + value


def first(condition: bytes = b"a = 1") -> bytes:
    return field(2, condition) + b"\0"


def third(identifier: bytes = b"ask", vid: bytes = VID, location: bytes | None = b"there") -> bytes:
    return (b"" if location is None else field(1, location)) + field(2, identifier) + field(4, vid) + b"\0"


def whole(*caveats: bytes, header: bytes | None = None, signature: bytes = SIGNATURE) -> bytes:
    head = field(1, b"here") + field(2, b"id") if header is None else header
    return b"\x02" + head + b"\0" + b"".join(caveats) + b"\0" + field(6, signature)


def token_key(secret: bytes, identifier: bytes) -> bytes:
    return mac(secret, b"\0ATTORN\0MACAROON KEY\0v1\0" + identifier)


def generated(key: bytes) -> bytes:
    return mac(b"macaroons-key-generator", key)


def chained(signature: bytes, *caveats: bytes | tuple[bytes, bytes]) -> bytes:
    """The signature after these caveats: a condition each, or the verification id and the id of a third party's."""
    for caveat in caveats:
        if isinstance(caveat, bytes):
            signature = mac(signature, caveat)
        else:
            vid, identifier = caveat
            signature = mac(signature, mac(signature, vid) + mac(signature, identifier))
    return signature


def hidden(signature: bytes, key: bytes, nonce: bytes = bytes(24)) -> bytes:
    """The verification id of a caveat that is discharged under `key`."""
    return bytes(SecretBox(signature).encrypt(generated(key), nonce))


def bound(root: bytes, signature: bytes) -> bytes:
    zero = bytes(32)
    return mac(zero, mac(zero, root) + mac(zero, signature))
