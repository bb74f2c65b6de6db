"""Resolution as a port: whoever verifies hands in what may be asked, so network access is always written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from attorn.did import jwk, key, peer, reading
from attorn.did.did import Did, parse
from attorn.did.document import DidDocument
from attorn.did.fault import Failure, Fault
from attorn.did.resolution import DocumentMetadata, Options, Resolution, require_supported
from attorn.display import shown
from attorn.errors import AttornError, InputError, MalformedError, ResolutionError
from attorn.handed import ask

_NO_OPTIONS: Final = Options()


class Resolver(Protocol):
    """Whatever can say which keys a DID has now."""

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`.

        Raises `ResolutionError` if it is malformed, does not exist or is deactivated, and `UnavailableError` if that
        could not be found out.
        """


class DocumentResolver(Resolver, Protocol):
    """A resolver that has the documents themselves, for showing and for their services."""

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did`, its JSON and what is known about it, also if it is deactivated.

        Raises `ResolutionError` if it is malformed or does not exist, or knows no such options, and `UnavailableError`.
        """


@runtime_checkable
class HistoricResolver(Resolver, Protocol):
    """A resolver that also knows which keys a DID had before."""

    def resolve_at(self, did: str, at: datetime) -> DidDocument:
        """The document of `did` as it was at the aware instant `at`.

        Raises `ResolutionError` as `resolve` does, also for a DID that has no history, did not exist then, or is
        deactivated now; and `UnavailableError`.
        """


def live_document(resolver: Resolver, did: str) -> DidDocument:
    """The document of `did`, which is not deactivated. Raises `ResolutionError` and `UnavailableError`."""
    return _live(ask("resolver", lambda: resolver.resolve(did)), did)


def past_document(resolver: Resolver, did: str, at: datetime) -> DidDocument:
    """The document that `did`, which is not deactivated, had at `at`. Raises as `live_document`."""
    if not isinstance(resolver, HistoricResolver):
        raise ResolutionError(f"{shown(did)} has no history here", problem=Fault.FEATURE_NOT_SUPPORTED)
    return _live(ask("resolver", lambda: resolver.resolve_at(did, at)), did)


def _live(document: DidDocument, did: str) -> DidDocument:
    if not isinstance(document, DidDocument) or document.id != did or document.deactivated:
        raise ResolutionError(f"the resolver returned no live document of {shown(did)}")
    return document


def look_up(resolver: Resolver, did: str, options: Options = _NO_OPTIONS) -> Resolution:
    """The document of `did`, also by a resolver that has no JSON: then it is written from what it says.

    Raises `ResolutionError` and `UnavailableError`.
    """
    if not isinstance(options, Options):
        raise InputError(f"resolution: expected Options, got {type(options).__name__}")
    _parsed(did)
    looking = getattr(resolver, "look_up", None)
    if looking is None:
        require_supported(options)
        found = live_document(resolver, did)
        return Resolution(did_document=reading.write(found), document=found, content_type=options.accept)
    result = ask("resolver", lambda: looking(did, options))
    if not isinstance(result, Resolution) or result.error is not None:
        raise ResolutionError(f"the resolver returned no document of {shown(did)}")
    if result.document is None or result.did_document is None or result.document.id != did:
        raise ResolutionError(f"the resolver returned no document of {shown(did)}")
    return result


def resolution(resolver: Resolver, did: str, options: Options = _NO_OPTIONS) -> Resolution:
    """The result of resolving `did`, with its error where there is none; of a DID that is deactivated, too.

    Raises `InputError` for arguments of the wrong type only.
    """
    try:
        return look_up(resolver, did, options)
    except InputError:
        raise
    except AttornError as error:
        return Resolution(error=Failure.of(error))


class LocalResolver:
    """Resolves the DIDs that say everything themselves: did:key, did:jwk, and did:peer of the kinds 2 and 4.

    Opens nothing, remembers nothing.
    """

    __slots__ = ()

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError`, also for every other method."""
        try:
            method = parse(did).method
            if method == "key":
                return key.document(did)
            if method == "jwk":
                return jwk.document(did)
            if method == "peer":
                return peer.document(did)
        except MalformedError as error:
            raise ResolutionError(f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_DID) from error
        raise _unknown(did, method)

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON. Raises `ResolutionError`, also for every other method."""
        require_supported(options)
        method = _parsed(did).method
        if method == "key":
            return key.look_up(did, options)
        if method == "jwk":
            return jwk.look_up(did, options)
        if method == "peer":
            return peer.look_up(did, options)
        raise _unknown(did, method)


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

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON. Raises `ResolutionError`."""
        document = self._documents.get(did) if isinstance(did, str) else None
        if document is None:
            return self._local.look_up(did, options)
        require_supported(options)
        return Resolution(
            did_document=reading.write(document),
            document=document,
            metadata=DocumentMetadata(deactivated=document.deactivated),
            content_type=options.accept,
        )


def _parsed(did: str) -> Did:
    try:
        return parse(did)
    except MalformedError as error:
        raise ResolutionError(str(error), problem=Fault.INVALID_DID) from None


def _unknown(did: str, method: str) -> ResolutionError:
    return ResolutionError(
        f"{shown(did)} does not resolve: hand in a resolver that knows did:{method:.80}",
        problem=Fault.METHOD_NOT_SUPPORTED,
    )
