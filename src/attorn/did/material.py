"""A key as a verification method of a DID document has it (Controlled Identifiers 1.0 section 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.encoding import base58_decode
from attorn.errors import InputError, MalformedError
from attorn.keys import jwk, multikey, x25519
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.x25519 import AgreementKey

DID_CONTEXT: Final = "https://www.w3.org/ns/did/v1"


class KeyFormat(StrEnum):
    """The types of verification methods that attorn reads and writes."""

    MULTIKEY = "Multikey"
    JSON_WEB_KEY = "JsonWebKey"
    JSON_WEB_KEY_2020 = "JsonWebKey2020"
    ED25519_2020 = "Ed25519VerificationKey2020"
    X25519_2020 = "X25519KeyAgreementKey2020"


_CONTEXT: Final = {
    KeyFormat.MULTIKEY: "https://w3id.org/security/multikey/v1",
    KeyFormat.JSON_WEB_KEY: "https://w3id.org/security/jwk/v1",
    KeyFormat.JSON_WEB_KEY_2020: "https://w3id.org/security/suites/jws-2020/v1",
    KeyFormat.ED25519_2020: "https://w3id.org/security/suites/ed25519-2020/v1",
    KeyFormat.X25519_2020: "https://w3id.org/security/suites/x25519-2020/v1",
}
_JWK_TYPES: Final = frozenset({KeyFormat.JSON_WEB_KEY, KeyFormat.JSON_WEB_KEY_2020})
_MULTIBASE_TYPES: Final = frozenset({KeyFormat.MULTIKEY, KeyFormat.ED25519_2020})
_SECRET: Final = ("secretKey", "privateKey")
_MOST_TEXT: Final = 1024


def context(formats: Iterable[KeyFormat]) -> list[JsonValue]:
    """The `@context` of a DID document with methods of these types."""
    return [DID_CONTEXT, *dict.fromkeys(_CONTEXT[each] for each in formats)]


def write(url: str, controller: str, key: PublicKey | AgreementKey, key_format: KeyFormat) -> dict[str, JsonValue]:
    """A verification method. Raises `InputError` where keys of this kind have no such form."""
    agreement = isinstance(key, AgreementKey)
    ours = not agreement and isinstance(key, PublicKey) and key.algorithm is Algorithm.ED25519
    if (key_format is KeyFormat.ED25519_2020 and not ours) or (key_format is KeyFormat.X25519_2020 and not agreement):
        raise InputError(f"verification method: a key of this kind cannot be an {key_format}")
    method: dict[str, JsonValue] = {"id": url, "type": str(key_format), "controller": controller}
    if key_format in _JWK_TYPES:
        members = x25519.to_jwk(key) if isinstance(key, AgreementKey) else jwk.to_jwk(key)
        method["publicKeyJwk"] = {**members}
    else:
        text = x25519.to_multibase(key) if isinstance(key, AgreementKey) else multikey.to_multibase(key)
        method["publicKeyMultibase"] = text
    return method


def read(method: dict[str, JsonValue]) -> PublicKey | None:
    """The key of a verification method, None if it is of a kind that attorn verifies no signatures with.

    Raises `MalformedError` for a key of a known kind that is none, for a secret, and for two keys in one method.
    """
    if any(name.startswith(_SECRET) for name in method):
        raise MalformedError("verification method: it holds a secret key")
    if "publicKeyJwk" in method and "publicKeyMultibase" in method:
        raise MalformedError("verification method: expected one key, got two")
    kind = method.get("type")
    if not isinstance(kind, str):
        raise MalformedError(f"verification method: expected its type as text, got {shown(kind)}")
    if kind in _JWK_TYPES:
        return _from_jwk(method.get("publicKeyJwk"))
    if kind not in _MULTIBASE_TYPES:
        return None
    key = _from_multibase(method.get("publicKeyMultibase"))
    if kind == KeyFormat.ED25519_2020 and (key is None or key.algorithm is not Algorithm.ED25519):
        raise MalformedError(f"verification method: expected an Ed25519 key in an {kind}")
    return key


def _from_multibase(text: JsonValue) -> PublicKey | None:
    if not isinstance(text, str) or not text.startswith("z"):
        raise MalformedError("verification method: expected publicKeyMultibase, starting with 'z'")
    data = base58_decode(text[1:], most=_MOST_TEXT)
    return None if multikey.algorithm_of(data) is None else multikey.decode(data)


def _from_jwk(members: JsonValue) -> PublicKey | None:
    if not isinstance(members, dict):
        raise MalformedError("verification method: expected publicKeyJwk as an object")
    if any(name in members for name in jwk.PRIVATE):
        raise MalformedError("JWK: expected a public key, got private members")
    kind, curve = members.get("kty"), members.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str | None):
        raise MalformedError("JWK: expected kty and crv as text")
    operations = members.get("key_ops")
    other = isinstance(operations, list) and "verify" not in operations
    if (kind, curve) not in jwk.KINDS or members.get("use") == "enc" or other:
        return None
    return jwk.from_jwk(members)
