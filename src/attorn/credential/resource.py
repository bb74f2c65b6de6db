"""`relatedResource`: what a credential says the bytes of other documents are (VC Data Model 2.0 section 5.3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential import value
from attorn.credential.context import Version
from attorn.credential.part import required_id
from attorn.credential.problem import malformed, unsecured
from attorn.display import shown
from attorn.encoding import base58_decode, base64url_decode
from attorn.errors import MalformedError

_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]{43,86}={0,2})")
_BYTES: Final = {32: "sha256", 48: "sha384", 64: "sha512"}
_MULTIHASH: Final = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
_MOST: Final = 128
_MEDIA_TYPE: Final = re.compile(r"[a-zA-Z0-9!#$&^_.+-]{1,127}/[a-zA-Z0-9!#$&^_.+-]{1,127}(?:;[ -~]{1,200})?")


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a document: the algorithm as Subresource Integrity names it, and its bytes."""

    algorithm: str
    data: bytes

    def is_of(self, content: bytes) -> bool:
        """Whether it is the digest of these bytes."""
        return hmac.compare_digest(hashlib.new(self.algorithm, content).digest(), self.data)


# The base context counts as retrieved. What was published is these bytes; what attorn bundles is their JSON value.
_PUBLISHED: Final[Mapping[str, frozenset[Digest]]] = {
    Version.V2: frozenset(
        (
            Digest("sha256", bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")),
            Digest(
                "sha384",
                bytes.fromhex(
                    "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614"
                ),
            ),
        )
    )
}


@dataclass(frozen=True, slots=True)
class RelatedResource:
    """A document at `id` that must have every one of `digests`."""

    id: str
    digests: tuple[Digest, ...]

    def is_known(self, content: bytes | None) -> bool:
        """Whether it was found to be what the issuer says; False where its bytes are not at hand.

        Raises `CredentialError` (CRYPTOGRAPHIC_SECURITY_ERROR) where it is something else.
        """
        if content is not None:
            genuine, known = all(digest.is_of(content) for digest in self.digests), True
        else:
            published = _PUBLISHED.get(self.id, frozenset())
            algorithms = {digest.algorithm for digest in published}
            about = [digest for digest in self.digests if digest.algorithm in algorithms]
            genuine, known = published.issuperset(about), bool(about)
        if not genuine:
            raise unsecured(f"relatedResource: {shown(self.id)} is not what the issuer says it is")
        return known


def resources(members: dict[str, JsonValue]) -> tuple[RelatedResource, ...]:
    """The resources in `relatedResource`, each named once. Raises `CredentialError`."""
    name = "relatedResource"
    found = tuple(_resource(each, name) for each in (value.objects(members[name], name) if name in members else []))
    if len({each.id for each in found}) < len(found):
        raise malformed(f"{name}: names a resource twice")
    return found


def check(wanted: tuple[RelatedResource, ...], known: Mapping[str, bytes]) -> tuple[str, ...]:
    """The ids of those whose bytes are not at hand. Raises `CredentialError` for those whose bytes are others."""
    return tuple(each.id for each in wanted if not each.is_known(known.get(each.id)))


def _resource(members: dict[str, JsonValue], name: str) -> RelatedResource:
    media_type = members.get("mediaType", "text/plain")
    if not isinstance(media_type, str) or _MEDIA_TYPE.fullmatch(media_type) is None:
        raise malformed(f"{name}: expected mediaType as a media type, got {shown(media_type)}")
    digests: list[Digest] = []
    if "digestSRI" in members:
        for text in value.several(members["digestSRI"], "digestSRI"):
            if not isinstance(text, str) or not 0 < len(text) <= 4 * _MOST:
                raise malformed(f"digestSRI: expected text, got {shown(text)}")
            digests += map(_sri, text.split(" "))
    if "digestMultibase" in members:
        digests += map(_multibase, value.several(members["digestMultibase"], "digestMultibase"))
    if not digests:
        raise malformed(f"{name}: expected digestSRI or digestMultibase")
    return RelatedResource(required_id(members, name), tuple(digests))


def _sri(text: str) -> Digest:
    match = _SRI.fullmatch(text)
    try:
        data = base64.b64decode(match[2], validate=True) if match is not None else b""
    except binascii.Error:
        data = b""
    # Python takes bits behind the end; one digest has one spelling.
    if match is None or _BYTES.get(len(data)) != match[1] or base64.b64encode(data).decode() != match[2]:
        raise malformed(f"digestSRI: expected sha256-, sha384- or sha512- and base64, got {shown(text)}")
    return Digest(match[1], data)


def _multibase(text: JsonValue) -> Digest:
    """A multihash, or a bare digest whose length tells its algorithm: the Recommendation's own examples are both."""
    data = b""
    if isinstance(text, str) and 0 < len(text) <= _MOST:
        try:
            if text[0] == "u":
                data = base64url_decode(text[1:])
            elif text[0] == "z":
                data = base58_decode(text[1:])
        except MalformedError:
            data = b""
    algorithm = _MULTIHASH.get(data[:2])
    if algorithm is not None and _BYTES.get(len(data) - 2) == algorithm:
        return Digest(algorithm, data[2:])
    if len(data) in _BYTES:
        return Digest(_BYTES[len(data)], data)
    raise malformed(f"digestMultibase: expected u or z and a SHA-2 digest, got {shown(text)}")
