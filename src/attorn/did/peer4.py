"""did:peer of kind 4: a document and its hash in the long form, the hash alone in the short one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.canonical import parse as parse_json
from attorn.did import reading
from attorn.did.did import MOST
from attorn.did.document import Relationship
from attorn.display import shown
from attorn.encoding import base58_decode, base58_encode
from attorn.errors import InputError, MalformedError

PREFIX: Final = "did:peer:4"
_JSON: Final = b"\x80\x04"
_SHA_256: Final = b"\x12\x20"
_FORM: Final = re.compile(r"did:peer:4(z[1-9A-HJ-NP-Za-km-z]{40,60})(?::(z[1-9A-HJ-NP-Za-km-z]+))?")


def encode(document: Mapping[str, JsonValue]) -> str:
    """The long form of the DID that holds this document, as its resolver will read it.

    The document has no `id`; its methods have relative ids and no controller. Raises `InputError`, also where it gets
    too long.
    """
    if not isinstance(document, Mapping):
        raise InputError(f"did:peer: expected a mapping, got {type(document).__name__}")
    try:
        written = json.dumps(dict(document), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"did:peer: the document is no JSON ({type(error).__name__})") from None
    if len(written) > MOST:
        raise InputError(f"did:peer: expected a document of at most {MOST} bytes, got {len(written)}")
    text = "z" + base58_encode(_JSON + written)
    did = f"{PREFIX}{_hash(text)}:{text}"
    try:
        reading.read(members(did), did)
    except MalformedError as error:
        raise InputError(f"did:peer: {error}") from None
    return did


def short(did: str) -> str:
    """The short form of a long one. Raises `MalformedError`, also where hash and document do not fit."""
    _document(did)
    return did.rpartition(":")[0]


def is_short(did: str) -> bool:
    """Whether `did` is a short form."""
    match = _FORM.fullmatch(did) if isinstance(did, str) and len(did) <= MOST else None
    return match is not None and match[2] is None


def members(did: str, *, as_short: bool = False) -> dict[str, JsonValue]:
    """The JSON document of a long form: of that DID, or with `as_short` of its short form.

    Raises `MalformedError`.
    """
    document = _document(did)
    other = did.rpartition(":")[0]
    mine, theirs = (other, did) if as_short else (did, other)
    names = document.get("alsoKnownAs", [])
    if not isinstance(names, list):
        raise MalformedError("did:peer: expected alsoKnownAs as an array")
    methods: list[JsonValue] = []
    for name in ("verificationMethod", *map(str, Relationship)):
        given = document.get(name, [])
        if not isinstance(given, list):
            raise MalformedError(f"did:peer: expected {name} as an array")
        if name in document:
            document[name] = [_controlled(each, mine) for each in given]
        methods += [each for each in given if isinstance(each, dict)]
    for method in methods:
        if isinstance(method, dict) and not str(method.get("id")).startswith("#"):
            raise MalformedError("did:peer: expected relative ids of methods")
    return {**document, "id": mine, "alsoKnownAs": [*names, theirs]}


def _controlled(method: JsonValue, did: str) -> JsonValue:
    return {"controller": did, **method} if isinstance(method, dict) else method


def _document(did: str) -> dict[str, JsonValue]:
    """The document as it stands in the DID."""
    if not isinstance(did, str):
        raise InputError(f"did:peer: expected str, got {type(did).__name__}")
    match = _FORM.fullmatch(did) if len(did) <= MOST else None
    if match is None or match[2] is None:
        raise MalformedError(f"expected a long did:peer of kind 4 of at most {MOST} characters, got {shown(did)}")
    if match[1] != _hash(match[2]):
        raise MalformedError("did:peer: its hash is of another document")
    data = base58_decode(match[2][1:], most=MOST)
    if data[:2] != _JSON:
        raise MalformedError("did:peer: expected a document in JSON")
    value = parse_json(data[2:], most=MOST, depth=16)
    if not isinstance(value, dict) or "id" in value:
        raise MalformedError("did:peer: expected one JSON object without an id")
    return value


def _hash(text: str) -> str:
    return "z" + base58_encode(_SHA_256 + hashlib.sha256(text.encode("ascii")).digest())
