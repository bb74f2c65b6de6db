"""Keys that follow from another key and a name: one for each audience, which nobody can tell belong together.

HKDF with SHA-256 (RFC 5869) over the private key. Whoever has a derived key learns nothing of the others.
"""

from __future__ import annotations

from typing import Final

from attorn.errors import InputError
from attorn.keys import ecdsa
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

_SALT: Final = b"attorn pairwise key v1"
_EXTRA: Final = 16
"""How many bytes more than a P-256 scalar has are reduced, so that no scalar is likelier than another."""


def derive(signer: Signer, name: str) -> Signer:
    """The key of the same kind that `signer` has under this name, the same every time.

    Raises `InputError` for an empty name, and for a signer that does not give its private key away.
    """
    if not isinstance(name, str) or not name:
        raise InputError("derived key: expected a name that is not empty")
    try:
        info = name.encode()
    except UnicodeEncodeError:
        raise InputError("derived key: the name holds a lone surrogate") from None
    if isinstance(signer, Ed25519Signer):
        return Ed25519Signer.from_seed(_hkdf(signer.export_secret(), b"Ed25519\0" + info, 32))
    if isinstance(signer, P256Signer):
        drawn = int.from_bytes(_hkdf(signer.export_secret(), b"P-256\0" + info, 32 + _EXTRA), "big")
        return P256Signer.from_scalar((drawn % (ecdsa.ORDER - 1) + 1).to_bytes(32, "big"))
    raise InputError(f"derived key: expected a private key held in memory, got {type(signer).__name__}")


def _hkdf(secret: bytes, info: bytes, size: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - OpenSSL, which most programs never need
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(SHA256(), size, _SALT, info).derive(secret)
