"""did:jwk: the DID is a JWK in base64url (did:jwk Method Specification). Nothing to fetch.

One key has many did:jwk DIDs, since any JSON spelling of the JWK is one; each is a principal of its own.
"""

from __future__ import annotations

from attorn.canonical import JsonValue, canonicalise
from attorn.canonical import parse as parse_json
from attorn.did.did import MOST
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.jwk import from_jwk, to_jwk
from attorn.keys.public import PublicKey

PREFIX = "did:jwk:"


def encode(key: PublicKey) -> str:
    """The did:jwk of `key`, over the canonical JSON (RFC 8785) of its required members."""
    return PREFIX + base64url_encode(canonicalise(to_jwk(key)))


def parse(did: str) -> PublicKey:
    """The key that a did:jwk is, fully checked. Raises `MalformedError`."""
    return from_jwk(_members(did))


def document(did: str) -> DidDocument:
    """The document of a did:jwk: one method, `#0`. Raises `MalformedError`.

    A JWK whose `use` is `sig` is for everything but key agreement; one without `use` is for everything.
    """
    members = _members(did)
    relationships = frozenset(Relationship)
    if "use" in members:
        relationships -= {Relationship.KEY_AGREEMENT}
    return DidDocument(did, (VerificationMethod(f"{did}#0", did, from_jwk(members), relationships),))


def _members(did: str) -> dict[str, JsonValue]:
    if not isinstance(did, str):
        raise InputError(f"did:jwk: expected str, got {type(did).__name__}")
    if not did.startswith(PREFIX) or len(did) > MOST:
        raise MalformedError(f"expected a did:jwk of at most {MOST} characters, got {shown(did)}")
    members = parse_json(base64url_decode(did[len(PREFIX) :]), most=MOST, depth=4)
    if not isinstance(members, dict):
        raise MalformedError("did:jwk: expected a JSON object")
    return members
