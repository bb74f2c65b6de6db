"""Whom a chain of mandates may begin with: a key, or a DID and so the keys it lists. The key decides the algorithm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from attorn.canonical import JsonValue
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import InputError, MalformedError, SignatureError, UntrustedRootError
from attorn.jose.jws import issuer_keys
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.jwk import JWS_NAMES, from_jwk
from attorn.keys.public import Algorithm, PublicKey
from attorn.mandate.envelope import Envelope

MOST: Final = 1024
"""Most anchors of one verifier."""
_CURVES: Final = (Curve.P256, Curve.P384, Curve.SECP256K1)

RootKey: TypeAlias = PublicKey | EcKey
Trusted: TypeAlias = "Anchor | PublicKey | str | Mapping[str, JsonValue]"
"""Who is trusted, as a caller says it: a key, a DID, or a public JWK."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Either a `key` of Ed25519, P-256, P-384 or secp256k1, perhaps called `kid`; or a `did`. Made by `of`."""

    key: RootKey | None = None
    kid: str | None = None
    did: str | None = None

    @classmethod
    def of(cls, trusted: Trusted) -> Anchor:
        """The anchor that `trusted` is. Raises `InputError`, for a private JWK as well."""
        if isinstance(trusted, Anchor):
            return trusted
        if isinstance(trusted, PublicKey):
            return cls(key=EcKey.of(trusted) if trusted.algorithm is Algorithm.P256 else trusted)
        if isinstance(trusted, str) and is_did(trusted):
            return cls(did=trusted)
        if not isinstance(trusted, Mapping):
            raise InputError(f"anchor: expected a key, a DID or a JWK, got {shown(trusted)}")
        try:
            if trusted.get("kty") == "OKP":
                key: RootKey = from_jwk(trusted)
            else:
                key = EcKey.read(trusted, curves=_CURVES)
        except MalformedError as error:
            raise InputError(f"anchor: {error}") from None
        kid = trusted.get("kid")
        return cls(key=key, kid=kid if isinstance(kid, str) else None)

    def is_meant(self, kid: str | None) -> bool:
        """Whether a header with this `kid` can mean this anchor: where only one of both has a name, it can."""
        if self.did is not None:
            return kid is None or not kid.startswith("did:") or kid.startswith(f"{self.did}#")
        return None in (kid, self.kid) or kid == self.kid

    def keys(self, kid: str | None, resolver: Resolver) -> tuple[RootKey, ...]:
        """The keys that count for it. Raises `ResolutionError` and `UnavailableError`."""
        if self.did is None:
            return () if self.key is None else (self.key,)
        named = kid if kid is not None and kid.startswith(f"{self.did}#") else None
        found = issuer_keys(resolver, self.did, named, Relationship.ASSERTION_METHOD)
        return tuple(EcKey.of(key) if key.algorithm is Algorithm.P256 else key for key in found)


def anchors_of(trusted: Iterable[Trusted]) -> tuple[Anchor, ...]:
    """An anchor for each. None at all is allowed, and trusts nobody. Raises `InputError`."""
    if isinstance(trusted, str | bytes | Mapping) or not isinstance(trusted, Iterable):
        raise InputError("anchors: expected a list of keys, DIDs or JWKs")
    anchors = tuple(Anchor.of(each) for each in trusted)
    if len(anchors) > MOST:
        raise InputError(f"anchors: expected at most {MOST}, got {len(anchors)}")
    return anchors


def signer_of(envelope: Envelope, anchors: Iterable[Anchor], resolver: Resolver) -> tuple[Anchor, RootKey]:
    """Which anchor signed, and with which key.

    Raises `UntrustedRootError` if the header can mean none of them, `SignatureError` if none of those it can mean did,
    and `ResolutionError` or `UnavailableError` for a DID among them.
    """
    meant = False
    for anchor in anchors:
        if not anchor.is_meant(envelope.kid):
            continue
        for key in anchor.keys(envelope.kid, resolver):
            if envelope.alg not in algs(key):
                continue
            meant = True
            if key.verify(envelope.signature, envelope.signing_input):
                return anchor, key
    if not meant:
        raise UntrustedRootError(
            f"mandate: no anchor is called {shown(envelope.kid)} and has a key for alg {shown(envelope.alg)}"
        )
    raise SignatureError("mandate: its root is not signed by an anchor that its header can mean", step=3)


def algs(key: RootKey) -> tuple[str, ...]:
    """What a header may call the algorithm of a key."""
    return key.algs if isinstance(key, EcKey) else JWS_NAMES[key.algorithm]
