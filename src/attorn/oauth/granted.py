"""What evidence says once it is verified: who the user is, and what was granted (docs/adapters/oauth-evidence.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.caveat import Purpose, Resources
from attorn.errors import InputError, MalformedError
from attorn.jose.claims import Claims

KINDS: Final = ("id-jag", "id-token")
_MOST_SCOPE: Final = 4096
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")


@dataclass(frozen=True, slots=True)
class VouchedUser:
    """Which user somebody vouches for, and on what evidence: `issuer` and `subject` name the user together.

    `kind` is id-jag or id-token, `digest` that of the evidence: `sha-256:` and base64url.
    """

    kind: str
    issuer: str
    subject: str
    digest: str

    @property
    def name(self) -> str:
        """One name for the user, to derive a DID from: `service.pairwise(user.name)`.

        Raises `InputError` for names that JSON cannot say.
        """
        return canonicalise([self.issuer, self.subject]).decode()

    def write(self) -> Purpose:
        """The sentence of the root link. Raises `InputError` for names that are too long or cannot be shown."""
        said = {"digest": self.digest, "evidence": self.kind, "iss": self.issuer, "sub": self.subject}
        return Purpose(canonicalise(said).decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Evidence that was verified. Made by `EvidenceVerifier`. What it does not limit is None.

    `client` is whom it was issued to, `expires` the Unix second at which it ends, `jkt` the thumbprint of the key that
    it is bound to.
    """

    vouched_user: VouchedUser
    client: str
    expires: int
    scope: tuple[str, ...] | None = None
    details: tuple[Mapping[str, JsonValue], ...] | None = None
    resources: tuple[str, ...] | None = None
    jkt: str | None = None


def scope_in(claims: Claims) -> tuple[str, ...] | None:
    """The claim `scope`, as its words. Raises `MalformedError`."""
    if "scope" not in claims:
        return None
    value = claims.members["scope"]
    if not isinstance(value, str) or len(value) > _MOST_SCOPE or not (value.isascii() and value.isprintable()):
        raise MalformedError("evidence: expected scope as text")
    return tuple(value.split())


def details_in(claims: Claims) -> tuple[Mapping[str, JsonValue], ...] | None:
    """The claim `authorization_details` (RFC 9396). Raises `MalformedError`."""
    if "authorization_details" not in claims:
        return None
    value = claims.members["authorization_details"]
    listed = value if isinstance(value, list) else []
    found = tuple(each for each in listed if isinstance(each, dict) and isinstance(each.get("type"), str))
    if not found or len(found) != len(listed):
        raise MalformedError("evidence: expected authorization_details as a list of objects with a type")
    return found


def resources_in(claims: Claims) -> tuple[str, ...] | None:
    """The claim `resource` (RFC 8707), one absolute URI or several. Raises `MalformedError`."""
    if "resource" not in claims:
        return None
    texts = claims.texts("resource", alone=True)
    if not all(_ABSOLUTE.match(text) for text in texts):
        raise MalformedError("evidence: expected resource as absolute URIs")
    try:
        Resources(*texts)
    except InputError:
        raise MalformedError("evidence: expected resource as URIs that a caveat can say") from None
    return texts


def jkt_in(claims: Claims) -> str | None:
    """The thumbprint in the claim `cnf` (RFC 9449). Raises `MalformedError` for a confirmation of another kind."""
    if "cnf" not in claims:
        return None
    confirmation = claims.members["cnf"]
    jkt = confirmation.get("jkt") if isinstance(confirmation, dict) else None
    if not isinstance(jkt, str) or confirmation != {"jkt": jkt}:
        raise MalformedError("evidence: expected cnf with jkt alone")
    return jkt
