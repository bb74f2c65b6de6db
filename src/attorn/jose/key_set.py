"""JWK Sets (RFC 7517 section 5) of servers outside: identity providers, and issuers of workload identities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.jose.jwk_set import MOST_BYTES, JwkSet
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.jwk import JWS_NAMES, from_jwk
from attorn.keys.public import Algorithm
from attorn.keys.rsa_key import RsaKey
from attorn.transport import Transport, fetched

_CURVES: Final = (Curve.P256, Curve.P384, Curve.P521)
_EDDSA: Final = JWS_NAMES[Algorithm.ED25519]
_ACCEPT: Final = "application/jwk-set+json, application/json"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A public key that somebody outside signs with, for the algorithms `algs` and no other."""

    kid: str | None
    algs: tuple[str, ...]
    verifies: Callable[[bytes, bytes, str], bool] = field(repr=False, compare=False)
    """Whether it made a signature over a message, by one of `algs`."""

    @classmethod
    def read(cls, jwk: Mapping[str, JsonValue]) -> ForeignKey:
        """The key that a JWK is, of RSA, P-256, P-384, P-521 or Ed25519, whatever its `use`.

        Raises `MalformedError` for any other, for a private one, and for one whose `alg` or `key_ops` is another's.
        """
        kid, operations = jwk.get("kid"), jwk.get("key_ops", ["verify"])
        if not isinstance(kid, str | None) or not isinstance(operations, list) or "verify" not in operations:
            raise MalformedError("JWK: expected kid as text and key_ops with verify, where they are there")
        bare = {name: value for name, value in jwk.items() if name not in ("use", "key_ops")}
        if bare.get("kty") == "RSA":
            rsa = RsaKey.read(bare)
            return cls(kid, rsa.algs, rsa.verify)
        if bare.get("kty") == "EC":
            ec = EcKey.read(bare, curves=_CURVES)
            return cls(kid, ec.algs, lambda signature, message, _: ec.verify(signature, message))
        key = from_jwk(bare)
        named = bare.get("alg")
        algs = _EDDSA if named is None else (str(named),)
        return cls(kid, algs, lambda signature, message, _: key.verify(signature, message))


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one issuer that can sign. Made by `read` and `fetch`."""

    keys: tuple[ForeignKey, ...]

    @classmethod
    def read(cls, unverified: str | bytes | Mapping[str, JsonValue], *, use: str = "sig", least: int = 1) -> KeySet:
        """The keys for `use` in a JWK Set; for signatures also those that say no use. Refused are fewer than `least`.

        Who is trusted for them, the caller says. Keys of other uses and kinds, and those that are too weak, are passed
        over. Raises `MalformedError` for what is no key set of at most 64 keys, for one with a private or symmetric
        key, one that gives two of these keys one name, and one with too few of them; `InputError` for an object that
        JSON cannot say, and `UnavailableError` for a mapping that fails.
        """
        found = JwkSet.read(unverified)
        if found.discloses:
            raise MalformedError("key set: holds a private or symmetric key")
        keys = [key for each in found.keys if (key := _usable(each, use)) is not None]
        names = [key.kid for key in keys if key.kid is not None]
        if len(set(names)) != len(names):
            raise MalformedError("key set: two keys have one kid")
        if len(keys) < least:
            raise MalformedError(f"key set: no key for {use} that may be used")
        return cls(tuple(keys))

    @classmethod
    def fetch(cls, url: str, *, transport: Transport, use: str = "sig") -> KeySet:
        """The key set at `url`. Raises as `read`, `UnavailableError` for none, `InputError` for no URL."""
        return cls.read(fetch_set(url, transport), use=use)

    def candidates(self, kid: str | None, alg: str) -> tuple[ForeignKey, ...]:
        """The key that a header can mean, if there is one: that of `kid`, or without it the only one for `alg`."""
        found = tuple(key for key in self.keys if alg in key.algs and kid in (None, key.kid))
        return found if len(found) == 1 else ()


def fetch_set(url: str, transport: Transport) -> bytes:
    """The key set at `url`, unread. Raises `UnavailableError` if it is not to be had, `InputError` for no URL."""
    if not isinstance(url, str):
        raise InputError(f"key set: expected a URL, got {type(url).__name__}")
    body = fetched(transport, url, accept=_ACCEPT, most=MOST_BYTES)
    if body is None:
        raise UnavailableError("key set: there is none")
    return body


def _usable(jwk: Mapping[str, JsonValue], use: str) -> ForeignKey | None:
    if jwk.get("use", "sig") != use:
        return None
    try:
        return ForeignKey.read(jwk)
    except MalformedError:
        return None
