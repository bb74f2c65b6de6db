"""DID documents, reduced to what authority needs: which key may do what for this DID (DID Core section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from attorn.clock import instant
from attorn.did.did import is_did, parse_url
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.keys.public import PublicKey


class Relationship(StrEnum):
    """What a DID says one of its keys is for (DID Core section 5.3)."""

    AUTHENTICATION = "authentication"
    ASSERTION_METHOD = "assertionMethod"
    KEY_AGREEMENT = "keyAgreement"
    CAPABILITY_INVOCATION = "capabilityInvocation"
    CAPABILITY_DELEGATION = "capabilityDelegation"


DELEGATE: Final = frozenset({Relationship.CAPABILITY_INVOCATION, Relationship.CAPABILITY_DELEGATION})
"""What the key of a delegate must be for: using what it was given, and passing it on."""


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """One key of a DID: `id` is its absolute DID URL, `relationships` all that it may be used for.

    `until` is when its document says that it ends, None if it does not: who keeps a document asks again by then.
    Raises `InputError` for anything but text, a `PublicKey`, a set, list or tuple of `Relationship`, and an aware time.
    """

    id: str
    controller: str
    key: PublicKey
    relationships: frozenset[Relationship]
    until: datetime | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.key, PublicKey):
            raise InputError(f"verification method: expected a PublicKey, got {type(self.key).__name__}")
        if not isinstance(self.id, str) or not isinstance(self.controller, str):
            raise InputError("verification method: expected its id and controller as text")
        if not isinstance(self.relationships, frozenset | set | list | tuple):
            raise InputError(f"verification method: expected a set, got {type(self.relationships).__name__}")
        for relationship in self.relationships:
            if not isinstance(relationship, Relationship):
                raise InputError(f"verification method: expected a Relationship, got {type(relationship).__name__}")
        object.__setattr__(self, "relationships", frozenset(self.relationships))
        if self.until is not None:
            instant(self.until, "verification method")


@dataclass(frozen=True, slots=True)
class DidDocument:
    """What `id` resolved to. A deactivated document has no usable method, whatever it lists.

    Raises `MalformedError` where a method is not this DID's own: its id must be `id` and a fragment, each only once,
    and its controller must be `id`. Raises `InputError` for anything but a list or tuple of verification methods.
    """

    id: str
    methods: tuple[VerificationMethod, ...]
    deactivated: bool = False

    def __post_init__(self) -> None:
        if type(self.deactivated) is not bool:
            raise InputError(f"DID document: expected deactivated=True or False, got {type(self.deactivated).__name__}")
        if not isinstance(self.methods, list | tuple):
            raise InputError(f"DID document: expected verification methods, got {type(self.methods).__name__}")
        object.__setattr__(self, "methods", tuple(self.methods))
        if not is_did(self.id):
            raise MalformedError("DID document: its id is not a DID")
        seen = set()
        for method in self.methods:
            if not isinstance(method, VerificationMethod):
                raise InputError(f"DID document: expected a verification method, got {type(method).__name__}")
            url = parse_url(method.id)
            if url.did.text != self.id or not url.names_method:
                raise MalformedError(f"DID document {shown(self.id)}: method {shown(method.id)} is not its own")
            if method.controller != self.id:
                raise MalformedError(f"DID document {shown(self.id)}: method {shown(method.id)} has another controller")
            if method.id in seen:
                raise MalformedError(f"DID document {shown(self.id)}: method {shown(method.id)} is listed twice")
            seen.add(method.id)

    def method(self, url: str) -> VerificationMethod | None:
        """The method whose id is exactly `url`, an absolute DID URL; None if there is none or it is deactivated."""
        if self.deactivated or not isinstance(url, str):
            return None
        return next((method for method in self.methods if method.id == url), None)

    def keys_for(self, relationship: Relationship) -> tuple[PublicKey, ...]:
        """The keys that may be used for `relationship`, in document order; none if it is deactivated.

        Raises `InputError` for anything but a `Relationship`.
        """
        if not isinstance(relationship, Relationship):
            raise InputError(f"expected a Relationship, got {type(relationship).__name__}")
        if self.deactivated:
            return ()
        return tuple(method.key for method in self.methods if relationship in method.relationships)
