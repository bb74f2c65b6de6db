"""The files of evidence in place of a network: who resolves through it asks nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from attorn import status
from attorn.clock import Clock
from attorn.did.document import DidDocument
from attorn.did.methods import MethodResolver
from attorn.did.resolver import Resolver, past_document
from attorn.did.web import WebResolver
from attorn.did.webvh.resolver import WebvhResolver
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError, UnavailableError
from attorn.status import StatusList


class Archive:
    """A transport that has these files and no others."""

    __slots__ = ("_files",)

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The file of this URL. Raises `UnavailableError` where there is none, or a larger one."""
        del accept
        body = self._files.get(url)
        if body is None or len(body) > most:
            raise UnavailableError("the evidence does not have this file")
        return body

    def lists(self, url: str, resolver: Resolver) -> tuple[StatusList, ...]:
        """The status lists in the file of this URL, signed as they must be; none if there is no such file.

        Raises `VerificationError` for a file that is none, or that its issuer did not sign, and `UnavailableError`.
        """
        body = self._files.get(url)
        if body is None:
            return ()
        try:
            text = body.decode("ascii")
        except UnicodeDecodeError:
            raise MalformedError("evidence: expected a status list as ASCII text") from None
        return status.verify(text, resolver)


def resolver_of(files: Mapping[str, bytes], trusted: Collection[str], at: datetime, clock: Clock) -> Resolver:
    """Resolves DIDs by these files, as they were at `at`.

    A did:webvh proves its own history, so any file will do. A did:web document is signed by nobody: whoever made the
    evidence could have written it, and it counts only if its URL is `trusted`. Raises `InputError`.
    """
    if isinstance(trusted, str) or not isinstance(trusted, Collection):
        raise InputError("evidence: expected trusted_files as a list of URLs")
    web = Archive({url: body for url, body in files.items() if url in trusted})
    logs = _AsOf(WebvhResolver(Archive(files), clock=clock), at)
    return MethodResolver({"web": _Vouched(WebResolver(web)), "webvh": logs})


class _Vouched:
    """A resolver of did:web that says what is missing."""

    __slots__ = ("_resolver",)

    def __init__(self, resolver: WebResolver) -> None:
        self._resolver = resolver

    def resolve(self, did: str) -> DidDocument:
        try:
            return self._resolver.resolve(did)
        except UnavailableError:
            raise ResolutionError(
                f"{shown(did)} does not resolve: nobody signs its document; hand in a resolver, or trust the file"
            ) from None


class _AsOf:
    """Another resolver at one instant of the past."""

    __slots__ = ("_at", "_resolver")

    def __init__(self, resolver: Resolver, at: datetime) -> None:
        self._resolver, self._at = resolver, at

    def resolve(self, did: str) -> DidDocument:
        return past_document(self._resolver, did, self._at)
