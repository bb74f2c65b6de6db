"""Resolution as a port: whoever verifies hands in what may be asked, so network access is always written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attorn.did import jwk, key
from attorn.did.did import parse
from attorn.did.document import DidDocument
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.handed import ask


class Resolver(Protocol):
    """Whatever can say which keys a DID has now."""

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`.

        Raises `ResolutionError` if it is malformed, does not exist or is deactivated, and `UnavailableError` if that
        could not be found out.
        """


def live_document(resolver: Resolver, did: str) -> DidDocument:
    """The document of `did`, which is not deactivated. Raises `ResolutionError` and `UnavailableError`."""
    document = ask("resolver", lambda: resolver.resolve(did))
    if not isinstance(document, DidDocument) or document.id != did or document.deactivated:
        raise ResolutionError(f"the resolver returned no live document of {shown(did)}")
    return document


class LocalResolver:
    """Resolves the DIDs that are their own key: did:key and did:jwk. Opens nothing, remembers nothing."""

    __slots__ = ()

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError`, also for every other method."""
        try:
            method = parse(did).method
            if method == "key":
                return key.document(did)
            if method == "jwk":
                return jwk.document(did)
        except MalformedError as error:
            raise ResolutionError(f"{shown(did)} does not resolve: {error}") from error
        raise ResolutionError(f"{shown(did)} does not resolve: hand in a resolver that knows did:{method:.80}")


class StaticResolver:
    """Resolves the DIDs it was given, and falls back to `LocalResolver`. For tests and for fixed deployments.

    Raises `InputError` where a document is filed under another DID than its own.
    """

    __slots__ = ("_documents", "_local")

    def __init__(self, documents: Mapping[str, DidDocument]) -> None:
        if not isinstance(documents, Mapping):
            raise InputError(f"static resolver: expected a mapping, got {type(documents).__name__}")
        self._documents = dict(documents)
        self._local = LocalResolver()
        for did, document in self._documents.items():
            if not isinstance(document, DidDocument) or document.id != did:
                raise InputError("static resolver: each document must be filed under its own DID")

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError`, also if it is deactivated."""
        document = self._documents.get(did) if isinstance(did, str) else None
        if document is None:
            return self._local.resolve(did)
        if document.deactivated:
            raise ResolutionError(f"{shown(did)} is deactivated")
        return document
