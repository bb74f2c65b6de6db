"""Credentials: related resources, of which every digest must be that of what is at hand."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from .credential_scene import BAD, UNSIGNED, V2, Make, Recipe, accepted, refused, saying, value
from .testkit import base58, url64

RESOURCES = "docs/spec/credential.md section Documents: related resources, "
PAGE = "https://a.example/terms.pdf"
TEXT = "The terms."


def sri(text: str, algorithm: str = "sha256", name: str | None = None) -> str:
    """The digest of a text as subresource integrity has it."""
    digest = base64.b64encode(hashlib.new(algorithm, text.encode()).digest()).decode()
    return f"{name or algorithm}-{digest}"


def multihash(text: str) -> bytes:
    return b"\x12\x20" + hashlib.sha256(text.encode()).digest()


def related(*resources: dict[str, Any]) -> Make:
    """The credential with these related resources."""
    return saying(relatedResource=value(list(resources)))


def one(url: str = PAGE, **digests: Any) -> Make:
    return related({"id": url, **digests})


AT_HAND: dict[str, Make] = {"resources": value({PAGE: TEXT})}
ACCEPTED: tuple[Recipe, ...] = (
    accepted("resource", "the digest of what is at hand", RESOURCES + "digestSRI", one(digestSRI=sri(TEXT)), **AT_HAND),
    accepted("resource-sha512", "by SHA-512", RESOURCES + "digestSRI", one(digestSRI=sri(TEXT, "sha512")), **AT_HAND),
    accepted(
        "resource-multibase",
        "a multihash in base58btc",
        RESOURCES + "digestMultibase",
        one(digestMultibase="z" + base58(multihash(TEXT))),
        **AT_HAND,
    ),
    accepted("resource-not-at-hand", "nothing is at hand", RESOURCES + "is listed", one(digestSRI=sri("Other."))),
)
REFUSED: tuple[Recipe, ...] = (
    refused(
        "resource-other", "another text", RESOURCES + "all digests", UNSIGNED, one(digestSRI=sri("Other.")), **AT_HAND
    ),
    refused(
        "resource-multibase-other",
        "the multihash of another text",
        RESOURCES + "all digests",
        UNSIGNED,
        one(digestMultibase="u" + url64(multihash("Other."))),
        **AT_HAND,
    ),
    refused(
        "resource-one-other",
        "two digests, one of which is another's",
        RESOURCES + "all digests",
        UNSIGNED,
        one(digestSRI=f"{sri(TEXT)} {sri('Other.', 'sha384')}"),
        **AT_HAND,
    ),
    refused(
        "resource-both-ways",
        "the digest said in two ways, one of which is another's",
        RESOURCES + "all digests",
        UNSIGNED,
        one(digestSRI=sri(TEXT), digestMultibase="u" + url64(multihash("Other."))),
        **AT_HAND,
    ),
    refused(
        "resource-base-context",
        "another digest of the base context, which is always at hand",
        RESOURCES + "the base context counts as at hand",
        UNSIGNED,
        one(V2, digestSRI=sri("Other.")),
    ),
    refused(
        "resource-no-digest", "without a digest", RESOURCES + "digestSRI", BAD, one(mediaType="text/plain"), **AT_HAND
    ),
    refused("resource-no-id", "without an id", RESOURCES + "id", BAD, related({"digestSRI": sri(TEXT)}), **AT_HAND),
    refused(
        "resource-twice",
        "one resource twice",
        RESOURCES + "different ids",
        BAD,
        related({"id": PAGE, "digestSRI": sri(TEXT)}, {"id": PAGE, "digestSRI": sri(TEXT)}),
        **AT_HAND,
    ),
    refused("resource-sha1", "by SHA-1", RESOURCES + "digestSRI", BAD, one(digestSRI=sri(TEXT, "sha1")), **AT_HAND),
    refused(
        "resource-unpadded",
        "base64 without its padding",
        RESOURCES + "digestSRI",
        BAD,
        one(digestSRI=sri(TEXT).rstrip("=")),
        **AT_HAND,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
