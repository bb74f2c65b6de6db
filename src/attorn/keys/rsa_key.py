"""Public keys of RSA in JOSE (RFC 7518 sections 3.3, 3.5 and 6.3), to verify what servers outside have signed.

For evidence alone: no DID of attorn has such a key, and nothing that attorn signs is signed by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from attorn.canonical import JsonValue
from attorn.encoding import base64url_decode
from attorn.errors import MalformedError
from attorn.keys.jwk import PRIVATE, require_kid

ALGS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
LEAST_BITS: Final = 2048
"""Shortest modulus (RFC 7518 section 3.3)."""
MOST_BITS: Final = 8192
"""Longest modulus: the work of a signature grows with its square."""
_LEAST_EXPONENT: Final = 65_537
_MOST_EXPONENT: Final = 2**32
_PRIVATE: Final = frozenset(PRIVATE)
_HASHES: Final = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_PRIMES: Final = tuple(number for number in range(3, 168) if all(number % other for other in range(2, number)))


@dataclass(frozen=True, slots=True)
class RsaKey:
    """A modulus and an exponent that are fit to verify signatures. Made by `read`."""

    modulus: int
    exponent: int
    algs: tuple[str, ...]
    """What a header may call the algorithm of this key: what its JWK says, else any of RSA."""
    _key: rsa.RSAPublicKey = field(repr=False, compare=False)

    @classmethod
    def read(cls, jwk: Mapping[str, JsonValue]) -> RsaKey:
        """The public key that a JWK is, whatever its `use`. Raises `MalformedError`.

        Refused are private keys, moduli of fewer than 2048 or more than 8192 bits, those of the weak generator of
        CVE-2017-15361, exponents below 65537, an `alg` that is none of RSA's signatures, and a `kid` that is no text.
        """
        if not _PRIVATE.isdisjoint(jwk):
            raise MalformedError("JWK: expected a public key, got private members")
        if jwk.get("kty") != "RSA":
            raise MalformedError("JWK: expected kty RSA")
        modulus, exponent = _number(jwk, "n", MOST_BITS // 8), _number(jwk, "e", 8)
        if not LEAST_BITS <= modulus.bit_length() <= MOST_BITS or not modulus % 2:
            raise MalformedError(f"JWK: expected a modulus of {LEAST_BITS} to {MOST_BITS} bits, and odd")
        if not _LEAST_EXPONENT <= exponent < _MOST_EXPONENT or not exponent % 2:
            raise MalformedError(f"JWK: expected an exponent of {_LEAST_EXPONENT} or more, and odd")
        if _is_weak(modulus):
            raise MalformedError("JWK: the modulus was made by a generator whose keys can be factored")
        require_kid(jwk)
        alg = jwk.get("alg")
        if "alg" in jwk and alg not in ALGS:
            raise MalformedError(f"JWK: expected alg as one of {', '.join(ALGS)}, where it is there")
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        return cls(modulus, exponent, ALGS if alg is None else (str(alg),), key)

    def verify(self, signature: bytes, message: bytes, alg: str) -> bool:
        """Whether this key signed `message` by `alg`, one of `algs`. False, never an error, if not."""
        if alg not in self.algs or len(signature) != (self.modulus.bit_length() + 7) // 8:
            return False
        digest = _HASHES[alg[2:]]
        # RFC 7518 section 3.5: the salt is as long as the hash.
        scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if alg[0] == "P" else padding.PKCS1v15()
        try:
            self._key.verify(signature, message, scheme, digest)
        except InvalidSignature:
            return False
        return True


def _number(jwk: Mapping[str, JsonValue], name: str, most: int) -> int:
    """A member in base64url, big-endian, in as few bytes as hold it."""
    text = jwk.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= (most * 4 + 2) // 3:
        raise MalformedError(f"JWK: expected {name} as a number of at most {most} bytes in base64url")
    data = base64url_decode(text)
    if data[0] == 0:
        raise MalformedError(f"JWK: expected {name} without a zero in front")
    return int.from_bytes(data, "big")


def _is_weak(modulus: int) -> bool:
    """Whether the modulus is a power of 65537 by every small prime, as no others are but by accident (ROCA)."""
    return all(modulus % prime in _POWERS[prime] for prime in _PRIMES)


_POWERS: Final = {prime: frozenset(pow(65_537, power, prime) for power in range(prime)) for prime in _PRIMES}
