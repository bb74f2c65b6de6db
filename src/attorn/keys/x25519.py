"""X25519 keys: what a DID lists for key agreement. attorn derives, reads and writes them; it decrypts nothing.

RFC 7748 section 5; Multikey code `x25519-pub` (0xec) of the multicodec table; JWK by RFC 8037.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from attorn.encoding import base58_decode, base58_encode, base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.jwk import require_kid
from attorn.keys.public import Algorithm, PublicKey

CODE: Final = b"\xec\x01"
_FIELD: Final = 2**255 - 19
_ORDER_8: Final = (
    0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
    0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
)
_LOW_ORDER: Final = frozenset((0, 1, _FIELD - 1, *_ORDER_8))
_LONGEST_TEXT: Final = 64


@dataclass(frozen=True, slots=True)
class AgreementKey:
    """A public X25519 key: `data` is the u-coordinate in 32 bytes, in its one spelling and of no small order.

    Raises `MalformedError` for unusable data, and `InputError` for anything but bytes.
    """

    data: bytes

    def __post_init__(self) -> None:
        if type(self.data) is not bytes:
            raise InputError(f"X25519 key: expected bytes, got {type(self.data).__name__}")
        if len(self.data) != 32:
            raise MalformedError(f"X25519 key: expected 32 bytes, got {len(self.data)}")
        number = int.from_bytes(self.data, "little")
        if number >= _FIELD:
            raise MalformedError("X25519 key is not canonical")
        if number in _LOW_ORDER:
            raise MalformedError("X25519 key is of low order")


def derive(key: PublicKey) -> AgreementKey:
    """The X25519 key of whoever has the Ed25519 `key`: u = (1 + y) / (1 - y).

    Raises `InputError` for a key of another algorithm, and `MalformedError` for one that is no point.
    """
    if not isinstance(key, PublicKey) or key.algorithm is not Algorithm.ED25519:
        raise InputError("X25519: expected an Ed25519 public key to derive from")
    try:
        data = bindings.crypto_sign_ed25519_pk_to_curve25519(key.data)
    except (CryptoError, RuntimeError):
        raise MalformedError("Ed25519 public key is not a point of the prime-order group") from None
    return AgreementKey(data)


def derive_secret(seed: bytes) -> bytes:
    """The 32-byte X25519 secret of an Ed25519 seed: the first half of its SHA-512, clamped. Raises `InputError`."""
    if not isinstance(seed, bytes) or len(seed) != 32:
        raise InputError("Ed25519 seed: expected 32 bytes")
    _, secret = bindings.crypto_sign_seed_keypair(bytes(seed))
    return bindings.crypto_sign_ed25519_sk_to_curve25519(secret)


def to_multibase(key: AgreementKey) -> str:
    """The Multikey text of `key`; it starts with `z6LS`."""
    return "z" + base58_encode(CODE + key.data)


def from_multibase(text: str) -> AgreementKey:
    """The key that Multikey `text` spells. Raises `MalformedError`."""
    if not isinstance(text, str):
        raise InputError(f"X25519 key: expected str, got {type(text).__name__}")
    if not text.startswith("z") or len(text) > _LONGEST_TEXT:
        raise MalformedError(f"X25519 key: expected 'z' and at most {_LONGEST_TEXT - 1} base58btc characters")
    data = base58_decode(text[1:])
    if data[:2] != CODE:
        raise MalformedError("X25519 key: expected the code of an X25519 public key")
    return AgreementKey(data[2:])


def to_jwk(key: AgreementKey) -> dict[str, str]:
    """The required members of `key` as a JWK."""
    return {"crv": "X25519", "kty": "OKP", "x": base64url_encode(key.data)}


def from_jwk(jwk: Mapping[str, object]) -> AgreementKey:
    """The key that a parsed public JWK describes. Raises `MalformedError`, also where it is to verify signatures."""
    if not isinstance(jwk, Mapping):
        raise InputError(f"JWK: expected a mapping, got {type(jwk).__name__}")
    if "d" in jwk:
        raise MalformedError("JWK: expected a public key, got private members")
    x = jwk.get("x")
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "X25519" or "y" in jwk or not isinstance(x, str) or len(x) != 43:
        raise MalformedError("JWK: expected kty OKP, crv X25519 and x as 43 characters of base64url")
    if jwk.get("use", "enc") != "enc":
        raise MalformedError("JWK: an X25519 key is for key agreement only")
    require_kid(jwk)
    return AgreementKey(base64url_decode(x))
