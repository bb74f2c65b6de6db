"""The `cnf` claim (RFC 7800): the key that a holder must show to have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.did import is_did, is_method, parse_url
from attorn.did.document import Relationship
from attorn.did.only_key import only_key_of
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import CredentialError, InputError, MalformedError
from attorn.jose.jws import issuer_keys
from attorn.keys.jwk import from_jwk, to_jwk
from attorn.keys.public import PublicKey

CLAIM: Final = "cnf"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Either `key` itself, or `method`, the absolute DID URL of one that its DID lists under authentication.

    Raises `InputError` unless it is exactly one of them.
    """

    key: PublicKey | None = None
    method: str | None = None

    def __post_init__(self) -> None:
        if self.method is None and isinstance(self.key, PublicKey):
            return
        if self.key is not None or not isinstance(self.method, str) or not is_method(self.method):
            raise InputError("holder: expected a PublicKey, or an absolute DID URL with a fragment")

    @classmethod
    def of(cls, holder: PublicKey | str) -> Confirmation:
        """Of a key, a DID URL, or a DID with one key only (did:key, did:jwk). Raises `InputError`."""
        if isinstance(holder, PublicKey):
            return cls(key=holder)
        only = only_key_of(holder) if isinstance(holder, str) and is_did(holder) else None
        return cls(method=only or holder)

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> Confirmation | None:
        """What claims say of their holder; None if they have no `cnf`. Raises `CredentialError`.

        Refused is `cnf` with both a key and the name of one, with neither, and with a name that is no DID URL.
        """
        if CLAIM not in claims:
            return None
        cnf = claims[CLAIM]
        if not isinstance(cnf, dict) or ("jwk" in cnf) == ("kid" in cnf):
            raise CredentialError("cnf: expected an object with either jwk or kid")
        if "kid" in cnf:
            kid = cnf["kid"]
            if not isinstance(kid, str) or not is_method(kid):
                raise CredentialError("cnf: expected kid as an absolute DID URL with a fragment")
            return cls(method=kid)
        jwk = cnf["jwk"]
        if not isinstance(jwk, dict):
            raise CredentialError("cnf: expected jwk as an object")
        try:
            return cls(key=from_jwk(jwk))
        except MalformedError as error:
            raise CredentialError(f"cnf: {error}") from None

    def write(self) -> dict[str, JsonValue]:
        """The value of `cnf`."""
        if self.key is None:
            return {"kid": self.method}
        return {"jwk": dict(to_jwk(self.key))}

    def keys(self, resolver: Resolver) -> tuple[PublicKey, ...]:
        """The keys, one of which the holder must have. Raises `ResolutionError` or `UnavailableError`."""
        if self.method is None:
            return () if self.key is None else (self.key,)
        return issuer_keys(resolver, parse_url(self.method).did.text, self.method, Relationship.AUTHENTICATION)

    def describe(self) -> str:
        """For a message: whom a holder must be."""
        return "the key in cnf" if self.method is None else shown(self.method)
