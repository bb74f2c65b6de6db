"""did:peer of kind 2: keys and services one behind the other, each with a letter for what it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attorn.canonical import JsonValue
from attorn.canonical import parse as parse_json
from attorn.did import material, reading
from attorn.did.did import MOST
from attorn.did.document import Relationship
from attorn.did.material import KeyFormat
from attorn.display import shown
from attorn.encoding import base58_decode, base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys import multikey, x25519
from attorn.keys.public import PublicKey
from attorn.keys.x25519 import AgreementKey

PREFIX: Final = "did:peer:2"
_RELATIONSHIP: Final = {
    "A": Relationship.ASSERTION_METHOD,
    "E": Relationship.KEY_AGREEMENT,
    "V": Relationship.AUTHENTICATION,
    "I": Relationship.CAPABILITY_INVOCATION,
    "D": Relationship.CAPABILITY_DELEGATION,
}
_LETTER: Final = {relationship: letter for letter, relationship in _RELATIONSHIP.items()}
_SHORT: Final = {"type": "t", "serviceEndpoint": "s", "routingKeys": "r", "accept": "a"}
_LONG: Final = {short: long for long, short in _SHORT.items()}
_SHORT_TYPE: Final = {"DIDCommMessaging": "dm"}
_LONG_TYPE: Final = {short: long for long, short in _SHORT_TYPE.items()}
_MOST_KEY: Final = 256


def encode(
    keys: Sequence[tuple[Relationship, PublicKey | AgreementKey]], services: Iterable[Mapping[str, JsonValue]] = ()
) -> str:
    """The DID of these keys, each for one relationship, and these services, as a DID document has them.

    A key for several relationships is named several times. Raises `InputError`, also where it gets too long.
    """
    if not keys:
        raise InputError("did:peer: expected at least one key")
    parts = []
    for relationship, key in keys:
        agreement = isinstance(key, AgreementKey)
        if relationship not in _LETTER or agreement != (relationship is Relationship.KEY_AGREEMENT):
            raise InputError("did:peer: expected an X25519 key for key agreement, and others for other relationships")
        text = x25519.to_multibase(key) if isinstance(key, AgreementKey) else multikey.to_multibase(key)
        parts.append(f".{_LETTER[relationship]}{text}")
    for service in services:
        if not isinstance(service, Mapping) or not str(service.get("id", "#")).startswith("#"):
            raise InputError("did:peer: expected each service as an object, its id relative if it has one")
        try:
            written = json.dumps(_shortened(dict(service)), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
            parts.append(f".S{base64url_encode(written.encode())}")
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"did:peer: a service is no JSON ({type(error).__name__})") from None
    did = PREFIX + "".join(parts)
    if len(did) > MOST:
        raise InputError(f"did:peer: expected at most {MOST} characters, got {len(did)}")
    try:
        reading.read(members(did), did)
    except MalformedError as error:
        raise InputError(f"did:peer: {error}") from None
    return did


def members(did: str) -> dict[str, JsonValue]:
    """The JSON document of a did:peer of kind 2. Raises `MalformedError`."""
    if len(did) > MOST or not did.startswith(f"{PREFIX}."):
        raise MalformedError(f"expected a did:peer of kind 2 of at most {MOST} characters, got {shown(did)}")
    methods: list[JsonValue] = []
    uses: dict[str, list[JsonValue]] = {}
    services: list[JsonValue] = []
    unnamed = 0
    for part in did[len(PREFIX) + 1 :].split("."):
        letter, text = part[:1], part[1:]
        if letter == "S":
            service = _service(text)
            if "id" not in service:
                service["id"] = f"#service-{unnamed}" if unnamed else "#service"
                unnamed += 1
            services.append(service)
        elif letter in _RELATIONSHIP:
            _check_key(text, _RELATIONSHIP[letter])
            url = f"#key-{len(methods) + 1}"
            methods.append({"id": url, "type": "Multikey", "controller": did, "publicKeyMultibase": text})
            uses.setdefault(str(_RELATIONSHIP[letter]), []).append(url)
        else:
            raise MalformedError(f"did:peer: no key or service starts like {shown(part)}")
    if not methods:
        raise MalformedError("did:peer: expected at least one key")
    written: dict[str, JsonValue] = {
        "@context": material.context([KeyFormat.MULTIKEY]),
        "id": did,
        "verificationMethod": methods,
        **{str(each): uses[str(each)] for each in Relationship if str(each) in uses},
    }
    return {**written, "service": services} if services else written


def _check_key(text: str, relationship: Relationship) -> None:
    if not text.startswith("z"):
        raise MalformedError("did:peer: expected each key as multibase, starting with 'z'")
    data = base58_decode(text[1:], most=_MOST_KEY)
    if relationship is Relationship.KEY_AGREEMENT:
        x25519.from_multibase(text)
    else:
        multikey.decode(data)


def _service(text: str) -> dict[str, JsonValue]:
    value = parse_json(base64url_decode(text), most=MOST, depth=8)
    if not isinstance(value, dict):
        raise MalformedError("did:peer: expected each service as one JSON object")
    service = _lengthened(value)
    if not isinstance(service, dict):
        raise MalformedError("did:peer: expected each service as one JSON object")
    url = service.get("id", "#")
    if not isinstance(url, str) or not url.startswith("#"):
        raise MalformedError("did:peer: expected the id of a service to be relative")
    return service


def _shortened(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    if not isinstance(value, dict):
        return value
    short = {_SHORT.get(name, name): _shortened(member) for name, member in value.items()}
    if len(short) != len(value):
        raise ValueError("a name and its short form in one object")
    kind = short.get("t")
    if isinstance(kind, str):
        short["t"] = _SHORT_TYPE.get(kind, kind)
    return short


def _lengthened(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_lengthened(each) for each in value]
    if not isinstance(value, dict):
        return value
    long = {_LONG.get(name, name): _lengthened(member) for name, member in value.items()}
    if len(long) != len(value):
        raise MalformedError("did:peer: a name and its short form in one object")
    kind = long.get("type")
    if isinstance(kind, str):
        long["type"] = _LONG_TYPE.get(kind, kind)
    return long
