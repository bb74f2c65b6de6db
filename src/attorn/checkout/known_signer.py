"""Whose signatures under checkouts and receipts are believed, and by which keys: those handed in, or those of a DID."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from attorn.canonical import JsonValue
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.jose.jws import issuer_keys
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.public import Algorithm, PublicKey

MOST_KEYS: Final = 16
"""Most keys of one signer."""
CURVES: Final = (Curve.P256, Curve.P384, Curve.P521)
"""Those that UCP and AP2 allow a business; neither Ed25519 nor secp256k1 is."""

Known: TypeAlias = "PublicKey | Mapping[str, JsonValue] | str"
"""A P-256 key, a public JWK, perhaps with a `kid`, or a DID."""


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """`name` is what whoever signs is called there: the `merchant.id` of a checkout, the `iss` of a receipt.

    Either `keys`, each with its `kid` or None, or a `did`, whose keys under assertionMethod count. Made by `of`.
    """

    name: str
    keys: tuple[tuple[str | None, EcKey], ...] = ()
    did: str | None = None

    @classmethod
    def of(cls, name: str, *known: Known) -> KnownSigner:
        """Who signs as `name`, by one or more keys or by one DID. Raises `InputError`."""
        if not isinstance(name, str) or not name:
            raise InputError(f"known signer: expected its name as text, got {shown(name)}")
        if len(known) == 1 and isinstance(known[0], str):
            if not is_did(known[0]):
                raise InputError(f"known signer: expected a DID, a P-256 key or a JWK, got {shown(known[0])}")
            return cls(name, did=known[0])
        if not 0 < len(known) <= MOST_KEYS:
            raise InputError(f"known signer: expected 1 to {MOST_KEYS} keys, got {len(known)}")
        return cls(name, tuple(map(_key, known)))

    def candidates(self, kid: str | None, alg: str, resolver: Resolver | None) -> tuple[EcKey, ...]:
        """The keys that a header with this `kid` and `alg` can mean. Raises `ResolutionError`, `UnavailableError`.

        Where only one of a header and a key has a name, they may belong together. A DID without a resolver is an
        `InputError`.
        """
        if self.did is None:
            found = tuple(key for name, key in self.keys if None in (kid, name) or kid == name)
        else:
            if resolver is None:
                raise InputError(f"known signer: expected a resolver for {shown(self.did)}")
            named = f"{self.did}{kid}" if kid is not None and kid.startswith("#") else kid
            if named is not None and not named.startswith(f"{self.did}#"):
                return ()
            listed = issuer_keys(resolver, self.did, named, Relationship.ASSERTION_METHOD)
            found = tuple(EcKey.of(key) for key in listed if key.algorithm is Algorithm.P256)
        return tuple(key for key in found if alg in key.algs)


def require_known(known: Iterable[KnownSigner], what: str) -> tuple[KnownSigner, ...]:
    """These signers; none at all are allowed, and nobody is believed then. Raises `InputError`."""
    found = tuple(known) if isinstance(known, Iterable) and not isinstance(known, str | bytes | Mapping) else None
    if found is None or not all(isinstance(each, KnownSigner) for each in found):
        raise InputError(f"{what}: expected a list of KnownSigner")
    return found


def _key(known: Known) -> tuple[str | None, EcKey]:
    try:
        if isinstance(known, PublicKey):
            return None, EcKey.of(known)
        if isinstance(known, Mapping):
            kid = known.get("kid")
            if not isinstance(kid, str | None):
                raise InputError("known signer: expected the kid of a JWK as text")
            return kid, EcKey.read(known, curves=CURVES)
    except MalformedError as error:
        raise InputError(f"known signer: {error}") from None
    raise InputError(f"known signer: expected P-256 keys and JWKs, or one DID, got {shown(known)}")
