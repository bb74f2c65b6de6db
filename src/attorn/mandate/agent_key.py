"""`cnf` of an open mandate: the key of whoever may close it or hand it on, and perhaps the DID whose key it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver, live_document
from attorn.display import shown
from attorn.errors import InputError, MalformedError, MandateError, ResolutionError
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.public import PublicKey

CLAIM: Final = "cnf"
_OTHERS: Final = frozenset(("jku", "jwe", "kid", "jkt", "x5t#S256"))
"""What else RFC 7800 and its registry name a key by: beside `jwk` it would be a second answer to one question."""


def p256_of(jwk: Mapping[str, JsonValue]) -> EcKey:
    """The public key of P-256 that a JWK is. Raises `MalformedError`."""
    return EcKey.read(jwk, curves=(Curve.P256,))


@dataclass(frozen=True, slots=True)
class AgentKey:
    """A P-256 key, and the DID that lists it, None if it is a bare key. Raises `InputError` for anything else."""

    key: EcKey
    did: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.key, EcKey) or self.key.curve is not Curve.P256:
            raise InputError("cnf: expected a P-256 key")
        if self.did is not None and not is_did(self.did):
            raise InputError("cnf: expected did as a DID or None")

    @classmethod
    def of(cls, holder: AgentKey | PublicKey | str) -> AgentKey:
        """Of a key, or of a DID that is one (did:key, did:jwk). Raises `InputError`, also if it is not of P-256."""
        if isinstance(holder, AgentKey):
            return holder
        if isinstance(holder, PublicKey):
            return cls(EcKey.of(holder))
        if not isinstance(holder, str) or not holder.startswith((did_key.PREFIX, did_jwk.PREFIX)):
            raise InputError("cnf: expected a key, or a did:key or did:jwk; of another DID hand in an AgentKey")
        try:
            document = LocalResolver().resolve(holder)
        except ResolutionError as error:
            raise InputError(f"cnf: {error}") from None
        return cls(EcKey.of(document.methods[0].key), holder)

    @classmethod
    def read(cls, cnf: JsonValue, read_key: Callable[[Mapping[str, JsonValue]], EcKey] = p256_of) -> AgentKey:
        """The key that `cnf` is. Whether it is the DID's is for `require_listed`. Raises `MandateError`.

        `read_key` is `p256_of`, or does the same.
        """
        if not isinstance(cnf, dict) or not isinstance(jwk := cnf.get("jwk"), dict):
            raise MandateError("cnf: expected an object with jwk")
        if not _OTHERS.isdisjoint(cnf):
            raise MandateError("cnf: expected jwk alone to say which key it is")
        try:
            key = read_key(jwk)
        except MalformedError as error:
            raise MandateError(f"cnf: {error}") from None
        did = cnf.get("did")
        if did is not None and (not isinstance(did, str) or not is_did(did)):
            raise MandateError(f"cnf: expected did as a DID, got {shown(did)}")
        return cls(key, did)

    def write(self) -> dict[str, JsonValue]:
        """The value of `cnf`."""
        cnf: dict[str, JsonValue] = {"jwk": self.key.write()}
        return cnf if self.did is None else {**cnf, "did": self.did}

    def require_listed(self, resolver: Resolver) -> None:
        """Raises `ResolutionError` unless the DID, if there is one, lists this key for authentication.

        Raises `UnavailableError` if that could not be found out.
        """
        if self.did is None:
            return
        listed = live_document(resolver, self.did).keys_for(Relationship.AUTHENTICATION)
        if self.key.public_key not in listed:
            raise ResolutionError(f"cnf: {shown(self.did)} does not list this key for authentication")

    def is_of(self, key: PublicKey) -> bool:
        """Whether this is that key."""
        return self.key.public_key == key
