"""Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document): the id leads to what the client says.

An agent's identity is exported as one, with its public key for `private_key_jwt`; one of somebody else is fetched and
read strictly. What a document says is its server's word about itself, and no authority.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.display import shown
from attorn.errors import InputError, MalformedError, UnavailableError
from attorn.jose.key_set import KeySet
from attorn.jose.kid import kid_of
from attorn.keys.jwk import JWS_NAMES, to_jwk
from attorn.keys.signer import Signatory, key_of, require_signatory
from attorn.transport import DirectTransport, fetched, is_fetchable, require_direct

MOST_BYTES: Final = 5_120
"""Longest document: five kilobytes, as the draft recommends."""
_MOST_URL: Final = 2048
_MOST_LISTED: Final = 32
_METHODS: Final = ("private_key_jwt", "none")
_SECRETS: Final = ("client_secret", "client_secret_expires_at")
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# RFC 3986's unreserved characters and those that need no second reading; no percent, no query, no fragment.
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What the document at `client_id` says of the client there. Made by `read_client_metadata` and its fetching kin.

    `keys` are those that its assertions are signed with; None for a client that has none (`none`), or whose keys are at
    `jwks_uri`. `redirect_uris` are to be compared to the letter.
    """

    client_id: str
    name: str | None
    method: str
    keys: KeySet | None
    jwks_uri: str | None
    redirect_uris: tuple[str, ...]


def write_client_metadata(
    identity: Signatory,
    *,
    client_id: str,
    name: str,
    redirect_uris: Sequence[str] = (),
    kid: str | None = None,
) -> bytes:
    """The document to serve at `client_id`, as `application/json`: its keys are the agent's, and it holds no secret.

    Without `redirect_uris` the client has no user at a browser, and asks with assertions alone. `kid` is the DID URL of
    the key, known by itself for did:key and did:jwk. Raises `InputError`, and `UnavailableError` if the signer fails.
    """
    identity = require_signatory(identity, "client metadata")
    if not is_client_id(client_id):
        raise InputError("client metadata: expected client_id as an https URL with a plain path")
    if not isinstance(name, str) or not 0 < len(name) <= 256 or not name.isprintable():
        raise InputError("client metadata: expected a name of 1 to 256 characters")
    if not isinstance(redirect_uris, list | tuple) or not all(isinstance(uri, str) and uri for uri in redirect_uris):
        raise InputError("client metadata: expected redirect_uris as a list of URIs")
    key = key_of(identity.signer)
    alg = JWS_NAMES[key.algorithm][0]
    jwk: dict[str, JsonValue] = {**to_jwk(key), "alg": alg, "use": "sig"}
    named = kid_of(identity, kid, "client metadata")
    document: dict[str, JsonValue] = {
        "client_id": client_id,
        "client_name": name,
        "grant_types": ["authorization_code", "refresh_token", _JWT_BEARER] if redirect_uris else [_JWT_BEARER],
        "jwks": {"keys": [jwk if named is None else {**jwk, "kid": named}]},
        "response_types": ["code"] if redirect_uris else [],
        "token_endpoint_auth_method": _METHODS[0],
        "token_endpoint_auth_signing_alg": alg,
    }
    if redirect_uris:
        document["redirect_uris"] = list(redirect_uris)
    made = canonicalise(document)
    if len(made) > MOST_BYTES:
        raise InputError(f"client metadata: expected a document of at most {MOST_BYTES} bytes")
    return made


def fetch_client_metadata(client_id: str, *, transport: DirectTransport) -> ClientMetadata:
    """What the document at `client_id` says. `transport` must follow no redirects.

    Raises `MalformedError` for an id that is none and for another document than it must be, `UnavailableError` if it is
    not to be had, with status 200 and in 5,120 bytes, and `InputError` for another transport.
    """
    require_direct(transport)
    if not is_client_id(client_id):
        raise MalformedError("client metadata: the client's id is no https URL with a plain path")
    body = fetched(transport, client_id, accept="application/json", most=MOST_BYTES)
    if body is None:
        raise UnavailableError("client metadata: there is none")
    return read_client_metadata(body, client_id=client_id)


def read_client_metadata(unverified: bytes, *, client_id: str) -> ClientMetadata:
    """What a document says that was got from `client_id`. Raises `MalformedError`."""
    found = parse(unverified, most=MOST_BYTES, depth=8)
    if not isinstance(found, dict) or not is_client_id(client_id) or found.get("client_id") != client_id:
        raise MalformedError("client metadata: expected the client_id that it was got from")
    for name in _SECRETS:
        if name in found:
            raise MalformedError(f"client metadata: holds {name}, which everybody can read")
    method, client_name = found.get("token_endpoint_auth_method"), found.get("client_name")
    if method not in _METHODS:
        # Without it the method would be one with a secret (RFC 7591 section 2).
        raise MalformedError(f"client metadata: expected one of {', '.join(_METHODS)}, got {shown(method)}")
    if not isinstance(client_name, str | None):
        raise MalformedError("client metadata: expected client_name as text")
    uri, jwks = found.get("jwks_uri"), found.get("jwks")
    if ("jwks_uri" in found) + ("jwks" in found) != (1 if method == _METHODS[0] else 0):
        raise MalformedError("client metadata: expected jwks or jwks_uri for private_key_jwt, and none else")
    if "jwks_uri" in found and not (isinstance(uri, str) and is_fetchable(uri)):
        raise MalformedError("client metadata: expected jwks_uri as an https URL")
    if "jwks" in found and not isinstance(jwks, dict):
        raise MalformedError("client metadata: expected jwks as an object")
    return ClientMetadata(
        client_id=client_id,
        name=client_name,
        method=str(method),
        keys=KeySet.read(jwks) if isinstance(jwks, dict) else None,
        jwks_uri=uri if isinstance(uri, str) else None,
        redirect_uris=_redirect_uris(found.get("redirect_uris", [])),
    )


def is_client_id(value: object) -> bool:
    """Whether `value` is an https URL of one spelling: with a path, no user, query, fragment or dot segments."""
    if not isinstance(value, str) or len(value) > _MOST_URL or not value.startswith("https://"):
        return False
    authority, slash, path = value.removeprefix("https://").partition("/")
    if (
        authority != authority.lower()
        or authority.endswith(":443")
        or not is_fetchable(value)
        or not _PATH.fullmatch(slash + path)
    ):
        return False
    return path != "" and not {".", ".."} & set(path.split("/"))


def _redirect_uris(value: JsonValue) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [None]
    texts = tuple(uri for uri in listed if isinstance(uri, str) and 0 < len(uri) <= _MOST_URL and "#" not in uri)
    if len(texts) != len(listed) or len(texts) > _MOST_LISTED or not all(uri.isprintable() for uri in texts):
        raise MalformedError("client metadata: expected redirect_uris as a list of URIs without fragments")
    return texts
