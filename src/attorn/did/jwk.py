"""did:jwk: the DID is a JWK in base64url (did:jwk Method Specification). Nothing to fetch.

One key has many did:jwk DIDs, since any JSON spelling of the JWK is one; each is a principal of its own.
"""

from __future__ import annotations

from attorn.canonical import JsonValue, canonicalise
from attorn.canonical import parse as parse_json
from attorn.did import material
from attorn.did.did import MOST
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.fault import Fault
from attorn.did.material import KeyFormat
from attorn.did.resolution import Options, Resolution
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import x25519
from attorn.keys.jwk import KINDS, from_jwk, to_jwk
from attorn.keys.public import PublicKey

PREFIX = "did:jwk:"


def encode(key: PublicKey) -> str:
    """The did:jwk of `key`, over the canonical JSON (RFC 8785) of its required members."""
    return PREFIX + base64url_encode(canonicalise(to_jwk(key)))


def parse(did: str) -> PublicKey:
    """The key that a did:jwk is, fully checked. Raises `MalformedError`."""
    return from_jwk(_members(did))


def document(did: str) -> DidDocument:
    """The document of a did:jwk: one method, `#0`. Raises `MalformedError`, also for a key that signs nothing.

    A JWK whose `use` is `sig` is for everything but key agreement; one without `use` is for everything.
    """
    members = _members(did)
    relationships = frozenset(Relationship)
    if "use" in members:
        relationships -= {Relationship.KEY_AGREEMENT}
    return DidDocument(did, (VerificationMethod(f"{did}#0", did, from_jwk(members), relationships),))


def look_up(did: str, options: Options) -> Resolution:
    """The document of a did:jwk in JSON, its method as the JWK stands there. Raises `ResolutionError`.

    A key for key agreement (`use` is `enc`, or the curve is X25519) has that relationship only, and `document` of the
    result lists no key then.
    """
    try:
        members = _members(did)
    except MalformedError as error:
        raise ResolutionError(f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_DID) from None
    kind = members.get("kty"), members.get("crv")
    if kind not in (*KINDS, ("OKP", "X25519")):
        raise ResolutionError("did:jwk: a key of an unknown type", problem=Fault.UNSUPPORTED_PUBLIC_KEY_TYPE)
    try:
        if kind not in KINDS:
            x25519.from_jwk(members)
            found = DidDocument(did, ())
        elif members.get("use") == "enc":
            # Checked as any other key of its curve, though nothing that it signs would count.
            from_jwk({name: member for name, member in members.items() if name not in ("use", "key_ops", "alg")})
            found = DidDocument(did, ())
        else:
            found = document(did)
    except MalformedError as error:
        raise ResolutionError(f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_PUBLIC_KEY) from None
    url = f"{did}#0"
    method: JsonValue = {
        "id": url,
        "type": str(KeyFormat.JSON_WEB_KEY_2020),
        "controller": did,
        "publicKeyJwk": members,
    }
    uses = found.methods[0].relationships if found.methods else {Relationship.KEY_AGREEMENT}
    written: dict[str, JsonValue] = {
        "@context": material.context([KeyFormat.JSON_WEB_KEY_2020]),
        "id": did,
        "verificationMethod": [method],
        **{str(relationship): [url] for relationship in Relationship if relationship in uses},
    }
    return Resolution(did_document=written, document=found, content_type=options.accept)


def _members(did: str) -> dict[str, JsonValue]:
    if not isinstance(did, str):
        raise InputError(f"did:jwk: expected str, got {type(did).__name__}")
    if not did.startswith(PREFIX) or len(did) > MOST:
        raise MalformedError(f"expected a did:jwk of at most {MOST} characters, got {shown(did)}")
    members = parse_json(base64url_decode(did[len(PREFIX) :]), most=MOST, depth=4)
    if not isinstance(members, dict):
        raise MalformedError("did:jwk: expected a JSON object")
    return members
