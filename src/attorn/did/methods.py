"""Several DID methods behind one resolver: what needs a network only where somebody handed in who may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attorn.did import resolver
from attorn.did.did import parse
from attorn.did.document import DidDocument
from attorn.did.fault import Fault
from attorn.did.resolution import Options, Resolution
from attorn.did.resolver import LocalResolver, Resolver
from attorn.errors import InputError, MalformedError, ResolutionError


class MethodResolver:
    """Asks the resolver of each DID's method, and `LocalResolver` for the methods that have none here.

    `resolvers` goes by the name of the method: `{"web": WebResolver(...)}`. Raises `InputError` for anything else.
    """

    __slots__ = ("_local", "_resolvers")

    def __init__(self, resolvers: Mapping[str, Resolver]) -> None:
        if not isinstance(resolvers, Mapping):
            raise InputError(f"method resolver: expected a mapping, got {type(resolvers).__name__}")
        for method, each in resolvers.items():
            if not isinstance(method, str) or method.startswith("did:") or not callable(getattr(each, "resolve", None)):
                raise InputError("method resolver: expected the names of methods, like 'web', and a resolver for each")
        self._resolvers = dict(resolvers)
        self._local = LocalResolver()

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError`, also if it is deactivated, and `UnavailableError`."""
        return resolver.live_document(self._of(did), did)

    def resolve_at(self, did: str, at: datetime) -> DidDocument:
        """The document of `did` as it was at `at`. Raises as `resolve`, also for a method that has no history."""
        return resolver.past_document(self._of(did), did, at)

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON. Raises `ResolutionError` and `UnavailableError`."""
        return resolver.look_up(self._of(did), did, options)

    def _of(self, did: str) -> Resolver:
        try:
            method = parse(did).method
        except MalformedError as error:
            raise ResolutionError(str(error), problem=Fault.INVALID_DID) from None
        return self._resolvers.get(method, self._local)
