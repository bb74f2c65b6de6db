"""Asking others over https, for the commands that are told to: --network."""

from __future__ import annotations

from attorn.did.document import DidDocument
from attorn.did.fault import Fault
from attorn.did.methods import MethodResolver
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import ResolutionError, UnavailableError
from attorn.transport import Transport


def transport() -> Transport:
    """Gets documents over https from public addresses. Raises `UnavailableError` without the packages for that."""
    try:
        from attorn.web.fetch import HttpTransport  # noqa: PLC0415 - most runs ask nobody
    except ImportError as error:
        raise UnavailableError(f"--network needs more packages ({error.name}): install attorn[web]") from None
    return HttpTransport()


def resolver(asked: Transport | None) -> Resolver:
    """Resolves did:web and did:webvh through this transport, if any, and the methods that ask nobody."""
    if asked is None:
        return MethodResolver({"web": _Unasked(), "webvh": _Unasked()})
    from attorn.did.web import WebResolver  # noqa: PLC0415 - most runs ask nobody
    from attorn.did.webvh.resolver import WebvhResolver  # noqa: PLC0415 - most runs ask nobody

    return MethodResolver({"web": WebResolver(asked), "webvh": WebvhResolver(asked)})


class _Unasked:
    """Says of every DID what would be needed to resolve it."""

    def resolve(self, did: str) -> DidDocument:
        raise ResolutionError(
            f"{shown(did)} does not resolve without asking its server: --network",
            problem=Fault.METHOD_NOT_SUPPORTED,
        )
